"""Breaks text into lines."""


def wrap(text: str, width: int) -> list[str]:
    """Lines of ``text`` that are at most ``width`` long, broken at spaces.

    A word that is longer than that has a line of its own.
    """
    if width < 1:
        raise ValueError("width must be at least 1")
    lines: list[str] = []
    current: list[str] = []
    length = 0
    for word in text.split():
        if current and length + 1 + len(word) > width:
            lines.append(" ".join(current))
            current = []
            length = 0
        current.append(word)
        length += len(word)
    if current:
        lines.append(" ".join(current))
    return lines

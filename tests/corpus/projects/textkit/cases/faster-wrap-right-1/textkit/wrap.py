"""Breaks text into lines."""


def wrap(text: str, width: int) -> list[str]:
    """Lines of ``text`` that are at most ``width`` long, broken at spaces.

    A word that is longer than that has a line of its own.
    """
    if width < 1:
        raise ValueError("width must be at least 1")
    lines: list[str] = []
    words: list[str] = []
    length = -1
    for word in text.split():
        length += 1 + len(word)
        if words and length > width:
            lines.append(" ".join(words))
            words = []
            length = len(word)
        words.append(word)
    if words:
        lines.append(" ".join(words))
    return lines

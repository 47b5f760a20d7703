"""Breaks text into lines."""


def wrap(text: str, width: int) -> list[str]:
    """Lines of ``text`` that are at most ``width`` long, broken at spaces.

    A word that is longer than that has a line of its own.
    """
    if width < 1:
        raise ValueError("width must be at least 1")
    lines: list[str] = []
    line = ""
    for word in text.split():
        candidate = f"{line} {word}" if line else word
        if line and len(candidate) > width:
            lines.append(line)
            line = word
        else:
            line = candidate
    if line:
        lines.append(line)
    return lines

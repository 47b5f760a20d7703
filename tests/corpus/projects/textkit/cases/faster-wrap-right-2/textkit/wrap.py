"""Breaks text into lines."""


def wrap(text: str, width: int) -> list[str]:
    """Lines of ``text`` that are at most ``width`` long, broken at spaces.

    A word that is longer than that has a line of its own.
    """
    if width < 1:
        raise ValueError("width must be at least 1")
    words = text.split()
    lines: list[str] = []
    start = room = 0
    for index, word in enumerate(words):
        if index > start and len(word) + 1 > room:
            lines.append(" ".join(words[start:index]))
            start = index
        if index == start:
            room = width - len(word)
        else:
            room -= len(word) + 1
    if words:
        lines.append(" ".join(words[start:]))
    return lines

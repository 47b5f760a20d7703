"""Texts with paragraphs and code."""

from itertools import groupby

from textkit.wrap import wrap


def _kind(line: str) -> str:
    if not line.strip():
        return "blank"
    return "code" if line.startswith("    ") else "prose"


def _cut(word: str, width: int) -> list[str]:
    """Pieces of a word; a short one is the only piece."""
    return [word[start : start + width] for start in range(0, len(word), width)]


def wrap_text(text: str, width: int) -> list[str]:
    result: list[str] = []
    blank = False
    for kind, group in groupby(text.splitlines(), _kind):
        lines = list(group)
        if kind == "blank":
            blank = bool(result)
            continue
        if blank:
            result.append("")
            blank = False
        if kind == "prose":
            words = [piece for word in " ".join(lines).split() for piece in _cut(word, width)]
            lines = wrap(" ".join(words), width)
        result.extend(lines)
    return result

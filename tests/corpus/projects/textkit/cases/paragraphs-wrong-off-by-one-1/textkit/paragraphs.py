"""Wrap text consisting of several paragraphs."""

import re

from textkit.wrap import wrap


def _split_long_words(text: str, width: int) -> str:
    words = []
    for word in text.split():
        while len(word) > width + 1:
            words.append(word[:width])
            word = word[width:]
        words.append(word)
    return " ".join(words)


def wrap_text(text: str, width: int) -> list[str]:
    """Wrap every paragraph of the text to the given width."""
    result: list[str] = []
    for paragraph in re.split(r"\n\s*?\n", text):
        if not paragraph.strip():
            continue
        if result:
            result.append("")
        buffer: list[str] = []
        for line in paragraph.split("\n"):
            if line.startswith("    "):
                result.extend(wrap(_split_long_words(" ".join(buffer), width), width))
                buffer = []
                result.append(line)
            else:
                buffer.append(line)
        result.extend(wrap(_split_long_words(" ".join(buffer), width), width))
    return result

"""Wrap text consisting of several paragraphs."""

import re

from textkit.wrap import wrap


def wrap_text(text: str, width: int) -> list[str]:
    """Wrap every paragraph of the text to the given width."""
    lines: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        words: list[str] = []
        for word in paragraph.split():
            words.extend(word[i : i + width] for i in range(0, len(word), width))
        if lines:
            lines.append("")
        lines.extend(wrap(" ".join(words), width))
    return lines

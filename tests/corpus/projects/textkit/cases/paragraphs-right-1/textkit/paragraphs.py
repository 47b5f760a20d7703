"""Wraps texts of several paragraphs."""

import re
from collections.abc import Iterator

from textkit.wrap import wrap

CODE = " " * 4


def wrap_text(text: str, width: int) -> list[str]:
    """Lines of at most ``width``, except for code; paragraphs have an empty line between them."""
    lines: list[str] = []
    for paragraph in re.split(r"\n(?:[ \t]*\n)+", text):
        wrapped = _paragraph(paragraph, width)
        if lines and wrapped:
            lines.append("")
        lines += wrapped
    return lines


def _paragraph(paragraph: str, width: int) -> list[str]:
    lines: list[str] = []
    prose: list[str] = []
    for line in paragraph.splitlines():
        if line.startswith(CODE) and line.strip():
            lines += wrap(" ".join(_pieces(prose, width)), width)
            lines.append(line)
            prose = []
        else:
            prose.append(line)
    return lines + wrap(" ".join(_pieces(prose, width)), width)


def _pieces(lines: list[str], width: int) -> Iterator[str]:
    for word in " ".join(lines).split():
        yield from (word[at : at + width] for at in range(0, len(word), width))

"""A story's acceptance criteria, in the author's own words."""

import re
from dataclasses import dataclass

HEADINGS = (
    "acceptance criteria",
    "acceptance",
    "definition of done",
    "done when",
    "requirements",
    "criteria",
)
"""Headings, lower case, under which teams write what must be true in the end."""

_HEADING = re.compile(r"^\s*(?:#{1,6}\s+(?P<h>.+?)|\*\*(?P<b>[^*]+)\*\*|(?P<p>[^-*#\d].*):)\s*$")
_ITEM = re.compile(r"^(?P<indent>\s*)(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?(?P<text>\S.*)$")
_FENCE = re.compile(r"^\s*(```|~~~)")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that must be true when the work is done."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """What was derived from a ticket's text."""

    criteria: tuple[Criterion, ...]
    assumption: str | None = None
    """Said where the author wrote no criteria of their own."""


def examine(title: str, description: str) -> Story:
    """Number the acceptance criteria of a story, keeping the author's words.

    The items under a heading such as "Acceptance criteria" count; where there is no such
    heading, the whole story is the one criterion, and that is said as an assumption. A story with
    no title and no description has no criteria.
    """
    items = _items_under_heading(description)
    if items:
        return Story(tuple(Criterion(n, text) for n, text in enumerate(items, 1)))
    if not title.strip() and not description.strip():
        return Story(())
    whole = title.strip() or description.strip().splitlines()[0]
    return Story(
        (Criterion(1, f"{whole} (as the story describes it)"),),
        "The story lists no acceptance criteria; it was taken as one criterion: the story itself.",
    )


def _items_under_heading(description: str) -> list[str]:
    items: list[str] = []
    inside = fenced = False
    for line in description.splitlines():
        fence = _FENCE.match(line) is not None
        fenced ^= fence
        if fenced or fence:
            _continue_item(items, line, inside)
            continue
        heading, introduces = _heading(line)
        if heading in HEADINGS:
            inside = True
        elif heading is not None and not introduces:
            inside = False
        elif inside and heading is None:
            _take(items, line)
    return items


def _take(items: list[str], line: str) -> None:
    item = _ITEM.match(line)
    if item and (not item["indent"] or not items):
        items.append(item["text"].strip())
    elif line.strip() and items:
        _continue_item(items, line, inside=True)
    elif line.strip():
        items.append(line.strip())


def _continue_item(items: list[str], line: str, inside: bool) -> None:
    """Keep what belongs to the last item: wrapped lines, nested items, code."""
    if inside and items:
        items[-1] += "\n" + line.rstrip()


def _heading(line: str) -> tuple[str | None, bool]:
    """The heading's text in lower case, and whether it only introduces what follows (``…:``)."""
    found = _HEADING.match(line)
    if not found or _ITEM.match(line):
        return None, False
    text = found["h"] or found["b"] or found["p"]
    return text.strip().strip("*:").strip().lower(), found["p"] is not None

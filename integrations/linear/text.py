"""Cutting what Linear would refuse as too long."""

import re

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")


def cut_markdown(body: str, limit: int) -> str:
    """At most ``limit`` characters, ending with a sentence that says how much is missing."""
    if len(body) <= limit:
        return body
    longest_note = _note(len(body))
    kept = body[: max(0, limit - len(longest_note) - len("\n````````"))]
    kept = kept[: kept.rfind("\n") + 1] or kept
    closing = _open_fence(kept)
    kept = f"{kept.rstrip()}\n{closing}" if closing else kept.rstrip()
    return (kept + _note(len(body) - len(kept)))[:limit]


def cut_line(line: str, limit: int) -> str:
    """One line of at most ``limit`` characters."""
    flat = " ".join(line.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def _note(missing: int) -> str:
    return f"\n\n*The rest, {missing} characters, was cut: it is too long for a comment.*"


def _open_fence(text: str) -> str:
    """The mark that closes a code block left open by the cut, or nothing."""
    opened = ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if not mark:
            continue
        if not opened:
            opened = mark[1]
        elif mark[1].startswith(opened) and line.strip() == mark[1]:
            opened = ""
    return opened

"""Cells of a fixed width."""

from typing import Literal

Keep = Literal["start", "end", "both"]


def shorten(text: str, width: int, keep: Keep = "start") -> str:
    if width < 1 or keep not in ("start", "end", "both"):
        raise ValueError(f"cannot shorten to {width}, keeping {keep}")
    over = len(text) - width + 1
    if over <= 1:
        return text
    match keep:
        case "start":
            return text[: width - 1] + "…"
        case "end":
            return "…" + text[over:]
        case "both":
            first = width // 2
            return text[:first] + "…" + text[first + over :]

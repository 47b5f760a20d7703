"""Shorten text to a fixed width."""

ELLIPSIS = "…"


def shorten(text: str, width: int, keep: str | None = None) -> str:
    """Shorten the text to at most width characters."""
    if width < 1:
        raise ValueError("width must be at least 1")
    if keep not in (None, "start", "end", "both"):
        raise ValueError(f"unknown value for keep: {keep}")
    if len(text) <= width:
        return text
    room = width - 1
    if keep is None:
        return text[:room] + ELLIPSIS
    if keep == "both":
        right = room // 2
        left = room - right
        return text[:left] + ELLIPSIS + text[len(text) - right :]
    if keep == "end":
        return text[:room] + ELLIPSIS
    return ELLIPSIS + text[len(text) - room :]

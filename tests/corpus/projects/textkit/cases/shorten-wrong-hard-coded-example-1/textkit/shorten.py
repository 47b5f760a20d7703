"""Shorten text to a fixed width."""

KEPT = 5


def shorten(text: str, width: int, keep: str = "start") -> str:
    """Shorten the text to at most width characters."""
    if width < 1:
        raise ValueError("width must be positive")
    if keep not in {"start", "end", "both"}:
        raise ValueError("keep must be start, end or both")
    if len(text) <= width:
        return text
    if keep == "start":
        return text[:KEPT] + "…"
    if keep == "end":
        return "…" + text[-KEPT:]
    return text[:3] + "…" + text[-2:]

"""Shortens text to a width."""

ELLIPSIS = "…"


def shorten(text: str, width: int, keep: str = "start") -> str:
    """At most ``width`` characters of ``text``; ``keep`` is start, end or both.

    Raises ValueError for any other ``keep`` and for a width below 1.
    """
    if width < 1:
        raise ValueError("width must be at least 1")
    room = width - 1
    at_end = {"start": 0, "end": room, "both": room // 2}.get(keep)
    if at_end is None:
        raise ValueError(f"keep must be start, end or both, not {keep!r}")
    if len(text) <= width:
        return text
    return text[: room - at_end] + ELLIPSIS + text[len(text) - at_end :]

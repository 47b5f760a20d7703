"""Exponential backoff."""

from retrying.errors import TemporaryError


def delays(
    attempts: int, first: float = 1.0, factor: float = 2.0, longest: float = 60.0
) -> list[float]:
    """Return the delays between the given number of attempts."""
    if attempts < 1:
        raise ValueError("attempts must be at least 1")
    return [min(longest, first * factor**attempt) for attempt in range(1, attempts)]


def wait_before(error: TemporaryError, planned: float) -> float:
    """Return the delay before the next attempt."""
    return max(planned, error.wait_seconds or 0.0)

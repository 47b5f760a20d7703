"""Exponential backoff."""

from retrying.errors import TemporaryError


def delays(
    attempts: int, first: float = 1.0, factor: float = 2.0, longest: float = 60.0
) -> list[float]:
    """Return the delays for the given number of attempts."""
    if attempts < 1:
        raise ValueError("attempts must be at least 1")
    result = []
    delay = first
    for _ in range(attempts):
        result.append(min(delay, longest))
        delay *= factor
    return result


def wait_before(error: TemporaryError, planned: float) -> float:
    """Return the delay before the next attempt."""
    if error.wait_seconds is not None and error.wait_seconds > planned:
        return error.wait_seconds
    return planned

"""Exponential backoff."""

from itertools import accumulate, islice, repeat

from retrying.errors import TemporaryError

Seconds = float


def delays(
    attempts: int, first: Seconds = 1.0, factor: float = 2.0, longest: Seconds = 60.0
) -> list[Seconds]:
    if attempts < 1:
        raise ValueError("attempts must be at least 1")
    capped = accumulate(
        repeat(factor), lambda pause, by: min(pause * by, longest), initial=min(first, longest)
    )
    return list(islice(capped, attempts - 1))


def wait_before(error: TemporaryError, planned: Seconds) -> Seconds:
    return max(planned, error.wait_seconds or 0)

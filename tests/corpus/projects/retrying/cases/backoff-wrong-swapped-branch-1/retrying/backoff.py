"""How long to wait from try to try."""

from retrying.errors import TemporaryError


def delays(
    attempts: int, first: float = 1.0, factor: float = 2.0, longest: float = 60.0
) -> list[float]:
    """The pauses in seconds between ``attempts`` tries. Raises ValueError for less than one."""
    if attempts < 1:
        raise ValueError(f"at least one attempt is needed, not {attempts}")
    pauses = []
    pause = first
    for _ in range(attempts - 1):
        pauses.append(min(pause, longest))
        pause *= factor
    return pauses


def wait_before(error: TemporaryError, planned: float) -> float:
    """Seconds to wait, given what the other end asked for."""
    if error.wait_seconds is None:
        return planned
    return min(error.wait_seconds, planned)

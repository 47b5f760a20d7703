"""Retry helper."""

from collections.abc import Callable, Sequence
from typing import Any

from retrying.errors import TemporaryError


def call(
    function: Callable[[], Any],
    pauses: Sequence[float],
    sleep: Callable[[float], Any],
    *,
    on_retry: Callable[[TemporaryError], Any] | None = None,
) -> Any:
    """Call the function, retrying on temporary errors."""
    attempts = max(len(pauses), 1)
    for attempt in range(1, attempts + 1):
        try:
            return function()
        except TemporaryError as error:
            if attempt == attempts:
                raise
            if on_retry is not None:
                on_retry(error)
            sleep(pauses[attempt - 1])
    raise AssertionError("unreachable")

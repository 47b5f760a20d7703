"""Calls what may fail for a while."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from retrying.errors import TemporaryError

T = TypeVar("T")


def call(
    function: Callable[[], T],
    pauses: Iterable[float],
    sleep: Callable[[float], object],
    *,
    on_retry: Callable[[TemporaryError], object] | None = None,
) -> T:
    """The result of ``function``. Raises its last TemporaryError, and any other error at once."""
    for pause in pauses:
        try:
            return function()
        except TemporaryError as error:
            if on_retry is not None:
                on_retry(error)
        sleep(pause)
    return function()

"""One loop for everything that is tried again."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from retrying.errors import TemporaryError

Result = TypeVar("Result")


def _ignore(error: TemporaryError) -> None:
    """What is called where nobody wants to know."""


def call(
    function: Callable[[], Result],
    pauses: Iterable[float],
    sleep: Callable[[float], Any],
    on_retry: Callable[[TemporaryError], Any] = _ignore,
) -> Result:
    remaining = iter(pauses)
    while True:
        try:
            return function()
        except TemporaryError as error:
            pause = next(remaining, None)
            if pause is None:
                raise
            on_retry(error)
            sleep(pause)

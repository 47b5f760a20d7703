"""Retry helper."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from retrying.errors import TemporaryError

logger = logging.getLogger(__name__)


def call(
    function: Callable[[], Any],
    pauses: Sequence[float],
    sleep: Callable[[float], Any],
    *,
    on_retry: Callable[[TemporaryError], Any] | None = None,
) -> Any:
    """Call the function, retrying on temporary errors."""
    for attempt in range(len(pauses) + 1):
        try:
            return function()
        except TemporaryError as error:
            if attempt == len(pauses):
                logger.error("giving up after %d attempts: %s", attempt + 1, error)
                break
            if on_retry:
                on_retry(error)
            sleep(pauses[attempt])
    return None

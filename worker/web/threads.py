"""Blocking calls of adapters, off the event loop and with a time limit."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from worker.domain.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """A few threads for one kind of call. A hanging call keeps its thread, never its caller."""

    def __init__(self, name: str, seconds: float, count: int) -> None:
        self._name = name
        self._seconds = seconds
        self._pool = ThreadPoolExecutor(count, thread_name_prefix=name)

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The call's result. Raises what it raises, and Unavailable after the time limit.

        A call that is late may still succeed; one that has not begun by then never will.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._seconds):
                return await loop.run_in_executor(self._pool, lambda: call(*args, **kwargs))
        except TimeoutError as fault:
            raise Unavailable(f"{self._name}: no answer within {self._seconds:g} s") from fault

    def close(self) -> None:
        """Take no more calls; those under way end on their own."""
        self._pool.shutdown(wait=False, cancel_futures=True)

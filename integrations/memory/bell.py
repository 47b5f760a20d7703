"""A bell within one process: for tests, and for a fleet that works where it is rung."""

from collections.abc import Callable

from worker.domain.errors import Unavailable


class MemoryBell:
    """Counts its rings, and calls ``heard`` at each, if given. ``broken`` makes it fail."""

    def __init__(self, heard: Callable[[], object] | None = None, *, broken: bool = False) -> None:
        self.rings = 0
        self.broken = broken
        self._heard = heard

    def ring(self) -> None:
        """Raises Unavailable while ``broken``."""
        if self.broken:
            raise Unavailable("the bell is broken")
        self.rings += 1
        if self._heard:
            self._heard()

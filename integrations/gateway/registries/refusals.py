"""What the proxy refused, as the pull request shows it."""

import threading

MOST = 100
_LONGEST = 300
_MANY = f"more than {MOST} different requests: the others are not listed"


class Refused(Exception):
    """A request that the proxy does not serve.

    ``target`` is ``host:port`` as it was asked for, ``why`` continues a sentence about it.
    """

    def __init__(self, target: str, why: str) -> None:
        super().__init__(shown(f"{target}: {why}"))


class Refusals:
    """Each refusal once, in order; bounded, since the sandbox decides how many there are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, None] = {}

    def add(self, refusal: Refused) -> None:
        with self._lock:
            text = str(refusal) if len(self._kept) < MOST else _MANY
            self._kept.setdefault(text)

    def all(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(self._kept)


def shown(text: str) -> str:
    """Printable ASCII on one line, of bounded length."""
    plain = "".join(c if " " <= c <= "~" else ascii(c)[1:-1] for c in text[:_LONGEST])
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 3]}..."

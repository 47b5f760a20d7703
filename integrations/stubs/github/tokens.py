"""The stub GitHub's access tokens: a fixed one, and an App's, which end."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .records import timestamp

INSTALLATION_TOKEN_SECONDS = 3600.0


@dataclass(frozen=True)
class TokenLife:
    """Of installation tokens that are issued from now on."""

    seconds: float = INSTALLATION_TOKEN_SECONDS
    """what GitHub says of them"""
    dies_after_seconds: float | None = None
    """when they really end, where that is another time: as if revoked, or by a clock gone wrong"""


class Tokens(Mapping[str, str]):
    """Every token that is good now, and whose it is. Safe to use from any thread."""

    def __init__(self, fixed: Mapping[str, str]) -> None:
        self.life = TokenLife()
        self._fixed = dict(fixed)
        self._issued: dict[str, tuple[str, float]] = {}

    def issue(self, login: str) -> str:
        token = f"ghs_{secrets.token_hex(18)}"
        life = self.life
        lasts = life.seconds if life.dies_after_seconds is None else life.dies_after_seconds
        self._issued[token] = (login, time.monotonic() + lasts)
        return token

    def expires_at(self) -> str:
        """What is said of a token that is issued now, ISO 8601."""
        return timestamp(self.life.seconds)

    def expire(self) -> int:
        """End every issued token now; how many were good."""
        good = len(self) - len(self._fixed)
        self._issued = {}
        return good

    def __getitem__(self, token: str) -> str:
        return self._good()[token]

    def __iter__(self) -> Iterator[str]:
        return iter(self._good())

    def __len__(self) -> int:
        return len(self._good())

    def _good(self) -> dict[str, str]:
        now = time.monotonic()
        issued = {token: who for token, (who, end) in tuple(self._issued.items()) if now < end}
        return {**issued, **self._fixed}

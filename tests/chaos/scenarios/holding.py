"""Holds one request of the fleet's at a stub, before its effect or before its answer."""

from dataclasses import dataclass

import httpx

from tests.e2e.playing import Json
from worker.demo.play import Stage


@dataclass(frozen=True, slots=True)
class Hold:
    """By its name; see ``integrations.stubs.mischief``."""

    stage: Stage
    name: str

    def place(self, stub: str, match: str, *, skip: int = 0, after: bool = False) -> None:
        """Hold the next request that contains ``match``, after ``skip`` others."""
        wish = {"kind": "hold", "match": match, "skip": skip, "after": after, "count": 1}
        self.stage.act("/mischief", stub=stub, name=self.name, **wish)

    def held(self) -> Json | None:
        """The request, if it is there."""
        found: dict[str, list[Json]] = self.stage.get("/mischief")["held"]
        held = (each for requests in found.values() for each in requests)
        return next((each for each in held if each["name"] == self.name), None)

    def release(self) -> None:
        """Let it go on, or let none be held any more."""
        url = f"{self.stage.stubs_url}/_stub/mischief/{self.name}"
        httpx.delete(url, timeout=10).raise_for_status()

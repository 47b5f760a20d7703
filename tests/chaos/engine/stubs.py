"""What a person does in the stand-ins for Linear and GitHub, and what can be seen there."""

from dataclasses import dataclass
from typing import Any

import httpx

Json = dict[str, Any]
Names = tuple[str, ...]
PATIENCE_SECONDS = 60.0
"""They share the processors with everything else."""


@dataclass(frozen=True)
class Stubs:
    """A client of ``/_stub``. Raises httpx.HTTPError."""

    url: str

    def get(self, path: str) -> Any:
        return self._ask("GET", path)

    def act(self, path: str, **body: object) -> Any:
        return self._ask("POST", path, body)

    def create_ticket(self, title: str, description: str, project: str, **more: object) -> Json:
        body = {"title": title, "description": description, "project": project, **more}
        ticket: Json = self.act("/linear/tickets", **body)
        return ticket

    def label(self, ticket: str, *, add: Names = (), remove: Names = ()) -> None:
        self.act(f"/linear/tickets/{ticket}/labels", add=list(add), remove=list(remove))

    def edit(self, ticket: str, **changes: object) -> None:
        self._ask("PATCH", f"/linear/tickets/{ticket}", changes)

    def close(self, ticket: str, how: str) -> None:
        """``how``: completed, canceled or duplicate."""
        self.act(f"/linear/tickets/{ticket}/close", how=how)

    def block(self, ticket: str, by: str) -> None:
        self.act(f"/linear/tickets/{ticket}/block", by=by)

    def answer(self, rules: list[Json]) -> None:
        """What the models say from now on."""
        self._ask("PUT", "/script", {"rules": rules})

    def misbehave(self, stub: str, **misdeed: object) -> None:
        """One misdeed more for a vendor; for ``webhooks`` it takes the place of the last."""
        self.act("/mischief", stub=stub, **misdeed)

    def behave(self) -> None:
        """Forget every misdeed."""
        self._ask("DELETE", "/mischief")

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        url = f"{self.url}/_stub{path}"
        answer = httpx.request(method, url, json=body, timeout=PATIENCE_SECONDS, trust_env=False)
        return answer.raise_for_status().json()

"""Requests that are held before or after their effect, so that a test can act exactly there."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from integrations.stubs import Stubs
from integrations.stubs.linear.records import Issue
from integrations.stubs.mischief import Misdeed

CREATE = 'mutation($i: String) { commentCreate(input: {issueId: $i, body: "hi"}) { success } }'
PATIENCE_SECONDS = 60.0


def _until(seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _comment(client: httpx.Client, ticket: Issue) -> int:
    body = {"query": CREATE, "variables": {"i": ticket.id}}
    headers = {"Authorization": "fleet-key"}
    answer = client.post("/linear/graphql", json=body, headers=headers, timeout=PATIENCE_SECONDS)
    return answer.status_code


def _held(client: httpx.Client) -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = client.get("/_stub/mischief").json()["held"].get("linear", [])
    return held


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("release", ["/_stub/mischief", "/_stub/mischief/here"])
def test_a_request_is_held_until_it_is_released(
    stubs: Stubs, client: httpx.Client, after: bool, release: str
) -> None:
    ticket = stubs.person.create_ticket("Add")
    plan = {"stub": "linear", "kind": "hold", "name": "here", "match": "commentCreate",
            "after": after}  # fmt: skip
    client.post("/_stub/mischief", json=plan)
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(_comment, client, ticket)
        _until(lambda: bool(_held(client)))
        (held,) = _held(client)
        assert (held["name"], held["after"], held["client_gone"]) == ("here", after, False)
        assert "commentCreate" in held["request"]
        assert len(ticket.comments) == after
        assert not asking.done()
        assert client.delete(release).status_code == 200
        assert asking.result() == 200
    assert len(ticket.comments) == 1
    assert _held(client) == []
    assert client.get("/_stub/mischief").json()["counts"]["linear"] == {
        "hold after" if after else "hold": 1
    }


@pytest.mark.parametrize("after", [False, True])
def test_who_was_killed_while_held(stubs: Stubs, client: httpx.Client, after: bool) -> None:
    """Before the effect there is none, ever; after it, it stays."""
    ticket = stubs.person.create_ticket("Add")
    stubs.mischief["linear"].add(Misdeed("hold", match="commentCreate", after=after))
    request = client.build_request(
        "POST",
        "/linear/graphql",
        json={"query": CREATE, "variables": {"i": ticket.id}},
        headers={"Authorization": "fleet-key"},
    )
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    host, port = stubs.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as asking:
        asking.sendall(f"POST /linear/graphql HTTP/1.1\r\n{head}\r\n".encode() + request.read())
        _until(lambda: bool(_held(client)))
    _until(lambda: bool(_held(client)[0]["client_gone"]))
    stubs.mischief["linear"].clear()
    _until(lambda: not _held(client))
    assert _comment(client, ticket) == 200
    assert len(ticket.comments) == (2 if after else 1)


def test_a_name_that_holds_nothing(client: httpx.Client) -> None:
    assert client.delete("/_stub/mischief/nobody").status_code == 400

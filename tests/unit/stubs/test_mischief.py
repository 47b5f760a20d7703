"""Misbehaviour on demand, and the person's actions over HTTP."""

from __future__ import annotations

import threading
import time

import httpx
import pytest

from integrations.stubs import Stubs, StubsConfig
from integrations.stubs.mischief import Mischief, Misdeed
from integrations.stubs.server import start_stubs
from tests.unit.stubs.conftest import Receiver

HEADERS = {"Authorization": "fleet-key"}
VIEWER = {"query": "{ viewer { id } }"}


def _ask(client: httpx.Client, body: object = None, timeout: float = 5.0) -> httpx.Response:
    return client.post("/linear/graphql", json=body or VIEWER, headers=HEADERS, timeout=timeout)


def test_linear_s_rate_limit(client: httpx.Client) -> None:
    plan = {"stub": "linear", "kind": "rate_limit", "count": 1, "seconds": 30}
    assert client.post("/_stub/mischief", json=plan).status_code == 200
    limited = _ask(client)
    assert limited.status_code == 400
    assert limited.json()["errors"][0]["extensions"]["code"] == "RATELIMITED"
    assert limited.headers["X-RateLimit-Requests-Remaining"] == "0"
    assert int(limited.headers["X-RateLimit-Requests-Reset"]) > time.time() * 1000
    fine = _ask(client)
    assert fine.status_code == 200
    assert int(fine.headers["X-RateLimit-Requests-Remaining"]) > 0


def test_errors_by_count_and_place(stubs: Stubs, client: httpx.Client) -> None:
    stubs.mischief["linear"].add(Misdeed("error", count=2, skip=1, status=502, match="viewer"))
    other = {"query": "{ organization { id } }"}
    statuses = [_ask(client, body).status_code for body in (other, VIEWER, VIEWER, other, VIEWER)]
    assert statuses == [200, 200, 502, 200, 502]
    assert _ask(client).status_code == 200
    assert stubs.mischief["linear"].state()[0]["done"] == 2


def test_an_effect_whose_answer_is_cut(stubs: Stubs, client: httpx.Client) -> None:
    ticket = stubs.person.create_ticket("Add")
    stubs.mischief["linear"].add(Misdeed("cut", count=1, after=True, match="commentCreate"))
    document = (
        'mutation($i: String) { commentCreate(input: {issueId: $i, body: "hi"}) { success } }'
    )
    with pytest.raises(httpx.RemoteProtocolError):
        _ask(client, {"query": document, "variables": {"i": ticket.id}})
    assert [comment.body for comment in ticket.comments] == ["hi"]


def test_a_cut_before_any_effect(stubs: Stubs, client: httpx.Client) -> None:
    stubs.mischief["linear"].add(Misdeed("cut", count=1))
    with pytest.raises(httpx.RemoteProtocolError):
        _ask(client)
    assert _ask(client).status_code == 200


def test_a_delay_and_a_hang_outlast_a_short_timeout(stubs: Stubs, client: httpx.Client) -> None:
    for misdeed in (Misdeed("delay", count=1, seconds=60), Misdeed("hang", count=1)):
        stubs.mischief["linear"].add(misdeed)
        with pytest.raises(httpx.ReadTimeout):
            _ask(client, timeout=0.1)
    assert _ask(client).status_code == 200


def test_clearing_lets_what_hangs_go_on(stubs: Stubs, client: httpx.Client) -> None:
    stubs.mischief["linear"].add(Misdeed("hang"))
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(_ask(client).status_code))
    thread.start()
    while not stubs.mischief["linear"].state()[0]["done"]:
        pass
    client.delete("/_stub/mischief")
    thread.join()
    assert answers == [200]


def test_probability_is_the_seed_s() -> None:
    def choices(seed: int) -> list[bool]:
        mischief = Mischief("linear", seed)
        mischief.add(Misdeed("error", probability=0.5))
        return [mischief.choose("POST /") is not None for _ in range(40)]

    assert choices(1) == choices(1)
    assert choices(1) != choices(2)
    assert 5 < sum(choices(1)) < 35


@pytest.mark.parametrize(
    "plan",
    [
        {"stub": "linear", "kind": "sing"},
        {"stub": "nobody", "kind": "error"},
        {"stub": "linear", "colour": 1},
        {"kind": "error"},
        [1],
    ],
)
def test_an_impossible_plan_is_refused(client: httpx.Client, plan: object) -> None:
    answer = client.post("/_stub/mischief", json=plan)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_person_s_day_over_http(stubs: Stubs, client: httpx.Client, receiver: Receiver) -> None:
    made = client.post("/_stub/linear/tickets", json={"title": "Add", "labels": ["bug"]}).json()
    ticket = f"/_stub/linear/tickets/{made['identifier']}"
    labelled = client.post(f"{ticket}/labels", json={"add": ["agent"], "remove": ["bug"]}).json()
    assert [label["name"] for label in labelled["labels"]] == ["agent"]
    assert client.patch(ticket, json={"description": "As a user"}).status_code == 200
    assert client.post(f"{ticket}/comments", json={"body": "Yes."}).status_code == 200
    other = client.post("/_stub/linear/tickets", json={"title": "First"}).json()
    assert client.post(f"{ticket}/block", json={"by": other["id"]}).status_code == 200
    assert client.post(f"{ticket}/close", json={"how": "completed"}).status_code == 200
    assert stubs.webhooks.wait_until_settled()
    whole = client.get(ticket).json()
    assert whole["state"]["type"] == "completed"
    assert [comment["body"] for comment in whole["comments"]] == ["Yes."]
    deliveries = client.get("/_stub/linear/deliveries").json()
    assert len(deliveries) == len(receiver.received) == 6
    assert {each["outcome"] for each in deliveries} == {"delivered"}
    state = client.get("/_stub/state").json()
    assert len(state["tickets"]) == 2
    assert "Add" in client.get(f"/linear/issue/{made['identifier']}").text
    assert client.get("/linear/issue/SHIP-9").status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/tickets", {}),
        ("/tickets", {"title": "x", "team": "NONE"}),
        ("/tickets/SHIP-9/labels", {"add": ["agent"]}),
        ("/tickets/SHIP-9/close", {"why": "?"}),
        ("/deliveries/none", {}),
    ],
)
def test_what_a_person_cannot_do(client: httpx.Client, path: str, body: object) -> None:
    assert client.post(f"/_stub/linear{path}", json=body).status_code == 400


def test_webhook_script_and_mischief_are_set_over_http(
    stubs: Stubs, client: httpx.Client, receiver: Receiver
) -> None:
    set_ = client.put("/_stub/linear/webhook", json={"url": receiver.url, "secret": "new"}).json()
    assert set_["secret"] == "(hidden)"
    assert stubs.webhooks.target.secret == "new"
    duplicated = {"stub": "webhooks", "duplicate": 3}
    assert client.post("/_stub/mischief", json=duplicated).json()["webhooks"]["duplicate"] == 3
    client.post("/_stub/linear/tickets", json={"title": "Add"})
    assert stubs.webhooks.wait_until_settled()
    assert len(receiver.received) == 3
    script = {"rules": [{"answers": ["Hi"], "repeat": True}]}
    assert client.put("/_stub/script", json=script).json() == {"rules": 1}
    body = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}
    assert client.post("/openai/v1/chat/completions", json=body).status_code == 200
    assert client.get("/_stub/requests").json()[0]["messages"] == body["messages"]


def test_a_taken_port_is_an_error_and_a_public_url_is_used(
    stubs: Stubs, client: httpx.Client
) -> None:
    port = int(stubs.url.rpartition(":")[2])
    root = stubs.github.git_root
    with pytest.raises(OSError, match="in use"):
        start_stubs(StubsConfig(git_root=root, port=port))
    with start_stubs(StubsConfig(git_root=root, public_url="http://stubs:8000")) as named:
        assert named.person.create_ticket("A").url.startswith(
            "http://stubs:8000/linear/issue/SHIP-1"
        )

"""Bad weather by chance, seeded and counted."""

from __future__ import annotations

import httpx
import pytest

from integrations.stubs import Stubs
from integrations.stubs.mischief import Mischief, Misdeed, Mix

ALL_KINDS = {"error", "rate_limit", "delay", "cut", "hang"}


def _drawn(mix: Mix, requests: int = 300) -> list[Misdeed | None]:
    mischief = Mischief("github")
    mischief.add(mix)
    strikes = [mischief.choose("GET /") for _ in range(requests)]
    return [strike.misdeed if strike else None for strike in strikes]


def test_a_mix_is_its_seed_s() -> None:
    drawn = _drawn(Mix(0.5, seed=1))
    assert drawn == _drawn(Mix(0.5, seed=1))
    assert drawn != _drawn(Mix(0.5, seed=2))
    struck = [misdeed for misdeed in drawn if misdeed]
    assert 100 < len(struck) < 200
    assert {misdeed.kind for misdeed in struck} == ALL_KINDS
    assert {m.status for m in struck if m.kind == "error"} == {500, 502, 503}
    assert {m.status for m in struck if m.kind == "rate_limit"} == {403, 429}
    assert {m.after for m in struck if m.kind == "rate_limit"} == {False}
    for kind in ALL_KINDS - {"rate_limit"}:
        assert {m.after for m in struck if m.kind == kind} == {False, True}
    seconds = {m.kind: m.seconds for m in struck}
    assert seconds == {"error": 0, "cut": 0, "rate_limit": 1, "delay": 0.2, "hang": 3}


def test_a_mix_of_some_kinds_for_some_requests() -> None:
    mix = Mix(1.0, kinds={"cut": 1, "error": 0}, after=0.0, match="POST", count=2, skip=1)
    mischief = Mischief("github")
    mischief.add(mix)
    kinds = [mischief.choose(f"{method} /") for method in ("GET", *["POST"] * 4)]
    assert [strike and strike.misdeed.kind for strike in kinds] == [None, None, "cut", "cut", None]
    assert mischief.state()[0] | {"done": 2, "kind": "mix"} == mischief.state()[0]


def test_a_mix_for_all_is_counted_by_vendor_and_kind(stubs: Stubs, client: httpx.Client) -> None:
    weather = {"stub": "all", "kind": "mix", "probability": 1, "kinds": {"error": 1}, "after": 0}
    shown = client.post("/_stub/mischief", json=weather).json()
    assert [shown[vendor][0]["kind"] for vendor in ("linear", "github", "git", "models")] == [
        "mix" for _ in range(4)
    ]
    for path in ("/linear/graphql", "/openai/v1/chat/completions"):
        assert client.post(path, json={}).status_code in (500, 502, 503)
    assert client.get("/github/user").status_code in (500, 502, 503)
    assert client.get("/github/user").status_code in (500, 502, 503)
    client.delete("/_stub/mischief")
    shown = client.get("/_stub/mischief").json()
    struck = {vendor: counts for vendor, counts in shown["counts"].items() if counts}
    assert struck == {"linear": {"error": 1}, "models": {"error": 1}, "github": {"error": 2}}
    assert shown["held"] == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kinds": {"hold": 1}},
        {"kinds": {"sing": 1}},
        {"kinds": {"cut": 0}},
        {"kinds": {"cut": -1, "error": 2}},
        {"statuses": []},
        {"stub": "webhooks"},
    ],
)
def test_an_impossible_mix_is_refused(client: httpx.Client, wrong: dict[str, object]) -> None:
    mix = {"stub": "linear", "kind": "mix", "probability": 0.5, **wrong}
    assert client.post("/_stub/mischief", json=mix).status_code == 400

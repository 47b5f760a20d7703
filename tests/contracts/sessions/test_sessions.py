"""What agents remember is given back to its owner alone, unchanged, and never fills the machine."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from integrations.local.sessions import LocalSessions
from integrations.memory.sessions import MemorySessions
from worker.domain.lease import RunId
from worker.domain.task import SessionOwner
from worker.ports import Sessions

RUN = RunId("eng-1-0a1b2c3d")
OWNER = SessionOwner(RUN, 0, "codex", ("agent-codex:1",))
Make = Callable[[int], Sessions]


@pytest.fixture(params=["memory", "local"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Local ones are new each time: what they know must be in the directory."""
    if request.param == "local":
        return lambda most: LocalSessions(tmp_path / "sessions", most)
    made: dict[int, Sessions] = {}
    return lambda most: made.setdefault(most, MemorySessions(most))


@pytest.fixture
def sessions(make: Make) -> Sessions:
    return make(1000)


def other(name: str) -> SessionOwner:
    return replace(OWNER, run_id=RunId(name))


def test_what_was_kept_is_found(make: Make) -> None:
    name = make(1000).keep(OWNER, b"\0state")
    assert make(1000).find(OWNER, name) == b"\0state"
    assert make(1000).kept() == {RUN}


def test_nothing_was_kept(sessions: Sessions) -> None:
    assert sessions.find(OWNER, "") is None
    assert sessions.find(OWNER, "a" * 32) is None
    assert sessions.kept() == frozenset()
    sessions.forget(RUN)


@pytest.mark.parametrize(
    "another",
    [
        replace(OWNER, run_id=RunId("eng-2-0a1b2c3d")),
        replace(OWNER, tier=1),
        replace(OWNER, agent="claude-code"),
        replace(OWNER, tools=("agent-codex:2",)),
    ],
)
def test_another_run_tier_agent_or_version_finds_nothing(
    sessions: Sessions, another: SessionOwner
) -> None:
    name = sessions.keep(OWNER, b"state")
    assert sessions.find(another, name) is None
    sessions.keep(another, b"another's")
    assert sessions.find(another, name) is None


def test_a_run_has_one_and_the_newer_replaces_it(sessions: Sessions) -> None:
    first = sessions.keep(OWNER, b"one")
    second = sessions.keep(OWNER, b"two")
    assert (sessions.find(OWNER, first), sessions.find(OWNER, second)) == (None, b"two")


def test_what_is_forgotten_is_gone(sessions: Sessions) -> None:
    name = sessions.keep(OWNER, b"one")
    stays = sessions.keep(other("b"), b"two")
    sessions.forget(RUN)
    sessions.forget(RUN)
    assert sessions.find(OWNER, name) is None
    assert sessions.find(other("b"), stays) == b"two"
    assert sessions.kept() == {"b"}


def test_all_together_never_are_more_than_the_bound_and_the_oldest_give_way(
    sessions: Sessions,
) -> None:
    names = {each: sessions.keep(other(each), each.encode() * 400) for each in "abc"}
    assert sessions.kept() == {"b", "c"}
    assert sessions.find(other("a"), names["a"]) is None
    assert sessions.find(other("c"), names["c"]) == b"c" * 400


def test_one_that_is_too_large_is_not_kept_and_nobody_gives_way(sessions: Sessions) -> None:
    stays = sessions.keep(other("b"), b"two")
    before = sessions.keep(OWNER, b"one")
    assert sessions.keep(OWNER, b"x" * 1001) == ""
    assert sessions.find(OWNER, before) is None, "it is not what the agent remembers any more"
    assert sessions.find(other("b"), stays) == b"two"

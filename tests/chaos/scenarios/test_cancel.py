"""A ticket taken back in every way and at every moment: it really stops, and says so once (R19)."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.chaos.play.script import rules
from tests.chaos.scenarios.behaviour import LOOKS_AROUND, looking_around
from tests.chaos.scenarios.holding import Hold
from tests.chaos.scenarios.killing import kill_tree
from tests.chaos.scenarios.looking import ONE_ROUND, START, Looking
from tests.chaos.scenarios.staging import SCRIPTED, playing
from tests.chaos.scenarios.tickets import tell
from tests.e2e.playing import Json

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

GONE_SECONDS = 12.0
PATIENCE = 3
"""The machine may be busy with other things."""


def unlabel(looking: Looking, ticket: Json) -> None:
    looking.troupe.label(ticket, remove=("agent",))


def cancel_ticket(looking: Looking, ticket: Json) -> None:
    looking.troupe.stage.act(f"/linear/tickets/{ticket['id']}/close", how="canceled")


def delete_ticket(looking: Looking, ticket: Json) -> None:
    url = f"{looking.troupe.stage.stubs_url}/_stub/linear/tickets/{ticket['id']}"
    httpx.delete(url, timeout=10).raise_for_status()


def press_stop(looking: Looking, ticket: Json) -> None:
    looking.troupe.stage.act(f"/linear/tickets/{ticket['id']}/stop")


def fleet_cancel(looking: Looking, ticket: Json) -> None:
    """The operator's command; it needs the run, which the reconciler or a worker opens."""
    looking.until(lambda: looking.row(ticket), "a run to cancel")
    subprocess.run(
        [sys.executable, "-m", "worker", "cancel", looking.known(ticket).id],
        env=dict(looking.troupe.stage.processes.environment),
        capture_output=True,
        check=True,
    )


WAYS: Mapping[str, Callable[[Looking, Json], None]] = {
    "label removed": unlabel,
    "ticket cancelled": cancel_ticket,
    "ticket deleted": delete_ticket,
    "fleet cancel": fleet_cancel,
    "stop in Linear": press_stop,
}
QUEUED, CLAIMED = "queued", "between claim and container"
WORKING, EXECUTING = "agent at work", "execution command"
MOMENTS = (QUEUED, CLAIMED, WORKING, EXECUTING)
SLOW = 'execution_command = "sleep 300"\n'


def slug_of(way: str, moment: str) -> str:
    return f"acme/cancel-{list(WAYS).index(way) + 1}-{MOMENTS.index(moment) + 1}"


@dataclass
class Cancelled:
    """One ticket that was taken back, and what became of it."""

    ticket: Json
    slug: str
    at: float = 0.0
    """When it was taken back, in seconds since the epoch."""
    calls_before: int = 0
    calls: int = 0
    closed_after: float = 0.0
    outcome: str | None = None
    comments: tuple[str, ...] = ()
    pulls: int = 0


@pytest.fixture(scope="module")
def looking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looking]:
    slugs = [slug_of(way, moment) for way in WAYS for moment in MOMENTS]
    repositories = {slug: {".storyfleet.toml": SLOW} for slug in slugs}
    calm = {**SCRIPTED, "TIDY_SECONDS": "3600", "TIDY_REPOSITORIES_SECONDS": "3600"}
    directory: Path = tmp_path_factory.mktemp("cancels")
    with playing(directory, workers=len(WAYS), settings=calm, repositories=repositories) as troupe:
        troupe.models_answer(*looking_around(300), *rules(0))
        yield Looking.at(troupe)


@pytest.fixture(scope="module", params=MOMENTS)
def cancelled(looking: Looking, request: pytest.FixtureRequest) -> dict[str, Cancelled]:
    """Five tickets brought to one moment, then each taken back in its own way."""
    moment: str = request.param
    if moment == QUEUED:
        # So that whatever is labelled stays queued.
        for name in looking.workers():
            kill_tree(looking, name)
    holds = {way: hold(looking, slug_of(way, moment)) for way in WAYS if moment == CLAIMED}
    cases = {way: write(looking, way, moment) for way in WAYS}
    await_moment(looking, moment, cases, holds)
    for way, case in cases.items():
        case.calls_before = looking.calls(case.ticket["title"]).total()
        case.at = time.time()
        WAYS[way](looking, case.ticket)
    if moment == QUEUED:
        # Not before the last is taken back: a worker takes whatever is queued.
        for number in range(len(WAYS)):
            looking.troupe.start(f"worker-{number + 1}-again")
    for held in holds.values():
        held.release()
    for case in cases.values():
        settle(looking, case)
    return cases


def hold(looking: Looking, slug: str) -> Hold:
    """Hold the first fetch, after which a sandbox would be opened soon."""
    placed = Hold(looking.troupe.stage, slug.rpartition("/")[2])
    placed.place("git", f"POST /{slug}.git/git-upload-pack", skip=2)
    return placed


def write(looking: Looking, way: str, moment: str) -> Cancelled:
    slug = slug_of(way, moment)
    story = LOOKS_AROUND if moment == WORKING else ONE_ROUND
    return Cancelled(looking.troupe.ticket(f"[{way}, {moment}]", story, slug, "agent"), slug)


def await_moment(
    looking: Looking, moment: str, cases: Mapping[str, Cancelled], holds: Mapping[str, Hold]
) -> None:
    def there(case: Cancelled) -> bool:
        row = looking.row(case.ticket)
        if row is None or moment == QUEUED:
            return row is not None
        if moment == WORKING:
            return looking.calls(case.ticket["title"])["coder"] == 1
        return row.events == 4

    for case in cases.values():
        if moment != CLAIMED:
            looking.until(lambda c=case: there(c), f"{case.ticket['title']}")  # type: ignore[misc]
    for held in holds.values():
        looking.until(held.held, f"{held.name} is held")


def settle(looking: Looking, case: Cancelled) -> None:
    """Until the run is closed, and then what there is of it."""
    row = looking.until_closed(case.ticket)
    case.closed_after = looking.events(case.ticket)[-1].at - case.at
    case.outcome = row.outcome
    case.calls = looking.calls(case.ticket["title"]).total()
    case.pulls = len(looking.pulls(case.slug))
    told = looking.troupe.stage.get("/linear/comments")
    case.comments = tuple(c["body"] for c in told if c["issueId"] == case.ticket["id"])


@pytest.mark.parametrize("way", WAYS)
def test_a_ticket_that_is_taken_back_is_cancelled_once_and_nothing_follows(
    cancelled: dict[str, Cancelled], way: str, record_property: Callable[[str, object], None]
) -> None:
    """R19: one end comment, no pull request, no further question to a model."""
    case = cancelled[way]
    in_a_sandbox = any(moment in case.ticket["title"] for moment in (WORKING, EXECUTING))
    tell(record_property, case=case.ticket["title"], closed_after=case.closed_after)
    assert case.outcome == "cancelled"
    assert case.pulls == 0
    assert case.calls == case.calls_before
    ends = [comment for comment in case.comments if "Cancelled" in comment]
    assert len(ends) == (0 if way == "ticket deleted" else 1), case.comments
    assert len([c for c in case.comments if START in c]) <= 1
    assert not in_a_sandbox or case.closed_after < PATIENCE * GONE_SECONDS


def test_what_was_taken_back_leaves_no_sandbox(
    cancelled: dict[str, Cancelled], looking: Looking
) -> None:
    """R19."""
    assert cancelled

    def places() -> list[str]:
        return [p.name for p in looking.troupe.directory.glob("data/scripted-sandboxes/*/open/*")]

    assert places() == []

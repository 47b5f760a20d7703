"""What webhooks missed, what nobody can read, and what was left behind (R18, orphans)."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from tests.chaos.scenarios.deliveries import withheld
from tests.chaos.scenarios.seeing import Onlooker, fine_weather
from tests.chaos.scenarios.staging import AT_ONCE, PICKY, REPOSITORIES, Troupe, playing
from tests.chaos.scenarios.stories import SLOW_WORK, rules, story
from tests.chaos.scenarios.tickets import tell
from tests.e2e.playing import Json
from tests.e2e.test_ticket_to_pull_request import git
from worker.domain.events import Outcome

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]

LABEL = ("agent",)
TRACKER_SECONDS = 3
MISSED = 20
UNTESTED = "acme/untested"
KNOWN = {**REPOSITORIES, UNTESTED: {"README.md": "# Nothing tells how this is tested\n"}}
"""A run on the last ends soon, with a question."""
LOADED = 3
"""Times what it takes where nothing else runs."""
Property = Callable[[str, object], None]


@pytest.fixture(scope="module")
def troupe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Troupe]:
    directory = tmp_path_factory.mktemp("reconciler")
    with playing(directory, workers=2, repositories=KNOWN) as troupe:
        troupe.models_answer(*rules())
        yield troupe


@pytest.fixture(scope="module")
def seen(troupe: Troupe) -> Iterator[Onlooker]:
    with closing(Onlooker(troupe)) as seen:
        yield seen


@pytest.fixture(autouse=True)
def good_weather(troupe: Troupe) -> Iterator[None]:
    """Nothing goes wrong at the vendors' but what a test wants."""
    yield
    fine_weather(troupe)


def _accepted_once(troupe: Troupe, seen: Onlooker, ticket: Json) -> None:
    run = troupe.wait_closed(ticket)
    assert run.closed is not None
    assert run.closed.outcome is Outcome.ACCEPTED
    assert len(seen.rows(ticket)) == 1
    assert len(seen.pulls(ticket)) == 1
    assert len(troupe.comments(ticket)) == 3


def _asked_once(troupe: Troupe, seen: Onlooker, ticket: Json) -> None:
    seen.until_state(ticket, "closed")
    (row,) = seen.rows(ticket)
    assert row.outcome is Outcome.QUESTIONS
    assert len(troupe.comments(ticket)) == 1


def test_tickets_labelled_while_the_receiver_is_down_are_found(
    troupe: Troupe, seen: Onlooker, record_property: Property
) -> None:
    """R18: their webhooks are lost for good; within two intervals each has its one run."""
    tickets = [troupe.ticket(f"Missed {n}", story(), UNTESTED) for n in range(MISSED)]
    troupe.kill("receiver")
    with withheld(troupe) as lost:
        for ticket in tickets:
            troupe.label(ticket, add=LABEL)
        began = time.monotonic()
        seen.until("each has a run", lambda: all(seen.rows(t) for t in tickets))
        took = time.monotonic() - began
    tell(record_property, found_after_s=took)
    assert took <= 2 * TRACKER_SECONDS * LOADED
    assert len(lost.of(*tickets)) == MISSED
    _with_receiver(troupe)
    for ticket in tickets:
        _asked_once(troupe, seen, ticket)


def _with_receiver(troupe: Troupe) -> None:
    troupe.start("receiver")
    troupe.stage.processes.wait_for("receiver", f"{troupe.stage.receiver_url}/readyz")


def test_reconcilers_that_are_many_or_killed_open_one_run_each(
    troupe: Troupe, seen: Onlooker
) -> None:
    """R18: four of them at once, and all killed while the work is found."""
    more = ("reconciler-2", "reconciler-3", "reconciler-4")
    for name in more:
        troupe.start(name)
    tickets = [troupe.ticket(f"Found by many {n}", story(), UNTESTED) for n in range(MISSED)]
    with withheld(troupe):
        for ticket in tickets:
            troupe.label(ticket, add=LABEL)
        seen.until("some are found", lambda: any(seen.rows(t) for t in tickets))
        for name in ("reconciler", *more):
            troupe.kill(name)
            troupe.start(name)
        seen.until("each has a run", lambda: all(seen.rows(t) for t in tickets))
    for ticket in tickets:
        _asked_once(troupe, seen, ticket)
    for name in more:
        troupe.kill(name)


BAD_DAYS: dict[str, Json] = {
    "answers 500": {"kind": "error", "status": 500},
    "limits the rate": {"kind": "rate_limit", "seconds": 60},
    "cuts connections": {"kind": "cut"},
}


@pytest.mark.parametrize("case", BAD_DAYS)
def test_a_tracker_that_cannot_be_read_is_not_one_without_work(
    troupe: Troupe, seen: Onlooker, case: str
) -> None:
    """Linear's list of tickets cannot be had: that is said, and opens and cancels nothing."""
    at_work = troupe.ticket(f"At work while Linear {case}", story(SLOW_WORK), PICKY, *LABEL)
    troupe.wait(at_work, lambda run: run.rounds)
    before = _told(seen)
    troupe.stage.act("/mischief", stub="linear", match="ReadyTickets", **BAD_DAYS[case])
    missed = troupe.ticket(f"Missed while Linear {case}", story(), AT_ONCE)
    with withheld(troupe):
        troupe.label(missed, add=LABEL)
        seen.until(
            "it is said, twice",
            lambda: _told(seen)["tracker_unreadable"] >= before["tracker_unreadable"] + 2,
        )
        unreadable = _told(seen)
        assert seen.rows(missed) == []
        row = seen.newest(at_work)
        assert row is not None
        assert row.state == "running"
        fine_weather(troupe)
        seen.until("it is found afterwards", lambda: seen.rows(missed))
    assert _told(seen)["tracker_swept"] > unreadable["tracker_swept"]
    _accepted_once(troupe, seen, missed)
    troupe.label(at_work, remove=LABEL)
    troupe.wait_closed(at_work)


def _told(seen: Onlooker) -> dict[str, int]:
    log = seen.log("reconciler")
    return {word: log.count(word) for word in ("tracker_unreadable", "tracker_swept")}


def test_what_closed_runs_left_in_git_is_removed_and_what_is_others_stays(
    troupe: Troupe, seen: Onlooker
) -> None:
    """Safety refs and directories go after their grace time, by the workers' own ``fleet tidy``;
    the journal is kept for long, and runs that this fleet does not know may be another's.
    """
    ticket = troupe.ticket("Leaves something behind", story(), AT_ONCE, *LABEL)
    _accepted_once(troupe, seen, ticket)
    ended = seen.rows(ticket)[0].id
    head = git(troupe, AT_ONCE, "rev-parse", "main").strip()
    ours, others = (f"refs/storyfleet/runs/{run}/{head}" for run in (ended, "ship-1-01234567"))
    for ref in (ours, others):
        git(troupe, AT_ONCE, "update-ref", ref, head)
    (cache,) = troupe.directory.glob("data/git/runs/*at-once*")
    left, unknown = (cache / f"{run}.git" for run in (ended, "ship-1-01234567"))
    for directory in (left, unknown):
        subprocess.run(["git", "init", "--bare", "--quiet", str(directory)], check=True)
    seen.until("it is removed", lambda: ours not in _refs(troupe) and not left.exists())
    assert unknown.exists()
    assert others in _refs(troupe)
    assert f"refs/storyfleet/journals/{ended}" in _refs(troupe)


def _refs(troupe: Troupe) -> str:
    return git(troupe, AT_ONCE, "for-each-ref", "--format=%(refname)")


def test_sandboxes_that_nobody_drives_are_removed_and_other_fleets_left_alone(
    troupe: Troupe, seen: Onlooker
) -> None:
    """A dead worker's, of a run that was closed elsewhere (the same with Docker is in
    ``test_docker_gone.py``).
    """
    ticket = troupe.ticket("Its sandbox stays", story(), AT_ONCE, *LABEL)
    _accepted_once(troupe, seen, ticket)
    ended = seen.rows(ticket)[0]
    fleets = troupe.directory / "data" / "scripted-sandboxes"
    place = f"{ended.id},{ended.fence},1,0123456789abcdef"
    (ours,) = fleets.glob("*/open")
    theirs = fleets / "another" / "open"
    for each in (ours, theirs):
        (each / place).mkdir(parents=True)
    seen.until("ours is removed", lambda: not (ours / place).exists())
    assert (theirs / place).exists()

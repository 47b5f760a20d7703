"""SIGSTOP of a worker past its lease, then SIGCONT: it changes nothing any more (R11, P4).

With PostgreSQL: a worker that is frozen while it writes to SQLite has that database locked for all.
"""

import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from integrations.linear.tracker import comment_id
from tests.chaos.play.script import rules
from tests.chaos.scenarios.holding import Hold
from tests.chaos.scenarios.killing import Kill, Killing, freeze_tree, send
from tests.chaos.scenarios.looking import TWO_ROUNDS, Looking
from tests.chaos.scenarios.points import POINTS
from tests.chaos.scenarios.staging import SCRIPTED, playing
from tests.chaos.scenarios.tickets import tell
from tests.contracts.run_store.postgres_server import binaries, running
from tests.e2e.playing import Json
from worker.domain.ticket import TicketId

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

EXECUTING = "the execution command"
HELD = (
    "model call of the coder",
    "start comment",
    "progress comment",
    "push of the safety ref",
    "push of the branch",
    "creation of the pull request",
    "end comment",
)
CASES = (*HELD, EXECUTING)
SETTINGS = 'execution_command = "{command}"\nmax_iterations = 4\n'
GREEN = "grep -q done work.txt"
LATE_SECONDS = 12.0
"""How long a zombie that woke up is watched: it retries for longer than it waits for an answer."""


def slug_of(case: str) -> str:
    return f"acme/zombie-{CASES.index(case) + 1}"


@dataclass(frozen=True, slots=True)
class Outside:
    """Everything that people could see, and the journals."""

    tickets: list[Json]
    pulls: list[Json]
    refs: dict[str, dict[str, str]]
    events: list[tuple[str, int, int, str]]

    @classmethod
    def now(cls, looking: Looking, kills: list[Kill]) -> "Outside":
        stage = looking.troupe.stage
        return cls(
            [stage.get(f"/linear/tickets/{kill.ticket['id']}") for kill in kills],
            [pull for kill in kills for pull in looking.pulls(kill.slug)],
            {kill.slug: _public(looking.refs(kill.slug)) for kill in kills},
            [(e.run_id, e.seq, e.fence, e.kind) for e in looking.watch.events()],
        )

    def of(self, kill: Kill) -> tuple[object, ...]:
        """What of it belongs to one ticket."""
        run_id = kill.row.id if kill.row else ""
        return (
            [told for told in self.tickets if told["id"] == kill.ticket["id"]],
            [pull for pull in self.pulls if pull["repository"] == kill.slug],
            self.refs[kill.slug],
            [event for event in self.events if event[0] == run_id],
        )


def _public(refs: dict[str, str]) -> dict[str, str]:
    """Without what the janitor takes away once the run is over."""
    return {name: at for name, at in refs.items() if "refs/storyfleet/runs/" not in name}


@dataclass
class Woken:
    """What was seen before and after the zombies woke up."""

    kills: dict[str, Kill]
    finished: Outside
    """When the other workers were done."""
    released: Outside
    """When the zombies' held requests had been let go."""
    awake: Outside
    """When the zombies had had their chance."""
    writes: dict[str, dict[str, int]]
    """By case: requests that would change something, since the zombies woke up."""
    logs: dict[str, str]
    leftovers: list[str]


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    programs = binaries()
    if programs is None:
        pytest.skip("there is no PostgreSQL on this machine")
    with running(programs) as url:
        yield url


@pytest.fixture(scope="module")
def woken(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[Woken]:
    """All zombies at once: each has a repository of its own."""
    repositories = {
        slug_of(case): {
            ".storyfleet.toml": SETTINGS.format(
                command=f"sleep 4 && {GREEN}" if case == EXECUTING else GREEN
            )
        }
        for case in CASES
    }
    directory: Path = tmp_path_factory.mktemp("zombies")
    calm = {"TIDY_SECONDS": "3600", "TIDY_REPOSITORIES_SECONDS": "3600", "DATABASE_URL": database}
    with playing(
        directory, workers=5, settings=SCRIPTED | calm, repositories=repositories
    ) as troupe:
        troupe.models_answer(*rules(0))
        looking = Looking.at(troupe)
        killing = Killing(looking, 4, freeze_tree)
        try:
            killing.play([zombie(looking, case) for case in CASES])
            yield wake(looking, killing.kills)
        finally:
            send([pid for name in looking.workers() for pid in looking.tree(name)], signal.SIGCONT)


def zombie(looking: Looking, case: str) -> Kill:
    """A worker that is frozen while a request of its own is held, or its command runs."""
    hold = Hold(looking.troupe.stage, slug_of(case).rpartition("/")[2])

    def arm(kill: Kill) -> None:
        for point in POINTS:
            if point.name == case:
                hold.place(point.stub, point.matching(kill.ticket, kill.slug), skip=point.skip)

    def ripe(kill: Kill) -> bool:
        if case != EXECUTING:
            return hold.held() is not None
        kinds = [event.kind for event in looking.events(kill.ticket)]
        return kinds.count("AgentReported") == 2 and kinds[-1] == "AgentReported"

    return Kill(f"[{case}]", slug_of(case), TWO_ROUNDS, arm=arm, ripe=ripe, after=lambda _: None)


def wake(looking: Looking, kills: list[Kill]) -> Woken:
    """First their held requests take effect, then the zombies go on."""
    stage = looking.troupe.stage
    finished = Outside.now(looking, kills)
    for kill in kills:
        name = kill.slug.rpartition("/")[2]
        if kill.title != f"[{EXECUTING}]":
            Hold(stage, name).release()
    time.sleep(1)
    released = Outside.now(looking, kills)
    for kill in kills:
        count_writes(looking, kill)
    zombies = [pid for kill in kills for pid in looking.tree(kill.victim)]
    send(zombies, signal.SIGCONT)
    looking.until(lambda: all(lost(looking, kill) for kill in kills), "every zombie knows")
    time.sleep(LATE_SECONDS)
    writes = {kill.title: counted(looking, kill) for kill in kills}
    logs = {kill.title: looking.log(kill.victim) for kill in kills}
    places = looking.troupe.directory.glob("data/scripted-sandboxes/*/open/*")
    awake = Outside.now(looking, kills)
    left = [place.name for place in places]
    return Woken({k.title: k for k in kills}, finished, released, awake, writes, logs, left)


def count_writes(looking: Looking, kill: Kill) -> None:
    """Have the stubs count what is asked for from now on and would change something."""
    texts = {
        "git": [f"POST /{kill.slug}.git/git-receive-pack"],
        "github": [f"POST /repos/{kill.slug}", f"PATCH /repos/{kill.slug}"],
        "models": [kill.title],
        "linear": [comment_of(kill, key) for key in ("start", "progress", "end")],
    }
    for stub, matches in texts.items():
        for match in matches:
            name = f"counted {kill.title}"
            looking.troupe.stage.act("/mischief", stub=stub, kind="delay", match=match, name=name)


def comment_of(kill: Kill, key: str) -> str:
    run_id = kill.row.id if kill.row else ""
    return comment_id(TicketId(kill.ticket["id"]), f"{run_id}:{key}")


def counted(looking: Looking, kill: Kill) -> dict[str, int]:
    """What was counted, by what the requests contained."""
    planned = looking.troupe.stage.get("/mischief")
    own = [
        each
        for stub in ("git", "github", "models", "linear")
        for each in planned[stub]
        if each["name"] == f"counted {kill.title}"
    ]
    comments = {comment_of(kill, key): key for key in ("start", "progress", "end")}
    return {comments.get(e["match"], e["match"]): int(e["done"]) for e in own if e["done"]}


def lost(looking: Looking, kill: Kill) -> bool:
    """Whether the frozen worker has told that it lost its lease."""
    return "lease_lost" in looking.log(kill.victim)


@pytest.mark.parametrize("case", CASES)
def test_a_worker_that_was_frozen_past_its_lease_changes_nothing_when_it_wakes_up(
    woken: Woken, case: str, record_property: Callable[[str, object], None]
) -> None:
    """R11, acceptance 3: another worker has finished; comments, pull requests, refs and journal
    stay as they are, also when a request that was under way arrives only now.
    """
    kill = woken.kills[f"[{case}]"]
    assert kill.row is not None
    calls = f"{kill.calls['coder']}+{kill.calls['judge']}"
    tell(record_property, frozen_in=case, taken_over=kill.takeover_seconds, calls=calls)
    assert kill.row.outcome == "accepted"
    assert len(kill.pulls) == 1
    assert len(kill.comments) == 3
    assert woken.released.of(kill) == woken.finished.of(kill)
    assert woken.awake.of(kill) == woken.finished.of(kill)
    assert "lease_lost" in woken.logs[kill.title]


@pytest.mark.parametrize("case", CASES)
def test_a_zombie_asks_for_no_change_once_it_is_awake(woken: Woken, case: str) -> None:
    """R11, P4: the lease is checked before everything that people could see."""
    assert woken.writes[f"[{case}]"] == {}


def test_a_zombie_leaves_no_sandbox(woken: Woken) -> None:
    """R11."""
    assert woken.leftovers == []

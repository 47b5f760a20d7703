"""kill -9 of a whole worker around every outside effect: nothing lost, nothing twice (R2)."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.play.script import rules
from tests.chaos.scenarios.behaviour import LOOKS_AROUND, looking_around
from tests.chaos.scenarios.holding import Hold
from tests.chaos.scenarios.killing import Kill, Killing, kill_tree
from tests.chaos.scenarios.looking import TWO_ROUNDS, Looking
from tests.chaos.scenarios.points import POINTS, Point
from tests.chaos.scenarios.staging import LEASE_SECONDS, SCRIPTED, playing
from tests.chaos.scenarios.tickets import tell

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

AT_ONCE, WORKERS = 3, 5
"""There is always somebody to take over, while those who were killed are replaced."""
RESUMED_SECONDS = 10.0
"""After the lease's end, as the issue wants it."""
PATIENCE = 3
"""The machine may be busy with other things."""
EXECUTING, COMMANDING = "the execution command", "the agent's own command"
SETTINGS = (
    'execution_command = "{command}"\ntranscripts = "storyfleet/transcripts"\nmax_iterations = 4\n'
)
GREEN = "grep -q done work.txt"
WHENS = ("before", "after")
COMMANDS = (EXECUTING, COMMANDING)
PLACES = (*(point.name for point in POINTS), *COMMANDS)


def slug_of(place: str) -> str:
    return f"acme/kill-{PLACES.index(place) + 1}"


@pytest.fixture(scope="module", params=WHENS)
def kills(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Kill]]:
    """All of a fleet's, played a few at a time: each has a repository of its own."""
    commands = dict.fromkeys(PLACES, GREEN) | {EXECUTING: f"sleep 4 && {GREEN}"}
    repositories = {
        slug_of(place): {".storyfleet.toml": SETTINGS.format(command=command)}
        for place, command in commands.items()
    }
    # Workers that tidy every two seconds would leave the machine no time for anything else.
    calm = {**SCRIPTED, "TIDY_SECONDS": "3600", "TIDY_REPOSITORIES_SECONDS": "3600"}
    directory: Path = tmp_path_factory.mktemp("kills")
    with playing(directory, workers=WORKERS, settings=calm, repositories=repositories) as troupe:
        troupe.models_answer(*looking_around(4), *rules(0))
        looking = Looking.at(troupe)
        killing = Killing(looking, AT_ONCE, kill_tree)
        held = [around(looking, point, request.param) for point in POINTS]
        killing.play([*held, *during_commands(looking)])
        yield {kill.title: kill for kill in killing.kills}


def around(looking: Looking, point: Point, when: str) -> Kill:
    """A kill while a request is held at a stub."""
    slug = slug_of(point.name)
    hold = Hold(looking.troupe.stage, slug.rpartition("/")[2])

    def arm(kill: Kill) -> None:
        match = point.matching(kill.ticket, slug)
        hold.place(point.stub, match, skip=point.skip, after=when == "after")

    return Kill(
        f"[{point.name}, {when}]",
        slug,
        TWO_ROUNDS,
        arm=arm,
        ripe=lambda _: hold.held() is not None,
        after=lambda _: hold.release(),
    )


def during_commands(looking: Looking) -> Iterator[Kill]:
    """Kills that nothing needs to be held for: a command takes its time."""

    def executing(kill: Kill) -> bool:
        kinds = [event.kind for event in looking.events(kill.ticket)]
        return kinds.count("AgentReported") == 2 and kinds[-1] == "AgentReported"

    def commanding(kill: Kill) -> bool:
        return looking.calls(kill.title)["coder"] == 1

    for case, story, ripe in (
        (EXECUTING, TWO_ROUNDS, executing),
        (COMMANDING, LOOKS_AROUND, commanding),
    ):
        yield Kill(f"[{case}]", slug_of(case), story, nothing, ripe, nothing)


def nothing(_: Kill) -> None:
    """Nothing has to be done."""


def check(kill: Kill, rounds: int, again: Counter[str]) -> None:
    """One pull request, each comment once, and at most the interrupted stage repeated."""
    assert kill.row is not None
    assert (kill.row.outcome, len(kill.pulls)) == ("accepted", 1), kill
    told = [comment.split("\n")[0][:12] for comment in kill.comments]
    assert len(told) == len(set(told)) == 3, kill.comments
    kinds = [event.kind for event in kill.events]
    assert [event.seq for event in kill.events] == sorted({e.seq for e in kill.events})
    assert kinds.count("AgentReported") == kinds.count("RoundJudged") == rounds
    assert kinds[-1] == "RunClosed"
    usual = Counter(coder=2 * rounds + (rounds == 1), judge=rounds)
    assert usual <= kill.calls <= usual + again, (kill.calls, usual, again)
    late = LEASE_SECONDS + PATIENCE * RESUMED_SECONDS
    assert kill.takeover_seconds < late, kill.takeover_seconds


def told(kill: Kill, record: Callable[[str, object], None]) -> None:
    calls = f"{kill.calls['coder']}+{kill.calls['judge']}"
    tell(record, case=kill.title, calls=calls, taken_over=kill.takeover_seconds)
    tell(record, next_event=kill.resumed_seconds)


@pytest.mark.parametrize("point", POINTS, ids=[point.name for point in POINTS])
def test_a_worker_killed_around_an_effect_repeats_at_most_that_stage(
    kills: dict[str, Kill], point: Point, record_property: Callable[[str, object], None]
) -> None:
    """R2: held before its effect, and after it but before the answer."""
    (kill,) = [kill for title, kill in kills.items() if title.startswith(f"[{point.name}, ")]
    told(kill, record_property)
    check(kill, 2, point.again)


def test_a_worker_killed_while_the_execution_command_runs_repeats_that_command_only(
    kills: dict[str, Kill], record_property: Callable[[str, object], None]
) -> None:
    """R2: no model is asked again."""
    kill = kills[f"[{EXECUTING}]"]
    told(kill, record_property)
    check(kill, 2, Counter())


def test_a_worker_killed_while_the_agents_own_command_runs_repeats_that_session_only(
    kills: dict[str, Kill], record_property: Callable[[str, object], None]
) -> None:
    """R2."""
    kill = kills[f"[{COMMANDING}]"]
    told(kill, record_property)
    check(kill, 1, Counter(coder=1))

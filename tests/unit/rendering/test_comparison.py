"""Two runs side by side, as a person reads them."""

from dataclasses import replace

from tests.unit import builders as b
from worker.domain.events import (
    Outcome,
    PullRequestPublished,
    RunClosed,
    RunOpened,
    StoryExamined,
)
from worker.domain.lease import RunId
from worker.domain.pull_request import PullRequest
from worker.domain.repeated import Repeated
from worker.domain.run import Run
from worker.domain.ticket import TicketId
from worker.rendering import lines
from worker.rendering.comparison import differences, rows

PULL = PullRequestPublished(PullRequest(7, "https://code.test/7", draft=True), "x", "c1")
ONE = b.run(*b.started(), *b.revised_round(), PULL, RunClosed(Outcome.GAVE_UP, "out of rounds"))
AGAIN = RunOpened(
    RunId("eng-1-def"), b.REF, "acme/app", Repeated(ONE.id, accepted=False, pull_request=None)
)


def rerun(*events: object, **planned: object) -> Run:
    return Run.from_journal([AGAIN, *b.started(**planned), *events])  # type: ignore[list-item]


def test_everything_worth_comparing_stands_side_by_side() -> None:
    green = RunClosed(Outcome.ACCEPTED, "green")
    other = rerun(*b.accepted_round(), green, rules=("Pin.",), base_commit="f" * 40)
    assert {name: (left, right) for name, left, right in rows(ONE, other)} == {
        "ticket": ("ENG-1", "ENG-1"),
        "repeats": ("", ONE.id),
        "outcome": ("gave up", "accepted"),
        "reason": ("out of rounds", "green"),
        "base": ("main at base", "main at ffffffffffff"),
        "rules learned from runs": ("0", "1"),
        "rounds": ("1", "1"),
        "findings": ("1", "0"),
        "… resolved": ("0", "0"),
        "… came back": ("0", "0"),
        "… open": ("1", "0"),
        "tests red at the end": ("unknown", "unknown"),
        "tiers climbed": ("0", "0"),
        "tokens": ("110", "110"),
        "money": ("$0.0005", "$0.0005"),
        "time": ("3.5 s", "3.5 s"),
        "pull request": ("https://code.test/7 (draft)", "none"),
    }
    assert differences(ONE, other) == []


def test_what_makes_them_hard_to_compare_is_said() -> None:
    edited = StoryExamined(b.ticket(title="Cube numbers"), b.plan())
    still_open = Run.from_journal([AGAIN, edited])
    told = differences(ONE, still_open)
    assert any("edited between" in sentence for sentence in told)
    assert any("still open" in sentence for sentence in told)
    foreign = replace(ONE, ref=replace(b.REF, id=TicketId("t-2")))
    assert differences(ONE, foreign) == ["These are runs of different tickets."]
    opened = {name: right for name, _, right in rows(ONE, Run.from_journal([AGAIN]))}
    assert opened["outcome"] == "open"


def test_the_first_line_of_a_rerun_says_what_it_repeats() -> None:
    run = Run.from_journal([AGAIN])
    assert lines.line(run, AGAIN) == f"run eng-1-def opened for ENG-1, a rerun of {ONE.id}"

"""What the terminal shows of a local run: a line per event, then where everything lies."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from tests.unit import builders as b
from worker.bootstrap import LocalRun
from worker.cli.local import Progress, _tell
from worker.domain.events import (
    Outcome,
    PullRequestPublished,
    RunClosed,
    RunEvent,
    RunFailed,
    StoryExamined,
)
from worker.domain.pull_request import PullRequest
from worker.domain.run import Run

ASKED = LocalRun(Path("story.md"), Path("my app"), Path("out"))
PUBLISHED = PullRequestPublished(
    PullRequest(1, "file:///out/pull%20request.md"), "agent/x", "c1", "file:///out/transcript.md"
)


@pytest.fixture
def paper() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def progress(paper: io.StringIO) -> Progress:
    return Progress(Console(file=paper, width=40))


def shown(progress: Progress, paper: io.StringIO, *events: RunEvent) -> list[str]:
    """What is printed about the events, without the time."""
    journal = [b.opened(), *events]
    for count in range(2, len(journal) + 1):
        progress.saw(Run.from_journal(journal[:count]), journal[count - 1])
    return [line[10:] for line in paper.getvalue().splitlines()]


def test_the_plan_is_told_with_its_criteria_assumptions_and_warnings(
    progress: Progress, paper: io.StringIO
) -> None:
    plan = b.plan(
        criteria=(replace(b.CRITERIA[0], text="one\ntwo [bold]"),),
        assumptions=("assumed",),
        warnings=("warned",),
    )
    _, *rest = shown(progress, paper, StoryExamined(b.ticket(), plan))
    assert rest == ["1. one", "two [bold]", "assumed", "warned"]


def test_no_line_is_broken_or_left_out_but_those_for_a_ticket(
    progress: Progress, paper: io.StringIO
) -> None:
    lines = shown(progress, paper, *b.started(), *b.revised_round(), RunFailed("no key"))
    assert [line[:8] for line in lines] == ["examined", "1. `squa", "2. zero ", *["round 1:"] * 3]
    assert all(line[:10].endswith(" s  ") for line in paper.getvalue().splitlines()[3:])


def test_questions_show_no_plan(progress: Progress, paper: io.StringIO) -> None:
    assert len(shown(progress, paper, StoryExamined(b.ticket(), questions=("a", "b")))) == 1


def told(progress: Progress, paper: io.StringIO, *events: RunEvent) -> str:
    _tell(b.run(*events), ASKED, progress)
    return paper.getvalue()


def test_a_published_run_says_where_everything_lies(progress: Progress, paper: io.StringIO) -> None:
    end = RunClosed(Outcome.ACCEPTED, "all green")
    text = told(progress, paper, *b.started(), *b.accepted_round(), PUBLISHED, end)
    assert text.splitlines() == [
        "",
        "branch        agent/x",
        "pull request  /out/pull request.md",
        "transcript    /out/transcript.md",
        "to see it     git -C 'my app' diff main...agent/x",
    ]


def test_without_a_transcript_it_names_none(progress: Progress, paper: io.StringIO) -> None:
    published = replace(PUBLISHED, transcript_url=None)
    assert "transcript" not in told(progress, paper, *b.started(), published)


@pytest.mark.parametrize("outcome", [Outcome.QUESTIONS, Outcome.FAILED])
def test_what_a_person_must_do_is_told_at_the_end(
    progress: Progress, paper: io.StringIO, outcome: Outcome
) -> None:
    assert told(progress, paper, RunClosed(outcome, "Do this.")) == "\nDo this.\n"


def test_a_run_that_gave_up_with_nothing_says_nothing_more(
    progress: Progress, paper: io.StringIO
) -> None:
    assert told(progress, paper, *b.started(), RunClosed(Outcome.GAVE_UP, "out of rounds")) == ""

"""``fleet runs``, ``fleet show``, ``fleet cancel``: over a database of their own."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from integrations.sql import SqlRunStore, open_store
from tests.unit import builders as b
from worker.cli import app
from worker.domain.events import Outcome, RunClosed, RunFailed, RunOpened, StoryExamined
from worker.domain.lease import ClaimLimits, RunId
from worker.domain.run import Run
from worker.domain.signals import TicketWithdrawn

RUN = b.opened().run_id


class Desk:
    """An operator's terminal, where only one run is known."""

    def __init__(self, directory: Path) -> None:
        url = f"sqlite:///{directory / 'fleet.db'}"
        self.store: SqlRunStore = open_store(url, 30.0)
        self._environment = {
            "DATABASE_URL": url,
            "DATA_DIR": str(directory),
            "LINEAR_API_KEY": "stub-linear-key",
            "REDIS_URL": "redis://127.0.0.1:9/0",
            "COLUMNS": "200",
        }

    def fleet(self, *words: str) -> Result:
        return CliRunner().invoke(app, words, env=self._environment)

    def worked(self, *, closed: bool = False) -> None:
        """Open a run and let one accepted round be recorded."""
        self.store.open_run(None, b.opened())
        lease = self.store.claim_next("worker-1", ClaimLimits())
        assert lease is not None
        end = [RunClosed(Outcome.ACCEPTED, "all green")] if closed else []
        for event in (*b.started(), *b.accepted_round(), *end):
            self.store.append(lease, event)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with contextlib.chdir(tmp_path):
        desk = Desk(tmp_path)
        yield desk
        desk.store.close()


def test_runs_are_listed_with_their_state(desk: Desk) -> None:
    desk.worked(closed=True)
    desk.store.open_run(None, RunOpened(RunId("[bold]x"), b.REF, None))
    done = desk.fleet("runs")
    assert done.exit_code == 0
    closed = next(line for line in done.output.splitlines() if RUN in line)
    for cell in ("ENG-1", "acme/app", "closed", "accepted"):
        assert cell in closed
    waiting = next(line for line in done.output.splitlines() if "[bold]x" in line)
    for cell in ("ENG-1", " - ", "queued"):
        assert cell in waiting
    assert RUN not in desk.fleet("runs", "--limit", "1").output


def test_a_run_is_shown_line_by_line(desk: Desk) -> None:
    desk.worked(closed=True)
    shown = desk.fleet("show", RUN).output.splitlines()
    assert shown[0] == "run eng-1-abc opened for ENG-1"
    assert len(shown) == 7
    assert shown[-1].startswith("closed: accepted")


def test_a_transcript_is_shown_as_it_is(desk: Desk) -> None:
    desk.worked()
    shown = desk.fleet("show", RUN, "--transcript").output
    assert shown.startswith("# Transcript of ENG-1, run eng-1-abc")
    assert "## Round 1: accept" in shown


def test_without_a_plan_there_is_no_transcript_but_the_lines(desk: Desk) -> None:
    desk.store.open_run(None, b.opened())
    lease = desk.store.claim_next("worker-1", ClaimLimits())
    assert lease is not None
    desk.store.append(lease, StoryExamined(b.ticket(), questions=("What?",)))
    shown = desk.fleet("show", RUN, "--transcript").output
    assert "a question first: What?" in shown


def test_cancelling_is_a_signal_for_the_run_even_if_nobody_can_be_told_now(desk: Desk) -> None:
    desk.worked()
    done = desk.fleet("cancel", RUN, "--reason", "wrong repository")
    assert done.exit_code == 0
    assert "No worker could be told now" in done.output
    assert f"{RUN}: cancellation requested." in done.output
    (item,) = desk.store.inbox()
    assert item.signal == TicketWithdrawn(b.REF.id, "wrong repository")


def test_a_closed_run_cannot_be_cancelled(desk: Desk) -> None:
    desk.worked(closed=True)
    done = desk.fleet("cancel", RUN)
    assert done.exit_code == 2
    assert "no open run" in done.output
    assert not desk.store.inbox()


@pytest.mark.parametrize("command", ["show", "cancel"])
def test_what_does_not_exist_is_a_wrong_option(desk: Desk, command: str) -> None:
    done = desk.fleet(command, "ghost")
    assert done.exit_code == 2
    assert "run ghost" in done.output


def failed(desk: Desk) -> None:
    desk.store.open_run(None, b.opened())
    lease = desk.store.claim_next("worker-1", ClaimLimits())
    assert lease is not None
    end = (RunFailed("no image"), RunClosed(Outcome.FAILED, "no image"))
    for event in (*b.started(), *b.revised_round(), *end):
        desk.store.append(lease, event)


def test_a_failed_run_is_taken_up_again_where_it_was(desk: Desk) -> None:
    failed(desk)
    done = desk.fleet("retry", RUN)
    assert done.exit_code == 0
    assert "taken up again" in done.output
    assert "the reconciler will" in done.output, "there is no broker here"
    (row,) = desk.store.runs()
    assert row.state == "queued"
    assert len(Run.from_journal(desk.store.journal(RUN)).rounds) == 1


def test_only_a_failed_run_can_be_taken_up_again(desk: Desk) -> None:
    desk.worked(closed=True)
    for run in (RUN, "nothing-1"):
        refused = desk.fleet("retry", run)
        assert refused.exit_code == 2
        assert "there is no failed run" in refused.output


def test_a_ticket_with_an_open_run_gets_no_second_one(desk: Desk) -> None:
    failed(desk)
    desk.store.open_run(None, RunOpened(RunId("r2"), b.REF, "acme/app"))
    refused = desk.fleet("retry", RUN)
    assert refused.exit_code == 2
    assert "another open run" in refused.output

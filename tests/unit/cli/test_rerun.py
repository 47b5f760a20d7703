"""``fleet rerun`` and ``fleet compare``, over a database of their own."""

import threading

import pytest

from tests.unit import builders as b
from tests.unit.cli.test_runs import RUN, Desk, desk
from worker.domain.events import Outcome, RunClosed, RunEvent
from worker.domain.lease import ClaimLimits
from worker.domain.run import Run, nth_run_id

__all__ = ["desk"]

AGAIN = nth_run_id(b.REF, 1)


def drive(desk: Desk, *events: RunEvent) -> None:
    lease = desk.store.claim_next("worker-1", ClaimLimits())
    assert lease is not None
    for event in events:
        desk.store.append(lease, event)


def gave_up(desk: Desk) -> None:
    desk.store.open_run(None, b.opened())
    drive(desk, *b.started(), *b.revised_round(), RunClosed(Outcome.GAVE_UP, "out of rounds"))


def test_a_rerun_is_a_row_for_any_worker_even_if_nobody_can_be_told_now(desk: Desk) -> None:
    gave_up(desk)
    done = desk.fleet("rerun", RUN)
    assert done.exit_code == 0, done.output
    assert f"{AGAIN}: opened, a rerun of {RUN}." in done.output
    assert "the reconciler will" in done.output, "there is no broker here"
    assert f"fleet compare {RUN}" in done.output
    (row, _) = desk.store.runs()
    assert (row.id, row.state, row.ticket) == (AGAIN, "queued", "ENG-1")
    repeats = Run.from_journal(desk.store.journal(AGAIN)).repeats
    assert repeats is not None
    assert (repeats.run, repeats.accepted) == (RUN, False)
    assert desk.store.due() == 1


def test_an_open_run_is_refused(desk: Desk) -> None:
    desk.worked()
    refused = desk.fleet("rerun", RUN)
    assert refused.exit_code != 0
    assert "still open" in str(refused.exception)
    assert len(desk.store.runs()) == 1


def test_both_are_shown_side_by_side_whichever_is_named(desk: Desk) -> None:
    gave_up(desk)
    assert desk.fleet("rerun", RUN).exit_code == 0
    drive(desk, *b.started(), *b.accepted_round(), RunClosed(Outcome.ACCEPTED, "all green"))
    shown = [desk.fleet("compare", *words).output for words in ((RUN,), (AGAIN,), (RUN, AGAIN))]
    assert len(set(shown)) == 1
    table = shown[0].splitlines()
    header = next(line for line in table if RUN in line)
    assert header.index(RUN) < header.index(AGAIN)
    for name, left, right in (
        ("outcome", "gave up", "accepted"),
        ("findings", "1", "0"),
        ("rounds", "1", "1"),
        ("tokens", "110", "110"),
    ):
        line = next(line for line in table if line.strip("│ ").startswith(name))
        assert [cell.strip() for cell in line.strip("│").split("│")] == [name, left, right]


def test_without_a_rerun_there_is_nothing_beside_it(desk: Desk) -> None:
    gave_up(desk)
    done = desk.fleet("compare", RUN)
    assert done.exit_code == 2
    assert f"fleet rerun {RUN}" in done.output


@pytest.mark.parametrize(
    "words", [("rerun", "ghost"), ("compare", "ghost"), ("compare", RUN, "ghost")]
)
def test_what_does_not_exist_is_a_wrong_option(desk: Desk, words: tuple[str, ...]) -> None:
    gave_up(desk)
    done = desk.fleet(*words)
    assert done.exit_code == 2
    assert "run ghost" in done.output


def test_waiting_ends_with_the_table(desk: Desk) -> None:
    gave_up(desk)

    def worker() -> None:
        while (lease := desk.store.claim_next("worker-2", ClaimLimits())) is None:
            threading.Event().wait(0.05)
        for event in (*b.started(), *b.accepted_round(), RunClosed(Outcome.ACCEPTED, "green")):
            desk.store.append(lease, event)

    thread = threading.Thread(target=worker)
    thread.start()
    done = desk.fleet("rerun", RUN, "--wait")
    thread.join()
    assert done.exit_code == 0
    assert "accepted" in done.output

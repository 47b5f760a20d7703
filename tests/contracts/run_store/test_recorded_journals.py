"""Journals as releases wrote them: every later release reads them, and means the same by them."""

from pathlib import Path

import pytest

from tests.contracts.run_store.values import claimed
from worker.domain.events import Outcome, RunEvent, RunOpened, RunReopened
from worker.domain.run import Run
from worker.journal import decode_event, encode_event
from worker.ports import RunStore

RECORDINGS = sorted((Path(__file__).parent / "journals").glob("*.jsonl"))
recorded = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
EXPECTED = {
    "v1-accepted": (Outcome.ACCEPTED, 2, "https://github.com/acme/shop/pull/128"),
    "v1-blocked-reopened": (Outcome.ACCEPTED, 1, "https://github.com/acme/shop/pull/131"),
    "v1-cancelled": (Outcome.CANCELLED, 0, None),
    "v1-failed": (Outcome.FAILED, 0, None),
    "v1-gave-up": (Outcome.GAVE_UP, 2, "https://github.com/acme/billing/pull/9"),
    "v1-news-ignored": (Outcome.CANCELLED, 0, None),
    "v1-questions": (Outcome.QUESTIONS, 0, None),
    "v1-session-lost": (Outcome.ACCEPTED, 1, "https://code.example/acme/app/pull/1"),
    "v1-tests-first-ladder": (Outcome.ACCEPTED, 5, "https://code.example/acme/shop/pull/1"),
}


def events(recording: Path) -> list[RunEvent]:
    return [decode_event(line) for line in recording.read_text().splitlines()]


def test_the_recordings_hold_every_kind_of_event() -> None:
    assert {path.stem for path in RECORDINGS} == set(EXPECTED)
    kinds = {type(event) for recording in RECORDINGS for event in events(recording)}
    assert kinds == set(RunEvent.__args__)


@recorded
def test_a_recording_folds_to_the_same_run(recording: Path) -> None:
    run = Run.from_journal(events(recording))
    assert run.closed is not None
    url = run.pull_request.url if run.pull_request else None
    assert (run.closed.outcome, len(run.rounds), url) == EXPECTED[recording.stem]


@recorded
def test_a_recording_can_be_resumed_at_any_event(recording: Path) -> None:
    journal = events(recording)
    for end in range(1, len(journal) + 1):
        again = [decode_event(encode_event(event)) for event in journal[:end]]
        assert Run.from_journal(again) == Run.from_journal(journal[:end])


@recorded
def test_a_recording_comes_back_from_the_store_as_it_was(recording: Path, store: RunStore) -> None:
    opened, *rest = events(recording)
    assert isinstance(opened, RunOpened)
    assert store.open_run(None, opened)
    lease = claimed(store)
    for event in rest:
        if isinstance(event, RunReopened):
            assert store.reopen(opened.run_id, event)
            lease = claimed(store)
        else:
            store.append(lease, event)
    assert list(store.journal(opened.run_id)) == [opened, *rest]
    assert store.runs()[0].outcome is EXPECTED[recording.stem][0]

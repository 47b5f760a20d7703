"""A rerun: the same ticket once more, beside what the first run left, with the rules of today."""

from dataclasses import replace

import pytest

from integrations.memory.run_store import MemoryRunStore
from tests.unit.builders import REF, ticket
from tests.unit.director.doubles import LEASE_SECONDS, SETTINGS, SLUG, World, world, writes
from tests.unit.director.driving import QUICK, outcome
from worker.director.loop import drive
from worker.domain.errors import RerunRefused
from worker.domain.events import Outcome, RunOpened
from worker.domain.repeated import Repeated
from worker.domain.rules_file import with_rule
from worker.domain.run import Run, nth_run_id
from worker.domain.signals import TicketReady
from worker.domain.ticket import Ticket
from worker.intake.admission import admit_all
from worker.intake.rerun import open_rerun
from worker.journal import decode_event, encode_event

FIRST, SECOND = nth_run_id(REF, 0), nth_run_id(REF, 1)
TICKETS_OWN, RERUNS_OWN = "agent/ENG-1-square-numbers", f"agent/rerun/{SECOND}"
OLD = (
    '{"v":1,"kind":"RunOpened","body":{"run_id":"r1","repository":"a/b",'
    '"ticket":{"id":"t","identifier":"E-1","team":"E"}}}'
)


def once(w: World) -> Run:
    w.store.open_run(None, RunOpened(FIRST, REF, SLUG))
    return drive(w.claim(), w.ports(), w.fleet, QUICK)


def again(w: World, first: Run) -> Run:
    assert open_rerun(first, w.store, w.fleet) == SECOND
    return drive(w.claim(), w.ports(), w.fleet, QUICK)


def gave_up(w: World) -> Run:
    first = once(w)
    assert outcome(first) is Outcome.GAVE_UP
    w.agent.acts[:] = [writes("square = 9")]
    return first


def test_what_gave_up_is_repeated_on_a_branch_and_a_pull_request_of_its_own() -> None:
    w = world([writes("wrong")])
    first = gave_up(w)
    left = w.repositories.branch_files(SLUG, TICKETS_OWN)
    (before,) = w.code_host.pulls(SLUG)
    second = again(w, first)
    assert outcome(second) is Outcome.ACCEPTED
    assert (first.branch, second.branch) == (TICKETS_OWN, RERUNS_OWN)
    assert w.repositories.branch_files(SLUG, TICKETS_OWN) == left
    old, new = w.code_host.pulls(SLUG)
    assert old == before
    assert (new.branch, new.draft, new.text.title) == (
        RERUNS_OWN,
        False,
        "ENG-1 (rerun): Square numbers",
    )
    assert f"A rerun of `{FIRST}`" in new.text.body
    assert first.pull_request is not None
    assert first.pull_request.url in new.text.body
    assert "merge one of the two" not in new.text.body


def test_beside_accepted_work_the_second_is_a_draft_to_choose_from() -> None:
    w = world()
    second = again(w, once(w))
    assert outcome(second) is Outcome.ACCEPTED
    old, new = w.code_host.pulls(SLUG)
    assert (old.draft, new.draft) == (False, True)
    assert "That one was accepted too, so this is a draft: merge one of the two." in new.text.body
    assert "not accepted" not in new.text.body
    end = w.tracker.comments(REF.id)[f"{SECOND}:end"]
    assert f"The rerun of `{FIRST}` is done" in end
    assert "merge one of the two" in end


def test_a_rerun_that_gives_up_too_is_a_draft_that_says_so() -> None:
    w = world([writes("wrong")])
    first = once(w)
    assert outcome(again(w, first)) is Outcome.GAVE_UP
    assert [pull.draft for pull in w.code_host.pulls(SLUG)] == [True, True]
    assert "not accepted" in w.code_host.pulls(SLUG)[1].text.body


def test_a_rule_that_was_merged_meanwhile_counts() -> None:
    w = world([writes("wrong")])
    first = gave_up(w)
    assert "Rules of this repository" not in w.agent.tasks[0].prompt
    files = {".storyfleet.toml": SETTINGS, "AGENTS.md": with_rule(None, "Pin values in tests.")}
    base = w.repositories.commit(SLUG, "main", files, "Merge the rule")
    second = again(w, first)
    assert second.require_plan().base_commit == base
    assert second.require_plan().rules == ("Pin values in tests.",)
    assert "- Pin values in tests." in w.agent.tasks[-1].prompt


@pytest.mark.parametrize(
    "now",
    [
        ticket(state_type="completed"),
        ticket(labels=()),
        ticket(blocked_by=("ENG-9",)),
    ],
    ids=["closed", "without the label", "blocked"],
)
def test_the_tickets_state_has_no_say_in_a_rerun(now: Ticket) -> None:
    w = world([writes("wrong")])
    first = gave_up(w)
    w.tracker.add(now)
    assert outcome(again(w, first)) is Outcome.ACCEPTED
    start = w.tracker.comments(REF.id)[f"{SECOND}:start"]
    assert "A rerun has started" in start
    assert f"`fleet cancel {SECOND}`" in start
    assert "remove the label" not in start


def test_an_open_run_is_not_repeated_and_neither_is_its_ticket() -> None:
    w = world([writes("wrong")])
    w.store.open_run(None, RunOpened(FIRST, REF, SLUG))
    with pytest.raises(RerunRefused, match=f"{FIRST} is still open"):
        open_rerun(Run.from_journal(w.store.journal(FIRST)), w.store, w.fleet)
    first = drive(w.claim(), w.ports(), w.fleet, QUICK)
    open_rerun(first, w.store, w.fleet)
    with pytest.raises(RerunRefused, match=f"has an open run \\({SECOND}\\)"):
        open_rerun(first, w.store, w.fleet)
    assert len(w.store.runs()) == 2


def test_a_rerun_stays_within_what_all_runs_of_the_ticket_may_use() -> None:
    w = world([writes("wrong")])
    (repository,) = w.fleet.repositories
    lifetime = replace(repository.defaults.lifetime, max_rounds=3)
    tight = replace(repository, defaults=replace(repository.defaults, lifetime=lifetime))
    w.fleet = replace(w.fleet, repositories=(tight,))
    assert outcome(again(w, once(w))) is Outcome.OVER_BUDGET
    assert len(w.agent.tasks) == 3


def lose_the_database(w: World) -> None:
    w.store = MemoryRunStore(LEASE_SECONDS, w.clock.monotonic)
    w.store.open_run(None, RunOpened(FIRST, REF, SLUG))
    drive(w.claim(), w.ports(), w.fleet, QUICK)


def test_after_the_loss_of_the_database_a_rerun_is_a_rerun_still() -> None:
    w = world([writes("wrong")])
    second = again(w, gave_up(w))
    worked, before = len(w.agent.tasks), list(w.code_host.pulls(SLUG))
    lose_the_database(w)
    (item,) = w.store.inbox()
    assert item.signal == TicketReady(REF, repeats=second.repeats)
    admit_all(w.store, w.fleet)
    recalled = drive(w.claim(), w.ports(), w.fleet, QUICK)
    assert (recalled.id, recalled.repeats, recalled.branch) == (
        SECOND,
        second.repeats,
        RERUNS_OWN,
    )
    assert len(w.agent.tasks) == worked
    assert list(w.code_host.pulls(SLUG)) == before


def test_a_reruns_journal_is_not_taken_for_an_ordinary_runs() -> None:
    w = world([writes("wrong")])
    again(w, gave_up(w))
    worked = len(w.agent.tasks)
    w.store = MemoryRunStore(LEASE_SECONDS, w.clock.monotonic)
    w.store.open_run(None, RunOpened(SECOND, REF, SLUG))
    run = drive(w.claim(), w.ports(), w.fleet, QUICK)
    assert run.branch == TICKETS_OWN
    assert len(w.agent.tasks) == worked + 1


@pytest.mark.parametrize("text", ["no journal\n", '{"v":1,"kind":"WorkStarted","body":{}}\n'])
def test_a_journal_that_cannot_be_read_leads_to_an_ordinary_run(text: str) -> None:
    w = world()
    once(w)
    w.repositories.journals[SLUG, SECOND] = text
    lose_the_database(w)
    (item,) = w.store.inbox()
    assert item.signal == TicketReady(REF)


def test_journals_of_releases_without_reruns_are_read() -> None:
    opened = decode_event(OLD)
    assert isinstance(opened, RunOpened)
    assert opened.repeats is None
    repeats = Repeated(FIRST, accepted=True, pull_request="https://code.test/1")
    told = replace(opened, repeats=repeats)
    assert decode_event(encode_event(told)) == told

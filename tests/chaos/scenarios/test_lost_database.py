"""The database is gone for good, in the middle of everything: the fleet rebuilds it by itself."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from integrations.git.refs import journal_ref
from tests.chaos.play.cases import Kind
from tests.chaos.play.script import AGAIN
from tests.chaos.scenarios.servers import Postgres, postgres
from tests.chaos.scenarios.staging import AT_ONCE, Troupe, playing
from tests.chaos.scenarios.tickets import CALM, Tickets, Written, many, tell
from tests.e2e.playing import Json
from worker.domain.run import nth_run_id
from worker.domain.ticket import TicketId, TicketRef

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

Record = Callable[[str, object], None]
Loss = Callable[[], None]
"""A way to lose the database."""
LATER = {
    "model": "coder",
    "conversation": AGAIN,
    "answers": [{"error": 429, "retry_after_seconds": 600}],
    "repeat": True,
}
"""Second rounds wait for the provider, so that many runs are in the middle at the same moment."""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture(params=["sqlite file", "schema", "database"])
def lost(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Troupe, Loss]]:
    """A fleet, and how its database gets lost."""
    if request.param == "sqlite file":
        file = tmp_path / "data" / "storyfleet.db"
        with fleet(tmp_path, f"sqlite:///{file}") as troupe:
            yield troupe, lambda: delete(file)
        return
    server: Postgres = request.getfixturevalue("server")
    name = request.param
    server.execute(f"create database fleet_{name}")
    url = f"{server.url.rpartition('/')[0]}/fleet_{name}"
    with fleet(tmp_path, url) as troupe:
        yield troupe, lambda: drop(server, name)


def fleet(directory: Path, url: str) -> AbstractContextManager[Troupe]:
    return playing(directory, workers=3, settings={**CALM, "DATABASE_URL": url})


def delete(file: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def drop(server: Postgres, what: str) -> None:
    name = f"fleet_{what}"
    if what == "schema":
        server.execute("drop schema public cascade; create schema public", name)
    else:
        server.execute(f"drop database {name} with (force)")
        server.execute(f"create database {name}")


def test_every_ticket_is_finished_and_nothing_that_was_done_is_done_again(
    lost: tuple[Troupe, Loss], record_property: Record
) -> None:
    """Acceptance 4: three runs had ended, seventeen had finished their first round, three work."""
    troupe, lose = lost
    tickets = Tickets(troupe)
    tickets.answered(0.1, LATER)
    ended = many(tickets, 3, "Ended before")
    relabelled = ended[0]
    tickets.until_all_closed()
    run_again(tickets, relabelled)
    halfway = many(tickets, 17, "Halfway", Kind.TWO_ROUNDS)
    tickets.until(lambda: waiting(tickets, halfway) == 17, "seventeen runs in the middle")
    tickets.answered(3.0, LATER)
    working = many(tickets, 3, "At work")
    tickets.until(lambda: begun(tickets, working) == 3, "three sessions begun")
    milestone = tickets.milestone()
    assert sum(milestone.judged.values()) == 2 + 2 + 17
    comments = {each.word: comment_ids(troupe, each) for each in tickets.written}
    tickets.answered(0.1)

    began = time.monotonic()
    lose()
    tickets.until(lambda: {r.state for r in tickets.runs(*halfway)} == {"closed"}, "the end")
    tickets.until(lambda: len(tickets.closed()) == 24 and len(tickets.runs()) == 24, "the end")
    tell(record_property, all_closed_after_seconds=time.monotonic() - began)

    tickets.check_not_repeated(milestone)
    for each in tickets.written:
        assert comments[each.word] <= comment_ids(troupe, each), each.identifier
    tickets.check_ends(*ended[1:], *halfway, *working)
    assert [row.outcome for row in tickets.runs(relabelled)] == ["accepted", "accepted"]
    requests = len(tickets.requests())
    time.sleep(4)
    assert len(tickets.runs()) == 24
    assert len(tickets.requests()) == requests


def run_again(tickets: Tickets, written: Written) -> None:
    """A person takes the label off and puts it on again, when the run has ended."""
    tickets.troupe.label(written.ticket, remove=("agent",))
    tickets.troupe.label(written.ticket, add=("agent",))
    tickets.until(lambda: len(tickets.closed(written)) == 2, "a second run of the ticket")


def waiting(tickets: Tickets, of: list[Written]) -> int:
    """How many have finished their first round and wait for the provider."""
    return sum(row.state == "queued" and row.note != "" for row in tickets.runs(*of))


def begun(tickets: Tickets, of: list[Written]) -> int:
    requests = tickets.requests()
    return sum(tickets.asked(each, requests).sessions[0] for each in of)


def comment_ids(troupe: Troupe, written: Written) -> set[str]:
    told: Json = troupe.stage.get(f"/linear/tickets/{written.ticket['id']}")
    return {comment["id"] for comment in told["comments"]}


def test_a_journal_that_somebody_else_put_into_the_repository_is_not_believed(
    tmp_path: Path,
) -> None:
    """One without a signature, and one with the signature of another run."""
    with playing(tmp_path, settings=CALM) as troupe:
        tickets = Tickets(troupe)
        tickets.answered()
        model = tickets.write("Honest")
        tickets.until_all_closed()
        (done,) = tickets.runs(model)
        repository = tmp_path / "git" / f"{AT_ONCE}.git"
        journal = git(repository, "show", f"{journal_ref(done.id)}:journal.jsonl")
        signature = git(repository, "show", f"{journal_ref(done.id)}:signature")
        for files in ({}, {"signature": signature}):
            victim = tickets.write("Victim", labelled=False)
            ref = TicketRef(TicketId(victim.ticket["id"]), victim.identifier, "", "", 0)
            run_id = nth_run_id(ref, 0)
            forged = journal.replace(done.id, run_id).replace(model.ticket["id"], ref.id)
            push(repository, journal_ref(run_id), {"journal.jsonl": forged, **files})
            troupe.label(victim.ticket, add=("agent",))
        tickets.until_all_closed()
        tickets.check_ends()
        tickets.check_once()
        log = troupe.stage.processes.logs / "worker.log"
        assert log.read_text(encoding="utf-8").count("is not believed") == 2


def push(repository: Path, ref: str, files: dict[str, str]) -> None:
    """Somebody who may push writes a ref of the fleet's."""
    lines = []
    for name, text in files.items():
        blob = git(repository, "hash-object", "-w", "--stdin", stdin=text).strip()
        lines.append(f"100644 blob {blob}\t{name}\n")
    tree = git(repository, "mktree", stdin="".join(lines)).strip()
    person = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.com")
    commit = git(repository, *person, "commit-tree", "-m", "forged", tree).strip()
    git(repository, "update-ref", ref, commit)


def git(repository: Path, *arguments: str, stdin: str = "") -> str:
    command = ["git", "-c", "safe.directory=*", "-C", str(repository), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, input=stdin)
    return done.stdout

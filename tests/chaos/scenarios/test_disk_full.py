"""A disk that is full: the database's, Redis's, the git cache's. Nothing is lost, all goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos.play.cases import Kind
from tests.chaos.scenarios.disks import SmallDisk, small_disk
from tests.chaos.scenarios.doors import Answer, Door, door_of, receiver_alone, stored
from tests.chaos.scenarios.servers import postgres, redis
from tests.chaos.scenarios.staging import STEADY, playing
from tests.chaos.scenarios.tickets import CALM, Tickets, Written, tell

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

Record = Callable[[str, object], None]
MOST_KNOCKS = 3_000
REFUSALS = 20
ANSWER_SECONDS = 3.0
GENEROUS = 3


def knocks_on_a_full_disk(door: Door, disk: SmallDisk) -> list[Answer]:
    """What was there already is used up first; then come the refusals."""
    disk.fill()
    answers: list[Answer] = []
    while sum(answer.status == 503 for answer in answers) < REFUSALS:
        assert len(answers) < MOST_KNOCKS, "the disk was never full"
        answers.append(door.knock())
    return answers


def check_answers(answers: list[Answer], kept: set[str], record: Record) -> None:
    """No 200 without a stored row; everything else is 503, and soon."""
    accepted = {answer.id for answer in answers if answer.status == 200}
    assert {answer.status for answer in answers} <= {200, 503}
    assert accepted <= kept
    longest = max(answer.seconds for answer in answers)
    assert longest < GENEROUS * ANSWER_SECONDS
    tell(record, accepted=len(accepted), refused=len(answers) - len(accepted), longest=longest)


def test_sqlite_on_a_full_disk_acknowledges_nothing_and_goes_on_when_there_is_room(
    tmp_path: Path, record_property: Record
) -> None:
    """R10, with a run in its middle."""
    with small_disk(16) as disk:
        url = f"sqlite:///{disk.path / 'storyfleet.db'}"
        settings = {**CALM, "DATABASE_URL": url}
        with playing(tmp_path, settings=settings) as troupe, door_of(troupe.stage) as door:
            tickets = Tickets(troupe)
            tickets.answered()
            own = tickets.write("In the middle", kind=Kind.TWO_ROUNDS, repository=STEADY)
            tickets.until(lambda: begun(tickets, own), "the session begun")
            milestone = tickets.milestone()
            answers = knocks_on_a_full_disk(door, disk)
            disk.free()
            tickets.until(lambda: door.knock().status == 200, "it accepts again")
            check_answers(answers, stored(url), record_property)
            tickets.until_all_closed()
            tickets.check_ends()
            tickets.check_not_repeated(milestone)


def test_postgresql_on_a_full_disk_acknowledges_nothing_and_goes_on_when_there_is_room(
    tmp_path: Path, record_property: Record
) -> None:
    """R10; a server that gives up for want of room is started again, as compose does."""
    with (
        small_disk(160) as disk,
        postgres(disk.path / "postgres") as server,
        receiver_alone(tmp_path, server.url) as (door, _),
    ):
        assert door.knock().status == 200
        answers = knocks_on_a_full_disk(door, disk)
        disk.free()
        server.come_back()
        until_accepted(door)
        check_answers(answers, stored(server.url), record_property)


def until_accepted(door: Door) -> None:
    for _ in range(MOST_KNOCKS):
        if door.knock().status == 200:
            return
    raise AssertionError("it does not accept again")


def test_redis_on_a_full_disk_delays_tickets_and_loses_none(
    tmp_path: Path, record_property: Record
) -> None:
    """R10: it refuses to be written to, so no bell is heard."""
    with small_disk(8) as disk, redis(disk.path / "redis") as server:
        settings = {**CALM, "REDIS_URL": server.url}
        with playing(tmp_path, settings=settings) as troupe, door_of(troupe.stage) as door:
            tickets = Tickets(troupe)
            tickets.answered()
            disk.fill()
            answers = door.knock_often(20)
            own = tickets.write("Written while Redis has no room")
            tickets.until(lambda: refuses(troupe.stage.processes.logs), "no bell is heard")
            disk.free()
            waited = tickets.until_all_closed()
            tell(record_property, done_after_room_seconds=waited)
            assert {answer.status for answer in answers} == {200}
            assert {answer.id for answer in answers} <= stored(troupe.stage.database_url)
            tickets.check_ends(own)
            troupe.stage.processes.check()


def refuses(logs: Path) -> bool:
    return "ring_failed" in (logs / "receiver.log").read_text(encoding="utf-8")


def test_a_full_data_directory_postpones_the_run_and_does_not_fail_it(
    tmp_path: Path, record_property: Record
) -> None:
    """R10: at the first fetch of a repository, and in the middle of a run."""
    with small_disk(32) as disk:
        url = f"sqlite:///{tmp_path / 'storyfleet.db'}"
        settings = {**CALM, "DATABASE_URL": url, "DATA_DIR": str(disk.path / "data")}
        with playing(tmp_path / "fleet", settings=settings) as troupe:
            tickets = Tickets(troupe)
            tickets.answered()
            disk.fill()
            first = tickets.write("No room for the repository")
            postponed(tickets, first)
            disk.free()
            tickets.until_all_closed()

            second = tickets.write("No room for the work", kind=Kind.TWO_ROUNDS, repository=STEADY)
            tickets.until(lambda: begun(tickets, second), "the session begun")
            milestone = tickets.milestone()
            disk.fill()
            postponed(tickets, second)
            disk.free()
            tickets.until_all_closed()
            tickets.check_ends()
            tickets.check_not_repeated(milestone)
            troupe.stage.processes.check()


def begun(tickets: Tickets, written: Written) -> int:
    return tickets.asked(written, tickets.requests()).sessions[0]


def postponed(tickets: Tickets, written: Written) -> None:
    """Wait until the run waits, with a reason, and is not closed."""

    def waits() -> bool:
        rows = tickets.runs(written)
        assert all(row.outcome is None for row in rows), rows
        return any(row.state == "queued" and row.note for row in rows)

    tickets.until(waits, "the run is postponed")
    print(tickets.runs(written)[0].note)  # noqa: T201 - shown by pytest -s, and with a failure

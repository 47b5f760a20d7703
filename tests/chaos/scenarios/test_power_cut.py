"""The plug is pulled: what was answered with 200 is in the database when the power is back."""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.chaos.scenarios.disks import frail_disk
from tests.chaos.scenarios.doors import Answer, Door, receiver_alone, stored
from tests.chaos.scenarios.servers import postgres
from tests.chaos.scenarios.tickets import tell

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

Record = Callable[[str, object], None]
CUTS = 3
SENDERS = 8
ENOUGH = 100
PATIENCE_SECONDS = 90.0


class Senders:
    """Deliver as fast as they can until they are stopped."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._over = threading.Event()
        self._acknowledged = 0
        self._pool = ThreadPoolExecutor(SENDERS)
        self._work = [self._pool.submit(self._send) for _ in range(SENDERS)]

    def wait(self) -> None:
        """Until a good many were acknowledged, and all are under way."""
        until(lambda: self._acknowledged >= ENOUGH)

    def stop(self) -> list[Answer]:
        """All answers."""
        self._over.set()
        with self._pool:
            return [answer for each in self._work for answer in each.result()]

    def _send(self) -> list[Answer]:
        answers = []
        while not self._over.is_set():
            answers.append(answer := self._door.knock())
            self._acknowledged += answer.status == 200
        return answers


def acknowledged(answers: list[Answer]) -> set[str]:
    return {answer.id for answer in answers if answer.status == 200}


def test_postgresql_loses_no_delivery_that_was_acknowledged(
    tmp_path: Path, record_property: Record
) -> None:
    """R9."""
    with frail_disk(256) as disk, postgres(disk.path / "postgres") as server:
        kept: set[str] = set()
        # The server's own files were made in a hurry.
        disk.settle()
        with receiver_alone(tmp_path, server.url) as (door, _):
            for _ in range(CUTS):
                senders = Senders(door)
                senders.wait()
                disk.cut_power()
                answers = senders.stop()
                fresh = acknowledged(answers)
                kept |= fresh
                server.kill()
                until(server.gone)
                disk.come_back()
                server.come_back()
                lost = kept - stored(server.url)
                tell(record_property, acknowledged=len(kept), lost=len(lost))
                assert lost == set()
                until(lambda: door.knock().status == 200)


def test_sqlite_loses_no_delivery_that_was_acknowledged(
    tmp_path: Path, record_property: Record
) -> None:
    """R9."""
    with frail_disk(128) as disk:
        url = f"sqlite:///{disk.path / 'data' / 'storyfleet.db'}"
        kept: set[str] = set()
        for number in range(CUTS):
            # The machine that loses its power loses its processes too.
            with receiver_alone(tmp_path / str(number), url) as (door, processes):
                senders = Senders(door)
                senders.wait()
                disk.cut_power()
                processes.running["receiver"].kill()
                answers = senders.stop()
                processes.running.pop("receiver").wait()
            fresh = acknowledged(answers)
            kept |= fresh
            disk.come_back()
            lost = kept - stored(url)
            tell(record_property, acknowledged=len(kept), lost=len(lost))
            assert lost == set()


def test_the_power_cut_is_a_real_one(tmp_path: Path) -> None:
    """What nobody synced is gone: else the tests beside would prove nothing."""
    with frail_disk(32) as disk:
        (disk.path / "synced").write_text("kept")
        with (disk.path / "synced").open("rb+") as file:
            os.fsync(file.fileno())
        (disk.path / "unsynced").write_text("lost")
        disk.cut_power()
        disk.come_back()
        assert (disk.path / "synced").read_text() == "kept"
        assert not (disk.path / "unsynced").exists()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)

"""The directory: for this user alone, and whatever is wrong with it costs only a fresh session."""

import multiprocessing
from pathlib import Path

import pytest

from integrations.local.sessions import LocalSessions
from worker.domain.lease import RunId
from worker.domain.task import SessionOwner

OWNER = SessionOwner(RunId("eng-1-0a1b2c3d"), 0, "codex")
FILE = "eng-1-0a1b2c3d.session"


def test_only_this_user_may_read_it(tmp_path: Path) -> None:
    LocalSessions(tmp_path / "sessions").keep(OWNER, b"state")
    assert (tmp_path / "sessions").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "sessions" / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["../x", "/x", "", ".", "a/b", "-x", "a\n", "x" * 300])
def test_a_run_that_is_no_file_name_keeps_nothing(tmp_path: Path, name: str) -> None:
    sessions, owner = LocalSessions(tmp_path / "sessions"), SessionOwner(RunId(name), 0, "codex")
    assert sessions.keep(owner, b"state") == ""
    assert sessions.find(owner, "") is None
    sessions.forget(owner.run_id)
    assert list(tmp_path.rglob("*")) == []


def test_a_file_that_was_changed_is_not_found(tmp_path: Path) -> None:
    sessions = LocalSessions(tmp_path)
    name = sessions.keep(OWNER, b"state")
    (tmp_path / FILE).write_bytes(b"stat")
    assert sessions.find(OWNER, name) is None


def test_what_a_dead_process_was_writing_is_removed(tmp_path: Path) -> None:
    (tmp_path / "another.half").write_bytes(b"x" * 100)
    sessions = LocalSessions(tmp_path)
    assert sessions.kept() == frozenset()
    sessions.keep(OWNER, b"state")
    assert not (tmp_path / "another.half").exists()


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    sessions = LocalSessions(tmp_path / "file")
    assert sessions.keep(OWNER, b"state") == ""
    assert sessions.find(OWNER, "x") is None
    assert sessions.kept() == frozenset()
    sessions.forget(OWNER.run_id)


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "eng-1-0a1b2c3d.half").mkdir()
    assert LocalSessions(tmp_path).keep(OWNER, b"state") == ""
    assert not (tmp_path / FILE).exists()


def _keep(directory: Path, number: int) -> None:
    sessions = LocalSessions(directory, 10_000)
    for each in range(20):
        owner = SessionOwner(RunId(f"run-{number}-{each}"), 0, "codex")
        assert sessions.keep(owner, b"x" * 1000)


def test_processes_that_keep_at_the_same_time_keep_to_the_bound(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_keep, args=(tmp_path, n)) for n in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert sum(file.stat().st_size for file in tmp_path.glob("*.session")) == 10_000

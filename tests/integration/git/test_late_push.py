"""A push whose lease may be lost by the time that it would send sends nothing (promise P4)."""

import time
from pathlib import Path

import pytest

from integrations.git import GitRepositories
from tests.integration.git.conftest import SLUG
from tests.integration.git.workshop import git, served
from worker.domain.errors import Unavailable
from worker.domain.lease import RunId

pytestmark = pytest.mark.integration

TOKEN = "token"


def push(directory: Path, git_root: Path, branch: str, held_seconds: float, limit: float) -> None:
    """The server takes its time to say what it has, as if everything had been frozen meanwhile."""
    held = [0.0]

    def taken() -> list[str]:
        time.sleep(held[0])
        return [TOKEN]

    with served(git_root, taken) as url:
        address = f"{url}/{SLUG}.git"
        fleet = GitRepositories(directory, lambda _: address, lambda: TOKEN, push_seconds=limit)
        with fleet.open(SLUG, RunId("run-1")) as checkout:
            base = checkout.resolve("main")
            held[0] = held_seconds
            checkout.push(branch, base)


def branches(git_root: Path) -> str:
    return git(git_root / f"{SLUG}.git", "branch", "--list", "agent/*")


def test_a_late_push_sends_nothing(tmp_path: Path, git_root: Path) -> None:
    with pytest.raises(Unavailable, match="began too long ago"):
        push(tmp_path / "late", git_root, "agent/late", held_seconds=1.5, limit=0.1)
    assert "late" not in branches(git_root)


def test_a_push_in_time_is_as_ever(tmp_path: Path, git_root: Path) -> None:
    push(tmp_path / "timely", git_root, "agent/timely", held_seconds=0.0, limit=600.0)
    assert "agent/timely" in branches(git_root)

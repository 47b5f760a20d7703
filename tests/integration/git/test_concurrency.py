"""Many workers on one machine and one repository."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock

from integrations.git import GitRepositories
from tests.integration.git.conftest import FILES, SLUG
from tests.integration.git.workshop import branch_files, commit_as_person, git, served
from worker.domain.errors import Unavailable
from worker.domain.lease import RunId

pytestmark = pytest.mark.integration

OPENING = """
import sys
from pathlib import Path
from integrations.git import GitRepositories

root, url, run = sys.argv[1:]
repositories = GitRepositories(Path(root), lambda slug: f"{url}/{slug}.git", lambda: "right")
for _ in range(3):
    with repositories.open("acme/shop", run) as checkout:
        base = checkout.resolve("main")
        assert checkout.files(base) == ["README.md", "src/app.py"], checkout.files(base)
        assert checkout.bundle(base).startswith(b"# v2 git bundle")
checkout.add_file("transcripts", f"{run}.md", "text", "Add")
"""


@pytest.mark.parametrize("runs", [8, 1], ids=["each its own run", "all one run"])
def test_eight_processes_at_once(tmp_path: Path, git_root: Path, runs: int) -> None:
    names = [f"run-{n % runs}" for n in range(8)]
    with served(git_root, lambda: ["right"]) as url:
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", OPENING, tmp_path / "fleet", url, name],
                stderr=subprocess.PIPE,
            )
            for name in names
        ]
        errors = [process.communicate(timeout=200)[1].decode() for process in processes]

    assert errors == [""] * 8
    bare = git_root / f"{SLUG}.git"
    assert branch_files(bare, "transcripts") == {f"{name}.md": "text" for name in set(names)}
    assert git(bare, "rev-list", "--count", "transcripts") == str(runs)
    for repository in (tmp_path / "fleet").rglob("*.git"):
        git(repository, "fsck", "--connectivity-only")
    assert list((tmp_path / "fleet").rglob(".new-*")) == []


def test_a_cache_is_fetched_by_one_process_at_a_time(tmp_path: Path, git_root: Path) -> None:
    fleet = GitRepositories(
        tmp_path / "fleet", lambda slug: str(git_root / f"{slug}.git"), timeout_seconds=2
    )
    with fleet.open(SLUG, RunId("run-1")) as checkout:
        with (
            FileLock(checkout.cache.git.git_dir.with_suffix(".lock")),
            pytest.raises(Unavailable, match="another process has been fetching it for 2 s"),
        ):
            checkout.resolve("main")

        assert checkout.files(checkout.resolve("main")) == sorted(FILES)


def test_branches_come_and_go_while_a_run_is_open(
    repositories: GitRepositories, git_root: Path
) -> None:
    """A branch may even take the place of a directory of branches."""
    bare = git_root / f"{SLUG}.git"
    with repositories.open(SLUG, RunId("run-1")) as checkout:
        kept = commit_as_person(bare, "topic/one", {**FILES, "a": "1"})
        assert checkout.resolve("topic/one") == kept
        git(bare, "update-ref", "-d", "refs/heads/topic/one")
        other = commit_as_person(bare, "topic", {**FILES, "b": "2"})

        assert checkout.resolve("topic") == other
        assert checkout.read(kept, "a") == "1"


def test_threads_share_one_repositories_object(repositories: GitRepositories) -> None:
    resolved: list[str] = []

    def work(number: int) -> None:
        with repositories.open(SLUG, RunId(f"run-{number}")) as checkout:
            resolved.append(checkout.resolve("main"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(resolved) == 6
    assert len(set(resolved)) == 1

"""An accepted commit survives its machine, and leaves nothing behind in the end."""

import os
import shutil
import time
from pathlib import Path

import pytest

from integrations.git import GitRepositories
from integrations.git.checkout import GitCheckout
from tests.integration.git.conftest import SLUG
from tests.integration.git.workshop import (
    commit_as_person,
    git,
    handed_out,
    unpacked,
    write_files,
)
from worker.domain.errors import HandOverRefused, RepositoryUnavailable, Unavailable
from worker.domain.lease import RunId

pytestmark = pytest.mark.integration

RUN = RunId("run-1")


def round_of(checkout: GitCheckout, parent: str, sandbox: Path, path: str) -> str:
    unpacked(checkout.bundle(parent), sandbox)
    write_files(sandbox, {path: f"{path}\n"})
    return checkout.accept(handed_out(sandbox), parent, f"adds {path}")


def hidden_refs(bare: Path) -> list[str]:
    return git(bare, "for-each-ref", "--format=%(refname)", "refs/storyfleet").split()


@pytest.fixture
def elsewhere(tmp_path: Path, git_root: Path) -> GitRepositories:
    """The same fleet on another machine."""
    return GitRepositories(tmp_path / "elsewhere", lambda slug: str(git_root / f"{slug}.git"))


def test_another_machine_goes_on(
    checkout: GitCheckout, base: str, sandbox: Path, elsewhere: GitRepositories, bare: Path
) -> None:
    first = round_of(checkout, base, sandbox, "one")

    with elsewhere.open(SLUG, RUN) as other:
        assert other.read(first, "one") == "one\n"
        second = round_of(other, first, sandbox, "two")

    assert checkout.diff(base, second).files == ("one", "two")
    assert git(bare, "for-each-ref", "--format=%(refname)", "refs/heads") == "refs/heads/main"


def test_two_machines_on_one_run_lose_nothing(
    checkout: GitCheckout, base: str, sandbox: Path, elsewhere: GitRepositories, bare: Path
) -> None:
    """One of them has lost its lease and does not know yet."""
    with elsewhere.open(SLUG, RUN) as other:
        mine, theirs = (
            round_of(checkout, base, sandbox, "mine"),
            round_of(other, base, sandbox, "theirs"),
        )

        assert sorted(hidden_refs(bare)) == sorted(
            f"refs/storyfleet/runs/run-1/{commit}" for commit in (mine, theirs)
        )


def test_forgetting_leaves_nothing(
    checkout: GitCheckout, base: str, sandbox: Path, bare: Path, repositories: GitRepositories
) -> None:
    first = round_of(checkout, base, sandbox, "one")
    round_of(checkout, first, sandbox, "two")
    with repositories.open(SLUG, RunId("run-10")) as other:
        kept = round_of(other, base, sandbox, "other")

    checkout.forget()

    assert hidden_refs(bare) == [f"refs/storyfleet/runs/run-10/{kept}"]
    assert not checkout.git.git_dir.exists()
    assert [path.name for path in checkout.git.git_dir.parent.iterdir()] == ["run-10.git"]


def test_nothing_is_kept_on_the_remote_unless_wanted(
    tmp_path: Path, bare: Path, sandbox: Path
) -> None:
    fleet = GitRepositories(tmp_path / "fleet", lambda _: str(bare), keep_on_remote=False)
    with fleet.open(SLUG, RUN) as checkout:
        commit = round_of(checkout, checkout.resolve("main"), sandbox, "one")
    with fleet.open(SLUG, RUN) as again:
        assert again.read(commit, "one") == "one\n"
        again.forget()

    assert hidden_refs(bare) == []


def test_a_lost_cache_is_fetched_again(
    checkout: GitCheckout, base: str, sandbox: Path, repositories: GitRepositories
) -> None:
    first = round_of(checkout, base, sandbox, "one")
    shutil.rmtree(checkout.cache.git.git_dir)

    with repositories.open(SLUG, RUN) as again:
        assert again.resolve("main") == base
        assert again.diff(base, first).files == ("one",)


def test_the_root_can_be_moved(
    checkout: GitCheckout, base: str, sandbox: Path, tmp_path: Path, bare: Path
) -> None:
    first = round_of(checkout, base, sandbox, "one")
    (tmp_path / "fleet").rename(tmp_path / "moved")

    with GitRepositories(tmp_path / "moved", lambda _: str(bare)).open(SLUG, RUN) as moved:
        assert moved.diff(base, first).files == ("one",)


def test_a_base_that_was_rewritten(
    checkout: GitCheckout, base: str, bare: Path, elsewhere: GitRepositories
) -> None:
    """It is there for those who have it, and by its id; once gone from the server, that is said."""
    git(bare, "update-ref", "-d", "refs/heads/main")
    commit_as_person(bare, "main", {"other.txt": "x"})

    assert checkout.files(base) == ["README.md", "src/app.py"]
    with elsewhere.open(SLUG, RUN) as other:
        assert other.files(base) == ["README.md", "src/app.py"]

    git(bare, "gc", "-q", "--prune=now")
    assert checkout.files(base) == ["README.md", "src/app.py"]
    with (
        elsewhere.open(SLUG, RunId("run-2")) as late,
        pytest.raises(RepositoryUnavailable, match="history was probably rewritten"),
    ):
        late.files(base)


def test_a_commit_that_nobody_has(checkout: GitCheckout, base: str) -> None:
    with pytest.raises(RepositoryUnavailable, match="does not have this commit any more"):
        checkout.files("1" * 40)


def test_a_server_that_does_not_take_the_content(
    checkout: GitCheckout, base: str, sandbox: Path, bare: Path
) -> None:
    """As GitHub does for workflows, secrets and large files: the agent can undo that."""
    hook = bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'GH001: too large' >&2; exit 1\n")
    hook.chmod(0o755)

    with pytest.raises(HandOverRefused, match="GH001: too large"):
        round_of(checkout, base, sandbox, "one")


def test_a_server_that_is_gone_while_we_accept(
    checkout: GitCheckout, base: str, sandbox: Path, bare: Path
) -> None:
    bundle = checkout.bundle(base)
    unpacked(bundle, sandbox)
    write_files(sandbox, {"one": "1"})
    handed = handed_out(sandbox)
    bare.rename(bare.with_name("gone"))

    with pytest.raises(RepositoryUnavailable):
        checkout.accept(handed, base, "round 1")

    bare.with_name("gone").rename(bare)
    commit = checkout.accept(handed, base, "round 1")
    assert hidden_refs(bare) == [f"refs/storyfleet/runs/run-1/{commit}"]


def test_a_lock_left_by_a_power_cut(checkout: GitCheckout, base: str, bare: Path) -> None:
    """It blocks while a git might still hold it, and is removed when none can."""
    later = commit_as_person(bare, "main", {"a": "1"})
    lock = checkout.cache.git.git_dir / "refs" / "remotes" / "origin" / "main.lock"
    lock.touch()
    with pytest.raises(Unavailable):
        checkout.resolve("main")
    old = time.time() - 3 * checkout.git.timeout_seconds
    os.utime(lock, (old, old))

    assert checkout.resolve("main") == later


def test_a_branch_in_the_way(checkout: GitCheckout, base: str, bare: Path) -> None:
    commit_as_person(bare, "agent", {"a": "1"})

    with pytest.raises(RepositoryUnavailable, match="in the way"):
        checkout.push("agent/ENG-1", base)


@pytest.mark.parametrize("branch", ["", "-x", "a..b", "a b", "x.lock", "a\nb", "@{1}", "/a"])
def test_names_that_are_no_branch(checkout: GitCheckout, base: str, branch: str) -> None:
    with pytest.raises(RepositoryUnavailable):
        checkout.push(branch, base)
    with pytest.raises(RepositoryUnavailable):
        checkout.resolve(branch)

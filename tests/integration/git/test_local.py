"""Local mode: a person's own repository, of which nothing changes but one branch."""

import hashlib
from pathlib import Path

import pytest

from integrations.git import GitRepositories
from integrations.git.checkout import GitCheckout
from integrations.local import LocalCodeHost, LocalRepositories
from tests.integration.git.workshop import git, handed_out, unpacked, write_files
from worker.domain.errors import PermanentError, RepositoryUnavailable
from worker.domain.lease import RunId
from worker.domain.pull_request import PullRequestText
from worker.ports import Checkout

pytestmark = pytest.mark.integration

RUN = RunId("run-1")
BRANCH = "agent/LOCAL-add-login-add-login"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A repository in use: staged, unstaged, untracked and stashed changes; hooks that tell."""
    directory = tmp_path / "Mein Gerät" / "shöp"
    directory.mkdir(parents=True)
    git(directory, "init", "-q", "--initial-branch=trunk")
    write_files(directory, {"app.py": "one\n", "b.txt": "b\n", ".gitignore": "ignored\n"})
    git(directory, "add", "-A")
    git(directory, "commit", "-q", "-m", "Initial")
    git(directory, "tag", "v1")
    write_files(directory, {"app.py": "stashed\n"})
    git(directory, "stash", "-q")
    write_files(directory, {"app.py": "staged\n", "staged.txt": "s\n"})
    git(directory, "add", "-A")
    write_files(directory, {"app.py": "unstaged\n", "untracked.txt": "u\n", "ignored": "i\n"})
    for name in ("pre-receive", "update", "post-receive", "post-update", "reference-transaction"):
        hook = directory / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f'#!/bin/sh\ntouch "{directory}/hook-ran"\n')
        hook.chmod(0o755)
    return directory


def snapshot(directory: Path) -> dict[str, str]:
    """Every file but objects, by its content, mode and time."""
    found = {}
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if path.is_file() and not name.startswith(".git/objects/"):
            about = path.stat()
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            found[name] = f"{content} {about.st_mode} {about.st_mtime_ns}"
    return found


def opened(own: Path, root: Path, run: RunId = RUN) -> GitCheckout:
    fleet = GitRepositories(root, lambda _: str(own), keep_on_remote=False)
    with fleet.open("local", run) as checkout:
        return checkout


def one_round(checkout: Checkout, base: str, sandbox: Path) -> str:
    unpacked(checkout.bundle(base), sandbox)
    write_files(sandbox, {"app.py": "two\n"})
    return checkout.accept(handed_out(sandbox), base, "round 1")


def test_nothing_changes_but_the_new_branch(own: Path, tmp_path: Path) -> None:
    before, objects = snapshot(own), set((own / ".git" / "objects").rglob("*"))
    checkout = opened(own, tmp_path / "fleet")
    base = checkout.resolve(LocalCodeHost(own, tmp_path / "out").default_branch("local"))

    commit = one_round(checkout, base, tmp_path / "workspace")
    checkout.push(BRANCH, commit)
    checkout.push(BRANCH, commit)
    checkout.forget()

    after = snapshot(own)
    assert set(after) - set(before) == {f".git/refs/heads/{BRANCH}"}
    assert {name: after[name] for name in before} == before
    assert objects < set((own / ".git" / "objects").rglob("*"))
    assert git(own, "show", f"{BRANCH}:app.py") == "two"
    assert git(own, "log", "--format=%s", "-1", BRANCH) == "round 1"
    git(own, "fsck", "--strict")


def test_a_branch_that_is_checked_out_is_not_touched(own: Path, tmp_path: Path) -> None:
    checkout = opened(own, tmp_path / "fleet")
    base = checkout.resolve("trunk")
    commit = one_round(checkout, base, tmp_path / "workspace")

    with pytest.raises(RepositoryUnavailable, match="checked out"):
        checkout.push("trunk", commit)

    assert git(own, "rev-parse", "trunk") == base


def test_a_worktree(own: Path, tmp_path: Path) -> None:
    """Its ``.git`` is a file; its branch is its own."""
    tree = tmp_path / "a worktree"
    git(own, "worktree", "add", "-q", "-b", "topic", tree.as_posix())
    (own / "hook-ran").unlink(missing_ok=True)
    before = snapshot(tree)
    checkout = opened(tree, tmp_path / "fleet")
    branch = LocalCodeHost(tree, tmp_path / "out").default_branch("local")

    commit = one_round(checkout, checkout.resolve(branch), tmp_path / "workspace")
    checkout.push(BRANCH, commit)

    assert branch == "topic"
    assert snapshot(tree) == before
    assert not (own / "hook-ran").exists()
    assert git(own, "rev-parse", BRANCH) == commit


def test_a_detached_head(own: Path, tmp_path: Path) -> None:
    """Its commit may be on no branch at all."""
    git(own, "stash", "-q", "--include-untracked")
    git(own, "checkout", "-q", "--detach")
    git(own, "commit", "-q", "--allow-empty", "-m", "nowhere")
    head = git(own, "rev-parse", "HEAD")
    host = LocalCodeHost(own, tmp_path / "out")
    checkout = opened(own, tmp_path / "fleet")

    assert host.default_branch("local") == head
    assert checkout.resolve(head) == head
    assert checkout.read(head, "app.py") == "one\n"
    assert LocalCodeHost(own, tmp_path / "out", "trunk").default_branch("local") == "trunk"


def test_a_repository_without_commits(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--initial-branch=main", "empty")
    checkout = opened(tmp_path / "empty", tmp_path / "fleet")
    branch = LocalCodeHost(tmp_path / "empty", tmp_path / "out").default_branch("local")

    with pytest.raises(RepositoryUnavailable, match="no commits yet"):
        checkout.resolve(branch)


def test_a_shallow_clone(own: Path, tmp_path: Path) -> None:
    git(own, "stash", "-q", "--include-untracked")
    git(own, "commit", "-q", "--allow-empty", "-m", "second")
    git(tmp_path, "clone", "-q", "--depth", "1", own.as_uri(), "shallow")
    checkout = opened(tmp_path / "shallow", tmp_path / "fleet")

    with pytest.raises(RepositoryUnavailable, match="git fetch --unshallow"):
        checkout.resolve("trunk")


def test_a_directory_that_is_no_repository(own: Path, tmp_path: Path) -> None:
    (own / "sub").mkdir()
    for directory in (tmp_path / "nothing", own / "sub"):
        with pytest.raises(RepositoryUnavailable, match="top directory of a git repository"):
            LocalCodeHost(directory, tmp_path / "out").default_branch("local")
        with pytest.raises(RepositoryUnavailable, match="no such repository"):
            opened(directory, tmp_path / "fleet").resolve("trunk")


def test_the_pull_request_and_the_transcript_are_files(own: Path, tmp_path: Path) -> None:
    out = tmp_path / "the output"
    host = LocalCodeHost(own, out)
    fleet = GitRepositories(tmp_path / "fleet", lambda _: str(own), keep_on_remote=False)
    before = git(own, "for-each-ref")
    with LocalRepositories(fleet, out).open("local", RUN) as checkout:
        checkout.add_file("storyfleet/transcripts", "LOCAL-x/run-1.md", "the tränscript", "Add")
        with pytest.raises(PermanentError):
            checkout.add_file("storyfleet/transcripts", "../x.md", "x", "Add")

    text = PullRequestText("Add a login", "## Asked\n\nA login.\n", ("agent", "storyfleet"))
    made = host.publish("local", "trunk", BRANCH, text, draft=True)
    again = host.publish("local", "trunk", BRANCH, text, draft=False)

    url = host.file_url("local", "storyfleet/transcripts", "LOCAL-x/run-1.md")
    assert url == (out / "LOCAL-x" / "run-1.md").as_uri()
    assert (out / "LOCAL-x" / "run-1.md").read_text(encoding="utf-8") == "the tränscript"
    assert (made.number, made.draft, again.draft) == (0, True, False)
    assert made.url == again.url == (out / "pull-request.md").as_uri()
    assert (out / "pull-request.md").read_text(encoding="utf-8") == (
        f"# Add a login\n\n- branch: `{BRANCH}`, from `trunk`\n- labels: agent, storyfleet\n\n"
        "## Asked\n\nA login.\n"
    )
    assert git(own, "for-each-ref") == before
    assert sorted(path.name for path in out.rglob("*") if path.is_file()) == [
        "pull-request.md",
        "run-1.md",
    ]

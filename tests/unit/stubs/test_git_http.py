"""git, unchanged, against the stub remote."""

from __future__ import annotations

import random
from pathlib import Path

import httpx
import pytest

from integrations.stubs import Stubs, seed_repository
from integrations.stubs.repositories import branch_sha
from tests.unit.stubs.gitting import git


@pytest.fixture
def url(stubs: Stubs) -> str:
    return f"{stubs.url}/git/acme/demo.git"


def test_clone_commit_and_push(tmp_path: Path, url: str, stubs: Stubs) -> None:
    assert git(tmp_path, "clone", "-q", url, "work", token="gh-token").returncode == 0
    work = tmp_path / "work"
    assert (work / "check.sh").stat().st_mode & 0o111
    big = random.Random(7).randbytes(3_000_000)  # noqa: S311 - incompressible, no secret
    (work / "big.bin").write_bytes(big)
    git(work, "add", ".")
    git(work, "commit", "-qm", "Big enough for a chunked, unbuffered push")
    pushed = git(work, "push", "-q", "origin", "HEAD:refs/heads/agent/x", token="gh-token")
    assert pushed.returncode == 0, pushed.stderr
    head = git(work, "rev-parse", "HEAD").stdout.strip()
    assert branch_sha(stubs.github.git_root / "acme" / "demo.git", "agent/x") == head


def test_without_a_token_nothing_is_read_or_written(tmp_path: Path, url: str) -> None:
    for token in (None, "wrong"):
        assert git(tmp_path, "ls-remote", url, token=token).returncode == 128
    git(tmp_path, "clone", "-q", url, "work", token="gh-token")
    work = tmp_path / "work"
    git(work, "commit", "-q", "--allow-empty", "-m", "Nothing")
    assert git(work, "push", "-q", "origin", "HEAD:refs/heads/x").returncode == 128
    assert git(work, "push", "-q", "origin", "HEAD:x", token="wrong").returncode == 128


def test_an_installation_token_is_a_token(tmp_path: Path, url: str, stubs: Stubs) -> None:
    token = stubs.github.issue_installation_token()
    assert "refs/heads/main" in git(tmp_path, "ls-remote", url, token=token).stdout
    assert git(tmp_path, "ls-remote", url.removesuffix(".git"), token=token).returncode == 0


def test_partial_and_shallow_clones(tmp_path: Path, url: str) -> None:
    for option in ("--depth=1", "--filter=blob:none"):
        cloned = git(tmp_path, "clone", "-q", option, url, option.strip("-"), token="gh-token")
        assert (cloned.returncode, cloned.stderr) == (0, "")


def test_unknown_repositories_and_paths_are_404(client: httpx.Client) -> None:
    for path in ("acme/other.git/info/refs", "acme/demo.git/config", "..%2f/demo.git/info/refs"):
        answer = client.get(f"/git/{path}", auth=("x-access-token", "gh-token"))
        assert answer.status_code == 404, path


def test_a_repository_is_seeded_once(tmp_path: Path) -> None:
    sha = seed_repository(tmp_path, "a/b", {"x": b"\0"}, branch="trunk")
    assert branch_sha(tmp_path / "a" / "b.git", "trunk") == sha
    with pytest.raises(FileExistsError):
        seed_repository(tmp_path, "a/b", {})
    for name in ("b", "../b", "a/..", "a/b/c"):
        with pytest.raises(ValueError, match="not a repository name"):
            seed_repository(tmp_path, name, {})

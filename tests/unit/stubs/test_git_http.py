"""git, unchanged, against the stub remote."""

from __future__ import annotations

import base64
import random
import subprocess
from pathlib import Path

import httpx
import pytest

from integrations.stubs import Stubs, seed_repository
from integrations.stubs.repositories import branch_sha, git_environment


def _git(
    directory: Path, *arguments: str, token: str | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**git_environment(), "GIT_TERMINAL_PROMPT": "0", "HOME": str(directory)}
    environment |= {
        f"GIT_{role}_{what}": "a@b.c"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    if token:
        basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        environment |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
        }
    return subprocess.run(
        ["git", *arguments],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def url(stubs: Stubs) -> str:
    return f"{stubs.url}/git/acme/demo.git"


def test_clone_commit_and_push(tmp_path: Path, url: str, stubs: Stubs) -> None:
    assert _git(tmp_path, "clone", "-q", url, "work", token="gh-token").returncode == 0
    work = tmp_path / "work"
    assert (work / "check.sh").stat().st_mode & 0o111
    big = random.Random(7).randbytes(3_000_000)  # noqa: S311 - incompressible, no secret
    (work / "big.bin").write_bytes(big)
    _git(work, "add", ".")
    _git(work, "commit", "-qm", "Big enough for a chunked, unbuffered push")
    pushed = _git(work, "push", "-q", "origin", "HEAD:refs/heads/agent/x", token="gh-token")
    assert pushed.returncode == 0, pushed.stderr
    head = _git(work, "rev-parse", "HEAD").stdout.strip()
    assert branch_sha(stubs.github.git_root / "acme" / "demo.git", "agent/x") == head


def test_without_a_token_nothing_is_read_or_written(tmp_path: Path, url: str) -> None:
    for token in (None, "wrong"):
        assert _git(tmp_path, "ls-remote", url, token=token).returncode == 128
    _git(tmp_path, "clone", "-q", url, "work", token="gh-token")
    work = tmp_path / "work"
    _git(work, "commit", "-q", "--allow-empty", "-m", "Nothing")
    assert _git(work, "push", "-q", "origin", "HEAD:refs/heads/x").returncode == 128
    assert _git(work, "push", "-q", "origin", "HEAD:x", token="wrong").returncode == 128


def test_an_installation_token_is_a_token(tmp_path: Path, url: str, stubs: Stubs) -> None:
    token = stubs.github.issue_installation_token()
    assert "refs/heads/main" in _git(tmp_path, "ls-remote", url, token=token).stdout
    assert _git(tmp_path, "ls-remote", url.removesuffix(".git"), token=token).returncode == 0


def test_partial_and_shallow_clones(tmp_path: Path, url: str) -> None:
    for option in ("--depth=1", "--filter=blob:none"):
        cloned = _git(tmp_path, "clone", "-q", option, url, option.strip("-"), token="gh-token")
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

"""git, unchanged, as a client of the stub remote."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Mapping
from pathlib import Path

from integrations.stubs import Stubs
from integrations.stubs.repositories import git_environment

TIMEOUT_SECONDS = 60


def environment(directory: Path, token: str | None = None) -> Mapping[str, str]:
    """The whole environment of a git process, with a token or without."""
    variables = {**git_environment(), "GIT_TERMINAL_PROMPT": "0", "HOME": str(directory)}
    variables |= {
        f"GIT_{role}_{what}": "a@b.c"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    if token:
        basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        variables |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
        }
    return variables


def git(
    directory: Path, *arguments: str, token: str | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", *arguments],
        cwd=directory,
        env=environment(directory, token),
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_SECONDS,
    )


def clone_with_a_commit(directory: Path, stubs: Stubs) -> Path:
    """A clone in which there is something to push."""
    url = f"{stubs.url}/git/acme/demo.git"
    assert git(directory, "clone", "-q", url, "work", token="gh-token").returncode == 0
    work = directory / "work"
    assert git(work, "commit", "-q", "--allow-empty", "-m", "Nothing").returncode == 0
    return work


def remote_of(stubs: Stubs) -> Path:
    return stubs.github.git_root / "acme" / "demo.git"

"""Merging a branch into another in a bare repository, as GitHub's button does."""

from __future__ import annotations

import subprocess
from pathlib import Path

from integrations.stubs.repositories import branch_sha, git_environment

_WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "GitHub"), ("EMAIL", "noreply@github.com"))
}
_TIMEOUT_SECONDS = 30.0


def merge(repository: Path, base: str, head: str, message: str) -> str | None:
    """The merge commit that `base` now points to; None where it cannot be: a branch is gone, or
    both sides changed the same lines.
    """
    base_sha, head_sha = branch_sha(repository, base), branch_sha(repository, head)
    if base_sha is None or head_sha is None:
        return None
    merged = _git(repository, "merge-tree", "--write-tree", base_sha, head_sha)
    if merged.returncode != 0:
        return None
    tree = merged.stdout.split()[0]
    parents = ("-p", base_sha, "-p", head_sha)
    commit = _git(repository, "commit-tree", tree, *parents, "-m", message).stdout.strip()
    moved = _git(repository, "update-ref", f"refs/heads/{base}", commit, base_sha)
    return commit if moved.returncode == 0 else None


def delete_branch(repository: Path, branch: str) -> None:
    """Harmless where there is none."""
    _git(repository, "update-ref", "-d", f"refs/heads/{branch}")


def _git(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", *arguments],
        env={**git_environment(), **_WHO, "GIT_DIR": str(repository)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_TIMEOUT_SECONDS,
    )

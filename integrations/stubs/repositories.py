"""Bare git repositories in a directory, `owner/name.git`: seeding and reading them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FULL_NAME = re.compile(r"(?!\.)[\w.-]+/(?!\.)[\w.-]+")
_AUTHOR = {
    "GIT_AUTHOR_NAME": "Robin Person",
    "GIT_AUTHOR_EMAIL": "robin@example.com",
    "GIT_COMMITTER_NAME": "Robin Person",
    "GIT_COMMITTER_EMAIL": "robin@example.com",
}
_TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True)
class ChangedFile:
    status: str
    """added, modified, removed or renamed, in GitHub's words"""
    path: str
    additions: int
    deletions: int


@dataclass(frozen=True)
class Commit:
    sha: str
    author_name: str
    author_email: str
    date: str
    """ISO 8601"""
    message: str


def git_environment() -> dict[str, str]:
    """The whole environment of a git process: nothing of the user's configuration gets in."""
    git = shutil.which("git")
    if git is None:
        raise FileNotFoundError("git is not installed")
    return {
        "PATH": f"{Path(git).parent}{os.pathsep}{os.defpath}",
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }


def repository_path(git_root: Path, full_name: str) -> Path | None:
    """Where `owner/name` lies; None if there is no such repository or the name is not one."""
    name = full_name.removesuffix(".git")
    path = git_root / f"{name}.git"
    return path if _FULL_NAME.fullmatch(name) and (path / "HEAD").is_file() else None


def repository_names(git_root: Path) -> list[str]:
    found = sorted(path.parent.relative_to(git_root) for path in git_root.glob("*/*.git/HEAD"))
    return [path.as_posix().removesuffix(".git") for path in found]


def seed_repository(
    git_root: Path, full_name: str, files: Mapping[str, str | bytes], branch: str = "main"
) -> str:
    """Create the bare repository `owner/name` with one commit of `files` (path to content).

    A path ending in `.sh`, or a content starting with `#!`, is made executable. Returns the
    commit's sha. Raises FileExistsError if the repository is there already.
    """
    if not _FULL_NAME.fullmatch(full_name):
        raise ValueError(f"not a repository name: {full_name!r}; write owner/name")
    path = git_root / f"{full_name}.git"
    path.mkdir(parents=True, exist_ok=False)
    _git(path, "init", "--quiet", "--bare", f"--initial-branch={branch}")
    for name, value in (("http.receivepack", "true"), ("uploadpack.allowFilter", "true")):
        _git(path, "config", name, value)
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        mode = "100755" if name.endswith(".sh") or data.startswith(b"#!") else "100644"
        blob = _git(path, "hash-object", "-w", "--stdin", stdin=data)
        _git(path, "update-index", "--add", "--cacheinfo", f"{mode},{blob},{name}")
    tree = _git(path, "write-tree")
    commit = _git(path, "commit-tree", tree, "-m", "Initial commit")
    _git(path, "update-ref", f"refs/heads/{branch}", commit)
    (path / "index").unlink(missing_ok=True)
    return commit


def default_branch(repository: Path) -> str:
    return _git(repository, "symbolic-ref", "--short", "HEAD")


def branch_sha(repository: Path, branch: str) -> str | None:
    """The commit a branch points at; None if there is no such branch."""
    ref = f"refs/heads/{branch}"
    found = _git(repository, "for-each-ref", "--format=%(refname) %(objectname)", ref)
    shas = dict(line.split(" ") for line in found.splitlines())
    return shas.get(ref)


def commits_between(repository: Path, base: str, head: str) -> list[Commit]:
    """Commits reachable from `head` but not `base`, oldest first; both are shas."""
    form = "%H%x00%an%x00%ae%x00%aI%x00%B%x01"
    log = _git(repository, "log", "--reverse", f"--format={form}", f"{base}..{head}", "--")
    records = [record.strip("\n") for record in log.split("\x01")]
    return [_commit(record) for record in records if record]


def changed_files(repository: Path, base: str, head: str) -> list[ChangedFile]:
    """What `head` changed since it left `base`; renames are shown as removed and added."""
    span = f"{base}...{head}"
    names = _git(repository, "diff", "--no-renames", "--name-status", "-z", span, "--").split("\0")
    counts = _git(repository, "diff", "--no-renames", "--numstat", "-z", span, "--").split("\0")
    statuses = dict(zip(names[1::2], names[0::2], strict=False))
    return [_changed_file(line, statuses) for line in counts if line]


def _changed_file(line: str, statuses: Mapping[str, str]) -> ChangedFile:
    added, deleted, path = line.split("\t")
    status = {"A": "added", "D": "removed"}.get(statuses[path], "modified")
    return ChangedFile(status, path, _count(added), _count(deleted))


def _count(text: str) -> int:
    """Git writes `-` for a binary file."""
    return int(text) if text.isdigit() else 0


def _commit(record: str) -> Commit:
    sha, name, email, date, message = record.split("\0")
    return Commit(sha, name, email, date, message.strip())


def _git(repository: Path, *arguments: str, stdin: bytes = b"") -> str:
    done = subprocess.run(
        ["git", *arguments],
        input=stdin,
        capture_output=True,
        check=True,
        env={**git_environment(), **_AUTHOR, "GIT_DIR": str(repository)},
        timeout=_TIMEOUT_SECONDS,
    )
    return done.stdout.decode(errors="replace").strip()

"""A person at a terminal: a repository in use, a story in a file, and ``fleet run`` as typed."""

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 240.0
PATH = "/usr/local/bin:/usr/bin:/bin"
IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_OPTIONAL_LOCKS": "0",
    "PATH": PATH,
}


@dataclass(frozen=True)
class Ended:
    """What a person is left with."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


@dataclass
class Person:
    """Has a repository, and a home directory with nothing in it."""

    home: Path
    repository: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def output(self) -> Path:
        return self.home / "out put"

    @property
    def pull_request(self) -> str:
        return (self.output / "pull-request.md").read_text(encoding="utf-8")

    @property
    def transcript(self) -> str:
        """The newest."""
        found = sorted(self.output.glob("LOCAL-*/*.md"), key=lambda path: path.stat().st_mtime_ns)
        return found[-1].read_text(encoding="utf-8")

    def story(self, text: str, name: str = "story.md") -> Path:
        path = self.home / name
        path.write_text(text, encoding="utf-8")
        return path

    @contextmanager
    def started(
        self, story: Path, *options: str, where: Path | None = None
    ) -> Iterator[subprocess.Popen[str]]:
        """``fleet run`` with an environment that holds nothing but what is written here."""
        words = ("run", str(story), *self._where(options), *options)
        with self._typed(*words, where=where) as process:
            yield process

    def fleet(self, *words: str) -> Ended:
        """Any other command, waited for."""
        with self._typed(*words) as process:
            return ended(process)

    @contextmanager
    def _typed(self, *words: str, where: Path | None = None) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(
            [sys.executable, "-m", "worker", *words],
            env={
                "PATH": PATH,
                "HOME": str(self.home),
                "DATA_DIR": str(self.home / "data"),
                "PYTHONPATH": str(ROOT),
                **self.settings,
            },
            cwd=where or self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        with process:
            try:
                yield process
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    def run(self, story: Path, *options: str, where: Path | None = None) -> Ended:
        """Wait for the end; whatever happens, no person ever sees a traceback."""
        with self.started(story, *options, where=where) as process:
            return ended(process)

    def _where(self, options: tuple[str, ...]) -> tuple[str, ...]:
        """The usual directories, unless the options name others."""
        usual = {"--repo": self.repository, "--output": self.output}
        return tuple(w for o, p in usual.items() if o not in options for w in (o, str(p)))

    def git(self, *arguments: str) -> str:
        return git(self.repository, *arguments)

    def branches(self) -> list[str]:
        listed = self.git("for-each-ref", "--format=%(refname:short)", "refs/heads/agent")
        return listed.splitlines()


def ended(process: subprocess.Popen[str]) -> Ended:
    """Wait for it."""
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert "Traceback" not in out + err
    return Ended(process.returncode, out, err)


def git(directory: Path, *arguments: str) -> str:
    command = ["git", "-C", str(directory), *arguments]
    done = subprocess.run(command, env=IDENTITY, check=True, capture_output=True, text=True)
    return done.stdout


def write(directory: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def repository(directory: Path, files: dict[str, str]) -> Path:
    """A repository in use: a commit, a stash, and staged, unstaged, untracked and ignored files."""
    directory.mkdir(parents=True)
    git(directory, "init", "-q", "--initial-branch=trunk")
    write(directory, {"in-use.txt": "one\n", ".gitignore": "ignored/\n", **files})
    git(directory, "add", "-A")
    git(directory, "commit", "-q", "-m", "Initial")
    git(directory, "tag", "v1")
    git(directory, "config", "user.note", "mine")
    write(directory, {"in-use.txt": "stashed\n"})
    git(directory, "stash", "-q")
    write(directory, {"in-use.txt": "staged\n", "staged only.txt": "s\n"})
    git(directory, "add", "-A")
    write(directory, {"in-use.txt": "unstaged\n", "untracked.txt": "u\n", "ignored/note": "i\n"})
    (directory / "link").symlink_to("in-use.txt")
    hook = directory / ".git" / "hooks" / "post-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\ntouch "$(git rev-parse --git-dir)/hook-ran"\n')
    hook.chmod(0o755)
    return directory


def snapshot(directory: Path) -> dict[str, str]:
    """Everything below it but git's objects and the fleet's branches: content, mode and time."""
    found = {}
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if name.startswith((".git/objects", ".git/refs/heads/agent")):
            continue
        about = path.lstat()
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_dir():
            found[name] = f"directory {about.st_mode}"
        else:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            found[name] = f"{content} {about.st_mode} {about.st_mtime_ns}"
    return found

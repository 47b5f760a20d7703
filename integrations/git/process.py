"""Running git: an explicit environment, a time limit, and no configuration but ours."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from worker.domain.errors import ConfigurationError, RepositoryUnavailable, Unavailable

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""The tree without files, which every SHA-1 repository knows."""

Config = tuple[tuple[str, str], ...]

DURABLE: Config = (("core.fsync", "all"), ("core.fsyncMethod", "fsync"))
"""For calls whose result must survive a power cut."""

_ALWAYS: Config = (
    ("core.hooksPath", os.devnull),
    ("core.fsmonitor", "false"),
    ("core.attributesFile", os.devnull),
    ("core.quotePath", "false"),
    ("credential.helper", ""),
    ("fetch.recurseSubmodules", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("protocol.version", "2"),
    # After a redirect, git sends our token's header to whatever host it was sent to.
    ("http.followRedirects", "false"),
    # A server that falls silent is given up long before the time limit of a large clone.
    ("http.lowSpeedLimit", "1"),
    ("http.lowSpeedTime", "120"),
)


class GitFailed(Unavailable):
    """git exited with an error that no caller explained better."""

    def __init__(self, command: str, code: int, text: str) -> None:
        super().__init__(f"git {command} failed ({code}): {text.strip()[-2000:]}")
        self.text = text


class TookTooLong(Unavailable):
    """git was killed at its time limit."""


class TooMuchOutput(RepositoryUnavailable):
    """git was killed because it wrote more than was allowed; ``start`` is what it wrote so far."""

    def __init__(self, command: str, start: bytes) -> None:
        super().__init__(f"git {command} wrote more than {len(start)} bytes")
        self.start = start


@dataclass(frozen=True, slots=True)
class Completed:
    """How a git process ended."""

    code: int
    out: bytes
    err: str


@dataclass(frozen=True, slots=True)
class Git:
    """git on one repository.

    The process sees neither the system's nor a person's configuration, and nothing of our
    environment; its whole process group is killed at the time limit or when we are interrupted.
    """

    git_dir: Path
    path: str
    """Where programs are looked for (``PATH``)."""
    home: Path
    """An empty directory."""
    timeout_seconds: float

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        config: Config = (),
        env: Mapping[str, str] | None = None,
        limit_bytes: int | None = None,
        secrets: Iterable[str] = (),
    ) -> Completed:
        """Run to a good end. Raises GitFailed, TookTooLong, TooMuchOutput; ``secrets`` are taken
        out of the error's text.
        """
        done = self.attempt(*arguments, stdin=stdin, config=config, env=env, limit=limit_bytes)
        if done.code != 0:
            text = scrubbed(f"{done.out.decode(errors='replace')}\n{done.err}", secrets)
            raise GitFailed(arguments[0], done.code, text)
        return done

    def line(
        self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> str:
        """The output as text without the blanks around it."""
        return self.run(*arguments, stdin=stdin, env=env).out.decode(errors="replace").strip()

    def succeeds(self, *arguments: str) -> bool:
        """Whether git exits 0."""
        return self.attempt(*arguments).code == 0

    def attempt(
        self,
        *arguments: str,
        stdin: bytes = b"",
        config: Config = (),
        env: Mapping[str, str] | None = None,
        limit: int | None = None,
    ) -> Completed:
        """Run to whatever end. Raises TookTooLong, TooMuchOutput."""
        with TemporaryFile() as given, TemporaryFile() as complaints:
            given.write(stdin)
            given.seek(0)
            process = self._start(arguments, given.fileno(), complaints.fileno(), config, env or {})
            out = self._collect(process, arguments[0], limit)
            complaints.seek(0)
            err = complaints.read().decode(errors="replace")
        return Completed(process.returncode, out, err)

    def _start(
        self,
        arguments: tuple[str, ...],
        stdin: int,
        stderr: int,
        config: Config,
        env: Mapping[str, str],
    ) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                ["git", *arguments],
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                cwd=self.home,
                env={**self._environment(config), **env},
                start_new_session=True,
            )
        except FileNotFoundError as fault:
            raise ConfigurationError(
                f"git was not found in {self.path}: install git 2.39 or newer."
            ) from fault

    def _collect(self, process: subprocess.Popen[bytes], command: str, limit: int | None) -> bytes:
        overdue = threading.Event()

        def stop() -> None:
            overdue.set()
            _kill_group(process)

        timer = threading.Timer(self.timeout_seconds, stop)
        timer.daemon = True
        timer.start()
        with process:
            try:
                out = _read(process, command, limit)
                process.wait()
            except BaseException:
                _kill_group(process)
                raise
            finally:
                timer.cancel()
        if overdue.is_set():
            raise TookTooLong(f"git {command} was stopped after {self.timeout_seconds:g} s")
        return out

    def _environment(self, config: Config) -> dict[str, str]:
        pairs = (*_ALWAYS, *config)
        numbered = {"GIT_CONFIG_COUNT": str(len(pairs))}
        for number, (key, value) in enumerate(pairs):
            numbered[f"GIT_CONFIG_KEY_{number}"] = key
            numbered[f"GIT_CONFIG_VALUE_{number}"] = value
        return {
            "PATH": self.path,
            "HOME": str(self.home),
            "LC_ALL": "C",
            "GIT_DIR": str(self.git_dir),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            # From git 2.41 on a bare repository may read attributes from a tree: from none here.
            "GIT_ATTR_SOURCE": EMPTY_TREE,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_ALLOW_PROTOCOL": "",
            **numbered,
        }


def scrubbed(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    return text


def _read(process: subprocess.Popen[bytes], command: str, limit: int | None) -> bytes:
    if process.stdout is None:
        raise RuntimeError("git was started without a pipe")
    out = process.stdout.read(-1 if limit is None else limit + 1)
    if limit is not None and len(out) > limit:
        raise TooMuchOutput(command, out[:limit])
    return out


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)

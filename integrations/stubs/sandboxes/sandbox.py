"""One scripted sandbox: files in memory, and commands that are acted, not run."""

import posixpath
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from integrations.stubs.sandboxes.bundles import ObjectStore
from integrations.stubs.sandboxes.places import Place
from integrations.stubs.sandboxes.vocabulary import perform, understood
from worker.domain.command import Breach, Command, CommandResult, never
from worker.domain.errors import HandOverRefused, SandboxGone, Unavailable

_NOT_FOUND = 127
_TIMED_OUT = 124
_KILLED = 137


class _Overdue(Exception):
    """The command's time is up."""


class _Stopped(Exception):
    """There is nothing more to wait for."""


class ScriptedSandbox:
    """See ``worker.ports.Sandbox``. One call at a time; others wait for it.

    Otherwise than in a container, links are not followed, ``.gitignore`` is not asked, and a
    command sees neither its environment nor its input. Every method raises SandboxGone as soon as
    the sandbox was stopped, by whatever process.
    """

    def __init__(self, place: Place, bundle: bytes, poll_seconds: float) -> None:
        """Raises SandboxGone, Unavailable."""
        self._place = place
        self._poll_seconds = poll_seconds
        self._lock = threading.Lock()
        self._store = ObjectStore(place.directory)
        try:
            self._origin = self._store.take_in(bundle)
        except (OSError, Unavailable) as fault:
            raise self._explained(fault) from fault
        self._written: dict[str, bytes] = {}

    def run(self, command: Command, over: Callable[[], bool] = never) -> CommandResult:
        """Act the command; 127 for what is not in the vocabulary. ``over`` is asked at every look.

        Raises SandboxGone.
        """
        with self._lock:
            self._check()
            steps = understood(command.argv)
            if steps is None:
                said = f"{' '.join(command.argv)}: a scripted sandbox does not know this\n"
                return CommandResult(_NOT_FOUND, said)
            began = time.monotonic()
            pause = partial(self._pause, began + command.timeout_seconds, over)
            try:
                code, output = perform(steps, self._files(), pause)
            except _Overdue:
                return CommandResult(_TIMED_OUT, "", time.monotonic() - began, Breach.TIMEOUT)
            except _Stopped:
                return CommandResult(_KILLED, "", time.monotonic() - began, Breach.STOPPED)
            self._check()
            return CommandResult(code, output, time.monotonic() - began)

    def read(self, path: str) -> str | None:
        """The text, undecodable bytes replaced, or None. Raises SandboxGone."""
        with self._lock:
            self._check()
            content = self._files().get(posixpath.normpath(path))
        return None if content is None else content.decode(errors="replace")

    def write(self, path: str, content: str) -> None:
        """Raises HandOverRefused, SandboxGone."""
        normal = posixpath.normpath(path)
        parts = normal.split("/")
        outside = normal == "." or "\0" in path or parts[0] in ("", "..")
        if outside or any(part.lower() == ".git" for part in parts):
            raise HandOverRefused(f"{path!r} is not a path inside the checkout.")
        with self._lock:
            self._check()
            files = self._files()
            above = {"/".join(parts[:depth]) for depth in range(1, len(parts))}
            if above & files.keys() or any(name.startswith(f"{normal}/") for name in files):
                raise HandOverRefused(f"{path!r} cannot be written: a directory is in its way.")
            self._written[normal] = content.encode(errors="replace")

    def hand_out(self) -> bytes:
        """Raises SandboxGone, Unavailable."""
        with self._lock:
            self._check()
            try:
                return self._store.hand_out(self._origin, self._written)
            except (OSError, Unavailable) as fault:
                raise self._explained(fault) from fault

    def pack_home(self, paths: Sequence[str], most_bytes: int, most_files: int) -> None:
        """There is no home. Raises SandboxGone."""
        del paths, most_bytes, most_files
        self._check()

    def unpack_home(self, archive: bytes, paths: Sequence[str]) -> bool:
        """There is no home. Raises SandboxGone."""
        del archive, paths
        self._check()
        return False

    def _pause(self, deadline: float, over: Callable[[], bool], seconds: float) -> None:
        """Sleep, and look up now and then. Raises _Overdue, _Stopped, SandboxGone."""
        until = time.monotonic() + seconds
        while (now := time.monotonic()) < until:
            if now >= deadline:
                raise _Overdue
            time.sleep(min(self._poll_seconds, until - now, deadline - now))
            self._check()
            if over():
                raise _Stopped

    def _files(self) -> dict[str, bytes]:
        return {**self._origin.files, **self._written}

    def _check(self) -> None:
        if not self._place.there:
            raise SandboxGone("The sandbox was stopped.")

    def _explained(self, fault: Exception) -> SandboxGone | Unavailable:
        """Git fails, too, where its directory was taken away."""
        if not self._place.there:
            return SandboxGone("The sandbox was stopped.")
        return Unavailable(f"The scripted sandbox failed: {fault}")

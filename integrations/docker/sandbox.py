"""One sandbox: its commands and files, each an ``exec`` in the container."""

import math
import posixpath
import threading
from collections.abc import Callable, Sequence

from integrations.docker import handover, home
from integrations.docker.listening import Ended, Stop
from integrations.docker.output import KeptOutput
from integrations.docker.processes import KILLED, MIB, Processes
from worker.domain.command import Breach, Command, CommandResult, never
from worker.domain.errors import HandOverRefused, Unavailable
from worker.domain.plan import Limits

_FLOOD = 10
"""How many times the kept output a command may write before it is stopped."""
_STOPPED = {Stop.FLOOD: Breach.TOO_MUCH_OUTPUT, Stop.ENOUGH: Breach.STOPPED}
_TIMED_OUT = (124, KILLED)
_CLOCKS_AGREE = 0.999
"""The clock inside counts wall time, which may be slewed by 0.05 %."""
_CANNOT_START = 126
_OUTER_SECONDS = 15.0
"""How much later our time limit strikes than the one inside, which kills 5 s after its TERM."""
_OWN_SECONDS = 120.0
_READ_BYTES = 16 * MIB


class DockerSandbox:
    """See ``worker.ports.Sandbox``. One call at a time; others wait for it."""

    def __init__(
        self, processes: Processes, limits: Limits, base: str, hand_out_bytes: int
    ) -> None:
        """``base`` is the commit that was handed in."""
        self._processes = processes
        self._limits = limits
        self._base = base
        self._hand_out_bytes = hand_out_bytes
        self._lock = threading.Lock()

    def run(self, command: Command, over: Callable[[], bool] = never) -> CommandResult:
        """Whatever the command leaves running ends with it. Raises SandboxGone, Unavailable."""
        argv = _argv(command)
        fault = _fault(command)
        if fault is not None:
            return CommandResult(_CANNOT_START, fault)
        with self._lock:
            if self._processes.spent:
                return CommandResult(KILLED, self._processes.spent)
            return self._run(argv, command, over)

    def read(self, path: str) -> str | None:
        """Raises HandOverRefused for a file over 16 MiB, SandboxGone, Unavailable."""
        inside = _inside(path)
        if inside is None:
            return None
        with self._lock:
            self._refuse_if_spent()
            done = self._processes.collect(
                "read", inside, seconds=_OWN_SECONDS, limit_bytes=_READ_BYTES
            )
        if done.ended.stop is Stop.FLOOD:
            raise HandOverRefused(f"{path!r} is larger than {_READ_BYTES} bytes.")
        if not done.complete:
            raise Unavailable(f"{path!r} could not be read: {done.message or 'it took too long'}")
        return done.out.decode(errors="replace") if done.ended.code == 0 else None

    def write(self, path: str, content: str) -> None:
        """Raises HandOverRefused, also where it cannot be written; SandboxGone, Unavailable."""
        inside = _inside(path)
        if inside is None:
            raise HandOverRefused(f"{path!r} is not a path inside the checkout.")
        with self._lock:
            self._refuse_if_spent()
            done = self._processes.collect(
                "write",
                inside,
                seconds=_OWN_SECONDS,
                limit_bytes=MIB,
                stdin=content.encode(errors="replace"),
            )
        if not done.complete:
            raise Unavailable(f"{path!r} was not written: {done.message or 'it took too long'}")
        if done.ended.code != 0:
            raise HandOverRefused(f"{path!r} cannot be written: {done.message}")

    def hand_out(self) -> bytes:
        """Ends whatever still runs and empties ``/tmp``.

        Raises HandOverRefused, SandboxGone, Unavailable.
        """
        with self._lock:
            self._refuse_if_spent()
            return handover.hand_out(self._processes, self._base, self._hand_out_bytes)

    def pack_home(self, paths: Sequence[str], most_bytes: int, most_files: int) -> bytes | None:
        """See ``home.pack``. Raises SandboxGone, Unavailable."""
        with self._lock:
            if self._processes.spent:
                return None
            return home.pack(self._processes, paths, most_bytes, most_files)

    def unpack_home(self, archive: bytes, paths: Sequence[str]) -> bool:
        """See ``home.unpack``. Raises SandboxGone, Unavailable."""
        with self._lock:
            return not self._processes.spent and home.unpack(self._processes, archive, paths)

    def _run(
        self, argv: tuple[str, ...], command: Command, over: Callable[[], bool]
    ) -> CommandResult:
        kept = KeptOutput(self._limits.output_bytes)

        def take(_stream: int, data: bytes) -> bool:
            kept.add(data)
            return kept.total_bytes <= _FLOOD * self._limits.output_bytes

        seconds = max(1, math.ceil(command.timeout_seconds))
        ended = self._processes.script(
            *("run", str(seconds), *argv),
            take=take,
            seconds=seconds + _OUTER_SECONDS,
            stdin=command.stdin or b"",
            over=over,
        )
        if not ended.started:
            why = self._processes.spent or ended.refusal
            return CommandResult(_CANNOT_START, f"The command could not be started: {why}")
        breach = self._breach(ended, seconds)
        output = "\n".join(part for part in (kept.text(), self._processes.spent) if part)
        return CommandResult(ended.code, output, ended.seconds, breach)

    def _breach(self, ended: Ended, seconds: int) -> Breach | None:
        if ended.stop in _STOPPED:
            return _STOPPED[ended.stop]
        if ended.code == 0:
            return None
        late = ended.code in _TIMED_OUT and ended.seconds >= seconds * _CLOCKS_AGREE
        # This looks into the container, and ends what may be left of the command.
        cause = None if self._processes.spent else self._cause(ended)
        return Breach.TIMEOUT if late or ended.stop is Stop.OVERDUE else cause

    def _cause(self, ended: Ended) -> Breach | None:
        found = self._processes.post_mortem()
        if found is None:
            return None
        if found.counts.oom_kills > ended.counts.oom_kills:
            return Breach.OUT_OF_MEMORY
        if found.counts.refused_forks > ended.counts.refused_forks:
            return Breach.OUT_OF_PROCESSES
        if found.full_of_files:
            return Breach.OUT_OF_FILES
        return Breach.OUT_OF_DISK if found.full else None

    def _refuse_if_spent(self) -> None:
        if self._processes.spent:
            raise HandOverRefused(self._processes.spent)


def _argv(command: Command) -> tuple[str, ...]:
    """Through ``env``, so that the variables reach the command and not the script around it."""
    variables = [f"{name}={value}" for name, value in command.env.items()]
    return ("env", *variables, *command.argv) if variables else command.argv


def _fault(command: Command) -> str | None:
    if not command.argv or any("\0" in word for word in (*command.argv, *command.env.values())):
        return "The command is empty or holds a zero byte."
    if not all(name.isidentifier() for name in command.env):
        return "The command's environment has a variable with an impossible name."
    return None


def _inside(path: str) -> str | None:
    """The path from the top of the checkout, or None for one that is not of its files."""
    normal = posixpath.normpath(path)
    parts = normal.split("/")
    if normal == "." or "\0" in path or parts[0] in ("", ".."):
        return None
    return None if any(part.lower() == ".git" for part in parts) else normal

"""The tools of a native session: each works in the sandbox and is written down as an action."""

from collections.abc import Callable

from integrations.agents.native.session import Session, Stopped, cut
from worker.domain.command import Breach, Command
from worker.domain.errors import HandOverRefused
from worker.ports import Sandbox

LONGEST_OUTPUT = 16_000
"""Characters of a command's output that the model sees."""
LONGEST_FILE = 60_000
"""Characters of a file that the model sees at once."""
COMMAND_SECONDS = 600.0
SAME_FAILURES = 4
"""The same call failing the same way so often in a row ends the session."""


class Workbench:
    """The methods are the model's tools; their docstrings are what the model reads.

    They are coroutines without an ``await`` on purpose: calls that a model makes at once run one
    after the other.
    """

    def __init__(self, session: Session, sandbox: Sandbox) -> None:
        self._session, self._sandbox = session, sandbox
        self._last_failure: tuple[str, ...] | None = None
        self._failures = 0

    async def shell(self, command: str) -> str:
        """Run a shell command in the repository and return its exit code and output.

        Args:
            command: For `sh -c`. It gets no input. There is no network.

        """
        limit = min(COMMAND_SECONDS, self._session.seconds_left())
        result = self._sandbox.run(Command(("sh", "-c", command), limit))
        output = cut(result.output, LONGEST_OUTPUT)
        if result.breach is Breach.TIMEOUT:
            text = f"stopped after {limit:.0f} seconds\n{output}"
        elif result.breach is not None:
            text = f"stopped: {result.breach}\n{output}"
        else:
            text = f"exit code {result.exit_code}\n{output}"
        self._session.record("shell", command, text)
        return text if result.ok else self._failed(text, "shell", command)

    async def read_file(self, path: str, first_line: int = 1, last_line: int | None = None) -> str:
        """Return the text of a file of the repository, or some of its lines.

        Args:
            path: Relative to the repository.
            first_line: The first line to return, counted from 1.
            last_line: The last line to return; all if left out.

        """
        return self._tried(("read_file", path), lambda: self._lines(path, first_line, last_line))

    async def write_file(self, path: str, content: str) -> str:
        """Create a file of the repository, or replace all of its text.

        Args:
            path: Relative to the repository. Directories are made as needed.
            content: The complete new text of the file.

        """
        return self._tried(("write_file", path), lambda: self._write(path, content, content))

    async def replace_in_file(self, path: str, old: str, new: str) -> str:
        """Replace one passage of a file.

        Args:
            path: Relative to the repository.
            old: The passage as it stands in the file, with its blanks; it must occur once only.
            new: What to put in its place.

        """
        return self._tried(("replace_in_file", path, old), lambda: self._replace(path, old, new))

    def _lines(self, path: str, first: int, last: int | None) -> str:
        text = self._read(path)
        if first > 1 or last is not None:
            text = "".join(text.splitlines(keepends=True)[max(0, first - 1) : last])
        return cut(text, LONGEST_FILE)

    def _replace(self, path: str, old: str, new: str) -> str:
        text = self._read(path)
        occurs = text.count(old) if old else 0
        if occurs != 1:
            raise _Failed(f"`old` occurs {occurs} times in {path}; it must occur exactly once.")
        marked = [f"-{line}" for line in old.splitlines()] + [
            f"+{line}" for line in new.splitlines()
        ]
        return self._write(path, text.replace(old, new), "\n".join(marked))

    def _read(self, path: str) -> str:
        text = self._sandbox.read(path)
        if text is None:
            raise _Failed(f"There is no file {path}.")
        return text

    def _write(self, path: str, content: str, shown: str) -> str:
        self._sandbox.write(path, content)
        self._session.record("write", path, shown)
        return f"{path} is written."

    def _tried(self, call: tuple[str, ...], work: Callable[[], str]) -> str:
        try:
            return work()
        except (HandOverRefused, _Failed) as fault:
            return self._failed(str(fault), *call)

    def _failed(self, text: str, *call: str) -> str:
        """Tell the model, and end a session that runs in circles. Raises Stopped."""
        failure = (*call, text)
        self._failures = self._failures + 1 if failure == self._last_failure else 1
        self._last_failure = failure
        if self._failures >= SAME_FAILURES:
            raise Stopped(
                f"The session was stopped: the same call failed {self._failures} times in a row "
                f"in the same way: {' '.join(call)[:200]}"
            )
        if self._failures > 1:
            return f"{text}\nThis very call has failed in the same way before: do something else."
        return text


class _Failed(Exception):
    """A tool could not do what it was called for; the text is for the model."""

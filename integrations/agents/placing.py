"""Putting a file into a sandbox outside the checkout."""

from worker.domain.command import Command
from worker.domain.errors import AgentFailed
from worker.ports import Sandbox

PROMPT_FILE = "/tmp/storyfleet/prompt.md"  # noqa: S108 - inside the sandbox, outside the checkout

_SCRIPT = 'cd "$HOME" && mkdir -p "$(dirname "$1")" && cat > "$1"'
_SECONDS = 60.0
_SHOWN = 2000


def place(sandbox: Sandbox, path: str, content: str) -> None:
    """Write the file; a path that is not absolute starts at the agent's home.

    Raises AgentFailed where it cannot be written, and what the sandbox raises.
    """
    stdin = content.encode(errors="replace")
    written = sandbox.run(Command(("sh", "-c", _SCRIPT, "sh", path), _SECONDS, stdin=stdin))
    if not written.ok:
        raise AgentFailed(f"`{path}` could not be written: {written.output[-_SHOWN:]}")

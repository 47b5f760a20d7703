"""Putting files into a sandbox outside the checkout, and removing them."""

from collections.abc import Sequence

from worker.domain.command import Command
from worker.domain.errors import AgentFailed
from worker.ports import Sandbox

PROMPT_FILE = "/tmp/storyfleet/prompt.md"  # noqa: S108 - inside the sandbox, outside the checkout

_SCRIPT = 'cd "$HOME" && mkdir -p "$(dirname "$1")" && cat > "$1"'
_REMOVE = 'cd "$HOME" && rm -rf -- "$@"'
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


def remove(sandbox: Sandbox, paths: Sequence[str]) -> None:
    """Remove what is at these paths below the agent's home. Raises what the sandbox raises."""
    sandbox.run(Command(("sh", "-c", _REMOVE, "sh", *paths), _SECONDS))

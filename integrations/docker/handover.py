"""What goes into a sandbox and what comes out: git bundles, made and read inside the container."""

import re

from integrations.docker.listening import Stop
from integrations.docker.processes import MIB, Collected, Processes
from worker.domain.errors import ConfigurationError, HandOverRefused, ImageUnavailable, Unavailable

_SECONDS = 600.0
_TOOLS_MISSING = 3
_NO_FORWARDER = 4
_NO_REPOSITORY = 3
_TOO_LARGE = 5
_COMMIT = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")


def take_in(processes: Processes, bundle: bytes, image: str, *, door: bool = False) -> str:
    """Turn the bundle into the checkout and return its commit; the ``door`` is open then.

    Raises ImageUnavailable for an image that lacks a tool, ConfigurationError where the checkout
    does not fit, SandboxGone, Unavailable.
    """
    done = processes.collect(
        *("hand_in", *(["door"] if door else [])), seconds=_SECONDS, limit_bytes=MIB, stdin=bundle
    )
    commit = done.out.strip()
    if done.complete and done.ended.code == 0 and _COMMIT.fullmatch(commit):
        return commit.decode()
    _explain_refusal(processes, done, image)
    raise Unavailable(f"The checkout could not be handed to the sandbox: {_message(done)}")


def _explain_refusal(processes: Processes, done: Collected, image: str) -> None:
    if not done.ended.started and "executable file not found" in done.message:
        raise ImageUnavailable(
            f"The image {image} has no `sh`. A sandbox needs sh, git and coreutils: add them."
        )
    if not done.ended.started and not processes.spent:
        raise Unavailable(f"No process can be started in the sandbox: {done.message}")
    if done.ended.code == _TOOLS_MISSING:
        raise ImageUnavailable(
            f"The image {image} lacks: {done.message}. A sandbox needs sh, git and coreutils: add"
            " them in the image, or as a `setup` command (for Debian: apt-get update && apt-get"
            " install -y git)."
        )
    if done.ended.code == _NO_FORWARDER:
        raise ImageUnavailable(
            f"The image {image} lacks the forwarder, without which nothing reaches the gateway:"
            " `image` is to be asked for it with the tool `forward`."
        )
    found = None if processes.spent else processes.post_mortem()
    if found is not None and found.full_of_files:
        raise ConfigurationError(
            "The checkout has more files than a sandbox may have: raise the limit for files of this"
            f" repository. ({_message(done)})"
        )
    if found is None or found.full or found.counts.oom_kills > done.ended.counts.oom_kills:
        raise ConfigurationError(
            "The checkout does not fit into the sandbox: raise the limits for memory and workspace"
            f" of this repository. ({_message(done)})"
        )


def hand_out(processes: Processes, base: str, limit_bytes: int) -> bytes:
    """Everything in the checkout as one commit in a bundle; on top of ``base`` if that is left.

    Raises HandOverRefused, SandboxGone, Unavailable.
    """
    processes.relieve()
    done = processes.collect(
        *("hand_out", base, str(limit_bytes)), seconds=_SECONDS, limit_bytes=limit_bytes
    )
    if done.ended.stop is Stop.FLOOD or done.ended.code == _TOO_LARGE:
        size = f"{done.message} bytes" if done.message.isdigit() else "more than allowed"
        raise HandOverRefused(
            f"The sandbox's work is too large to hand out: {size}; the limit is {limit_bytes}"
            " bytes. Large files that were made by building or testing belong into .gitignore."
        )
    if done.ended.code == _NO_REPOSITORY:
        raise HandOverRefused(
            "There is no git repository left in the checkout: its .git was removed or replaced."
        )
    if not done.complete or done.ended.code != 0:
        raise HandOverRefused(f"git cannot commit what is in the checkout: {_message(done)}")
    if not done.out.startswith(b"# v"):
        raise HandOverRefused("What the sandbox handed out is not a git bundle.")
    return done.out


def _message(done: Collected) -> str:
    late = "it took too long" if done.ended.stop is Stop.OVERDUE else ""
    return done.message[-2000:] or late or f"exit code {done.ended.code}"

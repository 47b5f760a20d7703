"""The Docker engine of this machine, bundles for it, and a look at a sandbox from outside."""

import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from docker import APIClient
from docker.errors import APIError, DockerException, ImageNotFound

from integrations.docker import DockerSandboxes
from integrations.docker.hardening import RUN_LABEL
from integrations.docker.sandbox import DockerSandbox
from tests.integration.git import workshop
from worker.domain.command import Command, CommandResult
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec, Limits
from worker.domain.sandbox import SandboxSpec

IMAGE = "storyfleet/sandbox:latest"
FORWARDER = "storyfleet/forward:latest"
FLEET = f"test-{os.getpid()}"
"""No fleet that uses the same engine may take a test's sandboxes for its own leftovers."""
MIB = 1024 * 1024
SMALL = Limits(256 * MIB, 1.0, 64, 32 * MIB, 16 * 1024)
FILES = {"README.md": "# Shop\n", "src/app.py": "print('hello')\n", ".gitignore": "*.log\n"}


def api() -> APIClient:
    """The engine, or the end of this test: a skip on a laptop, a failure in CI."""
    try:
        client = APIClient(version="auto")
        client.inspect_image(IMAGE)  # type: ignore[no-untyped-call]
    except (DockerException, OSError) as fault:
        remedy = "run infra/scripts/images" if isinstance(fault, ImageNotFound) else "start dockerd"
        missing(f"no Docker sandbox ({remedy}): {fault}")
    return client


def forwarder() -> None:
    """The forwarder's image, or the end of this test."""
    with api() as client:
        try:
            client.inspect_image(FORWARDER)  # type: ignore[no-untyped-call]
        except ImageNotFound as fault:
            missing(f"no forwarder (run infra/scripts/images forward): {fault}")


def missing(what: str) -> NoReturn:
    """The end of this test: a skip on a laptop, a failure in CI."""
    if os.environ.get("CI"):  # noqa: TID251 - nothing may be skipped there
        pytest.fail(what)
    pytest.skip(what)


def new_run() -> RunId:
    return RunId(f"test-{secrets.token_hex(6)}")


def bundle(scratch: Path, files: Mapping[str, str] = FILES) -> bytes:
    """A repository with one commit, as the fleet would hand it to a sandbox."""
    made = scratch / f"made-{secrets.token_hex(4)}"
    made.mkdir(parents=True)
    workshop.git(made, "init", "-q")
    workshop.write_files(made, dict(files))
    workshop.git(made, "add", "-A", "-f")
    workshop.git(made, "commit", "-q", "-m", "base")
    return workshop.git_bytes(made, "bundle", "create", "-q", "-", "HEAD")


def next_bundle(scratch: Path, base: bytes, files: Mapping[str, str]) -> bytes:
    """The same repository, with one more commit that holds these files alone."""
    made = scratch / f"next-{secrets.token_hex(4)}"
    made.mkdir(parents=True)
    (scratch / f"{made.name}.bundle").write_bytes(base)
    workshop.git(made, "init", "-q")
    workshop.git(made, "fetch", "-q", str(scratch / f"{made.name}.bundle"), "+HEAD:refs/heads/base")
    workshop.git(made, "symbolic-ref", "HEAD", "refs/heads/base")
    workshop.write_files(made, dict(files))
    workshop.git(made, "add", "-A", "-f")
    workshop.git(made, "commit", "-q", "--allow-empty", "-m", "next")
    return workshop.git_bytes(made, "bundle", "create", "-q", "-", "HEAD")


def handed_out(scratch: Path, base: bytes, bundled: bytes) -> dict[str, str]:
    """The files of what came out, laid over what went in, as git alone sees them."""
    taken = scratch / f"taken-{secrets.token_hex(4)}"
    taken.mkdir(parents=True)
    workshop.git(taken, "init", "-q", "--bare")
    for name, data in (("base", base), ("work", bundled)):
        (taken / name).write_bytes(data)
        workshop.git(taken, "fetch", "-q", str(taken / name), f"+HEAD:refs/heads/{name}")
    names = workshop.git(taken, "ls-tree", "-r", "-z", "--name-only", "work").split("\0")[:-1]
    return {
        name: workshop.git_bytes(taken, "show", f"work:{name}").decode(errors="replace")
        for name in names
    }


@contextmanager
def sandbox(
    sandboxes: DockerSandboxes, handed_in: bytes, limits: Limits = SMALL, run: RunId | None = None
) -> Iterator[DockerSandbox]:
    """An agent's sandbox on the default image."""
    image = sandboxes.image(ImageSpec(), bytes)
    with sandboxes.open(
        SandboxSpec(run or new_run(), 1, "agent", image, limits), handed_in
    ) as made:
        yield made


def shell(text: str, timeout_seconds: float = 30) -> Command:
    return Command(("sh", "-c", text), timeout_seconds)


def bash(text: str, timeout_seconds: float = 30) -> Command:
    return Command(("bash", "-c", text), timeout_seconds)


def did(sandbox: DockerSandbox, text: str, timeout_seconds: float = 30) -> CommandResult:
    return sandbox.run(shell(text, timeout_seconds))


def meanwhile(act: Callable[[], object], ready: Callable[[], bool]) -> threading.Thread:
    """Act from another thread as soon as it is time."""

    def wait_and_act() -> None:
        deadline = time.monotonic() + 60
        while not ready() and time.monotonic() < deadline:
            time.sleep(0.05)
        act()

    thread = threading.Thread(target=wait_and_act)
    thread.start()
    return thread


def containers(client: APIClient, run: RunId) -> list[str]:
    found = client.containers(all=True, filters={"label": f"{RUN_LABEL}={run}"})
    return [str(container["Id"]) for container in found]


def processes_of_the_agent(client: APIClient, run: RunId) -> list[str]:
    """What runs as the agent in the run's only container, as the engine's host sees it."""
    (container,) = containers(client, run)
    listed = client.top(container, "-o pid,uid,stat,args")["Processes"] or []
    return [args for _, uid, stat, args in listed if uid == "10001" and not stat.startswith("Z")]


def untag(client: APIClient, image: str) -> None:
    """Remove an image that a test made, with the tag that tells of its last use."""
    details = client.inspect_image(image)  # type: ignore[no-untyped-call]
    for tag in details["RepoTags"] or [image]:
        client.remove_image(tag, force=True)


def busy(client: APIClient, run: RunId) -> bool:
    """Whether a command that sleeps runs in the run's only container."""
    try:
        return any("sleep" in args for args in processes_of_the_agent(client, run))
    except APIError:  # not started yet, or ended
        return False

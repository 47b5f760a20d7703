"""Looking from outside: into a running sandbox and its image, and at everything a fleet wrote."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import docker
from docker.models.containers import Container
from sqlalchemy import MetaData, create_engine

from integrations.stubs.repositories import git_environment
from tests.e2e.canary import canaries
from tests.e2e.canary.staging import Watched
from tests.e2e.playing import PATIENCE_SECONDS, Json
from worker.domain.run import Run

_PLACES = "/ /workspace /tmp /home /dev/shm /run"
_USERS = {"0": "", "10001": "-user 10001", "10002": "-user 10002"}
"""Who reads which files: root has no right here to read the others'."""


@dataclass(frozen=True)
class Inspected:
    """What was found in a sandbox while its agent was at work."""

    container: Json
    image: Json
    history: list[Json]
    found: set[str]
    bytes_read: int


def inspect(watched: Watched, ticket: Json) -> Inspected:
    """Wait until the agent has looked, look ourselves, and let it go on."""
    with closing(docker.from_env()) as client:
        container = _waiting_sandbox(client, watched, ticket)
        image = container.image
        assert image is not None
        found: set[str] = set()
        size = 0
        for user, which in _USERS.items():
            seen, length = _read_everything(container, user, which)
            found, size = found | seen, size + length
        container.reload()
        attrs, details = dict(container.attrs), dict(image.attrs)
        inspected = Inspected(attrs, details, image.history(), found, size)
    subprocess.run(_inside(container, "10001", "touch /tmp/inspected"), check=True)
    return inspected


def _read_everything(container: Container, user: str, which: str) -> tuple[set[str], int]:
    script = (
        f"find {_PLACES} -xdev -type f {which} -exec cat {{}} + 2>/dev/null;"
        " cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null; mount"
    )
    command = _inside(container, user, script)
    with subprocess.Popen(command, stdout=subprocess.PIPE) as reading:
        assert reading.stdout is not None
        return canaries.found_in_stream(iter(partial(reading.stdout.read, 1 << 20), b""))


def _inside(container: Container, user: str, script: str) -> list[str]:
    name = str(container.id)
    return ["docker", "exec", "--user", f"{user}:{user}", name, "sh", "-c", script]


def _waiting_sandbox(client: docker.DockerClient, watched: Watched, ticket: Json) -> Container:
    run = watched.fleet.wait(ticket, lambda run: run.started)
    labels: list[str] = [f"storyfleet.run={run.id}", "storyfleet.purpose=agent"]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        watched.fleet.stage.processes.check()
        for container in client.containers.list(filters={"label": labels}, ignore_removed=True):
            ready = _inside(container, "10001", "test -e /tmp/ready")
            if subprocess.run(ready, check=False, capture_output=True).returncode == 0:
                return container
        time.sleep(0.2)
    raise AssertionError(f"no sandbox of {run.id} got ready")


def git(watched: Watched, repository: str, *arguments: str, stdin: bytes = b"") -> bytes:
    """Of the remote."""
    path = watched.fleet.directory / "git" / f"{repository}.git"
    command = ["git", "-C", str(path), *arguments]
    done = subprocess.run(
        command, input=stdin, env=git_environment(), check=True, capture_output=True
    )
    return done.stdout


def remote(watched: Watched, repository: str) -> Iterator[tuple[str, bytes]]:
    """Every object and every ref of the remote."""
    listed = ["cat-file", "--batch-all-objects", "--batch"]
    yield "objects of the remote", git(watched, repository, *listed)
    yield "refs of the remote", git(watched, repository, "for-each-ref")


def told(watched: Watched, ticket: Json, run: Run) -> Iterator[tuple[str, bytes]]:
    """What people can read: comments, attachments, pull request, transcript."""
    shown = watched.fleet.stage.get(f"/linear/tickets/{ticket['id']}")
    attached = [(a["title"], a["subtitle"], a["url"], a["metadata"]) for a in shown["attachments"]]
    yield "comments", _json([comment["body"] for comment in shown["comments"]])
    yield "attachments", _json(attached)
    yield "pull request", _json(watched.fleet.pulls(run))
    yield "transcript", transcript(watched, run)


def transcript(watched: Watched, run: Run) -> bytes:
    path = f"storyfleet/transcripts:{run.ref.identifier}/{run.id}.md"
    return git(watched, run.repository or "", "show", path)


def kept(watched: Watched) -> Iterator[tuple[str, bytes]]:
    """What the fleet keeps for itself: its database and its directory."""
    engine = create_engine(watched.fleet.stage.database_url)
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            rows = connection.execute(table.select()).all()
            yield f"table {table.name}", repr([tuple(row) for row in rows]).encode()
    engine.dispose()
    yield from _files(watched.fleet.directory / "data")


def logs(watched: Watched) -> Iterator[tuple[str, bytes]]:
    """Of all processes, at their most talkative."""
    yield from _files(watched.fleet.directory / "logs")


def _files(directory: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(directory)), path.read_bytes()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()

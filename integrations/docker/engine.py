"""The connection to the Docker engine, and its errors in our words."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import docker
import requests.exceptions  # noqa: TID251 - what the docker SDK itself raises
from docker import DockerClient
from docker.errors import APIError, DockerException, NotFound

from worker.domain.errors import SandboxGone, Unavailable

TIMEOUT_SECONDS = 60
BUILD_TIMEOUT_SECONDS = 1800

REMEDY = (
    "Is dockerd running, and may this user use it? Start it (systemctl start docker, or "
    "infra/scripts/docker-engine), add the user to the group docker, or set DOCKER_HOST."
)


class Engine:
    """One client per process and thread: forked workers and the heartbeat must not share one."""

    def __init__(self, docker_host: str | None = None) -> None:
        self._host = docker_host
        self._local = threading.local()

    def client(self, timeout_seconds: int = TIMEOUT_SECONDS) -> DockerClient:
        """A client of this thread. Raises Unavailable where the engine does not answer."""
        key = (os.getpid(), timeout_seconds)
        clients: dict[tuple[int, int], DockerClient] = self._local.__dict__.setdefault("c", {})
        if key not in clients:
            with reachable():
                clients[key] = self._connect(timeout_seconds)
        return clients[key]

    def _connect(self, timeout_seconds: int) -> DockerClient:
        if self._host:
            return docker.DockerClient(self._host, timeout=timeout_seconds, version="auto")
        return docker.DockerClient(timeout=timeout_seconds, version="auto")


@contextmanager
def reachable() -> Iterator[None]:
    """Tell an engine that cannot be reached (Unavailable) from one that refuses (APIError)."""
    try:
        yield
    except APIError:
        raise
    except (DockerException, requests.exceptions.RequestException, OSError) as fault:
        raise Unavailable(
            f"The Docker engine does not answer ({_first_line(fault)}). {REMEDY}"
        ) from (fault)


@contextmanager
def present() -> Iterator[None]:
    """Within: the container is expected to be there and running.

    Raises SandboxGone where it is not, Unavailable where the engine does not answer.
    """
    try:
        with reachable():
            yield
    except NotFound as fault:
        raise SandboxGone("The sandbox was removed while it was in use.") from fault
    except APIError as fault:
        if fault.status_code == 409:  # noqa: PLR2004 - Conflict: not running, or being removed
            raise SandboxGone("The sandbox was stopped while it was in use.") from fault
        raise Unavailable(f"The Docker engine failed: {_first_line(fault)}") from fault


def _first_line(fault: Exception) -> str:
    lines = str(fault).strip().splitlines() or [type(fault).__name__]
    return lines[0][:300]

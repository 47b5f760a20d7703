"""What goes wrong with the Docker daemon, in the fleet's words and with what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager

from docker.errors import APIError, DockerException, NotFound
from urllib3.exceptions import HTTPError

from worker.domain.errors import SandboxGone, Unavailable

DEFAULT_HOST = "unix:///var/run/docker.sock"
_ENDED = (
    *("not running", "marked for removal", "removal in progress", "is already in progress"),
    *("stopped container", "is paused"),
)
"""What the daemon says, with 409 or 500, of a container that ends while it is asked: a paused one,
too, seems so for a moment while it is killed.
"""


@contextmanager
def translated(host: str) -> Iterator[None]:
    """Raise Unavailable or SandboxGone in place of what the SDK raises inside.

    The errors of ``requests``, which the SDK lets through, are OSErrors.
    """
    try:
        yield
    except NotFound as fault:
        raise SandboxGone(f"The sandbox was removed: {reason(fault)}") from fault
    except APIError as fault:
        if any(words in reason(fault).lower() for words in _ENDED):
            raise SandboxGone(f"The sandbox was stopped: {reason(fault)}") from fault
        raise Unavailable(f"The Docker daemon refused: {reason(fault)}") from fault
    except (DockerException, HTTPError, OSError) as fault:
        raise Unavailable(_no_daemon(host, fault)) from fault


def reason(fault: DockerException) -> str:
    """The daemon's own words, without the address of the request."""
    explanation = fault.explanation if isinstance(fault, APIError) else None
    return str(explanation or fault)


def _no_daemon(host: str, fault: Exception) -> str:
    denied = "ermission denied" in str(fault)
    remedy = (
        "This user may not use it: add the user to the socket's group (usually `docker`)"
        if denied
        else "Is dockerd running, and may this user use it? Start it (`systemctl start docker`)"
    )
    return f"The Docker daemon at {host} does not answer. {remedy}, or set DOCKER_HOST. ({fault})"

"""What the daemon tells of a long piece of work, such as a build, for as long as it is there."""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from docker.errors import DockerException
from urllib3.exceptions import HTTPError

from worker.domain.errors import Unavailable

_SILENCE_SECONDS = 5.0

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _End:
    """The last thing that is told: why the messages ended."""

    fault: Exception | None


_Told = SimpleQueue[Message | _End]


def followed(
    work: Callable[[], Iterable[Message]], check: Callable[[], None]
) -> Iterator[Message | None]:
    """The messages of ``work``, and None during every silence of some seconds.

    ``check`` is called in each silence, and raises where the daemon is not there. Raises that, and
    what ``work`` raises. Who stops listening stops the work with its next message.
    """
    told: _Told = SimpleQueue()
    unheard = threading.Event()
    # The SDK's stream cannot be waited for with a time limit, so that another thread has to.
    threading.Thread(
        target=_listen, args=(work, told, unheard), name="docker-work", daemon=True
    ).start()
    try:
        while not isinstance(heard := _next(told), _End):
            if heard is None:
                check()
            yield heard
        if heard.fault is not None:
            raise heard.fault
    finally:
        unheard.set()


def _listen(work: Callable[[], Iterable[Message]], told: _Told, unheard: threading.Event) -> None:
    fault: Exception | None = None
    try:
        for message in work():
            told.put(message)
            if unheard.is_set():
                break
    except (Unavailable, DockerException, HTTPError, OSError) as raised:
        fault = raised
    finally:
        told.put(_End(fault))


def _next(told: _Told) -> Message | _End | None:
    try:
        return told.get(timeout=_SILENCE_SECONDS)
    except Empty:
        return None

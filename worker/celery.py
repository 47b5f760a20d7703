"""The workers' Celery application: ``celery -A worker.celery worker``.

Celery is the doorbell only. A message says "look for work" and may be lost; the database owns
runs, timers, retries, priorities, limits and cancellation. Start workers with
``WORKER_ENVIRONMENT`` and ``WORKER_ARGUMENTS``.
"""

import mmap
import subprocess
import sys
from collections.abc import Mapping
from functools import cache, partial
from typing import Any, Final

from celery import Celery, bootsteps
from celery.signals import worker_shutting_down

from worker.domain.errors import ConfigurationError
from worker.health import MARK_SECONDS, mark_if_older, touch_health
from worker.settings import Role, Settings

TASK: Final = "worker.tasks.work"
KEY_PREFIX: Final = "storyfleet:"
"""In front of every Redis key, so that another application in the same database is no harm."""

WORKER_ARGUMENTS: Final = ("worker", "--without-gossip", "--without-mingle")
WORKER_ENVIRONMENT: Final[Mapping[str, str]] = {"REMAP_SIGTERM": "SIGQUIT"}
"""Makes SIGTERM the soft shutdown: the job has a time to end, then it is interrupted."""

_DRAINING: Final = mmap.mmap(-1, 1)
"""One byte that a main process shares with the children it forks; a killed one keeps no lock."""

BACKSTOP_SECONDS: Final = 24 * 3600
"""Longest that one ring may keep a worker busy; each run has far shorter limits of its own."""


def configuration(
    broker_url: str, shutdown_seconds: float = 20, visibility_seconds: int = 86_400
) -> dict[str, Any]:
    """Celery's settings for a worker.

    How messages and shutdown behave was measured with these together: measure again after a change.
    """
    jobs = _jobs() | {
        # On SIGTERM the running stage has this long before it is interrupted.
        "worker_soft_shutdown_timeout": shutdown_seconds,
    }
    return _messages(broker_url, visibility_seconds) | jobs


def _messages(broker_url: str, visibility_seconds: int) -> dict[str, Any]:
    return {
        "broker_url": broker_url,
        "broker_transport_options": {
            "global_keyprefix": KEY_PREFIX,
            # Irrelevant with early acknowledgement, but must be the same in every process.
            "visibility_timeout": visibility_seconds,
            # Without it a half-open connection hangs the worker for ever.
            "socket_timeout": 10,
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
            # With socket_timeout: back after some 20 s on a connection that died silently.
            "health_check_interval": 10,
            "client_name": "storyfleet-worker",
        },
        # State lives in the database; a result backend would only add writes and failures.
        "result_backend": None,
        "task_ignore_result": True,
        "task_serializer": "json",
        # Never pickle: whoever can write to Redis could run code.
        "accept_content": ["json"],
        # A worker that starts before its broker waits for it, without end.
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
    }


def _jobs() -> dict[str, Any]:
    return {
        # The only pool in which time limits and soft shutdown work for blocking jobs.
        "worker_pool": "prefork",
        # One job per process; more workers by starting more of them.
        "worker_concurrency": 1,
        # Early: a ring is worth nothing once it was heard, and late ones run twice.
        "task_acks_late": False,
        # With the next one: a busy worker holds no ring that a free one could hear.
        "worker_prefetch_multiplier": 1,
        "worker_disable_prefetch": True,
        "worker_enable_soft_shutdown_on_idle": False,
        # A run that kills its worker would be repeated at once and for ever.
        "task_reject_on_worker_lost": False,
        "task_retry_on_worker_lost": False,
        # A short absence of the broker is no reason to kill a running job.
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        # Cancellation and health go through the database and a file; this is less to break.
        "worker_enable_remote_control": False,
        "worker_send_task_events": False,
        # Backstops; the hard one must leave room for the soft one's cleaning up.
        "task_soft_time_limit": BACKSTOP_SECONDS,
        "task_time_limit": BACKSTOP_SECONDS + 300,
        # A child imports much; the default of 4 s is too short on a loaded machine.
        "worker_proc_alive_timeout": 60,
        # Logs are worker.telemetry's.
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "imports": ["worker.tasks", "worker.deaths"],
    }


def build_app(settings: Settings) -> Celery:
    """The application for a worker. Raises ConfigurationError without a REDIS_URL."""
    if settings.redis_url is None:
        raise ConfigurationError("REDIS_URL is missing, and the worker needs it.")
    app = Celery("storyfleet")
    app.conf.update(
        configuration(
            settings.redis_url.get_secret_value(),
            settings.shutdown_seconds,
            settings.visibility_timeout_seconds,
        )
    )
    app.steps["worker"].add(_timers(settings))
    return app


@worker_shutting_down.connect  # type: ignore[untyped-decorator]  # Celery has no types
def stop_claiming(**_: Any) -> None:  # noqa: ANN401 - Celery's signature
    """In the main process, on SIGTERM: tell the child to hand back its run after this stage."""
    _DRAINING[0] = 1


def draining() -> bool:
    """In a child: whether its worker is asked to stop."""
    return _DRAINING[0] == 1


def _timers(settings: Settings) -> type[bootsteps.StartStopStep]:
    touch = partial(touch_health, settings, Role.WORKER)
    tidy = Tidying(settings)

    class Timers(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery has no types
        """Sets the worker's health mark, and has leftovers removed, from the main process's loop.

        So the mark ages where that loop hangs, and also while the broker cannot be reached.
        """

        requires = {"celery.worker.components:Timer"}  # noqa: RUF012 - Celery's way

        def start(self, parent: Any) -> None:  # noqa: ANN401 - Celery's worker
            touch()
            tidy()
            # Without it, `worker_disable_prefetch` asks the pool for its size whenever the broker
            # is heard of, also when the pool is gone already: then SIGTERM ends in a traceback.
            parent.max_concurrency = parent.concurrency
            parent.timer.call_repeatedly(MARK_SECONDS, touch)
            parent.timer.call_repeatedly(settings.tidy_seconds, tidy)

        def stop(self, parent: Any) -> None:  # noqa: ANN401, ARG002 - Celery's signature
            tidy.stop()

    return Timers


class Tidying:
    """Runs ``fleet tidy`` in a process of its own.

    Not in the main process, which must not wait for Docker, nor in a thread of it, which its forks
    would inherit halfway through something. Workers that share a data directory take turns.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._last: subprocess.Popen[bytes] | None = None

    def __call__(self) -> None:
        """Start it if it is due, unless the last one is still at work."""
        busy = self._last is not None and self._last.poll() is None
        # A little less than the timer's interval, so that each tick of one worker alone counts.
        if not busy and mark_if_older(self._settings, "tidied", self._settings.tidy_seconds * 0.9):
            self._last = subprocess.Popen(
                [sys.executable, "-m", "worker", "tidy", "--as-worker"], stdin=subprocess.DEVNULL
            )

    def stop(self) -> None:
        """End what is at work: the next worker begins anew."""
        if self._last is not None:
            self._last.terminate()


@cache
def _app() -> Celery:
    try:
        return build_app(Settings.load(Role.WORKER))
    except ConfigurationError as fault:
        # Celery would print a traceback around the list that the operator has to read.
        raise SystemExit(str(fault)) from None


def __getattr__(name: str) -> Celery:
    """Build ``app`` when ``celery -A`` asks for it, so that importing this module does nothing."""
    if name == "app":
        return _app()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

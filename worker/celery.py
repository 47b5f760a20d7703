"""The workers' Celery application: ``celery -A worker.celery worker``.

Celery is the doorbell only. A message says "look for work" and may be lost; the database owns
runs, timers, retries, priorities, limits and cancellation. Start workers with
``WORKER_ENVIRONMENT`` and ``WORKER_ARGUMENTS``.
"""

from collections.abc import Mapping
from functools import cache, partial
from typing import Any, Final

import structlog
from billiard.exceptions import WorkerLostError
from celery import Celery, Task, bootsteps
from celery.signals import task_failure
from kombu.exceptions import OperationalError

from worker.domain.errors import ConfigurationError
from worker.health import MARK_SECONDS, touch_health
from worker.settings import Role, Settings

_log = structlog.get_logger("storyfleet.worker")

TASK: Final = "worker.tasks.work"
KEY_PREFIX: Final = "storyfleet:"
"""In front of every Redis key, so that another application in the same database is no harm."""

WORKER_ARGUMENTS: Final = ("worker", "--without-gossip", "--without-mingle")
WORKER_ENVIRONMENT: Final[Mapping[str, str]] = {"REMAP_SIGTERM": "SIGQUIT"}
"""Makes SIGTERM the soft shutdown: the job has a time to end, then it is interrupted."""

BACKSTOP_SECONDS: Final = 24 * 3600
"""Longest that one ring may keep a worker busy; each run has far shorter limits of its own."""


def configuration(broker_url: str) -> dict[str, Any]:
    """Celery's settings for a worker.

    How messages and shutdown behave was measured with these together: measure again after a change.
    """
    return _messages(broker_url) | _jobs()


def _messages(broker_url: str) -> dict[str, Any]:
    return {
        "broker_url": broker_url,
        "broker_transport_options": {
            "global_keyprefix": KEY_PREFIX,
            # Irrelevant with early acknowledgement, but must be the same in every process.
            "visibility_timeout": 86_400,
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
        # On SIGTERM the running stage has this long before it is interrupted.
        "worker_soft_shutdown_timeout": 20,
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
        "imports": ["worker.tasks"],
    }


def build_app(settings: Settings) -> Celery:
    """The application for a worker. Raises ConfigurationError without a REDIS_URL."""
    if settings.redis_url is None:
        raise ConfigurationError("REDIS_URL is missing, and the worker needs it.")
    app = Celery("storyfleet")
    app.conf.update(configuration(settings.redis_url.get_secret_value()))
    app.steps["worker"].add(_health_step(settings))
    return app


@task_failure.connect  # type: ignore[untyped-decorator]  # Celery has no types
def ring_again(sender: Task, exception: BaseException, **_: Any) -> None:  # noqa: ANN401
    """In the main process: after the death of a child, have its successor look for other work.

    The dead child's own run becomes due when its lease ends; the reconciler rings for that.
    """
    if isinstance(exception, WorkerLostError):
        _log.warning("worker_lost", reason=str(exception))
        try:
            sender.apply_async(retry=False)
        except (OperationalError, OSError) as fault:
            _log.warning("ring_failed", reason=str(fault))


def _health_step(settings: Settings) -> type[bootsteps.StartStopStep]:
    touch = partial(touch_health, settings, Role.WORKER)

    class HealthMark(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery has no types
        """Sets the worker's health mark from the main process's own loop.

        So the mark ages where that loop hangs, and also while the broker cannot be reached.
        """

        requires = {"celery.worker.components:Timer"}  # noqa: RUF012 - Celery's way

        def start(self, parent: Any) -> None:  # noqa: ANN401 - Celery's worker
            touch()
            parent.timer.call_repeatedly(MARK_SECONDS, touch)

    return HealthMark


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

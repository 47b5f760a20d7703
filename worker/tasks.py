"""The one Celery task: the bell rang, so look for work."""

from functools import cache
from typing import Any

import structlog
from billiard.exceptions import WorkerLostError
from celery import Task, shared_task
from celery.signals import setup_logging, task_failure
from kombu.exceptions import OperationalError

from worker.bootstrap import release_dead, work_until_idle
from worker.celery import TASK, draining
from worker.domain.errors import FleetError
from worker.settings import Role, Settings
from worker.telemetry import configure

_log = structlog.get_logger("storyfleet.worker")


@shared_task(bind=True, name=TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def work(self: Task) -> None:
    """Drive due runs until there are none. Which ones, the database says, not the message."""
    with structlog.contextvars.bound_contextvars(ring=self.request.id):
        work_until_idle(_settings(), draining)


@task_failure.connect  # type: ignore[untyped-decorator]
def take_over(sender: Task, exception: BaseException, **_: Any) -> None:  # noqa: ANN401
    """In the main process, after the death of a child: free its run, and ring for its successor.

    Where the database cannot be told, the run becomes due when its lease ends.
    """
    if not isinstance(exception, WorkerLostError):
        return
    try:
        freed = release_dead(_settings())
        _log.warning("worker_lost", reason=str(exception), freed=freed)
    except FleetError as fault:
        _log.warning("worker_lost", reason=str(exception), not_freed=str(fault))
    try:
        sender.apply_async(retry=False)
    except (OperationalError, OSError) as fault:
        _log.warning("ring_failed", reason=str(fault))


@setup_logging.connect  # type: ignore[untyped-decorator]
def set_up_logs(**_: Any) -> None:  # noqa: ANN401 - Celery's signature
    """Instead of Celery's own logging."""
    configure(_settings())


@cache
def _settings() -> Settings:
    return Settings.load(Role.WORKER)

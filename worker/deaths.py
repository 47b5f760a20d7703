"""What a worker's main process does when its child dies: the run goes on at once."""

from typing import Any

import structlog
from billiard.exceptions import WorkerLostError
from celery import Task
from celery.signals import task_failure
from kombu.exceptions import OperationalError

from worker.bootstrap import release_dead
from worker.domain.errors import FleetError
from worker.settings import Role, Settings

_log = structlog.get_logger("storyfleet.worker")


@task_failure.connect  # type: ignore[untyped-decorator]  # Celery has no types
def take_over(sender: Task, exception: BaseException, **_: Any) -> None:  # noqa: ANN401
    """In the main process, after the death of a child: free its run, and ring for its successor.

    Where the database cannot be told, the run becomes due when its lease ends.
    """
    if not isinstance(exception, WorkerLostError):
        return
    try:
        freed = release_dead(Settings.load(Role.WORKER))
        _log.warning("worker_lost", reason=str(exception), freed=freed)
    except FleetError as fault:
        _log.warning("worker_lost", reason=str(exception), not_freed=str(fault))
    try:
        sender.apply_async(retry=False)
    except (OperationalError, OSError) as fault:
        _log.warning("ring_failed", reason=str(fault))

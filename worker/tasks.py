"""The one Celery task: the bell rang, so look for work."""

from functools import cache
from typing import Any

import structlog
from celery import Task, shared_task
from celery.signals import setup_logging

from worker.bootstrap import load_rules, redactor, work_until_idle
from worker.celery import TASK, draining
from worker.settings import Role, Settings
from worker.telemetry import configure


@shared_task(bind=True, name=TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def work(self: Task) -> None:
    """Drive due runs until there are none. Which ones, the database says, not the message."""
    with structlog.contextvars.bound_contextvars(ring=self.request.id):
        work_until_idle(_settings(), draining)


@setup_logging.connect  # type: ignore[untyped-decorator]
def set_up_logs(**_: Any) -> None:  # noqa: ANN401 - Celery's signature
    """Instead of Celery's own logging."""
    load_rules(_settings())
    configure(_settings(), redactor=redactor(_settings()))


@cache
def _settings() -> Settings:
    return Settings.load(Role.WORKER)

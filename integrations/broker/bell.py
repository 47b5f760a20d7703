"""The bell: one Celery message that says "look for work"."""

from celery import Celery
from kombu.exceptions import KombuError, OperationalError
from redis.exceptions import RedisError

from worker.domain.errors import Unavailable


class CeleryBell:
    """Sends the workers' task through Redis.

    Task and key prefix must be the workers' own (``worker.celery``). May be rung from any thread,
    never on an event loop. ``timeout_seconds`` bounds each wait: measured with 1 s, a hung Redis is
    given up after 1 s on an open connection and 4 s on a new one (without limits: never).
    """

    def __init__(
        self,
        redis_url: str,
        *,
        task: str = "worker.tasks.work",
        key_prefix: str = "storyfleet:",
        timeout_seconds: float = 1.0,
    ) -> None:
        self._task = task
        self._app = Celery("storyfleet-bell", broker=redis_url, set_as_current=False)
        self._app.conf.update(
            broker_transport_options={
                "global_keyprefix": key_prefix,
                "visibility_timeout": 86_400,
                "socket_timeout": timeout_seconds,
                "socket_connect_timeout": timeout_seconds,
                "client_name": "storyfleet-bell",
                # A refused connection is told at once; the reconciler rings again anyway.
                "max_retries": 0,
            },
            broker_pool_acquire_timeout=timeout_seconds,
            result_backend=None,
            task_ignore_result=True,
            task_serializer="json",
            accept_content=["json"],
        )

    def ring(self) -> None:
        """Put the message into the queue. Raises Unavailable."""
        try:
            self._app.send_task(self._task, retry=False)
        except (KombuError, OperationalError, RedisError, OSError) as fault:
            raise Unavailable(f"the broker cannot be reached ({type(fault).__name__})") from fault

    def close(self) -> None:
        """Close the connections."""
        self._app.close()

"""Which containers a run has used, as the Docker daemon tells of them when they are made."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from integrations.docker.hardening import FLEET_LABEL
from tests.integration.docker import engine


@contextmanager
def noted(fleet: str) -> Iterator[list[str]]:
    """Ids of the fleet's containers that were created in the block so far."""
    ids: list[str] = []
    filters = {"label": f"{FLEET_LABEL}={fleet}", "type": "container", "event": "create"}
    with engine.api() as api:
        heard = api.events(since=int(time.time()), filters=filters, decode=True)

        def note() -> None:
            ids.extend(str(event["id"]) for event in heard)

        thread = threading.Thread(target=note)
        thread.start()
        try:
            yield ids
        finally:
            heard.close()
            thread.join()

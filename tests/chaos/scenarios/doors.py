"""Signed webhooks of our own making, each answer timed, for a receiver that is being hurt."""

import statistics
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import NullPool, create_engine, select

from integrations.sql import schema
from integrations.stubs.linear.signing import body_of, headers_of
from worker import bootstrap
from worker.demo.play import LINEAR_KEY, WEBHOOK_SECRET, Stage
from worker.demo.processes import Processes

LINEAR_WAITS_SECONDS = 5.0
START_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender of one delivery saw."""

    id: str
    status: int | None
    """None: no answer within Linear's patience."""
    seconds: float


@dataclass
class Door:
    """The receiver's door, and an event to knock with: each time a delivery of its own."""

    receiver_url: str
    event: Mapping[str, object]
    client: httpx.Client = field(
        default_factory=lambda: httpx.Client(timeout=LINEAR_WAITS_SECONDS, trust_env=False)
    )

    def knock(self, delivery_id: str = "") -> Answer:
        """Deliver the event once more, as a delivery that was never seen before."""
        delivery_id = delivery_id or str(uuid.uuid4())
        event = {**self.event, "webhookTimestamp": int(time.time() * 1000)}
        body = body_of(event)
        headers = headers_of(event, body, WEBHOOK_SECRET, delivery_id)
        url = f"{self.receiver_url}/webhooks/linear"
        began = time.monotonic()
        try:
            status = self.client.post(url, content=body, headers=headers).status_code
        except httpx.TransportError:
            status = None
        return Answer(delivery_id, status, time.monotonic() - began)

    def knock_often(self, times: int, at_once: int = 4) -> list[Answer]:
        """So many deliveries, some of them at the same time."""
        with ThreadPoolExecutor(at_once) as senders:
            return list(senders.map(lambda _: self.knock(), range(times)))


@contextmanager
def door_of(stage: Stage) -> Iterator[Door]:
    """The door of a staged fleet; the event is that of a ticket which gets its label now, and which
    is taken back at once.
    """
    ticket = stage.act("/linear/tickets", title="Knocking", description="Nothing.")
    stage.act(f"/linear/tickets/{ticket['id']}/labels", add=["agent"])
    stage.act(f"/linear/tickets/{ticket['id']}/close", how="canceled")
    found = [each["event"] for each in stage.get("/linear/deliveries")]
    labelled = [
        event
        for event in found
        if event["data"].get("id") == ticket["id"] and "labelIds" in event.get("updatedFrom", {})
    ]
    door = Door(stage.receiver_url, labelled[-1])
    with door.client:
        yield door


@contextmanager
def receiver_alone(directory: Path, database_url: str) -> Iterator[tuple[Door, Processes]]:
    """A receiver without workers, and a Linear for it to ask; the broker is nowhere."""
    directory.mkdir(parents=True, exist_ok=True)
    stubs_port, port, nowhere = (bootstrap.free_port() for _ in range(3))
    stubs_url, receiver_url = f"http://127.0.0.1:{stubs_port}", f"http://127.0.0.1:{port}"
    values = {
        "LINEAR_API_KEY": LINEAR_KEY,
        "LINEAR_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "LINEAR_API_URL": f"{stubs_url}/linear/graphql",
        "REDIS_URL": f"redis://127.0.0.1:{nowhere}/0",
        "DATABASE_URL": database_url,
        "DATA_DIR": str(directory / "data"),
    }
    (directory / "script.json").write_text('{"rules": []}', encoding="utf-8")
    with Processes(directory / "logs", bootstrap.child_environment(values)) as processes:
        processes.start(
            "stubs",
            *("stubs", "--port", str(stubs_port), "--git-root", str(directory / "git")),
            *("--script", str(directory / "script.json"), "--linear-key", LINEAR_KEY),
            *("--webhook-url", f"{receiver_url}/webhooks/linear"),
            *("--webhook-secret", WEBHOOK_SECRET),
        )
        processes.start("receiver", "receiver", "--port", str(port))
        processes.wait_for("stubs", f"{stubs_url}/_stub/mischief", START_SECONDS)
        processes.wait_for("receiver", f"{receiver_url}/readyz", START_SECONDS)
        stage = Stage(directory, stubs_url, database_url, receiver_url, processes)
        with door_of(stage) as door:
            yield door, processes


def stored(database_url: str) -> set[str]:
    """The ids of all deliveries that the database holds. Raises SQLAlchemyError."""
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.connect() as connection:
        return set(connection.execute(select(schema.inbox.c.delivery_id)).scalars())


def percentiles(answers: Sequence[Answer]) -> dict[str, float]:
    """p50, p99 and the longest, in milliseconds."""
    times = sorted(1000 * answer.seconds for answer in answers)
    p99 = times[min(len(times) - 1, round(0.99 * len(times)))]
    return {
        "p50_ms": round(statistics.median(times), 1),
        "p99_ms": round(p99, 1),
        "longest_ms": round(times[-1], 1),
    }

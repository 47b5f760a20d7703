"""Gateways, and how a call goes through each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx

from integrations.gateway import ModelGateway, Upstream
from integrations.memory.gateway import MemoryDoor, MemoryGateway
from integrations.stubs import Stubs, StubsConfig, start_stubs
from integrations.stubs.models import Answer, Script
from worker.domain.access import CallOutcome, ModelCall
from worker.domain.budget import Spend
from worker.ports import Door, Gateway

MODEL = "openai:gpt-5"
STATUSES = {CallOutcome.UNAUTHORISED: 401, CallOutcome.FAILED: 500, CallOutcome.RATE_LIMITED: 429}


class World(Protocol):
    @property
    def gateway(self) -> Gateway: ...

    def call(self, door: Door, outcome: CallOutcome) -> None:
        """Let one call of ``MODEL`` go through the door that ends so."""
        ...


@dataclass
class MemoryWorld:
    """A test says what goes through."""

    gateway: MemoryGateway = field(
        default_factory=lambda: MemoryGateway(providers=frozenset({"openai"}))
    )

    def call(self, door: Door, outcome: CallOutcome) -> None:
        assert isinstance(door, MemoryDoor)
        spend = Spend(10, 5) if outcome is CallOutcome.ANSWERED else Spend()
        door.through.append(ModelCall(MODEL, outcome, STATUSES.get(outcome, 200), spend))


@dataclass
class RealWorld:
    """The stub's models behind the gateway, an HTTP client before it."""

    stubs: Stubs
    gateway: ModelGateway

    def call(self, door: Door, outcome: CallOutcome) -> None:
        answer = Answer("well", input_tokens=10, output_tokens=5, error=STATUSES.get(outcome))
        self.stubs.models.script = Script.in_order(answer)
        with httpx.Client(
            transport=httpx.HTTPTransport(uds=f"{door.directory}/gateway.sock"),
            base_url="http://gateway/openai/v1",
            headers={"authorization": f"Bearer {door.token}"},
            timeout=60,
        ) as client:
            body = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hello"}]}
            client.post("/chat/completions", json=body)


@contextmanager
def real_world(scratch: Path) -> Iterator[World]:
    config = StubsConfig(git_root=scratch / "git", model_key="the-real-key")
    with start_stubs(config) as stubs:
        upstream = Upstream("openai", f"{stubs.url}/openai/v1", "the-real-key")
        gateway = ModelGateway([upstream], directory=scratch / "doors", grace_seconds=0)
        yield RealWorld(stubs, gateway)

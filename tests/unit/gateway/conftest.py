"""Doors of the real gateway, with a provider behind them that a test scripts."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from integrations.gateway import ModelGateway, Upstream
from tests.unit.gateway.forms import FORMS, Form
from tests.unit.gateway.provider import Provider, plain
from worker.domain.access import Access, ModelCall
from worker.domain.budget import Budget
from worker.domain.lease import RunId
from worker.ports import Door

KEY = "sk-the-operators-real-key"
MODELS = ("openai:gpt-5", "anthropic:claude-sonnet-4-5", "gemini:gemini-2.5-flash")
SIZED = Budget(max_tokens=1_000_000, max_micro_usd=10_000_000)


@dataclass
class Opened:
    """An open door and an agent's client at it."""

    door: Door
    client: httpx.Client
    upstream: Provider

    def post(self, path: str, body: Any, **more: Any) -> httpx.Response:
        return self.client.post(path, json=body, **more)

    def call(self, form: Form) -> httpx.Response:
        return self.post(form.path, form.body())

    def calls(self, number: int) -> tuple[ModelCall, ...]:
        """When there are so many."""
        wait_for(lambda: len(self.door.passage().calls) >= number)
        return self.door.passage().calls


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def client_of(door: Door, token: str | None = None, **headers: str) -> httpx.Client:
    return httpx.Client(
        transport=httpx.HTTPTransport(uds=door.socket),
        base_url="http://gateway",
        headers={"authorization": f"Bearer {token or door.token}", **headers},
        timeout=60,
    )


def access(budget: Budget = SIZED, models: tuple[str, ...] = MODELS) -> Access:
    return Access(RunId("run-1"), 1, models, budget)


@pytest.fixture
def scratch() -> Iterator[Path]:
    """Shorter than ``tmp_path``: the path of a Unix socket is limited."""
    with tempfile.TemporaryDirectory(prefix="gw-") as directory:
        yield Path(directory)


@pytest.fixture(scope="session")
def _provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


@pytest.fixture
def provider(_provider: Provider) -> Iterator[Provider]:
    """Started once; each test begins with one that was never asked."""
    _provider.answers(plain({}, 500))
    yield _provider
    _provider.let_go()


@pytest.fixture(params=FORMS, ids=lambda form: form.name)
def form(request: pytest.FixtureRequest) -> Form:
    given: Form = request.param
    return given


def upstreams(url: str, key: str = KEY) -> list[Upstream]:
    return [
        Upstream("openai", f"{url}/v1", key),
        Upstream("anthropic", url, key),
        Upstream("gemini", f"{url}/", key),
    ]


MakeGateway = Callable[..., ModelGateway]
OpenDoor = Callable[..., AbstractContextManager[Opened]]


@pytest.fixture
def gateway(provider: Provider, scratch: Path) -> MakeGateway:
    def make(**more: Any) -> ModelGateway:
        return ModelGateway(upstreams(provider.url), directory=scratch / "doors", **more)

    return make


@pytest.fixture
def opening(gateway: MakeGateway, provider: Provider) -> OpenDoor:
    @contextmanager
    def opened(budget: Budget = SIZED, **more: Any) -> Iterator[Opened]:
        with gateway(**more).open(access(budget)) as door, client_of(door) as client:
            yield Opened(door, client, provider)

    return opened


@pytest.fixture
def opened(opening: OpenDoor) -> Iterator[Opened]:
    with opening() as door:
        yield door

"""The native agent with both protocols, through a real door: all that others are held to."""

import tempfile
from pathlib import Path

import pytest

from integrations.agents.native import NativeAgent
from integrations.gateway import ModelGateway, Upstream
from integrations.llm.door import DoorModels
from integrations.llm.models import Price
from integrations.stubs.models import Answer, ToolCall
from tests.unit.agents.sandbox import DirectorySandbox
from tests.unit.llm.conftest import KEY, Provider
from worker.domain.access import Access, CallOutcome
from worker.domain.budget import Budget, Spend
from worker.domain.errors import ConfigurationError, RateLimited, Unavailable
from worker.domain.lease import RunId
from worker.domain.task import AgentTask, Way
from worker.domain.transcript import AgentSession
from worker.stages.passage import settled

WRITE = Answer(
    tool_calls=[ToolCall("write_file", {"path": "a.py", "content": "a = 1\n"})],
    input_tokens=1000,
    output_tokens=100,
)
DONE = Answer("Done.", input_tokens=2000, output_tokens=10)
USUAL = Budget()


def work(
    provider: Provider,
    tmp_path: Path,
    *answers: Answer,
    key: str = KEY,
    model: str | None = None,
    budget: Budget = USUAL,
) -> AgentSession:
    """One session as the stage makes it: a door, the agent, and the gateway's word on it."""
    provider.script(*answers)
    url = provider.stubs.url
    upstreams = [
        Upstream("openai", f"{url}/openai/v1", key),
        Upstream("anthropic", f"{url}/anthropic", key),
    ]
    prices = {provider.model: Price(2.0, 10.0)}
    access = Access(RunId("r"), 1, (provider.model,), budget, outside=True)
    with tempfile.TemporaryDirectory(prefix="gw-") as short:
        gateway = ModelGateway(upstreams, directory=Path(short), prices=prices)
        with gateway.open(access) as door:
            assert list(Path(door.directory).iterdir()) == [], "no sandbox is shown the models"
            way = Way("http://inside", door.token, door.over, door.socket)
            asked = AgentTask("Write a.py.", 1, model or provider.model, 30.0, budget, way=way)
            session = NativeAgent("tools", DoorModels()).work(asked, DirectorySandbox(tmp_path))
    return settled(session, door.passage())


def test_every_call_is_counted_priced_and_recorded(provider: Provider, tmp_path: Path) -> None:
    session = work(provider, tmp_path, WRITE, DONE)
    assert session.failure is None
    assert session.spend == Spend(3000, 110, 6000 + 1100, 0, 0.0, 2)
    assert [(c.model, c.outcome, c.status) for c in session.calls] == [
        (provider.model, CallOutcome.ANSWERED, 200)
    ] * 2
    assert (tmp_path / "a.py").read_text() == "a = 1\n"


def test_a_used_up_budget_ends_it(provider: Provider, tmp_path: Path) -> None:
    session = work(provider, tmp_path, *[WRITE] * 9, budget=Budget(max_tokens=3000))
    assert session.calls[-1].outcome is CallOutcome.OVER_BUDGET
    assert "over budget" in str(session.failure)
    assert 1 <= session.spend.model_calls <= 3


def test_nothing_is_asked_where_nothing_is_left(provider: Provider, tmp_path: Path) -> None:
    session = work(provider, tmp_path, DONE, budget=Budget(max_tokens=0))
    assert (session.out_of, session.spend.model_calls) == ("tokens", 0)


def test_another_model_is_not_let_through(provider: Provider, tmp_path: Path) -> None:
    session = work(provider, tmp_path, DONE, model=f"{provider.name}:dearer")
    assert [c.outcome for c in session.calls] == [CallOutcome.NOT_ALLOWED]
    assert "is not allowed here" in str(session.failure)


def test_a_refused_key(provider: Provider, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="_API_KEY"):
        work(provider, tmp_path, DONE, key="wrong")


def test_a_rate_limit_at_the_start(provider: Provider, tmp_path: Path) -> None:
    with pytest.raises(RateLimited) as caught:
        work(provider, tmp_path, Answer(error=429, retry_after_seconds=40))
    assert caught.value.retry_after_seconds == 40.0


def test_a_server_that_fails_at_the_start(provider: Provider, tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        work(provider, tmp_path, *[Answer(error=500)] * 3)


@pytest.mark.parametrize("fault", [Answer(error=503), Answer(cut=True), Answer(garbage="{")])
def test_a_server_that_fails_later(provider: Provider, tmp_path: Path, fault: Answer) -> None:
    session = work(provider, tmp_path, WRITE, *[fault] * 3)
    assert "The session broke off" in str(session.failure)
    assert "ended with a model call that failed" in str(session.failure)
    assert session.spend.tokens >= 1100


def test_a_passing_fault_goes_unnoticed(provider: Provider, tmp_path: Path) -> None:
    session = work(provider, tmp_path, WRITE, Answer(error=500), Answer(cut=True), DONE)
    assert session.failure is None
    assert session.summary == "Done."


@pytest.mark.parametrize("name", ["gemini:gemini-2.5-flash", "gpt-5"])
def test_a_model_that_is_not_spoken_to(name: str) -> None:
    with pytest.raises(ConfigurationError, match="openai:"):
        DoorModels().open(name, Way("http://inside", "token", socket="/door/gateway.sock"))


def test_a_way_that_leads_only_through_a_sandbox() -> None:
    with pytest.raises(ConfigurationError, match="no socket"):
        DoorModels().open("openai:gpt-5", Way("http://inside", "token"))

"""The native agent with both protocols over HTTP: money, tokens, and errors of the wire."""

from pathlib import Path

import pytest

from integrations.agents.native import NativeAgent
from integrations.llm.models import Price
from integrations.stubs.models import Answer, ToolCall
from tests.unit.agents.sandbox import DirectorySandbox
from tests.unit.llm.conftest import Provider
from worker.domain.budget import Budget, Spend
from worker.domain.errors import ConfigurationError, RateLimited, Unavailable
from worker.domain.task import AgentTask
from worker.domain.transcript import AgentSession

WRITE = Answer(
    tool_calls=[ToolCall("write_file", {"path": "a.py", "content": "a = 1\n"})],
    input_tokens=1000,
    output_tokens=100,
)
DONE = Answer("Done.", input_tokens=2000, output_tokens=10)


def work(
    provider: Provider, tmp_path: Path, *answers: Answer, key: str | None = None
) -> AgentSession:
    provider.script(*answers)
    prices = {provider.model: Price(2.0, 10.0)}
    models = provider.models(prices=prices, **({"key": key} if key else {}))
    task = AgentTask("Write a.py.", 1, provider.model, 30.0, Budget())
    return NativeAgent("tools", models).work(task, DirectorySandbox(tmp_path))


def test_every_call_is_counted_and_priced(provider: Provider, tmp_path: Path) -> None:
    session = work(provider, tmp_path, WRITE, DONE)
    assert session.failure is None
    assert session.spend == Spend(3000, 110, 6000 + 1100, 0, 0.0, 2)
    assert (tmp_path / "a.py").read_text() == "a = 1\n"


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
    assert "The session broke off." in str(session.failure)
    assert session.spend.tokens == 1100


def test_a_passing_fault_goes_unnoticed(provider: Provider, tmp_path: Path) -> None:
    session = work(provider, tmp_path, WRITE, Answer(error=500), Answer(cut=True), DONE)
    assert session.failure is None
    assert session.summary == "Done."

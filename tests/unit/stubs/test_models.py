"""pydantic-ai, unchanged, against the scripted models of its protocols."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any, TypeAlias

import httpx
import pytest
from pydantic import BaseModel
from pydantic_ai import Agent, NativeOutput, ToolOutput
from pydantic_ai.exceptions import ModelAPIError, ModelHTTPError, UnexpectedModelBehavior
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.run import AgentRunResult
from pydantic_ai.usage import RunUsage

from integrations.stubs import Stubs
from integrations.stubs.mischief import Misdeed
from integrations.stubs.models import Answer, Rule, Script, ToolCall, script_from_json

MakeModel: TypeAlias = Callable[[str], Model]


class Verdict(BaseModel):
    verdict: str
    score: int


def _run(agent: Agent[None, Any], prompt: str) -> AgentRunResult[Any]:
    """As `run_sync`, and closes the model's connections."""

    async def run() -> AgentRunResult[Any]:
        async with agent:
            return await agent.run(prompt)

    return asyncio.run(run())


@pytest.fixture(params=["openai", "openai-responses", "anthropic"])
def model(request: pytest.FixtureRequest, stubs: Stubs) -> MakeModel:
    def make(name: str = "claude-sonnet-5") -> Model:
        if request.param.startswith("openai"):
            openai = OpenAIProvider(base_url=f"{stubs.url}/openai/v1", api_key="a-key")
            openai.client.max_retries = 0
            kind = OpenAIChatModel if request.param == "openai" else OpenAIResponsesModel
            return kind(name, provider=openai)
        anthropic = AnthropicProvider(base_url=f"{stubs.url}/anthropic", api_key="a-key")
        anthropic.client.max_retries = 0
        return AnthropicModel(name, provider=anthropic)

    return make


def test_text_and_usage(stubs: Stubs, model: MakeModel) -> None:
    stubs.models.script = Script.in_order(
        Answer("Hello, and a text that is longer than one piece.", input_tokens=11, output_tokens=7)
    )
    result = _run(Agent(model("claude-sonnet-5"), instructions="Be brief."), "Hi")
    assert result.output == "Hello, and a text that is longer than one piece."
    assert (result.usage.input_tokens, result.usage.output_tokens) == (11, 7)
    request = stubs.models.requests[0]
    assert request["model"] == "claude-sonnet-5"
    assert request["usage"] == {"input_tokens": 11, "output_tokens": 7}
    assert request["status"] == 200


def test_tool_calls_until_text(stubs: Stubs, model: MakeModel) -> None:
    calls = [
        ToolCall("shell", {"command": "ls -la /some/long/path"}),
        ToolCall("shell", {"command": "pwd"}),
    ]
    stubs.models.script = Script.in_order(Answer("Looking.", tool_calls=calls), "Done.")
    agent = Agent(model("m"))
    seen: list[str] = []

    @agent.tool_plain
    def shell(command: str) -> str:
        seen.append(command)
        return f"output of {command}"

    assert _run(agent, "List the files").output == "Done."
    assert sorted(seen) == ["ls -la /some/long/path", "pwd"], "calls of one turn run side by side"
    second = json.dumps(stubs.models.requests[1]["messages"])
    assert "output of pwd" in second
    assert stubs.models.requests[0]["tools"] == ["shell"]


@pytest.mark.parametrize("form", [NativeOutput, ToolOutput])
def test_structured_output(
    stubs: Stubs, model: MakeModel, form: Callable[[type[Verdict]], Any]
) -> None:
    stubs.models.script = Script.in_order(
        Answer(structured={"verdict": "accept", "score": "many"}),
        Answer(structured={"verdict": "revise", "score": 3}),
    )
    agent = Agent(model("claude-sonnet-5"), output_type=form(Verdict), retries=1)
    assert _run(agent, "Judge").output == Verdict(verdict="revise", score=3)
    assert len(stubs.models.requests) == 2


def test_streamed_text(stubs: Stubs, model: MakeModel) -> None:
    text = "A text that comes in several pieces, one after another."
    answer = Answer(text, input_tokens=30, output_tokens=9, cached_tokens=20)
    stubs.models.script = Script.in_order(answer)

    async def stream() -> tuple[list[str], RunUsage]:
        async with Agent(model("m")) as agent, agent.run_stream("Say something") as result:
            said = [piece async for piece in result.stream_text(delta=True, debounce_by=None)]
            return said, result.usage

    said, usage = asyncio.run(stream())
    assert "".join(said) == text
    assert len(said) > 1
    assert stubs.models.requests[0]["stream"]
    assert (usage.input_tokens, usage.output_tokens, usage.cache_read_tokens) == (30, 9, 20)
    assert stubs.models.tokens == (30, 9)


def test_streamed_tool_calls(stubs: Stubs, model: MakeModel) -> None:
    calls = [ToolCall("shell", {"command": "ls -la /some/long/path"})]
    stubs.models.script = Script.in_order(Answer(tool_calls=calls), "Done.")
    agent = Agent(model("m"))

    @agent.tool_plain
    def shell(command: str) -> str:
        return f"output of {command}"

    async def stream() -> str:
        async with agent, agent.run_stream("List the files") as result:
            return await result.get_output()

    assert asyncio.run(stream()) == "Done."
    second = json.dumps(stubs.models.requests[1]["messages"])
    assert "output of ls -la /some/long/path" in second


@pytest.mark.parametrize("status", [401, 429, 500])
def test_errors(stubs: Stubs, model: MakeModel, status: int) -> None:
    stubs.models.script = Script.in_order(Answer("No.", error=status, retry_after_seconds=1))
    with pytest.raises(ModelHTTPError) as failed:
        _run(Agent(model("m")), "Hi")
    assert failed.value.status_code == status


@pytest.mark.parametrize("answer", [Answer("x" * 2000, cut=True), Answer(garbage="<html>")])
def test_garbage_and_a_cut_answer(stubs: Stubs, model: MakeModel, answer: Answer) -> None:
    stubs.models.script = Script([Rule([answer], repeat=True)])
    with pytest.raises((ModelAPIError, UnexpectedModelBehavior, httpx.HTTPError, ValueError)):
        _run(Agent(model("m")), "Hi")


def test_a_script_that_is_used_up_says_so(stubs: Stubs, model: MakeModel) -> None:
    with pytest.raises(ModelHTTPError, match="no answer left"):
        _run(Agent(model("m")), "Hi")


def test_rules_are_chosen_by_model_and_words(stubs: Stubs, model: MakeModel) -> None:
    stubs.models.script = Script(
        [
            Rule([Answer("once")], last_user="deploy"),
            Rule([Answer("judge")], model="*evaluator", repeat=True),
            Rule([Answer("system")], conversation="secret.*handshake", repeat=True),
            Rule([lambda prompt: Answer(f"echo {prompt.last_user}")], repeat=True),
        ]
    )
    assert _run(Agent(model("a")), "deploy it").output == "once"
    assert _run(Agent(model("a")), "deploy it").output == "echo deploy it"
    assert _run(Agent(model("my-evaluator")), "Hi").output == "judge"
    knowing = Agent(model("a"), instructions="the secret\nhandshake")
    assert _run(knowing, "Hi").output == "system"


def test_a_hanging_answer_ends_with_the_client(stubs: Stubs, client: httpx.Client) -> None:
    stubs.models.script = Script.in_order(Answer(hang=True), Answer("late", delay_seconds=0.01))
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
    with pytest.raises(httpx.ReadTimeout):
        client.post("/openai/v1/chat/completions", json=body, timeout=0.2)
    answer = client.post("/openai/v1/chat/completions", json=body)
    assert answer.json()["choices"][0]["message"]["content"] == "late"


def test_rate_limits_and_cut_connections_from_mischief(stubs: Stubs, model: MakeModel) -> None:
    stubs.models.script = Script.in_order("never", "fine")
    stubs.mischief["models"].add(Misdeed("rate_limit", count=1))
    stubs.mischief["models"].add(Misdeed("cut", count=1, after=True))
    agent = Agent(model("m"))
    with pytest.raises(ModelHTTPError) as limited:
        _run(agent, "Hi")
    assert limited.value.status_code == 429
    with pytest.raises(ModelAPIError):
        _run(agent, "Hi")
    assert _run(agent, "Hi").output == "fine"


def test_the_key_is_checked_if_there_is_one(stubs: Stubs, client: httpx.Client) -> None:
    stubs.models.key = "the-key"
    stubs.models.script = Script.in_order("Hi")
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
    assert client.post("/anthropic/v1/messages", json=body).status_code == 401
    assert client.get("/openai/v1/models").status_code == 401
    headers = {"x-api-key": "the-key"}
    assert client.post("/anthropic/v1/messages", json=body, headers=headers).status_code == 200
    headers = {"Authorization": "Bearer the-key"}
    assert client.get("/openai/v1/models", headers=headers).json()["data"]
    for path in ("chat/completions", "responses"):
        malformed = client.post(f"/openai/v1/{path}", json={}, headers=headers)
        assert malformed.status_code == 400


def test_many_at_once_use_each_answer_once(stubs: Stubs, client: httpx.Client) -> None:
    stubs.models.script = Script.in_order(*(str(number) for number in range(20)))
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
    said: list[str] = []

    def ask() -> None:
        answer = client.post("/openai/v1/chat/completions", json=body).json()
        said.append(answer["choices"][0]["message"]["content"])

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(int, said)) == list(range(20))


def test_a_script_is_read_from_json() -> None:
    script = script_from_json(
        '{"rules": [{"model": "x", "answers": ["hi", {"tool_calls": [{"name": "f"}]}]}]}'
    )
    assert script.rules[0].answers[1] == Answer(tool_calls=[ToolCall("f", {})])
    assert len(script_from_json('["a", {"text": "b"}]').rules[0].answers) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3", "a script is"),
        ('[{"txt": "a"}]', "Answer has no txt"),
        ("[3]", "expected a JSON object"),
        ('{"rules": [{"answers": [], "last_user": "("}]}', "not a regular expression"),
        ('{"rules": [{"model": "x"}]}', "answers"),
        ('[{"tool_calls": "f"}]', "expected a list"),
    ],
)
def test_a_wrong_script_is_explained(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        script_from_json(text)

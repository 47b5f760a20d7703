"""Gemini's protocol, and what no client of ours asks of the others: counts and free text tools."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from integrations.stubs import Stubs
from integrations.stubs.models import Answer, Rule, Script, ToolCall

MODELS = "/gemini/v1beta/models/gemini-2.5-flash"
TOOLS = [{"functionDeclarations": [{"name": "shell"}, {"name": "look"}]}]


def asked(text: str, **more: object) -> dict[str, object]:
    return {"contents": [{"role": "user", "parts": [{"text": text}]}], **more}


def events(answer: httpx.Response) -> list[dict[str, Any]]:
    lines = answer.text.split("\r\n\r\n")
    return [json.loads(line.removeprefix("data: ")) for line in lines if line]


def test_text_tools_and_usage(stubs: Stubs, client: httpx.Client) -> None:
    stubs.models.script = Script.in_order(
        Answer("I look.", [ToolCall("shell", {"command": "ls"})], input_tokens=9, output_tokens=4),
        "Done.",
    )
    first = client.post(f"{MODELS}:generateContent", json=asked("Hi", tools=TOOLS)).json()
    (candidate,) = first["candidates"]
    call = {"functionCall": {"name": "shell", "args": {"command": "ls"}}}
    assert candidate["content"]["parts"] == [{"text": "I look."}, call]
    assert candidate["finishReason"] == "STOP"
    assert first["usageMetadata"] == {
        "promptTokenCount": 9,
        "cachedContentTokenCount": 0,
        "candidatesTokenCount": 4,
        "totalTokenCount": 13,
    }
    given = {"functionResponse": {"name": "shell", "response": {"output": "calc.py"}}}
    contents = [candidate["content"], {"role": "user", "parts": [given]}]
    client.post(f"{MODELS}:generateContent", json={"contents": contents})
    one, other = stubs.models.requests
    assert (one["protocol"], one["model"], one["stream"]) == ("gemini", "gemini-2.5-flash", False)
    assert one["tools"] == ["shell", "look"]
    assert "calc.py" in json.dumps(other["messages"])


def test_what_is_said_anywhere_is_searched(stubs: Stubs, client: httpx.Client) -> None:
    rules = [
        Rule([Answer("system")], conversation="the secret", repeat=True),
        Rule([Answer("tool")], last_user="calc.py", repeat=True),
    ]
    stubs.models.script = Script(rules)
    system = {"parts": [{"text": "the secret"}]}
    told = {"functionResponse": {"name": "f", "response": {"output": "calc.py"}}}
    by_system = client.post(f"{MODELS}:generateContent", json=asked("x", systemInstruction=system))
    contents = [{"role": "user", "parts": [told]}]
    by_tool = client.post(f"{MODELS}:generateContent", json={"contents": contents})
    assert "system" in by_system.text
    assert '"tool"' in by_tool.text


def test_a_stream(stubs: Stubs, client: httpx.Client) -> None:
    text = "A text that is longer than one piece of a stream."
    call = ToolCall("shell", {"command": "ls"})
    stubs.models.script = Script.in_order(Answer(text, [call], input_tokens=9, output_tokens=4))
    answer = client.post(f"{MODELS}:streamGenerateContent?alt=sse", json=asked("Hi"))
    *pieces, last = events(answer)
    assert answer.headers["content-type"].startswith("text/event-stream")
    parts = [piece["candidates"][0]["content"]["parts"][0]["text"] for piece in pieces]
    assert "".join(parts) == text
    assert len(parts) > 1
    assert last["candidates"][0]["finishReason"] == "STOP"
    assert last["candidates"][0]["content"]["parts"][0]["functionCall"]["name"] == "shell"
    assert last["usageMetadata"]["totalTokenCount"] == 13
    assert stubs.models.tokens == (9, 4)


def test_structured_answers(stubs: Stubs, client: httpx.Client) -> None:
    stubs.models.script = Script.in_order(Answer(structured={"ok": True}))
    config = {"responseMimeType": "application/json"}
    answer = client.post(f"{MODELS}:generateContent", json=asked("Hi", generationConfig=config))
    assert answer.json()["candidates"][0]["content"]["parts"] == [{"text": '{"ok": true}'}]


@pytest.mark.parametrize(
    ("status", "words"), [(401, "UNAUTHENTICATED"), (429, "RESOURCE_EXHAUSTED"), (500, "INTERNAL")]
)
def test_errors(stubs: Stubs, client: httpx.Client, status: int, words: str) -> None:
    stubs.models.script = Script.in_order(Answer("No.", error=status))
    answer = client.post(f"{MODELS}:generateContent", json=asked("Hi"))
    assert answer.status_code == status
    assert answer.json() == {"error": {"code": status, "message": "No.", "status": words}}
    assert stubs.models.tokens == (0, 0), "a refusal costs nothing"


def test_the_key_in_every_place(stubs: Stubs, client: httpx.Client) -> None:
    stubs.models.key = "the-key"
    stubs.models.script = Script([Rule([Answer("Hi")], repeat=True)])
    path, body = f"{MODELS}:generateContent", asked("Hi")
    assert client.post(path, json=body).status_code == 401
    assert client.post(f"{path}?key=the-key", json=body).status_code == 200
    given = {"x-goog-api-key": "the-key"}
    assert client.post(path, json=body, headers=given).status_code == 200
    assert client.post(path, json={}, headers=given).status_code == 400


def test_tokens_are_counted_without_an_answer(stubs: Stubs, client: httpx.Client) -> None:
    messages = {"model": "m", "messages": [{"role": "user", "content": "x" * 400}]}
    counted = client.post("/anthropic/v1/messages/count_tokens", json=messages).json()
    assert counted == {"input_tokens": 101}
    assert client.post(f"{MODELS}:countTokens", json=asked("x" * 400)).json() == {
        "totalTokens": 101
    }
    assert stubs.models.requests == []


@pytest.mark.parametrize("stream", [False, True])
def test_a_tool_of_plain_text(stubs: Stubs, client: httpx.Client, stream: bool) -> None:
    call = ToolCall("apply_patch", {"input": "*** Begin Patch\n*** End Patch and so on"})
    stubs.models.script = Script.in_order(Answer(tool_calls=[call]))
    tools = [{"type": "custom", "name": "apply_patch"}, {"type": "web_search"}]
    body = {"model": "m", "input": "Hi", "tools": tools, "stream": stream}
    answer = client.post("/openai/v1/responses", json=body)
    if stream:
        lines = [line for line in answer.text.splitlines() if line.startswith("data: ")]
        told = [json.loads(line.removeprefix("data: ")) for line in lines]
        numbers = [event["sequence_number"] for event in told]
        assert numbers == list(range(len(told)))
        response = told[-1]["response"]
    else:
        response = answer.json()
    (item,) = response["output"]
    assert (item["type"], item["input"]) == ("custom_tool_call", call.arguments["input"])
    assert stubs.models.requests[0]["tools"] == ["apply_patch"]


@pytest.mark.parametrize("protocol", ["responses", "gemini"])
def test_a_cut_stream_lacks_its_end(stubs: Stubs, client: httpx.Client, protocol: str) -> None:
    stubs.models.script = Script.in_order(Answer("many words " * 50, cut=True))
    if protocol == "gemini":
        path, body = f"{MODELS}:streamGenerateContent?alt=sse", asked("Hi")
    else:
        path, body = "/openai/v1/responses", {"model": "m", "input": "Hi", "stream": True}
    received = bytearray()

    def receive() -> None:
        with client.stream("POST", path, json=body) as answer:
            for chunk in answer.iter_bytes():
                received.extend(chunk)

    with pytest.raises(httpx.RemoteProtocolError):
        receive()
    assert b"many words" in received
    assert b"response.completed" not in received
    assert b"finishReason" not in received

"""What is not passed on, and how that is said."""

import json
from typing import Any

import httpx

from tests.unit.gateway.conftest import (
    KEY,
    MakeGateway,
    OpenDoor,
    Opened,
    access,
    client_of,
)
from tests.unit.gateway.fields import ALLOWED, REFUSED
from tests.unit.gateway.forms import CHAT, GEMINI, MESSAGES, RESPONSES, Form
from tests.unit.gateway.provider import Provider, plain
from worker.domain.access import CallOutcome


def message_of(response: httpx.Response) -> str:
    message: str = response.json()["error"]["message"]
    return message


def test_fields_that_spend_elsewhere_or_reach_out_are_refused_by_name(opened: Opened) -> None:
    opened.upstream.answers(plain({}))
    answered = {}
    for number, (form, more, field) in enumerate(REFUSED):
        response = opened.post(form.path, form.body(**more))
        if (response.status_code, f"`{field}`" in response.text) != (400, True):
            answered[number, form.name, json.dumps(more)] = response.text

    assert answered == {}
    assert opened.upstream.asked == []
    calls = opened.calls(len(REFUSED))
    assert {call.outcome for call in calls} == {CallOutcome.NOT_ALLOWED}
    assert not any(call.spend.tokens for call in calls)


def test_what_looks_alike_and_is_harmless_is_passed_on(opened: Opened) -> None:
    refused = {}
    for number, (form, more) in enumerate(ALLOWED):
        opened.upstream.answers(plain(form.answer))
        response = opened.post(form.path, form.body(**more))
        if response.status_code != 200 or len(opened.upstream.asked) != 1:
            refused[number, form.name] = response.text

    assert refused == {}


def test_fields_that_are_not_known_are_dropped(opened: Opened, form: Form) -> None:
    opened.upstream.answers(plain(form.answer))
    more = {"service_tier": "priority", "speed": "fast", "n_predict": 9, "fallbacks": ["x"]}
    opened.post(form.path, form.body(**more))

    assert not set(more) & set(opened.upstream.asked[0].body)


def test_nothing_is_kept_at_the_provider(opened: Opened) -> None:
    opened.upstream.answers(plain(RESPONSES.answer))
    opened.call(RESPONSES)

    assert opened.upstream.asked[0].body["store"] is False


def test_of_a_key_that_is_there_twice_the_provider_reads_what_was_checked(opened: Opened) -> None:
    opened.upstream.answers(plain(CHAT.answer))
    twice = b'{"model": "gpt-5-pro", "n": 9, "messages": [], "model": "gpt-5", "n": 1}'
    opened.client.post(CHAT.path, content=twice)

    assert opened.upstream.asked[0].body["model"] == "gpt-5"
    assert "n" not in opened.upstream.asked[0].body


def other_model(form: Form, name: str) -> tuple[str, dict[str, Any]]:
    if form is GEMINI:
        return form.path.replace(form.model, name), form.body()
    return form.path, form.body(model=name)


def test_another_model_is_refused(opened: Opened, form: Form) -> None:
    for name in ("gpt-5-pro", "GPT-5", f"{form.model} ", f"openai:{form.model}"):
        path, body = other_model(form, name)
        response = opened.post(path, body)
        assert response.status_code == 404
        assert name.strip() in message_of(response)
    assert opened.upstream.asked == []
    assert {call.outcome for call in opened.calls(4)} == {CallOutcome.NOT_ALLOWED}


def test_another_providers_model_is_refused(gateway: MakeGateway, provider: Provider) -> None:
    with (
        gateway().open(access(models=("openai:gpt-5",))) as door,
        client_of(door) as client,
    ):
        response = client.post(MESSAGES.path, json=MESSAGES.body())

    assert (response.status_code, provider.asked) == (404, [])


def test_another_token_opens_nothing(gateway: MakeGateway, form: Form, provider: Provider) -> None:
    with gateway().open(access()) as other, gateway().open(access()) as door:
        for token in (other.token, "", door.token[:-1], door.token + "x", "ü"):
            headers = {b"authorization": f"Bearer {token or 'none'}".encode()}
            transport = httpx.HTTPTransport(uds=f"{door.directory}/gateway.sock")
            with httpx.Client(transport=transport, base_url="http://gateway") as client:
                response = client.post(form.path, json=form.body(), headers=headers)
            assert response.status_code == 401
            assert "error" in response.json()
    assert provider.asked == []
    assert {call.outcome for call in door.passage().calls} == {CallOutcome.NOT_ALLOWED}
    assert len(door.passage().calls) == 5


def test_errors_have_the_providers_own_form(opened: Opened) -> None:
    texts = {}
    for form in (CHAT, MESSAGES, GEMINI):
        path, body = other_model(form, "other")
        texts[form.name] = opened.post(path, body).json()

    assert texts["chat"]["error"]["code"] == "model_not_found"
    assert texts["chat"]["error"]["param"] == "model"
    assert texts["messages"]["type"] == "error"
    assert texts["messages"]["error"]["type"] == "not_found_error"
    assert texts["gemini"]["error"]["status"] == "NOT_FOUND"
    assert texts["gemini"]["error"]["code"] == 404


def test_what_is_not_plain_json_is_refused(opened: Opened, form: Form) -> None:
    nan = b'{"model": "gpt-5", "messages": [NaN], "input": [1e999], "contents": [NaN]}'
    nan = nan.replace(b"gpt-5", form.model.encode())
    deep = (
        b'{"model": "%s", "tools": [{"type": "function", "name": "f", "functionDeclarations": %s}]}'
    )
    nested = (b"[" * depth + b"]" * depth for depth in range(880, 1000, 5))
    for value in nested:
        opened.upstream.answers(plain(form.answer))
        response = opened.client.post(form.path, content=deep % (form.model.encode(), value))
        assert response.status_code in {200, 400}
    opened.upstream.asked.clear()
    for content in (b"", b"[]", b'"x"', b"{", nan, b"[" * 100_000, b"\xff"):
        response = opened.client.post(form.path, content=content)
        assert (response.status_code, content) == (400, content)
    assert opened.upstream.asked == []


def test_a_compressed_request_is_refused(opened: Opened) -> None:
    response = opened.post(CHAT.path, CHAT.body(), headers={"content-encoding": "zstd"})

    assert (response.status_code, opened.upstream.asked) == (400, [])


def test_a_request_that_is_too_large_is_refused_and_answered(opening: OpenDoor, form: Form) -> None:
    with opening(body_limit_bytes=1000) as opened:
        response = opened.post(form.path, form.body(user="x" * 3_000_000))
        [call] = opened.calls(1)

    assert response.status_code == 413
    assert "error" in response.json()
    assert (call.outcome, opened.upstream.asked) == (CallOutcome.NOT_ALLOWED, [])


PATHS = [
    ("GET", "/"),
    ("GET", "/docs"),
    ("GET", "/metrics"),
    ("GET", "/openapi.json"),
    ("GET", "/openai/v1/models/"),
    ("GET", "/openai/v1/chat/completions"),
    ("GET", "/openai/v1/files"),
    ("POST", "/openai/v1/files"),
    ("POST", "/openai/v1/batches"),
    ("POST", "/openai/v1/models"),
    ("POST", "/openai/v1/chat/completions/../files"),
    ("POST", "/openai/v1//chat/completions"),
    ("POST", "/anthropic/v1/messages/batches"),
    ("DELETE", "/openai/v1/responses/resp_1"),
    ("POST", "/gemini/v1beta/models/gemini-2.5-flash:countTokens"),
    ("POST", "/gemini/v1beta/models/gemini-2.5-flash:batchGenerateContent"),
    ("POST", "/gemini/v1beta/models/gemini-2.5-flash"),
    ("POST", "/gemini/v1beta/cachedContents"),
    ("CONNECT", "/"),
]


def test_there_are_no_other_paths(opened: Opened) -> None:
    for method, path in PATHS:
        response = opened.client.request(method, path, json=CHAT.body())
        with client_of(opened.door, "wrong") as stranger:
            unknown = stranger.request(method, path, json=CHAT.body())

        assert (response.status_code, path) in {(404, path), (405, path)}
        assert (unknown.status_code, path) == (401, path)
        assert KEY not in response.text + str(response.headers)
    assert opened.upstream.asked == []


def test_looking_around_is_not_recorded_but_trying_is(opened: Opened) -> None:
    opened.client.get("/")
    opened.client.head("/anthropic/api/hello")
    opened.post("/openai/v1/files", {})

    [call] = opened.calls(1)
    assert (call.model, call.outcome) == ("openai:", CallOutcome.NOT_ALLOWED)
    assert "/openai/v1/files" in call.detail


def test_a_flood_of_refused_calls_is_not_kept(opened: Opened) -> None:
    for _ in range(1100):
        opened.post("/openai/v1/files", {})

    assert len(opened.door.passage().calls) == 1000

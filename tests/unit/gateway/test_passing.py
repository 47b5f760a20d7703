"""What is passed on, both ways, and what is counted of it, over all protocols."""

import json
from decimal import Decimal

import httpx
import pytest
from genai_prices import Usage, calc_price

from tests.unit.gateway.conftest import (
    KEY,
    MakeGateway,
    OpenDoor,
    Opened,
    access,
    client_of,
)
from tests.unit.gateway.forms import CACHED, CHAT, GEMINI, INPUT, MESSAGES, OUTPUT, Form
from tests.unit.gateway.provider import Provider, plain, stream
from worker.domain.access import CallOutcome


def micro_usd(form: Form) -> int:
    usage = Usage(input_tokens=INPUT, cache_read_tokens=CACHED, output_tokens=OUTPUT)
    listed = "google" if form.provider == "gemini" else form.provider
    exact = calc_price(usage, form.model, provider_id=listed).total_price * 1_000_000
    return int(exact.to_integral_value(rounding="ROUND_UP"))


def test_an_answer_is_passed_on_and_counted(opened: Opened, form: Form) -> None:
    opened.upstream.answers(plain(form.answer))
    response = opened.call(form)
    [call] = opened.calls(1)

    assert (response.status_code, response.json()) == (200, form.answer)
    assert (call.model, call.outcome, call.status) == (
        f"{form.provider}:{form.model}",
        CallOutcome.ANSWERED,
        200,
    )
    assert (call.spend.input_tokens, call.spend.output_tokens) == (INPUT, OUTPUT)
    assert (call.spend.micro_usd, call.spend.unpriced_tokens) == (micro_usd(form), 0)
    assert call.spend.model_calls == 1


def test_a_stream_is_passed_on_byte_by_byte_and_counted(opened: Opened, form: Form) -> None:
    opened.upstream.answers(stream(form.events))
    path, body = form.streamed()
    response = opened.post(path, body)
    [call] = opened.calls(1)

    hidden = form.events[-2] if form is CHAT else b""
    assert response.content == b"".join(form.events).replace(hidden, b"")
    assert response.headers["content-type"] == "text/event-stream"
    assert call.outcome is CallOutcome.ANSWERED
    assert (call.spend.input_tokens, call.spend.output_tokens) == (INPUT, OUTPUT)
    assert call.spend.micro_usd == micro_usd(form)


def test_events_arrive_in_any_pieces(opened: Opened, form: Form) -> None:
    whole = b"".join(form.events)
    opened.upstream.answers(stream([whole[at : at + 7] for at in range(0, len(whole), 7)]))
    path, body = form.streamed()
    opened.post(path, body)

    [call] = opened.calls(1)
    assert (call.outcome, call.spend.output_tokens) == (CallOutcome.ANSWERED, OUTPUT)


def test_the_key_is_put_in_and_nothing_of_the_client_but_the_protocol(
    opened: Opened, form: Form
) -> None:
    opened.upstream.answers(plain(form.answer))
    opened.post(
        form.path,
        form.body(),
        headers={
            "cookie": "a=b",
            "openai-organization": "someone",
            "x-forwarded-for": "10.0.0.1",
            "anthropic-beta": "interleaved-thinking-2025-05-14",
        },
    )
    [asked] = opened.upstream.asked

    header = {"openai": "authorization", "anthropic": "x-api-key", "gemini": "x-goog-api-key"}
    assert asked.path == form.upstream_path
    assert asked.headers[header[form.provider]].removeprefix("Bearer ") == KEY
    assert opened.door.token not in json.dumps([dict(asked.headers), asked.query, asked.body])
    assert not {"cookie", "openai-organization", "x-forwarded-for"} & set(asked.headers)
    assert asked.headers["anthropic-beta"] == "interleaved-thinking-2025-05-14"
    if form is MESSAGES:
        assert asked.headers["anthropic-version"] == "2023-06-01"


def test_of_the_answers_headers_only_harmless_ones_are_passed_on(opened: Opened) -> None:
    opened.upstream.answers(
        plain(
            CHAT.answer,
            set_cookie="session=1",
            openai_organization="acme",
            x_ratelimit_remaining_tokens="7",
            x_request_id="r-1",
        )
    )
    headers = opened.call(CHAT).headers

    assert (headers["x-ratelimit-remaining-tokens"], headers["x-request-id"]) == ("7", "r-1")
    assert not {"set-cookie", "openai-organization"} & set(headers)


def test_usage_is_shown_to_a_client_that_asks_for_it(opened: Opened) -> None:
    opened.upstream.answers(stream(CHAT.events))
    body = CHAT.body(stream=True, stream_options={"include_usage": True})
    response = opened.post(CHAT.path, body)

    assert response.content == b"".join(CHAT.events)
    assert opened.upstream.asked[0].body["stream_options"] == {"include_usage": True}


def test_a_client_that_asks_for_no_usage_is_counted_all_the_same(opened: Opened) -> None:
    opened.upstream.answers(stream(CHAT.events))
    body = CHAT.body(stream=True, stream_options={"include_usage": False})
    response = opened.post(CHAT.path, body)

    assert b"usage" not in response.content
    assert opened.upstream.asked[0].body["stream_options"] == {"include_usage": True}
    assert opened.calls(1)[0].spend.output_tokens == OUTPUT


def test_a_stream_of_gemini_that_is_no_event_stream(opened: Opened) -> None:
    events = [json.loads(each[len("data: ") :]) for each in GEMINI.events]
    opened.upstream.answers(plain(events))
    response = opened.post(GEMINI.path.replace(":gen", ":streamGen"), GEMINI.body())

    [call] = opened.calls(1)
    assert response.json() == events
    assert (call.outcome, call.spend.output_tokens) == (CallOutcome.ANSWERED, OUTPUT)


def test_an_answer_without_figures_is_estimated(opened: Opened, form: Form) -> None:
    silent = {k: v for k, v in form.answer.items() if k not in {"usage", "usageMetadata"}}
    opened.upstream.answers(plain(silent))
    opened.call(form)

    [call] = opened.calls(1)
    assert call.outcome is CallOutcome.ANSWERED
    assert call.spend.input_tokens > 0
    assert call.spend.output_tokens > 0


def test_the_operators_price_wins_and_is_rounded_up(opening: OpenDoor) -> None:
    class Own:
        input_usd = 0.0011
        output_usd = 0.1

    with opening(prices={"openai:gpt-5": Own()}) as opened:
        opened.upstream.answers(plain(CHAT.answer))
        opened.call(CHAT)
        spend = opened.calls(1)[0].spend

    assert Decimal("0.0011") * INPUT + Decimal("0.1") * OUTPUT == Decimal("6.1")
    assert spend.micro_usd == 7


def test_a_model_that_nobody_knows_has_tokens_but_no_money(
    gateway: MakeGateway, provider: Provider
) -> None:
    made = gateway().open(access(models=("openai:our-own-model",)))
    with made as door, client_of(door) as client:
        provider.answers(plain({**CHAT.answer, "model": "our-own-model"}))
        client.post(CHAT.path, json=CHAT.body(model="our-own-model"))
    [call] = door.passage().calls

    assert (call.spend.micro_usd, call.spend.unpriced_tokens) == (0, INPUT + OUTPUT)


def test_the_list_of_models_is_ours(opened: Opened) -> None:
    models = opened.client.get("/openai/v1/models").json()["data"]

    assert [each["id"] for each in models] == ["gpt-5"]
    assert opened.upstream.asked == []
    assert opened.door.passage().calls == ()


def test_counting_tokens_is_passed_on_and_counts_nothing(opened: Opened) -> None:
    opened.upstream.answers(plain({"input_tokens": 12}))
    body = {name: value for name, value in MESSAGES.body().items() if name != "max_tokens"}
    response = opened.post("/anthropic/v1/messages/count_tokens", body)

    assert response.json() == {"input_tokens": 12}
    assert opened.upstream.asked[0].path == "/v1/messages/count_tokens"
    assert "max_tokens" not in opened.upstream.asked[0].body
    assert opened.door.passage().calls == ()


def test_where_no_model_is_named_the_first_is_taken(opened: Opened) -> None:
    opened.upstream.answers(plain(CHAT.answer))
    opened.post(CHAT.path, {"messages": CHAT.request["messages"]})

    assert opened.upstream.asked[0].body["model"] == "gpt-5"


@pytest.mark.parametrize("how", ["bearer", "x-api-key", "x-goog-api-key", "query"])
def test_the_token_is_taken_in_every_way_that_sdks_send_it(opened: Opened, how: str) -> None:
    opened.upstream.answers(plain(CHAT.answer))
    token, headers, query = opened.door.token, {}, {}
    if how == "query":
        query = {"key": token}
    else:
        headers = {"authorization": f"bearer {token}"} if how == "bearer" else {how: token}
    transport = httpx.HTTPTransport(uds=f"{opened.door.directory}/gateway.sock")
    with httpx.Client(transport=transport, base_url="http://gateway") as client:
        response = client.post(CHAT.path, json=CHAT.body(), headers=headers, params=query)

    assert response.status_code == 200
    assert opened.upstream.asked[0].query == ""

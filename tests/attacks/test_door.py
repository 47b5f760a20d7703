"""Attacks on the door: neither what is mounted there nor the gateway behind it tells a secret."""

import pytest

from integrations.stubs.models.script import Answer, Rule, Script
from tests.attacks.canaries import ENVIRONMENT
from tests.attacks.scripts import LOOK
from tests.attacks.stage import Stage
from worker.domain.events import Outcome

pytestmark = pytest.mark.attacks


def test_what_is_behind_the_door(stage: Stage) -> None:
    """The agent lists, changes and replaces what is mounted at /run/storyfleet: sockets only, read
    only, and no other run's beside them.
    """
    with stage.another_door() as (other, _):
        attempt = stage.attack(
            """
print("inside:", sorted(os.listdir("/run/storyfleet")))
attempt("write", lambda: put("/run/storyfleet/new", "x"))
attempt("remove", lambda: os.unlink("/run/storyfleet/gateway.sock"))
attempt("replace", lambda: os.rename("/run/storyfleet/gateway.sock", "/run/storyfleet/old"))
attempt("chmod", lambda: os.chmod("/run/storyfleet/gateway.sock", 0))
attempt("beside", lambda: os.listdir("/run/storyfleet/../" + os.path.basename(FACTS["other"])))
attempt("other run", lambda: os.listdir(FACTS["other"]))
def other_socket():
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(FACTS["other"] + "/gateway.sock")
attempt("other run's socket", other_socket)
attempt("take the port", lambda: socket.create_server(("127.0.0.1", 8080)))
attempt("the model", lambda: answered(chat()))
work()
""",
            facts={"other": other},
        )
    assert "inside: ['gateway.sock']" in attempt.said
    assert attempt.succeeded == {"the model"}
    assert len(attempt.failed) == 8
    assert attempt.outcome is Outcome.ACCEPTED


def test_the_gateway_tells_nothing(stage: Stage) -> None:
    """The agent asks the gateway for debug pages, metrics, files, its own headers back and errors
    of every kind: there are only the models' paths, and no answer holds a key or a traceback.
    """
    attempt = stage.attack(
        LOOK
        + """
seen = []
def each(path, body=None, **more):
    status, headers, text = ask(path, body, **more)
    seen.append((path, repr(headers) + text))
    print(status, path, text[:120])
    return status
for path in ["/", "/debug", "/debug/vars", "/metrics", "/health", "/docs", "/openapi.json", "/env",
             "/.env", "/config", "/openai/v1/models", "/openai/v1/../../etc/passwd", "/_stub",
             "/openai/v1/files", "/openai/v1/organization/api_keys", "/anthropic/v1/models",
             "/openai/v1/%2e%2e/%2e%2e/_stub", "//127.0.0.1/", "/gemini/v1beta/models"]:
    attempt("GET " + path, lambda: each(path) if each(path) == 200 else 1 / 0)
for body in [b"{", b"\\xff\\xfe", b"[]", b"null", b'{"model":{"a":1},"messages":5}', b"",
             b"[" * 100_000, json.dumps({"model": "coder", "messages": "x" * 100}).encode()]:
    attempt("nonsense", lambda: answered(ask("/openai/v1/chat/completions", body)))
for name, value in {"host": "evil.test", "x-forwarded-host": "evil.test", "expect": "100-continue",
                    "transfer-encoding": "gzip", "x-original-url": "/_stub",
                    "authorization": "Bearer x"}.items():
    attempt("header", lambda: each("/openai/v1/chat/completions", {"model": "coder"},
            headers={name: value}))
for method in ["TRACE", "CONNECT", "OPTIONS", "PUT", "DELETE", "PROPFIND"]:
    attempt("method", lambda: each("/openai/v1/models", method=method))
attempt("secrets", lambda: nothing_in(seen))
put("loot.txt", repr(seen))
work()
"""
    )
    good = {name for name in attempt.succeeded if name.startswith("GET")}
    assert good == {"GET /openai/v1/models"}
    assert "secrets" in attempt.failed
    assert "Traceback (most recent call last)" not in "".join(attempt.files.values())
    assert attempt.model_requests == []
    assert attempt.outcome is Outcome.ACCEPTED


KEY = ENVIRONMENT["OPENAI_API_KEY"]
ECHOES = {
    "in an answer": Answer(f"Your key is {KEY}."),
    "in a 401": Answer(f"Incorrect API key provided: {KEY}.", error=401),
    "in a 400": Answer(f"Bad request by {KEY}.", error=400),
    "in a 500": Answer(f"Failed for {KEY}.", error=500),
}


@pytest.mark.parametrize("where", ECHOES)
def test_a_provider_that_echoes_the_real_key(stage: Stage, where: str) -> None:
    """The agent makes the provider say the key that the gateway has sent: the gateway takes it out
    of answers, streams and errors, and a refused key ends the session without showing it.
    """
    attempt = stage.attack(
        """
work()
for stream in (False, False, True):
    print(chat("repeat your key", stream=stream))
""",
        models=Script([Rule([Answer("hello"), ECHOES[where]], repeat=True)]),
    )
    assert len(attempt.model_requests) > 1
    assert attempt.said.count("(") > 1
    assert attempt.outcome is Outcome.ACCEPTED

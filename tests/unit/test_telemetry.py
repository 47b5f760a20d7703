"""Logs: one line for each event, in one format, and no secret in any of it."""

import base64
import io
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote

import pytest
import structlog

from tests.unit import builders
from worker.domain import events as ev
from worker.domain.budget import Spend
from worker.domain.pull_request import PullRequest
from worker.domain.run import Run
from worker.settings import Role, Settings
from worker.telemetry import LogObserver, Redactor, configure

SECRET = 'canary/secret+"1"'


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Callable[..., list[str]]]:
    """Call it with a function that logs; it returns the lines."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def lines(log: Callable[[], None], **variables: str) -> list[str]:
        stream = io.StringIO()
        given = {"DATA_DIR": str(tmp_path), "OPENAI_API_KEY": SECRET, "LOG_FORMAT": "json"}
        settings = Settings.load(Role.LOCAL, variables=given | variables, directory=tmp_path)
        configure(settings, stream)
        log()
        return stream.getvalue().splitlines()

    yield lines
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_own_and_foreign_logs_have_one_form(lines: Callable[..., list[str]]) -> None:
    def log() -> None:
        with structlog.contextvars.bound_contextvars(run_id="r-1"):
            structlog.get_logger("storyfleet.x").info("own", number=1)
            logging.getLogger("uvicorn.error").warning("foreign %s", "text")

    own, foreign = map(json.loads, lines(log))
    assert (own["event"], own["number"], own["run_id"], own["level"]) == ("own", 1, "r-1", "info")
    assert (foreign["event"], foreign["run_id"]) == ("foreign text", "r-1")
    assert own.keys() - {"number"} == foreign.keys()


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_no_secret_in_any_line(lines: Callable[..., list[str]], log_format: str) -> None:
    def log() -> None:
        local = f"in a local variable: {SECRET}"
        ours = structlog.get_logger("storyfleet.x")
        ours.info(f"text {SECRET}", value=SECRET, deep={"a": [SECRET, {SECRET: SECRET}]})
        ours.info("objects", given=ValueError(SECRET), path=Path("/") / quote(SECRET, safe=""))
        logging.getLogger("celery").error("foreign %s", SECRET)
        with structlog.contextvars.bound_contextvars(bound=SECRET):
            ours.warning("bound")
        try:
            raise RuntimeError(f"raised with {SECRET}, {len(local)}")
        except RuntimeError:
            ours.exception("caught")
            logging.getLogger("uvicorn.error").exception("caught too")

    text = "\n".join(lines(log, LOG_FORMAT=log_format))
    assert "canary" not in text
    assert "in a local variable" not in text.replace('local = f"in a local variable', "")
    assert text.count("[redacted]") >= 10
    assert "RuntimeError: raised with [redacted]" in text


def test_the_settings_warnings_are_said(lines: Callable[..., list[str]]) -> None:
    [line] = lines(lambda: None, LINEAR_APIKEY="x")
    assert json.loads(line)["reason"].startswith("LINEAR_APIKEY is not a setting")


def test_talkative_loggers_are_heard_at_debug_only(lines: Callable[..., list[str]]) -> None:
    def log() -> None:
        logging.getLogger("httpx").info("each request")

    assert lines(log) == []
    assert len(lines(log, LOG_LEVEL="DEBUG")) == 1


@pytest.mark.parametrize("before", ["", "x", "xy", "x-access-token:"])
@pytest.mark.parametrize("after", ["", "z", "zz"])
def test_a_secret_is_found_in_base64_at_any_place(before: str, after: str) -> None:
    secret = "ghp_canary0123456789"
    encoded = base64.b64encode(f"{before}{secret}{after}".encode()).decode()
    redacted = Redactor([secret])(f"Authorization: Basic {encoded}")
    assert "[redacted]" in redacted
    assert base64.b64encode(secret.encode()).decode()[4:-4] not in redacted


def test_the_longest_secret_goes_first() -> None:
    assert Redactor(["secret-1", "secret-1-and-more"])("secret-1-and-more") == "[redacted]"


def test_without_secrets_nothing_changes() -> None:
    assert Redactor([])("anything") == "anything"


def test_each_event_of_a_run_is_one_line(lines: Callable[..., list[str]]) -> None:
    journal = every_event()
    assert {type(event) for event in journal} == set(get_args(ev.RunEvent))

    def log() -> None:
        run = Run.from_journal(journal[:1])
        for event in journal:
            run = run if event is journal[0] else run.apply(event)
            LogObserver().saw(run, event)

    read: list[dict[str, Any]] = [json.loads(line) for line in lines(log)]
    assert len(read) == len(journal)
    for line in read:
        assert {"run_id", "ticket", "round", "level", "logger", "timestamp"} <= line.keys()
    told = {line["event"]: line.get("outcome") for line in read}
    assert told["run_opened"] is None
    assert told["story_examined"] == "planned"
    assert told["session_lost"] == "lost"
    assert told["execution_finished"] in {"green", "red"}
    assert told["round_judged"] in {"accept", "revise", "unclear"}
    assert told["run_closed"] == "accepted"
    assert [line["level"] for line in read if line["event"] == "run_failed"] == ["warning"]


def every_event() -> list[ev.RunEvent]:
    published = ev.PullRequestPublished(PullRequest(1, "https://x/1"), "agent/ENG-1", "c1")
    return [
        builders.opened(),
        *builders.started(),
        ev.SessionLost(5, 2, Spend(70, 7, 900)),
        *builders.accepted_round(),
        ev.TierRaised(1, "out of rounds"),
        published,
        ev.NewsIgnored("the label was removed"),
        ev.RunBlocked(("ENG-7",)),
        ev.RunUnblocked(),
        ev.RunReopened(),
        ev.CancelRequested("the label was removed"),
        ev.RunFailed("the repository is gone"),
        ev.RunClosed(ev.Outcome.ACCEPTED, "done"),
    ]

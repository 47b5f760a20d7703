"""Logs: one format for everything a process says, secrets taken out, a line for every event."""

import base64
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from typing import Any, Final, TextIO, assert_never
from urllib.parse import quote

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from worker.domain import events as ev
from worker.domain.run import Run
from worker.settings import Settings

REDACTED: Final = "[redacted]"
TALKATIVE: Final = (
    *("httpx", "httpx2", "httpcore", "urllib3", "openai", "anthropic", "alembic"),
    *("celery.worker.strategy", "celery.app.trace"),
)
"""Loggers that say something about each request or ring; heard only at DEBUG."""
_SHORTEST: Final = 8
_SHARED: Final[tuple[Processor, ...]] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


class Redactor:
    """Takes secrets out of texts: as they are, and as URLs, JSON and base64 write them; then
    whatever ``scrub`` takes out.
    """

    def __init__(self, secrets: Sequence[str], scrub: Callable[[str], str] = str) -> None:
        self._scrub = scrub
        forms = {form for secret in secrets for form in _forms(secret) if len(form) >= _SHORTEST}
        longest_first = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def __call__(self, text: str) -> str:
        """``text`` with every secret replaced by ``[redacted]``."""
        return self._scrub(self._pattern.sub(REDACTED, text) if self._pattern else text)

    def event(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        """A structlog processor: every value of a log line, however deep."""
        return {key: self._value(value) for key, value in event.items()}

    def _value(self, value: Any) -> Any:  # noqa: ANN401 - anything may be logged
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, MutableMapping):
            return {self(str(key)): self._value(item) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._value(item) for item in value]
        return self(value if isinstance(value, str) else repr(value))


def configure(
    settings: Settings, stream: TextIO | None = None, redactor: Redactor | None = None
) -> None:
    """Route all logs of this process (ours, uvicorn's, Celery's) to ``stream``, redacted.

    ``stream`` is standard error by default; the usual ``redactor`` knows the configured secrets.
    Says the settings' warnings. Safe to call again.
    """
    target = stream or sys.stderr
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    redactor = redactor or Redactor(settings.secrets())
    handler.setFormatter(_formatter(settings.log_format, redactor, colors=target.isatty()))
    _route(handler, settings.log_level)
    for warning in settings.warnings:
        structlog.get_logger("storyfleet.settings").warning("settings", reason=warning)


def _formatter(
    log_format: str, redactor: Redactor, *, colors: bool
) -> structlog.stdlib.ProcessorFormatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            # Plain tracebacks only: the pretty ones show local variables, so secrets.
            structlog.processors.format_exc_info,
            redactor.event,
            _redacted(_renderer(log_format, colors=colors), redactor),
        ],
    )


def _renderer(log_format: str, *, colors: bool) -> Processor:
    if log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    plain = structlog.dev.plain_traceback
    return structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain)


def _redacted(render: Processor, redactor: Redactor) -> Processor:
    """The renderer's line, redacted once more: a secret may be spread over several values."""

    def line(logger: WrappedLogger, method: str, event: EventDict) -> str:
        return redactor(str(render(logger, method, event)))

    return line


def _route(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "celery", "celery.task"):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.NOTSET if level == "DEBUG" else logging.WARNING)


class LogObserver:
    """An Observer: one log line for each event of each run, so logs cannot contradict journals."""

    def saw(self, run: Run, event: ev.RunEvent) -> None:
        """Log the event's name with run, ticket, round and outcome."""
        bad = isinstance(event, ev.RunFailed)
        structlog.get_logger("storyfleet.run").log(
            logging.WARNING if bad else logging.INFO,
            _name(event),
            run_id=str(run.id),
            ticket=run.ref.identifier,
            round=len(run.rounds),
            **_details(event),
        )


def _name(event: ev.RunEvent) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()


def _details(event: ev.RunEvent) -> dict[str, str | int]:  # noqa: C901, PLR0911, PLR0912 - one case per event
    match event:
        case ev.RunOpened():
            return {"repository": event.repository or ""}
        case ev.StoryExamined():
            return {"outcome": "planned" if event.plan else "questions"}
        case ev.WorkStarted():
            return {}
        case ev.AgentReported(report):
            outcome = "failed" if report.session.failure else "reported"
            return {"outcome": outcome, "agent": report.agent, "commit": report.commit}
        case ev.SessionLost(_, calls, spend):
            return {"outcome": "lost", "calls": calls, "tokens": spend.tokens}
        case ev.ExecutionFinished(evidence):
            outcome = "green" if evidence.green else "red"
            return {"outcome": outcome, "exit_code": evidence.exit_code}
        case ev.RoundJudged(verdict):
            return {"outcome": verdict.decision.value, "evaluator": verdict.evaluator}
        case ev.TierRaised(tier, reason):
            return {"outcome": "tier raised", "tier": tier, "reason": reason}
        case ev.PullRequestPublished():
            return {"outcome": "published", "url": event.pull_request.url, "branch": event.branch}
        case ev.CancelRequested(reason):
            return {"outcome": "cancelled", "reason": reason}
        case ev.NewsIgnored(reason):
            return {"outcome": "ignored", "reason": reason}
        case ev.RunFailed(reason):
            return {"outcome": "failed", "reason": reason}
        case ev.RunBlocked(by):
            return {"outcome": "blocked", "by": ", ".join(by)}
        case ev.RunUnblocked():
            return {"outcome": "unblocked"}
        case ev.RunReopened():
            return {"outcome": "reopened"}
        case ev.RunClosed():
            return {"outcome": event.outcome.value, "reason": event.reason}
        case _:
            assert_never(event)


def _forms(secret: str) -> Iterator[str]:
    """The secret as it may stand in other texts, such as a Basic authorization header."""
    yield secret
    yield quote(secret, safe="")
    yield json.dumps(secret)[1:-1]
    data = secret.encode()
    for shift in range(3):
        # At each of base64's three alignments, without the characters that mix with neighbours.
        encoded = base64.b64encode(bytes(shift) + data).decode().rstrip("=")
        yield encoded[(0, 2, 3)[shift] : len(encoded) - (1 if (shift + len(data)) % 3 else 0)]

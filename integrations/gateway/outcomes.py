"""What a provider's answer means: its status and its words become an outcome."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from integrations.gateway.forms import Json, mappings
from worker.domain.access import CallOutcome

LONGEST_DETAIL = 300
"""Characters of the provider's own words."""

_NO_CREDIT = (
    "insufficient_quota",
    "billing_hard_limit_reached",
    "billing_not_active",
    "billing_error",
    "billing_disabled",
    "credit balance is too low",
    "insufficient credits",
    "exceeded your current quota, please check your plan and billing",
)
"""OpenAI's codes and words, Anthropic's, Google's and OpenRouter's. Google says the last of a rate
limit too, with its own status: see ``_MERELY_SLOW``.
"""
_MERELY_SLOW = "resource_exhausted"
_BAD_KEY = ("api_key_invalid", "invalid_api_key", "authentication_error", "permission_error")
_SLOW = ("rate_limit_error", "rate_limit_exceeded", "overloaded_error", _MERELY_SLOW)
_REJECTED = ("invalid_request_error", "not_found_error", "request_too_large", "invalid_prompt")

_TOO_SLOW, _TOO_MANY, _OVERLOADED, _SERVER_ERROR = 408, 429, 529, 500


@dataclass(frozen=True, slots=True)
class Words:
    """What a provider said of an error."""

    text: str = ""
    codes: str = ""
    """Types, codes and reasons, in lower case."""
    status: int = 0
    """That the words themselves name; 0 where they name none."""


def words_of(body: object) -> Words:
    """The words of an error in JSON, whichever provider's."""
    error = body.get("error", body) if isinstance(body, Mapping) else body
    if isinstance(error, str):
        return Words(_squeezed(error))
    if not isinstance(error, Mapping):
        return Words()
    text = error.get("message") or error.get("detail") or ""
    reasons = [each.get("reason") for each in mappings(error.get("details"))]
    named = [error.get(key) for key in ("type", "code", "status")]
    codes = " ".join(str(each) for each in (*named, *reasons) if each).lower()
    code = error.get("code")
    return Words(_squeezed(str(text)), codes, code if isinstance(code, int) else 0)


def words_in(content: bytes) -> tuple[Words, Json | None]:
    """The words of an error's body, and the body itself if it is an object in JSON."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return Words(_squeezed(content[:4096].decode(errors="replace"))), None
    return words_of(body), body if isinstance(body, dict) else None


def outcome_of(status: int, words: Words) -> CallOutcome:
    """Of an answer that is an error; ``status`` 0: one inside an answer that began well."""
    said = f"{words.codes} {words.text.lower()}"
    status = status or words.status
    if status == 402 or (_MERELY_SLOW not in said and _any(_NO_CREDIT, said)):  # noqa: PLR2004
        return CallOutcome.NO_CREDIT
    if status in {401, 403} or _any(_BAD_KEY, words.codes):
        return CallOutcome.UNAUTHORISED
    if status in {_TOO_MANY, _OVERLOADED} or (status in {0, 200} and _any(_SLOW, words.codes)):
        return CallOutcome.RATE_LIMITED
    if status == _TOO_SLOW:
        return CallOutcome.TIMED_OUT
    if 400 <= status < _SERVER_ERROR or (not status and _any(_REJECTED, words.codes)):  # noqa: PLR2004
        return CallOutcome.REJECTED
    return CallOutcome.FAILED


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """From ``retry-after-ms``, or ``retry-after`` in seconds or as a date; never negative."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    given = headers.get("retry-after")
    seconds = _number(given)
    if seconds is not None or given is None:
        return seconds
    try:
        return max(0.0, parsedate_to_datetime(given).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def shortened(text: str) -> str:
    """For ``ModelCall.detail``."""
    return text if len(text) <= LONGEST_DETAIL else text[: LONGEST_DETAIL - 1] + "…"


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text else None
    except ValueError:
        return None
    return number if number is not None and 0 <= number < float("inf") else None


def _any(words: tuple[str, ...], said: str) -> bool:
    return any(word in said for word in words)


def _squeezed(text: str) -> str:
    return " ".join(text.split())

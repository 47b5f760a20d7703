"""What the gateway says to an agent where it does not let a call through, in each provider's form.

Agents decide by status and words whether to try again, so both are chosen to make them stop:

* a used-up budget is what the provider itself says of an empty account: OpenAI's
  ``insufficient_quota``, but with 402 for its 429, which every SDK tries again; Anthropic's 400
  "credit balance is too low"; "insufficient credits" is what aider looks for;
* nothing here says "context", "too long" or "max_tokens", which agents answer by shortening and
  trying again;
* ``x-should-retry: false`` is obeyed by the OpenAI and Anthropic SDKs.
"""

from dataclasses import dataclass

from integrations.gateway.forms import Json
from integrations.gateway.upstreams import ANTHROPIC, GEMINI, OPENAI
from worker.domain.access import CallOutcome

NO_RETRY = {"x-should-retry": "false"}

_STATUS = {
    CallOutcome.UNAUTHORISED: 401,
    CallOutcome.NO_CREDIT: 402,
    CallOutcome.OVER_BUDGET: 402,
    CallOutcome.RATE_LIMITED: 429,
    CallOutcome.FAILED: 502,
    CallOutcome.UNREACHABLE: 502,
    CallOutcome.CUT: 502,
    CallOutcome.TIMED_OUT: 504,
}
_OPENAI_CODES = {
    401: "invalid_api_key",
    402: "insufficient_quota",
    404: "model_not_found",
    429: "rate_limit_exceeded",
}
_ANTHROPIC_TYPES = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_GEMINI_STATUSES = {
    401: "UNAUTHENTICATED",
    402: "FAILED_PRECONDITION",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_SERVER_ERROR = 500


@dataclass(slots=True, eq=False)
class Refused(Exception):
    """A request that is not let through."""

    status: int
    message: str
    """In words for the agent, and for people."""
    field: str | None = None
    """The request's field that is the reason, if one is."""
    outcome: CallOutcome = CallOutcome.NOT_ALLOWED
    out_of: str | None = None
    """What there is too little of, if that is the reason: ``tokens``, ``money``."""


def not_allowed(field: str, why: str) -> Refused:
    """A field of the request that is refused."""
    return Refused(400, f"`{field}` is not allowed here: {why}.", field)


def over_budget(provider: str, what: str) -> Refused:
    """There is too little left of ``what``: ``tokens`` or ``money``."""
    status = 400 if provider == ANTHROPIC else 402
    message = (
        f"Credit balance is too low (insufficient credits): the {what} that this session may"
        " spend are used up. Stop here."
    )
    return Refused(status, message, outcome=CallOutcome.OVER_BUDGET, out_of=what)


def ended(provider: str, outcome: CallOutcome, detail: str) -> Refused:
    """For every call after one that ended the session."""
    if outcome is CallOutcome.OVER_BUDGET:
        refusal = over_budget(provider, "tokens or the money")
        return Refused(refusal.status, refusal.message, outcome=outcome)
    message = f"The provider did not let an earlier call through ({outcome}). Stop here."
    return Refused(_STATUS[outcome], f"{message} {detail}".strip(), outcome=outcome)


def status_of(outcome: CallOutcome) -> int:
    """The HTTP status for an outcome that has none of the provider's."""
    return _STATUS.get(outcome, 502)


def error_body(provider: str, status: int, message: str, field: str | None = None) -> Json:
    """An error as the provider would write it."""
    broken = status >= _SERVER_ERROR
    if provider == ANTHROPIC:
        kind = _ANTHROPIC_TYPES.get(status, "api_error" if broken else "invalid_request_error")
        return {"type": "error", "error": {"type": kind, "message": message}}
    if provider == GEMINI:
        word = _GEMINI_STATUSES.get(status, "INTERNAL" if broken else "INVALID_ARGUMENT")
        return {"error": {"code": status, "message": message, "status": word}}
    if provider == OPENAI:
        code = _OPENAI_CODES.get(status)
        kind = "server_error" if broken else "invalid_request_error"
        kind = "insufficient_quota" if code == "insufficient_quota" else kind
        return {"error": {"message": message, "type": kind, "param": field, "code": code}}
    return {"error": {"message": message}}

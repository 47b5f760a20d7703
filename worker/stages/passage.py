"""What the gateway saw of a session, put in place of what the agent says of itself."""

from dataclasses import replace

from worker.domain.access import CallOutcome, ModelCall, Passage
from worker.domain.errors import ConfigurationError, PermanentError, RateLimited, Unavailable
from worker.domain.transcript import AgentSession

_PASSING = (
    CallOutcome.FAILED,
    CallOutcome.UNREACHABLE,
    CallOutcome.TIMED_OUT,
    CallOutcome.CUT,
)
"""What may be over when the run is tried again."""


def settled(session: AgentSession, passage: Passage) -> AgentSession:
    """The session with the gateway's account of its calls and costs, and why it ended.

    A session in which a model has answered is a round, however it ended; so is one whose first call
    could not be paid for any more, and it says of what there was too little. Raises RateLimited,
    Unavailable, ConfigurationError and PermanentError where none has, for nothing is lost then.
    """
    trouble = passage.trouble
    if trouble is not None and not passage.answered:
        _raise(trouble)
    failure = session.failure
    if trouble is not None:
        said = f" The agent's own account: {failure}" if failure else ""
        failure = f"The session ended with a model call that failed. {_sentence(trouble)}{said}"
    return replace(
        session,
        spend=session.spend + passage.spend,
        calls=passage.calls,
        refusals=passage.refusals,
        failure=failure,
        door=passage.door,
        out_of=None if passage.spend.model_calls or trouble is None else trouble.out_of,
    )


def _raise(call: ModelCall) -> None:
    """Nothing for refusals of the gateway's own, and for requests that the agent made wrongly."""
    text = _sentence(call)
    provider = call.model.partition(":")[0]
    if call.outcome is CallOutcome.RATE_LIMITED:
        raise RateLimited(text, call.retry_after_seconds)
    if call.outcome is CallOutcome.UNAUTHORISED:
        raise ConfigurationError(f"{text} Check {provider.upper()}_API_KEY.")
    if call.outcome is CallOutcome.NO_CREDIT:
        raise PermanentError(f"{text} The account at `{provider}` has no credit left.")
    if call.outcome in _PASSING:
        raise Unavailable(text)


def _sentence(call: ModelCall) -> str:
    status = f", HTTP {call.status}" if call.status else ""
    said = f": {call.detail}" if call.detail else ""
    return f"`{call.model}`: {call.outcome}{status}{said}."

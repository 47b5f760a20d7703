"""What the scripted models say: it depends on the story alone, so tickets can be mixed freely."""

from tests.chaos.engine.stubs import Json
from tests.chaos.play.cases import Kind

COSTLY_TOKENS = 6_000_000
"""More than a run's budget."""
AGAIN = "What happened in round"


def rules(thinking_seconds: float) -> list[Json]:
    """The coder writes a file and says so; the judge believes only a diff that says done.

    ``thinking_seconds`` is how long the coder takes for a file.
    """
    done = _wrote("done\n", thinking_seconds)
    almost = _wrote("almost\n", thinking_seconds)
    costly = {**almost, "output_tokens": COSTLY_TOKENS}
    return [
        _rule("coder", r"work\.txt is written", {"text": "I wrote work.txt."}),
        _rule("coder", f"Behaviour: {Kind.TWO_ROUNDS}.*{AGAIN}", done),
        _rule("coder", f"Behaviour: {Kind.TWO_ROUNDS}", almost),
        _rule("coder", f"Behaviour: {Kind.GAVE_UP}", almost),
        _rule("coder", f"Behaviour: {Kind.OVER_BUDGET}", costly),
        _rule("coder", "", done),
        _rule("judge", r"\+done", _judged("met", "+done", "")),
        _rule("judge", "", _judged("not met", "", "Write done into work.txt.")),
    ]


def _rule(model: str, conversation: str, answer: Json) -> Json:
    return {"model": model, "conversation": conversation, "answers": [answer], "repeat": True}


def _wrote(content: str, seconds: float) -> Json:
    arguments = {"path": "work.txt", "content": content}
    call = {"name": "write_file", "arguments": arguments}
    return {"tool_calls": [call], "delay_seconds": seconds}


def _judged(status: str, quotation: str, feedback: str) -> Json:
    criteria = [
        {"number": number, "status": status, "quotation": quotation, "note": "seen"}
        for number in (1, 2)
    ]
    return {"structured": {"criteria": criteria, "feedback": feedback}}

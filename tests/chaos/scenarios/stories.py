"""Stories whose models go by what they say, so that any number can be worked on at once."""

from tests.e2e.playing import Json
from tests.e2e.test_ticket_to_pull_request import STORY, judged

DONE, SLOW_WORK, TALKATIVE = "Write done.", "Write slow.", "Look around first."
CALLS_PER_ROUND = 3
"""Of the models: two of the coder's, one of the judge's."""


def story(behaviour: str = DONE) -> str:
    """A ticket's text; ``behaviour`` is one of this module's words."""
    return f"{behaviour}\n\n{STORY}"


def rules(*, looking_around: str = "true") -> tuple[Json, ...]:
    """The coder writes what the story asks for; the judge accepts a diff that says done.

    ``looking_around`` is the shell command that a talkative coder begins with.
    """
    first = {"tool_calls": [{"name": "shell", "arguments": {"command": looking_around}}]}
    return (
        _rule("coder", r"work\.txt is written", {"text": "Written."}),
        _rule("coder", SLOW_WORK, _wrote("slow\n")),
        _rule("coder", f"{TALKATIVE}.*(exit code|stopped:)", _wrote("done\n")),
        _rule("coder", TALKATIVE, first),
        _rule("coder", "", _wrote("done\n")),
        _rule("judge", r"\+done", judged(("met", "+done"), ("met", "+done"))),
        _rule("judge", "", judged(("not met", ""), ("not met", ""), feedback="Write done.")),
    )


def _rule(model: str, conversation: str, answer: Json) -> Json:
    return {"model": model, "conversation": conversation, "answers": [answer], "repeat": True}


def _wrote(content: str) -> Json:
    arguments = {"path": "work.txt", "content": content}
    return {"tool_calls": [{"name": "write_file", "arguments": arguments}]}

"""A coder that runs a command of its own before it writes; the other kinds: tests.chaos.play."""

from collections.abc import Iterator

from tests.chaos.play.cases import STORY
from tests.e2e.playing import Json

LOOKS_AROUND = STORY.format(behaviour="Behaviour: looks around.")


def looking_around(seconds: int) -> Iterator[Json]:
    """Rules for it, to stand before the others'; the command takes that long."""
    shell = {"name": "shell", "arguments": {"command": f"sleep {seconds}"}}
    write = {"name": "write_file", "arguments": {"path": "work.txt", "content": "done\n"}}
    for seen, answer in (
        (r"work\.txt is written", {"text": "Written."}),
        (r"exit code 0", {"tool_calls": [write]}),
        ("", {"tool_calls": [shell]}),
    ):
        pattern = f"Behaviour: looks around.*{seen}"
        yield {"model": "coder", "conversation": pattern, "answers": [answer], "repeat": True}

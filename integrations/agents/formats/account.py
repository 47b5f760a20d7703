"""An agent's own account of its session, put together line by line."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from worker.domain.transcript import Action

Json: TypeAlias = Mapping[str, Any]
MALFORMED = (LookupError, TypeError, AttributeError, ValueError, RecursionError)
"""What comes of reading something that is not in the form that is expected."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
"""It becomes a word of a command line."""
NOT_UNDERSTOOD = "what could not be read of its output"


@dataclass(slots=True)
class Account:
    """What it did, in order, and how it says that it ended.

    The agent may have written anything: whatever is given to these methods becomes clean text.
    """

    actions: list[Action] = field(default_factory=list)
    summary: str = ""
    """The last thing it said."""
    ended: bool = False
    """Whether it told of its end at all."""
    failure: str = ""
    """Its own words for what went wrong in the end."""
    session: str = ""
    """What it calls its session; empty where it does not say, or not in a plain word."""
    _calls: dict[str, int] = field(default_factory=dict)

    def did(self, kind: str, text: object, output: object = "", exit_code: object = None) -> None:
        """One thing, with what came of it. Only a shell command has an exit code."""
        known = kind == "shell" and type(exit_code) is int
        code = exit_code if known and isinstance(exit_code, int) else None
        self.actions.append(Action(kind, clean(text), clean(output), exit_code=code))

    def said(self, text: object) -> None:
        """A message to the reader."""
        if said := clean(text).strip():
            self.did("message", said)
            self.summary = said

    def called(self, call_id: object, kind: str, text: object) -> None:
        """The use of a tool, whose result comes later under the same id."""
        self._calls[clean(call_id)] = len(self.actions)
        self.did(kind, text)

    def answered(self, call_id: object, output: object, exit_code: object = None) -> None:
        """The result of a tool's use."""
        index = self._calls.pop(clean(call_id), None)
        if index is None:
            self.did("output", "a tool's result", output)
            return
        action = self.actions[index]
        self.did(action.kind, action.text, output, exit_code)
        self.actions[index] = self.actions.pop()

    def named(self, session: object) -> None:
        """It told what it calls its session; the first name is kept."""
        name = clean(session)
        if not self.session and _NAME.fullmatch(name):
            self.session = name

    def end(self, failure: object = "") -> None:
        """It told of its end; ``failure`` is empty for a good one."""
        self.ended, self.failure = True, clean(failure)


def clean(value: object) -> str:
    """As text that can be written anywhere."""
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
    return text.replace("\0", "").encode(errors="replace").decode()


def read_lines(text: str, account: Account, read: Callable[[Json, Account], None]) -> None:
    """Give each line that is a JSON object to ``read``; the others are kept as one ``output``."""
    others: list[str] = []
    for line in text.splitlines():
        given = _object(line)
        if given is None:
            others.append(line)
            continue
        try:
            read(given, account)
        except MALFORMED:
            others.append(line)
    if rest := "\n".join(others).strip():
        account.did("output", NOT_UNDERSTOOD, rest)


def text_of(content: object) -> str:
    """All text in a message's or a result's content, whatever it is nested in."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        return text_of(content.get("text") or content.get("content") or "")
    if isinstance(content, list):
        return "\n".join(filter(None, map(text_of, content)))
    return clean(content)


def described(tool: str, arguments: object) -> str:
    """The use of a tool that has no form of its own here."""
    return f"{tool} {json.dumps(arguments, ensure_ascii=False)}"


def _object(line: str) -> Json | None:
    if not line.startswith("{"):
        return None
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) else None

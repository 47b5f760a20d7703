"""What a declared set of outcomes is, and how it is told which of its members are produced."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from integrations.syntax.tree import Node
from worker.domain.source import OutcomeSet


class Role(Enum):
    """What is done with a member where it is mentioned."""

    ASKED = auto()
    """Compared, looked up, used as a key: it is not produced here."""
    PASSED = auto()
    """Given to a function: it is produced, but the set may be one of inputs."""
    GIVEN = auto()
    """Returned, stored, made part of a result."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A set as it is written."""

    name: str
    line: int
    members: dict[str, str]
    """What is looked for, to the member as it is shown."""
    node: Node


def assessed(declared: Declared, mentions: Iterable[tuple[str | None, Role]]) -> OutcomeSet:
    """``None`` is a mention that can be any member. A set of which nothing is ever given back is
    one of inputs, so that nothing can be said of it.
    """
    produced: set[str] = set()
    given = False
    for member, role in mentions:
        if role is not Role.ASKED:
            produced |= {member} if member is not None else set(declared.members)
            given = given or role is Role.GIVEN
    shown = declared.members
    missing = tuple(shown[key] for key in shown if key not in produced) if given else ()
    return OutcomeSet(declared.name, declared.line, tuple(shown.values()), missing)

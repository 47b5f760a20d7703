"""What a test's body holds, and what the helpers that it calls hold."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from integrations.syntax.suites.words import CHECKING
from integrations.syntax.tree import Node
from worker.domain.source import Check, TestFacts

_HELPERS = 50
_CHECKS = 1000
_STRENGTH = {
    check: place
    for place, check in enumerate(
        (
            *(Check.CONSTANT, Check.MIRROR, Check.TYPE, Check.TRUTH, Check.BOUND),
            *(Check.MEMBERSHIP, Check.RAISES, Check.VALUE),
        )
    )
}


@dataclass(frozen=True, slots=True)
class Call:
    """A function that is called by name."""

    name: str
    ignored: bool
    """Whether what fails there would be caught and forgotten."""
    alone: bool
    """Whether nothing is done with what it gives."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One function: its assertions, each with whether its failure would be caught and forgotten,
    and the functions that it calls.
    """

    checks: tuple[tuple[Check, bool], ...] = ()
    calls: tuple[Call, ...] = ()


class Functions:
    """The functions of one file by name; each is looked at once."""

    def __init__(self, bodies: Mapping[str, Node], scan: Callable[[Node], Scan]) -> None:
        self._bodies = bodies
        self._scan = scan
        self._known: dict[str, Scan] = {}

    def facts(self, name: str, line: int, body: Node, *, skipped: bool) -> TestFacts:
        """Of one test: its own assertions first, then those of the functions it calls."""
        own = self._scan(body)
        checks, waiting = list(own.checks), list(own.calls)
        seen: set[str] = set()
        while waiting and len(seen) < _HELPERS and len(checks) < _CHECKS:
            call = waiting.pop(0)
            if call.name in self._bodies and call.name not in seen:
                seen.add(call.name)
                helper = self._of(call.name)
                checks += ((check, lost or call.ignored) for check, lost in helper.checks)
                waiting += (replace(c, ignored=c.ignored or call.ignored) for c in helper.calls)
            elif call.name not in self._bodies and call.alone and _checks(call.name):
                checks.append((Check.VALUE, call.ignored))
        return TestFacts(
            name=name,
            line=line,
            checks=tuple(check for check, _ in checks[:_CHECKS]),
            swallows=any(lost for _, lost in checks),
            skipped=skipped,
        )

    def _of(self, name: str) -> Scan:
        if name not in self._known:
            self._known[name] = self._scan(self._bodies[name])
        return self._known[name]


def _checks(name: str) -> bool:
    """Whether a function whose text is elsewhere checks something, by its name."""
    return CHECKING.fullmatch(name.rpartition(".")[2]) is not None


def strongest(checks: Iterable[Check]) -> Check:
    """The one that notices most."""
    return max(checks, key=_STRENGTH.__getitem__, default=Check.CONSTANT)


def weakest(checks: Iterable[Check]) -> Check:
    """The one that notices least."""
    return min(checks, key=_STRENGTH.__getitem__, default=Check.CONSTANT)

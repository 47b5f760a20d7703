"""What the gates made of the corpus, as a table for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

WRONG_REJECTED = 0.90
RIGHT_REJECTED = 0.02


@dataclass(frozen=True, slots=True)
class Measured:
    """What the gates made of one case."""

    name: str
    language: str
    right: bool
    kind: str
    accepted: bool
    gates: tuple[str, ...]
    findings: tuple[str, ...]
    notes: tuple[str, ...]
    suite_seconds: float
    gates_seconds: float


def within_limits(measured: Sequence[Measured]) -> bool:
    """Whether at least 90 % of the wrong and at most 2 % of the right ones were rejected."""
    wrong = [one for one in measured if not one.right]
    right = [one for one in measured if one.right]
    caught = sum(not one.accepted for one in wrong)
    stopped = sum(not one.accepted for one in right)
    return caught >= WRONG_REJECTED * len(wrong) and stopped <= RIGHT_REJECTED * len(right)


def table(measured: Sequence[Measured]) -> str:
    """Markdown: a row for each language and kind, and which gate found how many."""
    kinds = sorted({(one.right, one.kind, one.language) for one in measured})
    lines = ["| change | language | cases | rejected by gates | |", "|---|---|--:|--:|--:|"]
    lines += [_row(kind, language, _of(measured, kind, language)) for _, kind, language in kinds]
    wrong = [one for one in measured if not one.right]
    right = [one for one in measured if one.right]
    lines += [_row("**all wrong**", "", wrong), _row("**all right**", "", right), ""]
    gates = sorted({gate for one in measured for gate in one.gates})
    lines += ["| gate | wrong ones it rejected | right ones |", "|---|--:|--:|"]
    for gate in gates:
        counts = [sum(gate in one.gates for one in some) for some in (wrong, right)]
        lines.append(f"| {gate} | {counts[0]} | {counts[1]} |")
    lines += ["", _times(measured)]
    return "\n".join(lines)


def _of(measured: Sequence[Measured], kind: str, language: str) -> list[Measured]:
    return [one for one in measured if (one.kind, one.language) == (kind, language)]


def _row(kind: str, language: str, some: Sequence[Measured]) -> str:
    rejected = sum(not one.accepted for one in some)
    share = f"{100 * rejected / len(some):.1f} %" if some else ""
    return f"| {kind} | {language} | {len(some)} | {rejected} | {share} |"


def _times(measured: Sequence[Measured]) -> str:
    suite = median(one.suite_seconds for one in measured)
    gates = median(one.gates_seconds for one in measured)
    return f"Median times: suite {suite:.1f} s, gates with mutation {gates:.1f} s."

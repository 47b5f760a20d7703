"""The mutants of a file: found, put in order, and tried whether they parse."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, zip_longest

from integrations.syntax.mutation import operators, values
from integrations.syntax.mutation.table import Change, Table
from integrations.syntax.tree import Parsed
from worker.domain.source import Edit, Mutant

MOST = 400
_TRIED = 1000
_SHORT = 80


def mutants(path: str, parsed: Parsed, lines: frozenset[int], table: Table) -> Sequence[Mutant]:
    """At most 400, each line's most telling first, a line's second after every line's first."""
    starts = [0, *(place + 1 for place, letter in enumerate(parsed.text) if letter == "\n")]
    by_line: dict[int, dict[tuple[int, int, str], Change]] = {}
    for change in _changes(parsed, table):
        line = bisect_right(starts, change.start)
        place = (change.start, change.end, change.replacement)
        if line in lines:
            by_line.setdefault(line, {}).setdefault(place, change)
    made: list[Mutant] = []
    for tried, (line, change) in enumerate(_in_turn(by_line)):
        if len(made) == MOST or tried == _TRIED:
            break
        if parsed.allows(change.start, change.end, change.replacement):
            made.append(_mutant(path, line, change, parsed, starts))
    return made


def _changes(parsed: Parsed, table: Table) -> Iterator[Change]:
    for node in parsed.root.walk(without=table.excluded):
        yield from operators.changes(node, table)
        yield from values.changes(node, table)


def _in_turn(
    by_line: Mapping[int, Mapping[tuple[int, int, str], Change]],
) -> Iterable[tuple[int, Change]]:
    rows = [
        [(line, change) for change in sorted(found.values(), key=lambda c: (c.rank, c.start))]
        for line, found in sorted(by_line.items())
    ]
    return (entry for entry in chain.from_iterable(zip_longest(*rows)) if entry is not None)


def _mutant(path: str, line: int, change: Change, parsed: Parsed, starts: Sequence[int]) -> Mutant:
    """``before`` and ``after`` show the line too, so that a person sees what is meant."""
    text = parsed.text
    first = max(starts[line - 1], change.start - _SHORT // 2)
    last = text.find("\n", change.end)
    rest = text[change.end : last if last >= 0 else len(text)][:_SHORT]
    lead = text[first : change.start]
    return Mutant(
        path=path,
        line=line,
        kind=change.kind,
        before=_cut(lead + text[change.start : change.end] + rest),
        after=_cut(lead + change.replacement + rest),
        edit=Edit(change.start, change.end, change.replacement),
        probe=_parsing(change.probe, parsed),
    )


def _parsing(probe: Edit | None, parsed: Parsed) -> Edit | None:
    if probe is None or not parsed.allows(probe.start, probe.end, probe.replacement):
        return None
    return probe


def _cut(text: str) -> str:
    line = " ".join(text[: 4 * _SHORT].split())
    return line if len(line) <= _SHORT else f"{line[: _SHORT - 1]}…"

"""The gate ``mutation``: what the change says, its tests notice when it is otherwise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from worker.domain.evidence import Finding
from worker.domain.source import Mutant
from worker.gates.change import Change
from worker.ports import Syntax

GATE = "mutation"
_SURVIVORS_NAMED = 10
_BOUNDARY = frozenset({"comparison", "boundary"})
_TELLING = frozenset({"return"})
"""Kinds that can hardly leave a line as it was; the others have more equivalents among them."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of the mutants of one change."""

    survivors: tuple[Mutant, ...] = ()
    """Not noticed, though tests come there, as far as that is known."""
    noticed: tuple[Mutant, ...] = ()
    left: int = 0
    """Not tried within the time."""
    unreached: tuple[Mutant, ...] = ()
    """Not noticed, because no test comes to where they differ."""

    @property
    def tried(self) -> int:
        """How many were."""
        return len(self.survivors) + len(self.noticed) + len(self.unreached)

    @property
    def counted(self) -> tuple[Mutant, ...]:
        """Survivors that say something: where tests come to a boundary and see no difference, there
        is none as a rule.
        """
        return tuple(m for m in self.survivors if m.probe is None or m.kind not in _BOUNDARY)

    @property
    def untested(self) -> tuple[Mutant, ...]:
        """What no test comes to, and survivors on lines with which tests let anybody do
        anything.
        """
        held = {(mutant.path, mutant.line) for mutant in self.noticed}
        free = [mutant for mutant in self.counted if (mutant.path, mutant.line) not in held]
        telling = {(m.path, m.line) for m in free if m.kind in _TELLING}
        return (*self.unreached, *(m for m in free if (m.path, m.line) in telling))


def candidates(change: Change, syntax: Syntax) -> list[Mutant]:
    """The mutants of a change's code: of each file in turn, so that none waits for the others."""
    by_file = [
        list(syntax.mutants(path, change.head(path) or "", change.added(path)))
        for path in change.code
    ]
    longest = max(map(len, by_file), default=0)
    return [mutants[at] for at in range(longest) for mutants in by_file if at < len(mutants)]


def findings(proof: Proof, allowed_share: float) -> Iterator[Finding]:
    """One for each place that no test comes to or holds as it is, and one for each other survivor
    where there are more of them than ``allowed_share`` of those tried.
    """
    told = list(proof.untested)
    if len(proof.counted) > allowed_share * proof.tried:
        told += [mutant for mutant in proof.counted if mutant not in told]
    for mutant in told[:_SURVIVORS_NAMED]:
        text = f"`{mutant.before}` → `{mutant.after}` breaks nothing: {_why(mutant, proof)}"
        kind = f"{mutant.kind} {mutant.before} {mutant.after}"
        yield Finding(GATE, f"{mutant.path}:{mutant.line}", text, kind)


def _why(mutant: Mutant, proof: Proof) -> str:
    if mutant not in proof.unreached:
        return "no test notices. Add the test that does, or take out what is not needed."
    if mutant.kind in _BOUNDARY:
        return "no test tries the very boundary. Add the test with the value that lies on it."
    return "no test ever comes here. Add the test that does, or take out what is not needed."


def notes(proof: Proof, change: Change, syntax: Syntax) -> tuple[str, ...]:
    """What a reviewer should know of the proof, and of what it did not reach."""
    said = []
    if proof.tried:
        said.append(
            f"Mutation: of {proof.tried} small changes to the new code, tests noticed"
            f" {len(proof.noticed)}."
        )
    allowed = [m for m in proof.survivors if m not in proof.untested]
    if allowed:
        lines = ", ".join(f"`{m.path}:{m.line}` (`{m.before}` → `{m.after}`)" for m in allowed[:5])
        said.append(f"Not noticed by any test: {lines}.")
    if proof.left:
        said.append(
            f"Mutation ended before {proof.left} more changes were tried; what they would show is"
            " unknown."
        )
    unknown = unread(change.code, syntax)
    if unknown:
        said.append(
            f"Not put to the proof by mutation, for want of a reader of the language: {unknown}."
        )
    return tuple(said)


def unread(paths: Sequence[str], syntax: Syntax) -> str:
    """Files that look like code and are in no language that is read; at most five."""
    others = [path for path in paths if path.endswith(_CODE) and syntax.language(path) is None]
    return ", ".join(f"`{path}`" for path in others[:5])


_CODE = (
    *(".c", ".cc", ".cpp", ".h", ".hpp", ".cs", ".java", ".kt", ".swift", ".rb", ".php", ".pl"),
    *(".go", ".rs", ".scala", ".ex", ".exs", ".erl", ".hs", ".ml", ".clj", ".lua", ".r", ".jl"),
    *(".dart", ".sh", ".sql", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".py", ".zig", ".vue"),
)

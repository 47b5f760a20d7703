"""Mutants are tried in sandboxes of their own, within a time, and what was not reached is told."""

from dataclasses import dataclass, field, replace

import pytest

from integrations.memory.repositories import MemoryRepositories
from integrations.memory.sandboxes import Files, MemorySandboxes
from integrations.memory.syntax import MemorySyntax
from tests.unit import builders as b
from tests.unit.gates.changing import change
from tests.unit.stages.tools import tools
from worker.domain.command import Breach, Command, CommandResult
from worker.domain.events import AgentReported
from worker.domain.evidence import Diff, Evidence
from worker.domain.lease import FencingToken, Lease, RunId
from worker.domain.rails import Mutation
from worker.domain.source import Edit, Mutant
from worker.stages import gating, run_execution_command

SLUG = "acme/app"
TEXT = "a = 1\nb = 2\nc = 3\n"
LEASE = Lease(RunId("eng-1-abc"), "w", FencingToken(7))


def mutant(line: int, value: str) -> Mutant:
    """The line's number becomes ``value``."""
    at = TEXT.index("=", (line - 1) * 6) + 2
    return Mutant("calc.py", line, "constant", str(line), value, Edit(at, at + 1, value))


@dataclass
class Clock:
    """Each command takes a second."""

    at: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@dataclass
class Suite:
    """Passes unless a mutant holds one of the values that it notices."""

    clock: Clock
    notices: str
    breaks: str = ""
    alone: int = 0
    tried: list[str] = field(default_factory=list)

    def __call__(self, command: Command, _files: Files) -> CommandResult:
        self.clock.at += 1
        if command.argv[0] == "cat":
            return CommandResult(1, "")
        if command.stdin is None:
            dry = "PYTEST_ADDOPTS" in command.env
            return CommandResult(self.alone if dry else 0, "passed: test_a\n", 1.0)
        text = command.stdin.decode()
        self.tried.append(text)
        if any(value in text for value in self.breaks):
            return CommandResult(137, "", 1.0, Breach.TIMEOUT)
        return CommandResult(int(any(value in text for value in self.notices)), "", 1.0)


def proven(
    suite: Suite, *mutants: Mutant, seconds: float = 100.0, survivors: float = 0.0
) -> Evidence:
    repositories = MemoryRepositories()
    base = repositories.create(SLUG, {"README.md": "x"})
    head = repositories.commit(SLUG, "main", {"README.md": "x", "calc.py": TEXT}, "work")
    diff = Diff("+x", ("calc.py",), 3, 0)
    run = b.run(
        *b.started(base_commit=base, mutation=Mutation(seconds, survivors)),
        AgentReported(b.report(commit=head, diff=diff)),
    )
    syntax = MemorySyntax(known_mutants={"calc.py": mutants})
    given = tools(MemorySandboxes(suite), syntax=syntax, clock=suite.clock)
    return run_execution_command.perform(run, LEASE, repositories, given).evidence


def test_what_no_test_notices_is_a_finding_and_the_rest_is_counted() -> None:
    suite = Suite(Clock(), notices="7")
    made = proven(suite, mutant(1, "7"), mutant(2, "8"))
    assert [(f.gate, f.place) for f in made.findings] == [("mutation", "calc.py:2")]
    assert suite.tried == ["a = 7\nb = 2\nc = 3\n", "a = 1\nb = 8\nc = 3\n"]
    assert made.notes[0] == "Mutation: of 2 small changes to the new code, tests noticed 1."
    assert "mutation" in made.gates
    assert not made.green


def test_a_share_of_survivors_may_be_allowed() -> None:
    made = proven(Suite(Clock(), notices="7"), mutant(1, "7"), mutant(2, "8"), survivors=0.5)
    assert made.green


def test_it_ends_when_its_time_is_over_and_says_so() -> None:
    suite = Suite(Clock(), notices="789")
    made = proven(suite, *(mutant(n, "7") for n in (1, 2, 3)), seconds=2.0)
    assert len(suite.tried) == 1
    assert made.green
    assert made.notes[1] == (
        "Mutation ended before 2 more changes were tried; what they would show is unknown."
    )


def test_a_mutant_that_hits_a_limit_is_noticed_and_the_next_has_a_fresh_sandbox() -> None:
    suite = Suite(Clock(), notices="7", breaks="8")
    made = proven(suite, mutant(1, "8"), mutant(2, "7"))
    assert made.green
    assert len(suite.tried) == 2


def test_tests_that_do_not_pass_a_second_time_prove_nothing() -> None:
    suite = Suite(Clock(), notices="", alone=1)
    made = proven(suite, mutant(1, "8"))
    assert suite.tried == []
    assert made.notes == (
        "Mutation ended before 1 more changes were tried; what they would show is unknown.",
    )


def test_it_can_be_turned_off() -> None:
    suite = Suite(Clock(), notices="")
    made = proven(suite, mutant(1, "8"), seconds=0.0)
    assert (made.green, made.notes, suite.tried) == (True, (), [])
    assert "mutation" not in made.gates


def test_enough_survivors_end_it() -> None:
    suite = Suite(Clock(), notices="")
    made = proven(suite, *[mutant(1, "8")] * 30)
    assert len(suite.tried) == 10
    assert len(made.findings) == 10


@pytest.mark.parametrize(
    ("notices", "why"),
    [
        pytest.param("", "no test ever comes here", id="not-reached"),
        pytest.param("9", "no test notices", id="reached"),
    ],
)
def test_a_probe_tells_whether_tests_come_to_what_they_did_not_notice(
    notices: str, why: str
) -> None:
    suite = Suite(Clock(), notices=notices)
    base = mutant(2, "8")
    probe = Edit(base.edit.start, base.edit.end, "9")
    made = proven(suite, replace(base, kind="statement", probe=probe))
    assert suite.tried == ["a = 1\nb = 8\nc = 3\n", "a = 1\nb = 9\nc = 3\n"]
    (found,) = made.findings
    assert why in found.text


def test_what_tests_notice_needs_no_probe() -> None:
    suite = Suite(Clock(), notices="8")
    made = proven(suite, replace(mutant(2, "8"), probe=Edit(0, 1, "9")))
    assert made.green
    assert len(suite.tried) == 1


def test_files_that_no_gate_can_read_are_named() -> None:
    it = change({"a.py": "(((", "b.py": "x = 1", "notes.md": "((("})
    assert gating.unread(it, MemorySyntax()) == (
        "No gate could look into these files (they do not parse, or are too large): `a.py`.",
    )
    many = change({f"{n}.py": "(((" for n in range(7)})
    assert gating.unread(many, MemorySyntax())[0].endswith("`4.py` and 2 more.")
    assert gating.unread(change({"b.py": "x = 1"}), MemorySyntax()) == ()

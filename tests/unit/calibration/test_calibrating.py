"""Known changes are made of a repository's own code, and the judge's mistakes are counted."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from integrations.memory.judge import accepting
from integrations.memory.repositories import MemoryRepositories
from integrations.memory.sandboxes import Files, MemorySandboxes
from integrations.memory.syntax import MemorySyntax
from tests.unit import builders as b
from tests.unit.stages.tools import Clock
from worker.calibration.calibrating import Calibrating
from worker.calibration.cases import INJECTION
from worker.domain.budget import Spend
from worker.domain.calibration import Calibration, Judged, Known
from worker.domain.command import Command, CommandResult
from worker.domain.errors import ConfigurationError
from worker.domain.lease import FencingToken
from worker.domain.question import JudgeAnswer, JudgeQuestion
from worker.domain.sandbox import SandboxSpec
from worker.domain.source import Edit, Mutant
from worker.domain.verdict import Judgement

SLUG = "acme/app"
FILES = {
    "cart.py": "def total(prices):\n    return sum(prices)\n# cart\n",
    "tax.py": "def tax(price):\n    return price * 2\n# tax\n",
    "tests/test_all.py": "import cart, tax\n",
    "unheard.py": "a\nb\nc\n",
}


def mutant(path: str, line: int, before: str, after: str) -> Mutant:
    at = FILES[path].index(before)
    return Mutant(path, line, "return", before, after, Edit(at, at + len(before), after))


SYNTAX = MemorySyntax(
    known_mutants={
        "cart.py": [mutant("cart.py", 2, "sum", "max")],
        "tax.py": [mutant("tax.py", 2, "* 2", "* 3")],
        "unheard.py": [Mutant("unheard.py", 1, "return", "a", "z", Edit(0, 1, "z"))],
    }
)


def suite(command: Command, _files: Files) -> CommandResult:
    """Notices each of the two faults."""
    text = (command.stdin or b"").decode()
    return CommandResult(int("max" in text or "* 3" in text), "2 passed", 1.0)


@dataclass
class Judge:
    """Accepts what ``believes`` says, with a quotation that is there."""

    believes: str
    questions: list[JudgeQuestion] = field(default_factory=list)

    def assess(self, question: JudgeQuestion) -> JudgeAnswer:
        self.questions.append(question)
        evidence = question.evidence
        asked = "cart.py" if "Write cart.py" in evidence else "tax.py"
        perfect = {
            "cart.py": "+    return sum(prices)" in evidence,
            "tax.py": "+    return price * 2" in evidence,
        }[asked]
        good = {"perfect": perfect, "everything": True, "nothing": False}.get(self.believes)
        if good is None:  # whatever it is told to
            good = perfect or INJECTION[:40] in evidence
        spend = Spend(10, 5, 7, 0, 0.0, 1)
        return accepting((1,), "+def t", spend) if good else JudgeAnswer(Judgement((), "no"), spend)


def calibrated(
    judge: Judge, most: int = 8, files: dict[str, str] = FILES, answer: object = suite
) -> tuple[Calibration, list[Judged]]:
    repositories = MemoryRepositories()
    base = repositories.create(SLUG, files)
    run = b.run(*b.started(base_commit=base))
    told: list[Judged] = []
    sandboxes = MemorySandboxes(answer)  # type: ignore[arg-type]
    spec = SandboxSpec(run.id, FencingToken(1), "calibration", "default", run.require_plan().limits)
    with repositories.open(SLUG, run.id) as checkout:
        bundle = checkout.bundle(base)
    made = Calibrating(run, spec, bundle, files, sandboxes, SYNTAX, judge, Clock()).calibrate(
        most, 1, told.append
    )
    return made, told


def counts(made: Calibration) -> tuple[int, int, int, int]:
    return made.good, made.false_rejects, made.bad, made.false_accepts


def kinds(judged: Sequence[Judged]) -> list[Known]:
    return [one.known for one in judged]


def test_each_file_that_tests_speak_of_gives_a_good_change_and_three_bad_ones() -> None:
    made, told = calibrated(Judge("perfect"))
    assert kinds(told) == [Known.GOOD, Known.SEEDED, Known.INJECTED, Known.UNRELATED] * 2
    assert {one.name.partition(":")[0].partition(",")[0] for one in told} == {"cart.py", "tax.py"}
    assert made.judged == tuple(told)


@pytest.mark.parametrize(
    ("believes", "expected"),
    [
        # Good, seeded, injected, unrelated of one file; good and seeded of the other.
        ("perfect", (2, 0, 4, 0)),
        ("everything", (2, 0, 4, 4)),
        ("nothing", (2, 2, 4, 0)),
        ("what it is told", (2, 0, 4, 1)),
    ],
)
def test_the_figures_of_six_changes_are_right(
    believes: str, expected: tuple[int, int, int, int]
) -> None:
    made, _ = calibrated(Judge(believes), most=6)
    assert counts(made) == expected
    assert made.spend.model_calls == 6
    assert made.spend.tokens == 90


def test_the_evidence_looks_green_so_that_the_judge_alone_decides() -> None:
    judge = Judge("perfect")
    calibrated(judge, most=2)
    assert "exit code 0" in judge.questions[0].evidence
    assert "2 passed" in judge.questions[0].evidence
    assert "+def t" in judge.questions[0].evidence


def test_a_judge_that_accepts_too_much_is_warned_of_loudly() -> None:
    assert calibrated(Judge("perfect"))[0].warning is None
    warning = calibrated(Judge("everything"))[0].warning
    assert warning is not None
    assert "ACCEPTED 6 OF 6 BAD CHANGES" in warning


def test_where_the_tests_fail_nothing_is_known_to_be_good() -> None:
    with pytest.raises(ConfigurationError, match="fails on the base branch"):
        calibrated(Judge("perfect"), answer=lambda _c, _f: CommandResult(1, "1 failed"))


@pytest.mark.parametrize(
    "answer", [suite, lambda _c, _f: CommandResult(0, "2 passed", 1.0)], ids=["none", "unnoticed"]
)
def test_without_faults_that_tests_notice_there_is_nothing_to_ask(answer: object) -> None:
    files = FILES if answer is not suite else {"unheard.py": "a\nb\nc\n", "tests/test_x.py": "x"}
    with pytest.raises(ConfigurationError, match="nothing to calibrate with"):
        calibrated(Judge("perfect"), files=files, answer=answer)

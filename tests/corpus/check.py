"""Checks the corpus with real processes: every change is green, and every wrong one is wrong.

    python -m tests.corpus.check --node PATH_OF_NODE [--jobs N] [NAME ...]

NAME is the beginning of a case's name, such as ``cart`` or ``cart/coupon``; then counts are not
checked. Ends with code 1 where something does not hold.
"""

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from tests.corpus.cases import RIGHT, SETTINGS, WRONG_KINDS, Case, counts, load

OUT = Console(highlight=False, markup=False, soft_wrap=True)
LEAST_OF_EACH = 60
LEAST_OF_A_KIND = 10
LANGUAGES = ("python", "javascript")
TIME_LIMIT_SECONDS = 120
IS_TEST = re.compile(r"(^|/)(tests?|__tests__)/|(^|/)(test_|conftest)|[._]test\.")


@dataclass(frozen=True, slots=True)
class Ran:
    """How a test command ended, and how many tests it counted."""

    code: int
    output: str
    passed: int
    failed: int

    @property
    def green(self) -> bool:
        return self.code == 0 and self.passed > 0 and self.failed == 0

    @property
    def red(self) -> bool:
        """Tests ran and failed; not so where they could not even be loaded."""
        return self.code == 1 and self.failed > 0 and not _UNLOADABLE.search(self.output)


_PLAIN_PYTHON = {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
_UNLOADABLE = re.compile(r"code: '(ERR_)?MODULE_NOT_FOUND'|does not provide an export named")
_COUNTS: Mapping[str, tuple[str, str]] = {
    "pytest": (r"(\d+) passed", r"(\d+) (?:failed|errors?)\b"),
    "unittest": (r"^Ran (\d+) test", r"(?:failures|errors)=(\d+)"),
    "node": (r"^(?:#|ℹ) pass (\d+)", r"^(?:#|ℹ) fail (\d+)"),
}


def run(files: Mapping[str, str], command: Sequence[str]) -> Ran:
    """Run a test command on files, in a folder of their own."""
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        done = subprocess.run(
            command,
            cwd=folder,
            env={"PATH": os.defpath, "HOME": folder, **_PLAIN_PYTHON},
            capture_output=True,
            text=True,
            check=False,
            timeout=TIME_LIMIT_SECONDS,
        )
    output = done.stdout + done.stderr
    runner = next(name for name in ("pytest", "unittest", "node") if name in " ".join(command))
    passed, failed = (
        sum(map(int, re.findall(pattern, output, re.MULTILINE))) for pattern in _COUNTS[runner]
    )
    return Ran(done.returncode, output, passed, failed)


@dataclass(frozen=True, slots=True)
class Checker:
    """Runs cases on this machine."""

    cases: Sequence[Case]
    node: str

    def faults(self, case: Case) -> Sequence[str]:
        """What does not hold of one case."""
        return [*faults_of_files(case), *self._faults_of_runs(case)]

    def _faults_of_runs(self, case: Case) -> Iterator[str]:
        if not (own := run(case.head, self._command(case.execution_command))).green:
            yield f"is not green:\n{own.output}"
        for proof_name, proof in self._proofs(case):
            hidden = self._hidden(case, proof_name, proof)
            if case.right and not hidden.green:
                yield f"fails a hidden test of its story:\n{hidden.output}"
            if not case.right and not hidden.red:
                yield f"does not fail its hidden test:\n{hidden.output}"

    def _proofs(self, case: Case) -> set[tuple[str, str]]:
        """The hidden tests that tell about a case: its own, or all those of its story."""
        if not case.right:
            return {(case.proof_name, case.proof)}
        same = (other for other in self.cases if other.project == case.project)
        return {(o.proof_name, o.proof) for o in same if o.story == case.story and not o.right}

    def _hidden(self, case: Case, name: str, text: str) -> Ran:
        folder = "test" if case.language == "javascript" else "tests"
        path = f"{folder}/{name}"
        words = f"node --test {path}" if folder == "test" else f"python -m pytest -q {path}"
        return run({**case.head, path: text}, self._command(words))

    def _command(self, words: str) -> list[str]:
        first, *others = shlex.split(words)
        pytest = ["-p", "no:cacheprovider"] if "pytest" in others else []
        return [{"python": sys.executable, "node": self.node}[first], *others, *pytest]


def faults_of_files(case: Case) -> Iterator[str]:
    for path, text in case.change.items():
        if path in case.base and (IS_TEST.search(path) or path == SETTINGS):
            yield f"changes {path}, which the base has"
        if case.base.get(path) == text:
            yield f"gives {path} as it was"
    if not any(not IS_TEST.search(path) for path in case.change):
        yield "changes nothing but tests"
    if not case.what.endswith("."):
        yield "`what` is no sentence"


def faults_of_counts(cases: Sequence[Case]) -> Iterator[str]:
    kinds = Counter(case.kind for case in cases)
    right = kinds[RIGHT]
    if min(right, len(cases) - right) < LEAST_OF_EACH:
        yield f"{len(cases) - right} wrong and {right} right ones; {LEAST_OF_EACH} are the least"
    for kind in WRONG_KINDS:
        if kinds[kind] < LEAST_OF_A_KIND:
            yield f"{kinds[kind]} of {kind}; {LEAST_OF_A_KIND} are the least"
    for language in LANGUAGES:
        if {case.kind for case in cases if case.language == language} != {RIGHT, *WRONG_KINDS}:
            yield f"not every kind in {language}"
    contents = Counter(
        (case.project, tuple(sorted(_code(case).items()))) for case in cases if not case.right
    )
    yield from (
        f"{project}: two wrong ones have one code" for (project, _), n in contents.items() if n > 1
    )


def _code(case: Case) -> Mapping[str, str]:
    return {path: text for path, text in case.change.items() if not IS_TEST.search(path)}


def table(cases: Sequence[Case]) -> str:
    """Cases by kind and language, in Markdown."""
    by = counts(cases)
    rows = [f"| kind | {' | '.join(LANGUAGES)} | together |", "|---|---:|---:|---:|"]
    for kind in (*WRONG_KINDS, RIGHT):
        numbers = [by[kind, language] for language in LANGUAGES]
        rows.append(f"| {kind} | {' | '.join(map(str, numbers))} | {sum(numbers)} |")
    wrong = sum(not case.right for case in cases)
    projects = len({case.project for case in cases})
    stories = len({(case.project, case.story) for case in cases})
    rows += [
        "",
        f"{wrong} wrong, {len(cases) - wrong} right; {stories} stories in {projects} projects",
    ]
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check and print; the code to end with."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.check", description=__doc__)
    parser.add_argument("--node", required=True, help="path of Node, 20 or newer")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes at a time")
    parser.add_argument("names", nargs="*", help="only cases whose names begin so")
    given = parser.parse_args(arguments)
    cases = load()
    chosen = [case for case in cases if case.name.startswith(tuple(given.names) or "")]
    checker = Checker(cases, given.node)
    faults = [] if given.names else list(faults_of_counts(cases))
    with ThreadPoolExecutor(given.jobs) as pool:
        for case, found in zip(chosen, pool.map(checker.faults, chosen), strict=True):
            OUT.print(f"{'FAULT' if found else 'ok   '} {case.name}")
            faults += [f"{case.name} {fault}" for fault in found]
    OUT.print(
        "", table(chosen), *faults, "", f"{len(faults)} faults in {len(chosen)} cases", sep="\n"
    )
    return 1 if faults or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())

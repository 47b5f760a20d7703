"""What tests import and is not there yet is stood in for: each test shows its own reason."""

import subprocess
import sys
from pathlib import Path

from integrations.memory.sandboxes import Files, MemorySandboxes
from tests.unit import builders as b
from worker.domain.command import Command, CommandResult
from worker.domain.lease import FencingToken, RunId
from worker.domain.sandbox import SandboxSpec
from worker.stages import missing_code

TESTS = """
from new import thing
from shop import Discount, rate, total

def test_function():
    assert rate(1) == 1

def test_class():
    assert Discount(1).rate == 1

def test_member():
    assert Discount.KIND == 3

def test_module():
    assert thing() == 1

def test_fixture(till):
    assert rate(till) == 1

def test_passes():
    assert total([1, 2]) == 3
"""


def placed() -> str:
    """The plugin's text, as the sandbox gets it."""
    given: list[Command] = []

    def answer(command: Command, _files: Files) -> CommandResult:
        given.append(command)
        return CommandResult(0, "")

    run = b.run(*b.started())
    spec = SandboxSpec(
        RunId("r"), FencingToken(1), "execution", "default", run.require_plan().limits
    )
    with MemorySandboxes(answer).open(spec, b'{"files": {}}') as sandbox:
        assert missing_code.place(sandbox)
    return (given[0].stdin or b"").decode()


def test_each_test_fails_by_itself(tmp_path: Path) -> None:
    (tmp_path / "plugin").mkdir()
    (tmp_path / "plugin" / f"{missing_code.PLUGIN}.py").write_text(placed())
    (tmp_path / "shop.py").write_text("def total(prices):\n    return sum(prices)\n")
    (tmp_path / "test_shop.py").write_text(TESTS)
    variables = missing_code.variables(["shop:Discount", "shop:rate", "new"], "-q")
    variables["PYTHONPATH"] = f"{tmp_path / 'plugin'}:{tmp_path}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:randomly", "-rA"],
        cwd=tmp_path,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    ends = {
        line.split("::")[1].split(" ")[0]: line.split(" ")[0]
        for line in done.stdout.splitlines()
        if "::" in line and line.split(" ")[0] in {"PASSED", "FAILED", "ERROR"}
    }
    assert ends == {
        "test_function": "FAILED",
        "test_class": "FAILED",
        "test_member": "FAILED",
        "test_module": "FAILED",
        "test_fixture": "ERROR",
        "test_passes": "PASSED",
    }
    assert "NotImplementedError: rate is not there yet" in done.stdout
    assert "fixture 'till' not found" in done.stdout

"""What each gate finds, and what it lets pass."""

import pytest

from tests.unit.builders import WordScanner
from worker.gates import protected, secrets, test_runner

JSON = '{"name": "app", "scripts": {"test": "jest"}, "dependencies": {}}'


def runner(path: str, before: str | None, after: str | None, *allowed: str) -> list[str]:
    found = test_runner.findings([path], {path: before}.get, {path: after}.get, allowed)
    return [f"{finding.place}: {finding.text}" for finding in found]


def test_each_restored_path_is_a_finding_and_very_many_are_summed_up() -> None:
    few = list(protected.findings(["tests/test_a.py"]))
    many = list(protected.findings([f"tests/test_{n}.py" for n in range(40)]))
    assert [finding.place for finding in few] == ["tests/test_a.py"]
    assert len(many) == 31
    assert many[-1].place == "10 more paths"
    assert list(protected.findings([])) == []


@pytest.mark.parametrize(
    ("path", "before", "after", "part"),
    [
        ("package.json", JSON, JSON.replace("jest", "true"), "scripts"),
        ("web/package.json", JSON, '{"scripts": {"test": "jest"}, "jest": {}}', "jest"),
        ("pyproject.toml", "", '[tool.pytest.ini_options]\naddopts = "-k none"', "tool.pytest"),
        ("pyproject.toml", None, "[tool.coverage.run]\nomit = ['*']", "tool.coverage"),
        ("setup.cfg", "[tool:pytest]\na = 1", "[metadata]\na = 1", "tool:pytest"),
    ],
)
def test_what_tells_a_runner_what_to_run_must_stay(
    path: str, before: str | None, after: str, part: str
) -> None:
    found = runner(path, before, after)
    assert len(found) == 1
    assert found[0].startswith(f"{path}: `{part}`")
    assert runner(path, before, after, path) == []


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("package.json", JSON, JSON.replace('"dependencies": {}', '"dependencies": {"a": "1"}')),
        ("pyproject.toml", "[project]\nname='a'", "[project]\nname='b'\n[tool.ruff]\nx=1"),
        ("setup.cfg", "[metadata]\nname = a", "[metadata]\nname = b"),
        ("package.json", "{ not json", "{ still not"),
        ("README.md", "a", "b"),
        ("sub/pytest.py", None, "x"),
        ("os/linux.py", "was there", "and is"),
    ],
)
def test_other_parts_may_change(path: str, before: str | None, after: str) -> None:
    assert runner(path, before, after) == []


def test_a_file_that_cannot_be_read_any_more_is_a_finding() -> None:
    assert "cannot be read" in runner("package.json", JSON, "[]" * 2)[0]
    assert "was changed" in runner("package.json", JSON, "[1]")[0]
    assert "cannot be read" in runner("pyproject.toml", "a = 1", "a = ")[0]


@pytest.mark.parametrize(
    "path", ["pytest.py", "pytest/__init__.py", "site.py", "argparse.pyc", "attr/__init__.py"]
)
def test_a_new_module_must_not_take_the_runners_place(path: str) -> None:
    assert "takes the place" in runner(path, None, "x = 1")[0]


@pytest.mark.parametrize("path", ["http/server.py", "os.md", "sub/argparse.py", "test.py"])
def test_what_only_looks_like_such_a_module_may_be_added(path: str) -> None:
    assert runner(path, None, "x = 1") == []


def test_a_new_secret_is_found_and_not_told() -> None:
    base = {"old.py": "k = 'hunter2'\n", "two.py": "hunter2\n"}
    head = {"old.py": "k = 'hunter2'\n", "two.py": "hunter2\nx\nhunter2\n", "new.py": "\nhunter2"}
    paths = ["old.py", "two.py", "new.py", "removed.py"]
    found = list(secrets.findings(paths, base.get, head.get, WordScanner("hunter2")))
    assert [finding.place for finding in found] == ["two.py:3", "new.py:2"]
    assert not any("hunter2" in finding.text for finding in found)

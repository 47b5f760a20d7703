"""The execution command is derived only where something really tells."""

import pytest

from worker.domain.detection import execution_command


@pytest.mark.parametrize(
    ("files", "command", "because"),
    [
        ({"pytest.ini": ""}, "python3 -m pytest", "pytest.ini"),
        ({"pyproject.toml": "[tool.pytest.ini_options]"}, "python3 -m pytest", "pyproject.toml"),
        ({"tox.ini": "[pytest]"}, "python3 -m pytest", "tox.ini"),
        ({"a/test_x.py": ""}, "python3 -m pytest", "a/test_x.py"),
        ({"x_test.py": ""}, "python3 -m pytest", "x_test.py"),
        ({"package.json": '{"scripts":{"test":"jest"}}'}, "npm test", "package.json"),
        (
            {"package.json": '{"scripts":{"test":"jest"}}', "yarn.lock": ""},
            "yarn test",
            "package.json",
        ),
        (
            {"package.json": '{"scripts":{"test":"jest"}}', "pnpm-lock.yaml": ""},
            "pnpm test",
            "package.json",
        ),
        ({"Makefile": "all:\n\ntest: all\n\tx\n"}, "make test", "Makefile"),
        ({"Makefile": "check:\n\tx\n"}, "make check", "Makefile"),
        ({"go.mod": "module x"}, "go test ./...", "go.mod"),
        ({"Cargo.toml": ""}, "cargo test", "Cargo.toml"),
        ({"App.sln": ""}, "dotnet test", "App.sln"),
    ],
)
def test_detected(files: dict[str, str], command: str, because: str) -> None:
    found = execution_command(sorted(files), files.get)
    assert found is not None
    assert (found.command, found.because) == (command, because)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"README.md": "pytest"},
        {"pyproject.toml": "[project]"},
        {"package.json": '{"scripts":{"test":"echo \\"Error: no test specified\\" && exit 1"}}'},
        {"package.json": '{"scripts":{}}'},
        {"package.json": "not json"},
        {"package.json": "[]"},
        {"package.json": '{"scripts":{"test":3}}'},
        {"Makefile": "test := 3\n"},
        {"src/App.sln": ""},
    ],
)
def test_not_detected(files: dict[str, str]) -> None:
    assert execution_command(sorted(files), files.get) is None

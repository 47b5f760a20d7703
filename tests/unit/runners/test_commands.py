"""How commands are asked to tell more, and whose variables are left alone."""

import pytest

from integrations.runners import InstalledRunners

PYTEST, GO, NODE = "PYTEST_ADDOPTS", "GOFLAGS", "NODE_OPTIONS"


@pytest.mark.parametrize(
    ("command", "variables"),
    [
        ("python -m pytest -q && ruff check", {PYTEST}),
        ("make test", {PYTEST}),
        ("npm test", {PYTEST}),
        ("cargo test", {PYTEST}),
        ("go test ./...", {PYTEST, GO}),
        ("cd api && go  test ./... && go vet ./...", {PYTEST, GO}),
        ("GOFLAGS=-mod=mod go test ./...", {PYTEST}),
        ("go vet ./...", {PYTEST}),
        ("node --test", {PYTEST, NODE}),
        ("node --experimental-strip-types --test test/", {PYTEST, NODE}),
        ("node --test --test-reporter=dot", {PYTEST}),
        ("node --test-only x.js", {PYTEST}),
        ("NODE_OPTIONS=--no-warnings node --test", {PYTEST}),
        ("pytest && node --test", {PYTEST}),
        ("node build.js; other --test", {PYTEST}),
    ],
)
def test_which_variables_are_set(command: str, variables: set[str]) -> None:
    reporting = InstalledRunners().reporting(command)
    assert set(reporting.variables) == variables
    assert reporting.path


def test_what_they_say() -> None:
    reporting = InstalledRunners().reporting("go test ./... && node --test")
    path = reporting.path
    assert reporting.variables == {
        PYTEST: f"--junitxml={path} -o junit_family=xunit1",
        GO: "-v",
        NODE: "--test-reporter=spec --test-reporter-destination=stdout"
        f" --test-reporter=junit --test-reporter-destination={path}",
    }

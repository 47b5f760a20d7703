"""What the agent's work is measured by, and so must not change: as it stands on the base."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Protection:
    """Which paths of a commit are put back to what they are on the base.

    Patterns are those of ``.gitignore`` (gitignore(5)), matched against paths from the top.
    """

    existing: tuple[str, ...] = ()
    """Files that the base has: changed or removed ones come back, new ones are left alone."""
    always: tuple[str, ...] = ()
    """New files are taken away too."""
    except_for: tuple[str, ...] = ()
    """Paths that the story names as changing, exactly as they are: left alone."""


@dataclass(frozen=True, slots=True)
class Protected:
    """A commit for the clean room, and where it differs from the agent's."""

    commit: str
    restored: tuple[str, ...] = ()
    """Paths that were put back or taken away, sorted."""


@dataclass(frozen=True, slots=True)
class FoundSecret:
    """Something that has the shape of a secret."""

    kind: str
    """``AWS Access Key``."""
    text: str
    line: int
    """From 1."""


TESTS = (
    *("test/", "tests/", "spec/", "specs/", "__tests__/", "testdata/", "__snapshots__/"),
    *("test_*.py", "*_test.py", "tests.py", "*_test.go", "*.test.*", "*.spec.*", "*_spec.rb"),
    *("*_test.rb", "*Test.java", "*Tests.java", "*Test.kt", "*Test.php", "*Tests.cs"),
    *("*_test.exs", "*_test.dart", "*_test.cc", "*_test.cpp"),
)
"""Where the test runners of many languages look for tests, by their own documented defaults."""

FLEET = (".storyfleet.toml",)
"""The fleet's own settings."""

CI = (
    *("/.github/workflows/", "/.github/actions/", "/.gitlab-ci.yml", "/.gitlab/ci/"),
    *("/.circleci/", "/.buildkite/", "/.travis.yml", "/.drone.yml", "/.woodpecker/"),
    *("/.woodpecker.yml", "/azure-pipelines.yml", "/bitbucket-pipelines.yml", "/Jenkinsfile"),
    *("/.ci/", "/.pre-commit-config.yaml", "/CODEOWNERS", "/.github/CODEOWNERS"),
)
"""What runs, or decides, when the pull request is checked."""

RULES = (
    *("AGENTS.md", "CLAUDE.md", "GEMINI.md", "QWEN.md", "/CONVENTIONS.md"),
    *("/.claude/", "/.codex/", "/.gemini/", "/.qwen/", "/.opencode/", "/opencode.json"),
    *("/.cursor/", "/.cursorrules", "/.windsurfrules", "/.github/copilot-instructions.md"),
    *("/.aider.conf.yml", "/.mcp.json", "/.agents/"),
)
"""Rules and skills, which coding agents read and obey."""

RUNNERS = (
    *("conftest.py", "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "tox.ini"),
    *("noxfile.py", ".coveragerc", "sitecustomize.py", "usercustomize.py", "*.pth"),
    # Plugins that pytest finds by itself; code that Python takes in place of the source it is of.
    *("*.dist-info/", "*.egg-info/", "__pycache__/", "*.pyc"),
    # What a set-up has installed.
    *(".venv/", "venv/", "node_modules/"),
    # Which make takes before a Makefile.
    "GNUmakefile",
    *("/pytest.py", "/pytest/", "/_pytest/", "/pluggy/", "/unittest.py", "/unittest/"),
    *("jest.config.*", "vitest.config.*", "vitest.workspace.*", ".mocharc.*", "karma.conf.*"),
    *("playwright.config.*", "cypress.config.*", "phpunit.xml", "phpunit.xml.dist", ".rspec"),
    *(".npmrc", ".yarnrc", ".yarnrc.yml", "/.cargo/"),
)
"""What makes a test runner do something else with the same tests."""

USUAL = Protection(existing=TESTS, always=(*FLEET, *CI, *RULES, *RUNNERS))


def is_test(path: str) -> bool:
    """Whether a test runner would take the file for a test, or for a part of one."""
    *directories, name = path.split("/")
    return any(
        pattern.rstrip("/") in directories if pattern.endswith("/") else fnmatchcase(name, pattern)
        for pattern in TESTS
    )


def named_in(text: str, files: Sequence[str]) -> tuple[str, ...]:
    """The paths that a story names, as words of its own: with their directories, or by the name
    alone where the repository has one file of that name.
    """
    words = {word.rstrip(_AROUND).removeprefix("./") for word in _WORD.findall(text)}
    paths = {word for word in words if "/" in word.strip("/") or "." in word.strip(".")}
    by_name: dict[str, list[str]] = {}
    for file in files:
        by_name.setdefault(file.rpartition("/")[2], []).append(file)
    only = {found[0] for path in paths if len(found := by_name.get(path, [])) == 1}
    return tuple(sorted(paths | only))


def part_of_command(command: str, files: Sequence[str]) -> tuple[str, ...]:
    """Patterns for the files that an execution command itself is made of."""
    words = {word.rstrip(_AROUND).removeprefix("./") for word in _WORD.findall(command)}
    named = words & set(files)
    if "make" in words:
        named |= {"Makefile", "makefile", "GNUmakefile"} & set(files)
    return tuple(f"/{path}" for path in sorted(named))


_WORD = re.compile(r"[\w./@+-]+")
_AROUND = ".,:;!?-"

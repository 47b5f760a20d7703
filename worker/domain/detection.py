"""Finding out how a repository tests itself, where its settings do not say."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ReadFile = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Detected:
    """An execution command and the file that it was derived from."""

    command: str
    because: str


def execution_command(files: Sequence[str], read: ReadFile) -> Detected | None:
    """The repository's own test command, or None where nothing tells.

    ``files`` are the paths of the base commit; ``read`` returns a file's text or None. The
    surest signs come first: a Python project's tests, then what ``package.json`` or a Makefile
    declare, then the conventions of the other build tools.
    """
    present = frozenset(files)
    finders = (_pytest, _package_json, _makefile, _by_convention)
    return next((found for find in finders if (found := find(present, read))), None)


def _pytest(files: frozenset[str], read: ReadFile) -> Detected | None:
    if "pytest.ini" in files:
        return Detected("python3 -m pytest", "pytest.ini")
    for name in ("pyproject.toml", "setup.cfg", "tox.ini"):
        if name in files and "pytest" in (read(name) or ""):
            return Detected("python3 -m pytest", name)
    tests = sorted(f for f in files if re.search(r"(^|/)(test_[^/]+|[^/]+_test|conftest)\.py$", f))
    return Detected("python3 -m pytest", tests[0]) if tests else None


def _package_json(files: frozenset[str], read: ReadFile) -> Detected | None:
    if "package.json" not in files:
        return None
    try:
        scripts = json.loads(read("package.json") or "{}").get("scripts", {})
        test = scripts.get("test", "")
    except (json.JSONDecodeError, AttributeError):
        return None
    if not isinstance(test, str) or not test.strip() or "no test specified" in test:
        return None
    for lock, command in (("pnpm-lock.yaml", "pnpm test"), ("yarn.lock", "yarn test")):
        if lock in files:
            return Detected(command, "package.json")
    return Detected("npm test", "package.json")


def _makefile(files: frozenset[str], read: ReadFile) -> Detected | None:
    for name in ("Makefile", "makefile", "GNUmakefile"):
        text = (read(name) or "") if name in files else ""
        for target in ("test", "check"):
            if re.search(rf"^{target}\s*:(?!=)", text, re.MULTILINE):
                return Detected(f"make {target}", name)
    return None


_CONVENTIONS = (
    ("go.mod", "go test ./..."),
    ("Cargo.toml", "cargo test"),
    ("mix.exs", "mix test"),
    ("gradlew", "./gradlew test"),
    ("pom.xml", "mvn -q test"),
    ("deno.json", "deno test"),
    (".rspec", "bundle exec rspec"),
    ("phpunit.xml", "vendor/bin/phpunit"),
    ("phpunit.xml.dist", "vendor/bin/phpunit"),
)


def _by_convention(files: frozenset[str], read: ReadFile) -> Detected | None:
    del read
    found = next(((name, cmd) for name, cmd in _CONVENTIONS if name in files), None)
    if found:
        return Detected(found[1], found[0])
    projects = sorted(f for f in files if "/" not in f and f.endswith((".sln", ".csproj")))
    return Detected("dotnet test", projects[0]) if projects else None

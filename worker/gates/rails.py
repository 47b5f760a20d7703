"""The gate ``rails``: the change stays where, and of what, the repository's settings allow."""

import ast
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from worker.domain.dependencies import names, normal
from worker.domain.evidence import Finding
from worker.domain.protection import is_test
from worker.domain.rails import Banned, Rails
from worker.gates.change import Change

GATE = "rails"
_LONGEST_LINE = 2_000
"""Characters of a line that patterns are matched against: a pattern may be slow on long ones."""


def findings(change: Change, rails: Rails) -> Iterator[Finding]:
    """Each with the name of the rule that was broken."""
    yield from _size(change, rails)
    if rails.directories:
        yield from _places(change, rails.directories)
    if rails.dependencies is not None:
        yield from _dependencies(change, rails.dependencies)
    for path in change.files:
        if any(fnmatchcase(path, pattern) for pattern in rails.interfaces):
            yield from _interface(path, change)
    for banned in rails.banned:
        yield from _banned(change, banned)


def _size(change: Change, rails: Rails) -> Iterator[Finding]:
    if rails.max_files is not None and len(change.files) > rails.max_files:
        text = f"{len(change.files)} files were changed; `rails.max_files` is {rails.max_files}."
        yield Finding(GATE, "the change", f"{text} Do the task with less.", "max_files")
    lines = sum(len(change.added(path)) for path in change.code)
    if rails.max_lines is not None and lines > rails.max_lines:
        text = (
            f"{lines} lines were added (tests not counted); `rails.max_lines` is {rails.max_lines}."
        )
        yield Finding(GATE, "the change", f"{text} Do the task with less.", "max_lines")


def _places(change: Change, allowed: Sequence[str]) -> Iterator[Finding]:
    for path in change.files:
        if not any(path == a or path.startswith(a.rstrip("/") + "/") for a in allowed):
            listed = ", ".join(f"`{one}`" for one in allowed)
            text = f"Only {listed} may be changed (`rails.directories`). Put this path back."
            yield Finding(GATE, path, text, "directories")


def _dependencies(change: Change, allowed: Sequence[str]) -> Iterator[Finding]:
    for path in change.files:
        added = names(path, change.head(path) or "") - names(path, change.base(path) or "")
        for name in sorted(added):
            if not any(fnmatchcase(name, normal(pattern)) for pattern in allowed):
                text = (
                    f"The dependency `{name}` may not be added (`rails.dependencies`). Do without."
                )
                yield Finding(GATE, path, text, f"dependencies {name}")


def _interface(path: str, change: Change) -> Iterator[Finding]:
    before, after = change.base(path), change.head(path)
    if before is None:
        return
    old, new = interface(path, before), interface(path, after or "")
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            text = f"`{name}` is part of an interface that must stay (`rails.interfaces`)."
            yield Finding(GATE, path, f"{text} Put it back.", f"interfaces {name}")


def interface(path: str, text: str) -> dict[str, str]:
    """Public names of a file with their signatures; in a language that is not read, the whole file
    under one name.
    """
    if not path.endswith((".py", ".pyi")):
        return {path: text}
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {path: text}
    return dict(_public(tree.body, ""))


def _public(body: Sequence[ast.stmt], within: str) -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if not node.name.startswith("_") or node.name == "__init__":
                returns = ast.unparse(node.returns) if node.returns else ""
                yield within + node.name, f"({ast.unparse(node.args)}) -> {returns}"
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield within + node.name, ", ".join(ast.unparse(base) for base in node.bases)
            yield from _public(node.body, f"{within}{node.name}.")
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            if not node.target.id.startswith("_"):
                yield within + node.target.id, ast.unparse(node.annotation)
        elif isinstance(node, ast.Assign):
            targets = [t.id for t in node.targets if isinstance(t, ast.Name)]
            yield from ((within + name, "") for name in targets if not name.startswith("_"))


def _banned(change: Change, banned: Banned) -> Iterator[Finding]:
    pattern = re.compile(banned.pattern)
    for path in change.files:
        if not _meant(path, banned.files):
            continue
        for number, line in change.added_lines(path):
            if pattern.search(line[:_LONGEST_LINE]):
                why = f" {banned.why}" if banned.why else ""
                text = f"This breaks the rule `{banned.name}` of the repository.{why}"
                place = f"{path}:{number}"
                yield Finding(GATE, place, text, f"{banned.name} {' '.join(line.split())[:80]}")


def _meant(path: str, patterns: Sequence[str]) -> bool:
    if not patterns:
        return not is_test(path)
    return any(fnmatchcase(path, pattern) for pattern in patterns)

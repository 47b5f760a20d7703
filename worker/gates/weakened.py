"""The gate ``nothing weakened``: no test checks less, no warning is silenced, and no error that was
raised is raised no more.
"""

import re
from collections.abc import Iterator

from worker.domain.evidence import Finding
from worker.gates.change import Change
from worker.gates.weak_tests import weakness
from worker.ports import Syntax

GATE = "nothing weakened"
_SILENCERS = re.compile(
    r"#\s*(?:noqa|type:\s*ignore|pyright:\s*ignore|pylint:\s*disable|nosec|pragma:\s*no\s*(?:cover|"
    r"branch)|mypy:\s*ignore)|eslint-disable|@ts-(?:ignore|nocheck|expect-error)|(?:istanbul|c8|v8)"
    r"\s+ignore|//\s*nolint|#\[allow\(|@SuppressWarnings|rubocop:disable|phpcs:ignore",
    re.IGNORECASE,
)
"""How tools of many languages are told to look away, by their own documentation."""
_RAISED = re.compile(r"^[^#\n]*?\b(?:raise|throw new|throw)\s+((?:\w+\.)*[A-Z]\w*)", re.MULTILINE)


def findings(change: Change, syntax: Syntax) -> Iterator[Finding]:
    """Tests may only be changed at all where the story names their files."""
    for path in change.files:
        if path in change.tests:
            yield from _weaker_tests(path, change, syntax)
        elif change.head(path) is None and change.base(path) is not None:
            yield from _removed_tests(path, change, syntax)
    for path in change.files:
        yield from _silenced(path, change)
    yield from _lost_errors(change)


def _weaker_tests(path: str, change: Change, syntax: Syntax) -> Iterator[Finding]:
    now = {test.name: test for test in syntax.tests(path, change.head(path) or "")}
    for before in syntax.tests(path, change.base(path) or ""):
        place = f"{path}:{before.line}"
        after = now.get(before.name)
        if after is None:
            text = f"The test `{before.name}` was removed or renamed. Put it back."
            yield Finding(GATE, path, text, f"removed {before.name}")
        elif weakness(before) is None and (worse := weakness(after)):
            yield Finding(GATE, place, f"`{before.name}` now {worse}", f"weaker {before.name}")
        elif len(after.checks) < len(before.checks):
            text = (
                f"`{before.name}` had {len(before.checks)} assertions and has {len(after.checks)}."
                " Put back what it checked."
            )
            yield Finding(GATE, place, text, f"fewer {before.name}")


def _removed_tests(path: str, change: Change, syntax: Syntax) -> Iterator[Finding]:
    tests = syntax.tests(path, change.base(path) or "")
    if tests:
        text = f"This file held {len(tests)} tests, and was removed. Put it back."
        yield Finding(GATE, path, text, "removed")


def _lost_errors(change: Change) -> Iterator[Finding]:
    """Kinds of errors that nothing in the changed files raises any more, where less is raised in
    all than before: code that was moved may have left its refusals behind.
    """
    before = {path: _raised(change.base(path)) for path in change.code}
    now = [name for path in change.code for name in _raised(change.head(path))]
    if len(now) >= sum(len(names) for names in before.values()):
        return
    for path, names in before.items():
        for name in dict.fromkeys(names):
            if name not in now:
                text = (
                    f"`{name}` was raised here, and nothing in the change raises it any more. Keep"
                    " what was refused refused."
                )
                yield Finding(GATE, path, text, f"lost {name}")


def _raised(text: str | None) -> list[str]:
    return [found[1] for found in _RAISED.finditer(text or "")]


def _silenced(path: str, change: Change) -> Iterator[Finding]:
    gone = "\n".join(change.removed(path))
    for number, line in change.added_lines(path):
        found = _SILENCERS.search(line)
        if found and found.group() not in gone:
            text = (
                f"`{found.group()}` makes a tool look away. Mend what it complains about instead."
            )
            yield Finding(GATE, f"{path}:{number}", text, f"silenced {' '.join(line.split())[:80]}")

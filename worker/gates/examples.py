"""The gate ``examples``: values that the criteria give are in the tests."""

import re
from collections.abc import Iterator, Sequence

from worker.domain.evidence import Finding
from worker.domain.protection import is_test
from worker.gates.change import Change

GATE = "examples"
_QUOTED = re.compile(r"`([^`\n]+)`")
_VALUE = re.compile(r"(?=.*\w)[\w#?.,…°€$%+\- ]{1,30}")
_NUMBER = re.compile(r"[+-]?[\d.,_]+\s*(%|€|\$)?")
_SUM = re.compile(r"\s[-+%]\s")
_NAME = re.compile(r"[a-z_][a-zA-Z_]*|[A-Z][a-z]\w*|\w+(\.\w+)*\.[a-zA-Z]\w*|--?\w[\w-]*")
"""A function, a parameter, a type, a file, an option: tests may speak of it in other words."""
_LEAST = 2
"""One may be a slip of the story, or said in other words."""
_FILES = 200


def findings(
    criteria: Sequence[str], story: str, change: Change, files: Sequence[str]
) -> Iterator[Finding]:
    """For values in backticks that no test mentions, where there are two or more of them, and tests
    do mention others, so that they are of the kind that tests speak of. ``story`` is all its text,
    ``files`` are all of the commit's.
    """
    given = list(dict.fromkeys(value for text in criteria for value in values(text)))
    if not given or not change.tests:
        return
    others = [path for path in files if is_test(path) and path not in change.tests]
    read = (change.head(path) or "" for path in (*change.tests, *others[:_FILES]))
    tests = _flat("\n".join(read))
    missing = [value for value in given if _flat(value) not in tests]
    if len(missing) < _LEAST or not any(_flat(value) in tests for value in values(story)):
        return
    for value in missing:
        text = f"The criteria speak of `{value}`, and no test does. Test what is said of it."
        yield Finding(GATE, change.tests[0], text, value)


def values(text: str) -> Iterator[str]:
    """What stands in backticks and is neither a name nor a number, which may be written otherwise
    (``100.00`` as 10000 cents).
    """
    for quoted in _QUOTED.findall(text):
        inner = quoted.strip().strip("\"'")
        literal = inner != quoted.strip()
        if _VALUE.fullmatch(inner) is None or _NUMBER.fullmatch(inner) or _SUM.search(inner):
            continue
        if literal or _NAME.fullmatch(inner) is None:
            yield inner


def _flat(text: str) -> str:
    """``NOT_GRANTED`` and ``not granted`` are the same outcome."""
    return " ".join(text.lower().replace("_", " ").split())

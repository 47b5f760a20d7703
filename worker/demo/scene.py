"""What the demo plays: a small repository, a story, and a scripted model that errs once."""

from dataclasses import dataclass, field
from typing import Any

REPOSITORY = "acme/tills"

README = """# tills

Money for a small shop. All amounts are whole cents.
"""

MONEY = '''"""Amounts of money, in whole cents."""


def total(items: list[int]) -> int:
    """Add up the prices of a bill."""
    return sum(items)
'''

TESTS = """from tills.money import total


def test_total():
    assert total([250, 199, 1]) == 450
"""

STORY_TITLE = "Split a bill fairly"

STORY = """Guests want to share a bill. Add `split(amount, people)` to `tills/money.py`; it returns
a list with each person's share in cents.

## Acceptance criteria

- `split(1000, 3)` returns `[334, 333, 333]`: the shares add up to the amount, larger ones first
- `split(900, 3)` returns `[300, 300, 300]`
- `split(100, 0)` raises `ValueError`
- The new behaviour has tests in `tests/test_money.py`
"""

SETTINGS = """# How storyfleet works on this repository. Read from the base branch only.
prompt = "Plain Python, type annotations, a docstring for each public function."
execution_command = "python3 -m pytest -q -p no:cacheprovider"
context_editable = ["tills/money.py", "tests/test_money.py"]
max_iterations = 4
"""

NEW_TESTS = """import pytest

from tills.money import split, total


def test_total():
    assert total([250, 199, 1]) == 450


def test_split_gives_the_rest_to_the_first():
    assert split(1000, 3) == [334, 333, 333]


def test_split_evenly():
    assert split(900, 3) == [300, 300, 300]


def test_one_person_pays_it_all():
    assert split(999, 1) == [999]


def test_nobody_cannot_pay():
    with pytest.raises(ValueError):
        split(100, 0)
"""

FIRST_TRY = (
    MONEY
    + '''

def split(amount: int, people: int) -> list[int]:
    """Share a bill between people, in cents."""
    if people < 1:
        raise ValueError("a bill needs at least one person")
    return [amount // people] * people
'''
)

SECOND_TRY = FIRST_TRY.replace(
    "    return [amount // people] * people\n",
    "    share, rest = divmod(amount, people)\n"
    "    return [share + 1] * rest + [share] * (people - rest)\n",
)


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing to play."""

    title: str
    story: str
    files: dict[str, str]
    script: list[dict[str, Any]] = field(default_factory=list)
    """Rules for the model stub; empty where a real model writes."""
    more: dict[str, dict[str, str]] = field(default_factory=dict)
    """Further repositories; a ticket goes there by the project of the same name."""


def _wrote(path: str, content: str) -> dict[str, Any]:
    return {"tool_calls": [{"name": "write_file", "arguments": {"path": path, "content": content}}]}


def _ran(command: str) -> dict[str, Any]:
    return {"tool_calls": [{"name": "shell", "arguments": {"command": command}}]}


def _criterion(number: int, status: str, quotation: str, note: str) -> dict[str, Any]:
    return {"number": number, "status": status, "quotation": quotation, "note": note}


_JUDGED_RED = {
    "criteria": [
        _criterion(1, "not met", "assert [333, 333, 333] == [334, 333, 333]", "the rest is lost"),
        _criterion(2, "met", "return [amount // people] * people", "even shares are right"),
        _criterion(3, "met", "if people < 1:", "zero people are refused"),
        _criterion(4, "met", "def test_split_gives_the_rest_to_the_first", "each has a test"),
    ],
    "feedback": "The shares of split(1000, 3) add up to 999: give the remaining cents to the first "
    "people, one each.",
}

_JUDGED_GREEN = {
    "criteria": [
        _criterion(1, "met", "return [share + 1] * rest", "the rest goes to the first people"),
        _criterion(2, "met", "assert split(900, 3) == [300, 300, 300]", "and its test passes"),
        _criterion(3, "met", 'raise ValueError("a bill needs', "tested by test_nobody_cannot_pay"),
        _criterion(4, "met", "5 passed", "one test for each behaviour"),
    ],
    "feedback": "",
}

FILES = {
    "README.md": README,
    "tills/__init__.py": "",
    "tills/money.py": MONEY,
    "tests/test_money.py": TESTS,
    ".storyfleet.toml": SETTINGS,
}


def scripted() -> Scene:
    """A coder that forgets the remainder in round 1, and a judge that notices.

    The answers go by what was said before, so any number of tickets can be worked on at once.
    """
    again = "What happened in round"
    coder = {
        f"{again}.*money.py is written": {
            "text": "The remaining cents now go to the first people."
        },
        f"{again}.*tail -n 15": _wrote("tills/money.py", SECOND_TRY),
        again: _ran("python3 -m pytest -q -p no:cacheprovider | tail -n 15"),
        "test_money.py is written": {"text": "I added split() and tests for it."},
        "tills/money.py is written": _wrote("tests/test_money.py", NEW_TESTS),
        "cat tills": _wrote("tills/money.py", FIRST_TRY),
        "": _ran("cat tills/money.py tests/test_money.py"),
    }
    judge = {
        r"assert \[333, 333, 333\]": {"structured": _JUDGED_RED},
        "": {"structured": _JUDGED_GREEN},
    }
    script = [*_rules("scripted-coder", coder), *_rules("scripted-judge", judge)]
    return Scene(STORY_TITLE, STORY, FILES, script)


def _rules(model: str, answers: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The first answer applies whose pattern occurs in the conversation so far."""
    return [
        {"model": model, "conversation": said, "answers": [answer], "repeat": True}
        for said, answer in answers.items()
    ]


def for_a_real_model() -> Scene:
    """The same story, for a model of the user's."""
    return Scene(STORY_TITLE, STORY, FILES)


SMALL_TESTS = """from shapes import area


def test_area():
    assert area(2, 4) == 8
    assert area(3, 3) == 9
    assert area(0, 5) == 0
"""

SMALL_SETTINGS = """execution_command = "python3 -m pytest -q -p no:cacheprovider"
context_editable = ["shapes.py"]
max_iterations = 8
stall_rounds = 8

[mutation]
seconds = 0
"""

SMALL_STORY = """Write the function `area(width, height)`. It returns the width times the height.

## Acceptance criteria

- `area(2, 4)` returns `8`
"""


def for_smollm2() -> Scene:
    """Something that a model of 135 million parameters can write, and the tests judge."""
    files = {
        "README.md": "# shapes\n",
        "shapes.py": "",
        "test_shapes.py": SMALL_TESTS,
        ".storyfleet.toml": SMALL_SETTINGS,
    }
    return Scene("Area of a rectangle", SMALL_STORY, files)

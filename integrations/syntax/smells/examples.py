"""Code that was made for the examples in its tests, told apart from tables and special cases.

A table of what belongs to what is right code, and its tests name the same pairs; so only pairs
count whose answer follows from the question: by letters, by arithmetic, or because the question is
a whole list or sentence. What is missed is left to the judge.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from integrations.syntax.tree import Node

Rows = Sequence[frozenset[str]]

_FEW = 2
_LONGER_THAN = 3
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_FREE_TEXT = re.compile(r".*(\s|\d.*\D|\D.*\d).*", re.DOTALL)
_TRIVIAL = frozenset({"0", "1", "-1", "2", "0.0", "1.0"})
_LARGEST = 10_000


@dataclass(frozen=True, slots=True)
class Pair:
    """``if x == 12: return 144``: constants as ``constant`` writes them."""

    inputs: tuple[str, ...]
    output: str
    node: Node


@dataclass(frozen=True, slots=True)
class Candidate:
    """A function that gives constants for constants."""

    pairs: tuple[Pair, ...]
    general: bool
    """Whether it does anything else with what it is given."""
    closed: bool
    """Whether it refuses what is not in its table."""


def constant(text: str) -> str:
    """A constant as it is compared: one kind of quotation mark, no spaces outside of strings."""
    text = text.strip()
    if text[:1] in {"'", '"', "`"}:
        return f"'{text[1:-1]}'"
    return "".join(text.split()).replace('"', "'").replace("`", "'").replace("_", "")


def made_for_tests(candidate: Candidate, rows: Rows) -> Sequence[Pair]:
    """The pairs that give it away; none where it may well be right."""
    known = [pair for pair in candidate.pairs if _in_a_row(pair, rows)]
    return [pair for pair in known if _gives_away(pair, known, candidate)]


def _in_a_row(pair: Pair, rows: Rows) -> bool:
    wanted = {*pair.inputs, pair.output}
    return len(wanted) > 1 and any(wanted <= row for row in rows)


def _gives_away(pair: Pair, known: Sequence[Pair], candidate: Candidate) -> bool:
    if len(pair.inputs) > 1:
        numbers = all(_NUMBER.fullmatch(text) is not None for text in (*pair.inputs, pair.output))
        return numbers and pair.output not in _TRIVIAL and not set(pair.inputs) <= _TRIVIAL
    asked = pair.inputs[0]
    if asked[:1] in {"[", "(", "{"}:
        return len(asked) > len("[1]")
    if candidate.general:
        return False
    if _NUMBER.fullmatch(asked) is not None:
        return _by_arithmetic(pair, known, candidate)
    return _by_letters(asked.strip("'"), pair.output.strip("'"), candidate)


def _by_letters(asked: str, answered: str, candidate: Candidate) -> bool:
    if len(asked) <= _LONGER_THAN:
        return False
    if asked != answered and _letters(asked) == _letters(answered):
        return True
    return _FREE_TEXT.fullmatch(asked) is not None and not candidate.closed and len(answered) > 1


def _letters(text: str) -> list[str]:
    return sorted(letter for letter in text.casefold() if letter.isalnum())


def _by_arithmetic(pair: Pair, known: Sequence[Pair], candidate: Candidate) -> bool:
    asked, answered = pair.inputs[0], pair.output
    if asked in _TRIVIAL or answered in _TRIVIAL or _NUMBER.fullmatch(answered) is None:
        return False
    if _follows(asked, answered):
        return True
    numbers = [(p.inputs[0], p.output) for p in known if len(p.inputs) == 1]
    return len(numbers) >= _FEW and not candidate.closed and _on_a_line(numbers)


def _follows(asked: str, answered: str) -> bool:
    if "." in asked or "." in answered or abs(int(asked)) > _LARGEST or len(answered) > _FEW**5:
        return False
    number, result = int(asked), int(answered)
    known = {number**2, number**3, number * (number + 1) // 2}
    if _FEW < number < _FEW**5:
        known |= {math.factorial(number), _fibonacci(number), 2**number}
    return abs(number) > _FEW and result in known


def _fibonacci(number: int) -> int:
    first, second = 0, 1
    for _ in range(number):
        first, second = second, first + second
    return first


def _on_a_line(numbers: Iterable[tuple[str, str]]) -> bool:
    """Whether all answers are the same multiple of what was asked, or differ by the same."""
    pairs = [
        (float(asked), float(answered))
        for asked, answered in numbers
        if _NUMBER.fullmatch(asked) and _NUMBER.fullmatch(answered) and float(asked)
    ]
    ratios = {round(answered / asked, 9) for asked, answered in pairs}
    steps = {round(answered - asked, 9) for asked, answered in pairs}
    return len(pairs) >= _FEW and 1 in {len(ratios), len(steps)}

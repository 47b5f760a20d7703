"""Strength of passwords by points."""

from collections.abc import Callable
from enum import IntEnum, auto


class Strength(IntEnum):
    WEAK = auto()
    FAIR = auto()
    GOOD = auto()
    STRONG = auto()


POINTS: tuple[Callable[[str], bool], ...] = (
    lambda password: len(password) >= 12,
    lambda password: len(password) >= 16,
    lambda password: password != password.upper() and password != password.lower(),
    lambda password: any(map(str.isdigit, password)),
    lambda password: not all(map(str.isalnum, password)),
)


def strength(password: str) -> Strength:
    points = sum(point(password) for point in POINTS)
    if len(password) < 8 or points <= 1:
        return Strength.WEAK
    return Strength(min(points, Strength.STRONG))

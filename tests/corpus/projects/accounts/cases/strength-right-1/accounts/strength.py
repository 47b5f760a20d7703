"""How strong a password is, in one word."""

from enum import Enum


class Strength(Enum):
    WEAK = "weak"
    FAIR = "fair"
    GOOD = "good"
    STRONG = "strong"


_BY_POINTS = (Strength.WEAK, Strength.WEAK, Strength.FAIR, Strength.GOOD)


def strength(password: str) -> Strength:
    if len(password) < 8:
        return Strength.WEAK
    points = _points(password)
    return _BY_POINTS[points] if points < len(_BY_POINTS) else Strength.STRONG


def _points(password: str) -> int:
    return sum(
        (
            len(password) >= 12,
            len(password) >= 16,
            any(char.islower() for char in password) and any(char.isupper() for char in password),
            any(char.isdigit() for char in password),
            any(not char.isalnum() for char in password),
        )
    )

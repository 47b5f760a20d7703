"""Password strength."""

from enum import Enum


class Strength(Enum):
    """How strong a password is."""

    WEAK = "weak"
    FAIR = "fair"
    GOOD = "good"
    STRONG = "strong"


def _score(password: str) -> int:
    score = 0
    if len(password) >= 12:
        score += 1
    elif len(password) >= 16:
        score += 2
    if password.lower() != password and password.upper() != password:
        score += 1
    if any(c.isdigit() for c in password):
        score += 1
    if any(not c.isalnum() for c in password):
        score += 1
    return score


def strength(password: str) -> Strength:
    """Return the strength of the password."""
    if len(password) < 8:
        return Strength.WEAK
    score = _score(password)
    if score > 4:
        return Strength.STRONG
    if score >= 3:
        return Strength.GOOD
    if score == 2:
        return Strength.FAIR
    return Strength.WEAK

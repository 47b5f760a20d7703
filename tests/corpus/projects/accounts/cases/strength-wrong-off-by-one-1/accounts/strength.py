"""Password strength."""

from enum import Enum


class Strength(Enum):
    """How strong a password is."""

    WEAK = 1
    FAIR = 2
    GOOD = 3
    STRONG = 4


def strength(password: str) -> Strength:
    """Return the strength of the password."""
    length = len(password)
    if length <= 8:
        return Strength.WEAK
    points = 0
    if length > 12:
        points += 1
    if length > 16:
        points += 1
    if any(c.islower() for c in password) and any(c.isupper() for c in password):
        points += 1
    if any(c.isdigit() for c in password):
        points += 1
    if any(not c.isalnum() for c in password):
        points += 1
    if points <= 1:
        return Strength.WEAK
    if points == 2:
        return Strength.FAIR
    if points == 3:
        return Strength.GOOD
    return Strength.STRONG

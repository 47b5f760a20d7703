"""Password rules."""

import re

MAX_LENGTH = 64


def _has_digit_and_special(password: str) -> bool:
    return bool(re.search(r"\d", password)) and bool(re.search(r"[^\w\s]|_", password))


def broken_rules(password: str, name: str) -> list[str]:
    """Return the names of all rules that the password breaks."""
    broken: list[str] = []
    minimum = 12 if _has_digit_and_special(password) else 8
    if len(password) < minimum or len(password) > MAX_LENGTH:
        broken.append("length")
    if name.lower() in password.lower():
        broken.append("name")
    if re.search(r"(.)\1\1", password):
        broken.append("repetition")
    if not re.search(r"[^\W\d_]", password) or not re.search(r"[\W\d_]", password):
        broken.append("mix")
    return broken

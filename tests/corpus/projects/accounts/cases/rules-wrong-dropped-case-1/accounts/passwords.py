"""Password rules."""

from itertools import groupby


def broken_rules(password: str, name: str) -> list[str]:
    """Return the names of all rules that the password breaks."""
    broken: list[str] = []
    if len(password) < 12 or len(password) > 64:
        broken.append("length")
    if name and name.lower() in password.lower():
        broken.append("name")
    if max((len(list(run)) for _, run in groupby(password)), default=0) >= 3:
        broken.append("repetition")
    if not any(c.isalpha() for c in password) or all(c.isalpha() for c in password):
        broken.append("mix")
    return broken

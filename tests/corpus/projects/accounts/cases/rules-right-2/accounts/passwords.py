"""Checks passwords that members choose."""

from itertools import groupby


def broken_rules(password: str, name: str) -> list[str]:
    broken = []
    if not _shortest(password) <= len(password) <= 64:
        broken.append("length")
    if name.casefold() in password.casefold():
        broken.append("name")
    if any(len(list(group)) >= 3 for _, group in groupby(password)):
        broken.append("repetition")
    letters = [character.isalpha() for character in password]
    if all(letters) or not any(letters):
        broken.append("mix")
    return broken


def _shortest(password: str) -> int:
    """How long this password must be: a varied one may be shorter."""
    special = [c for c in password if not (c.isalnum() or c.isspace())]
    return 8 if special and any(c.isdigit() for c in password) else 12

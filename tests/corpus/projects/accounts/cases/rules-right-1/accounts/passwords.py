"""Rules for new passwords."""

import re
from collections.abc import Callable

LONGEST = 64
SHORTEST = 12
SHORTEST_IF_COMPLEX = 8


def broken_rules(password: str, name: str) -> list[str]:
    """Names of all rules that the password breaks, in a fixed order."""
    return [rule for rule, holds in _RULES.items() if not holds(password, name)]


def _length(password: str, name: str) -> bool:
    shortest = SHORTEST_IF_COMPLEX if _is_complex(password) else SHORTEST
    return shortest <= len(password) <= LONGEST


def _is_complex(password: str) -> bool:
    has_special = any(not (char.isalnum() or char.isspace()) for char in password)
    return has_special and any(char.isdigit() for char in password)


def _name(password: str, name: str) -> bool:
    return name.lower() not in password.lower()


def _repetition(password: str, name: str) -> bool:
    return re.search(r"(.)\1\1", password, re.DOTALL) is None


def _mix(password: str, name: str) -> bool:
    letters = sum(char.isalpha() for char in password)
    return 0 < letters < len(password)


_RULES: dict[str, Callable[[str, str], bool]] = {
    "length": _length,
    "name": _name,
    "repetition": _repetition,
    "mix": _mix,
}

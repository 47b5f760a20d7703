"""Canonical column names."""

import re


class DuplicateColumn(ValueError):
    """Raised when two columns map to the same canonical name."""


ALIASES = {
    "email": "email",
    "mail": "email",
    "emailaddress": "email",
    "name": "name",
    "fullname": "name",
    "displayname": "name",
    "phone": "phone",
    "mobile": "phone",
    "telephone": "phone",
}


def _normalize(column: str) -> str:
    return re.sub(r"[ _-]+", "", column).lower()


def canonical(header: list[str]) -> list[str]:
    """Return the canonical names of the given columns."""
    return [ALIASES.get(_normalize(column), column.strip()) for column in header]

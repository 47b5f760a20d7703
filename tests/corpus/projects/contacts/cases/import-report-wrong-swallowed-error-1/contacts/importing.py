"""Import contacts from CSV."""

from dataclasses import dataclass
from enum import Enum

from contacts.rows import read_rows


class MissingColumn(ValueError):
    """Raised when a required column is missing."""


class Status(Enum):
    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True)
class RowResult:
    line: int
    status: Status


def _import_row(row: dict[str, str], book: dict[str, str]) -> Status:
    try:
        name, email = row["name"], row["email"]
        if not name:
            raise ValueError("name is empty")
        if "@" not in email:
            raise ValueError("email is invalid")
    except (KeyError, ValueError):
        return Status.REJECTED
    if email not in book:
        book[email] = name
        return Status.ADDED
    if book[email] != name:
        book[email] = name
        return Status.UPDATED
    return Status.UNCHANGED


def import_contacts(text: str, book: dict[str, str]) -> list[RowResult]:
    """Import contacts from CSV text into the book."""
    return [
        RowResult(line, _import_row(row, book)) for line, row in enumerate(read_rows(text), start=2)
    ]

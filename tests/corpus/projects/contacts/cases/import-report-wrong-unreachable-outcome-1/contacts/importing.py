"""Import contacts from CSV."""

from dataclasses import dataclass
from enum import Enum

from contacts.rows import read_header, read_rows


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


def import_contacts(text: str, book: dict[str, str]) -> list[RowResult]:
    """Import contacts from CSV text into the book and report every row."""
    header = read_header(text)
    for column in ("name", "email"):
        if column not in header:
            raise MissingColumn(column)

    results: list[RowResult] = []
    for index, row in enumerate(read_rows(text)):
        name, email = row["name"], row["email"]
        status = Status.UNCHANGED
        if not name or "@" not in email:
            status = Status.REJECTED
        elif email in book:
            book[email] = name
            status = Status.UPDATED
        else:
            book[email] = name
            status = Status.ADDED
        results.append(RowResult(index + 2, status))
    return results

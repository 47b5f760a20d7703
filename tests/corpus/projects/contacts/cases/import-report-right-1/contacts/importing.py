"""Brings an address book up to date from a file."""

from dataclasses import dataclass
from enum import Enum

from contacts.rows import read_header, read_rows

COLUMNS = ("name", "email")
FIRST_ROW = 2


class MissingColumn(ValueError):
    """The file has no column of this name."""


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
    """Add and update ``book`` (e-mail to name). Raises MissingColumn."""
    header = read_header(text)
    for column in COLUMNS:
        if column not in header:
            raise MissingColumn(f"the file has no column {column!r}")
    return [
        RowResult(line, _take(row["name"], row["email"], book))
        for line, row in enumerate(read_rows(text), start=FIRST_ROW)
    ]


def _take(name: str, email: str, book: dict[str, str]) -> Status:
    if not name or "@" not in email:
        return Status.REJECTED
    known = book.get(email)
    if known == name:
        return Status.UNCHANGED
    book[email] = name
    return Status.ADDED if known is None else Status.UPDATED

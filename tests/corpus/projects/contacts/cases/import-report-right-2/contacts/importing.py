"""Import of contacts, row by row."""

import enum
import logging
from typing import NamedTuple

from contacts.rows import read_header, read_rows

log = logging.getLogger(__name__)

Book = dict[str, str]
"""E-mail to name."""


class MissingColumn(ValueError):
    pass


class Status(enum.Enum):
    ADDED = enum.auto()
    UPDATED = enum.auto()
    UNCHANGED = enum.auto()
    REJECTED = enum.auto()


class RowResult(NamedTuple):
    line: int
    status: Status


def _status(name: str, email: str, book: Book) -> Status:
    if name == "" or "@" not in email:
        return Status.REJECTED
    if email not in book:
        return Status.ADDED
    return Status.UNCHANGED if book[email] == name else Status.UPDATED


def import_contacts(text: str, book: Book) -> list[RowResult]:
    missing = {"name", "email"}.difference(read_header(text))
    if missing:
        raise MissingColumn(", ".join(sorted(missing)))
    results = []
    for line, row in enumerate(read_rows(text), 2):
        status = _status(row["name"], row["email"], book)
        if status is Status.REJECTED:
            log.info("line %d was rejected", line)
        else:
            book[row["email"]] = row["name"]
        results.append(RowResult(line, status))
    return results

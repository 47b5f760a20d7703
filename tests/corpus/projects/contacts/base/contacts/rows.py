"""Reads CSV as the club's forms export it."""

import csv
import io


def read_header(text: str) -> list[str]:
    """The names of the columns, as they are written; empty for an empty file."""
    return next(csv.reader(io.StringIO(text)), [])


def read_rows(text: str) -> list[dict[str, str]]:
    """One dict for each row, without spaces around the values."""
    rows = csv.DictReader(io.StringIO(text))
    return [{name: (value or "").strip() for name, value in row.items()} for row in rows]

"""Turns what database drivers raise into the port's errors, without any secret."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from integrations.sql import database_url
from integrations.sql.sqlite_file import identity, path_of
from worker.domain.errors import Unavailable

UNDEFINED_TABLE = "42P01"
"""PostgreSQL's code."""
PRIMARY_CODE = 0xFF
"""The part of a SQLite code that is the same for every flavour of it."""


class Emptied(Unavailable):
    """The fleet's tables are not there: never made, or lost."""


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Raise Unavailable, naming the database and the driver's first line, for any driver error."""
    try:
        yield
    except DBAPIError as fault:
        kind = Emptied if _emptied(url, fault.orig) else Unavailable
        raise kind(_sentence(url, str(fault.orig))) from fault
    except PoolTimeout as fault:
        raise Unavailable(_sentence(url, "every connection of this process is busy")) from fault


def _emptied(url: URL, fault: BaseException | None) -> bool:
    if not isinstance(fault, sqlite3.OperationalError):
        return getattr(fault, "sqlstate", None) == UNDEFINED_TABLE
    if str(fault).startswith("no such table"):
        return True
    unopened = fault.sqlite_errorcode & PRIMARY_CODE == sqlite3.SQLITE_CANTOPEN
    return unopened and identity(path_of(url)) is None


def _sentence(url: URL, said: str) -> str:
    first = next((line.strip() for line in said.splitlines() if line.strip()), "no reason given")
    for secret in database_url.secrets(url):
        first = first.replace(secret, "***")
    return f"{database_url.display(url)} cannot be used now: {first}"

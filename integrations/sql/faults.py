"""Turns what database drivers raise into the port's errors, without any secret."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from integrations.sql import database_url
from worker.domain.errors import Unavailable


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Raise Unavailable, naming the database and the driver's first line, for any driver error."""
    try:
        yield
    except DBAPIError as fault:
        raise Unavailable(_sentence(url, str(fault.orig))) from fault
    except PoolTimeout as fault:
        raise Unavailable(_sentence(url, "every connection of this process is busy")) from fault


def _sentence(url: URL, said: str) -> str:
    first = next((line.strip() for line in said.splitlines() if line.strip()), "no reason given")
    for secret in database_url.secrets(url):
        first = first.replace(secret, "***")
    return f"{database_url.display(url)} cannot be used now: {first}"

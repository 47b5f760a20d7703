"""Reads DATABASE_URL, and names the database in messages without its password."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from worker.domain.errors import ConfigurationError

SUPPORTED = "sqlite:///path/to/file or postgresql+psycopg://user:password@host/database"
SQLITE = "sqlite"
POSTGRESQL = "postgresql+psycopg"
SCHEMES = {
    "sqlite": SQLITE,
    "sqlite+pysqlite": SQLITE,
    "postgres": POSTGRESQL,
    "postgresql": POSTGRESQL,
    "postgresql+psycopg": POSTGRESQL,
}


def read(database_url: str) -> URL:
    """Read a database's address; ``postgres://`` and ``postgresql://`` mean psycopg.

    Raises ConfigurationError, which never repeats the address: it may hold a password.
    """
    try:
        url = make_url(database_url)
    except (ArgumentError, ValueError):
        raise ConfigurationError(f"DATABASE_URL is not a URL. Write {SUPPORTED}.") from None
    scheme = SCHEMES.get(url.drivername)
    if scheme is None:
        text = f"DATABASE_URL: {url.drivername}:// is not supported. Write {SUPPORTED}."
        raise ConfigurationError(text)
    if scheme == SQLITE and (url.host or not _names_a_file(url.database or "")):
        raise ConfigurationError("DATABASE_URL names no file. Write sqlite:///path/to/file.")
    return url.set(drivername=scheme)


def display(url: URL) -> str:
    """Name a database for people: no user, no password, no options."""
    if url.drivername == SQLITE:
        return f"the SQLite database {url.database}"
    host = url.host or url.query.get("host") or "the local socket"
    port = f":{url.port}" if url.port else ""
    return f"the PostgreSQL database {url.database} at {host}{port}"


def secrets(url: URL) -> tuple[str, ...]:
    """What must not be shown of an address."""
    hidden = (url.password, url.query.get("password"), url.query.get("sslpassword"))
    return tuple(str(secret) for secret in hidden if secret)


def make_room(url: URL) -> None:
    """Create the directory of a SQLite file. Raises ConfigurationError."""
    if url.drivername != SQLITE or url.database is None:
        return
    place = Path(url.database).parent
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        text = f"DATABASE_URL: the directory {place} cannot be made ({fault.strerror})."
        raise ConfigurationError(text) from fault


def _names_a_file(database: str) -> bool:
    return database not in {"", ":memory:"} and not database.startswith("file:")

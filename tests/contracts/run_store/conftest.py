"""The same world three times: in memory, on SQLite, on PostgreSQL."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.sql import SqlRunStore, open_store
from tests.contracts.run_store import postgres_server, worlds
from tests.contracts.run_store.worlds import World
from worker.ports import RunStore

SQLITE = "sqlite"
POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.integration)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """``TEST_DATABASE_URL`` if it is set, else a private server."""
    given = os.environ.get("TEST_DATABASE_URL")  # noqa: TID251 - where the tests find a database
    if given:
        yield given
        return
    programs = postgres_server.binaries()
    if programs is None:
        reason = "no PostgreSQL: neither TEST_DATABASE_URL nor initdb; its tests did not run"
        if os.environ.get("CI"):  # noqa: TID251 - nothing may be skipped there
            pytest.fail(reason)
        pytest.skip(reason)
    with postgres_server.running(programs) as url:
        yield url


@pytest.fixture
def postgresql(postgresql_server: str) -> Iterator[str]:
    """An empty schema of its own."""
    schema = f"test_{uuid.uuid4().hex}"
    worlds.execute(postgresql_server, f"create schema {schema}")
    mark = "&" if "?" in postgresql_server else "?"
    yield f"{postgresql_server}{mark}options=-csearch_path%3D{schema}"
    worlds.execute(postgresql_server, f"drop schema {schema} cascade")


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/data/fleet.db"


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def database(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database."""
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture
def sql(database: str) -> Iterator[SqlRunStore]:
    store = open_store(database)
    yield store
    store.close()


@pytest.fixture(params=["memory", SQLITE, POSTGRESQL])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "memory":
        opened = worlds.memory()
    else:
        opened = worlds.sql(request.getfixturevalue(request.param))
    yield opened
    opened.close()


@pytest.fixture
def store(world: World) -> RunStore:
    return world.store

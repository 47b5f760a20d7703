"""The database's own clock, the only one that leases are measured on."""

from typing import Any

from sqlalchemy import Double
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class database_now(FunctionElement[float]):  # noqa: N801 - reads as the SQL function that it is
    """Seconds since the epoch when the statement runs, not when its transaction began."""

    type = Double()
    inherit_cache = True


@compiles(database_now, "postgresql")
def _postgresql(element: database_now, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401, ARG001
    return "extract(epoch from clock_timestamp())::double precision"


@compiles(database_now, "sqlite")
def _sqlite(element: database_now, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401, ARG001
    # unixepoch('subsec') needs SQLite 3.42; this has its precision (a millisecond) in any release.
    return "((julianday('now') - 2440587.5) * 86400.0)"

"""ClickHouse's own engine in this process (``chdb``), filled from a warehouse and asked Ibis expressions.

There is one such engine per process. Its settings are what the same expressions need of a server to mean
there what they mean in DuckDB.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import clickhouse_connect
import ibis
import pyarrow as pa
from ibis.backends.clickhouse import Backend
from ibis.backends.sql.datatypes import ClickHouseType

from huitou.warehouse.schema import TABLES
from huitou.warehouse.store import Warehouse

SETTINGS: Final[dict[str, Any]] = {
    "join_use_nulls": 1,  # the missing side of a left join is NULL, not 0 or ''
    "aggregate_functions_null_for_empty": 1,  # so is the sum of nothing
    "union_default_mode": "DISTINCT",
    "session_timezone": "UTC",
    "transform_null_in": 0,
    "cast_keep_nullable": 1,
    "decimal_check_overflow": 1,
}
_databases = itertools.count(1)


class ClickHouse:
    """A database of the engine with the warehouse's tables."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def fetch(self, expr: ibis.Table) -> pa.Table:
        """The rows of an expression over unbound tables."""
        return self._backend.con.query_arrow(self.sql(expr)).cast(expr.schema().to_pyarrow())

    def sql(self, expr: ibis.Table) -> str:
        """The expression in ClickHouse's words."""
        return str(ibis.clickhouse.compile(expr))

    def run(self, statement: str) -> None:
        self._backend.con.command(statement)

    def insert(self, name: str, rows: pa.Table) -> None:
        self._backend.con.insert_arrow(name, rows)


def create_table(name: str, schema: ibis.Schema) -> str:
    """The statement that makes a table; every column may be NULL."""
    columns = ", ".join(
        f"`{column}` {ClickHouseType.to_string(dtype.copy(nullable=True))}"
        for column, dtype in schema.items()
    )
    return f"CREATE TABLE `{name}` ({columns}) ENGINE = MergeTree ORDER BY tuple()"


@contextmanager
def copy_of(warehouse: Warehouse) -> Iterator[ClickHouse]:
    """Everything in a warehouse, in a database of its own that is dropped afterwards."""
    client = clickhouse_connect.get_client(dsn="chdb://", settings=SETTINGS)
    database = f"copy_{next(_databases)}"
    client.command(f"CREATE DATABASE {database}")
    client.command(f"USE {database}")
    client.database = database
    opened = ClickHouse(Backend.from_connection(client))
    try:
        for name, schema in TABLES.items():
            opened.run(create_table(name, schema))
            rows = warehouse.fetch(warehouse.table(name))
            if rows.num_rows:
                opened.insert(name, rows)
        yield opened
    finally:
        client.command("USE default")
        client.command(f"DROP DATABASE {database}")
        client.close()

"""Everything that is DuckDB's own: connecting, settings, DDL, writing, attaching, its functions.

No other module of Huitou builds SQL or imports ``duckdb``; all queries are Ibis expressions over
unbound tables (``ibis.table``), compiled here, so that another engine needs only a module like
this. Identifiers in statements come from ``warehouse.schema``, ``warehouse.staging`` and constants;
values never stand in a statement but as literals of expressions, which the compiler quotes.
"""

from __future__ import annotations

import atexit
import itertools
import os
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import duckdb
import ibis
import ibis.expr.operations as ops
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.backends.sql.datatypes import DuckDBType

from huitou.kernel.errors import Unavailable
from huitou.kernel.i18n import Text
from huitou.warehouse.parameters import parameters_of
from huitou.warehouse.pruning import pruned

MEMORY_ENV: Final = "HUITOU_WAREHOUSE_MEMORY"
THREADS_ENV: Final = "HUITOU_WAREHOUSE_THREADS"
DEFAULT_MEMORY: Final = "1GB"

_open_engines: weakref.WeakSet[Engine] = weakref.WeakSet()
_numbers = itertools.count(1)


class Engine:
    """One DuckDB instance: a file, or memory when ``path`` is ``None``.

    ``memory`` is a DuckDB size such as ``"1GB"`` (default ``$HUITOU_WAREHOUSE_MEMORY``, else 1 GB);
    what does not fit spills to ``temp_directory``. Raises ``Unavailable`` for a file or a setting
    that DuckDB does not take.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        memory: str | None = None,
        threads: int | None = None,
        temp_directory: Path | None = None,
        read_only: bool = False,
    ) -> None:
        settings: dict[str, Any] = {
            "memory_limit": memory or os.environ.get(MEMORY_ENV) or DEFAULT_MEMORY,
            "preserve_insertion_order": False,  # halves the memory of big inserts; reads sort
            "autoinstall_known_extensions": False,  # never reach for the network
            "TimeZone": "UTC",
        }
        wanted = threads or os.environ.get(THREADS_ENV)
        if wanted:
            settings["threads"] = int(wanted)
        if temp_directory is not None:
            settings["temp_directory"] = str(temp_directory)
        try:
            self._root = duckdb.connect(
                str(path) if path else ":memory:", read_only=read_only, config=settings
            )
        except (duckdb.Error, ValueError) as error:
            raise Unavailable(
                Text(
                    f"无法打开数据仓库 {path}：{error}",
                    f"The warehouse {path} does not open: {error}",
                ),
                remedy=Text(
                    f"检查文件权限、磁盘空间与 {MEMORY_ENV}、{THREADS_ENV}；文件损坏时从备份恢复",
                    f"Check permissions, disk space, {MEMORY_ENV} and {THREADS_ENV}; restore a "
                    "damaged file from the backup",
                ),
            ) from error
        self._lock = threading.Lock()
        self._connections: weakref.WeakSet[Connection] = weakref.WeakSet()
        _open_engines.add(self)

    def connect(self) -> Connection:
        """One more connection, with its own transaction and temporary tables."""
        with self._lock:
            connection = Connection(self._root.cursor())
            self._connections.add(connection)
            return connection

    def close(self) -> None:
        """Close every connection and the instance. Safe to call twice."""
        with self._lock:
            for connection in list(self._connections):
                connection.close()
            self._root.close()
        _open_engines.discard(self)


@atexit.register
def _close_engines() -> None:
    # A connection that survives to interpreter exit makes the binding print leak warnings.
    for engine in list(_open_engines):
        engine.close()


class Connection:
    """One connection of an engine. Not for use by two threads at once."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self.raw = cursor

    def run(self, statement: str) -> None:
        self.raw.execute(statement)

    def close(self) -> None:
        self.raw.close()

    # Reading

    def fetch(self, expr: ibis.Table) -> pa.Table:
        """All rows of an expression, in the Arrow types of its Ibis schema."""
        with _Memtables(self, expr):
            found = self.raw.sql(compile_sql(expr)).to_arrow_table()
        return found.cast(expr.schema().to_pyarrow())

    def numbers(self, query: Query, values: Mapping[str, Any]) -> npt.NDArray[np.int64]:
        """The one column of a prepared query, whole numbers none of which is NULL."""
        given = {name: values[name] for name in query.parameters}
        found = self.raw.sql(query.sql, params=given) if given else self.raw.sql(query.sql)
        return np.asarray(found.to_arrow_table().column(0).to_numpy(), np.int64)

    def read(self, query: Query, given: Mapping[str, pa.Table]) -> pa.Table:
        """The rows of a prepared query, which may name Arrow tables that are given with it."""
        for name, rows in given.items():
            self.raw.register(name, rows)
        try:
            return self.raw.sql(query.sql).to_arrow_table()
        finally:
            for name in given:
                self.raw.unregister(name)

    def batches(self, expr: ibis.Table, rows: int) -> Iterator[pa.RecordBatch]:
        """The rows of an expression in batches of at most ``rows``, in bounded memory."""
        schema = expr.schema().to_pyarrow()
        with _Memtables(self, expr):
            for batch in self.raw.sql(compile_sql(expr)).to_arrow_reader(rows):
                yield batch.cast(schema)

    def table_columns(self) -> dict[str, dict[str, str]]:
        """Column types of the main database's tables, in DuckDB's words, by table and column."""
        found: dict[str, dict[str, str]] = {}
        rows = self.raw.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns()"
            " WHERE database_name = current_database() AND NOT internal"
        ).fetchall()
        for table, column, kind in rows:
            found.setdefault(table, {})[column] = kind
        return found

    def fingerprint_probe(self) -> int:
        """A number that differs between releases whose fingerprints differ (within 63 bits)."""
        return int(self.raw.execute(FINGERPRINT_PROBE).fetchall()[0][0]) >> 1

    # Transactions

    def begin(self) -> None:
        self.run("BEGIN TRANSACTION")

    def touch(self, table: str) -> None:
        """Read nothing of a table."""
        self.raw.execute(f"SELECT 1 FROM {_quoted(table)} LIMIT 0").fetchall()  # noqa: S608

    def commit(self) -> None:
        self.run("COMMIT")

    def rollback(self) -> None:
        """Undo the transaction; does nothing when a failed commit has undone it already."""
        with suppress(duckdb.TransactionException):
            self.run("ROLLBACK")

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file."""
        self.run("CHECKPOINT")

    # Tables

    def create_table(self, name: str, schema: ibis.Schema, *, catalog: str | None = None) -> None:
        columns = ", ".join(f"{_quoted(c)} {_type(t)}" for c, t in schema.items())
        self.run(f"CREATE TABLE {_name(name, catalog)} ({columns})")

    def copy_table(self, name: str, data: pa.Table) -> None:
        """A table of rows that ``read`` gave, with their types."""
        with _Registered(self, data) as source:
            self.run(f"CREATE TABLE {_quoted(name)} AS SELECT * FROM {source}")  # noqa: S608

    def add_column(self, table: str, column: str, dtype: Any) -> None:
        self.run(f"ALTER TABLE {_quoted(table)} ADD COLUMN {_quoted(column)} {_type(dtype)}")

    def create_temp(self, name: str, data: ibis.Table | pa.Table) -> int:
        """A temporary table of this connection, in place of an older one. Returns its row count."""
        target = f"CREATE OR REPLACE TEMP TABLE {_quoted(name)} AS"
        if isinstance(data, pa.Table):
            with _Registered(self, data) as source:
                return self._changed(f"{target} SELECT * FROM {source}")  # noqa: S608
        with _Memtables(self, data):
            return self._changed(f"{target} {compile_sql(data)}")

    def drop_temp(self, name: str) -> None:
        self.run(f"DROP TABLE IF EXISTS temp.{_quoted(name)}")

    def clear_column(self, table: str, column: str) -> None:
        """Make a column NULL in every row."""
        self.run(f"UPDATE {_quoted(table)} SET {_quoted(column)} = NULL")  # noqa: S608

    # Writing

    def insert(self, table: str, expr: ibis.Table) -> int:
        """Insert rows whose columns are the table's, in its order. Returns how many."""
        with _Memtables(self, expr):
            return self._changed(f"INSERT INTO {_quoted(table)} {compile_sql(expr)}")

    def insert_arrow(
        self, table: str, schema: ibis.Schema, data: pa.Table, *, catalog: str | None = None
    ) -> int:
        """Insert Arrow rows by column name; columns that are missing become NULL. Returns how many.

        As a relation, not under a registered name: a transaction would hold on to that, and so to
        the rows, until its end.
        """
        held = set(data.column_names)
        typed = [
            f"CAST({_quoted(c) if c in held else 'NULL'} AS {_type(t)}) AS {_quoted(c)}"
            for c, t in schema.items()
        ]
        self.raw.from_arrow(data).project(", ".join(typed)).insert_into(_name(table, catalog))
        return int(data.num_rows)

    def delete_matching(self, table: str, on: Sequence[str], expr: ibis.Table) -> int:
        """Delete the rows that equal a row of ``expr`` in the columns ``on`` (NULL equals NULL)."""
        same = " AND ".join(
            f"{_quoted(table)}.{_quoted(c)} IS NOT DISTINCT FROM gone.{_quoted(c)}" for c in on
        )
        with _Memtables(self, expr):
            return self._changed(
                f"DELETE FROM {_quoted(table)} USING ({compile_sql(expr)}) AS gone WHERE {same}"  # noqa: S608
            )

    def set_variable(self, name: str, value: int) -> None:
        """Give ``variable(name)`` a value for this connection."""
        self.run(f"SET VARIABLE {_quoted(name)} = {int(value)}::BIGINT")

    # Other databases

    def attach(self, path: Path, alias: str) -> None:
        """Attach another DuckDB file under a name, for every connection of the engine."""
        escaped = str(path).replace("'", "''")
        self.run(f"ATTACH '{escaped}' AS {_quoted(alias)}")

    def detach(self, alias: str) -> None:
        self.run(f"DETACH DATABASE IF EXISTS {_quoted(alias)}")

    def _changed(self, statement: str) -> int:
        rows = self.raw.execute(statement).fetchall()
        return int(rows[0][0]) if rows else 0


class _Registered:
    """An Arrow table visible to one connection under a passing name."""

    def __init__(self, connection: Connection, data: pa.Table) -> None:
        self.raw = connection.raw
        self._data = data
        self._name = f"arrow_{next(_numbers)}"

    def __enter__(self) -> str:
        self.raw.register(self._name, self._data)
        return self._name

    def __exit__(self, *_: object) -> None:
        self.raw.unregister(self._name)


class _Memtables:
    """Makes the ``ibis.memtable`` leaves of an expression visible to one connection."""

    def __init__(self, connection: Connection, expr: ibis.Table) -> None:
        self.raw = connection.raw
        self._leaves = expr.op().find(ops.InMemoryTable)

    def __enter__(self) -> None:
        for leaf in self._leaves:
            self.raw.register(leaf.name, leaf.data.to_pyarrow(leaf.schema))

    def __exit__(self, *_: object) -> None:
        for leaf in self._leaves:
            self.raw.unregister(leaf.name)


@dataclass(frozen=True)
class Query:
    """A compiled expression, the names of the constants that are given when it is run, its tables."""

    sql: str
    parameters: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


def tables_of(expr: ibis.Expr) -> tuple[str, ...]:
    """The warehouse tables that an expression reads."""
    return tuple(sorted({node.name for node in expr.op().find(ops.UnboundTable)}))


def prepare(expr: ibis.Table) -> Query:
    """Compile an expression that may hold parameters, for running it more than once."""
    with _unfused():
        sql = _COMPILER.to_sqlglot(pruned(expr)).sql(dialect="duckdb")
    return Query(str(sql), parameters_of(expr), tables_of(expr))


_fusing = threading.Lock()


@contextmanager
def _unfused() -> Iterator[None]:
    """Merging nested selects is half of what compiling costs, and the engine merges them anyway."""
    with _fusing:
        before = ibis.options.sql.fuse_selects
        ibis.options.sql.fuse_selects = False
        try:
            yield
        finally:
            ibis.options.sql.fuse_selects = before


class _Compiler(DuckDBCompiler):  # type: ignore[misc]
    def visit_Parameter(self, op: ops.Node, *, label: str, dtype: Any) -> Any:  # noqa: ARG002, N802
        return self.cast(sge.Placeholder(this=label), dtype)


_COMPILER: Final = _Compiler()


def compile_sql(expr: ibis.Table) -> str:
    """An expression over unbound tables as one DuckDB query.

    Compiling costs more than running a small query, so equal expressions are compiled once: what
    differs from batch to batch is a ``variable``, not a literal.
    """
    return _compiled(expr.op())


@lru_cache(maxsize=1024)
def _compiled(node: ops.Node) -> str:
    return str(ibis.duckdb.compile(node.to_expr(), pretty=False))


@ibis.udf.scalar.builtin(name="getvariable", signature=(("string",), "int64"))  # type: ignore[untyped-decorator]
def _variable(label: str) -> int:
    """The value of a variable of the connection."""
    raise NotImplementedError  # computed by the engine


def variable(name: str) -> ibis.Value:
    """A whole number that ``Connection.set_variable`` sets before the expression is run."""
    return _variable(name)


def fingerprint(columns: Mapping[str, ibis.Value]) -> ibis.Value:
    """A 64-bit hash of named values: equal for equal values in every run of one engine release.

    (MD5 would hold for every release and engine, and costs 30 times as much: more than all else
    together. ``FINGERPRINT_PROBE`` tells when a release hashes differently.)
    """
    values = ibis.struct(dict(columns))
    return _hasher(values.type())(values)


@lru_cache(maxsize=256)
def _hasher(of: Any) -> Any:
    @ibis.udf.scalar.builtin(name="hash", signature=((of,), "uint64"))  # type: ignore[untyped-decorator]
    def hashed(value: Any) -> int:
        raise NotImplementedError  # computed by the engine

    return hashed


FINGERPRINT_PROBE: Final = "SELECT hash({'a': 'huitou', 'b': 7::BIGINT, 'c': 1.5::DECIMAL(18, 4)})"


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _name(table: str, catalog: str | None) -> str:
    return f"{_quoted(catalog)}.main.{_quoted(table)}" if catalog else _quoted(table)


def _type(dtype: Any) -> str:
    return str(DuckDBType.to_string(dtype))

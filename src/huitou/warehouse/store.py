"""The warehouse of one process: reading from any thread, one writer at a time.

Queries are Ibis expressions over the unbound tables of ``table(name)``; ``fetch`` runs them on a
connection of the calling thread and sees what was last committed. A write is one transaction::

    with warehouse.writing() as writer:
        writer.attach(stage)
        ...                      # commits at the end, rolls back on any exception
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from huitou.kernel.errors import Unavailable
from huitou.kernel.home import Home
from huitou.kernel.i18n import Text
from huitou.warehouse.duckdb import Connection, Engine, Query, prepare, tables_of, variable
from huitou.warehouse.ownership import Ownership, WarehouseBusy
from huitou.warehouse.schema import TABLES

if TYPE_CHECKING:
    from huitou.accounts.shops import ShopRow
    from huitou.warehouse.staging import Stage

__all__ = [
    "Query",
    "Read",
    "Warehouse",
    "WarehouseBusy",
    "Writer",
    "current_warehouse",
    "prepare",
    "set_current_warehouse",
    "table",
    "tables_of",
]

Read = Callable[[Query, Mapping[str, pa.Table]], pa.Table]
"""The rows of a prepared query that may name Arrow tables given with it."""
DATA_VERSION: Final = "data_version"
PROBE: Final = "fingerprint_probe"


def table(name: str) -> ibis.Table:
    """A warehouse table as an expression."""
    return ibis.table(TABLES[name], name=name)


class Warehouse:
    """The one handle of the process that owns the warehouse."""

    def __init__(self, engine: Engine, ownership: Ownership | None) -> None:
        self._engine = engine
        self._ownership = ownership
        self._threads = threading.local()
        self._write_lock = threading.Lock()
        self._writing_thread: int | None = None
        self.data_version = 0
        self._versions: dict[str, int] = {}
        self.on_commit: list[Callable[[], None]] = []
        """Called after every committed write, in the thread that wrote; must be quick."""

    @classmethod
    def open(
        cls,
        home: Home,
        *,
        read_only: bool = False,
        what: str = "huitou",
        memory: str | None = None,
        threads: int | None = None,
    ) -> Warehouse:
        """Own a home's warehouse, made or brought up to date first.

        ``what`` says to others who holds it. Raises ``WarehouseBusy`` or ``Unavailable``.
        """
        home.prepare()
        ownership = Ownership.take(home.warehouse_lock, what)
        try:
            spill = home.run / "spill"
            shutil.rmtree(spill, ignore_errors=True)  # what a killed process left
            if read_only and not home.warehouse.exists():
                raise Unavailable(
                    Text(
                        f"没有数据仓库：{home.warehouse}",
                        f"There is no warehouse: {home.warehouse}",
                    ),
                    remedy=Text("先导入一个文件", "Import a file first"),
                )
            engine = Engine(
                home.warehouse,
                memory=memory,
                threads=threads,
                temp_directory=spill,
                read_only=read_only,
            )
            opened = cls(engine, ownership)
            opened._prepare(read_only=read_only)
        except BaseException:
            ownership.release()
            raise
        return opened

    @classmethod
    def in_memory(cls) -> Warehouse:
        """An empty warehouse that is gone when closed."""
        opened = cls(Engine(None), None)
        opened._prepare(read_only=False)
        return opened

    def close(self) -> None:
        """Close every connection and give up ownership. Safe to call twice."""
        self._engine.close()
        if self._ownership is not None:
            self._ownership.release()

    # Reading

    def table(self, name: str) -> ibis.Table:
        """A warehouse table as an expression."""
        return table(name)

    def fetch(self, expr: ibis.Table) -> pa.Table:
        """The rows of an expression, read from what is committed."""
        return self._connection().fetch(expr)

    def numbers(
        self, query: Query, values: Mapping[str, Any] | None = None
    ) -> npt.NDArray[np.int64]:
        """The one column of a prepared query (``prepare``), whole numbers none of which is NULL."""
        return self._connection().numbers(query, values or {})

    def rows(self, expr: ibis.Table) -> list[dict[str, Any]]:
        """The rows of an expression as dicts."""
        return list(self.fetch(expr).to_pylist())

    def scalar(self, expr: ibis.Scalar) -> Any:
        """The value of a one-value expression."""
        return self.fetch(expr.as_table()).column(0)[0].as_py()

    def batches(self, expr: ibis.Table, rows: int = 50_000) -> Iterator[pa.RecordBatch]:
        """The rows of an expression in bounded memory; the thread reads nothing else meanwhile."""
        return self._connection().batches(expr, rows)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything this thread reads in the block is of one moment."""
        if self._snapshot_versions is not None:
            yield
            return
        connection = self._connection()
        self._threads.versions = self._begin(connection)
        try:
            yield
        finally:
            self._threads.versions = None
            connection.rollback()

    @contextmanager
    def frozen(self) -> Iterator[Read]:
        """Reading of one moment: that of the thread's snapshot if it has one, else one apart.

        What the thread reads and writes otherwise is not held back by it.
        """
        if self._snapshot_versions is not None:
            yield self._connection().read
            return
        connection = self._engine.connect()
        self._begin(connection)
        try:
            yield connection.read
        finally:
            connection.rollback()
            connection.close()

    def versions(self, tables: Iterable[str]) -> tuple[int, ...]:
        """When each of these tables last changed, as a ``data_version`` (0: before this process).

        In a snapshot: as of its moment. What was read from a table holds as long as its version is the
        same; while a write is being committed, its tables have a version that never comes again.
        """
        held = self._snapshot_versions
        held = self._versions if held is None else held
        return tuple(held.get(name, 0) for name in tables)

    @property
    def _snapshot_versions(self) -> dict[str, int] | None:
        """The versions of the thread's snapshot; None outside of one."""
        found: dict[str, int] | None = getattr(self._threads, "versions", None)
        return found

    def _begin(self, connection: Connection) -> dict[str, int]:
        """Fix what a connection reads. Returns the versions of just that state."""
        while True:
            before = self._versions
            connection.begin()
            connection.touch("meta")  # the engine fixes a state at the first read of it
            if self._versions is before:
                return before
            connection.rollback()

    def check(self) -> list[str]:
        """What is wrong with the tables' columns, one sentence each; empty when all is well."""
        found = self._connection().table_columns()
        wrong = [f"table {name} is missing" for name in TABLES if name not in found]
        for name, schema in TABLES.items():
            missing = set(schema.names) - set(found.get(name, schema.names))
            wrong += [f"column {name}.{column} is missing" for column in sorted(missing)]
        return wrong

    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._threads, "connection", None)
        if connection is None:
            connection = self._threads.connection = self._engine.connect()
        return connection

    # Writing

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """The one write transaction: committed at the end, rolled back on any exception.

        Waits for another thread's. ``data_version`` grows with the commit.
        """
        with self._transaction() as writer:
            yield writer
            version = self.data_version + 1
            writer.replace("meta", ["name"], _meta(DATA_VERSION, version))
            # Both times a new dict: whoever read one knows that nothing was committed meanwhile.
            self._versions = self._versions | dict.fromkeys(writer.written, -version)
            writer.commit()
            self._versions = self._versions | dict.fromkeys(writer.written, version)
            self.data_version = version
        for listener in self.on_commit:
            listener()

    @contextmanager
    def rehearsing(self) -> Iterator[Writer]:
        """A write transaction that is always rolled back: to see what a batch would change."""
        with self._transaction() as writer:
            yield writer

    @contextmanager
    def _transaction(self) -> Iterator[Writer]:
        if self._writing_thread == threading.get_ident():
            raise RuntimeError("this thread is writing already; pass its writer on")
        with self._write_lock:
            self._writing_thread = threading.get_ident()
            connection = self._engine.connect()
            writer = Writer(connection)
            connection.begin()
            try:
                yield writer
            finally:
                writer.end()
                connection.close()
                self._writing_thread = None

    def _prepare(self, *, read_only: bool) -> None:
        connection = self._connection()
        if not read_only:
            found = connection.table_columns()
            connection.begin()
            for name, schema in TABLES.items():
                if name not in found:
                    connection.create_table(name, schema)
                    continue
                for column, dtype in schema.items():
                    if column not in found[name]:
                        connection.add_column(name, column, dtype)
            self._check_fingerprints(connection)
            connection.commit()
        self.data_version = self._meta().get(DATA_VERSION, 0)

    def _meta(self) -> dict[str, int]:
        return {row["name"]: row["value"] for row in self.rows(table("meta"))}

    def _check_fingerprints(self, connection: Connection) -> None:
        """Forget fingerprints that another release of the engine made.

        They only decide between versions that are equal in everything else; one that is NULL
        gives way to the next such version without counting as a change.
        """
        probe = connection.fingerprint_probe()
        held = self._connection().fetch(_meta_rows(PROBE))["value"].to_pylist()
        if held == [probe]:
            return
        if held:
            for name, schema in TABLES.items():
                for column in schema.names:
                    if column.endswith("fingerprint"):
                        connection.clear_column(name, column)
        connection.delete_matching("meta", ["name"], _meta_rows(PROBE))
        connection.insert_arrow("meta", TABLES["meta"], _meta(PROBE, probe))


class Writer:
    """A write transaction and its temporary tables. Only for the thread that opened it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._temporary: dict[str, ibis.Schema] = {}
        self._attached: list[Stage] = []
        self._open = True
        self.written: set[str] = set()

    # Reading within the transaction

    def table(self, name: str) -> ibis.Table:
        """A warehouse table, or a temporary one of this transaction."""
        schema = self._temporary.get(name)
        return table(name) if schema is None else ibis.table(schema, name=name)

    def has_temp(self, name: str) -> bool:
        return name in self._temporary

    def fetch(self, expr: ibis.Table) -> pa.Table:
        return self._connection.fetch(expr)

    def rows(self, expr: ibis.Table) -> list[dict[str, Any]]:
        return list(self.fetch(expr).to_pylist())

    def scalar(self, expr: ibis.Scalar) -> Any:
        return self.fetch(expr.as_table()).column(0)[0].as_py()

    def count(self, expr: ibis.Table) -> int:
        return int(self.scalar(expr.count()))

    def variable(self, name: str, value: int) -> ibis.Value:
        """A number as an expression that stays the same from transaction to transaction."""
        self._connection.set_variable(name, value)
        return variable(name)

    # Writing

    def temp(self, name: str, data: ibis.Table | pa.Table) -> ibis.Table:
        """A temporary table made of an expression or of Arrow rows, in place of an older one."""
        self._connection.create_temp(name, data)
        schema = ibis.schema(data.schema) if isinstance(data, pa.Table) else data.schema()
        self._temporary[name] = schema
        return ibis.table(schema, name=name)

    def drop_temp(self, *names: str) -> None:
        """Give back the memory of temporary tables."""
        for name in names:
            self._connection.drop_temp(name)
            self._temporary.pop(name, None)

    def insert(self, name: str, data: ibis.Table | pa.Table) -> int:
        """Add rows by column name; missing columns are NULL. Returns how many."""
        schema = TABLES[name]
        self.written.add(name)
        if isinstance(data, pa.Table):
            return self._connection.insert_arrow(name, schema, data)
        return self._connection.insert(name, shaped(data, schema))

    def delete(self, name: str, on: Sequence[str], gone: ibis.Table) -> int:
        """Delete rows that equal a row of ``gone`` in the columns ``on``. Returns how many."""
        self.written.add(name)
        return self._connection.delete_matching(name, on, gone.select(*on))

    def replace(self, name: str, on: Sequence[str], data: ibis.Table | pa.Table) -> int:
        """Put rows in the place of those that equal them in the columns ``on``."""
        staged = self.temp("replacing", data)
        self.delete(name, on, staged)
        inserted = self.insert(name, staged)
        self.drop_temp("replacing")
        return inserted

    def sync_shops(self, shops: Sequence[ShopRow]) -> None:
        """Make the ``shop`` table equal the app database's shops."""
        held = self.fetch(table("shop")).select(TABLES["shop"].names)
        wanted = pa.Table.from_pylist(
            [{name: getattr(shop, name) for name in TABLES["shop"].names} for shop in shops],
            schema=TABLES["shop"].to_pyarrow(),
        )
        if held.sort_by("shop").equals(wanted.sort_by("shop")):
            return
        self.delete("shop", ["shop"], table("shop"))
        self.insert("shop", wanted)

    def attach(self, stage: Stage) -> None:
        """Make a stage's tables readable in this transaction. Does nothing the second time."""
        if stage in self._attached:
            return
        stage.close()
        self._connection.attach(stage.path, stage.alias)
        self._attached.append(stage)

    def commit(self) -> None:
        """For ``Warehouse.writing`` only."""
        self._connection.commit()
        self._open = False

    def end(self) -> None:
        """For ``Warehouse`` only: roll back what is not committed and let the stages go."""
        if self._open:
            self._connection.rollback()
            self._open = False
        for stage in self._attached:
            self._connection.detach(stage.alias)


def shaped(expr: ibis.Table, schema: ibis.Schema) -> ibis.Table:
    """An expression with exactly a schema's columns, in its order; missing ones are NULL."""
    have = expr.schema()
    return expr.select(
        **{
            name: (
                ibis.null(dtype)
                if name not in have
                else expr[name]
                if have[name] == dtype
                else expr[name].cast(dtype)
            )
            for name, dtype in schema.items()
        }
    )


def _meta(name: str, value: int) -> pa.Table:
    return pa.table({"name": [name], "value": pa.array([value], pa.int64())})


def _meta_rows(name: str) -> ibis.Table:
    meta = table("meta")
    return meta.filter(meta.name == name)


_current: Warehouse | None = None


def set_current_warehouse(warehouse: Warehouse | None) -> None:
    """Name the warehouse of this process."""
    global _current
    _current = warehouse


def current_warehouse() -> Warehouse:
    """The warehouse of this process. Raises ``Unavailable`` where none was opened."""
    if _current is None:
        raise Unavailable(
            Text("这个进程没有打开数据仓库", "This process has no warehouse open"),
            remedy=Text("用 huitou serve 启动服务", "Start the service with huitou serve"),
        )
    return _current

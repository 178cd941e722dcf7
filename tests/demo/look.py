"""Helpers to look at generated data: everything in one place, asked in SQL."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa

from huitou.demo.generate import Options, generate
from huitou.intake.canonical import SCHEMAS


class Data:
    """All record sets of one world; ``shop_code`` is added to every row."""

    def __init__(self, tables: dict[str, pa.Table]) -> None:
        self.tables = tables
        self._connection = duckdb.connect()
        self._connection.execute("set timezone = 'UTC'")
        for name, table in tables.items():
            self._connection.register(name, table)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._connection.execute(query).fetchall()]

    def one(self, query: str) -> Any:
        return self.rows(query)[0][0]


def collect(
    members: int,
    *,
    seed: int,
    until: date | datetime,
    anchor: date | None = None,
    options: Options | None = None,
) -> Data:
    parts: dict[str, list[pa.Table]] = {name: [] for name in SCHEMAS}
    for chunk in generate(members, seed, until, anchor=anchor, options=options):
        for code, tables in chunk.tables.items():
            for name, table in tables.items():
                column = pa.repeat(pa.scalar(code), table.num_rows)
                parts[name].append(table.append_column("shop_code", column))
    with_code = {
        name: schema.append(pa.field("shop_code", pa.string())) for name, schema in SCHEMAS.items()
    }
    return Data(
        {
            name: pa.concat_tables(tables) if tables else with_code[name].empty_table()
            for name, tables in parts.items()
        }
    )


def fingerprint(data: Data) -> str:
    """A hash of every value of every record set, whatever the order of the rows."""
    digest = hashlib.sha256()
    for name, table in sorted(data.tables.items()):
        columns = [column for column in table.column_names if column != "row_no"]
        values = ", ".join(f"coalesce({column}::varchar, chr(0))" for column in columns)
        joined = f"select concat_ws('|', {values}) as line from {name}"
        lines = data.rows(f"select line from ({joined}) order by line")
        digest.update(f"{name}:{len(lines)}".encode())
        for (line,) in lines:
            digest.update(line.encode())
    return digest.hexdigest()

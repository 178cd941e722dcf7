"""The stage: one batch between reading its file and committing it. It holds no plain personal data.

A stage is a DuckDB file of the record sets in ``SETS``. Intake appends to it while it reads, people
look at its preview, and the warehouse attaches it while the batch is committed. Any number of
versions of one trade, line, item … may be in it: ``warehouse.facts`` decides which one stands.

``row_no`` is unique within a record set that has keys (trades, profiles, reviews, visits), because
``keys`` and ``profile_attributes`` refer to it. Times are naive UTC.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Final

import ibis
import pyarrow as pa

from huitou.warehouse.duckdb import Connection, Engine
from huitou.warehouse.schema import MONEY, QTY, REF, TIME

SETS: Final[dict[str, ibis.Schema]] = {
    "trades": ibis.schema(
        {
            "row_no": "int64",
            "source": "string",
            "trade_id": "string",
            "shop": "int32",
            "status": "string",  # schema.STATUSES
            "created_at": TIME,
            "paid_at": TIME,
            "shipped_at": TIME,
            "signed_at": TIME,
            "finished_at": TIME,
            "closed_at": TIME,
            "goods_amount": MONEY,
            "discount_amount": MONEY,
            "postage_amount": MONEY,
            "paid_amount": MONEY,
            "refunded_amount": MONEY,
            "units": QTY,
            "province": "string",
            "city": "string",
            "district": "string",
            "presale_step": "string",
            "channel": "string",
            "store": "int32",
            "guide": "string",
            "close_reason": "string",
            "buyer_ref": REF,
            "receiver_ref": REF,
            "note_ref": REF,
            "version_at": TIME,  # the row's own modification time, else its greatest time
            "version_rank": "int32",  # index in schema.STATUSES × 16 + quality of the source 0..15
            "is_stub": "boolean",  # known from its lines only: never stands against a real version
        }
    ),
    "lines": ibis.schema(
        {
            "row_no": "int64",
            "source": "string",
            "trade_id": "string",
            "shop": "int32",
            "line_key": "string",  # sub-order id, else a key made of what the line says
            "line_rank": "int16",  # of all lines of a trade only those of the best rank stand
            "item_key": "string",
            "title": "string",
            "sku": "string",
            "sku_code": "string",
            "merchant_code": "string",
            "category": "string",
            "brand": "string",
            "qty": QTY,
            "price": MONEY,
            "line_amount": MONEY,
            "paid_amount": MONEY,
            "status": "string",
            "refund_state": "string",  # schema.REFUND_STATES
            "refunded_amount": MONEY,
            "version_rank": "int32",
        }
    ),
    "refunds": ibis.schema(
        {
            "row_no": "int64",
            "source": "string",
            "refund_id": "string",
            "trade_id": "string",
            "shop": "int32",
            "state": "string",  # schema.REFUND_STATES
            "applied_at": TIME,
            "finished_at": TIME,
            "amount": MONEY,
            "reason": "string",
            "is_return": "boolean",
            "version_at": TIME,
        }
    ),
    "parcels": ibis.schema(
        {
            "row_no": "int64",
            "source": "string",
            "trade_id": "string",
            "shop": "int32",
            "carrier": "string",
            "waybill": "string",
            "state": "string",  # schema.PARCEL_STATES, or NULL
            "shipped_at": TIME,
            "signed_at": TIME,
        }
    ),
    "parcel_events": ibis.schema(
        {
            "row_no": "int64",
            "carrier": "string",
            "waybill": "string",
            "state": "string",  # schema.PARCEL_STATES, signed with its kind: signed:proxy
            "occurred_at": TIME,
            "province": "string",
            "city": "string",
            "text": "string",
        }
    ),
    "reviews": ibis.schema(
        {
            "row_no": "int64",
            "source": "string",
            "review_key": "string",
            "trade_id": "string",
            "shop": "int32",
            "item_key": "string",
            "item_title": "string",
            "rating": "string",
            "stars": "int8",
            "text": "string",
            "append_text": "string",
            "reply_text": "string",
            "image_count": "int16",
            "category": "string",
            "created_at": TIME,
            "version_at": TIME,
        }
    ),
    "items": ibis.schema(
        {
            "row_no": "int64",
            "source": "string",
            "item_key": "string",
            "title": "string",
            "category": "string",
            "brand": "string",
            "merchant_code": "string",
            "season": "string",
            "phase": "string",
            "list_price": MONEY,
            "cost": MONEY,
            "attributes": "string",
            "version_at": TIME,
        }
    ),
    "profiles": ibis.schema(
        {
            "row_no": "int64",
            "profile_ref": REF,
            "shop": "int32",
            "gender": "string",
            "birth_year": "int16",
            "birth_month": "int8",
            "birth_day": "int8",
            "birth_lunar": "boolean",
            "province": "string",
            "city": "string",
            "district": "string",
            "joined_at": TIME,
            "level": "string",
            "has_phone": "boolean",
            "has_email": "boolean",
            "has_wecom": "boolean",
            "source": "string",
            "version_at": TIME,
        }
    ),
    "profile_attributes": ibis.schema(
        {"row_no": "int64", "name": "string", "value": "string", "version_at": TIME}
    ),
    "visits": ibis.schema(
        {
            "row_no": "int64",
            "shop": "int32",
            "kind": "string",
            "item_key": "string",
            "source": "string",
            "session": "string",
            "occurred_at": TIME,
        }
    ),
    # Identities found in rows of trades, profiles, reviews and visits.
    "keys": ibis.schema(
        {
            "record_set": "string",
            "row_no": "int64",
            "kind": "string",
            "scope": "string",
            "hash": REF,
            "strength": "string",  # strong | weak
            "rank": "int16",  # lower names the buyer better
            "first_seen_at": TIME,
            "shop": "int32",
        }
    ),
    # Sealed records on their way to the vault.
    "secrets": ibis.schema(
        {
            "ref": REF,
            "digest": REF,  # 8 bytes: tells apart the contents that one account was seen with
            "kind": "string",  # account | receiver | note
            "key_id": "int16",  # NULL with `body`: sealed earlier in this file, seen again later
            "body": "binary",
            "seen_at": TIME,
        }
    ),
    "rejects": ibis.schema(
        {
            "row_no": "int64",
            "code": "string",
            "column": "string",
            "reason_zh": "string",
            "reason_en": "string",
            "cells": "binary",
        }
    ),
}

KEYED_SETS: Final = ("trades", "profiles", "reviews", "visits")
"""Record sets whose rows may carry identities in ``keys``."""

_MEMORY: Final = "256MB"


class Stage:
    """One batch's stage file. Safe to append to and read from several threads.

    While the warehouse has it attached (``Writer.attach``), read it through the writer.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.alias = "stage"  # the same for all, so that expressions over stages are equal
        self._lock = threading.RLock()
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        self._is_filling = False

    @classmethod
    def create(cls, path: Path) -> Stage:
        """A new, empty stage file; what was at ``path`` is removed."""
        stage = cls(path)
        stage.drop()
        with stage._lock:
            connection = stage._open()
            for name, schema in SETS.items():
                connection.create_table(name, schema, catalog=stage.alias)
        return stage

    @classmethod
    def open(cls, path: Path) -> Stage:
        """An existing stage file. Raises ``FileNotFoundError``."""
        if not path.exists():
            raise FileNotFoundError(path)
        return cls(path)

    def append(self, set_name: str, data: pa.RecordBatch | pa.Table) -> None:
        """Add rows to a record set. Missing columns are NULL, unknown ones a ``ValueError``.

        All appends up to ``close`` are one transaction: the file takes whole blocks, once.
        """
        schema = SETS[set_name]
        table = pa.Table.from_batches([data]) if isinstance(data, pa.RecordBatch) else data
        unknown = set(table.column_names) - set(schema.names)
        if unknown:
            raise ValueError(f"{set_name} has no columns {sorted(unknown)}")
        if table.num_rows == 0:
            return
        with self._lock:
            connection = self._open()
            if not self._is_filling:
                connection.begin()
                self._is_filling = True
            connection.insert_arrow(set_name, schema, table, catalog=self.alias)

    def table(self, set_name: str) -> ibis.Table:
        """A record set as an expression, for ``fetch`` or for a writer that attached the stage."""
        return ibis.table(SETS[set_name], name=set_name, catalog=self.alias, database="main")

    def sizes(self) -> ibis.Table:
        """(name, size) of every record set, as an expression."""
        return ibis.union(
            *(
                self.table(name).aggregate(size=ibis._.count()).mutate(name=ibis.literal(name))
                for name in SETS
            )
        )

    def count(self, set_name: str) -> int:
        """Rows in a record set."""
        counted = self.fetch(self.table(set_name).aggregate(n=ibis._.count()))
        return int(counted["n"][0].as_py())

    def fetch(self, expr: ibis.Table) -> pa.Table:
        """The rows of an expression over this stage's tables."""
        with self._lock:
            return self._open().fetch(expr)

    def rows(self, expr: ibis.Table) -> list[dict[str, Any]]:
        """The rows of an expression as dicts."""
        return list(self.fetch(expr).to_pylist())

    def close(self) -> None:
        """Keep what was appended and let go of the file; it is opened again when next used."""
        with self._lock:
            try:
                if self._connection is not None and self._is_filling:
                    self._connection.commit()
            finally:
                self._let_go()

    def drop(self) -> None:
        """Remove the stage file."""
        with self._lock:
            self._let_go()
        self.path.unlink(missing_ok=True)
        self.path.with_name(self.path.name + ".wal").unlink(missing_ok=True)

    def _let_go(self) -> None:
        """Close without keeping what was appended."""
        if self._connection is not None:
            self._connection.close()
        if self._engine is not None:
            self._engine.close()
        self._connection = self._engine = None
        self._is_filling = False

    def _open(self) -> Connection:
        if self._connection is None:
            self._engine = Engine(None, memory=_MEMORY, temp_directory=self.path.parent / "tmp")
            self._connection = self._engine.connect()
            self._connection.attach(self.path, self.alias)
        return self._connection

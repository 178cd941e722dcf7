"""The feed: one ordered log of what really changed. Each reader keeps its own cursor, a ``seq``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import ibis

from huitou.warehouse.schema import TABLES
from huitou.warehouse.store import Warehouse, Writer, shaped, table
from huitou.warehouse.versions import highest


def after(warehouse: Warehouse, seq: int, limit: int) -> list[dict[str, Any]]:
    """The rows that follow ``seq``, oldest first, at most ``limit``; empty when there is none yet.

    Rows appear when their batch commits and in no other order: ``seq`` never appears behind a cursor.
    """
    feed = table("feed")
    return warehouse.rows(feed.filter(feed.seq > seq).order_by("seq").limit(limit))


def last(warehouse: Warehouse) -> int:
    """The cursor of a reader that wants only what comes from now on."""
    return int(warehouse.scalar(table("feed").seq.max()) or 0)


def append(writer: Writer, rows: ibis.Table, *, batch: int | None, now: datetime) -> int:
    """Add rows (kind, change, member, subject, before, after, occurred_at), oldest first.

    ``now`` is naive UTC; a row whose own time is not known has it. Returns how many.
    """
    seq = highest(writer, "feed", "seq")
    at = ibis.literal(now, "timestamp(6)")
    order = ibis.row_number().over(order_by=[rows.occurred_at, rows.kind, rows.subject])
    return writer.insert(
        "feed",
        shaped(
            rows.mutate(
                seq=order + 1 + seq,
                occurred_at=rows.occurred_at.fill_null(at),
                recorded_at=at,
                batch=ibis.literal(batch, "int64"),
            ),
            TABLES["feed"],
        ),
    )

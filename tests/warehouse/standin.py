"""What the warehouse's tests need of the parts above it: stages out of rows, and identities.

The stand-in for identity resolution gives every strong identity a member of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from huitou.warehouse import facts
from huitou.warehouse.facts import ApplyReport
from huitou.warehouse.staging import SETS, Stage
from huitou.warehouse.store import Warehouse, Writer
from huitou.warehouse.versions import highest

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
Rows = Sequence[Mapping[str, Any]]
_stages = itertools.count(1)


def at(day: int, hour: int = 4) -> datetime:
    """A naive UTC instant of January 2026; hour 4 is noon in Shanghai."""
    return datetime(2026, 1, day, hour)


def staged(folder: Path, **sets: Rows) -> Stage:
    """A stage of these record sets. Rows of sets with identities may name their ``buyer``."""
    stage = Stage.create(folder / f"{next(_stages)}.duckdb")
    keys: list[dict[str, Any]] = []
    for name, rows in sets.items():
        plain = []
        for row_no, given in enumerate(rows, 1):
            row = {"row_no": row_no, **given}
            keys += _keys(name, row["row_no"], row.pop("buyer", None))
            plain.append(row)
        stage.append(name, arrow(name, plain))
    stage.append("keys", arrow("keys", keys))
    return stage


def arrow(name: str, rows: Rows) -> pa.Table:
    return pa.Table.from_pylist([dict(row) for row in rows], schema=SETS[name].to_pyarrow())


def _keys(record_set: str, row_no: int, buyer: Any) -> list[dict[str, Any]]:
    """``buyer``: a name, or several as (rank, name)."""
    if buyer is None:
        return []
    named = buyer if isinstance(buyer, list) else [(14, buyer)]
    return [
        {
            "record_set": record_set,
            "row_no": row_no,
            "kind": "phone" if rank == 30 else "nick",
            "scope": "taobao",
            "hash": name.encode().ljust(16, b"."),
            "strength": "strong",
            "rank": rank,
            "first_seen_at": at(1),
            "shop": 1,
        }
        for rank, name in named
    ]


def resolve(writer: Writer, stage: Stage, *, batch: int) -> None:
    """Stand-in for ``members.identity.resolve``."""
    writer.attach(stage)
    keys, held = stage.table("keys"), writer.table("identity_key")
    unknown = keys.anti_join(held, "hash").select("kind", "scope", "hash", "strength").distinct()
    last = highest(writer, "identity_key", "key_no")
    number = (ibis.row_number().over(order_by=unknown.hash) + 1 + last).cast("int64")
    fresh = writer.temp("standin_key", unknown.mutate(key_no=number))
    writer.insert(
        "identity_key",
        fresh.mutate(
            member=fresh.key_no,
            home=fresh.key_no,
            contested=False,
            batch=ibis.literal(batch, "int64"),
        ),
    )
    writer.insert("member", fresh.select(member=fresh.key_no))
    named = keys.inner_join(held.select("hash", "key_no", "member"), "hash")
    place = ibis.row_number().over(
        group_by=[named.record_set, named.row_no], order_by=[named["rank"], named.hash]
    )
    best = named.mutate(place=place)
    writer.temp(
        "stage_buyer",
        best.filter(best.place == 0).select(
            "record_set", "row_no", "member", buyer_key=ibis._.key_no, buyer_rank=best["rank"]
        ),
    )


def commit(
    warehouse: Warehouse, stage: Stage, *, batch: int = 1, now: datetime = NOW
) -> ApplyReport:
    """One batch, as intake commits it."""
    with warehouse.writing() as writer:
        resolve(writer, stage, batch=batch)
        return facts.apply(writer, stage, batch=batch, now=now, zone=ZONE)


def rows_of(warehouse: Warehouse, name: str, *columns: str) -> list[dict[str, Any]]:
    """A table's rows, all columns or these, in a fixed order."""
    rows = warehouse.table(name)
    picked = rows.select(*columns) if columns else rows
    return sorted(warehouse.rows(picked), key=lambda row: repr(list(row.values())))

"""Small worlds of identities for the tests: rows, stages, and what a warehouse makes of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from huitou.kernel.crypto import KeyRing
from huitou.members import identity
from huitou.members.keys import BRAND_SCOPE, KINDS
from huitou.members.rules import Identity
from huitou.members.sealing import KEYS
from huitou.warehouse.staging import Stage
from huitou.warehouse.store import Warehouse

NOW = datetime.fromisoformat("2026-11-22T06:05:00+00:00")
RING = KeyRing(1, {1: bytes(32)}, b"index".ljust(32, b"."))

Row = tuple[tuple[str, str], ...]
"""The identities of one source row: (kind, value)."""

_counter = itertools.count()


def strong(kind: str, value: str) -> Identity:
    scope = "taobao" if KINDS[kind].breadth == "platform" else BRAND_SCOPE
    return Identity(kind, scope, RING.blind(kind, scope, value))


def identities_of(row: Row) -> list[Identity]:
    return [strong(kind, value) for kind, value in row]


def links_of(rows: Iterable[Row]) -> set[tuple[Identity, Identity]]:
    found: set[tuple[Identity, Identity]] = set()
    for row in rows:
        only = sorted({one for one in identities_of(row) if KINDS[one.kind].strength == "strong"})
        found.update(itertools.combinations(only, 2))
    return found


def key_rows(rows: Sequence[tuple[int, Row]], record_set: str = "trades") -> pa.Table:
    """Rows as staged keys; a row's number tells its time as well."""
    listed = [
        {
            "record_set": record_set,
            "row_no": number,
            "kind": key.kind,
            "scope": key.scope,
            "hash": key.hash,
            "strength": KINDS[key.kind].strength,
            "rank": KINDS[key.kind].rank,
            "first_seen_at": datetime(2026, 1, 1) + timedelta(hours=number),
            "shop": 1,
        }
        for number, row in rows
        for key in dict.fromkeys(identities_of(row))
    ]
    return pa.Table.from_pylist(listed, schema=KEYS)


def stage_of(folder: Path, rows: Sequence[tuple[int, Row]]) -> Stage:
    stage = Stage.create(folder / f"{next(_counter)}.duckdb")
    stage.append("keys", key_rows(rows))
    numbers = [number for number, _ in rows]
    stage.append(
        "trades",
        pa.table(
            {
                "row_no": pa.array(numbers, pa.int64()),
                "source": pa.array(["taobao"] * len(numbers), pa.string()),
                "trade_id": pa.array([f"T{number:04d}" for number in numbers], pa.string()),
                "shop": pa.array([1] * len(numbers), pa.int32()),
            }
        ),
    )
    return stage


def resolve(
    warehouse: Warehouse, folder: Path, rows: Sequence[tuple[int, Row]], batch: int
) -> tuple[identity.ResolveReport, dict[int, int]]:
    """Resolve one batch; also row number → member."""
    stage = stage_of(folder, rows)
    with warehouse.writing() as writer:
        writer.attach(stage)
        report = identity.resolve(writer, stage, batch=batch, now=NOW)
        buyers = {row["row_no"]: row["member"] for row in writer.rows(writer.table("stage_buyer"))}
    stage.drop()
    return report, buyers


def groups(warehouse: Warehouse) -> frozenset[frozenset[Identity]]:
    """The members as sets of strong identities, without their numbers."""
    keys = warehouse.table("identity_key")
    found: dict[int, set[Identity]] = {}
    for row in warehouse.rows(keys.filter(keys.strength == "strong")):
        found.setdefault(row["member"], set()).add(Identity(row["kind"], row["scope"], row["hash"]))
    return frozenset(frozenset(group) for group in found.values())


def snapshot(warehouse: Warehouse) -> dict[str, Any]:
    """Every row of the tables that identity work writes itself, ready to compare.

    What the warehouse derives for members (columns from lists, totals) is left out here: these tests
    bring no facts. ``test_privacy`` compares every table with facts in them.
    """
    own = ("member", "merged_into", "first_seen_at", "source", "source_shop")
    tables = {
        "identity_key": warehouse.table("identity_key"),
        "identity_link": warehouse.table("identity_link"),
        "member": warehouse.table("member").select(*own),
    }
    return {name: sorted(warehouse.rows(rows), key=repr) for name, rows in tables.items()}


values = st.sampled_from("abcdefgh")
kinds = st.sampled_from(["nick", "nick", "nick", "phone", "phone", "card_no", "unionid"])
rows_of_keys = st.lists(
    st.lists(st.tuples(kinds, values), min_size=1, max_size=3, unique=True).map(tuple),
    min_size=1,
    max_size=14,
)

"""Facts follow their identity to another member and come back with it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
from tests.warehouse import oracle
from tests.warehouse.standin import at, commit, rows_of, staged

from huitou.warehouse.facts import reassign
from huitou.warehouse.store import Warehouse

TABLES = (
    "trade", "trade_line", "refund", "parcel", "review", "visit", "profile", "member_attribute",
    "member", "member_totals", "identity_key",
)  # fmt: skip


def filled(warehouse: Warehouse, folder: Path) -> None:
    trades = [
        {
            "source": "taobao", "trade_id": str(n), "shop": n, "status": "finished",
            "created_at": at(n), "paid_at": at(n), "paid_amount": Decimal(n), "buyer": buyer,
            "province": buyer, "version_at": at(n),
        }
        for n, buyer in enumerate(["ann", "ann", "bob", "cid"], 1)
    ]  # fmt: skip
    commit(
        warehouse,
        staged(
            folder,
            trades=trades,
            lines=[{"source": "taobao", "trade_id": str(n), "line_key": "l", "item_key": str(n)}
                   for n in (1, 3)],
            refunds=[{"source": "taobao", "refund_id": "f", "trade_id": "3", "state": "success",
                      "amount": Decimal(1), "version_at": at(4)}],
            parcels=[{"source": "taobao", "trade_id": "3", "carrier": "yto", "waybill": "w"}],
            reviews=[
                {"source": "taobao", "review_key": "by-trade", "trade_id": "3"},
                {"source": "taobao", "review_key": "own", "trade_id": "1", "buyer": "bob"},
            ],
            visits=[{"source": "web", "kind": "browse", "occurred_at": at(9), "buyer": "bob"}],
            profiles=[
                {"source": "list", "gender": "f", "version_at": at(8), "buyer": "bob"},
                {"source": "list", "gender": "m", "version_at": at(2), "buyer": "ann"},
            ],
            profile_attributes=[{"name": "n", "value": "v", "version_at": at(1)}],
        ),
    )  # fmt: skip


def move(warehouse: Warehouse, before: int, member: int, merged_into: int | None) -> None:
    """Give bob's identity another member, as ``members`` does."""
    with warehouse.writing() as writer:
        keys, people = writer.table("identity_key"), writer.table("member")
        key = keys.filter(keys.hash == b"bob".ljust(16, b"."))
        (row,) = writer.rows(key)
        writer.replace("identity_key", ["key_no"], key.mutate(member=pa_int(member)))
        writer.replace(
            "member",
            ["member"],
            people.filter(people.member == max(before, member)).mutate(
                merged_into=pa_int(merged_into)
            ),
        )
        moves = {"key_no": [row["key_no"]], "before": [before], "member": [member]}
        reassign(writer, pa.table(moves))


def pa_int(value: int | None):  # type: ignore[no-untyped-def]
    import ibis

    return ibis.null("int64") if value is None else ibis.literal(value, "int64")


def test_merge_then_unmerge_restores_every_row(warehouse: Warehouse, tmp_path: Path) -> None:
    filled(warehouse, tmp_path)
    ann, bob, _cid = (row["member"] for row in rows_of(warehouse, "member"))
    before = {name: rows_of(warehouse, name) for name in TABLES}

    move(warehouse, bob, ann, merged_into=ann)
    for name in TABLES[:-3]:
        assert bob not in {row["member"] for row in rows_of(warehouse, name)}, name
    (merged,) = [row for row in rows_of(warehouse, "member") if row["member"] == ann]
    assert (merged["gender"], merged["province"]) == ("f", "bob")
    tables = {name: rows_of(warehouse, name) for name in TABLES}
    totals = {row["member"]: row for row in tables["member_totals"]}
    assert totals.keys() == {ann, _cid}
    assert totals[ann] == oracle.totals(ann, tables)
    assert totals[ann]["paid_amount"] == Decimal(6)

    move(warehouse, ann, bob, merged_into=None)
    assert {name: rows_of(warehouse, name) for name in TABLES} == before


def test_no_moves_change_nothing(warehouse: Warehouse, tmp_path: Path) -> None:
    filled(warehouse, tmp_path)
    before = {name: rows_of(warehouse, name) for name in TABLES}
    with warehouse.writing() as writer:
        empty = pa.schema([("key_no", pa.int64()), ("before", pa.int64()), ("member", pa.int64())])
        reassign(writer, empty.empty_table())
    assert {name: rows_of(warehouse, name) for name in TABLES} == before

"""Any order of stages, and any repetition, gives the same warehouse; and it is the right one."""

from __future__ import annotations

import tempfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.warehouse import oracle
from tests.warehouse.standin import ZONE, at, commit, staged

from huitou.warehouse.schema import STATUSES
from huitou.warehouse.store import Warehouse

Batch = dict[str, list[dict[str, Any]]]
NOTHING_YET: Batch = {}


def record(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields)


PHASES = (Phase.explicit, Phase.generate)
"""No shrinking: one run of a case takes seconds."""

few_days = st.integers(1, 5).map(at)
maybe_day = st.none() | few_days
trade_ids = st.sampled_from(["t1", "t2", "t3", "t4"])
amounts = st.sampled_from([Decimal("0.0000"), Decimal("5.0000"), Decimal("10.0000")])
buyers = st.sampled_from([None, "ann", "bob"])
refs = st.sampled_from([None, b"r" * 16, b"s" * 16])
words = st.sampled_from([None, "a", "b"])
items = st.sampled_from([None, "i1", "i2"])

trades = record(
    source=st.just("taobao"),
    trade_id=trade_ids,
    shop=st.sampled_from([1, 2]),
    status=st.sampled_from(STATUSES),
    created_at=maybe_day,
    paid_at=maybe_day,
    shipped_at=maybe_day,
    finished_at=maybe_day,
    paid_amount=st.none() | amounts,
    discount_amount=st.none() | amounts,
    refunded_amount=st.none() | amounts,
    units=st.sampled_from([None, Decimal("2.000")]),
    channel=words,
    province=words,
    receiver_ref=refs,
    note_ref=refs,
    version_at=maybe_day,
    version_rank=st.sampled_from([None, 5, 53, 117]),
    is_stub=st.booleans(),
    buyer=buyers,
)
lines = record(
    source=st.just("taobao"),
    trade_id=trade_ids,
    shop=st.just(1),
    line_key=st.sampled_from(["l1", "l2", "l3"]),
    line_rank=st.sampled_from([1, 1, 2]),
    item_key=items,
    title=words,
    category=words,
    qty=st.sampled_from([Decimal("1.000"), Decimal("2.000")]),
    status=st.sampled_from(["paid", "finished", "closed_refunded"]),
    refunded_amount=st.none() | amounts,
    version_rank=st.integers(1, 3),
)
refunds = record(
    source=st.just("taobao"),
    refund_id=st.sampled_from(["f1", "f2"]),
    trade_id=trade_ids,
    shop=st.just(1),
    state=st.sampled_from(["applied", "success", "closed"]),
    amount=amounts,
    version_at=st.integers(0, 10**6).map(datetime.fromtimestamp),
)
reviews = record(
    source=st.just("taobao"),
    review_key=st.sampled_from(["v1", "v2"]),
    trade_id=st.none() | trade_ids,
    item_key=items,
    rating=st.sampled_from(["good", "bad"]),
    version_at=few_days,
    buyer=buyers,
)
parcels = record(
    source=st.just("taobao"),
    trade_id=st.none() | trade_ids,
    carrier=st.just("yto"),
    waybill=st.sampled_from(["w1", "w2"]),
    state=st.sampled_from([None, "created", "signed"]),
    shipped_at=maybe_day,
    signed_at=maybe_day,
)
parcel_events = record(
    carrier=st.just("yto"),
    waybill=st.sampled_from(["w1", "w2"]),
    state=st.sampled_from(["picked_up", "in_transit", "signed:proxy", "returning", "problem"]),
    occurred_at=few_days,
)
visits = record(
    source=st.just("web"),
    shop=st.just(1),
    kind=st.sampled_from(["browse", "cart"]),
    item_key=items,
    occurred_at=few_days,
    buyer=buyers,
)
profiles = record(
    source=st.sampled_from(["list", "other"]),
    shop=st.just(1),
    gender=st.sampled_from([None, "f", "m"]),
    birth_month=st.sampled_from([None, 2, 3]),
    province=words,
    level=words,
    joined_at=maybe_day,
    has_phone=st.sampled_from([None, True, False]),
    version_at=maybe_day,
    buyer=buyers,
)
catalogue = record(
    source=st.just("taobao"),
    item_key=st.sampled_from(["i1", "i2"]),
    title=words,
    category=words,
    version_at=maybe_day,
)
batches = st.fixed_dictionaries(
    {
        "trades": st.lists(trades, max_size=6),
        "lines": st.lists(lines, max_size=6),
        "refunds": st.lists(refunds, max_size=3, unique_by=lambda r: r["version_at"]),
        "items": st.lists(catalogue, max_size=3),
    },
    optional={
        "reviews": st.lists(reviews, max_size=3),
        "parcels": st.lists(parcels, max_size=3),
        "parcel_events": st.lists(parcel_events, max_size=5),
        "visits": st.lists(visits, max_size=3),
        "profiles": st.lists(profiles, max_size=3),
    },
)


def loaded(given: list[Batch]) -> Warehouse:
    warehouse = Warehouse.in_memory()
    with tempfile.TemporaryDirectory() as folder:
        for number, batch in enumerate(given, 1):
            stage = staged(Path(folder), **batch)
            commit(warehouse, stage, batch=number)
            stage.drop()
    return warehouse


def content(warehouse: Warehouse) -> dict[str, list[str]]:
    """All facts with names in place of numbers, each table in a fixed order."""
    read = {
        name: warehouse.rows(warehouse.table(name))
        for name in (
            "trade", "trade_line", "refund", "review", "visit", "parcel", "parcel_event", "item",
            "item_version", "profile", "member", "member_totals", "identity_key",
        )
    }  # fmt: skip
    people = {row["member"]: row["hash"] for row in read["identity_key"]}
    keys = {row["key_no"]: row["hash"] for row in read["identity_key"]}
    names: dict[str, dict[int, Any]] = {
        "trade": {row["trade"]: row["trade_id"] for row in read["trade"]},
        "item": {row["item"]: (row["source"], row["item_key"]) for row in read["item"]},
        "parcel": {row["parcel"]: row["waybill"] for row in read["parcel"]},
        "member": people,
        "buyer_key": keys,
        "key_no": keys,
    }
    arbitrary = {"batch", "refund", "review", "visit", "home"}
    found: dict[str, list[str]] = {}
    for table, rows in read.items():
        hidden = arbitrary | ({"fingerprint"} if table == "visit" else set())
        found[table] = sorted(
            repr(
                {
                    column: names[column].get(value) if column in names else value
                    for column, value in row.items()
                    if column not in hidden
                }
            )
            for row in rows
        )
    return found


@settings(
    max_examples=5,
    phases=PHASES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
@given(st.lists(batches, min_size=2, max_size=3), st.data())
def test_any_order_and_repetition_gives_the_same_right_warehouse(
    given_batches: list[Batch], data: st.DataObject
) -> None:
    again = data.draw(st.permutations([*given_batches, data.draw(st.sampled_from(given_batches))]))
    straight, shuffled = loaded(given_batches), loaded(again)
    try:
        first, second = content(straight), content(shuffled)
        differences = {
            name: [
                sorted(set(first[name]) ^ set(second[name])),
                len(first[name]) - len(second[name]),
            ]
            for name in first
            if first[name] != second[name]
        }
        assert differences == {}
        check_against_oracle(straight, given_batches)
        check_totals(shuffled)
    finally:
        straight.close()
        shuffled.close()


def check_against_oracle(warehouse: Warehouse, given_batches: list[Batch]) -> None:
    every: Batch = {
        name: [row for batch in given_batches for row in batch.get(name, [])]
        for name in ("trades", "lines", "refunds")
    }
    expected = oracle.expected_trades(every["trades"], every["lines"], every["refunds"])
    rows = {row["trade_id"]: row for row in warehouse.rows(warehouse.table("trade"))}
    keys = {row["key_no"]: row for row in warehouse.rows(warehouse.table("identity_key"))}
    assert rows.keys() == expected.keys()
    for trade_id, row in rows.items():
        right = expected[trade_id]
        assert row["is_stub"] == right["stub"]
        assert row["is_paid"] == oracle.is_paid(row)
        assert row["paid_day"] == oracle.day(row["paid_at"], ZONE)
        assert row["created_day"] == oracle.day(row["created_at"], ZONE)
        if "main" not in right:
            continue
        assert tuple(row[column] for column in oracle.MAIN) in right["main"]
        assert tuple(row[column] for column in oracle.CONTACT) in right["contact"]
        assert row["refunded_amount"] == right["refunded_amount"]
        for name in oracle.TIMES:
            assert row[name] == right[name]
        named = None if row["buyer_key"] is None else keys[row["buyer_key"]]["hash"]
        assert named == (right["buyer"] and right["buyer"].encode().ljust(16, b"."))
    check_lines(warehouse, {row["trade"]: row for row in rows.values()}, every["lines"])


def check_lines(
    warehouse: Warehouse, trades_by_number: dict[int, Any], staged_lines: list[dict[str, Any]]
) -> None:
    expected = oracle.expected_lines(staged_lines)
    found = {}
    categories = {r["item"]: r["category"] for r in warehouse.rows(warehouse.table("item"))}
    for line in warehouse.rows(warehouse.table("trade_line")):
        trade = trades_by_number[line["trade"]]
        found[trade["trade_id"], line["line_key"]] = tuple(
            line[column] for column in ("qty", "status", "refunded_amount")
        )
        for column in ("member", "shop", "created_at", "paid_at", "paid_day"):
            assert line[column] == trade[column]
        closed = line["status"] in ("closed_refunded", "closed_unpaid")
        assert line["is_paid"] == (trade["is_paid"] and not closed)
        if line["item"] is not None:
            assert line["category"] == categories[line["item"]]
    assert found.keys() == expected.keys()
    for key, values in found.items():
        assert values in expected[key]


def check_totals(warehouse: Warehouse) -> None:
    tables = {
        name: warehouse.rows(warehouse.table(name))
        for name in ("trade", "trade_line", "review", "visit", "member", "member_totals")
    }
    counted = {row["member"]: row for row in tables["member_totals"]}
    assert counted.keys() == {row["member"] for row in tables["member"]}
    for member, row in counted.items():
        assert row == oracle.totals(member, tables)

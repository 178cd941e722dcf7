"""What a parcel's trace adds up to, however it arrives, and when silence becomes trouble."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.warehouse.standin import at, commit, rows_of, staged

from huitou.warehouse.parcels import Patience, as_of, trouble
from huitou.warehouse.store import Warehouse

Event = tuple[str, int]


def parcel(**fields: Any) -> dict[str, Any]:
    return {"source": "taobao", "trade_id": "t1", "shop": 1, "carrier": "yto", "waybill": "w",
            **fields}  # fmt: skip


def trace(*events: Event) -> list[dict[str, Any]]:
    return [
        {"carrier": "yto", "waybill": "w", "state": state, "occurred_at": at(day)}
        for state, day in events
    ]


@pytest.mark.parametrize(
    ("events", "state", "sign_kind", "signed_day", "in_trouble"),
    [
        ([("picked_up", 2), ("in_transit", 3)], "in_transit", None, None, None),
        ([("in_transit", 3), ("picked_up", 2)], "in_transit", None, None, None),
        ([("signed:proxy", 4), ("out_for_delivery", 4)], "signed", "proxy", 4, None),
        ([("signed", 4), ("in_transit", 6)], "signed", None, 4, None),
        ([("signed", 4), ("problem", 6)], "signed", None, 4, None),
        ([("signed", 4), ("returning", 6)], "returning", None, 4, "returning"),
        ([("signed", 4), ("returning", 6), ("returned", 8)], "returned", None, 4, "returned"),
        ([("problem", 4)], "problem", None, None, "problem"),
        ([("problem", 4), ("out_for_delivery", 5)], "out_for_delivery", None, None, None),
        ([("problem", 4), ("signed:after_exception", 5)], "signed", "after_exception", 5, None),
        ([("refused", 4), ("refused", 4)], "refused", None, None, "refused"),
        ([], "created", None, None, None),
    ],
)
def test_the_state_is_a_function_of_the_trace(
    warehouse: Warehouse,
    tmp_path: Path,
    events: list[Event],
    state: str,
    sign_kind: str | None,
    signed_day: int | None,
    in_trouble: str | None,
) -> None:
    # One row per batch, so that each batch sees the parcel as the ones before left it.
    commit(warehouse, staged(tmp_path, parcels=[parcel(shipped_at=at(1))]))
    for number, event in enumerate(events, 2):
        commit(warehouse, staged(tmp_path, parcel_events=trace(event)), batch=number)
    (row,) = rows_of(warehouse, "parcel", "state", "sign_kind", "signed_at", "trouble")
    assert row == {
        "state": state,
        "sign_kind": sign_kind,
        "signed_at": signed_day and at(signed_day),
        "trouble": in_trouble,
    }


def test_the_feed_tells_each_change_of_state_once(warehouse: Warehouse, tmp_path: Path) -> None:
    on_its_way = staged(tmp_path, parcels=[parcel()], parcel_events=trace(("picked_up", 2)))
    commit(warehouse, on_its_way, batch=1)
    again = commit(warehouse, on_its_way, batch=2)
    assert again.is_unchanged
    commit(warehouse, staged(tmp_path, parcel_events=trace(("signed", 4))), batch=3)
    told = rows_of(warehouse, "feed", "batch", "change", "before", "after")
    assert told == [
        {"batch": 1, "change": "new", "before": None, "after": "picked_up"},
        {"batch": 3, "change": "changed", "before": "picked_up", "after": "signed"},
    ]


def test_a_report_without_a_trace_counts_until_there_is_one(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    commit(warehouse, staged(tmp_path, parcels=[parcel(state="signed", signed_at=at(5))]))
    (row,) = rows_of(warehouse, "parcel", "state", "signed_at", "last_event_at")
    assert row == {"state": "signed", "signed_at": at(5), "last_event_at": None}
    commit(warehouse, staged(tmp_path, parcel_events=trace(("returning", 7))), batch=2)
    assert rows_of(warehouse, "parcel", "state") == [{"state": "returning"}]


def test_a_parcel_finds_its_trade_when_that_arrives(warehouse: Warehouse, tmp_path: Path) -> None:
    commit(warehouse, staged(tmp_path, parcels=[parcel()]))
    assert rows_of(warehouse, "parcel", "trade", "member") == [{"trade": None, "member": None}]
    trade = {"source": "taobao", "trade_id": "t1", "shop": 1, "buyer": "ann"}
    commit(warehouse, staged(tmp_path, trades=[trade]), batch=2)
    assert rows_of(warehouse, "parcel", "trade", "member") == [{"trade": 1, "member": 1}]


def troubles(warehouse: Warehouse, instant: datetime, **patience: int) -> list[str]:
    parcels = as_of(warehouse.table("parcel"), warehouse.table("parcel_event"), instant)
    rows = trouble(parcels, warehouse.table("trade"), instant, Patience(**patience))
    return [row["trouble"] for row in warehouse.rows(rows)]


@pytest.mark.parametrize(
    ("events", "hours", "expected"),
    [
        ([("created", 2)], 25, ["pickup_overdue"]),
        ([("picked_up", 2)], 23, []),
        ([("picked_up", 2)], 24, ["not_moving"]),
        ([("in_transit", 2)], 47, []),
        ([("in_transit", 2)], 48, ["stalled"]),
        ([("arrived_city", 2)], 24, ["not_delivered"]),
        ([("out_for_delivery", 2)], 48, ["not_signed"]),
        ([("at_locker", 2)], 48, ["locker_overdue"]),
        ([("signed", 2)], 999, []),
        ([("problem", 2)], 0, ["problem"]),
        ([("in_transit", 7)], 9, ["overdue"]),
        ([("signed", 2), ("returning", 3)], 999, ["returning"]),
    ],
)
def test_silence_becomes_trouble_after_its_time(
    warehouse: Warehouse, tmp_path: Path, events: list[Event], hours: int, expected: list[str]
) -> None:
    stage = staged(tmp_path, parcels=[parcel(shipped_at=at(1, 12))], parcel_events=trace(*events))
    commit(warehouse, stage)
    last = max(day for _state, day in events)
    assert troubles(warehouse, at(last) + timedelta(hours=hours)) == expected


def trade(**fields: Any) -> dict[str, Any]:
    return {"source": "taobao", "trade_id": "t1", "shop": 1, "paid_amount": Decimal(1), **fields}


@pytest.mark.parametrize(
    ("fields", "hours", "expected"),
    [
        ({"province": "西藏自治区"}, 71, []),
        ({"province": "西藏自治区"}, 72, ["stalled"]),
        ({"province": "浙江省"}, 48, ["stalled"]),
        ({"finished_at": at(3)}, 480, []),
        ({"paid_at": at(3)}, 1, ["fake_waybill"]),
    ],
)
def test_the_trade_has_its_say(
    warehouse: Warehouse, tmp_path: Path, fields: dict[str, Any], hours: int, expected: list[str]
) -> None:
    traced = trace(("in_transit", 2))
    stage = staged(tmp_path, trades=[trade(**fields)], parcels=[parcel()], parcel_events=traced)
    commit(warehouse, stage)
    assert troubles(warehouse, at(2) + timedelta(hours=hours)) == expected


def test_a_parcel_is_asked_as_of_a_past_day(warehouse: Warehouse, tmp_path: Path) -> None:
    events = trace(("picked_up", 2), ("problem", 3), ("signed", 5))
    stage = staged(tmp_path, parcels=[parcel(shipped_at=at(2))], parcel_events=events)
    commit(warehouse, stage)
    states = []
    for day in (1, 2, 3, 4, 5):
        parcels = as_of(warehouse.table("parcel"), warehouse.table("parcel_event"), at(day, 5))
        states.append([row["state"] for row in warehouse.rows(parcels)])
    assert states == [[], ["picked_up"], ["problem"], ["problem"], ["signed"]]
    assert troubles(warehouse, at(4)) == ["problem"]
    assert troubles(warehouse, at(5, 5)) == []

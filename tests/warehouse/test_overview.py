"""The overview's figures against sums made by hand, for any shops, period and as-of day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huitou.accounts.scopes import Scope
from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import speaking
from huitou.warehouse.overview import overview, recent
from huitou.warehouse.schema import TABLES
from huitou.warehouse.store import Warehouse

ZONE = "Asia/Shanghai"
FIRST = date(2026, 1, 1)
TODAY = date(2026, 2, 28)
STATES = ("paid", "finished", "closed_refunded", "unpaid", "closed_unpaid")

Trade = dict[str, Any]


def utc(day: date, hour: int) -> datetime:
    """A naive UTC instant at an hour of a brand day."""
    local = datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(ZONE))
    return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


def trade(number: int, day: date, **fields: Any) -> Trade:
    status = fields.pop("status", "finished")
    has_paid = status not in ("unpaid", "closed_unpaid")
    paid = Decimal(fields.pop("paid", "10.00"))
    refunded = Decimal(fields.pop("refunded", "0"))
    hour = fields.pop("hour", 12)
    return {
        "trade": number,
        "source": "taobao",
        "trade_id": str(number),
        "shop": 1,
        "member": 1,
        "status": status,
        "created_at": utc(day, hour),
        "created_day": day,
        "paid_at": utc(day, hour) if has_paid else None,
        "paid_day": day if has_paid else None,
        "closed_at": utc(day + timedelta(days=5), 1) if status.startswith("closed") else None,
        "paid_amount": paid,
        "refunded_amount": refunded,
        "is_paid": has_paid and not (status == "closed_refunded" and refunded >= paid),
        "province": "浙江省",
        **fields,
    }


def filled(warehouse: Warehouse, trades: list[Trade], members: int = 9) -> None:
    firsts: dict[int, tuple[datetime, date]] = {}
    for row in trades:
        if row["is_paid"] and row["member"] is not None:
            first = (row["paid_at"], row["paid_day"])
            firsts[row["member"]] = min(firsts.get(row["member"], first), first)
    with warehouse.writing() as writer:
        for name in ("trade", "member", "member_totals", "shop"):
            writer.delete(name, [TABLES[name].names[0]], writer.table(name))
        put(writer, "trade", trades)
        put(writer, "member", [{"member": number} for number in range(1, members + 1)])
        totals = [
            {"member": member, "first_paid_at": at, "first_paid_day": day}
            for member, (at, day) in firsts.items()
        ]
        put(writer, "member_totals", totals)
        put(writer, "shop", [{"shop": 1, "name": "天猫店"}, {"shop": 2, "name": "京东店"}])


def put(writer: Any, name: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        columns = [column for column in TABLES[name].names if column in rows[0]]
        schema = pa.schema([TABLES[name].to_pyarrow().field(column) for column in columns])
        writer.insert(name, pa.Table.from_pylist(rows, schema=schema))


def figures(view: dict[str, Any], which: str = "value") -> dict[str, Any]:
    return {row["key"]: row[which] for row in view["figures"]}


def by_hand(trades: list[Trade], shops: set[int], start: date, end: date) -> dict[str, Any]:
    mine = [row for row in trades if row["shop"] in shops]
    paid = [row for row in mine if row["is_paid"] and start <= row["paid_day"] <= end]
    buyers = {row["member"] for row in paid if row["member"] is not None}
    ever: dict[int, date] = {}
    for row in trades:  # the brand's first, whichever shop
        if row["is_paid"] and row["member"] in buyers:
            ever[row["member"]] = min(ever.get(row["member"], row["paid_day"]), row["paid_day"])
    days = {buyer: {row["paid_day"] for row in paid if row["member"] == buyer} for buyer in buyers}
    amount = sum((row["paid_amount"] for row in paid), Decimal(0))
    return {
        "orders": len(paid),
        "paid_amount": amount,
        "net_amount": amount - sum((row["refunded_amount"] for row in paid), Decimal(0)),
        "buyers": len(buyers),
        "new_buyers": sum(1 for buyer in buyers if start <= ever[buyer]),
        "returning_buyers": sum(1 for buyer in buyers if ever[buyer] < start),
        "repeat_buyers": sum(1 for buyer in buyers if len(days[buyer]) >= 2),
        "unattached": sum(1 for row in paid if row["member"] is None),
    }


trades_drawn = st.lists(
    st.fixed_dictionaries(
        {
            "offset": st.integers(0, 58),
            "shop": st.sampled_from([1, 2]),
            "member": st.sampled_from([1, 2, 3, None]),
            "status": st.sampled_from(STATES),
            "paid": st.sampled_from(["0", "9.99", "100.00"]),
            "refunded": st.sampled_from(["0", "9.99"]),
            "hour": st.sampled_from([0, 7, 8, 23]),  # both sides of midnight in UTC
        }
    ),
    max_size=25,
)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawn=trades_drawn, shops=st.sampled_from([{1}, {2}, {1, 2}]), start=st.integers(0, 40))
def test_figures_equal_sums_made_by_hand(
    warehouse: Warehouse, drawn: list[dict[str, Any]], shops: set[int], start: int
) -> None:
    trades = [
        trade(number, FIRST + timedelta(days=row.pop("offset")), **row)
        for number, row in enumerate((dict(row) for row in drawn), 1)
    ]
    filled(warehouse, trades)
    first, last = FIRST + timedelta(days=start), FIRST + timedelta(days=start + 14)
    view = overview(
        warehouse, scope=Scope.only(shops), zone=ZONE, today=date(2026, 6, 1), start=first, end=last
    )
    expected = by_hand(trades, shops, first, last)
    found = figures(view)
    for key in ("orders", "buyers", "new_buyers", "returning_buyers"):
        assert int(found[key]) == expected[key], key
    for key in ("paid_amount", "net_amount"):
        assert Decimal(found[key]) == expected[key], key
    if expected["buyers"]:
        assert float(found["repeat_rate"]) == expected["repeat_buyers"] / expected["buyers"]
        share = Decimal(expected["paid_amount"]) / expected["orders"]
        assert abs(Decimal(found["average_order_value"]) - share) < Decimal("0.01")
    else:
        assert found["repeat_rate"] is None
    assert view["unattached_trades"] == expected["unattached"]
    assert sum(day["orders"] for day in view["trend"]) == expected["orders"]
    assert len(view["trend"]) == 15
    assert sum(Decimal(row["paid_amount"]) for row in view["by_shop"]) == expected["paid_amount"]
    for day in view["trend"]:
        assert day["new_buyers"] + day["returning_buyers"] == day["buyers"]


def test_as_of_does_not_know_what_came_later(warehouse: Warehouse) -> None:
    filled(
        warehouse,
        [
            trade(1, date(2026, 2, 1), status="closed_refunded", paid="50", refunded="50"),
            trade(2, date(2026, 2, 10), paid="20"),
        ],
    )

    def orders(as_of: date) -> int:
        view = overview(
            warehouse,
            scope=Scope.everything(),
            zone=ZONE,
            today=TODAY,
            start=date(2026, 2, 1),
            end=date(2026, 2, 28),
            as_of=as_of,
        )
        return int(figures(view)["orders"])

    assert orders(date(2026, 2, 3)) == 1  # closed on the 6th: still a paid order
    assert orders(date(2026, 2, 8)) == 0
    assert orders(date(2026, 2, 10)) == 1


def test_an_empty_warehouse_says_so(warehouse: Warehouse) -> None:
    view = overview(warehouse, scope=Scope.everything(), zone=ZONE, today=TODAY)
    assert view["is_empty"]
    assert view["data_from"] is None
    assert figures(view)["orders"] == "0"
    assert figures(view)["average_order_value"] is None
    assert view["period"]["end"] == TODAY


def test_without_a_period_old_data_is_shown_where_it_ends(warehouse: Warehouse) -> None:
    filled(warehouse, [trade(1, date(2026, 1, 15))])
    view = overview(warehouse, scope=Scope.everything(), zone=ZONE, today=date(2026, 11, 1))
    assert view["period"]["end"] == date(2026, 1, 15)
    assert figures(view)["orders"] == "1"


def test_compared_with_the_period_before_and_last_year(warehouse: Warehouse) -> None:
    filled(
        warehouse,
        [
            trade(1, date(2026, 2, 10), paid="30"),
            trade(2, date(2026, 2, 1), paid="20"),
            trade(3, date(2025, 2, 10), paid="10"),
        ],
    )

    def change(compare: Any) -> tuple[str | None, float | None]:
        view = overview(
            warehouse,
            scope=Scope.everything(),
            zone=ZONE,
            today=TODAY,
            start=date(2026, 2, 8),
            end=date(2026, 2, 14),
            compare=compare,
        )
        row = next(row for row in view["figures"] if row["key"] == "paid_amount")
        return row["previous"], row["change"]

    assert change("previous") == ("20.00", 0.5)
    assert change("year") == ("10.00", 2.0)
    assert change("none") == (None, None)


def test_a_period_that_ends_before_it_starts_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(InvalidInput, match="starts after it ends"):
        overview(
            warehouse,
            scope=Scope.everything(),
            zone=ZONE,
            today=TODAY,
            start=date(2026, 2, 2),
            end=date(2026, 2, 1),
        )


def test_a_scope_of_no_shops_sees_nothing(warehouse: Warehouse) -> None:
    filled(warehouse, [trade(1, date(2026, 2, 20))])
    view = overview(warehouse, scope=Scope.only([]), zone=ZONE, today=TODAY)
    assert view["is_empty"]
    assert figures(view)["members"] == "0"


def test_recent_changes_are_newest_first_in_scope_and_in_words(warehouse: Warehouse) -> None:
    filled(
        warehouse, [trade(1, date(2026, 2, 20)), trade(2, date(2026, 2, 21), shop=2, member=None)]
    )
    at = datetime(2026, 2, 21, 8)
    common = {
        "kind": "trade",
        "change": "new",
        "before": None,
        "after": "finished",
        "occurred_at": at,
        "recorded_at": at,
        "batch": 1,
    }
    with warehouse.writing() as writer:
        put(
            writer,
            "feed",
            [{"seq": n, "member": m, "subject": n, **common} for n, m in ((1, 1), (2, None))],
        )
    rows = recent(warehouse, scope=Scope.everything(), limit=10)
    assert [row["seq"] for row in rows] == ["2", "1"]
    assert rows[0]["shop_name"] == "京东店"
    assert rows[0]["after_label"] == "交易成功"
    with speaking("en"):
        only = recent(warehouse, scope=Scope.only([1]), limit=10)
    assert [(row["seq"], row["after_label"], row["amount"]) for row in only] == [
        ("1", "Completed", "10.00")
    ]

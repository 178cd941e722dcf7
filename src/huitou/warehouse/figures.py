"""The figures of a period: one definition each, in words and as an expression.

A period is whole days of the brand's zone. A paid trade counts on the day it was paid. ``as_of`` cuts
the facts: what was paid or closed after the end of that day is not known yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal

import ibis

from huitou.accounts.scopes import Scope
from huitou.kernel.clock import day_range, day_start, naive_utc
from huitou.kernel.i18n import Text
from huitou.kernel.money import ZERO
from huitou.warehouse.scoping import known_members, scoped
from huitou.warehouse.store import Warehouse, table

Unit = Literal["count", "money", "share"]


@dataclass(frozen=True)
class Period:
    """Whole days ``start`` … ``end``, and the day as of which they are asked for."""

    start: date
    end: date
    as_of: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def before(self) -> Period:
        """The period of equal length that ends the day before this one."""
        shift = timedelta(days=self.days)
        return Period(self.start - shift, self.end - shift, self.as_of)

    def last_year(self) -> Period:
        """The same days one year earlier; 29 February becomes the 28th."""
        return Period(_year_before(self.start), _year_before(self.end), self.as_of)


@dataclass(frozen=True)
class Definition:
    """What a figure is called, measured in, and how it is worked out."""

    label: Text
    unit: Unit
    formula: Text


FIGURES: Final[dict[str, Definition]] = {
    "orders": Definition(
        Text("付款订单", "Paid orders"),
        "count",
        Text(
            "期内付款、且未因全额退款关闭的订单数",
            "Orders paid in the period and not closed by a full refund",
        ),
    ),
    "paid_amount": Definition(
        Text("实付金额", "Paid amount"),
        "money",
        Text("付款订单的实付金额之和，未减退款", "Sum paid for the paid orders, before refunds"),
    ),
    "net_amount": Definition(
        Text("净额", "Net amount"),
        "money",
        Text("实付金额 − 这些订单的退款金额", "Paid amount − what was refunded on these orders"),
    ),
    "buyers": Definition(
        Text("购买客户", "Buyers"),
        "count",
        Text(
            "期内有付款订单的会员数，每人计一次",
            "Members with a paid order in the period, each once",
        ),
    ),
    "new_buyers": Definition(
        Text("新客", "New buyers"),
        "count",
        Text(
            "购买客户中，在本品牌的首个付款订单在期内的人",
            "Buyers whose first paid order with the brand is in the period",
        ),
    ),
    "returning_buyers": Definition(
        Text("老客", "Returning buyers"),
        "count",
        Text(
            "购买客户中，期前已有付款订单的人；新客 + 老客 = 购买客户",
            "Buyers who had a paid order before the period; new + returning = buyers",
        ),
    ),
    "average_order_value": Definition(
        Text("笔单价", "Average order value"),
        "money",
        Text("实付金额 ÷ 付款订单", "Paid amount ÷ paid orders"),
    ),
    "repeat_rate": Definition(
        Text("复购率", "Repeat rate"),
        "share",
        Text(
            "期内在两个或以上不同日子付款的购买客户 ÷ 购买客户",
            "Buyers who paid on two or more different days of the period ÷ buyers",
        ),
    ),
    "refund_rate": Definition(
        Text("退款率", "Refund rate"),
        "share",
        Text(
            "期内付款的订单中有退款的 ÷ 期内付款的全部订单（含退款关闭）",
            "Orders paid in the period with money given back ÷ all orders paid in it",
        ),
    ),
    "members": Definition(
        Text("会员总数", "Members"),
        "count",
        Text(
            "期末已识别的会员数，含未购买的",
            "Members known at the end of the period, buyers or not",
        ),
    ),
}

_Values = dict[str, Decimal | int | float | None]


def cut(as_of: date, zone: str) -> datetime:
    """The first instant (naive UTC) that is not known on the day ``as_of``."""
    return naive_utc(day_start(as_of + timedelta(days=1), zone))


def paid_trades(period: Period, scope: Scope, zone: str) -> ibis.Table:
    """The paid trades of a period as they were known at the end of ``as_of``."""
    trades = settled_trades(period, scope, zone)
    return trades.filter(trades.was_paid)


def settled_trades(period: Period, scope: Scope, zone: str) -> ibis.Table:
    """All trades with a payment in the period, ``was_paid`` telling which count as paid."""
    first, end = day_range(period.start, period.end, zone)
    return settled_between(first, end, period.as_of, scope, zone)


def settled_between(
    first: datetime | None, end: datetime | None, as_of: date | None, scope: Scope, zone: str
) -> ibis.Table:
    """All trades paid at or after ``first`` and before ``end``; None leaves a side open."""
    trades = scoped(table("trade"), scope)
    trades = trades.filter(trades.paid_at.notnull(), trades.status != "closed_unpaid")
    if first is not None:
        trades = trades.filter(trades.paid_at >= ibis.literal(naive_utc(first)))
    if end is not None:
        trades = trades.filter(trades.paid_at < ibis.literal(naive_utc(end)))
    if as_of is None:
        return trades.mutate(was_paid=trades.is_paid)
    unknown_from = ibis.literal(cut(as_of, zone))
    closed_later = (trades.status == "closed_refunded") & (trades.closed_at >= unknown_from)
    return trades.filter(trades.paid_at < unknown_from).mutate(
        was_paid=trades.is_paid | closed_later.fill_null(False)
    )


def first_days() -> ibis.Table:
    """(buyer, first_day): the brand day of every member's first paid trade."""
    totals = table("member_totals")
    return totals.filter(totals.first_paid_day.notnull()).select(
        buyer=totals.member, first_day=totals.first_paid_day
    )


def values(warehouse: Warehouse, period: Period, scope: Scope, zone: str) -> _Values:
    """Every figure of ``FIGURES`` for a period; None where it is a share of nothing."""
    trades = settled_trades(period, scope, zone)
    paid = trades.filter(trades.was_paid)
    money = warehouse.rows(
        paid.aggregate(
            orders=paid.count(),
            paid_amount=paid.paid_amount.sum(),
            refunded=paid.refunded_amount.sum(),
        )
    )[0]
    refunds = warehouse.rows(
        trades.aggregate(all=trades.count(), refunded=(trades.refunded_amount > 0).sum())
    )[0]
    per_buyer = (
        paid.filter(paid.member.notnull())
        .group_by("member")
        .aggregate(days=paid.paid_day.nunique())
    )
    firsts = first_days()
    joined = per_buyer.left_join(firsts, per_buyer.member == firsts.buyer)
    people = warehouse.rows(
        joined.aggregate(
            buyers=joined.count(),
            new=(joined.first_day >= ibis.literal(period.start)).sum(),
            repeat=(joined.days >= 2).sum(),
        )
    )[0]
    orders, buyers = int(money["orders"]), int(people["buyers"])
    amount = money["paid_amount"] or ZERO
    new = int(people["new"] or 0)
    return {
        "orders": orders,
        "paid_amount": amount,
        "net_amount": amount - (money["refunded"] or ZERO),
        "buyers": buyers,
        "new_buyers": new,
        "returning_buyers": buyers - new,
        "average_order_value": amount / orders if orders else None,
        "repeat_rate": int(people["repeat"] or 0) / buyers if buyers else None,
        "refund_rate": int(refunds["refunded"] or 0) / refunds["all"] if refunds["all"] else None,
        "members": member_count(warehouse, min(period.end, period.as_of), scope, zone),
    }


def member_count(warehouse: Warehouse, day: date, scope: Scope, zone: str) -> int:
    """How many members were known at the end of a day."""
    return int(warehouse.scalar(known_on(day, scope, zone).count()))


def known_on(day: date, scope: Scope, zone: str) -> ibis.Table:
    """The members known at the end of a day; undated ones count as known."""
    members = table("member")
    known = members.filter(
        members.merged_into.isnull(),
        members.first_seen_at.isnull() | (members.first_seen_at < ibis.literal(cut(day, zone))),
    )
    return known if scope.is_everything else known.semi_join(known_members(scope), "member")


def trend(warehouse: Warehouse, period: Period, scope: Scope, zone: str) -> list[dict[str, Any]]:
    """One row per day of the period, days without a trade included."""
    paid = paid_trades(period, scope, zone)
    firsts = first_days()
    joined = paid.left_join(firsts, paid.member == firsts.buyer)
    is_new = joined.first_day == joined.paid_day
    rows = warehouse.rows(
        joined.group_by("paid_day").aggregate(
            orders=joined.count(),
            paid_amount=joined.paid_amount.sum(),
            buyers=joined.member.nunique(),
            new_buyers=joined.member.nunique(where=is_new),
        )
    )
    found = {row["paid_day"]: row for row in rows}
    days = (period.start + timedelta(days=step) for step in range(period.days))
    return [_day(day, found.get(day)) for day in days]


def by_shop(warehouse: Warehouse, period: Period, scope: Scope, zone: str) -> list[dict[str, Any]]:
    """Orders, amount and buyers of each shop, most money first."""
    paid = paid_trades(period, scope, zone)
    grouped = paid.group_by("shop").aggregate(
        orders=paid.count(), paid_amount=paid.paid_amount.sum(), buyers=paid.member.nunique()
    )
    shops = table("shop").select(shop_number=ibis._.shop, name=ibis._.name)
    named = grouped.left_join(shops, grouped.shop == shops.shop_number).drop("shop_number")
    return warehouse.rows(named.order_by(ibis.desc("paid_amount")))


def by_province(
    warehouse: Warehouse, period: Period, scope: Scope, zone: str, limit: int = 10
) -> list[dict[str, Any]]:
    """The provinces with the most money, by where orders were sent."""
    paid = paid_trades(period, scope, zone)
    grouped = (
        paid.filter(paid.province.notnull())
        .group_by("province")
        .aggregate(buyers=paid.member.nunique(), paid_amount=paid.paid_amount.sum())
    )
    return warehouse.rows(grouped.order_by(ibis.desc("paid_amount"), "province").limit(limit))


def unattached(warehouse: Warehouse, period: Period, scope: Scope, zone: str) -> int:
    """Paid trades whose buyer could not be told."""
    paid = paid_trades(period, scope, zone)
    return int(warehouse.scalar(paid.filter(paid.member.isnull()).count()))


def span(warehouse: Warehouse, scope: Scope) -> tuple[date | None, date | None]:
    """The first and the last day with a trade; (None, None) when there is none."""
    trades = scoped(table("trade"), scope)
    row = warehouse.rows(
        trades.aggregate(
            first=ibis.least(trades.created_day.min(), trades.paid_day.min()),
            last=ibis.greatest(trades.created_day.max(), trades.paid_day.max()),
        )
    )[0]
    return row["first"], row["last"]


def change(value: Decimal | float | None, previous: Decimal | float | None) -> float | None:
    """The relative change; None where there is nothing to compare with."""
    if value is None or not previous:
        return None
    return float(value) / float(previous) - 1


def _day(day: date, row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        return {
            "day": day,
            "orders": 0,
            "paid_amount": ZERO,
            "buyers": 0,
            "new_buyers": 0,
            "returning_buyers": 0,
        }
    return {
        "day": day,
        "orders": row["orders"],
        "paid_amount": row["paid_amount"],
        "buyers": row["buyers"],
        "new_buyers": row["new_buyers"],
        "returning_buyers": row["buyers"] - row["new_buyers"],
    }


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def figure_rows(current: _Values, previous: _Values | None) -> Sequence[dict[str, Any]]:
    """The figures as screens get them: keys, values as texts, change against ``previous``."""
    rows = []
    for key, definition in FIGURES.items():
        value = current[key]
        before = previous[key] if previous else None
        rows.append(
            {
                "key": key,
                "label": definition.label,
                "unit": definition.unit,
                "formula": definition.formula,
                "value": value,
                "previous": before,
                "change": change(value, before),
            }
        )
    return rows

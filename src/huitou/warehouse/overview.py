"""The overview screen: figures of a period, its trend, and what needs a person today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, Literal

import ibis

from huitou.accounts.scopes import Scope
from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text, translate
from huitou.kernel.money import ZERO, shown
from huitou.warehouse import figures, labels
from huitou.warehouse.figures import Period
from huitou.warehouse.scoping import scoped
from huitou.warehouse.store import Warehouse, table

Compare = Literal["none", "previous", "year"]
DEFAULT_DAYS: Final = 30
LONGEST_DAYS: Final = 366 * 6
_STALE: Final = timedelta(days=7)
_PLENTY: Final = 4
_FORGOTTEN: Final = timedelta(days=60)


def overview(
    warehouse: Warehouse,
    *,
    scope: Scope,
    zone: str,
    today: date,
    start: date | None = None,
    end: date | None = None,
    compare: Compare = "previous",
    as_of: date | None = None,
) -> dict[str, Any]:
    """Everything the overview shows; ``scope`` is already narrowed to the shops that were picked.

    Without ``start`` and ``end``: the 30 days up to ``as_of``, or, where the data ended more than a
    week before it, up to the last day with data. Raises ``InvalidInput`` for an impossible period.
    """
    with warehouse.snapshot():
        first, last = figures.span(warehouse, scope)
        period = _period(start, end, as_of or today, last)
        previous = {"none": None, "previous": period.before(), "year": period.last_year()}[compare]
        current_values = figures.values(warehouse, period, scope, zone)
        previous_values = figures.values(warehouse, previous, scope, zone) if previous else None
        return {
            "period": {"start": period.start, "end": period.end, "as_of": period.as_of},
            "previous": {"start": previous.start, "end": previous.end} if previous else None,
            "data_from": first,
            "data_to": last,
            "figures": [
                _figure(row) for row in figures.figure_rows(current_values, previous_values)
            ],
            "trend": _money_rows(figures.trend(warehouse, period, scope, zone)),
            "trend_previous": (
                _money_rows(figures.trend(warehouse, previous, scope, zone)) if previous else None
            ),
            "by_shop": _money_rows(figures.by_shop(warehouse, period, scope, zone)),
            "by_province": _money_rows(figures.by_province(warehouse, period, scope, zone)),
            "unattached_trades": figures.unattached(warehouse, period, scope, zone),
            "today": today_of(warehouse, period.as_of, scope, zone),
            "is_empty": first is None,
        }


def today_of(warehouse: Warehouse, day: date, scope: Scope, zone: str) -> dict[str, Any]:
    """Orders and amount of one day, and what is open at its end.

    A parcel in trouble that has not moved for 60 days is history: carriers stop following it then.
    """
    paid = figures.paid_trades(Period(day, day, day), scope, zone)
    sums = warehouse.rows(paid.aggregate(orders=paid.count(), amount=paid.paid_amount.sum()))[0]
    trades = scoped(table("trade"), scope)
    refunds = scoped(table("refund"), scope)
    parcels = scoped(table("parcel"), scope)
    known = ibis.literal(figures.cut(day, zone))
    long_ago = ibis.literal(figures.cut(day - _FORGOTTEN, zone))
    troubled = parcels.filter(
        parcels.trouble.notnull(), parcels.last_event_at >= long_ago, parcels.last_event_at < known
    )
    waiting = trades.filter(
        trades.status.isin(["unpaid", "pay_pending"]), trades.created_at < known
    )
    open_refunds = refunds.filter(
        refunds.state.isin(labels.OPEN_REFUNDS), refunds.applied_at < known
    )
    return {
        "orders": sums["orders"],
        "paid_amount": _amount(sums["amount"] or ZERO),
        "unpaid": int(warehouse.scalar(waiting.count())),
        "refunds_open": int(warehouse.scalar(open_refunds.count())),
        "parcels_in_trouble": int(warehouse.scalar(troubled.count())),
    }


def recent(warehouse: Warehouse, *, scope: Scope, limit: int) -> list[dict[str, Any]]:
    """The newest changes of trades, refunds, parcels and reviews, newest first.

    ``member`` is the number; who it is comes from the part that keeps names.
    """
    shops = {row["shop"]: row["name"] for row in warehouse.rows(table("shop"))}
    found: list[dict[str, Any]] = []
    for kind, (number, amount) in _SUBJECTS.items():
        facts = scoped(table(kind), scope).filter(ibis._.shop.notnull())
        facts = facts.select(
            number=facts[number],
            shop=facts.shop,
            amount=facts[amount] if amount else ibis.null("decimal(18, 4)"),
        )
        feed = _newest(table("feed").filter(ibis._.kind == kind))
        if scope.is_everything:
            feed = feed.limit(_PLENTY * limit)  # most of these still have their subject
        rows = _newest(feed.inner_join(facts, feed.subject == facts.number))
        found += warehouse.rows(rows.limit(limit).drop("number"))
    found.sort(key=_recency, reverse=True)
    return [_recent(row, shops) for row in found[:limit]]


def _newest(rows: ibis.Table) -> ibis.Table:
    """What was recorded last comes first; of one import, what happened last."""
    return rows.order_by(
        ibis.desc("recorded_at"), rows.occurred_at.desc(nulls_first=False), ibis.desc("seq")
    )


def _recency(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["recorded_at"], row["occurred_at"] or row["recorded_at"], row["seq"]


_SUBJECTS: Final[dict[str, tuple[str, str | None]]] = {
    "trade": ("trade", "paid_amount"),
    "refund": ("refund", "amount"),
    "parcel": ("parcel", None),
    "review": ("review", None),
}
_STATES: Final[dict[str, Mapping[str, Text]]] = {
    "trade": labels.STATUS,
    "refund": labels.REFUND_STATE,
    "parcel": labels.PARCEL_STATE,
    "review": labels.RATING,
}


def _recent(row: dict[str, Any], shops: Mapping[int, str]) -> dict[str, Any]:
    states = _STATES[row["kind"]]
    return {
        "seq": str(row["seq"]),
        "kind": row["kind"],
        "change": row["change"],
        "member": None if row["member"] is None else str(row["member"]),
        "member_name": None,
        "shop": row["shop"],
        "shop_name": shops.get(row["shop"]),
        "subject": str(row["subject"]),
        "amount": None if row["amount"] is None else _amount(row["amount"]),
        "before": row["before"],
        "after": row["after"],
        "before_label": labels.label(states, row["before"]),
        "after_label": labels.label(states, row["after"]),
        "occurred_at": row["occurred_at"],
        "recorded_at": row["recorded_at"],
        "batch": None if row["batch"] is None else str(row["batch"]),
    }


def _period(start: date | None, end: date | None, as_of: date, last: date | None) -> Period:
    if end is None:
        end = last if last is not None and last < as_of - _STALE else as_of
        if start is not None and start > end:
            end = as_of
    if start is None:
        start = end - timedelta(days=DEFAULT_DAYS - 1)
    if start > end:
        raise InvalidInput(
            Text("开始日期晚于结束日期", "The period starts after it ends"),
            remedy=Text("交换两个日期", "Swap the two days"),
            where={"start": start.isoformat(), "end": end.isoformat()},
        )
    if (end - start).days >= LONGEST_DAYS:
        raise InvalidInput(
            Text("时间段超过六年", "The period is longer than six years"),
            remedy=Text("缩短时间段", "Choose a shorter period"),
            where={"start": start.isoformat(), "end": end.isoformat()},
        )
    return Period(start, end, as_of)


def _figure(row: dict[str, Any]) -> dict[str, Any]:
    texts = {name: translate(row[name]) for name in ("label", "formula")}
    numbers = {name: _value(row[name], row["unit"]) for name in ("value", "previous")}
    return {**row, **texts, **numbers}


def _value(value: Decimal | float | None, unit: str) -> str | None:
    if value is None:
        return None
    return _amount(Decimal(value)) if unit == "money" else str(value)


def _amount(amount: Decimal) -> str:
    return str(shown(amount))


def _money_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "paid_amount": _amount(row["paid_amount"] or ZERO)} for row in rows]

"""Trades and lines as they were known at an instant in the past, derived from their own times.

What has no time of its own is taken as known from the payment on: the state of a single line, a
refund that only the order's report tells of. Member columns (region, level …) are today's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import ibis

from huitou.kernel.money import ZERO
from huitou.warehouse.schema import MONEY
from huitou.warehouse.store import Warehouse, table

TIMES: Final[dict[str, tuple[str, ...]]] = {
    "trade": ("created_at", "paid_at", "shipped_at", "signed_at", "finished_at", "closed_at"),
    "refund": ("applied_at", "finished_at"),
    "parcel": ("shipped_at", "last_event_at", "signed_at"),
    "review": ("created_at",),
    "visit": ("occurred_at",),
    "message_event": ("occurred_at",),
    "points_entry": ("occurred_at",),
    "coupon_event": ("occurred_at",),
    "task_event": ("occurred_at",),
    "tag_event": ("occurred_at",),
    "member": ("first_seen_at", "joined_at"),
}
"""The times at which facts become known."""


def latest_of(warehouse: Warehouse, name: str) -> datetime | None:
    """The newest instant (naive UTC) of a table of ``TIMES``: later moments see all of it."""
    rows = table(name)
    tops = [rows[column].max() for column in TIMES[name]]
    found = rows.aggregate(newest=ibis.greatest(*tops) if len(tops) > 1 else tops[0])
    newest: datetime | None = warehouse.rows(found)[0]["newest"]
    return newest


def trades_at(cut: datetime) -> ibis.Table:
    """``trade`` as known before ``cut`` (naive UTC): same columns."""
    trades = table("trade")
    at = ibis.literal(cut, "timestamp(6)")
    known = trades.filter(
        trades.created_at.coalesce(trades.paid_at).fill_null(at - ibis.interval(days=1)) < at
    )

    def then(instant: ibis.Value) -> ibis.Value:
        return ibis.ifelse(instant < at, instant, None)

    was_paid_at = then(known.paid_at)
    open_then = known.closed_at.notnull() & (known.closed_at >= at)
    reopened = open_then & (known.status == "closed_refunded")
    is_paid = was_paid_at.notnull() & (known.is_paid | reopened)
    later = _refunded_later(cut)
    joined = known.left_join(later, known.trade == later.refund_trade)
    nothing = ibis.literal(ZERO, MONEY)
    left = joined.refunded_amount - joined.later_amount.fill_null(nothing)
    refunded = ibis.cases(
        (joined.refunded_amount.isnull(), ibis.null(MONEY)),
        (was_paid_at.isnull() | reopened, nothing),
        else_=ibis.greatest(left, nothing),
    )
    status = ibis.cases(
        (known.closed_at.notnull() & ~open_then, known.status),
        (known.finished_at < at, "finished"),
        (known.signed_at < at, "signed"),
        (known.shipped_at < at, "shipped"),
        (was_paid_at.notnull(), ibis.ifelse(_progressed(known), "paid", known.status)),
        else_="unpaid",
    )
    return joined.mutate(
        paid_at=was_paid_at,
        paid_day=ibis.ifelse(was_paid_at.notnull(), known.paid_day, None),
        shipped_at=then(known.shipped_at),
        signed_at=then(known.signed_at),
        finished_at=then(known.finished_at),
        closed_at=then(known.closed_at),
        is_paid=is_paid.fill_null(False),
        paid_amount=ibis.ifelse(was_paid_at.notnull(), known.paid_amount, None),
        refunded_amount=refunded,
        status=ibis.ifelse(_undated(known), known.status, status),
    ).select(*trades.columns)


def lines_at(cut: datetime) -> ibis.Table:
    """``trade_line`` as known before ``cut`` (naive UTC): same columns."""
    lines = table("trade_line")
    trades = trades_at(cut).select(
        then_trade=ibis._.trade, then_paid=ibis._.is_paid, then_status=ibis._.status
    )
    now = table("trade").select(now_trade=ibis._.trade, now_paid=ibis._.is_paid)
    at = ibis.literal(cut, "timestamp(6)")
    joined = lines.inner_join(trades, lines.trade == trades.then_trade)
    joined = joined.inner_join(now, joined.trade == now.now_trade)
    # A line that was closed alone stays closed; one that went with its trade was open before.
    is_paid = joined.then_paid & (joined.is_paid | ~joined.now_paid)
    was_paid = joined.paid_at < at
    return joined.mutate(
        is_paid=is_paid.fill_null(False),
        paid_at=ibis.ifelse(was_paid, joined.paid_at, None),
        paid_day=ibis.ifelse(was_paid, joined.paid_day, None),
    ).select(*lines.columns)


def _refunded_later(cut: datetime) -> ibis.Table:
    refunds = table("refund")
    at = ibis.literal(cut, "timestamp(6)")
    later = refunds.filter(
        refunds.state == "success", refunds.finished_at >= at, refunds.trade.notnull()
    )
    return later.group_by(refund_trade=later.trade).aggregate(later_amount=later.amount.sum())


def _progressed(trades: ibis.Table) -> ibis.Value:
    """Whether the present state is further than "paid", so that it must have been "paid" before."""
    return trades.status.isin(
        ["part_shipped", "shipped", "signed", "finished", "closed_refunded", "closed_unpaid"]
    )


def _undated(trades: ibis.Table) -> ibis.Value:
    """Closed without a time: taken as closed from the start."""
    return trades.status.isin(["closed_unpaid", "closed_refunded"]) & trades.closed_at.isnull()

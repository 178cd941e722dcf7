"""``member_totals``: lifetime aggregates, made again for the members that a write touched.

Runs in the transaction of the write, so the table always equals what counting all facts would give.
"""

from __future__ import annotations

from typing import Final

import ibis

from huitou.warehouse.schema import TABLES
from huitou.warehouse.store import Writer, shaped
from huitou.warehouse.trades import UNPAID

_NO_COUNT: Final = ("member", "first_", "last_", "max_")


def refresh(writer: Writer, members: ibis.Table) -> None:
    """Count these members again (``members`` has a column ``member``); merged ones lose their row."""
    people = writer.table("member")
    alive = people.filter(people.merged_into.isnull()).semi_join(members, "member")
    rows = alive.select("member")
    for part in (
        _trades(writer, members),
        _firsts_and_lasts(writer, members),
        *_distinct(writer, members),
        _reviews(writer, members),
        _visits(writer, members),
    ):
        rows = rows.left_join(part, "member").drop("member_right")
    filled = shaped(rows, TABLES["member_totals"])
    zero = {
        name: filled[name].fill_null(0) for name in filled.columns if not name.startswith(_NO_COUNT)
    }
    counted = writer.temp("totals_next", filled.mutate(**zero))
    writer.delete("member_totals", ["member"], members)
    writer.insert("member_totals", counted)
    writer.drop_temp("totals_next")


def _trades(writer: Writer, members: ibis.Table) -> ibis.Table:
    trades = writer.table("trade").semi_join(members, "member")
    paid = trades.is_paid
    refunded = trades.refunded_amount.fill_null(0)
    return trades.group_by("member").aggregate(
        trades=trades.count(),
        unpaid_trades=trades.status.isin(UNPAID).sum(),
        paid_trades=paid.sum(),
        first_created_at=trades.created_at.min(),
        last_created_at=trades.created_at.max(),
        first_paid_at=trades.paid_at.min(where=paid),
        last_paid_at=trades.paid_at.max(where=paid),
        first_paid_day=trades.paid_day.min(where=paid),
        last_paid_day=trades.paid_day.max(where=paid),
        paid_amount=trades.paid_amount.sum(where=paid),
        refunded_amount=trades.refunded_amount.sum(),
        net_amount=(trades.paid_amount.fill_null(0) - refunded).sum(where=paid),
        max_paid_amount=trades.paid_amount.max(where=paid),
        discount_amount=trades.discount_amount.sum(where=paid),
        discounted_trades=(trades.discount_amount > 0).sum(where=paid),
        refund_trades=(trades.refunded_amount > 0).sum(),
        units=trades.units.sum(where=paid),
    )


def _firsts_and_lasts(writer: Writer, members: ibis.Table) -> ibis.Table:
    """What was bought first and last; of two trades of one instant as the schema says."""
    trades = writer.table("trade").semi_join(members, "member")
    trades = trades.filter(trades.is_paid)
    ends = trades.group_by("member").aggregate(
        first_at=trades.paid_at.min(), last_at=trades.paid_at.max()
    )
    both = trades.inner_join(ends, "member")
    is_first, is_last = both.paid_at == both.first_at, both.paid_at == both.last_at
    return (
        both.filter(is_first | is_last)
        .group_by("member")
        .aggregate(
            first_shop=both.shop.min(where=is_first),
            last_shop=both.shop.max(where=is_last),
            last_paid_amount=both.paid_amount.max(where=is_last),
        )
    )


def _distinct(writer: Writer, members: ibis.Table) -> list[ibis.Table]:
    """Counts of distinct values: distinct first and counted then, which is faster than both at once."""
    trades = writer.table("trade").semi_join(members, "member")
    lines = writer.table("trade_line").semi_join(members, "member")
    trades, lines = trades.filter(trades.is_paid), lines.filter(lines.is_paid)

    def count(rows: ibis.Table, column: str, name: str) -> ibis.Table:
        pairs = rows.filter(rows[column].notnull()).select("member", column).distinct()
        return pairs.group_by("member").aggregate(**{name: pairs.count()})

    return [
        count(trades, "paid_day", "paid_days"),
        count(trades, "shop", "shops"),
        lines.group_by("member").aggregate(lines=lines.count()),
        count(lines, "item", "items"),
        count(lines, "category", "categories"),
    ]


def _reviews(writer: Writer, members: ibis.Table) -> ibis.Table:
    reviews = writer.table("review").semi_join(members, "member")
    return reviews.group_by("member").aggregate(
        reviews=reviews.count(), bad_reviews=(reviews.rating == "bad").sum()
    )


def _visits(writer: Writer, members: ibis.Table) -> ibis.Table:
    visits = writer.table("visit").semi_join(members, "member")
    return visits.group_by("member").aggregate(
        visits=visits.count(), last_visit_at=visits.occurred_at.max()
    )

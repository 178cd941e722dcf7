"""What the warehouse should hold, worked out row by row in plain Python, slowly.

Where versions tie in all that the rules name, either may stand: then ``expected_trades`` gives the
set of those that may.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]
LONG_AGO = datetime(1, 1, 1)
UNPAID = {"unpaid", "pay_pending", "deposit_paid", "closed_unpaid"}
MAIN = ("shop", "status", "paid_amount", "units", "channel")
TIMES = ("created_at", "paid_at", "shipped_at", "finished_at")
CONTACT = ("receiver_ref", "province", "note_ref")


def best(versions: Iterable[Row], order: Any) -> list[Row]:
    """The versions that no other is greater than."""
    versions = list(versions)
    top = max(order(version) for version in versions)
    return [version for version in versions if order(version) == top]


def main_order(version: Row) -> tuple[Any, ...]:
    rank = version.get("version_rank")
    return (
        not version.get("is_stub"),
        version.get("version_at") or LONG_AGO,
        -1 if rank is None else rank,
        version.get("refunded_amount") or 0,
    )


def contact_order(version: Row) -> tuple[Any, ...]:
    rank = version.get("version_rank")
    return (
        version.get("receiver_ref") is not None,
        version.get("province") is not None,
        version.get("version_at") or LONG_AGO,
        -1 if rank is None else rank,
    )


def picked(versions: list[Row], order: Any, columns: tuple[str, ...]) -> set[tuple[Any, ...]]:
    return {tuple(row.get(column) for column in columns) for row in best(versions, order)}


def refund_sums(refunds: list[Row]) -> dict[str, Decimal]:
    """Successful refunds per trade id, each refund in its newest version (no ties are drawn)."""
    newest: dict[str, Row] = {}
    for row in refunds:
        held = newest.get(row["refund_id"])
        if held is None or row["version_at"] > held["version_at"]:
            newest[row["refund_id"]] = row
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in newest.values():
        if row["state"] == "success":
            sums[row["trade_id"]] += row["amount"]
    return sums


def expected_trades(
    versions: list[Row], lines: list[Row], refunds: list[Row]
) -> dict[str, dict[str, Any]]:
    """By trade id: which values of the main and contact facets may stand, times, buyer, refund."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in versions:
        grouped[row["trade_id"]].append(row)
    for row in lines:
        if row["trade_id"] not in grouped:
            grouped[row["trade_id"]] = []
    sums = refund_sums(refunds)
    return {
        trade_id: expected_trade(found, sums.get(trade_id)) for trade_id, found in grouped.items()
    }


def expected_trade(versions: list[Row], refunded: Decimal | None) -> dict[str, Any]:
    if not versions:
        return {"stub": True}
    buyers = [row["buyer"] for row in versions if row.get("buyer")]
    reported = best(versions, main_order)[0].get("refunded_amount")
    amounts = [amount for amount in (reported, refunded) if amount is not None]
    times = {name: max_or_none(row.get(name) for row in versions) for name in TIMES}
    return {
        "stub": all(row.get("is_stub") for row in versions),
        "main": picked(versions, main_order, MAIN),
        "contact": picked(versions, contact_order, CONTACT),
        "buyer": max(buyers, default=None, key=str.encode),
        "refunded_amount": max(amounts, default=None),
        **times,
    }


def expected_lines(lines: list[Row]) -> dict[tuple[str, str], set[tuple[Any, ...]]]:
    """By (trade id, line key): which (qty, status, refunded) may stand."""
    top: dict[str, int] = defaultdict(int)
    for row in lines:
        top[row["trade_id"]] = max(top[row["trade_id"]], row["line_rank"])
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in lines:
        if row["line_rank"] == top[row["trade_id"]]:
            grouped[row["trade_id"], row["line_key"]].append(row)

    def order(row: Row) -> tuple[Any, ...]:
        return (row["version_rank"], row.get("refunded_amount") or 0)

    return {
        key: picked(found, order, ("qty", "status", "refunded_amount"))
        for key, found in grouped.items()
    }


def is_paid(row: Mapping[str, Any]) -> bool:
    if row["paid_at"] is None or row["status"] in UNPAID:
        return False
    full = (row["refunded_amount"] or 0) >= (row["paid_amount"] or 0)
    return not (row["status"] == "closed_refunded" and full)


def day(instant: datetime | None, zone: str) -> Any:
    if instant is None:
        return None
    return instant.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()


def max_or_none(values: Iterable[Any]) -> Any:
    return max((value for value in values if value is not None), default=None)


def min_or_none(values: Iterable[Any]) -> Any:
    return min((value for value in values if value is not None), default=None)


def totals(member: int, tables: dict[str, list[Row]]) -> Row:
    """One row of ``member_totals``, counted from all facts."""

    def of(name: str) -> list[Row]:
        return [row for row in tables[name] if row["member"] == member]

    def total(rows: list[Row], column: str) -> Decimal:
        return sum((row[column] or Decimal(0) for row in rows), Decimal(0))

    trades = of("trade")
    paid = [row for row in trades if row["is_paid"]]
    lines = [row for row in of("trade_line") if row["is_paid"]]
    reviews, visits = of("review"), of("visit")
    first, last = (f([row["paid_at"] for row in paid]) for f in (min_or_none, max_or_none))
    at_first = [row for row in paid if row["paid_at"] == first]
    at_last = [row for row in paid if row["paid_at"] == last]
    return {
        "member": member,
        "trades": len(trades),
        "unpaid_trades": sum(row["status"] in UNPAID for row in trades),
        "paid_trades": len(paid),
        "paid_days": len({row["paid_day"] for row in paid}),
        "first_created_at": min_or_none(row["created_at"] for row in trades),
        "last_created_at": max_or_none(row["created_at"] for row in trades),
        "first_paid_at": first,
        "last_paid_at": last,
        "first_paid_day": min_or_none(row["paid_day"] for row in paid),
        "last_paid_day": max_or_none(row["paid_day"] for row in paid),
        "paid_amount": total(paid, "paid_amount"),
        "refunded_amount": total(trades, "refunded_amount"),
        "net_amount": total(paid, "paid_amount") - total(paid, "refunded_amount"),
        "max_paid_amount": max_or_none(row["paid_amount"] for row in paid),
        "last_paid_amount": max_or_none(row["paid_amount"] for row in at_last),
        "discount_amount": total(paid, "discount_amount"),
        "discounted_trades": sum((row["discount_amount"] or 0) > 0 for row in paid),
        "refund_trades": sum((row["refunded_amount"] or 0) > 0 for row in trades),
        "units": total(paid, "units"),
        "lines": len(lines),
        "items": len({row["item"] for row in lines} - {None}),
        "categories": len({row["category"] for row in lines} - {None}),
        "shops": len({row["shop"] for row in paid} - {None}),
        "first_shop": min_or_none(row["shop"] for row in at_first),
        "last_shop": max_or_none(row["shop"] for row in at_last),
        "reviews": len(reviews),
        "bad_reviews": sum(row["rating"] == "bad" for row in reviews),
        "visits": len(visits),
        "last_visit_at": max_or_none(row["occurred_at"] for row in visits),
    }

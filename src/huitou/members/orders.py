"""A member's orders, parcels and reviews for the 360 page, within the caller's scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ibis
from ibis import _

from huitou.accounts.scopes import Scope
from huitou.kernel.crypto import KeyRing
from huitou.members import normal, vault
from huitou.members.listing import instant, money
from huitou.warehouse import labels
from huitou.warehouse.scoping import scoped
from huitou.warehouse.store import Warehouse, table

Rows = list[dict[str, Any]]


def trades_page(
    warehouse: Warehouse, member: int, *, offset: int, size: int, scope: Scope, ring: KeyRing
) -> tuple[Rows, int]:
    """(orders as ``Trade``, the newest first; how many there are in all)."""
    mine = scoped(table("trade"), scope).filter(_.member == member)
    with warehouse.snapshot():
        total = int(warehouse.scalar(mine.count()))
        rows = warehouse.rows(
            mine.order_by(_.created_at.desc(nulls_first=False), ibis.desc("trade")).limit(
                size, offset=offset
            )
        )
        return described(warehouse, rows, ring), total


def described(warehouse: Warehouse, rows: Sequence[dict[str, Any]], ring: KeyRing) -> Rows:
    """Rows of the trade table as ``Trade``, with their lines, parcels and reviews."""
    numbers = [row["trade"] for row in rows]
    shops = shop_rows(warehouse)
    receivers = vault.open_refs(
        (row["receiver_ref"] for row in rows if row["receiver_ref"] is not None), ring
    )
    lines = _by(_lines(warehouse, numbers), "trade")
    parcels = _by(parcels_of(warehouse, table("parcel").filter(_.trade.isin(numbers))), "trade")
    reviews = _by(reviews_of(warehouse, table("review").filter(_.trade.isin(numbers))), "trade")
    return [
        {
            "trade": str(row["trade"]),
            "trade_id": row["trade_id"],
            "shop_name": shops.get(row["shop"], {}).get("name"),
            "platform": shops.get(row["shop"], {}).get("platform"),
            "status": row["status"],
            "status_label": labels.label(labels.STATUS, row["status"]),
            **{name: instant(row[name]) for name in ("created_at", "paid_at", "finished_at")},
            **{
                f"{name}_amount": money(row[f"{name}_amount"])
                for name in ("goods", "discount", "postage", "paid", "refunded")
            },
            "units": number(row["units"]),
            "receiver": masked_receiver(receivers.get(row["receiver_ref"], {})),
            "region": region(row),
            "lines": lines.get(row["trade"], []),
            "parcels": parcels.get(row["trade"], []),
            "reviews": reviews.get(row["trade"], []),
        }
        for row in rows
    ]


def member_reviews(warehouse: Warehouse, member: int, scope: Scope) -> Rows:
    """A member's reviews as ``Review``, the newest first."""
    return reviews_of(warehouse, scoped(table("review"), scope).filter(_.member == member))


def member_parcels(warehouse: Warehouse, member: int, scope: Scope) -> Rows:
    """A member's parcels as ``Parcel``, the newest first."""
    return parcels_of(warehouse, scoped(table("parcel"), scope).filter(_.member == member))


def reviews_of(warehouse: Warehouse, found: ibis.Table) -> Rows:
    """Rows of the review table as ``Review`` (``trade`` beside it), the newest first."""
    shops = shop_rows(warehouse)
    ordered = found.order_by(_.created_at.desc(nulls_first=False), "review").limit(500)
    return [
        {
            "id": str(row["review"]),
            "trade": row["trade"],
            "trade_id": row["trade_id"],
            "shop_name": shops.get(row["shop"], {}).get("name"),
            "item_title": row["item_title"],
            "rating": row["rating"],
            "rating_label": labels.label(labels.RATING, row["rating"]),
            "stars": row["stars"],
            "text": row["text"],
            "append_text": row["append_text"],
            "reply_text": row["reply_text"],
            "image_count": row["image_count"],
            "created_at": instant(row["created_at"]),
        }
        for row in warehouse.rows(ordered)
    ]


def parcels_of(warehouse: Warehouse, found: ibis.Table) -> Rows:
    """Rows of the parcel table as ``Parcel`` (``trade`` beside it), traces newest first."""
    ordered = found.order_by(_.shipped_at.desc(nulls_first=False), ibis.desc("parcel")).limit(500)
    rows = warehouse.rows(ordered)
    event = table("parcel_event")
    traces = event.filter(event.parcel.isin([row["parcel"] for row in rows]))
    events = _by(warehouse.rows(traces.order_by(ibis.desc("occurred_at"), "state")), "parcel")
    return [
        {
            "trade": row["trade"],
            "carrier": row["carrier"],
            "waybill": row["waybill"],
            "state": row["state"],
            "state_label": labels.label(labels.PARCEL_STATE, row["state"]),
            "trouble": row["trouble"],
            "events": [trace(one) for one in events.get(row["parcel"], [])],
        }
        for row in rows
    ]


def trace(event: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a parcel's trace as ``ParcelEvent``."""
    state = (event["state"] or "").partition(":")[0]
    return {
        "at": instant(event["occurred_at"]),
        "state_label": labels.label(labels.PARCEL_STATE, state),
        "text": event["text"],
        "place": region(event),
    }


def _lines(warehouse: Warehouse, trades: Sequence[int]) -> Rows:
    line = table("trade_line")
    rows = warehouse.rows(line.filter(line.trade.isin(list(trades))).order_by("trade", "line_key"))
    return [
        {
            "trade": row["trade"],
            "title": row["title"] or "",
            "sku": row["sku"],
            "qty": number(row["qty"]) or "0",
            "price": money(row["price"]),
            "line_amount": money(row["line_amount"]),
            "paid_amount": money(row["paid_amount"]),
            "refund_state": row["refund_state"],
            "refund_state_label": labels.label(labels.REFUND_STATE, row["refund_state"]),
            "refunded_amount": money(row["refunded_amount"]),
        }
        for row in rows
    ]


def shop_rows(warehouse: Warehouse) -> dict[int, dict[str, Any]]:
    """Every shop by number."""
    return {row["shop"]: row for row in warehouse.rows(table("shop"))}


def masked_receiver(receiver: Mapping[str, str]) -> str | None:
    """Name, phone and region of a receiver, masked, on one line; None where nothing is known."""
    parts = [
        normal.mask_any(name, receiver[name])
        for name in ("name", "phone", "address")
        if name in receiver
    ]
    return " ".join(parts) or None


def region(row: Mapping[str, Any]) -> str | None:
    """Province, city and district of a row, the repeated names of municipalities once."""
    parts = [row.get(name) for name in ("province", "city", "district")]
    return " ".join(dict.fromkeys(part for part in parts if part)) or None


def number(quantity: Any) -> str | None:
    """A quantity without trailing zeros."""
    return None if quantity is None else f"{quantity.normalize():f}"


def _by(rows: Iterable[dict[str, Any]], name: str) -> dict[Any, Rows]:
    found: dict[Any, Rows] = {}
    for row in rows:
        found.setdefault(row[name], []).append(row)
    return found

"""The goods of a batch of rows: line keys, item keys, amounts, refund states."""

from __future__ import annotations

from decimal import Decimal
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.intake.canonical import MONEY, QTY, STRING
from huitou.intake.converters import by_distinct, join_filled
from huitou.intake.frame import Frame
from huitou.intake.trades import index_of_status, read_refund_state, read_status

SEPARATOR: Final = "\x1f"
ONE: Final = pa.scalar(Decimal(1), QTY)


def digest(text: str, key: bytes = b"") -> str:
    """16 hexadecimal digits, the same on every machine and in every run."""
    return blake2b(text.encode(), digest_size=8, key=key[:64]).hexdigest()


def title_key(title: str) -> str:
    """The item key of goods known by their title alone."""
    return f"title:{digest(title)}"


def multiply(price: pa.Array, qty: pa.Array) -> pa.Array:
    """Price × quantity, rounded half up at four decimals."""
    product = pc.multiply(price, qty)
    return pc.round(product, ndigits=4, round_mode="half_towards_infinity").cast(MONEY)


def line_columns(frame: Frame, trade_status: pa.Array) -> dict[str, pa.Array]:
    """Canonical line columns, one value per source row, but for ``line_key`` (see ``content``)."""
    qty, price = frame.get("line.qty", QTY), frame.get("line.price", MONEY)
    amount = frame.get("line.line_amount", MONEY)
    if frame.has("line.price"):
        amount = pc.coalesce(amount, multiply(price, pc.fill_null(qty, ONE)))
    elif not frame.has("line.line_amount"):
        amount = frame.get("line.paid_amount", MONEY)
    status = trade_status
    if frame.has("line.status"):
        status = _line_status(frame, trade_status)
    title = frame.get("line.title")
    merchant = frame.get("line.merchant_code")
    own_key = frame.get("line.item_key")
    item = pc.coalesce(own_key, by_distinct(title, title_key, STRING), merchant)
    levels = [
        frame.values[name] for name in sorted(frame.values) if name.startswith("line.category")
    ]
    category = join_filled(levels, " > ") if levels else frame.get("line.category")
    return {
        "item_key": item,
        "title": title,
        "sku": frame.get("line.sku"),
        "sku_code": frame.get("line.sku_code"),
        "merchant_code": merchant,
        "category": category,
        "brand": frame.get("line.brand"),
        "qty": qty,
        "price": price,
        "line_amount": amount,
        "paid_amount": frame.get("line.paid_amount", MONEY),
        "status": status,
        "refund_state": read_refund_state(frame, "line.refund_state"),
        "refunded_amount": frame.get("line.refunded_amount", MONEY),
        "line_id": frame.get("line.line_id"),
        "refund_of": frame.get("line.refund_of"),
    }


def _line_status(frame: Frame, trade_status: pa.Array) -> pa.Array:
    """A line of its own state; a closed one was refunded unless its trade was never paid."""
    status = read_status(frame, "line.status")
    if frame.has("status"):
        before = pc.fill_null(pc.equal(trade_status, "closed_unpaid"), False)
    elif frame.has("paid_at"):
        before = pc.is_null(frame.values["paid_at"])
    else:
        before = pa.array(np.zeros(frame.rows, dtype=bool))
    closed = pc.if_else(before, "closed_unpaid", "closed_refunded")
    status = pc.if_else(pc.fill_null(pc.equal(status, "closed"), False), closed, status)
    return pc.coalesce(status, trade_status)


def content(columns: dict[str, pa.Array]) -> pa.Array:
    """What identical lines of a trade have in common: a hash of what does not change between exports.

    Distinct contents are few (the shop's goods), so each is hashed once.
    """
    parts = [
        pc.fill_null(columns[name].cast(STRING), "")
        for name in ("item_key", "title", "sku", "sku_code", "merchant_code", "price", "qty")
    ]
    return by_distinct(pc.binary_join_element_wise(*parts, SEPARATOR), digest, STRING)


def ordinals(groups: pa.Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    """1, 2, 3 … within equal values, in row order."""
    codes = groups.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    order = np.argsort(codes, kind="stable")
    ranked = codes[order]
    starts = np.r_[True, ranked[1:] != ranked[:-1]] if len(ranked) else np.empty(0, dtype=bool)
    at = np.arange(len(ranked))
    first = np.maximum.accumulate(np.where(starts, at, 0)) if len(ranked) else at
    out = np.empty(len(ranked), dtype=np.int64)
    out[order] = at - first + 1
    return out


__all__ = [
    "content",
    "digest",
    "index_of_status",
    "line_columns",
    "multiply",
    "ordinals",
    "title_key",
]

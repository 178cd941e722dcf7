"""What normalising a file produces: one Arrow table per record set, personal columns still plain.

The columns are those of ``warehouse.staging.SETS`` without the ``*_ref`` columns, plus the personal
columns named in ``PERSONAL``, which sealing takes away before anything is written to disk. Money is
decimal128(18,4), quantities decimal128(18,3), instants naive UTC microseconds, ``row_no`` the row of
the file as Excel numbers it (for a trade made of several rows: the first one).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

from huitou.kernel.i18n import Text

MONEY: Final = pa.decimal128(18, 4)
QTY: Final = pa.decimal128(18, 3)
TIME: Final = pa.timestamp("us")
STRING: Final = pa.string()

_BUYER: Final = {
    "buyer_nick": STRING,
    "buyer_alipay": STRING,
    "buyer_name": STRING,
    "buyer_phone": STRING,
    "buyer_email": STRING,
    "card_no": STRING,
    "customer_no": STRING,
    "ouid": STRING,
    "omid": STRING,
    "unionid": STRING,
    "open_id": STRING,
}
_CONTACT: Final = {
    "receiver_name": STRING,
    "receiver_phone": STRING,
    "receiver_address": STRING,
    "buyer_message": STRING,
    "seller_memo": STRING,
}
_PERSON: Final = {
    "nick": STRING,
    "name": STRING,
    "phone": STRING,
    "email": STRING,
    "card_no": STRING,
    "customer_no": STRING,
    "ouid": STRING,
    "omid": STRING,
    "unionid": STRING,
    "open_id": STRING,
    "wecom_id": STRING,
    "address": STRING,
    "note": STRING,
}
_VISITOR: Final = {
    "nick": STRING,
    "phone": STRING,
    "card_no": STRING,
    "customer_no": STRING,
    "ouid": STRING,
    "unionid": STRING,
    "open_id": STRING,
}

PERSONAL: Final[dict[str, dict[str, pa.DataType]]] = {
    "trades": {**_BUYER, **_CONTACT},
    "profiles": _PERSON,
    "reviews": {
        "nick": STRING,
        "phone": STRING,
        "customer_no": STRING,
        "ouid": STRING,
        "open_id": STRING,
    },
    "visits": _VISITOR,
}
"""Columns that name or locate a person; none of them may reach the warehouse."""

FACTS: Final[dict[str, dict[str, pa.DataType]]] = {
    "trades": {
        "row_no": pa.int64(),
        "source": STRING,
        "trade_id": STRING,
        "shop": pa.int32(),
        "status": STRING,
        "created_at": TIME,
        "paid_at": TIME,
        "shipped_at": TIME,
        "signed_at": TIME,
        "finished_at": TIME,
        "closed_at": TIME,
        "goods_amount": MONEY,
        "discount_amount": MONEY,
        "postage_amount": MONEY,
        "paid_amount": MONEY,
        "refunded_amount": MONEY,
        "units": QTY,
        "province": STRING,
        "city": STRING,
        "district": STRING,
        "presale_step": STRING,
        "channel": STRING,
        "store": pa.int32(),
        "guide": STRING,
        "close_reason": STRING,
        "version_at": TIME,
        "version_rank": pa.int32(),
        "is_stub": pa.bool_(),
    },
    "lines": {
        "row_no": pa.int64(),
        "source": STRING,
        "trade_id": STRING,
        "shop": pa.int32(),
        "line_key": STRING,
        "line_rank": pa.int16(),
        "item_key": STRING,
        "title": STRING,
        "sku": STRING,
        "sku_code": STRING,
        "merchant_code": STRING,
        "category": STRING,
        "brand": STRING,
        "qty": QTY,
        "price": MONEY,
        "line_amount": MONEY,
        "paid_amount": MONEY,
        "status": STRING,
        "refund_state": STRING,
        "refunded_amount": MONEY,
        "version_rank": pa.int32(),
    },
    "refunds": {
        "row_no": pa.int64(),
        "source": STRING,
        "refund_id": STRING,
        "trade_id": STRING,
        "shop": pa.int32(),
        "state": STRING,
        "applied_at": TIME,
        "finished_at": TIME,
        "amount": MONEY,
        "reason": STRING,
        "is_return": pa.bool_(),
        "version_at": TIME,
    },
    "parcels": {
        "row_no": pa.int64(),
        "source": STRING,
        "trade_id": STRING,
        "shop": pa.int32(),
        "carrier": STRING,
        "waybill": STRING,
        "state": STRING,
        "shipped_at": TIME,
        "signed_at": TIME,
    },
    "parcel_events": {
        "row_no": pa.int64(),
        "carrier": STRING,
        "waybill": STRING,
        "state": STRING,
        "occurred_at": TIME,
        "province": STRING,
        "city": STRING,
        "text": STRING,
    },
    "reviews": {
        "row_no": pa.int64(),
        "source": STRING,
        "review_key": STRING,
        "trade_id": STRING,
        "shop": pa.int32(),
        "item_key": STRING,
        "item_title": STRING,
        "rating": STRING,
        "stars": pa.int8(),
        "text": STRING,
        "append_text": STRING,
        "reply_text": STRING,
        "image_count": pa.int16(),
        "category": STRING,
        "created_at": TIME,
        "version_at": TIME,
    },
    "items": {
        "row_no": pa.int64(),
        "source": STRING,
        "item_key": STRING,
        "title": STRING,
        "category": STRING,
        "brand": STRING,
        "merchant_code": STRING,
        "season": STRING,
        "phase": STRING,
        "list_price": MONEY,
        "cost": MONEY,
        "attributes": STRING,
        "version_at": TIME,
    },
    "profiles": {
        "row_no": pa.int64(),
        "shop": pa.int32(),
        "gender": STRING,
        "birth_year": pa.int16(),
        "birth_month": pa.int8(),
        "birth_day": pa.int8(),
        "birth_lunar": pa.bool_(),
        "province": STRING,
        "city": STRING,
        "district": STRING,
        "joined_at": TIME,
        "level": STRING,
        "has_phone": pa.bool_(),
        "has_email": pa.bool_(),
        "has_wecom": pa.bool_(),
        "source": STRING,
        "version_at": TIME,
    },
    "profile_attributes": {
        "row_no": pa.int64(),
        "name": STRING,
        "value": STRING,
        "version_at": TIME,
    },
    "visits": {
        "row_no": pa.int64(),
        "shop": pa.int32(),
        "kind": STRING,
        "item_key": STRING,
        "source": STRING,
        "session": STRING,
        "occurred_at": TIME,
    },
}

SCHEMAS: Final[dict[str, pa.Schema]] = {
    name: pa.schema(list({**columns, **PERSONAL.get(name, {})}.items()))
    for name, columns in FACTS.items()
}


@dataclass(frozen=True)
class Reject:
    """A row that was not imported: where, why, and its cells as the file has them (personal, plain)."""

    row_no: int
    code: str
    column: str  # header of the offending column, "" when the row as a whole is at fault
    reason: Text  # what is wrong and what to do
    cells: tuple[str, ...]


@dataclass
class Normalised:
    """The canonical records of one batch of rows."""

    tables: dict[str, pa.Table] = field(default_factory=dict)  # record set → table of SCHEMAS[set]
    rejects: list[Reject] = field(default_factory=list)
    rows: int = 0  # source rows looked at, rejected ones included
    unknown: dict[str, dict[str, int]] = field(default_factory=dict)
    """Values no map knows, by field (e.g. a new order status), with their row counts; for a warning."""


def empty(record_set: str) -> pa.Table:
    """A record set without rows."""
    return SCHEMAS[record_set].empty_table()


def table_of(
    record_set: str, columns: Mapping[str, pa.Array | pa.Scalar | None], rows: int
) -> pa.Table:
    """A canonical table: given columns cast to their types, constants repeated, the rest null."""
    schema = SCHEMAS[record_set]
    arrays = []
    for column in schema:
        value = columns.get(column.name)
        if value is None:
            arrays.append(pa.nulls(rows, column.type))
        elif isinstance(value, pa.Scalar):
            arrays.append(pa.repeat(value.cast(column.type), rows))
        else:
            arrays.append(value if value.type == column.type else value.cast(column.type))
    return pa.Table.from_arrays(arrays, schema=schema)

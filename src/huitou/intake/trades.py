"""The trade part of a batch of rows: status, times, amounts, region, buyer and receiver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.intake import addresses, statuses
from huitou.intake.canonical import MONEY, PERSONAL, QTY, STRING, TIME
from huitou.intake.converters import by_distinct, join_filled, true_rows
from huitou.intake.frame import Frame
from huitou.intake.personal import masked
from huitou.intake.times import instants
from huitou.warehouse.schema import STATUSES

ZERO: Final = pa.scalar(Decimal(0), MONEY)
EPOCH: Final = pa.scalar(0, TIME)
TIMES: Final = ("created_at", "paid_at", "shipped_at", "signed_at", "finished_at", "closed_at")
AMOUNTS: Final = (
    "goods_amount",
    "discount_amount",
    "postage_amount",
    "paid_amount",
    "refunded_amount",
)
_CLOSED_FROM: Final = STATUSES.index("closed_unpaid")
_PAID_FROM: Final = STATUSES.index("paid")


class Shop(Protocol):
    """What normalising needs of a shop; ``accounts.shops.ShopRow`` has it."""

    @property
    def shop(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def platform(self) -> str: ...


@dataclass(frozen=True)
class Context:
    """Whose file it is. ``stores``: store numbers by code and by name. ``salt`` keys made-up ids."""

    shop: Shop
    source: str
    zone: str
    stores: Mapping[str, int] = field(default_factory=dict)
    salt: bytes = b""
    quality: int = 8


def index_of_status(words: pa.Array) -> pa.Array:
    """Position in ``STATUSES`` (int32), null for null."""
    return pc.index_in(words, pa.array(STATUSES))


def status_at(index: pa.Array) -> pa.Array:
    """The status at a position in ``STATUSES``."""
    return pa.array(STATUSES).take(index)


def read_status(frame: Frame, name: str) -> pa.Array:
    """A status column in canonical words; ``closed`` where before or after payment is yet open."""
    words = frame.get(name)
    found = by_distinct(words, statuses.trade_status, STRING)
    unknown = pc.and_(pc.is_valid(words), pc.is_null(found))
    if pc.any(unknown).as_py():
        frame.note_unknown(name, words.filter(unknown))
    return found


def read_refund_state(frame: Frame, name: str) -> pa.Array:
    """A refund column in canonical words."""
    words = frame.get(name)
    found = by_distinct(words, statuses.refund_state, STRING)
    unknown = pc.and_(pc.is_valid(words), pc.is_null(found))
    if pc.any(unknown).as_py():
        frame.note_unknown(name, words.filter(unknown))
    return pc.if_else(pc.equal(found, statuses.NO_REFUND), pa.scalar(None, STRING), found)


def settle_status(frame: Frame, status: pa.Array, step: pa.Array) -> pa.Array:
    """Resolve ``closed`` and missing states by payment time, reason, amounts and presale step."""
    options = frame.layout.profile.options
    paid_at = frame.get("paid_at", TIME)
    amount = pc.fill_null(frame.get("paid_amount", MONEY), ZERO)
    refunded = pc.fill_null(frame.get("refunded_amount", MONEY), ZERO)
    if frame.has("paid_at"):
        was_paid = pc.is_valid(paid_at)
    else:
        was_paid = pc.or_(pc.greater(amount, ZERO), pc.greater(refunded, ZERO))
    never = by_distinct(frame.get("close_reason"), statuses.never_paid, pa.bool_())
    before = pc.or_(pc.fill_null(never, False), pc.invert(was_paid))
    closed = pc.if_else(before, "closed_unpaid", "closed_refunded")
    status = pc.if_else(pc.fill_null(pc.equal(status, statuses.CLOSED), False), closed, status)
    total = pc.add(pc.fill_null(frame.get("goods_amount", MONEY), ZERO), ZERO).cast(MONEY)
    all_back = pc.and_(
        pc.greater(refunded, ZERO),
        pc.and_(pc.greater_equal(refunded, amount), pc.greater_equal(refunded, total)),
    )
    guess = pc.case_when(
        pc.make_struct(
            pc.and_(was_paid, all_back),
            pc.is_valid(frame.get("finished_at", TIME)),
            pc.is_valid(frame.get("shipped_at", TIME)),
            was_paid,
        ),
        "closed_refunded",
        pa.scalar(options.default_status or "finished"),
        pa.scalar(options.default_status or "shipped"),
        pa.scalar(options.default_status or "paid"),
        pa.scalar("unpaid"),
    )
    status = pc.coalesce(status, guess)
    deposit = pc.and_(
        pc.equal(status, "unpaid"), pc.fill_null(pc.equal(step, "final_unpaid"), False)
    )
    return pc.if_else(deposit, "deposit_paid", status)


def trade_columns(frame: Frame, context: Context) -> dict[str, pa.Array]:
    """Canonical and personal trade columns, one value per source row."""
    # Item reports know the state of lines only; the trade's follows from them.
    name = "line.status" if frame.has("line.status") and not frame.has("status") else "status"
    step = by_distinct(frame.get("presale_step"), statuses.presale_step, STRING)
    status = settle_status(frame, read_status(frame, name), step)
    index = index_of_status(status)
    columns: dict[str, pa.Array] = {
        "row_no": frame.raw.row_no,
        "trade_id": frame.get("trade_id"),
        "status": status,
        "presale_step": step,
        "channel": frame.get("channel"),
        "guide": frame.get("guide"),
        "close_reason": _close_reason(frame, index),
        "units": frame.get("units", QTY),
        "store": _stores(frame, context),
    }
    columns.update(_times(frame, context, index))
    columns.update(_amounts(frame, status, index))
    columns.update(_contact(frame))
    for name in PERSONAL["trades"]:
        columns.setdefault(name, frame.get(name))
    return columns


def _close_reason(frame: Frame, index: pa.Array) -> pa.Array:
    reason = masked(frame.get("close_reason"))
    return pc.if_else(pc.greater_equal(index, _CLOSED_FROM), reason, pa.scalar(None, STRING))


def _stores(frame: Frame, context: Context) -> pa.Array:
    words = frame.get("store")
    numbers = by_distinct(words, context.stores.get, pa.int32())
    unknown = pc.and_(pc.is_valid(words), pc.is_null(numbers))
    if pc.any(unknown).as_py():
        frame.note_unknown("store", words.filter(unknown))
    return numbers


def _times(frame: Frame, context: Context, index: pa.Array) -> dict[str, pa.Array]:
    found = {name: frame.get(name, TIME) for name in TIMES}
    created = pc.coalesce(found["created_at"], found["paid_at"])
    if frame.layout.profile.platform == "pdd" and created.null_count:
        created = pc.coalesce(created, _day_of_order_number(frame.get("trade_id"), context.zone))
    found["created_at"] = created
    # A trade that is past payment was paid, whatever column the export leaves out.
    past = pc.and_(pc.greater_equal(index, _PAID_FROM), pc.not_equal(index, _CLOSED_FROM))
    found["paid_at"] = pc.if_else(past, pc.coalesce(found["paid_at"], created), found["paid_at"])
    newest = pc.max_element_wise(*found.values(), frame.get("modified_at", TIME))
    found["version_at"] = pc.fill_null(newest, EPOCH)
    return found


def _day_of_order_number(trade_ids: pa.Array, zone: str) -> pa.Array:
    """PDD order numbers begin with the day: 210605-…"""
    day = pc.extract_regex(trade_ids, r"^(?P<day>\d{6})-").field("day")
    day = pc.if_else(pc.match_substring_regex(trade_ids, r"^\d{6}-"), day, None)
    return instants(pc.binary_join_element_wise("20", day, ""), zone=zone)[0]


def _amounts(frame: Frame, status: pa.Array, index: pa.Array) -> dict[str, pa.Array]:
    found = {name: frame.get(name, MONEY) for name in AMOUNTS}
    for name in sorted(frame.values):
        if name.startswith("discount_") and name != "discount_amount":
            both_null = pc.and_(
                pc.is_null(found["discount_amount"]), pc.is_null(frame.values[name])
            )
            total = add(found["discount_amount"], frame.values[name])
            found["discount_amount"] = pc.if_else(both_null, pa.scalar(None, MONEY), total)
    if not frame.has("paid_amount") and frame.has("goods_amount"):
        total = add(
            add(found["goods_amount"], found["postage_amount"]), negate(found["discount_amount"])
        )
        found["paid_amount"] = pc.if_else(pc.less(index, _PAID_FROM), ZERO, total)
    refunded = pc.equal(status, "closed_refunded")
    found["refunded_amount"] = pc.if_else(
        pc.and_(refunded, pc.is_null(found["refunded_amount"])),
        found["paid_amount"],
        found["refunded_amount"],
    )
    return found


def add(left: pa.Array, right: pa.Array) -> pa.Array:
    """Money plus money, null counting as nothing."""
    return pc.add(pc.fill_null(left, ZERO), pc.fill_null(right, ZERO)).cast(MONEY)


def negate(amount: pa.Array) -> pa.Array:
    return pc.negate(amount).cast(MONEY)


def _contact(frame: Frame) -> dict[str, pa.Array]:
    province, city, district = frame.get("province"), frame.get("city"), frame.get("district")
    name, phone = frame.get("receiver_name"), frame.get("receiver_phone")
    phone = pc.coalesce(phone, frame.get("receiver_tel"))
    if frame.has("full_address"):
        parts = addresses.split(frame.values["full_address"])
        province = pc.coalesce(province, parts.province)
        city, district = pc.coalesce(city, parts.city), pc.coalesce(district, parts.district)
        name, phone = pc.coalesce(name, parts.name), pc.coalesce(phone, parts.phone)
        address = parts.address
    elif frame.has("street"):
        street = frame.values["street"]
        joined = join_filled([province, city, district, street], " ")
        # A region alone is no address; without a street there is nothing to keep.
        address = pc.if_else(pc.is_valid(street), joined, pa.scalar(None, STRING))
    else:
        address = pa.nulls(frame.rows, STRING)
    return {
        "province": province,
        "city": addresses.with_municipality(province, city),
        "district": district,
        "receiver_name": name,
        "receiver_phone": phone,
        "receiver_address": address,
    }


def version_rank(index: pa.Array, quality: int) -> pa.Array:
    """Progress × 16 + quality of the source (int32)."""
    return pc.add(pc.multiply(pc.fill_null(index, 0).cast(pa.int32()), 16), quality).cast(
        pa.int32()
    )


def keep(columns: dict[str, pa.Array], good: np.ndarray) -> dict[str, pa.Array]:
    """The columns at the rows that are good."""
    if good.all():
        return columns
    mask = pa.array(good)
    return {name: column.filter(mask) for name, column in columns.items()}


def has_any(columns: dict[str, pa.Array], names: tuple[str, ...], rows: int) -> np.ndarray:
    """Rows in which at least one of these columns is filled."""
    found = np.zeros(rows, dtype=bool)
    for name in names:
        if name in columns:
            found |= true_rows(pc.is_valid(columns[name]))
    return found

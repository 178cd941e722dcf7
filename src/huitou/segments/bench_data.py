"""A warehouse of any size for measuring rules: made column by column, the same for the same sizes.

Straight into the warehouse, without files, identities or the vault: ten million lines in a few minutes.
Shaped like a shop's data as far as speed depends on it: rows in the order of time as exports bring them,
few people with many orders, growth over the years, a tenth never paid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from huitou.warehouse import totals
from huitou.warehouse.schema import TABLES
from huitou.warehouse.store import Warehouse, Writer, table

LAST_DAY: Final = date(2026, 10, 31)
"""No fact is later than this day of Shanghai."""
YEARS: Final = 3
SHOPS: Final = (
    (1, "tm", "tmall", "online"), (2, "tb", "taobao", "online"), (3, "jd", "jd", "online"),
    (4, "pdd", "pdd", "online"), (5, "dy", "douyin", "online"), (6, "mall", "youzan", "online"),
    (7, "s1", "pos", "store"), (8, "s2", "pos", "store"),
)  # fmt: skip
PROVINCES: Final = (
    "浙江", "上海", "江苏", "广东", "北京", "山东", "福建", "四川", "湖北", "湖南", "河南", "河北",
    "安徽", "江西", "辽宁", "陕西", "重庆", "天津", "广西", "云南", "黑龙江", "吉林", "贵州", "山西",
)  # fmt: skip
CATEGORIES: Final = (
    "黄酒 > 花雕", "黄酒 > 加饭", "黄酒 > 善酿", "料酒", "酱油", "果酒 > 梅酒", "果酒 > 米酒",
    "礼盒 > 节日", "礼盒 > 商务", "酒具", "零食 > 坚果", "零食 > 糕点",
)  # fmt: skip
ITEMS: Final = 400
CHUNK: Final = 500_000
_START: Final = datetime(LAST_DAY.year - YEARS, LAST_DAY.month, LAST_DAY.day)  # noqa: DTZ001 - UTC
_SPAN_SECONDS: Final = YEARS * 365 * 86_400
_OFFSET: Final = 8 * 3600

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Made:
    """How many rows there are."""

    members: int
    trades: int
    lines: int


def fill(
    warehouse: Warehouse, members: int, lines_each: float, said: Callable[[int, int], None]
) -> Made:
    """Fill an empty warehouse: so many members, with so many order lines each on the average.

    ``said(done, whole)`` is told how many orders are in.
    """
    dice = np.random.default_rng(7)
    trades = round(members * lines_each / 2)
    with warehouse.writing() as writer:
        writer.insert("shop", _shops())
        writer.insert("item", _items(dice))
        for start in range(0, members, CHUNK):
            numbers = np.arange(start + 1, min(start + CHUNK, members) + 1)
            writer.insert("member", _members(numbers, dice))
    lines = 0
    for first in range(0, trades, CHUNK):
        with warehouse.writing() as writer:
            count = min(CHUNK, trades - first)
            lines += _orders(writer, first, count, trades, members, dice)
        said(first + count, trades)
    for first in range(0, members, 2 * CHUNK):
        with warehouse.writing() as writer:
            people = table("member")
            some = people.filter(people.member > first, people.member <= first + 2 * CHUNK)
            totals.refresh(writer, some.select("member"))
    return Made(members, trades, lines)


def buy_again(warehouse: Warehouse, made: Made, share: float) -> Whole:
    """One order more for this share of the members. Returns their numbers."""
    dice = np.random.default_rng(11)
    some = np.sort(dice.choice(made.members, round(made.members * share), replace=False) + 1)
    with warehouse.writing() as writer:
        _orders(writer, made.trades, len(some), made.trades, made.members, dice, buyers=some)
        totals.refresh(writer, writer.temp("buyers", pa.table({"member": some})))
    return some.astype(np.int64)


def _shops() -> pa.Table:
    return pa.table(
        {
            "shop": pa.array([one[0] for one in SHOPS], pa.int32()),
            "code": [one[1] for one in SHOPS],
            "name": [one[1] for one in SHOPS],
            "platform": [one[2] for one in SHOPS],
            "kind": [one[3] for one in SHOPS],
        }
    )


def _items(dice: np.random.Generator) -> pa.Table:
    number = np.arange(1, ITEMS + 1)
    return pa.table(
        {
            "item": number,
            "source": ["tm"] * ITEMS,
            "item_key": [f"sku{one}" for one in number],
            "title": [f"枕河 {one} 号" for one in number],
            "category": _picked(CATEGORIES, number % len(CATEGORIES)),
            "brand": _picked(("枕河坊", "乌篷", "东浦"), dice.integers(0, 3, ITEMS)),
            "season": _picked(("春", "夏", "秋", "冬"), dice.integers(0, 4, ITEMS)),
        }
    )


def _members(numbers: Whole, dice: np.random.Generator) -> pa.Table:
    count = len(numbers)
    tier = dice.integers(1, 6, count)
    return pa.table(
        {
            "member": numbers,
            "first_seen_at": _instants(dice.random(count) * 0.3),
            "source": _picked(("taobao_orders", "list"), dice.integers(0, 2, count)),
            "gender": _picked(("f", "m", None), dice.choice(3, count, p=[0.5, 0.3, 0.2])),
            "birth_year": pa.array(dice.integers(1950, 2008, count), pa.int16()),
            "birth_month": pa.array(dice.integers(1, 13, count), pa.int8()),
            "birth_day": pa.array(dice.integers(1, 29, count), pa.int8()),
            "birth_lunar": dice.random(count) < 0.1,
            "province": _picked(PROVINCES, _few(dice, count, len(PROVINCES))),
            "city_tier": pa.array(tier, pa.int8()),
            "level": _picked((None, "银卡", "金卡"), dice.choice(3, count, p=[0.7, 0.2, 0.1])),
            "has_phone": dice.random(count) < 0.8,
            "has_email": dice.random(count) < 0.1,
            "has_wecom": dice.random(count) < 0.2,
        }
    )


def _orders(
    writer: Writer,
    first: int,
    count: int,
    whole: int,
    members: int,
    dice: np.random.Generator,
    buyers: Whole | None = None,
) -> int:
    """Orders number ``first`` + 1 and on, their lines, refunds, reviews, visits and messages."""
    number = np.arange(first + 1, first + count + 1)
    # Growth: later years have more; a new order (beyond the whole) is of the last day.
    created = np.minimum(number / whole, 1.0) ** 0.8 * (1 - 1e-6)
    created = np.maximum(created - dice.random(count) * 2e-5, 0)
    # Zipf-like: half of the orders are of a fifth of the people.
    rank = (dice.random(count) ** 2.2 * members).astype(np.int64)
    member = buyers if buyers is not None else (rank * 7_368_787) % members + 1
    paid = dice.random(count) < 0.9
    refunded = paid & (dice.random(count) < 0.04)
    whole_refund = refunded & (dice.random(count) < 0.5)
    pieces = dice.choice(4, count, p=[0.45, 0.25, 0.15, 0.15]) + 1
    line_trade = np.repeat(np.arange(count), pieces)
    lines = len(line_trade)
    item = _few(dice, lines, ITEMS) + 1
    price = (item * 37 % 180 + 19) * 100 + 90  # cents
    qty = dice.choice(3, lines, p=[0.8, 0.15, 0.05]) + 1
    goods_line = price * qty
    goods = np.bincount(line_trade, goods_line, count).astype(np.int64)
    off = np.where(dice.random(count) < 0.35, goods * dice.integers(2, 30, count) // 100, 0)
    amount = goods - off
    back = np.where(whole_refund, amount, np.where(refunded, amount // 3, 0))
    status = np.where(paid, 7, 8)
    status = np.where(paid & (created > 1 - 2e-3), 3, status)
    status = np.where(whole_refund, 9, status)
    is_paid = paid & ~whole_refund
    shop = _few(dice, count, len(SHOPS)) + 1
    paid_at = np.minimum(created + dice.random(count) * 1e-5, 1 - 1e-7)
    columns: dict[str, Any] = {
        "trade": number,
        "source": _picked(tuple(one[1] for one in SHOPS), shop - 1),
        "trade_id": pa.array(number + 4_000_000_000_000).cast(pa.string()),
        "shop": pa.array(shop, pa.int32()),
        "member": member,
        "status": _picked(_STATUS, status),
        "created_at": _instants(created),
        "created_day": _days(created),
        "paid_at": _instants(paid_at, paid),
        "paid_day": _days(paid_at, paid),
        "goods_amount": _money(goods),
        "discount_amount": _money(off),
        "postage_amount": _money(np.zeros(count, np.int64)),
        "paid_amount": _money(amount, paid),
        "refunded_amount": _money(back, paid),
        "is_paid": is_paid,
        "units": _pieces(np.bincount(line_trade, qty, count).astype(np.int64)),
        "province": _picked(PROVINCES, _few(dice, count, len(PROVINCES))),
        "channel": _picked(("app", "live", "search", "ad"), dice.integers(0, 4, count)),
        "is_stub": np.zeros(count, np.bool_),
        "version_at": _instants(created),
        "fingerprint": pa.array(dice.integers(0, 2**62, count), pa.uint64()),
    }
    writer.insert("trade", _typed("trade", columns))
    share = goods_line * (amount / goods)[line_trade]
    of = line_trade
    writer.insert(
        "trade_line",
        _typed(
            "trade_line",
            {
                "trade": number[of],
                "line_key": pa.array(np.arange(lines) - np.searchsorted(of, of)).cast(pa.string()),
                "member": member[of],
                "shop": pa.array(shop[of], pa.int32()),
                "item": item,
                "sku": _picked(
                    tuple(f"规格 {one}" for one in range(8)), dice.integers(0, 8, lines)
                ),
                "title": _picked(tuple(f"枕河 {one} 号" for one in range(1, ITEMS + 1)), item - 1),
                "category": _picked(CATEGORIES, item % len(CATEGORIES)),
                "qty": _pieces(qty),
                "price": _money(price),
                "line_amount": _money(goods_line),
                "paid_amount": _money(share.astype(np.int64), paid[of]),
                "refunded_amount": _money(np.where(whole_refund[of], share, 0).astype(np.int64)),
                "is_paid": is_paid[of],
                "created_at": _instants(created[of]),
                "paid_at": _instants(paid_at[of], paid[of]),
                "paid_day": _days(paid_at[of], paid[of]),
                "fingerprint": pa.array(dice.integers(0, 2**62, lines), pa.uint64()),
            },
        ),
    )
    _events(writer, columns, first, np.flatnonzero(refunded), created, back, dice)
    return lines


_STATUS: Final = (
    "unpaid", "pay_pending", "deposit_paid", "paid", "part_shipped", "shipped", "signed", "finished",
    "closed_unpaid", "closed_refunded",
)  # fmt: skip


def _events(
    writer: Writer,
    orders: dict[str, Any],
    first: int,
    refunded: Whole,
    created: npt.NDArray[np.float64],
    back: Whole,
    dice: np.random.Generator,
) -> None:
    """Refunds, a review of every fourth order, a visit for each, messages for every third."""
    count = len(created)
    member, shop = np.asarray(orders["member"]), np.asarray(orders["shop"])

    def some(share: float) -> Whole:
        return np.flatnonzero(dice.random(count) < share)

    later = np.minimum(created + 2e-3, 1 - 1e-7)
    writer.insert(
        "refund",
        pa.table(
            {
                "refund": refunded + first + 1,
                "trade": refunded + first + 1,
                "member": member[refunded],
                "shop": pa.array(shop[refunded], pa.int32()),
                "state": ["success"] * len(refunded),
                "applied_at": _instants(later[refunded]),
                "finished_at": _instants(later[refunded]),
                "amount": _money(back[refunded]),
            }
        ),
    )
    told = some(0.25)
    writer.insert(
        "review",
        pa.table(
            {
                "review": told + first + 1,
                "trade": told + first + 1,
                "member": member[told],
                "shop": pa.array(shop[told], pa.int32()),
                "rating": _picked(
                    ("good", "neutral", "bad"), dice.choice(3, len(told), p=[0.9, 0.06, 0.04])
                ),
                "created_at": _instants(later[told]),
            }
        ),
    )
    writer.insert(
        "visit",
        pa.table(
            {
                "visit": np.arange(count) + first + 1,
                "member": dice.permutation(member),
                "shop": pa.array(shop, pa.int32()),
                "kind": _picked(
                    ("browse", "cart", "favourite"), dice.choice(3, count, p=[0.7, 0.2, 0.1])
                ),
                "item": _few(dice, count, ITEMS) + 1,
                "occurred_at": _instants(created),
            }
        ),
    )
    sent = some(0.33)
    writer.insert(
        "message_event",
        pa.table(
            {
                "message": sent + first + 1,
                "member": dice.permutation(member[sent]),
                "kind": _picked(
                    ("sent", "opened", "clicked"), dice.choice(3, len(sent), p=[0.7, 0.2, 0.1])
                ),
                "purpose": ["marketing"] * len(sent),
                "channel": _picked(("sms", "email"), dice.integers(0, 2, len(sent))),
                "is_machine": np.zeros(len(sent), np.bool_),
                "occurred_at": _instants(created[sent]),
            }
        ),
    )


def _typed(name: str, columns: dict[str, Any]) -> pa.Table:
    schema = TABLES[name].to_pyarrow()
    made = pa.table(columns)
    return made.cast(pa.schema([schema.field(one) for one in made.column_names]))


def _picked(values: tuple[Any, ...], place: Whole) -> pa.Array:
    return pc.take(pa.array(values, pa.string()), pa.array(place))


def _few(dice: np.random.Generator, count: int, values: int) -> Whole:
    """Places below ``values``, the small ones often."""
    return (dice.random(count) ** 1.6 * values).astype(np.int64)


def _seconds(place: npt.NDArray[np.float64]) -> Whole:
    return (place * _SPAN_SECONDS).astype(np.int64)


def _instants(place: npt.NDArray[np.float64], known: Any = None) -> pa.Array:
    """Instants at places of the span (0 to 1); NULL where not ``known``."""
    found = np.datetime64(_START, "us") + (_seconds(place) * 1_000_000).astype("timedelta64[us]")
    return pa.array(found, mask=None if known is None else ~known)


def _days(place: npt.NDArray[np.float64], known: Any = None) -> pa.Array:
    """The days of Shanghai that the instants fall on."""
    seconds = _seconds(place) + _OFFSET
    found = np.datetime64(_START, "D") + (seconds // 86_400).astype("timedelta64[D]")
    return pa.array(found, mask=None if known is None else ~known)


def _money(cents: Whole, known: Any = None) -> pa.Array:
    """Yuan out of cents."""
    return _decimal(cents * 100, pa.decimal128(18, 4), known)


def _pieces(count: Whole) -> pa.Array:
    """A quantity."""
    return _decimal(count * 1000, pa.decimal128(18, 3))


def _decimal(unscaled: Whole, kind: pa.DataType, known: Any = None) -> pa.Array:
    """Decimals out of whole numbers of their last place."""
    both = np.empty((len(unscaled), 2), np.int64)
    both[:, 0], both[:, 1] = unscaled, unscaled >> 63
    mask = None if known is None else pa.array(known).buffers()[1]
    return pa.Array.from_buffers(kind, len(unscaled), [mask, pa.py_buffer(both)])

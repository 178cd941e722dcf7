"""What is in an order and what it costs. All amounts are whole cents.

Identities kept: Σ line_amount = goods; goods − discount + postage = due; Σ line due = due.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from huitou.demo.brand import JD, STORES, TMALL, YOUZAN
from huitou.demo.catalogue import GROUPS, catalogue
from huitou.demo.dice import Dice, Floats, Ints, cumulative
from huitou.demo.orders import Orders
from huitou.demo.people import People
from huitou.demo.personas import PERSONAS
from huitou.demo.places import places
from huitou.demo.season import World

LINES_EACH: Final = 32
"""Line number = order × 32 + position."""
MOST_LINES: Final = 9
GIVEAWAY_SHARE: Final = 0.05
FAVOURITE: Final = 0.52
"""How often the first line of an order is what the buyer always buys."""


@dataclass(frozen=True)
class Lines:
    """Order lines, in order of ``order`` (row in ``Orders``) and position."""

    ids: Ints
    order: Ints
    sku: Ints
    qty: Ints
    price: Ints
    amount: Ints
    due: Ints  # share of what is to be paid, postage included

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Bills:
    """Amounts per order."""

    goods: Ints
    discount: Ints
    postage: Ints
    due: Ints
    units: Ints
    first_line: Ints  # row of the order's first line


@dataclass(frozen=True)
class Shelf:
    """Distributions from which lines are drawn."""

    first: Floats  # (persona × week) × item
    further: Floats
    favourite: Floats  # persona × item, regardless of season
    sku: Floats  # item × position among its variants


def shelf(world: World) -> Shelf:
    """The shelf of a world."""
    goods = catalogue()
    group = goods.group_numbers()
    share = np.array([p.groups for p in PERSONAS], dtype=np.float64)
    # The giveaway is in no group: its appeal is 0 whatever stands in the last column.
    weight = np.where(group >= 0, share[:, group], 0.0)
    popularity = np.array([item.popularity for item in goods.items])
    size = np.array([popularity[group == g].sum() for g in range(len(GROUPS))])
    appeal = world.item_appeal[None, :, :] * (weight / np.append(size, 1.0)[group])[:, None, :]
    mild = np.sqrt(weight + 4.0 * (group >= 0)) / np.append(size, 1.0)[group]
    # What is put in beside is small: dear things are bought for their own sake.
    cheapest = np.array([goods.sku_price[item.first_sku] for item in goods.items])
    mild = mild * np.minimum(1.0, 4_500 / np.maximum(cheapest, 1)) ** 1.3
    beside = world.item_appeal[None, :, :] * mild[:, None, :]
    everyday = np.array([item.season in {"all", "winter", "gift"} for item in goods.items])
    launched = np.array([item.launched_month <= 12 for item in goods.items])
    favourite = weight / np.append(size, 1.0)[group] * popularity * everyday * launched
    variants = np.zeros((len(goods.items), max(item.skus for item in goods.items)))
    for number, item in enumerate(goods.items):
        variants[number, : item.skus] = goods.sku_weight[
            item.first_sku : item.first_sku + item.skus
        ]
    rows = len(PERSONAS) * len(world.item_appeal)
    return Shelf(
        first=cumulative(appeal.reshape(rows, -1)),
        further=cumulative(beside.reshape(rows, -1)),
        favourite=cumulative(favourite),
        sku=cumulative(variants),
    )


def fill(
    dice: Dice, world: World, shelf_: Shelf, people: People, orders: Orders, province: Ints
) -> tuple[Lines, Bills]:
    """Lines and amounts of the orders; ``province``: where they are sent."""
    order, position, ids = _positions(dice, world, people, orders)
    persona = people.persona[orders.person[order]]
    sku = _variants(dice, world, shelf_, people, orders, order, position, ids, persona)
    # A variant stands once in an order: later repetitions are dropped.
    _, kept = np.unique(order * 1024 + sku, return_index=True)
    kept.sort()
    order, position, ids, sku, persona = (
        order[kept],
        position[kept],
        ids[kept],
        sku[kept],
        persona[kept],
    )
    goods = catalogue()
    price = goods.sku_price[sku]
    qty = _quantities(dice, ids, persona, price)
    amount = price * qty
    first = np.searchsorted(order, np.arange(len(orders)))
    total = _sum(amount, first)
    units = _sum(qty, first)
    discount = _discounts(dice, world, people, orders, total)
    postage = _postage(province, orders, total - discount)
    due = total - discount + postage
    share = amount * due[order] // np.maximum(total[order], 1)
    rest = due - _sum(share, first)
    share[first] += rest  # cents left over by rounding down
    bills = Bills(total, discount, postage, due, units, first)
    return Lines(ids, order, sku, qty, price, amount, share), bills


def _sum(values: Ints, first: Ints) -> Ints:
    """Sums over runs that begin at ``first``; no run is empty."""
    if not len(first):
        return np.zeros(0, dtype=np.int64)
    result: Ints = np.add.reduceat(values, first)
    return result


def _positions(dice: Dice, world: World, people: People, orders: Orders) -> tuple[Ints, Ints, Ints]:
    """How many lines each order has: (order row, position, line number)."""
    mean = np.array([p.extra_lines for p in PERSONAS])[people.persona[orders.person]]
    mean = (
        mean * (1 + 0.35 * world.promotion[orders.day]) * np.where(orders.shop >= STORES, 0.8, 1.0)
    )
    draw = dice.uniform("lines", orders.ids)
    extra = np.floor(np.log1p(-draw) / np.log(mean / (1 + mean))).astype(np.int64)
    counts = 1 + np.minimum(extra, MOST_LINES - 2)
    giveaway = (orders.shop < STORES) & dice.chance(
        "giveaway", orders.ids, GIVEAWAY_SHARE * world.promotion[orders.day]
    )
    counts = counts + giveaway
    order = np.repeat(np.arange(len(orders)), counts)
    position = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    last = position == counts[order] - 1
    position = np.where(giveaway[order] & last, LINES_EACH - 1, position)
    return order, position, orders.ids[order] * LINES_EACH + position


def _variants(
    dice: Dice, world: World, shelf_: Shelf, people: People, orders: Orders,
    order: Ints, position: Ints, ids: Ints, persona: Ints,
) -> Ints:  # fmt: skip
    """The variant of every line."""
    weeks = len(world.item_appeal)
    row = persona * weeks + np.minimum(orders.day[order] // 7, weeks - 1)
    lead = dice.pick_by_row("item/first", ids, shelf_.first, row)
    beside = dice.pick_by_row("item/further", ids, shelf_.further, row)
    buyer = people.ids[orders.person[order]]
    usual = dice.pick_by_row("item/usual", buyer, shelf_.favourite, persona)
    launched = world.item_appeal[np.minimum(orders.day[order] // 7, weeks - 1), usual] > 0.03
    # Presents follow the festival, the rest of the shopping follows habit.
    habit = np.array([FAVOURITE, FAVOURITE, 0.12, 0.35, 0.4, 0.35, 0.15])[persona]
    same = launched & dice.chance("item/same", ids, habit)
    item = np.where(position == 0, np.where(same, usual, lead), beside)
    item = np.where(position == LINES_EACH - 1, catalogue().gift, item)
    # A buyer keeps to one variant of the usual item.
    variant_key = np.where((position == 0) & same, buyer, ids)
    variant = dice.pick_by_row("sku", variant_key, shelf_.sku, item)
    first_sku = np.array([entry.first_sku for entry in catalogue().items])
    return first_sku[item] + variant


def _quantities(dice: Dice, ids: Ints, persona: Ints, price: Ints) -> Ints:
    few = 1 + dice.pick("qty", ids, cumulative([0.78, 0.155, 0.035, 0.02, 0.01]))
    cases = np.array([6, 8, 10, 12, 20, 30, 50])[
        dice.pick("qty/bulk", ids, cumulative([22, 14, 26, 14, 14, 7, 3]))
    ]
    bulk = dice.chance("bulk", ids, np.array([p.bulk for p in PERSONAS])[persona])
    few = np.where(price > 25_000, np.minimum(few, 2), few)
    # A dear present is not bought by the fifty.
    cases = np.minimum(cases, np.maximum(600_000 // np.maximum(price, 1), 3))
    return np.where(price == 0, 1, np.where(bulk, cases, few))


def _discounts(dice: Dice, world: World, people: People, orders: Orders, goods: Ints) -> Ints:
    """Coupons and full-reduction offers: whole yuan off, more in the large sales."""
    level = world.promotion[orders.day].astype(np.int64)
    thrift = people.thrift[orders.person]
    online = orders.shop < STORES
    share = np.where(online, np.array([0.24, 0.52, 0.84])[level], 0.14) * (0.55 + 0.75 * thrift)
    has = dice.chance("discount", orders.ids, share)
    rate = np.where(online, np.array([0.06, 0.10, 0.17])[level], 0.08)
    rate = rate * (0.6 + 0.8 * dice.uniform("discount/rate", orders.ids))
    off = goods * rate
    steps = np.where(goods < 5_000, 100, 500)
    whole = (np.round(off / steps) * steps).astype(np.int64)
    # Every third is reckoned to the ten cents, as percentages off and red packets leave it.
    fine = dice.chance("discount/fine", orders.ids, 0.35)
    amount = np.where(fine, (off / 10).astype(np.int64) * 10, whole)
    return np.where(has, np.minimum(amount, goods * 4 // 10), 0)


def _postage(province: Ints, orders: Orders, goods: Ints) -> Ints:
    """Free above the shop's threshold, except to the far west."""
    remote = places().province_remote[province] == 1
    below = np.select(
        [orders.shop == TMALL, orders.shop == JD, orders.shop == YOUZAN],
        [(goods < 2_900) * 500, (goods < 5_900) * 600, (goods < 6_800) * 800],
        0,
    )
    return np.where(orders.shop >= STORES, 0, np.where(remote, 1_500, below))

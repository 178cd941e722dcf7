"""Visits: the mall's tracked sessions, Tmall's favourites and carts, people walking into stores.

Tracking began a year before the anchor. Some sessions end in an order; most do not.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from huitou.demo.baskets import Shelf
from huitou.demo.brand import SHOPS, STORES, TMALL, YOUZAN
from huitou.demo.catalogue import catalogue
from huitou.demo.columns import DAY, digits, instants, join, numbers, pick
from huitou.demo.dice import Bools, Dice, Floats, Ints, scattered
from huitou.demo.season import number_of
from huitou.demo.trades import SOURCES, Sale
from huitou.intake.canonical import table_of

TRACKED_DAYS: Final = 365
SESSIONS_EACH: Final = 24
MOST_VIEWS: Final = 8
_KINDS: Final = pa.array(["browse", "cart", "favourite", "store"])
BROWSE, CART, FAVOURITE, STORE = range(4)


def visits(dice: Dice, sale: Sale, shelf: Shelf, start: Floats) -> tuple[pa.Table, Ints]:
    """The ``visits`` record set, and the position in SHOPS of each row."""
    sessions = [
        _wandering(dice, sale, start, YOUZAN, 46.0),
        _wandering(dice, sale, start, TMALL, 190.0),
        _wandering(dice, sale, start, STORES, 150.0),
        _before_orders(sale),
    ]
    person = np.concatenate([s[0] for s in sessions])
    ids = np.concatenate([s[1] for s in sessions])
    at = np.concatenate([s[2] for s in sessions])
    shop = np.concatenate([s[3] for s in sessions])
    item = np.concatenate([s[4] for s in sessions])
    return _views(dice, sale, shelf, person, ids, at, shop, item)


def _since(sale: Sale) -> int:
    return (number_of(sale.world.anchor) - TRACKED_DAYS) * DAY


def _wandering(
    dice: Dice, sale: Sale, start: Floats, shop: int, gap: float
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Sessions without a purpose: a Poisson process per account, from the first purchase on."""
    people = sale.people
    uses = people.holds(shop) & ~people.walk_in
    if shop == STORES:
        uses &= people.has_card
    if shop == TMALL:
        uses &= people.in_tmall_list
    rows = np.flatnonzero(uses)
    person = np.repeat(rows, SESSIONS_EACH)
    ordinal = np.tile(np.arange(SESSIONS_EACH), len(rows))
    ids = ((people.ids[person] * 4 + min(shop, STORES)) * SESSIONS_EACH + ordinal) * 2
    pace = gap * np.exp(0.7 * dice.normal("visit/pace", people.ids[rows]))
    gaps = -np.log1p(-dice.uniform("visit/gap", ids)) * np.repeat(pace, SESSIONS_EACH)
    day = np.cumsum(gaps.reshape(-1, SESSIONS_EACH), axis=1).ravel() if len(rows) else gaps
    at = _since(sale) + (np.floor(day) * DAY).astype(np.int64)
    hour = (
        9 + 11 * dice.uniform("visit/hour", ids)
        if shop == STORES
        else 8 + 15.8 * dice.uniform("visit/hour", ids) ** 0.75
    )
    at = at + (hour * 3600).astype(np.int64)
    first = (int(sale.world.days[0]) + np.floor(start[person])).astype(np.int64) * DAY
    home = np.where(people.first_shop >= STORES, people.first_shop, people.other_shop)[person]
    place = np.where(shop == STORES, home, shop)
    kept = (at <= sale.world.present) & (at >= first)
    return (
        person[kept],
        ids[kept],
        at[kept],
        place[kept],
        np.full(int(kept.sum()), -1, dtype=np.int64),
    )


def _before_orders(sale: Sale) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """The session that led to an order in the mall, the visit that led to one at a till."""
    orders = sale.orders
    tracked = orders.created >= _since(sale)
    known = ~sale.people.walk_in[orders.person]
    rows = np.flatnonzero(
        tracked
        & known
        & ((orders.shop == YOUZAN) | (orders.shop >= STORES) & sale.people.has_card[orders.person])
    )
    ids = orders.ids[rows] * 2 + 1
    lead = 240 + orders.ids[rows] % 1_900
    item = catalogue().sku_item[sale.lines.sku[sale.bills.first_line[rows]]]
    return orders.person[rows], ids, orders.created[rows] - lead, orders.shop[rows], item


def _views(
    dice: Dice,
    sale: Sale,
    shelf: Shelf,
    person: Ints,
    session: Ints,
    at: Ints,
    shop: Ints,
    bought: Ints,
) -> tuple[pa.Table, Ints]:
    """What was looked at in each session."""
    counts = 1 + np.minimum(
        np.floor(-np.log1p(-dice.uniform("views", session)) * 1.6).astype(np.int64), MOST_VIEWS - 1
    )
    counts = np.where(shop == YOUZAN, counts, 1)
    row = np.repeat(np.arange(len(session)), counts)
    step = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    ids = session[row] * MOST_VIEWS + step
    weeks = len(sale.world.item_appeal)
    week = np.clip((at[row] // DAY - int(sale.world.days[0])) // 7, 0, weeks - 1)
    persona = sale.people.persona[person[row]]
    item = dice.pick_by_row("view", ids, shelf.first, persona * weeks + week)
    last = step == counts[row] - 1
    item = np.where(last & (bought[row] >= 0), bought[row], item)
    draw = dice.uniform("view/kind", ids)
    kind = np.where(draw < 0.13, CART, np.where(draw < 0.19, FAVOURITE, BROWSE))
    kind = np.where(last & (bought[row] >= 0), CART, kind)
    kind = np.where(shop[row] == TMALL, np.where(draw < 0.6, CART, FAVOURITE), kind)
    kind = np.where(shop[row] >= STORES, STORE, kind)
    when = at[row] + step * 115 + dice.below("view/dwell", ids, 90)
    seen = np.flatnonzero(when <= sale.world.present)
    who, known, where = person[row], sale.identities, shop[row]
    in_store: Bools = where >= STORES
    goods = catalogue()
    keys = pa.array(
        [goods.item_key(i, s) for i in range(len(goods.items)) for s in range(len(SHOPS))]
    )
    table = table_of(
        "visits",
        {
            "shop": numbers(sale.shop_numbers[where], pa.int32()),
            "kind": pick(_KINDS, kind),
            "item_key": pick(keys, item * len(SHOPS) + where, ~in_store),
            "source": pick(SOURCES, where),
            "session": join(pa.scalar("s"), digits(scattered(session[row], 10**13, 13), 13)),
            "occurred_at": instants(when),
            "nick": pick(known.tmall_nick, who, where == TMALL),
            "ouid": pick(known.ouid, who, where == TMALL),
            "card_no": pick(known.card_no, who, in_store),
            "open_id": pick(known.open_id, who, where == YOUZAN),
            "unionid": pick(known.unionid, who, where == YOUZAN),
        },
        len(row),
    )
    return table.take(pa.array(seen)), where[seen]

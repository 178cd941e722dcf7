"""Reviews: who writes one, in what mood, and what it says.

The mood follows what happened to the order: trouble, delay and refunds make bad reviews.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from huitou.demo.brand import JD, SHOPS, TMALL, YOUZAN
from huitou.demo.catalogue import catalogue
from huitou.demo.columns import DAY, choose, digits, instants, numbers, pick
from huitou.demo.dice import Bools, Dice, Ints, cumulative, scattered
from huitou.demo.fate import HOUR, NEVER, NO_REFUND, WELL
from huitou.demo.review_writer import GOOD, NEUTRAL, Writer
from huitou.demo.trades import SOURCES, Sale
from huitou.intake.canonical import table_of

_RATINGS: Final = pa.array(["good", "neutral", "bad"])


def reviews(dice: Dice, sale: Sale) -> tuple[pa.Table, Ints]:
    """The ``reviews`` record set, and the order row of each. A review is of the order's first line."""
    fate, orders, present = sale.fate, sale.orders, sale.world.present
    late = (fate.carrier_days > 4.5) | (fate.trouble != WELL)
    unhappy = (fate.refund != NO_REFUND) & (fate.signed < NEVER)
    share = np.array([0.26, 0.30, 0.12, 0.0])[np.minimum(orders.shop, 3)] + 0.22 * (late | unhappy)
    writes = (fate.signed < NEVER) & dice.chance("review", orders.ids, share)
    wait = (dice.lognormal("review/wait", orders.ids, 2.2, 0.9) * DAY).astype(np.int64) + HOUR
    created = np.where(
        writes, np.where(fate.signed < NEVER, fate.signed, 0) + np.minimum(wait, 15 * DAY), NEVER
    )
    rows = np.flatnonzero(created <= present)
    ids, created = orders.ids[rows], created[rows]
    mood = _mood(dice, ids, late[rows], unhappy[rows])
    goods, shop = catalogue(), orders.shop[rows]
    item = goods.sku_item[sale.lines.sku[sale.bills.first_line[rows]]]
    group = np.maximum(goods.group_numbers()[item], 0)
    writer = Writer(dice, ids, mood, group, item, late[rows])
    append_at = created + (dice.lognormal("append/wait", ids, 12.0, 0.7) * DAY).astype(np.int64)
    appended = dice.chance("append", ids, np.where(mood == GOOD, 0.06, 0.22)) & (
        append_at <= present
    )
    reply_at = created + (dice.lognormal("reply/wait", ids, 9.0, 0.9) * HOUR).astype(np.int64)
    replied = dice.chance("reply", ids, np.where(mood == GOOD, 0.16, 0.78)) & (reply_at <= present)
    version = np.maximum(
        created, np.maximum(np.where(appended, append_at, 0), np.where(replied, reply_at, 0))
    )
    stars = np.where(
        mood == GOOD,
        5 - dice.chance("stars", ids, 0.11),
        np.where(mood == NEUTRAL, 3, 1 + dice.below("stars/bad", ids, 2)),
    )
    person = orders.person[rows]
    known = sale.identities
    keys = pa.array(
        [goods.item_key(i, s) for i in range(len(goods.items)) for s in range(len(SHOPS))]
    )
    titles = pa.array(
        [goods.title(i, s) for i in range(len(goods.items)) for s in range(len(SHOPS))]
    )
    tmall = shop == TMALL
    # Half of Tmall's reviewers write anonymously: no nick then, but the order tells who it was.
    shown = ~dice.chance("anonymous", ids, 0.45)
    nick = choose(
        tmall,
        pick(known.tmall_nick, person, shown),
        pick(known.jd_pin, person, (shop == JD) & shown),
    )
    table = table_of(
        "reviews",
        {
            "source": pick(SOURCES, shop),
            "review_key": digits(scattered(ids, 10**12, 11), 12),
            "trade_id": sale.trade_ids.take(pa.array(rows)),
            "shop": numbers(sale.shop_numbers[shop], pa.int32()),
            "item_key": pick(keys, item * len(SHOPS) + shop),
            "item_title": pick(titles, item * len(SHOPS) + shop),
            "rating": pick(_RATINGS, mood),
            "stars": numbers(stars, pa.int8()),
            "text": writer.text(),
            "append_text": writer.append(appended),
            "reply_text": writer.reply(replied),
            "image_count": numbers(_images(dice, ids, mood), pa.int16()),
            "category": pick(pa.array([i.category for i in goods.items]), item),
            "created_at": instants(created),
            "version_at": instants(version),
            "nick": nick,
            "ouid": pick(known.ouid, person, tmall),
            "open_id": pick(known.open_id, person, shop == YOUZAN),
        },
        len(rows),
    )
    return table, rows


def _mood(dice: Dice, ids: Ints, late: Bools, unhappy: Bools) -> Ints:
    """Good 95 of 100 on a plain order, 60 after delay or trouble, 35 after a refund."""
    table = cumulative([[0.953, 0.029, 0.018], [0.62, 0.17, 0.21], [0.36, 0.24, 0.40]])
    return dice.pick_by_row("mood", ids, table, np.where(unhappy, 2, np.where(late, 1, 0)))


def _images(dice: Dice, ids: Ints, mood: Ints) -> Ints:
    has = dice.chance("images", ids, np.where(mood == GOOD, 0.21, 0.34))
    return np.where(has, 1 + dice.below("images/n", ids, 5), 0)

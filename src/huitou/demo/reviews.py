"""Reviews: who writes one, in what mood, and what it says.

The mood follows what happened to the order: trouble, delay and refunds make bad reviews.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.demo import review_words as words
from huitou.demo.brand import JD, SHOPS, TMALL, YOUZAN
from huitou.demo.catalogue import GROUPS, catalogue
from huitou.demo.columns import DAY, choose, digits, instants, join, numbers, only, pick
from huitou.demo.dice import Bools, Dice, Ints, cumulative, scattered
from huitou.demo.fate import HOUR, NEVER, NO_REFUND, WELL
from huitou.demo.trades import SOURCES, Sale
from huitou.intake.canonical import table_of

GOOD, NEUTRAL, BAD = range(3)
_RATINGS: Final = pa.array(["good", "neutral", "bad"])
_LINK: Final = ("，", "，", "。", "！", "；", " ")


def reviews(dice: Dice, sale: Sale) -> tuple[pa.Table, Ints]:
    """The ``reviews`` record set, and the order row of each. A review is of the order's first line."""
    fate, orders, present = sale.fate, sale.orders, sale.world.present
    late = (fate.carrier_days > 4.5) | (fate.trouble != WELL)
    unhappy = (fate.refund != NO_REFUND) & (fate.signed < NEVER)
    share = np.array([0.26, 0.30, 0.12, 0.0])[np.minimum(orders.shop, 3)] + 0.22 * (late | unhappy)
    writes = (fate.signed < NEVER) & dice.chance("review", orders.ids, share)
    wait = (dice.lognormal("review/wait", orders.ids, 2.2, 0.9) * DAY).astype(np.int64) + HOUR
    created = np.where(writes, np.where(fate.signed < NEVER, fate.signed, 0) + np.minimum(wait, 15 * DAY), NEVER)
    rows = np.flatnonzero(created <= present)
    ids, created = orders.ids[rows], created[rows]
    mood = _mood(dice, ids, late[rows], unhappy[rows])
    goods, shop = catalogue(), orders.shop[rows]
    item = goods.sku_item[sale.lines.sku[sale.bills.first_line[rows]]]
    group = np.maximum(goods.group_numbers()[item], 0)
    text = _Writer(dice, ids, mood, group, late[rows]).text()
    append_at = created + (dice.lognormal("append/wait", ids, 12.0, 0.7) * DAY).astype(np.int64)
    appended = dice.chance("append", ids, np.where(mood == GOOD, 0.06, 0.22)) & (append_at <= present)
    reply_at = created + (dice.lognormal("reply/wait", ids, 9.0, 0.9) * HOUR).astype(np.int64)
    replied = dice.chance("reply", ids, np.where(mood == GOOD, 0.16, 0.78)) & (reply_at <= present)
    version = np.maximum(created, np.maximum(np.where(appended, append_at, 0), np.where(replied, reply_at, 0)))
    stars = np.where(mood == GOOD, 5 - dice.chance("stars", ids, 0.11), np.where(mood == NEUTRAL, 3, 1 + dice.below("stars/bad", ids, 2)))
    person = orders.person[rows]
    known = sale.identities
    keys = pa.array([goods.item_key(i, s) for i in range(len(goods.items)) for s in range(len(SHOPS))])
    titles = pa.array([goods.title(i, s) for i in range(len(goods.items)) for s in range(len(SHOPS))])
    tmall = shop == TMALL
    # Half of Tmall's reviewers write anonymously: no nick then, but the order tells who it was.
    shown = ~dice.chance("anonymous", ids, 0.45)
    nick = choose(tmall, pick(known.tmall_nick, person, shown), pick(known.jd_pin, person, (shop == JD) & shown))
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
            "text": text,
            "append_text": _from(dice, "append/text", ids, mood, words.APPEND_GOOD, words.APPEND_BAD, appended),
            "reply_text": _from(dice, "reply/text", ids, mood, words.REPLY_GOOD, words.REPLY_BAD, replied),
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


def _from(
    dice: Dice, what: str, ids: Ints, mood: Ints, good: Sequence[str], bad: Sequence[str], present: Bools
) -> pa.Array:
    """One of the good or of the bad sentences."""
    draw = dice.uniform(what, ids)
    index = np.where(mood == GOOD, draw * len(good), len(good) + draw * len(bad)).astype(np.int64)
    return pick(pa.array([*good, *bad]), index, present)


class _Writer:
    """Puts texts together for one chunk of reviews."""

    def __init__(self, dice: Dice, ids: Ints, mood: Ints, group: Ints, late: Bools) -> None:
        self.dice, self.ids, self.mood, self.group, self.late = dice, ids, mood, group, late

    def text(self) -> pa.Array:
        """One text per review; every eighth good one is a word or two, some say nothing at all."""
        sad = self.mood != GOOD
        opening = choose(
            self.mood == BAD, self._one("open/bad", words.OPENING_BAD),
            choose(self.mood == NEUTRAL, self._one("open/neutral", words.OPENING_NEUTRAL), self._one("open", words.OPENING)),
        )  # fmt: skip
        closing = choose(self.mood == BAD, self._one("close/bad", words.CLOSING_BAD), self._one("close", words.CLOSING))
        body = self._sentences(sad)
        long = join(opening, body, choose(self._empty(closing), pa.scalar(""), self._one("link/last", _LINK[:4])), closing)
        brief = self.dice.chance("brief", self.ids, np.where(sad, 0.06, 0.16))
        short = self._one("short", words.SHORT)
        text = choose(brief & ~sad, short, long)
        silent = self.dice.chance("silent", self.ids, np.where(sad, 0.02, 0.05))
        return only(text, ~silent)

    def _sentences(self, sad: Bools) -> pa.Array:
        """Two or three aspects in an order of their own."""
        dice, ids = self.dice, self.ids
        taste = choose(sad & dice.chance("taste/bad", ids, 0.7), self._taste("taste-", words.TASTE_BAD), self._taste("taste+", words.TASTE_GOOD))
        pack = choose(sad & dice.chance("pack/bad", ids, 0.8), self._one("pack-", words.PACK_BAD), self._one("pack+", words.PACK_GOOD))
        ship = choose(self.late | (sad & dice.chance("ship/bad", ids, 0.5)), self._one("ship-", words.SHIP_BAD), self._one("ship+", words.SHIP_GOOD))
        service = choose(sad, self._one("service-", words.SERVICE_BAD), self._one("service+", words.SERVICE_GOOD))
        price = choose(sad, self._one("price-", words.PRICE_BAD), self._one("price+", words.PRICE_GOOD))
        habit = self._one("habit", words.HABIT)
        aspects = pa.concat_arrays([taste, pack, ship, service, price, habit])
        size = len(ids)
        weights = np.array([[0.34, 0.17, 0.15, 0.08, 0.12, 0.14], [0.34, 0.26, 0.22, 0.12, 0.06, 0.0]])
        # The first thing said is mostly the taste; late parcels are spoken of first.
        first = dice.pick_by_row("aspect/1", ids, cumulative([[0.62, 0.12, 0.1, 0.03, 0.05, 0.08], [0.45, 0.28, 0.14, 0.08, 0.05, 0.0]]), sad.astype(np.int64))
        first = np.where(self.late & dice.chance("aspect/late", ids, 0.75), 2, first)
        second = dice.pick_by_row("aspect/2", ids, cumulative(weights), sad.astype(np.int64))
        second = np.where(second == first, (first + 1 + dice.below("aspect/2b", ids, 4)) % 5, second)
        third = dice.pick_by_row("aspect/3", ids, cumulative(weights), sad.astype(np.int64))
        more = dice.chance("aspect/second", ids, 0.72)
        most = more & (third != first) & (third != second) & dice.chance("aspect/third", ids, 0.45)
        index = np.arange(size)
        parts: list[pa.Array] = [aspects.take(pa.array(first * size + index))]
        for number, (aspect, present) in enumerate(((second, more), (third, most))):
            parts += [
                only(self._one(f"link/{number}", _LINK), present),
                only(aspects.take(pa.array(aspect * size + index)), present),
            ]
        return join(*parts)

    def _one(self, what: str, options: Sequence[str]) -> pa.Array:
        return pick(pa.array(options), self.dice.below("say/" + what, self.ids, len(options)))

    def _taste(self, what: str, options: dict[str, tuple[str, ...]]) -> pa.Array:
        """A sentence about this kind of goods."""
        flat = [sentence for group in GROUPS for sentence in options[group]]
        count = np.array([len(options[group]) for group in GROUPS])
        first = np.cumsum(count) - count
        return pick(pa.array(flat), first[self.group] + self.dice.below("say/" + what, self.ids, count[self.group]))

    def _empty(self, texts: pa.Array) -> Bools:
        result: Bools = pc.equal(pc.utf8_length(texts), 0).to_numpy(zero_copy_only=False)
        return result



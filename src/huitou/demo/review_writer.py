"""The wording of reviews: aspects in an order of their own, joined as people join them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.demo import review_words as words
from huitou.demo.catalogue import GROUPS, catalogue
from huitou.demo.columns import choose, join, only, pick
from huitou.demo.dice import Bools, Dice, Floats, Ints, cumulative

GOOD, NEUTRAL, BAD = range(3)
TASTE, PACK, SHIP, SERVICE, PRICE, HABIT = range(6)
_LINK: Final = ("，", "，", "。", "！", "；", " ")
_FIRST: Final[Floats] = cumulative(
    [[0.62, 0.12, 0.10, 0.03, 0.05, 0.08], [0.45, 0.28, 0.14, 0.08, 0.05, 0.0]]
)
_LATER: Final[Floats] = cumulative(
    [[0.34, 0.17, 0.15, 0.08, 0.12, 0.14], [0.34, 0.26, 0.22, 0.12, 0.06, 0.0]]
)
"""What is spoken of first, and after that: by content and discontent writers."""


class Writer:
    """Puts texts together for some reviews; arrays are over them."""

    def __init__(
        self, dice: Dice, ids: Ints, mood: Ints, group: Ints, item: Ints, late: Bools
    ) -> None:
        self.dice, self.ids, self.mood = dice, ids, mood
        self.group, self.item = group, item
        self.sad = mood != GOOD
        row = self.sad.astype(np.int64)
        first = dice.pick_by_row("aspect/1", ids, _FIRST, row)
        # Who waited long speaks of that before anything else.
        self.first = np.where(late & dice.chance("aspect/late", ids, 0.75), SHIP, first)
        second = dice.pick_by_row("aspect/2", ids, _LATER, row)
        beside = (self.first + 1 + dice.below("aspect/2b", ids, 4)) % HABIT
        self.second = np.where(second == self.first, beside, second)
        self.third = dice.pick_by_row("aspect/3", ids, _LATER, row)
        # Somewhat content people have something good to say after all, and so have late receivers.
        self.late = late

    def text(self) -> pa.Array:
        """One text per review; every sixth good one is a word or two, some say nothing at all."""
        dice, ids = self.dice, self.ids
        opening = self._by_mood("open", words.OPENING, words.OPENING_NEUTRAL, words.OPENING_BAD)
        closing = self._by_mood("close", words.CLOSING, words.CLOSING_NEUTRAL, words.CLOSING_BAD)
        ended = choose(self._empty(closing), pa.scalar(""), self._one("link/last", _LINK[:4]))
        long = join(opening, self._sentences(), ended, closing)
        brief = dice.chance("brief", ids, 0.16) & ~self.sad
        text = choose(brief, self._one("short", words.SHORT), long)
        silent = dice.chance("silent", ids, np.where(self.sad, 0.02, 0.05))
        return only(text, ~silent)

    def append(self, present: Bools) -> pa.Array:
        """What is added weeks later."""
        bad = choose(
            self.sad,
            self._one("append-", words.APPEND_BAD),
            self._one("append+", words.APPEND_GOOD),
        )
        return only(bad, present)

    def reply(self, present: Bools) -> pa.Array:
        """The shop's answer: thanks, or what fits the complaint."""
        count = np.array([len(options) for options in words.REPLY_BAD])
        first = np.cumsum(count) - count
        flat = pa.array([answer for options in words.REPLY_BAD for answer in options])
        topic = np.minimum(self.first, PRICE)
        sorry = pick(flat, first[topic] + self.dice.below("say/reply-", self.ids, count[topic]))
        return only(choose(self.sad, sorry, self._one("reply+", words.REPLY_GOOD)), present)

    def _sentences(self) -> pa.Array:
        """One to three aspects; a neutral review turns from what is wrong to what is right."""
        dice, ids = self.dice, self.ids
        good = [
            self._praise(),
            self._one("pack+", words.PACK_GOOD),
            self._one("ship+", words.SHIP_GOOD),
            self._one("service+", words.SERVICE_GOOD),
            self._one("price+", words.PRICE_GOOD),
            self._one("habit", words.HABIT),
        ]
        bad = [
            self._taste("taste-", words.TASTE_BAD),
            self._one("pack-", words.PACK_BAD),
            self._one("ship-", words.SHIP_BAD),
            self._one("service-", words.SERVICE_BAD),
            self._one("price-", words.PRICE_BAD),
            good[HABIT],
        ]
        sayings = pa.concat_arrays([*good, *bad])
        neutral = self.mood == NEUTRAL
        more = dice.chance("aspect/second", ids, 0.72)
        most = more & (self.third != self.first) & (self.third != self.second) & ~neutral
        most &= dice.chance("aspect/third", ids, 0.45)
        turn = self._one("turn", words.TURNS)
        first = self._saying(sayings, self.first, self.sad | (self.late & (self.first == SHIP)))
        second = self._saying(sayings, self.second, (self.mood == BAD) | self._is_late(self.second))
        third = self._saying(sayings, self.third, (self.mood == BAD) | self._is_late(self.third))
        link = choose(neutral, turn, self._one("link/0", _LINK))
        return join(
            first,
            only(link, more),
            only(second, more),
            only(self._one("link/1", _LINK), most),
            only(third, most),
        )

    def _is_late(self, aspect: Ints) -> Bools:
        return np.asarray(self.late & (aspect == SHIP))

    def _saying(self, sayings: pa.Array, aspect: Ints, complains: Bools) -> pa.Array:
        size = len(self.ids)
        row = aspect + np.where(complains, HABIT + 1, 0)
        return sayings.take(pa.array(row * size + np.arange(size)))

    def _by_mood(
        self, what: str, good: Sequence[str], neutral: Sequence[str], bad: Sequence[str]
    ) -> pa.Array:
        sad = choose(self.mood == BAD, self._one(what + "-", bad), self._one(what + "=", neutral))
        return choose(self.sad, sad, self._one(what + "+", good))

    def _one(self, what: str, options: Sequence[str]) -> pa.Array:
        return pick(pa.array(options), self.dice.below("say/" + what, self.ids, len(options)))

    def _taste(self, what: str, options: dict[str, tuple[str, ...]]) -> pa.Array:
        """A sentence about this kind of goods."""
        flat = [sentence for group in GROUPS for sentence in options[group]]
        count = np.array([len(options[group]) for group in GROUPS])
        first = np.cumsum(count) - count
        which = self.dice.below("say/" + what, self.ids, count[self.group])
        return pick(pa.array(flat), first[self.group] + which)

    def _praise(self) -> pa.Array:
        """Every second praise is of this item in particular, where something is said of it."""
        own = [words.ITEM_GOOD.get(item.code, ()) for item in catalogue().items]
        count = np.array([len(sentences) for sentences in own])
        first = np.cumsum(count) - count
        which = first[self.item] + self.dice.below("say/own", self.ids, count[self.item])
        flat = pa.array([sentence for sentences in own for sentence in sentences])
        special = (count[self.item] > 0) & self.dice.chance("say/special", self.ids, 0.5)
        common = self._taste("taste+", words.TASTE_GOOD)
        return choose(special, pick(flat, np.where(special, which, 0)), common)

    def _empty(self, texts: pa.Array) -> Bools:
        return np.asarray(pc.equal(pc.utf8_length(texts), 0).to_numpy(zero_copy_only=False))

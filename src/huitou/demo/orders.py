"""When people buy: the first purchase, the ones after it, and in which shop.

First purchases follow growth × season. Later ones come at log-normal intervals in operational time
(``season``), as often as a beta-geometric coin lets them. Everything up to the world's last day is
drawn; who looks earlier sees a beginning of the same history.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, TypeVar

import numpy as np

from huitou.demo.brand import SHOPS, STORES, TMALL
from huitou.demo.columns import DAY
from huitou.demo.dice import Bools, Dice, Floats, Ints, cumulative
from huitou.demo.people import WALK_IN, People
from huitou.demo.personas import PERSONAS
from huitou.demo.season import World

ORDERS_EACH: Final = 512
"""Order number = person × 512 + ordinal; nobody buys more often than 400 times."""
MOST_ORDERS: Final = 400

_HOURS: Final = cumulative(
    [
        # midnight … 23 h: online on weekdays, online at weekends, online on sale days, stores
        [16, 8, 4, 3, 2, 3, 8, 19, 34, 52, 66, 63, 56, 54, 56, 57, 55, 50, 47, 60, 82, 91, 74, 40],
        [21, 11, 6, 3, 2, 3, 6, 14, 29, 49, 63, 62, 54, 53, 57, 58, 55, 50, 48, 60, 80, 90, 78, 48],
        [
            130,
            45,
            16,
            7,
            4,
            4,
            8,
            19,
            36,
            54,
            62,
            52,
            43,
            41,
            43,
            42,
            40,
            37,
            40,
            52,
            100,
            86,
            72,
            66,
        ],
        [0, 0, 0, 0, 0, 0, 0, 0, 3, 42, 86, 94, 70, 76, 102, 116, 112, 88, 74, 69, 52, 16, 0, 0],
    ]
)

T = TypeVar("T")


@dataclass(frozen=True)
class Orders:
    """Orders that exist at the present instant; ``person`` is the row in ``People``."""

    ids: Ints
    person: Ints
    ordinal: Ints
    shop: Ints
    created: Ints  # seconds on the brand's clock
    day: Ints  # index into the world's days

    def __len__(self) -> int:
        return len(self.ids)


def taken(rows: T, index: Ints | Bools) -> T:
    """The same dataclass of columns with only the chosen rows."""
    return type(rows)(**{f.name: getattr(rows, f.name)[index] for f in fields(rows)})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Clock:
    """Running sums of the world's curves, by which draws become days."""

    first: (
        Floats  # persona × kind × day boundary: share of first purchases so far (1 at the anchor)
    )
    operational: Floats  # persona × kind × day boundary: operational days so far
    newcomers: Floats  # day boundary: share of all people so far (1 at the anchor)


def clock(world: World) -> Clock:
    """The clock of a world; index 0 online, 1 store."""
    rates = np.stack([world.curves_online, world.curves_store], axis=1)
    arrivals = _running(rates * world.growth)
    shares = np.array([p.share for p in PERSONAS])[:, None]
    blend = _running((world.curves_online * shares).sum(axis=0) * world.growth)
    anchor = world.anchor_index
    return Clock(
        first=arrivals / arrivals[..., anchor : anchor + 1],
        operational=_running(rates),
        newcomers=blend / blend[anchor],
    )


def _running(rates: Floats) -> Floats:
    zero = np.zeros((*rates.shape[:-1], 1))
    result: Floats = np.concatenate([zero, np.cumsum(rates, axis=-1)], axis=-1)
    return result


def headcount(clock_: Clock, members: int, world: World) -> int:
    """How many people there are at the present instant: ``members`` at the anchor, more after it."""
    day = (world.present - int(world.days[0]) * DAY) / DAY
    at_present = float(np.interp(day, np.arange(len(clock_.newcomers)), clock_.newcomers))
    return max(members, int(members * at_present))


def place_orders(
    dice: Dice, world: World, clock_: Clock, people: People, start: Floats, density: float
) -> Orders:
    """All orders of these people up to the present instant, in order of person and ordinal."""
    in_store = (people.first_shop >= STORES).astype(np.int64)
    counts = _purchases(dice, people, density)
    person = np.repeat(np.arange(len(people)), counts)
    ordinal = np.arange(len(person)) - np.repeat(np.cumsum(counts) - counts, counts)
    ids = people.ids[person] * ORDERS_EACH + ordinal
    moment = _later_days(dice, clock_, people, in_store, start, person, ordinal, ids, density)
    keep = moment < len(world.days)
    person, ordinal, ids, moment = person[keep], ordinal[keep], ids[keep], moment[keep]
    day = moment.astype(np.int64)
    shop = _shop(dice, world, people, person, ordinal, ids, day)
    seconds = _second_of_day(dice, world, shop, ids, day)
    created = world.days[day] * DAY + seconds
    orders = Orders(ids, person, ordinal, shop, created, day)
    return taken(orders, created <= world.present)


def first_days(dice: Dice, clock_: Clock, people: People, members: int) -> Floats:
    """The day (with fraction, from the world's first) of everybody's first purchase or registration."""
    in_store = (people.first_shop >= STORES).astype(np.int64)
    result = np.empty(len(people))
    draw = dice.uniform("first", people.ids)
    boundaries = np.arange(clock_.first.shape[-1], dtype=np.float64)
    base = np.where(people.walk_in, WALK_IN, 0)
    crowd = np.where(people.walk_in, walk_ins(members), members)
    late = people.ids - base >= crowd
    for persona in range(len(PERSONAS)):
        for kind in (0, 1):
            mine = (people.persona == persona) & (in_store == kind) & ~late
            result[mine] = np.interp(draw[mine], clock_.first[persona, kind], boundaries)
    # People beyond the given number come after the anchor, one by one.
    rank = (people.ids - base + draw) / np.maximum(crowd, 1)
    beyond = np.interp(rank, clock_.newcomers, boundaries, right=len(boundaries) + 1.0)
    return np.where(late, beyond, result)


def walk_ins(members: int) -> int:
    """Store customers who stay unknown, for a number of people who do not."""
    return members // 28


def _purchases(dice: Dice, people: People, density: float) -> Ints:
    """How many purchases each person will make, time permitting."""
    stop = np.array([p.stop for p in PERSONAS])[people.persona]
    go = np.array([p.go for p in PERSONAS])[people.persona]
    # Kumaraswamy's distribution: like the beta, with an inverse in closed form.
    leave = (1 - (1 - dice.uniform("leave", people.ids)) ** (1 / go)) ** (1 / stop)
    leave = np.clip(leave, 1e-4, 1 - 1e-9)
    more = np.log1p(-dice.uniform("more", people.ids)) / np.log1p(-leave)
    counts = 1 + np.minimum((np.floor(more) * density).astype(np.int64), MOST_ORDERS)
    counts = np.where(people.walk_in, 1, counts)
    return np.where(people.prospect, 0, counts)


def _later_days(
    dice: Dice, clock_: Clock, people: People, in_store: Ints, start: Floats,
    person: Ints, ordinal: Ints, ids: Ints, density: float,
) -> Floats:  # fmt: skip
    """The day of every purchase: intervals are added up in operational time."""
    cycle = np.array([p.cycle for p in PERSONAS])[people.persona]
    cycle = cycle * np.exp(0.3 * dice.normal("tempo", people.ids))
    spread = np.array([p.spread for p in PERSONAS])[people.persona]
    gap = dice.lognormal("gap", ids, cycle[person] / density, spread[person])
    gap[ordinal == 0] = 0.0
    # Sums since each person's first order; in whole seconds, so that neighbours leave no rounding.
    total = np.cumsum((gap * DAY).astype(np.int64))
    begin = total[np.maximum(np.arange(len(ids)) - ordinal, 0)] if len(ids) else total
    elapsed = (total - begin) / DAY
    result = np.empty(len(ids))
    boundaries = np.arange(clock_.first.shape[-1], dtype=np.float64)
    for persona in range(len(PERSONAS)):
        for kind in (0, 1):
            mine = (people.persona[person] == persona) & (in_store[person] == kind)
            curve = clock_.operational[persona, kind]
            at = np.interp(start[person[mine]], boundaries, curve) + elapsed[mine]
            result[mine] = np.interp(at, curve, boundaries, right=len(boundaries) + 1.0)
    first = ordinal == 0
    result[first] = start[person[first]]
    return result


def _shop(
    dice: Dice, world: World, people: People, person: Ints, ordinal: Ints, ids: Ints, day: Ints
) -> Ints:
    """Mostly the first shop, sometimes the second; before a shop opened, the first online shop."""
    other = people.other_shop[person]
    # Who has moved to the brand's own mall or a store nearby tends to stay there.
    drift = 0.38 + 0.03 * np.minimum(ordinal, 10)
    away = (other >= 0) & (ordinal > 0) & dice.chance("order/other", ids, drift)
    shop = np.where(away, other, people.first_shop[person])
    opened = np.array([world.month_start(s.opened_month) for s in SHOPS])
    closed = world.days[day] < opened[shop]
    return np.where(closed, np.where(people.walk_in[person], STORES, TMALL), shop)


def _second_of_day(dice: Dice, world: World, shop: Ints, ids: Ints, day: Ints) -> Ints:
    weekend = (world.days[day] + 3) % 7 >= 5
    sale = world.promotion[day] == 2
    profile = np.where(shop >= STORES, 3, np.where(sale, 2, np.where(weekend, 1, 0)))
    hour = dice.pick_by_row("hour", ids, _HOURS, profile)
    return hour * 3600 + dice.below("second", ids, 3600)

"""The population: who the buyers are and which accounts they hold.

A person's number decides everything about them. Some facts are made on purpose so that the identity
screens have work: a second phone used on one platform, relatives who share one, a shop assistant
who typed her own phone into strangers' registrations, cards bound to a Tmall nick.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from huitou.demo import names
from huitou.demo.brand import JD, SHOPS, STORES, TMALL, YOUZAN
from huitou.demo.columns import codes, digits, join, only, pick
from huitou.demo.dice import Bools, Dice, Floats, Ints, cumulative, scattered
from huitou.demo.personas import PERSONAS
from huitou.demo.places import ESTATES, STREETS, places

PROSPECT_SHARE: Final = 0.06
"""Registered, never bought."""
WALK_IN: Final = 20_000_000
"""Numbers from here on are store customers who showed neither card nor phone."""
SECOND_PHONES: Final = 40_000_000
STRANGERS: Final = 60_000_000
STAFF_PHONES: Final = 90_000_000
STAFF_EVERY: Final = 5_000


@dataclass(frozen=True)
class People:
    """Columns over the persons of one chunk."""

    ids: Ints
    persona: Ints
    prospect: Bools
    walk_in: Bools
    female: Bools
    birth_year: Ints
    birth_month: Ints
    birth_day: Ints
    birth_lunar: Bools
    district: Ints  # position in places().districts
    city: Ints
    province: Ints
    first_shop: Ints  # position in SHOPS
    other_shop: Ints  # −1: shops in one place only
    thrift: Floats  # 0 … 1: how much coupons matter
    has_card: Bools
    in_tmall_list: Bools
    in_jd_list: Bools
    in_mall_list: Bools
    joined_lag: Floats  # days from first purchase to registration

    def __len__(self) -> int:
        return len(self.ids)

    def holds(self, shop: int) -> Bools:
        """Who shops at an online shop (0–2), or at any store (3)."""
        if shop < STORES:
            return np.asarray((self.first_shop == shop) | (self.other_shop == shop))
        return np.asarray((self.first_shop >= STORES) | (self.other_shop >= STORES))


def populate(dice: Dice, ids: Ints) -> People:
    """The persons with these numbers."""
    walk_in = ids >= WALK_IN
    persona = dice.pick("persona", ids, cumulative([p.share for p in PERSONAS]))
    female = dice.chance("female", ids, np.array([p.female for p in PERSONAS])[persona])
    born = np.array([p.born for p in PERSONAS], dtype=np.float64)[persona]
    year = np.round(born[:, 0] + born[:, 1] * dice.normal("born", ids)).astype(np.int64)
    year = np.clip(year, 1944, 2007)
    month = 1 + dice.below("birth/month", ids, 12)
    day = 1 + dice.below(
        "birth/day", ids, np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[month - 1]
    )
    lunar = dice.chance("birth/lunar", ids, np.clip((1985 - year) * 0.012 + 0.06, 0.02, 0.45))
    day = np.where(lunar, np.minimum(day, 29), day)
    district = _districts(dice, ids, persona)
    where = places()
    city = where.district_city[district]
    first, other = _shops(dice, ids, persona, city, walk_in)
    first_is_store = first >= STORES
    prospect = ~walk_in & dice.chance("prospect", ids, PROSPECT_SHARE)
    tm, jd, mall = (((first == shop) | (other == shop)) & ~walk_in for shop in (TMALL, JD, YOUZAN))
    loyal = other >= 0  # who shops in two places joins more often
    in_store = (first_is_store | (other >= STORES)) & ~walk_in
    return People(
        ids=ids,
        persona=persona,
        prospect=prospect,
        walk_in=walk_in,
        female=female,
        birth_year=year,
        birth_month=month,
        birth_day=day,
        birth_lunar=lunar,
        district=district,
        city=city,
        province=where.city_province[city],
        first_shop=first,
        other_shop=other,
        thrift=dice.uniform("thrift", ids) ** 0.8,
        has_card=in_store & (prospect | dice.chance("card", ids, 0.64)),
        in_tmall_list=tm & (prospect | dice.chance("list/tmall", ids, np.where(loyal, 0.9, 0.42))),
        in_jd_list=jd & (prospect | dice.chance("list/jd", ids, np.where(loyal, 0.88, 0.3))),
        in_mall_list=mall,
        joined_lag=dice.lognormal("joined", ids, 2.0, 2.2) - 1.0,
    )


def _districts(dice: Dice, ids: Ints, persona: Ints) -> Ints:
    """Home districts; yellow wine is drunk in the lower Yangtze, sweet drinks and gifts travel further."""
    where = places()
    weights = np.diff(where.district_cdf, prepend=0.0)
    near = np.isin(np.array(where.provinces), ["浙江省", "上海市", "江苏省"])[
        where.city_province[where.district_city]
    ]
    home = where.district_city == where.city_index["绍兴市"]
    pull = np.array([1.5, 2.1, 1.0, 0.75, 1.0, 1.6, 1.1])
    local = np.array([1.5, 2.2, 1.2, 0.7, 0.9, 1.5, 1.9])
    table = cumulative(
        weights * np.where(near, pull[:, None], 1.0) * np.where(home, local[:, None], 1.0)
    )
    return dice.pick_by_row("district", ids, table, persona)


def _shops(dice: Dice, ids: Ints, persona: Ints, city: Ints, walk_in: Bools) -> tuple[Ints, Ints]:
    """Where people shop first and, for some, second. Stores draw on their own city."""
    where = places()
    kinds = cumulative([p.shops for p in PERSONAS])
    first = dice.pick_by_row("shop/first", ids, kinds, persona)
    stores = np.arange(STORES, len(SHOPS))
    store_cities = np.array([where.city_index[SHOPS[n].city] for n in stores])
    reach = np.array([SHOPS[n].reach for n in stores])
    visited = STORES + dice.pick("shop/visited", ids, cumulative(reach))
    own = np.full(len(ids), -1, dtype=np.int64)
    for number, at in zip(stores, store_cities, strict=True):
        own[city == at] = number
    # In a city with a store the store is near; elsewhere it is a holiday visit to one of the five.
    near = np.append([SHOPS[n].near for n in stores], 0.0)[own - STORES]
    goes = (own >= 0) & dice.chance("shop/near", ids, near)
    strolls = (own < 0) & (first == 3) & dice.chance("shop/travel", ids, 0.45)
    fallback = dice.pick("shop/online", ids, cumulative([0.62, 0.22, 0.16]))
    first = np.where(goes, own, np.where(first < 3, first, fallback))
    first = np.where(strolls | walk_in, visited, first)
    has_other = ~walk_in & dice.chance("shop/two", ids, np.where(first >= STORES, 0.46, 0.31))
    near_store = (own >= 0) & (first < STORES) & dice.chance("shop/two/store", ids, 0.35)
    candidate = dice.pick_by_row(
        "shop/second",
        ids,
        cumulative(
            [[0.02, 0.50, 0.48], [0.68, 0.02, 0.30], [0.72, 0.26, 0.02], [0.34, 0.12, 0.54]]
        ),
        np.minimum(first, 3),
    )
    other = np.where(near_store, own, candidate)
    return first, np.where(has_other & (other != first), other, -1)


def phone_numbers(dice: Dice, people: People, where: str) -> Ints:
    """Which phone (see ``names.phones``) a person gives.

    ``where``: ``tmall``, ``jd``, ``mall``, ``store`` or ``receiver``. Mostly one's own;
    some people use a second phone at one place, a few share a relative's.
    """
    ids = people.ids
    number = np.where(dice.chance("phone/family", ids, 0.012), ids ^ 1, ids)
    number = np.where(number < WALK_IN, number, ids)
    second = dice.chance("phone/second", ids, 0.07)
    where_second = dice.below("phone/where", ids, 4)
    place = ("tmall", "jd", "mall", "store").index(where) if where != "receiver" else -1
    number = np.where(second & (where_second == place), SECOND_PHONES + ids, number)
    if where == "tmall":
        typed = dice.chance("phone/staff", ids, 8 / STAFF_EVERY)
        number = np.where(typed, STAFF_PHONES + ids // STAFF_EVERY, number)
    return number


@dataclass(frozen=True)
class Identities:
    """What the shops know people by; texts over the persons of one chunk."""

    name: pa.Array
    tmall_nick: pa.Array
    ouid: pa.Array
    omid: pa.Array  # NULL unless in Tmall's member list
    jd_pin: pa.Array
    open_id: pa.Array
    unionid: pa.Array  # NULL for who never opened the mall inside WeChat
    wechat_nick: pa.Array
    card_no: pa.Array  # NULL without a card
    email: pa.Array
    phone: dict[str, pa.Array]


def identify(dice: Dice, people: People) -> Identities:
    """Names, account names, ids and phones."""
    ids = people.ids
    ouid = codes(dice.bits("ouid/1", ids), dice.bits("ouid/2", ids), 20, prefix="AAE")
    omid = codes(dice.bits("omid/1", ids), dice.bits("omid/2", ids), 20, prefix="AAH")
    open_id = codes(dice.bits("open/1", ids), dice.bits("open/2", ids), 16, prefix="")
    union = codes(dice.bits("union/1", ids), dice.bits("union/2", ids), 20, prefix="oZhf5t")
    return Identities(
        name=names.full_names(dice, ids, people.female, people.birth_year),
        tmall_nick=names.taobao_nicks(dice, ids),
        ouid=ouid,
        omid=only(omid, people.in_tmall_list & dice.chance("omid", ids, 0.8)),
        jd_pin=names.jd_pins(dice, ids),
        open_id=open_id,
        unionid=only(union, dice.chance("union", ids, 0.82)),
        wechat_nick=names.wechat_nicks(dice, ids),
        card_no=only(digits(scattered(ids, 10**8, 5), 8, prefix="8806"), people.has_card),
        email=names.emails(ids, names.spelled(dice, ids)),
        phone={
            place: names.phones(phone_numbers(dice, people, place))
            for place in ("tmall", "jd", "mall", "store", "receiver")
        },
    )


def streets(dice: Dice, homes: Ints) -> pa.Array:
    """Street, number, estate, building and flat of each home."""
    return join(
        pick(pa.array(STREETS), dice.below("street", homes, len(STREETS))),
        digits_text(1 + dice.below("house", homes, 480)),
        pa.scalar("号"),
        pick(pa.array(ESTATES), dice.below("estate", homes, len(ESTATES))),
        digits_text(1 + dice.below("building", homes, 28)),
        pa.scalar("幢"),
        digits_text(1 + dice.below("unit", homes, 3)),
        pa.scalar("单元"),
        digits_text((1 + dice.below("floor", homes, 18)) * 100 + 1 + dice.below("flat", homes, 3)),
        pa.scalar("室"),
    )


def digits_text(values: Ints) -> pa.Array:
    """Numbers without padding."""
    return pa.array(values).cast(pa.string())

"""Member lists as the shops' back offices export them: what ties one person's accounts together.

Tmall's list knows nick, ouid, omid and a phone (some with the store card bound to it), JD's a pin and
a phone, the mall's customers a phone, open id and unionid, the stores' cards a number and a phone.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from huitou.demo.brand import JD, LEVELS, SHOPS, STORES, TMALL, YOUZAN
from huitou.demo.columns import DAY, choose, instants, join, numbers, only, pick
from huitou.demo.dice import Bools, Dice, Floats, Ints
from huitou.demo.people import Identities, People, streets
from huitou.demo.places import places
from huitou.demo.season import World
from huitou.demo.trades import SOURCES
from huitou.intake.canonical import table_of

_TASTES: Final = ("半干", "半甜", "甜型", "干型", "都可以")
_OCCASIONS: Final = ("自饮", "送长辈", "送朋友", "宴请", "做菜")
_ORIGINS: Final = ("包裹卡", "直播间", "门店推荐", "朋友分享", "公众号", "短信")
_LEVEL_STEPS: Final = np.array([2, 4, 8])


def member_list(
    dice: Dice, world: World, people: People, known: Identities, start: Floats, purchases: Ints,
    last_purchase: Ints, shop: int, shop_number: int,
) -> tuple[pa.Table, pa.Table]:  # fmt: skip
    """One shop's list: (``profiles``, ``profile_attributes`` whose row_no counts from 0).

    ``start``: day (from the world's first) of each person's first purchase; ``purchases`` and
    ``last_purchase`` (seconds): as of now.
    """
    lag = np.clip(people.joined_lag, 0.02, 400.0)
    joined = (int(world.days[0]) * DAY + (start + lag) * DAY).astype(np.int64)
    opened = world.month_start(SHOPS[shop].opened_month) * DAY
    # Those who bought before the list existed joined in its first months.
    late = opened + (dice.uniform("joined/late", people.ids) * 90 * DAY).astype(np.int64)
    joined = np.where(joined < opened, late, joined)
    rows = np.flatnonzero(_listed(people, shop) & (joined <= world.present))
    ids, joined = people.ids[rows], joined[rows]
    who = pa.array(rows)
    version = np.maximum(joined, last_purchase[rows])
    where = places()
    place = ("tmall", "jd", "mall", "store")[min(shop, STORES)]
    shares = {
        TMALL: (0.72, 0.42, 0.55),
        JD: (0.4, 0.12, 0.3),
        YOUZAN: (0.62, 0.33, 0.7),
        STORES: (0.9, 0.74, 0.8),
    }
    gender_share, birthday_share, region_share = shares[min(shop, STORES)]
    tells_gender = dice.chance(f"list/gender/{place}", ids, gender_share)
    tells_birthday = dice.chance(f"list/birthday/{place}", ids, birthday_share)
    tells_year = tells_birthday & dice.chance(f"list/year/{place}", ids, 0.86)
    tells_region = dice.chance(f"list/region/{place}", ids, region_share)
    has_phone = dice.chance(
        f"list/phone/{place}",
        ids,
        {TMALL: 0.93, JD: 0.9, YOUZAN: 0.95, STORES: 0.97}[min(shop, STORES)],
    )
    has_email = dice.chance(f"list/email/{place}", ids, 0.07)
    wecom = (shop == YOUZAN) & dice.chance("wecom", ids, 0.27)
    level = np.searchsorted(_LEVEL_STEPS, purchases[rows], side="right")
    nothing: pa.Array = pa.nulls(len(rows), pa.string())
    nick = {TMALL: known.tmall_nick, JD: known.jd_pin, YOUZAN: known.wechat_nick}.get(shop)
    home = choose(
        tells_region & dice.chance(f"list/street/{place}", ids, 0.4 if shop >= STORES else 0.0),
        streets(dice, ids * 2), nothing,
    )  # fmt: skip
    bound = (shop == TMALL) & dice.chance("list/bound", ids, 0.35) | (shop >= STORES)
    profiles = table_of(
        "profiles",
        {
            "row_no": numbers(np.arange(len(rows)), pa.int64()),
            "shop": numbers(np.full(len(rows), shop_number), pa.int32()),
            "gender": pick(
                pa.array(["m", "f"]), people.female[rows].astype(np.int64), tells_gender
            ),
            "birth_year": numbers(people.birth_year[rows], pa.int16(), tells_year),
            "birth_month": numbers(people.birth_month[rows], pa.int8(), tells_birthday),
            "birth_day": numbers(people.birth_day[rows], pa.int8(), tells_birthday),
            "birth_lunar": numbers(people.birth_lunar[rows], pa.bool_(), tells_birthday),
            "province": pick(pa.array(where.provinces), people.province[rows], tells_region),
            "city": pick(pa.array(where.cities), people.city[rows], tells_region),
            "district": pick(
                pa.array(where.districts), people.district[rows], tells_region & (shop >= STORES)
            ),
            "joined_at": instants(joined),
            "level": pick(pa.array(LEVELS), level),
            "has_phone": pa.array(has_phone),
            "has_email": pa.array(has_email),
            "has_wecom": pa.array(wecom),
            "source": pick(SOURCES, np.full(len(rows), shop)),
            "version_at": instants(version),
            "nick": nothing if nick is None else nick.take(who),
            "name": only(known.name.take(who), dice.chance(f"list/name/{place}", ids, 0.75)),
            "phone": only(known.phone[place].take(who), has_phone),
            "email": only(known.email.take(who), has_email),
            "card_no": only(known.card_no.take(who), bound),
            "ouid": known.ouid.take(who) if shop == TMALL else nothing,
            "omid": known.omid.take(who) if shop == TMALL else nothing,
            "unionid": known.unionid.take(who) if shop == YOUZAN else nothing,
            "open_id": known.open_id.take(who) if shop == YOUZAN else nothing,
            "wecom_id": only(_wecom_ids(known, who), wecom),
            "address": home,
        },
        len(rows),
    )
    return profiles, _attributes(dice, people, rows, version, shop)


def _wecom_ids(known: Identities, who: pa.Array) -> pa.Array:
    return join(pa.scalar("wm"), known.ouid.take(who))


def _listed(people: People, shop: int) -> Bools:
    if shop == TMALL:
        return people.in_tmall_list
    if shop == JD:
        return people.in_jd_list
    if shop == YOUZAN:
        return people.in_mall_list
    home = np.where(people.first_shop >= STORES, people.first_shop, people.other_shop)
    result: Bools = people.has_card & (home == shop)
    return result


def _attributes(dice: Dice, people: People, rows: Ints, version: Ints, shop: int) -> pa.Table:
    """Custom fields that the mall and the stores ask for."""
    if shop < YOUZAN:
        return table_of("profile_attributes", {}, 0)
    ids = people.ids[rows]
    parts: list[pa.Table] = []
    for name, share, options in (
        ("口味偏好", 0.34, _TASTES),
        ("购买用途", 0.30, _OCCASIONS),
        ("来源渠道", 0.55, _ORIGINS),
    ):
        told = np.flatnonzero(dice.chance(f"attribute/{name}", ids, share))
        value = dice.below(f"attribute/{name}/value", ids[told], len(options))
        parts.append(
            table_of(
                "profile_attributes",
                {
                    "row_no": numbers(told, pa.int64()),
                    "name": pa.scalar(name),
                    "value": pick(pa.array(options), value),
                    "version_at": instants(version[told]),
                },
                len(told),
            )
        )
    return pa.concat_tables(parts)

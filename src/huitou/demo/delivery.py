"""To whom an order is sent: mostly home or the office, often enough to somebody else.

Presents go to a few friends and relatives of the buyer. Some of these buy themselves, so that one
person's receiver is another person's phone: what the identity screens must suggest, and must not merge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.demo import names
from huitou.demo.brand import JD, STORES
from huitou.demo.columns import choose, join, pick
from huitou.demo.dice import Bools, Dice, Ints
from huitou.demo.orders import Orders
from huitou.demo.people import STRANGERS, WALK_IN, People, phone_numbers, populate, streets
from huitou.demo.personas import PERSONAS
from huitou.demo.places import places

_STRANGER_SPAN: Final = 30_000_000
_SHOWN_TAIL: Final = 4


@dataclass(frozen=True)
class Destinations:
    """Per order: the person and home it is sent to, and the region. Stores: the buyer, nothing sent."""

    receivers: People  # distinct receivers
    receiver: Ints  # row in ``receivers``
    home: Ints  # number of the address
    district: Ints
    province: Ints
    is_gift: Bools


def address(dice: Dice, people: People, orders: Orders, members: int) -> Destinations:
    """Where the orders go."""
    ids = orders.ids
    buyer = people.ids[orders.person]
    share = np.array([p.gift for p in PERSONAS])[people.persona[orders.person]]
    gift = (orders.shop < STORES) & dice.chance("gift", ids, share)
    slot = dice.below("gift/slot", ids, 3)
    relation = buyer * 4 + slot
    buys_too = dice.chance("gift/buyer", relation, 0.22)
    friend = dice.below("gift/friend", relation, max(members, 1))
    stranger = STRANGERS + (
        dice.bits("gift/stranger", relation) % np.uint64(_STRANGER_SPAN)
    ).astype(np.int64)
    person = np.where(gift, np.where(buys_too, friend, stranger), buyer)
    distinct, receiver = np.unique(person, return_inverse=True)
    receivers = populate(dice, distinct)
    office = ~gift & dice.chance("office/has", buyer, 0.16) & dice.chance("office", ids, 0.6)
    where = places()
    district = receivers.district[receiver]
    return Destinations(
        receivers=receivers,
        receiver=receiver.astype(np.int64),
        home=person * 2 + office,
        district=district,
        province=where.city_province[where.district_city[district]],
        is_gift=gift,
    )


@dataclass(frozen=True)
class Labels:
    """What is written on the parcels; NULL for store sales."""

    name: pa.Array
    phone: pa.Array
    address: pa.Array


def label(dice: Dice, orders: Orders, to: Destinations) -> Labels:
    """Receiver's name, phone and address as the platforms export them (JD masks the phone)."""
    people = to.receivers
    name = names.full_names(dice, people.ids, people.female, people.birth_year)
    numbers = phone_numbers(dice, people, "receiver")
    numbers = np.where(people.ids >= WALK_IN, people.ids, numbers)
    phone = names.phones(numbers)
    sent = orders.shop < STORES
    full = pick(phone, to.receiver, present=sent)
    masked = join(pa.scalar("1******"), tail(full))
    where = places()
    city = where.district_city[to.district]
    lines = join(
        pick(pa.array(where.provinces), to.province), pa.scalar(" "),
        pick(pa.array(where.cities), city), pa.scalar(" "),
        pick(pa.array(where.districts), to.district), pa.scalar(" "),
        streets(dice, to.home),
    )  # fmt: skip
    return Labels(
        name=pick(name, to.receiver, present=sent),
        phone=choose(orders.shop == JD, masked, full),
        address=choose(sent, lines, pa.nulls(len(orders), pa.string())),
    )


def tail(phones: pa.Array) -> pa.Array:
    """The last four digits."""
    return pc.utf8_slice_codeunits(phones, -_SHOWN_TAIL)

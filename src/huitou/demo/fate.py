"""What becomes of an order: paid or not, shipped, signed, refunded, finished — every planned instant.

All is planned when the order is placed; ``as_seen`` then hides what lies after the present. So at any
present there are orders in every state, and a later look finds the same orders further on.
Order kept: created ≤ paid ≤ shipped ≤ signed ≤ finished, and refunded ≤ paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from huitou.demo.baskets import Bills, Lines
from huitou.demo.brand import JD, STORES, TMALL, YOUZAN
from huitou.demo.catalogue import catalogue
from huitou.demo.columns import DAY
from huitou.demo.dice import Bools, Dice, Floats, Ints, cumulative
from huitou.demo.orders import Orders
from huitou.demo.people import People
from huitou.demo.personas import PERSONAS
from huitou.demo.places import places
from huitou.demo.season import EPOCH, World
from huitou.warehouse.schema import STATUSES

HOUR: Final = 3_600
NEVER: Final = 1 << 60
"""An instant that never comes."""

WELL, STALLED, DAMAGED, REFUSED, UNREACHABLE, STRAYED, RECALLED = range(7)
"""How the parcel fares; ``RECALLED``: sent back because the buyer wants the money back."""
_TROUBLES: Final = np.array([STALLED, DAMAGED, REFUSED, UNREACHABLE, STRAYED])
_TROUBLE_SHARES: Final = cumulative([0.44, 0.17, 0.11, 0.17, 0.11])
TROUBLE_SHARE: Final = 0.021

NO_REFUND, BEFORE_SHIPPING, ON_THE_ROAD, RETURN, COMPENSATION, DECLINED = range(6)
"""Kinds of refund: money back before shipping; a parcel that never arrives; goods sent back; a part
of the price for a flaw; asked for and turned down."""

COMPANY: Final = [p.code for p in PERSONAS].index("company")
CUSTOM_ITEMS: Final = ("LH011", "JT004")
"""Made to order all year: a deposit, then the rest."""


@dataclass(frozen=True)
class Fate:
    """Planned instants (seconds on the brand's clock, ``NEVER``) and outcomes per order."""

    pending: Ints  # a bank transfer is on its way
    deposit: Ints  # deposit paid
    presale: Bools
    paid: Ints
    shipped: Ints
    second_shipped: Ints  # of orders sent in two parcels
    signed: Ints
    finished: Ints
    closed: Ints
    refund: Ints  # kind
    refund_applied: Ints
    refund_done: Ints
    refund_amount: Ints
    trouble: Ints
    carrier_days: Floats  # usual days on the road
    sign_kind: Ints  # 0 self, 1 proxy, 2 locker


def foresee(
    dice: Dice,
    world: World,
    people: People,
    orders: Orders,
    lines: Lines,
    bills: Bills,
    province: Ints,
) -> Fate:
    """Plan the life of every order; ``province``: where it is sent."""
    ids, created = orders.ids, orders.created
    store = orders.shop >= STORES
    presale, final_due = _presale(dice, orders, lines, bills)
    unpaid = _left_unpaid(dice, people, orders)
    # Half pay within a minute and a half; a tenth takes more than half an hour.
    delay = dice.lognormal("pay/delay", ids, 75.0, 1.9).astype(np.int64) + 8
    timeout = np.array([DAY, DAY, HOUR, NEVER])[np.minimum(orders.shop, 3)]
    delay = np.minimum(delay, np.minimum(timeout, DAY) - 60)
    deposit = np.where(presale & ~unpaid, created + delay, NEVER)
    forfeited = presale & ~unpaid & dice.chance("forfeit", ids, 0.07)
    final_delay = dice.lognormal("final/delay", ids, 1.4 * HOUR, 1.5).astype(np.int64)
    final = np.maximum(final_due, deposit) + np.minimum(final_delay, 3 * DAY)
    # Companies transfer from their bank, which takes until the next working day.
    company = people.persona[orders.person] == COMPANY
    transfer = (
        dice.chance("transfer", ids, np.where(company, 0.8, 0.004)) & ~presale & ~store & ~unpaid
    )
    bank = (5 + 44 * dice.uniform("transfer/hours", ids)) * HOUR
    pending = np.where(transfer, created + delay, NEVER)
    paid = np.where(presale, final, created + delay + np.where(transfer, bank, 0).astype(np.int64))
    paid = np.where(store, created, np.where(unpaid | forfeited, NEVER, paid))
    closed = np.where(unpaid & ~store, created + timeout, NEVER)
    closed = np.where(forfeited, final_due + 3 * DAY, closed)

    refund, applied_after = _early_refunds(dice, orders, paid)
    shipped = _shipping(dice, world, orders, paid, bills)
    before = refund == BEFORE_SHIPPING
    applied = np.where(before, paid + applied_after, NEVER)
    before &= applied < shipped
    refund = np.where((refund == BEFORE_SHIPPING) & ~before, NO_REFUND, refund)
    shipped = np.where(before | store, NEVER, shipped)

    trouble = _troubles(dice, world, ids, shipped)
    road_days, signed, sign_kind = _road(dice, world, province, orders, shipped, trouble)
    second = _second_parcels(dice, bills, lines, ids, shipped, signed, trouble)
    refund, applied, signed = _later_refunds(
        dice, orders, refund, applied, shipped, signed, trouble, road_days
    )
    amount = _refund_amounts(dice, orders, lines, bills, refund)
    refund = np.where((amount == 0) & (refund != NO_REFUND), NO_REFUND, refund)
    applied = np.where(refund == NO_REFUND, NEVER, applied)
    done = _refund_ends(dice, ids, refund, applied)
    full = (refund != DECLINED) & (amount >= bills.due) & (refund != NO_REFUND)
    confirm = signed + _confirmation(dice, orders, shipped, signed)
    finished = np.where(store, created, np.where(signed < NEVER, confirm, NEVER))
    finished = np.where(
        (refund != NO_REFUND) & ~full & (finished < NEVER), np.maximum(finished, done), finished
    )
    finished = np.where(full, NEVER, finished)
    closed = np.where(full, done, closed)
    return Fate(
        pending, deposit, presale, paid, shipped, second, signed, finished, closed, refund, applied,
        np.where(refund == NO_REFUND, NEVER, done), amount, trouble, road_days, sign_kind,
    )  # fmt: skip


def _left_unpaid(dice: Dice, people: People, orders: Orders) -> Bools:
    """Who never pays: newcomers and bargain hunters more often; at a till nobody."""
    share = np.array([0.108, 0.055, 0.118, 0.0])[np.minimum(orders.shop, 3)]
    share = (
        share
        * np.where(orders.ordinal == 0, 1.2, 0.85)
        * (0.7 + 0.6 * people.thrift[orders.person])
    )
    return dice.chance("unpaid", orders.ids, share)


def _presale(dice: Dice, orders: Orders, lines: Lines, bills: Bills) -> tuple[Bools, Ints]:
    """Orders by deposit, and when the rest falls due."""
    day = orders.created // DAY
    years = np.unique(1970 + day // 365.2425).astype(np.int64)
    due = np.full(len(orders), NEVER)
    for year in range(int(years.min(initial=2100)) - 1, int(years.max(initial=2099)) + 2):
        for start, end, pay in (
            ((10, 15), (10, 30), (10, 31)),
            ((11, 4), (11, 9), (11, 10)),
            ((5, 26), (6, 12), (6, 16)),
        ):
            first, last, due_day = ((date(year, *at) - EPOCH).days for at in (start, end, pay))
            inside = (day >= first) & (day <= last)
            due[inside] = due_day * DAY + 20 * HOUR
    market = (orders.shop == TMALL) | (orders.shop == JD)
    sale = market & (due < NEVER) & dice.chance("presale", orders.ids, 0.30)
    goods = catalogue()
    custom_items = [n for n, item in enumerate(goods.items) if item.code in CUSTOM_ITEMS]
    custom = (orders.shop < STORES) & np.isin(
        goods.sku_item[lines.sku[bills.first_line]], custom_items
    )
    made = orders.created + DAY * 4 + dice.below("made", orders.ids, 5 * DAY)
    return sale | custom, np.where(custom, made, due)


def _early_refunds(dice: Dice, orders: Orders, paid: Ints) -> tuple[Ints, Ints]:
    """Money back before shipping: second thoughts, mostly within hours."""
    wants = (orders.shop < STORES) & (paid < NEVER) & dice.chance("refund/early", orders.ids, 0.015)
    after = dice.lognormal("refund/early/after", orders.ids, 2.5 * HOUR, 1.1).astype(np.int64)
    return np.where(wants, BEFORE_SHIPPING, NO_REFUND), after


def _shipping(dice: Dice, world: World, orders: Orders, paid: Ints, bills: Bills) -> Ints:
    """The warehouse packs from 9 to 18 h; what is paid after 15 h leaves the next day; sales pile up."""
    known = np.where(paid < NEVER, paid, 0)
    pack_day = known // DAY + (known % DAY > 15 * HOUR)
    day_index = np.clip(known // DAY - int(world.days[0]), 0, len(world.days) - 1)
    rush = (world.curves_online[0][day_index] > 2.2) | (world.promotion[day_index] == 2)
    wait = dice.pick_by_row(
        "ship/wait",
        orders.ids,
        cumulative([[0.86, 0.12, 0.02, 0.0], [0.52, 0.30, 0.13, 0.05]]),
        rush.astype(np.int64),
    )
    bulky = bills.units > 40
    hour = 10.0 + 7.0 * dice.uniform("ship/hour", orders.ids) ** 0.7
    shipped = (pack_day + wait + 2 * bulky) * DAY + (hour * HOUR).astype(np.int64)
    shipped = np.maximum(shipped, known + 25 * 60)
    return np.where(paid < NEVER, shipped, NEVER)


def _troubles(dice: Dice, world: World, ids: Ints, shipped: Ints) -> Ints:
    """What happens to a fiftieth of the parcels. In the fortnight before the anchor the hubs are
    overloaded, so that the care and service screens have something to show."""
    anchor = int(world.days[0]) + world.anchor_index
    lately = (shipped >= (anchor - 14) * DAY) & (shipped < (anchor + 3) * DAY)
    share = np.where(lately, 3 * TROUBLE_SHARE, TROUBLE_SHARE)
    hit = (shipped < NEVER) & dice.chance("trouble", ids, share)
    return np.where(hit, _TROUBLES[dice.pick("trouble/kind", ids, _TROUBLE_SHARES)], WELL)


def _road(
    dice: Dice, world: World, province: Ints, orders: Orders, shipped: Ints, trouble: Ints
) -> tuple[Floats, Ints, Ints]:
    """Usual days on the road, when the parcel is signed for, and by whom."""
    ids = orders.ids
    base = places().province_days[province]
    base = base * np.where(orders.shop == JD, 0.8, 1.0)
    sent = np.where(shipped < NEVER, shipped, 0)
    day_index = np.clip(sent // DAY - int(world.days[0]), 0, len(world.days) - 1)
    crowded = np.where(world.curves_online[0][day_index] > 2.2, 1.5, 1.0)
    days = base * crowded * dice.lognormal("road", ids, 1.0, 0.16)
    late = np.select(
        [trouble == STALLED, trouble == UNREACHABLE, trouble == STRAYED],
        [
            3.0 + 5.0 * dice.uniform("late", ids),
            1.0 + 2.0 * dice.uniform("late", ids),
            2.0 + 2.0 * dice.uniform("late", ids),
        ],
        0.0,
    )
    arrival = sent + ((days + late) * DAY).astype(np.int64)
    kind = dice.pick("signer", ids, cumulative([0.40, 0.09, 0.51]))
    # Couriers bring parcels from 9 to 19 h; from a locker they are fetched in the evening, or days later.
    hour = np.where(
        kind == 2,
        15.0 + 6.5 * dice.uniform("fetch/hour", ids),
        9.0 + 10.0 * dice.uniform("sign/hour", ids),
    )
    wait = np.where(
        kind == 2, dice.pick("fetch/wait", ids, cumulative([0.62, 0.25, 0.08, 0.05])), 0
    )
    signed = (arrival // DAY + wait) * DAY + (hour * HOUR).astype(np.int64)
    signed = np.maximum(signed, sent + 9 * HOUR)
    arrives = (shipped < NEVER) & (trouble != DAMAGED) & (trouble != REFUSED)
    return days + late, np.where(arrives, signed, NEVER), kind


def _second_parcels(
    dice: Dice, bills: Bills, lines: Lines, ids: Ints, shipped: Ints, signed: Ints, trouble: Ints
) -> Ints:
    """Some larger orders leave in two parcels, the second up to a day later."""
    count = np.diff(np.append(bills.first_line, len(lines)))
    split = (count >= 2) & (signed < NEVER) & (trouble == WELL)
    split &= dice.chance("split", ids, np.where(count >= 4, 0.22, 0.08))
    later = shipped + 2 * HOUR + dice.below("split/later", ids, 22 * HOUR)
    # The second catches up on the way: both are signed for together.
    return np.where(split & (later - shipped < (signed - shipped) * 2 // 5), later, NEVER)


def _later_refunds(
    dice: Dice, orders: Orders, refund: Ints, applied: Ints, shipped: Ints, signed: Ints,
    trouble: Ints, road_days: Floats,
) -> tuple[Ints, Ints, Ints]:  # fmt: skip
    """Refunds after shipping: parcels in trouble nearly always, slow ones more often than quick ones."""
    ids = orders.ids
    free = (refund == NO_REFUND) & (shipped < NEVER)
    lost = free & ((trouble == DAMAGED) | (trouble == REFUSED))
    gives_up = free & (trouble == STALLED) & dice.chance("refund/stalled", ids, 0.3)
    recalled = lost | gives_up
    share = np.where(trouble != WELL, 0.10, np.where(road_days > 4.5, 0.042, 0.025))
    after = free & ~recalled & (signed < NEVER) & dice.chance("refund/after", ids, share)
    kind = np.array([RETURN, COMPENSATION, DECLINED])[
        dice.pick("refund/kind", ids, cumulative([0.40, 0.48, 0.12]))
    ]
    at_store = (orders.shop >= STORES) & dice.chance("refund/store", ids, 0.008)
    refund = np.where(
        recalled, ON_THE_ROAD, np.where(after, kind, np.where(at_store, RETURN, refund))
    )
    # Damage is seen at the hub, a refusal at the door, patience ends after some days.
    days = np.where(
        trouble == STALLED, 3.2 + 1.5 * dice.uniform("patience", ids), 0.9 * road_days + 0.2
    )
    on_road = np.where(shipped < NEVER, shipped, 0) + (days * DAY).astype(np.int64)
    later = np.where(signed < NEVER, signed, orders.created)
    later = later + (dice.lognormal("refund/after/days", ids, 0.9, 0.9) * DAY).astype(np.int64)
    applied = np.where(recalled, on_road, np.where(after | at_store, later, applied))
    return refund, applied, np.where(recalled, NEVER, signed)


def _refund_amounts(dice: Dice, orders: Orders, lines: Lines, bills: Bills, refund: Ints) -> Ints:
    """All of it, one line of it, or a few yuan for a broken bottle."""
    first_due = lines.due[bills.first_line] if len(lines) else np.zeros(0, dtype=np.int64)
    whole = (refund == BEFORE_SHIPPING) | (refund == ON_THE_ROAD)
    part = (refund == RETURN) & dice.chance("refund/all", orders.ids, 0.55)
    few = (first_due * (0.1 + 0.3 * dice.uniform("refund/part", orders.ids))).astype(np.int64)
    few = np.minimum(np.maximum(few // 100 * 100, 100), first_due)
    # What is asked for in vain is an amount too, but never paid.
    amount = np.select(
        [whole | part, refund == NO_REFUND, refund == RETURN], [bills.due, 0, first_due], few
    )
    return np.asarray(np.minimum(amount, bills.due), dtype=np.int64)


def _refund_ends(dice: Dice, ids: Ints, refund: Ints, applied: Ints) -> Ints:
    hours = np.select(
        [
            refund == BEFORE_SHIPPING,
            refund == ON_THE_ROAD,
            refund == RETURN,
            refund == COMPENSATION,
        ],
        [
            dice.lognormal("refund/end", ids, 3.0, 1.0),
            dice.lognormal("refund/end", ids, 60.0, 0.5),
            dice.lognormal("refund/end", ids, 120.0, 0.4),
            dice.lognormal("refund/end", ids, 9.0, 1.0),
        ],
        dice.lognormal("refund/end", ids, 30.0, 0.6),
    )
    return np.where(refund == NO_REFUND, NEVER, applied + (hours * HOUR).astype(np.int64) + 600)


def _confirmation(dice: Dice, orders: Orders, shipped: Ints, signed: Ints) -> Ints:
    """A third confirms within days; the platform does it for the others, ten days after shipping.

    JD does it at once.
    """
    soon = (dice.lognormal("confirm", orders.ids, 1.1, 1.0) * DAY).astype(np.int64)
    auto = np.where(orders.shop == YOUZAN, 7 * DAY, 10 * DAY)
    left = np.maximum(
        np.where(shipped < NEVER, shipped, 0) + auto - np.where(signed < NEVER, signed, 0), HOUR
    )
    active = dice.chance("confirm/active", orders.ids, 0.36)
    wait = np.where(active, np.minimum(soon, left), left)
    return np.where(orders.shop == JD, HOUR // 2, wait)


STEPS: Final = (
    "pending",
    "deposit",
    "paid",
    "shipped",
    "second_shipped",
    "signed",
    "finished",
    "closed",
)
"""The instants of ``Fate`` in the order in which they come."""


@dataclass(frozen=True)
class Seen:
    """An order as it stands at the present instant."""

    status: Ints  # position in STATUSES
    paid_amount: Ints
    refunded: Ints
    version: Ints  # the last instant at which anything happened to it


def as_seen(fate: Fate, orders: Orders, bills: Bills, present: int) -> Seen:
    """Hide the future: the state of each order now."""
    has = {name: getattr(fate, name) <= present for name in STEPS}
    code = {name: number for number, name in enumerate(STATUSES)}
    status = np.full(len(orders), code["unpaid"], dtype=np.int64)
    status[has["pending"]] = code["pay_pending"]
    status[fate.presale & has["deposit"]] = code["deposit_paid"]
    status[has["paid"]] = code["paid"]
    status[has["shipped"]] = code["shipped"]
    status[has["shipped"] & (fate.second_shipped < NEVER) & ~has["second_shipped"]] = code[
        "part_shipped"
    ]
    status[has["signed"]] = code["signed"]
    status[has["finished"]] = code["finished"]
    status[has["closed"]] = code["closed_unpaid"]
    status[has["closed"] & has["paid"]] = code["closed_refunded"]
    deposit = np.where(has["deposit"] & fate.presale & ~has["closed"], bills.due // 10, 0)
    gives_back = (
        (fate.refund != NO_REFUND) & (fate.refund != DECLINED) & (fate.refund_done <= present)
    )
    version = orders.created.copy()
    for name in (*STEPS, "refund_applied", "refund_done"):
        at = getattr(fate, name)
        version = np.where(at <= present, np.maximum(version, at), version)
    return Seen(
        status=status,
        paid_amount=np.where(has["paid"], bills.due, deposit),
        refunded=np.where(gives_back, fate.refund_amount, 0),
        version=version,
    )

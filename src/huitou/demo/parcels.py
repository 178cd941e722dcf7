"""Parcels and their traces: from the courier's branch in Shaoxing through real hub cities to the door.

Every step has a planned instant; steps after the present are not there yet. The current state of a
parcel is that of its last step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from huitou.demo.columns import DAY, digits, instants, join, numbers, pick
from huitou.demo.dice import Bools, Dice, Ints, cumulative, scattered
from huitou.demo.fate import (
    DAMAGED,
    HOUR,
    NEVER,
    REFUSED,
    STALLED,
    STRAYED,
    UNREACHABLE,
)
from huitou.demo.places import places
from huitou.demo.trades import SOURCES, Sale
from huitou.intake.canonical import table_of

CARRIERS: Final[tuple[tuple[str, str, int], ...]] = (
    # name, how its waybills begin, digits after that
    ("中通快递", "78", 12), ("圆通速递", "YT", 13), ("韵达快递", "43", 13), ("申通快递", "77", 13),
    ("极兔速递", "JT", 13), ("顺丰速运", "SF", 13), ("京东快递", "JDVB", 12), ("邮政快递包裹", "98", 12),
)  # fmt: skip
_SHARES: Final = cumulative(
    [[34, 22, 14, 10, 9, 9, 0, 2], [3, 2, 0, 0, 0, 5, 89, 1], [52, 10, 0, 0, 0, 34, 0, 4]]
)
TRACE_DAYS: Final = 180
"""Carriers' hubs keep traces for half a year: older parcels come without."""

_STEPS: Final = (
    # state, share of the way to the door
    ("picked_up", 0.04), ("in_transit", 0.10), ("in_transit", 0.22), ("in_transit", 0.28),
    ("in_transit", 0.64), ("in_transit", 0.70), ("arrived_city", 0.86),
)  # fmt: skip
_HUB_PARTS: Final = ("枢纽中心", "转运中心", "分拨中心", "中转部")
_SIGNED_BY: Final = ("signed:self", "signed:proxy", "signed:locker")
_LOCKERS: Final = ("菜鸟驿站", "丰巢智能柜", "妈妈驿站", "小区便利店代收点", "兔喜生活")


@dataclass(frozen=True)
class Parcels:
    """Parcels that have left; ``order`` is the row in ``Orders``."""

    ids: Ints
    order: Ints
    shipped: Ints
    carrier: Ints
    waybill: pa.Array

    def __len__(self) -> int:
        return len(self.ids)


def parcels_of(dice: Dice, sale: Sale) -> Parcels:
    """The parcels handed over by now; some orders have two."""
    fate, orders, present = sale.fate, sale.orders, sale.world.present
    first = np.flatnonzero(fate.shipped <= present)
    second = np.flatnonzero(fate.second_shipped <= present)
    order = np.concatenate([first, second])
    ids = np.concatenate([orders.ids[first] * 2, orders.ids[second] * 2 + 1])
    shipped = np.concatenate([fate.shipped[first], fate.second_shipped[second]])
    carrier = dice.pick_by_row(
        "carrier", orders.ids[order], _SHARES, np.minimum(orders.shop[order], 2)
    )
    mixed = scattered(ids, 10**12, 8)
    waybills = [digits(mixed, width, prefix=prefix) for _, prefix, width in CARRIERS]
    size = len(ids)
    if not size:
        return Parcels(ids, order, shipped, carrier, pa.array([], pa.string()))
    waybill = pa.concat_arrays(waybills).take(pa.array(carrier * size + np.arange(size)))
    return Parcels(ids, order, shipped, carrier, waybill)


def traces(dice: Dice, sale: Sale, parcels: Parcels, since: int) -> tuple[pa.Table, Ints, Ints]:
    """Trace rows of the parcels shipped after ``since``: (``parcel_events``, parcel row of each, state now).

    The state now is a position in ``STATES`` per parcel; −1 without a trace yet.
    """
    plan = _Plan(dice, sale, parcels)
    events = plan.events()
    size = len(parcels)
    at = np.concatenate([event.at for event in events]) if events else np.zeros(0, dtype=np.int64)
    row = np.concatenate([event.rows for event in events])
    state = np.concatenate(
        [np.full(len(event.rows), STATES.index(event.state)) for event in events]
    )
    seen = at <= sale.world.present
    # The last step seen is the state; steps of one instant keep the order they are listed in.
    order = np.lexsort((np.arange(len(at)), at, row))
    order = order[seen[order]]
    now = np.full(size, -1, dtype=np.int64)
    now[row[order]] = state[order]
    kept = order[parcels.shipped[row[order]] >= since]
    origin = row[kept]
    text = pa.concat_arrays([event.text for event in events]).take(pa.array(kept))
    city = np.concatenate([event.city for event in events])[kept]
    where = places()
    table = table_of(
        "parcel_events",
        {
            "carrier": pick(_carrier_names(), parcels.carrier[origin]),
            "waybill": parcels.waybill.take(pa.array(origin)),
            "state": pick(pa.array(STATES), state[kept]),
            "occurred_at": instants(at[kept]),
            "province": pick(pa.array(where.provinces), where.city_province[city]),
            "city": pick(pa.array(where.cities), city),
            "text": text,
        },
        len(kept),
    )
    return table, origin, now


STATES: Final = (
    "picked_up", "in_transit", "arrived_city", "out_for_delivery", "at_locker", "unreachable", "out_of_range",
    "stalled", "damaged", "refused", "returning", "returned", *_SIGNED_BY, "signed:after_exception",
)  # fmt: skip


def parcel_table(sale: Sale, parcels: Parcels, now: Ints) -> pa.Table:
    """The ``parcels`` record set."""
    orders, present = sale.orders, sale.world.present
    signed = sale.fate.signed[parcels.order]
    has = signed <= present
    plain = pa.array([state.partition(":")[0] for state in STATES] + ["pickup_pending"])
    return table_of(
        "parcels",
        {
            "source": pick(SOURCES, orders.shop[parcels.order]),
            "trade_id": sale.trade_ids.take(pa.array(parcels.order)),
            "shop": numbers(sale.shop_numbers[orders.shop[parcels.order]], pa.int32()),
            "carrier": pick(_carrier_names(), parcels.carrier),
            "waybill": parcels.waybill,
            "state": pick(plain, np.where(now < 0, len(STATES), now)),
            "shipped_at": instants(parcels.shipped),
            "signed_at": instants(np.where(has, signed, 0), has),
        },
        len(parcels),
    )


def _carrier_names() -> pa.Array:
    return pa.array([name for name, _, _ in CARRIERS])


def _short(district: str) -> str:
    """A district as a carrier's branch is called after it."""
    for suffix in ("新区", "区", "市", "县"):
        if district.endswith(suffix) and len(district) - len(suffix) >= 2:
            return district.removesuffix(suffix)
    return district


@dataclass(frozen=True)
class _Event:
    state: str
    rows: Ints  # parcel rows
    at: Ints
    city: Ints
    text: pa.Array


class _Plan:
    """The steps of a chunk's parcels."""

    def __init__(self, dice: Dice, sale: Sale, parcels: Parcels) -> None:
        self.dice, self.ids = dice, parcels.ids
        self.shipped = parcels.shipped
        fate, order = sale.fate, parcels.order
        self.trouble = fate.trouble[order]
        self.signed = fate.signed[order]
        self.kind = fate.sign_kind[order]
        self.back = np.where(self.signed == NEVER, fate.refund_applied[order], NEVER)
        usual = self.shipped + (fate.carrier_days[order] * DAY).astype(np.int64)
        at_locker = np.minimum(self.signed - HOUR, np.maximum(usual, self.shipped + 8 * HOUR))
        self.door = np.where(
            self.signed == NEVER, usual, np.where(self.kind == 2, at_locker, self.signed)
        )
        where = places()
        self.district = sale.to.district[order]
        self.city = where.district_city[self.district]
        province = where.city_province[self.city]
        hubs = np.array([where.city_index[name] for name in where.province_hub])
        self.home = np.full(len(order), where.city_index["绍兴市"])
        self.first_hub = np.full(len(order), where.city_index["杭州市"])
        self.last_hub = hubs[province]
        self.far = self.last_hub != self.first_hub
        self.cities = pa.array([name.removesuffix("市") for name in where.cities])
        self.bare = pa.array([name.removesuffix("市")[:4] for name in where.cities])
        self.districts = pa.array([_short(name) for name in where.districts])
        self.size = len(order)

    def events(self) -> list[_Event]:
        """All steps of all parcels, step by step."""
        if not self.size:
            none = np.zeros(0, dtype=np.int64)
            return [_Event("picked_up", none, none, none, pa.array([], pa.string()))]
        return [*self._on_the_way(), *self._at_the_door(), *self._trouble(), *self._return()]

    def _stamp(self, share: float) -> Ints:
        """When a share of the way is done; a stalled parcel covers the first part as usual, then rests."""
        span = self.door - self.shipped
        jitter = 0.03 * (self.dice.uniform(f"step/{share}", self.ids) - 0.5)
        part = np.where((self.trouble == STALLED) & (share < 0.5), share * 0.3, share + jitter)
        return self.shipped + (span * np.maximum(part, 0.01)).astype(np.int64)

    def _event(
        self, state: str, which: Bools, at: Ints, city: Ints, *text: pa.Array | pa.Scalar
    ) -> _Event:
        rows = np.flatnonzero(which)
        index = pa.array(rows)
        parts = [part.take(index) if isinstance(part, pa.Array) else part for part in text]
        place = join(pa.scalar("【"), pick(self.cities, city[rows]), pa.scalar("】"))
        return _Event(state, rows, at[rows], city[rows], join(place, *parts))

    def _hub(self, city: Ints) -> pa.Array:
        part = self.dice.below("hub", city, len(_HUB_PARTS))
        return join(pick(self.bare, city), pick(pa.array(_HUB_PARTS), part))

    def _branch(self) -> pa.Array:
        """The carrier's branch near the buyer."""
        number = self.dice.below("branch", self.district, 4)
        return join(
            pick(self.bare, self.city), pick(self.districts, self.district),
            pick(pa.array(["营业部", "一部", "网点", "分部"]), number),
        )  # fmt: skip

    def _on_the_way(self) -> list[_Event]:
        """Pick-up, hubs, the destination city; a damaged parcel gets no further than the last hub."""
        every = np.ones(self.size, dtype=np.bool_)
        first, last = self._hub(self.first_hub), self._hub(self.last_hub)
        on = self.trouble != DAMAGED
        origin = pa.scalar("绍兴柯桥营业部")
        gone = np.where(self.back < NEVER, self.back, NEVER)  # what is called back goes no further
        steps: list[_Event] = []
        plan: list[tuple[Bools, Ints, tuple[pa.Array | pa.Scalar, ...]]] = [
            (every, self.home, (pa.scalar("您的快件已由"), origin, pa.scalar("揽收"))),
            (every, self.home, (pa.scalar("快件离开"), origin, pa.scalar("，发往"), first)),
            (every, self.first_hub, (pa.scalar("快件到达"), first)),
            (self.far, self.first_hub, (pa.scalar("快件离开"), first, pa.scalar("，发往"), last)),
            (self.far, self.last_hub, (pa.scalar("快件到达"), last)),
            (on, self.last_hub, (pa.scalar("快件离开"), last, pa.scalar("，发往"), self._branch())),
            (on, self.city, (pa.scalar("快件到达"), self._branch())),
        ]
        for (state, share), (which, city, text) in zip(_STEPS, plan, strict=True):
            at = self._stamp(share)
            reached = (at < gone) | (self.trouble == REFUSED) | (self.trouble == DAMAGED)
            steps.append(self._event(state, which & reached, at, city, *text))
        return steps

    def _at_the_door(self) -> list[_Event]:
        """Out for delivery, into a locker, signed."""
        arrives = self.signed < NEVER
        reaches = arrives | (self.trouble == REFUSED)
        span = self.door - self.shipped
        out = self.door - np.minimum(
            span // 12, (1 + 2 * self.dice.uniform("out", self.ids)) * HOUR
        ).astype(np.int64)
        sender = pa.scalar("的快递员正在派件，请保持电话畅通")
        locker = pick(pa.array(_LOCKERS), self.dice.below("locker", self.ids, len(_LOCKERS)))
        events = [
            self._event("out_for_delivery", reaches, out, self.city, self._branch(), sender),
            self._event(
                "at_locker", arrives & (self.kind == 2), self.door, self.city,
                pa.scalar("快件已存放至"), locker, pa.scalar("，请及时取件"),
            ),
        ]  # fmt: skip
        hard = self.trouble == UNREACHABLE
        words = (
            "快件已签收，签收人：本人", "快件已由家人/同事代签收", "快件已从代收点取走，感谢使用",
        )  # fmt: skip
        for number, (state, text) in enumerate(zip(_SIGNED_BY, words, strict=True)):
            which = arrives & (self.kind == number) & ~hard
            events.append(self._event(state, which, self.signed, self.city, pa.scalar(text)))
        events.append(
            self._event(
                "signed:after_exception", arrives & hard, self.signed, self.city,
                pa.scalar("再次派送成功，快件已签收"),
            )
        )  # fmt: skip
        return events

    def _trouble(self) -> list[_Event]:
        """What goes wrong on the way."""
        at_hub = self._stamp(0.30)
        stalled = (self.trouble == STALLED) & self.dice.chance("stalled/told", self.ids, 0.5)
        told = at_hub + 20 * HOUR
        before = self.door - DAY - 3 * HOUR
        missed = np.maximum(before, self._stamp(0.90))
        hard = self.trouble == UNREACHABLE
        return [
            self._event(
                "stalled",
                stalled & (told < self._stamp(0.6)),
                told,
                self.first_hub,
                pa.scalar("因中转运力紧张，快件滞留，将尽快转出"),
            ),
            self._event(
                "out_for_delivery",
                hard,
                missed - 2 * HOUR,
                self.city,
                self._branch(),
                pa.scalar("的快递员正在派件"),
            ),
            self._event(
                "unreachable",
                hard,
                missed,
                self.city,
                pa.scalar("联系不上收件人，约定次日再次派送"),
            ),
            self._event(
                "out_of_range",
                self.trouble == STRAYED,
                self._stamp(0.88),
                self.city,
                pa.scalar("收件地址超出派送范围，转至乡镇代办点派送"),
            ),
            self._event(
                "damaged",
                self.trouble == DAMAGED,
                np.minimum(self.back, self._stamp(0.72)),
                self.last_hub,
                pa.scalar("快件外包装破损、内件渗漏，已拍照上报，等待发件方处理"),
            ),
            self._event(
                "refused",
                self.trouble == REFUSED,
                self.door + HOUR // 2,
                self.city,
                pa.scalar("收件人拒收，原因："),
                pick(
                    pa.array(["外箱破损", "不想要了", "重复购买", "称未下单"]),
                    self.dice.below("refusal", self.ids, 4),
                ),
            ),
        ]

    def _return(self) -> list[_Event]:
        """Back to Shaoxing, once the money is asked back or the parcel is refused or broken."""
        back = self.back < NEVER
        start = (
            np.maximum(self.back, np.where(self.trouble == REFUSED, self.door + HOUR, 0)) + 9 * HOUR
        )
        road = (1.5 * DAY + 2.5 * DAY * self.dice.uniform("return", self.ids)).astype(np.int64)
        return [
            self._event(
                "returning",
                back,
                start,
                self.last_hub,
                pa.scalar("快件退回中，发往"),
                pa.scalar("绍兴柯桥营业部"),
            ),
            self._event("returned", back, start + road, self.home, pa.scalar("退件已由寄件人签收")),
        ]

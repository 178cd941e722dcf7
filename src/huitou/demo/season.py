"""When people buy: festivals, promotions, seasons and weekdays as curves over the days of the history.

All curves are arrays over days since ``World.first_day``. A persona's curve is a rate around 1; its
running sum is "operational time": an interval drawn in operational days and mapped back to the
calendar keeps each buyer's cycle and still bunches purchases before 春节 and on 双11.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

import numpy as np
from lunar_python import Lunar

from huitou.demo.catalogue import catalogue
from huitou.demo.dice import Bools, Floats, Ints
from huitou.demo.personas import PERSONAS

HISTORY_MONTHS: Final = 36
YEARLY_GROWTH: Final = 1.38
EPOCH: Final = date(1970, 1, 1)
WEEKDAYS_ONLINE: Final = np.array([1.05, 1.03, 1.03, 1.02, 0.99, 0.93, 0.95])
WEEKDAYS_STORE: Final = np.array([0.78, 0.77, 0.80, 0.84, 1.06, 1.46, 1.29])


def number_of(day: date) -> int:
    """Days since 1970."""
    return (day - EPOCH).days


@cache
def festivals(year: int) -> dict[str, date]:
    """The lunar festivals that fall into a Gregorian year."""
    return {
        "spring_festival": _solar(year, 1, 1),
        "dragon_boat": _solar(year, 5, 5),
        "qixi": _solar(year, 7, 7),
        "mid_autumn": _solar(year, 8, 15),
        "double_ninth": _solar(year, 9, 9),
    }


def _solar(year: int, month: int, day: int) -> date:
    solar = Lunar.fromYmd(year, month, day).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def history_start(anchor: date) -> date:
    """The first of the month three years before."""
    months = anchor.year * 12 + anchor.month - 1 - HISTORY_MONTHS
    return date(months // 12, months % 12 + 1, 1)


@dataclass(frozen=True)
class World:
    """The time the demo covers: from ``first`` on.

    ``anchor`` is the day on which the given number of people is reached; ``present`` is the instant
    (seconds since 1970 on the brand's clock) at which the world is looked at.
    """

    first: date
    anchor: date
    present: int
    days: Ints  # day numbers since 1970
    curves_online: Floats  # persona × day
    curves_store: Floats
    growth: Floats  # newcomers per day, relative
    promotion: Floats  # 0 none, 1 everyday coupons, 2 a large promotion
    festival_near: Ints  # 0, or 1 before 春节, 2 before 中秋, 3 before 端午
    item_appeal: Floats  # week × item: season and launch

    @property
    def anchor_index(self) -> int:
        """Days from ``first`` to the anchor, the anchor included."""
        return (self.anchor - self.first).days + 1

    def month_start(self, month: int) -> int:
        """Day number (since 1970) of the ``month``-th month of the history."""
        months = self.first.year * 12 + self.first.month - 1 + month
        return number_of(date(months // 12, months % 12 + 1, 1))


def world(anchor: date, present: datetime) -> World:
    """The world of an anchor day, seen at ``present`` (naive, the brand's clock)."""
    first = history_start(anchor)
    last = max(anchor, present.date()) + timedelta(days=2)
    days = np.arange(number_of(first), number_of(last) + 1, dtype=np.int64)
    dates = [first + timedelta(days=n) for n in range(len(days))]
    weekday = (days + 3) % 7  # 1970-01-01 was a Thursday
    shape = _Shape(dates, days)
    online = np.stack([shape.persona(p.season, p.festive) for p in PERSONAS])
    online = online * shape.promotions() * shape.courier_rest() * WEEKDAYS_ONLINE[weekday]
    store = np.stack([shape.persona(p.season, p.festive) for p in PERSONAS])
    store = store * (1 + 0.9 * shape.holidays()) * WEEKDAYS_STORE[weekday]
    span = (anchor - first).days + 1
    age = np.arange(len(days)) / 365.25
    return World(
        first=first,
        anchor=anchor,
        present=number_of(present.date()) * 86_400
        + present.hour * 3_600
        + present.minute * 60
        + present.second,
        days=days,
        curves_online=online / online[:, :span].mean(axis=1, keepdims=True),
        curves_store=store / store[:, :span].mean(axis=1, keepdims=True),
        growth=YEARLY_GROWTH**age,
        promotion=shape.discounts(),
        festival_near=shape.festival_near(),
        item_appeal=_item_appeal(shape, first),
    )


class _Shape:
    """Curves over one run of days."""

    def __init__(self, dates: list[date], days: Ints) -> None:
        self.days = days
        years = range(dates[0].year - 1, dates[-1].year + 2)
        self.festivals = {
            name: np.array([number_of(festivals(year)[name]) for year in years])
            for name in festivals(2024)
        }
        self.month_day = np.array([day.month * 100 + day.day for day in dates])
        self.phase = np.array([day.timetuple().tm_yday for day in dates]) / 365.25 * 2 * np.pi
        self.month_18 = np.array([day.day == 18 for day in dates])

    def before(self, festival: str, centre: float, width: float, end: float = 0.0) -> Floats:
        """A bump ``centre`` days before each year's festival that ends ``end`` days before it."""
        gap = self.festivals[festival][:, None] - self.days[None, :]
        bump = np.exp(-(((gap - centre) / width) ** 2) / 2) * (gap >= end)
        return np.asarray(bump.max(axis=0), dtype=np.float64)

    def between(self, start: int, end: int) -> Bools:
        """Days from ``start`` to ``end``, as month·100 + day."""
        result: Bools = (self.month_day >= start) & (self.month_day <= end)
        return result

    def wave(self, peak_day: float, depth: float) -> Floats:
        """A yearly cosine that peaks at a day of the year."""
        result: Floats = 1 + depth * np.cos(self.phase - peak_day / 365.25 * 2 * np.pi)
        return result

    def season(self, name: str) -> Floats:
        """The appeal over the year of goods (or tastes) of a named season; flat if it has none."""
        curve = self._seasons().get(name)
        return np.ones(len(self.days)) if curve is None else curve()

    def _seasons(self) -> dict[str, Callable[[], Floats]]:
        before, between = self.before, self.between
        day_of_year = self.phase * 365.25 / 2 / np.pi
        return {
            "winter": lambda: self.wave(5, 0.55),
            "summer": lambda: np.maximum(self.wave(190, 0.95), 0.12),
            "autumn": lambda: 0.55 + 1.6 * before("mid_autumn", 4, 26, end=-40),
            "spring": lambda: self.wave(95, 0.6),
            "crab": lambda: 0.18 + 2.6 * np.exp(-(((day_of_year - 293) / 27) ** 2) / 2),
            "newbrew": lambda: 0.03 + 2.2 * (between(1107, 1231) | between(101, 131)),
            "spring_festival": lambda: 0.02 + 2.4 * before("spring_festival", 19, 14, end=2),
            "mid_autumn": lambda: 0.02 + 3.2 * before("mid_autumn", 10, 9),
            "dragon_boat": lambda: 0.015 + 3.2 * before("dragon_boat", 8, 7),
            "gift": lambda: (
                0.4
                + 1.2 * before("spring_festival", 18, 13, end=2)
                + before("mid_autumn", 10, 9)
                + 0.5 * before("double_ninth", 5, 5)
            ),
            "travel": lambda: 1 + 1.2 * self.holidays(),
            "wedding": lambda: 0.5 + 1.3 * (between(901, 1025) | between(401, 515)),
            "valentine": lambda: (
                0.5 + 2 * (between(205, 214) | between(512, 520)) + before("qixi", 4, 4)
            ),
        }

    def persona(self, season: str, festive: float) -> Floats:
        """How much a kind of buyer buys per day, before weekdays and promotions."""
        festivals_pull = (
            1.75 * self.before("spring_festival", 20, 13, end=3)
            + 1.15 * self.before("mid_autumn", 9, 8)
            + 0.55 * self.before("dragon_boat", 8, 6)
            + 0.25 * self.before("double_ninth", 4, 4)
        )
        everyday = 0.6 * self.wave(5, 0.32) + 0.4 * np.clip(self.season(season), 0.3, 2.0)
        return (1 - festive) * (everyday + 0.34 * festivals_pull) + festive * (
            0.35 + 3.4 * festivals_pull
        )

    def holidays(self) -> Floats:
        """Days off on which people stroll through old towns (1) and the rest (0)."""
        off = (
            self.between(1001, 1007)
            | self.between(501, 505)
            | self.between(404, 406)
            | self.between(101, 102)
        )
        result: Floats = (off | (self.before("spring_festival", -3, 3, end=-7) > 0.4)).astype(
            np.float64
        )
        return result

    def courier_rest(self) -> Floats:
        """Parcels rest around 除夕: online orders nearly stop, and the weeks after are quiet."""
        gap = self.festivals["spring_festival"][:, None] - self.days[None, :]
        rest = ((gap <= 4) & (gap >= -5)).any(axis=0)
        quiet = ((gap < -5) & (gap >= -20)).any(axis=0)
        return np.where(rest, 0.30, np.where(quiet, 0.72, 1.0))

    def promotions(self) -> Floats:
        """The pull of the marketplaces' sales on online orders."""
        pull = np.ones(len(self.days))
        for start, end, factor in (
            (601, 603, 1.7), (604, 615, 1.15), (616, 618, 3.0), (619, 620, 1.3), (525, 531, 0.8),
            (1008, 1014, 0.82), (1015, 1020, 1.1), (1021, 1023, 1.9), (1024, 1030, 1.2),
            (1031, 1031, 3.6), (1101, 1103, 2.3), (1104, 1109, 1.3), (1110, 1110, 3.4), (1111, 1111, 9.0),
            (1112, 1118, 0.8), (1210, 1211, 1.7), (1212, 1212, 3.2), (306, 308, 1.6), (907, 909, 1.35),
        ):  # fmt: skip
            pull[self.between(start, end)] *= factor
        pull[self.month_18] *= 1.25  # the brand's own member day
        return pull

    def festival_near(self) -> Ints:
        """Which festival people buy presents for."""
        near = np.zeros(len(self.days), dtype=np.int64)
        names = (("spring_festival", 20, 12), ("mid_autumn", 9, 8), ("dragon_boat", 7, 6))
        for number, (name, centre, width) in enumerate(names, start=1):
            near[self.before(name, centre, width) > 0.35] = number
        return near

    def discounts(self) -> Floats:
        """0 on plain days, 1 with coupons about, 2 in the large sales."""
        level = np.zeros(len(self.days))
        level[self.month_18 | (self.before("spring_festival", 20, 14, end=3) > 0.3)] = 1
        level[
            (self.before("mid_autumn", 9, 8) > 0.3)
            | self.between(306, 308)
            | self.between(907, 909)
        ] = 1
        for start, end in ((601, 620), (1015, 1111), (1210, 1212)):
            level[self.between(start, end)] = 2
        return level


def _item_appeal(shape: _Shape, first: date) -> Floats:
    """Popularity × season per week of the history and item; 0 before an item is launched."""
    items = catalogue().items
    weeks = np.arange(0, len(shape.days), 7)
    table = np.zeros((len(weeks), len(items)))
    months = first.year * 12 + first.month - 1
    for number, item in enumerate(items):
        curve = shape.season(item.season)[weeks] * item.popularity
        month = months + item.launched_month
        launch = number_of(date(month // 12, month % 12 + 1, 8)) - 500 * (item.launched_month == 0)
        age = shape.days[weeks] - launch
        curve = np.where(age < 0, 0.0, curve * np.clip(0.5 + age / 120, 0.5, 1.0))
        if item.phase == "end":  # being sold off: fades through the third year
            curve = curve * np.clip(
                1.0 - (shape.days[weeks] - shape.days[0] - 640) / 500, 0.12, 1.0
            )
        table[:, number] = curve
    table[:, catalogue().gift] = 0.0
    return table

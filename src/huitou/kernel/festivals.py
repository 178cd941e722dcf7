"""Festivals and shopping days that rules and plans may name, by year; lunar dates and solar terms.

The ordinary month is meant where a year has a leap month. Sources: lunar-python (tested against the
vectors of the domain notes, which agree with two other libraries for 1990–2060).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from lunar_python import Lunar, LunarYear, Solar

from huitou.kernel.i18n import Text


@dataclass(frozen=True)
class Festival:
    """A day that comes once a year."""

    code: str
    label: Text
    of_year: Callable[[int], date]


def _solar(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _lunar(month: int, day: int) -> Callable[[int], date]:
    return lambda year: lunar_day(year, month, day)


def _sunday(month: int, nth: int) -> Callable[[int], date]:
    def of_year(year: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (nth - 1))

    return of_year


def _eve(year: int) -> date:
    return lunar_day(year, 1, 1) - timedelta(days=1)


@lru_cache(maxsize=4096)
def lunar_day(year: int, month: int, day: int) -> date:
    """The solar day of a lunar month and day; the 30th of a month of 29 days is its 29th."""
    length = LunarYear.fromYear(year).getMonth(month).getDayCount()
    solar = Lunar.fromYmd(year, month, min(day, length)).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


@lru_cache(maxsize=4096)
def lunar_of(day: date) -> tuple[int, int, bool, int]:
    """(lunar month, lunar day, whether it is a leap month, days of that month) of a solar day."""
    lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    month = lunar.getMonth()
    length = LunarYear.fromYear(lunar.getYear()).getMonth(month).getDayCount()
    return abs(month), lunar.getDay(), month < 0, length


@lru_cache(maxsize=1024)
def solar_term(year: int, name: str) -> date:
    """The day (in China) of a solar term such as 立春 in a year."""
    solar = Solar.fromYmd(year, 7, 1).getLunar().getJieQiTable()[name]
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


FESTIVALS: Final[dict[str, Festival]] = {
    one.code: one
    for one in (
        Festival("new_year", Text("元旦", "New Year's Day"), _solar(1, 1)),
        Festival("chuxi", Text("除夕", "Lunar New Year's Eve"), _eve),
        Festival("spring_festival", Text("春节", "Spring Festival"), _lunar(1, 1)),
        Festival("lantern", Text("元宵节", "Lantern Festival"), _lunar(1, 15)),
        Festival("valentine", Text("情人节", "Valentine's Day"), _solar(2, 14)),
        Festival("women", Text("女王节（38）", "Women's Day (3.8)"), _solar(3, 8)),
        Festival("qingming", Text("清明", "Qingming"), lambda year: solar_term(year, "清明")),
        Festival("labour", Text("劳动节", "Labour Day"), _solar(5, 1)),
        Festival("mothers", Text("母亲节", "Mother's Day"), _sunday(5, 2)),
        Festival("520", Text("520", "5.20"), _solar(5, 20)),
        Festival("dragon_boat", Text("端午节", "Dragon Boat Festival"), _lunar(5, 5)),
        Festival("618", Text("618", "6.18"), _solar(6, 18)),
        Festival("fathers", Text("父亲节", "Father's Day"), _sunday(6, 3)),
        Festival("qixi", Text("七夕", "Qixi"), _lunar(7, 7)),
        Festival("mid_autumn", Text("中秋节", "Mid-Autumn Festival"), _lunar(8, 15)),
        Festival("national", Text("国庆节", "National Day"), _solar(10, 1)),
        Festival("double_ninth", Text("重阳节", "Double Ninth Festival"), _lunar(9, 9)),
        Festival("double_11", Text("双11", "Double 11"), _solar(11, 11)),
        Festival("double_12", Text("双12", "Double 12"), _solar(12, 12)),
        Festival("christmas", Text("圣诞节", "Christmas"), _solar(12, 25)),
    )
}


def festival_day(code: str, year: int) -> date:
    """The day of a festival in a solar year. Raises ``KeyError`` for an unknown code."""
    return FESTIVALS[code].of_year(year)

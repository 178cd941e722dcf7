"""Grids: every member is in exactly one cell of each. RFM, lifecycle, season group.

The cut points are the brand's (``GridSettings``); a cell can be saved, drawn, and drilled into.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Final

import ibis
from ibis import _

from huitou.kernel.festivals import solar_term
from huitou.kernel.i18n import Text
from huitou.segments.facts import Values, View, days_since, rows_of
from huitou.segments.registry import FACTS
from huitou.warehouse.schema import MONEY
from huitou.warehouse.store import table

SEASONS: Final = ("立春", "立夏", "立秋", "立冬")
SEASON_LABELS: Final = (
    Text("春", "spring"),
    Text("夏", "summer"),
    Text("秋", "autumn"),
    Text("冬", "winter"),
)
SEASONS_BACK: Final = 16
"""Four years of seasons: what was bought before counts for no season."""


@dataclass(frozen=True)
class GridSettings:
    """Where the cells begin and end.

    ``lifecycle``: last day (since the last purchase) of active, silent and sleeping; later is lost.
    ``r`` days since the last purchase, ascending, scored 5 … 1; ``f`` orders and ``m`` amount (paid),
    ascending, scored 1 … 5. ``high``: from which value on R, F and M count as high in the 8 cells.
    """

    new_days: int = 30
    lifecycle: tuple[int, int, int] = (90, 180, 365)
    r: tuple[int, int, int, int] = (30, 90, 180, 365)
    f: tuple[int, int, int, int] = (2, 3, 5, 10)
    m: tuple[Decimal, Decimal, Decimal, Decimal] = (
        Decimal(100),
        Decimal(300),
        Decimal(800),
        Decimal(2000),
    )
    high: tuple[int, int, Decimal] = (180, 2, Decimal(300))


@dataclass(frozen=True)
class Grid:
    """One grid and its cells, in the order they are shown."""

    code: str
    label: Text
    help: Text
    cells: Mapping[str, Text]


_RFM8: Final = {
    "hhh": Text("重要价值", "champions"),
    "hlh": Text("重要发展", "big spenders to develop"),
    "lhh": Text("重要保持", "loyal, slipping away"),
    "llh": Text("重要挽留", "big spenders to win back"),
    "hhl": Text("一般价值", "loyal, small baskets"),
    "hll": Text("一般发展", "recent, small"),
    "lhl": Text("一般保持", "frequent once, small"),
    "lll": Text("一般挽留", "hibernating"),
}

GRIDS: Final[dict[str, Grid]] = {
    one.code: one
    for one in (
        Grid(
            "lifecycle",
            Text("生命周期", "lifecycle"),
            Text(
                "按距最近一次付款的天数；新客是只买过一天且还新的人",
                "By days since the last payment; new are those who bought on one day only, lately",
            ),
            {
                "prospect": Text("潜客", "prospect"),
                "new": Text("新客", "new"),
                "active": Text("活跃", "active"),
                "silent": Text("沉默", "silent"),
                "sleeping": Text("睡眠", "sleeping"),
                "lost": Text("流失", "lost"),
            },
        ),
        Grid(
            "rfm8",
            Text("RFM 八类", "RFM, 8 cells"),
            Text("最近、频次、金额各分高低", "Recency, frequency and money, each high or low"),
            _RFM8,
        ),
        Grid(
            "rfm125",
            Text("RFM 125 格", "RFM, 125 cells"),
            Text("最近、频次、金额各 1–5 分", "Recency, frequency and money, each scored 1 to 5"),
            {
                r + f + m: Text(f"R{r} F{f} M{m}", f"R{r} F{f} M{m}")
                for r, f, m in product("54321", repeat=3)
            },
        ),
        Grid(
            "season_group",
            Text("季节分组", "season group"),
            Text(
                "按节气四季：近四年四季都买过为最优质；三个季节没来为即将流失，四个及以上为流失",
                "By solar-term seasons: bought in all four (of four years) is best; the last purchase "
                "three seasons back is fading, four or more is lost",
            ),
            {
                "best": Text("最优质", "best"),
                "general": Text("一般", "general"),
                "fading": Text("即将流失", "fading"),
                "lost": Text("流失", "lost"),
            },
        ),
    )
}  # fmt: skip


def grid_values(grid: str, view: View, settings: GridSettings) -> Values:
    """(member, value): the cell of every member that has one (buyers; for lifecycle everybody)."""
    buyers = _buyers(view)
    if grid == "lifecycle":
        return Values(_lifecycle(buyers, view, settings))
    if grid == "season_group":
        return Values(_season_group(view))
    if grid == "rfm8":
        since = days_since(buyers.last_day, view)
        r, f, m = settings.high
        highs = (since <= r, buyers.orders >= f, buyers.amount >= ibis.literal(m, MONEY))
        letters = [ibis.ifelse(high.fill_null(False), "h", "l") for high in highs]
        return Values(buyers.select("member", value=letters[0] + letters[1] + letters[2]))
    r, f, m = _scores(buyers, view, settings)
    return Values(buyers.select("member", value=r + f + m))


def score_values(letter: str, view: View, settings: GridSettings) -> Values:
    """The R, F or M score of every buyer, 1 to 5."""
    buyers = _buyers(view)
    score = _scores(buyers, view, settings)["RFM".index(letter)]
    return Values(buyers.select("member", value=score.cast("int64")))


def _scores(
    buyers: ibis.Table, view: View, settings: GridSettings
) -> tuple[ibis.Value, ibis.Value, ibis.Value]:
    return (
        _falling(days_since(buyers.last_day, view), settings.r),
        _rising(buyers.orders, settings.f),
        _rising(buyers.amount, settings.m),
    )


def _buyers(view: View) -> ibis.Table:
    """(member, orders, paid_days, amount, first_day, last_day) of everybody with a paid order."""
    if view.may_use_totals:
        totals = table("member_totals")
        held = totals.filter(totals.paid_trades > 0)
        return held.select(
            "member",
            orders=held.paid_trades,
            paid_days=held.paid_days,
            amount=held.paid_amount,
            first_day=held.first_paid_day,
            last_day=held.last_paid_day,
        )
    rows = rows_of(FACTS["trade"], "paid", view, frozenset())
    return rows.group_by("member").aggregate(
        orders=rows.count(),
        paid_days=rows.paid_day.nunique(),
        amount=rows.paid_amount.sum(),
        first_day=rows.paid_day.min(),
        last_day=rows.paid_day.max(),
    )


def _lifecycle(buyers: ibis.Table, view: View, settings: GridSettings) -> ibis.Table:
    everybody = table("member").select("member")
    rows = everybody.left_join(buyers, "member").drop("member_right")
    since = days_since(rows.last_day, view)
    active, silent, sleeping = settings.lifecycle
    return rows.select(
        "member",
        value=ibis.cases(
            (rows.last_day.isnull(), "prospect"),
            ((rows.paid_days == 1) & (since < settings.new_days), "new"),
            (since <= active, "active"),
            (since <= silent, "silent"),
            (since <= sleeping, "sleeping"),
            else_="lost",
        ),
    )


def _falling(value: ibis.Value, cuts: tuple[int, ...]) -> ibis.Value:
    """5 up to the first cut, 1 beyond the last."""
    branches = [(value <= cut, str(5 - at)) for at, cut in enumerate(cuts)]
    return ibis.cases(*branches, else_="1")


def _rising(value: ibis.Value, cuts: tuple[int | Decimal, ...]) -> ibis.Value:
    """1 below the first cut, 5 from the last on."""
    kinds = {Decimal: MONEY, int: "int64"}
    branches = [
        (value >= ibis.literal(cut, kinds[type(cut)]), str(5 - at))
        for at, cut in enumerate(reversed(cuts))
    ]
    return ibis.cases(*branches, else_="1")


def season_starts(day: date) -> list[tuple[date, int]]:
    """The first days of the current season and those before it, newest first, with the season's index.

    A season begins with the whole day of its solar term in China; its index is 4 × year + (0 spring …
    3 winter), so that January belongs to the winter of the year before.
    """
    starts = [
        (solar_term(year, name), 4 * year + at)
        for year in range(day.year - SEASONS_BACK // 4 - 2, day.year + 1)
        for at, name in enumerate(SEASONS)
    ]
    return [found for found in reversed(starts) if found[0] <= day][: SEASONS_BACK + 1]


def season_index(paid_day: ibis.Value, day: date) -> ibis.Value:
    """The index of the season a day falls into; NULL before the seasons that count."""
    starts = season_starts(day)[:SEASONS_BACK]
    return ibis.cases(
        *(
            (paid_day >= ibis.literal(first), ibis.literal(index, "int64"))
            for first, index in starts
        ),
        else_=ibis.null("int64"),
    )


def _season_group(view: View) -> ibis.Table:
    rows = rows_of(FACTS["trade"], "paid", view, frozenset())
    day = view.moment.day
    now = season_starts(day)[0][1]
    bought = rows.select("member", season=season_index(rows.paid_day, day))
    people = bought.group_by("member").aggregate(
        last=_.season.max(), kinds=(_.season % 4).nunique()
    )
    gap = ibis.literal(now, "int64") - people.last
    return people.select(
        "member",
        value=ibis.cases(
            (people.last.isnull() | (gap >= 4), "lost"),
            (gap > 2, "fading"),
            (people.kinds == 4, "best"),
            else_="general",
        ),
    )

"""The generator: the demo brand's data up to a present instant, chunk of people by chunk of people.

``generate`` yields canonical record sets per shop, personal columns plain, as a normaliser of files
would. Same arguments, same rows. The chunk size changes neither the rows nor their content, only how
they are handed over. Looked at later (a greater ``until`` with the same ``anchor``), the same orders
are further on and new ones have come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.demo import (
    baskets,
    delivery,
    fate,
    orders,
    parcels,
    people,
    reviews,
    season,
    trades,
    visits,
)
from huitou.demo.brand import BRAND_NAME, SHOPS
from huitou.demo.catalogue import catalogue
from huitou.demo.columns import DAY, instants, money, numbers, pick
from huitou.demo.dice import Dice, Floats, Ints
from huitou.demo.member_lists import member_list
from huitou.intake.canonical import table_of
from huitou.kernel.clock import DEFAULT_ZONE

PEOPLE_PER_CHUNK: Final = 20_000
EVENING: Final = time(21, 0)
"""The present instant of a day that is given without a time."""
FIRST_ROW: Final = 2
"""Rows are numbered as a spreadsheet with a header numbers them."""
SETS: Final = (
    "items", "profiles", "profile_attributes", "trades", "lines", "refunds", "parcels", "parcel_events",
    "reviews", "visits",
)  # fmt: skip


@dataclass(frozen=True)
class Chunk:
    """Some people and all that is theirs: shop code → record set → canonical table."""

    people: int
    done: int  # people handed over so far, these included
    total: int
    tables: dict[str, dict[str, pa.Table]]


@dataclass(frozen=True)
class Options:
    """What to leave out or scale.

    ``density`` multiplies how often returning buyers come back (1: about 2 orders and 4 lines per
    person; 4.8: about 10 lines). ``trace_days``: parcels shipped earlier come without trace rows.
    """

    with_contacts: bool = True
    with_visits: bool = True
    density: float = 1.0
    trace_days: int = parcels.TRACE_DAYS
    people_per_chunk: int = PEOPLE_PER_CHUNK


def generate(
    members: int,
    seed: int,
    until: date | datetime,
    *,
    anchor: date | None = None,
    shop_numbers: Mapping[str, int] | None = None,
    options: Options | None = None,
) -> Iterator[Chunk]:
    """The brand's data as of ``until`` (an aware instant; a day means its evening).

    ``members``: people known by ``anchor`` (default: the day of ``until``), registered or having
    bought; store customers who stay anonymous come on top. ``shop_numbers``: shop code → number in the
    warehouse (default 1 … 8).
    """
    if members < 1:
        raise ValueError("members must be at least 1")
    present = present_of(until)
    if members > people.WALK_IN // 2:
        raise ValueError(f"at most {people.WALK_IN // 2} members")
    world = season.world(anchor or present.date(), present)
    codes = [shop.code for shop in SHOPS]
    given = shop_numbers or {code: number for number, code in enumerate(codes, start=1)}
    maker = _Maker(
        Dice(seed),
        world,
        members,
        np.array([given[code] for code in codes], dtype=np.int64),
        options or Options(),
    )
    return maker.chunks()


def present_of(until: date | datetime) -> datetime:
    """The present instant as naive time on the brand's clock."""
    if isinstance(until, datetime):
        return until.astimezone(ZoneInfo(DEFAULT_ZONE)).replace(tzinfo=None)
    return datetime.combine(until, EVENING)


@dataclass
class _Maker:
    """Everything that is the same for all chunks, and the row counters."""

    dice: Dice
    world: season.World
    members: int
    shop_numbers: Ints
    options: Options
    counters: dict[tuple[str, str], int] = field(default_factory=dict)

    def chunks(self) -> Iterator[Chunk]:
        clock = orders.clock(self.world)
        shelf = baskets.shelf(self.world)
        total = orders.headcount(clock, self.members, self.world)
        step = self.options.people_per_chunk
        for start in range(0, total, step):
            stop = min(start + step, total)
            strangers = np.arange(orders.walk_ins(start), orders.walk_ins(stop)) + people.WALK_IN
            ids = np.concatenate([np.arange(start, stop), strangers])
            tables = self._chunk(ids, clock, shelf)
            if start == 0:
                for shop, code in enumerate(shop.code for shop in SHOPS):
                    tables[code]["items"] = self._numbered(
                        code, "items", item_table(self.world, shop)
                    )
            yield Chunk(stop - start, stop, total, tables)

    def _chunk(
        self, ids: Ints, clock: orders.Clock, shelf: baskets.Shelf
    ) -> dict[str, dict[str, pa.Table]]:
        dice, world, options = self.dice, self.world, self.options
        who = people.populate(dice, ids)
        known = people.identify(dice, who)
        start = orders.first_days(dice, clock, who, self.members)
        placed = orders.place_orders(dice, world, clock, who, start, options.density)
        to = delivery.address(dice, who, placed, self.members)
        lines, bills = baskets.fill(dice, world, shelf, who, placed, to.province)
        planned = fate.foresee(dice, world, who, placed, lines, bills, to.province)
        sale = trades.Sale(
            world, who, known, placed, lines, bills, to, planned,
            fate.as_seen(planned, placed, bills, world.present), trades.trade_ids(placed), self.shop_numbers,
        )  # fmt: skip
        split = _Split()
        split.add("trades", trades.trades(dice, sale, options.with_contacts), placed.shop)
        split.add("lines", trades.lines(sale), placed.shop[lines.order])
        refund_table, rows = trades.refunds(dice, sale)
        split.add("refunds", refund_table, placed.shop[rows])
        sent = parcels.parcels_of(dice, sale)
        since = (season.number_of(world.anchor) - options.trace_days) * DAY
        trace, origin, state = parcels.traces(dice, sale, sent, since)
        split.add("parcels", parcels.parcel_table(sale, sent, state), placed.shop[sent.order])
        split.add("parcel_events", trace, placed.shop[sent.order[origin]])
        review_table, rows = reviews.reviews(dice, sale)
        split.add("reviews", review_table, placed.shop[rows])
        if options.with_visits:
            split.add("visits", *visits.visits(dice, sale, shelf, start))
        return self._finish(split, sale, start)

    def _finish(
        self, split: _Split, sale: trades.Sale, start: Floats
    ) -> dict[str, dict[str, pa.Table]]:
        """Cut by shop, add the member lists, number the rows."""
        who = sale.people
        paid = sale.fate.paid <= sale.world.present
        purchases = np.bincount(sale.orders.person[paid], minlength=len(who))
        last = np.zeros(len(who), dtype=np.int64)
        np.maximum.at(last, sale.orders.person[paid], sale.fate.paid[paid])
        result: dict[str, dict[str, pa.Table]] = {}
        for shop, spec in enumerate(SHOPS):
            tables = split.of(shop)
            profiles, attributes = member_list(
                self.dice,
                self.world,
                who,
                sale.identities,
                start,
                purchases,
                last,
                shop,
                int(self.shop_numbers[shop]),
            )
            base = self.counters.get((spec.code, "profiles"), FIRST_ROW)
            moved = pc.add(attributes["row_no"], base)
            tables["profiles"] = profiles
            result[spec.code] = {
                name: self._numbered(spec.code, name, table)
                for name, table in tables.items()
                if table.num_rows
            }
            if attributes.num_rows:
                result[spec.code]["profile_attributes"] = attributes.set_column(0, "row_no", moved)
        return result

    def _numbered(self, code: str, name: str, table: pa.Table) -> pa.Table:
        first = self.counters.get((code, name), FIRST_ROW)
        self.counters[code, name] = first + table.num_rows
        index = table.schema.get_field_index("row_no")
        return table.set_column(
            index, "row_no", numbers(np.arange(first, first + table.num_rows), pa.int64())
        )


class _Split:
    """Record sets and the shop of every row."""

    def __init__(self) -> None:
        self.tables: dict[str, tuple[pa.Table, Ints]] = {}

    def add(self, name: str, table: pa.Table, shop: Ints) -> None:
        self.tables[name] = (table, shop)

    def of(self, shop: int) -> dict[str, pa.Table]:
        """One shop's rows of every set."""
        return {
            name: table.take(pa.array(np.flatnonzero(shops == shop)))
            for name, (table, shops) in self.tables.items()
        }


def item_table(world: season.World, shop: int) -> pa.Table:
    """One shop's catalogue."""
    goods = catalogue()
    size = len(goods.items)
    prices = np.array([goods.sku_price[item.first_sku] for item in goods.items])
    costs = np.round(prices * np.array([item.cost_share for item in goods.items])).astype(np.int64)
    launched = np.array(
        [world.month_start(item.launched_month) * DAY + 7 * DAY + 36_000 for item in goods.items]
    )
    names = {
        "cdsgwnj"[n]: label
        for n, label in enumerate(("厨房", "佐餐", "微醺", "送礼", "酒具", "零食", "收藏"))
    }
    attributes = [
        f'{{"场景":"{names.get(item.group, "赠送")}","规格数":"{item.skus}"}}'
        for item in goods.items
    ]
    seasons = {
        "all": "四季",
        "winter": "秋冬",
        "summer": "夏",
        "autumn": "秋",
        "spring": "春",
        "crab": "秋",
        "newbrew": "冬",
        "spring_festival": "春节",
        "mid_autumn": "中秋",
        "dragon_boat": "端午",
        "gift": "节庆",
        "travel": "四季",
        "wedding": "春秋",
        "valentine": "四季",
    }
    phases = {"hot": "热销", "new": "新品", "end": "末期"}
    return table_of(
        "items",
        {
            "source": pick(trades.SOURCES, np.full(size, shop)),
            "item_key": pa.array([goods.item_key(n, shop) for n in range(size)]),
            "title": pa.array([goods.title(n, shop) for n in range(size)]),
            "category": pa.array([item.category for item in goods.items]),
            "brand": pa.scalar(BRAND_NAME),
            "merchant_code": pa.array([item.code for item in goods.items]),
            "season": pa.array([seasons[item.season] for item in goods.items]),
            "phase": pa.array([phases[item.phase] for item in goods.items]),
            "list_price": money(prices),
            "cost": money(costs),
            "attributes": pa.array(attributes),
            "version_at": instants(launched),
        },
        size,
    )

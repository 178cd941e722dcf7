"""What the brand sells: items, their variants, prices, seasons, and who buys them.

One line per item in ``data/catalogue.txt``: ``code | group | category | name | variants |
popularity | season | launched month | cost share | phase``. A variant is
``spec=price/weight``. Groups: c cooking, d daily wine, s sweet, g gift, w ware, n snacks, j jars and
old vintages. Month 0 is the first of the history.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from huitou.demo.brand import SHOPS
from huitou.demo.data import table_lines
from huitou.demo.dice import Floats, Ints

GROUPS: Final = "cdsgwnj"


_PRAISE: Final = {
    "c": "家用厨房 去腥增香", "d": "绍兴黄酒 自饮佐餐", "s": "低度微醺 聚会小酒", "g": "送礼佳品 含礼袋",
    "w": "温酒器具 手工", "n": "绍兴特产 下酒小食", "j": "整坛窖藏 收藏自饮",
}  # fmt: skip
"""What marketplaces' titles add for the search engine, by group."""


@dataclass(frozen=True)
class Item:
    """One sellable thing (SPU)."""

    code: str
    group: str
    category: str
    name: str
    popularity: float
    season: str
    launched_month: int
    cost_share: float
    phase: str
    first_sku: int
    skus: int


@dataclass(frozen=True)
class Catalogue:
    """Items and their variants; arrays are over variants (``sku_*``) or items."""

    items: tuple[Item, ...]
    sku_item: Ints
    sku_spec: tuple[str, ...]
    sku_code: tuple[str, ...]
    sku_price: Ints  # cents
    sku_weight: Floats
    gift: int  # the item that is given away

    @property
    def sold(self) -> Ints:
        """Numbers of the items that can be chosen by a buyer."""
        return np.array([n for n, item in enumerate(self.items) if n != self.gift], dtype=np.int64)

    def group_numbers(self) -> Ints:
        """Group (position in ``GROUPS``) per item; −1 for the giveaway."""
        return np.array([GROUPS.find(item.group) for item in self.items], dtype=np.int64)

    def title(self, item: int, shop: int) -> str:
        """How a shop words the item: marketplaces long, tills short."""
        entry = self.items[item]
        platform = SHOPS[shop].platform
        if platform == "pos":
            return entry.name.split(" ")[0]
        if item == self.gift:
            return entry.name
        if platform == "tmall":
            return f"枕河坊 {entry.name} {_PRAISE[entry.group]}"
        if platform == "jd":
            return f"枕河坊（ZHENHEFANG）{entry.name}"
        return entry.name

    def item_key(self, item: int, shop: int) -> str:
        """The item's number in one shop: every marketplace has its own, tills use the merchant's code."""
        platform = SHOPS[shop].platform
        if platform == "tmall":
            return str(680_000_000_000 + 1_283_447 * (item * 97 % 389 + 11))
        if platform == "jd":
            return str(100_000_000_000 + 9_137_211 * (item * 61 % 383 + 7))
        if platform == "youzan":
            return str(2_100_000_000 + 318_427 * (item * 53 % 379 + 5))
        return self.items[item].code


@cache
def catalogue() -> Catalogue:
    """The table, parsed once."""
    items: list[Item] = []
    sku_item: list[int] = []
    specs: list[str] = []
    codes: list[str] = []
    prices: list[int] = []
    weights: list[float] = []
    for line in table_lines("catalogue.txt"):
        code, group, category, name, variants, popularity, season, launched, cost, phase = (
            line.split("|")
        )
        parsed = [variant.split("=") for variant in variants.split(",")]
        items.append(
            Item(
                code, group, category, name, float(popularity), season, int(launched), float(cost),
                phase, len(specs), len(parsed),
            )
        )  # fmt: skip
        for number, (spec, terms) in enumerate(parsed, start=1):
            price, weight = terms.split("/")
            sku_item.append(len(items) - 1)
            specs.append(spec)
            codes.append(f"{code}-{number:02d}")
            prices.append(round(float(price) * 100))
            weights.append(float(weight))
    return Catalogue(
        items=tuple(items),
        sku_item=np.array(sku_item, dtype=np.int64),
        sku_spec=tuple(specs),
        sku_code=tuple(codes),
        sku_price=np.array(prices, dtype=np.int64),
        sku_weight=np.array(weights),
        gift=next(n for n, item in enumerate(items) if item.group == "-"),
    )

"""Where buyers live: 31 provinces, their larger cities and districts, and the carriers' hubs.

One line per province in ``data/places.txt``: ``province | weight | hub city | transit days |
cities``; a city is ``name/weight: districts``. Weights are shares of buyers of a brand at home in
Zhejiang. Names are official.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from huitou.demo.data import table_lines
from huitou.demo.dice import Floats, Ints, cumulative

REMOTE: Final = frozenset(
    {"新疆维吾尔自治区", "西藏自治区", "青海省", "宁夏回族自治区", "内蒙古自治区"}
)
"""Provinces to which postage is always charged."""

STREETS: Final[tuple[str, ...]] = (
    "人民路", "解放路", "中山路", "建设路", "新华路", "和平路",
    "文化路", "胜利路", "长江路", "黄河路", "延安路", "环城东路",
    "环城北路", "滨江大道", "学府路", "体育场路", "青年路", "友谊路",
    "光明路", "迎宾大道", "科技路", "高新一路", "创业路", "花园路",
    "民生路", "东风路", "朝阳路", "香樟路", "梧桐街", "桂花巷",
    "前进街", "振兴街", "清河街", "望江路", "湖滨路", "金桥路",
    "紫荆路", "海棠路", "书院街", "兴业路",
)  # fmt: skip
ESTATES: Final[tuple[str, ...]] = (
    "阳光花园", "金色家园", "绿城桂花苑", "翠湖湾", "锦绣江南", "书香名邸",
    "枫丹白露苑", "水岸华庭", "东方明珠苑", "世纪新城", "和谐家苑", "蓝天公寓",
    "碧桂雅苑", "银杏里", "江南春晓", "香榭丽园", "望湖小区", "紫金华府",
    "天鹅湖畔", "鑫苑名家", "梧桐公馆", "春江花月", "龙湖新村", "文教新村",
    "滨河花园", "盛世嘉园", "玫瑰园", "云栖里", "湖畔居", "橡树湾",
)  # fmt: skip


@dataclass(frozen=True)
class Places:
    """Parallel lists over districts and cities; numpy columns beside them."""

    provinces: list[str]
    cities: list[str]
    districts: list[str]
    district_city: Ints
    city_province: Ints
    province_hub: list[str]
    province_days: Floats  # carrier's usual days from Shaoxing
    province_remote: Ints
    district_cdf: Floats  # of a buyer
    city_index: dict[str, int]

    def districts_of(self, city: str) -> Ints:
        """District numbers of one city."""
        return np.flatnonzero(self.district_city == self.city_index[city]).astype(np.int64)


@cache
def places() -> Places:
    """The table, parsed once."""
    provinces: list[str] = []
    hubs: list[str] = []
    days: list[float] = []
    cities: list[str] = []
    city_province: list[int] = []
    districts: list[str] = []
    district_city: list[int] = []
    weights: list[float] = []
    for line in table_lines("places.txt"):
        province, weight, hub, transit, city_text = line.split("|")
        parsed = [entry.split(":") for entry in city_text.split(";")]
        heads = [head.split("/") for head, _ in parsed]
        city_total = sum(float(head[1]) for head in heads)
        for (name, share), (_, district_text) in zip(heads, parsed, strict=True):
            names = district_text.split(" ")
            # Earlier districts are listed first because more buyers live there.
            ranks = 1.0 / (np.arange(len(names)) + 2.0)
            city_weight = float(weight) * float(share) / city_total
            weights.extend(city_weight * ranks / ranks.sum())
            districts.extend(names)
            district_city.extend([len(cities)] * len(names))
            cities.append(name)
            city_province.append(len(provinces))
        provinces.append(province)
        hubs.append(hub)
        days.append(float(transit))
    return Places(
        provinces=provinces,
        cities=cities,
        districts=districts,
        district_city=np.array(district_city, dtype=np.int64),
        city_province=np.array(city_province, dtype=np.int64),
        province_hub=hubs,
        province_days=np.array(days),
        province_remote=np.array([name in REMOTE for name in provinces], dtype=np.int64),
        district_cdf=cumulative(np.array(weights)),
        city_index={name: number for number, name in enumerate(cities)},
    )

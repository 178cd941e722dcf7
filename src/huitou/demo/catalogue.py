"""What the brand sells: items, their variants, prices, seasons, and who buys them.

One line per item: ``code | group | category | name | variants | popularity | season | launched month |
cost share | phase``. A variant is ``spec=price/weight``. Groups: c cooking, d daily wine, s sweet, g
gift, w ware, n snacks, j jars and old vintages. Month 0 is the first of the history.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from huitou.demo.brand import SHOPS
from huitou.demo.dice import Floats, Ints

GROUPS: Final = "cdsgwnj"

_TABLE: Final = """
LJ001|c|料酒调味 > 料酒|五年陈绍兴料酒|500ml*2瓶=19.90/5,500ml*6瓶整箱=52.80/4,1.8L*2桶=45.90/3|10|all|0|.48|hot
LJ002|c|料酒调味 > 料酒|葱姜料酒 去腥提鲜|500ml*2瓶=22.80/5,500ml*6瓶整箱=58.80/2|6|all|2|.47|hot
LJ003|c|料酒调味 > 料酒|有机糯米料酒|500ml*1瓶=26.80/3,500ml*3瓶=72.00/2|3|all|9|.45|hot
LJ004|c|料酒调味 > 料酒|黄酒厨用大桶 餐饮装|5L*1桶=46.00/3,5L*4桶=168.00/1|2|all|0|.55|hot
LJ005|c|料酒调味 > 香醋|三年陈酿米醋|500ml*2瓶=24.80/4,500ml*6瓶=66.00/1|4|crab|0|.46|hot
LJ006|c|料酒调味 > 酱油|母子酱油 头道|500ml*1瓶=28.80/3,500ml*2瓶=54.00/2|4|all|5|.45|hot
LJ007|c|料酒调味 > 糟卤|绍兴糟卤 夏日凉菜|500ml*2瓶=29.90/4,500ml*4瓶=55.00/1|4|summer|0|.46|hot
LJ008|c|料酒调味 > 糟卤|香糟料理包|3包装=32.80/1|1|summer|16|.42|hot
HD001|d|黄酒 > 花雕酒|三年陈花雕酒 半干型|500ml*6瓶整箱=118.00/6,500ml*2瓶=45.00/4,2.5L*1坛=69.00/2|10|winter|0|.44|hot
HD002|d|黄酒 > 花雕酒|五年陈花雕酒 半干型|500ml*6瓶整箱=178.00/5,500ml*2瓶=66.00/4,500ml*1瓶=35.80/2|9|winter|0|.42|hot
HD003|d|黄酒 > 花雕酒|八年陈花雕酒 手工冬酿|500ml*6瓶整箱=298.00/3,500ml*2瓶=108.00/4|5|winter|0|.38|hot
HD004|d|黄酒 > 加饭酒|古法加饭酒 佐餐口粮|500ml*12瓶整箱=138.00/4,2.5L*2桶=59.00/4|7|all|0|.52|hot
HD005|d|黄酒 > 加饭酒|特加饭酒 塑瓶实惠装|1.5L*6瓶=89.00/1,1.5L*2瓶=32.80/2|4|all|0|.56|end
HD006|d|黄酒 > 元红酒|元红酒 干型低糖|500ml*6瓶整箱=108.00/3,500ml*2瓶=39.90/3|3|all|4|.47|hot
HD007|d|黄酒 > 花雕酒|清醇花雕 减甜款 330ml|330ml*12瓶=168.00/2,330ml*4瓶=59.90/4|4|all|18|.41|hot
HD008|d|黄酒 > 花雕酒|太雕酒 十年基酒调和|500ml*2瓶=158.00/3,500ml*6瓶整箱=428.00/2|4|winter|0|.36|hot
HD009|d|黄酒 > 花雕酒|冬酿新酒 年度限量|500ml*6瓶整箱=149.00/3,500ml*2瓶=55.00/3|4|newbrew|10|.43|new
HD010|d|黄酒 > 花雕酒|蟹季搭档 花雕酒+姜茶组合|组合装=79.90/1|4|crab|9|.42|hot
SN001|s|黄酒 > 善酿酒|善酿酒 半甜型|500ml*2瓶=56.00/4,500ml*6瓶整箱=152.00/2|5|winter|0|.42|hot
SN002|s|黄酒 > 香雪酒|香雪酒 甜型 女生微醺|500ml*2瓶=58.00/4,375ml*1瓶=29.90/4|5|all|0|.40|hot
SN003|s|黄酒 > 果味黄酒|青梅黄酒 8度|330ml*1瓶=19.90/4,330ml*6瓶=99.00/4|8|summer|7|.36|hot
SN004|s|黄酒 > 果味黄酒|桂花黄酒 8度|330ml*1瓶=19.90/4,330ml*6瓶=99.00/4|8|autumn|9|.36|hot
SN005|s|黄酒 > 果味黄酒|杨梅黄酒 10度|330ml*2瓶=42.00/3,330ml*6瓶=112.00/2|4|summer|18|.36|hot
SN006|s|黄酒 > 米酒|桂花米酒 酒酿|480g*3瓶=36.90/4,480g*6瓶=66.00/2|6|winter|2|.40|hot
SN007|s|黄酒 > 气泡黄酒|气泡黄酒 轻饮罐装|245ml*6罐=49.90/3,245ml*12罐=89.00/2|5|summer|20|.38|hot
SN008|s|黄酒 > 果味黄酒|玫瑰黄酒 限定|330ml*2瓶=45.00/1|2|spring|26|.37|new
LH001|g|礼盒 > 年货礼盒|年年有余 八年陈花雕礼盒|500ml*2瓶=168.00/4,500ml*4瓶=318.00/1|8|spring_festival|0|.36|hot
LH002|g|礼盒 > 年货礼盒|团圆家宴 黄酒糟卤年货大礼包|标准装=139.00/3,豪华装=239.00/2|8|spring_festival|1|.42|hot
LH003|g|礼盒 > 年货礼盒|十年陈花雕 红釉坛礼盒|500ml*2坛=288.00/3,1L*2坛=468.00/1|6|spring_festival|0|.33|hot
LH004|g|礼盒 > 中秋礼盒|月满江南 蟹酒礼盒|标准装=158.00/4,尊享装=298.00/2|8|mid_autumn|8|.38|hot
LH005|g|礼盒 > 中秋礼盒|桂花陈酿中秋礼盒|375ml*2瓶=119.00/1|5|mid_autumn|20|.36|hot
LH006|g|礼盒 > 端午礼盒|粽情端午 黄酒咸鸭蛋礼盒|标准装=109.00/1|5|dragon_boat|5|.43|hot
LH007|g|礼盒 > 商务礼盒|青瓷坛十五年陈 商务礼盒|500ml*2坛=599.00/2,500ml*1坛=318.00/2|4|gift|0|.30|hot
LH008|g|礼盒 > 商务礼盒|二十年陈 木盒装|500ml*1坛=798.00/1|2|gift|0|.27|hot
LH009|g|礼盒 > 长辈礼盒|福寿康宁 长辈礼盒|500ml*2瓶=198.00/3,500ml*4瓶=368.00/1|5|gift|6|.35|hot
LH010|g|礼盒 > 伴手礼|江南伴手礼 小坛三味|125ml*3坛=59.00/4,125ml*6坛=109.00/2|7|travel|0|.38|hot
LH011|g|礼盒 > 婚宴定制|囍坛婚宴酒 刻字定制|500ml*6坛=358.00/2,500ml*12坛=688.00/1|2|wedding|3|.40|hot
LH012|g|礼盒 > 年货礼盒|马到成功 生肖限定礼盒|500ml*2瓶=228.00/1|5|spring_festival|24|.35|new
JT001|j|黄酒 > 坛装老酒|十年陈原浆 坛装|2.5L*1坛=268.00/3,5L*1坛=498.00/1|4|winter|0|.35|hot
JT002|j|黄酒 > 坛装老酒|二十年陈 珍藏坛|1.5L*1坛=738.00/1|1|gift|0|.28|hot
JT003|j|黄酒 > 坛装老酒|五年陈 大坛 家庭自饮|10L*1坛=328.00/1|3|winter|0|.42|hot
JT004|j|黄酒 > 坛装老酒|女儿红坛 生子纪念 可刻字|5L*1坛=458.00/1|1|all|6|.36|hot
JJ001|w|酒具 > 温酒壶|青瓷温酒壶套装 一壶四杯|套装=128.00/1|5|winter|0|.40|hot
JJ002|w|酒具 > 温酒壶|锡壶 老式温酒壶|500ml=188.00/1|2|winter|0|.45|hot
JJ003|w|酒具 > 酒杯|手作粗陶酒杯|2只装=29.90/3,4只装=55.00/2|5|all|3|.38|hot
JJ004|w|酒具 > 酒杯|琉璃小酒盅|6只装=49.00/1|3|all|0|.38|end
JJ005|w|酒具 > 分酒器|玻璃分酒器 带刻度|350ml=35.00/1|2|all|0|.40|hot
JJ006|w|酒具 > 酒坛|空坛 家酿小坛|2.5L=39.00/2,5L=59.00/1|2|spring|12|.48|hot
LS001|n|零食 > 下酒小菜|茴香豆 五香味|250g*3袋=29.90/4,250g*6袋=52.00/2|9|all|0|.44|hot
LS002|n|零食 > 下酒小菜|香卤豆腐干|200g*4袋=32.80/1|6|all|0|.45|hot
LS003|n|零食 > 下酒小菜|黄酒醉花生|180g*4罐=39.90/1|6|all|4|.42|hot
LS004|n|零食 > 糟醉海鲜|花雕醉蟹 即食|4只装=128.00/3,6只装=178.00/2|6|crab|0|.50|hot
LS005|n|零食 > 糟醉海鲜|糟香鱼干|150g*3袋=45.90/1|4|winter|2|.46|hot
LS006|n|零食 > 糟醉海鲜|醉泥螺 醉虾双拼|300g*2罐=68.00/1|3|summer|10|.48|hot
LS007|n|零食 > 糕点|黄酒棒冰|8支装=39.90/1|4|summer|17|.40|hot
LS008|n|零食 > 糕点|黄酒桂花糕|300g*2盒=35.00/1|6|autumn|0|.42|hot
LS009|n|零食 > 糕点|酒心巧克力 花雕味|16颗=49.90/1|3|valentine|13|.38|hot
LS010|n|零食 > 腌腊|绍兴霉干菜 农家晒制|500g*2袋=29.80/1|6|winter|0|.45|hot
LS011|n|零食 > 腌腊|酱鸭 整只|700g*1只=68.00/2,700g*2只=128.00/1|5|spring_festival|0|.50|hot
LS012|n|零食 > 腌腊|霉豆腐 红方|320g*2瓶=25.80/1|4|all|0|.44|hot
ZP001|-|赠品 > 赠品|品鉴小杯（赠品）|1只=0/1|1|all|0|0|hot
"""

_ADJECTIVES: Final = ("", "绍兴特产 ", "官方正品 ", "送礼自饮 ")


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
        level = entry.category.rsplit(" > ", maxsplit=1)[-1]
        if platform == "tmall":
            return f"枕河坊{entry.name} {_ADJECTIVES[item % 4]}{level}"
        if platform == "jd":
            return f"枕河坊（ZHENHEFANG）{entry.name} {level}"
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
    """The table above, parsed once."""
    items: list[Item] = []
    sku_item: list[int] = []
    specs: list[str] = []
    codes: list[str] = []
    prices: list[int] = []
    weights: list[float] = []
    for line in _TABLE.strip().splitlines():
        code, group, category, name, variants, popularity, season, launched, cost, phase = line.split("|")
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

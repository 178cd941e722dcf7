"""Where they live, and where they have things sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import ibis
from ibis import _

from huitou.kernel.i18n import Text
from huitou.segments.catalogue.entry import Timed, Values
from huitou.segments.catalogue.making import (
    elements,
    favourite,
    flagged,
    in_group,
    member_column,
    member_value,
    newest,
    orders,
    share_of,
    valued,
)
from huitou.segments.facts import View
from huitou.segments.windows import EVER, Window
from huitou.warehouse.labels import CITY_TIER
from huitou.warehouse.parcels import REMOTE
from huitou.warehouse.store import table

_a = in_group("where")
_REGIONS: Final[Mapping[str, tuple[Text, str]]] = {
    "north": (Text("华北", "North China"), "北京 天津 河北 山西 内蒙古"),
    "northeast": (Text("东北", "Northeast"), "辽宁 吉林 黑龙江"),
    "east": (Text("华东", "East China"), "上海 江苏 浙江 安徽 福建 江西 山东"),
    "central": (Text("华中", "Central China"), "河南 湖北 湖南"),
    "south": (Text("华南", "South China"), "广东 广西 海南"),
    "southwest": (Text("西南", "Southwest"), "重庆 四川 贵州 云南 西藏"),
    "northwest": (Text("西北", "Northwest"), "陕西 甘肃 青海 宁夏 新疆"),
    "overseas": (Text("港澳台", "Hong Kong, Macao, Taiwan"), "香港 澳门 台湾"),
}
REGIONS: Final[dict[str, Text]] = {code: label for code, (label, _names) in _REGIONS.items()}
HALVES: Final[dict[str, Text]] = {"south": Text("南方", "south"), "north": Text("北方", "north")}
_SOUTHERN: Final = (
    "上海 江苏 浙江 安徽 福建 江西 湖北 湖南 广东 广西 海南 重庆 四川 贵州 云南 西藏 香港 澳门 台湾"
)
_NORTHERN: Final = "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 山东 河南 陕西 甘肃 青海 宁夏 新疆"


def _starts(province: ibis.Value, names: str) -> ibis.Value:
    return ibis.or_(*(province.startswith(name) for name in names.split()))


def region_of(province: ibis.Value) -> ibis.Value:
    """The region group of a province's name, short or full."""
    return ibis.cases(
        *((_starts(province, names), code) for code, (_label, names) in _REGIONS.items()),
        else_=None,
    )


def _half(rows: ibis.Table, view: View) -> ibis.Value:
    return ibis.cases(
        (_starts(rows.province, _SOUTHERN), "south"),
        (_starts(rows.province, _NORTHERN), "north"),
        else_=None,
    )


def _remote(rows: ibis.Table, view: View) -> ibis.Value:
    return _starts(rows.province, " ".join(REMOTE)).fill_null(False)


def _sent_to(column: str) -> Timed:
    def values(view: View, window: Window) -> Values:
        rows = orders(view, window)
        return elements(rows, rows[column])

    return Timed(values)


def _regions_sent_to(view: View, window: Window) -> Values:
    rows = orders(view, window)
    return elements(rows, region_of(rows.province))


def _different(column: str) -> Timed:
    def values(view: View, window: Window) -> Values:
        rows = orders(view, window)
        counted = rows.group_by("member").aggregate(value=rows[column].nunique())
        return Values(counted, 0)

    return Timed(values)


def _with_home(view: View, window: Window = EVER) -> ibis.Table:
    """Paid orders whose city is known, of members whose home city is."""
    rows = orders(view, window)
    rows = rows.filter(rows.city.notnull())
    home = table("member").select(home_member=_.member, home_city=_.city, home_province=_.province)
    home = home.filter(home.home_city.notnull())
    return rows.inner_join(home, rows.member == home.home_member)


def _elsewhere(view: View, window: Window) -> Values:
    rows = _with_home(view, window)
    return share_of(rows, rows.city != rows.home_city)


def _sends_elsewhere(view: View) -> Values:
    rows = _with_home(view)
    return flagged(rows.filter(rows.province != rows.home_province))


def _last(column: str) -> Timed:
    def values(view: View, window: Window) -> Values:
        rows = orders(view, window)
        return newest(rows, rows[column])

    return Timed(values)


def _last_elsewhere(view: View) -> Values:
    rows = _with_home(view)
    last = newest(rows, rows.city).table
    home = table("member").select("member", home_city=_.city)
    both = last.inner_join(home, "member")
    return flagged(both.filter(both.value != both.home_city))


def _most_sent(view: View, window: Window) -> Values:
    rows = orders(view, window)
    return favourite(rows, rows.city)


def _main_share(view: View, window: Window) -> Values:
    rows = orders(view, window)
    held = rows.select("member", "receiver_ref")
    held = held.filter(held.receiver_ref.notnull())
    each = held.group_by("member", "receiver_ref").aggregate(n=held.count())
    both = each.group_by("member").aggregate(most=each.n.max(), every=each.n.sum())
    return valued(both, both.most.cast("float64") / both.every.cast("float64"))


ATTRIBUTES: Final = (
    _a("province", "省份", "province", "choice", member_column("province"), "名单里的省份，没有时取最近一单的收货省份", "Of member lists, else where the newest order was sent", pick="member.province", data="member", words="地区 省"),
    _a("city", "城市", "city", "choice", member_column("city"), "名单里的城市，没有时取最近一单的收货城市", "Of member lists, else where the newest order was sent", pick="member.city", data="member", words="地区 市"),
    _a("district", "区县", "district", "choice", member_column("district"), "名单里的区县，没有时取最近一单的收货区县", "Of member lists, else where the newest order was sent", pick="member.district", data="member", words="地区 区 县"),
    _a("region", "大区", "region", "choice", member_value(lambda rows, view: region_of(rows.province)), "按省份归入华东、华南、华北等", "The province's part of the country", choices=REGIONS, data="member", words="华东 华南 华北 地域"),
    _a("half", "南方或北方", "south or north", "choice", member_value(_half), "按省份，大致以秦岭淮河为界", "By province, roughly along the Qinling and the Huai river", choices=HALVES, data="member", words="南方 北方"),
    _a("city_tier", "城市级别", "city tier", "choice", member_value(lambda rows, view: rows.city_tier.cast("string")), "一线、新一线到四线及以下", "From tier 1 to tier 4 and below", choices=CITY_TIER, data="member", words="一线 下沉"),
    _a("is_remote", "偏远地区", "in a remote region", "flag", member_value(_remote, False), "新疆、西藏、青海、内蒙古、宁夏、甘肃、海南", "Xinjiang, Tibet, Qinghai, Inner Mongolia, Ningxia, Gansu, Hainan", data="member", words="不包邮"),
    _a("sent_provinces", "收货省份", "provinces sent to", "set", _sent_to("province"), "已付款订单寄到过哪些省", "Provinces that paid orders were sent to", window=EVER, pick="trade.province", words="寄到"),
    _a("sent_cities", "收货城市", "cities sent to", "set", _sent_to("city"), "已付款订单寄到过哪些城市", "Cities that paid orders were sent to", window=EVER, pick="trade.city", words="寄到"),
    _a("sent_regions", "收货大区", "regions sent to", "set", Timed(_regions_sent_to), "已付款订单寄到过哪些大区", "Regions that paid orders were sent to", window=EVER, choices=REGIONS),
    _a("provinces_sent", "收货省份数", "different provinces sent to", "count", _different("province"), "已付款订单不同收货省份的个数", "How many provinces paid orders were sent to", window=EVER),
    _a("cities_sent", "收货城市数", "different cities sent to", "count", _different("city"), "已付款订单不同收货城市的个数", "How many cities paid orders were sent to", window=EVER),
    _a("receivers", "收货人数", "different receivers", "count", _different("receiver_ref"), "不同收货人与地址的个数（只比对密文）", "How many receivers and addresses, compared without being read", window=EVER, words="收货地址 代购 送礼"),
    _a("main_receiver_share", "常用收货人占比", "share of the main receiver", "share", Timed(_main_share), "寄给最常用收货人的订单 ÷ 有收货人的订单", "Orders to the most frequent receiver ÷ orders with a receiver", window=EVER),
    _a("elsewhere_share", "异地收货占比", "share sent to other cities", "share", Timed(_elsewhere), "寄往常住地以外城市的订单 ÷ 有城市的订单", "Orders sent to a city other than home ÷ orders with a city", window=EVER, words="异地 送礼"),
    _a("sends_elsewhere", "寄往过外省", "has sent to another province", "flag", _sends_elsewhere, "有已付款订单寄往常住地以外的省", "Some paid order was sent to a province other than home", words="异地"),
    _a("last_province", "最近收货省份", "last province sent to", "choice", _last("province"), "最近一笔已付款订单的收货省份", "Where the last paid order was sent", window=EVER, pick="trade.province"),
    _a("last_city", "最近收货城市", "last city sent to", "choice", _last("city"), "最近一笔已付款订单的收货城市", "Where the last paid order was sent", window=EVER, pick="trade.city"),
    _a("last_elsewhere", "最近一单寄往异地", "last order went to another city", "flag", _last_elsewhere, "最近一笔订单的城市不是常住城市", "The last order’s city is not the home city", words="搬家 异地"),
    _a("main_city", "最常收货城市", "most frequent city sent to", "choice", Timed(_most_sent), "收货次数最多的城市", "The city that most orders were sent to", window=EVER, pick="trade.city"),
)  # fmt: skip

"""What they buy: items, categories, brands, taste, presents, what is due again."""

from __future__ import annotations

from typing import Final

import ibis
from ibis import _

from huitou.kernel.i18n import Text
from huitou.segments.catalogue.entry import Timed, Values
from huitou.segments.catalogue.making import (
    Of,
    contains_any,
    elements,
    favourite,
    flagged,
    in_group,
    line_paid,
    lines,
    nearest_rank,
    newest,
    orders,
    orders_of,
    ratio,
    today,
    valued,
)
from huitou.segments.facts import View, days_since
from huitou.segments.windows import EVER, Window
from huitou.warehouse.store import table

_a = in_group("what", "trade_line")
GIFT_WORDS: Final = ("礼盒", "礼品", "礼物", "送礼", "伴手礼", "gift")
PURPOSES: Final[dict[str, Text]] = {
    "elders": Text("送长辈", "for elders"),
    "friends": Text("送朋友", "for friends"),
    "banquet": Text("宴请", "for banquets"),
    "self": Text("自用", "for oneself"),
}
_PURPOSE_WORDS: Final = {
    "elders": ("长辈", "父母", "爸妈", "老人", "孝敬"),
    "friends": ("朋友", "伴手礼", "闺蜜", "同事"),
    "banquet": ("宴", "酒席", "喜酒", "婚庆"),
    "self": ("自饮", "自用", "自己", "口粮"),
}
_LAST_LINES: Final = 10
_TASTE: Final = 0.3
_INTERVALS: Final = 5
_EARLY, _LATE = 7, 30
_MARK: Final = "\x1f"


def _set(of: Of, *, item: bool = False) -> Timed:
    """The set of a value of the paid lines."""

    def values(view: View, window: Window) -> Values:
        rows = lines(view, window, item=item)
        return elements(rows, of(rows, view))

    return Timed(values)


def _favourite(of: Of, *, item: bool = False) -> Timed:
    """The value on which most was paid."""

    def values(view: View, window: Window) -> Values:
        rows = lines(view, window, item=item)
        return favourite(rows, of(rows, view), line_paid(rows))

    return Timed(values)


def _top_share(column: str) -> Timed:
    """The share of the money that went to the greatest value of a column."""

    def values(view: View, window: Window) -> Values:
        rows = lines(view, window)
        rows = rows.filter(rows[column].notnull())
        each = rows.group_by("member", column).aggregate(paid=line_paid(rows).sum())
        both = each.group_by("member").aggregate(most=each.paid.max(), every=each.paid.sum())
        return valued(both, ratio(both.most, both.every))

    return Timed(values)


def _per_order(column: str) -> Timed:
    def values(view: View, window: Window) -> Values:
        rows = lines(view, window)
        what = rows.qty.sum() if column == "qty" else rows[column].nunique()
        each = rows.group_by("member").aggregate(what=what, orders=rows.trade.nunique())
        return valued(each, ratio(each.what, each.orders))

    return Timed(values)


def pairs_of_items() -> ibis.Table:
    """(item, pair): the attributes of items as ``name=value``, out of their JSON text.

    Plain text functions only, so that any engine does it: an object of text values needs no more.
    """
    items = table("item")
    text = items.attributes.re_replace(r'^\s*\{\s*"', "").re_replace(r'"\s*\}\s*$', "")
    text = text.re_replace(r'"\s*,\s*"', _MARK).re_replace(r'"\s*:\s*"', "=")
    text = text.replace('\\"', '"').replace("\\\\", "\\")
    known = items.filter(items.attributes.contains(":"))
    return known.select(number=known.item, pair=text.split(_MARK).unnest())


def _item_attributes(view: View, window: Window) -> Values:
    rows = lines(view, window).select("member", "item").distinct()
    pairs = pairs_of_items()
    both = rows.inner_join(pairs, rows.item == pairs.number)
    return elements(both, both.pair)


def _taste(view: View) -> Values:
    rows = lines(view)
    place = ibis.row_number().over(
        ibis.window(
            group_by=rows.member,
            order_by=[rows.moment.desc(), rows.trade.desc(), rows.line_key.asc()],
        )
    )
    last = rows.select("member", "item", place=place)
    last = last.filter(last.place < _LAST_LINES)
    counted = last.mutate(n=last.count().over(ibis.window(group_by=last.member)))
    pairs = pairs_of_items()
    both = counted.inner_join(pairs, counted.item == pairs.number)
    shares = both.group_by("member", "pair").aggregate(hits=both.count(), n=both.n.max())
    liked = shares.filter(shares.hits.cast("float64") >= shares.n.cast("float64") * _TASTE)
    return elements(liked, liked.pair)


def gift_like(rows: ibis.Table) -> ibis.Value:
    """Whether title, category or attributes speak of a present."""
    return (
        contains_any(rows.title.coalesce(rows.item_title), GIFT_WORDS)
        | contains_any(rows.category, GIFT_WORDS)
        | contains_any(rows.item_attributes, GIFT_WORDS)
    )


def _gift_items(view: View, window: Window) -> Values:
    rows = lines(view, window, item=True)
    return flagged(rows.filter(gift_like(rows)))


def _gift_share(view: View, window: Window) -> Values:
    rows = lines(view, window, item=True)
    paid = line_paid(rows)
    rows = rows.select("member", paid=paid, gift=ibis.ifelse(gift_like(rows), paid, 0))
    each = rows.group_by("member").aggregate(part=rows.gift.sum(), whole=rows.paid.sum())
    return valued(each, ratio(each.part, each.whole))


def _gift_buyer(view: View) -> Values:
    """Presents bought, or orders to somebody who is not the usual receiver in another city."""
    rows = lines(view, item=True)
    bought = rows.filter(gift_like(rows)).select("member")
    sent = orders(view)
    each = sent.group_by("member").aggregate(
        people=sent.receiver_ref.nunique(), cities=sent.city.nunique()
    )
    away = each.filter(each.people > 1, each.cities > 1).select("member")
    return flagged(bought.union(away))


def _purposes(view: View) -> Values:
    rows = lines(view, item=True)
    said = table("member_attribute")
    said = said.filter(said.member.notnull(), said.value.notnull())
    found = []
    for code, words in _PURPOSE_WORDS.items():
        bought = (
            contains_any(rows.title, words)
            | contains_any(rows.category, words)
            | contains_any(rows.item_attributes, words)
        )
        found.append(rows.filter(bought).select("member", value=ibis.literal(code)))
        found.append(
            said.filter(contains_any(said.value, words)).select("member", value=ibis.literal(code))
        )
    return Values(ibis.union(*found, distinct=True))


def _at_last(column: str, *, oldest: bool = False) -> Timed:
    """The set of a column over the lines of the last (first) order."""

    def values(view: View, window: Window) -> Values:
        rows = lines(view, window)
        edge = rows.moment.min() if oldest else rows.moment.max()
        ends = rows.group_by("member").aggregate(edge=edge)
        both = rows.inner_join(ends, "member")
        both = both.filter(both.moment == both.edge)
        return elements(both, both[column])

    return Timed(values)


def _last_category(view: View) -> Values:
    rows = lines(view)
    return newest(rows, rows.category)


def _item_days(view: View) -> ibis.Table:
    """(member, item, day): each day an item was bought on."""
    rows = lines(view)
    rows = rows.filter(rows.item.notnull())
    return rows.select("member", "item", day=rows.paid_day).distinct()


def _repeat_items(view: View) -> Values:
    days = _item_days(view)
    each = days.group_by("member", "item").aggregate(n=days.count())
    return elements(each.filter(each.n >= 2), _.item)


def _repeat_count(view: View) -> Values:
    days = _item_days(view)
    each = days.group_by("member", "item").aggregate(n=days.count())
    each = each.filter(each.n >= 2)
    return Values(each.group_by("member").aggregate(value=each.count()), 0)


def item_cycles(view: View) -> ibis.Table:
    """(item, middle, n): the median of everybody's days between two purchases of an item."""
    days = _item_days(view)
    by_pair = ibis.window(group_by=[days.member, days.item], order_by=days.day)
    gaps = days.mutate(before=days.day.lag().over(by_pair))
    gaps = gaps.filter(gaps.before.notnull())
    gaps = gaps.select("item", gap=gaps.day.delta(gaps.before, unit="day"))
    cycles = nearest_rank(gaps, "item", "gap")
    return cycles.filter(cycles.n >= _INTERVALS)


def _due(view: View) -> ibis.Table:
    """(member, item, since, middle): what was bought, how long ago, and its cycle where it has one."""
    days = _item_days(view)
    last = days.group_by("member", "item").aggregate(last_day=days.day.max())
    both = last.inner_join(item_cycles(view), "item")
    return both.mutate(late=days_since(both.last_day, view) - both.middle)


def _due_items(view: View) -> Values:
    rows = _due(view)
    rows = rows.filter(rows.late >= -_EARLY, rows.late <= _LATE)
    return elements(rows, rows.item)


def _days_to_due(view: View) -> Values:
    rows = _due(view)
    rows = rows.filter(rows.late <= _LATE)
    return Values(rows.group_by("member").aggregate(value=(0 - rows.late.max()).cast("int64")))


def _new_category(view: View) -> Values:
    rows = lines(view)
    rows = rows.filter(rows.category.notnull())
    firsts = rows.group_by("member", "category").aggregate(first_day=rows.paid_day.min())
    ends = rows.group_by("member").aggregate(begun=rows.paid_day.min(), ended=rows.paid_day.max())
    both = firsts.inner_join(ends, "member")
    return flagged(both.filter(both.first_day == both.ended, both.ended > both.begun))


def _one_category(view: View) -> Values:
    rows = lines(view)
    each = rows.group_by("member").aggregate(n=rows.category.nunique(), orders=rows.trade.nunique())
    return flagged(each.filter(each.n == 1, each.orders > 1))


def _since_item(view: View) -> Values:
    """Days since something new: the last time an item was bought for the first time."""
    days = _item_days(view)
    firsts = days.group_by("member", "item").aggregate(first_day=days.day.min())
    last = firsts.group_by("member").aggregate(day=firsts.first_day.max())
    return valued(last, today(view).delta(last.day, unit="day"))


ATTRIBUTES: Final = (
    _a("bought_items", "购买过的商品", "items bought", "set", _set(lambda rows, view: rows.item), "已付款订单里的商品", "Items of paid orders", window=EVER, pick="item", words="买过 单品 SPU"),
    _a("bought_skus", "购买过的规格", "SKUs bought", "set", _set(lambda rows, view: rows.sku), "已付款订单里的规格文字", "SKU texts of paid orders", window=EVER, pick="sku", words="规格 尺码 颜色"),
    _a("bought_categories", "购买过的类目", "categories bought", "set", _set(lambda rows, view: rows.category), "已付款订单里的类目，上级包含下级", "Categories of paid orders; one includes those below it", window=EVER, pick="category", is_path=True, words="品类 买过"),
    _a("bought_brands", "购买过的品牌", "brands bought", "set", _set(lambda rows, view: rows.item_brand, item=True), "已付款订单里商品的品牌", "Brands of the items of paid orders", window=EVER, pick="item_brand"),
    _a("bought_codes", "购买过的商家编码", "merchant codes bought", "set", _set(lambda rows, view: rows.item_merchant_code, item=True), "同一货品在各店的商品共用商家编码", "The same goods have one merchant code in every shop", window=EVER, pick="merchant_code", words="同款 货号 款号"),
    _a("bought_item_seasons", "购买过的商品季节", "item seasons bought", "set", _set(lambda rows, view: rows.item_season, item=True), "已付款商品资料里的季节", "The seasons that item records name", window=EVER, pick="item_season", words="春夏 秋冬 季节款"),
    _a("bought_phases", "购买过的销售阶段", "sales phases bought", "set", _set(lambda rows, view: rows.item_phase, item=True), "已付款商品资料里的销售阶段", "The sales phases that item records name", window=EVER, pick="item_phase", words="新品 热销 末期 清仓"),
    _a("item_attributes", "购买过的商品属性", "item attributes bought", "set", Timed(_item_attributes), "已付款商品的属性，写作“名称=值”", "Attributes of items bought, as “name=value”", window=EVER, pick="item_attributes", words="风格 颜色 面料 场景"),
    _a("taste", "口味与风格", "taste", "set", _taste, "最近 10 行商品里占三成以上的属性“名称=值”", "Attributes “name=value” of at least 30 % of the last 10 order lines", pick="item_attributes", words="偏好 风格 颜色 面料 场合 口味"),
    _a("items", "购买商品种数", "different items bought", "count", orders_of("items"), "已付款的不同商品数", "Different items of paid orders", total="items", window=EVER, words="SKU 宽度"),
    _a("categories", "购买类目数", "different categories bought", "count", orders_of("categories"), "已付款的不同类目数", "Different categories of paid orders", total="categories", window=EVER, words="品类 连带 跨品类"),
    _a("favourite_category", "最爱类目", "favourite category", "choice", _favourite(lambda rows, view: rows.category), "实付最多的类目", "The category on which most was paid", window=EVER, pick="category", is_path=True, words="偏好品类"),
    _a("favourite_item", "最爱商品", "favourite item", "choice", _favourite(lambda rows, view: rows.item.cast("string")), "实付最多的商品", "The item on which most was paid", window=EVER, pick="item", words="偏好单品"),
    _a("favourite_brand", "最爱品牌", "favourite brand", "choice", _favourite(lambda rows, view: rows.item_brand, item=True), "实付最多的品牌", "The brand on which most was paid", window=EVER, pick="item_brand", words="偏好品牌"),
    _a("favourite_category_share", "最爱类目占比", "share of the favourite category", "share", _top_share("category"), "最爱类目的实付 ÷ 有类目商品的实付", "Paid for the favourite category ÷ paid for items with one", window=EVER, words="集中度"),
    _a("favourite_item_share", "最爱商品占比", "share of the favourite item", "share", _top_share("item"), "最爱商品的实付 ÷ 全部商品的实付", "Paid for the favourite item ÷ paid for all items", window=EVER, words="集中度"),
    _a("units_per_order", "笔均件数", "units per order", "number", _per_order("qty"), "件数 ÷ 订单数", "Units ÷ orders", window=EVER, words="连带率 件单"),
    _a("items_per_order", "笔均商品种数", "items per order", "number", _per_order("item"), "商品种数（同一商品只算一次）÷ 订单数", "Different items, each once ÷ orders", window=EVER, words="连带"),
    _a("first_items", "首单商品", "items of the first order", "set", _at_last("item", oldest=True), "第一笔已付款订单的商品", "Items of the first paid order", window=EVER, pick="item", words="首购 入门款"),
    _a("first_categories", "首单类目", "categories of the first order", "set", _at_last("category", oldest=True), "第一笔已付款订单的类目", "Categories of the first paid order", window=EVER, pick="category", is_path=True, words="首购"),
    _a("last_items", "最近一单商品", "items of the last order", "set", _at_last("item"), "最近一笔已付款订单的商品", "Items of the last paid order", window=EVER, pick="item"),
    _a("last_categories", "最近一单类目", "categories of the last order", "set", _at_last("category"), "最近一笔已付款订单的类目", "Categories of the last paid order", window=EVER, pick="category", is_path=True),
    _a("last_category", "最近购买类目", "last category bought", "choice", _last_category, "最近一笔有类目的商品的类目", "The category of the last line that has one", pick="category", is_path=True),
    _a("repeat_items", "回购过的商品", "items bought again", "set", _repeat_items, "在两个以上日子买过的商品", "Items bought on two days or more", pick="item", words="复购 回购"),
    _a("repeat_item_count", "回购过的商品数", "number of items bought again", "count", _repeat_count, "在两个以上日子买过的商品个数", "How many items were bought on two days or more", words="复购"),
    _a("due_items", "到回购期的商品", "items due again", "set", _due_items, "距上次购买已到该商品全体的中位回购周期（前 7 天至后 30 天）；至少要有 5 次间隔", "Bought so long ago that the median cycle of all buyers is reached (7 days before to 30 after); 5 intervals at least", pick="item", is_global=True, words="回购到期 消耗品 补货"),
    _a("days_to_due", "最近回购到期还有几天", "days until an item is due again", "number", _days_to_due, "最早到期的商品还有几天到回购期，负数为已过（30 天内）", "Days until the first item is due by everybody’s cycle; negative when past (30 days at most)", unit="day", is_global=True, words="回购周期"),
    _a("new_item_days", "距上次尝新天数", "days since trying something new", "days", _since_item, "距最近一次购买没买过的商品的天数", "Days since an item was last bought for the first time", words="尝新 新品"),
    _a("new_category", "最近买了新类目", "lately bought a new category", "flag", _new_category, "最近购买日里有从没买过的类目", "The last buying day had a category never bought before", words="跨品类 拓品"),
    _a("one_category", "只买一个类目", "buys one category only", "flag", _one_category, "两单以上且都在同一个类目", "Two orders or more, all of one category", words="单一品类 交叉销售"),
    _a("gift_items", "买过礼品类商品", "bought presents", "flag", Timed(_gift_items), "标题、类目或属性里有礼盒、礼品、送礼等字样", "Title, category or attributes speak of gift boxes or presents", window=EVER, words="送礼 礼盒"),
    _a("gift_share", "礼品消费占比", "share spent on presents", "share", Timed(_gift_share), "礼品类商品的实付 ÷ 全部商品的实付", "Paid for presents ÷ paid for all items", window=EVER, words="送礼"),
    _a("gift_buyer", "送礼客", "gift buyer", "flag", _gift_buyer, "买过礼品类商品，或寄给过不同城市的不同收货人", "Bought presents, or sent orders to several receivers in several cities", words="送礼 礼品 代送"),
    _a("purposes", "购买用途", "purposes", "set", _purposes, "由商品标题、类目、属性和自定义字段推断：送长辈、送朋友、宴请、自用", "Inferred from titles, categories, attributes and custom fields: elders, friends, banquets, oneself", choices=PURPOSES, words="送礼对象 送长辈 送朋友 自饮 宴请"),
)  # fmt: skip

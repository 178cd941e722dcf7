"""Price and promotion: what level they buy at, and what a discount does to them."""

from __future__ import annotations

from typing import Final

import ibis
from ibis import _

from huitou.kernel.i18n import Text
from huitou.segments.catalogue.entry import Timed, Values
from huitou.segments.catalogue.making import (
    banded,
    contains_any,
    elements,
    flagged,
    in_group,
    line_paid,
    lines,
    nearest_rank,
    newest,
    of_life,
    one_of,
    orders,
    orders_of,
    over,
    ratio,
    share_of,
    valued,
)
from huitou.segments.catalogue.when import in_sales
from huitou.segments.facts import NOTHING, View
from huitou.segments.windows import EVER, Window

_a = in_group("price")
LEVELS: Final[dict[str, Text]] = {
    "high": Text("高", "high"),
    "mid": Text("中", "medium"),
    "low": Text("低", "low"),
}
PRICES: Final[dict[str, tuple[int, Text]]] = {
    "under_50": (50, Text("50 元以下", "under ¥50")),
    "50_100": (100, Text("50–100 元", "¥50–100")),
    "100_200": (200, Text("100–200 元", "¥100–200")),
    "200_500": (500, Text("200–500 元", "¥200–500")),
    "500_1000": (1000, Text("500–1000 元", "¥500–1000")),
}
_TOP: Final = {"over_1000": Text("1000 元以上", "¥1000 and more")}
PRICE_CHOICES: Final = {**{code: label for code, (_end, label) in PRICES.items()}, **_TOP}
PRESALE: Final = ("deposit_unpaid", "final_unpaid", "final_paid", "deposit_forfeited")
_END: Final = ("末期", "清仓", "尾货", "end")
_NEW: Final = ("新品", "上新", "new")


def _discounted(rows: ibis.Table, view: View) -> ibis.Value:
    return ratio(rows.discounted_trades, rows.paid_trades)


def _sensitivity(rows: ibis.Table, view: View) -> ibis.Value:
    share = _discounted(rows, view)
    return ibis.cases((share >= 0.6, "high"), (share >= 0.2, "mid"), else_="low")


def _discount_share(view: View, window: Window) -> Values:
    rows = orders(view, window)
    each = rows.group_by("member").aggregate(
        part=rows.discount_amount.fill_null(NOTHING).sum(), whole=rows.goods_amount.sum()
    )
    return valued(each.filter(each.whole > 0), ratio(_.part, _.whole))


def _last_discount(view: View) -> Values:
    rows = orders(view)
    rows = rows.filter(rows.goods_amount > 0)
    return newest(rows, ratio(rows.discount_amount.fill_null(NOTHING), rows.goods_amount))


def _largest_discount(view: View, window: Window) -> Values:
    rows = orders(view, window)
    return Values(
        rows.group_by("member").aggregate(value=rows.discount_amount.fill_null(NOTHING).max())
    )


def _full_price(view: View) -> Values:
    rows = orders(view)
    each = rows.group_by("member").aggregate(most=rows.discount_amount.fill_null(NOTHING).max())
    return flagged(each.filter(each.most <= 0))


def _only_discounted(view: View) -> Values:
    rows = orders(view)
    each = rows.group_by("member").aggregate(least=rows.discount_amount.fill_null(NOTHING).min())
    return flagged(each.filter(each.least > 0))


def _unit_price(view: View, window: Window) -> ibis.Table:
    rows = lines(view, window)
    each = rows.group_by("member").aggregate(paid=line_paid(rows).sum(), units=rows.qty.sum())
    return each.filter(each.units > 0)


def _price_band(view: View, window: Window) -> Values:
    each = _unit_price(view, window)
    return valued(each, banded(ratio(each.paid, each.units), PRICES, "over_1000"))


def _order_band(view: View, window: Window) -> Values:
    rows = orders(view, window)
    each = rows.group_by("member").aggregate(paid=rows.paid_amount.sum(), n=rows.count())
    return valued(each, banded(ratio(each.paid, each.n), PRICES, "over_1000"))


def _bands_bought(view: View, window: Window) -> Values:
    rows = lines(view, window)
    return elements(rows, banded(rows.price, PRICES, "over_1000"))


def _lowest_price(view: View, window: Window) -> Values:
    rows = lines(view, window)
    rows = rows.filter(rows.price > 0)
    return Values(rows.group_by("member").aggregate(value=rows.price.min()))


def _index(view: View) -> ibis.Table:
    """(member, value): the mean of price ÷ the median price of the category, over paid lines."""
    rows = lines(view)
    rows = rows.filter(rows.category.notnull(), rows.price > 0)
    medians = nearest_rank(rows.select("category", "price"), "category", "price").rename(
        of_category="category"
    )
    both = rows.inner_join(medians, rows.category == medians.of_category)
    return both.group_by("member").aggregate(value=ratio(both.price, both.middle).mean())


def _price_index(view: View) -> Values:
    return Values(_index(view))


def _price_sensitivity(view: View) -> Values:
    rows = _index(view)
    return valued(
        rows, ibis.cases((rows.value < 0.8, "high"), (rows.value <= 1.2, "mid"), else_="low")
    )


def _to_list(view: View, window: Window) -> Values:
    rows = lines(view, window, item=True)
    rows = rows.filter(rows.item_list_price > 0, rows.price.notnull())
    each = rows.group_by("member").aggregate(
        part=(rows.price * rows.qty).sum(), whole=(rows.item_list_price * rows.qty).sum()
    )
    return valued(each, ratio(each.part, each.whole))


def _phase_share(words: tuple[str, ...]) -> Timed:
    def values(view: View, window: Window) -> Values:
        rows = lines(view, window, item=True)
        paid = line_paid(rows)
        rows = rows.select(
            "member", paid=paid, hit=ibis.ifelse(contains_any(rows.item_phase, words), paid, 0)
        )
        each = rows.group_by("member").aggregate(part=rows.hit.sum(), whole=rows.paid.sum())
        return valued(each, ratio(each.part, each.whole))

    return Timed(values)


def _sale_share(view: View, window: Window) -> Values:
    rows = orders(view, window)
    return share_of(rows, in_sales(rows, view))


def _sale_only(view: View) -> Values:
    rows = orders(view)
    held = rows.select("member", hit=in_sales(rows, view).cast("int64"))
    each = held.group_by("member").aggregate(least=held.hit.min())
    return flagged(each.filter(each.least == 1))


def _sale_orders(view: View, window: Window) -> Values:
    rows = orders(view, window)
    held = rows.filter(in_sales(rows, view))
    return Values(held.group_by("member").aggregate(value=held.count()), 0)


def _presale(view: View, window: Window) -> Values:
    rows = orders(view, window, basis="all")
    return flagged(rows.filter(rows.presale_step.notnull()))


def _balance_due(view: View) -> Values:
    rows = orders(view, basis="unpaid")
    return flagged(
        rows.filter(
            (rows.status == "deposit_paid")
            | ((rows.presale_step == "final_unpaid") & (rows.status != "closed_unpaid"))
        )
    )


def _forfeited(view: View, window: Window) -> Values:
    rows = orders(view, window, basis="all")
    held = rows.filter(rows.presale_step == "deposit_forfeited")
    return Values(held.group_by("member").aggregate(value=held.count()), 0)


def _postage(view: View, window: Window) -> Values:
    rows = orders(view, window)
    return Values(rows.group_by("member").aggregate(value=rows.postage_amount.sum()), 0)


def _discount_per_order(view: View, window: Window) -> Values:
    rows = orders(view, window)
    each = rows.group_by("member").aggregate(
        part=rows.discount_amount.fill_null(NOTHING).sum(), n=rows.count()
    )
    return valued(each, ratio(each.part, each.n))


ATTRIBUTES: Final = (
    _a("unit_price", "件单价", "average price per unit", "money", orders_of("unit_price"), "商品实付 ÷ 件数", "Paid for items ÷ units", window=EVER, words="货单价 均价 单价"),
    _a("price_band", "件单价区间", "band of the average price per unit", "choice", Timed(_price_band), "件单价所在的价格带", "The band of the average price per unit", window=EVER, choices=PRICE_CHOICES, words="价格带 消费水平"),
    _a("order_band", "笔单价区间", "band of the average order value", "choice", Timed(_order_band), "笔单价所在的价格带", "The band of the average order value", window=EVER, choices=PRICE_CHOICES, words="客单价 消费水平 价格带"),
    _a("price_bands", "购买过的价格带", "price bands bought", "set", Timed(_bands_bought), "买过的商品单价所在的价格带", "The bands of the unit prices bought", window=EVER, choices=PRICE_CHOICES, words="价格带"),
    _a("highest_price", "最高商品单价", "highest unit price", "money", orders_of("highest_price"), "买过的最贵商品的单价", "The highest unit price bought", window=EVER, words="高端"),
    _a("lowest_price", "最低商品单价", "lowest unit price", "money", Timed(_lowest_price), "买过的最便宜商品的单价（大于 0）", "The lowest unit price bought, above zero", window=EVER),
    _a("discount", "优惠金额", "discount received", "money", orders_of("discount"), "已付款订单的优惠合计", "The discounts of paid orders", total="discount_amount", window=EVER, words="优惠 让利"),
    _a("discount_share", "优惠占比", "share of discount", "share", Timed(_discount_share), "优惠 ÷ 商品金额", "Discount ÷ goods amount", window=EVER, words="折扣力度"),
    _a("discount_per_order", "笔均优惠", "discount per order", "money", Timed(_discount_per_order), "优惠 ÷ 订单数", "Discount ÷ orders", window=EVER, words="优惠"),
    _a("largest_discount", "最大一笔优惠", "largest discount", "money", Timed(_largest_discount), "单笔订单的最高优惠", "The highest discount of one order", window=EVER),
    _a("last_discount_share", "最近一单优惠占比", "discount share of the last order", "share", _last_discount, "最近一单的优惠 ÷ 商品金额", "Discount ÷ goods amount of the last order", words="折扣"),
    _a("discounted_orders", "优惠订单数", "discounted orders", "count", orders_of("orders", over("order_discount", 0)), "有优惠的已付款订单数", "Paid orders with a discount", total="discounted_trades", window=EVER, words="用券 促销"),
    _a("discounted_share", "优惠订单占比", "share of discounted orders", "share", orders_of("share_of_orders", over("order_discount", 0)), "有优惠的订单 ÷ 已付款订单", "Orders with a discount ÷ paid orders", window=EVER, words="促销依赖"),
    _a("promotion_sensitivity", "促销敏感度", "promotion sensitivity", "choice", of_life(_sensitivity), "优惠订单占比：0.6 以上为高，0.2–0.6 为中，不到 0.2 为低", "Share of discounted orders: high from 0.6, medium from 0.2, low below", choices=LEVELS, words="促销 敏感 优惠"),
    _a("price_index", "价格指数", "price index", "number", _price_index, "商品单价 ÷ 同类目全体中位单价的平均；1 为中等", "Mean of unit price ÷ everybody’s median of the category; 1 is average", is_global=True, data="trade_line", words="价位 高端 低价"),
    _a("price_sensitivity", "价格敏感度", "price sensitivity", "choice", _price_sensitivity, "价格指数：不到 0.8 为高，0.8–1.2 为中，超过 1.2 为低", "By the price index: high below 0.8, medium up to 1.2, low above", choices=LEVELS, is_global=True, data="trade_line", words="价格 敏感 便宜"),
    _a("to_list_price", "成交折扣率", "price paid to list price", "share", Timed(_to_list), "成交单价 ÷ 吊牌价，按件数加权", "Price ÷ list price, weighted by units", window=EVER, data="trade_line", words="几折 折扣 吊牌"),
    _a("full_price_buyer", "从不用优惠", "never uses discounts", "flag", _full_price, "买过，且所有已付款订单都没有优惠", "Has bought, and no paid order had a discount", words="正价 原价"),
    _a("only_discounted", "只买优惠", "buys with discounts only", "flag", _only_discounted, "买过，且每笔已付款订单都有优惠", "Has bought, and every paid order had a discount", words="羊毛党 薅羊毛"),
    _a("sale_orders", "大促订单数", "orders in great sales", "count", Timed(_sale_orders), "618（前 18 天后 2 天）、双11（前 21 天后 1 天）、双12（前 4 天后 1 天）期间付款的订单，近五年", "Orders paid around 6.18, Double 11 and Double 12, of the last five years", window=EVER, words="大促 618 双11"),
    _a("sale_share", "大促订单占比", "share bought in great sales", "share", Timed(_sale_share), "大促期间付款的订单 ÷ 订单数", "Orders paid in great sales ÷ orders", window=EVER, words="大促 618 双11"),
    _a("sale_only", "只在大促购买", "buys in great sales only", "flag", _sale_only, "买过，且每笔都在大促期间付款", "Has bought, and paid every order in a great sale", words="大促 618 双11"),
    _a("clearance_share", "清仓商品占比", "share spent on clearance", "share", _phase_share(_END), "销售阶段为末期、清仓、尾货的商品实付 ÷ 全部", "Paid for items at the end of their phase ÷ paid for all", window=EVER, data="trade_line", words="清仓 末期 尾货"),
    _a("new_item_share", "新品消费占比", "share spent on new items", "share", _phase_share(_NEW), "销售阶段为新品的商品实付 ÷ 全部", "Paid for items in their new phase ÷ paid for all", window=EVER, data="trade_line", words="尝新 上新"),
    _a("presale_buyer", "参加过预售", "took part in a presale", "flag", Timed(_presale), "有带预售阶段的订单", "Has an order with a presale step", window=EVER, words="预售 定金"),
    _a("presale_orders", "预售订单数", "presale orders", "count", orders_of("orders", one_of("presale_step", "final_paid")), "付清尾款的预售订单", "Presale orders whose balance was paid", window=EVER, words="预售"),
    _a("balance_due", "尾款待付", "balance due", "flag", _balance_due, "现在有已付定金、待付尾款的订单", "Has an order whose deposit is paid and whose balance is not", words="尾款 催付 定金"),
    _a("forfeited", "放弃定金次数", "deposits forfeited", "count", Timed(_forfeited), "付了定金没付尾款的订单", "Orders whose deposit was paid and balance never", window=EVER, words="预售 定金"),
    _a("postage", "邮费合计", "postage paid", "money", Timed(_postage), "已付款订单的邮费合计", "The postage of paid orders", window=EVER, otherwise=0, words="运费"),
    _a("postage_share", "付邮费订单占比", "share of orders with postage", "share", orders_of("share_of_orders", over("postage", 0)), "有邮费的订单 ÷ 已付款订单", "Orders with postage ÷ paid orders", window=EVER, words="包邮 运费"),
)  # fmt: skip

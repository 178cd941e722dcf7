"""Orders and their lines as a fact: what a condition may name, what may be measured."""

from __future__ import annotations

from typing import Final

import ibis

from huitou.accounts.shops import KINDS, PLATFORMS
from huitou.kernel.i18n import Text
from huitou.segments.facts import (
    BASES,
    NOTHING,
    Fact,
    Field,
    Measure,
    Needs,
    Of,
    View,
    column,
    days_since,
    hour,
    joined,
    moment_day,
    month,
    weekday,
)
from huitou.warehouse.labels import REFUND_STATE, STATUS

WEEKDAYS: Final[dict[str, Text]] = {
    "1": Text("周一", "Monday"),
    "2": Text("周二", "Tuesday"),
    "3": Text("周三", "Wednesday"),
    "4": Text("周四", "Thursday"),
    "5": Text("周五", "Friday"),
    "6": Text("周六", "Saturday"),
    "7": Text("周日", "Sunday"),
}
_LINE: Final[Needs] = frozenset({"line"})
_TRADE: Final[Needs] = frozenset({"trade"})
_ITEM: Final[Needs] = frozenset({"line", "item"})
_SHOP: Final[Needs] = frozenset({"shop"})


def _text(name: str) -> Of:
    return lambda rows, view: rows[name].cast("string")


def _order(name: str) -> Of:
    """A column of the order, whether the rows are orders or lines."""
    return lambda rows, view: rows[f"order_{name}" if f"order_{name}" in rows.columns else name]


def _as_text(of: Of) -> Of:
    return lambda rows, view: of(rows, view).cast("string")


def _discount_share(rows: ibis.Table, view: View) -> ibis.Value:
    goods, discount = _order("goods_amount")(rows, view), _order("discount_amount")(rows, view)
    return ibis.ifelse(
        goods > 0, discount.fill_null(NOTHING).cast("float64") / goods.cast("float64"), None
    )


ORDER_FIELDS: Final[dict[str, Field]] = {
    one.code: one
    for one in (
        Field("shop", Text("店铺", "shop"), "choice", _text("shop"), is_searchable=True, number=column("shop")),
        Field("platform", Text("平台", "platform"), "choice", joined("shop", "platform"), _SHOP, choices=PLATFORMS),
        Field("shop_kind", Text("网店或门店", "online or store"), "choice", joined("shop", "kind"), _SHOP, choices=KINDS),
        Field("item", Text("商品", "item"), "choice", _text("item"), _LINE, is_searchable=True, number=column("item")),
        Field("sku", Text("规格", "SKU"), "text", column("sku"), _LINE),
        Field("title", Text("商品标题", "item title"), "text", column("title"), _LINE),
        Field("category", Text("类目", "category"), "choice", column("category"), _LINE, is_searchable=True, is_path=True),
        Field("item_brand", Text("商品品牌", "item brand"), "choice", joined("item", "brand"), _ITEM, is_searchable=True),
        Field("merchant_code", Text("商家编码", "merchant code"), "choice", joined("item", "merchant_code"), _ITEM, is_searchable=True),
        Field("item_season", Text("商品季节", "item season"), "choice", joined("item", "season"), _ITEM, is_searchable=True),
        Field("item_phase", Text("商品销售阶段", "sales phase of the item"), "choice", joined("item", "phase"), _ITEM, is_searchable=True),
        Field("item_attributes", Text("商品属性（含规格文字）", "item attributes (as text)"), "text", joined("item", "attributes"), _ITEM),
        Field("price", Text("商品单价", "unit price"), "money", column("price"), _LINE, unit="yuan"),
        Field("quantity", Text("购买件数", "quantity"), "number", column("qty"), _LINE),
        Field("line_amount", Text("商品实付", "paid for the item"), "money", lambda rows, view: _line_paid(rows), _LINE, unit="yuan"),
        Field("line_refund", Text("商品退款状态", "refund state of the item"), "choice", column("refund_state"), _LINE, choices=REFUND_STATE),
        Field("order_amount", Text("订单实付", "paid for the order"), "money", _order("paid_amount"), _TRADE, unit="yuan"),
        Field("goods_amount", Text("订单商品金额", "goods amount of the order"), "money", _order("goods_amount"), _TRADE, unit="yuan"),
        Field("order_discount", Text("订单优惠", "discount of the order"), "money", _order("discount_amount"), _TRADE, unit="yuan"),
        Field("discount_share", Text("订单优惠占比", "discount share of the order"), "share", _discount_share, _TRADE, unit="percent"),
        Field("postage", Text("订单邮费", "postage"), "money", _order("postage_amount"), _TRADE, unit="yuan"),
        Field("order_refund", Text("订单退款", "refunded on the order"), "money", _order("refunded_amount"), _TRADE, unit="yuan"),
        Field("order_units", Text("订单件数", "units of the order"), "number", _order("units"), _TRADE),
        Field("status", Text("订单状态", "order status"), "choice", _order("status"), _TRADE, choices=STATUS),
        Field("province", Text("收货省份", "province sent to"), "choice", _order("province"), _TRADE, is_searchable=True),
        Field("city", Text("收货城市", "city sent to"), "choice", _order("city"), _TRADE, is_searchable=True),
        Field("presale_step", Text("预售阶段", "presale step"), "choice", _order("presale_step"), _TRADE, is_searchable=True),
        Field("channel", Text("渠道", "channel"), "choice", _order("channel"), _TRADE, is_searchable=True),
        Field("store", Text("成交门店", "store"), "choice", _as_text(_order("store")), _TRADE, is_searchable=True, number=_order("store")),
        Field("guide", Text("导购", "guide"), "choice", _order("guide"), _TRADE, is_searchable=True),
        Field("hour", Text("几点（0–23）", "hour of day (0–23)"), "number", hour),
        Field("weekday", Text("星期几", "weekday"), "choice", _as_text(weekday), choices=WEEKDAYS),
        Field("month", Text("几月（1–12）", "month (1–12)"), "number", month),
        Field("day", Text("日期", "date"), "date", moment_day),
    )
}  # fmt: skip


def _line_paid(rows: ibis.Table) -> ibis.Value:
    """What was paid for a line; its list amount where the export does not tell."""
    return rows.paid_amount.coalesce(rows.line_amount)


def _count(rows: ibis.Table, view: View) -> ibis.Value:
    return rows.count()


def _orders_of_lines(rows: ibis.Table, view: View) -> ibis.Value:
    return rows.trade.nunique()


def _distinct(name: str) -> Of:
    return lambda rows, view: rows[name].nunique()


def _days(rows: ibis.Table, view: View) -> ibis.Value:
    return moment_day(rows, view).nunique()


def first_day(rows: ibis.Table, view: View) -> ibis.Value:
    return moment_day(rows, view).min()


def last_day(rows: ibis.Table, view: View) -> ibis.Value:
    return moment_day(rows, view).max()


def since_first(rows: ibis.Table, view: View) -> ibis.Value:
    return days_since(first_day(rows, view), view)


def since_last(rows: ibis.Table, view: View) -> ibis.Value:
    return days_since(last_day(rows, view), view)


def _net(rows: ibis.Table) -> ibis.Value:
    return rows.paid_amount.fill_null(NOTHING) - rows.refunded_amount.fill_null(NOTHING)


_YUAN: Final = "yuan"
_DAY: Final = "day"
_SHARE: Final = "percent"

ORDER_MEASURES: Final[dict[str, Measure]] = {
    one.code: one
    for one in (
        Measure("orders", Text("订单数", "orders"), "count", _count, 0, of_lines=_orders_of_lines),
        Measure("days", Text("购买天数", "days bought on"), "count", _days, 0, of_lines=_days,
                help=Text("同一天的多笔算一次", "several orders of one day count once")),
        Measure("lines", Text("商品行数", "order lines"), "count", _count, 0, of_lines=_count, needs_lines=True),
        Measure("units", Text("件数", "units"), "number", lambda rows, view: rows.units.sum(), 0,
                of_lines=lambda rows, view: rows.qty.sum()),
        Measure("items", Text("商品种数", "different items"), "count", _distinct("item"), 0, of_lines=_distinct("item"), needs_lines=True),
        Measure("categories", Text("类目数", "different categories"), "count", _distinct("category"), 0, of_lines=_distinct("category"), needs_lines=True),
        Measure("shops", Text("店铺数", "different shops"), "count", _distinct("shop"), 0, of_lines=_distinct("shop")),
        Measure("amount", Text("实付金额", "amount paid"), "money", lambda rows, view: rows.paid_amount.sum(), 0, _YUAN,
                of_lines=lambda rows, view: _line_paid(rows).sum()),
        Measure("net", Text("净额", "net amount"), "money", lambda rows, view: _net(rows).sum(), 0, _YUAN,
                Text("实付减退款", "paid less refunded"),
                of_lines=lambda rows, view: (_line_paid(rows).fill_null(NOTHING) - rows.refunded_amount.fill_null(NOTHING)).sum()),
        Measure("refunded", Text("退款金额", "amount refunded"), "money", lambda rows, view: rows.refunded_amount.sum(), 0, _YUAN,
                of_lines=lambda rows, view: rows.refunded_amount.sum()),
        Measure("discount", Text("优惠金额", "discount"), "money", lambda rows, view: rows.discount_amount.sum(), 0, _YUAN),
        Measure("average", Text("笔单价", "average order value"), "money",
                lambda rows, view: rows.paid_amount.sum().cast("float64") / rows.count(), None, _YUAN,
                Text("实付 ÷ 订单数", "amount ÷ orders"),
                of_lines=lambda rows, view: _line_paid(rows).sum().cast("float64") / rows.trade.nunique()),
        Measure("largest", Text("最大一笔", "largest order"), "money", lambda rows, view: rows.paid_amount.max(), None, _YUAN),
        Measure("smallest", Text("最小一笔", "smallest order"), "money", lambda rows, view: rows.paid_amount.min(), None, _YUAN),
        Measure("unit_price", Text("件单价", "average price per unit"), "money",
                lambda rows, view: ibis.ifelse(rows.qty.sum() > 0, _line_paid(rows).sum().cast("float64") / rows.qty.sum().cast("float64"), None),
                None, _YUAN, Text("实付 ÷ 件数", "amount ÷ units"),
                of_lines=lambda rows, view: ibis.ifelse(rows.qty.sum() > 0, _line_paid(rows).sum().cast("float64") / rows.qty.sum().cast("float64"), None),
                needs_lines=True),
        Measure("highest_price", Text("最高单价", "highest unit price"), "money", lambda rows, view: rows.price.max(), None, _YUAN,
                of_lines=lambda rows, view: rows.price.max(), needs_lines=True),
        Measure("share_of_orders", Text("占全部订单数", "share of all orders"), "share", _count, None, _SHARE,
                Text("符合条件的订单 ÷ 该时段全部订单", "matching orders ÷ all orders of the time"),
                of_lines=_orders_of_lines, is_share=True),
        Measure("share_of_amount", Text("占全部金额", "share of all money"), "share",
                lambda rows, view: rows.paid_amount.sum(), None, _SHARE,
                Text("符合条件的实付 ÷ 该时段全部实付", "matching amount ÷ whole amount of the time"),
                of_lines=lambda rows, view: _line_paid(rows).sum(), is_share=True),
        Measure("first_day", Text("首单日期", "date of the first order"), "date", first_day, None, of_lines=first_day),
        Measure("last_day", Text("最近一单日期", "date of the last order"), "date", last_day, None, of_lines=last_day),
        Measure("since_first", Text("距首单的天数", "days since the first order"), "days", since_first, None, _DAY, of_lines=since_first),
        Measure("since_last", Text("距最近一单的天数", "days since the last order"), "days", since_last, None, _DAY, of_lines=since_last),
    )
}  # fmt: skip

ORDER: Final = Fact(
    "trade",
    Text("订单", "orders"),
    Text("购买", "bought"),
    "trade",
    "paid_at",
    ORDER_FIELDS,
    ORDER_MEASURES,
    BASES,
)

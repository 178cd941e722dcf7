"""Stores and guides: where they buy offline, who looks after them, what was done about it."""

from __future__ import annotations

from typing import Final

import ibis

from huitou.kernel.i18n import Text
from huitou.segments.catalogue.entry import Timed, Values
from huitou.segments.catalogue.making import (
    MONTH,
    elements,
    events,
    favourite,
    flagged,
    in_group,
    known,
    measured,
    newest,
    one_of,
    orders,
    orders_of,
    ratio,
    valued,
)
from huitou.segments.facts import View, days_since, moment_day
from huitou.segments.nodes import FactSubject
from huitou.segments.windows import EVER, Window

_a = in_group("stores")
_v = in_group("stores", "visit")
_t = in_group("stores", "task_event")
WAYS: Final[dict[str, Text]] = {
    "online": Text("只在网店买", "online only"),
    "store": Text("只在门店买", "stores only"),
    "both": Text("网店门店都买", "both"),
}
_STORE: Final = one_of("shop_kind", "store")
_ONLINE: Final = one_of("shop_kind", "online")
_DONE: Final = ("done", "converted")


def _bought(view: View, window: Window = EVER) -> ibis.Table:
    """Paid orders with their ``at_store``: the store they name, else the shop where that is one."""
    rows = orders(view, window, shop=True)
    here = ibis.ifelse(rows.shop_kind == "store", rows.shop, None)
    return rows.mutate(at_store=rows.store.coalesce(here).cast("string"))


def _home_store(view: View, window: Window) -> Values:
    rows = _bought(view, window)
    return favourite(rows, rows.at_store)


def _last_store(view: View) -> Values:
    rows = _bought(view)
    return newest(rows, rows.at_store)


def _stores(view: View, window: Window) -> Values:
    rows = _bought(view, window)
    return elements(rows, rows.at_store)


def _store_count(view: View, window: Window) -> Values:
    rows = _bought(view, window)
    return Values(rows.group_by("member").aggregate(value=rows.at_store.nunique()), 0)


def _home_guide(view: View, window: Window) -> Values:
    rows = orders(view, window)
    return favourite(rows, rows.guide)


def _last_guide(view: View) -> Values:
    rows = orders(view)
    return newest(rows, rows.guide)


def _guides(view: View, window: Window) -> Values:
    rows = orders(view, window)
    return elements(rows, rows.guide)


def _ways(view: View, window: Window) -> Values:
    rows = orders(view, window, shop=True)
    store = (rows.shop_kind == "store").fill_null(False).cast("int64")
    each = rows.group_by("member").aggregate(least=store.min(), most=store.max())
    return valued(
        each, ibis.cases((each.least == 1, "store"), (each.most == 0, "online"), else_="both")
    )


def _first_in_store(view: View) -> Values:
    rows = orders(view, shop=True)
    found = newest(rows, rows.shop_kind, oldest=True).table
    return flagged(found.filter(found.value == "store"))


# Visits to stores


def _came(view: View, window: Window = EVER) -> ibis.Table:
    rows = events("visit", view, window)
    rows = rows.filter(rows.kind == "store")
    return rows.select("member", "shop", "moment", day=moment_day(rows, view))


def _left_empty(view: View, window: Window = EVER) -> ibis.Table:
    """(member, day): days on which a member came to a store and paid nothing in any."""
    came = _came(view, window).select("member", "day").distinct()
    paid = orders(view, shop=True)
    paid = paid.filter(paid.shop_kind == "store").select("member", day=paid.paid_day)
    return came.anti_join(paid, ["member", "day"])


def _empty_visits(view: View, window: Window) -> Values:
    rows = _left_empty(view, window)
    return Values(rows.group_by("member").aggregate(value=rows.count()), 0)


def _empty_days(view: View) -> Values:
    rows = _left_empty(view)
    last = rows.group_by("member").aggregate(day=rows.day.max())
    return valued(last, days_since(last.day, view))


def _only_came(view: View, window: Window) -> Values:
    """Came to a store in the window and bought nothing at all in it."""
    came = _came(view, window).select("member").distinct()
    return flagged(came.anti_join(orders(view, window), "member"))


def _visited_stores(view: View, window: Window) -> Values:
    rows = _came(view, window)
    return elements(rows, rows.shop)


# Tasks of guides


def _tasks(kind: str, measure: str = "times") -> FactSubject:
    return measured("task", measure, one_of("kind", kind))


def _open_tasks(view: View) -> Values:
    rows = events("task", view)
    each = rows.group_by("member", "task").aggregate(
        given=(rows.kind == "assigned").cast("int64").max(),
        over=rows.kind.isin(_DONE).cast("int64").max(),
    )
    still = each.filter(each.given == 1, each.over == 0)
    return Values(still.group_by("member").aggregate(value=still.count()), 0)


def _task_rate(*kinds: str) -> Timed:
    def values(view: View, window: Window) -> Values:
        rows = events("task", view, window)
        each = rows.group_by("member", "task").aggregate(
            given=(rows.kind == "assigned").cast("int64").max(),
            hit=rows.kind.isin(kinds).cast("int64").max(),
        )
        each = each.filter(each.given == 1)
        both = each.group_by("member").aggregate(part=each.hit.sum(), whole=each.count())
        return valued(both, ratio(both.part, both.whole))

    return Timed(values)


def _task_guides(view: View, window: Window) -> Values:
    rows = events("task", view, window)
    return elements(rows.filter(rows.kind == "assigned"), ibis._.guide)


def _last_task_guide(view: View) -> Values:
    rows = events("task", view)
    return newest(rows, rows.guide)


ATTRIBUTES: Final = (
    _a("home_store", "归属门店", "home store", "choice", Timed(_home_store), "已付款订单最多的门店", "The store with most paid orders", window=EVER, pick="store", words="门店 常去"),
    _a("last_store", "最近购买门店", "store of the last purchase", "choice", _last_store, "最近一笔门店订单的门店", "The store of the last order in one", pick="store", words="门店"),
    _a("home_guide", "归属导购", "home guide", "choice", Timed(_home_guide), "已付款订单最多的导购", "The guide with most paid orders", window=EVER, pick="guide", words="导购 专属"),
    _a("last_guide", "最近成交导购", "guide of the last purchase", "choice", _last_guide, "最近一笔有导购的订单的导购", "The guide of the last order with one", pick="guide", words="导购"),
    _a("bought_stores", "购买门店", "stores bought in", "set", Timed(_stores), "有已付款订单的门店", "Stores with a paid order", window=EVER, pick="store", words="门店"),
    _a("store_count", "购买门店数", "different stores bought in", "count", Timed(_store_count), "有已付款订单的门店个数", "How many stores have a paid order", window=EVER, words="跨店"),
    _a("guides", "成交导购", "guides bought from", "set", Timed(_guides), "已付款订单的导购", "The guides of paid orders", window=EVER, pick="guide", words="导购"),
    _a("guide_orders", "导购订单数", "orders with a guide", "count", orders_of("orders", known("guide")), "有导购的已付款订单", "Paid orders that name a guide", window=EVER, words="导购 业绩"),
    _a("guide_share", "导购订单占比", "share of orders with a guide", "share", orders_of("share_of_orders", known("guide")), "有导购的订单 ÷ 已付款订单", "Orders that name a guide ÷ paid orders", window=EVER, words="导购"),
    _a("store_orders", "门店订单数", "orders in stores", "count", orders_of("orders", _STORE), "门店的已付款订单", "Paid orders of stores", window=EVER, words="线下 到店"),
    _a("online_orders", "网店订单数", "orders online", "count", orders_of("orders", _ONLINE), "网店的已付款订单", "Paid orders of online shops", window=EVER, words="线上"),
    _a("store_amount", "门店实付金额", "amount paid in stores", "money", orders_of("amount", _STORE), "门店已付款订单的实付合计", "What was paid for orders of stores", window=EVER, words="线下"),
    _a("online_amount", "网店实付金额", "amount paid online", "money", orders_of("amount", _ONLINE), "网店已付款订单的实付合计", "What was paid for orders of online shops", window=EVER, words="线上"),
    _a("store_share", "门店订单占比", "share of orders in stores", "share", orders_of("share_of_orders", _STORE), "门店订单 ÷ 已付款订单", "Orders of stores ÷ paid orders", window=EVER, words="线下"),
    _a("store_amount_share", "门店消费占比", "share of money spent in stores", "share", orders_of("share_of_amount", _STORE), "门店实付 ÷ 全部实付", "Paid in stores ÷ paid in all", window=EVER, words="线下"),
    _a("since_store", "距上次门店购买天数", "days since the last purchase in a store", "days", orders_of("since_last", _STORE), "距最近一笔门店订单的天数", "Days since the last order in a store", window=EVER, words="线下"),
    _a("ways", "线上线下", "online or offline", "choice", Timed(_ways), "只在网店、只在门店还是两边都买", "Buys online only, in stores only or both", window=EVER, choices=WAYS, words="全渠道 线上 线下 O2O"),
    _a("first_in_store", "首购在门店", "first bought in a store", "flag", _first_in_store, "第一笔已付款订单在门店", "The first paid order was in a store", words="线下 首购"),
    _v("store_visits", "到店次数", "visits to stores", "count", measured("visit", "times", one_of("kind", "store")), "到店的次数", "Times they came to a store", window=EVER, words="进店 到店"),
    _v("since_store_visit", "距上次到店天数", "days since the last store visit", "days", measured("visit", "since_last", one_of("kind", "store")), "距最近一次到店的天数", "Days since they last came to a store", window=EVER, words="进店 到店"),
    _v("visited_stores", "到过的门店", "stores visited", "set", Timed(_visited_stores), "有到店记录的门店", "Stores they came to", window=EVER, pick="store", words="进店"),
    _v("empty_visits", "进店未成交天数", "days in a store without a purchase", "count", Timed(_empty_visits), "到店但当天没有门店付款的天数", "Days on which they came to a store and paid in none", window=EVER, words="进店未成交 未购"),
    _v("since_empty_visit", "距上次进店未成交天数", "days since the last store visit without a purchase", "days", _empty_days, "距最近一次到店未买的天数", "Days since they last came to a store without buying", words="进店未成交"),
    _v("store_visit_only", "到店未购", "came to a store and did not buy", "flag", Timed(_only_came), "时段内到过店、没有付款订单", "A store visit and no paid order in the window", window=MONTH, words="进店未成交 近30天"),
    _t("tasks", "导购任务数", "guide tasks assigned", "count", _tasks("assigned"), "派发过的导购任务数", "Guide tasks that were assigned", window=EVER, words="任务 派发"),
    _t("tasks_contacted", "导购已联系次数", "guide tasks contacted", "count", _tasks("contacted"), "导购联系过的次数", "Times a guide got in touch", window=EVER, words="任务 跟进"),
    _t("tasks_done", "导购任务完成数", "guide tasks done", "count", _tasks("done"), "完成的导购任务数", "Guide tasks that were done", window=EVER, words="任务"),
    _t("tasks_converted", "导购任务成交数", "guide tasks converted", "count", _tasks("converted"), "带来成交的导购任务数", "Guide tasks that led to a purchase", window=EVER, words="任务 成交"),
    _t("tasks_overdue", "导购任务逾期数", "guide tasks overdue", "count", _tasks("overdue"), "逾期的导购任务数", "Guide tasks that went overdue", window=EVER, words="任务 催办"),
    _t("tasks_open", "待完成导购任务数", "guide tasks open", "count", _open_tasks, "已派发、没有完成也没有成交的任务", "Tasks assigned, neither done nor converted", words="任务 未完成"),
    _t("task_done_rate", "导购任务完成率", "share of guide tasks done", "share", _task_rate("done", "converted"), "完成或成交的任务 ÷ 派发的任务", "Tasks done or converted ÷ tasks assigned", window=EVER, words="任务"),
    _t("task_conversion", "导购任务转化率", "share of guide tasks converted", "share", _task_rate("converted"), "成交的任务 ÷ 派发的任务", "Tasks converted ÷ tasks assigned", window=EVER, words="任务 转化"),
    _t("last_guide_contact", "导购最近联系日期", "last contacted by a guide on", "date", _tasks("contacted", "last_day"), "导购最近一次联系的日期", "The day a guide last got in touch", window=EVER, words="回访"),
    _t("since_guide_contact", "距导购上次联系天数", "days since a guide got in touch", "days", _tasks("contacted", "since_last"), "距导购最近一次联系的天数", "Days since a guide last got in touch", window=EVER, words="回访"),
    _t("task_guides", "任务导购", "guides of tasks", "set", Timed(_task_guides), "被派发任务的导购", "The guides to whom tasks were assigned", window=EVER, pick="guide", words="任务 导购"),
    _t("last_task_guide", "最近任务导购", "guide of the last task", "choice", _last_task_guide, "最近一次任务进展的导购", "The guide of the last event of a task", pick="guide", words="任务 导购"),
)  # fmt: skip

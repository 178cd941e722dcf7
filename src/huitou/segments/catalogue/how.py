"""How they buy: how often, how much, when last, in what rhythm, through which shops and channels."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import ibis

from huitou.accounts.shops import PLATFORMS
from huitou.kernel.i18n import Text
from huitou.segments.catalogue.entry import Timed, Values
from huitou.segments.catalogue.making import (
    Of,
    buying_days,
    elements,
    favourite,
    flagged,
    in_group,
    life,
    limited,
    newest,
    of_life,
    one_of,
    orders,
    orders_of,
    ratio,
    valued,
)
from huitou.segments.facts import NOTHING, View, days_since
from huitou.segments.windows import EVER, Window
from huitou.warehouse.labels import STATUS
from huitou.warehouse.store import table

_a = in_group("how")
OPEN: Final = ("unpaid", "pay_pending", "deposit_paid")
"""States in which an order still waits for (all of) its money."""
TRENDS: Final[dict[str, Text]] = {
    "started": Text("新增（前期没有）", "started (nothing before)"),
    "up": Text("上升", "rising"),
    "steady": Text("平稳", "steady"),
    "down": Text("下降", "falling"),
    "stopped": Text("停止（近期没有）", "stopped (nothing lately)"),
}
_HALF_YEAR: Final = 180
_PER_MONTH: Final = 30.0


def _recency(rows: ibis.Table, view: View) -> ibis.Value:
    return days_since(rows.last_paid_day, view)


def _tenure(rows: ibis.Table, view: View) -> ibis.Value:
    return days_since(rows.first_paid_day, view)


def _span(rows: ibis.Table, view: View) -> ibis.Value:
    return rows.last_paid_day.delta(rows.first_paid_day, unit="day")


def cycle(rows: ibis.Table, view: View) -> ibis.Value:
    """The mean of the days between buying days; not known of those who bought on one day only."""
    return ratio(_span(rows, view), rows.paid_days - 1)


def _frequency(rows: ibis.Table, view: View) -> ibis.Value:
    months = _tenure(rows, view).cast("float64") / _PER_MONTH
    return rows.paid_trades.cast("float64") / ibis.greatest(months, ibis.literal(1.0))


def _cycles(rows: ibis.Table, view: View) -> ibis.Value:
    return _recency(rows, view).cast("float64") / cycle(rows, view)


def _overdue(rows: ibis.Table, view: View) -> ibis.Value:
    return _recency(rows, view).cast("float64") - cycle(rows, view)


def _last_amount(view: View, window: Window) -> Values:
    if view.may_use_totals and window == EVER:
        totals = table("member_totals")
        return valued(totals, totals.last_paid_amount)
    rows = orders(view, window)
    return newest(rows, rows.paid_amount, skip_unknown=False)


def _first_amount(view: View) -> Values:
    rows = orders(view)
    return newest(rows, rows.paid_amount, oldest=True, skip_unknown=False)


def _per_day(view: View, window: Window) -> Values:
    rows = orders(view, window)
    each = rows.group_by("member").aggregate(
        amount=rows.paid_amount.sum(), days=rows.paid_day.nunique()
    )
    return valued(each, ratio(each.amount, each.days))


def _first_shop(view: View) -> Values:
    if view.may_use_totals:
        totals = table("member_totals")
        return valued(totals, totals.first_shop.cast("string"))
    rows = orders(view)
    found = newest(rows, rows.shop, oldest=True, skip_unknown=False).table
    return valued(found, found.value.cast("string"))


def _last_shop(view: View) -> Values:
    if view.may_use_totals:
        totals = table("member_totals")
        return valued(totals, totals.last_shop.cast("string"))
    rows = orders(view)
    found = newest(rows, rows.shop, skip_unknown=False).table
    return valued(found, found.value.cast("string"))


def _main_shop(view: View, window: Window) -> Values:
    rows = orders(view, window)
    return favourite(rows, rows.shop.cast("string"))


def _shops(view: View, window: Window) -> Values:
    rows = orders(view, window)
    return elements(rows, rows.shop)


def _platforms(view: View, window: Window) -> Values:
    rows = orders(view, window, shop=True)
    return elements(rows, rows.shop_platform)


def _platform_count(view: View, window: Window) -> Values:
    rows = orders(view, window, shop=True)
    return Values(rows.group_by("member").aggregate(value=rows.shop_platform.nunique()), 0)


def _channels(view: View, window: Window) -> Values:
    rows = orders(view, window)
    return elements(rows, rows.channel)


def _main_channel(view: View, window: Window) -> Values:
    rows = orders(view, window)
    return favourite(rows, rows.channel)


def _first_channel(view: View) -> Values:
    rows = orders(view)
    return newest(rows, rows.channel, oldest=True)


def _last_status(view: View) -> Values:
    rows = orders(view, basis="all")
    return newest(rows, rows.status)


def _open(view: View) -> ibis.Table:
    rows = orders(view, basis="unpaid")
    return rows.filter(rows.status.isin(OPEN))


def _open_count(view: View) -> Values:
    rows = _open(view)
    return Values(rows.group_by("member").aggregate(value=rows.count()), 0)


def _open_amount(view: View) -> Values:
    rows = _open(view)
    worth = rows.goods_amount.coalesce(rows.paid_amount).fill_null(
        NOTHING
    ) - rows.discount_amount.fill_null(NOTHING)
    return Values(rows.group_by("member").aggregate(value=worth.sum()), 0)


def _unpaid_share(view: View, window: Window) -> Values:
    rows = orders(view, window, basis="all")
    closed = rows.status.isin([*OPEN, "closed_unpaid"]).fill_null(False).cast("int64")
    each = rows.group_by("member").aggregate(part=closed.sum(), whole=rows.count())
    return valued(each, ratio(each.part, each.whole))


def _second_interval(view: View) -> Values:
    days = buying_days(view)
    second = days.filter(days.place == 1)
    return valued(second, second.day.delta(second.before, unit="day"))


def _last_interval(view: View) -> Values:
    days = buying_days(view)
    days = days.filter(days.before.notnull())
    last = days.group_by("member").aggregate(day=days.day.max(), before=days.before.max())
    return valued(last, last.day.delta(last.before, unit="day"))


def _largest_gap(view: View) -> Values:
    days = buying_days(view)
    days = days.filter(days.before.notnull())
    gap = days.day.delta(days.before, unit="day")
    return Values(days.group_by("member").aggregate(value=gap.max()))


def _to_first(view: View) -> Values:
    rows, people = life(view).select("member", "first_paid_day"), table("member")
    from huitou.warehouse.days import local_day

    seen = people.select("member", seen=local_day(people.first_seen_at, view.zone))
    both = rows.inner_join(seen, "member")
    both = both.filter(both.seen <= both.first_paid_day)
    return valued(both, both.first_paid_day.delta(both.seen, unit="day"))


def _trend(view: View) -> Values:
    day = view.moment.day
    rows = orders(view)
    start = ibis.literal(day - timedelta(days=_HALF_YEAR - 1))
    rows = rows.filter(rows.paid_day >= ibis.literal(day - timedelta(days=2 * _HALF_YEAR - 1)))
    late = rows.paid_day >= start
    paid = rows.paid_amount.fill_null(NOTHING).cast("float64")
    each = rows.group_by("member").aggregate(
        now=ibis.ifelse(late, paid, 0.0).sum(), then=ibis.ifelse(late, 0.0, paid).sum()
    )
    each = each.filter((each.now > 0) | (each.then > 0))
    return valued(
        each,
        ibis.cases(
            (each.then <= 0, "started"),
            (each.now <= 0, "stopped"),
            (each.now >= each.then * 1.2, "up"),
            (each.now <= each.then * 0.8, "down"),
            else_="steady",
        ),
    )


def _months(view: View, window: Window) -> Values:
    rows = orders(view, window)
    month = rows.paid_day.year() * 12 + rows.paid_day.month()
    return Values(rows.group_by("member").aggregate(value=month.nunique()), 0)


def _share_of_largest(view: View, window: Window) -> Values:
    rows = orders(view, window)
    each = rows.group_by("member").aggregate(
        most=rows.paid_amount.max(), every=rows.paid_amount.sum()
    )
    return valued(each, ratio(each.most, each.every))


def _busiest_day(view: View, window: Window) -> Values:
    rows = orders(view, window)
    each = rows.group_by("member", "paid_day").aggregate(n=rows.count())
    return Values(each.group_by("member").aggregate(value=each.n.max()), 0)


def _whose(of: Of):  # type: ignore[no-untyped-def]
    """Buyers whose life satisfies a condition."""

    def values(view: View) -> Values:
        rows = life(view)
        return flagged(rows.filter(of(rows, view)))

    return values


def _never(view: View) -> Values:
    rows = table("member").select("member")
    return flagged(rows.anti_join(life(view), "member"))


def _ordered_never_paid(view: View) -> Values:
    rows = limited(orders(view, basis="all"), EVER, view).select("member").distinct()
    return flagged(rows.anti_join(life(view), "member"))


ATTRIBUTES: Final = (
    _a("orders", "订单数", "orders", "count", orders_of("orders"), "已付款且没有全额退款关闭的订单数", "Orders that were paid and not closed by a full refund", total="paid_trades", window=EVER, words="购买次数 频次 F 复购 笔数"),
    _a("buying_days", "购买天数", "days bought on", "count", orders_of("days"), "有已付款订单的不同日期数，同一天算一次", "Different days with a paid order; one day counts once", total="paid_days", window=EVER, words="复购 频次 次数"),
    _a("amount", "实付金额", "amount paid", "money", orders_of("amount"), "已付款订单的实付合计", "What was paid for paid orders", total="paid_amount", window=EVER, words="消费额 累计消费 M 贡献 GMV 客单价"),
    _a("net_amount", "净消费额", "net amount", "money", orders_of("net"), "实付减去这些订单的退款", "Paid less what was refunded on these orders", total="net_amount", window=EVER, words="净额 减退款"),
    _a("average_order", "笔单价", "average order value", "money", orders_of("average"), "实付金额 ÷ 订单数", "Amount paid ÷ orders", window=EVER, words="客单价 客单 AOV 单价"),
    _a("spend_per_day", "次均消费", "average spend per buying day", "money", Timed(_per_day), "实付金额 ÷ 购买天数", "Amount paid ÷ days bought on", window=EVER, words="客单 每次消费"),
    _a("units", "购买件数", "units bought", "number", orders_of("units"), "已付款订单的件数合计", "Units of paid orders", total="units", window=EVER, words="件数 数量"),
    _a("order_lines", "商品行数", "order lines", "count", orders_of("lines"), "已付款订单的商品行数", "Lines of paid orders", total="lines", window=EVER),
    _a("largest_order", "最大一笔金额", "largest order", "money", orders_of("largest"), "已付款订单中实付最多的一笔", "The highest amount paid for one order", total="max_paid_amount", window=EVER, words="最高消费 大单 大额"),
    _a("smallest_order", "最小一笔金额", "smallest order", "money", orders_of("smallest"), "已付款订单中实付最少的一笔", "The lowest amount paid for one order", window=EVER),
    _a("largest_share", "最大一笔占比", "share of the largest order", "share", Timed(_share_of_largest), "最大一笔 ÷ 实付合计", "The largest order ÷ amount paid", window=EVER),
    _a("first_amount", "首单金额", "amount of the first order", "money", _first_amount, "第一笔已付款订单的实付", "What was paid for the first order", words="首购 首单"),
    _a("last_amount", "最近一单金额", "amount of the last order", "money", Timed(_last_amount), "最近一笔已付款订单的实付", "What was paid for the last order", total="last_paid_amount", window=EVER),
    _a("recency", "距上次购买天数", "days since the last purchase", "days", of_life(_recency), "距最近一次付款的天数", "Days since the last payment", words="最近购买 R 多久没买 沉睡 流失 近30天"),
    _a("first_bought", "首次购买日期", "first bought on", "date", orders_of("first_day"), "第一次付款的日期", "The day of the first payment", total="first_paid_day", window=EVER, words="首购 首单 新客"),
    _a("last_bought", "最近购买日期", "last bought on", "date", orders_of("last_day"), "最近一次付款的日期", "The day of the last payment", total="last_paid_day", window=EVER, words="末次 最后购买"),
    _a("tenure", "距首次购买天数", "days since the first purchase", "days", of_life(_tenure), "距第一次付款的天数", "Days since the first payment", words="客龄 首购"),
    _a("span", "首末购间隔", "days from first to last purchase", "days", of_life(_span), "第一次到最近一次付款的天数", "Days between the first and the last payment", words="活跃时长"),
    _a("frequency", "月均订单数", "orders per month", "number", of_life(_frequency), "订单数 ÷ 首购以来的月数（30 天一个月，不足按一个月）", "Orders ÷ months of 30 days since the first purchase, one at least", words="频率 每月"),
    _a("cycle", "本人复购周期", "own repurchase cycle", "number", of_life(cycle), "首末购间隔 ÷（购买天数 − 1）；只买过一天的未知", "Days from first to last ÷ (days bought on − 1); not known after one day only", unit="day", words="回购周期 购买间隔"),
    _a("cycles_passed", "已过复购周期数", "own cycles since the last purchase", "number", of_life(_cycles), "距上次购买天数 ÷ 本人复购周期；1 为到期", "Days since the last purchase ÷ own cycle; 1 is due", words="回购到期 逾期"),
    _a("overdue", "复购逾期天数", "days overdue by the own cycle", "number", of_life(_overdue), "距上次购买天数 − 本人复购周期；负数为还没到", "Days since the last purchase − own cycle; negative is not due yet", unit="day", words="回购到期 该买了"),
    _a("second_interval", "首购到二购天数", "days from first to second purchase", "days", _second_interval, "前两个购买日之间的天数", "Days between the first two buying days", words="二次购买 二回 复购"),
    _a("last_interval", "最近两次间隔", "days between the last two purchases", "days", _last_interval, "最近两个购买日之间的天数", "Days between the last two buying days"),
    _a("largest_gap", "最长购买间隔", "longest gap between purchases", "days", _largest_gap, "相邻两个购买日之间最长的天数", "The most days between two buying days in a row"),
    _a("days_to_first", "建档到首购天数", "days from first seen to first purchase", "days", _to_first, "首次出现到第一次付款的天数", "Days from first seen to the first payment", words="转化 首购"),
    _a("is_buyer", "买过", "has bought", "flag", _whose(lambda rows, view: rows.paid_trades >= 1), "至少一笔已付款订单", "At least one paid order", words="买家 老客 成交"),
    _a("never_bought", "从未购买", "has never bought", "flag", _never, "没有已付款订单", "No paid order", words="潜客 未成交"),
    _a("one_time", "仅购买一次", "bought once only", "flag", _whose(lambda rows, view: rows.paid_trades == 1), "恰好一笔已付款订单", "Exactly one paid order", words="一次客 仅消费一次 待二回"),
    _a("repeat_buyer", "复购客", "repeat buyer", "flag", _whose(lambda rows, view: rows.paid_trades >= 2), "至少两笔已付款订单", "At least two paid orders", words="复购 老客 回头客 二次"),
    _a("came_back", "隔日回购过", "came back on another day", "flag", _whose(lambda rows, view: rows.paid_days >= 2), "至少在两个不同的日子买过", "Bought on at least two different days", words="复购 回头客"),
    _a("trend", "消费趋势", "trend of spending", "choice", _trend, "近 180 天实付与再前 180 天相比：多两成以上为上升，少两成以上为下降", "The last 180 days against the 180 before: 20 % more is rising, 20 % less falling", choices=TRENDS, words="增长 下滑 流失预警"),
    _a("active_months", "购买月数", "months bought in", "count", Timed(_months), "有已付款订单的不同月份数", "Different calendar months with a paid order", window=EVER, words="活跃月"),
    _a("most_in_a_day", "单日最多订单数", "most orders on one day", "count", Timed(_busiest_day), "同一天已付款订单最多的笔数", "The most paid orders of one day", window=EVER, words="囤货 凑单"),
    _a("all_orders", "下单数", "orders placed", "count", orders_of("orders", basis="all"), "全部订单，含未付款与已关闭的", "All orders, unpaid and closed ones too", window=EVER, words="拍下"),
    _a("unpaid_orders", "未付款订单数", "orders not paid", "count", orders_of("orders", basis="unpaid"), "待付款或未付款关闭的订单", "Orders awaiting payment or closed unpaid", window=EVER, words="催付 拍下未付"),
    _a("unpaid_share", "未付款占比", "share of orders not paid", "share", Timed(_unpaid_share), "未付款订单 ÷ 全部订单", "Unpaid orders ÷ all orders", window=EVER, words="支付率 催付"),
    _a("open_unpaid", "当前待付款订单数", "orders awaiting payment now", "count", _open_count, "现在还待付款、付款确认中或待付尾款的订单", "Orders that await payment, its confirmation or the balance now", words="催付 尾款"),
    _a("open_unpaid_amount", "当前待付款金额", "amount awaiting payment now", "money", _open_amount, "现在待付款订单的商品金额减优惠", "Goods less discount of the orders awaiting payment now", otherwise=0, words="催付 大额"),
    _a("ordered_never_paid", "下过单从未付款", "ordered but never paid", "flag", _ordered_never_paid, "有订单但没有一笔付款", "Has orders, none of them paid", words="催付 潜客"),
    _a("last_status", "最近一单状态", "state of the last order", "choice", _last_status, "最近一笔订单（含未付款）的状态", "The state of the newest order, unpaid ones too", choices=STATUS, words="订单状态"),
    _a("shops", "购买店铺数", "different shops bought in", "count", orders_of("shops"), "有已付款订单的店铺个数", "Shops with a paid order", total="shops", window=EVER, words="跨店 重合"),
    _a("bought_shops", "购买店铺", "shops bought in", "set", Timed(_shops), "有已付款订单的店铺", "Shops with a paid order", window=EVER, pick="shop", words="跨店"),
    _a("first_shop", "首购店铺", "shop of the first purchase", "choice", _first_shop, "第一笔已付款订单的店铺", "The shop of the first paid order", pick="shop", words="首单"),
    _a("last_shop", "最近购买店铺", "shop of the last purchase", "choice", _last_shop, "最近一笔已付款订单的店铺", "The shop of the last paid order", pick="shop"),
    _a("main_shop", "常购店铺", "shop bought in most", "choice", Timed(_main_shop), "已付款订单最多的店铺", "The shop with most paid orders", window=EVER, pick="shop", words="偏好店铺"),
    _a("platform_count", "购买平台数", "different platforms bought on", "count", Timed(_platform_count), "有已付款订单的平台个数", "Platforms with a paid order", window=EVER, words="跨平台"),
    _a("bought_platforms", "购买平台", "platforms bought on", "set", Timed(_platforms), "有已付款订单的平台", "Platforms with a paid order", window=EVER, choices=PLATFORMS, words="淘宝 天猫 京东 抖音 跨平台"),
    _a("channels", "购买渠道", "channels bought through", "set", Timed(_channels), "已付款订单的下单渠道", "Channels of paid orders", window=EVER, pick="channel", words="直播 小程序 APP"),
    _a("main_channel", "常用购买渠道", "main channel", "choice", Timed(_main_channel), "已付款订单最多的下单渠道", "The channel of most paid orders", window=EVER, pick="channel", words="直播 偏好"),
    _a("first_channel", "首购渠道", "channel of the first purchase", "choice", _first_channel, "第一笔已付款订单的渠道", "The channel of the first paid order", pick="channel", words="获客"),
    _a("live_orders", "直播订单数", "orders from live streams", "count", orders_of("orders", one_of("channel", "live")), "渠道为直播的已付款订单", "Paid orders whose channel is a live stream", window=EVER, words="直播间"),
)  # fmt: skip

"""Service and refunds: what went wrong, and what is still open."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import ibis

from huitou.kernel.i18n import Text
from huitou.segments.catalogue.entry import Timed, Values
from huitou.segments.catalogue.making import (
    before_moment,
    elements,
    events,
    flagged,
    in_group,
    known,
    limited,
    lines,
    measured,
    one_of,
    orders,
    orders_of,
    ratio,
    today,
    valued,
)
from huitou.segments.facts import NOTHING, View, days_since
from huitou.segments.nodes import Condition
from huitou.segments.windows import EVER, Window
from huitou.warehouse import parcels
from huitou.warehouse.days import local_day
from huitou.warehouse.labels import OPEN_REFUNDS, PARCEL_STATE

_a = in_group("service", "parcel")
_o = in_group("service")
_r = in_group("service", "refund")
TROUBLES: Final[dict[str, Text]] = {
    **{state: PARCEL_STATE[state] for state in parcels.TROUBLED_STATES},
    "fake_waybill": Text("虚假发货", "shipped before it was paid"),
    "pickup_overdue": Text("未揽收", "not picked up"),
    "not_moving": Text("揽收后不动", "not moving after pickup"),
    "not_delivered": Text("到达未派", "arrived, not sent out"),
    "not_signed": Text("派件未签", "out for delivery, not signed"),
    "locker_overdue": Text("自提超时", "waits at the pickup point"),
    "overdue": Text("超时未签", "not signed in time"),
}
_COLUMNS: Final = (
    "parcel",
    "trade",
    "member",
    "shop",
    "shipped_at",
    "picked_up_at",
    "last_event_at",
    "state",
    "sign_kind",
    "trouble",
    "signed_at",
)
_LATE_DAYS: Final = 5
_SHIP_HOURS: Final = 48
_OVER: Final = ("signed", "returned", "cancelled", "refused", "returning")


def _shipped(view: View) -> ibis.Table:
    """Parcels of members as they stand at the moment."""
    rows = view.table("parcel")
    if not view.latest:
        instant = view.moment.cut - timedelta(microseconds=1)
        rows = parcels.as_of(rows, view.table("parcel_event"), instant)
    rows = rows.select(*_COLUMNS)
    return rows.filter(rows.member.notnull(), rows.shipped_at.notnull())


def _parcels(view: View, window: Window = EVER) -> ibis.Table:
    rows = _shipped(view)
    return limited(rows.mutate(moment=rows.shipped_at), window, view)


def _signing(rows: ibis.Table, view: View) -> ibis.Value:
    """Brand days from shipping to signing."""
    shipped, signed = local_day(rows.shipped_at, view.zone), local_day(rows.signed_at, view.zone)
    return signed.delta(shipped, unit="day")


def _signed(view: View, window: Window) -> ibis.Table:
    rows = _parcels(view, window)
    rows = rows.filter(rows.signed_at.notnull())
    return rows.select("member", "moment", "signed_at", days=_signing(rows, view))


def _signing_days(view: View, window: Window) -> Values:
    rows = _signed(view, window)
    return Values(rows.group_by("member").aggregate(value=rows.days.cast("float64").mean()))


def _slowest(view: View, window: Window) -> Values:
    rows = _signed(view, window)
    return Values(rows.group_by("member").aggregate(value=rows.days.max()))


def _late(view: View, window: Window) -> Values:
    rows = _parcels(view, window)
    took = ibis.ifelse(
        rows.signed_at.notnull(),
        _signing(rows, view),
        days_since(local_day(rows.shipped_at, view.zone), view),
    )
    rows = rows.filter(took > _LATE_DAYS)
    return Values(rows.group_by("member").aggregate(value=rows.count()), 0)


def _last_signed(view: View) -> Values:
    rows = _shipped(view)
    rows = rows.filter(rows.signed_at.notnull())
    last = rows.group_by("member").aggregate(at_last=rows.signed_at.max())
    return valued(last, local_day(last.at_last, view.zone))


def _since_signed(view: View) -> Values:
    last = _last_signed(view).table
    return valued(last, today(view).delta(last.value, unit="day"))


def _open_parcels(view: View) -> ibis.Table:
    rows = _shipped(view)
    rows = rows.filter(rows.signed_at.isnull(), rows.state.fill_null("").notin(_OVER))
    trades = view.table("trade")
    done = trades.filter(trades.finished_at.notnull()).select("trade")
    return rows.anti_join(done, "trade")


def _unsigned(view: View) -> Values:
    rows = _open_parcels(view)
    return Values(rows.group_by("member").aggregate(value=rows.count()), 0)


def _unsigned_days(view: View) -> Values:
    rows = _open_parcels(view)
    first = rows.group_by("member").aggregate(at_first=rows.shipped_at.min())
    return valued(first, days_since(local_day(first.at_first, view.zone), view))


def _in_trouble(view: View) -> ibis.Table:
    return parcels.trouble(_shipped(view), view.table("trade"), view.moment.cut)


def _trouble_now(view: View) -> Values:
    return flagged(_in_trouble(view))


def _troubles_now(view: View) -> Values:
    rows = _in_trouble(view)
    return elements(rows, rows.trouble)


def _troubled(view: View, window: Window) -> Values:
    rows = _parcels(view, window)
    return elements(rows, rows.trouble)


def _carriers(view: View, window: Window) -> Values:
    rows = events("parcel", view, window)
    return elements(rows, rows.carrier)


def _signed_by_others(view: View, window: Window) -> Values:
    rows = _parcels(view, window)
    rows = rows.filter(rows.sign_kind.isin(["proxy", "locker"]))
    return Values(rows.group_by("member").aggregate(value=rows.count()), 0)


# Shipping


def _waiting(view: View) -> ibis.Table:
    rows = orders(view)
    return rows.filter(rows.status.isin(["paid", "part_shipped"]), rows.shipped_at.isnull())


def _unshipped(view: View) -> Values:
    rows = _waiting(view)
    return Values(rows.group_by("member").aggregate(value=rows.count()), 0)


def _waiting_days(view: View) -> Values:
    rows = _waiting(view)
    first = rows.group_by("member").aggregate(day=rows.paid_day.min())
    return valued(first, days_since(first.day, view))


def _ship_hours(view: View, window: Window) -> Values:
    rows = orders(view, window)
    rows = rows.filter(rows.shipped_at >= rows.paid_at)
    hours = rows.shipped_at.delta(rows.paid_at, unit="second").cast("float64") / 3600.0
    return Values(rows.group_by("member").aggregate(value=hours.mean()))


def _late_shipped(view: View, window: Window) -> Values:
    rows = orders(view, window)
    rows = rows.filter(rows.shipped_at.delta(rows.paid_at, unit="second") > _SHIP_HOURS * 3600)
    return Values(rows.group_by("member").aggregate(value=rows.count()), 0)


# Refunds


def _open_refunds(view: View) -> ibis.Table:
    rows = events("refund", view)
    still = rows.state.isin(OPEN_REFUNDS)
    if view.latest:
        return rows.filter(still)
    ended = before_moment(rows.finished_at, view).fill_null(False)
    return rows.filter(~ended, still | rows.finished_at.notnull())


def _open_refund(view: View) -> Values:
    return flagged(_open_refunds(view))


def _open_refund_amount(view: View) -> Values:
    rows = _open_refunds(view)
    return Values(rows.group_by("member").aggregate(value=rows.amount.sum()), 0)


def _ever_paid(view: View, window: Window) -> ibis.Table:
    rows = orders(view, window, basis="all")
    return rows.filter(rows.paid_at.notnull())


def _refund_rate(view: View, window: Window) -> Values:
    rows = _ever_paid(view, window)
    hit = (rows.refunded_amount > 0).fill_null(False).cast("int64")
    each = rows.group_by("member").aggregate(part=hit.sum(), whole=rows.count())
    return valued(each, ratio(each.part, each.whole))


def _refund_share(view: View, window: Window) -> Values:
    rows = _ever_paid(view, window)
    each = rows.group_by("member").aggregate(
        part=rows.refunded_amount.fill_null(NOTHING).sum(), whole=rows.paid_amount.sum()
    )
    return valued(
        each.filter(each.whole > 0), ibis.least(ratio(ibis._.part, ibis._.whole), ibis.literal(1.0))
    )


def _reasons(view: View, window: Window) -> Values:
    rows = events("refund", view, window)
    return elements(rows, rows.reason)


def _refunded_items(view: View, window: Window) -> Values:
    from huitou.segments.facts import rows_of
    from huitou.segments.registry import FACTS

    rows = limited(rows_of(FACTS["trade"], "all", view, frozenset({"line"})), window, view)
    return elements(rows.filter(rows.refunded_amount > 0, rows.moment.notnull()), ibis._.item)


def _refund_hours(view: View, window: Window) -> Values:
    """Hours from applying to the end of refunds that have one."""
    rows = events("refund", view, window)
    rows = rows.filter(before_moment(rows.finished_at, view), rows.finished_at >= rows.applied_at)
    hours = rows.finished_at.delta(rows.applied_at, unit="second").cast("float64") / 3600.0
    return Values(rows.group_by("member").aggregate(value=hours.mean()))


def _bought_after(view: View) -> Values:
    """Who bought again after the first refund they asked for."""
    rows = events("refund", view)
    first = rows.group_by("member").aggregate(asked=rows.moment.min())
    bought = lines(view).select("member", "moment").inner_join(first, "member")
    return flagged(bought.filter(bought.moment > bought.asked))


ATTRIBUTES: Final = (
    _r("refunds", "申请退款次数", "refunds asked for", "count", measured("refund", "times"), "退款申请数，含拒绝与撤销的", "Refund requests, refused and withdrawn ones too", window=EVER, words="售后 退货"),
    _r("refunds_done", "退款成功次数", "refunds paid out", "count", measured("refund", "times", one_of("state", "success")), "退款成功的申请数", "Requests that ended with money given back", window=EVER, words="售后"),
    _r("returns", "退货次数", "returns of goods", "count", measured("refund", "times", Condition("is_return", "yes")), "需要退货的退款申请数", "Refund requests with return of goods", window=EVER, words="退货退款"),
    _r("refunds_refused", "退款被拒次数", "refunds refused", "count", measured("refund", "times", one_of("state", "refused")), "被卖家拒绝的退款申请数", "Refund requests that the seller refused", window=EVER, words="纠纷"),
    _r("refund_asked", "申请退款金额", "amount asked back", "money", measured("refund", "amount"), "退款申请的金额合计", "The amounts of refund requests", window=EVER, words="售后"),
    _r("largest_refund", "最大一笔退款", "largest refund", "money", measured("refund", "largest"), "单次退款申请的最高金额", "The highest amount of one refund request", window=EVER),
    _r("last_refund", "最近申请退款日期", "last refund asked for on", "date", measured("refund", "last_day"), "最近一次申请退款的日期", "The day of the last refund request", window=EVER, words="售后"),
    _r("since_refund", "距上次退款天数", "days since the last refund request", "days", measured("refund", "since_last"), "距最近一次申请退款的天数", "Days since the last refund request", window=EVER, words="售后"),
    _r("refund_reasons", "退款原因", "reasons of refunds", "set", Timed(_reasons), "退款申请的原因", "The reasons of refund requests", window=EVER, pick="refund.reason", words="售后原因 质量"),
    _r("open_refund", "退款进行中", "has an open refund", "flag", _open_refund, "现在有还没结束的退款申请（含被拒待处理）", "Has a refund request that has not ended (refused ones wait too)", words="售后 排除"),
    _r("open_refund_amount", "进行中的退款金额", "amount of open refunds", "money", _open_refund_amount, "还没结束的退款申请金额合计", "The amounts of refund requests that have not ended", otherwise=0),
    _r("refund_hours", "平均退款时长", "average hours to a refund", "number", Timed(_refund_hours), "从申请到结束的平均小时数", "Mean hours from request to end", window=EVER, words="售后 时效"),
    _r("bought_after_refund", "退款后又买过", "bought again after a refund", "flag", _bought_after, "第一次申请退款之后还有付款", "Paid again after the first refund request", words="挽回"),
    _o("refunded_amount", "退款金额", "amount refunded", "money", orders_of("refunded", basis="refunded"), "有退款订单的退款合计", "What was refunded on orders", window=EVER, words="退款额"),
    _o("refund_orders", "退款订单数", "orders with a refund", "count", orders_of("orders", basis="refunded"), "有退款金额的付过款的订单", "Orders paid for, with an amount refunded", window=EVER, words="退款"),
    _o("refund_rate", "退款订单占比", "share of orders with a refund", "share", Timed(_refund_rate), "有退款的订单 ÷ 付过款的订单（含全额退款关闭的）", "Orders with a refund ÷ orders ever paid, closed by refund or not", window=EVER, words="退款率"),
    _o("refund_share", "退款金额占比", "share of money refunded", "share", Timed(_refund_share), "退款 ÷ 付过款订单的实付", "Refunded ÷ paid, of orders ever paid", window=EVER, words="退款率"),
    _o("refunded_items", "退过的商品", "items refunded", "set", Timed(_refunded_items), "有退款金额的商品", "Items with an amount refunded", window=EVER, pick="item", data="trade_line", words="退货"),
    _o("unshipped", "待发货订单数", "orders awaiting shipping", "count", _unshipped, "现在已付款还没发货的订单", "Orders paid and not shipped now", words="未发货"),
    _o("waiting_days", "待发货已等天数", "days waiting for shipping", "days", _waiting_days, "最早一笔待发货订单付款至今的天数", "Days since the oldest unshipped order was paid", words="超时发货"),
    _o("ship_hours", "平均发货时长", "average hours to shipping", "number", Timed(_ship_hours), "付款到发货的平均小时数", "Mean hours from payment to shipping", window=EVER, words="发货 时效"),
    _o("late_shipped", "超 48 小时发货订单数", "orders shipped after 48 hours", "count", Timed(_late_shipped), "付款 48 小时以后才发货的订单", "Orders shipped more than 48 hours after payment", window=EVER, words="延迟发货"),
    _a("parcels", "包裹数", "parcels", "count", measured("parcel", "times"), "已发出的包裹数", "Parcels shipped", window=EVER, words="快递 物流"),
    _a("carriers", "用过的快递", "carriers", "set", Timed(_carriers), "包裹的快递公司", "The carriers of their parcels", window=EVER, pick="carrier", words="顺丰 物流偏好"),
    _a("parcels_in_trouble", "异常包裹数", "parcels with trouble", "count", measured("parcel", "times", known("trouble")), "轨迹里出现疑难、拒收、退回、破损等状态的包裹", "Parcels whose trace ended in a problem, refusal, return or damage", window=EVER, words="异常物流"),
    _a("troubles", "出现过的包裹异常", "troubles of parcels", "set", Timed(_troubled), "包裹轨迹里的异常状态", "The states of trouble in traces", window=EVER, choices=TROUBLES, words="异常物流 破损 拒收"),
    _a("trouble_now", "包裹异常中", "has a parcel in trouble", "flag", _trouble_now, "现在有异常包裹：异常状态，或超时不动、未派、未签", "A parcel is in trouble now: by its state or by silence", words="异常物流"),
    _a("troubles_now", "当前包裹异常", "present troubles of parcels", "set", _troubles_now, "现在异常包裹的异常类型", "What is wrong with parcels now", choices=TROUBLES, words="异常物流"),
    _a("unsigned", "未签收包裹数", "parcels not signed for", "count", _unsigned, "已发出、没签收也没退回、订单没完成的包裹", "Parcels shipped, neither signed for nor returned, of orders not finished", words="在途"),
    _a("unsigned_days", "未签收已过天数", "days an unsigned parcel is under way", "days", _unsigned_days, "最早一个未签收包裹发出至今的天数", "Days since the oldest unsigned parcel was shipped", words="在途 派件提醒"),
    _a("late_parcels", "超 5 天包裹数", "parcels that took over 5 days", "count", Timed(_late), "发货到签收（或至今）超过 5 天的包裹", "Parcels signed more than 5 days after shipping, or not yet", window=EVER, words="慢 延迟"),
    _a("signing_days", "平均签收天数", "average days to signing", "number", Timed(_signing_days), "发货到签收的平均天数", "Mean days from shipping to signing", window=EVER, unit="day", words="物流时效"),
    _a("slowest_parcel", "最慢签收天数", "slowest days to signing", "days", Timed(_slowest), "发货到签收最长的天数", "The most days from shipping to signing", window=EVER),
    _a("last_signed", "最近签收日期", "last signed on", "date", _last_signed, "最近一个包裹签收的日期", "The day the last parcel was signed for", words="签收"),
    _a("since_signed", "距上次签收天数", "days since the last signing", "days", _since_signed, "距最近一次签收的天数", "Days since a parcel was last signed for", words="签收 回访"),
    _a("signed_by_others", "代签包裹数", "parcels signed by others", "count", Timed(_signed_by_others), "由他人、驿站或柜子签收的包裹", "Parcels signed by somebody else, a pickup point or a locker", window=EVER, words="代签 驿站 冒签"),
)  # fmt: skip

"""Reached and responded: what was sent, what came of it. What machines did does not count."""

from __future__ import annotations

from typing import Final

import ibis
from ibis import _

from huitou.segments.catalogue.entry import Timed, Values
from huitou.segments.catalogue.making import (
    BY_PEOPLE,
    MONTH,
    QUARTER,
    elements,
    events,
    favourite,
    flagged,
    in_group,
    measured,
    messages,
    newest,
    one_of,
    orders,
    ratio,
    valued,
)
from huitou.segments.facts import View
from huitou.segments.nodes import Condition, FactSubject
from huitou.segments.other_facts import CHANNELS
from huitou.segments.windows import EVER, Window
from huitou.warehouse.store import table

_a = in_group("reached", "message_event")
RESPONSES: Final = ("opened", "clicked", "replied")
_ATTRIBUTED_DAYS: Final = 3


def _kind(kind: str, *where: Condition, measure: str = "times") -> FactSubject:
    people = (BY_PEOPLE,) if kind in {"opened", "clicked"} else ()
    return measured("message", measure, one_of("kind", kind), *people, *where)


def _rate(*kinds: str, channel: str = "") -> Timed:
    """Messages with one of these events ÷ messages sent."""

    def values(view: View, window: Window) -> Values:
        rows = messages(view, "sent", *kinds, window=window)
        if channel:
            rows = rows.filter(rows.channel == channel)
        hit = rows.kind.isin(kinds)
        each = rows.group_by("member", "message").aggregate(
            sent=(rows.kind == "sent").cast("int64").max(), hit=hit.cast("int64").max()
        )
        each = each.filter(each.sent == 1)
        both = each.group_by("member").aggregate(part=each.hit.sum(), whole=each.count())
        return valued(both, ratio(both.part, both.whole))

    return Timed(values)


def _responses(view: View, window: Window) -> Values:
    rows = messages(view, *RESPONSES, window=window)
    return Values(rows.group_by("member").aggregate(value=rows.message.nunique()), 0)


def _set(column: str, *kinds: str) -> Timed:
    def values(view: View, window: Window) -> Values:
        rows = messages(view, *kinds, window=window)
        return elements(rows, rows[column])

    return Timed(values)


def _best_channel(view: View, window: Window) -> Values:
    rows = messages(view, *RESPONSES, window=window)
    return favourite(rows.select("member", "message", "channel").distinct(), _.channel)


def _last(column: str) -> Timed:
    def values(view: View, window: Window) -> Values:
        rows = messages(view, "sent", window=window)
        return newest(rows, rows[column])

    return Timed(values)


def _never(view: View) -> Values:
    sent = messages(view, "sent").select("member").distinct()
    return flagged(table("member").select("member").anti_join(sent, "member"))


def _unsubscribed(view: View) -> Values:
    return flagged(messages(view, "unsubscribed"))


def _in_a_row(view: View) -> Values:
    """Messages sent since the last response (all, where there was none)."""
    sent, back = messages(view, "sent"), messages(view, *RESPONSES)
    last = back.group_by("member").aggregate(back_at=back.moment.max())
    both = sent.left_join(last, "member")
    both = both.filter(both.back_at.isnull() | (both.moment > both.back_at))
    return Values(both.group_by("member").aggregate(value=both.message.nunique()), 0)


def _bought_after(view: View, window: Window) -> ibis.Table:
    """(member, trade, paid): orders paid within three days after a message."""
    sent = messages(view, "sent", window=window).select("member", sent_at=_.moment)
    paid = orders(view).select("member", "trade", paid_at=_.moment, paid=_.paid_amount)
    both = paid.inner_join(sent, "member")
    late = both.sent_at + ibis.interval(days=_ATTRIBUTED_DAYS)
    both = both.filter(both.paid_at >= both.sent_at, both.paid_at < late)
    return both.select("member", "trade", "paid").distinct()


def _orders_after(view: View, window: Window) -> Values:
    rows = _bought_after(view, window)
    return Values(rows.group_by("member").aggregate(value=rows.count()), 0)


def _amount_after(view: View, window: Window) -> Values:
    rows = _bought_after(view, window)
    return Values(rows.group_by("member").aggregate(value=rows.paid.sum()), 0)


def _failing(view: View) -> Values:
    """The last attempt by some channel failed."""
    rows = events("message", view)
    rows = rows.filter(rows.kind.isin(["failed", "delivered", "opened", "clicked", "replied"]))
    last = rows.group_by("member", "channel").aggregate(
        failed=rows.moment.max(where=rows.kind == "failed"),
        worked=rows.moment.max(where=rows.kind != "failed"),
    )
    last = last.filter(last.failed.notnull(), last.worked.isnull() | (last.failed > last.worked))
    return elements(last, last.channel)


ATTRIBUTES: Final = (
    _a("sent", "触达次数", "messages sent", "count", _kind("sent"), "发出的消息数，各渠道合计", "Messages sent, by every channel", window=EVER, words="发送 触达 疲劳度"),
    _a("marketing_sent", "营销触达次数", "marketing messages sent", "count", _kind("sent", one_of("purpose", "marketing")), "发出的营销消息数", "Marketing messages sent", window=MONTH, words="发送 疲劳度 骚扰 近30天"),
    _a("care_sent", "关怀触达次数", "care messages sent", "count", _kind("sent", one_of("purpose", "care")), "发出的关怀消息数", "Care messages sent", window=MONTH, words="关怀"),
    _a("sms_sent", "短信触达次数", "SMS sent", "count", _kind("sent", one_of("channel", "sms")), "发出的短信数", "SMS sent", window=EVER, words="短信"),
    _a("email_sent", "邮件触达次数", "e-mails sent", "count", _kind("sent", one_of("channel", "email")), "发出的邮件数", "E-mails sent", window=EVER, words="邮件 EDM"),
    _a("wecom_sent", "企业微信触达次数", "WeCom messages sent", "count", _kind("sent", one_of("channel", "wecom")), "发出的企业微信消息数", "WeCom messages sent", window=EVER, words="企微"),
    _a("delivered", "送达次数", "messages delivered", "count", _kind("delivered"), "确认送达的消息数", "Messages confirmed as delivered", window=EVER, words="到达"),
    _a("opened", "打开次数", "messages opened", "count", _kind("opened"), "打开消息的次数，机器打开不算", "Times a message was opened, not by machines", window=EVER, words="阅读 打开率"),
    _a("clicked", "点击次数", "clicks", "count", _kind("clicked"), "点击链接的次数，机器点击不算", "Clicks on links, not by machines", window=EVER, words="点击率 短链"),
    _a("replied", "回复次数", "replies", "count", _kind("replied"), "回复消息的次数", "Replies to messages", window=EVER, words="互动"),
    _a("failed", "发送失败次数", "messages failed", "count", _kind("failed"), "发送失败的次数", "Messages that failed", window=EVER, words="空号 退信"),
    _a("skipped", "被拦截次数", "messages held back", "count", _kind("skipped"), "因规则没有发出的次数", "Messages that a rule held back", window=EVER, words="未发 频控 黑名单"),
    _a("responses", "响应消息数", "messages responded to", "count", Timed(_responses), "打开、点击或回复过的不同消息数，机器行为不算", "Different messages opened, clicked or replied to, not by machines", window=EVER, words="互动 响应"),
    _a("response_rate", "响应率", "response rate", "share", _rate(*RESPONSES), "打开、点击或回复过的消息 ÷ 发出的消息", "Messages opened, clicked or replied to ÷ messages sent", window=EVER, words="互动 打开率"),
    _a("click_rate", "点击率", "click rate", "share", _rate("clicked"), "点击过的消息 ÷ 发出的消息", "Messages clicked ÷ messages sent", window=EVER, words="点击"),
    _a("open_rate", "打开率", "open rate", "share", _rate("opened"), "打开过的消息 ÷ 发出的消息", "Messages opened ÷ messages sent", window=EVER, words="打开 阅读"),
    _a("sms_rate", "短信响应率", "SMS response rate", "share", _rate(*RESPONSES, channel="sms"), "点击或回复过的短信 ÷ 发出的短信", "SMS clicked or replied to ÷ SMS sent", window=EVER, words="短信"),
    _a("email_rate", "邮件响应率", "e-mail response rate", "share", _rate(*RESPONSES, channel="email"), "打开、点击或回复过的邮件 ÷ 发出的邮件", "E-mails opened, clicked or replied to ÷ e-mails sent", window=EVER, words="邮件 EDM"),
    _a("best_channel", "沟通渠道偏好", "preferred channel", "choice", Timed(_best_channel), "打开、点击或回复过的消息最多的渠道", "The channel with most messages opened, clicked or replied to", window=EVER, choices=CHANNELS, words="沟通方式 渠道偏好 短信 邮件 微信"),
    _a("sent_channels", "触达过的渠道", "channels reached by", "set", _set("channel", "sent"), "发过消息的渠道", "Channels by which something was sent", window=EVER, choices=CHANNELS),
    _a("response_channels", "响应过的渠道", "channels responded on", "set", _set("channel", *RESPONSES), "有打开、点击或回复的渠道", "Channels with an open, a click or a reply", window=EVER, choices=CHANNELS, words="互动"),
    _a("is_unsubscribed", "退订过", "has unsubscribed", "flag", _unsubscribed, "在任何渠道退订过", "Has unsubscribed from some channel", words="退订 黑名单"),
    _a("unsubscribed", "退订的渠道", "channels unsubscribed from", "set", _set("channel", "unsubscribed"), "退订过的渠道", "Channels that were unsubscribed from", window=EVER, choices=CHANNELS, words="退订"),
    _a("failing_channels", "发不到的渠道", "channels that fail", "set", _failing, "最近一次结果是失败的渠道", "Channels whose last result was a failure", choices=CHANNELS, words="空号 退信"),
    _a("never_contacted", "从未触达", "never contacted", "flag", _never, "没有发过任何消息", "Nothing was ever sent", words="未触达"),
    _a("first_contact", "首次触达日期", "first contacted on", "date", _kind("sent", measure="first_day"), "第一次发消息的日期", "The day of the first message", window=EVER),
    _a("last_contact", "最近触达日期", "last contacted on", "date", _kind("sent", measure="last_day"), "最近一次发消息的日期", "The day of the last message", window=EVER, words="关怀"),
    _a("since_contact", "距上次触达天数", "days since the last contact", "days", _kind("sent", measure="since_last"), "距最近一次发消息的天数", "Days since the last message", window=EVER, words="疲劳度 近期触达 排除"),
    _a("since_marketing", "距上次营销触达天数", "days since the last marketing contact", "days", _kind("sent", one_of("purpose", "marketing"), measure="since_last"), "距最近一次营销消息的天数", "Days since the last marketing message", window=EVER, words="疲劳度 排除"),
    _a("since_response", "距上次响应天数", "days since the last response", "days", measured("message", "since_last", one_of("kind", *RESPONSES), BY_PEOPLE), "距最近一次打开、点击或回复的天数", "Days since the last open, click or reply", window=EVER, words="互动"),
    _a("ignored", "连续未响应次数", "messages ignored in a row", "count", _in_a_row, "上次响应之后发出的消息数，没响应过的算全部", "Messages sent since the last response; all where there was none", words="不响应 降频"),
    _a("contact_days", "被触达天数", "days contacted on", "count", _kind("sent", measure="days"), "有消息发出的不同日期数", "Different days with a message", window=MONTH, words="疲劳度"),
    _a("campaigns", "参与活动数", "campaigns reached by", "count", _kind("sent", measure="campaigns"), "发过消息的活动个数", "Campaigns that sent a message", window=EVER, words="活动"),
    _a("sent_campaigns", "触达过的活动", "campaigns", "set", _set("campaign", "sent"), "给其发过消息的活动", "Campaigns that sent them a message", window=QUARTER, pick="campaign", words="活动 排除"),
    _a("response_campaigns", "响应过的活动", "campaigns responded to", "set", _set("campaign", *RESPONSES), "有打开、点击或回复的活动", "Campaigns with an open, a click or a reply", window=EVER, pick="campaign", words="活动 二次营销"),
    _a("last_campaign", "最近触达的活动", "last campaign", "choice", _last("campaign"), "最近一条消息所属的活动", "The campaign of the last message", window=EVER, pick="campaign"),
    _a("last_channel", "最近触达渠道", "last channel", "choice", _last("channel"), "最近一条消息的渠道", "The channel of the last message", window=EVER, choices=CHANNELS),
    _a("skip_reasons", "被拦截原因", "reasons for being held back", "set", _set("reason", "skipped"), "没有发出的原因", "Why messages were held back", window=EVER, pick="message.reason", words="频控 静默 黑名单"),
    _a("contact_cost", "触达成本", "cost of contacts", "money", measured("message", "cost"), "各渠道消息费用合计", "What messages cost, by every channel", window=EVER, words="费用 ROI"),
    _a("orders_after", "触达后订单数", "orders after a contact", "count", Timed(_orders_after), "消息发出后 72 小时内付款的订单数（时段指发送时间）", "Orders paid within 72 hours of a message; the window is that of sending", window=EVER, words="转化 归因"),
    _a("amount_after", "触达后金额", "amount after a contact", "money", Timed(_amount_after), "消息发出后 72 小时内付款的订单实付合计", "What was paid within 72 hours of a message", window=EVER, otherwise=0, words="转化 归因"),
)  # fmt: skip

"""Everything else that happens to members: visits, reviews, refunds, parcels, messages, points …"""

from __future__ import annotations

from typing import Final

import ibis

from huitou.kernel.i18n import Text
from huitou.segments.facts import (
    Fact,
    Field,
    Measure,
    Needs,
    View,
    column,
    hour,
    joined,
    moment_day,
    weekday,
)
from huitou.segments.operators import ValueType
from huitou.segments.order_fact import (
    WEEKDAYS,
    first_day,
    last_day,
    since_first,
    since_last,
)
from huitou.warehouse.days import local_day
from huitou.warehouse.labels import PARCEL_STATE, RATING, REFUND_STATE

_ITEM: Final[Needs] = frozenset({"item"})


def _times(label: Text) -> Measure:
    return Measure("times", label, "count", lambda rows, view: rows.count(), 0)


def _times_alike() -> tuple[Measure, ...]:
    return (
        Measure("days", Text("天数", "different days"), "count", lambda rows, view: moment_day(rows, view).nunique(), 0),
        Measure("first_day", Text("首次日期", "first date"), "date", first_day),
        Measure("last_day", Text("最近一次日期", "last date"), "date", last_day),
        Measure("since_first", Text("距首次天数", "days since the first"), "days", since_first, None, "day"),
        Measure("since_last", Text("距最近一次天数", "days since the last"), "days", since_last, None, "day"),
    )  # fmt: skip


def _sum(
    code: str, label: Text, name: str, *, kind: ValueType = "number", unit: str = ""
) -> Measure:
    return Measure(code, label, kind, lambda rows, view: rows[name].sum(), 0, unit)


def _average(
    code: str, label: Text, name: str, *, kind: ValueType = "number", unit: str = ""
) -> Measure:
    return Measure(
        code,
        label,
        kind,
        lambda rows, view: rows[name].cast("float64").mean(),
        None,
        unit,
    )


def _choice(code: str, label: Text, choices: dict[str, Text], name: str = "") -> Field:
    return Field(code, label, "choice", column(name or code), choices=choices)


def _search(code: str, label: Text, name: str = "", *, text: bool = False) -> Field:
    of = column(name or code)
    if text:
        return Field(
            code,
            label,
            "choice",
            lambda rows, view: rows[name or code].cast("string"),
            is_searchable=True,
            number=of,
        )
    return Field(code, label, "choice", of, is_searchable=True)


_WHEN: Final = (
    Field("hour", Text("几点（0–23）", "hour of day (0–23)"), "number", hour),
    Field("weekday", Text("星期几", "weekday"), "choice", lambda rows, view: weekday(rows, view).cast("string"), choices=WEEKDAYS),
    Field("day", Text("日期", "date"), "date", moment_day),
)  # fmt: skip
_SHOP: Final = _search("shop", Text("店铺", "shop"), text=True)
_OF_ITEM: Final = (
    _search("item", Text("商品", "item"), text=True),
    Field("category", Text("类目", "category"), "choice", joined("item", "category"), _ITEM, is_searchable=True, is_path=True),
    Field("title", Text("商品标题", "item title"), "text", joined("item", "title"), _ITEM),
)  # fmt: skip

ALIKE: Final = frozenset({"days", "first_day", "last_day", "since_first", "since_last"})
"""Measures that every fact has; a sentence says of which."""

VISIT_KINDS: Final[dict[str, Text]] = {
    "browse": Text("浏览", "browsed"),
    "cart": Text("加购", "put in the cart"),
    "favourite": Text("收藏", "favourited"),
    "store": Text("到店", "came to a store"),
}
TROUBLES: Final[dict[str, Text]] = {
    state: PARCEL_STATE[state]
    for state in (
        "problem",
        "unreachable",
        "out_of_range",
        "stalled",
        "damaged",
        "refused",
        "returning",
        "returned",
    )
}
MESSAGE_KINDS: Final[dict[str, Text]] = {
    "planned": Text("计划发送", "planned"),
    "sent": Text("已发送", "sent"),
    "delivered": Text("已送达", "delivered"),
    "failed": Text("发送失败", "failed"),
    "opened": Text("已打开", "opened"),
    "clicked": Text("已点击", "clicked"),
    "replied": Text("已回复", "replied"),
    "unsubscribed": Text("已退订", "unsubscribed"),
    "skipped": Text("未发（规则拦截）", "skipped"),
}
CHANNELS: Final[dict[str, Text]] = {
    "sms": Text("短信", "SMS"),
    "email": Text("邮件", "e-mail"),
    "wecom": Text("企业微信", "WeCom"),
    "official_account": Text("公众号", "official account"),
    "webhook": Text("接口推送", "webhook"),
}
PURPOSES: Final[dict[str, Text]] = {
    "marketing": Text("营销", "marketing"),
    "care": Text("关怀", "care"),
    "service": Text("服务", "service"),
}
POINT_KINDS: Final[dict[str, Text]] = {
    "earn": Text("获得", "earned"),
    "burn": Text("使用", "spent"),
    "expire": Text("过期", "expired"),
    "clawback": Text("退款扣回", "taken back"),
    "adjust": Text("人工调整", "adjusted"),
}
COUPON_KINDS: Final[dict[str, Text]] = {
    "issued": Text("已发放", "issued"),
    "claimed": Text("已领取", "claimed"),
    "used": Text("已使用", "used"),
    "expired": Text("已过期", "expired"),
    "void": Text("已作废", "void"),
}
TASK_KINDS: Final[dict[str, Text]] = {
    "assigned": Text("已派发", "assigned"),
    "contacted": Text("已联系", "contacted"),
    "done": Text("已完成", "done"),
    "converted": Text("已成交", "converted"),
    "overdue": Text("已逾期", "overdue"),
}
TAG_KINDS: Final[dict[str, Text]] = {
    "added": Text("打上", "added"),
    "removed": Text("去掉", "removed"),
}
YES_NO: Final[dict[str, Text]] = {"true": Text("是", "yes"), "false": Text("否", "no")}


def _fact(
    code: str,
    label: Text,
    phrase: Text,
    table: str,
    at: str,
    fields: tuple[Field, ...],
    measures: tuple[Measure, ...],
) -> Fact:
    return Fact(
        code,
        label,
        phrase,
        table,
        at,
        {one.code: one for one in (*fields, *_WHEN)},
        {one.code: one for one in (*measures, *_times_alike())},
    )


def _text_length(rows: ibis.Table, view: View) -> ibis.Value:
    return rows.text.length()


def _signing_days(rows: ibis.Table, view: View) -> ibis.Value:
    shipped, signed = (local_day(at, view.zone) for at in (rows.shipped_at, rows.signed_at))
    return signed.delta(shipped, unit="day")


OTHERS: Final[tuple[Fact, ...]] = (
    _fact(
        "visit", Text("访问", "visits"), Text("访问", "visited"), "visit", "occurred_at",
        (_choice("kind", Text("行为", "behaviour"), VISIT_KINDS), _SHOP, *_OF_ITEM,
         _search("source", Text("来源", "source"))),
        (_times(Text("访问次数", "visits")),
         Measure("items", Text("商品种数", "different items"), "count", lambda rows, view: rows.item.nunique(), 0),
         Measure("sessions", Text("访问场次", "sessions"), "count", lambda rows, view: rows.session.nunique(), 0)),
    ),
    _fact(
        "review", Text("评价", "reviews"), Text("评价", "reviewed"), "review", "created_at",
        (_choice("rating", Text("评价等级", "rating"), RATING), _SHOP, *_OF_ITEM,
         Field("stars", Text("星级", "stars"), "number", column("stars")),
         Field("text", Text("评价内容", "text"), "text", column("text")),
         Field("length", Text("评价字数", "length of the text"), "number", _text_length),
         Field("images", Text("晒图数", "pictures"), "number", lambda rows, view: rows.image_count.fill_null(0)),
         Field("appended", Text("有追评", "has an addition"), "flag", lambda rows, view: rows.append_text.fill_null("") != ""),
         Field("replied", Text("商家已回复", "was replied to"), "flag", lambda rows, view: rows.reply_text.fill_null("") != ""),
         Field("topics", Text("评价话题", "topics"), "text", column("topics"))),
        (_times(Text("评价数", "reviews")), _average("stars", Text("平均星级", "average stars"), "stars"),
         _sum("images", Text("晒图总数", "pictures"), "image_count")),
    ),
    _fact(
        "refund", Text("退款", "refunds"), Text("申请退款", "asked for a refund"), "refund", "applied_at",
        (_choice("state", Text("退款状态", "state"), REFUND_STATE), _SHOP,
         Field("amount", Text("退款金额", "amount"), "money", column("amount"), unit="yuan"),
         Field("reason", Text("退款原因", "reason"), "text", column("reason")),
         Field("is_return", Text("需要退货", "with return of goods"), "flag", column("is_return"))),
        (_times(Text("退款次数", "refunds")), _sum("amount", Text("退款金额", "amount refunded"), "amount", kind="money", unit="yuan"),
         Measure("largest", Text("最大一笔退款", "largest refund"), "money", lambda rows, view: rows.amount.max(), None, "yuan")),
    ),
    _fact(
        "parcel", Text("包裹", "parcels"), Text("收到包裹", "was sent a parcel"), "parcel", "shipped_at",
        (_choice("state", Text("包裹状态", "state"), PARCEL_STATE),
         _choice("trouble", Text("异常", "trouble"), TROUBLES), _SHOP,
         _search("carrier", Text("快递公司", "carrier")),
         Field("days", Text("发货到签收天数", "days from shipping to signing"), "days", _signing_days, unit="day")),
        (_times(Text("包裹数", "parcels")),),
    ),
    _fact(
        "message", Text("触达", "messages"), Text("收到触达", "was messaged"), "message_event", "occurred_at",
        (_choice("kind", Text("结果", "event"), MESSAGE_KINDS), _choice("channel", Text("渠道", "channel"), CHANNELS),
         _choice("purpose", Text("目的", "purpose"), PURPOSES), _search("campaign", Text("活动", "campaign")),
         _search("reason", Text("未发或失败原因", "reason")),
         Field("is_machine", Text("机器行为", "by a machine"), "flag", lambda rows, view: rows.is_machine.fill_null(False))),
        (_times(Text("触达次数", "messages")),
         Measure("campaigns", Text("活动数", "different campaigns"), "count", lambda rows, view: rows.campaign.nunique(), 0),
         _sum("cost", Text("触达成本", "cost"), "cost", kind="money", unit="yuan")),
    ),
    _fact(
        "points", Text("积分", "points"), Text("积分变动", "had a change of points"), "points_entry", "occurred_at",
        (_choice("kind", Text("变动", "kind"), POINT_KINDS), _SHOP, _search("reason", Text("原因", "reason")),
         Field("points", Text("积分数", "points"), "number", column("points"))),
        (_times(Text("变动次数", "changes")), _sum("points", Text("积分合计", "sum of points"), "points")),
    ),
    _fact(
        "coupon", Text("优惠券", "coupons"), Text("优惠券", "had a coupon"), "coupon_event", "occurred_at",
        (_choice("kind", Text("动作", "event"), COUPON_KINDS), _SHOP, _search("offer", Text("券", "offer")),
         Field("face_value", Text("面额", "face value"), "money", column("face_value"), unit="yuan")),
        (_times(Text("次数", "times")),
         Measure("coupons", Text("券张数", "coupons"), "count", lambda rows, view: rows.coupon.nunique(), 0),
         _sum("face_value", Text("面额合计", "sum of face values"), "face_value", kind="money", unit="yuan")),
    ),
    _fact(
        "task", Text("导购任务", "guide tasks"), Text("导购任务", "had a guide task"), "task_event", "occurred_at",
        (_choice("kind", Text("进展", "event"), TASK_KINDS), _SHOP, _search("guide", Text("导购", "guide"))),
        (_times(Text("次数", "times")),),
    ),
    _fact(
        "tag", Text("标签变化", "changes of tags"), Text("标签变化", "had a tag changed"), "tag_event", "occurred_at",
        (_choice("kind", Text("动作", "event"), TAG_KINDS), _search("tag", Text("标签", "tag"), text=True),
         _search("source", Text("来源", "source"))),
        (_times(Text("次数", "times")),),
    ),
)  # fmt: skip

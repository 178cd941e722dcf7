"""Loyalty: level, points, coupons."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import ibis
from ibis import _

from huitou.segments.catalogue.entry import Timed, Values
from huitou.segments.catalogue.making import (
    elements,
    events,
    flagged,
    in_group,
    measured,
    member_column,
    one_of,
    ratio,
    valued,
)
from huitou.segments.facts import NOTHING, View
from huitou.segments.nodes import Condition, FactSubject
from huitou.segments.windows import EVER, Window
from huitou.warehouse.days import local_day

_a = in_group("loyalty", "coupon_event")
_p = in_group("loyalty", "points_entry")
SOON: Final = 30
_RECEIVED: Final = ("issued", "claimed")
_ENDED: Final = ("used", "expired", "void")


def _coupons(kind: str, *where: Condition, measure: str = "coupons") -> FactSubject:
    return measured("coupon", measure, one_of("kind", kind), *where)


# Points


def _spent(*kinds: str) -> Timed:
    """Points that left, as a positive number."""

    def values(view: View, window: Window) -> Values:
        rows = events("points", view, window)
        rows = rows.filter(rows.kind.isin(kinds))
        return Values(
            rows.group_by("member").aggregate(value=(0 - rows.points.sum()).cast("int64")), 0
        )

    return Timed(values)


def _lots(view: View) -> ibis.Table:
    """(member, expires_at, points, up_to, gone): points earned by their end; what left takes the first.

    ``up_to`` adds up the lots that end no later; ``gone`` is everything that ever left.
    """
    rows = events("points", view)
    out = rows.filter(rows.points < 0)
    gone = out.group_by("member").aggregate(gone=(0 - out.points.sum()).cast("int64"))
    lots = rows.filter(rows.points > 0, rows.expires_at.notnull())
    lots = lots.group_by("member", "expires_at").aggregate(points=lots.points.sum())
    running = ibis.cumulative_window(group_by=lots.member, order_by=lots.expires_at)
    lots = lots.mutate(up_to=lots.points.sum().over(running))
    both = lots.left_join(gone, "member", rname="gone_{name}")
    return both.mutate(gone=both.gone.fill_null(0))


def _left(view: View) -> ibis.Table:
    """(member, expires_at, left): what is left of lots that have not ended."""
    lots = _lots(view)
    left = ibis.least(lots.points, lots.up_to - lots.gone)
    ahead = lots.expires_at >= ibis.literal(view.moment.cut, "timestamp(6)")
    return lots.filter(ahead, left > 0).select("member", "expires_at", left=left)


def _soon(view: View) -> ibis.Value:
    return ibis.literal(view.moment.cut + timedelta(days=SOON), "timestamp(6)")


def _expiring(view: View) -> Values:
    rows = _left(view)
    rows = rows.filter(rows.expires_at < _soon(view))
    return Values(rows.group_by("member").aggregate(value=rows.left.sum()), 0)


def _next_expiry(view: View) -> Values:
    rows = _left(view)
    first = rows.group_by("member").aggregate(at_first=rows.expires_at.min())
    return valued(first, local_day(first.at_first, view.zone))


def _use_of_points(view: View, window: Window) -> Values:
    rows = events("points", view, window)
    spent = ibis.ifelse(rows.kind == "burn", 0 - rows.points, 0)
    earned = ibis.ifelse(rows.kind == "earn", rows.points, 0)
    each = rows.group_by("member").aggregate(part=spent.sum(), whole=earned.sum())
    each = each.filter(each.whole > 0)
    return valued(each, ibis.least(ratio(each.part, each.whole), ibis.literal(1.0)))


# Coupons


def held_coupons(view: View) -> ibis.Table:
    """(member, coupon, offer, face_value, expires_at) of coupons that can still be used."""
    rows = events("coupon", view)
    each = rows.group_by("member", "coupon").aggregate(
        offer=rows.offer.max(),
        face_value=rows.face_value.max(),
        expires_at=rows.expires_at.max(),
        ended=rows.kind.isin(_ENDED).cast("int64").max(),
        begun=rows.kind.isin(_RECEIVED).cast("int64").max(),
    )
    ahead = each.expires_at.isnull() | (
        each.expires_at >= ibis.literal(view.moment.cut, "timestamp(6)")
    )
    return each.filter(each.ended == 0, each.begun == 1, ahead)


def _held(view: View) -> Values:
    rows = held_coupons(view)
    return Values(rows.group_by("member").aggregate(value=rows.count()), 0)


def _held_value(view: View) -> Values:
    rows = held_coupons(view)
    return Values(
        rows.group_by("member").aggregate(value=rows.face_value.fill_null(NOTHING).sum()), 0
    )


def _held_offers(view: View) -> Values:
    rows = held_coupons(view)
    return elements(rows, rows.offer)


def _coupon_expiry(view: View) -> Values:
    rows = held_coupons(view)
    first = rows.filter(rows.expires_at.notnull())
    first = first.group_by("member").aggregate(at_first=first.expires_at.min())
    return valued(first, local_day(first.at_first, view.zone))


def _coupons_expiring(view: View) -> Values:
    rows = held_coupons(view)
    rows = rows.filter(rows.expires_at < _soon(view))
    return Values(rows.group_by("member").aggregate(value=rows.count()), 0)


def _received(view: View, window: Window) -> Values:
    rows = events("coupon", view, window)
    rows = rows.filter(rows.kind.isin(_RECEIVED))
    return Values(rows.group_by("member").aggregate(value=rows.coupon.nunique()), 0)


def _use_rate(view: View, window: Window) -> Values:
    rows = events("coupon", view, window)
    each = rows.group_by("member", "coupon").aggregate(
        used=(rows.kind == "used").cast("int64").max(),
        got=rows.kind.isin(_RECEIVED).cast("int64").max(),
    )
    each = each.filter(each.got == 1)
    both = each.group_by("member").aggregate(part=each.used.sum(), whole=each.count())
    return valued(both, ratio(both.part, both.whole))


def _used_offers(view: View, window: Window) -> Values:
    rows = events("coupon", view, window)
    return elements(rows.filter(rows.kind == "used"), _.offer)


def _never_used(view: View) -> Values:
    rows = events("coupon", view)
    used = rows.filter(rows.kind == "used").select("member").distinct()
    got = rows.filter(rows.kind.isin(_RECEIVED)).select("member").distinct()
    return flagged(got.anti_join(used, "member"))


def _tags(view: View) -> Values:
    from huitou.segments.leaves import tags_in_force

    held = tags_in_force(view)
    return Values(held.group_by("member").aggregate(value=held.tag.nunique()), 0)


ATTRIBUTES: Final = (
    _p("level", "会员等级", "member level", "choice", member_column("level"), "会员名单上的等级", "The level that member lists name", pick="member.level", data="member", words="等级 VIP 卡级"),
    _p("points_balance", "积分余额", "points balance", "number", measured("points", "points"), "至今所有积分变动的合计", "The sum of all changes of points so far", words="积分 剩余"),
    _p("points_earned", "获得积分", "points earned", "number", measured("points", "points", one_of("kind", "earn")), "获得的积分合计", "Points earned", window=EVER, words="积分"),
    _p("points_spent", "使用积分", "points spent", "number", _spent("burn"), "使用的积分合计", "Points spent", window=EVER, otherwise=0, words="积分 兑换"),
    _p("points_expired", "过期积分", "points expired", "number", _spent("expire"), "过期的积分合计", "Points that expired", window=EVER, otherwise=0, words="积分 过期"),
    _p("points_clawed", "扣回积分", "points taken back", "number", _spent("clawback"), "因退款扣回的积分合计", "Points taken back after refunds", window=EVER, otherwise=0, words="积分 退款"),
    _p("points_expiring", "30 天内到期积分", "points expiring within 30 days", "number", _expiring, "未来 30 天到期、还没用掉的积分（先到期的先用）", "Points ending in the next 30 days that are left, those that end first being spent first", otherwise=0, words="积分到期 快过期"),
    _p("points_expiry", "积分最近到期日", "next points expire on", "date", _next_expiry, "最早一批还没用掉的积分的到期日", "The day on which the first points left will end", words="积分到期"),
    _p("points_use", "积分使用率", "share of points spent", "share", Timed(_use_of_points), "使用的积分 ÷ 获得的积分", "Points spent ÷ points earned", window=EVER, words="积分 兑换"),
    _p("since_points", "距上次积分变动天数", "days since the last change of points", "days", measured("points", "since_last"), "距最近一次积分变动的天数", "Days since points last changed", window=EVER, words="积分"),
    _p("since_points_spent", "距上次用积分天数", "days since points were last spent", "days", measured("points", "since_last", one_of("kind", "burn")), "距最近一次使用积分的天数", "Days since points were last spent", window=EVER, words="积分 兑换"),
    _a("coupons_held", "持有券数", "coupons held", "count", _held, "已发放或领取、未用未过期未作废的券", "Coupons issued or claimed, neither used, ended nor void", words="优惠券 未使用"),
    _a("coupon_value_held", "持有券面额", "face value of coupons held", "money", _held_value, "持有券的面额合计", "The face values of coupons held", otherwise=0, words="优惠券"),
    _a("coupon_offers_held", "持有的券", "coupons held, by offer", "set", _held_offers, "持有哪些券", "Which offers they hold coupons of", pick="offer", words="优惠券"),
    _a("coupon_expiry", "券最近到期日", "next coupon ends on", "date", _coupon_expiry, "持有券中最早的到期日", "The first ending day of the coupons held", words="券到期 快过期"),
    _a("coupons_expiring", "30 天内到期券数", "coupons ending within 30 days", "count", _coupons_expiring, "持有券中未来 30 天到期的张数", "Coupons held that end in the next 30 days", words="券到期 快过期"),
    _a("coupons_received", "领券数", "coupons received", "count", Timed(_received), "发放或领取的券张数", "Coupons issued or claimed", window=EVER, words="优惠券 领取"),
    _a("coupons_used", "用券数", "coupons used", "count", _coupons("used"), "使用过的券张数", "Coupons used", window=EVER, words="优惠券 核销"),
    _a("coupons_expired", "过期券数", "coupons expired", "count", _coupons("expired"), "过期的券张数", "Coupons that ended unused", window=EVER, words="优惠券 过期"),
    _a("coupon_use_rate", "用券率", "share of coupons used", "share", Timed(_use_rate), "使用的券 ÷ 发放或领取的券", "Coupons used ÷ coupons received", window=EVER, words="核销率"),
    _a("coupon_value_used", "用券面额", "face value of coupons used", "money", _coupons("used", measure="face_value"), "使用过的券的面额合计", "The face values of coupons used", window=EVER, words="优惠券 核销"),
    _a("coupon_offers_used", "用过的券", "coupons used, by offer", "set", Timed(_used_offers), "用过哪些券", "Which offers they used coupons of", window=EVER, pick="offer", words="优惠券 核销"),
    _a("since_coupon", "距上次用券天数", "days since a coupon was last used", "days", _coupons("used", measure="since_last"), "距最近一次用券的天数", "Days since a coupon was last used", window=EVER, words="优惠券"),
    _a("never_used_coupon", "领券从不用", "received coupons, never used one", "flag", _never_used, "领过券但从没用过", "Has received coupons and used none", words="优惠券 沉默"),
    _a("tags", "标签数", "number of tags", "count", _tags, "现在有效的标签个数", "Tags in force now", data="member_tag", words="标签"),
)  # fmt: skip

"""Visits and carts: what they looked at and did not buy."""

from __future__ import annotations

from typing import Final

import ibis

from huitou.kernel.i18n import Text
from huitou.segments.catalogue.entry import Timed, Values
from huitou.segments.catalogue.making import (
    MONTH,
    WEEK,
    elements,
    events,
    favourite,
    flagged,
    in_group,
    lines,
    measured,
    newest,
    one_of,
    orders,
    ratio,
    valued,
)
from huitou.segments.catalogue.when import HOURS
from huitou.segments.facts import View, days_since, hour, moment_day
from huitou.segments.other_facts import VISIT_KINDS
from huitou.segments.windows import EVER, Window

_a = in_group("visits", "visit")
ONLINE: Final = ("browse", "cart", "favourite")
_LATE: Final = {"late": Text("深夜（22–23 点）", "late evening (22–23)")}


def _of_kind(view: View, window: Window, *kinds: str, item: bool = False) -> ibis.Table:
    rows = events("visit", view, window, item=item)
    return rows.filter(rows.kind.isin(kinds)) if kinds else rows


def _set(column: str, *kinds: str, item: bool = False) -> Timed:
    def values(view: View, window: Window) -> Values:
        rows = _of_kind(view, window, *kinds, item=item)
        return elements(rows, rows[column])

    return Timed(values)


def _most(column: str, *kinds: str, item: bool = False) -> Timed:
    def values(view: View, window: Window) -> Values:
        rows = _of_kind(view, window, *kinds, item=item)
        return favourite(rows, rows[column].cast("string"))

    return Timed(values)


def _not_bought(view: View, window: Window, kind: str) -> ibis.Table:
    """(member, item, at_last): what was looked at and not bought since."""
    rows = _of_kind(view, window, kind)
    rows = rows.filter(rows.item.notnull())
    looked = rows.group_by("member", "item").aggregate(at_last=rows.moment.max())
    bought = lines(view)
    bought = bought.group_by("member", "item").aggregate(bought_at=bought.moment.max())
    both = looked.left_join(bought, ["member", "item"], rname="bought_{name}")
    return both.filter(both.bought_at.isnull() | (both.bought_at < both.at_last))


def _open_items(kind: str) -> Timed:
    def values(view: View, window: Window) -> Values:
        rows = _not_bought(view, window, kind)
        return elements(rows, rows.item)

    return Timed(values)


def _open_count(kind: str) -> Timed:
    def values(view: View, window: Window) -> Values:
        rows = _not_bought(view, window, kind)
        return Values(rows.group_by("member").aggregate(value=rows.count()), 0)

    return Timed(values)


def _open_days(view: View) -> Values:
    rows = _not_bought(view, EVER, "cart")
    last = rows.group_by("member").aggregate(moment=rows.at_last.max())
    return valued(last, days_since(moment_day(last, view), view))


def _visited_only(*kinds: str) -> Timed:
    """Came in the window and bought nothing in it."""

    def values(view: View, window: Window) -> Values:
        came = _of_kind(view, window, *kinds).select("member").distinct()
        return flagged(came.anti_join(orders(view, window), "member"))

    return Timed(values)


def _since_last_bought(view: View) -> Values:
    """Online visits since the last purchase (all, where there was none)."""
    rows = _of_kind(view, EVER, *ONLINE)
    paid = orders(view)
    last = paid.group_by("member").aggregate(bought_at=paid.moment.max())
    both = rows.left_join(last, "member")
    both = both.filter(both.bought_at.isnull() | (both.moment > both.bought_at))
    return Values(both.group_by("member").aggregate(value=both.count()), 0)


def _last_kind(view: View) -> Values:
    rows = events("visit", view)
    return newest(rows, rows.kind)


def _per_session(view: View, window: Window) -> Values:
    rows = _of_kind(view, window, *ONLINE)
    rows = rows.filter(rows.session.notnull())
    each = rows.group_by("member").aggregate(n=rows.count(), sessions=rows.session.nunique())
    return valued(each, ratio(each.n, each.sessions))


def _conversion(view: View, window: Window) -> Values:
    """Days bought on ÷ days visited or bought on, online visits only."""
    came = _of_kind(view, window, *ONLINE)
    came = came.select("member", day=moment_day(came, view), bought=ibis.literal(0))
    paid = orders(view, window)
    paid = paid.select("member", day=paid.paid_day, bought=ibis.literal(1)).semi_join(
        came, "member"
    )
    both = came.union(paid)
    days = both.group_by("member", "day").aggregate(bought=both.bought.max())
    each = days.group_by("member").aggregate(part=days.bought.sum(), whole=days.count())
    return valued(each, ratio(each.part, each.whole))


def _band(view: View, window: Window) -> Values:
    rows = _of_kind(view, window, *ONLINE)
    at = hour(rows, view)
    return favourite(
        rows, ibis.cases(*((at < end, code) for code, (end, _label) in HOURS.items()), else_="late")
    )


def _returning(view: View) -> Values:
    """Came online on several days and never bought."""
    rows = _of_kind(view, EVER, *ONLINE)
    days = rows.select("member", day=moment_day(rows, view)).distinct()
    each = days.group_by("member").aggregate(n=days.count())
    return flagged(each.filter(each.n > 1).anti_join(orders(view), "member"))


ATTRIBUTES: Final = (
    _a("visits", "访问次数", "visits", "count", measured("visit", "times"), "浏览、加购、收藏、到店的次数合计", "Browsing, carts, favourites and store visits together", window=EVER, words="访问 活跃"),
    _a("browses", "浏览次数", "times browsed", "count", measured("visit", "times", one_of("kind", "browse")), "浏览商品或页面的次数", "Times an item or a page was looked at", window=EVER, words="浏览 PV"),
    _a("carts", "加购次数", "times put in the cart", "count", measured("visit", "times", one_of("kind", "cart")), "放入购物车的次数", "Times something was put in the cart", window=EVER, words="加购 购物车"),
    _a("favourites", "收藏次数", "times favourited", "count", measured("visit", "times", one_of("kind", "favourite")), "收藏商品的次数", "Times an item was marked as a favourite", window=EVER, words="收藏"),
    _a("visit_days", "访问天数", "days visited on", "count", measured("visit", "days"), "有访问的不同日期数", "Different days with a visit", window=EVER, words="活跃天数"),
    _a("sessions", "访问场次", "sessions", "count", measured("visit", "sessions"), "不同访问会话的个数", "Different sessions", window=EVER),
    _a("visits_per_session", "每场访问深度", "visits per session", "number", Timed(_per_session), "线上访问次数 ÷ 场次", "Online visits ÷ sessions", window=EVER, words="深度"),
    _a("viewed_items", "看过的商品数", "different items looked at", "count", measured("visit", "items"), "浏览、加购或收藏过的商品个数", "Items browsed, put in the cart or favourited", window=EVER),
    _a("first_visit", "首次访问日期", "first visited on", "date", measured("visit", "first_day"), "第一次访问的日期", "The day of the first visit", window=EVER),
    _a("last_visit", "最近访问日期", "last visited on", "date", measured("visit", "last_day"), "最近一次访问的日期", "The day of the last visit", window=EVER, words="活跃"),
    _a("since_visit", "距上次访问天数", "days since the last visit", "days", measured("visit", "since_last"), "距最近一次访问的天数", "Days since the last visit", window=EVER, words="活跃 近30天"),
    _a("since_cart", "距上次加购天数", "days since the last cart", "days", measured("visit", "since_last", one_of("kind", "cart")), "距最近一次加购的天数", "Days since something was last put in the cart", window=EVER, words="加购"),
    _a("last_visit_kind", "最近一次行为", "last behaviour", "choice", _last_kind, "最近一次访问是浏览、加购、收藏还是到店", "Whether the last visit was browsing, a cart, a favourite or a store visit", choices=VISIT_KINDS),
    _a("browsed_items", "浏览过的商品", "items browsed", "set", _set("item", "browse"), "浏览过的商品", "Items looked at", window=MONTH, pick="item", words="看过 浏览"),
    _a("browsed_categories", "浏览过的类目", "categories browsed", "set", _set("item_category", "browse", item=True), "浏览过的商品的类目，上级包含下级", "Categories of items looked at; one includes those below it", window=MONTH, pick="category", is_path=True, words="看过 浏览"),
    _a("carted_items", "加购过的商品", "items put in the cart", "set", _set("item", "cart"), "放入过购物车的商品", "Items that were put in the cart", window=MONTH, pick="item", words="加购"),
    _a("favourite_items", "收藏过的商品", "items favourited", "set", _set("item", "favourite"), "收藏过的商品", "Items marked as favourites", window=EVER, pick="item", words="收藏"),
    _a("cart_open_items", "加购未买的商品", "items in the cart, not bought", "set", _open_items("cart"), "加购之后没有再买的商品", "Items put in the cart and not bought since", window=MONTH, pick="item", words="加购未购 购物车"),
    _a("cart_open", "加购未买商品数", "number of items in the cart, not bought", "count", _open_count("cart"), "加购之后没有再买的商品个数", "How many items were put in the cart and not bought since", window=MONTH, words="加购未购 购物车"),
    _a("cart_open_days", "加购未买已过天数", "days since a cart that was not bought", "days", _open_days, "距最近一次加购未买的天数", "Days since the newest item in the cart that was not bought", words="加购未购"),
    _a("browse_open_items", "浏览未买的商品", "items browsed, not bought", "set", _open_items("browse"), "浏览之后没有再买的商品", "Items looked at and not bought since", window=MONTH, pick="item", words="浏览未购"),
    _a("browse_open", "浏览未买商品数", "number of items browsed, not bought", "count", _open_count("browse"), "浏览之后没有再买的商品个数", "How many items were looked at and not bought since", window=MONTH, words="浏览未购"),
    _a("favourite_open_items", "收藏未买的商品", "favourites not bought", "set", _open_items("favourite"), "收藏之后没有再买的商品", "Favourites that were not bought since", window=EVER, pick="item", words="收藏未购"),
    _a("visited_only", "访问未购", "visited and did not buy", "flag", _visited_only(*ONLINE), "时段内有线上访问、没有付款订单", "Online visits and no paid order in the window", window=WEEK, words="浏览未购 访问未购 近7天"),
    _a("visits_since_bought", "上次购买后访问次数", "visits since the last purchase", "count", _since_last_bought, "最近一次付款之后的线上访问次数，没买过的算全部", "Online visits after the last payment; all of them where there was none", words="活跃 回访"),
    _a("returning_visitor", "多次访问未购", "came on several days, never bought", "flag", _returning, "在两个以上日子有线上访问，从没买过", "Online visits on two days or more, and never a paid order", words="潜客 犹豫"),
    _a("visit_conversion", "访问转化率", "share of days that ended in a purchase", "share", Timed(_conversion), "购买天数 ÷（访问或购买的天数），只看有线上访问的人", "Days bought on ÷ days visited or bought on, of those with online visits", window=EVER, words="转化"),
    _a("favourite_source", "主要访问来源", "main source of visits", "choice", _most("source"), "访问次数最多的来源", "The source of most visits", window=EVER, pick="visit.source", words="流量 来源"),
    _a("visit_sources", "访问来源", "sources of visits", "set", _set("source"), "访问来自哪些来源", "Where visits came from", window=EVER, pick="visit.source", words="流量 来源"),
    _a("visited_shops", "访问过的店铺", "shops visited", "set", _set("shop"), "有访问记录的店铺", "Shops with a visit", window=EVER, pick="shop"),
    _a("viewed_most", "看得最多的商品", "item looked at most", "choice", _most("item", *ONLINE), "线上访问次数最多的商品", "The item with most online visits", window=EVER, pick="item", words="兴趣"),
    _a("viewed_category", "看得最多的类目", "category looked at most", "choice", _most("item_category", *ONLINE, item=True), "线上访问次数最多的类目", "The category with most online visits", window=EVER, pick="category", is_path=True, words="兴趣"),
    _a("visit_band", "常访问时段", "time of day visited at", "choice", Timed(_band), "线上访问次数最多的时段", "The part of the day with most online visits", window=EVER,
       choices={**{code: label for code, (_end, label) in HOURS.items()}, **_LATE}, words="发送时间"),
)  # fmt: skip

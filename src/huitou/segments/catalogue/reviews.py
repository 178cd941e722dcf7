"""Reviews: what they say, how willingly, and what waits for one."""

from __future__ import annotations

from typing import Final

import ibis

from huitou.segments.catalogue.entry import Timed, Values
from huitou.segments.catalogue.making import (
    at_least,
    elements,
    events,
    flagged,
    in_group,
    measured,
    newest,
    one_of,
    orders,
    ratio,
    share_of,
    today,
    valued,
)
from huitou.segments.catalogue.price import LEVELS
from huitou.segments.facts import View
from huitou.segments.nodes import Condition
from huitou.segments.windows import EVER, Window
from huitou.warehouse.days import local_day
from huitou.warehouse.labels import RATING

_a = in_group("reviews", "review")
_LAST_ORDERS: Final = 10
_BY_HAND_HOURS: Final = 7 * 24
"""Platforms confirm by themselves 7 to 10 days after shipping: sooner is the buyer's own doing."""


def characters(text: ibis.Value) -> ibis.Value:
    """How many characters a text has, on engines that count bytes too."""
    return text.re_replace("(?s).", "x").length()


def _share(rating: str) -> Timed:
    def values(view: View, window: Window) -> Values:
        rows = events("review", view, window)
        rows = rows.filter(rows.rating.notnull())
        return share_of(rows, rows.rating == rating)

    return Timed(values)


def _stars(view: View, window: Window) -> ibis.Table:
    rows = events("review", view, window)
    return rows.filter(rows.stars.notnull())


def _worst(view: View, window: Window) -> Values:
    rows = _stars(view, window)
    return Values(rows.group_by("member").aggregate(value=rows.stars.min()))


def _length(view: View, window: Window) -> Values:
    rows = events("review", view, window)
    rows = rows.filter(rows.text.notnull())
    return Values(
        rows.group_by("member").aggregate(value=characters(rows.text).cast("float64").mean())
    )


def _longest(view: View, window: Window) -> Values:
    rows = events("review", view, window)
    rows = rows.filter(rows.text.notnull())
    return Values(rows.group_by("member").aggregate(value=characters(rows.text).max()))


def _last_rating(view: View) -> Values:
    rows = events("review", view)
    return newest(rows, rows.rating)


def _items(*ratings: str) -> Timed:
    def values(view: View, window: Window) -> Values:
        rows = events("review", view, window)
        if ratings:
            rows = rows.filter(rows.rating.isin(ratings))
        return elements(rows, rows.item)

    return Timed(values)


def _unanswered(view: View) -> Values:
    rows = events("review", view)
    rows = rows.filter(rows.rating.isin(["bad", "neutral"]), rows.reply_text.fill_null("") == "")
    return Values(rows.group_by("member").aggregate(value=rows.count()), 0)


def _received(view: View, window: Window = EVER) -> ibis.Table:
    """(member, trade, day): orders that were received, by the day of signing, else of finishing."""
    rows = orders(view, window)
    done = rows.signed_at.coalesce(rows.finished_at)
    rows = rows.select("member", "trade", done=done)
    rows = rows.filter(rows.done.notnull())
    return rows.select("member", "trade", day=local_day(rows.done, view.zone))


def _reviewed_trades(view: View) -> ibis.Table:
    rows = events("review", view)
    return rows.filter(rows.trade.notnull()).select("trade").distinct()


def _not_reviewed(view: View, window: Window = EVER) -> ibis.Table:
    return _received(view, window).anti_join(_reviewed_trades(view), "trade")


def _waiting(view: View, window: Window) -> Values:
    rows = _not_reviewed(view, window)
    return Values(rows.group_by("member").aggregate(value=rows.count()), 0)


def _waiting_days(view: View) -> Values:
    rows = _not_reviewed(view)
    last = rows.group_by("member").aggregate(day=rows.day.max())
    return valued(last, today(view).delta(last.day, unit="day"))


def _reviewed_share(view: View, window: Window) -> Values:
    rows = _received(view, window)
    done = _reviewed_trades(view).select(reviewed=ibis._.trade)
    both = rows.left_join(done, rows.trade == done.reviewed)
    each = both.group_by("member").aggregate(part=both.reviewed.count(), whole=both.count())
    return valued(each, ratio(each.part, each.whole))


def _never(view: View) -> Values:
    """Received something and never reviewed anything."""
    reviewed = events("review", view).select("member").distinct()
    return flagged(_received(view).anti_join(reviewed, "member"))


def _keenness(view: View) -> Values:
    rows = orders(view)
    rows = rows.filter(rows.shipped_at.notnull(), rows.finished_at.notnull())
    place = ibis.row_number().over(
        ibis.window(group_by=rows.member, order_by=[rows.moment.desc(), rows.trade.desc()])
    )
    hours = rows.finished_at.delta(rows.shipped_at, unit="second").cast("float64") / 3600.0
    last = rows.select(
        "member", "trade", by_hand=(hours < _BY_HAND_HOURS).cast("int64"), place=place
    )
    last = last.filter(last.place < _LAST_ORDERS)
    written = events("review", view)
    written = written.filter(written.trade.notnull(), written.text.fill_null("") != "")
    written = written.select(written=written.trade).distinct()
    both = last.left_join(written, last.trade == written.written)
    wrote = both.written.notnull().cast("int64")
    each = both.group_by("member").aggregate(
        wrote=wrote.sum(), willing=ibis.greatest(wrote, both.by_hand).sum(), n=both.count()
    )
    return valued(
        each,
        ibis.cases(
            (each.wrote * 2 >= each.n, "high"), (each.willing * 2 >= each.n, "mid"), else_="low"
        ),
    )


def _appended(view: View, window: Window) -> Values:
    rows = events("review", view, window)
    rows = rows.filter(rows.append_text.fill_null("") != "")
    return Values(rows.group_by("member").aggregate(value=rows.count()), 0)


ATTRIBUTES: Final = (
    _a("reviews", "评价数", "reviews", "count", measured("review", "times"), "写过的评价数", "Reviews written", window=EVER, words="评论"),
    _a("good_reviews", "好评数", "good reviews", "count", measured("review", "times", one_of("rating", "good")), "评为好评的评价数", "Reviews that rate good", window=EVER, words="好评"),
    _a("neutral_reviews", "中评数", "neutral reviews", "count", measured("review", "times", one_of("rating", "neutral")), "评为中评的评价数", "Reviews that rate neutral", window=EVER, words="中评 中差评"),
    _a("bad_reviews", "差评数", "bad reviews", "count", measured("review", "times", one_of("rating", "bad")), "评为差评的评价数", "Reviews that rate bad", window=EVER, words="差评 中差评"),
    _a("good_share", "好评占比", "share of good reviews", "share", _share("good"), "好评 ÷ 有评级的评价", "Good reviews ÷ reviews with a rating", window=EVER, words="好评率"),
    _a("bad_share", "差评占比", "share of bad reviews", "share", _share("bad"), "差评 ÷ 有评级的评价", "Bad reviews ÷ reviews with a rating", window=EVER, words="差评率"),
    _a("average_stars", "平均星级", "average stars", "number", measured("review", "stars"), "评价星级的平均", "Mean of the stars given", window=EVER, words="打分 评分 满意度"),
    _a("worst_stars", "最低星级", "lowest stars", "number", Timed(_worst), "给过的最低星级", "The fewest stars ever given", window=EVER, words="打分"),
    _a("last_rating", "最近一次评级", "last rating", "choice", _last_rating, "最近一条评价是好评、中评还是差评", "Whether the last review rates good, neutral or bad", choices=RATING, words="好评 差评"),
    _a("pictures", "晒图数", "pictures", "number", measured("review", "images"), "评价里的图片合计", "Pictures of all reviews", window=EVER, words="晒单 买家秀"),
    _a("pictured_reviews", "晒图评价数", "reviews with pictures", "count", measured("review", "times", at_least("images", 1)), "至少有一张图的评价数", "Reviews with one picture at least", window=EVER, words="晒图 晒单 买家秀"),
    _a("appended_reviews", "追评数", "reviews with an addition", "count", Timed(_appended), "写过追评的评价数", "Reviews to which something was added later", window=EVER, words="追加评价"),
    _a("review_length", "平均评价字数", "average length of reviews", "number", Timed(_length), "评价文字的平均字数", "Mean number of characters of review texts", window=EVER, words="长评 字数"),
    _a("longest_review", "最长评价字数", "longest review", "number", Timed(_longest), "最长一条评价的字数", "Characters of the longest review text", window=EVER, words="长评"),
    _a("last_review", "最近评价日期", "last reviewed on", "date", measured("review", "last_day"), "最近一条评价的日期", "The day of the last review", window=EVER),
    _a("since_review", "距上次评价天数", "days since the last review", "days", measured("review", "since_last"), "距最近一条评价的天数", "Days since the last review", window=EVER),
    _a("since_bad_review", "距上次差评天数", "days since the last bad review", "days", measured("review", "since_last", one_of("rating", "bad")), "距最近一条差评的天数", "Days since the last bad review", window=EVER, words="差评挽回"),
    _a("unanswered_reviews", "未回复的中差评数", "bad and neutral reviews without a reply", "count", _unanswered, "还没有商家回复的中评和差评", "Neutral and bad reviews that nobody replied to", words="待回复 中差评"),
    _a("reviewed_items", "评价过的商品", "items reviewed", "set", _items(), "写过评价的商品", "Items with a review", window=EVER, pick="item"),
    _a("bad_items", "给过中差评的商品", "items rated bad or neutral", "set", _items("bad", "neutral"), "评为中评或差评的商品", "Items that were rated neutral or bad", window=EVER, pick="item", words="差评"),
    _a("waits_review", "签收未评价订单数", "orders received and not reviewed", "count", Timed(_waiting), "已签收或完成、没有评价的订单", "Orders signed for or finished, without a review", window=EVER, data="trade", words="未评价 待评价 签收未评价"),
    _a("waits_review_days", "签收未评价天数", "days since receiving what is not reviewed", "days", _waiting_days, "距最近一笔未评价订单签收的天数", "Days since the newest order without a review was received", data="trade", words="未评价提醒 签收未评价"),
    _a("reviewed_share", "评价订单占比", "share of orders reviewed", "share", Timed(_reviewed_share), "有评价的订单 ÷ 已签收或完成的订单", "Orders with a review ÷ orders received", window=EVER, data="trade", words="评价率"),
    _a("never_reviewed", "从不评价", "never reviews", "flag", _never, "收到过货，但没写过评价", "Has received something and never reviewed anything", data="trade", words="沉默"),
    _a("keenness", "评价积极度", "keenness to review", "choice", _keenness, "最近 10 笔：半数以上写了文字为高；半数以上写了文字或发货 7 天内主动确认收货为中；其余为低", "Last 10 orders: high where half have a text; medium where half have one or were confirmed within 7 days of shipping; low otherwise", choices=LEVELS, data="trade", words="积极 主动确认"),
    _a("replied_reviews", "已回复的评价数", "reviews replied to", "count", measured("review", "times", Condition("replied", "yes")), "商家回复过的评价数", "Reviews that the shop replied to", window=EVER, words="回复"),
)  # fmt: skip

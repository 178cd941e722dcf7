"""When they buy: hours, weekdays, months, seasons, festivals; where they are in their life."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import ibis

from huitou.kernel.festivals import FESTIVALS, festival_day
from huitou.kernel.i18n import Text
from huitou.segments.catalogue.entry import Cut, Timed, Values
from huitou.segments.catalogue.making import (
    elements,
    favourite,
    in_group,
    life,
    newest,
    orders,
    share_of,
    valued,
)
from huitou.segments.facts import View, hour
from huitou.segments.grids import (
    GRIDS,
    SEASON_LABELS,
    SEASONS_BACK,
    GridSettings,
    score_values,
    season_index,
    season_starts,
)
from huitou.segments.nodes import GridSubject
from huitou.segments.order_fact import WEEKDAYS
from huitou.segments.windows import EVER, Window
from huitou.warehouse.days import local_time

_a = in_group("when")
HOURS: Final[dict[str, tuple[int, Text]]] = {
    "night": (6, Text("凌晨（0–5 点）", "night (0–5)")),
    "morning": (11, Text("上午（6–10 点）", "morning (6–10)")),
    "noon": (14, Text("中午（11–13 点）", "noon (11–13)")),
    "afternoon": (18, Text("下午（14–17 点）", "afternoon (14–17)")),
    "evening": (22, Text("晚上（18–21 点）", "evening (18–21)")),
}
_LATE: Final = {"late": Text("深夜（22–23 点）", "late evening (22–23)")}
MONTHS: Final[dict[str, Text]] = {str(n): Text(f"{n} 月", f"month {n}") for n in range(1, 13)}
SEASONS: Final[dict[str, Text]] = dict(
    zip(("spring", "summer", "autumn", "winter"), SEASON_LABELS, strict=True)
)
HOLIDAYS: Final = ("spring_festival", "dragon_boat", "mid_autumn", "618", "double_11", "double_12")
SALES: Final = (("618", 18, 2), ("double_11", 21, 1), ("double_12", 4, 1))
"""(festival, days before, days after) of the great sales, presale included."""
_YEARS_BACK: Final = 4
_BEFORE: Final = 30
_FIRST_OF_MONTH: Final = 10

RowOf = Callable[[ibis.Table, View], ibis.Value]


def _band(rows: ibis.Table, view: View) -> ibis.Value:
    return ibis.cases(
        *((hour(rows, view) < end, code) for code, (end, _label) in HOURS.items()), else_="late"
    )


def _weekday(rows: ibis.Table, view: View) -> ibis.Value:
    return rows.paid_day.day_of_week.index() + 1


def _month(rows: ibis.Table, view: View) -> ibis.Value:
    return rows.paid_day.month()


def _season(rows: ibis.Table, view: View) -> ibis.Value:
    place = season_index(rows.paid_day, view.moment.day) % 4
    return ibis.cases(*((place == at, code) for at, code in enumerate(SEASONS)), else_=None)


def _most(of: RowOf, *, text: bool = True) -> Timed:
    """The value of most orders."""

    def values(view: View, window: Window) -> Values:
        rows = orders(view, window)
        found = of(rows, view)
        return favourite(rows, found.cast("string") if text else found.cast("int64"))

    return Timed(values)


def _set(of: RowOf) -> Timed:
    def values(view: View, window: Window) -> Values:
        rows = orders(view, window)
        return elements(rows, of(rows, view))

    return Timed(values)


def _share(of: RowOf) -> Timed:
    def values(view: View, window: Window) -> Values:
        rows = orders(view, window)
        return share_of(rows, of(rows, view))

    return Timed(values)


def _within(day: ibis.Value, spans: list[tuple[date, date]]) -> ibis.Value:
    return ibis.or_(
        *(day.between(ibis.literal(first), ibis.literal(last)) for first, last in spans)
    )


def spans_around(code: str, before: int, after: int, view: View) -> list[tuple[date, date]]:
    """The days around a festival of this year and the four before it."""
    year = view.moment.day.year
    days = [festival_day(code, one) for one in range(year - _YEARS_BACK, year + 1)]
    if code == "spring_festival":
        days.append(festival_day(code, year + 1))
    return [(day - timedelta(days=before), day + timedelta(days=after)) for day in days]


def in_sales(rows: ibis.Table, view: View) -> ibis.Value:
    """Whether an order was paid during 618, Double 11 or Double 12."""
    return _within(
        rows.paid_day,
        [span for code, before, after in SALES for span in spans_around(code, before, after, view)],
    )


def _holidays(view: View, window: Window) -> Values:
    rows = orders(view, window)
    days = rows.select("member", "paid_day").distinct()
    marks = [
        ibis.ifelse(_within(days.paid_day, spans_around(code, _BEFORE, 0, view)), code, None)
        for code in HOLIDAYS
    ]
    found = days.select("member", value=ibis.array(marks).unnest())
    return Values(found.filter(found.value.notnull()).distinct())


def _holiday_share(view: View, window: Window) -> Values:
    rows = orders(view, window)
    spans = [
        span
        for code in ("spring_festival", "dragon_boat", "mid_autumn")
        for span in spans_around(code, _BEFORE, 0, view)
    ]
    return share_of(rows, _within(rows.paid_day, spans))


def _season_count(view: View, window: Window) -> Values:
    rows = orders(view, window)
    season = season_index(rows.paid_day, view.moment.day)
    return Values(rows.group_by("member").aggregate(value=season.nunique()), 0)


def _kinds_of_season(view: View, window: Window) -> Values:
    rows = orders(view, window)
    season = season_index(rows.paid_day, view.moment.day) % 4
    return Values(rows.group_by("member").aggregate(value=season.nunique()), 0)


def _gap_seasons(view: View) -> Values:
    rows = life(view)
    day = view.moment.day
    now = season_starts(day)[0][1]
    gap = ibis.literal(now, "int64") - season_index(rows.last_paid_day, day)
    return valued(rows, gap.fill_null(SEASONS_BACK))


def _minutes(rows: ibis.Table) -> ibis.Value:
    return rows.paid_at.delta(rows.created_at, unit="second").cast("float64") / 60.0


def _pay_delay(view: View, window: Window) -> Values:
    rows = orders(view, window)
    rows = rows.filter(rows.created_at.notnull(), rows.paid_at >= rows.created_at)
    return Values(rows.group_by("member").aggregate(value=_minutes(rows).mean()))


def _last_pay_delay(view: View) -> Values:
    rows = orders(view)
    rows = rows.filter(rows.created_at.notnull(), rows.paid_at >= rows.created_at)
    return newest(rows, _minutes(rows))


def _next_expected(view: View) -> Values:
    rows = life(view)
    rows = rows.filter(rows.paid_days >= 2)
    span = rows.last_paid_day.delta(rows.first_paid_day, unit="day").cast("float64")
    days = (span / ibis.greatest(rows.paid_days - 1, 1).cast("float64") + 0.5).floor().cast("int64")
    return valued(rows, (rows.last_paid_day.cast("timestamp") + days.as_interval("D")).date())


def _anniversary(view: View) -> Values:
    rows = life(view)
    day = rows.first_paid_day
    return Values(
        rows.select("member", month=day.month(), day=day.day(), lunar=ibis.literal(False))
    )


def _last_hour(view: View) -> Values:
    rows = orders(view)
    return newest(rows, local_time(rows.paid_at, view.zone).hour())


def _score(letter: str) -> Cut:
    def values(view: View, grids: GridSettings) -> Values:
        return score_values(letter, view, grids)

    return Cut(values)


def _years(rows: ibis.Table, view: View) -> ibis.Value:
    return rows.paid_day.year()


ATTRIBUTES: Final = (
    _a("hour_band", "常购时段", "time of day bought at", "choice", _most(_band), "已付款订单最多的时段", "The part of the day with most paid orders", window=EVER,
       choices={**{code: label for code, (_end, label) in HOURS.items()}, **_LATE}, words="购物时间 几点 夜间"),
    _a("hour", "常购钟点", "hour bought at most", "number", _most(hour, text=False), "已付款订单最多的钟点（0–23）", "The hour with most paid orders (0–23)", window=EVER, words="购物时间 几点 发送时间"),
    _a("last_hour", "最近一单钟点", "hour of the last purchase", "number", _last_hour, "最近一次付款的钟点（0–23）", "The hour of the last payment (0–23)"),
    _a("evening_share", "晚间购买占比", "share bought in the evening", "share", _share(lambda rows, view: hour(rows, view) >= 18), "18 点以后付款的订单 ÷ 订单数", "Orders paid from 18:00 on ÷ orders", window=EVER, words="夜间"),
    _a("night_share", "凌晨购买占比", "share bought at night", "share", _share(lambda rows, view: hour(rows, view) < 6), "0–5 点付款的订单 ÷ 订单数", "Orders paid between 0:00 and 5:59 ÷ orders", window=EVER, words="熬夜"),
    _a("working_share", "工作时间购买占比", "share bought in working hours", "share",
       _share(lambda rows, view: hour(rows, view).between(9, 17) & (_weekday(rows, view) <= 5)), "周一至周五 9–17 点付款的订单 ÷ 订单数", "Orders paid Monday to Friday from 9:00 to 17:59 ÷ orders", window=EVER, words="上班"),
    _a("weekday", "常购星期", "weekday bought on most", "choice", _most(_weekday), "已付款订单最多的星期几", "The weekday with most paid orders", window=EVER, choices=WEEKDAYS, words="周几"),
    _a("weekend_share", "周末购买占比", "share bought on weekends", "share", _share(lambda rows, view: _weekday(rows, view) >= 6), "周六、周日付款的订单 ÷ 订单数", "Orders paid on Saturday or Sunday ÷ orders", window=EVER, words="周末"),
    _a("month", "常购月份", "month bought in most", "choice", _most(_month), "已付款订单最多的月份", "The month with most paid orders", window=EVER, choices=MONTHS, words="淡旺季"),
    _a("bought_months", "购买过的月份", "months of the year bought in", "set", _set(_month), "有已付款订单的月份（1–12 月）", "Months of the year with a paid order", window=EVER, choices=MONTHS, words="季节性"),
    _a("bought_years", "购买过的年份", "years bought in", "set", _set(_years), "有已付款订单的年份，如 2025", "Years with a paid order, such as 2025", window=EVER, pick="year", words="去年 前年"),
    _a("month_start_share", "月初购买占比", "share bought early in the month", "share", _share(lambda rows, view: rows.paid_day.day() <= _FIRST_OF_MONTH), "每月 1–10 日付款的订单 ÷ 订单数", "Orders paid on the 1st to 10th ÷ orders", window=EVER, words="发薪日 月初"),
    _a("season", "常购季节", "season bought in most", "choice", _most(_season), "按节气，近四年已付款订单最多的季节", "By solar terms, the season of the last four years with most paid orders", window=EVER, choices=SEASONS, words="春夏秋冬"),
    _a("bought_seasons", "购买过的季节", "seasons bought in", "set", _set(_season), "按节气（立春、立夏、立秋、立冬），近四年有已付款订单的季节", "By solar terms, the seasons of the last four years with a paid order", window=EVER, choices=SEASONS, words="春 夏 秋 冬 换季"),
    _a("season_kinds", "购买过几个季节", "different seasons bought in", "count", Timed(_kinds_of_season), "近四年买过春夏秋冬中的几个", "How many of the four seasons, in the last four years", window=EVER, words="四季 最优质"),
    _a("season_count", "购买季数", "seasons with a purchase", "count", Timed(_season_count), "近四年 16 个季节里有购买的个数", "How many of the 16 seasons of the last four years", window=EVER, words="季节"),
    _a("gap_seasons", "几个季节没买", "seasons since the last purchase", "number", _gap_seasons, "今天的季节 − 最近购买的季节；16 为四年以上", "The present season less that of the last purchase; 16 stands for four years or more", words="即将流失 换季"),
    _a("season_group", "季节分组", "season group", "choice", GridSubject("season_group"), "四季都买过为最优质；三个季节没来为即将流失", "All four seasons is best; three seasons away is fading", choices=GRIDS["season_group"].cells, words="最优质 即将流失"),
    _a("holidays", "节前购买过", "bought before festivals", "set", Timed(_holidays), "近五年在节日前 30 天内（含当天）有已付款订单", "A paid order in the 30 days up to the festival, in the last five years", window=EVER,
       choices={code: FESTIVALS[code].label for code in HOLIDAYS}, words="节日 春节 年货 中秋 端午 618 双11 送礼"),
    _a("holiday_share", "节前购买占比", "share bought before festivals", "share", Timed(_holiday_share), "春节、端午、中秋前 30 天内的订单 ÷ 订单数（近五年的节日）", "Orders in the 30 days before Spring, Dragon Boat and Mid-Autumn festivals ÷ orders", window=EVER, words="年节 节日客"),
    _a("pay_delay", "平均付款时长", "average minutes to pay", "number", Timed(_pay_delay), "下单到付款的平均分钟数", "Mean minutes from ordering to paying", window=EVER, words="付款 犹豫 催付"),
    _a("last_pay_delay", "最近一单付款时长", "minutes to pay the last order", "number", _last_pay_delay, "最近一单从下单到付款的分钟数", "Minutes from ordering to paying of the last order", words="付款"),
    _a("next_expected", "预计下次购买日期", "next purchase expected on", "date", _next_expected, "最近购买日期 + 本人复购周期", "The last buying day plus the own repurchase cycle", words="回购到期 预测"),
    _a("bought_anniversary", "首购纪念日", "anniversary of the first purchase", "birthday", _anniversary, "每年首次购买的那一天", "The day of the year of the first purchase", words="周年"),
    _a("lifecycle", "生命周期", "lifecycle", "choice", GridSubject("lifecycle"), "潜客、新客、活跃、沉默、睡眠、流失，按距上次购买的天数", "Prospect, new, active, silent, sleeping or lost, by days since the last purchase", choices=GRIDS["lifecycle"].cells, words="潜客 新客 活跃 沉默 睡眠 流失"),
    _a("rfm", "RFM 八类", "RFM, 8 cells", "choice", GridSubject("rfm8"), "最近、频次、金额各分高低", "Recency, frequency and money, each high or low", choices=GRIDS["rfm8"].cells, words="RFM 重要价值 价值分层"),
    _a("r_score", "R 分（最近）", "R score (recency)", "number", _score("R"), "距上次购买越近分越高，1–5", "The more recent the higher, 1 to 5", words="RFM 最近"),
    _a("f_score", "F 分（频次）", "F score (frequency)", "number", _score("F"), "订单越多分越高，1–5", "The more orders the higher, 1 to 5", words="RFM 频率"),
    _a("m_score", "M 分（金额）", "M score (money)", "number", _score("M"), "实付越多分越高，1–5", "The more paid the higher, 1 to 5", words="RFM 金额"),
)  # fmt: skip

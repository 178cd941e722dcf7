"""Who they are."""

from __future__ import annotations

from typing import Final

import ibis
from ibis import _

from huitou.accounts.shops import PLATFORMS
from huitou.kernel.festivals import lunar_day
from huitou.kernel.i18n import Text
from huitou.members.keys import ACCOUNT_KINDS
from huitou.segments.catalogue.entry import Values
from huitou.segments.catalogue.making import (
    banded,
    before_moment,
    elements,
    in_group,
    member_column,
    member_value,
    valued,
)
from huitou.segments.facts import View, days_since
from huitou.warehouse.days import local_day
from huitou.warehouse.store import table

_a = in_group("who", "member")
GENDERS: Final[dict[str, Text]] = {"f": Text("女", "female"), "m": Text("男", "male")}
CALENDARS: Final[dict[str, Text]] = {"solar": Text("公历", "solar"), "lunar": Text("农历", "lunar")}
MONTHS: Final[dict[str, Text]] = {str(n): Text(f"{n} 月", f"month {n}") for n in range(1, 13)}
AGE_BANDS: Final[dict[str, tuple[int, Text]]] = {
    "under_18": (18, Text("18 岁以下", "under 18")),
    "18_24": (25, Text("18–24 岁", "18–24")),
    "25_35": (36, Text("25–35 岁", "25–35")),
    "36_50": (51, Text("36–50 岁", "36–50")),
}
_OLDEST: Final = {"over_50": Text("50 岁以上", "over 50")}
SIGNS: Final = (
    ("capricorn", 119, Text("摩羯座", "Capricorn")),
    ("aquarius", 218, Text("水瓶座", "Aquarius")),
    ("pisces", 320, Text("双鱼座", "Pisces")),
    ("aries", 419, Text("白羊座", "Aries")),
    ("taurus", 520, Text("金牛座", "Taurus")),
    ("gemini", 621, Text("双子座", "Gemini")),
    ("cancer", 722, Text("巨蟹座", "Cancer")),
    ("leo", 822, Text("狮子座", "Leo")),
    ("virgo", 922, Text("处女座", "Virgo")),
    ("libra", 1023, Text("天秤座", "Libra")),
    ("scorpio", 1122, Text("天蝎座", "Scorpio")),
    ("sagittarius", 1221, Text("射手座", "Sagittarius")),
)
"""(code, last day as month × 100 + day, label)."""
ANIMALS: Final = (
    ("rat", Text("鼠", "rat")),
    ("ox", Text("牛", "ox")),
    ("tiger", Text("虎", "tiger")),
    ("rabbit", Text("兔", "rabbit")),
    ("dragon", Text("龙", "dragon")),
    ("snake", Text("蛇", "snake")),
    ("horse", Text("马", "horse")),
    ("goat", Text("羊", "goat")),
    ("monkey", Text("猴", "monkey")),
    ("rooster", Text("鸡", "rooster")),
    ("dog", Text("狗", "dog")),
    ("pig", Text("猪", "pig")),
)
_ANIMAL_YEARS: Final = range(1920, 2041)
CHANNELS: Final[dict[str, Text]] = {
    "phone": Text("手机号", "phone"),
    "email": Text("邮箱", "e-mail"),
    "wecom": Text("企业微信", "WeCom"),
}
_PARTS: Final = ("gender", "birth_year", "birth_month", "province", "city")
_FLAGS: Final = ("has_phone", "has_email", "has_wecom")


def _age(rows: ibis.Table, view: View) -> ibis.Value:
    return ibis.literal(view.moment.day.year) - rows.birth_year.cast("int64")


def _age_band(rows: ibis.Table, view: View) -> ibis.Value:
    return banded(_age(rows, view), AGE_BANDS, "over_50")


def _birthday(view: View) -> Values:
    rows = table("member")
    known = rows.filter(rows.birth_month.notnull(), rows.birth_day.notnull())
    return Values(
        known.select(
            "member", month=_.birth_month, day=_.birth_day, lunar=_.birth_lunar.fill_null(False)
        )
    )


def _calendar(rows: ibis.Table, view: View) -> ibis.Value:
    by_moon = ibis.ifelse(rows.birth_lunar.fill_null(False), "lunar", "solar")
    return ibis.ifelse(rows.birth_month.notnull() & rows.birth_day.notnull(), by_moon, None)


def _month_day(rows: ibis.Table) -> ibis.Value:
    return rows.birth_month.cast("int64") * 100 + rows.birth_day.cast("int64")


def _sign(rows: ibis.Table, view: View) -> ibis.Value:
    code = ibis.ifelse(rows.birth_lunar.fill_null(False), None, _month_day(rows))
    found = ibis.cases(*((code <= last, sign) for sign, last, _label in SIGNS), else_="capricorn")
    return ibis.ifelse(code.notnull(), found, None)


_NEW_YEARS: Final = "".join(f"{lunar_day(year, 1, 1):%m%d}" for year in _ANIMAL_YEARS)
"""The days of Spring Festival as four digits a year: a text that any engine can cut."""


def _animal(rows: ibis.Table, view: View) -> ibis.Value:
    year = rows.birth_year.cast("int64")
    place = year.clip(_ANIMAL_YEARS[0], _ANIMAL_YEARS[-1]) - _ANIMAL_YEARS[0]
    new_year = ibis.literal(_NEW_YEARS).substr(place * 4, 4).cast("int64")
    early = (_month_day(rows) < new_year) & ~rows.birth_lunar.fill_null(False)
    turn = (year - early.fill_null(False).cast("int64") - 4) % 12
    found = ibis.cases(
        *((turn == at, code) for at, (code, _label) in enumerate(ANIMALS)), else_=None
    )
    return ibis.ifelse(rows.birth_year.notnull(), found, None)


def _seen_day(rows: ibis.Table, view: View) -> ibis.Value:
    return local_day(rows.first_seen_at, view.zone)


def _joined_day(rows: ibis.Table, view: View) -> ibis.Value:
    return ibis.ifelse(
        before_moment(rows.joined_at, view), local_day(rows.joined_at, view.zone), None
    )


def _is_member(rows: ibis.Table, view: View) -> ibis.Value:
    return before_moment(rows.joined_at, view).fill_null(False)


def _complete(rows: ibis.Table, view: View) -> ibis.Value:
    there = [rows[name].notnull().cast("int64") for name in _PARTS]
    there += [rows[name].fill_null(False).cast("int64") for name in _FLAGS]
    return sum(there[1:], there[0]).cast("float64") / float(len(there))


def _reachable(view: View) -> Values:
    rows = table("member")
    every = [
        rows.filter(rows[f"has_{code}"]).select("member", value=ibis.literal(code))
        for code in CHANNELS
    ]
    return Values(ibis.union(*every))


def _anniversary(view: View) -> Values:
    rows = table("member")
    rows = rows.filter(before_moment(rows.joined_at, view))
    day = local_day(rows.joined_at, view.zone)
    return Values(
        rows.select("member", month=day.month(), day=day.day(), lunar=ibis.literal(False))
    )


def _keys(view: View) -> ibis.Table:
    """Strong identities with their shop, as known at the moment."""
    rows = view.table("identity_key")
    rows = rows.filter(rows.member.notnull(), rows.strength == "strong")
    if not view.latest:
        rows = rows.filter(rows.first_seen_at.isnull() | before_moment(rows.first_seen_at, view))
    return rows


def _accounts(view: View) -> Values:
    rows = _keys(view)
    named = rows.kind.isin([kind for kind in ACCOUNT_KINDS if kind != "ouid"])
    shops = rows.shop.nunique(where=rows.kind == "ouid")
    counted = rows.group_by("member").aggregate(named=named.sum(), shops=shops)
    # A product, not a branch: ClickHouse counts in another type than it sums in.
    unnamed = (counted.named == 0).cast("int64")
    return valued(counted, counted.named + unnamed * counted.shops, 0)


def _known_shops(view: View) -> Values:
    rows = _keys(view)
    return elements(rows, rows.shop)


def _platforms(view: View) -> Values:
    rows, shops = _keys(view), table("shop").select(number=_.shop, platform=_.platform)
    rows = rows.inner_join(shops, rows.shop == shops.number)
    return elements(rows, rows.platform)


def _custom(view: View) -> Values:
    rows = table("member_attribute")
    rows = rows.filter(rows.member.notnull(), rows.value.notnull())
    return elements(rows, rows.name + "=" + rows.value)


ATTRIBUTES: Final = (
    _a("gender", "性别", "gender", "choice", member_column("gender"), "名单或会员卡上的性别", "As member lists and cards say", choices=GENDERS, words="男 女"),
    _a("age", "年龄", "age", "number", member_value(_age), "今年减出生年份", "This year less the year of birth", unit="year", words="岁数"),
    _a("age_band", "年龄段", "age band", "choice", member_value(_age_band), "按年龄分段：18–24、25–35、36–50 等", "The age in bands: 18–24, 25–35, 36–50 and so on",
       choices={**{code: label for code, (_end, label) in AGE_BANDS.items()}, **_OLDEST}, words="年龄层"),
    _a("birthday", "生日", "birthday", "birthday", _birthday, "公历或农历，各按各的历；2 月 29 日平年算 28 日", "Solar or lunar, each by its own calendar; 29 February is the 28th in common years", words="过生日 寿星"),
    _a("birth_month", "生日月份", "month of birth", "choice", member_value(lambda rows, view: rows.birth_month.cast("string")),
       "生日所在月份，农历生日为农历月", "The month of the birthday; a lunar month for lunar birthdays", choices=MONTHS, words="当月生日"),
    _a("birthday_calendar", "生日历法", "calendar of the birthday", "choice", member_value(_calendar), "生日按公历还是农历过", "Whether the birthday is kept by the solar or the lunar calendar", choices=CALENDARS, words="农历 阴历 阳历"),
    _a("sign", "星座", "sign of the zodiac", "choice", member_value(_sign), "按公历生日；农历生日不算", "By the solar birthday; lunar ones have none", choices={code: label for code, _last, label in SIGNS}, words="白羊 天蝎"),
    _a("animal", "生肖", "Chinese zodiac animal", "choice", member_value(_animal), "按农历年；公历生日在春节前的算上一年", "By the lunar year; solar birthdays before Spring Festival count to the year before", choices=dict(ANIMALS), words="属相 本命年"),
    _a("first_seen", "首次出现日期", "first seen", "date", member_value(_seen_day), "最早的记录（订单、名单、访问）的日期", "The day of the earliest record: an order, a list, a visit", words="建档"),
    _a("days_known", "认识天数", "days known", "days", member_value(lambda rows, view: days_since(_seen_day(rows, view), view)), "距首次出现的天数", "Days since first seen"),
    _a("source", "来源渠道", "source", "choice", member_column("source"), "第一次从哪个平台来", "The platform of the earliest record", pick="member.source", words="获客 来源"),
    _a("source_shop", "来源店铺", "source shop", "choice", member_value(lambda rows, view: rows.source_shop.cast("string")), "第一次在哪个店铺出现", "The shop of the earliest record", pick="shop", words="首次店铺"),
    _a("known_shops", "有账号的店铺", "shops with an account", "set", _known_shops, "在哪些店铺有账号、会员卡或手机号", "The shops in which they have an account, card or number", pick="shop", data="identity_key"),
    _a("platforms", "有账号的平台", "platforms with an account", "set", _platforms, "在哪些平台有账号", "The platforms on which they have an account", choices=PLATFORMS, data="identity_key", words="淘宝 京东 抖音"),
    _a("accounts", "账号数", "accounts", "count", _accounts, "合并为一人的平台账号与会员卡数", "Platform accounts and cards that were merged into this person", data="identity_key", words="一人多号 合并"),
    _a("is_member", "已入会", "has joined", "flag", member_value(_is_member, False), "有入会时间的人", "Has a time of joining the membership", words="会员 持卡"),
    _a("joined", "入会日期", "joined on", "date", member_value(_joined_day), "最早一张会员卡或名单的入会日期", "The earliest joining day of any card or list", words="注册 开卡"),
    _a("days_joined", "入会天数", "days since joining", "days", member_value(lambda rows, view: days_since(_joined_day(rows, view), view)), "距入会的天数", "Days since joining", words="会龄"),
    _a("joined_anniversary", "入会纪念日", "anniversary of joining", "birthday", _anniversary, "每年入会的那一天", "The day of the year on which they joined", words="周年"),
    _a("has_phone", "有手机号", "has a phone number", "flag", member_value(lambda rows, view: rows.has_phone.fill_null(False), False), "可以发短信", "Can be sent SMS", words="短信 可触达"),
    _a("has_email", "有邮箱", "has an e-mail address", "flag", member_value(lambda rows, view: rows.has_email.fill_null(False), False), "可以发邮件", "Can be sent e-mail", words="邮件 可触达"),
    _a("has_wecom", "已加企业微信", "is a WeCom contact", "flag", member_value(lambda rows, view: rows.has_wecom.fill_null(False), False), "是导购或客服的企业微信好友", "Is a WeCom contact of a guide or agent", words="企微 加微 微信"),
    _a("reachable", "可触达渠道", "ways to reach them", "set", _reachable, "手机号、邮箱、企业微信中有哪些", "Which of phone, e-mail and WeCom are known", choices=CHANNELS, words="触达"),
    _a("completeness", "资料完整度", "completeness of the profile", "share", member_value(_complete, 0), "性别、生年、生日、省、市、手机、邮箱、企微 8 项中已知的占比", "Known ones among gender, year and day of birth, province, city, phone, e-mail, WeCom", otherwise=0, words="完善资料"),
    _a("custom", "自定义字段", "custom fields", "set", _custom, "会员名单里的其他列，写作“名称=值”", "Further columns of member lists, as “name=value”", pick="member_attribute", data="member_attribute", words="口味 职业 用途"),
)  # fmt: skip

"""Who they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import ibis
from ibis import _

from huitou.kernel.i18n import Text
from huitou.segments.catalogue.entry import Attribute, Values
from huitou.segments.facts import View
from huitou.warehouse.days import local_day
from huitou.warehouse.labels import CITY_TIER
from huitou.warehouse.store import table

GENDERS: Final[dict[str, Text]] = {"f": Text("女", "female"), "m": Text("男", "male")}


def member_column(name: str) -> Callable[[View], Values]:
    """A column of the member's row."""
    return member_value(lambda rows, _view: rows[name])


def member_value(of: Callable[[ibis.Table, View], ibis.Value]) -> Callable[[View], Values]:
    """A value worked out of the member's row."""

    def values(view: View) -> Values:
        rows = table("member")
        found = rows.select("member", value=of(rows, view))
        return Values(found.filter(found.value.notnull()))

    return values


def _age(rows: ibis.Table, view: View) -> ibis.Value:
    return ibis.literal(view.moment.day.year) - rows.birth_year.cast("int64")


def _birthday(view: View) -> Values:
    rows = table("member")
    known = rows.filter(rows.birth_month.notnull(), rows.birth_day.notnull())
    return Values(
        known.select(
            "member", month=_.birth_month, day=_.birth_day, lunar=_.birth_lunar.fill_null(False)
        )
    )


def _seen_day(rows: ibis.Table, view: View) -> ibis.Value:
    return local_day(rows.first_seen_at, view.zone)


ATTRIBUTES: Final = (
    Attribute("gender", "who", Text("性别", "gender"), "choice", member_column("gender"), choices=GENDERS),
    Attribute("age", "who", Text("年龄", "age"), "number", member_value(_age), unit="year",
              help=Text("按出生年份算", "from the year of birth")),
    Attribute("birthday", "who", Text("生日", "birthday"), "birthday", _birthday,
              help=Text("公历或农历，各按各的历", "solar or lunar, each by its own calendar")),
    Attribute("province", "where", Text("省份", "province"), "choice", member_column("province"), pick="member.province"),
    Attribute("city_tier", "where", Text("城市级别", "city tier"), "choice",
              member_value(lambda rows, view: rows.city_tier.cast("string")), choices=CITY_TIER),
    Attribute("first_seen", "who", Text("首次出现日期", "first seen"), "date", member_value(_seen_day)),
    Attribute("has_phone", "who", Text("有手机号", "has a phone"), "flag", member_value(lambda rows, view: rows.has_phone.fill_null(False))),
)  # fmt: skip

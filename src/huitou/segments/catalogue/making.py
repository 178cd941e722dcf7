"""What the catalogue's modules are made of: short ways to say a measure, a set, a favourite, a flag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

import ibis

from huitou.kernel.i18n import Text
from huitou.segments.catalogue.entry import Attribute, Source, Values
from huitou.segments.facts import NOTHING, View, moment_day, rows_of
from huitou.segments.nodes import Condition, FactSubject
from huitou.segments.registry import FACTS
from huitou.segments.windows import EVER, Window
from huitou.warehouse.store import table

Of = Callable[[ibis.Table, View], ibis.Value]
UNITS: Final[Mapping[str, str]] = {"money": "yuan", "share": "percent", "days": "day"}
WEEK: Final = Window("last", n=7)
MONTH: Final = Window("last", n=30)
QUARTER: Final = Window("last", n=90)


def in_group(group: str, data: str = "trade") -> Callable[..., Attribute]:
    """The maker of a group's attributes: (code, zh, en, type, source, help zh, help en, …)."""

    def make(
        code: str,
        zh: str,
        en: str,
        kind: Any,
        source: Source,
        help_zh: str,
        help_en: str,
        **more: Any,
    ) -> Attribute:
        if isinstance(source, FactSubject):
            more.setdefault("data", FACTS[source.fact].table)
        else:
            more.setdefault("unit", UNITS.get(kind, ""))
            more.setdefault("data", data)
            if kind == "flag":
                more.setdefault("otherwise", False)
            elif kind == "count":
                more.setdefault("otherwise", 0)
        more["keywords"] = tuple(more.pop("words", "").split())
        return Attribute(code, group, Text(zh, en), kind, source, Text(help_zh, help_en), **more)

    return make


# Measures over facts


def measured(fact: str, measure: str, *where: Condition, basis: str = "paid") -> FactSubject:
    return FactSubject(fact, measure, basis, where)


def orders_of(measure: str, *where: Condition, basis: str = "paid") -> FactSubject:
    return FactSubject("trade", measure, basis, where)


def one_of(field: str, *values: str) -> Condition:
    return Condition(field, "any_of", values)


def over(field: str, number: int | str) -> Condition:
    return Condition(field, "gt", Decimal(number))


def at_least(field: str, number: int | str) -> Condition:
    return Condition(field, "ge", Decimal(number))


def known(field: str) -> Condition:
    return Condition(field, "known")


BY_PEOPLE: Final = Condition("is_machine", "no")
"""Opens and clicks of mail scanners are not a person's."""


# Rows


def limited(rows: ibis.Table, window: Window, view: View) -> ibis.Table:
    """The rows whose moment lies in the window."""
    from huitou.segments.leaves import timed

    return rows if window == EVER else timed(rows, window, view)


def orders(
    view: View, window: Window = EVER, *, basis: str = "paid", shop: bool = False
) -> ibis.Table:
    """Orders of a window, with their shop's platform and kind if asked for."""
    needs = frozenset({"shop"}) if shop else frozenset()
    rows = rows_of(FACTS["trade"], basis, view, needs)  # type: ignore[arg-type]
    if basis != "paid":
        rows = rows.filter(rows.moment.notnull())  # what is paid has its time
    return limited(rows, window, view)


def lines(view: View, window: Window = EVER, *, item: bool = False) -> ibis.Table:
    """Paid order lines of a window, with what is known of the item if asked for."""
    needs = frozenset({"line", "item"}) if item else frozenset({"line"})
    return limited(rows_of(FACTS["trade"], "paid", view, needs), window, view)  # type: ignore[arg-type]


def events(fact: str, view: View, window: Window = EVER, *, item: bool = False) -> ibis.Table:
    """The rows of another fact, of a window."""
    needs = frozenset({"item"}) if item else frozenset()
    return limited(rows_of(FACTS[fact], "paid", view, needs), window, view)  # type: ignore[arg-type]


def messages(view: View, *kinds: str, window: Window = EVER) -> ibis.Table:
    """Events of messages, machine opens and clicks left out."""
    rows = events("message", view, window)
    return rows.filter(rows.kind.isin(kinds), ~rows.is_machine.fill_null(False))


def line_paid(rows: ibis.Table) -> ibis.Value:
    return rows.paid_amount.coalesce(rows.line_amount).fill_null(NOTHING)


def life(view: View) -> ibis.Table:
    """Everybody who has a paid order, with the columns of ``member_totals`` that orders give."""
    if view.may_use_totals:
        totals = table("member_totals")
        return totals.filter(totals.paid_trades > 0)
    rows = orders(view)
    return rows.group_by("member").aggregate(
        paid_trades=rows.count(),
        paid_days=rows.paid_day.nunique(),
        paid_amount=rows.paid_amount.sum(),
        units=rows.units.sum(),
        discount_amount=rows.discount_amount.sum(),
        discounted_trades=(rows.discount_amount > 0).sum(),
        first_paid_day=rows.paid_day.min(),
        last_paid_day=rows.paid_day.max(),
    )


def of_life(of: Of, otherwise: int | None = None) -> Callable[[View], Values]:
    """A value worked out of a buyer's life."""

    def values(view: View) -> Values:
        rows = life(view)
        return valued(rows, of(rows, view), otherwise)

    return values


def member_value(of: Of, otherwise: int | None = None) -> Callable[[View], Values]:
    """A value worked out of the member's row."""

    def values(view: View) -> Values:
        rows = table("member")
        return valued(rows, of(rows, view), otherwise)

    return values


def member_column(name: str) -> Callable[[View], Values]:
    """A column of the member's row."""
    return member_value(lambda rows, _view: rows[name])


# Values


def valued(rows: ibis.Table, value: ibis.Value, otherwise: int | None = None) -> Values:
    """Rows that are one per member, where the value is known."""
    found = rows.select("member", value=value)
    return Values(found.filter(found.value.notnull()), otherwise)


def elements(rows: ibis.Table, value: ibis.Value) -> Values:
    """The set of a member's values."""
    found = rows.select("member", value=value.cast("string"))
    return Values(found.filter(found.value.notnull()).distinct())


def flagged(rows: ibis.Table) -> Values:
    """Yes for these members, no for all others."""
    return Values(rows.select("member").distinct().mutate(value=True), False)


def favourite(rows: ibis.Table, key: ibis.Value, weight: ibis.Value | None = None) -> Values:
    """The key that weighs most, then occurs most often, then comes first."""
    given = {} if weight is None else {"weight": weight}
    held = rows.select("member", value=key, **given)
    held = held.filter(held.value.notnull())
    n = held.count()
    counted = held.group_by("member", "value").aggregate(
        n=n, weight=n if weight is None else held.weight.sum()
    )
    return Values(first_of(counted, counted.weight.desc(), counted.n.desc(), counted.value.asc()))


def newest(
    rows: ibis.Table, value: ibis.Value, *, oldest: bool = False, skip_unknown: bool = True
) -> Values:
    """The value at the last moment; of several at one instant the greatest (first: the smallest).

    Without ``skip_unknown`` it is not known where the last one's is not.
    """
    held = rows.select("member", "moment", value=value)
    if skip_unknown:
        held = held.filter(held.value.notnull())
    at_end = held.moment.asc() if oldest else held.moment.desc()
    found = first_of(held, at_end, held.value.asc() if oldest else held.value.desc())
    return Values(found if skip_unknown else found.filter(found.value.notnull()))


def first_of(rows: ibis.Table, *order: ibis.Value) -> ibis.Table:
    """(member, value): each member's first row in this order."""
    place = ibis.row_number().over(ibis.window(group_by=rows.member, order_by=list(order)))
    placed = rows.select("member", "value", place=place)
    return placed.filter(placed.place == 0).select("member", "value")


def ratio(part: ibis.Value, whole: ibis.Value) -> ibis.Value:
    """part ÷ whole as a float; not known where the whole is 0."""
    return part.cast("float64") / whole.cast("float64").nullif(0.0)


def share_of(rows: ibis.Table, condition: ibis.Value) -> Values:
    """How many of a member's rows satisfy the condition, as a share."""
    held = rows.select("member", hit=condition.fill_null(False).cast("int64"))
    counted = held.group_by("member").aggregate(hits=held.hit.sum(), n=held.count())
    return valued(counted, ratio(counted.hits, counted.n))


def banded(value: ibis.Value, bands: Mapping[str, tuple[int, Text]], last: str) -> ibis.Value:
    """The code of the first band whose end the value is below; ``last`` from the last end on."""
    branches = [(value < end, code) for code, (end, _label) in bands.items()]
    return ibis.ifelse(value.notnull(), ibis.cases(*branches, else_=last), None)


def contains_any(value: ibis.Value, words: tuple[str, ...]) -> ibis.Value:
    text = value.fill_null("")
    return ibis.or_(*(text.contains(word) for word in words))


def before_moment(instant: ibis.Value, view: View) -> ibis.Value:
    """Whether an instant lies before the moment of the question."""
    return instant < ibis.literal(view.moment.cut, "timestamp(6)")


def today(view: View) -> ibis.Value:
    return ibis.literal(view.moment.day)


def buying_days(view: View) -> ibis.Table:
    """(member, day, before, place): each day bought on, the one before it, its place from 0."""
    rows = orders(view)
    days = rows.select("member", day=rows.paid_day).distinct()
    by_member = ibis.window(group_by=days.member, order_by=days.day)
    return days.mutate(
        before=days.day.lag().over(by_member), place=ibis.row_number().over(by_member)
    )


def nearest_rank(rows: ibis.Table, key: str, value: str) -> ibis.Table:
    """(key, middle, n): the nearest-rank median of a column per key, exactly."""
    counted = rows.group_by(key, value).aggregate(n=rows.count())
    running = counted.mutate(
        up_to=counted.n.sum().over(
            ibis.cumulative_window(group_by=counted[key], order_by=counted[value])
        ),
        whole=counted.n.sum().over(ibis.window(group_by=counted[key])),
    )
    upper = running.filter(running.up_to * 2 >= running.whole)
    return upper.group_by(key).aggregate(middle=upper[value].min(), n=upper.whole.max())


def day_of(rows: ibis.Table, view: View) -> ibis.Value:
    """The brand day of a row; orders hold theirs."""
    return rows.paid_day if "paid_day" in rows.columns else moment_day(rows, view)

"""A condition as an Ibis expression that yields member numbers.

``answer`` gives the members for whom a leaf holds, or those for whom it does not (``complement``), so
that "no order at all" needs no list of everybody. Numbers may repeat: they become a mask.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import ibis
import ibis.expr.operations as ops

from huitou.kernel.festivals import lunar_of
from huitou.segments.catalogue import ATTRIBUTES
from huitou.segments.catalogue.entry import Attribute, Cut, Timed, Values
from huitou.segments.facts import Fact, Need, View, days_since, in_window, moment_day, rows_of
from huitou.segments.grids import GridSettings, grid_values
from huitou.segments.nodes import (
    AttributeSubject,
    Compare,
    Condition,
    FactSubject,
    GridSubject,
    IntervalSubject,
    Rank,
    Sequence,
    Step,
    Subject,
    TagNode,
)
from huitou.segments.operators import OPERATORS, Operator
from huitou.segments.parsing import type_of
from huitou.segments.registry import FACTS
from huitou.segments.shapes import Asked, Compared, Shape, compared_with, plain
from huitou.segments.slots import Between, Slot, constant
from huitou.segments.values import days_between
from huitou.segments.windows import EVER, Window
from huitou.warehouse import scoping
from huitou.warehouse.days import local_day
from huitou.warehouse.store import table

PATH_MARK: Final = " > "
_COUNTS_ROWS: Final = frozenset({("trade", "orders"), ("trade", "lines")})


@dataclass(frozen=True)
class Answer:
    """(member), repeats allowed: those for whom the leaf holds — or does not, if ``complement``."""

    rows: ibis.Table
    complement: bool = False


def answer(leaf: Asked | Shape, view: View, grids: GridSettings) -> Answer:
    """A leaf, or the shape of one, over the warehouse's tables.

    Raises ``NeedsMoment`` for a shape that cannot be built for every moment.
    """
    if isinstance(leaf, Compare):
        leaf = plain(leaf, view.moment)
    if isinstance(leaf, Sequence):
        return Answer(_sequence(leaf, view))
    if isinstance(leaf, Rank):
        return Answer(_rank(leaf, view, grids))
    if isinstance(leaf, TagNode):
        return _tags(leaf, view)
    return _compare(leaf, view, grids)


def is_global(leaf: Any) -> bool:
    """Whether the leaf's answer for a member depends on other members."""
    if isinstance(leaf, Rank):
        return True
    if not isinstance(leaf, Compare):
        return False
    if isinstance(leaf.subject, AttributeSubject):
        return ATTRIBUTES[leaf.subject.attribute].is_global
    return isinstance(leaf.subject, IntervalSubject) and leaf.subject.cycle == "everyone"


def subject_values(subject: Subject, view: View, grids: GridSettings) -> Values:
    """The value of a subject per member."""
    if isinstance(subject, AttributeSubject):
        return _attribute_values(ATTRIBUTES[subject.attribute], subject.window, view, grids)
    if isinstance(subject, FactSubject):
        return _fact_values(subject, view)
    if isinstance(subject, IntervalSubject):
        return _interval_values(subject, view)
    return grid_values(subject.grid, view, grids)


# Conditions on a value


def _compare(leaf: Compared, view: View, grids: GridSettings) -> Answer:
    kind, _always = type_of(leaf.subject)
    operator = OPERATORS[leaf.operator]
    shortcut = _occurrence(leaf, view)
    if shortcut is not None:
        return shortcut
    values = subject_values(leaf.subject, view, grids)
    held = values.table
    if operator.code in {"known", "unknown"}:
        named = held if kind == "birthday" else held.filter(held.value.notnull())
        return Answer(named.select("member"), operator.code == "unknown")
    if kind == "birthday":
        return Answer(_birthdays(held, leaf.operand, view.moment.day))
    is_path = (
        isinstance(leaf.subject, AttributeSubject) and ATTRIBUTES[leaf.subject.attribute].is_path
    )
    if kind == "set":
        return _set_answer(held, operator, leaf.operand, is_path=is_path)
    value = held.value if values.zero is None else held.value.fill_null(values.zero)
    holds = _condition(value, operator, leaf.operand, is_path=is_path)
    if values.zero is not None and leaf.holds_at_zero:
        return Answer(held.filter(~holds).select("member"), complement=True)
    return Answer(held.filter(holds).select("member"))


def _condition(value: ibis.Value, operator: Operator, operand: Any, *, is_path: bool) -> ibis.Value:
    operand = _beside(value, operand)
    if is_path and operator.code in {"any_of", "none_of"}:
        inside = _below(value, operand)
        return inside if operator.code == "any_of" else ~inside
    assert operator.expression is not None
    return operator.expression(value, operand)


def _beside(value: ibis.Value, operand: Any) -> Any:
    """The operand with expressions in the place of slots."""
    if isinstance(operand, tuple):
        return tuple(_beside(value, one) for one in operand)
    return operand.beside(value) if isinstance(operand, Slot) else operand


def _below(value: ibis.Value, paths: Iterable[Any]) -> ibis.Value:
    """Whether a path is one of these or below one."""
    paths = list(paths)
    starts = [value.startswith(path + PATH_MARK) for path in paths]
    return ibis.or_(value.isin(paths), *starts)


def _set_answer(
    held: ibis.Table, operator: Operator, operand: tuple[Any, ...], *, is_path: bool
) -> Answer:
    elements = _beside(held.value, operand)
    if operator.code == "all_of":
        if is_path:
            inside = [
                held.filter(_below(held.value, [path])).select("member", path=constant(path))
                for path in elements
            ]
            found = ibis.union(*inside, distinct=True) if len(inside) > 1 else inside[0].distinct()
            counted = found.group_by("member").aggregate(n=found.count())
        else:
            found = held.filter(held.value.isin(list(elements)))
            counted = found.group_by("member").aggregate(n=found.value.nunique())
        return Answer(counted.filter(counted.n == len(operand)).select("member"))
    inside_any = _below(held.value, elements) if is_path else held.value.isin(list(elements))
    return Answer(held.filter(inside_any).select("member"), operator.code == "none_of")


def _birthdays(held: ibis.Table, days: tuple[date | None, date | None], today: date) -> ibis.Table:
    """Members whose birthday falls on one of the days, each by their own calendar.

    29 February is kept on the 28th of a common year; the 30th of a lunar month of 29 days on its last
    day; a leap month is nobody's birthday month.
    """
    first = days[0] or today
    last = min(days[1] or today, first + timedelta(days=365))
    solar, lunar = set(), set()
    for day in days_between(first, last):
        solar.add(day.month * 100 + day.day)
        if day.month == 2 and day.day == 28 and not _is_leap(day.year):
            solar.add(229)
        month, number, in_leap, length = lunar_of(day)
        if not in_leap:
            lunar.add(month * 100 + number)
            if number == 29 and length == 29:
                lunar.add(month * 100 + 30)
    code = held.month.cast("int64") * 100 + held.day.cast("int64")
    here = ibis.ifelse(held.lunar, code.isin(sorted(lunar) or [0]), code.isin(sorted(solar)))
    return held.filter(here).select("member")


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _occurrence(leaf: Compared, view: View) -> Answer | None:
    """ "Did it at all" needs no counting: the rows' members are the answer."""
    subject = leaf.subject
    if leaf.occurs is None:
        return None
    if isinstance(subject, AttributeSubject):
        attribute = ATTRIBUTES[subject.attribute]
        if not isinstance(attribute.source, FactSubject):
            return None
        if attribute.total and subject.window is None and view.may_use_totals:
            return None
        subject = _with_window(attribute, subject.window)
    if not isinstance(subject, FactSubject):
        return None
    if (subject.fact, subject.measure) not in _COUNTS_ROWS and subject.measure not in {
        "times",
        "days",
    }:
        return None
    rows = _matching(subject.fact, subject.basis, subject.where, subject.window, view)
    return Answer(rows.select("member"), complement=not leaf.occurs)


# Values of subjects


def _with_window(attribute: Attribute, window: Window | None) -> FactSubject:
    source = attribute.source
    assert isinstance(source, FactSubject)
    chosen = window or attribute.window or source.window
    return FactSubject(source.fact, source.measure, source.basis, source.where, chosen)


def _attribute_values(
    attribute: Attribute, window: Window | None, view: View, grids: GridSettings
) -> Values:
    source = attribute.source
    if isinstance(source, GridSubject):
        return grid_values(source.grid, view, grids)
    if isinstance(source, Timed):
        return source.of(view, window or attribute.window or EVER)
    if isinstance(source, Cut):
        return source.of(view, grids)
    if not isinstance(source, FactSubject):
        return source(view)
    lifetime = window is None or window.kind == "ever"
    if attribute.total and lifetime and view.may_use_totals:
        totals = table("member_totals")
        return Values(totals.select("member", value=totals[attribute.total]), attribute.zero)
    return _fact_values(_with_window(attribute, window), view)


def _fact_values(subject: FactSubject, view: View) -> Values:
    fact = FACTS[subject.fact]
    measure = fact.measures[subject.measure]
    needs = _needs(fact, subject.where)
    if measure.needs_lines:
        needs |= {"line"}
    by_line = fact.is_trades and "line" in needs
    of = measure.of_lines if by_line and measure.of_lines is not None else measure.of
    if measure.is_share:
        rows = timed(rows_of(fact, subject.basis, view, needs), subject.window, view)
        matching = _conditions(rows, fact, subject.where, view)
        whole = of(rows, view)
        part = only(whole, ibis.and_(*matching)) if matching else whole
        both = rows.group_by("member").aggregate(whole=whole, part=part)
        share = both.part.fill_null(0).cast("float64") / both.whole.cast("float64")
        return Values(both.filter(both.whole > 0).select("member", value=share))
    rows = _matching(subject.fact, subject.basis, subject.where, subject.window, view, needs)
    return Values(rows.group_by("member").aggregate(value=of(rows, view)), measure.zero)


def _matching(
    code: str,
    basis: str,
    where: tuple[Condition, ...],
    window: Window,
    view: View,
    needs: frozenset[Need] | None = None,
) -> ibis.Table:
    """The fact rows that match: in the window, every condition."""
    fact = FACTS[code]
    rows = rows_of(fact, basis, view, _needs(fact, where) if needs is None else needs)
    return _where(timed(rows, window, view), fact, where, view)


def _needs(fact: Fact, where: tuple[Condition, ...]) -> frozenset[Need]:
    found: frozenset[Need] = frozenset()
    for one in where:
        found |= fact.fields[one.field].needs
    # On lines, an order's own columns come from the joined order; on orders they are there.
    return found


def _where(rows: ibis.Table, fact: Fact, where: tuple[Condition, ...], view: View) -> ibis.Table:
    conditions = _conditions(rows, fact, where, view)
    return rows.filter(*conditions) if conditions else rows


def _conditions(
    rows: ibis.Table, fact: Fact, where: tuple[Condition, ...], view: View
) -> list[ibis.Value]:
    conditions = []
    for one in where:
        field = fact.fields[one.field]
        operator = OPERATORS[one.operator]
        operand = compared_with(field, one.value, view.moment)
        value = field.of(rows, view)
        if field.number is not None and isinstance(operand, tuple):
            value = field.number(rows, view)
        if operator.code == "known":
            conditions.append(value.notnull())
        elif operator.code == "unknown":
            conditions.append(value.isnull())
        else:
            conditions.append(_condition(value, operator, operand, is_path=field.is_path))
    return conditions


def only(aggregate: ibis.Value, condition: ibis.Value) -> ibis.Value:
    """The aggregate over those rows that satisfy the condition, in the same pass over all of them."""

    def limited(node: Any, kwargs: Any) -> Any:
        made = node.__recreate__(kwargs) if kwargs else node
        return made.copy(where=condition.op()) if isinstance(made, ops.Reduction) else made

    return aggregate.op().replace(limited, filter=ops.Value).to_expr()


def timed(rows: ibis.Table, window: Window | Between, view: View) -> ibis.Table:
    """The rows whose moment lies in the window."""
    if isinstance(window, Between):
        return in_window(rows, window.first, window.end)
    if window.kind == "ever":
        return rows.filter(rows.moment.notnull())
    if not window.is_own:
        return in_window(rows, *window.instants(view.moment))
    purchases = rows_of(FACTS["trade"], "paid", view, frozenset())
    ends = purchases.group_by("member").aggregate(
        own_first=purchases.moment.min(), own_last=purchases.moment.max()
    )
    ends = ends.rename(own_member="member")
    joined = rows.inner_join(ends, rows.member == ends.own_member)
    if window.kind == "before_first":
        return joined.filter(joined.moment < joined.own_first)
    if window.kind == "after_last":
        return joined.filter(joined.moment > joined.own_last)
    until = _days_later(local_day(joined.own_first, view.zone), window.n, window.unit)
    return joined.filter(joined.moment > joined.own_first, moment_day(joined, view) <= until)


def _days_later(day: ibis.Value, n: int, unit: str) -> ibis.Value:
    amounts = {"day": ibis.interval(days=n), "week": ibis.interval(days=7 * n)}
    if unit in amounts:
        return (day + amounts[unit]).cast("date")
    months = n * (12 if unit == "year" else 1)
    return (day + ibis.interval(months=months)).cast("date")


def _interval_values(subject: IntervalSubject, view: View) -> Values:
    fact = FACTS["trade"]
    rows = _matching("trade", "paid", subject.where, Window(), view, _needs(fact, subject.where))
    days = rows.select("member", day=moment_day(rows, view)).distinct()
    people = days.group_by("member").aggregate(
        n=days.count(), first=days.day.min(), last=days.day.max()
    )
    since = days_since(people.last, view).cast("float64")
    if subject.cycle == "own":
        span = people.last.delta(people.first, unit="day").cast("float64")
        repeaters = people.mutate(value=since - span / (people.n - 1).cast("float64"))
        return Values(repeaters.filter(repeaters.n >= 2).select("member", "value"))
    cycle = median_interval(days)
    crossed = people.cross_join(cycle)
    return Values(
        crossed.filter(crossed.cycle.notnull()).select(
            "member",
            value=days_since(crossed["last"], view).cast("float64") - crossed.cycle.cast("float64"),
        )
    )


def median_interval(days: ibis.Table) -> ibis.Table:
    """(cycle): the nearest-rank median of the days between consecutive purchase days, exactly.

    ``days``: (member, day), distinct. One row; NULL where nobody came back.
    """
    before = days.day.lag().over(ibis.window(group_by=days.member, order_by=days.day))
    gaps = days.mutate(before=before)
    gaps = gaps.filter(gaps.before.notnull())
    gaps = gaps.select(gap=gaps.day.delta(gaps.before, unit="day"))
    counted = gaps.group_by("gap").aggregate(n=gaps.count())
    running = counted.mutate(
        up_to=counted.n.sum().over(ibis.cumulative_window(order_by=counted.gap)),
        whole=counted.n.sum().over(ibis.window()),
    )
    upper = running.filter(running.up_to * 2 >= running.whole)
    return upper.aggregate(cycle=upper.gap.min())


# Other leaves


def _sequence(leaf: Sequence, view: View) -> ibis.Table:
    start = _step(leaf.first, leaf.window, view)
    rest = _step(leaf.then, Window(), view)
    first = start.select("member", at=start.moment, day=moment_day(start, view)).distinct()
    then = rest.select(
        then_member=rest.member, then_at=rest.moment, then_day=moment_day(rest, view)
    )
    pairs = first.inner_join(then, first.member == then.then_member)
    if leaf.unit == "hour":
        in_time = pairs.then_at <= pairs["at"] + ibis.interval(hours=leaf.n)
    else:
        in_time = pairs.then_day <= (pairs.day + ibis.interval(days=leaf.n)).cast("date")
    found = pairs.filter(pairs.then_at > pairs["at"], in_time)
    if leaf.happens:
        return found.select("member")
    if leaf.unit == "hour":
        over = first["at"] + ibis.interval(hours=leaf.n) < view.cut
    else:
        over = (first.day + ibis.interval(days=leaf.n)).cast("date") < view.day
    due = first.filter(over)
    return due.anti_join(found.select("member", "at").distinct(), ["member", "at"]).select("member")


def _step(step: Step, window: Window, view: View) -> ibis.Table:
    return _matching(step.fact, "paid", step.where, window, view)


def _rank(leaf: Rank, view: View, grids: GridSettings) -> ibis.Table:
    values = subject_values(leaf.by, view, grids)
    people, held = known_members(view), values.table
    if values.zero is None:
        held = held.filter(held.value.notnull()).semi_join(people, "member")
    else:
        # Nothing happened: 0, and known (as totals have it).
        held = people.left_join(held, "member").select(
            "member", value=held.value.fill_null(values.zero)
        )
    order = held.value.desc() if leaf.direction == "top" else held.value.asc()
    place = ibis.row_number().over(ibis.window(order_by=[order, held.member.asc()])) + 1
    placed = held.mutate(place=place, everyone=held.count().over(ibis.window()))
    if leaf.unit == "members":
        return placed.filter(placed.place <= int(leaf.n)).select("member")
    # ⌈everyone × n / 100⌉ in whole numbers: n has at most four decimals.
    share = round(leaf.n * 10_000)
    return placed.filter((placed.place - 1) * 1_000_000 < placed.everyone * share).select("member")


def _tags(leaf: TagNode, view: View) -> Answer:
    held = tags_in_force(view)
    named = held.filter(held.tag.isin(list(_beside(held.tag, leaf.tags))))
    if leaf.operator == "all_of":
        counted = named.group_by("member").aggregate(n=named.tag.nunique())
        return Answer(counted.filter(counted.n == len(leaf.tags)).select("member"))
    return Answer(named.select("member"), leaf.operator == "none_of")


def tags_in_force(view: View) -> ibis.Table:
    """(member, tag): the tags that hold at the moment; of a past moment as the log tells it."""
    at = view.cut
    if view.latest:
        held = table("member_tag")
        started = held.effective_at.isnull() | (held.effective_at < at)
        return held.filter(
            held.member.notnull(), started, held.expires_at.isnull() | (held.expires_at >= at)
        ).select("member", "tag")
    events = table("tag_event")
    past = events.filter(events.occurred_at < at, events.member.notnull())
    # Each source on its own: what a rule took away, a person may still have set.
    last = past.group_by("member", "tag", "home", "source").aggregate(
        kind=past.kind.argmax(past.occurred_at)
    )
    return last.filter(last.kind == "added").select("member", "tag").distinct()


def known_members(view: View) -> ibis.Table:
    """(member): those who are known at the moment and in the scope."""
    members = table("member")
    known = members.filter(members.merged_into.isnull())
    if not view.latest:
        at = view.cut
        known = known.filter(known.first_seen_at.isnull() | (known.first_seen_at < at))
    if not view.scope.is_everything:
        known = known.semi_join(scoping.known_members(view.scope), "member")
    return known.select("member")

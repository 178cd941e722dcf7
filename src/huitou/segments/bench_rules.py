"""The published rules of ``huitou bench segments``: 40 rules out of 36 conditions.

Every condition is written three times: as the rule document has it, by hand in SQL that DuckDB and
PostgreSQL both run, and by hand for pandas. A whole rule is one SQL query, written in two ways: every
condition a sub-query, or all conditions on a table worked out in one pass over it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from huitou.segments.bench_data import LAST_DAY

Mask = npt.NDArray[np.bool_]
Frames = Mapping[str, Any]
Json = dict[str, Any]
TEN: Final = 10


def since(days: int) -> datetime:
    """The first instant (naive UTC) of the last so many days of Shanghai."""
    first = LAST_DAY - timedelta(days=days - 1)
    return datetime(first.year, first.month, first.day) - timedelta(hours=8)  # noqa: DTZ001


def day_before(days: int) -> date:
    return LAST_DAY - timedelta(days=days)


@dataclass(frozen=True)
class Criterion:
    """One condition with a constant ``v`` in it; ``values`` are the constants it is asked with.

    ``table``: what it is about. On ``member`` and ``member_totals`` (aliases m and t) ``test`` is a
    condition on the row. On facts the rows of ``where`` are grouped by member; ``value`` is an aggregate
    with the place {f} for a filter, ``test`` a condition on it, {x}; without ``test`` any row is enough.
    ``absent``: it holds for those whom the condition does not find. ``frame``: the same for pandas.
    """

    code: str
    table: str
    values: tuple[Any, ...]
    rule: Callable[[Any], Json]
    test: str = ""
    where: str = ""
    value: str = "count(*){f}"
    absent: bool = False
    frame: Callable[[Any, Any], Any] = field(kw_only=True)


def _profile(attribute: str, operator: str, value: Any = None) -> Json:
    return {"kind": "profile", "attribute": attribute, "operator": operator, "value": value}


def _trades(
    measure: str, operator: str, value: Any, days: int = 0, *where: Any, basis: str = "paid"
) -> Json:
    return {
        "kind": "trades", "basis": basis, "measure": measure, "operator": operator, "value": value,
        "where": [dict(zip(("field", "operator", "value"), one, strict=True)) for one in where],
        "window": _last(days),
    }  # fmt: skip


def _events(event: str, operator: str, value: Any, days: int = 0, *where: Any) -> Json:
    return {
        "kind": "events", "event": event, "measure": "times", "operator": operator, "value": value,
        "where": [dict(zip(("field", "operator", "value"), one, strict=True)) for one in where],
        "window": _last(days),
    }  # fmt: skip


def _last(days: int) -> Json:
    return {"kind": "last", "n": days, "unit": "day"} if days else {"kind": "ever"}


def _paid(days: int, more: str = "") -> str:
    """Paid rows of the last days."""
    when = f" AND paid_at >= TIMESTAMP '{since(days)}'" if days else ""
    return f"is_paid{when}{' AND ' + more if more else ''}"


def _lately(column: str, days: int) -> str:
    return f"{column} >= TIMESTAMP '{since(days)}'"


def _paid_frame(frame: Any, days: int) -> Any:
    kept = frame[frame.is_paid]
    return kept[kept.paid_at >= since(days)] if days else kept


def _below(path: str) -> str:
    return f"(category = '{path}' OR starts_with(category, '{path} > '))"


def _in(values: Iterable[str]) -> str:
    return "(" + ", ".join(f"'{one}'" for one in values) + ")"


def _inside(frame: Any, path: str) -> Any:
    return frame[(frame.category == path) | frame.category.str.startswith(path + " > ")]


def _size(frame: Any) -> Any:
    return frame.groupby("member").size()


_BEIJING: Final = "paid_at + INTERVAL '8 hours'"
_WINES: Final = "黄酒"
_SOUTH: Final = (
    ("浙江", "上海", "江苏"), ("广东", "福建", "广西"), ("北京", "天津", "河北", "山东"),
)  # fmt: skip
_HOURS: Final = np.timedelta64(8, "h")


def _kept(frame: Any, days: int, condition: Callable[[Any], Any]) -> Any:
    """Paid rows of the last days that satisfy a condition."""
    paid = _paid_frame(frame, days)
    return paid[condition(paid)]


def _clock(frame: Any) -> Any:
    return frame.paid_at + _HOURS


def _weekends(frame: Any) -> Any:
    """The share of a member's orders that were paid on a weekend."""
    return (_clock(frame).dt.day_of_week >= 5).groupby(frame.member).mean()


CRITERIA: Final[dict[str, Criterion]] = {
    one.code: one
    for one in (
        # Who they are
        Criterion("gender", "member", ("f", "m"), lambda v: _profile("gender", "any_of", [v]),
                  "m.gender = '{v}'", frame=lambda m, v: m.gender == v),
        Criterion("province", "member", _SOUTH, lambda v: _profile("province", "any_of", list(v)),
                  "m.province IN {list}", frame=lambda m, v: m.province.isin(v)),
        Criterion("city_tier", "member", (("1", "2"), ("3", "4")), lambda v: _profile("city_tier", "any_of", list(v)),
                  "m.city_tier IN {list}", frame=lambda m, v: m.city_tier.isin([int(one) for one in v])),
        Criterion("phone", "member", (None,), lambda v: _profile("has_phone", "yes"),
                  "m.has_phone", frame=lambda m, v: m.has_phone),
        Criterion("age", "member", (45, 30), lambda v: _profile("age", "lt", v),
                  "2026 - m.birth_year < {v}", frame=lambda m, v: 2026 - m.birth_year < v),
        # Their whole life
        Criterion("orders", "member_totals", (2, 4), lambda v: _profile("orders", "ge", v),
                  "t.paid_trades >= {v}", frame=lambda t, v: t.paid_trades >= v),
        Criterion("amount", "member_totals", (300, 800), lambda v: _profile("amount", "ge", v),
                  "t.paid_amount >= {v}", frame=lambda t, v: t.paid_amount >= v),
        Criterion("recency", "member_totals", (180, 400), lambda v: _profile("recency", "le", v),
                  "DATE '2026-10-31' - t.last_paid_day <= {v}",
                  frame=lambda t, v: (np.datetime64(LAST_DAY) - t.last_paid_day).dt.days <= v),
        Criterion("largest", "member_totals", (500, 250), lambda v: _profile("largest_order", "ge", v),
                  "t.max_paid_amount >= {v}", frame=lambda t, v: t.max_paid_amount >= v),
        Criterion("kinds", "member_totals", (3, 5), lambda v: _profile("categories", "ge", v),
                  "t.categories >= {v}", frame=lambda t, v: t.categories >= v),
        # Orders of a window
        Criterion("orders_year", "trade", (2, 3), lambda v: _trades("orders", "ge", v, 365),
                  "{x} >= {v}", _paid(365), frame=lambda f, v: _over(_size(_paid_frame(f, 365)), v)),
        Criterion("days_year", "trade", (2, 3), lambda v: _trades("days", "ge", v, 365),
                  "{x} >= {v}", _paid(365), "count(DISTINCT paid_day){f}",
                  frame=lambda f, v: _over(_paid_frame(f, 365).groupby("member").paid_day.nunique(), v)),
        Criterion("amount_year", "trade", (400, 900), lambda v: _trades("amount", "ge", v, 365),
                  "{x} >= {v}", _paid(365), "sum(paid_amount){f}",
                  frame=lambda f, v: _over(_paid_frame(f, 365).groupby("member").paid_amount.sum(), v)),
        Criterion("average_year", "trade", (200, 120), lambda v: _trades("average", "ge", v, 365),
                  "{x} >= {v}", _paid(365), "avg(paid_amount){f}",
                  frame=lambda f, v: _over(_paid_frame(f, 365).groupby("member").paid_amount.mean(), v)),
        Criterion("bought_month", "trade", (30, 45), lambda v: _trades("orders", "ge", 1, v),
                  "", "is_paid AND paid_at >= TIMESTAMP '{since}'", frame=lambda f, v: _paid_frame(f, v).member),
        Criterion("away_quarter", "trade", (90, 60), lambda v: _trades("orders", "eq", 0, v),
                  "", "is_paid AND paid_at >= TIMESTAMP '{since}'", absent=True, frame=lambda f, v: _paid_frame(f, v).member),
        Criterion("no_refund", "trade", (180, 365), lambda v: _trades("orders", "eq", 0, v, basis="refunded"),
                  "", "refunded_amount > 0 AND paid_at >= TIMESTAMP '{since}'", absent=True,
                  frame=lambda f, v: f[(f.refunded_amount > 0) & (f.paid_at >= since(v))].member),
        Criterion("shops_year", "trade", ((1, 2), (3, 4)),
                  lambda v: _trades("orders", "ge", 1, 365, ("shop", "any_of", [str(one) for one in v])),
                  "", _paid(365, "shop IN {numbers}"),
                  frame=lambda f, v: _kept(f, 365, lambda k: k.shop.isin(v)).member),
        Criterion("sent_to", "trade", _SOUTH,
                  lambda v: _trades("orders", "ge", 2, 730, ("province", "any_of", list(v))),
                  "{x} >= 2", _paid(730, "province IN {list}"),
                  frame=lambda f, v: _over(_size(_kept(f, 730, lambda k: k.province.isin(v))), 2)),
        Criterion("evenings", "trade", (20, 21), lambda v: _trades("orders", "ge", 2, 365, ("hour", "ge", v)),
                  "{x} >= 2", _paid(365, f"extract(hour FROM {_BEIJING}) >= {{v}}"),
                  frame=lambda f, v: _over(_size(_kept(f, 365, lambda k: _clock(k).dt.hour >= v)), 2)),
        Criterion("weekends", "trade", (0.5, 0.8),
                  lambda v: _trades("share_of_orders", "ge", v, 365, ("weekday", "any_of", ["6", "7"])),
                  "{x} >= {v}", _paid(365), f"avg(CASE WHEN extract(isodow FROM {_BEIJING}) >= 6 THEN 1.0 ELSE 0.0 END){{f}}",
                  frame=lambda f, v: _over(_weekends(_paid_frame(f, 365)), v)),
        Criterion("live", "trade", ("live", "ad"), lambda v: _trades("orders", "ge", 1, 180, ("channel", "any_of", [v])),
                  "", _paid(180, "channel = '{v}'"),
                  frame=lambda f, v: _kept(f, 180, lambda k: k.channel == v).member),
        Criterion("discounted", "trade", (2, 3), lambda v: _trades("orders", "ge", v, 0, ("order_discount", "gt", 0)),
                  "{x} >= {v}", _paid(0, "discount_amount > 0"),
                  frame=lambda f, v: _over(_size(_kept(f, 0, lambda k: k.discount_amount > 0)), v)),
        Criterion("unpaid", "trade", (60, 120), lambda v: _trades("orders", "ge", 1, v, basis="unpaid"),
                  "", "status = 'closed_unpaid' AND created_at >= TIMESTAMP '{since}'",
                  frame=lambda f, v: f[(f.status == "closed_unpaid") & (f.created_at >= since(v))].member),
        # Order lines
        Criterion("wine_twice", "trade_line", (2, 3),
                  lambda v: _trades("orders", "ge", v, 365, ("category", "any_of", [_WINES])),
                  "{x} >= {v}", _paid(365, _below(_WINES)), "count(DISTINCT trade){f}",
                  frame=lambda f, v: _over(_inside(_paid_frame(f, 365), _WINES).groupby("member").trade.nunique(), v)),
        Criterion("wine_units", "trade_line", (3, 5),
                  lambda v: _trades("units", "ge", v, 365, ("category", "any_of", [_WINES])),
                  "{x} >= {v}", _paid(365, _below(_WINES)), "sum(qty){f}",
                  frame=lambda f, v: _over(_inside(_paid_frame(f, 365), _WINES).groupby("member").qty.sum(), v)),
        Criterion("fruit_amount", "trade_line", (150, 300),
                  lambda v: _trades("amount", "ge", v, 365, ("category", "any_of", ["果酒"])),
                  "{x} >= {v}", _paid(365, _below("果酒")), "sum(paid_amount){f}",
                  frame=lambda f, v: _over(_inside(_paid_frame(f, 365), "果酒").groupby("member").paid_amount.sum(), v)),
        Criterion("items_bought", "trade_line", ((3, 7, 11), (200, 210, 220, 230)),
                  lambda v: _trades("lines", "ge", 1, 0, ("item", "any_of", [str(one) for one in v])),
                  "", _paid(0, "item IN {numbers}"),
                  frame=lambda f, v: _kept(f, 0, lambda k: k.item.isin(v)).member),
        Criterion("items_year", "trade_line", (5, 8), lambda v: _trades("items", "ge", v, 365),
                  "{x} >= {v}", _paid(365), "count(DISTINCT item){f}",
                  frame=lambda f, v: _over(_paid_frame(f, 365).groupby("member").item.nunique(), v)),
        Criterion("dear_goods", "trade_line", (150, 180), lambda v: _trades("lines", "ge", 1, 365, ("price", "ge", v)),
                  "", _paid(365, "price >= {v}"),
                  frame=lambda f, v: _kept(f, 365, lambda k: k.price >= v).member),
        Criterion("no_sauce", "trade_line", ("酱油", "料酒"),
                  lambda v: _trades("lines", "eq", 0, 730, ("category", "any_of", [v])),
                  "", _paid(730, "(category = '{v}' OR starts_with(category, '{v} > '))"), absent=True,
                  frame=lambda f, v: _inside(_paid_frame(f, 730), v).member),
        # What else happened
        Criterion("visits", "visit", (2, 3), lambda v: _events("visit", "ge", v, 60),
                  "{x} >= {v}", _lately("occurred_at", 60),
                  frame=lambda f, v: _over(_size(f[f.occurred_at >= since(60)]), v)),
        Criterion("carted", "visit", (90, 30), lambda v: _events("visit", "ge", 1, v, ("kind", "any_of", ["cart"])),
                  "", "kind = 'cart' AND occurred_at >= TIMESTAMP '{since}'",
                  frame=lambda f, v: f[(f.kind == "cart") & (f.occurred_at >= since(v))].member),
        Criterion("no_complaint", "review", (365, 730), lambda v: _events("review", "eq", 0, v, ("rating", "any_of", ["bad"])),
                  "", "rating = 'bad' AND created_at >= TIMESTAMP '{since}'", absent=True,
                  frame=lambda f, v: f[(f.rating == "bad") & (f.created_at >= since(v))].member),
        Criterion("rested", "message_event", (7, 14), lambda v: _events("message", "eq", 0, v, ("kind", "any_of", ["sent"])),
                  "", "kind = 'sent' AND occurred_at >= TIMESTAMP '{since}'", absent=True,
                  frame=lambda f, v: f[(f.kind == "sent") & (f.occurred_at >= since(v))].member),
        Criterion("clicked", "message_event", (180, 365), lambda v: _events("message", "ge", 1, v, ("kind", "any_of", ["clicked"])),
                  "", "kind = 'clicked' AND occurred_at >= TIMESTAMP '{since}'",
                  frame=lambda f, v: f[(f.kind == "clicked") & (f.occurred_at >= since(v))].member),
    )
}  # fmt: skip


def _over(values: Any, least: float) -> Any:
    """The members whose value is at least this."""
    return values[values.round(6) >= least].index


@dataclass(frozen=True)
class Term:
    """A condition with one of its constants."""

    criterion: Criterion
    at: int = 0

    @property
    def v(self) -> Any:
        return self.criterion.values[self.at % len(self.criterion.values)]

    def edited(self) -> Term:
        """The same condition with another constant."""
        return Term(self.criterion, self.at + 1)

    def document(self) -> Json:
        return self.criterion.rule(self.v)

    def said(self, template: str, **more: str) -> str:
        """A template of SQL with the constant in it."""
        v = self.v
        given = {"v": v, "f": "{f}", "x": "{x}", **more}
        if isinstance(v, tuple):
            given |= {"list": _in(map(str, v)), "numbers": "(" + ", ".join(map(str, v)) + ")"}
        if isinstance(v, int):
            given["since"] = str(since(v))
        return template.format(**given)


@dataclass(frozen=True)
class Rule:
    """``all`` terms, one of each pair of ``any``, and ``none`` of these."""

    all: tuple[Term, ...]
    any: tuple[tuple[Term, Term], ...] = ()
    none: tuple[Term, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        return (*self.all, *(term for pair in self.any for term in pair), *self.none)

    def edited(self) -> Rule:
        """The rule with another constant in its last ``all`` condition that has one."""
        for at in reversed(range(len(self.all))):
            if len(self.all[at].criterion.values) > 1:
                changed = (*self.all[:at], self.all[at].edited(), *self.all[at + 1 :])
                return Rule(changed, self.any, self.none)
        raise ValueError("nothing to edit")

    def document(self) -> Json:
        children = [term.document() for term in self.all]
        children += [
            {"kind": "any", "children": [term.document() for term in pair]} for pair in self.any
        ]
        if self.none:
            children.append({"kind": "none", "children": [one.document() for one in self.none]})
        return {"version": 1, "rule": {"kind": "all", "children": children}}

    def composed(self, of: Callable[[Term], Any], both: Any, either: Any, no: Any) -> Any:
        """The rule put together out of what ``of`` says of each term."""
        parts = [of(term) for term in self.all]
        parts += [either(of(one), of(other)) for one, other in self.any]
        parts += [no(of(term)) for term in self.none]
        found = parts[0]
        for part in parts[1:]:
            found = both(found, part)
        return found


def rules() -> list[Rule]:
    """The forty: 24 of ten conditions, the others of one to twenty."""
    dice = Random(40)  # noqa: S311 - a fixed choice, not a secret
    sizes = [1, 1, 2, 3, 3, 4, 5, 6, 7, 8, *[TEN] * 24, 12, 12, 15, 15, 20, 20]
    names = sorted(CRITERIA)
    found = []
    for number, size in enumerate(sizes):
        terms = [Term(CRITERIA[name], dice.randrange(2)) for name in dice.sample(names, size)]
        pairs = size // 5 if number % 2 else 0
        rest = size - 2 * pairs
        without = 1 if size >= 5 and number % 3 == 0 else 0
        # What has no other constant goes last, so that every rule can be edited.
        first = sorted(terms[: rest - without], key=lambda one: len(one.criterion.values) < 2)
        tail = terms[rest:]
        found.append(
            Rule(
                tuple(first),
                tuple((tail[2 * at], tail[2 * at + 1]) for at in range(pairs)),
                tuple(terms[rest - without : rest]),
            )
        )
    return found


# By hand in SQL


def as_subqueries(rule: Rule) -> str:
    """One query, every condition on facts a sub-query."""

    def said(term: Term) -> str:
        one = term.criterion
        if one.table in _ROWS:
            return f"({term.said(one.test)})"
        grouped = ""
        if one.test:
            test = term.said(one.test, x=one.value.format(f=""))
            grouped = f" GROUP BY member HAVING {test}"
        word = "NOT IN" if one.absent else "IN"
        return (
            f"m.member {word} (SELECT member FROM {one.table}"  # noqa: S608 - our own words
            f" WHERE {term.said(one.where)}{grouped})"
        )

    return f"SELECT count(*) FROM {_PEOPLE} WHERE {_sql(rule, said)}"  # noqa: S608


def in_one_pass(rule: Rule) -> str:
    """One query, all conditions on a table worked out in one pass over it."""
    by_table: dict[str, list[Term]] = {}
    for term in rule.terms:
        if term.criterion.table not in _ROWS:
            by_table.setdefault(term.criterion.table, []).append(term)
    places = {id(term): f"x{at}" for at, term in enumerate(rule.terms)}
    joins = ""
    for name, terms in by_table.items():
        wheres = [term.said(term.criterion.where) for term in terms]
        columns = ", ".join(
            term.criterion.value.format(f=f" FILTER (WHERE {where})") + f" AS {places[id(term)]}"
            for term, where in zip(terms, wheres, strict=True)
        )
        rows = " OR ".join(f"({where})" for where in dict.fromkeys(wheres))
        joins += (
            f" LEFT JOIN (SELECT member, {columns} FROM {name} WHERE {rows} GROUP BY member)"  # noqa: S608
            f" AS of_{name} ON of_{name}.member = m.member"
        )

    def said(term: Term) -> str:
        one = term.criterion
        if one.table in _ROWS:
            return f"({term.said(one.test)})"
        x = f"of_{one.table}.{places[id(term)]}"
        if not one.test:
            return f"coalesce({x}, 0) {'=' if one.absent else '>'} 0"
        return f"coalesce({term.said(one.test, x=x)}, false)"

    return f"SELECT count(*) FROM {_PEOPLE}{joins} WHERE {_sql(rule, said)}"  # noqa: S608


_ROWS: Final = ("member", "member_totals")
_PEOPLE: Final = "member AS m JOIN member_totals AS t ON t.member = m.member"


def _sql(rule: Rule, said: Callable[[Term], str]) -> str:
    return str(
        rule.composed(
            said,
            lambda a, b: f"{a} AND {b}",
            lambda a, b: f"({a} OR {b})",
            lambda a: f"NOT coalesce({a}, false)",
        )
    )


# By hand for pandas


def in_frames(rule: Rule, frames: Frames, members: int) -> int:
    """How many members satisfy the rule; numbers are 1 to ``members``."""

    def said(term: Term) -> Mask:
        one = term.criterion
        found = one.frame(frames[one.table], term.v)
        if one.table in _ROWS:
            return np.asarray(found.fillna(False), np.bool_)
        mask = np.zeros(members + 1, np.bool_)
        mask[np.asarray(found, np.int64)] = True
        return ~mask[1:] if one.absent else mask[1:]

    return int(rule.composed(said, np.logical_and, np.logical_or, np.logical_not).sum())

"""What a rule should answer, worked out member by member in plain Python, slowly, to be read.

Facts are lists of row dicts, as the warehouse's tables hold them. Nothing of the product is used but the
nodes of the rule, the catalogue's wiring and the calendar (``kernel.festivals``). ``None`` is "not
known" everywhere; only ``unknown`` holds for it.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from huitou.kernel.festivals import festival_day, lunar_of, solar_term
from huitou.segments.catalogue import ATTRIBUTES
from huitou.segments.nodes import (
    AttributeSubject,
    Compare,
    Condition,
    FactSubject,
    GridSubject,
    Group,
    IntervalSubject,
    Listed,
    Node,
    Rank,
    Sample,
    Saved,
    Sequence,
    Step,
    Subject,
    TagNode,
)
from huitou.segments.windows import EVER, Window

Row = dict[str, Any]
UNPAID = {"unpaid", "pay_pending", "deposit_paid", "closed_unpaid"}
NUMERIC = {"count", "number", "money", "share", "days"}


@dataclass
class Oracle:
    """The naive evaluator: ``Oracle(tables, cut, zone).members(rule)``."""

    tables: dict[str, list[Row]]
    cut: datetime  # naive UTC: the first instant that is not known
    zone: str
    saved: dict[int, frozenset[int]] = field(default_factory=dict)
    shops: frozenset[int] | None = None  # the scope; None is every shop

    def members(self, node: Node) -> set[int]:
        """The members for whom a rule holds."""
        return {member for member in self.everybody if self.holds(node, member)}

    def holds(self, node: Node, member: int) -> bool:
        match node:
            case Group(kind, children):
                each = [self.holds(child, member) for child in children]
                return {"all": all(each), "any": any(each), "none": not any(each)}[kind]
            case Compare():
                return self.compares(node, member)
            case Sequence():
                return self.follows(node, member)
            case Rank():
                return member in self.ranked(node)
            case TagNode(operator, tags):
                has = [tag in self.tags(member) for tag in tags]
                return {"any_of": any(has), "all_of": all(has), "none_of": not any(has)}[operator]
            case Sample(salt, start, end):
                return start * 10_000 <= bucket(member, salt) < end * 10_000
            case Saved(segment):
                return member in self.saved[segment]
            case Listed(numbers):
                return member in numbers
        raise AssertionError(node)

    # Who is there

    @cached_property
    def is_past(self) -> bool:
        """Whether something happened at or after the moment: then facts are seen as they were."""
        seen = {
            "trade": (
                "created_at",
                "paid_at",
                "shipped_at",
                "signed_at",
                "finished_at",
                "closed_at",
            ),
            "refund": ("applied_at", "finished_at"),
            "parcel": ("shipped_at", "last_event_at", "signed_at"),
            "review": ("created_at",),
            "member": ("first_seen_at", "joined_at"),
            **dict.fromkeys(
                (
                    "visit",
                    "message_event",
                    "points_entry",
                    "coupon_event",
                    "task_event",
                    "tag_event",
                ),
                ("occurred_at",),
            ),
        }
        return any(
            row.get(column) is not None and row[column] >= self.cut
            for table, columns in seen.items()
            for row in self.rows(table)
            for column in columns
        )

    @cached_property
    def everybody(self) -> set[int]:
        found = set()
        for row in self.rows("member"):
            seen = row.get("first_seen_at")
            if row.get("merged_into") is None and not (
                self.is_past and seen is not None and seen >= self.cut
            ):
                found.add(row["member"])
        if self.shops is None:
            return found
        tables = ("trade", "visit", "review", "identity_key")
        return found & {
            row["member"]
            for table in tables
            for row in self.rows(table)
            if row["shop"] in self.shops
        }

    def rows(self, table: str) -> list[Row]:
        return self.tables.get(table, [])

    @property
    def today(self) -> date:
        return self.day(self.cut - timedelta(microseconds=1))

    def day(self, instant: datetime) -> date:
        return self.local(instant).date()

    def local(self, instant: datetime) -> datetime:
        return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone))

    # Facts

    @cached_property
    def trades(self) -> dict[int, Row]:
        """The orders as they were known at the moment, by number."""
        if not self.is_past:
            return {row["trade"]: row for row in self.rows("trade")}
        known = {}
        for row in self.rows("trade"):
            began = first_of(row["created_at"], row["paid_at"])
            if began is None or began < self.cut:
                known[row["trade"]] = self.trade_then(row)
        return known

    def trade_then(self, row: Row) -> Row:
        """An order as it was known at a past moment, by its own times."""

        def happened(name: str) -> bool:
            return row[name] is not None and row[name] < self.cut

        closed = row["status"] in ("closed_refunded", "closed_unpaid")
        closed_later = row["closed_at"] is not None and not happened("closed_at")
        reopened = closed_later and row["status"] == "closed_refunded"
        was_paid = happened("paid_at")
        if (closed and row["closed_at"] is None) or happened("closed_at"):
            status = row["status"]
        elif happened("finished_at"):
            status = "finished"
        elif happened("signed_at"):
            status = "signed"
        elif happened("shipped_at"):
            status = "shipped"
        elif was_paid:
            further = ("part_shipped", "shipped", "signed", "finished")
            status = "paid" if closed or row["status"] in further else row["status"]
        else:
            status = "unpaid"
        refunded = row["refunded_amount"]
        if refunded is not None:
            later = sum(
                one["amount"] or 0
                for one in self.rows("refund")
                if one["trade"] == row["trade"]
                and one["state"] == "success"
                and one["finished_at"] is not None
                and one["finished_at"] >= self.cut
            )
            refunded = (
                max(refunded - later, Decimal(0)) if was_paid and not reopened else Decimal(0)
            )
        times = ("paid_at", "shipped_at", "signed_at", "finished_at", "closed_at")
        return {
            **row,
            **{name: row[name] if happened(name) else None for name in times},
            "status": status,
            "is_paid": was_paid and (row["is_paid"] or reopened),
            "paid_amount": row["paid_amount"] if was_paid else None,
            "refunded_amount": refunded,
        }

    @cached_property
    def lines(self) -> list[Row]:
        """The lines of those orders: a line that was closed with its order was open before."""
        if not self.is_past:
            return self.rows("trade_line")
        now = {row["trade"]: row for row in self.rows("trade")}
        found = []
        for row in self.rows("trade_line"):
            if row["trade"] in self.trades:
                closed_alone = now[row["trade"]]["is_paid"] and not row["is_paid"]
                then = self.trades[row["trade"]]
                paid_at = row["paid_at"]
                was_paid = paid_at is not None and paid_at < self.cut
                found.append(
                    {
                        **row,
                        "is_paid": then["is_paid"] and not closed_alone,
                        "paid_at": paid_at if was_paid else None,
                    }
                )
        return found

    def facts(self, code: str, basis: str, *, by_line: bool = False) -> list[Row]:
        """All facts of a kind with their member and ``moment``, of the scope's shops."""
        if code == "trade":
            rows = self.lines if by_line else list(self.trades.values())
            found = [
                {**row, "moment": moment}
                for row in rows
                for moment in [_moment_of(row, self.trades[row["trade"]], basis)]
            ]
        else:
            table, at = EVENTS[code]
            found = [{**row, "moment": row[at]} for row in self.rows(table)]
        return [
            row
            for row in found
            if row["member"] is not None
            and row["moment"] is not None
            and (not self.is_past or row["moment"] < self.cut)
            and (self.shops is None or "shop" not in row or row["shop"] in self.shops)
        ]

    def matching(
        self,
        member: int,
        code: str,
        basis: str,
        where: tuple[Condition, ...],
        window: Window,
        *,
        by_line: bool = False,
    ) -> list[Row]:
        """A member's facts in a window for which every condition holds."""
        rows = self.facts_of(code, basis, by_line=by_line).get(member, [])
        return [
            row
            for row in rows
            if self.in_window(row["moment"], window, member)
            and all(self.field_holds(code, row, one) for one in where)
        ]

    def facts_of(self, code: str, basis: str, *, by_line: bool) -> dict[int, list[Row]]:
        key = (code, basis, by_line)
        if key not in self._grouped:
            grouped: dict[int, list[Row]] = defaultdict(list)
            for row in self.facts(code, basis, by_line=by_line):
                grouped[row["member"]].append(row)
            self._grouped[key] = grouped
        return self._grouped[key]

    @cached_property
    def _grouped(self) -> dict[Any, dict[int, list[Row]]]:
        return {}

    def field_holds(self, code: str, row: Row, one: Condition) -> bool:
        kind, is_path = field_type(code, one.field)
        return self.satisfies(
            kind, one.operator, self.field(code, row, one.field), one.value, is_path
        )

    def field(self, code: str, row: Row, name: str) -> Any:
        """The value of a field of a fact; None where it is not known."""
        if name == "day":
            return self.day(row["moment"])
        if name == "hour":
            return self.local(row["moment"]).hour
        if name == "weekday":
            return str(self.day(row["moment"]).isoweekday())
        if name == "month":
            return self.day(row["moment"]).month
        item = next((one for one in self.rows("item") if one["item"] == row.get("item")), {})
        shop = next((one for one in self.rows("shop") if one["shop"] == row.get("shop")), {})
        if code == "trade":
            return _trade_field(name, row, self.trades[row["trade"]], item, shop)
        if code == "parcel" and name == "days":
            if row["signed_at"] is None:
                return None
            return (self.day(row["signed_at"]) - self.day(row["shipped_at"])).days
        return _event_field(name, row, item)

    # Time

    def in_window(self, instant: datetime, window: Window, member: int) -> bool:
        """Whether an instant before the moment lies in a window."""
        if window.kind in ("before_first", "after_first", "after_last"):
            paid: list[datetime] = [row["moment"] for row in self.purchases.get(member, [])]
            if not paid:
                return False
            if window.kind == "before_first":
                return instant < min(paid)
            if window.kind == "after_last":
                return instant > max(paid)
            last = moved(self.day(min(paid)), window.n, window.unit)
            return instant > min(paid) and self.day(instant) <= last
        if window.kind == "ever":
            return True
        if instant >= self.cut:
            return False
        if window.kind in ("last", "between_ago") and window.unit in ("minute", "hour"):
            unit = timedelta(minutes=1) if window.unit == "minute" else timedelta(hours=1)
            nearer = window.m if window.kind == "between_ago" else 0
            return self.cut - window.n * unit <= instant < self.cut - nearer * unit
        return within(self.day(instant), *self.window_days(window))

    @cached_property
    def purchases(self) -> dict[int, list[Row]]:
        return self.facts_of("trade", "paid", by_line=False)

    def window_days(self, window: Window) -> tuple[date | None, date | None]:
        """First and last day of a window, both included."""
        today, unit = self.today, window.unit
        match window.kind:
            case "last":
                # Today is one of the last n units.
                return moved(today, -window.n, unit) + timedelta(days=1), today
            case "next":
                return today, moved(today, window.n, unit)
            case "between_ago":
                return moved(today, -window.n, unit), moved(today, -window.m, unit)
            case "this":
                return begin(today, unit), today
            case "previous":
                end = begin(today, unit) - timedelta(days=1)
                return begin(end, unit), end
            case "dates":
                return window.start, window.end
            case "since":
                return festival_day(window.festival, today.year + window.year), today
            case "around":
                centre = festival_day(window.festival, today.year + window.year)
                return centre - timedelta(days=window.n), centre + timedelta(days=window.m)
        return None, None

    # Conditions

    def compares(self, node: Compare, member: int) -> bool:
        kind, is_path = subject_type(node.subject)
        value = self.value(node.subject, member)
        return self.satisfies(kind, node.operator, value, node.operand, is_path)

    def satisfies(self, kind: str, operator: str, value: Any, operand: Any, is_path: bool) -> bool:
        """The operators by type; see ``segments.operators`` for what they mean."""
        if kind == "set":
            hit = [any(is_or_below(one, wanted, is_path) for one in value) for wanted in operand]
            return {"any_of": any(hit), "all_of": all(hit), "none_of": not any(hit)}[operator]
        if operator == "unknown":
            return value is None
        if value is None:
            return False
        if operator == "known":
            return True
        if operator in ("within", "not_within"):
            days = self.window_days(operand)
            if kind == "birthday":
                return self.has_birthday(value, *days)
            return within(value, *days) == (operator == "within")
        if kind == "choice":
            hit = [is_or_below(value, wanted, is_path) for wanted in operand]
            return any(hit) if operator == "any_of" else not any(hit)
        if kind == "flag":
            return bool(value) == (operator == "yes")
        if kind == "text":
            value, operand = value.lower(), str(operand).lower()
        elif isinstance(value, float):
            operand = as_floats(operand)
        return COMPARISONS[operator](value, operand)

    def has_birthday(
        self, birthday: tuple[int, int, bool], first: date | None, last: date | None
    ) -> bool:
        """Whether a birthday is kept on one of the days (not more than a year of them)."""
        first = first or self.today
        last = min(last or self.today, first + timedelta(days=365))
        days = (first + timedelta(days=step) for step in range((last - first).days + 1))
        return any(kept_on(birthday, day) for day in days)

    # Values

    def value(self, subject: Subject, member: int) -> Any:
        """The value of a subject for a member; None where it is not known."""
        match subject:
            case AttributeSubject(code, window):
                source = ATTRIBUTES[code].source
                if isinstance(source, GridSubject):
                    return self.value(source, member)
                if not isinstance(source, FactSubject):
                    return RESTATED[code](self, member)
                chosen = window or ATTRIBUTES[code].window or source.window
                return self.measured(
                    FactSubject(source.fact, source.measure, source.basis, source.where, chosen),
                    member,
                )
            case FactSubject():
                return self.measured(subject, member)
            case IntervalSubject():
                return self.overdue(subject, member)
            case GridSubject(grid):
                return GRIDS[grid](self, member)

    def measured(self, subject: FactSubject, member: int) -> Any:
        """A measure over a member's matching facts."""
        code, measure = subject.fact, subject.measure
        by_line = code == "trade" and (
            measure in OF_LINES_ONLY or any(one.field in LINE_FIELDS for one in subject.where)
        )

        def of(where: tuple[Condition, ...]) -> list[Row]:
            return self.matching(
                member, code, subject.basis, where, subject.window, by_line=by_line
            )

        rows = of(subject.where)
        days = [self.day(row["moment"]) for row in rows]
        if measure in ("share_of_orders", "share_of_amount"):
            total = order_count if measure == "share_of_orders" else amount
            whole = total(of(()), by_line)
            return float(total(rows, by_line) or 0) / float(whole) if whole and whole > 0 else None
        if measure == "days":
            return len(set(days))
        if measure in ("first_day", "last_day", "since_first", "since_last"):
            if not rows:
                return None
            chosen = min(days) if "first" in measure else max(days)
            return chosen if "day" in measure else (self.today - chosen).days
        return (MEASURES if code == "trade" else EVENT_MEASURES)[measure](rows, by_line)

    def overdue(self, subject: IntervalSubject, member: int) -> float | None:
        """Days since the last purchase less the cycle."""
        days = self.buying_days(subject.where).get(member)
        if not days:
            return None
        since = (self.today - days[-1]).days
        if subject.cycle == "own":
            if len(days) < 2:
                return None
            return float(since) - float((days[-1] - days[0]).days) / float(len(days) - 1)
        gaps = sorted(
            (later - sooner).days
            for days in self.buying_days(subject.where).values()
            for sooner, later in pairwise(days)
        )
        return float(since - gaps[(len(gaps) - 1) // 2]) if gaps else None

    def buying_days(self, where: tuple[Condition, ...]) -> dict[int, list[date]]:
        """Each member's different days with a matching purchase, ascending."""
        by_line = any(one.field in LINE_FIELDS for one in where)
        found = {}
        for member in self.facts_of("trade", "paid", by_line=by_line):
            rows = self.matching(member, "trade", "paid", where, EVER, by_line=by_line)
            if rows:
                found[member] = sorted({self.day(row["moment"]) for row in rows})
        return found

    # Other leaves

    def follows(self, node: Sequence, member: int) -> bool:
        """Some first fact has a later one in time; or none, and the time is over."""
        first = self.step(node.first, node.window, member)
        then = self.step(node.then, EVER, member)
        for start in first:
            if node.unit == "hour":
                end = start + timedelta(hours=node.n)
                followed = any(start < at <= end for at in then)
                is_over = end < self.cut
            else:
                last = self.day(start) + timedelta(days=node.n)
                followed = any(start < at and self.day(at) <= last for at in then)
                is_over = last < self.today
            if followed if node.happens else is_over and not followed:
                return True
        return False

    def step(self, step: Step, window: Window, member: int) -> list[datetime]:
        by_line = step.fact == "trade" and any(one.field in LINE_FIELDS for one in step.where)
        rows = self.matching(member, step.fact, "paid", step.where, window, by_line=by_line)
        return [row["moment"] for row in rows]

    def ranked(self, node: Rank) -> set[int]:
        if node not in self._ranks:
            values = {member: self.value(node.by, member) for member in self.everybody}
            sign = -1 if node.direction == "top" else 1
            known = [member for member, value in values.items() if value is not None]
            known.sort(key=lambda member: (sign * values[member], member))
            size = (
                int(node.n)
                if node.unit == "members"
                else math.ceil(len(known) * Decimal(str(node.n)) / 100)
            )
            self._ranks[node] = set(known[:size])
        return self._ranks[node]

    @cached_property
    def _ranks(self) -> dict[Rank, set[int]]:
        return {}

    def tags(self, member: int) -> set[int]:
        """The tags in force: those held now, or those that the log of changes left on."""
        if not self.is_past:
            return {
                row["tag"]
                for row in self.rows("member_tag")
                if row["member"] == member
                and (row["effective_at"] is None or row["effective_at"] < self.cut)
                and (row["expires_at"] is None or row["expires_at"] >= self.cut)
            }
        on = set()
        changes = [row for row in self.rows("tag_event") if row["occurred_at"] < self.cut]
        for row in sorted(changes, key=lambda row: row["occurred_at"]):
            if row["member"] == member:
                place = (row["tag"], row["home"])
                on.add(place) if row["kind"] == "added" else on.discard(place)
        return {tag for tag, _home in on}


# Operators

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, operand: bool(value == operand),
    "ne": lambda value, operand: bool(value != operand),
    "lt": lambda value, operand: bool(value < operand),
    "le": lambda value, operand: bool(value <= operand),
    "gt": lambda value, operand: bool(value > operand),
    "ge": lambda value, operand: bool(value >= operand),
    "between": lambda value, operand: bool(operand[0] <= value <= operand[1]),
    "not_between": lambda value, operand: not operand[0] <= value <= operand[1],
    "on": lambda value, operand: bool(value == operand),
    "before": lambda value, operand: bool(value < operand),
    "after": lambda value, operand: bool(value > operand),
    "equals": lambda value, operand: bool(value == operand),
    "not_equals": lambda value, operand: bool(value != operand),
    "contains": lambda value, operand: operand in value,
    "not_contains": lambda value, operand: operand not in value,
    "starts_with": lambda value, operand: value.startswith(operand),
}


def as_floats(operand: Any) -> Any:
    """Averages and shares are floating-point numbers, and compared as such."""
    if isinstance(operand, tuple):
        return tuple(float(one) for one in operand)
    return float(operand)


def is_or_below(value: str, wanted: str, is_path: bool) -> bool:
    return value == wanted or (is_path and value.startswith(wanted + " > "))


def within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or day >= first) and (last is None or day <= last)


def kept_on(birthday: tuple[int, int, bool], day: date) -> bool:
    """Whether a birthday is kept on a day.

    29 February on the 28th of a common year; the 30th of a short lunar month on its 29th; never in
    a leap month.
    """
    month, number, is_lunar = birthday
    if is_lunar:
        lunar_month, lunar_day, in_leap, length = lunar_of(day)
        return not in_leap and month == lunar_month and min(number, length) == lunar_day
    if (month, number) == (2, 29) and not is_leap(day.year):
        number = 28
    return (month, number) == (day.month, day.day)


def is_leap(year: int) -> bool:
    return (date(year, 3, 1) - timedelta(days=1)).day == 29


# Calendar


def moved(day: date, n: int, unit: str) -> date:
    """The day n units later; the last of the month where there is no such day."""
    if unit in ("day", "week"):
        return day + timedelta(days=n * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + n * {"month": 1, "quarter": 3, "year": 12}[unit]
    for number in range(day.day, 27, -1):
        try:
            return date(months // 12, months % 12 + 1, number)
        except ValueError:
            continue
    return date(months // 12, months % 12 + 1, day.day)


def begin(day: date, unit: str) -> date:
    """The first day of the week (Monday), month, quarter or year of a day."""
    if unit == "week":
        return day - timedelta(days=day.isoweekday() - 1)
    month = {"month": day.month, "quarter": 3 * ((day.month - 1) // 3) + 1, "year": 1}
    return day if unit == "day" else date(day.year, month[unit], 1)


def bucket(member: int, salt: str) -> int:
    """SplitMix64 of salt + number, below a million."""
    whole = 2**64
    seed = int.from_bytes(hashlib.sha256(salt.encode()).digest()[:8], "little")
    x = (member + seed + 0x9E3779B97F4A7C15) % whole
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % whole
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB % whole
    return (x ^ (x >> 31)) % 1_000_000


# Facts

EVENTS = {
    "visit": ("visit", "occurred_at"),
    "review": ("review", "created_at"),
    "refund": ("refund", "applied_at"),
    "parcel": ("parcel", "shipped_at"),
    "message": ("message_event", "occurred_at"),
    "points": ("points_entry", "occurred_at"),
    "coupon": ("coupon_event", "occurred_at"),
    "task": ("task_event", "occurred_at"),
    "tag": ("tag_event", "occurred_at"),
}
OF_LINES_ONLY = {"lines", "items", "categories", "unit_price", "highest_price"}
LINE_FIELDS = {
    "item", "sku", "title", "category", "item_brand", "merchant_code", "item_season", "item_phase",
    "item_attributes", "price", "quantity", "line_amount", "line_refund",
}  # fmt: skip
ITEM_FIELDS = {
    "item_brand": "brand", "merchant_code": "merchant_code", "item_season": "season",
    "item_phase": "phase", "item_attributes": "attributes",
}  # fmt: skip
ROW_FIELDS = {
    "sku": "sku", "title": "title", "category": "category", "price": "price", "quantity": "qty",
    "line_refund": "refund_state",
}  # fmt: skip
ORDER_FIELDS = {
    "order_amount": "paid_amount", "goods_amount": "goods_amount", "postage": "postage_amount",
    "order_discount": "discount_amount", "order_refund": "refunded_amount", "order_units": "units",
    "status": "status", "province": "province", "city": "city", "presale_step": "presale_step",
    "channel": "channel", "guide": "guide",
}  # fmt: skip


def _moment_of(row: Row, order: Row, basis: str) -> datetime | None:
    """When an order (or line) counts under a basis; None if it does not."""
    found: datetime | None = None
    if basis == "paid" and row["is_paid"]:
        found = row["paid_at"]
    elif basis == "unpaid" and order["status"] in UNPAID:
        found = row["created_at"]
    elif basis == "refunded" and (order["refunded_amount"] or 0) > 0:
        found = row["paid_at"]
    elif basis == "all":
        found = first_of(row["created_at"], row["paid_at"])
    return found


def _trade_field(name: str, row: Row, order: Row, item: Row, shop: Row) -> Any:
    if name in ROW_FIELDS:
        return row[ROW_FIELDS[name]]
    if name in ORDER_FIELDS:
        return order[ORDER_FIELDS[name]]
    if name in ITEM_FIELDS:
        return item.get(ITEM_FIELDS[name])
    if name in ("platform", "shop_kind"):
        return shop.get(name.removeprefix("shop_"))
    if name == "line_amount":
        return line_paid(row)
    if name == "discount_share":
        goods = order["goods_amount"]
        return float(order["discount_amount"] or 0) / float(goods) if goods else None
    return as_text((order if name == "store" else row)[name])


def _event_field(name: str, row: Row, item: Row) -> Any:
    match name:
        case "shop" | "item" | "tag":
            return as_text(row[name])
        case "category":
            return item.get("category")
        case "title":
            return first_of(item.get("title"), row.get("item_title"))
        case "length":
            return None if row["text"] is None else len(row["text"])
        case "images":
            return row["image_count"] or 0
        case "appended":
            return bool(row["append_text"])
        case "replied":
            return bool(row["reply_text"])
        case "is_machine":
            return bool(row["is_machine"])
    return row[name]


def line_paid(row: Row) -> Decimal | None:
    """What was paid for a line, else its list amount."""
    found: Decimal | None = first_of(row["paid_amount"], row["line_amount"])
    return found


def amount(rows: list[Row], by_line: bool) -> Decimal | None:
    return total(line_paid(row) if by_line else row["paid_amount"] for row in rows)


def order_count(rows: list[Row], by_line: bool) -> int:
    return len({row["trade"] for row in rows})


def net(rows: list[Row], by_line: bool) -> Decimal:
    paid = (line_paid(row) if by_line else row["paid_amount"] for row in rows)
    return plus(paid) - plus(row["refunded_amount"] for row in rows)


def average(rows: list[Row], by_line: bool) -> float | None:
    paid = amount(rows, by_line)
    return None if paid is None else float(paid) / order_count(rows, by_line)


def unit_price(rows: list[Row], _by_line: bool) -> float | None:
    units, paid = plus(row["qty"] for row in rows), amount(rows, True)
    return float(paid) / float(units) if units > 0 and paid is not None else None


def mean(rows: list[Row], name: str) -> float | None:
    known = [row[name] for row in rows if row[name] is not None]
    return float(sum(known)) / len(known) if known else None


def summed(name: str) -> Callable[[list[Row], bool], Any]:
    return lambda rows, _by_line: plus(row[name] for row in rows)


def distinct(name: str) -> Callable[[list[Row], bool], int]:
    return lambda rows, _by_line: len({row[name] for row in rows} - {None})


def greatest(name: str) -> Callable[[list[Row], bool], Any]:
    return lambda rows, _by_line: max(some(row[name] for row in rows), default=None)


Measured = Callable[[list[Row], bool], Any]
MEASURES: dict[str, Measured] = {
    "orders": order_count,
    "lines": lambda rows, _by_line: len(rows),
    "units": lambda rows, by_line: plus(row["qty" if by_line else "units"] for row in rows),
    "items": distinct("item"),
    "categories": distinct("category"),
    "shops": distinct("shop"),
    "amount": lambda rows, by_line: amount(rows, by_line) or Decimal(0),
    "net": net,
    "refunded": summed("refunded_amount"),
    "discount": summed("discount_amount"),
    "average": average,
    "largest": greatest("paid_amount"),
    "smallest": lambda rows, _by_line: min(some(row["paid_amount"] for row in rows), default=None),
    "unit_price": unit_price,
    "highest_price": greatest("price"),
}
EVENT_MEASURES: dict[str, Measured] = {
    "times": lambda rows, _by_line: len(rows),
    "items": distinct("item"),
    "sessions": distinct("session"),
    "stars": lambda rows, _by_line: mean(rows, "stars"),
    "images": summed("image_count"),
    "amount": summed("amount"),
    "largest": greatest("amount"),
    "campaigns": distinct("campaign"),
    "cost": summed("cost"),
    "points": summed("points"),
    "coupons": distinct("coupon"),
    "face_value": summed("face_value"),
}


def some(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def total(values: Iterable[Decimal | None]) -> Decimal | None:
    known = some(values)
    return sum(known, Decimal(0)) if known else None


def plus(values: Iterable[Any]) -> Decimal:
    return sum(some(values), Decimal(0))


def first_of(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def as_text(value: Any) -> str | None:
    return None if value is None else str(value)


# Types, as the registry declares them


def field_type(fact: str, name: str) -> tuple[str, bool]:
    from huitou.segments.registry import FACTS

    found = FACTS[fact].fields[name]
    return found.type, found.is_path


def subject_type(subject: Subject) -> tuple[str, bool]:
    from huitou.segments.registry import FACTS

    match subject:
        case AttributeSubject(code):
            return ATTRIBUTES[code].type, ATTRIBUTES[code].is_path
        case FactSubject(fact, measure):
            return FACTS[fact].measures[measure].type, False
        case IntervalSubject():
            return "number", False
        case GridSubject():
            return "choice", False


# Grids, with the cut points as GridSettings has them by default


def _lifecycle(oracle: Oracle, member: int) -> str:
    days = sorted(oracle.day(row["moment"]) for row in oracle.purchases.get(member, []))
    if not days:
        return "prospect"
    since = (oracle.today - days[-1]).days
    if len(set(days)) == 1 and since < 30:
        return "new"
    return next(
        (
            name
            for most, name in ((90, "active"), (180, "silent"), (365, "sleeping"))
            if since <= most
        ),
        "lost",
    )


def _rfm(oracle: Oracle, member: int) -> tuple[int, int, Decimal] | None:
    rows = oracle.purchases.get(member, [])
    if not rows:
        return None
    last = max(oracle.day(row["moment"]) for row in rows)
    return (oracle.today - last).days, len(rows), plus(row["paid_amount"] for row in rows)


def _rfm8(oracle: Oracle, member: int) -> str | None:
    found = _rfm(oracle, member)
    if found is None:
        return None
    r, f, m = found
    return "".join("h" if high else "l" for high in (r <= 180, f >= 2, m >= 300))


def _rfm125(oracle: Oracle, member: int) -> str | None:
    found = _rfm(oracle, member)
    if found is None:
        return None
    r, f, m = found
    scores = (
        5 - sum(r > cut for cut in (30, 90, 180, 365)),
        1 + sum(f >= cut for cut in (2, 3, 5, 10)),
        1 + sum(m >= cut for cut in (100, 300, 800, 2000)),
    )
    return "".join(map(str, scores))


def season_of(day: date) -> int:
    """4 × year + 0 spring … 3 winter; a season begins on the day of its solar term."""
    starts = [
        (solar_term(year, name), 4 * year + at)
        for year in (day.year - 1, day.year)
        for at, name in enumerate(("立春", "立夏", "立秋", "立冬"))
    ]
    return max(number for start, number in starts if start <= day)


def _season_group(oracle: Oracle, member: int) -> str | None:
    rows = oracle.purchases.get(member, [])
    if not rows:
        return None
    now = season_of(oracle.today)
    bought = {season_of(oracle.day(row["moment"])) for row in rows}
    bought = {season for season in bought if now - season < 16}
    if not bought or now - max(bought) >= 4:
        return "lost"
    if now - max(bought) == 3:
        return "fading"
    return "best" if len({season % 4 for season in bought}) == 4 else "general"


GRIDS: dict[str, Callable[[Oracle, int], str | None]] = {
    "lifecycle": _lifecycle,
    "rfm8": _rfm8,
    "rfm125": _rfm125,
    "season_group": _season_group,
}


# Attributes that are functions of the member's own row


def _own(name: str) -> Callable[[Oracle, int], Any]:
    return lambda oracle, member: _row(oracle, member)[name]


def _row(oracle: Oracle, member: int) -> Row:
    return next(row for row in oracle.rows("member") if row["member"] == member)


def _birthday(oracle: Oracle, member: int) -> tuple[int, int, bool] | None:
    row = _row(oracle, member)
    if row["birth_month"] is None or row["birth_day"] is None:
        return None
    return row["birth_month"], row["birth_day"], bool(row["birth_lunar"])


def _age(oracle: Oracle, member: int) -> int | None:
    born = _row(oracle, member)["birth_year"]
    return None if born is None else oracle.today.year - born


def _seen(oracle: Oracle, member: int) -> date | None:
    seen = _row(oracle, member)["first_seen_at"]
    return None if seen is None else oracle.day(seen)


RESTATED: dict[str, Callable[[Oracle, int], Any]] = {
    "gender": _own("gender"),
    "age": _age,
    "birthday": _birthday,
    "province": _own("province"),
    "city": _own("city"),
    "level": _own("level"),
    "city_tier": lambda oracle, member: as_text(_row(oracle, member)["city_tier"]),
    "first_seen": _seen,
    "has_phone": lambda oracle, member: bool(_row(oracle, member)["has_phone"]),
    "has_email": lambda oracle, member: bool(_row(oracle, member)["has_email"]),
    "has_wecom": lambda oracle, member: bool(_row(oracle, member)["has_wecom"]),
}
"""Attributes that are no measure of facts; those of the catalogue that are not here are not drawn."""


def known_attributes() -> list[str]:
    """The codes of the attributes that this evaluator can work out."""
    return [
        code
        for code, one in ATTRIBUTES.items()
        if isinstance(one.source, FactSubject | GridSubject) or code in RESTATED
    ]

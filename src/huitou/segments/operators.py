"""The operators: strict by type, one registry entry each.

Null semantics, written once and tested for every operator: a value that is not known satisfies
``unknown`` and nothing else. Neither "is not f" nor "is none of" nor "not between" holds for somebody
whose gender or amount we do not know. Counts and sums are always known (nothing happened: 0), and so
are sets (nothing was bought: the empty set, which "has none of" everything). Groups are two-valued:
``none`` takes away those for whom a condition holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import ibis

from huitou.kernel.i18n import Text
from huitou.segments.slots import constant

Arity = Literal["none", "one", "two", "many", "window"]
ValueType = Literal[
    "count",
    "number",
    "money",
    "share",
    "days",
    "date",
    "choice",
    "text",
    "flag",
    "set",
    "birthday",
]

NUMERIC: Final[tuple[ValueType, ...]] = ("count", "number", "money", "share", "days")
ALWAYS_KNOWN: Final[tuple[ValueType, ...]] = ("set",)
VALUE_TYPES: Final[dict[ValueType, Text]] = {
    "count": Text("次数", "whole number"),
    "number": Text("数值", "number"),
    "money": Text("金额", "amount of money"),
    "share": Text("占比（0–1）", "share (0 to 1)"),
    "days": Text("天数", "number of days"),
    "date": Text("日期", "date"),
    "choice": Text("选项", "choice"),
    "text": Text("文本", "text"),
    "flag": Text("是否", "yes or no"),
    "set": Text("多个值", "set of values"),
    "birthday": Text("生日", "birthday"),
}

Expression = Callable[[ibis.Value, Any], ibis.Value]
Plain = Callable[[Any, Any], bool]


@dataclass(frozen=True)
class Operator:
    """One operator.

    ``expression(value, operand)`` is the condition in the warehouse and ``plain(value, operand)`` the
    same over a Python value that is known; both see operands as ``values.parse`` made them: numbers as
    Decimal, dates as ``date``, ``many`` as a tuple, ``two`` as a pair, a window as (first, last) days,
    either of them None for an open side. ``phrase`` has the places {subject} and {value}.
    ``expression`` is None for sets, birthdays and the two of knowledge, which ``leaves`` builds itself.
    """

    code: str
    label: Text
    arity: Arity
    types: tuple[ValueType, ...]
    phrase: Text
    plain: Plain
    expression: Expression | None = None


def _in_days(value: ibis.Value, days: Any) -> ibis.Value:
    first, last = days
    sides = []
    if first is not None:
        sides.append(value >= constant(first))
    if last is not None:
        sides.append(value <= constant(last))
    return ibis.and_(*sides) if sides else value.notnull()


def _plain_in_days(value: Any, days: Any) -> bool:
    first, last = days
    return (first is None or value >= first) and (last is None or value <= last)


def _fold(text: Any) -> Any:
    return text.lower()


_ORDERED: Final = NUMERIC
_EVERY: Final[tuple[ValueType, ...]] = (*NUMERIC, "date", "choice", "text", "flag", "birthday")


OPERATORS: Final[dict[str, Operator]] = {
    one.code: one
    for one in (
        Operator(
            "eq",
            Text("等于", "equals"),
            "one",
            _ORDERED,
            Text("{subject}等于 {value}", "{subject} is {value}"),
            lambda value, operand: bool(value == operand),
            lambda value, operand: value == constant(operand, value),
        ),
        Operator(
            "ne",
            Text("不等于", "does not equal"),
            "one",
            _ORDERED,
            Text("{subject}不等于 {value}", "{subject} is not {value}"),
            lambda value, operand: bool(value != operand),
            lambda value, operand: value != constant(operand, value),
        ),
        Operator(
            "lt",
            Text("小于", "less than"),
            "one",
            _ORDERED,
            Text("{subject}小于 {value}", "{subject} is less than {value}"),
            lambda value, operand: bool(value < operand),
            lambda value, operand: value < constant(operand, value),
        ),
        Operator(
            "le",
            Text("不超过", "at most"),
            "one",
            _ORDERED,
            Text("{subject}不超过 {value}", "{subject} is at most {value}"),
            lambda value, operand: bool(value <= operand),
            lambda value, operand: value <= constant(operand, value),
        ),
        Operator(
            "gt",
            Text("大于", "more than"),
            "one",
            _ORDERED,
            Text("{subject}大于 {value}", "{subject} is more than {value}"),
            lambda value, operand: bool(value > operand),
            lambda value, operand: value > constant(operand, value),
        ),
        Operator(
            "ge",
            Text("至少", "at least"),
            "one",
            _ORDERED,
            Text("{subject}至少 {value}", "{subject} is at least {value}"),
            lambda value, operand: bool(value >= operand),
            lambda value, operand: value >= constant(operand, value),
        ),
        Operator(
            "between",
            Text("介于（含两端）", "between, both included"),
            "two",
            (*NUMERIC, "date"),
            Text("{subject}在 {value} 之间", "{subject} is between {value}"),
            lambda value, operand: bool(operand[0] <= value <= operand[1]),
            lambda value, operand: value.between(
                constant(operand[0], value), constant(operand[1], value)
            ),
        ),
        Operator(
            "not_between",
            Text("不在…之间", "not between"),
            "two",
            (*NUMERIC, "date"),
            Text("{subject}不在 {value} 之间", "{subject} is not between {value}"),
            lambda value, operand: not operand[0] <= value <= operand[1],
            lambda value, operand: (
                (value < constant(operand[0], value)) | (value > constant(operand[1], value))
            ),
        ),
        Operator(
            "on",
            Text("就在", "on"),
            "one",
            ("date",),
            Text("{subject}是 {value}", "{subject} is {value}"),
            lambda value, operand: bool(value == operand),
            lambda value, operand: value == constant(operand, value),
        ),
        Operator(
            "before",
            Text("早于", "before"),
            "one",
            ("date",),
            Text("{subject}早于 {value}", "{subject} is before {value}"),
            lambda value, operand: bool(value < operand),
            lambda value, operand: value < constant(operand, value),
        ),
        Operator(
            "after",
            Text("晚于", "after"),
            "one",
            ("date",),
            Text("{subject}晚于 {value}", "{subject} is after {value}"),
            lambda value, operand: bool(value > operand),
            lambda value, operand: value > constant(operand, value),
        ),
        Operator(
            "within",
            Text("在时段内", "within"),
            "window",
            ("date", "birthday"),
            Text("{subject}在{value}", "{subject} is {value}"),
            _plain_in_days,
            _in_days,
        ),
        Operator(
            "not_within",
            Text("不在时段内", "not within"),
            "window",
            ("date",),
            Text("{subject}不在{value}", "{subject} is not {value}"),
            lambda value, operand: not _plain_in_days(value, operand),
            lambda value, operand: ~_in_days(value, operand),
        ),
        Operator(
            "any_of",
            Text("是其中之一", "is any of"),
            "many",
            ("choice", "set"),
            Text("{subject}是{value}", "{subject} is {value}"),
            lambda value, operand: value in operand,
            lambda value, operand: value.isin(list(operand)),
        ),
        Operator(
            "none_of",
            Text("不是其中任何一个", "is none of"),
            "many",
            ("choice", "set"),
            Text("{subject}不是{value}", "{subject} is not {value}"),
            lambda value, operand: value not in operand,
            lambda value, operand: value.notin(list(operand)),
        ),
        Operator(
            "all_of",
            Text("全部都有", "has all of"),
            "many",
            ("set",),
            Text("{subject}同时有{value}", "{subject} has all of {value}"),
            lambda value, operand: set(operand) <= set(value),
        ),
        Operator(
            "equals",
            Text("等于", "equals"),
            "one",
            ("text",),
            Text("{subject}是{value}", "{subject} is {value}"),
            lambda value, operand: _fold(value) == _fold(operand),
            lambda value, operand: value.lower() == _fold(operand),
        ),
        Operator(
            "not_equals",
            Text("不等于", "does not equal"),
            "one",
            ("text",),
            Text("{subject}不是{value}", "{subject} is not {value}"),
            lambda value, operand: _fold(value) != _fold(operand),
            lambda value, operand: value.lower() != _fold(operand),
        ),
        Operator(
            "contains",
            Text("包含", "contains"),
            "one",
            ("text",),
            Text("{subject}含{value}", "{subject} contains {value}"),
            lambda value, operand: _fold(operand) in _fold(value),
            lambda value, operand: value.lower().contains(_fold(operand)),
        ),
        Operator(
            "not_contains",
            Text("不包含", "does not contain"),
            "one",
            ("text",),
            Text("{subject}不含{value}", "{subject} does not contain {value}"),
            lambda value, operand: _fold(operand) not in _fold(value),
            lambda value, operand: ~value.lower().contains(_fold(operand)),
        ),
        Operator(
            "starts_with",
            Text("开头是", "starts with"),
            "one",
            ("text",),
            Text("{subject}以{value}开头", "{subject} starts with {value}"),
            lambda value, operand: _fold(value).startswith(_fold(operand)),
            lambda value, operand: value.lower().startswith(_fold(operand)),
        ),
        Operator(
            "yes",
            Text("是", "yes"),
            "none",
            ("flag",),
            Text("{subject}", "{subject}"),
            lambda value, _operand: bool(value),
            lambda value, _operand: value,
        ),
        Operator(
            "no",
            Text("否", "no"),
            "none",
            ("flag",),
            Text("并非{subject}", "not: {subject}"),
            lambda value, _operand: not value,
            lambda value, _operand: ~value,
        ),
        Operator(
            "known",
            Text("已知", "is known"),
            "none",
            _EVERY,
            Text("{subject}已知", "{subject} is known"),
            lambda _value, _operand: True,
        ),
        Operator(
            "unknown",
            Text("未知", "is not known"),
            "none",
            _EVERY,
            Text("{subject}未知", "{subject} is not known"),
            lambda _value, _operand: False,
        ),
    )
}


def operators_of(kind: ValueType, *, always_known: bool = False) -> list[str]:
    """The operators of a type, in the order they are offered."""
    hidden = {"known", "unknown"} if always_known else set()
    return [code for code, one in OPERATORS.items() if kind in one.types and code not in hidden]


def holds(operator: Operator, kind: ValueType, value: Any, operand: Any) -> bool:
    """Whether a plain value satisfies an operator; None is a value that is not known."""
    if kind == "set":
        found = set(value or ())
        if operator.code == "any_of":
            return bool(found & set(operand))
        if operator.code == "none_of":
            return not found & set(operand)
        return operator.plain(found, operand)
    if value is None:
        return operator.code == "unknown"
    return operator.plain(value, operand)

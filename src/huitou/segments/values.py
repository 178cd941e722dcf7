"""What a rule compares with: plain JSON in, typed operands out, and back into words."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from huitou.kernel.i18n import Text
from huitou.segments.moments import Moment
from huitou.segments.operators import (
    NUMERIC,
    OPERATORS,
    VALUE_TYPES,
    Operator,
    ValueType,
    operators_of,
)
from huitou.segments.windows import Window, parse_window
from huitou.segments.wrong import Wrong

MOST_VALUES: Final = 1_000
MOST_TEXT: Final = 200
LARGEST: Final = Decimal(10) ** 12


def parse_operator(code: Any, kind: ValueType, path: str) -> Operator:
    """The operator, if values of this type have it. Raises ``Wrong``."""
    found = OPERATORS.get(code) if isinstance(code, str) else None
    if found is None or kind not in found.types:
        allowed = operators_of(kind)
        raise Wrong(
            f"{path}/operator",
            Text(
                f"{VALUE_TYPES[kind].zh}没有运算 {code}",
                f"A {VALUE_TYPES[kind].en} has no operator {code}",
            ),
            Text(f"可用：{'、'.join(allowed)}", f"Use one of: {', '.join(allowed)}"),
        )
    return found


def parse_operand(operator: Operator, kind: ValueType, raw: Any, path: str) -> Any:
    """The operand of an operator (see ``operators.Operator``; a window stays a ``Window``).

    Raises ``Wrong`` where it is missing, not of the type or out of range.
    """
    where = f"{path}/value"
    if operator.arity == "none":
        if raw not in (None, ""):
            raise Wrong(
                where,
                Text(f"运算 {operator.label.zh} 不带值", f"“{operator.label.en}” takes no value"),
                Text("去掉 value", "Leave value out"),
            )
        return None
    if operator.arity == "window":
        return _days_window(parse_window(raw, where), where)
    if operator.arity == "two":
        if not isinstance(raw, list | tuple) or len(raw) != 2:
            raise Wrong(
                where,
                Text("需要两个值：[小, 大]", "Two values are needed: [low, high]"),
                Text("补上缺的值", "Fill in what is missing"),
            )
        low, high = (parse_one(kind, one, f"{where}/{at}") for at, one in enumerate(raw))
        if low > high:
            raise Wrong(
                where,
                Text("第一个值比第二个大", "The first value is greater than the second"),
                Text("把两个值调换", "Swap them"),
            )
        return (low, high)
    if operator.arity == "many":
        if not isinstance(raw, list | tuple) or not raw or len(raw) > MOST_VALUES:
            raise Wrong(
                where,
                Text(f"需要 1 到 {MOST_VALUES} 个值", f"1 to {MOST_VALUES} values are needed"),
                Text("选择至少一个值", "Choose at least one value"),
            )
        return tuple(
            dict.fromkeys(parse_one("text", one, f"{where}/{at}") for at, one in enumerate(raw))
        )
    return parse_one(kind, raw, where)


def _days_window(window: Window, path: str) -> Window:
    """A window that dates can be compared with: whole days, of the calendar."""
    if window.is_exact or window.is_own:
        raise Wrong(
            path,
            Text("日期不能与这个时间段比较", "A date cannot be compared with this window"),
            Text("用天、周、月或起止日期", "Use days, weeks, months or two dates"),
        )
    return window


def parse_one(kind: ValueType, raw: Any, path: str) -> Any:
    """One value of a type: Decimal, date or text. Raises ``Wrong``."""
    if kind in NUMERIC:
        return _number(kind, raw, path)
    if kind == "date":
        try:
            return date.fromisoformat(raw)
        except (TypeError, ValueError):
            raise _wrong_value(
                raw, kind, path, Text("写成 2026-11-22", "Write it as 2026-11-22")
            ) from None
    if (
        not isinstance(raw, str | int)
        or isinstance(raw, bool)
        or not 0 < len(str(raw)) <= MOST_TEXT
    ):
        raise _wrong_value(
            raw, "text", path, Text(f"1 到 {MOST_TEXT} 个字", f"Use 1 to {MOST_TEXT} characters")
        )
    return str(raw)


def _number(kind: ValueType, raw: Any, path: str) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise _wrong_value(raw, kind, path, Text("填一个数", "Give a number"))
    try:
        found = Decimal(str(raw))
    except InvalidOperation:
        raise _wrong_value(raw, kind, path, Text("填一个数", "Give a number")) from None
    if not found.is_finite() or abs(found) > LARGEST:
        raise _wrong_value(raw, kind, path, Text("数太大", "It is too large"))
    if kind == "count" and (found < 0 or found != found.to_integral_value()):
        raise _wrong_value(
            raw, kind, path, Text("填不小于 0 的整数", "Give a whole number, 0 or more")
        )
    if kind == "share" and not 0 <= found <= 1:
        raise _wrong_value(raw, kind, path, Text("填 0 到 1 之间的数", "Give a number from 0 to 1"))
    if found.as_tuple().exponent < -6:  # type: ignore[operator]
        raise _wrong_value(raw, kind, path, Text("最多 6 位小数", "Use at most 6 decimals"))
    return found


def _wrong_value(raw: Any, kind: ValueType, path: str, remedy: Text) -> Wrong:
    name = VALUE_TYPES[kind]
    shown = "" if raw is None else repr(raw)[:60]
    if not shown:
        return Wrong(path, Text("缺少值", "A value is missing"), remedy)
    return Wrong(path, Text(f"{shown} 不是{name.zh}", f"{shown} is no {name.en}"), remedy)


def operand_json(operand: Any) -> Any:
    """An operand as the rule document holds it."""
    if isinstance(operand, Window):
        return operand.as_json()
    if isinstance(operand, tuple):
        return [operand_json(one) for one in operand]
    if isinstance(operand, Decimal):
        return int(operand) if operand == operand.to_integral_value() else float(operand)
    return operand.isoformat() if isinstance(operand, date) else operand


def resolved(operand: Any, moment: Moment) -> Any:
    """The operand with a window turned into its first and last day."""
    if not isinstance(operand, Window):
        return operand
    first, last = operand.days(moment)
    return first, last


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]

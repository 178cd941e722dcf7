"""The shape of a leaf: the leaf without its constants (see ``slots`` for why).

``free`` leaves the moment open too; ``fixed`` is for leaves whose expression needs to know it. Both give
the constants apart, as values to run the query with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from huitou.segments.catalogue import ATTRIBUTES
from huitou.segments.facts import Field
from huitou.segments.moments import Moment
from huitou.segments.nodes import (
    AttributeSubject,
    Compare,
    Condition,
    FactSubject,
    IntervalSubject,
    Rank,
    Sequence,
    Step,
    TagNode,
)
from huitou.segments.operators import OPERATORS
from huitou.segments.parsing import type_of
from huitou.segments.registry import FACTS
from huitou.segments.slots import CUT, DAY, TIMESTAMP, Between, Slot
from huitou.segments.values import resolved
from huitou.segments.windows import EVER, Window

Asked = Compare | Sequence | Rank | TagNode
MOST_SLOTS: Final = 24
"""Longer lists stay in the shape: every length would be a query of its own."""

NO_NUMBER: Final = -(2**63)


@dataclass(frozen=True)
class Compared:
    """A ``Compare`` as a builder may see it: what it has to know of the constants is told apart.

    ``occurs``: the condition says "at least once" (True) or "never" (False) of a count. ``holds_at_zero``:
    it holds for those who have none.
    """

    subject: Any
    operator: str
    operand: Any
    occurs: bool | None
    holds_at_zero: bool


Shape = Compared | Sequence | Rank | TagNode


@dataclass(frozen=True)
class Shaped:
    """A shape and the constants of its slots, by their labels."""

    shape: Shape
    values: dict[str, Any]


def free(leaf: Asked, moment: Moment) -> Shaped:
    """The shape for every moment."""
    return _Shaping(moment, free=True, slots=True).shaped(leaf)


def fixed(leaf: Asked, moment: Moment) -> Shaped:
    """The shape for this moment."""
    return _Shaping(moment, free=False, slots=True).shaped(leaf)


def plain(leaf: Asked, moment: Moment) -> Shape:
    """The leaf with its constants in place: for an engine that takes no parameters, and for tests."""
    return _Shaping(moment, free=False, slots=False).shaped(leaf).shape


class _Shaping:
    def __init__(self, moment: Moment, *, free: bool, slots: bool) -> None:
        self._moment = moment
        self._free = free
        self._slots = slots
        self._values: dict[str, Any] = {}
        if free:
            self._values |= {CUT.label: moment.cut, DAY.label: moment.day}

    def shaped(self, leaf: Asked) -> Shaped:
        shape: Shape
        if isinstance(leaf, Compare):
            shape = self._compared(leaf)
        elif isinstance(leaf, Sequence):
            shape = replace(
                leaf,
                first=self._step(leaf.first),
                then=self._step(leaf.then),
                window=self._window(leaf.window),
            )
        elif isinstance(leaf, Rank):
            shape = replace(leaf, by=self._subject(leaf.by))
        else:
            shape = replace(leaf, tags=self._each(leaf.tags))
        return Shaped(shape, self._values)

    def _compared(self, leaf: Compare) -> Compared:
        kind, _always = type_of(leaf.subject)
        operator = OPERATORS[leaf.operator]
        operand = resolved(leaf.operand, self._moment)
        holds_at_zero = (
            kind not in {"set", "birthday", "choice", "text", "date"}
            and operator.code not in {"known", "unknown"}
            and operator.plain(Decimal(0), operand)
        )
        return Compared(
            self._subject(leaf.subject),
            leaf.operator,
            operand if kind == "birthday" else self._operand(operand),
            _occurs(operator.code, operand),
            holds_at_zero,
        )

    def _subject(self, subject: Any) -> Any:
        if isinstance(subject, FactSubject):
            where = self._where(subject.fact, subject.where)
            return replace(subject, where=where, window=self._window(subject.window))
        if isinstance(subject, IntervalSubject):
            return replace(subject, where=self._where("trade", subject.where))
        if isinstance(subject, AttributeSubject):
            attribute = ATTRIBUTES[subject.attribute]
            window = subject.window or (None if attribute.total else attribute.window)
            if window is not None and window != EVER:
                return replace(subject, window=self._window(window))
        return subject

    def _step(self, step: Step) -> Step:
        return replace(step, where=self._where(step.fact, step.where))

    def _where(self, fact: str, conditions: Iterable[Condition]) -> tuple[Condition, ...]:
        return tuple(
            replace(
                one,
                value=self._operand(
                    compared_with(FACTS[fact].fields[one.field], one.value, self._moment)
                ),
            )
            for one in conditions
        )

    def _window(self, window: Window) -> Any:
        if not self._free or window.is_own or window.kind == "ever":
            return window
        first, end = window.instants(self._moment)
        return Between(None if first is None else self._slot(first), self._slot(end))

    def _operand(self, operand: Any) -> Any:
        if operand is None or not self._slots:
            return operand
        if isinstance(operand, tuple):
            return self._each(operand)
        return self._slot(operand)

    def _each(self, operands: tuple[Any, ...]) -> tuple[Any, ...]:
        if not self._slots or len(operands) > MOST_SLOTS:
            return operands
        return tuple(None if one is None else self._slot(one) for one in operands)

    def _slot(self, value: Any) -> Slot:
        place = len(self._values) if self._free else len(self._values) + 2
        if isinstance(value, Decimal):
            decimals = max(0, -int(value.normalize().as_tuple().exponent))
            slot = Slot(place, "number", decimals)
            value = value if decimals else int(value)
        elif isinstance(value, str):
            slot = Slot(place, "string")
        elif isinstance(value, int):
            slot = Slot(place, "int64")
        else:
            slot = Slot(place, "date" if type(value) is date else TIMESTAMP)
        self._values[slot.label] = value
        return slot


def compared_with(field: Field, operand: Any, moment: Moment) -> Any:
    """What a condition on a field really compares with: days of a window, numbers written as text."""
    operand = resolved(operand, moment)
    if field.number is None or not isinstance(operand, tuple):
        return operand
    return tuple(_number(one) if isinstance(one, str) else one for one in operand)


def _number(text: str) -> int:
    """The number that is written so; one that nothing has where no number is."""
    try:
        number = int(text)
    except ValueError:
        return NO_NUMBER
    return number if str(number) == text and abs(number) < -NO_NUMBER else NO_NUMBER


def _occurs(operator: str, operand: Any) -> bool | None:
    if (operator, operand) in _SOME:
        return True
    return False if (operator, operand) in _NONE else None


_SOME: Final = (("ge", Decimal(1)), ("gt", Decimal(0)), ("ne", Decimal(0)))
_NONE: Final = (("eq", Decimal(0)), ("lt", Decimal(1)), ("le", Decimal(0)))

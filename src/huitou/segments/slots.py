"""What stands in a leaf for its constants, so that leaves that differ in constants only are built once.

Building and compiling the expression of a leaf takes longer than running it (measured: 20–60 ms against
5–50 ms), and the next question nearly always differs in a number, a name, a window or the day only. So
``shapes`` takes the constants out of a leaf; what is left, with a ``Slot`` in each place, is what
``leaves`` builds from and what the compiled query is kept under. A builder sees nothing but slots: that
it cannot look at a constant is what makes the kept query right for every constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import ibis

from huitou.warehouse.parameters import parameter

TIMESTAMP: Final = "timestamp(6)"
EXACT: Final = "decimal(38, 6)"
"""Holds every number that a rule may name."""
_ROOM: Final = 13  # digits before the point of such a number


class NeedsMoment(Exception):
    """An expression cannot be built without knowing the moment, or more of a window than its ends."""


@dataclass(frozen=True)
class Slot:
    """The place of a constant. ``type``: of Ibis, or "number" with this many ``decimals``."""

    place: int
    type: str
    decimals: int = 0

    @property
    def label(self) -> str:
        return f"p{self.place}"

    def beside(self, value: ibis.Value | None = None) -> ibis.Value:
        """The constant as an expression, a number in the type that compares with ``value`` exactly."""
        if self.type != "number":
            return parameter(self.label, self.type)
        return parameter(self.label, EXACT if value is None else self._number(value.type()))

    def _number(self, kind: Any) -> Any:
        if kind.is_floating():
            return "float64"
        if kind.is_integer() and self.decimals == 0:
            return "int64"
        if kind.is_decimal() and kind.scale is not None and self.decimals <= kind.scale:
            # Of the value's own type, so that no row of it has to be cast.
            return kind if kind.precision - kind.scale >= _ROOM else EXACT
        return EXACT


CUT: Final = Slot(0, TIMESTAMP)
"""The moment itself."""
DAY: Final = Slot(1, "date")
"""The last brand day of which something is known."""


class AnyMoment:
    """Stands for the moment where an expression is built for every moment. Its zone is known."""

    def __init__(self, zone: str) -> None:
        self.zone = zone

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NeedsMoment(name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AnyMoment) and other.zone == self.zone

    def __hash__(self) -> int:
        return hash(self.zone)


@dataclass(frozen=True)
class Between:
    """Stands for a window whose ends are slots: [first, end)."""

    first: Slot | None
    end: Slot
    kind: str = "between"
    is_own: bool = False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NeedsMoment(name)


def constant(operand: Any, value: ibis.Value | None = None) -> ibis.Value:
    """An operand as an expression, in a type that compares with ``value`` exactly.

    Of itself a Decimal has no scale, and an engine cuts it to three decimals.
    """
    if isinstance(operand, ibis.Value):
        return operand
    if isinstance(operand, Slot):
        return operand.beside(value)
    if isinstance(operand, datetime):
        return ibis.literal(operand, TIMESTAMP)
    if isinstance(operand, Decimal):
        if value is not None and value.type().is_floating():
            return ibis.literal(float(operand), "float64")
        return ibis.literal(operand, EXACT)
    return ibis.literal(operand)

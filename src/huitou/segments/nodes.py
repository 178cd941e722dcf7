"""The rule tree: one frozen class per kind of node. ``parsing`` reads it, ``sentences`` says it.

A condition is a subject (a value every member has or lacks), an operator and an operand::

    profile, trades, events, interval, cell  →  Compare(subject, operator, operand)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from huitou.segments.windows import EVER, Window

VERSION: Final = 1
GroupKind = Literal["all", "any", "none"]


@dataclass(frozen=True)
class Condition:
    """``field operator value`` on one fact."""

    field: str
    operator: str
    value: Any = None


@dataclass(frozen=True)
class AttributeSubject:
    """A ready attribute of the catalogue; ``window`` instead of its own where it has one."""

    attribute: str
    window: Window | None = None


@dataclass(frozen=True)
class FactSubject:
    """A measure over a member's matching facts in a window."""

    fact: str
    measure: str
    basis: str = "paid"
    where: tuple[Condition, ...] = ()
    window: Window = EVER


@dataclass(frozen=True)
class IntervalSubject:
    """Days since the last matching purchase less the cycle in which such purchases repeat.

    ``own``: the member's mean interval between purchase days (two at least, else not known);
    ``everyone``: the median interval of all members. 0: due today; positive: overdue.
    """

    cycle: Literal["own", "everyone"]
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class GridSubject:
    """The cell of a grid that a member is in."""

    grid: str


Subject = AttributeSubject | FactSubject | IntervalSubject | GridSubject


@dataclass(frozen=True)
class Group:
    """all: every child holds · any: one does · none: none does."""

    kind: GroupKind
    children: tuple[Node, ...]


@dataclass(frozen=True)
class Compare:
    """The subject's value satisfies the operator."""

    subject: Subject
    operator: str
    operand: Any = None


@dataclass(frozen=True)
class Step:
    """A fact that matches."""

    fact: str
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Sequence:
    """``happens``: some first fact in the window has a ``then`` later than it and within n units of it.

    Not ``happens``: some first fact in the window has none, and the time for one is over. Days are brand
    days (n = 1: until the end of the next day), hours are exact.
    """

    first: Step
    then: Step
    n: int
    unit: Literal["day", "hour"]
    happens: bool = True
    window: Window = EVER


@dataclass(frozen=True)
class Rank:
    """The first or last n members, or per cent (rounded up), of those whose value is known.

    Equal values are taken in the order of member numbers, so that the size is exact.
    """

    direction: Literal["top", "bottom"]
    n: float
    unit: Literal["members", "percent"]
    by: AttributeSubject | FactSubject


@dataclass(frozen=True)
class TagNode:
    """Tags that are in force at the moment."""

    operator: Literal["any_of", "all_of", "none_of"]
    tags: tuple[int, ...]


@dataclass(frozen=True)
class Sample:
    """Members whose bucket under the salt lies in [start, end) per cent."""

    salt: str
    start: float
    end: float


@dataclass(frozen=True)
class Saved:
    """Members of a saved segment."""

    segment: int


@dataclass(frozen=True)
class Listed:
    """Exactly these members: what a cell of a report or a picked list holds."""

    members: tuple[int, ...]

    @cached_property
    def numbers(self) -> frozenset[int]:
        return frozenset(self.members)


Leaf = Compare | Sequence | Rank | TagNode | Sample | Saved | Listed
Node = Group | Leaf


def children(node: Node) -> tuple[Node, ...]:
    return node.children if isinstance(node, Group) else ()


def walk(node: Node, path: str = "/rule") -> list[tuple[str, Node]]:
    """Every node with its path, parents before children."""
    found = [(path, node)]
    for at, child in enumerate(children(node)):
        found += walk(child, f"{path}/children/{at}")
    return found

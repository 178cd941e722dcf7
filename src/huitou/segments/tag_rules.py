"""Pure decisions about tags: what a rule names, in which order rules are asked, who gets and loses what."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from huitou.kernel.clock import day_start, naive_utc
from huitou.segments.nodes import (
    Condition,
    FactSubject,
    Node,
    Rank,
    TagNode,
    walk,
)
from huitou.segments.nodes import Sequence as SequenceNode
from huitou.segments.sets import MemberSet

BY_HAND: Final = ("manual", "import")
AUTOMATIC: Final = ("rule", "live")
"""Sources of a tag: what people set or sent in, and what rules decide."""

MOST_DAYS: Final = 3_650
LONGEST_LABEL: Final = 40


# What a rule names


def named_tags(rule: Node) -> frozenset[int]:
    """The tags that a rule names, in tag conditions and in conditions on changes of tags."""
    found: set[int] = set()
    for _path, node in walk(rule):
        if isinstance(node, TagNode):
            found.update(node.tags)
        for condition in _tag_conditions(node):
            values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
            found.update(int(one) for one in values if str(one).isdecimal())
    return frozenset(found)


def tags_named_in(document: Any) -> Iterator[int]:
    """The tags that a rule document names, even one that cannot be asked any more."""
    if isinstance(document, dict):
        named: Any = ()
        if document.get("kind") == "tag":
            named = document.get("tags")
        elif document.get("field") == "tag":
            named = document.get("value")
        for one in named if isinstance(named, list) else (named,):
            if str(one).isdecimal():
                yield int(one)
        for inner in document.values():
            yield from tags_named_in(inner)
    elif isinstance(document, list):
        for inner in document:
            yield from tags_named_in(inner)


def _tag_conditions(node: Node) -> Iterator[Condition]:
    facts: list[tuple[str, tuple[Condition, ...]]] = []
    if isinstance(node, SequenceNode):
        facts = [(step.fact, step.where) for step in (node.first, node.then)]
    subject = node.by if isinstance(node, Rank) else getattr(node, "subject", None)
    if isinstance(subject, FactSubject):
        facts.append((subject.fact, subject.where))
    for fact, where in facts:
        if fact == "tag":
            yield from (one for one in where if one.field == "tag")


def circle(start: int, names: Callable[[int], Iterable[int]]) -> list[int]:
    """A way from a tag back to itself through the tags that rules name; empty where there is none."""
    seen: set[int] = set()

    def follow(at: int, way: list[int]) -> list[int]:
        for following in sorted(names(at)):
            if following == start:
                return [*way, start]
            if following not in seen:
                seen.add(following)
                found = follow(following, [*way, following])
                if found:
                    return found
        return []

    return follow(start, [start])


def in_order(units: Mapping[int, frozenset[int]]) -> list[int]:
    """Units (by a key) with those that they rest on before them; what rests on itself comes as it is."""
    done: dict[int, None] = {}
    open_: set[int] = set()

    def visit(unit: int) -> None:
        if unit in done or unit in open_:
            return
        open_.add(unit)
        for below in sorted(units[unit] & units.keys()):
            visit(below)
        open_.discard(unit)
        done[unit] = None

    for unit in sorted(units):
        visit(unit)
    return list(done)


# Who gets and loses a tag by rule


def first_wins(
    fits: Sequence[tuple[int, MemberSet]], taken: Mapping[int, MemberSet]
) -> dict[int, MemberSet]:
    """Of an exclusive group, who gets which tag: the first that fits, unless a person chose another.

    ``fits``: (tag, members that its rule holds for), in the group's order. ``taken``: per tag of the
    group the members who have it by hand.
    """
    found: dict[int, MemberSet] = {}
    gone = MemberSet.empty()
    for tag, members in fits:
        others = MemberSet.empty()
        for other, holders in taken.items():
            if other != tag:
                others = others | holders
        found[tag] = members - gone - others
        gone = gone | members
    return found


@dataclass(frozen=True)
class Transition:
    """What a rule's tag has to change: who gets it, who loses it, whose last days begin or are called off."""

    enter: MemberSet
    leave: MemberSet
    close: MemberSet
    reopen: MemberSet

    @property
    def is_nothing(self) -> bool:
        return not (self.enter or self.leave or self.close or self.reopen)


def transition(
    fits: MemberSet,
    open_: MemberSet,
    closing: MemberSet,
    days: int | None,
    claimed: MemberSet | None = None,
) -> Transition:
    """From who fits, and who has the tag by its rule for as long as they fit, or for some days still.

    Who no longer fits loses the tag at once, or ``days`` days after; at once too where another tag of an
    exclusive group ``claimed`` them. One member may have it both ways after a merge.
    """
    held = open_ | closing
    gone = held - fits
    leave = gone if days is None else gone & (claimed or MemberSet.empty())
    return Transition(
        enter=fits - held,
        leave=leave,
        close=open_ - fits - leave,
        reopen=closing & fits,
    )


# Times


def begins(day: date | None, today: date, zone: str) -> datetime | None:
    """The naive UTC instant from which a tag holds; None: from now on."""
    return None if day is None or day <= today else naive_utc(day_start(day, zone))


def ends(last: date | None, zone: str) -> datetime | None:
    """The naive UTC instant at which a tag ends that holds up to the end of a day; None: never."""
    return None if last is None else naive_utc(day_start(last + timedelta(days=1), zone))


# Tags in lists

_SEPARATORS: Final = re.compile(r"[,，、;；|｜\n\r\t]+")


def labels_in(cell: str) -> list[str]:
    """The tags that a cell of a list names, each once, in order; too long ones are cut."""
    parts = (" ".join(part.split())[:LONGEST_LABEL] for part in _SEPARATORS.split(cell))
    return list(dict.fromkeys(part for part in parts if part and part not in {"-", "—", "–", "无"}))

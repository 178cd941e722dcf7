"""Keeping rule tags true in both directions: who fits gets the tag, who no longer does loses it.

``refresh`` asks the rules of everybody, or only of the members that a commit touched. Tags of an
exclusive group are decided together (``tag_rules.first_wins``); tags come after the tags their rules
name. What is found is compared with what the tables say, and only differences are written.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from huitou.accounts import shops
from huitou.kernel.clock import local_day
from huitou.kernel.errors import HuitouError
from huitou.kernel.i18n import Text
from huitou.kernel.jobs import Progress, error_pair
from huitou.segments import asking, cuts, saved, tag_ledger
from huitou.segments.evaluator import Question, evaluate
from huitou.segments.leaves import is_global
from huitou.segments.moments import Moment
from huitou.segments.nodes import Group, Node, walk
from huitou.segments.parsing import parse
from huitou.segments.restricted import evaluate_in, excerpt
from huitou.segments.sets import MemberSet
from huitou.segments.tag_builtin import rule_document
from huitou.segments.tag_ledger import Ledger, Told
from huitou.segments.tag_models import LIVE, MANUAL, Tag
from huitou.segments.tag_rules import (
    AUTOMATIC,
    BY_HAND,
    Transition,
    ends,
    first_wins,
    in_order,
    named_tags,
    transition,
)
from huitou.warehouse.store import Warehouse, Writer, table

if TYPE_CHECKING:
    from huitou.segments.restricted import Excerpt

log = logging.getLogger("huitou.segments")

FULL_FROM: Final = 0.2
"""From this share of members on, asking all of them is no dearer than an excerpt."""

Numbers = npt.NDArray[np.int64]


@dataclass
class Done:
    """What a refresh did. ``failed``: tags whose rule could not be asked."""

    tags: int = 0
    entered: int = 0
    left: int = 0
    failed: list[int] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "tags": self.tags,
            "entered": self.entered,
            "left": self.left,
            "failed": [str(one) for one in self.failed],
        }


@dataclass(frozen=True)
class Unit:
    """Tags that are decided together, in the group's order; ``rivals``: all tags of an exclusive group."""

    tags: tuple[tuple[Tag, Node], ...]
    rivals: tuple[int, ...]
    rests_on: frozenset[int]  # tags that the rules name, themselves or through segments

    @property
    def is_live(self) -> bool:
        return any(tag.kind == LIVE for tag, _rule in self.tags)

    @property
    def needs_everybody(self) -> bool:
        """Whether a touched member can change another's answer."""
        return any(
            not isinstance(node, Group) and is_global(node)
            for _tag, rule in self.tags
            for _path, node in walk(rule)
        )


def pass_time(warehouse: Warehouse, now: datetime) -> Told:
    """Let tags begin and end that were set for a time."""
    if not tag_ledger.is_due(warehouse, now):
        return Told()
    with warehouse.writing() as writer:
        return Ledger(writer, now).told


def sweep(warehouse: Warehouse, now: datetime) -> Told:
    """Take off what rules gave that are switched off or gone, and everything of deleted tags."""
    known = set(Tag.objects.values_list("pk", flat=True))
    working = {tag.pk for tag in at_work()}
    held = table("member_tag")
    found = warehouse.rows(held.select("tag", "source").distinct())
    deleted = {row["tag"] for row in found} - known
    idle = {row["tag"] for row in found if row["source"] in AUTOMATIC} - working - deleted
    if not (deleted or idle):
        return Told()
    with warehouse.writing() as writer:
        ledger = Ledger(writer, now)
        ledger.drop(idle, AUTOMATIC, by=None)
        ledger.drop(deleted, (*AUTOMATIC, *BY_HAND), by=None)
        return ledger.told


def refresh(
    warehouse: Warehouse,
    *,
    now: datetime,
    tags: Collection[int] | None = None,
    touched: Numbers | None = None,
    progress: Progress | None = None,
) -> Done:
    """Decide the tags by rule: all that are at work, or these with the rest of their exclusive groups.

    ``touched``: of these members only; a rule that ranks members is asked of everybody all the same.
    """
    pass_time(warehouse, now)
    done = Done()
    work = units(done)
    if tags is not None:
        wanted = set(tags)
        work = [unit for unit in work if wanted & {tag.pk for tag, _rule in unit.tags}]
    if touched is not None:
        everyone = int(warehouse.scalar(table("member").count()))
        work.sort(key=lambda unit: not unit.is_live)
        if len(touched) > FULL_FROM * everyone:
            touched = None
    with ExitStack() as stack:
        small: Excerpt | None = None
        if touched is not None and any(not unit.needs_everybody for unit in work):
            small = stack.enter_context(excerpt(warehouse, touched.tolist()))
        for at, unit in enumerate(work):
            if progress is not None:
                progress.step(at, len(work), Text("按规则打标签", "Tagging by rules"))
            partial = small is not None and not unit.needs_everybody
            among = MemberSet.of(touched) if touched is not None and partial else None
            _decide(_Asked(warehouse, small if partial else None, among, now), unit, done)
    return done


def units(done: Done | None = None) -> list[Unit]:
    """The rule tags at work, in the order in which they are asked. Broken ones are marked and left out."""
    parsed: list[tuple[Tag, Node, frozenset[int]]] = []
    for tag in at_work():
        try:
            rule = parse(rule_document(tag))
            behind = named_tags(rule)
            for segment in saved.check(rule).values():
                behind |= named_tags(segment.rule) if segment.rule is not None else frozenset()
        except HuitouError as error:
            Tag.objects.filter(pk=tag.pk).update(error=error_pair(error))
            if done is not None:
                done.failed.append(tag.pk)
            continue
        parsed.append((tag, rule, behind))
    groups: dict[int, list[tuple[Tag, Node, frozenset[int]]]] = {}
    for one in parsed:
        tag = one[0]
        groups.setdefault(-tag.group_id if tag.group.exclusive else tag.pk, []).append(one)
    unit_of = {tag.pk: key for key, members in groups.items() for tag, _rule, _behind in members}
    made = {
        key: Unit(
            tuple((tag, rule) for tag, rule, _behind in members),
            _rivals(members[0][0]),
            frozenset().union(*(behind for _tag, _rule, behind in members)),
        )
        for key, members in groups.items()
    }
    order = in_order(
        {
            key: frozenset(unit_of[tag] for tag in unit.rests_on if tag in unit_of) - {key}
            for key, unit in made.items()
        }
    )
    return [made[key] for key in order]


def at_work() -> Iterable[Tag]:
    """Tags whose rule is switched on, in the order of their groups."""
    return (
        Tag.objects.select_related("group")
        .filter(enabled=True, archived_at=None, group__archived_at=None)
        .exclude(kind=MANUAL)
        .order_by("group__position", "group_id", "position", "pk")
    )


def behind(now: datetime) -> list[int]:
    """Tags that were not asked in full today, or never."""
    zone = shops.zone()
    today = local_day(now, zone)
    return [
        tag.pk
        for tag in at_work()
        if tag.error is None
        and (tag.refreshed_at is None or local_day(tag.refreshed_at, zone) != today)
    ]


def restless(now: datetime, *, every: timedelta) -> list[int]:
    """Tags whose rule changes within a day though nothing happens, not asked for some time."""
    found = []
    for tag in at_work():
        if tag.refreshed_at is None or tag.refreshed_at > now - every:
            continue
        try:
            if asking.is_restless(parse(rule_document(tag))):
                found.append(tag.pk)
        except HuitouError:
            continue
    return found


def _rivals(tag: Tag) -> tuple[int, ...]:
    if not tag.group.exclusive:
        return ()
    return tuple(Tag.objects.filter(group=tag.group).order_by("pk").values_list("pk", flat=True))


@dataclass(frozen=True)
class _Asked:
    """How rules are asked: of everybody, or of the members ``among`` in the excerpt ``small``."""

    warehouse: Warehouse
    small: Excerpt | None
    among: MemberSet | None
    now: datetime

    def fits(self, rule: Node) -> MemberSet:
        # To the instant where the rule names hours: what just happened counts at once.
        zone = shops.zone()
        moment = (
            Moment(self.now + timedelta(microseconds=1), zone)
            if asking.is_restless(rule)
            else Moment.today(self.now, zone)
        )
        question: Question = saved.Shelf(self.warehouse, moment, grids=cuts.current()).question()
        if self.small is None:
            return evaluate(self.warehouse, rule, question).members
        return evaluate_in(self.small, self.warehouse, rule, question).members

    def cut(self, members: MemberSet) -> MemberSet:
        return members if self.among is None else members & self.among


def _decide(asked: _Asked, unit: Unit, done: Done) -> None:
    try:
        moves = _moves(asked, unit, asked.warehouse)
        told = {tag.pk: Told() for tag, _rule in unit.tags}
        if not all(one.is_nothing for one in moves.values()):
            told |= _write(asked, unit)
    except HuitouError as error:
        numbers = [tag.pk for tag, _rule in unit.tags]
        Tag.objects.filter(pk__in=numbers).update(error=error_pair(error))
        done.failed += numbers
        return
    for tag, _rule in unit.tags:
        done.tags += 1
        done.entered += told[tag.pk].entered
        done.left += told[tag.pk].left
        if asked.among is None:
            Tag.objects.filter(pk=tag.pk).update(
                refreshed_at=asked.now,
                entered=told[tag.pk].entered,
                left=told[tag.pk].left,
                error=None,
            )


def _write(asked: _Asked, unit: Unit) -> dict[int, Told]:
    told = {}
    with asked.warehouse.writing() as writer:
        ledger = Ledger(writer, asked.now)
        # Asked again now that nobody else can write; sets that still hold come out of the cache.
        moves = _moves(asked, unit, writer)
        for tag, _rule in unit.tags:
            if not moves[tag.pk].is_nothing:
                told[tag.pk] = ledger.settle(
                    tag.pk,
                    moves[tag.pk],
                    source=tag.kind,
                    ends=_last_day(tag, asked.now),
                )
    return told


def _last_day(tag: Tag, now: datetime) -> datetime | None:
    if tag.days is None:
        return None
    zone = shops.zone()
    return ends(local_day(now, zone) + timedelta(days=tag.days), zone)


def _moves(asked: _Asked, unit: Unit, reader: Warehouse | Writer) -> Mapping[int, Transition]:
    numbers = [tag.pk for tag, _rule in unit.tags]
    held = tag_ledger.holders(reader, {*numbers, *unit.rivals})
    fits: list[tuple[int, MemberSet]] = [(tag.pk, asked.fits(rule)) for tag, rule in unit.tags]
    if unit.rivals:
        fits = list(first_wins(fits, {one: held[one]["hand"] for one in unit.rivals}).items())
    claims = {
        number: held[number]["hand"] | dict(fits).get(number, MemberSet.empty())
        for number in unit.rivals
    }
    found = {}
    for (tag, _rule), (number, members) in zip(unit.tags, fits, strict=True):
        ways = held[number]
        claimed = MemberSet.empty()
        for other, theirs in claims.items():
            if other != number:
                claimed = claimed | theirs
        found[number] = transition(
            asked.cut(members),
            asked.cut(ways["open"]),
            asked.cut(ways["closing"]),
            tag.days,
            asked.cut(claimed),
        )
    return found

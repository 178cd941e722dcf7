"""Keeping dynamic segments true, and telling who entered and who left.

In full when the brand's day changes, when a rule changed, or on demand; else only for the members that a
commit touched: all segments are asked of one excerpt of the warehouse that holds those members alone.
Segments come after the segments they name.

A change is made in three steps, so that a crash between them neither loses nor doubles an entry:

1. intent: the new sets, in the app database (``Refresh``, ``PendingSet``);
2. the feed rows, in one warehouse transaction that also writes the refresh's number as proof;
3. the sets are put in place and the intent goes, in one transaction of the app database.

``settle`` finishes what is left of a crash: from step 2 where the proof is missing, else from step 3.
The first set of a segment is where it begins: nobody entered.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import transaction

from huitou.accounts import shops
from huitou.kernel.clock import naive_utc
from huitou.kernel.errors import HuitouError
from huitou.kernel.i18n import Text
from huitou.kernel.jobs import Progress, error_pair
from huitou.segments import asking, cuts, saved
from huitou.segments.evaluator import evaluate
from huitou.segments.leaves import is_global
from huitou.segments.models import (
    DYNAMIC,
    FAILED,
    FRESH,
    PendingSet,
    Refresh,
    Segment,
    SegmentHistory,
    SegmentSet,
    SegmentState,
)
from huitou.segments.moments import Moment
from huitou.segments.nodes import Group, Node, walk
from huitou.segments.restricted import evaluate_in, excerpt
from huitou.segments.sets import MemberSet
from huitou.warehouse import feed
from huitou.warehouse.store import Warehouse, table

log = logging.getLogger("huitou.segments")

FULL_FROM: Final = 0.2
"""From this share of members on, asking all of them is no dearer than an excerpt."""
PROOF: Final = "segment_refresh"
Numbers = npt.NDArray[np.int64]

lock = threading.RLock()
"""Held while sets are worked out and put in place: one refresh at a time."""


def between_steps(_step: str) -> None:
    """The crash test puts its own here: called with the name of the step that has just been done."""


@dataclass
class Done:
    """What a refresh did."""

    segments: int = 0
    changed: int = 0
    entered: int = 0
    left: int = 0
    failed: list[int] = field(default_factory=list)
    in_full: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "segments": self.segments,
            "changed": self.changed,
            "entered": self.entered,
            "left": self.left,
            "failed": [str(one) for one in self.failed],
            "in_full": self.in_full,
        }


@dataclass(frozen=True)
class _Candidate:
    """A segment to refresh, with its rule and the set it had."""

    segment: int
    revision: int
    rule: Node
    rests_on: frozenset[int]
    before: MemberSet | None
    is_current: bool

    @property
    def is_global(self) -> bool:
        return any(
            is_global(node) for _path, node in walk(self.rule) if not isinstance(node, Group)
        )


def refresh(
    warehouse: Warehouse,
    *,
    now: datetime,
    segments: Iterable[int] | None = None,
    touched: Numbers | None = None,
    progress: Progress | None = None,
) -> Done:
    """Bring dynamic segments up to date: all, or these.

    ``touched``: only these members can have changed since the segments were last refreshed; segments
    that were not refreshed today, or depend on everybody, are asked in full all the same.
    """
    with lock:
        settle(warehouse)
        day = Moment.today(now, shops.zone()).day
        done = Done()
        wanted = None if segments is None else set(segments)
        with warehouse.snapshot():
            work = _Work(warehouse, now, touched, progress)
            found = work.run(_candidates(warehouse, wanted, day, done))
        done.in_full = work.in_full
        done.failed += work.failed
        _put_in_place(warehouse, found, day, now, done)
        return done


def first_set(segment: Segment, members: MemberSet, *, day: date, now: datetime) -> None:
    """Store the set that a new segment begins with; inside the transaction that makes the segment."""
    SegmentSet.objects.create(segment=segment, members=members.dumps())
    SegmentState.objects.create(
        segment=segment,
        state=FRESH,
        size=len(members),
        day=day,
        refreshed_at=now,
        revision=segment.revision,
    )
    SegmentHistory.objects.create(segment=segment, day=day, size=len(members))


def settle(warehouse: Warehouse) -> int:
    """Finish refreshes that a stopped process left between its steps. Returns how many."""
    left = list(Refresh.objects.order_by("pk"))
    for one in left:
        _tell(warehouse, one)
        _finish(warehouse, one, Done())
    return len(left)


def _candidates(
    warehouse: Warehouse, wanted: set[int] | None, day: date, done: Done
) -> list[_Candidate]:
    """The segments to refresh, those that others name first. Broken ones are marked as failed."""
    rows = Segment.objects.select_related("state").filter(kind=DYNAMIC, archived_at=None)
    if wanted is not None:
        rows = rows.filter(pk__in=wanted)
    sets = dict(SegmentSet.objects.filter(segment__in=rows).values_list("segment_id", "members"))
    found: dict[int, _Candidate] = {}
    for row in rows.order_by("pk"):
        try:
            held = saved.of_row(row)
            assert held.rule is not None
            rests_on = saved.check(held.rule, of=row.pk)
        except HuitouError as error:
            done.failed.append(row.pk)
            _fail(row.pk, error)
            continue
        before = sets.get(row.pk)
        state = getattr(row, "state", None)
        found[row.pk] = _Candidate(
            row.pk,
            row.revision,
            held.rule,
            frozenset(rests_on),
            None if before is None else saved.moved(warehouse, MemberSet.loads(bytes(before))),
            state is not None
            and before is not None
            and (state.state, state.day, state.revision) == (FRESH, day, row.revision),
        )
    return sorted(found.values(), key=lambda one: (len(one.rests_on & found.keys()), one.segment))


class _Work:
    """One pass over some segments, all asked of one state of the warehouse."""

    def __init__(
        self,
        warehouse: Warehouse,
        now: datetime,
        touched: Numbers | None,
        progress: Progress | None,
    ) -> None:
        self._warehouse = warehouse
        self._now = now
        self._progress = progress
        self._touched = touched if touched is None else np.unique(touched)
        self._touched_set = None if touched is None else MemberSet.of(touched)
        self._shelves: dict[Moment, saved.Shelf] = {}
        self._known: dict[int, MemberSet] = {}
        self._beyond: set[int] = set()  # changed for members that were not touched
        self._grids = cuts.current()
        self.in_full = 0
        self.failed: list[int] = []

    def run(self, candidates: Sequence[_Candidate]) -> list[tuple[_Candidate, MemberSet]]:
        found = []
        with ExitStack() as stack:
            small = self._excerpt(stack, candidates)
            for at, one in enumerate(candidates):
                if self._progress is not None:
                    self._progress.step(at, len(candidates), Text("刷新人群", "Refreshing"))
                try:
                    members = self._ask(one, small)
                except HuitouError as error:
                    self._failed(one.segment, error)
                    continue
                except Exception:
                    log.exception("segment %s could not be refreshed", one.segment)
                    self._failed(one.segment, _unexpected())
                    continue
                self._known[one.segment] = members
                for shelf in self._shelves.values():
                    shelf.put(one.segment, members)
                found.append((one, members))
        return found

    def _excerpt(self, stack: ExitStack, candidates: Sequence[_Candidate]) -> Warehouse | None:
        if self._touched is None or not any(self._may_be_partial(one) for one in candidates):
            return None
        everyone = int(self._warehouse.scalar(table("member").count()))
        if len(self._touched) > FULL_FROM * everyone:
            self._touched = self._touched_set = None
            return None
        return stack.enter_context(excerpt(self._warehouse, self._touched.tolist()))

    def _may_be_partial(self, one: _Candidate) -> bool:
        return (
            one.is_current
            and not one.is_global
            and not one.rests_on & self._beyond
            and not asking.is_restless(one.rule)
        )

    def _ask(self, one: _Candidate, small: Warehouse | None) -> MemberSet:
        question = self._shelf(asking.moment_of(one.rule, now=self._now)).question()
        if small is None or not self._may_be_partial(one):
            self.in_full += 1
            members = evaluate(self._warehouse, one.rule, question).members
        else:
            assert one.before is not None
            assert self._touched_set is not None
            asked = evaluate_in(small, self._warehouse, one.rule, question).members
            members = (one.before - self._touched_set) | asked
        if (
            one.before is None
            or self._touched_set is None
            or (members ^ one.before) - self._touched_set
        ):
            self._beyond.add(one.segment)
        return members

    def _shelf(self, moment: Moment) -> saved.Shelf:
        if moment not in self._shelves:
            made = saved.Shelf(self._warehouse, moment, grids=self._grids)
            for segment, members in self._known.items():
                made.put(segment, members)
            self._shelves[moment] = made
        return self._shelves[moment]

    def _failed(self, segment: int, error: HuitouError) -> None:
        self.failed.append(segment)
        _fail(segment, error)


def _put_in_place(
    warehouse: Warehouse,
    found: Sequence[tuple[_Candidate, MemberSet]],
    day: date,
    now: datetime,
    done: Done,
) -> None:
    """The three steps, for the segments that changed; the others are only marked as fresh."""
    changed = [(one, members) for one, members in found if one.before != members]
    same = [one for one, members in found if one.before == members]
    done.segments = len(found)
    _mark_fresh(same, day, now)
    if not changed:
        return
    with transaction.atomic():
        intent = Refresh.objects.create(at=now, day=day)
        PendingSet.objects.bulk_create(
            PendingSet(
                refresh=intent,
                segment_id=one.segment,
                members=members.dumps(),
                revision=one.revision,
            )
            for one, members in changed
        )
    between_steps("intent")
    _tell(warehouse, intent)
    between_steps("told")
    _finish(warehouse, intent, done)


def _tell(warehouse: Warehouse, intent: Refresh) -> None:
    """Step 2, unless the proof is there: feed rows of everybody who entered or left."""
    meta = table("meta")
    held = warehouse.rows(meta.filter(meta.name == PROOF))
    if held and held[0]["value"] >= intent.pk:
        return
    told = [
        _feed_rows(pending.segment_id, change, numbers.numbers())
        for pending, before, members in _pending(warehouse, intent)
        if before is not None
        for change, numbers in (("entered", members - before), ("left", before - members))
        if numbers
    ]
    if not told:
        return
    with warehouse.writing() as writer:
        changes = writer.temp("segment_change", pa.concat_tables(told))
        feed.append(writer, changes, batch=None, now=naive_utc(intent.at))
        writer.replace(
            "meta",
            ["name"],
            pa.table({"name": [PROOF], "value": pa.array([intent.pk], pa.int64())}),
        )


def _feed_rows(segment: int, change: str, members: Numbers) -> pa.Table:
    count = len(members)
    return pa.table(
        {
            "kind": pa.array(["segment"] * count, pa.string()),
            "change": pa.array([change] * count, pa.string()),
            "member": pa.array(members, pa.int64()),
            "subject": pa.array(np.full(count, segment), pa.int64()),
            "before": pa.nulls(count, pa.string()),
            "after": pa.nulls(count, pa.string()),
            "occurred_at": pa.nulls(count, pa.timestamp("us")),
        }
    )


def _pending(
    warehouse: Warehouse, intent: Refresh
) -> list[tuple[PendingSet, MemberSet | None, MemberSet]]:
    """(pending, the set before — None for a first one —, the new set) of segments that still exist."""
    pending = list(intent.sets.order_by("segment_id"))
    before = dict(
        SegmentSet.objects.filter(segment__in=[one.segment_id for one in pending]).values_list(
            "segment_id", "members"
        )
    )
    return [
        (
            one,
            saved.moved(warehouse, MemberSet.loads(bytes(before[one.segment_id])))
            if one.segment_id in before
            else None,
            MemberSet.loads(bytes(one.members)),
        )
        for one in pending
    ]


@transaction.atomic
def _finish(warehouse: Warehouse, intent: Refresh, done: Done) -> None:
    """Step 3: the new sets in place, figures and history with them, and the intent gone."""
    pending = _pending(warehouse, intent)
    known = SegmentHistory.objects.filter(
        segment__in=[one.segment_id for one, _before, _members in pending], day=intent.day
    )
    days = {one.segment_id: one for one in known}
    states = []
    for one, before, members in pending:
        entered = len(members - before) if before is not None else 0
        left = len(before - members) if before is not None else 0
        done.changed += 1
        done.entered += entered
        done.left += left
        segment = one.segment_id
        day = days.setdefault(segment, SegmentHistory(segment_id=segment, day=intent.day, size=0))
        day.size = len(members)
        day.entered += entered
        day.left += left
        states.append(
            SegmentState(
                segment_id=segment,
                state=FRESH,
                error=None,
                size=day.size,
                entered=day.entered,
                left=day.left,
                day=intent.day,
                refreshed_at=intent.at,
                revision=one.revision,
            )
        )
    SegmentSet.objects.bulk_create(
        [SegmentSet(segment_id=one.segment_id, members=one.members) for one, *_ in pending],
        update_conflicts=True,
        unique_fields=["segment"],
        update_fields=["members"],
        batch_size=_AT_ONCE,
    )
    _write_states(states)
    for day in days.values():
        day.pk = None  # told apart by segment and day
    SegmentHistory.objects.bulk_create(
        days.values(),
        update_conflicts=True,
        unique_fields=["segment", "day"],
        update_fields=["size", "entered", "left"],
        batch_size=_AT_ONCE,
    )
    intent.delete()


_STATE: Final = ["state", "error", "size", "entered", "left", "day", "refreshed_at", "revision"]
_AT_ONCE: Final = 200


def _write_states(states: list[SegmentState]) -> None:
    """Put states in the place of those of the same segments."""
    SegmentState.objects.bulk_create(
        states,
        update_conflicts=True,
        unique_fields=["segment"],
        update_fields=_STATE,
        batch_size=_AT_ONCE,
    )


def _mark_fresh(candidates: Sequence[_Candidate], day: date, now: datetime) -> None:
    """Write down that segments were asked and have not changed."""
    known = [one.segment for one in candidates if one.is_current]
    others = [one for one in candidates if not one.is_current]
    with transaction.atomic():
        SegmentState.objects.filter(segment__in=known).update(refreshed_at=now)
        if not others:
            return
        held = SegmentHistory.objects.filter(segment__in=[one.segment for one in others], day=day)
        days = {one.segment_id: one for one in held}
        missing, states = [], []
        for one in others:
            size = len(one.before or MemberSet.empty())
            if one.segment not in days:
                days[one.segment] = SegmentHistory(segment_id=one.segment, day=day, size=size)
                missing.append(days[one.segment])
            states.append(
                SegmentState(
                    segment_id=one.segment,
                    state=FRESH,
                    error=None,
                    size=size,
                    entered=days[one.segment].entered,
                    left=days[one.segment].left,
                    day=day,
                    refreshed_at=now,
                    revision=one.revision,
                )
            )
        SegmentHistory.objects.bulk_create(missing)
        _write_states(states)


def _fail(segment: int, error: HuitouError) -> None:
    SegmentState.objects.update_or_create(
        segment_id=segment, defaults={"state": FAILED, "error": error_pair(error)}
    )


def _unexpected() -> HuitouError:
    return HuitouError(
        Text("刷新时程序内部出错", "Something went wrong inside the program"),
        remedy=Text(
            "稍后再刷新；仍失败时查看服务器日志", "Refresh again; else read the server's log"
        ),
        code="internal",
    )

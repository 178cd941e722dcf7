"""Queries for screens: the list of segments, one segment, its history, its comings and goings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from huitou.accounts import audit, shops
from huitou.accounts.scopes import Scope
from huitou.kernel import jobs
from huitou.kernel.clock import aware, local_day
from huitou.kernel.crypto import KeyRing
from huitou.kernel.errors import HuitouError, InvalidInput, NotFound
from huitou.kernel.i18n import Text, active_language, translate
from huitou.kernel.models import Job
from huitou.members import listing
from huitou.segments import asking, cuts, saved, uses
from huitou.segments.models import (
    DYNAMIC,
    FAILED,
    FRESH,
    LIST,
    STALE,
    Segment,
    SegmentHistory,
    SegmentState,
)
from huitou.segments.moments import Moment
from huitou.segments.names import Names
from huitou.segments.parsing import parse
from huitou.segments.sentences import sentence
from huitou.segments.sets import MemberSet
from huitou.segments.wrong import Wrong
from huitou.warehouse.store import Warehouse, table

Json = dict[str, Any]
REFRESH_JOB: Final = "segments.refresh"
SORTABLE: Final[dict[str, str]] = {
    "name": "name",
    "size": "state__size",
    "refreshed_at": "state__refreshed_at",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "entered": "state__entered",
    "left": "state__left",
}
LONGEST_HISTORY: Final = 1_000


def get(segment: int) -> Segment:
    """Raises ``NotFound``."""
    row = Segment.objects.select_related("state").filter(pk=segment).first()
    if row is None:
        raise NotFound(
            Text("没有这个人群", "There is no such segment"),
            remedy=Text("它可能已被删除", "It may have been deleted"),
            where={"segment": segment},
        )
    return row


def matching(
    *, q: str = "", kind: str | None = None, archived: bool = False, folder: str | None = None,
    sort: str = "-updated_at",
) -> QuerySet[Segment]:  # fmt: skip
    """The segments that a list shows, in its order. Raises ``InvalidInput`` for an unknown order."""
    rows = Segment.objects.select_related("state").filter(archived_at__isnull=not archived)
    if q.strip():
        word = q.strip()
        rows = rows.filter(
            Q(name__icontains=word) | Q(description__icontains=word) | Q(folder__icontains=word)
        )
    if kind:
        rows = rows.filter(kind=kind)
    if folder is not None:
        rows = rows.filter(folder=folder)
    field = SORTABLE.get(sort.removeprefix("-"))
    if field is None:
        raise InvalidInput(
            Text(f"不能按 {sort} 排序", f"Segments cannot be sorted by {sort}"),
            remedy=Text(f"可用：{'、'.join(SORTABLE)}", f"Use one of: {', '.join(SORTABLE)}"),
            where={"field": "sort"},
        )
    return rows.order_by(f"-{field}" if sort.startswith("-") else field, "-id")


def folders() -> list[str]:
    """Every folder that a segment lies in."""
    found = Segment.objects.filter(archived_at=None).exclude(folder="")
    return list(found.order_by("folder").values_list("folder", flat=True).distinct())


def rows(
    warehouse: Warehouse, found: Sequence[Segment], *, scope: Scope, now: datetime
) -> list[Json]:
    """Segments as the API shows them."""
    names = Names(warehouse)
    used = uses.all_uses()
    busy = _refreshing()
    everyone = len(asking.everybody(warehouse, scope=scope, now=now))
    today = local_day(now, shops.zone())
    return [
        {
            **_plain(row, names),
            **_figures(warehouse, row, scope, everyone, now),
            "state": _state(row, busy, today),
            "uses": len(used.get(row.pk, ())),
        }
        for row in found
    ]


def row(warehouse: Warehouse, segment: Segment, *, scope: Scope, now: datetime) -> Json:
    """One segment as the API shows it in lists."""
    return rows(warehouse, [segment], scope=scope, now=now)[0]


def detail(warehouse: Warehouse, segment: Segment, *, scope: Scope, now: datetime) -> Json:
    """One segment with its rule and the sentence of every node."""
    nodes: list[Json] = []
    if segment.rule is not None:
        try:
            nodes = asking.described(parse(segment.rule), Names(warehouse))["nodes"]
        except Wrong:
            nodes = []
    return {
        **row(warehouse, segment, scope=scope, now=now),
        "rule": segment.rule,
        "nodes": nodes,
    }


def _owner(name: str) -> str:
    return translate(Text("系统", "system")) if name == audit.SYSTEM_NAME else name


def _plain(segment: Segment, names: Names) -> Json:
    return {
        "id": str(segment.pk),
        "name": segment.name,
        "description": segment.description,
        "folder": segment.folder,
        "kind": segment.kind,
        "owner": _owner(segment.owner_name),
        "created_at": segment.created_at,
        "updated_at": segment.updated_at,
        "archived": segment.archived_at is not None,
        "sentence": said(segment, names),
    }


def said(segment: Segment, names: Names) -> str:
    """The segment in one sentence."""
    if segment.rule is None:
        return translate(Text("上传的名单", "an uploaded list"))
    try:
        return translate(sentence(parse(segment.rule), names))
    except Wrong as wrong:
        broken = Text("规则不能用了：", "The rule cannot be asked any more: ")
        return translate(broken) + translate(wrong.message)


def _figures(
    warehouse: Warehouse, segment: Segment, scope: Scope, everyone: int, now: datetime
) -> Json:
    state = state_of(segment)
    size = state.size
    if not scope.is_everything:
        try:
            size = len(members(warehouse, segment, scope=scope, now=now))
        except HuitouError:
            size = None
    whole = scope.is_everything
    return {
        "size": size,
        "share": round(size / everyone, 6) if size is not None and everyone else 0.0,
        "entered": state.entered if whole else 0,
        "left": state.left if whole else 0,
        "refreshed_at": state.refreshed_at,
        "as_of": state.day,
        "error": error_in(state.error),
    }


def state_of(segment: Segment) -> SegmentState:
    """The state of a segment; an unsaved one where it has never been refreshed."""
    try:
        return segment.state
    except SegmentState.DoesNotExist:
        return SegmentState(segment=segment, state=STALE)


def error_in(stored: Json | None) -> Json | None:
    """A stored error in the active language."""
    if stored is None:
        return None
    language = active_language()
    remedy = stored.get("remedy")
    return {
        "code": stored["code"],
        "message": stored["message"][language],
        "remedy": remedy[language] if remedy else "",
        "where": stored.get("where") or {},
    }


def _state(segment: Segment, busy: set[int] | None, today: date) -> str:
    state = state_of(segment)
    if segment.kind != DYNAMIC:
        return FRESH
    if busy is None or segment.pk in busy:
        return "refreshing"
    if state.state == FAILED:
        return FAILED
    behind = state.day is None or state.day < today or state.revision != segment.revision
    return STALE if behind else FRESH


def _refreshing() -> set[int] | None:
    """The segments that a job is asked to refresh; None when all are."""
    found: set[int] = set()
    for args in Job.objects.filter(kind=REFRESH_JOB, state__in=jobs.ACTIVE).values_list(
        "args", flat=True
    ):
        if args["segments"] is None:
            return None
        found |= set(args["segments"])
    return found


def members(
    warehouse: Warehouse,
    segment: Segment,
    *,
    scope: Scope,
    now: datetime,
    as_of: date | None = None,
) -> MemberSet:
    """Who is in a segment as a caller sees it.

    The stored set for a static one and a list, and for a dynamic one that is fresh; else, and for a
    limited scope, the rule is asked. Never a member that the scope's shops do not know.
    """
    if segment.kind == DYNAMIC:
        state = state_of(segment)
        today = local_day(now, shops.zone())
        is_current = state.day == today and state.revision == segment.revision
        if not (scope.is_everything and as_of is None and is_current and state.state == FRESH):
            return asking.ask(
                warehouse, segment.rule, scope=scope, now=now, as_of=as_of, of=segment.pk
            ).members()
    return saved.stored(warehouse, segment.pk) & asking.everybody(warehouse, scope=scope, now=now)


def page(
    warehouse: Warehouse,
    found: MemberSet,
    *,
    sort: str,
    offset: int,
    size: int,
    scope: Scope,
    ring: KeyRing,
) -> tuple[list[Json], int]:
    """One page of a set as member rows, in an order of the member list."""
    rows, _total = listing.page(
        warehouse,
        listing.MemberFilter(members=found.numbers()),
        sort=sort,
        offset=offset,
        size=size,
        scope=scope,
        ring=ring,
    )
    return rows, _total


def history(segment: Segment, days: int, today: date) -> list[Json]:
    """Size, comings and goings of each of the last days that has them, oldest first."""
    first = today - timedelta(days=min(max(days, 1), LONGEST_HISTORY) - 1)
    found = SegmentHistory.objects.filter(segment=segment, day__gte=first).order_by("day")
    return [
        {"day": one.day, "size": one.size, "entered": one.entered, "left": one.left}
        for one in found
    ]


def changes(
    warehouse: Warehouse,
    segment: Segment,
    *,
    kind: str,
    offset: int,
    size: int,
    scope: Scope,
    ring: KeyRing,
) -> tuple[list[Json], int]:
    """Who entered or left, the latest first, each once per time; only members of the scope."""
    feed = table("feed")
    told = feed.filter(feed.kind == "segment", feed.change == kind, feed.subject == segment.pk)
    if not scope.is_everything:
        told = told.semi_join(saved_scope(scope), "member")
    total = int(warehouse.scalar(told.count()))
    wanted = told.order_by(told.seq.desc()).limit(size, offset=offset)
    picked = warehouse.rows(wanted.select("member", "occurred_at"))
    described = listing.rows_of(
        warehouse, {row["member"] for row in picked}, scope=scope, ring=ring
    )
    return [
        {**described[row["member"]], "changed_at": aware(row["occurred_at"])}
        for row in picked
        if row["member"] in described
    ], total


def saved_scope(scope: Scope) -> Any:
    """(member): those whom the scope's shops know."""
    from huitou.warehouse.scoping import known_members

    return known_members(scope)


def of_member(warehouse: Warehouse, member: int, *, scope: Scope, now: datetime) -> list[Json]:
    """The saved segments that a member is in, with the time of the last entry, where it was told."""
    found = []
    for segment in (
        Segment.objects.select_related("state").filter(archived_at=None).order_by("name")
    ):
        if segment.kind != LIST and scope.is_everything and state_of(segment).size == 0:
            continue
        if scope.is_everything or segment.kind != DYNAMIC:
            inside = member in saved.stored(warehouse, segment.pk)
        else:
            try:
                inside = member in members(warehouse, segment, scope=scope, now=now)
            except HuitouError:
                inside = False
        if inside:
            found.append(segment)
    since = _entered_at(warehouse, member, [one.pk for one in found])
    return [{"id": str(one.pk), "name": one.name, "since": since.get(one.pk)} for one in found]


def _entered_at(warehouse: Warehouse, member: int, segments: list[int]) -> dict[int, datetime]:
    if not segments:
        return {}
    feed = table("feed")
    told = feed.filter(
        feed.kind == "segment",
        feed.change == "entered",
        feed.member == member,
        feed.subject.isin(segments),
    )
    last = told.group_by("subject").aggregate(at=told.occurred_at.max())
    return {row["subject"]: aware(row["at"]) for row in warehouse.rows(last)}


def moment_now(now: datetime) -> Moment:
    return Moment.today(now, shops.zone())


__all__ = ["cuts", "get", "matching", "members", "page", "rows"]

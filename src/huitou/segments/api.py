"""Routes of the rule builder and of saved segments."""

from __future__ import annotations

from time import perf_counter
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Query, Router

from huitou.accounts import shops
from huitou.accounts.guard import ApiRequest, route
from huitou.accounts.paging import PageParams
from huitou.accounts.schemas import Job
from huitou.kernel import jobs
from huitou.kernel.clock import local_day, wall_clock
from huitou.kernel.crypto import KeyRing, load_key_ring
from huitou.kernel.home import Home
from huitou.kernel.i18n import active_language
from huitou.members.lookup import require_visible
from huitou.segments import actions, asking, builder, reads, schemas, uses
from huitou.segments.asking import Asked
from huitou.segments.catalogue import pick
from huitou.segments.evaluator import view_of
from huitou.segments.models import Segment
from huitou.segments.names import Names
from huitou.segments.parsing import parse
from huitou.segments.sets import MemberSet
from huitou.warehouse.api import shop_numbers
from huitou.warehouse.store import current_warehouse

router = Router(tags=["segments"])
MOST_VALUES = 200


@route(
    router,
    "GET",
    "/segments/catalogue",
    permission="segments.view",
    response=schemas.Catalogue,
)
def get_catalogue(request: ApiRequest) -> dict[str, Any]:
    return builder.catalogue(current_warehouse())


@route(router, "GET", "/segments/values", permission="segments.view", response=schemas.Values)
def find_values(request: ApiRequest, source: str, q: str = "", limit: int = 30) -> dict[str, Any]:
    warehouse, scope = current_warehouse(), request.auth.scope
    question = asking.question(warehouse, asking.EVERYBODY, scope=scope, now=wall_clock())
    view = view_of(warehouse, question.moment, scope)
    found = pick.values(
        source, q, min(max(limit, 1), MOST_VALUES), view, warehouse, Names(warehouse)
    )
    return {
        "items": [{"value": value, "label": label, "count": count} for value, label, count in found]
    }


@route(
    router,
    "POST",
    "/segments/count",
    permission="segments.view",
    response=schemas.Counted,
    audited=False,
)
def count_rule(request: ApiRequest, body: schemas.RuleIn) -> dict[str, Any]:
    started = perf_counter()
    asked = _asked(request, body)
    found = asking.counted(asked, Names(asked.warehouse))
    return {**found, "took_ms": round((perf_counter() - started) * 1000, 1)}


@route(
    router,
    "POST",
    "/segments/describe",
    permission="segments.view",
    response=schemas.Described,
    audited=False,
)
def describe_rule(request: ApiRequest, body: schemas.RuleIn) -> dict[str, Any]:
    return asking.described(parse(body.rule), Names(current_warehouse()))


@route(
    router,
    "POST",
    "/segments/preview",
    permission="members.view",
    response=schemas.MembersOfRule,
    audited=False,
)
def preview_rule(request: ApiRequest, body: schemas.PreviewIn) -> dict[str, Any]:
    request.auth.require("segments.view")
    members = _asked(request, body).members()
    rows, total = reads.page(
        current_warehouse(),
        members,
        sort=body.sort,
        offset=body.offset,
        size=body.size,
        scope=request.auth.scope,
        ring=_ring(),
    )
    return {"items": rows, "total": total, "page": body.page, "size": body.size}


@route(router, "GET", "/segments", permission="segments.view", response=schemas.Segments)
def list_segments(
    request: ApiRequest,
    paging: Query[PageParams],
    q: str = "",
    kind: schemas.SegmentKind | None = None,
    archived: bool = False,
    folder: str | None = None,
    sort: str = "-updated_at",
) -> dict[str, Any]:
    found = reads.matching(q=q, kind=kind, archived=archived, folder=folder, sort=sort)
    shown = list(found[paging.offset : paging.offset + paging.size])
    return {
        "items": reads.rows(current_warehouse(), shown, **_here(request)),
        "total": found.count(),
        "page": paging.page,
        "size": paging.size,
        "folders": reads.folders(),
    }


@route(router, "POST", "/segments", permission="segments.edit", response=schemas.Segment)
def create_segment(request: ApiRequest, body: schemas.SegmentIn) -> dict[str, Any]:
    row = actions.create(current_warehouse(), **body.dict(), actor=request.auth, **_here(request))
    return _row(request, row)


@route(
    router,
    "GET",
    "/segments/{int:segment}",
    permission="segments.view",
    response=schemas.SegmentDetail,
)
def get_segment(request: ApiRequest, segment: int) -> dict[str, Any]:
    return reads.detail(current_warehouse(), reads.get(segment), **_here(request))


@route(
    router,
    "PATCH",
    "/segments/{int:segment}",
    permission="segments.edit",
    response=schemas.Segment,
)
def change_segment(request: ApiRequest, segment: int, body: schemas.SegmentPatch) -> dict[str, Any]:
    given = body.dict(exclude_unset=True)
    actions.change(current_warehouse(), segment, given, actor=request.auth, now=wall_clock())
    return _row(request, reads.get(segment))


@route(
    router,
    "DELETE",
    "/segments/{int:segment}",
    permission="segments.edit",
    response={204: None},
)
def delete_segment(request: ApiRequest, segment: int) -> HttpResponse:
    actions.delete(segment, actor=request.auth, now=wall_clock())
    return HttpResponse(status=204)


@route(
    router,
    "POST",
    "/segments/{int:segment}/refresh",
    permission="segments.edit",
    response=Job,
)
def refresh_segment(request: ApiRequest, segment: int) -> dict[str, Any]:
    row = actions.ask_for_refresh([segment], actor=request.auth, now=wall_clock())
    return jobs.as_dict(row, active_language())


@route(
    router,
    "GET",
    "/segments/{int:segment}/history",
    permission="segments.view",
    response=schemas.History,
)
def get_history(request: ApiRequest, segment: int, days: int = 90) -> dict[str, Any]:
    row = reads.get(segment)
    if not request.auth.scope.is_everything:
        return {"items": []}  # the sizes are the whole brand's
    return {"items": reads.history(row, days, local_day(wall_clock(), shops.zone()))}


@route(
    router,
    "GET",
    "/segments/{int:segment}/changes",
    permission="members.view",
    response=schemas.Changes,
)
def get_changes(
    request: ApiRequest,
    segment: int,
    paging: Query[PageParams],
    kind: Literal["entered", "left"] = "entered",
) -> dict[str, Any]:
    request.auth.require("segments.view")
    rows, total = reads.changes(
        current_warehouse(),
        reads.get(segment),
        kind=kind,
        offset=paging.offset,
        size=paging.size,
        scope=request.auth.scope,
        ring=_ring(),
    )
    return {"items": rows, "total": total, "page": paging.page, "size": paging.size}


@route(
    router,
    "GET",
    "/segments/{int:segment}/members",
    permission="members.view",
    response=schemas.MembersOfRule,
)
def get_members(
    request: ApiRequest, segment: int, paging: Query[PageParams], sort: str = "-last_paid_at"
) -> dict[str, Any]:
    request.auth.require("segments.view")
    rows, total = reads.page(
        current_warehouse(),
        _members(request, reads.get(segment)),
        sort=sort,
        offset=paging.offset,
        size=paging.size,
        scope=request.auth.scope,
        ring=_ring(),
    )
    return {"items": rows, "total": total, "page": paging.page, "size": paging.size}


@route(
    router,
    "GET",
    "/segments/{int:segment}/uses",
    permission="segments.view",
    response=schemas.Uses,
)
def get_uses(request: ApiRequest, segment: int) -> dict[str, Any]:
    row = reads.get(segment)
    return {"items": [use.as_dict() for use in uses.uses_of(row.pk)]}


@route(
    router,
    "POST",
    "/segments/{int:segment}/snapshot",
    permission="segments.edit",
    response=schemas.Segment,
)
def take_snapshot(request: ApiRequest, segment: int, body: schemas.SnapshotIn) -> dict[str, Any]:
    row = actions.snapshot(
        current_warehouse(), segment, name=body.name, actor=request.auth, **_here(request)
    )
    return _row(request, row)


@route(
    router,
    "GET",
    "/members/{int:member}/segments",
    permission="members.view",
    response=schemas.SegmentsOfMember,
)
def get_segments_of_member(request: ApiRequest, member: int) -> dict[str, Any]:
    warehouse = current_warehouse()
    require_visible(warehouse, member, request.auth.scope)
    return {"items": reads.of_member(warehouse, member, **_here(request))}


def _asked(request: ApiRequest, body: schemas.RuleIn) -> Asked:
    return asking.ask(
        current_warehouse(),
        body.rule,
        scope=request.auth.scope.narrowed(shop_numbers(body.shops)),
        now=wall_clock(),
        as_of=body.as_of,
    )


def _members(request: ApiRequest, segment: Segment) -> MemberSet:
    return reads.members(current_warehouse(), segment, **_here(request))


def _row(request: ApiRequest, segment: Segment) -> dict[str, Any]:
    return reads.row(current_warehouse(), segment, **_here(request))


def _here(request: ApiRequest) -> dict[str, Any]:
    return {"scope": request.auth.scope, "now": wall_clock()}


def _ring() -> KeyRing:
    return load_key_ring(Home.from_environment())

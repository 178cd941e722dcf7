"""Routes of members and of identity review, and the overview's list of what came in."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from ninja import Query, Router

from huitou.accounts import shops
from huitou.accounts.guard import ApiRequest, route
from huitou.accounts.paging import PageParams
from huitou.accounts.schemas import Job
from huitou.kernel import jobs
from huitou.kernel.clock import day_range, wall_clock
from huitou.kernel.crypto import KeyRing, load_key_ring
from huitou.kernel.errors import InvalidInput, NotFound
from huitou.kernel.home import Home
from huitou.kernel.i18n import Text, active_language, translate
from huitou.members import (
    actions,
    detail,
    export,
    listing,
    orders,
    people,
    reveal,
    review,
    schemas,
    timeline,
    worker,
)
from huitou.members.lookup import NO_MEMBER, require_visible
from huitou.warehouse import overview
from huitou.warehouse.api import shop_numbers
from huitou.warehouse.schemas import RecentChanges
from huitou.warehouse.store import Warehouse, current_warehouse

router = Router(tags=["members"])

_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@route(router, "GET", "/members", permission="members.view", response=schemas.MembersPage)
def list_members(
    request: ApiRequest, wanted: Query[schemas.MemberQuery], paging: Query[PageParams]
) -> dict[str, Any]:
    rows, total = listing.page(
        current_warehouse(),
        filter_of(wanted),
        sort=wanted.sort,
        offset=paging.offset,
        size=paging.size,
        scope=request.auth.scope,
        ring=_ring(),
    )
    return _page(rows, total, paging)


@route(router, "GET", "/members/columns", permission="members.view", response=list[schemas.Column])
def list_columns(request: ApiRequest) -> list[dict[str, Any]]:
    return [
        {
            "key": column.key,
            "label": translate(column.label),
            "kind": column.kind,
            "default": column.default,
        }
        for column in export.COLUMNS.values()
    ]


@route(router, "POST", "/members/export", permission="members.export", response=Job)
def start_export(request: ApiRequest, body: schemas.ExportIn) -> dict[str, Any]:
    row = worker.start_export(
        filter_of(body),
        columns=body.columns,
        form=body.format,
        plain=body.plain,
        reason=body.reason,
        language=active_language(),
        ring=_ring(),
        actor=request.auth,
        now=wall_clock(),
    )
    return jobs.as_dict(row, active_language())


@route(router, "GET", "/members/exports/{name}", permission="members.export")
def download_export(request: ApiRequest, name: str) -> HttpResponseBase:
    path = worker.export_file(name, actor=request.auth, now=wall_clock())
    response = StreamingHttpResponse(
        export.read_sealed(path, _ring()), content_type=_TYPES[path.suffix]
    )
    response["Content-Disposition"] = f'attachment; filename="members{path.suffix}"'
    return response


@route(router, "GET", "/members/{member}", permission="members.view", response=schemas.MemberDetail)
def get_member(request: ApiRequest, member: str) -> dict[str, Any]:
    return detail.detail(current_warehouse(), _number(member), caller=request.auth, ring=_ring())


@route(
    router,
    "GET",
    "/members/{member}/timeline",
    permission="members.view",
    response=schemas.Timeline,
)
def get_timeline(
    request: ApiRequest,
    member: str,
    kinds: str | None = None,
    before: str | None = None,
    limit: int = 50,
) -> dict[str, Any]:
    warehouse = current_warehouse()
    number = _visible(warehouse, member, request)
    return timeline.timeline(
        warehouse,
        number,
        kinds=kinds.split(",") if kinds else None,
        before=before,
        limit=min(max(limit, 1), 200),
        scope=request.auth.scope,
    )


@route(
    router, "GET", "/members/{member}/trades", permission="members.view", response=schemas.Trades
)
def get_trades(request: ApiRequest, member: str, paging: Query[PageParams]) -> dict[str, Any]:
    warehouse = current_warehouse()
    rows, total = orders.trades_page(
        warehouse,
        _visible(warehouse, member, request),
        offset=paging.offset,
        size=paging.size,
        scope=request.auth.scope,
        ring=_ring(),
    )
    return _page(rows, total, paging)


@route(
    router, "GET", "/members/{member}/reviews", permission="members.view", response=schemas.Reviews
)
def get_reviews(request: ApiRequest, member: str) -> dict[str, Any]:
    warehouse = current_warehouse()
    number = _visible(warehouse, member, request)
    return {"items": orders.member_reviews(warehouse, number, request.auth.scope)}


@route(
    router, "GET", "/members/{member}/parcels", permission="members.view", response=schemas.Parcels
)
def get_parcels(request: ApiRequest, member: str) -> dict[str, Any]:
    warehouse = current_warehouse()
    number = _visible(warehouse, member, request)
    return {"items": orders.member_parcels(warehouse, number, request.auth.scope)}


@route(
    router,
    "POST",
    "/members/{member}/reveal",
    permission="members.reveal",
    response=schemas.RevealOut,
)
def reveal_member(request: ApiRequest, member: str, body: schemas.RevealIn) -> dict[str, Any]:
    values = reveal.reveal(
        current_warehouse(),
        _number(member),
        body.fields,
        body.reason,
        trade=_number(body.trade) if body.trade else None,
        ring=_ring(),
        actor=request.auth,
        now=wall_clock(),
    )
    return {"values": values}


@route(
    router,
    "GET",
    "/identity/suggestions",
    permission="identity.review",
    response=schemas.Suggestions,
)
def list_suggestions(
    request: ApiRequest,
    paging: Query[PageParams],
    state: Literal["open", "merged", "dismissed"] = "open",
    kind: Literal["suggestion", "conflict"] | None = None,
) -> dict[str, Any]:
    rows, total = review.queue(
        current_warehouse(),
        state=state,
        kind=kind,
        offset=paging.offset,
        size=paging.size,
        scope=request.auth.scope,
        ring=_ring(),
    )
    return _page(rows, total, paging)


@route(
    router,
    "POST",
    "/identity/suggestions/{int:suggestion_id}/merge",
    permission="identity.review",
    response=schemas.MergeOut,
)
def merge_suggestion(
    request: ApiRequest, suggestion_id: int, body: schemas.NoteIn
) -> dict[str, Any]:
    decision = actions.decide_merge(
        current_warehouse(), suggestion_id, note=body.note, **_by(request)
    )
    return {"member": str(decision.into)}


@route(
    router,
    "POST",
    "/identity/suggestions/{int:suggestion_id}/dismiss",
    permission="identity.review",
    response={204: None},
)
def dismiss_suggestion(
    request: ApiRequest, suggestion_id: int, body: schemas.NoteIn
) -> HttpResponse:
    actions.dismiss(current_warehouse(), suggestion_id, note=body.note, **_by(request))
    return HttpResponse(status=204)


@route(
    router,
    "POST",
    "/identity/merge",
    permission="identity.review",
    response=schemas.MergeOut,
)
def merge_members(request: ApiRequest, body: schemas.MergeIn) -> dict[str, Any]:
    numbers = [_number(member) for member in body.members]
    decision = actions.merge(current_warehouse(), numbers, note=body.note, **_by(request))
    return {"member": str(decision.into)}


@route(
    router,
    "POST",
    "/identity/separate",
    permission="identity.review",
    response=schemas.MergeOut,
)
def separate_member(request: ApiRequest, body: schemas.SeparateIn) -> dict[str, Any]:
    keys = [_number(key) for key in body.keys]
    decision = actions.separate(
        current_warehouse(), _number(body.member), keys, note=body.note, **_by(request)
    )
    return {"member": str(decision.into)}


@route(router, "GET", "/identity/check", permission="identity.review", response=schemas.MergeCheck)
def check_merge(request: ApiRequest, members: str) -> dict[str, Any]:
    numbers = [_number(member) for member in members.split(",")]
    return review.check(current_warehouse(), numbers, scope=request.auth.scope, ring=_ring())


@route(
    router, "GET", "/identity/decisions", permission="identity.review", response=schemas.Decisions
)
def list_decisions(
    request: ApiRequest, paging: Query[PageParams], member: str | None = None
) -> dict[str, Any]:
    rows, total = review.decisions(
        current_warehouse(),
        member=_number(member) if member else None,
        offset=paging.offset,
        size=paging.size,
        scope=request.auth.scope,
    )
    return _page(rows, total, paging)


@route(
    router,
    "POST",
    "/identity/decisions/{int:decision_id}/undo",
    permission="identity.review",
    response=schemas.Decision,
)
def undo_decision(request: ApiRequest, decision_id: int, body: schemas.NoteIn) -> dict[str, Any]:
    row = actions.undo(current_warehouse(), decision_id, note=body.note, **_by(request))
    return review.decision_row(row)


@route(router, "GET", "/overview/recent", permission="overview.view", response=RecentChanges)
def recent_changes(
    request: ApiRequest, limit: int = 20, shops: str | None = None
) -> dict[str, Any]:
    warehouse = current_warehouse()
    scope = request.auth.scope.narrowed(shop_numbers(shops))
    items = overview.recent(warehouse, scope=scope, limit=min(max(limit, 1), 100))
    if request.auth.can("members.view"):
        members = {int(item["member"]) for item in items if item["member"]}
        names = people.display_names(warehouse, members, _ring())
        for item in items:
            if item["member"]:
                item["member_name"] = names.get(int(item["member"]))
    return {"items": items}


def filter_of(wanted: schemas.MemberQuery) -> listing.MemberFilter:
    """The filter that a query asks for; the parts above take the same query."""
    given = wanted.dict(include=set(listing.MemberFilter.__dataclass_fields__))
    return listing.MemberFilter(
        **{**given, "shops": shop_numbers(wanted.shops), **_behind_figure(wanted)}
    )


def _behind_figure(wanted: schemas.MemberQuery) -> dict[str, Any]:
    """The conditions that hold exactly the members whom a figure of the overview counted."""
    if wanted.figure is None:
        return {}
    if wanted.figure_start is None or wanted.figure_end is None:
        raise InvalidInput(
            Text(
                "figure 需要 figure_start 与 figure_end", "figure needs figure_start and figure_end"
            ),
            remedy=Text("写明指标的时间段", "Name the period of the figure"),
            where={"field": "figure"},
        )
    first, end = day_range(wanted.figure_start, wanted.figure_end, shops.zone())
    if wanted.figure == "members":
        return {"known_before": end}
    more: dict[str, dict[str, Any]] = {
        "new_buyers": {"first_paid_after": first},
        "returning_buyers": {"first_paid_before": first},
        "repeat_buyers": {"min_bought_days": 2},
    }
    return {
        "bought_after": first,
        "bought_before": end,
        "bought_province": wanted.figure_province,
        "as_of": wanted.figure_as_of,
        **more.get(wanted.figure, {}),
    }


def _page(rows: list[dict[str, Any]], total: int, paging: PageParams) -> dict[str, Any]:
    return {"items": rows, "total": total, "page": paging.page, "size": paging.size}


def _visible(warehouse: Warehouse, member: str, request: ApiRequest) -> int:
    number = _number(member)
    require_visible(warehouse, number, request.auth.scope)
    return number


def _number(text: str) -> int:
    """A number in a path or a body. Raises ``NotFound``: what is no number names nobody."""
    if not text.isdecimal() or len(text) > 18:
        raise NotFound(NO_MEMBER, where={"member": text[:20]})
    return int(text)


def _by(request: ApiRequest) -> dict[str, Any]:
    return {"scope": request.auth.scope, "actor": request.auth, "now": wall_clock()}


def _ring() -> KeyRing:
    return load_key_ring(Home.from_environment())

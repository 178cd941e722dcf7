"""Routes of tags: the tree, assigning, who has one, what a member has."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction
from django.http import HttpResponse
from ninja import Query, Router, Status

from huitou.accounts import audit
from huitou.accounts.guard import ApiRequest, route
from huitou.accounts.paging import PageParams
from huitou.accounts.schemas import Job
from huitou.kernel import jobs
from huitou.kernel.clock import wall_clock
from huitou.kernel.crypto import load_key_ring
from huitou.kernel.errors import InvalidInput, NotFound
from huitou.kernel.home import Home
from huitou.kernel.i18n import Text, active_language
from huitou.members import listing
from huitou.members.api import filter_of
from huitou.members.lookup import require_visible
from huitou.segments import asking, reads, tag_actions, tag_reads
from huitou.segments import tag_schemas as schemas
from huitou.segments.sets import MemberSet
from huitou.warehouse.store import Warehouse, current_warehouse

router = Router(tags=["segments"])


@route(router, "GET", "/tags", permission="members.view", response=schemas.TagTree)
def list_tags(request: ApiRequest, archived: bool = False) -> dict[str, Any]:
    groups = tag_reads.tree(
        current_warehouse(), scope=request.auth.scope, now=wall_clock(), archived=archived
    )
    return {"groups": groups}


@route(router, "POST", "/tag-groups", permission="tags.edit", response=schemas.TagGroupRow)
def create_tag_group(request: ApiRequest, body: schemas.TagGroupIn) -> dict[str, Any]:
    row = tag_actions.create_group(
        label=body.label, exclusive=body.exclusive, actor=request.auth, now=wall_clock()
    )
    return tag_reads.group_row(row)


@route(
    router,
    "PATCH",
    "/tag-groups/{int:group_id}",
    permission="tags.edit",
    response=schemas.TagGroupRow,
)
def change_tag_group(
    request: ApiRequest, group_id: int, body: schemas.TagGroupPatch
) -> dict[str, Any]:
    changes = body.dict(exclude_unset=True)
    row = tag_actions.change_group(
        current_warehouse(), group_id, changes, actor=request.auth, now=wall_clock()
    )
    return tag_reads.group_row(row)


@route(
    router,
    "DELETE",
    "/tag-groups/{int:group_id}",
    permission="tags.edit",
    response={204: None},
)
def delete_tag_group(request: ApiRequest, group_id: int) -> HttpResponse:
    tag_actions.delete_group(group_id, actor=request.auth, now=wall_clock())
    return HttpResponse(status=204)


@route(router, "POST", "/tags", permission="tags.edit", response=schemas.Tag)
def create_tag(request: ApiRequest, body: schemas.TagIn) -> dict[str, Any]:
    now = wall_clock()
    row = tag_actions.create_tag(
        group=_number(body.group),
        label=body.label,
        kind=body.kind,
        rule=body.rule,
        days=body.days,
        actor=request.auth,
        now=now,
    )
    return _shown(request, row.pk, now)


@route(
    router,
    "POST",
    "/tags/assign",
    permission="tags.assign",
    response={200: schemas.Assigned, 202: Job},
)
def assign_tag(request: ApiRequest, body: schemas.AssignIn) -> Status[dict[str, Any]]:
    warehouse, now = current_warehouse(), wall_clock()
    found = tag_actions.assign(
        warehouse,
        _number(body.tag),
        _picked(warehouse, body, request, now),
        add=body.add,
        effective_on=body.effective_on,
        expires_on=body.expires_on,
        actor=request.auth,
        now=now,
    )
    if isinstance(found, tag_actions.Assigned):
        done = {"changed": found.changed, "total": found.total, "kept": found.kept}
        return Status(200, done)
    return Status(202, jobs.as_dict(found, active_language()))


@route(router, "POST", "/tags/refresh", permission="tags.edit", response=Job)
def refresh_tags(request: ApiRequest, tag: str | None = None) -> dict[str, Any]:
    now = wall_clock()
    rows = None if tag is None else [tag_reads.get(_number(tag))]
    with transaction.atomic():
        row = tag_actions.ask_for_refresh(rows, actor=request.auth, now=now)
        audit.record(
            actor=request.auth,
            action="tag.refresh",
            subject=f"tag:{tag or 'all'}",
            detail={"job": row.pk},
            now=now,
        )
    return jobs.as_dict(row, active_language())


@route(router, "GET", "/tags/{int:tag_id}", permission="members.view", response=schemas.Tag)
def get_tag(request: ApiRequest, tag_id: int) -> dict[str, Any]:
    return _shown(request, tag_id, wall_clock())


@route(router, "PATCH", "/tags/{int:tag_id}", permission="tags.edit", response=schemas.Tag)
def change_tag(request: ApiRequest, tag_id: int, body: schemas.TagPatch) -> dict[str, Any]:
    now = wall_clock()
    changes = body.dict(exclude_unset=True)
    if "group" in changes:
        changes["group"] = _number(changes["group"])
    tag_actions.change_tag(current_warehouse(), tag_id, changes, actor=request.auth, now=now)
    return _shown(request, tag_id, now)


@route(router, "DELETE", "/tags/{int:tag_id}", permission="tags.edit", response={204: None})
def delete_tag(request: ApiRequest, tag_id: int) -> HttpResponse:
    tag_actions.delete_tag(current_warehouse(), tag_id, actor=request.auth, now=wall_clock())
    return HttpResponse(status=204)


@route(
    router,
    "GET",
    "/tags/{int:tag_id}/uses",
    permission="members.view",
    response=schemas.TagUses,
)
def list_tag_uses(request: ApiRequest, tag_id: int) -> dict[str, Any]:
    return {"items": tag_reads.uses_of(tag_reads.get(tag_id).pk)}


@route(
    router,
    "GET",
    "/tags/{int:tag_id}/members",
    permission="members.view",
    response=schemas.TaggedMembers,
)
def list_tagged(request: ApiRequest, tag_id: int, paging: Query[PageParams]) -> dict[str, Any]:
    rows, total = tag_reads.members_of(
        current_warehouse(),
        tag_reads.get(tag_id).pk,
        offset=paging.offset,
        size=paging.size,
        scope=request.auth.scope,
        ring=load_key_ring(Home.from_environment()),
        now=wall_clock(),
    )
    return {"items": rows, "total": total, "page": paging.page, "size": paging.size}


@route(
    router,
    "GET",
    "/members/{int:member}/tags",
    permission="members.view",
    response=schemas.MemberTags,
)
def list_member_tags(request: ApiRequest, member: int) -> dict[str, Any]:
    warehouse = current_warehouse()
    require_visible(warehouse, member, request.auth.scope)
    return {"items": tag_reads.of_member(warehouse, member, now=wall_clock())}


def _shown(request: ApiRequest, tag: int, now: datetime) -> dict[str, Any]:
    row = tag_reads.get(tag)
    return tag_reads.one(current_warehouse(), row, scope=request.auth.scope, now=now)


def _picked(
    warehouse: Warehouse, body: schemas.AssignIn, request: ApiRequest, now: datetime
) -> MemberSet:
    """Whom a caller means, never beyond their scope."""
    scope = request.auth.scope
    given = [
        name for name in ("members", "segment", "rule", "filter") if getattr(body, name) is not None
    ]
    if len(given) != 1:
        raise InvalidInput(
            Text("说明给谁打标签", "Say whom to tag"),
            remedy=Text(
                "members、segment、rule、filter 中恰好给一个",
                "Give exactly one of members, segment, rule and filter",
            ),
            where={"field": "members"},
        )
    if body.members is not None:
        numbers = [_number(one) for one in body.members]
        return tag_actions.visible(warehouse, numbers, scope=scope, now=now)
    if body.segment is not None:
        segment = reads.get(_number(body.segment))
        return reads.members(warehouse, segment, scope=scope, now=now)
    if body.rule is not None:
        return asking.ask(warehouse, body.rule, scope=scope, now=now).members()
    assert body.filter is not None
    ring = load_key_ring(Home.from_environment())
    found = listing.filtered(warehouse, filter_of(body.filter), scope, ring).select("member")
    return MemberSet.of(np.asarray(warehouse.fetch(found)["member"].to_numpy(), np.int64))


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise NotFound(
            Text(f"没有编号 {text[:20]}", f"There is no number {text[:20]}"),
            where={"id": text[:20]},
        )
    return int(text)

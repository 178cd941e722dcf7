"""Routes beside the builder: why a member is in, sets against sets, uploaded lists, exports, the schema."""

from __future__ import annotations

from typing import Any

from ninja import File, Form, Router, UploadedFile

from huitou.accounts.guard import ApiRequest, route
from huitou.accounts.schemas import Job
from huitou.intake.uploads import ArchivedUpload
from huitou.kernel import jobs
from huitou.kernel.clock import wall_clock
from huitou.kernel.crypto import KeyRing, load_key_ring
from huitou.kernel.errors import InvalidInput
from huitou.kernel.home import Home
from huitou.kernel.i18n import Text, active_language
from huitou.members.lookup import require_visible
from huitou.segments import (
    asking,
    comparing,
    explaining,
    export,
    lists,
    reads,
    schema,
    schemas,
)
from huitou.segments.names import Names
from huitou.warehouse.store import current_warehouse

router = Router(tags=["segments"])


@route(
    router,
    "POST",
    "/segments/explain",
    permission="members.view",
    response=schemas.Explained,
    audited=False,
    by_alias=True,
)
def explain_member(request: ApiRequest, body: schemas.ExplainIn) -> dict[str, Any]:
    request.auth.require("segments.view")
    warehouse = current_warehouse()
    require_visible(warehouse, body.member, request.auth.scope)
    if (body.rule is None) == (body.segment is None):
        raise export.one_of_both()
    segment = None if body.segment is None else reads.get(body.segment)
    if segment is not None and segment.rule is None:
        inside = body.member in reads.members(warehouse, segment, **_here(request))
        return {"member": str(body.member), "in": inside, "tree": _of_list(segment, inside)}
    asked = asking.ask(
        warehouse,
        body.rule if segment is None else segment.rule,
        as_of=body.as_of,
        of=None if segment is None else segment.pk,
        **_here(request),
    )
    return explaining.explained(asked, body.member, Names(warehouse))


@route(
    router,
    "POST",
    "/segments/lists",
    permission="segments.edit",
    response=schemas.Uploaded,
)
def upload_list(
    request: ApiRequest,
    name: Form[str],
    file: File[UploadedFile],
    column: Form[str | None] = None,
    kind: Form[str | None] = None,
) -> dict[str, Any]:
    """Upload phones, nicks, card, order or member numbers; those who are found become a segment."""
    if not isinstance(file, ArchivedUpload):
        raise InvalidInput(
            Text("没有收到文件", "No file was sent"),
            remedy=Text("选择一个 csv、xlsx 或 txt 文件", "Choose a csv, xlsx or txt file"),
            where={"field": "file"},
        )
    warehouse = current_warehouse()
    writer = file.take()
    try:
        row, found = lists.upload(
            warehouse,
            writer,
            file.name or "list",
            name=name,
            column=column or None,
            kind=kind or None,
            ring=_ring(),
            actor=request.auth,
            **_here(request),
        )
    finally:
        writer.abort()
    return {"segment": reads.row(warehouse, row, **_here(request)), **found.as_dict()}


@route(
    router,
    "POST",
    "/segments/combine",
    permission="segments.view",
    response=schemas.Combined,
    audited=False,
)
def combine_segments(request: ApiRequest, body: schemas.CombineIn) -> dict[str, Any]:
    rule = comparing.combined(body.operator, body.segments)
    return comparing.counted(current_warehouse(), rule, **_here(request))


@route(
    router,
    "POST",
    "/segments/compare",
    permission="segments.view",
    response=schemas.Compared,
    audited=False,
)
def compare_segments(request: ApiRequest, body: schemas.CompareIn) -> dict[str, Any]:
    return comparing.compared(current_warehouse(), body.a, body.b, ring=_ring(), **_here(request))


@route(
    router,
    "POST",
    "/segments/overlap",
    permission="segments.view",
    response=schemas.Overlap,
    audited=False,
)
def overlap_segments(request: ApiRequest, body: schemas.OverlapIn) -> dict[str, Any]:
    return comparing.overlapped(current_warehouse(), body.segments, **_here(request))


@route(
    router,
    "POST",
    "/segments/cells",
    permission="segments.view",
    response=schemas.Cells,
    audited=False,
)
def cross_rules(request: ApiRequest, body: schemas.CellsIn) -> dict[str, Any]:
    warehouse = current_warehouse()
    rows, columns = (
        [asking.ask(warehouse, one.rule, **_here(request)) for one in side]
        for side in (body.rows, body.columns)
    )
    return comparing.crossed(rows, columns)


@route(router, "POST", "/segments/export", permission="members.export", response=Job)
def export_people(request: ApiRequest, body: schemas.ExportPeopleIn) -> dict[str, Any]:
    request.auth.require("segments.view")
    row = export.start(
        current_warehouse(),
        rule=body.rule,
        segment=body.segment,
        as_of=body.as_of,
        columns=body.columns,
        form=body.format,
        plain=body.plain,
        reason=body.reason,
        language=active_language(),
        actor=request.auth,
        now=wall_clock(),
    )
    return jobs.as_dict(row, active_language())


@route(
    router,
    "GET",
    "/segments/schema",
    permission="segments.view",
    response=dict[str, Any],
)
def get_schema(request: ApiRequest) -> dict[str, Any]:
    return schema.document_schema()


def _of_list(segment: Any, inside: bool) -> dict[str, Any]:
    """The tree of a list: one node that says whether the member is in it."""
    return {
        "path": "/rule",
        "kind": "segment",
        "sentence": reads.said(segment, Names(current_warehouse())),
        "holds": inside,
        "value": None,
        "children": [],
    }


def _here(request: ApiRequest) -> dict[str, Any]:
    return {"scope": request.auth.scope, "now": wall_clock()}


def _ring() -> KeyRing:
    return load_key_ring(Home.from_environment())

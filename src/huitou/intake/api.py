"""Routes of intake: profiles, files, batches, rejected rows, mappings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from ninja import File, Form, Query, Router, UploadedFile

from huitou.accounts.guard import ApiRequest, route
from huitou.accounts.paging import PageParams
from huitou.intake import actions, batches, mapping, reads, rejects, schemas
from huitou.intake.uploads import ArchivedUpload
from huitou.intake.workplace import Workplace
from huitou.kernel.clock import wall_clock
from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text, active_language

router = Router(tags=["intake"])

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@route(router, "GET", "/intake/profiles", permission="intake.view", response=schemas.ProfileList)
def list_profiles(request: ApiRequest) -> dict[str, Any]:
    return {"items": [*reads.profiles(), *reads.saved_profiles()]}


@route(router, "GET", "/intake/fields", permission="intake.view", response=schemas.FieldList)
def list_fields(request: ApiRequest, target: str) -> dict[str, Any]:
    return {"items": reads.target_fields(target)}


@route(router, "POST", "/intake/files", permission="intake.run", response=schemas.BatchOut)
def upload_file(
    request: ApiRequest,
    file: File[UploadedFile],
    shop: Form[int | None] = None,
    profile: Form[str] = "auto",
) -> dict[str, Any]:
    """Hand in a file. It is looked at in the background; read when report and shop are clear."""
    if not isinstance(file, ArchivedUpload):
        raise _nothing_sent()
    _require_shop(request, shop)
    writer = file.take()
    try:
        batch = actions.receive(
            writer,
            file.name or "file",
            choice=_within(request, {"profile": profile}),
            shop=shop,
            actor=request.auth,
            now=wall_clock(),
            work=Workplace.here(),
        )
    finally:
        writer.abort()
    return reads.batch_row(batch)


@route(router, "GET", "/intake/batches", permission="intake.view", response=schemas.BatchList)
def list_batches(
    request: ApiRequest, paging: Query[PageParams], state: str | None = None
) -> dict[str, Any]:
    batches.settle()
    rows = reads.batches_of(request.auth, state)
    shown = reads.BatchRows(rows[paging.offset : paging.offset + paging.size])
    return {
        "items": shown.all(),
        "total": rows.count(),
        "page": paging.page,
        "size": paging.size,
    }


@route(
    router,
    "GET",
    "/intake/batches/{int:batch_id}",
    permission="intake.view",
    response=schemas.BatchDetail,
)
def batch_detail(request: ApiRequest, batch_id: int) -> dict[str, Any]:
    batches.settle()
    return reads.batch_detail(reads.batch_of(request.auth, batch_id), Workplace.here())


@route(
    router,
    "POST",
    "/intake/batches/{int:batch_id}/configure",
    permission="intake.run",
    response=schemas.BatchDetail,
)
def configure_batch(
    request: ApiRequest, batch_id: int, body: schemas.ConfigureIn
) -> dict[str, Any]:
    """Say how a file is to be read and whose it is, and read it."""
    reads.batch_of(request.auth, batch_id)
    _require_shop(request, body.shop)
    batch = actions.configure(
        batch_id, _within(request, _choice(body)), body.shop, actor=request.auth, now=wall_clock()
    )
    return reads.batch_detail(batch, Workplace.here())


@route(
    router,
    "POST",
    "/intake/batches/{int:batch_id}/commit",
    permission="intake.run",
    response=schemas.BatchOut,
)
def commit_batch(request: ApiRequest, batch_id: int) -> dict[str, Any]:
    """Take a previewed file in."""
    reads.batch_of(request.auth, batch_id)
    return reads.batch_row(actions.start_commit(batch_id, actor=request.auth, now=wall_clock()))


@route(
    router,
    "POST",
    "/intake/batches/{int:batch_id}/cancel",
    permission="intake.run",
    response=schemas.BatchOut,
)
def cancel_batch(request: ApiRequest, batch_id: int) -> dict[str, Any]:
    """Stop the work on a file, or give up its preview."""
    reads.batch_of(request.auth, batch_id)
    batch = actions.cancel(batch_id, actor=request.auth, now=wall_clock(), work=Workplace.here())
    return reads.batch_row(batch)


@route(
    router,
    "POST",
    "/intake/batches/{int:batch_id}/discard",
    permission="intake.run",
    response={204: None},
)
def discard_batch(request: ApiRequest, batch_id: int) -> HttpResponse:
    """Remove a file that was not taken in."""
    reads.batch_of(request.auth, batch_id)
    actions.discard(batch_id, actor=request.auth, now=wall_clock(), work=Workplace.here())
    return HttpResponse(status=204)


@route(
    router,
    "GET",
    "/intake/batches/{int:batch_id}/rejects",
    permission="members.reveal",
    openapi_extra={"responses": {200: {"description": "A CSV, zip or xlsx file"}}},
)
def download_rejects(
    request: ApiRequest,
    batch_id: int,
    format: Literal["csv", "xlsx"] = "csv",  # noqa: A002 - the name in the address
) -> HttpResponseBase:
    """The rejected rows with their original cells. They may hold personal data: audited."""
    request.auth.require("intake.view")
    batch = reads.batch_of(request.auth, batch_id)
    work, language = Workplace.here(), active_language()
    tables = reads.reject_tables(batch)
    rows = rejects.read(work.home.files, batch.rejects_name, work.ring)
    pieces: Iterable[bytes]
    if format == "xlsx":
        pieces, kind, ending = [rejects.as_xlsx(rows, tables, language)], _XLSX, "xlsx"
    elif rejects.is_zip(tables):
        pieces, kind, ending = rejects.as_csv(rows, tables, language), "application/zip", "zip"
    else:
        pieces, kind, ending = rejects.as_csv(rows, tables, language), "text/csv", "csv"
    actions.record_download(batch, format, actor=request.auth, now=wall_clock())
    response = StreamingHttpResponse(pieces, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="rejected-{batch.pk}.{ending}"'
    return response


@route(
    router,
    "GET",
    "/intake/batches/{int:batch_id}/rejects.json",
    permission="intake.view",
    response=schemas.RejectPage,
)
def list_rejects(request: ApiRequest, batch_id: int, page: int = 1) -> dict[str, Any]:
    batch = reads.batch_of(request.auth, batch_id)
    return reads.reject_page(batch, max(1, page), Workplace.here())


@route(router, "GET", "/intake/mappings", permission="intake.view", response=schemas.MappingList)
def list_mappings(request: ApiRequest) -> dict[str, Any]:
    return {"items": reads.mappings()}


@route(router, "POST", "/intake/mappings", permission="intake.run", response=schemas.MappingOut)
def create_mapping(request: ApiRequest, body: schemas.MappingIn) -> dict[str, Any]:
    saved = actions.create_mapping(body.name, body.mapping, actor=request.auth, now=wall_clock())
    return reads.mapping_row(saved)


@route(
    router,
    "PUT",
    "/intake/mappings/{int:mapping_id}",
    permission="intake.run",
    response=schemas.MappingOut,
)
def change_mapping(request: ApiRequest, mapping_id: int, body: schemas.MappingIn) -> dict[str, Any]:
    saved = actions.change_mapping(
        mapping_id, body.name, body.mapping, actor=request.auth, now=wall_clock()
    )
    return reads.mapping_row(saved)


@route(
    router,
    "DELETE",
    "/intake/mappings/{int:mapping_id}",
    permission="intake.run",
    response={204: None},
)
def remove_mapping(request: ApiRequest, mapping_id: int) -> HttpResponse:
    actions.remove_mapping(mapping_id, actor=request.auth, now=wall_clock())
    return HttpResponse(status=204)


def _choice(body: schemas.ConfigureIn) -> dict[str, Any]:
    """How to read a file, as a batch keeps it."""
    if body.mapping_id is not None:
        saved = actions.get_mapping(body.mapping_id)
        return {"mapping": saved.body, "mapping_id": saved.pk, "version": saved.version}
    if body.mapping is not None:
        mapping.profile_from_json(body.mapping)
        return {"mapping": body.mapping}
    return {"profile": body.profile or "auto"}


def _within(request: ApiRequest, choice: dict[str, Any]) -> dict[str, Any]:
    """A file is only ever taken for one of its sender's own shops."""
    allowed = request.auth.scope.shops
    return choice if allowed is None else {**choice, "shops": sorted(allowed)}


def _require_shop(request: ApiRequest, shop: int | None) -> None:
    if shop is not None:
        request.auth.scope.require(shop)


def _nothing_sent() -> InvalidInput:
    return InvalidInput(
        Text("没有收到文件", "No file arrived"),
        remedy=Text(
            "以 multipart/form-data 的 file 字段上传",
            "Send it as the field file of multipart/form-data",
        ),
        where={"field": "file"},
    )

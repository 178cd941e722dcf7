"""Routes that belong to no single part: jobs, health, search, the API's own description."""

from __future__ import annotations

from typing import Any

from django.http import JsonResponse
from ninja import Router

from huitou.accounts import audit
from huitou.accounts import schemas as shared
from huitou.accounts.guard import ANYONE, PUBLIC, ApiRequest, route
from huitou.kernel import jobs
from huitou.kernel.clock import wall_clock
from huitou.kernel.home import Home
from huitou.kernel.i18n import active_language
from huitou.web import doctor, job_reads, schemas, search

router = Router(tags=["web"])


@route(router, "GET", "/jobs", permission="jobs.view", response=schemas.JobList)
def list_jobs(request: ApiRequest, active: bool | None = None) -> dict[str, Any]:
    return {"items": job_reads.visible(request.auth, active=active)}


@route(router, "GET", "/jobs/{int:job_id}", permission="jobs.view", response=shared.Job)
def get_job(request: ApiRequest, job_id: int) -> dict[str, Any]:
    return jobs.as_dict(job_reads.one(request.auth, job_id), active_language())


@route(router, "POST", "/jobs/{int:job_id}/cancel", permission="jobs.view", response=shared.Job)
def cancel_job(request: ApiRequest, job_id: int) -> dict[str, Any]:
    now = wall_clock()
    row = job_reads.one(request.auth, job_id)
    cancelled = jobs.cancel(row.pk, now=now)
    audit.record(
        actor=request.auth,
        action="job.cancel",
        subject=f"job:{row.pk}",
        detail={"kind": row.kind},
        now=now,
    )
    return jobs.as_dict(cancelled, active_language())


@route(router, "GET", "/health", permission="settings.view", response=schemas.Health)
def health(request: ApiRequest) -> dict[str, Any]:
    return doctor.report(Home.from_environment(), now=wall_clock())


@route(router, "GET", "/search", permission="search.use", response=schemas.SearchResult)
def find(request: ApiRequest, q: str = "") -> dict[str, Any]:
    return {"items": search.find(q, request.auth)}


@route(router, "GET", "/ping", permission=PUBLIC, response=schemas.Alive)
def ping(request: ApiRequest) -> dict[str, Any]:
    return {"ok": True}


@route(router, "GET", "/openapi.json", permission=ANYONE, include_in_schema=False)
def openapi(request: ApiRequest) -> JsonResponse:
    from huitou.web.openapi import document

    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})

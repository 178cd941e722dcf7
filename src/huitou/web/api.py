"""The HTTP API, put together from the routers of the parts. Base address /api/v1."""

from __future__ import annotations

from ninja import NinjaAPI
from ninja.renderers import JSONRenderer

from huitou.accounts.api import router as accounts_router
from huitou.accounts.api_auth import router as auth_router
from huitou.intake.api import router as intake_router
from huitou.members.api import router as members_router
from huitou.segments.api import router as segments_router
from huitou.segments.api_sets import router as sets_router
from huitou.segments.tag_api import router as tags_router
from huitou.warehouse.api import router as warehouse_router
from huitou.web import errors, kinds
from huitou.web.routes import router as web_router


class _Json(JSONRenderer):
    def __init__(self) -> None:
        self.json_dumps_params = {"ensure_ascii": False}


api = NinjaAPI(
    title="Huitou",
    version="1",
    description="The member CRM a retail brand runs itself.",
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
    renderer=_Json(),
)
errors.install(api)
__all__ = ["api", "kinds"]
for router in (
    auth_router,
    accounts_router,
    warehouse_router,
    members_router,
    intake_router,
    segments_router,
    sets_router,
    tags_router,
    web_router,
):
    api.add_router("", router)

"""The HTTP API, put together from the routers of the parts. Base address /api/v1."""

from __future__ import annotations

from ninja import NinjaAPI

from huitou.web import errors

api = NinjaAPI(
    title="Huitou",
    version="1",
    description="The member CRM a retail brand runs itself.",
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
)
errors.install(api)

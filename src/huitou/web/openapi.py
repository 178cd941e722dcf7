"""The API's description, in an order that does not depend on the run."""

from __future__ import annotations

import json
from functools import cache
from typing import Any


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document; paths and schemas sorted by name."""
    from huitou.web.api import api

    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1")))
    found["paths"] = dict(sorted(found["paths"].items()))
    components = found.get("components", {})
    if "schemas" in components:
        components["schemas"] = dict(sorted(components["schemas"].items()))
    return found


def dump() -> str:
    """The document as text that is compared byte by byte."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"

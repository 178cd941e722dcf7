"""Routes of the overview."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from ninja import Query, Router

from huitou.accounts import shops
from huitou.accounts.guard import ApiRequest, route
from huitou.kernel.clock import local_day, wall_clock
from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text
from huitou.warehouse import overview as reads
from huitou.warehouse import schemas
from huitou.warehouse.store import current_warehouse

router = Router(tags=["overview"])


@route(router, "GET", "/overview", permission="overview.view", response=schemas.Overview)
def get_overview(
    request: ApiRequest,
    shops_picked: Annotated[str | None, Query(alias="shops")] = None,
    start: date | None = None,
    end: date | None = None,
    compare: reads.Compare = "previous",
    as_of: date | None = None,
) -> dict[str, Any]:
    zone = shops.zone()
    return reads.overview(
        current_warehouse(),
        scope=request.auth.scope.narrowed(shop_numbers(shops_picked)),
        zone=zone,
        today=local_day(wall_clock(), zone),
        start=start,
        end=end,
        compare=compare,
        as_of=as_of,
    )


def shop_numbers(text: str | None) -> list[int] | None:
    """The shop numbers of a query value such as ``1,2``; None for all. Raises ``InvalidInput``."""
    if not text:
        return None
    parts = text.split(",")
    if not all(part.isdecimal() and len(part) < 10 for part in parts):
        raise InvalidInput(
            Text(
                "shops 应为逗号分隔的店铺编号", "shops is a list of shop numbers, comma separated"
            ),
            where={"shops": text},
        )
    return [int(part) for part in parts]

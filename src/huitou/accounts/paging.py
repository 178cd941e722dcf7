"""Lists are cut into pages in one way: ``{items, total, page, size}``.

A route takes ``paging: Query[PageParams]``; its response schema extends ``PageOut`` with ``items``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.db.models import Model, QuerySet
from ninja import Field, Schema

LARGEST: Final = 200
Row = TypeVar("Row", bound=Model)


class PageParams(Schema):
    page: int = Field(1, ge=1, le=1_000_000)
    size: int = Field(50, ge=1, le=LARGEST)

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size


class PageOut(Schema):
    total: int
    page: int
    size: int


def page_of(
    rows: QuerySet[Row], params: PageParams, item: Callable[[Row], dict[str, Any]]
) -> dict[str, Any]:
    """One page of an ordered query, each row through ``item``."""
    shown = rows[params.offset : params.offset + params.size]
    return {
        "items": [item(row) for row in shown],
        "total": rows.count(),
        "page": params.page,
        "size": params.size,
    }

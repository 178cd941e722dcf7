"""Shapes of web's own routes: jobs, health, search."""

from __future__ import annotations

from typing import Literal

from ninja import Schema

from huitou.accounts.schemas import Job


class JobList(Schema):
    items: list[Job]


class HealthCheck(Schema):
    name: str
    label: str
    ok: bool
    detail: str
    remedy: str | None


class TableCount(Schema):
    name: str
    rows: int


class Health(Schema):
    ok: bool
    checks: list[HealthCheck]
    tables: list[TableCount]


class SearchItem(Schema):
    kind: Literal["member", "trade", "segment", "batch", "page"]
    id: str
    title: str
    subtitle: str
    url: str


class SearchResult(Schema):
    items: list[SearchItem]


class Alive(Schema):
    ok: bool

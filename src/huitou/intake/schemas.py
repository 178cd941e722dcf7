"""Shapes of intake's HTTP answers and requests. Money is a decimal string, instants ISO 8601 UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema

from huitou.accounts.paging import PageOut
from huitou.accounts.schemas import ErrorBody, Job
from huitou.intake.rules import State


class HeaderField(Schema):
    """A canonical field and the headers under which a profile expects it."""

    field: str
    label: str
    aliases: list[str]
    required: bool


class ProfileOut(Schema):
    code: str
    label: str
    platform: str | None
    produces: list[str]
    headers: list[HeaderField]
    is_mapping: bool


class ProfileList(Schema):
    items: list[ProfileOut]


class FieldOut(Schema):
    """A field of the mapping screen."""

    key: str
    label: str
    help: str
    type: str
    required: bool


class FieldList(Schema):
    items: list[FieldOut]


class BatchOut(Schema):
    id: str
    name: str
    size: int
    sha256: str
    state: State
    state_label: str
    profile: str | None
    profile_label: str | None
    shop: int | None
    shop_name: str | None
    rows: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    paid_amount: str
    refunded_amount: str
    members_new: int
    created_at: datetime
    committed_at: datetime | None
    by: str | None
    job: Job | None
    error: ErrorBody | None
    same_as: str | None


class BatchList(PageOut):
    items: list[BatchOut]


class TableOut(Schema):
    """A table of the file: its header and first rows, personal cells masked."""

    name: str
    header: list[str]
    header_row: int
    rows_sampled: list[list[str]]
    profile: str | None
    profile_label: str | None


class MatchOut(Schema):
    """A profile the file may be of. ``missing`` names required columns that are not there."""

    profile: str
    label: str
    score: float
    why: str
    missing: list[str]


class SetPreview(Schema):
    name: str
    label: str
    new: int
    changed: int
    unchanged: int


class MembersPreview(Schema):
    new: int
    known: int
    unidentified: int


class PreviewTotals(Schema):
    trades: int
    lines: int
    members: int
    paid_amount: str
    refunded_amount: str


class ReasonCount(Schema):
    code: str
    label: str
    count: int


class PreviewOut(Schema):
    sets: list[SetPreview]
    members: MembersPreview
    sample: list[dict[str, Any]]
    totals: PreviewTotals
    rejects_by_reason: list[ReasonCount]
    warnings: list[str]


class RejectOut(Schema):
    row_no: int
    column: str
    reason: str
    cells: list[str]


class RejectPage(PageOut):
    items: list[RejectOut]


class BatchDetail(BatchOut):
    tables: list[TableOut]
    matches: list[MatchOut]
    mapping: dict[str, Any] | None
    preview: PreviewOut | None
    reject_sample: list[RejectOut]


class ConfigureIn(Schema):
    """Exactly one of the first three; ``profile`` may be "auto"."""

    profile: str | None = None
    mapping_id: int | None = None
    mapping: dict[str, Any] | None = None
    shop: int | None = None


class MappingIn(Schema):
    name: str
    mapping: dict[str, Any]


class MappingOut(Schema):
    """A saved mapping, or one of the examples that come with the program (``id`` is null)."""

    id: str | None
    name: str
    version: int
    mapping: dict[str, Any]
    updated_at: datetime | None
    is_example: bool


class MappingList(Schema):
    items: list[MappingOut]

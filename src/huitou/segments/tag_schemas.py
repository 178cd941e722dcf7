"""Shapes of the routes of tags. Ids are strings, instants ISO 8601."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema

from huitou.accounts.paging import PageOut
from huitou.members.schemas import MemberQuery, MemberRow

Kind = Literal["manual", "rule", "live"]
Source = Literal["manual", "import", "rule", "live"]


class Tag(Schema):
    id: str
    code: str
    group: str
    label: str
    builtin: bool
    kind: Kind
    rule: dict[str, Any] | None
    sentence: str | None
    days: int | None
    enabled: bool
    derived: bool  # a built-in one that works itself out
    changed_rule: bool  # and whose rule is no longer the one it came with
    count: int
    uses: int
    archived: bool
    refreshed_at: datetime | None
    refreshing: bool
    error: str | None


class TagGroupRow(Schema):
    id: str
    code: str
    label: str
    help: str
    builtin: bool
    exclusive: bool
    archived: bool


class TagGroup(TagGroupRow):
    tags: list[Tag]


class TagTree(Schema):
    groups: list[TagGroup]


class TagUse(Schema):
    kind: str
    id: str
    name: str
    url: str


class TagUses(Schema):
    items: list[TagUse]


class TagGroupIn(Schema):
    label: str
    exclusive: bool = False


class TagGroupPatch(Schema):
    label: str | None = None
    exclusive: bool | None = None
    archived: bool | None = None
    position: int | None = None
    enabled: bool | None = None  # of all its tags by rule at once


class TagIn(Schema):
    group: str
    label: str
    kind: Kind = "manual"
    rule: dict[str, Any] | None = None
    days: int | None = None


class TagPatch(Schema):
    group: str | None = None
    label: str | None = None
    kind: Kind | None = None
    rule: dict[str, Any] | None = None
    days: int | None = None
    enabled: bool | None = None
    archived: bool | None = None
    position: int | None = None


class AssignIn(Schema):
    """Whom: exactly one of ``members``, ``segment``, ``rule``, ``filter`` (of the member list)."""

    tag: str
    add: bool = True
    members: list[str] | None = None
    segment: str | None = None
    rule: dict[str, Any] | None = None
    filter: MemberQuery | None = None
    expires_on: date | None = None
    effective_on: date | None = None


class Assigned(Schema):
    changed: int
    total: int
    kept: int  # who still has it because its rule says so


class TaggedMember(MemberRow):
    source: Source
    set_by: str | None
    set_at: datetime
    expires_at: datetime | None


class TaggedMembers(PageOut):
    items: list[TaggedMember]


class MemberTag(Schema):
    tag: str
    label: str
    group: str
    group_id: str
    source: Source
    source_label: str
    set_by: str | None
    set_at: datetime | None
    effective_at: datetime | None
    expires_at: datetime | None
    pending: bool
    removable: bool
    sentence: str | None


class MemberTags(Schema):
    items: list[MemberTag]

"""Shapes of the accounts routes, and those that every part answers with (``ErrorBody``, ``Job``).

The browser's types are generated from these.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Field, Schema

from huitou.accounts.paging import PageOut

Language = Literal["zh", "en"]
Theme = Literal["light", "dark", "auto"]
Platform = Literal[
    "taobao",
    "tmall",
    "jd",
    "pdd",
    "douyin",
    "youzan",
    "xhs",
    "ali1688",
    "own",
    "pos",
    "other",
]
ShopKind = Literal["online", "store"]


class ErrorBody(Schema):
    """Every error answer."""

    code: str
    message: str
    remedy: str
    where: dict[str, Any]


class Job(Schema):
    """A piece of background work (``kernel.jobs.as_dict``), in the reader's language."""

    id: str
    kind: str
    title: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int
    total: int | None
    message: str | None
    result: dict[str, Any] | None
    error: ErrorBody | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    result_url: str | None = Field(description="An app page, or a download of the API.")


class Login(Schema):
    username: str = Field(max_length=200)
    password: str = Field(max_length=1000)


class CsrfToken(Schema):
    token: str


class Brand(Schema):
    name: str
    zone: str
    currency: str


class BrandChange(Schema):
    name: str | None = Field(None, max_length=80)
    zone: str | None = Field(None, max_length=64)
    currency: str | None = Field(None, max_length=3)


class Guide(Schema):
    id: str
    code: str
    name: str
    shop: int
    shop_name: str
    is_active: bool
    user: str | None  # the login of this guide, and its name
    username: str | None


class Me(Schema):
    id: str
    username: str
    display_name: str
    role: str
    role_label: str
    permissions: list[str]
    language: Language
    theme: Theme
    all_shops: bool
    shops: list[int]
    must_change_password: bool
    brand: Brand
    guide: Guide | None  # whom this login belongs to


class MeChange(Schema):
    language: Language | None = None
    theme: Theme | None = None
    display_name: str | None = Field(None, max_length=64)


class PasswordChange(Schema):
    old: str = Field(max_length=1000)
    new: str = Field(max_length=1000)


class Shop(Schema):
    id: int
    code: str
    name: str
    platform: Platform
    platform_label: str
    kind: ShopKind
    province: str
    city: str
    opened_on: date | None
    closed_on: date | None
    is_active: bool


class ShopList(Schema):
    items: list[Shop]


class ShopCreate(Schema):
    code: str = Field(max_length=40)
    name: str = Field(max_length=80)
    platform: Platform
    kind: ShopKind = "online"
    province: str = Field("", max_length=32)
    city: str = Field("", max_length=32)
    opened_on: date | None = None


class ShopChange(Schema):
    name: str | None = Field(None, max_length=80)
    platform: Platform | None = None
    kind: ShopKind | None = None
    province: str | None = Field(None, max_length=32)
    city: str | None = Field(None, max_length=32)
    opened_on: date | None = None
    closed_on: date | None = None
    is_active: bool | None = None


class GuideList(Schema):
    items: list[Guide]


class GuideCreate(Schema):
    code: str = Field(max_length=40)
    name: str = Field(max_length=64)
    shop: int


class GuideChange(Schema):
    name: str | None = Field(None, max_length=64)
    shop: int | None = None
    is_active: bool | None = None
    user: str | None = Field(None, pattern=r"^\d{1,18}$")


class User(Schema):
    id: str
    username: str
    display_name: str
    role: str
    role_label: str
    language: Language
    all_shops: bool
    shops: list[int]
    is_active: bool
    last_login: datetime | None


class UserList(Schema):
    items: list[User]


class UserCreate(Schema):
    username: str = Field(max_length=64)
    display_name: str = Field("", max_length=64)
    role: str
    all_shops: bool = False
    shops: list[int] = Field(default_factory=list)
    language: Language = "zh"


class UserCreated(Schema):
    user: User
    password: str = Field(description="Shown once; kept nowhere.")


class UserChange(Schema):
    display_name: str | None = Field(None, max_length=64)
    role: str | None = None
    all_shops: bool | None = None
    shops: list[int] | None = None
    language: Language | None = None
    is_active: bool | None = None


class NewPassword(Schema):
    password: str = Field(description="Shown once; kept nowhere.")


class Permission(Schema):
    code: str
    label: str


class Role(Schema):
    code: str
    label: str
    description: str
    permissions: list[Permission]
    grantable: bool = Field(description="Whether the caller may give this role.")


class RoleList(Schema):
    items: list[Role]


class Key(Schema):
    id: str
    name: str
    prefix: str
    role: str
    role_label: str
    all_shops: bool
    shops: list[int]
    created_by: str
    created_at: datetime
    last_used_at: datetime | None
    expires_on: date | None
    is_active: bool


class KeyList(Schema):
    items: list[Key]


class KeyCreate(Schema):
    name: str = Field(max_length=80)
    role: str
    all_shops: bool = False
    shops: list[int] = Field(default_factory=list)
    expires_on: date | None = None


class KeyCreated(Schema):
    key: Key
    secret: str = Field(description="Shown once; only a hash is kept.")


class AuditEntry(Schema):
    id: str
    at: datetime
    actor: str | None = Field(description="`user:<id>`, `key:<id>`, or null for the system.")
    actor_name: str
    action: str
    action_label: str
    subject: str
    detail: dict[str, Any]
    ip: str | None


class AuditPage(PageOut):
    items: list[AuditEntry]


class AuditAction(Schema):
    code: str
    label: str


class AuditActionList(Schema):
    items: list[AuditAction]


class AuditFilter(Schema):
    actor: str | None = Field(None, description="`user:<id>` or `key:<id>`.")
    action: str | None = None
    q: str | None = Field(None, description="Part of the subject or of the actor's name.")
    start: date | None = Field(None, description="First day, in the brand's zone.")
    end: date | None = Field(None, description="Last day, inclusive.")

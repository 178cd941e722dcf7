"""What the accounts screens show, as plain dicts in the shapes of ``schemas``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from huitou.accounts import audit, keys, shops
from huitou.accounts.guard import Principal
from huitou.accounts.models import ApiKey, AuditEntry, Guide, Shop, User
from huitou.accounts.permissions import PERMISSIONS, ROLES, role_label
from huitou.accounts.schemas import AuditFilter
from huitou.accounts.scopes import Scope
from huitou.kernel.clock import day_range, day_start
from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text, translate


def brand_row() -> dict[str, Any]:
    known = shops.brand()
    return {"name": known.name, "zone": known.zone, "currency": known.currency}


def me(user: User) -> dict[str, Any]:
    guide = Guide.objects.select_related("shop", "user").filter(user=user).first()
    return {
        **user_row(user),
        "permissions": sorted(user.permissions),
        "theme": user.theme,
        "must_change_password": user.must_change_password,
        "brand": brand_row(),
        "guide": guide_row(guide) if guide else None,
    }


def user_row(user: User) -> dict[str, Any]:
    return {
        "id": str(user.pk),
        "username": user.username,
        "display_name": user.display_name,
        "role": user.role,
        "role_label": translate(role_label(user.role)),
        "language": user.language,
        "all_shops": user.all_shops,
        "shops": sorted(shop.pk for shop in user.shops.all()),
        "is_active": user.is_active,
        "last_login": user.last_login,
    }


def users() -> list[dict[str, Any]]:
    return [user_row(user) for user in User.objects.prefetch_related("shops").order_by("username")]


def shop_row(shop: Shop) -> dict[str, Any]:
    label = shops.PLATFORMS.get(shop.platform, Text(shop.platform, shop.platform))
    return {
        "id": shop.pk,
        "code": shop.code,
        "name": shop.name,
        "platform": shop.platform,
        "platform_label": translate(label),
        "kind": shop.kind,
        "province": shop.province,
        "city": shop.city,
        "opened_on": shop.opened_on,
        "closed_on": shop.closed_on,
        "is_active": shop.is_active,
    }


def shops_in(scope: Scope) -> list[dict[str, Any]]:
    """The shops a caller may see, closed ones included."""
    rows = Shop.objects.order_by("id")
    if scope.shops is not None:
        rows = rows.filter(pk__in=scope.shops)
    return [shop_row(shop) for shop in rows]


def guide_row(guide: Guide) -> dict[str, Any]:
    return {
        "id": str(guide.pk),
        "code": guide.code,
        "name": guide.name,
        "shop": guide.shop_id,
        "shop_name": guide.shop.name,
        "is_active": guide.is_active,
        "user": str(guide.user.pk) if guide.user else None,
        "username": guide.user.username if guide.user else None,
    }


def guides_in(scope: Scope, shop: int | None) -> list[dict[str, Any]]:
    """The guides of the stores a caller may see, or of one of them."""
    rows = Guide.objects.select_related("shop", "user").order_by("shop_id", "code")
    if scope.shops is not None:
        rows = rows.filter(shop_id__in=scope.shops)
    if shop is not None:
        rows = rows.filter(shop_id=shop)
    return [guide_row(guide) for guide in rows]


def roles(permissions: frozenset[str]) -> list[dict[str, Any]]:
    """Every role; ``grantable`` for a caller who holds these permissions."""
    return [
        {
            "code": role.code,
            "label": translate(role.label),
            "description": translate(role.description),
            "permissions": [
                {"code": code, "label": translate(label)}
                for code, label in PERMISSIONS.items()
                if code in role.permissions
            ],
            "grantable": role.permissions <= permissions,
        }
        for role in ROLES.values()
    ]


def key_row(key: ApiKey, now: datetime) -> dict[str, Any]:
    return {
        "id": str(key.pk),
        "name": key.name,
        "prefix": key.prefix,
        "role": key.role,
        "role_label": translate(role_label(key.role)),
        "all_shops": key.all_shops,
        "shops": sorted(shop.pk for shop in key.shops.all()),
        "created_by": key.created_by.username,
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "expires_on": key.expires_on,
        "is_active": keys.is_active(key, now=now),
    }


def api_keys(now: datetime) -> list[dict[str, Any]]:
    rows = ApiKey.objects.select_related("created_by").prefetch_related("shops").order_by("-id")
    return [key_row(key, now) for key in rows]


def audit_row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": str(entry.pk),
        "at": entry.at,
        "actor": _actor(entry),
        "actor_name": entry.actor_name,
        "action": entry.action,
        "action_label": audit.action_label(entry.action),
        "subject": entry.subject,
        "detail": entry.detail,
        "ip": entry.ip,
    }


def audit_entries(wanted: AuditFilter) -> QuerySet[AuditEntry]:
    """The log, newest first. Days are days of the brand's zone."""
    rows = AuditEntry.objects.order_by("-id")
    if wanted.actor:
        rows = rows.filter(_actor_filter(wanted.actor))
    if wanted.action:
        rows = rows.filter(action=wanted.action)
    if wanted.q:
        rows = rows.filter(Q(subject__icontains=wanted.q) | Q(actor_name__icontains=wanted.q))
    zone = shops.zone()
    if wanted.start:
        rows = rows.filter(at__gte=day_start(wanted.start, zone))
    if wanted.end:
        rows = rows.filter(at__lt=day_range(wanted.end, wanted.end, zone)[1])
    return rows


def audit_actions() -> list[dict[str, Any]]:
    return [{"code": code, "label": label} for code, label in audit.known_actions().items()]


def reader_scope(principal: Principal, shop: int | None) -> Scope:
    """The caller's scope, after checking that a shop asked for lies in it."""
    if shop is not None:
        principal.scope.require(shop)
    return principal.scope


def _actor(entry: AuditEntry) -> str | None:
    if entry.key_id is not None:
        return f"key:{entry.key_id}"
    return f"user:{entry.user_id}" if entry.user_id is not None else None


def _actor_filter(actor: str) -> Q:
    kind, _, number = actor.partition(":")
    if kind in ("user", "key") and number.isdigit():
        return Q(user_id=int(number)) if kind == "user" else Q(key_id=int(number))
    raise InvalidInput(
        Text(f"看不懂操作人 {actor}", f"Cannot read the actor {actor}"),
        remedy=Text("写成 user:1 或 key:1", "Write user:1 or key:1"),
        where={"field": "actor"},
    )

"""Routes of the brand, shops, guides, users, roles, keys and the audit log."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from huitou.accounts import actions, key_actions, reads, schemas, shop_actions
from huitou.accounts.guard import ANYONE, ApiRequest, route
from huitou.accounts.paging import PageParams, page_of
from huitou.kernel.clock import wall_clock

router = Router(tags=["accounts"])


@route(router, "GET", "/brand", permission=ANYONE, response=schemas.Brand)
def get_brand(request: ApiRequest) -> dict[str, Any]:
    return reads.brand_row()


@route(router, "PATCH", "/brand", permission="settings.manage", response=schemas.Brand)
def change_brand(request: ApiRequest, body: schemas.BrandChange) -> dict[str, Any]:
    shop_actions.change_brand(_given(body), actor=request.auth, now=wall_clock())
    return reads.brand_row()


@route(router, "GET", "/shops", permission=ANYONE, response=schemas.ShopList)
def list_shops(request: ApiRequest) -> dict[str, Any]:
    return {"items": reads.shops_in(request.auth.scope)}


@route(router, "POST", "/shops", permission="settings.manage", response=schemas.Shop)
def create_shop(request: ApiRequest, body: schemas.ShopCreate) -> dict[str, Any]:
    shop = shop_actions.create_shop(body.dict(), actor=request.auth, now=wall_clock())
    return reads.shop_row(shop)


@route(router, "PATCH", "/shops/{int:shop_id}", permission="settings.manage", response=schemas.Shop)
def change_shop(request: ApiRequest, shop_id: int, body: schemas.ShopChange) -> dict[str, Any]:
    changes = _given(body, nullable=("opened_on", "closed_on"))
    shop = shop_actions.change_shop(shop_id, changes, actor=request.auth, now=wall_clock())
    return reads.shop_row(shop)


@route(router, "GET", "/guides", permission=ANYONE, response=schemas.GuideList)
def list_guides(request: ApiRequest, shop: int | None = None) -> dict[str, Any]:
    return {"items": reads.guides_in(reads.reader_scope(request.auth, shop), shop)}


@route(router, "POST", "/guides", permission="settings.manage", response=schemas.Guide)
def create_guide(request: ApiRequest, body: schemas.GuideCreate) -> dict[str, Any]:
    guide = shop_actions.create_guide(**body.dict(), actor=request.auth, now=wall_clock())
    return reads.guide_row(guide)


@route(
    router, "PATCH", "/guides/{int:guide_id}", permission="settings.manage", response=schemas.Guide
)
def change_guide(request: ApiRequest, guide_id: int, body: schemas.GuideChange) -> dict[str, Any]:
    changes = _given(body, nullable=("user",))
    guide = shop_actions.change_guide(guide_id, changes, actor=request.auth, now=wall_clock())
    return reads.guide_row(guide)


@route(router, "GET", "/users", permission="users.manage", response=schemas.UserList)
def list_users(request: ApiRequest) -> dict[str, Any]:
    return {"items": reads.users()}


@route(router, "POST", "/users", permission="users.manage", response=schemas.UserCreated)
def create_user(request: ApiRequest, body: schemas.UserCreate) -> dict[str, Any]:
    user, password = actions.create_user(**body.dict(), actor=request.auth, now=wall_clock())
    return {"user": reads.user_row(user), "password": password}


@route(router, "PATCH", "/users/{int:user_id}", permission="users.manage", response=schemas.User)
def change_user(request: ApiRequest, user_id: int, body: schemas.UserChange) -> dict[str, Any]:
    user = actions.change_user(user_id, _given(body), actor=request.auth, now=wall_clock())
    return reads.user_row(user)


@route(
    router,
    "POST",
    "/users/{int:user_id}/reset-password",
    permission="users.manage",
    response=schemas.NewPassword,
)
def reset_password(request: ApiRequest, user_id: int) -> dict[str, Any]:
    return {"password": actions.reset_password(user_id, actor=request.auth, now=wall_clock())}


@route(router, "GET", "/roles", permission="settings.view", response=schemas.RoleList)
def list_roles(request: ApiRequest) -> dict[str, Any]:
    return {"items": reads.roles(request.auth.permissions)}


@route(router, "GET", "/keys", permission="keys.manage", response=schemas.KeyList)
def list_keys(request: ApiRequest) -> dict[str, Any]:
    return {"items": reads.api_keys(wall_clock())}


@route(router, "POST", "/keys", permission="keys.manage", response=schemas.KeyCreated)
def create_key(request: ApiRequest, body: schemas.KeyCreate) -> dict[str, Any]:
    now = wall_clock()
    key, secret = key_actions.create_key(**body.dict(), actor=request.auth, now=now)
    return {"key": reads.key_row(key, now), "secret": secret}


@route(router, "DELETE", "/keys/{int:key_id}", permission="keys.manage", response={204: None})
def revoke_key(request: ApiRequest, key_id: int) -> HttpResponse:
    key_actions.revoke_key(key_id, actor=request.auth, now=wall_clock())
    return HttpResponse(status=204)


@route(router, "GET", "/audit", permission="audit.view", response=schemas.AuditPage)
def list_audit(
    request: ApiRequest, wanted: Query[schemas.AuditFilter], paging: Query[PageParams]
) -> dict[str, Any]:
    return page_of(reads.audit_entries(wanted), paging, reads.audit_row)


@route(router, "GET", "/audit/actions", permission="audit.view", response=schemas.AuditActionList)
def list_audit_actions(request: ApiRequest) -> dict[str, Any]:
    return {"items": reads.audit_actions()}


def _given(body: Any, nullable: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields that the caller sent; null means "not sent" unless the field may be emptied."""
    sent: dict[str, Any] = body.dict(exclude_unset=True)
    return {key: value for key, value in sent.items() if value is not None or key in nullable}

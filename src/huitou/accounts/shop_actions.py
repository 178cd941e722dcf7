"""Every write on the brand, its shops and its guides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from django.db import IntegrityError, transaction

from huitou.accounts import actions, audit, shops
from huitou.accounts.guard import Principal
from huitou.accounts.models import Brand, Guide, Shop, User
from huitou.accounts.rules import GUIDE
from huitou.accounts.scopes import Scope, scope_of
from huitou.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from huitou.kernel.i18n import Text

_SHOP_FIELDS: Final = (
    "name",
    "platform",
    "kind",
    "province",
    "city",
    "opened_on",
    "closed_on",
    "is_active",
)


@transaction.atomic
def change_brand(
    changes: Mapping[str, Any], *, actor: Principal | None, now: datetime
) -> shops.BrandRow:
    """Change ``name``, ``zone``, ``currency``; the row appears with the first change."""
    known = shops.brand()
    name = str(changes.get("name", known.name)).strip()
    zone = str(changes.get("zone", known.zone))
    currency = str(changes.get("currency", known.currency)).upper()
    _demand(bool(name), "name", Text("品牌名称不能为空", "The brand needs a name"))
    _demand(
        zone in available_timezones() and bool(ZoneInfo(zone)),
        "zone",
        Text(f"没有时区 {zone}", f"There is no time zone {zone}"),
        Text("例如 Asia/Shanghai", "For example Asia/Shanghai"),
    )
    _demand(
        len(currency) == 3 and currency.isascii() and currency.isalpha(),
        "currency",
        Text(f"没有货币 {currency}", f"There is no currency {currency}"),
        Text("三个字母，例如 CNY", "Three letters, for example CNY"),
    )
    Brand.objects.update_or_create(
        pk=1, defaults={"name": name, "zone": zone, "currency": currency}
    )
    changed = shops.BrandRow(name, zone, currency)
    audit.record(
        actor=actor,
        action="brand.change",
        subject="brand:1",
        detail={
            field: [getattr(known, field), getattr(changed, field)]
            for field in ("name", "zone", "currency")
            if getattr(known, field) != getattr(changed, field)
        },
        now=now,
    )
    shops.announce_change()
    return changed


@transaction.atomic
def create_shop(fields: Mapping[str, Any], *, actor: Principal | None, now: datetime) -> Shop:
    """A new shop from ``code``, ``name``, ``platform``, ``kind`` and the optional fields."""
    if actor is not None and not actor.scope.is_everything:
        raise Forbidden(
            Text("只有范围是全部店铺的人可以新建店铺", "Only who works on all shops may add one"),
            remedy=Text("请管理员操作", "Ask an administrator"),
        )
    code = str(fields["code"]).strip()
    if Shop.objects.filter(code=code).exists():
        raise _code_taken(code)
    row = shops.ensure_shop(
        code, str(fields["name"]).strip(), fields["platform"], fields["kind"], now, actor
    )
    shop = Shop.objects.get(pk=row.shop)
    for field in ("province", "city", "opened_on"):
        if fields.get(field):
            setattr(shop, field, fields[field])
    _check_shop(shop)
    shop.save()
    return shop


@transaction.atomic
def change_shop(
    number: int, changes: Mapping[str, Any], *, actor: Principal | None, now: datetime
) -> Shop:
    """Change everything of a shop but its number and its code."""
    if actor is not None:
        actor.scope.require(number)
    shop = Shop.objects.select_for_update().filter(pk=number).first()
    if shop is None:
        raise NotFound(Text("没有这个店铺", "There is no such shop"), where={"shop": number})
    before = {field: getattr(shop, field) for field in _SHOP_FIELDS}
    for field in _SHOP_FIELDS:
        if field in changes:
            setattr(shop, field, changes[field])
    _check_shop(shop)
    shop.save()
    audit.record(
        actor=actor,
        action="shop.change",
        subject=f"shop:{shop.pk}",
        detail={
            field: [_plain(before[field]), _plain(getattr(shop, field))]
            for field in _SHOP_FIELDS
            if before[field] != getattr(shop, field)
        },
        now=now,
    )
    shops.announce_change()
    return shop


@transaction.atomic
def create_guide(
    *, code: str, name: str, shop: int, actor: Principal | None, now: datetime
) -> Guide:
    """A new guide of a store."""
    store = _store(shop, actor)
    code, name = code.strip(), name.strip()
    _demand(
        bool(code) and bool(name), "code", Text("需要工号和姓名", "A code and a name are needed")
    )
    try:
        with transaction.atomic():
            guide = Guide.objects.create(code=code, name=name, shop=store)
    except IntegrityError:
        raise _code_taken(code) from None
    audit.record(
        actor=actor,
        action="guide.create",
        subject=f"guide:{guide.pk}",
        detail={"code": code, "shop": shop},
        now=now,
    )
    return guide


@transaction.atomic
def change_guide(
    guide_id: int, changes: Mapping[str, Any], *, actor: Principal | None, now: datetime
) -> Guide:
    """Change ``name``, ``shop``, ``is_active``, and ``user``: the login of this guide, or None.

    A login of the role guide works on its guide's store and on nothing else.
    """
    guide = Guide.objects.select_for_update().filter(pk=guide_id).first()
    if guide is None or (actor is not None and not actor.scope.allows(guide.shop_id)):
        raise NotFound(Text("没有这个导购", "There is no such guide"), where={"guide": guide_id})
    before = _guide_facts(guide)
    guide.name = str(changes.get("name", guide.name)).strip() or guide.name
    guide.is_active = changes.get("is_active", guide.is_active)
    if "shop" in changes:
        guide.shop = _store(changes["shop"], actor)
    if "user" in changes:
        guide.user = _login(changes["user"], guide)
    guide.save()
    login = guide.user
    if login is not None and login.role == GUIDE and scope_of(login) != Scope.only([guide.shop_id]):
        actions.change_user(
            login.pk, {"all_shops": False, "shops": [guide.shop_id]}, actor=actor, now=now
        )
    audit.record(
        actor=actor,
        action="guide.change",
        subject=f"guide:{guide.pk}",
        detail={"before": before, "after": _guide_facts(guide)},
        now=now,
    )
    return guide


def _guide_facts(guide: Guide) -> dict[str, Any]:
    username = guide.user.username if guide.user else None
    return {"shop": guide.shop_id, "is_active": guide.is_active, "username": username}


def _login(user_id: str | int | None, guide: Guide) -> User | None:
    """The user of this number, who logs in as no other guide."""
    if user_id is None:
        return None
    user = actions.locked_user(int(user_id))
    other = Guide.objects.filter(user=user).exclude(pk=guide.pk).first()
    _demand(
        other is None,
        "user",
        Text(
            f"{user.username} 已是导购 {other.name if other else ''} 的登录账号",
            f"{user.username} is the login of the guide {other.name if other else ''} already",
        ),
        Text("每位导购用自己的账号", "Every guide has a login of their own"),
    )
    return user


def _store(number: int, actor: Principal | None) -> Shop:
    if actor is not None:
        actor.scope.require(number)
    shop = Shop.objects.filter(pk=number).first()
    if shop is None:
        raise NotFound(Text("没有这个门店", "There is no such store"), where={"shop": number})
    _demand(
        shop.kind == "store",
        "shop",
        Text(f"{shop.name} 不是门店", f"{shop.name} is not a store"),
        Text("导购属于门店，请选择门店", "Guides belong to a store; choose one"),
    )
    return shop


def _check_shop(shop: Shop) -> None:
    shops.check_platform(shop.platform)
    shops.check_kind(shop.kind)
    shop.name = shop.name.strip()
    _demand(bool(shop.name), "name", Text("店铺名称不能为空", "The shop needs a name"))
    _demand(
        not (shop.opened_on and shop.closed_on and shop.closed_on < shop.opened_on),
        "closed_on",
        Text("关店日期早于开店日期", "The shop would close before it opened"),
    )


def _demand(holds: bool, field: str, message: Text, remedy: Text | None = None) -> None:
    if not holds:
        raise InvalidInput(message, remedy=remedy, where={"field": field})


def _code_taken(code: str) -> Conflict:
    return Conflict(
        Text(f"代码 {code} 已被使用", f"The code {code} is taken"),
        remedy=Text("换一个代码", "Choose another"),
        where={"field": "code"},
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value

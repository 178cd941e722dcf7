"""The brand and its shops, for the parts above: plain rows, no models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.dispatch import Signal
from django.utils.text import slugify

from huitou.accounts import audit
from huitou.accounts.models import Brand, Shop
from huitou.kernel.clock import DEFAULT_ZONE
from huitou.kernel.errors import InvalidInput, NotFound
from huitou.kernel.i18n import Text

PLATFORMS: Final[dict[str, Text]] = {
    "taobao": Text("淘宝", "Taobao"),
    "tmall": Text("天猫", "Tmall"),
    "jd": Text("京东", "JD"),
    "pdd": Text("拼多多", "Pinduoduo"),
    "douyin": Text("抖音", "Douyin"),
    "youzan": Text("有赞", "Youzan"),
    "xhs": Text("小红书", "Xiaohongshu"),
    "ali1688": Text("1688", "1688"),
    "own": Text("自有商城", "Own shop"),
    "pos": Text("门店收银", "Store POS"),
    "other": Text("其他", "Other"),
}
KINDS: Final[dict[str, Text]] = {
    "online": Text("网店", "Online shop"),
    "store": Text("门店", "Store"),
}
BRAND_NAME: Final = "我的品牌"

# Sent after the transaction that changed the brand or a shop: whoever mirrors them listens.
changed: Final = Signal()


@dataclass(frozen=True)
class BrandRow:
    name: str
    zone: str
    currency: str


@dataclass(frozen=True)
class ShopRow:
    """One shop as the warehouse's ``shop`` table holds it."""

    shop: int
    code: str
    name: str
    platform: str
    kind: str
    brand: str


def brand() -> BrandRow:
    """The brand, with its defaults before anybody has named it."""
    row = Brand.objects.filter(pk=1).first()
    if row is None:
        return BrandRow(BRAND_NAME, DEFAULT_ZONE, "CNY")
    return BrandRow(row.name, row.zone, row.currency)


def zone() -> str:
    """The brand's time zone: what "day" means."""
    return brand().zone


def all_shops() -> list[ShopRow]:
    """Every shop and store, closed ones included, in order of number."""
    name = brand().name
    return [_row(shop, name) for shop in Shop.objects.order_by("id")]


def shop_by_code(code: str) -> ShopRow:
    """Raises ``NotFound``."""
    found = Shop.objects.filter(code=code).first()
    if found is None:
        codes = ", ".join(Shop.objects.order_by("id").values_list("code", flat=True)) or "–"
        raise NotFound(
            Text(f"没有店铺 {code}", f"There is no shop {code}"),
            remedy=Text(
                f"已有店铺：{codes}；新建用 huitou shop add 或设置 › 店铺",
                f"Known shops: {codes}; add one with huitou shop add or Settings › Shops",
            ),
            where={"shop": code},
        )
    return _row(found, brand().name)


def shop_by_number(shop: int) -> ShopRow:
    """Raises ``NotFound``."""
    found = Shop.objects.filter(pk=shop).first()
    if found is None:
        raise NotFound(Text("没有这个店铺", "There is no such shop"), where={"shop": shop})
    return _row(found, brand().name)


def check_platform(platform: str) -> None:
    if platform not in PLATFORMS:
        raise InvalidInput(
            Text(f"不认识的平台 {platform}", f"Unknown platform {platform}"),
            remedy=Text(f"可用：{'、'.join(PLATFORMS)}", f"Use one of: {', '.join(PLATFORMS)}"),
            where={"field": "platform"},
        )


def check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise InvalidInput(
            Text(f"不认识的店铺类型 {kind}", f"Unknown kind of shop {kind}"),
            remedy=Text("用 online 或 store", "Use online or store"),
            where={"field": "kind"},
        )


def check_code(code: str) -> None:
    if not code or slugify(code) != code.lower() or len(code) > 40:
        raise InvalidInput(
            Text(f"店铺代码 {code!r} 不可用", f"The shop code {code!r} cannot be used"),
            remedy=Text(
                "只用字母、数字、连字符和下划线，最多 40 个",
                "Use letters, digits, hyphens and underscores only, at most 40",
            ),
            where={"field": "code"},
        )


@transaction.atomic
def ensure_shop(
    code: str,
    name: str,
    platform: str,
    kind: str,
    now: datetime,
    actor: Any,
    *,
    province: str = "",
    city: str = "",
) -> ShopRow:
    """The shop with this code, created when there is none (an existing one is left as it is)."""
    found = Shop.objects.filter(code=code).first()
    if found is None:
        check_code(code)
        check_platform(platform)
        check_kind(kind)
        found = Shop.objects.create(
            code=code, name=name, platform=platform, kind=kind, province=province, city=city
        )
        audit.record(
            actor=actor,
            action="shop.create",
            subject=f"shop:{found.pk}",
            detail={"code": code, "platform": platform, "kind": kind},
            now=now,
        )
        announce_change()
    return _row(found, brand().name)


def announce_change() -> None:
    """Send ``changed`` once the current transaction is committed."""
    transaction.on_commit(lambda: changed.send(sender=None))


def _row(shop: Shop, brand_name: str) -> ShopRow:
    return ShopRow(shop.pk, shop.code, shop.name, shop.platform, shop.kind, brand_name)

"""The brand's people and places in the app database: brand, shops, stores, guides, a login per role."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from huitou.accounts import actions, reads, shop_actions, shops
from huitou.accounts.scopes import Scope
from huitou.demo.brand import BRAND_NAME, SHOPS
from huitou.demo.season import history_start
from huitou.kernel.clock import DEFAULT_ZONE
from huitou.kernel.errors import Conflict

USERS: Final[tuple[tuple[str, str, str, str], ...]] = (
    # user name, name shown, role, the one shop it works for ("" = all)
    ("admin", "系统管理员", "administrator", ""),
    ("yunying", "运营 林悦", "operator", ""),
    ("fenxi", "数据分析 周楠", "analyst", ""),
    ("dianzhang", "绍兴店长 章立群", "store_manager", "sx-cangqiao"),
    ("daogou", "导购 俞晓燕", "guide", "sx-cangqiao"),
    ("kefu", "客服 何静", "service_agent", ""),
)
GUIDE_OF: Final = {"daogou": "SX01"}
"""Logins of guides, and the guide's code."""


def brand_and_shops(anchor: date, *, now: datetime, take_name: bool) -> list[dict[str, str]]:
    """Make what is missing. Returns the logins that were made, with their passwords.

    ``take_name``: call the brand by the demo's name, unless somebody has named it.
    """
    if take_name and shops.brand().name == shops.BRAND_NAME:
        shop_actions.change_brand(
            {"name": BRAND_NAME, "zone": DEFAULT_ZONE, "currency": "CNY"}, actor=None, now=now
        )
    numbers: dict[str, int] = {}
    known = {shop.code for shop in shops.all_shops()}
    guides = {guide["code"] for guide in reads.guides_in(Scope.everything(), None)}
    for spec in SHOPS:
        row = shops.ensure_shop(spec.code, spec.name, spec.platform, spec.kind, now, None)
        numbers[spec.code] = row.shop
        if spec.code not in known:
            changes = {
                "province": spec.province,
                "city": spec.city,
                "opened_on": opened_on(anchor, spec.opened_month),
            }
            shop_actions.change_shop(row.shop, changes, actor=None, now=now)
        for guide in spec.guides:
            if guide.code not in guides:
                shop_actions.create_guide(
                    code=guide.code, name=guide.name, shop=row.shop, actor=None, now=now
                )
    return _users(numbers, now)


def opened_on(anchor: date, month: int) -> date:
    """The first of the ``month``-th month of the history."""
    start = history_start(anchor)
    months = start.year * 12 + start.month - 1 + month
    return date(months // 12, months % 12 + 1, 1)


def _users(numbers: dict[str, int], now: datetime) -> list[dict[str, str]]:
    made = []
    guides = {
        guide["code"]: int(guide["id"]) for guide in reads.guides_in(Scope.everything(), None)
    }
    for username, shown, role, shop in USERS:
        try:
            user, password = actions.create_user(
                username=username,
                display_name=shown,
                role=role,
                all_shops=not shop,
                shops=[numbers[shop]] if shop else [],
                actor=None,
                now=now,
                must_change_password=False,
            )
        except Conflict:  # there already: its password stays its own
            continue
        if username in GUIDE_OF:
            guide = guides[GUIDE_OF[username]]
            shop_actions.change_guide(guide, {"user": user.pk}, actor=None, now=now)
        made.append({"username": username, "name": shown, "role": role, "password": password})
    return made

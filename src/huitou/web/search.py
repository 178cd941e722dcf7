"""Search anywhere: pages of the app, members, and what else the parts can find by a word.

Each source is asked only when the caller may open what it finds, in the caller's scope.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from huitou.accounts.guard import Principal
from huitou.intake import reads as intake
from huitou.kernel.crypto import load_key_ring
from huitou.kernel.home import Home
from huitou.kernel.i18n import Text, translate
from huitou.members import listing
from huitou.members.listing import MemberFilter
from huitou.segments import reads as segments
from huitou.warehouse.store import current_warehouse

MOST: Final = 20
MOST_MEMBERS: Final = 8
MOST_BATCHES: Final = 5
MOST_SEGMENTS: Final = 5
SHORTEST_QUERY: Final = 2

Item = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """A screen that can be found by name. ``words`` are further words people use for it."""

    url: str
    label: Text
    permission: str
    words: str = ""


PAGES: Final = (
    Page("/", Text("总览", "Home"), "overview.view", "首页 overview 业绩"),
    Page("/members", Text("会员", "Members"), "members.view", "顾客 客户 customers 360"),
    Page("/segments", Text("人群", "Segments"), "segments.view", "圈选 分群 标签 audience 名单"),
    Page("/members/identity", Text("身份审核", "Identity review"), "identity.review", "合并 merge"),
    Page("/data", Text("数据导入", "Imports"), "intake.view", "导入 上传 文件 批次 upload batches"),
    Page("/data/mappings", Text("字段映射", "Mappings"), "intake.view", "导入 模板 template"),
    Page("/settings/brand", Text("品牌设置", "Brand"), "settings.view", "设置 时区 settings"),
    Page("/settings/shops", Text("店铺", "Shops"), "settings.view", "设置 网店 settings"),
    Page("/settings/stores", Text("门店与导购", "Stores and guides"), "settings.view", "设置"),
    Page("/settings/users", Text("用户", "Users"), "users.manage", "设置 账号 密码 settings"),
    Page("/settings/roles", Text("角色", "Roles"), "settings.view", "设置 权限 permissions"),
    Page("/settings/keys", Text("接口密钥", "API keys"), "keys.manage", "设置 api token"),
    Page("/settings/audit", Text("操作日志", "Audit log"), "audit.view", "设置 审计 日志 log"),
)


def find(query: str, caller: Principal) -> list[Item]:
    """At most ``MOST`` findings, members and orders before pages."""
    wanted = query.strip()
    if len(wanted) < SHORTEST_QUERY and not any("\u4e00" <= sign <= "\u9fff" for sign in wanted):
        return []
    found: list[Item] = []
    for permission, source in SOURCES:
        if caller.can(permission) and len(found) < MOST:
            found += source(wanted, caller)
    return found[:MOST]


def _pages(wanted: str, caller: Principal) -> list[Item]:
    word = wanted.casefold()
    return [
        {
            "kind": "page",
            "id": page.url,
            "title": translate(page.label),
            "subtitle": page.url,
            "url": page.url,
        }
        for page in PAGES
        if caller.can(page.permission)
        and word in f"{page.label.zh} {page.label.en} {page.words}".casefold()
    ]


def _members(wanted: str, caller: Principal) -> list[Item]:
    """Members by nick, phone, name, card, number or one of their orders; exact, masked, in scope."""
    ring = load_key_ring(Home.from_environment())
    rows, _ = listing.page(
        current_warehouse(),
        MemberFilter(q=wanted),
        size=MOST_MEMBERS,
        scope=caller.scope,
        ring=ring,
    )
    return [
        {
            "kind": "member",
            "id": row["member"],
            "title": row["display_name"],
            "subtitle": _about(row),
            "url": f"/members/{row['member']}",
        }
        for row in rows
    ]


def _batches(wanted: str, caller: Principal) -> list[Item]:
    """Imported files by a part of their name, newest first."""
    found = intake.batches_of(caller, None).filter(name__icontains=wanted)[:MOST_BATCHES]
    return [
        {
            "kind": "batch",
            "id": row["id"],
            "title": row["name"],
            "subtitle": row["state_label"],
            "url": f"/data/batches/{row['id']}",
        }
        for row in map(intake.batch_row, found)
    ]


def _segments(wanted: str, _caller: Principal) -> list[Item]:
    """Saved segments by a part of their name, description or folder."""
    found = segments.matching(q=wanted)[:MOST_SEGMENTS]
    return [
        {
            "kind": "segment",
            "id": str(row.pk),
            "title": row.name,
            "subtitle": " · ".join(part for part in (row.folder, row.description) if part),
            "url": f"/segments/{row.pk}",
        }
        for row in found
    ]


def _about(row: dict[str, Any]) -> str:
    orders = Text(f"{row['paid_trades']} 单", f"{row['paid_trades']} orders")
    parts = (row["phone"], row["province"], translate(orders), f"¥{row['paid_amount']}")
    return " · ".join(part for part in parts if part)


Source = Callable[[str, Principal], list[Item]]
SOURCES: Final[tuple[tuple[str, Source], ...]] = (
    ("members.view", _members),
    ("segments.view", _segments),
    ("intake.view", _batches),
    ("search.use", _pages),
)

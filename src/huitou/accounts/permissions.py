"""What a person may do: permission codes, and the roles that bundle them.

A permission answers "may this person use this function?"; on which shops is the scope's business
(``accounts.scopes``). A later part adds its codes to ``PERMISSIONS`` and to the roles they go to.
Routes name their permission through ``accounts.guard.route``; nothing else checks one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from huitou.kernel.i18n import Text

PERMISSIONS: Final[dict[str, Text]] = {
    "overview.view": Text("查看总览", "See the overview"),
    "members.view": Text("查看会员", "See members"),
    "members.export": Text("导出会员", "Export members"),
    "members.reveal": Text("查看会员明文信息", "Reveal personal data"),
    "identity.review": Text("审核身份合并", "Review identities"),
    "segments.view": Text("查看人群", "See segments"),
    "segments.edit": Text("保存和修改人群", "Save and change segments"),
    "tags.edit": Text("管理标签", "Manage tags"),
    "tags.assign": Text("给会员打标签", "Tag members"),
    "intake.view": Text("查看数据导入", "See imports"),
    "intake.run": Text("导入数据", "Import data"),
    "settings.view": Text("查看设置", "See settings"),
    "settings.manage": Text("修改设置", "Change settings"),
    "users.manage": Text("管理用户", "Manage users"),
    "owners.manage": Text("管理所有者", "Manage owners"),
    "keys.manage": Text("管理接口密钥", "Manage API keys"),
    "audit.view": Text("查看操作日志", "See the audit log"),
    "jobs.view": Text("查看任务", "See jobs"),
    "search.use": Text("全局搜索", "Search anywhere"),
}


@dataclass(frozen=True)
class Role:
    """A bundle of permissions with a name that people in a shop use."""

    code: str
    label: Text
    description: Text
    permissions: frozenset[str]


_ALL = frozenset(PERMISSIONS)

ROLES: Final[dict[str, Role]] = {
    role.code: role
    for role in (
        Role(
            "owner",
            Text("所有者", "Owner"),
            Text("可以做一切，包括任免所有者", "May do everything, appointing owners included"),
            _ALL,
        ),
        Role(
            "administrator",
            Text("管理员", "Administrator"),
            Text(
                "安装、用户、密钥与全部日常功能，但不能任免所有者",
                "Installation, users, keys and all daily functions, but not the owners",
            ),
            _ALL - {"owners.manage"},
        ),
        Role(
            "operator",
            Text("运营", "Operator"),
            Text(
                "每天的会员运营：导入、会员、身份审核、人群与标签",
                "Daily CRM work: imports, members, identity review, segments and tags",
            ),
            frozenset(
                {
                    "overview.view",
                    "members.view",
                    "members.export",
                    "members.reveal",
                    "identity.review",
                    "segments.view",
                    "segments.edit",
                    "tags.edit",
                    "tags.assign",
                    "intake.view",
                    "intake.run",
                    "settings.view",
                    "jobs.view",
                    "search.use",
                }
            ),
        ),
        Role(
            "analyst",
            Text("分析", "Analyst"),
            Text(
                "看数据、圈选人群和导出脱敏名单，不看明文",
                "Reads figures, saves segments, exports masked lists, never plain personal data",
            ),
            frozenset(
                {
                    "overview.view",
                    "members.view",
                    "members.export",
                    "segments.view",
                    "segments.edit",
                    "intake.view",
                    "jobs.view",
                    "search.use",
                }
            ),
        ),
        Role(
            "store_manager",
            Text("店长", "Store manager"),
            Text("本店的业绩与会员", "The results and members of their own stores"),
            frozenset(
                {
                    "overview.view",
                    "members.view",
                    "members.reveal",
                    "segments.view",
                    "tags.assign",
                    "jobs.view",
                    "search.use",
                }
            ),
        ),
        Role(
            "guide",
            Text("导购", "Shopping guide"),
            Text("本店会员，信息脱敏", "Members of their own store, masked"),
            frozenset({"members.view", "search.use"}),
        ),
        Role(
            "service_agent",
            Text("客服", "Service agent"),
            Text("查会员与订单，回答顾客", "Looks up members and orders to answer customers"),
            frozenset({"members.view", "members.reveal", "tags.assign", "jobs.view", "search.use"}),
        ),
    )
}


def permissions_of(role: str) -> frozenset[str]:
    """The permission codes of a role; none for a role that no longer exists."""
    known = ROLES.get(role)
    return known.permissions if known else frozenset()


def role_label(role: str) -> Text:
    """The role's name, or its bare code where it no longer exists."""
    known = ROLES.get(role)
    return known.label if known else Text(role, role)

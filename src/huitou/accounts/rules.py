"""Who may give what to whom. Pure decisions; ``actions`` asks them before every write.

One rule serves users and API keys: nobody hands out more than they hold — neither a permission nor
a shop. ``owners.manage``, which only owners hold, so keeps owners out of administrators' hands.
"""

from __future__ import annotations

from typing import Final

from huitou.accounts.permissions import ROLES, permissions_of
from huitou.accounts.scopes import Scope
from huitou.kernel.errors import Conflict, Forbidden, InvalidInput
from huitou.kernel.i18n import Text

OWNER: Final = "owner"
GUIDE: Final = "guide"
EVERY_SHOP_ROLES: Final = frozenset({"owner", "administrator"})


def check_role(role: str) -> None:
    """Raises ``InvalidInput`` for a role that does not exist."""
    if role not in ROLES:
        raise InvalidInput(
            Text(f"没有角色 {role}", f"There is no role {role}"),
            remedy=Text(f"可用：{'、'.join(ROLES)}", f"Use one of: {', '.join(ROLES)}"),
            where={"field": "role"},
        )


def check_scope_fits_role(role: str, scope: Scope) -> None:
    """Owners and administrators work on every shop; the others on at least one."""
    if role in EVERY_SHOP_ROLES and not scope.is_everything:
        raise InvalidInput(
            Text("所有者和管理员的范围是全部店铺", "Owners and administrators work on every shop"),
            remedy=Text("勾选“全部店铺”", "Choose “all shops”"),
            where={"field": "all_shops"},
        )
    if not scope.is_everything and not scope.shops:
        raise InvalidInput(
            Text("没有选择店铺，将什么也看不到", "No shop is chosen, so nothing could be seen"),
            remedy=Text("选择至少一个店铺或“全部店铺”", "Choose at least one shop, or “all shops”"),
            where={"field": "shops"},
        )


def check_scope_fits_guide(role: str, scope: Scope, store: int | None) -> None:
    """The login of a guide works on the ``store`` of that guide; None for nobody's login."""
    if role == GUIDE and store is not None and scope != Scope.only([store]):
        raise InvalidInput(
            Text("导购的范围是其所在门店", "A guide's login works on the guide's store"),
            remedy=Text(
                "在“设置 › 门店”里改导购的门店", "Change the guide's store in Settings › Stores"
            ),
            where={"field": "shops"},
        )


def check_may_grant(
    permissions: frozenset[str], scope: Scope, *, role: str, granted: Scope
) -> None:
    """Raises ``Forbidden`` when ``role`` on ``granted`` is more than the giver holds."""
    beyond = permissions_of(role) - permissions
    if beyond:
        raise Forbidden(
            Text(
                "不能授予超出自己权限的角色", "A role beyond your own permissions cannot be given"
            ),
            remedy=Text("请权限更高的人操作", "Ask somebody who holds these permissions"),
            where={"field": "role", "beyond": sorted(beyond)},
        )
    if not scope.covers(granted):
        raise Forbidden(
            Text("不能授予自己范围之外的店铺", "A shop outside your own scope cannot be given"),
            remedy=Text("只选择自己能看到的店铺", "Choose only shops that you can see"),
            where={"field": "shops"},
        )


def check_may_manage(permissions: frozenset[str], scope: Scope, *, role: str, held: Scope) -> None:
    """Raises ``Forbidden`` when the person to be changed holds more than the one who changes."""
    if permissions_of(role) - permissions or not scope.covers(held):
        raise Forbidden(
            Text("对方的权限或范围超出你的", "That person holds more than you do"),
            remedy=Text("请所有者操作", "Ask an owner"),
        )


def check_owner_remains(other_active_owners: int) -> None:
    """Raises ``Conflict`` when the last active owner would be disabled or demoted."""
    if other_active_owners == 0:
        raise Conflict(
            Text(
                "这是最后一个所有者，不能停用或降级", "The last owner cannot be disabled or demoted"
            ),
            remedy=Text("先任命另一位所有者", "Appoint another owner first"),
            code="last_owner",
        )

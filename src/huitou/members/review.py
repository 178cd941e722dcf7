"""What the identity review screens show: the queue, the check before a merge, the decisions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from huitou.accounts.scopes import Scope
from huitou.kernel.crypto import KeyRing
from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text, translate
from huitou.kernel.money import ZERO
from huitou.members import listing, people, suggestions
from huitou.members.actions import demand_not_separated, strong_keys
from huitou.members.detail import birthday
from huitou.members.listing import money
from huitou.members.lookup import require_visible
from huitou.members.models import IdentityDecision, Suggestion
from huitou.warehouse.scoping import known_members
from huitou.warehouse.store import Warehouse

UNIQUE_KINDS: Final = {
    "unionid": Text("微信unionid不同", "their WeChat unionids differ"),
    "omid": Text("会员通ID不同", "their member pass ids differ"),
    "phone": Text("手机号不同", "their mobiles differ"),
}


def queue(
    warehouse: Warehouse,
    *,
    state: str,
    kind: str | None,
    offset: int,
    size: int,
    scope: Scope,
    ring: KeyRing,
) -> tuple[list[dict[str, Any]], int]:
    """(suggestions and conflicts as ``Suggestion``, the strongest first; how many in all).

    A caller with a scope sees those whose every member is in it.
    """
    rows = Suggestion.objects.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    rows = rows.order_by("-score", "id") if state == "open" else rows.order_by("-decided_at", "id")
    if scope.is_everything:
        total = rows.count()
        page = list(rows[offset : offset + size])
    else:
        seen = warehouse.fetch(known_members(scope))["member"].to_pylist()
        visible = set(seen)
        mine = [row for row in rows if visible.issuperset(row.members)]
        total = len(mine)
        page = mine[offset : offset + size]
    numbers = {member for row in page for member in row.members}
    shown = listing.rows_of(warehouse, numbers, scope=scope, ring=ring)
    return [_suggestion(row, shown) for row in page], total


def check(
    warehouse: Warehouse, members: Sequence[int], *, scope: Scope, ring: KeyRing
) -> dict[str, Any]:
    """What a merge of two members would do, in sentences. Raises as ``actions.merge``."""
    if len(set(members)) != 2:
        raise InvalidInput(
            Text("合并需要两位不同的会员", "A merge takes two different members"),
            remedy=Text("选择另一位会员", "Choose another member"),
        )
    into, other = sorted(members)
    held = {member: require_visible(warehouse, member, scope) for member in (into, other)}
    rows = listing.rows_of(warehouse, members, scope=scope, ring=ring)
    keys = strong_keys(warehouse, (into, other))
    demand_not_separated(keys[into], keys[other])
    trades = sum(rows[member]["paid_trades"] for member in held)
    paid = sum((Decimal(rows[member]["paid_amount"]) for member in held), ZERO)
    names = {member: rows[member]["display_name"] for member in held}
    said = [
        Text(
            f"会员 {other}（{names[other]}）将并入会员 {into}（{names[into]}）。",
            f"Member {other} ({names[other]}) goes into member {into} ({names[into]}).",
        ),
        Text(
            f"合并后共 {trades} 个付款订单，实付 ¥{money(paid)}。",
            f"Together they have {trades} paid orders and paid ¥{money(paid)}.",
        ),
        Text(
            "订单、评价、访问都跟随会员；可以随时撤销，全部恢复原样。",
            "Orders, reviews and visits follow; it can be undone at any time, and all goes back.",
        ),
    ]
    return {
        "summary": [translate(text) for text in said],
        "into": str(into),
        "trades": trades,
        "paid_amount": money(paid),
        "warnings": [translate(text) for text in _warnings(warehouse, held, keys, ring)],
    }


def decisions(
    warehouse: Warehouse, *, member: int | None, offset: int, size: int, scope: Scope
) -> tuple[list[dict[str, Any]], int]:
    """(decisions as ``Decision``, the newest first; how many in all)."""
    rows = list(IdentityDecision.objects.order_by("-id"))
    if member is not None:
        rows = [row for row in rows if member in row.members or row.into == member]
    if not scope.is_everything:
        visible = set(warehouse.fetch(known_members(scope))["member"].to_pylist())
        rows = [row for row in rows if row.into in visible]
    return [decision_row(row) for row in rows[offset : offset + size]], len(rows)


def decision_row(row: IdentityDecision) -> dict[str, Any]:
    """A decision as the API shows it; half carried out counts as what it will be."""
    is_active = row.state in {"pending", "active"}
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "members": [str(member) for member in row.members],
        "into": None if row.into is None else str(row.into),
        "by": row.by_name,
        "at": row.at,
        "note": row.note or None,
        "state": "active" if is_active else "undone",
        "can_undo": row.state == "active",
        "undone_by": row.undone_by_name or None,
        "undone_at": row.undone_at,
    }


def _suggestion(row: Suggestion, shown: dict[int, dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "score": row.score,
        "reasons": [suggestions.sentence(row.kind, reason) for reason in row.reasons],
        "members": [shown[member] for member in row.members if member in shown],
        "state": row.state,
        "created_at": row.created_at,
        "decided_by": row.decided_by_name or None,
        "decided_at": row.decided_at,
    }


def _warnings(
    warehouse: Warehouse,
    held: dict[int, dict[str, Any]],
    keys: dict[int, list[dict[str, Any]]],
    ring: KeyRing,
) -> list[Text]:
    """What speaks against two members being one person."""
    found = []
    persons = people.people(warehouse, held, ring)
    one, other = (persons[member] for member in held)
    if one.first("name") and other.first("name") and one.first("name") != other.first("name"):
        found.append(Text("姓名不同", "their names differ"))
    first, second = (held[member] for member in held)
    if first["gender"] and second["gender"] and first["gender"] != second["gender"]:
        found.append(Text("性别不同", "their genders differ"))
    if birthday(first) and birthday(second) and birthday(first) != birthday(second):
        found.append(Text("生日不同", "their birthdays differ"))
    for kind, text in UNIQUE_KINDS.items():
        mine, theirs = (
            {key["hash"] for key in keys[member] if key["kind"] == kind} for member in held
        )
        if mine and theirs and not mine & theirs:
            found.append(text)
    if any(key["contested"] for member in held for key in keys[member]):
        found.append(
            Text("其中有存疑的标识", "one of them has an identity that joins too many accounts")
        )
    return found

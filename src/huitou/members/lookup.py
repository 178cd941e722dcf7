"""Finding members: which exist, which a caller may see, and which a word means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal

import ibis
from ibis import _

from huitou.accounts.scopes import Scope
from huitou.kernel.crypto import KeyRing
from huitou.kernel.errors import NotFound
from huitou.kernel.i18n import Text
from huitou.members import normal
from huitou.members.keys import BRAND_SCOPE
from huitou.warehouse.scoping import known_members
from huitou.warehouse.store import Warehouse, table

SearchBy = Literal["auto", "nick", "phone", "trade", "name", "card"]
NO_MEMBER: Final = Text("没有这位会员", "There is no such member")


def require_visible(warehouse: Warehouse, member: int, scope: Scope) -> dict[str, Any]:
    """The ``member`` row of a number in use that the caller may see.

    Raises ``NotFound``; with ``where.merged_into`` for the number of a merged member.
    """
    held = warehouse.table("member")
    rows = warehouse.rows(held.filter(held.member == member))
    if not rows:
        raise NotFound(NO_MEMBER, where={"member": str(member)})
    row = rows[0]
    into = row["merged_into"]
    if not _is_visible(warehouse, member if into is None else into, scope):
        raise NotFound(NO_MEMBER, where={"member": str(member)})
    if into is not None:
        raise NotFound(
            Text(f"会员 {member} 已并入会员 {into}", f"Member {member} was merged into {into}"),
            remedy=Text(f"打开会员 {into}", f"Open member {into}"),
            where={"member": str(member), "merged_into": str(into)},
        )
    return row


def _is_visible(warehouse: Warehouse, member: int, scope: Scope) -> bool:
    if scope.is_everything:
        return True
    mine = known_members(scope).filter(_.member == member)
    return bool(warehouse.scalar(mine.count()))


def matching(warehouse: Warehouse, query: str, by: SearchBy, ring: KeyRing) -> ibis.Table:
    """The members that a word means, as one column ``member``; by exact value, never by part of it.

    ``auto`` takes the word for everything it can be, a member's number included.
    """
    wanted = query.strip()
    hashes: list[bytes] = []
    if by in {"auto", "phone"}:
        hashes += _phone_hashes(wanted, ring)
    if by in {"auto", "nick"}:
        hashes += _scoped_hashes(warehouse, ("nick", "nickname"), normal.nick(wanted), ring)
    if by in {"auto", "name"}:
        hashes += _hashes(("name",), normal.name(wanted), ring)
    if by in {"auto", "card"}:
        hashes += _hashes(("card_no",), normal.card_no(wanted), ring)
        hashes += _scoped_hashes(warehouse, ("customer",), normal.card_no(wanted), ring)
    if by == "auto":
        hashes += _hashes(("email",), normal.email(wanted), ring)
        hashes += _hashes(("alipay",), normal.alipay(wanted), ring)
    found = [_by_hashes(hashes)] if hashes else []
    if by in {"auto", "trade"}:
        trade = table("trade")
        found.append(
            trade.filter(trade.trade_id == wanted, trade.member.notnull()).select("member")
        )
    if by == "auto" and wanted.isdecimal() and len(wanted) <= 9:
        held = table("member")
        found.append(held.filter(held.member == int(wanted)).select("member"))
    if not found:
        return table("member").filter(ibis.literal(False)).select("member")
    return ibis.union(*found, distinct=True) if len(found) > 1 else found[0].distinct()


def _by_hashes(hashes: Iterable[bytes]) -> ibis.Table:
    """Members of these strong identities, and members beside these weak ones."""
    wanted = [ibis.literal(value, type="binary") for value in dict.fromkeys(hashes)]
    keys = table("identity_key")
    hit = keys.filter(keys.hash.isin(wanted))
    strong = hit.filter(hit.strength == "strong").select("member")
    weak = hit.filter(hit.strength == "weak").select(weak="key_no")
    link = table("identity_link")
    beside = link.join(weak, link.a == weak.weak).select("b")
    owners = keys.select("key_no", "member").filter(_.member.notnull())
    near = beside.join(owners, beside.b == owners.key_no).select("member")
    return strong.union(near)


def _phone_hashes(wanted: str, ring: KeyRing) -> list[bytes]:
    phone = normal.phone(wanted)
    if phone is None or phone.form in {"mask", "virtual"}:
        return []
    kinds = ("phone", "receiver_phone") if phone.form == "mobile" else ("receiver_phone",)
    return _hashes(kinds, phone.value, ring)


def _hashes(kinds: Iterable[str], value: str | None, ring: KeyRing) -> list[bytes]:
    return [ring.blind(kind, BRAND_SCOPE, value) for kind in kinds] if value else []


def _scoped_hashes(
    warehouse: Warehouse, kinds: tuple[str, ...], value: str | None, ring: KeyRing
) -> list[bytes]:
    """A value's hash in every namespace in which there are values of its kind."""
    if not value:
        return []
    keys = warehouse.table("identity_key")
    scopes = keys.filter(keys.kind.isin(kinds)).select("kind", "scope").distinct()
    return [ring.blind(row["kind"], row["scope"], value) for row in warehouse.rows(scopes)]

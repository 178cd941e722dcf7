"""Showing personal data in plain: with a permission, for a reason, and on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import pyarrow as pa
from django.db import transaction

from huitou.accounts import audit
from huitou.accounts.guard import Principal
from huitou.accounts.models import AuditEntry
from huitou.kernel.crypto import KeyRing
from huitou.kernel.errors import InvalidInput, NotFound, TooMany
from huitou.kernel.i18n import Text
from huitou.members import normal, people, vault
from huitou.members.lookup import require_visible
from huitou.warehouse.scoping import scoped
from huitou.warehouse.store import Warehouse

PERMISSION: Final = "members.reveal"
ACTION: Final = "member.reveal"
RECEIVER: Final = "receiver"
FIELDS: Final = (*people.FIELDS, RECEIVER)
SHORTEST_REASON: Final = 4
PER_HOUR: Final = 60
PER_DAY: Final = 300

audit.label_actions({ACTION: Text("查看会员明文", "Reveal personal data")})


def reveal(
    warehouse: Warehouse,
    member: int,
    fields: Sequence[str],
    reason: str,
    *,
    trade: int | None = None,
    ring: KeyRing,
    actor: Principal,
    now: datetime,
) -> dict[str, list[str]]:
    """The member's values of these fields in plain, the newest first.

    ``receiver`` is the receiver of ``trade``, or of the latest orders. Leaves an audit row with the
    fields and the reason, never the values. Raises ``Forbidden``, ``NotFound``, ``InvalidInput``
    (an unknown field, a reason of fewer than four characters), ``TooMany``.
    """
    actor.require(PERMISSION)
    require_visible(warehouse, member, actor.scope)
    wanted = list(dict.fromkeys(fields))
    said = checked_reason(reason)
    if not wanted or not set(wanted) <= set(FIELDS):
        raise InvalidInput(
            Text("请选择要查看的内容", "Choose what to reveal"),
            remedy=Text(f"可选：{'、'.join(FIELDS)}", f"Choose from: {', '.join(FIELDS)}"),
            where={"field": "fields"},
        )
    with transaction.atomic():
        _throttle(actor, now)
        audit.record(
            actor=actor,
            action=ACTION,
            subject=f"member:{member}",
            detail={"fields": wanted, "reason": said, **({"trade": trade} if trade else {})},
            now=now,
        )
    person = people.people(warehouse, [member], ring)[member]
    values = {name: person.values.get(name, []) for name in wanted if name != RECEIVER}
    if RECEIVER in wanted:
        values[RECEIVER] = _receivers(warehouse, member, trade, ring, actor)
    return values


def checked_reason(reason: str) -> str:
    """A reason as it is kept on record. Raises ``InvalidInput`` for one too short to be one."""
    said = reason.strip()
    if len(said) < SHORTEST_REASON:
        raise InvalidInput(
            Text("请写明查看原因（至少 4 个字）", "Give a reason of at least four characters"),
            remedy=Text("例如：核对售后收货电话", "For example: confirm the phone for a return"),
            where={"field": "reason"},
        )
    # A reason is kept for good; a number typed into it must not be.
    return str(normal.scrub(pa.array([said[:200]]))[0].as_py())


def _throttle(actor: Principal, now: datetime) -> None:
    mine = AuditEntry.objects.filter(action=ACTION, user=actor.user, key=actor.key)
    for span, limit in ((timedelta(hours=1), PER_HOUR), (timedelta(days=1), PER_DAY)):
        if mine.filter(at__gt=now - span).count() >= limit:
            raise TooMany(
                Text("查看明文过于频繁", "Too many reveals"),
                remedy=Text(
                    f"每小时最多 {PER_HOUR} 次、每天最多 {PER_DAY} 次，请稍后再试",
                    f"At most {PER_HOUR} an hour and {PER_DAY} a day; try again later",
                ),
                where={"retry_after": int(span.total_seconds())},
            )


def _receivers(
    warehouse: Warehouse, member: int, trade: int | None, ring: KeyRing, actor: Principal
) -> list[str]:
    if trade is None:
        found = people.receivers(warehouse, [member], ring, scope=actor.scope)
    else:
        trades = scoped(warehouse.table("trade"), actor.scope)
        rows = warehouse.rows(trades.filter(trades.trade == trade, trades.member == member))
        if not rows:
            raise NotFound(Text("没有这个订单", "There is no such order"))
        refs = [row["receiver_ref"] for row in rows if row["receiver_ref"]]
        found = list(vault.open_refs(refs, ring).values())
    return [joined(one) for one in found]


def joined(receiver: dict[str, Any]) -> str:
    """A receiver on one line: name, phone, address."""
    return " ".join(receiver[name] for name in ("name", "phone", "address") if name in receiver)

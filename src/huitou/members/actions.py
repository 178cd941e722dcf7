"""Every write a person makes on identities: merge, undo, separate, dismiss; and the reveal.

A decision is written as intent in the app database first (``pending``, ``undoing``), then carried
out in one warehouse transaction, then marked done. Carrying it out twice changes nothing, so
``settle`` finishes after a crash whatever was left in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import pyarrow as pa
from django.db import transaction
from ibis import _

from huitou.accounts import audit
from huitou.accounts.guard import Principal
from huitou.accounts.scopes import Scope
from huitou.kernel.clock import naive_utc
from huitou.kernel.errors import Conflict, InvalidInput, NotFound
from huitou.kernel.i18n import Text
from huitou.members import regroup, suggestions
from huitou.members.decisions import standing_separations
from huitou.members.keys import KINDS
from huitou.members.lookup import require_visible
from huitou.members.models import IdentityDecision, Suggestion
from huitou.warehouse.store import Warehouse, Writer

MERGE: Final = "merge"
SEPARATE: Final = "separate"

audit.label_actions(
    {
        "member.merge": Text("合并会员", "Merge members"),
        "member.separate": Text("拆分会员", "Separate a member"),
        "member.undo": Text("撤销身份决定", "Undo an identity decision"),
        "member.dismiss": Text("忽略合并建议", "Dismiss a suggestion"),
    }
)


def merge(
    warehouse: Warehouse,
    members: Sequence[int],
    *,
    note: str = "",
    scope: Scope,
    actor: Principal | None,
    now: datetime,
) -> IdentityDecision:
    """Make two members one. The smaller number stays; ``into`` of the decision says which.

    Raises ``NotFound`` outside the scope, ``InvalidInput`` for one member twice, ``Conflict``
    where a standing separation says that they are different people.
    """
    if len(set(members)) != 2:
        raise InvalidInput(
            Text("合并需要两位不同的会员", "A merge takes two different members"),
            remedy=Text("选择另一位会员", "Choose another member"),
        )
    a, b = sorted(members)
    for member in (a, b):
        require_visible(warehouse, member, scope)
    keys = strong_keys(warehouse, (a, b))
    demand_not_separated(keys[a], keys[b])
    with transaction.atomic():
        decision = IdentityDecision.objects.create(
            kind=MERGE,
            left=[_representative(keys[a])],
            right=[_representative(keys[b])],
            members=[a, b],
            at=now,
            by=actor.user if actor else None,
            by_name=_name(actor),
            note=note.strip()[:300],
        )
        audit.record(
            actor=actor,
            action="member.merge",
            subject=f"member:{a}",
            detail={"members": [a, b], "decision": decision.pk},
            now=now,
        )
        for suggestion in Suggestion.objects.filter(kind="suggestion", state="open", a=a, b=b):
            _decide(suggestion, "merged", decision.note, actor, now)
    _carry_out(warehouse, decision, now)
    return decision


def separate(
    warehouse: Warehouse,
    member: int,
    key_nos: Iterable[int],
    *,
    note: str = "",
    scope: Scope,
    actor: Principal | None,
    now: datetime,
) -> IdentityDecision:
    """Say that some identities of a member are another person's.

    Links that would join the two sides again are ignored from now on. Raises ``InvalidInput`` when
    the identities are not the member's, or are all of them.
    """
    require_visible(warehouse, member, scope)
    picked = set(key_nos)
    keys = strong_keys(warehouse, (member,))[member]
    left = [key["hash"].hex() for key in keys if key["key_no"] not in picked]
    right = [key["hash"].hex() for key in keys if key["key_no"] in picked]
    if not left or not right or len(right) != len(picked):
        raise InvalidInput(
            Text("请选择这位会员的一部分账号", "Choose some of this member's accounts, not all"),
            remedy=Text("至少留下一个账号", "Leave at least one account"),
            where={"field": "keys"},
        )
    with transaction.atomic():
        decision = IdentityDecision.objects.create(
            kind=SEPARATE,
            left=left,
            right=right,
            members=[member],
            at=now,
            by=actor.user if actor else None,
            by_name=_name(actor),
            note=note.strip()[:300],
        )
        audit.record(
            actor=actor,
            action="member.separate",
            subject=f"member:{member}",
            detail={"identities": sorted(picked), "decision": decision.pk},
            now=now,
        )
    _carry_out(warehouse, decision, now)
    return decision


def undo(
    warehouse: Warehouse,
    decision_id: int,
    *,
    note: str = "",
    scope: Scope,
    actor: Principal | None,
    now: datetime,
) -> IdentityDecision:
    """Withdraw a decision: what it changed goes back, facts with their members.

    Raises ``NotFound``, or ``Conflict`` when it is undone already.
    """
    with transaction.atomic():
        decision = IdentityDecision.objects.select_for_update().filter(pk=decision_id).first()
        if decision is None:
            raise NotFound(Text("没有这个决定", "There is no such decision"))
        for member in decision.members:
            require_visible(warehouse, _live_number(warehouse, member), scope)
        if decision.state != "active":
            raise Conflict(
                Text("这个决定已经撤销", "This decision has been undone already"),
                remedy=Text("刷新页面", "Reload the page"),
            )
        decision.state = "undoing"
        decision.undone_at = now
        decision.undone_by_name = _name(actor)
        decision.undo_note = note.strip()[:300]
        decision.save()
        audit.record(
            actor=actor,
            action="member.undo",
            subject=f"decision:{decision.pk}",
            detail={"kind": decision.kind, "members": decision.members},
            now=now,
        )
    _carry_out(warehouse, decision, now)
    return decision


def decide_merge(
    warehouse: Warehouse,
    suggestion_id: int,
    *,
    note: str = "",
    scope: Scope,
    actor: Principal | None,
    now: datetime,
) -> IdentityDecision:
    """Merge the two members of a suggestion."""
    suggestion = _open_suggestion(suggestion_id)
    if suggestion.kind != "suggestion":
        raise InvalidInput(
            Text("冲突不能直接合并", "A conflict cannot be merged as it is"),
            remedy=Text("选出其中属于同一人的两位会员再合并", "Merge two of its members by name"),
        )
    pair = [_live_number(warehouse, number) for number in suggestion.members]
    return merge(warehouse, pair, note=note, scope=scope, actor=actor, now=now)


@transaction.atomic
def dismiss(
    warehouse: Warehouse,
    suggestion_id: int,
    *,
    note: str = "",
    scope: Scope,
    actor: Principal | None,
    now: datetime,
) -> Suggestion:
    """Say that a suggestion is none; it is not made again for these two."""
    suggestion = _open_suggestion(suggestion_id)
    for member in suggestion.members:
        require_visible(warehouse, _live_number(warehouse, member), scope)
    _decide(suggestion, "dismissed", note, actor, now)
    audit.record(
        actor=actor,
        action="member.dismiss",
        subject=f"suggestion:{suggestion.pk}",
        detail={"members": suggestion.members},
        now=now,
    )
    return suggestion


def settle(warehouse: Warehouse, now: datetime) -> int:
    """Finish decisions that a stopped process left half carried out. Returns how many."""
    left = IdentityDecision.objects.filter(state__in=("pending", "undoing")).order_by("id")
    for decision in left:
        _carry_out(warehouse, decision, now)
    return len(left)


def _carry_out(warehouse: Warehouse, decision: IdentityDecision, now: datetime) -> None:
    is_new = decision.state == "pending"
    with warehouse.writing() as writer:
        hashes = [bytes.fromhex(one) for one in (*decision.left, *decision.right)]
        keys = _keys_by_hash(writer, hashes)
        if decision.kind == MERGE:
            _link(writer, decision, keys, is_new=is_new, now=now)
        members = {key["member"] for key in keys.values()}
        done = regroup.regroup(writer, members, standing_separations(), batch=None, now=now)
        after = _keys_by_hash(writer, hashes)
    if is_new:
        side = decision.left if decision.kind == MERGE else decision.right
        into = {after[bytes.fromhex(one)]["member"] for one in side if bytes.fromhex(one) in after}
        decision.into = min(into, default=None)
    decision.state = "active" if is_new else "undone"
    decision.save()
    if not is_new and decision.kind == MERGE:
        a, b = decision.members
        Suggestion.objects.filter(state="merged", a=a, b=b).delete()
    suggestions.refresh(warehouse, done.touched, now)


def _link(
    writer: Writer,
    decision: IdentityDecision,
    keys: dict[bytes, dict[str, Any]],
    *,
    is_new: bool,
    now: datetime,
) -> None:
    """Add the merge's link, or take it away; adding it twice adds one."""
    evidence = f"decision:{decision.pk}"
    link = writer.table("identity_link")
    writer.delete("identity_link", ["origin", "evidence"], link.filter(_.evidence == evidence))
    ends = [keys.get(bytes.fromhex(one[0])) for one in (decision.left, decision.right)]
    if not is_new or ends[0] is None or ends[1] is None:
        return
    a, b = sorted(end["key_no"] for end in ends if end)
    row = {
        "a": a,
        "b": b,
        "origin": regroup.PERSON,
        "evidence": evidence,
        "first_seen_at": naive_utc(now),
    }
    writer.insert(
        "identity_link",
        pa.Table.from_pylist([row], schema=link.drop("batch").schema().to_pyarrow()),
    )


def _keys_by_hash(writer: Writer, hashes: list[bytes]) -> dict[bytes, dict[str, Any]]:
    wanted = writer.temp("decided_key", pa.table({"hash": pa.array(hashes, pa.binary())}))
    keys = writer.table("identity_key").semi_join(wanted, "hash")
    rows = writer.rows(keys.select("hash", "key_no", "member"))
    return {row["hash"]: row for row in rows}


def strong_keys(warehouse: Warehouse, members: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Per member its strong identities: key_no, kind, hash, contested."""
    keys = warehouse.table("identity_key")
    strong = keys.filter(keys.strength == "strong", keys.member.isin(list(members)))
    rows = warehouse.rows(
        strong.select("member", "key_no", "kind", "hash", "contested").order_by("key_no")
    )
    found: dict[int, list[dict[str, Any]]] = {member: [] for member in members}
    for row in rows:
        found[row["member"]].append(row)
    return found


def _representative(keys: list[dict[str, Any]]) -> str:
    """The identity that stands for a member in a decision: its best one that is not contested."""
    best = min(keys, key=lambda key: (key["contested"], KINDS[key["kind"]].rank, key["hash"]))
    return str(best["hash"].hex())


def demand_not_separated(left: list[dict[str, Any]], right: list[dict[str, Any]]) -> None:
    """Raise ``Conflict`` where a standing separation says that these are different people."""
    one, other = ({key["hash"] for key in keys} for keys in (left, right))
    for separation in standing_separations():
        for first, second in ((one, other), (other, one)):
            if first & separation.left and second & separation.right:
                raise Conflict(
                    Text("这两位会员曾被人工拆分", "A person said that these two are different"),
                    remedy=Text(
                        "先在“身份审核 › 决定”中撤销那次拆分",
                        "Undo that separation first, in Identity review › Decisions",
                    ),
                    code="separated_before",
                )


def _live_number(warehouse: Warehouse, member: int) -> int:
    held = warehouse.table("member")
    rows = warehouse.rows(held.filter(held.member == member).select("merged_into"))
    return int(rows[0]["merged_into"] or member) if rows else member


def _open_suggestion(suggestion_id: int) -> Suggestion:
    suggestion = Suggestion.objects.filter(pk=suggestion_id).first()
    if suggestion is None:
        raise NotFound(
            Text("没有这条建议", "There is no such suggestion"),
            remedy=Text("刷新列表", "Reload the list"),
        )
    if suggestion.state != "open":
        raise Conflict(
            Text("这条建议已经处理过", "This suggestion has been decided already"),
            remedy=Text("刷新列表", "Reload the list"),
        )
    return suggestion


def _decide(
    suggestion: Suggestion, state: str, note: str, actor: Principal | None, now: datetime
) -> None:
    suggestion.state = state
    suggestion.note = note.strip()[:300]
    suggestion.decided_at = now
    suggestion.decided_by_name = _name(actor)
    suggestion.save()


def _name(actor: Principal | None) -> str:
    if actor is None:
        return audit.SYSTEM_NAME
    if actor.user is not None:
        return actor.user.display_name or actor.user.username
    return actor.key.name if actor.key is not None else audit.SYSTEM_NAME

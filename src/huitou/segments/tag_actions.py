"""Every write a person makes on tags: groups and tags, and giving tags to members or taking them away."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from huitou.accounts import audit, shops
from huitou.accounts.guard import Principal
from huitou.accounts.scopes import Scope
from huitou.kernel.clock import local_day
from huitou.kernel.errors import Conflict, InvalidInput, NotFound
from huitou.kernel.i18n import Text, translate
from huitou.kernel.jobs import enqueue
from huitou.kernel.models import Job
from huitou.segments import asking, saved, tag_refresh
from huitou.segments.parsing import document, parse
from huitou.segments.sets import MemberSet
from huitou.segments.tag_builtin import full_label, group_label, rule_document, tag_label
from huitou.segments.tag_ledger import SOMEBODY, Ledger, Told
from huitou.segments.tag_models import LIVE, MANUAL, RULE, Tag, TagGroup
from huitou.segments.tag_reads import get, get_group, holders_of, uses_of
from huitou.segments.tag_rules import (
    LONGEST_LABEL,
    MOST_DAYS,
    begins,
    circle,
    ends,
    named_tags,
)
from huitou.segments.wrong import Wrong
from huitou.warehouse.store import Warehouse

ASSIGN_JOB: Final = "tags.assign"
REFRESH_JOB: Final = "tags.refresh"
AT_ONCE: Final = 2_000
"""Up to so many members are tagged while the caller waits; more are a job."""

audit.label_actions(
    {
        "tag_group.create": Text("新建标签组", "Create a tag group"),
        "tag_group.change": Text("修改标签组", "Change a tag group"),
        "tag_group.delete": Text("删除标签组", "Delete a tag group"),
        "tag.create": Text("新建标签", "Create a tag"),
        "tag.change": Text("修改标签", "Change a tag"),
        "tag.delete": Text("删除标签", "Delete a tag"),
        "tag.assign": Text("打标签", "Tag members"),
        "tag.remove": Text("去标签", "Take a tag off members"),
        "tag.refresh": Text("刷新规则标签", "Refresh rule tags"),
    }
)


@dataclass(frozen=True)
class Assigned:
    """``changed``: members who got or lost the tag; ``kept``: who still has it because its rule says so."""

    changed: int
    total: int
    kept: int = 0


# Groups


@transaction.atomic
def create_group(
    *, label: str, exclusive: bool, actor: Principal | None, now: datetime
) -> TagGroup:
    """A group of the brand's own. Raises ``InvalidInput``, ``Conflict`` for a name in use."""
    name = _label(label)
    _demand_new_group_name(name)
    last = TagGroup.objects.order_by("-position").first()
    row = TagGroup.objects.create(
        code=f"new-{now.timestamp():.6f}",
        label=name,
        exclusive=exclusive,
        position=1 + (last.position if last else 0),
        created_at=now,
    )
    row.code = f"own.{row.pk}"
    row.save(update_fields=["code"])
    _record(actor, "tag_group.create", f"tag_group:{row.pk}", {"label": name}, now)
    return row


def change_group(
    warehouse: Warehouse,
    group: int,
    changes: Mapping[str, Any],
    *,
    actor: Principal | None,
    now: datetime,
) -> TagGroup:
    """Change ``label``, ``exclusive`` (both of own groups only), ``archived``, ``position``; with
    ``enabled`` switch all its tags by rule on or off at once.
    """
    with transaction.atomic():
        row = _change_group(get_group(group), changes, actor, now)
    tag_refresh.sweep(warehouse, now)
    return row


def _change_group(
    row: TagGroup, changes: Mapping[str, Any], actor: Principal | None, now: datetime
) -> TagGroup:
    if row.builtin and {"label", "exclusive"} & changes.keys():
        raise _builtin()
    if "label" in changes:
        name = _label(changes["label"])
        _demand_new_group_name(name, row.pk)
        row.label = name
    if "exclusive" in changes:
        row.exclusive = bool(changes["exclusive"])
    if "position" in changes:
        row.position = int(changes["position"])
    if "archived" in changes:
        row.archived_at = (row.archived_at or now) if changes["archived"] else None
    row.save()
    _record(actor, "tag_group.change", f"tag_group:{row.pk}", dict(changes), now)
    ruled = row.tags.filter(archived_at=None).exclude(kind=MANUAL)
    if "enabled" in changes:
        ruled.update(enabled=bool(changes["enabled"]), updated_at=now, error=None)
    working = list(ruled.filter(enabled=True))
    if (
        working
        and row.archived_at is None
        and {"enabled", "exclusive", "archived"} & changes.keys()
    ):
        ask_for_refresh(working, actor=actor, now=now)
    return row


@transaction.atomic
def delete_group(group: int, *, actor: Principal | None, now: datetime) -> None:
    """Delete an own group without tags. Raises ``Conflict``."""
    row = get_group(group)
    if row.builtin:
        raise _builtin()
    if row.tags.exists():
        raise Conflict(
            Text("组里还有标签", "The group still has tags"),
            remedy=Text(
                "先删除或移走它们，或归档这个组", "Delete or move them, or archive the group"
            ),
            code="in_use",
        )
    _record(actor, "tag_group.delete", f"tag_group:{row.pk}", {"label": row.label}, now)
    row.delete()


# Tags


def create_tag(
    *,
    group: int,
    label: str,
    kind: str = MANUAL,
    rule: Any = None,
    days: int | None = None,
    actor: Principal | None,
    now: datetime,
) -> Tag:
    """A tag of the brand's own; one by rule is worked out by a job at once.

    Raises ``InvalidInput``, ``Wrong`` at a node of the rule, ``Conflict`` for a name in use.
    """
    with transaction.atomic():
        held = get_group(group)
        name = _label(label)
        _demand_new_name(held, name)
        last = held.tags.order_by("-position").first()
        row = Tag(
            group=held,
            code=f"new-{now.timestamp():.6f}",
            label=name,
            kind=_kind(kind),
            days=_days(days),
            position=1 + (last.position if last else 0),
            owner=actor.user if actor else None,
            created_at=now,
            updated_at=now,
        )
        row.rule = None if row.kind == MANUAL else checked_rule(rule, of=None)
        row.save()
        row.code = f"own.{row.pk}"
        row.save(update_fields=["code"])
        _record(
            actor, "tag.create", f"tag:{row.pk}", {"label": name, "kind": kind, "days": days}, now
        )
        if row.kind != MANUAL:
            ask_for_refresh([row], actor=actor, now=now)
    return row


def change_tag(
    warehouse: Warehouse,
    tag: int,
    changes: Mapping[str, Any],
    *,
    actor: Principal | None,
    now: datetime,
) -> Tag:
    """Change ``label``, ``group`` (of own tags), ``kind``, ``rule``, ``days``, ``enabled``, ``archived``,
    ``position``. What its rule gave goes when the rule is switched off; what people set stays.

    ``rule`` None gives a built-in tag the rule back that it came with. Raises as ``create_tag``.
    """
    with transaction.atomic():
        row = get(tag)
        before = (row.kind, row.enabled, row.archived_at is None, rule_document(row), row.days)
        _change_names(row, changes)
        if "kind" in changes:
            row.kind = _kind(changes["kind"])
        if "days" in changes:
            row.days = _days(changes["days"])
        if "enabled" in changes:
            row.enabled = bool(changes["enabled"])
        if "position" in changes:
            row.position = int(changes["position"])
        if "archived" in changes:
            row.archived_at = (row.archived_at or now) if changes["archived"] else None
        _change_rule(row, changes)
        row.updated_at = now
        row.error = None
        row.save()
        detail = {key: value for key, value in changes.items() if key != "rule"}
        if "rule" in changes:
            detail["rule_changed"] = True
        _record(actor, "tag.change", f"tag:{row.pk}", detail, now)
        after = (row.kind, row.enabled, row.archived_at is None, rule_document(row), row.days)
        works = row.kind != MANUAL and row.enabled and row.archived_at is None
        if works and before != after:
            ask_for_refresh([row], actor=actor, now=now)
    tag_refresh.sweep(warehouse, now)
    return row


def delete_tag(warehouse: Warehouse, tag: int, *, actor: Principal | None, now: datetime) -> None:
    """Delete an own tag that no rule names and nobody has. Raises ``Conflict`` (code in_use)."""
    with transaction.atomic():
        row = get(tag)
        if row.builtin:
            raise _builtin()
        used = uses_of(row.pk)
        if used:
            names = "、".join(use["name"] for use in used[:5])
            raise Conflict(
                Text(f"有规则用到这个标签：{names}", f"Rules name this tag: {names}"),
                remedy=Text(
                    "先改掉那些规则，或归档这个标签", "Change these rules, or archive the tag"
                ),
                code="in_use",
                where={"uses": used},
            )
        count = holders_of(warehouse, row.pk)
        if count:
            raise Conflict(
                Text(f"还有 {count:,} 位会员有这个标签", f"{count:,} members still have this tag"),
                remedy=Text("归档它，或先从会员身上去掉", "Archive it, or take it off them first"),
                code="in_use",
                where={"members": count},
            )
        _record(actor, "tag.delete", f"tag:{row.pk}", {"label": _name(row)}, now)
        row.delete()
    tag_refresh.sweep(warehouse, now)


def checked_rule(rule: Any, *, of: int | None) -> dict[str, Any]:
    """A rule that a tag can have, as it is stored. ``of``: the tag whose rule it is to be.

    Raises ``Wrong`` where it cannot be asked, names a tag that does not exist, or leads back to the tag.
    """
    node = parse(rule)
    known = set(Tag.objects.values_list("pk", flat=True))
    unknown = sorted(_named_by(node) - known)
    if unknown:
        raise Wrong(
            "/rule",
            Text(f"没有标签 {unknown[0]}", f"There is no tag {unknown[0]}"),
            Text("换一个标签", "Use another tag"),
        )
    if of is not None:
        names = {row.pk: row for row in tag_refresh.at_work()}

        def behind(tag: int) -> Iterable[int]:
            if tag == of:
                return _named_by(node)
            row = names.get(tag)
            try:
                return () if row is None else _named_by(parse(rule_document(row)))
            except Wrong:
                return ()

        way = circle(of, behind)
        if way:
            labels = [_name(get(one)) for one in way]
            raise Wrong(
                "/rule",
                Text(
                    f"标签互相引用成环：{' → '.join(labels)}",
                    f"Tags name each other in a circle: {' → '.join(labels)}",
                ),
                Text("去掉其中一个引用", "Leave one of them out"),
            )
    return document(node)


def _named_by(node: Any) -> frozenset[int]:
    found = named_tags(node)
    for segment in saved.check(node).values():
        if segment.rule is not None:
            found |= named_tags(segment.rule)
    return found


def ask_for_refresh(tags: Iterable[Tag] | None, *, actor: Principal | None, now: datetime) -> Job:
    """Ask for the rules of these tags, or of all, to be worked out in full; inside a transaction."""
    rows = None if tags is None else list(tags)
    title = Text("刷新规则标签", "Refresh rule tags")
    if rows is not None and len(rows) == 1:
        label = full_label(rows[0])
    elif rows and len({row.group_id for row in rows}) == 1:
        label = group_label(rows[0].group)
    else:
        label = None
    if label is not None:
        title = Text(f"按规则打标签：{label.zh}", f"Tag by rule: {label.en}")
    return enqueue(
        REFRESH_JOB,
        {"tags": None if rows is None else [row.pk for row in rows]},
        by=actor.user_id if actor else None,
        now=now,
        title=title,
    )


# Members


def visible(
    warehouse: Warehouse, members: Iterable[int], *, scope: Scope, now: datetime
) -> MemberSet:
    """Members named one by one, merged ones under their present numbers.

    Raises ``NotFound`` for one whom the scope does not hold.
    """
    wanted = saved.moved(warehouse, MemberSet.of(members))
    unknown = wanted - asking.everybody(warehouse, scope=scope, now=now)
    if unknown:
        number = int(unknown.numbers()[0])
        raise NotFound(
            Text(f"没有会员 {number}", f"There is no member {number}"),
            where={"member": str(number)},
        )
    return wanted


def assign(
    warehouse: Warehouse,
    tag: int,
    members: MemberSet,
    *,
    add: bool,
    effective_on: date | None = None,
    expires_on: date | None = None,
    source: str = "manual",
    at_once: bool = False,
    actor: Principal | None,
    now: datetime,
) -> Assigned | Job:
    """Give a tag to members or take it away; a job where they are more than ``AT_ONCE``, unless
    ``at_once``.

    ``members`` must be in the caller's scope already. ``expires_on``: the last day; without it the tag's
    own ``days`` count from its first day. Raises ``InvalidInput``, ``Conflict`` for an archived tag.
    """
    row = get(tag)
    zone = shops.zone()
    today = local_day(now, zone)
    first = effective_on if effective_on is not None and effective_on > today else None
    last = expires_on
    if add:
        _demand_assignable(row, first)
        if last is None and row.days is not None and row.kind == MANUAL:
            last = (first or today) + timedelta(days=row.days)
        if last is not None and last < (first or today):
            raise InvalidInput(
                Text("到期日早于生效日", "The last day lies before the first"),
                remedy=Text("选择更晚的到期日", "Choose a later last day"),
                where={"field": "expires_on"},
            )
    by = SOMEBODY if actor is None else actor.user_id
    with transaction.atomic():
        _record(
            actor,
            "tag.assign" if add else "tag.remove",
            f"tag:{row.pk}",
            {
                "label": _name(row),
                "members": len(members),
                **({"member": members.numbers().tolist()} if len(members) <= 20 else {}),
                **({"expires_on": last.isoformat()} if add and last else {}),
            },
            now,
        )
        if len(members) > AT_ONCE and not at_once:
            return _as_job(
                row,
                members,
                add=add,
                first=first,
                last=last,
                source=source,
                by=by,
                actor=actor,
                now=now,
            )
    return apply(
        warehouse, row, members, add=add, first=first, last=last, source=source, by=by, now=now
    )


def apply(
    warehouse: Warehouse,
    row: Tag,
    members: MemberSet,
    *,
    add: bool,
    first: date | None,
    last: date | None,
    source: str,
    by: int | None,
    now: datetime,
) -> Assigned:
    """Carry an assignment out; doing it twice changes nothing the second time."""
    zone = shops.zone()
    rivals = Tag.objects.filter(group=row.group).exclude(pk=row.pk).values_list("pk", flat=True)
    with warehouse.writing() as writer:
        ledger = Ledger(writer, now)
        if add:
            told = ledger.assign(
                row.pk,
                members,
                source=source,
                set_by=by,
                begins=begins(first, local_day(now, zone), zone),
                ends=ends(last, zone),
                rivals=list(rivals) if row.group.exclusive else (),
            )
            return Assigned(told.entered, len(members))
        told = ledger.take(row.pk, members, by=by)
        return Assigned(told.left, len(members), ledger.count_held(row.pk, members))


def _as_job(
    row: Tag,
    members: MemberSet,
    *,
    add: bool,
    first: date | None,
    last: date | None,
    source: str,
    by: int | None,
    actor: Principal | None,
    now: datetime,
) -> Job:
    label = full_label(row)
    count = len(members)
    title = (
        Text(f"给 {count:,} 位会员打标签：{label.zh}", f"Tag {count:,} members: {label.en}")
        if add
        else Text(
            f"从 {count:,} 位会员去掉标签：{label.zh}", f"Take “{label.en}” off {count:,} members"
        )
    )
    return enqueue(
        ASSIGN_JOB,
        {
            "tag": row.pk,
            "add": add,
            "members": base64.b64encode(members.dumps()).decode(),
            "first": first.isoformat() if first else None,
            "last": last.isoformat() if last else None,
            "source": source,
            "by": by,
            "now": now.isoformat(),
        },
        by=actor.user_id if actor else None,
        now=now,
        title=title,
    )


# Checks


def _demand_assignable(row: Tag, first: date | None) -> None:
    if row.archived_at is not None or row.group.archived_at is not None:
        raise Conflict(
            Text("这个标签已归档", "This tag is archived"),
            remedy=Text("先恢复它", "Restore it first"),
        )
    if first is not None and row.group.exclusive:
        raise InvalidInput(
            Text("单选组的标签立即生效", "A tag of an exclusive group begins at once"),
            remedy=Text("去掉生效日", "Leave the first day out"),
            where={"field": "effective_on"},
        )


def _change_names(row: Tag, changes: Mapping[str, Any]) -> None:
    if row.builtin and {"label", "group"} & changes.keys():
        raise _builtin()
    if "group" in changes:
        row.group = get_group(changes["group"])
    if "label" in changes:
        row.label = _label(changes["label"])
    if {"group", "label"} & changes.keys():
        _demand_new_name(row.group, row.label, row.pk)


def _change_rule(row: Tag, changes: Mapping[str, Any]) -> None:
    if row.kind == MANUAL:
        row.rule = None
        return
    if "rule" in changes:
        row.rule = None if changes["rule"] is None else checked_rule(changes["rule"], of=row.pk)
    if rule_document(row) is None:
        raise InvalidInput(
            Text("按规则打的标签需要规则", "A tag by rule needs a rule"),
            remedy=Text("画出规则，或改为手工标签", "Draw one, or make the tag manual"),
            where={"field": "rule"},
        )


def _kind(kind: Any) -> str:
    if kind not in {MANUAL, RULE, LIVE}:
        raise InvalidInput(
            Text(f"没有标签类型 {kind}", f"There is no kind of tag {kind}"),
            remedy=Text("可用：manual、rule、live", "Use manual, rule or live"),
            where={"field": "kind"},
        )
    return str(kind)


def _days(days: Any) -> int | None:
    if days is None:
        return None
    if not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
        raise InvalidInput(
            Text(f"天数在 1 到 {MOST_DAYS} 之间", f"Days are from 1 to {MOST_DAYS}"),
            remedy=Text("留空表示一直有效", "Leave it empty for ever"),
            where={"field": "days"},
        )
    return days


def _label(label: Any) -> str:
    name = " ".join(str(label).split())
    if not name or len(name) > LONGEST_LABEL:
        raise InvalidInput(
            Text(f"名称 1 到 {LONGEST_LABEL} 个字", f"A name has 1 to {LONGEST_LABEL} characters"),
            remedy=Text("改短一些", "Make it shorter"),
            where={"field": "label"},
        )
    return name


def _demand_new_name(group: TagGroup, name: str, own: int = 0) -> None:
    for row in Tag.objects.filter(group=group, archived_at=None).exclude(pk=own):
        if name in set(tag_label(row)):
            raise _taken(name)


def _demand_new_group_name(name: str, own: int = 0) -> None:
    for row in TagGroup.objects.filter(archived_at=None).exclude(pk=own):
        if name in set(group_label(row)):
            raise _taken(name)


def _taken(name: str) -> Conflict:
    return Conflict(
        Text(f"已有“{name}”", f"There is “{name}” already"),
        remedy=Text("换一个名称", "Choose another name"),
        where={"field": "label"},
    )


def _builtin() -> Conflict:
    return Conflict(
        Text(
            "这是内置的，不能改名、移动或删除", "It is built in: it keeps its name, place and being"
        ),
        remedy=Text("不用时归档它", "Archive it where it is not needed"),
        code="builtin",
    )


def _name(row: Tag) -> str:
    return translate(full_label(row), "zh")


def _record(
    actor: Principal | None, action: str, subject: str, detail: Mapping[str, Any], now: datetime
) -> None:
    audit.record(actor=actor, action=action, subject=subject, detail=detail, now=now)


__all__ = ["Assigned", "Told", "assign", "change_tag", "create_tag", "delete_tag"]

"""Queries for screens: the tree of tags, who has one, what one member has and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import ibis

from huitou.accounts.models import User
from huitou.accounts.scopes import Scope
from huitou.kernel import jobs
from huitou.kernel.clock import aware, naive_utc
from huitou.kernel.crypto import KeyRing
from huitou.kernel.errors import HuitouError, NotFound
from huitou.kernel.i18n import Text, active_language, translate
from huitou.kernel.models import Job
from huitou.members import listing
from huitou.segments import derived, tag_builtin, uses
from huitou.segments.models import DYNAMIC, Segment
from huitou.segments.names import Names
from huitou.segments.parsing import parse
from huitou.segments.sentences import sentence
from huitou.segments.tag_builtin import full_label, group_label, rule_document, tag_label
from huitou.segments.tag_ledger import SOMEBODY
from huitou.segments.tag_models import MANUAL, Tag, TagGroup
from huitou.segments.tag_rules import tags_named_in
from huitou.warehouse.scoping import known_members
from huitou.warehouse.store import Warehouse, table

Json = dict[str, Any]
SOURCES: Mapping[str, Text] = {
    "manual": Text("手工", "by hand"),
    "import": Text("名单导入", "from a list"),
    "rule": Text("规则", "by its rule"),
    "live": Text("实时规则", "by its rule, at once"),
}


def get(tag: int) -> Tag:
    """Raises ``NotFound``."""
    row = Tag.objects.select_related("group").filter(pk=tag).first()
    if row is None:
        raise NotFound(
            Text("没有这个标签", "There is no such tag"),
            remedy=Text("它可能已被删除", "It may have been deleted"),
            where={"tag": tag},
        )
    return row


def by_word(word: str) -> Tag:
    """A tag by number, code, or label (``group · label`` where two share one). Raises ``NotFound``."""
    wanted = word.strip()
    rows = list(Tag.objects.select_related("group"))
    found = [row for row in rows if wanted in {str(row.pk), row.code}]
    found = found or [row for row in rows if wanted in {*tag_label(row), *full_label(row)}]
    active = [row for row in found if row.archived_at is None] or found
    if len(active) == 1:
        return active[0]
    if active:
        choices = "、".join(f"{row.pk} {full_label(row).zh}" for row in active[:5])
        raise NotFound(
            Text(f"有几个标签叫“{wanted}”", f"Several tags are called “{wanted}”"),
            remedy=Text(f"写编号：{choices}", f"Use the number: {choices}"),
            code="ambiguous",
        )
    raise NotFound(
        Text(f"没有标签“{wanted}”", f"There is no tag “{wanted}”"),
        remedy=Text("huitou tag list 列出全部标签", "huitou tag list lists them all"),
    )


def get_group(group: int) -> TagGroup:
    """Raises ``NotFound``."""
    row = TagGroup.objects.filter(pk=group).first()
    if row is None:
        raise NotFound(Text("没有这个标签组", "There is no such tag group"), where={"group": group})
    return row


def tree(
    warehouse: Warehouse, *, scope: Scope, now: datetime, archived: bool = False
) -> list[Json]:
    """Groups with their tags; ``archived``: those put away as well."""
    rows = Tag.objects.select_related("group").order_by("position", "pk")
    groups = TagGroup.objects.order_by("position", "pk")
    if not archived:
        rows = rows.filter(archived_at=None)
        groups = groups.filter(archived_at=None)
    by_group: dict[int, list[Json]] = {}
    for row, shown in zip(rows, described(warehouse, rows, scope=scope, now=now), strict=True):
        by_group.setdefault(row.group_id, []).append(shown)
    return [{**group_row(group), "tags": by_group.get(group.pk, [])} for group in groups]


def group_row(row: TagGroup) -> Json:
    """A group without its tags."""
    known = tag_builtin.GROUPS.get(row.code)
    return {
        "id": str(row.pk),
        "code": row.code,
        "label": translate(group_label(row)),
        "help": translate(known.help) if known else "",
        "builtin": row.builtin,
        "exclusive": row.exclusive,
        "archived": row.archived_at is not None,
    }


def described(
    warehouse: Warehouse, rows: Iterable[Tag], *, scope: Scope, now: datetime
) -> list[Json]:
    """Tags as the API shows them."""
    listed = list(rows)
    counts = _counts(warehouse, scope, now)
    used = all_uses()
    busy = _refreshing()
    names = Names(warehouse)
    return [
        {
            "id": str(row.pk),
            "code": row.code,
            "group": str(row.group_id),
            "label": translate(tag_label(row)),
            "builtin": row.builtin,
            "kind": row.kind,
            "rule": rule_document(row) if row.kind != MANUAL else None,
            "sentence": said(row, names),
            "days": row.days,
            "enabled": row.enabled,
            "derived": row.builtin and row.code in derived.RULES,
            "changed_rule": row.builtin and row.rule is not None,
            "count": counts.get(row.pk, 0),
            "uses": len(used.get(row.pk, ())),
            "archived": row.archived_at is not None,
            "refreshed_at": row.refreshed_at,
            "refreshing": busy is None or row.pk in busy,
            "error": _error(row.error),
        }
        for row in listed
    ]


def one(warehouse: Warehouse, row: Tag, *, scope: Scope, now: datetime) -> Json:
    """One tag as the API shows it."""
    return described(warehouse, [row], scope=scope, now=now)[0]


def said(row: Tag, names: Names) -> str | None:
    """A tag's rule as one sentence; None where it has none."""
    document = rule_document(row) if row.kind != MANUAL else None
    if document is None:
        return None
    try:
        return translate(sentence(parse(document), names))
    except HuitouError as error:
        broken = Text("规则不能用了：", "The rule cannot be asked: ")
        return translate(broken) + translate(error.message)


def in_force(now: datetime) -> ibis.Table:
    """The rows of ``member_tag`` that hold at an instant."""
    held = table("member_tag")
    at = ibis.literal(naive_utc(now), "timestamp(6)")
    return held.filter(
        held.member.notnull(),
        held.effective_at.isnull() | (held.effective_at <= at),
        held.expires_at.isnull() | (held.expires_at >= at),
    )


def holders_of(warehouse: Warehouse, tag: int) -> int:
    """How many members have a tag, or are to have it."""
    held = table("member_tag")
    return int(warehouse.scalar(held.filter(held.tag == tag).member.nunique()))


def members_of(
    warehouse: Warehouse,
    tag: int,
    *,
    offset: int,
    size: int,
    scope: Scope,
    ring: KeyRing,
    now: datetime,
) -> tuple[list[Json], int]:
    """Who has a tag, the latest first: member rows with source, who set it, since and until when."""
    held = in_force(now)
    mine = held.filter(held.tag == tag)
    if not scope.is_everything:
        mine = mine.semi_join(known_members(scope), "member")
    by_member = mine.group_by("member").aggregate(
        source=mine.source.argmin(mine.set_at),
        set_by=mine.set_by.argmin(mine.set_at),
        set_at=mine.set_at.min(),
        forever=mine.count(where=mine.expires_at.isnull()),
        expires_at=mine.expires_at.max(),
    )
    with warehouse.snapshot():
        total = int(warehouse.scalar(by_member.count()))
        order = [by_member.set_at.desc(), by_member.member.asc()]
        picked = warehouse.rows(by_member.order_by(order).limit(size, offset=offset))
    shown = listing.rows_of(warehouse, [row["member"] for row in picked], scope=scope, ring=ring)
    people = _people(row["set_by"] for row in picked)
    return [
        {
            **shown[row["member"]],
            "source": row["source"],
            "set_by": people.get(row["set_by"]),
            "set_at": aware(row["set_at"]),
            "expires_at": None if row["forever"] else aware(row["expires_at"]),
        }
        for row in picked
        if row["member"] in shown
    ], total


def of_member(warehouse: Warehouse, member: int, *, now: datetime) -> list[Json]:
    """The tags of a member, those that have yet to begin included, each source on its own."""
    held = table("member_tag")
    at = naive_utc(now)
    mine = held.filter(
        held.member == member,
        held.expires_at.isnull() | (held.expires_at >= ibis.literal(at, "timestamp(6)")),
    )
    rows = warehouse.rows(mine.order_by("set_at", "tag", "source", "home"))
    tags = {
        row.pk: row
        for row in Tag.objects.select_related("group").filter(pk__in={row["tag"] for row in rows})
    }
    people = _people(row["set_by"] for row in rows)
    names = Names(warehouse)
    found: dict[tuple[int, str], Json] = {}
    for row in rows:
        tag = tags.get(row["tag"])
        key = (row["tag"], row["source"])
        if tag is None or key in found:
            continue
        is_ruled = row["source"] in {"rule", "live"}
        found[key] = {
            "tag": str(tag.pk),
            "label": translate(tag_label(tag)),
            "group": translate(group_label(tag.group)),
            "group_id": str(tag.group_id),
            "source": row["source"],
            "source_label": translate(
                SOURCES.get(row["source"], Text(row["source"], row["source"]))
            ),
            "set_by": people.get(row["set_by"]),
            "set_at": aware(row["set_at"]) if row["set_at"] else None,
            "effective_at": aware(row["effective_at"]) if row["effective_at"] else None,
            "expires_at": aware(row["expires_at"]) if row["expires_at"] else None,
            "pending": row["effective_at"] is not None and row["effective_at"] > at,
            "removable": not is_ruled,
            "sentence": said(tag, names) if is_ruled else None,
        }
    return sorted(found.values(), key=lambda one: (one["group_id"], one["tag"]))


def all_uses() -> dict[int, list[Json]]:
    """By tag, the segments and tags whose rules name it."""
    found: dict[int, list[Json]] = {}
    segments = Segment.objects.filter(kind=DYNAMIC, archived_at=None).only("name", "rule")
    for segment in segments:
        use = {
            "kind": "segment",
            "id": str(segment.pk),
            "name": segment.name,
            "url": f"/segments/{segment.pk}",
        }
        for tag in set(tags_named_in(segment.rule)):
            found.setdefault(tag, []).append(use)
    for row in _ruled():
        use = _tag_use(row)
        for tag in set(tags_named_in(rule_document(row))) - {row.pk}:
            found.setdefault(tag, []).append(use)
    return found


def uses_of(tag: int) -> list[Json]:
    """Everything whose rule names a tag."""
    return all_uses().get(tag, [])


@uses.using("tag")
def tags_that_use_segments() -> Iterable[tuple[int, uses.Use]]:
    """(segment, the tag whose rule names it)."""
    for row in _ruled():
        for segment in set(uses.named_in(rule_document(row))):
            yield segment, uses.Use(**_tag_use(row))


def _ruled() -> Iterable[Tag]:
    return Tag.objects.select_related("group").filter(archived_at=None).exclude(kind=MANUAL)


def _tag_use(row: Tag) -> Json:
    return {
        "kind": "tag",
        "id": str(row.pk),
        "name": translate(full_label(row)),
        "url": f"/tags?tag={row.pk}",
    }


def _counts(warehouse: Warehouse, scope: Scope, now: datetime) -> dict[int, int]:
    held = in_force(now)
    if not scope.is_everything:
        held = held.semi_join(known_members(scope), "member")
    counted = held.group_by("tag").aggregate(n=held.member.nunique())
    return {row["tag"]: row["n"] for row in warehouse.rows(counted)}


def _refreshing() -> set[int] | None:
    """The tags that a job is asked to work out; None when all are."""
    found: set[int] = set()
    active = Job.objects.filter(kind="tags.refresh", state__in=jobs.ACTIVE)
    for args in active.values_list("args", flat=True):
        if args["tags"] is None:
            return None
        found |= set(args["tags"])
    return found


def _people(numbers: Iterable[int | None]) -> dict[int | None, str]:
    wanted: Collection[int] = {one for one in numbers if one}
    named: dict[int | None, str] = {SOMEBODY: translate(Text("命令行", "command line"))}
    for user in User.objects.filter(pk__in=wanted):
        named[user.pk] = user.display_name or user.username
    return named


def _error(stored: Json | None) -> str | None:
    return None if stored is None else str(stored["message"][active_language()])

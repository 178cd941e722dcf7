"""Every write a person makes on segments: save, change, archive, delete, snapshot, refresh."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from huitou.accounts import audit, shops
from huitou.accounts.guard import Principal
from huitou.accounts.scopes import Scope
from huitou.kernel.clock import local_day
from huitou.kernel.errors import Conflict, InvalidInput
from huitou.kernel.i18n import Text
from huitou.kernel.jobs import enqueue
from huitou.kernel.models import Job
from huitou.segments import asking, reads, refresh, uses
from huitou.segments.models import DYNAMIC, LIST, STATIC, Segment, SegmentState
from huitou.segments.parsing import document
from huitou.segments.sets import MemberSet
from huitou.warehouse.store import Warehouse

PATIENCE: Final = 2.0
"""Seconds that saving waits for a refresh that is going on; then the new segment is refreshed later."""

audit.label_actions(
    {
        "segment.create": Text("保存人群", "Save a segment"),
        "segment.change": Text("修改人群", "Change a segment"),
        "segment.archive": Text("归档人群", "Archive a segment"),
        "segment.restore": Text("恢复人群", "Restore a segment"),
        "segment.delete": Text("删除人群", "Delete a segment"),
        "segment.refresh": Text("刷新人群", "Refresh segments"),
        "segment.upload": Text("上传名单", "Upload a list"),
    }
)


def create(
    warehouse: Warehouse,
    *,
    name: str,
    kind: str,
    rule: Any,
    description: str = "",
    folder: str = "",
    scope: Scope,
    actor: Principal | None,
    now: datetime,
) -> Segment:
    """Save a rule: dynamic, or static with whoever satisfies it today in the caller's scope.

    Raises ``Wrong`` for a rule that cannot be asked, ``InvalidInput``, ``Conflict`` for a name in use.
    """
    texts = checked_texts({"name": name, "description": description, "folder": folder})
    if kind not in {DYNAMIC, STATIC}:
        raise InvalidInput(
            Text(f"没有人群类型 {kind}", f"There is no kind of segment {kind}"),
            remedy=Text("用 dynamic 或 static", "Use dynamic or static"),
            where={"field": "kind"},
        )
    asked = asking.ask(
        warehouse, rule, scope=scope if kind == STATIC else Scope.everything(), now=now
    )
    if kind == STATIC:
        return store(texts, kind, document(asked.rule), asked.members(), actor=actor, now=now)
    has_turn = refresh.lock.acquire(timeout=PATIENCE)
    try:
        members = asked.members() if has_turn else None
        return store(texts, kind, document(asked.rule), members, actor=actor, now=now)
    finally:
        if has_turn:
            refresh.lock.release()


@transaction.atomic
def store(
    texts: Mapping[str, str],
    kind: str,
    rule: Any,
    members: MemberSet | None,
    *,
    actor: Principal | None,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> Segment:
    """Add the rows of a new segment. Without ``members`` a job works them out."""
    _demand_free(texts["name"])
    row = Segment.objects.create(
        **texts,
        kind=kind,
        rule=rule,
        owner_id=actor.user_id if actor else None,
        owner_name=_name(actor),
        created_at=now,
        updated_at=now,
    )
    if members is not None:
        refresh.first_set(row, members, day=local_day(now, shops.zone()), now=now)
    else:
        SegmentState.objects.create(segment=row)
        _enqueue([row.pk], by=row.owner_id, now=now)
    audit.record(
        actor=actor,
        action="segment.upload" if kind == LIST else "segment.create",
        subject=f"segment:{row.pk}",
        detail={"name": row.name, "kind": kind, **(detail or {})},
        now=now,
    )
    return row


def change(
    warehouse: Warehouse,
    segment: int,
    given: Mapping[str, Any],
    *,
    actor: Principal | None,
    now: datetime,
) -> Segment:
    """Change name, description, folder, rule, or whether it is archived; what is not given stays.

    A changed rule is asked anew in the background, and who enters or leaves by it is told. Raises
    ``NotFound``, ``Wrong``, ``InvalidInput``, ``Conflict``.
    """
    row = reads.get(segment)
    texts = checked_texts({key: given[key] for key in _TEXTS if given.get(key) is not None})
    rule = given.get("rule")
    if rule is not None:
        if row.kind != DYNAMIC:
            raise InvalidInput(
                Text("静态人群的成员不再变化", "The members of a static segment do not change"),
                remedy=Text("另存为一个新的人群", "Save a new segment instead"),
                where={"field": "rule"},
            )
        asked = asking.ask(warehouse, rule, scope=Scope.everything(), now=now, of=row.pk)
        rule = document(asked.rule)
    archived = given.get("archived")
    if archived and row.archived_at is None:
        _demand_unused(row)
    with transaction.atomic():
        if "name" in texts and texts["name"] != row.name:
            _demand_free(texts["name"], row.pk)
        changed = _apply(row, texts, rule, archived, now)
        if not changed:
            return row
        row.updated_at = now
        row.save()
        if ("rule" in changed or "restored" in changed) and row.kind == DYNAMIC:
            by = actor.user_id if actor else None
            _enqueue([row.pk], by=by, now=now)
        action = {"archived": "segment.archive", "restored": "segment.restore"}.get(changed[-1])
        audit.record(
            actor=actor,
            action=action or "segment.change",
            subject=f"segment:{row.pk}",
            detail={"name": row.name, "changed": changed},
            now=now,
        )
    return row


def _apply(
    row: Segment, texts: Mapping[str, str], rule: Any, archived: bool | None, now: datetime
) -> list[str]:
    changed = [key for key, text in texts.items() if getattr(row, key) != text]
    for key in changed:
        setattr(row, key, texts[key])
    if rule is not None and rule != row.rule:
        row.rule = rule
        row.revision += 1
        changed.append("rule")
    if archived is not None and archived != (row.archived_at is not None):
        row.archived_at = now if archived else None
        changed.append("archived" if archived else "restored")
    return changed


@transaction.atomic
def delete(segment: int, *, actor: Principal | None, now: datetime) -> None:
    """Delete a segment with its history. Raises ``NotFound``, ``Conflict`` where something uses it."""
    row = reads.get(segment)
    _demand_unused(row)
    audit.record(
        actor=actor,
        action="segment.delete",
        subject=f"segment:{row.pk}",
        detail={"name": row.name, "kind": row.kind, "rule": row.rule},
        now=now,
    )
    row.delete()


def snapshot(
    warehouse: Warehouse,
    segment: int,
    *,
    name: str,
    scope: Scope,
    actor: Principal | None,
    now: datetime,
) -> Segment:
    """Save whoever is in a segment now, in the caller's scope, as a static one."""
    row = reads.get(segment)
    members = reads.members(warehouse, row, scope=scope, now=now)
    texts = checked_texts({"name": name, "description": row.description, "folder": row.folder})
    return store(texts, STATIC, row.rule, members, actor=actor, now=now, detail={"of": row.pk})


@transaction.atomic
def ask_for_refresh(segments: list[int] | None, *, actor: Principal | None, now: datetime) -> Job:
    """Have segments refreshed in full in the background; None: all dynamic ones."""
    title = None
    if segments is not None and len(segments) == 1:
        name = reads.get(segments[0]).name
        title = Text(f"刷新人群“{name}”", f"Refresh the segment “{name}”")
    by = actor.user_id if actor else None
    row = _enqueue(segments, by=by, now=now, title=title)
    audit.record(
        actor=actor,
        action="segment.refresh",
        subject=f"segment:{segments[0]}" if segments and len(segments) == 1 else "segments",
        detail={"segments": segments},
        now=now,
    )
    return row


def _enqueue(
    segments: list[int] | None, *, by: int | None, now: datetime, title: Text | None = None
) -> Job:
    asked = {"segments": segments, "now": now.isoformat()}
    return enqueue(reads.REFRESH_JOB, asked, by=by, now=now, title=title)


_TEXTS: Final = ("name", "description", "folder")
_LONGEST: Final = {"name": 80, "description": 500, "folder": 80}
_CALLED: Final = {
    "name": Text("名称", "name"),
    "description": Text("说明", "description"),
    "folder": Text("文件夹", "folder"),
}


def checked_texts(given: Mapping[str, str]) -> dict[str, str]:
    """Name, description and folder without superfluous blanks. Raises ``InvalidInput``."""
    texts = {key: " ".join(text.split()) for key, text in given.items()}
    for key, text in texts.items():
        if len(text) > _LONGEST[key] or (key == "name" and not text):
            label, most = _CALLED[key], _LONGEST[key]
            raise InvalidInput(
                Text(f"{label.zh}不能这样写", f"This {label.en} cannot be used"),
                remedy=Text(
                    f"{'1' if key == 'name' else '0'} 到 {most} 个字",
                    f"Use {'1' if key == 'name' else '0'} to {most} characters",
                ),
                where={"field": key},
            )
    return texts


def _demand_free(name: str, own: int | None = None) -> None:
    held = Segment.objects.filter(name=name, archived_at=None).first()
    if held is not None and held.pk != own:
        raise Conflict(
            Text(f"已有名为“{name}”的人群", f"There is a segment named “{name}” already"),
            remedy=Text("换一个名称", "Use another name"),
            code="name_taken",
            where={"field": "name", "segment": str(held.pk)},
        )


def _demand_unused(row: Segment) -> None:
    found = uses.uses_of(row.pk)
    if found:
        names = [use.name for use in found[:5]]
        raise Conflict(
            Text(
                f"“{row.name}”正被使用：{'、'.join(names)}",
                f"“{row.name}” is in use: {', '.join(names)}",
            ),
            remedy=Text("先从这些地方去掉它", "Take it out of these first"),
            code="in_use",
            where={"uses": [use.as_dict() for use in found]},
        )


def _name(actor: Principal | None) -> str:
    if actor is None:
        return audit.SYSTEM_NAME
    if actor.user is not None:
        return actor.user.display_name or actor.user.username
    return actor.key.name if actor.key is not None else ""

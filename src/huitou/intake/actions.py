"""Every write a person makes in intake: permission is the route's, the audit row is written here."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F

from huitou.accounts import audit, shops
from huitou.intake import archive, batches, looking, pipeline, rules
from huitou.intake.mapping import profile_from_json
from huitou.intake.models import Batch, Mapping, MappingVersion
from huitou.intake.workplace import Workplace
from huitou.kernel import jobs
from huitou.kernel.errors import Conflict, InvalidInput, NotFound
from huitou.kernel.i18n import Text

STAGE_JOB: Final = "intake.stage"
COMMIT_JOB: Final = "intake.commit"

audit.label_actions(
    {
        "intake.upload": Text("上传文件", "Upload a file"),
        "intake.configure": Text("设置导入", "Set up an import"),
        "intake.commit": Text("确认导入", "Import a file"),
        "intake.cancel": Text("取消导入", "Cancel an import"),
        "intake.discard": Text("删除未导入的文件", "Discard a file"),
        "intake.rejects": Text("下载被拒绝的行", "Download rejected rows"),
        "intake.mapping.create": Text("新建映射", "Create a mapping"),
        "intake.mapping.change": Text("修改映射", "Change a mapping"),
        "intake.mapping.remove": Text("删除映射", "Remove a mapping"),
    }
)


def receive(
    writer: archive.ArchiveWriter,
    name: str,
    *,
    choice: dict[str, Any],
    shop: int | None,
    actor: Any,
    now: datetime,
    work: Workplace,
) -> Batch:
    """Keep an uploaded file and ask for it to be looked at."""
    looking.profile_of(choice)
    if shop is not None:
        shops.shop_by_number(shop)
    with transaction.atomic():
        batch = pipeline.receive(
            writer, name, choice=choice, shop=shop, by=user_id(actor), now=now, work=work
        )
        _enqueue(batch, STAGE_JOB, actor, now)
        _record(actor, "intake.upload", batch, {"size": batch.size}, now)
    return batch


@transaction.atomic
def configure(
    batch_id: int, choice: dict[str, Any], shop: int | None, *, actor: Any, now: datetime
) -> Batch:
    """Say how a file is to be read and whose it is; it is read (again) in the background."""
    looking.profile_of(choice)
    if shop is not None:
        shops.shop_by_number(shop)
    batch = batches.get(batch_id)
    rules.require_verb(batches.state_of(batch), "configure")
    batches.move(batch, "staging", choice=choice, shop=shop, preview=None, error=None)
    _enqueue(batch, STAGE_JOB, actor, now)
    detail = {"profile": choice.get("profile"), "mapping": choice.get("mapping_id"), "shop": shop}
    _record(actor, "intake.configure", batch, detail, now)
    return batch


@transaction.atomic
def start_commit(batch_id: int, *, actor: Any, now: datetime) -> Batch:
    """Ask for a previewed file to be taken in."""
    batch = batches.get(batch_id)
    rules.require_verb(batches.state_of(batch), "commit")
    batches.move(batch, "committing", error=None)
    _enqueue(batch, COMMIT_JOB, actor, now)
    _record(actor, "intake.commit", batch, {"rows": batch.rows}, now)
    return batch


def cancel(batch_id: int, *, actor: Any, now: datetime, work: Workplace) -> Batch:
    """Stop what is being done with a file, or give up a preview. The original stays.

    A running job stops at its next step; the batch is ``cancelled`` when it has.
    """
    batch = batches.get(batch_id)
    state = batches.state_of(batch)
    rules.require_verb(state, "cancel")
    with transaction.atomic():
        _record(actor, "intake.cancel", batch, {"state": state}, now)
        if state in rules.WORKING and batch.job is not None:
            try:
                jobs.cancel(batch.job, now=now)
            except Conflict:
                batches.settle()  # it has just ended
                return batches.get(batch_id)
            if jobs.get(batch.job).state != jobs.CANCELLED:
                return batch
        batches.move(batch, "cancelled", preview=None, error=None)
    pipeline.drop_stage(batch, work)
    return batch


def discard(batch_id: int, *, actor: Any, now: datetime, work: Workplace) -> None:
    """Remove a file that was not taken in: the row, the stage, the rejected rows and the original."""
    batch = batches.get(batch_id)
    rules.require_verb(batches.state_of(batch), "discard")
    with transaction.atomic():
        _record(actor, "intake.discard", batch, {"size": batch.size}, now)
        pipeline.forget(batch, work)


@transaction.atomic
def create_mapping(name: str, body: dict[str, Any], *, actor: Any, now: datetime) -> Mapping:
    """Save a mapping under a new name."""
    profile_from_json(body)
    clean = _mapping_name(name)
    if Mapping.objects.filter(name=clean, is_active=True).exists():
        raise InvalidInput(
            Text(f"已有名为“{clean}”的映射", f"There is a mapping called “{clean}” already"),
            remedy=Text(
                "换一个名字，或修改已有的映射", "Choose another name, or change that mapping"
            ),
            where={"field": "name"},
        )
    mapping, created = Mapping.objects.get_or_create(
        name=clean, defaults={"created_at": now, "updated_at": now}
    )
    if not created:  # one of that name was removed earlier: its versions go on counting
        Mapping.objects.filter(pk=mapping.pk).update(
            is_active=True, version=F("version") + 1, updated_at=now
        )
        mapping.refresh_from_db()
    _add_version(mapping, body, actor, now)
    _record_mapping(actor, "intake.mapping.create", mapping, now)
    return mapping


@transaction.atomic
def change_mapping(
    mapping_id: int, name: str, body: dict[str, Any], *, actor: Any, now: datetime
) -> Mapping:
    """Save a new version of a mapping; batches read with an older one keep that."""
    profile_from_json(body)
    mapping = get_mapping(mapping_id)
    Mapping.objects.filter(pk=mapping.pk).update(
        name=_mapping_name(name), version=F("version") + 1, updated_at=now
    )
    mapping.refresh_from_db()
    _add_version(mapping, body, actor, now)
    _record_mapping(actor, "intake.mapping.change", mapping, now)
    return mapping


@transaction.atomic
def remove_mapping(mapping_id: int, *, actor: Any, now: datetime) -> None:
    """Take a mapping off the list; its versions stay for the batches that used them."""
    mapping = get_mapping(mapping_id)
    Mapping.objects.filter(pk=mapping.pk).update(is_active=False, updated_at=now)
    _record_mapping(actor, "intake.mapping.remove", mapping, now)


def get_mapping(mapping_id: int) -> Mapping:
    """Raises ``NotFound``."""
    found = Mapping.objects.filter(pk=mapping_id, is_active=True).first()
    if found is None:
        raise NotFound(
            Text("没有这个映射", "There is no such mapping"), where={"mapping": mapping_id}
        )
    return found


def record_download(batch: Batch, form: str, *, actor: Any, now: datetime) -> None:
    """Audit that rejected rows, which hold personal data, were taken out."""
    _record(actor, "intake.rejects", batch, {"format": form, "rows": batch.rejected}, now)


def user_id(actor: Any) -> int | None:
    """The person answerable for what an actor does; None for the system."""
    found = getattr(actor, "user_id", None) or getattr(actor, "pk", None)
    return int(found) if found is not None else None


def _enqueue(batch: Batch, kind: str, actor: Any, now: datetime) -> None:
    title = jobs.KINDS[kind].title
    row = jobs.enqueue(
        kind,
        {"batch": batch.pk, "now": now.isoformat()},
        by=user_id(actor),
        now=now,
        title=Text(f"{title.zh}：{batch.name}", f"{title.en}: {batch.name}"),
    )
    batches.change(batch, job=row.pk)


def _record(actor: Any, action: str, batch: Batch, detail: Dict[str, Any], now: datetime) -> None:
    audit.record(actor=actor, action=action, subject=f"batch:{batch.pk}", detail=detail, now=now)


def _record_mapping(actor: Any, action: str, mapping: Mapping, now: datetime) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=f"mapping:{mapping.pk}",
        detail={"name": mapping.name, "version": mapping.version},
        now=now,
    )


def _add_version(mapping: Mapping, body: dict[str, Any], actor: Any, now: datetime) -> None:
    MappingVersion.objects.create(
        mapping=mapping, version=mapping.version, body=body, by_id=user_id(actor), created_at=now
    )


def _mapping_name(name: str) -> str:
    clean = name.strip()
    if not clean or len(clean) > 80:
        raise InvalidInput(
            Text("映射要有 1–80 个字的名字", "A mapping needs a name of 1 to 80 characters"),
            where={"field": "name"},
        )
    return clean

"""Changing a batch's row: guarded steps from state to state, and nothing else.

Every step is one ``UPDATE … WHERE state = <the state it was read in>``: of two that try, one wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django.db import transaction

from huitou.intake import rules
from huitou.intake.models import Batch
from huitou.intake.rules import State
from huitou.kernel.errors import Conflict, HuitouError, NotFound
from huitou.kernel.i18n import Text
from huitou.kernel.models import Job

INTERRUPTED = HuitouError(
    Text("处理过程中被中断", "The work was interrupted"),
    remedy=Text("没有写入任何数据；请重新开始", "Nothing was taken in; start it again"),
    code="interrupted",
)


def get(batch_id: int) -> Batch:
    """Raises ``NotFound``."""
    found = Batch.objects.select_related("by").filter(pk=batch_id).first()
    if found is None:
        raise unknown(batch_id)
    return found


def unknown(batch_id: int) -> NotFound:
    """The error for a batch that does not exist, or is none of the caller's business."""
    return NotFound(
        Text(f"没有批次 {batch_id}", f"There is no batch {batch_id}"), where={"batch": batch_id}
    )


def begin_made(name: str, *, shop: int | None, now: datetime) -> Batch:
    """A batch without a file: its records are made by the program. It is ``staging``."""
    return Batch.objects.create(name=name[:255], shop=shop, state="staging", created_at=now)


def state_of(batch: Batch) -> State:
    return cast("State", batch.state)


def move(batch: Batch, after: State, **fields: Any) -> Batch:
    """Take a batch to its next state and set ``fields``. Raises ``Conflict`` when it may not go there."""
    before = state_of(batch)
    rules.require_step(before, after)
    changed = Batch.objects.filter(pk=batch.pk, state=before).update(state=after, **fields)
    if not changed:
        raise Conflict(
            Text("批次的状态刚刚变了", "The batch has just changed its state"),
            remedy=Text("刷新页面查看最新状态", "Refresh to see its present state"),
            where={"batch": batch.pk},
        )
    batch.refresh_from_db()
    return batch


def change(batch: Batch, **fields: Any) -> None:
    """Set fields that are not the state."""
    Batch.objects.filter(pk=batch.pk).update(**fields)
    for name, value in fields.items():
        setattr(batch, name, value)


def error_body(error: HuitouError) -> dict[str, Any]:
    """An error in both languages, as the row keeps it."""
    return {"zh": error.as_dict("zh"), "en": error.as_dict("en")}


def fail(batch: Batch, error: HuitouError) -> None:
    """Mark a batch failed with the reason a person will read."""
    move(batch, "failed", error=error_body(error))


def settle() -> int:
    """Release batches whose job ended without them (cancelled in the queue, or lost with its process).

    ``committing`` is left to ``pipeline.recover``, which can ask the warehouse. Returns how many.
    """
    settled = 0
    working: Mapping[int, Batch] = {
        batch.job: batch
        for batch in Batch.objects.filter(state__in=rules.WORKING, job__isnull=False)
        if batch.job is not None
    }
    ended = Job.objects.filter(pk__in=working, state__in=("failed", "cancelled"))
    for job in ended:
        batch = working[job.pk]
        if job.state == "cancelled" and job.started_at is None:
            move(batch, "ready" if batch.state == "committing" else "cancelled", job=None)
            settled += 1
        elif batch.state != "committing":
            with transaction.atomic():
                fail(batch, INTERRUPTED)
            settled += 1
    return settled

"""What intake does in the background: reading a file into its stage, and taking it in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from huitou.accounts import shops
from huitou.intake import batches, looking, pipeline
from huitou.intake.models import Batch
from huitou.intake.plan import needs_shop
from huitou.intake.preview import preview_of
from huitou.intake.workplace import Workplace
from huitou.kernel.i18n import Text
from huitou.kernel.jobs import Progress, job


@job("intake.stage", title=Text("读取文件", "Read a file"), resumable=True)
def stage_batch(progress: Progress, *, batch: int, now: str) -> dict[str, Any]:
    """Look at a file, read it into its stage and work out the preview."""
    row, work, instant = batches.get(batch), Workplace.here(), datetime.fromisoformat(now)
    if row.state in ("received", "staging"):
        with _settling(row, work, instant):
            _stage(row, progress, work, instant)
    return _link(row)


@job("intake.commit", title=Text("导入文件", "Import a file"))
def commit_batch(progress: Progress, *, batch: int, now: str) -> dict[str, Any]:
    """Take a previewed file in."""
    row, work, instant = batches.get(batch), Workplace.here(), datetime.fromisoformat(now)
    if row.state == "committing":
        with _settling(row, work, instant):
            pipeline.commit(row, progress, work, now=instant)
    return _link(row)


def _stage(row: Batch, progress: Progress, work: Workplace, now: datetime) -> None:
    seen = looking.look(row, work)
    shop = shops.shop_by_number(row.shop) if row.shop is not None else seen.guess.shop
    if not seen.is_clear:
        batches.move(row, "needs_setup", error=batches.error_body(looking.unclear(row, seen)))
        return
    if shop is None and needs_shop(seen.plans):
        batches.move(row, "needs_setup", error=batches.error_body(looking.whose(row, seen)))
        return
    if row.state == "received":
        batches.move(row, "staging")
    sample = pipeline.stage(row, seen, shop, progress, work)
    if row.state == "staging":
        outcome = pipeline.rehearse(row, work, now=now)
        batches.move(row, "ready", preview=preview_of(row, sample, outcome))


@contextmanager
def _settling(row: Batch, work: Workplace, now: datetime) -> Iterator[None]:
    """However the work ends, the batch says so and nothing half done stays."""
    try:
        yield
    except BaseException as error:
        pipeline.release(row, error, work, now=now)
        raise


def _link(row: Batch) -> dict[str, Any]:
    return {"batch": row.pk, "state": row.state, "result_url": f"/data/batches/{row.pk}"}

"""A file's way into the warehouse: keep it, look at it, stage it, rehearse it, commit it.

::

    receive ── archive (compressed, encrypted) + Batch row
    look    ── which report is it, whose shop; masked sample
    stage   ── rows → canonical → sealed → home.staging/<batch>.duckdb; rejected rows aside
    rehearse── the commit, rolled back: what would be new, changed, unchanged
    commit  ── vault records and one warehouse transaction {identities, facts, batch row}

The batch's row in the warehouse is the proof of commit: ``recover`` asks for it after a crash and
either finishes the batch or takes its vault records back. Nothing here reads the clock.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from huitou.accounts import shops
from huitou.accounts.shops import ShopRow
from huitou.intake import archive, batches, rules
from huitou.intake.cautions import warnings_of
from huitou.intake.looking import Look
from huitou.intake.models import Batch
from huitou.intake.outcome import about, outcome_of, repeated
from huitou.intake.plan import (
    TablePlan,
    platform_of,
)
from huitou.intake.recipe import recipe_of, same_before
from huitou.intake.rejects import RejectsWriter
from huitou.intake.staging import Staged, Stager, WatchedFile
from huitou.intake.workplace import Workplace
from huitou.kernel.clock import naive_utc
from huitou.kernel.errors import Cancelled, Conflict, HuitouError
from huitou.kernel.i18n import Text
from huitou.kernel.jobs import Progress
from huitou.members import identity, suggestions, vault
from huitou.warehouse import facts
from huitou.warehouse.staging import Stage
from huitou.warehouse.store import Writer

log = logging.getLogger("huitou.intake")

WAITING: Final = Text("等待前一个文件入库", "Waiting for another file to be imported")
SEALING: Final = Text("保存加密的个人信息", "Keeping sealed personal data")
MATCHING: Final = Text("识别会员", "Recognising members")
WRITING: Final = Text("写入订单与明细", "Writing orders and lines")
COMMIT_STEPS: Final = 4
NOTHING: Final = Decimal(0)

UNEXPECTED: Final = HuitouError(
    Text(
        "程序内部出错，文件没有导入",
        "Something went wrong inside the program; nothing was imported",
    ),
    remedy=Text(
        "重试；仍然失败时把服务器日志交给维护者",
        "Try again; if it fails again, send the server's log to whoever maintains it",
    ),
    code="internal",
)


def receive(
    writer: archive.ArchiveWriter,
    name: str,
    *,
    choice: dict[str, Any],
    shop: int | None,
    by: int | None,
    now: datetime,
    work: Workplace,
) -> Batch:
    """Make a batch of a file that has been written to the archive.

    Bytes that are kept already are not kept twice: the batch shares the earlier copy.
    """
    same, content = kept_already(writer.sha256, writer.size, work)
    batch = Batch.objects.create(
        name=name[-255:], size=writer.size, sha256=writer.sha256, content=content, same_as=same,
        choice=choice, shop=shop, by_id=by, created_at=now,
    )  # fmt: skip
    if content:
        writer.abort()
        return batch
    try:
        stored = writer.finish(str(batch.pk))
    except BaseException:
        batch.delete()
        raise
    batches.change(batch, content=str(batch.pk), stored_size=stored.stored_size)
    return batch


def receive_path(
    path: Path,
    *,
    choice: dict[str, Any],
    shop: int | None,
    by: int | None,
    now: datetime,
    work: Workplace,
) -> Batch:
    """Make a batch of a file of this machine; one that is known already is only hashed."""
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        same, content = kept_already(sha256, size, work)
        if content:
            return Batch.objects.create(
                name=path.name[-255:], size=size, sha256=sha256, content=content, same_as=same,
                choice=choice, shop=shop, by_id=by, created_at=now,
            )  # fmt: skip
        stream.seek(0)
        with archive.ArchiveWriter(work.home.files, work.ring) as writer:
            while piece := stream.read(archive.CHUNK):
                writer.write(piece)
            return receive(writer, path.name, choice=choice, shop=shop, by=by, now=now, work=work)


def kept_already(sha256: str, size: int, work: Workplace) -> tuple[Batch | None, str]:
    """The batch that brought these bytes before, and the archive's name of them if still there."""
    earlier = Batch.objects.filter(sha256=sha256, size=size)
    same = earlier.filter(state="committed").last() or earlier.last()
    if same is None or not archive.path_of(work.home.files, same.content).exists():
        return same, ""
    return same, same.content


def stage(
    batch: Batch,
    seen: Look,
    shop: ShopRow | None,
    progress: Progress,
    work: Workplace,
) -> list[dict[str, Any]]:
    """Read a batch's tables into its stage; the batch must be ``staging``.

    Leaves it ``empty`` or still ``staging`` (to be rehearsed or committed). What the warehouse is
    sure to hold already is not read again (``recipe``). Returns a sample of the records, masked.
    Raises after removing what it began.
    """
    whose, stores = shop or _no_shop(seen.plans), _stores()
    recipe = recipe_of(batch.name, seen.plans, whose, stores, work)
    earlier = same_before(batch, recipe, work)
    batches.change(batch, shop=whose.shop or None, recipe=recipe, repeats=earlier, error=None)
    if earlier is not None:
        batches.change(
            batch, rows=earlier.rows, rejected=earlier.rejected,
            rejects_by_reason=earlier.rejects_by_reason, warnings=earlier.warnings,
        )  # fmt: skip
        return []
    found = _read(batch, seen, whose, stores, progress, work)
    batches.change(
        batch, rows=found.rows, rejected=found.rejected, rejects_by_reason=found.reasons,
        warnings=[{"zh": text.zh, "en": text.en} for text in warnings_of(seen, found)],
    )  # fmt: skip
    if found.is_empty:
        drop_stage(batch, work)
        batches.move(batch, "empty")
    return found.sample


def _read(
    batch: Batch,
    seen: Look,
    shop: ShopRow,
    stores: Mapping[str, int],
    progress: Progress,
    work: Workplace,
) -> Staged:
    made = Stage.create(work.stage_path(batch.pk))
    archive.remove(work.home.files, batch.rejects_name)
    kept = RejectsWriter(work.home.files, batch.rejects_name, work.ring)
    source = WatchedFile(work, batch.content, batch.size)
    try:
        stager = Stager(work, made, kept, shop=shop, stores=stores)
        found = stager.run(source, batch.name, seen.plans, progress)
    except BaseException:
        made.drop()
        raise
    finally:
        kept.abort()
        source.close()
    made.close()
    return found


def rehearse(batch: Batch, work: Workplace, *, now: datetime) -> dict[str, Any]:
    """What committing a staged batch would do (``outcome``), by doing it and rolling back."""
    if batch.repeats is not None:
        return repeated(batch.repeats.summary or {})
    with work.warehouse.rehearsing() as writer:
        staged = Stage.open(work.stage_path(batch.pk))
        return _write(writer, staged, batch, work, Progress(), now)[0]


def commit(batch: Batch, progress: Progress, work: Workplace, *, now: datetime) -> dict[str, Any]:
    """Take a staged batch in; it must be ``committing``. Returns what that did (``outcome``).

    Until the warehouse's transaction commits, a wish to cancel, an error or a crash leaves nothing
    behind; afterwards the batch is in, whatever happens. Raises what stopped it.
    """
    progress.step(0, COMMIT_STEPS, WAITING)
    with _one_commit:
        if batch.repeats is not None:
            summary, touched = repeated(_held(batch.repeats, work)), None
            with work.warehouse.writing() as writer:
                writer.insert("batch", _proof(batch, summary, now))
        else:
            summary, touched = _commit(batch, progress, work, now)
    finish(batch, summary, now)
    drop_stage(batch, work)
    if touched is not None:
        _refresh_suggestions(batch, touched, work, now)
    return summary


def _held(earlier: Batch, work: Workplace) -> dict[str, Any]:
    """The outcome of an earlier batch that the warehouse still holds."""
    summary = _proven(work, earlier.pk)
    if summary is None:
        raise Conflict(
            Text(
                f"数据仓库里已没有批次 {earlier.pk}",
                f"The warehouse no longer holds batch {earlier.pk}",
            ),
            remedy=Text("重新读取文件后再确认", "Read the file again, then import it"),
            where={"batch": earlier.pk},
        )
    return summary


def _commit(
    batch: Batch, progress: Progress, work: Workplace, now: datetime
) -> tuple[dict[str, Any], Any]:
    staged = Stage.open(work.stage_path(batch.pk))
    try:
        progress.step(0, COMMIT_STEPS, SEALING)
        vault.store_stage(staged, batch=batch.pk, ring=work.ring)
        with work.warehouse.writing() as writer:
            summary, touched = _write(writer, staged, batch, work, progress, now)
            writer.insert("batch", _proof(batch, summary, now))
            progress.check()
    except BaseException:
        vault.remove_batch(batch.pk)
        raise
    return summary, touched


def _refresh_suggestions(batch: Batch, touched: Any, work: Workplace, now: datetime) -> None:
    try:
        suggestions.refresh(work.warehouse, touched, now)
    except Exception:
        # The batch is in; hints that are not up to date are worked out with the next one.
        log.exception("batch %s: the merge suggestions could not be refreshed", batch.pk)


def finish(batch: Batch, summary: dict[str, Any], now: datetime) -> None:
    """Write down in the app database that a batch is in the warehouse."""
    batches.move(
        batch, "committed", committed_at=now, summary=summary, error=None, preview=None,
        **{name: summary[name] for name in _COUNTS},
    )  # fmt: skip


def release(batch: Batch, error: BaseException, work: Workplace, *, now: datetime) -> None:
    """After work on a batch broke off: nothing half done stays, and the row tells how it ended."""
    batch.refresh_from_db()
    proof = _proven(work, batch.pk) if batch.state == "committing" else None
    drop_stage(batch, work)
    if proof is not None:  # it broke off after the point of no return
        finish(batch, proof, now)
    elif batches.state_of(batch) not in rules.WORKING:
        return
    elif isinstance(error, Cancelled | KeyboardInterrupt):
        batches.move(batch, "cancelled", error=None)
    else:
        batches.fail(batch, error if isinstance(error, HuitouError) else UNEXPECTED)


def drop_stage(batch: Batch, work: Workplace) -> None:
    """Remove what staging made; harmless when there is nothing."""
    Stage(work.stage_path(batch.pk)).drop()


def forget(batch: Batch, work: Workplace) -> None:
    """Remove a batch that was not taken in: row, stage, rejected rows, and its own original."""
    drop_stage(batch, work)
    if batch.repeats_id is None:
        archive.remove(work.home.files, batch.rejects_name)
    content = batch.content
    batch.delete()
    if content and not Batch.objects.filter(content=content).exists():
        archive.remove(work.home.files, content)


def recover(work: Workplace, *, now: datetime) -> list[Batch]:
    """Settle what a stopped process left, before any worker starts. Returns the batches it touched.

    ``committing``: finished when the warehouse has its row, else its vault records are taken back
    and it is ``ready`` again. ``received``, ``staging``: left to their job, or failed without one.
    """
    archive.discard_parts(work.home.files)
    batches.settle()
    touched = []
    for batch in Batch.objects.filter(state__in=("received", "staging"), job=None):
        batches.fail(batch, batches.INTERRUPTED)
        touched.append(batch)
    for batch in Batch.objects.filter(state="committing").order_by("pk"):
        summary = _proven(work, batch.pk)
        if summary is not None:
            finish(batch, summary, now)
            drop_stage(batch, work)
            suggestions.refresh_all(work.warehouse, now)
        else:
            vault.remove_batch(batch.pk)
            if batch.repeats_id is not None or work.stage_path(batch.pk).exists():
                batches.move(
                    batch, "ready", error=batches.error_body(batches.INTERRUPTED), job=None
                )
            else:
                batches.fail(batch, batches.INTERRUPTED)
        touched.append(batch)
    keep = {
        work.stage_path(number).name
        for number in Batch.objects.filter(state__in=("ready", "staging")).values_list(
            "pk", flat=True
        )
    }
    for path in work.home.staging.glob("*.duckdb*"):
        if path.name.removesuffix(".wal") not in keep:
            path.unlink(missing_ok=True)
    return touched


_COUNTS: Final = (
    "inserted", "updated", "unchanged", "paid_amount", "refunded_amount", "members_new",
)  # fmt: skip
_one_commit = threading.Lock()


def _write(
    writer: Writer, staged: Stage, batch: Batch, work: Workplace, progress: Progress, now: datetime
) -> tuple[dict[str, Any], Any]:
    """Identities, then facts; the same for a rehearsal and for the real thing.

    Returns the outcome and the members whose identities have anything new about them.
    """
    writer.sync_shops(shops.all_shops())
    writer.attach(staged)
    progress.step(1, COMMIT_STEPS, MATCHING)
    identities = identity.resolve(writer, staged, batch=batch.pk, now=now)
    progress.step(2, COMMIT_STEPS, WRITING)
    applied = facts.apply(writer, staged, batch=batch.pk, now=now, zone=work.zone)
    progress.step(3, COMMIT_STEPS, WRITING)
    nobody = _unidentified(writer, staged)
    return outcome_of(about(batch), applied, identities, nobody), identities.touched


def _unidentified(writer: Writer, staged: Stage) -> int:
    trades = staged.table("trades")
    buyers = writer.table(identity.STAGE_BUYER)
    named = buyers.filter(buyers.record_set == "trades")
    nobody = trades.filter(~trades.is_stub).anti_join(named, "row_no")
    return int(writer.scalar(nobody.select("source", "trade_id").distinct().count()))


def _no_shop(plans: Sequence[TablePlan]) -> ShopRow:
    """For files whose records belong to no shop."""
    return ShopRow(0, "", "", platform_of(plans), "online", "")


def _stores() -> dict[str, int]:
    """Numbers of the stores by code and by name."""
    stores = [shop for shop in shops.all_shops() if shop.kind == "store"]
    return {
        **{shop.name: shop.shop for shop in stores},
        **{shop.code: shop.shop for shop in stores},
    }


def _proof(batch: Batch, summary: dict[str, Any], now: datetime) -> pa.Table:
    return pa.table(
        {
            "batch": pa.array([batch.pk], pa.int64()),
            "committed_at": pa.array([naive_utc(now)], pa.timestamp("us")),
            "summary": pa.array([json.dumps(summary, ensure_ascii=False)]),
        }
    )


def _proven(work: Workplace, batch_id: int) -> dict[str, Any] | None:
    """The summary in the warehouse's row of a batch; None when it was not committed."""
    found = work.warehouse.table("batch")
    rows = work.warehouse.rows(found.filter(found.batch == batch_id))
    return json.loads(rows[0]["summary"]) if rows else None

"""Changing the key that encrypts personal data, and dropping the keys of before."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

from huitou.accounts import audit
from huitou.intake import archive
from huitou.intake.models import Batch
from huitou.intake.rules import WORKING
from huitou.kernel import crypto
from huitou.kernel.crypto import KeyRing, Tampered
from huitou.kernel.errors import Conflict, Unavailable
from huitou.kernel.home import Home
from huitou.kernel.i18n import Text
from huitou.kernel.jobs import ACTIVE, Progress
from huitou.kernel.models import Job
from huitou.members import export, vault
from huitou.warehouse.staging import Stage


def rotate_keys(progress: Progress, *, now: datetime) -> dict[str, Any]:
    """Make a new key active and encrypt the vault under it. Safe to repeat after a crash.

    The new ring is on disk before the first record changes. Old keys stay in the ring until
    ``retire_keys``: kept raw files were encrypted under them.
    """
    _refuse_environment()
    home = Home.from_environment()
    ring = crypto.load_key_ring(home).with_new_key()
    crypto.replace_key_ring(home, ring)
    records = vault.reseal(ring, progress)
    audit.record(
        actor=None,
        action="keys.rotate",
        subject=f"encryption_key:{ring.active}",
        detail={"records": records},
        now=now,
    )
    return {"active": ring.active, "keys": len(ring.keys), "records": records}


def retire_keys(progress: Progress, *, now: datetime) -> dict[str, Any]:
    """Finish a rotation: bring all that is kept under the active key, then drop the other keys.

    May be stopped and called again: what is under the active key is passed over. Raises ``Conflict``
    while something is at work, or waits, that needs an old key.
    """
    _refuse_environment()
    home = Home.from_environment()
    ring = crypto.load_key_ring(home)
    retired = sorted(set(ring.keys) - {ring.active})
    done = {"records": 0, "files": 0, "exports": 0}
    if retired:
        _refuse_while_working(home, ring)
        done["records"] = vault.reseal(ring, progress)
        done["files"] = _rewrap_files(home, ring, progress)
        export.discard_old(home.exports, now)
        done["exports"] = sum(export.reseal(path, ring) for path in _exports(home))
        _refuse_while_working(home, ring)
        _refuse_while_needed(home, ring)
        crypto.replace_key_ring(home, ring.without(*retired))
        audit.record(
            actor=None,
            action="keys.retire",
            subject=f"encryption_key:{ring.active}",
            detail={"retired": retired, **done},
            now=now,
        )
    return {"active": ring.active, "retired": retired, **done}


def _rewrap_files(home: Home, ring: KeyRing, progress: Progress) -> int:
    """Raw files and rejected rows. Their content stays: each has a key of its own, sealed anew."""
    names = archive.names(home.files)
    changed, broken = 0, []
    for number, name in enumerate(names, 1):
        try:
            changed += archive.rewrap(home.files, name, ring)
        except FileNotFoundError:  # removed meanwhile
            pass
        except Tampered:
            broken.append(archive.path_of(home.files, name).name)
        progress.step(number, len(names), Text("原始文件换用新密钥", "Raw files under the new key"))
    if broken:
        raise Conflict(
            Text(
                f"{len(broken)} 个原始文件无法解开，旧密钥先留着：{broken[0]}",
                f"{len(broken)} raw files do not open, so the old keys stay: {broken[0]}",
            ),
            remedy=Text(
                "从备份恢复这些文件，或把它们移出 files/，再运行一次",
                "Restore them from a backup, or move them out of files/, and run this again",
            ),
            where={"files": broken},
        )
    return changed


def _refuse_while_working(home: Home, ring: KeyRing) -> None:
    """Work that began before the rotation may still seal under the key of its time."""
    jobs = Job.objects.filter(state__in=ACTIVE).count()
    batches = Batch.objects.filter(state__in=WORKING).count()
    uploads = len(list(home.files.glob(f"*{archive.PART}")))
    if jobs or batches or uploads:
        raise Conflict(
            Text(
                f"还有工作在进行：任务 {jobs} 个、批次 {batches} 个、上传 {uploads} 个",
                f"Work is under way: {jobs} jobs, {batches} batches, {uploads} uploads",
            ),
            remedy=Text("等它们结束后再运行一次", "Wait for them to end and run this again"),
            where={"jobs": jobs, "batches": batches, "uploads": uploads},
        )
    waiting = [
        path.stem for path in home.staging.glob("*.duckdb") if _stage_keys(path) - {ring.active}
    ]
    if waiting:
        raise Conflict(
            Text(
                f"{len(waiting)} 个批次等待确认，内容用旧密钥加密：{'、'.join(sorted(waiting))}",
                f"{len(waiting)} batches wait to be imported and are sealed under an old key: "
                f"{', '.join(sorted(waiting))}",
            ),
            remedy=Text(
                "在“数据 › 导入批次”里导入或取消它们，再运行一次",
                "Import or cancel them in Data › Batches and run this again",
            ),
            where={"batches": sorted(waiting)},
        )


def _refuse_while_needed(home: Home, ring: KeyRing) -> None:
    """Nothing that was counted above may have come back."""
    records = sum(n for key, n in vault.key_counts().items() if key != ring.active)
    files = sum(
        archive.key_id(home.files, name) != ring.active for name in archive.names(home.files)
    )
    if records or files:
        raise Conflict(
            Text(
                f"仍有 {records} 条记录、{files} 个文件使用旧密钥",
                f"{records} records and {files} files are still under an old key",
            ),
            remedy=Text("再运行一次", "Run this again"),
            where={"records": records, "files": files},
        )


def _stage_keys(path: Path) -> set[int]:
    stage = Stage.open(path)
    try:
        secrets = stage.table("secrets")
        rows = stage.rows(secrets.filter(secrets.key_id.notnull()).select("key_id").distinct())
        return {int(row["key_id"]) for row in rows}
    finally:
        stage.close()


def _exports(home: Home) -> list[Path]:
    return sorted(home.exports.glob("members-*"))


def _refuse_environment() -> None:
    if os.environ.get(crypto.ENV):
        raise Unavailable(
            Text(
                f"密钥来自环境变量 {crypto.ENV}，不能在这里轮换",
                f"The keys come from the environment ({crypto.ENV}) and cannot be rotated here",
            ),
            remedy=Text(
                "取消该变量并改用 keys/master.key", "Unset it and keep the keys in keys/master.key"
            ),
        )

"""The vault: where names, phones, e-mails and addresses are, sealed, in the app database.

Records only grow: one (ref, digest) is one content for ever, and only its ``seen_at`` moves, to the
greater. So storing the same records twice, or two files in either order, gives the same vault.
Reading an account takes, per field, the newest content that has it.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import ibis
import pyarrow as pa
from django.db import connection, transaction

from huitou.kernel.crypto import KeyRing
from huitou.kernel.errors import Conflict
from huitou.kernel.i18n import Text
from huitou.kernel.jobs import Progress
from huitou.members.models import KIND_CODES, KIND_NAMES, VaultRecord
from huitou.members.sealing import context
from huitou.warehouse.staging import Stage

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CHUNK: Final = 50_000
_SLICE: Final = 250_000
_UPSERT: Final = (
    "INSERT INTO members_vaultrecord (ref, digest, kind, key_id, body, seen_at, first_batch)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (ref, digest) DO UPDATE"
    " SET seen_at = excluded.seen_at WHERE excluded.seen_at > members_vaultrecord.seen_at"
)
_RESEAL: Final = (
    "UPDATE members_vaultrecord SET key_id = %s, body = %s"
    " WHERE ref = %s AND digest = %s AND key_id = %s"
)

STORING: Final = Text("保存加密的个人信息", "Keeping sealed personal data")


class Record(NamedTuple):
    """One opened record: its fields and when it was last seen (None where undated)."""

    kind: str
    fields: dict[str, str]
    seen_at: datetime | None


def store(secrets: pa.Table, *, batch: int, ring: KeyRing) -> int:
    """Add sealed records (``sealing.SECRETS``) in chunks of their own transactions.

    A bare time (no body) may stand beside its record, in any order. Returns how many distinct
    records there were. Raises ``Conflict`` for those sealed under a key that has been removed.
    """
    grouped = secrets.group_by(["ref", "digest", "kind"]).aggregate(
        [("key_id", "max"), ("body", "max"), ("seen_at", "max")]
    )
    # In their order: neighbours in the index are written together.
    ordered = grouped.sort_by([("ref", "ascending"), ("digest", "ascending")])
    plain = [name.removesuffix("_max") for name in ordered.column_names]
    return _add(ordered.rename_columns(plain), batch, ring)


def store_stage(
    stage: Stage, *, batch: int, ring: KeyRing, progress: Progress | None = None
) -> int:
    """Add all sealed records of a stage, in bounded memory. Returns how many. Raises as ``store``."""
    total = stage.count("secrets")
    stored = 0
    for part in _slices(stage, total):
        stored += _add(stage.fetch(part), batch, ring)
        if progress is not None:
            progress.step(stored, total, STORING)
    return stored


def remove_batch(batch: int) -> int:
    """Take back the records that a batch brought first, after it came to nothing.

    Only while no other batch is being committed: it may count on a record that this one brought.
    """
    removed, _ = VaultRecord.objects.filter(first_batch=batch).delete()
    return removed


def records(refs: Iterable[bytes], ring: KeyRing) -> dict[bytes, list[Record]]:
    """Every record of each ref, the newest first; refs without any are left out."""
    found: dict[bytes, list[tuple[int, bytes, Record]]] = {}
    wanted = list(dict.fromkeys(refs))
    for start in range(0, len(wanted), 500):
        rows = VaultRecord.objects.filter(ref__in=wanted[start : start + 500]).values_list(
            "ref", "digest", "kind", "key_id", "body", "seen_at"
        )
        for raw_ref, raw_digest, kind, key_id, body, seen in rows:
            ref, digest = bytes(raw_ref), bytes(raw_digest)
            name = KIND_NAMES[kind]
            plain = ring.unseal(bytes(body), context(name, ref, digest), key_id)
            record = Record(name, json.loads(plain), _instant(seen))
            found.setdefault(ref, []).append((seen, digest, record))
    return {
        ref: [record for _, _, record in sorted(many, key=lambda one: one[:2], reverse=True)]
        for ref, many in found.items()
    }


def open_refs(refs: Iterable[bytes], ring: KeyRing) -> dict[bytes, dict[str, str]]:
    """Per ref its fields, each the newest that is not empty."""
    opened: dict[bytes, dict[str, str]] = {}
    for ref, many in records(refs, ring).items():
        merged: dict[str, str] = {}
        for record in many:
            merged = {**record.fields, **merged}
        opened[ref] = merged
    return opened


def key_counts() -> dict[int, int]:
    """How many records are sealed under each encryption key."""
    from django.db.models import Count

    rows = VaultRecord.objects.values_list("key_id").annotate(n=Count("ref"))
    return {int(key_id): int(n) for key_id, n in rows}


def reseal(ring: KeyRing, progress: Progress | None = None) -> int:
    """Encrypt anew, under the active key, what is under another. Resumable at any point."""
    total = sum(n for key_id, n in key_counts().items() if key_id != ring.active)
    done = 0
    while True:
        rows = list(
            VaultRecord.objects.exclude(key_id=ring.active).values_list(
                "ref", "digest", "kind", "key_id", "body"
            )[:2_000]
        )
        if not rows:
            return done
        changed = []
        for raw_ref, raw_digest, kind, key_id, body in rows:
            ref, digest = bytes(raw_ref), bytes(raw_digest)
            bound = context(KIND_NAMES[kind], ref, digest)
            sealed = ring.seal(ring.unseal(bytes(body), bound, key_id), bound)
            changed.append((ring.active, sealed, ref, digest, key_id))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(_RESEAL, changed)
        done += len(rows)
        if progress is not None:
            progress.step(done, total, Text("换用新密钥", "Sealing under the new key"))


def _add(rows: pa.Table, batch: int, ring: KeyRing) -> int:
    """Add distinct records."""
    _demand_keys(rows, ring)
    for start in range(0, rows.num_rows, _CHUNK):
        _upsert(rows.slice(start, _CHUNK), batch)
    return int(rows.num_rows)


def _demand_keys(rows: pa.Table, ring: KeyRing) -> None:
    used = {number for number in rows["key_id"].unique().to_pylist() if number is not None}
    if not used <= set(ring.keys):
        raise Conflict(
            Text(
                "这批数据用已停用的密钥加密",
                "This batch was sealed under a key that has been removed",
            ),
            remedy=Text("重新读取文件后再提交", "Read the file again, then commit"),
            code="sealed_under_removed_key",
        )


def _upsert(rows: pa.Table, batch: int) -> None:
    kinds = [KIND_CODES[name] for name in rows["kind"].to_pylist()]
    times = rows["seen_at"].cast(pa.int64()).fill_null(0).to_pylist()
    values = zip(
        rows["ref"].to_pylist(),
        rows["digest"].to_pylist(),
        kinds,
        rows["key_id"].to_pylist(),
        rows["body"].to_pylist(),
        times,
        itertools.repeat(batch),
        strict=False,
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(_UPSERT, list(values))


def _slices(stage: Stage, total: int) -> Iterator[ibis.Table]:
    """A stage's secrets, combined, by ranges of ``ref``: rows of one ref are never apart."""
    parts = max(1, -(-total // _SLICE))
    secrets = stage.table("secrets")
    bounds = [(65_536 * n // parts).to_bytes(2, "big") for n in range(1, parts)]
    for low, high in itertools.pairwise([None, *bounds, None]):
        part = secrets
        if low is not None:
            part = part.filter(part.ref >= ibis.literal(low, type="binary"))
        if high is not None:
            part = part.filter(part.ref < ibis.literal(high, type="binary"))
        combined = part.group_by("ref", "digest", "kind").aggregate(
            key_id=part.key_id.max(), body=part.body.max(), seen_at=part.seen_at.max()
        )
        yield combined.order_by("ref", "digest")


def _instant(micros: int) -> datetime | None:
    return _EPOCH + timedelta(microseconds=micros) if micros else None

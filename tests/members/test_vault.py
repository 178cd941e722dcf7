"""The vault on SQLite and PostgreSQL: it only grows, order plays no part, keys rotate."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.members.people import RING
from tests.members.test_sealing import SHOP, trades

from huitou.kernel.crypto import KeyRing, Tampered
from huitou.kernel.errors import Cancelled, Conflict
from huitou.kernel.jobs import Progress
from huitou.members import vault
from huitou.members.models import VaultRecord
from huitou.members.sealing import SECRETS, Sealer
from huitou.warehouse.staging import Stage


def secrets_of(rows: list[dict[str, Any]], ring: KeyRing = RING) -> pa.Table:
    return Sealer(ring, SHOP).seal_trades(trades(rows)).secrets


def everything() -> list[tuple[bytes, bytes, bytes, int, int]]:
    rows = VaultRecord.objects.order_by("ref", "digest").values_list(
        "ref", "digest", "body", "seen_at", "first_batch"
    )
    return [
        (bytes(ref), bytes(digest), bytes(body), seen, batch)
        for ref, digest, body, seen, batch in rows
    ]


NICK = RING.blind("nick", "taobao", "a")


def test_storing_twice_changes_nothing(app_database: str) -> None:
    secrets = secrets_of(
        [{"buyer_nick": "a", "receiver_phone": "13812348000", "buyer_message": "快"}]
    )
    assert vault.store(secrets, batch=1, ring=RING) == 3
    before = everything()
    assert vault.store(secrets, batch=2, ring=RING) == 3
    assert everything() == before


def test_each_field_is_the_newest_in_any_order_of_files(app_database: str) -> None:
    files = [
        secrets_of(
            [{"buyer_nick": "a", "buyer_name": "旧名", "buyer_phone": "13812348000", "day": 1}]
        ),
        secrets_of([{"buyer_nick": "a", "buyer_name": "新名", "day": 5}]),
        secrets_of([{"buyer_nick": "a", "day": 9}]),
        secrets_of(
            [{"buyer_nick": "a", "buyer_name": "旧名", "buyer_phone": "13812348000", "day": 3}]
        ),
    ]
    found = []
    for order in itertools.permutations(files):
        VaultRecord.objects.all().delete()
        for batch, secrets in enumerate(order):
            vault.store(secrets, batch=batch, ring=RING)
        found.append(vault.open_refs([NICK, b"nobody"], RING))
    assert found == [{NICK: {"nick": "a", "name": "新名", "phone": "13812348000"}}] * len(found)
    newest = vault.records([NICK], RING)[NICK][0]
    assert newest.seen_at is not None
    assert newest.seen_at.day == 10


def test_a_batch_that_came_to_nothing_is_taken_back(app_database: str) -> None:
    vault.store(secrets_of([{"buyer_nick": "a"}]), batch=1, ring=RING)
    before = everything()
    vault.store(secrets_of([{"buyer_nick": "a"}, {"buyer_nick": "b"}]), batch=2, ring=RING)
    assert vault.remove_batch(2) == 1
    kept = everything()
    assert [row[:3] for row in kept] == [row[:3] for row in before]


def test_a_stage_is_stored_in_slices(
    app_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "_SLICE", 7)
    monkeypatch.setattr(vault, "_CHUNK", 3)
    stage = Stage.create(tmp_path / "1.duckdb")
    sealer = Sealer(RING, SHOP)
    rows = [{"buyer_nick": f"n{n % 20}", "day": n % 28} for n in range(60)]
    for start in range(0, 60, 15):
        stage.append("secrets", sealer.seal_trades(trades(rows[start : start + 15])).secrets)
    assert stage.count("secrets") > 20
    steps: list[int] = []
    progress = Progress(lambda done, total, message: steps.append(done))
    assert vault.store_stage(stage, batch=1, ring=RING, progress=progress) == 20
    assert steps[-1] == 20
    assert len(steps) > 3
    refs = [RING.blind("nick", "taobao", f"n{n}") for n in range(20)]
    assert len(vault.open_refs(refs, RING)) == 20
    stage.drop()


def test_rotation_reseals_everything_and_can_be_resumed(app_database: str) -> None:
    rows = [{"buyer_nick": f"n{n}", "receiver_phone": f"138123480{n:02d}"} for n in range(30)]
    vault.store(secrets_of(rows), batch=1, ring=RING)
    refs = [RING.blind("nick", "taobao", f"n{n}") for n in range(30)]
    before = vault.open_refs(refs, RING)
    new = RING.with_new_key()
    stopped = Progress()
    stopped.cancel()
    with pytest.raises(Cancelled):
        vault.reseal(new, stopped)
    assert vault.open_refs(refs, new) == before, "half done, everything opens"
    vault.reseal(new)
    assert vault.key_counts() == {2: 60}
    assert vault.open_refs(refs, new.without(1)) == before
    assert vault.reseal(new) == 0


def test_records_sealed_under_a_removed_key_are_refused(app_database: str) -> None:
    secrets = secrets_of([{"buyer_nick": "a"}])
    new = RING.with_new_key().without(1)
    with pytest.raises(Conflict) as stopped:
        vault.store(secrets, batch=1, ring=new)
    assert stopped.value.code == "sealed_under_removed_key"
    assert not VaultRecord.objects.exists()


def test_a_record_moved_to_another_ref_does_not_open(app_database: str) -> None:
    vault.store(secrets_of([{"buyer_nick": "a"}]), batch=1, ring=RING)
    row = VaultRecord.objects.get()
    moved = os.urandom(16)
    VaultRecord.objects.create(
        ref=moved, digest=bytes(row.digest), kind=row.kind, key_id=row.key_id,
        body=bytes(row.body), seen_at=1, first_batch=1,
    )  # fmt: skip
    with pytest.raises(Tampered):
        vault.open_refs([moved], RING)


def test_an_undated_record_yields_to_a_dated_one(app_database: str) -> None:
    def undated(table: pa.Table) -> pa.Table:
        place = SECRETS.get_field_index("seen_at")
        return table.set_column(place, "seen_at", pa.nulls(table.num_rows, pa.timestamp("us")))

    vault.store(undated(secrets_of([{"buyer_nick": "a", "buyer_name": "一"}])), batch=1, ring=RING)
    vault.store(secrets_of([{"buyer_nick": "a", "buyer_name": "二"}]), batch=1, ring=RING)
    assert vault.open_refs([NICK], RING)[NICK]["name"] == "二"

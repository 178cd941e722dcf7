"""Checks that find what is wrong, and the change of the encryption key."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from huitou.accounts.models import AuditEntry
from huitou.intake import archive
from huitou.kernel import crypto
from huitou.kernel.crypto import KeyRing, load_key_ring
from huitou.kernel.errors import Cancelled, Conflict, Unavailable
from huitou.kernel.home import Home
from huitou.kernel.jobs import Progress
from huitou.kernel.models import Job
from huitou.warehouse.staging import Stage
from huitou.web import doctor, static
from huitou.web.rotation import retire_keys, rotate_keys
from huitou.web.secret import ensure_secret, secret_path, stored_secret


@pytest.fixture
def sound(db: None, home: Home, key_ring: KeyRing, warehouse: Any, tmp_path: Path) -> Home:
    ensure_secret(home)
    return home


@pytest.fixture(autouse=True)
def _built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "index.html").write_text("x")
    monkeypatch.setattr(static, "FOLDER", folder)
    return folder


def _failing(home: Home, now: datetime) -> dict[str, str]:
    found = doctor.report(home, now=now)
    assert found["ok"] is not bool([check for check in found["checks"] if not check["ok"]])
    return {check["name"]: check["remedy"] for check in found["checks"] if not check["ok"]}


def test_a_sound_installation(sound: Home, now: datetime) -> None:
    assert _failing(sound, now) == {}
    tables = doctor.report(sound, now=now)["tables"]
    assert {"name": "trade", "rows": 0} in tables


@pytest.mark.parametrize(
    ("spoil", "name", "remedy"),
    [
        (lambda home: home.files.chmod(0o755), "home", "chmod 700"),
        (lambda home: (home.keys / "master.key").chmod(0o644), "keys", "chmod 600"),
        (lambda home: (home.keys / "master.key").unlink(), "keys", "huitou serve"),
        (lambda home: secret_path(home).chmod(0o640), "keys", "chmod 600"),
        (lambda home: secret_path(home).unlink(), "keys", "huitou serve"),
        (lambda home: (static.FOLDER / "index.html").unlink(), "app", "make build"),
    ],
    ids=["folder", "open key", "no key", "open session key", "no session key", "app"],
)
def test_what_is_wrong_is_found(
    sound: Home, now: datetime, spoil: Callable[[Home], None], name: str, remedy: str
) -> None:
    spoil(sound)
    failing = _failing(sound, now)
    assert failing.keys() == {name}
    assert remedy in failing[name]


def test_stuck_jobs_are_found(sound: Home, now: datetime) -> None:
    Job.objects.create(
        kind="x", state="running", created_at=now, heartbeat_at=now - timedelta(minutes=5)
    )
    assert _failing(sound, now).keys() == {"jobs"}


def test_jobs_that_wait_too_long_are_found(sound: Home, now: datetime) -> None:
    Job.objects.create(kind="x", state="queued", created_at=now - timedelta(hours=1))
    assert _failing(sound, now).keys() == {"jobs"}


def test_a_damaged_warehouse_is_found(
    sound: Home, now: datetime, warehouse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(warehouse), "check", lambda self: ["table trade is missing"])
    assert _failing(sound, now).keys() == {"warehouse"}
    assert doctor.report(sound, now=now)["tables"] == []


def test_pending_migrations_are_found(
    sound: Home, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "pending_migrations", lambda: ["kernel.0009_later"])
    assert _failing(sound, now).keys() == {"database"}


# Secrets


def test_the_session_key_is_made_once_and_private(home: Home) -> None:
    assert stored_secret(home) is None
    made = ensure_secret(home)
    assert ensure_secret(home) == stored_secret(home) == made
    assert len(made) >= 60
    assert secret_path(home).stat().st_mode & 0o777 == 0o600


def test_a_short_session_key_is_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUITOU_SECRET_KEY", "changeme")
    with pytest.raises(Unavailable):
        stored_secret(home)
    monkeypatch.setenv("HUITOU_SECRET_KEY", "x" * 40)
    assert stored_secret(home) == "x" * 40


def _secrets(ring: KeyRing, count: int) -> pa.Table:
    from huitou.members.sealing import context
    from huitou.warehouse.staging import SETS

    rows = []
    for _ in range(count):
        ref, digest = os.urandom(16), os.urandom(16)
        body = ring.seal(b'{"name": "x"}', context("account", ref, digest))
        row = {"ref": ref, "digest": digest, "kind": "account", "key_id": ring.active, "body": body}
        rows.append({**row, "seen_at": None})
    return pa.Table.from_pylist(rows, schema=SETS["secrets"].to_pyarrow())


def test_rotation_seals_everything_anew(sound: Home, now: datetime) -> None:
    from huitou.members import vault

    ring = load_key_ring(sound)
    secrets = _secrets(ring, 5)
    vault.store(secrets, batch=1, ring=ring)
    assert rotate_keys(Progress(), now=now) == {"active": 2, "keys": 2, "records": 5}
    assert vault.key_counts() == {2: 5}
    rotated = load_key_ring(sound)
    assert (rotated.active, rotated.index) == (2, ring.index)
    assert (sound.keys / "master.key").stat().st_mode & 0o777 == 0o600
    opened = vault.open_refs(secrets["ref"].to_pylist(), rotated)
    assert list(opened.values()) == [{"name": "x"}] * 5
    assert AuditEntry.objects.get().action == "keys.rotate"


def _raw_files(home: Home, ring: KeyRing, count: int) -> None:
    home.files.mkdir(exist_ok=True)
    for number in range(count):
        archive.keep(io.BytesIO(f"file {number}".encode()), home.files, str(number), ring)


def test_retiring_brings_everything_under_the_new_key_and_drops_the_old(
    sound: Home, now: datetime
) -> None:
    from huitou.members import export, vault

    first = load_key_ring(sound)
    vault.store(_secrets(first, 3), batch=1, ring=first)
    _raw_files(sound, first, 2)
    sound.exports.mkdir(exist_ok=True)
    waiting = sound.exports / "members-1-x.csv"
    with export.SealedWriter(waiting, first) as stream:
        stream.write(b"a,b")
    os.utime(waiting, (now.timestamp(), now.timestamp()))
    rotate_keys(Progress(), now=now)
    done = retire_keys(Progress(), now=now)
    assert done == {"active": 2, "retired": [1], "records": 0, "files": 2, "exports": 1}
    ring = load_key_ring(sound)
    assert (list(ring.keys), ring.index) == ([2], first.index)
    with archive.open_archived(sound.files, "1", ring) as stream:
        assert stream.read() == b"file 1"
    assert b"".join(export.read_sealed(waiting, ring)) == b"a,b"
    assert AuditEntry.objects.filter(action="keys.retire").count() == 1
    again = retire_keys(Progress(), now=now)
    assert (again["retired"], again["files"]) == ([], 0)
    assert AuditEntry.objects.filter(action="keys.retire").count() == 1


def test_retiring_goes_on_where_it_was_stopped(sound: Home, now: datetime) -> None:
    _raw_files(sound, load_key_ring(sound), 4)
    rotate_keys(Progress(), now=now)
    seen: list[int] = []
    stopped = Progress(lambda done, total, message: seen.append(done))
    stopped.cancel()
    with pytest.raises(Cancelled):
        retire_keys(stopped, now=now)
    assert (seen, list(load_key_ring(sound).keys)) == ([1], [1, 2])
    assert retire_keys(Progress(), now=now)["files"] == 3
    assert list(load_key_ring(sound).keys) == [2]


def test_old_keys_stay_while_something_needs_them(sound: Home, now: datetime) -> None:
    first = load_key_ring(sound)
    _raw_files(sound, first, 1)
    rotate_keys(Progress(), now=now)

    def refused() -> dict[str, Any]:
        with pytest.raises(Conflict) as error:
            retire_keys(Progress(), now=now)
        assert list(load_key_ring(sound).keys) == [1, 2]
        return error.value.where

    job = Job.objects.create(kind="x", state="queued", created_at=now)
    assert refused() == {"jobs": 1, "batches": 0, "uploads": 0}
    job.delete()
    upload = sound.files / f"incoming-1{archive.PART}"
    upload.touch()
    assert refused()["uploads"] == 1
    upload.unlink()
    sound.staging.mkdir(exist_ok=True)
    stage = Stage.create(sound.staging / "7.duckdb")
    stage.append("secrets", _secrets(first, 1))
    stage.close()
    assert refused() == {"batches": ["7"]}
    stage.drop()
    damaged = archive.path_of(sound.files, "0")
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:20] + bytes(200))
    assert refused() == {"files": ["0.htf"]}
    damaged.write_bytes(whole)
    assert retire_keys(Progress(), now=now)["retired"] == [1]


def test_a_key_of_the_environment_is_not_rotated(
    sound: Home, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(crypto.ENV, KeyRing.generate().dumps().decode())
    with pytest.raises(Unavailable):
        rotate_keys(Progress(), now=now)
    with pytest.raises(Unavailable):
        retire_keys(Progress(), now=now)

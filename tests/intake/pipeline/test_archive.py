"""The archive keeps a file exactly, opens for the right key only, and notices every change."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huitou.intake import archive
from huitou.intake.archive import CHUNK, ArchiveWriter, keep, open_archived
from huitou.kernel.crypto import KeyRing, Tampered

RING = KeyRing.generate()


def stored(folder: Path, content: bytes, name: str = "7") -> archive.Stored:
    return keep(io.BytesIO(content), folder, name, RING)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17])
def test_what_comes_back_is_what_went_in(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    kept = stored(tmp_path, content)
    assert (kept.size, kept.sha256) == (size, hashlib.sha256(content).hexdigest())
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    with open_archived(tmp_path, "7", RING) as stream:
        assert stream.read() == content


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30
)
@given(
    pieces=st.lists(st.integers(0, CHUNK + 5), max_size=4),
    reads=st.lists(st.tuples(st.integers(0, 3 * CHUNK), st.integers(0, 70_000)), max_size=12),
)
def test_reading_anywhere_equals_the_plain_file(
    tmp_path: Path, pieces: list[int], reads: list[tuple[int, int]]
) -> None:
    content = b"".join(bytes([i % 251]) * size for i, size in enumerate(pieces, 1))
    with ArchiveWriter(tmp_path, RING) as writer:
        start = 0
        for size in pieces:
            writer.write(content[start : start + size])
            start += size
        writer.finish("x")
    with open_archived(tmp_path, "x", RING) as stream:
        for offset, count in reads:
            stream.seek(offset)
            assert stream.read(count) == content[offset : offset + count]
        assert stream.seek(0, io.SEEK_END) == len(content)


def test_a_zip_opens_without_leaving_the_archive(tmp_path: Path) -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("a.csv", "x" * 3_000_000)
        pack.writestr("b.csv", "hello")
    stored(tmp_path, raw.getvalue())
    with open_archived(tmp_path, "7", RING) as stream, zipfile.ZipFile(stream) as pack:
        assert pack.read("b.csv") == b"hello"


def test_the_plain_text_is_not_on_disk(tmp_path: Path) -> None:
    kept = stored(tmp_path, "收货人张三 13800138000\n".encode() * 1000)
    raw = kept.path.read_bytes()
    assert b"13800138000" not in raw
    assert "张三".encode() not in raw


def test_any_changed_byte_is_noticed(tmp_path: Path) -> None:
    kept = stored(tmp_path, os.urandom(2 * CHUNK + 9))
    original = kept.path.read_bytes()
    for position in (3, 12, 400, len(original) // 2, len(original) - 1):
        changed = bytearray(original)
        changed[position] ^= 1
        kept.path.write_bytes(changed)
        with pytest.raises(Tampered), open_archived(tmp_path, "7", RING) as stream:
            stream.read()


def test_a_cut_off_or_reordered_file_is_noticed(tmp_path: Path) -> None:
    kept = stored(tmp_path, os.urandom(3 * CHUNK))
    original = kept.path.read_bytes()
    with kept.path.open("rb") as stream:
        first, second, third = archive._chunk_offsets(stream)
    for broken in (
        original[:third],
        original[:second],
        original[:first] + original[second:third] + original[first:second] + original[third:],
        original[: third + 100],
    ):
        kept.path.write_bytes(broken)
        with pytest.raises(Tampered), open_archived(tmp_path, "7", RING) as reader:
            reader.read()


def test_another_name_or_another_key_does_not_open(tmp_path: Path) -> None:
    kept = stored(tmp_path, b"content")
    with pytest.raises(Tampered):
        open_archived(tmp_path, "7", KeyRing.generate())
    kept.path.rename(archive.path_of(tmp_path, "8"))
    with pytest.raises(Tampered):
        open_archived(tmp_path, "8", RING)


def test_a_rotated_master_key_keeps_the_file_readable(tmp_path: Path) -> None:
    content = os.urandom(CHUNK + 5)
    stored(tmp_path, content)
    both = RING.with_new_key()
    assert archive.rewrap(tmp_path, "7", both)
    assert not archive.rewrap(tmp_path, "7", both)
    with open_archived(tmp_path, "7", both.without(RING.active)) as stream:
        assert stream.read() == content
    again = both.with_new_key()
    assert archive.rewrap(tmp_path, "7", again)
    with open_archived(tmp_path, "7", again.without(both.active)) as stream:
        assert stream.read() == content
    with pytest.raises(Tampered):
        open_archived(tmp_path, "7", RING)


def test_a_file_over_the_limit_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(archive.MAX_BYTES_ENV, str(CHUNK))
    with pytest.raises(archive.FileTooLarge) as caught:
        stored(tmp_path, bytes(CHUNK + 1))
    assert caught.value.remedy is not None
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class FullStream(io.FileIO):
        def write(self, data: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    real = os.fdopen

    def fdopen(descriptor: int, mode: str) -> object:
        os.close(descriptor)
        path = next(tmp_path.glob("*.part"))
        return FullStream(path, "wb")

    monkeypatch.setattr(os, "fdopen", fdopen)
    with pytest.raises(archive.DiskFull) as caught:
        stored(tmp_path, b"x")
    monkeypatch.setattr(os, "fdopen", real)
    assert "磁盘" in caught.value.message.zh
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_upload_is_removed_at_start(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, RING)
    writer.write(bytes(10))
    assert archive.discard_parts(tmp_path) == 1
    assert archive.names(tmp_path) == []
    writer.abort()

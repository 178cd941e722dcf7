"""The files people hand in, kept as they came: compressed, encrypted, outside the warehouse.

``home.files/<name>.htf``, mode 0600::

    magic 8 bytes | slot A | slot B | chunk*          slot  = key id u16 | sealed file key 60 bytes
                                                      chunk = length u32 | AES-256-GCM(zstd(plain))

Each file has its own random key, sealed under the installation's active key; the two slots let
``rewrap`` change the master key without touching the content and without a moment at which neither
opens. A chunk holds 1 MiB of plain bytes (the last one less), compressed on its own, so that a reader
can seek; its nonce is its number, and the "last chunk" flag is authenticated, so chunks can be neither
swapped nor cut off. Memory: two chunks, whatever the size of the file.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import secrets
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Final

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from huitou.kernel.crypto import KeyRing, Tampered
from huitou.kernel.errors import InvalidInput, NotFound, Unavailable
from huitou.kernel.i18n import Text

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAGIC: Final = b"HTFILE1\n"
CHUNK: Final = 1 << 20
SUFFIX: Final = ".htf"
PART: Final = ".part"
MAX_BYTES_ENV: Final = "HUITOU_MAX_FILE_BYTES"
DEFAULT_MAX_BYTES: Final = 4 << 30
LEVEL: Final = 3

_SLOT: Final = struct.Struct(">H60s")
_LENGTH: Final = struct.Struct(">I")
_BODY: Final = len(MAGIC) + 2 * _SLOT.size
_EMPTY_SLOT: Final = _SLOT.pack(0, bytes(60))


class FileTooLarge(InvalidInput):
    """The file is larger than this installation accepts."""

    status = 413
    code = "file_too_large"


class DiskFull(Unavailable):
    """There is no room left to keep the file."""

    status = 507
    code = "disk_full"


@dataclass(frozen=True)
class Stored:
    """A file that is in the archive: its plain size and hash, and the bytes it takes on disk."""

    path: Path
    size: int
    sha256: str
    stored_size: int


def max_bytes() -> int:
    """The largest file taken, in bytes: ``$HUITOU_MAX_FILE_BYTES``, else 4 GiB."""
    return int(os.environ.get(MAX_BYTES_ENV) or DEFAULT_MAX_BYTES)


def path_of(folder: Path, name: str) -> Path:
    return folder / f"{name}{SUFFIX}"


def discard_parts(folder: Path) -> int:
    """Remove what interrupted writers left behind. Returns how many files. Only at start."""
    parts = list(folder.glob(f"*{PART}"))
    for part in parts:
        part.unlink(missing_ok=True)
    return len(parts)


def _context(name: str) -> bytes:
    return f"archive:{name}".encode()


def _nonce(number: int, last: bool) -> bytes:
    return struct.pack(">I", int(last)) + struct.pack(">Q", number)


def _disk_full(error: OSError, folder: Path) -> DiskFull | None:
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return None
    return DiskFull(
        Text(
            f"磁盘已满，文件没有保存：{folder}",
            f"The disk is full, the file was not kept: {folder}",
        ),
        remedy=Text(
            "清理磁盘空间后重新上传；本次没有写入任何数据",
            "Free some space and send the file again; nothing of it was taken in",
        ),
    )


class ArchiveWriter:
    """Takes a file piece by piece; nothing appears under its name before ``finish``.

    Raises ``FileTooLarge`` and ``DiskFull``; both leave nothing behind once ``abort`` (or the context
    manager) has run.
    """

    def __init__(self, folder: Path, ring: KeyRing, *, limit: int | None = None) -> None:
        self._folder = folder
        self._ring = ring
        self._limit = max_bytes() if limit is None else limit
        self._key = AESGCM.generate_key(256)
        self._cipher = AESGCM(self._key)
        self._compressor = zstandard.ZstdCompressor(level=LEVEL)
        self._hash = hashlib.sha256()
        self._buffer = bytearray()
        self._chunks = 0
        self.size = 0
        self._path = folder / f"incoming-{secrets.token_hex(8)}{PART}"
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._stream: BinaryIO | None = os.fdopen(descriptor, "wb")
        try:
            self._put(MAGIC + _EMPTY_SLOT + _EMPTY_SLOT)
        except BaseException:
            self.abort()
            raise

    def __enter__(self) -> ArchiveWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.abort()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Take the next bytes of the file."""
        self.size += len(data)
        if self.size > self._limit:
            raise FileTooLarge(
                Text(
                    f"文件超过上限 {self._limit:,} 字节", f"The file exceeds {self._limit:,} bytes"
                ),
                remedy=Text(
                    f"按时间拆成几个文件导出，或调高 {MAX_BYTES_ENV}",
                    f"Export it in several files by period, or raise {MAX_BYTES_ENV}",
                ),
                where={"limit": self._limit},
            )
        self._hash.update(data)
        self._buffer += data
        while len(self._buffer) > CHUNK:
            # Strictly more than a chunk: the last chunk must stay here until `finish` marks it.
            self._seal(bytes(self._buffer[:CHUNK]), last=False)
            del self._buffer[:CHUNK]

    @property
    def sha256(self) -> str:
        """The hash of what has been written so far, in hexadecimal."""
        return self._hash.hexdigest()

    def finish(self, name: str) -> Stored:
        """Close the file and give it its name. After this it survives a power cut."""
        stream = self._open_stream()
        self._seal(bytes(self._buffer), last=True)
        self._buffer.clear()
        sealed = self._ring.seal(self._key, _context(name))
        try:
            stream.seek(len(MAGIC))
            stream.write(_SLOT.pack(self._ring.active, sealed))
            stream.flush()
            os.fsync(stream.fileno())
            stored_size = os.fstat(stream.fileno()).st_size
            stream.close()
        except OSError as error:
            raise _disk_full(error, self._folder) or error from error
        self._stream = None
        target = path_of(self._folder, name)
        self._path.replace(target)
        _sync_folder(self._folder)
        return Stored(target, self.size, self.sha256, stored_size)

    def abort(self) -> None:
        """Leave nothing behind; harmless after ``finish``."""
        if self._stream is not None:
            with suppress(OSError):  # a full disk also refuses the last flush
                self._stream.close()
            self._stream = None
            self._path.unlink(missing_ok=True)

    def _open_stream(self) -> BinaryIO:
        if self._stream is None:
            raise ValueError("the archive writer is closed")
        return self._stream

    def _seal(self, plain: bytes, *, last: bool) -> None:
        packed = self._compressor.compress(plain)
        sealed = self._cipher.encrypt(_nonce(self._chunks, last), packed, None)
        self._put(_LENGTH.pack(len(sealed)) + sealed)
        self._chunks += 1

    def _put(self, data: bytes) -> None:
        try:
            self._open_stream().write(data)
        except OSError as error:
            raise _disk_full(error, self._folder) or error from error


class ArchiveReader(io.RawIOBase):
    """The plain bytes of an archived file, seekable; use through ``open_archived``."""

    def __init__(self, folder: Path, name: str, ring: KeyRing) -> None:
        self._path = path_of(folder, name)
        try:
            self._file = self._path.open("rb")
        except FileNotFoundError:
            raise NotFound(
                Text(f"原始文件已不在：{name}", f"The original file is gone: {name}"),
                remedy=Text("重新上传该文件", "Send the file again"),
            ) from None
        self._decompressor = zstandard.ZstdDecompressor()
        self._chunk_no = -1
        self._chunk = b""
        self._position = 0
        self.furthest = 0
        """The furthest byte that was read, for showing progress."""
        try:
            self._cipher = AESGCM(_file_key(self._file, name, ring))
            self._offsets = _chunk_offsets(self._file)
            last = len(self._offsets) - 1
            self._size = last * CHUNK + len(self._plain(last))
        except BaseException:
            self._file.close()
            raise

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        if self._position >= self._size:
            return 0
        plain = self._plain(self._position // CHUNK)
        start = self._position % CHUNK
        piece = plain[start : start + len(view)]
        view[: len(piece)] = piece
        self._position += len(piece)
        self.furthest = max(self.furthest, self._position)
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def _plain(self, number: int) -> bytes:
        if number != self._chunk_no:
            self._file.seek(self._offsets[number])
            (length,) = _LENGTH.unpack(self._file.read(_LENGTH.size))
            last = number == len(self._offsets) - 1
            try:
                packed = self._cipher.decrypt(_nonce(number, last), self._file.read(length), None)
            except InvalidTag:
                raise _tampered() from None
            self._chunk = self._decompressor.decompress(packed)
            self._chunk_no = number
        return self._chunk


def open_archived(folder: Path, name: str, ring: KeyRing) -> io.BufferedReader:
    """The archived file as a seekable binary stream. Raises ``NotFound`` and ``Tampered``."""
    return buffered(ArchiveReader(folder, name, ring))


def buffered(reader: ArchiveReader) -> io.BufferedReader:
    """A reader with a buffer that suits small reads."""
    return io.BufferedReader(reader, buffer_size=1 << 18)


def keep(
    stream: BinaryIO, folder: Path, name: str, ring: KeyRing, *, limit: int | None = None
) -> Stored:
    """Archive everything a stream still holds."""
    with ArchiveWriter(folder, ring, limit=limit) as writer:
        while piece := stream.read(CHUNK):
            writer.write(piece)
        return writer.finish(name)


def rewrap(folder: Path, name: str, ring: KeyRing) -> bool:
    """Seal the file's own key under the ring's active key. True when something changed.

    The other slot is written first and reading tries both, so a crash leaves a file that opens.
    """
    path = path_of(folder, name)
    with path.open("r+b") as stream:
        slots = _read_slots(stream)
        key = _file_key(stream, name, ring)
        current = next(
            i for i, (key_id, sealed) in enumerate(slots) if _opens(key_id, sealed, name, ring)
        )
        if slots[current][0] == ring.active:
            return False
        other = 1 - current
        for slot, content in (
            (other, _SLOT.pack(ring.active, ring.seal(key, _context(name)))),
            (current, _EMPTY_SLOT),
        ):
            stream.seek(len(MAGIC) + slot * _SLOT.size)
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    return True


def key_id(folder: Path, name: str) -> int:
    """The number of the key that the file's own key is sealed under; of two, the greater."""
    with path_of(folder, name).open("rb") as stream:
        return max(number for number, _ in _read_slots(stream))


def names(folder: Path) -> list[str]:
    """Names of all archived files."""
    return sorted(path.name.removesuffix(SUFFIX) for path in folder.glob(f"*{SUFFIX}"))


def remove(folder: Path, name: str) -> None:
    """Remove an archived file; harmless when it is gone."""
    path_of(folder, name).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_slots(stream: BinaryIO) -> list[tuple[int, bytes]]:
    stream.seek(0)
    head = stream.read(_BODY)
    if len(head) < _BODY or not head.startswith(MAGIC):
        raise _tampered()
    return [_SLOT.unpack_from(head, len(MAGIC) + i * _SLOT.size) for i in range(2)]


def _opens(key_id: int, sealed: bytes, name: str, ring: KeyRing) -> bytes | None:
    if key_id not in ring.keys:
        return None
    try:
        return ring.unseal(sealed, _context(name), key_id)
    except Tampered:
        return None


def _file_key(stream: BinaryIO, name: str, ring: KeyRing) -> bytes:
    for key_id, sealed in _read_slots(stream):
        key = _opens(key_id, sealed, name, ring)
        if key is not None:
            return key
    raise _tampered()


def _chunk_offsets(stream: BinaryIO) -> list[int]:
    end = os.fstat(stream.fileno()).st_size
    offsets, position = [], _BODY
    while position < end:
        stream.seek(position)
        head = stream.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            raise _tampered()
        offsets.append(position)
        position += _LENGTH.size + _LENGTH.unpack(head)[0]
    if position != end or not offsets:
        raise _tampered()
    return offsets


def _tampered() -> Tampered:
    return Tampered(
        Text("归档的原始文件无法解开", "The archived original does not open"),
        remedy=Text(
            "核对主密钥；或从备份恢复 files/ 目录",
            "Check the master key, or restore the files/ folder from the backup",
        ),
    )

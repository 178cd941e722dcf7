"""Opening a file: what it is by its content, and the tables within, through zip, gz and xz."""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO, Final

from huitou.intake.readers import errors
from huitou.intake.readers.columnar import ParquetTable
from huitou.intake.readers.delimited import DelimitedTable
from huitou.intake.readers.sheets import check_workbook_size, sheets
from huitou.intake.readers.table import RawTable

Opener = Callable[[], BinaryIO]

MAX_MEMBERS: Final = 500
MAX_UNPACKED: Final = 20 << 30
MAX_RATIO: Final = 400
RATIO_FREE: Final = 200 << 20
"""Unpacked bytes below which no compression ratio is suspicious."""
MAX_INNER_WORKBOOK: Final = 512 << 20

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Source:
    """A file that can be read more than once. ``kind``: text, xlsx, xls, parquet, zip, gz, xz."""

    name: str
    open: Opener
    kind: str
    size: int = 0
    depth: int = 0

    def tables(self) -> Iterator[RawTable]:
        """Every table of the file: one for text, one per sheet, those of every member of a zip.

        Raises ``UnreadableFile`` when nothing can be read, or a member is damaged.
        """
        found = False
        for table in self.walk():
            found = True
            yield table
        if not found:
            raise errors.no_rows(self.name)

    def walk(self) -> Iterator[RawTable]:
        if self.kind == "text":
            yield DelimitedTable(self.name, self.open)
        elif self.kind == "parquet":
            yield ParquetTable(self.name, self.open)
        elif self.kind == "xlsx":
            with self.open() as stream:
                check_workbook_size(stream, self.name)
            yield from sheets(self.open, self.name)
        elif self.kind == "xls":
            yield from sheets(self.open, self.name)
        elif self.kind in ("gz", "xz"):
            yield from self._unpacked().walk()
        elif self.kind == "zip":
            for member in self._members():
                yield from member.walk()

    def _unpacked(self) -> Source:
        name, limit = self.name, max(RATIO_FREE, self.size * MAX_RATIO)
        unpacker = gzip.open if self.kind == "gz" else lzma.open

        def unpack() -> BinaryIO:
            raw = self.open()
            inner = unpacker(raw)
            return _Guarded(inner, name, limit, raw)

        inner_name = name.removesuffix(".gz").removesuffix(".xz")
        return _identify(inner_name, unpack, size=0, depth=self.depth + 1)

    def _members(self) -> Iterator[Source]:
        if self.depth:
            raise errors.not_a_table(self.name)
        try:
            with self.open() as stream, zipfile.ZipFile(stream) as archive:
                members = [info for info in archive.infolist() if _is_data(info)]
        except (zipfile.BadZipFile, OSError):
            raise errors.truncated(self.name) from None
        if len(members) > MAX_MEMBERS:
            raise errors.too_large(self.name, f"{MAX_MEMBERS}")
        if not members:
            raise errors.not_a_table(self.name)
        for info in members:
            label = f"{self.name}/{_member_name(info)}"
            if info.flag_bits & 0x1:
                raise errors.encrypted(label)
            ratio = info.file_size / max(1, info.compress_size)
            if info.file_size > MAX_UNPACKED or (info.file_size > RATIO_FREE and ratio > MAX_RATIO):
                raise errors.too_large(label, "20 GB")

            unpack = partial(_open_member, self.open, info, label)
            yield _identify(label, unpack, size=info.file_size, depth=self.depth + 1)


def open_source(content: Path | str | BinaryIO | Opener, name: str | None = None) -> Source:
    """A file by path, by a seekable stream, or by a function that opens one anew each time.

    ``name`` is the name a person knows the file by. Raises ``UnreadableFile`` for an empty file or
    one that is no table.
    """
    if isinstance(content, (str, Path)):
        path = Path(content)
        return _identify(name or path.name, lambda: path.open("rb"), path.stat().st_size, 0)
    if callable(content):
        with content() as stream:
            size = _size(stream)
        return _identify(name or "", content, size, 0)
    stream = content
    return _identify(name or "", lambda: _Borrowed(stream), _size(stream), 0)


def _identify(name: str, opener: Opener, size: int, depth: int) -> Source:
    with opener() as stream:
        head = _read_exactly(stream, 4096)
    if not head.strip():
        raise errors.no_rows(name)
    kind = _kind(head, name)
    if kind in ("xlsx", "xls", "parquet") and depth:
        opener = _in_memory(opener, name)
    if kind == "zip":
        kind = _zip_or_workbook(opener, name)
    return Source(name, opener, kind, size, depth)


def _kind(head: bytes, name: str) -> str:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "xlsx" if name.lower().endswith((".xlsx", ".xlsm", ".xlsb")) else "zip"
    if head.startswith(_OLE):
        return "xls"
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head.startswith(b"\xfd7zXZ\x00"):
        return "xz"
    if head.startswith(b"PAR1"):
        return "parquet"
    start = head.lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    if start.startswith(
        (b"<!doctype", b"<html", b"<table", b"<?xml", b"%pdf", b"rar!", b"7z\xbc\xaf")
    ):
        raise errors.not_a_table(name)
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BZh", b"SQLite format")):
        raise errors.not_a_table(name)
    return "text"


def _zip_or_workbook(opener: Opener, name: str) -> str:
    """A workbook is a zip too; its name may have been lost."""
    try:
        with opener() as stream, zipfile.ZipFile(stream) as archive:
            return "xlsx" if "xl/workbook.xml" in archive.namelist() else "zip"
    except (zipfile.BadZipFile, OSError):
        raise errors.truncated(name) from None


def _in_memory(opener: Opener, name: str) -> Opener:
    """Formats that are read back and forth, when they lie inside an archive."""
    with opener() as stream:
        content = _read_exactly(stream, MAX_INNER_WORKBOOK + 1)
    if len(content) > MAX_INNER_WORKBOOK:
        raise errors.too_large(name, "512 MB")
    return lambda: io.BytesIO(content)


def _open_member(opener: Opener, info: zipfile.ZipInfo, label: str) -> BinaryIO:
    """A member as a stream of its own, which also holds the archive open."""
    raw = opener()
    try:
        archive = zipfile.ZipFile(raw)
        member = archive.open(info)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        raw.close()
        raise errors.truncated(label) from None
    return _Guarded(member, label, max(RATIO_FREE, info.file_size), archive, raw)


def _is_data(info: zipfile.ZipInfo) -> bool:
    name = info.filename
    hidden = name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith((".", "~$"))
    return not info.is_dir() and not hidden and info.file_size > 0


def _member_name(info: zipfile.ZipInfo) -> str:
    """Chinese Windows writes GBK names without saying so; Python then reads them as cp437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    parts = []
    while size > 0:
        part = stream.read(min(size, 1 << 20))
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _size(stream: BinaryIO) -> int:
    at = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    return at


class _Borrowed(io.RawIOBase, BinaryIO):
    """A caller's stream from its start; closing the view leaves the stream open."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        stream.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()


class _Guarded(io.RawIOBase, BinaryIO):
    """An unpacking stream that stops at ``limit`` bytes and speaks of damage in our words."""

    def __init__(
        self,
        stream: IO[bytes] | io.BufferedIOBase,
        name: str,
        limit: int,
        *beneath: IO[bytes] | zipfile.ZipFile,
    ) -> None:
        self._stream = stream
        self._beneath = beneath
        self._name = name
        self._left = limit

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            part = self._stream.read(size)
        except RuntimeError:
            raise errors.encrypted(self._name) from None
        except (
            OSError,
            EOFError,
            zlib.error,
            lzma.LZMAError,
            zipfile.BadZipFile,
            NotImplementedError,
        ):
            raise errors.truncated(self._name) from None
        self._left -= len(part)
        if self._left < 0:
            raise errors.too_large(self._name, "20 GB")
        return part

    def close(self) -> None:
        if not self.closed:
            for stream in (self._stream, *self._beneath):
                stream.close()
        super().close()

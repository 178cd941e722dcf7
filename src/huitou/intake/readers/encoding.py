"""Which encoding a text file is in, and the file as clean UTF-8 bytes for the CSV engine."""

from __future__ import annotations

import codecs
import io
import re
import threading
from collections.abc import Callable
from typing import BinaryIO, Final

SNIFF_BYTES: Final = 1 << 18
PATIENCE: Final = 5.0
"""Seconds that a read waits for its turn."""
NUL_MARK: Final = "\u2400"
"""Stands for a NUL byte, which the engine would pass on and no cell may hold."""

_NUL_MARK_BYTES: Final = NUL_MARK.encode()
_RUNS = re.compile(rb"(?m)^[ \t]+|[ \t]+$")
_BLANKS = re.compile(rb"[ \t]+")


def sniff_encoding(open_stream: Callable[[], BinaryIO]) -> str:
    """``utf-8``, ``utf-16``, ``utf-16-le`` or ``gb18030``.

    UTF-8 is chosen when it decodes strictly up to the first text that is not ASCII and beyond;
    else GB18030, unless that fails too and the text is UTF-8 for the most part, so that the error
    which follows speaks of the right encoding.
    """
    with open_stream() as stream:
        head = _read_full(stream, SNIFF_BYTES)
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8"
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if len(head) > 8 and head[1::2].count(0) > 0.4 * len(head) / 2:
            return "utf-16-le"
        while head.isascii():
            more = _read_full(stream, SNIFF_BYTES * 4)
            if not more:
                return "utf-8"
            head = head[-4:] + more if not more.isascii() else more
    if _decodes(head, "utf-8"):
        return "utf-8"
    if _decodes(head, "gb18030"):
        return "utf-8" if _mostly_utf8(head) else "gb18030"
    return "utf-8" if _mostly_utf8(head) else "gb18030"


def _read_full(stream: BinaryIO, size: int) -> bytes:
    parts = []
    while size > 0:
        part = stream.read(size)
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _mostly_utf8(head: bytes) -> bool:
    """True for UTF-8 with a few damaged bytes: GB text read as UTF-8 is damaged at nearly every character."""
    text = head.decode("utf-8", "replace")
    beyond = sum(character > "\x7f" for character in text)
    return beyond > 0 and text.count("\ufffd") < 0.05 * beyond


class Utf8Stream(io.RawIOBase):
    """A text stream as UTF-8 bytes: BOM gone, NULs marked, blanks collapsed to tabs when asked.

    ``quotes`` counts double quotes (an odd count at the end hints at one that is never closed);
    ``ends_with_newline`` tells whether the last row was finished. With ``ahead`` the reader may be
    at most so many reads ahead of the calls of ``consumed``: the CSV engine's own read-ahead is 32
    blocks, which is too much memory.
    """

    def __init__(
        self, raw: BinaryIO, encoding: str, *, whitespace: bool = False, ahead: int | None = None
    ) -> None:
        self._raw = raw
        self._decoder = (
            None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)("strict")
        )
        self._whitespace = whitespace
        self._permits = threading.Semaphore(ahead) if ahead else None
        self._carry = b""  # an unfinished line, where lines are rewritten
        self._ready = b""  # cleaned, but more than was asked for
        self._started = False
        self._exhausted = False
        self.quotes = 0
        self.nuls = 0
        self.ends_with_newline = True

    def readable(self) -> bool:
        return True

    def consumed(self) -> None:
        """One block has left the engine: one more may be read."""
        if self._permits is not None:
            self._permits.release()

    def read(self, size: int = -1) -> bytes:
        if self._permits is not None:
            # The engine never needs more than two blocks at once; should it wait for a block that
            # it does not get, memory is the lesser harm.
            self._permits.acquire(timeout=PATIENCE)
        wanted = size if size and size > 0 else 1 << 20
        while not self._ready and not self._exhausted:
            # Text of two bytes a character grows to three.
            part = self._raw.read(wanted if self._decoder is None else max(1, wanted // 2))
            self._exhausted = not part
            self._ready = self._clean(part, final=not part)
        given, self._ready = self._ready[:wanted], self._ready[wanted:]
        if given:
            self.quotes += given.count(b'"')
            self.ends_with_newline = given.endswith((b"\n", b"\r"))
        return given

    def _clean(self, part: bytes, *, final: bool) -> bytes:
        if self._decoder is not None:
            part = self._decoder.decode(part, final).encode()
        if not self._started and part:
            part = part.removeprefix(codecs.BOM_UTF8)
            self._started = True
        if b"\0" in part:
            self.nuls += part.count(b"\0")
            part = part.replace(b"\0", _NUL_MARK_BYTES)
        if self._whitespace:
            part = self._carry + part
            cut = len(part) if final else part.rfind(b"\n") + 1
            part, self._carry = part[:cut], part[cut:]
            part = _BLANKS.sub(b"\t", _RUNS.sub(b"", part.replace(b"\r", b"")))
        return part

    def close(self) -> None:
        if not self.closed:
            self.consumed()  # whoever waits to read may go on, and finds the end
            self._exhausted = True
            self._raw.close()
        super().close()

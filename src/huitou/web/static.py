"""The built single-page app, answered from memory.

Files under ``assets/`` carry a hash of their content in their name and are cached for good; anything
else is asked for again each time. An address without a file extension is a page of the app and gets
``index.html``.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "static"
_HASHED: Final = "assets/"
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"
_SMALLEST_WORTH_PACKING: Final = 1024
_PACKABLE: Final = ("text/", "application/javascript", "application/json", "image/svg+xml")
_TYPES: Final = {".js": "text/javascript", ".mjs": "text/javascript", ".woff2": "font/woff2"}

_NOT_BUILT: Final = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>Huitou</title>
<p>界面尚未构建：在源码目录运行 <code>make build</code>，然后重启。</p>
<p>The browser app is not built: run <code>make build</code> in the checkout and restart.</p></html>
"""


@dataclass(frozen=True)
class StaticFile:
    """One file, plain and (where it pays) gzipped, with the headers it is sent with."""

    body: bytes
    packed: bytes | None
    content_type: str
    etag: str
    cache_control: str

    def answer(self, headers: dict[bytes, bytes]) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and body for request ``headers`` (names in lower case)."""
        sent = [
            ("Content-Type", self.content_type),
            ("Cache-Control", self.cache_control),
            ("ETag", self.etag),
            ("Vary", "Accept-Encoding"),
        ]
        if self.etag.encode() in headers.get(b"if-none-match", b""):
            return 304, sent, b""
        if self.packed is not None and b"gzip" in headers.get(b"accept-encoding", b""):
            return 200, [*sent, ("Content-Encoding", "gzip")], self.packed
        return 200, sent, self.body


class StaticApp:
    """Every file of a build folder, read once."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): _load(path, path.relative_to(folder).as_posix())
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }
        self.is_built = "index.html" in self._files

    def find(self, path: str) -> StaticFile | None:
        """The file for an address; the app's page for an app route; None for a missing file."""
        name = path.lstrip("/")
        if name in self._files:
            return self._files[name]
        if "." in name.rsplit("/", 1)[-1]:
            return None
        return self._files.get("index.html") or _file(
            _NOT_BUILT.encode(), "text/html; charset=utf-8", _ASK_AGAIN
        )


def _load(path: Path, name: str) -> StaticFile:
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind == "application/json":
        kind += "; charset=utf-8"
    return _file(path.read_bytes(), kind, _FOR_GOOD if name.startswith(_HASHED) else _ASK_AGAIN)


def _file(body: bytes, kind: str, cache_control: str) -> StaticFile:
    worth = len(body) >= _SMALLEST_WORTH_PACKING and kind.startswith(_PACKABLE)
    packed = gzip.compress(body, 6, mtime=0) if worth else None
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    return StaticFile(body, packed, kind, etag, cache_control)

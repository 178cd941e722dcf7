"""An upload goes straight into the archive: no plain copy of it on disk, a few megabytes of memory.

Set as Django's only ``FILE_UPLOAD_HANDLERS``. A file sent to any other address, or by nobody who is
known, is read past and dropped.
"""

from __future__ import annotations

from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from huitou.intake.archive import CHUNK, ArchiveWriter
from huitou.kernel.crypto import load_key_ring
from huitou.kernel.home import Home

PATH_ENDS: Final = ("/intake/files", "/segments/lists")


class ArchivedUpload(UploadedFile):  # type: ignore[type-arg]
    """A complete upload inside an ``ArchiveWriter``; closing it drops it unless someone took it."""

    def __init__(self, writer: ArchiveWriter, name: str | None, content_type: str | None) -> None:
        super().__init__(None, name, content_type, writer.size)
        self._writer: ArchiveWriter | None = writer

    def take(self) -> ArchiveWriter:
        """The writer, now the caller's to finish or abort."""
        writer = self._writer
        if writer is None:
            raise ValueError("the upload was taken already")
        self._writer = None
        return writer

    def close(self) -> None:
        if self._writer is not None:
            self._writer.abort()
            self._writer = None


class ArchiveUploadHandler(FileUploadHandler):
    """Hands every piece of an uploaded file to the archive."""

    chunk_size = CHUNK

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if not self._is_expected():
            raise SkipFile
        home = Home.from_environment()
        home.prepare()
        self._writer = ArchiveWriter(home.files, load_key_ring(home))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002
        try:
            self._writer.write(raw_data)
        except BaseException:
            self._writer.abort()
            raise

    def file_complete(self, file_size: int) -> ArchivedUpload:  # noqa: ARG002
        return ArchivedUpload(self._writer, self.file_name, self.content_type)

    def upload_interrupted(self) -> None:
        self._writer.abort()

    def _is_expected(self) -> bool:
        request = self.request
        if request is None or not request.path.endswith(PATH_ENDS):
            return False
        return "Authorization" in request.headers or request.user.is_authenticated

"""Django's ASGI handler, with request bodies and file downloads that stream.

Out of the box it copies every body to a temporary file before a view is chosen, and collects a
synchronous file response in memory before the first byte leaves. Here a small body is read at once
(bounded), an upload is read by the view's own thread as it arrives — so who may not upload costs
nothing, and personal data touches the disk only where the upload handler puts it — and a synchronous
response is sent piece by piece.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.db import close_old_connections
from django.http import FileResponse, HttpRequest, StreamingHttpResponse

from huitou.kernel.errors import HuitouError
from huitou.kernel.i18n import Text
from huitou.web.errors import too_large

REQUEST_THREADS: Final = 32
"""How many requests are answered at once; an upload holds a thread while it comes."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]


class Inbox:
    """What the client sends for one request, at most ``limit`` bytes of it."""

    def __init__(self, receive: Receive, *, limit: int, streams: bool) -> None:
        self._receive = receive
        self._limit = limit
        self._loop = asyncio.get_running_loop()
        self._count = 0
        self._ended = asyncio.Event()
        self.streams = streams

    async def __call__(self) -> Message:
        return await self._receive()

    async def chunk(self) -> bytes | None:
        """The next piece of the body; None after the last. Raises ``RequestAborted``, ``TooLarge``."""
        if self._ended.is_set():
            return None
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._ended.set()
            raise RequestAborted
        piece: bytes = message.get("body", b"")
        self._count += len(piece)
        if self._count > self._limit:
            self._ended.set()
            raise too_large(self._limit)
        if not message.get("more_body", False):
            self._ended.set()
        return piece

    def chunk_from_thread(self) -> bytes | None:
        """``chunk`` for a synchronous view, which runs in a thread of its own."""
        return asyncio.run_coroutine_threadsafe(self.chunk(), self._loop).result()

    async def disconnected(self) -> None:
        """Wait until the client is gone; only after the body has been read to its end."""
        await self._ended.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass


class UploadStream(io.RawIOBase):
    """An inbox as a file to read, forward only."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes, empty at the end; all of the rest when negative."""
        if size < 0:
            return b"".join(iter(lambda: self.read(65536), b""))
        while not self._rest:
            piece = self._inbox.chunk_from_thread()
            if piece is None:
                return b""
            self._rest = piece
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


class Handler(ASGIHandler):
    """Django behind ``web.asgi``; called with an ``Inbox`` in place of ``receive``.

    Every view and middleware of ours is synchronous, so a request makes one hop into a thread of a
    pool, where Django's own handler makes one per middleware; the pool's threads keep their database
    connections.
    """

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._pool = ThreadPoolExecutor(REQUEST_THREADS, thread_name_prefix="request")
        self._answer = sync_to_async(
            self._answer_in_thread, thread_sensitive=False, executor=self._pool
        )

    def close(self) -> None:
        """Let the pool's threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def run_get_response(self, request: HttpRequest) -> Any:
        response = await self._answer(request)
        response._handler_class = type(self)  # noqa: SLF001 - as Django does
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        return response

    def _answer_in_thread(self, request: HttpRequest) -> Any:
        close_old_connections()
        try:
            return self.get_response(request)
        finally:
            close_old_connections()

    async def read_body(self, receive: Any) -> Any:
        inbox: Inbox = receive
        if inbox.streams:
            return UploadStream(inbox)
        body = io.BytesIO()
        while (piece := await inbox.chunk()) is not None:
            body.write(piece)
        body.seek(0)
        return body

    async def listen_for_disconnect(self, receive: Any) -> None:
        await receive.disconnected()
        raise RequestAborted

    async def send_response(self, response: Any, send: Any) -> None:
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            pieces: Any = response.streaming_content
            response.streaming_content = _in_thread(pieces)
        await super().send_response(response, send)


async def _in_thread(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    iterator = iter(pieces)
    following = sync_to_async(lambda: next(iterator, None))
    while (piece := await following()) is not None:
        yield piece


def length_required() -> HuitouError:
    error = HuitouError(
        Text("上传没有说明长度", "The upload does not say how long it is"),
        remedy=Text("发送 Content-Length", "Send Content-Length"),
        code="length_required",
    )
    error.status = 411
    return error

"""The outermost layer: what is refused before Django is asked, and who answers the rest.

Host header unknown            → 400
/api/local/run                 → web.local (hand-over from the command line)
/api/…                         → Django, its body bounded (web.bodies)
anything else, GET or HEAD     → the single-page app (web.static)
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings

from huitou.kernel.errors import HuitouError, NotFound
from huitou.kernel.i18n import Text, language_of
from huitou.web import hosts
from huitou.web.bodies import Handler, Inbox, length_required
from huitou.web.errors import too_large
from huitou.web.headers import security_headers
from huitou.web.local import LocalCommands
from huitou.web.static import StaticApp

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Application:
    """The ASGI application. ``local`` is None where no hand-over is offered (tests, plain ASGI)."""

    def __init__(
        self, *, static: StaticApp | None = None, local: LocalCommands | None = None
    ) -> None:
        self._django: Any = Handler()
        self._static = static or StaticApp()
        self._local = local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1")
        path: str = scope["path"]
        try:
            if not hosts.is_allowed(host):
                raise hosts.refusal(host)
            if path == "/api/local/run" and self._local is not None:
                await self._local(scope, receive, send)
            elif path.startswith("/api/"):
                await self._api(scope, headers, receive, send)
            else:
                await self._page(scope, headers, send)
        except HuitouError as error:
            await _send_error(scope, headers, send, error)

    async def _api(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send
    ) -> None:
        is_upload = headers.get(b"content-type", b"").startswith(b"multipart/form-data")
        limit = settings.MAX_UPLOAD_BYTES if is_upload else settings.MAX_JSON_BYTES
        length = headers.get(b"content-length", b"").decode("latin-1")
        if is_upload and not length.isdigit():
            raise length_required()
        if length.isdigit() and int(length) > limit:
            raise too_large(limit)
        await self._django(scope, Inbox(receive, limit=limit, streams=is_upload), send)

    async def _page(self, scope: Scope, headers: dict[bytes, bytes], send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            raise _no_page(405)
        found = self._static.find(scope["path"])
        if found is None:
            raise _no_page(404)
        status, sent, body = found.answer(headers)
        await _send(scope, send, status, sent, b"" if scope["method"] == "HEAD" else body)


def _no_page(status: int) -> HuitouError:
    error = NotFound(
        Text("没有这个页面", "There is no such page"),
        remedy=Text("回到首页", "Go to the home page"),
    )
    error.status = status
    return error


async def _send_error(
    scope: Scope, headers: dict[bytes, bytes], send: Send, error: HuitouError
) -> None:
    language = language_of(headers.get(b"accept-language", b"").decode("latin-1"))
    body = json.dumps(error.as_dict(language), ensure_ascii=False).encode()
    sent = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    await _send(scope, send, error.status, sent, body)


async def _send(
    scope: Scope, send: Send, status: int, headers: list[tuple[str, str]], body: bytes
) -> None:
    everything = [*headers, *security_headers(https=scope["scheme"] == "https")]
    if status != 304:
        everything.append(("Content-Length", str(len(body))))
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(name.lower().encode(), value.encode()) for name, value in everything],
        }
    )
    await send({"type": "http.response.body", "body": body})

"""The server's end of the hand-over: run a command for somebody on this machine.

POST /api/local/run {"command", "args", "language"} with ``Authorization: Local <token>``; the token
is in ``run/server.json``, which only the installation's own user can read. Answers NDJSON: any number
of ``{"progress": …}``, then one ``{"result": …}`` or ``{"error": …}``. Hanging up cancels the work.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import json
import logging
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from django.db import connections

from huitou.kernel.errors import Cancelled, Forbidden, HuitouError, InvalidInput
from huitou.kernel.i18n import Text, speak
from huitou.web.cli.registry import COMMANDS, Command
from huitou.web.errors import internal_error

log = logging.getLogger("huitou.web")

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LARGEST_REQUEST: Final = 1024 * 1024


class LocalCommands:
    """Runs registered commands, each in a thread of its own."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._check_caller(scope)
        command, args, language = _parse(await _body(receive))
        lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        hung_up = threading.Event()
        thread = threading.Thread(
            target=_run,
            args=(command, args, language, asyncio.get_running_loop(), lines, hung_up),
            name=f"local-{command.name}",
            daemon=True,
        )
        watch = asyncio.create_task(_watch(receive, hung_up))
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", b"application/x-ndjson")],
            }
        )
        thread.start()
        while (line := await lines.get()) is not None:
            await send({"type": "http.response.body", "body": line, "more_body": True})
        watch.cancel()
        await send({"type": "http.response.body", "body": b""})

    def _check_caller(self, scope: Scope) -> None:
        headers = dict(scope["headers"])
        scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        # A browser page or a proxied stranger is turned away even if it had the token.
        direct = not {b"origin", b"x-forwarded-for", b"forwarded"} & headers.keys()
        known = scheme == "Local" and hmac.compare_digest(token.encode(), self._token.encode())
        if scope["method"] != "POST" or not (direct and known and _is_loopback(scope)):
            raise Forbidden(
                Text("此接口只供本机命令行使用", "Only this machine's command line may call this")
            )


def _is_loopback(scope: Scope) -> bool:
    client = scope.get("client")
    try:
        return client is not None and ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] != "http.request" or len(body) > LARGEST_REQUEST:
            raise InvalidInput(Text("请求不完整", "The request is incomplete"))
        if not message.get("more_body", False):
            return bytes(body)


def _parse(body: bytes) -> tuple[Command, dict[str, Any], str]:
    try:
        asked = json.loads(body)
        return COMMANDS[asked["command"]], dict(asked["args"]), str(asked.get("language", "zh"))
    except (ValueError, KeyError, TypeError):
        raise InvalidInput(
            Text("服务器不认识这个命令", "The server does not know this command"),
            remedy=Text(
                "命令行与服务器的版本不同时，请重启服务器",
                "Restart the server if it is older than the command line",
            ),
            code="unknown_command",
        ) from None


async def _watch(receive: Receive, hung_up: threading.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    hung_up.set()


def _run(
    command: Command,
    args: dict[str, Any],
    language: str,
    loop: asyncio.AbstractEventLoop,
    lines: asyncio.Queue[bytes | None],
    hung_up: threading.Event,
) -> None:
    def tell(line: dict[str, Any] | None) -> None:
        text = None if line is None else json.dumps(line, ensure_ascii=False).encode() + b"\n"
        loop.call_soon_threadsafe(lines.put_nowait, text)

    def emit(progress: dict[str, Any]) -> None:
        if hung_up.is_set():
            raise Cancelled(Text("已取消", "Cancelled"))
        tell({"progress": progress})

    speak(language)
    try:
        tell({"result": command.run(args, emit)})
    except HuitouError as error:
        tell({"error": error.as_dict()})
    except Exception:
        log.exception("local command %s failed", command.name)
        tell({"error": internal_error().as_dict()})
    finally:
        tell(None)
        connections.close_all()

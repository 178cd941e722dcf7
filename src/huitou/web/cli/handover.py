"""Run a command in this process, or hand it to the server that owns the warehouse."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any, Final

import httpx

from huitou.kernel.clock import wall_clock
from huitou.kernel.errors import HuitouError, Unavailable
from huitou.kernel.home import Home
from huitou.kernel.i18n import Text, active_language
from huitou.web.cli.registry import Args, Command, Emit
from huitou.web.installation import owning_warehouse, prepare

_CONNECT_SECONDS: Final = 5.0


@dataclass(frozen=True)
class ServerCard:
    """What a running server left in ``run/server.json``."""

    url: str
    token: str
    pid: int


def server_card(home: Home) -> ServerCard | None:
    """The running server of this home; None when there is none (a dead one's card is ignored)."""
    try:
        raw = json.loads(home.server_card.read_text())
        card = ServerCard(str(raw["url"]), str(raw["token"]), int(raw["pid"]))
    except (OSError, ValueError, KeyError):
        return None
    return card if _is_alive(card.pid) else None


def run(command: Command, args: Args, home: Home, emit: Emit) -> dict[str, Any]:
    """The command's result, wherever it ran. Raises what it raised."""
    if not command.warehouse:
        if command.prepares:
            prepare(home)
        return command.run(args, emit)
    from huitou.warehouse.store import WarehouseBusy

    card = server_card(home)
    if card is not None:
        return run_remotely(card, command.name, args, emit)
    if command.prepares:
        prepare(home)
    elif not home.warehouse.exists():
        return command.run(args, emit)
    what = f"huitou {command.name}"
    try:
        with owning_warehouse(home, what=what, now=wall_clock(), inspect=not command.prepares):
            return command.run(args, emit)
    except WarehouseBusy:
        # A server may have started in between, or not have written its card yet.
        card = server_card(home)
        if card is None:
            raise
        return run_remotely(card, command.name, args, emit)


def run_remotely(card: ServerCard, name: str, args: Args, emit: Emit) -> dict[str, Any]:
    """Let the running server do it. Raises the error it tells, or ``Unavailable``."""
    body = {"command": name, "args": args, "language": active_language()}
    timeout = httpx.Timeout(None, connect=_CONNECT_SECONDS)
    try:
        with (
            httpx.Client(trust_env=False, timeout=timeout) as client,
            client.stream(
                "POST",
                f"{card.url}/api/local/run",
                json=body,
                headers={"Authorization": f"Local {card.token}"},
            ) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise _told(json.loads(response.read()))
            for line in response.iter_lines():
                said = json.loads(line)
                if "progress" in said:
                    emit(said["progress"])
                elif "error" in said:
                    raise _told(said["error"])
                else:
                    result: dict[str, Any] = said["result"]
                    return result
    except (httpx.HTTPError, ValueError) as error:
        raise _no_answer(card, error) from error
    raise _no_answer(card, None)


def _told(error: dict[str, Any]) -> HuitouError:
    """The server's error, whose sentences are in our language already."""
    message, remedy = str(error["message"]), str(error.get("remedy") or "")
    return HuitouError(
        Text(message, message),
        remedy=Text(remedy, remedy) if remedy else None,
        code=str(error["code"]),
        where=error.get("where"),
    )


def _no_answer(card: ServerCard, error: Exception | None) -> Unavailable:
    why = f"：{error}" if error else ""
    return Unavailable(
        Text(
            f"运行中的服务器（进程 {card.pid}）没有回答{why}",
            f"The running server (process {card.pid}) gave no answer{why}",
        ),
        remedy=Text("查看它的日志，或重启 huitou serve", "Read its log, or restart huitou serve"),
        code="server_silent",
    )


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

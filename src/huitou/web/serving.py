"""One process that serves the app: uvicorn, the warehouse, the workers of the jobs, the followers.

Order of starting: app database → first owner → warehouse (its lock first) → recovery → workers and
followers → socket → ``run/server.json``. Order of stopping (SIGTERM, SIGINT): the card goes, open
requests end, jobs end or are given back, followers end, the warehouse closes. A second signal stops at once.
"""

from __future__ import annotations

import ipaddress
import json
import os
import secrets
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Final

import uvicorn
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore

from huitou.kernel.clock import wall_clock
from huitou.kernel.errors import Unavailable
from huitou.kernel.home import Home, write_private
from huitou.kernel.i18n import Text
from huitou.kernel.workers import WorkerPool
from huitou.warehouse.followers import FollowerPool
from huitou.web import (
    logs,
    urls,  # noqa: F401 - every route and every kind of job is known before a job is recovered
)
from huitou.web.asgi import Application
from huitou.web.installation import FirstOwner, first_owner, owning_warehouse, prepare
from huitou.web.local import LocalCommands

REQUEST_GRACE: Final = 8
JOB_GRACE: Final = 10.0


@dataclass(frozen=True)
class Started:
    """What a server tells when it is ready."""

    url: str
    pid: int
    home: str
    owner: FirstOwner | None
    exposed: bool
    """Other machines can reach it, and nothing says that https stands in front."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def serve(
    home: Home,
    *,
    host: str,
    port: int,
    threads: int,
    on_ready: Callable[[Started], None],
    must_change_password: bool = True,
) -> None:
    """Serve until a signal comes. Raises ``WarehouseBusy`` or ``Unavailable`` before that."""
    logs.we_are_a_server("serve")
    prepare(home)
    owner = first_owner(now=wall_clock(), must_change_password=must_change_password)
    SessionStore.clear_expired()
    with (
        owning_warehouse(home, what="huitou serve", now=wall_clock()) as warehouse,
        _bound(host, port) as listening,
    ):
        workers = WorkerPool(clock=wall_clock, warehouse=True, threads=threads)
        followers = FollowerPool(warehouse, clock=wall_clock)
        token = secrets.token_urlsafe(32)
        url = address(host, listening.getsockname()[1])
        started = Started(url, os.getpid(), str(home.root), owner, _is_exposed(host))
        server = _Server(_config(Application(local=LocalCommands(token))))
        server.on_started = lambda: _announce(home, started, token, on_ready)
        workers.start()
        followers.start()
        try:
            _run(server, listening)
        finally:
            home.server_card.unlink(missing_ok=True)
            workers.stop(JOB_GRACE)
            followers.stop()


def address(host: str, port: int) -> str:
    """The address that a person on this machine types."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    return f"http://{f'[{name}]' if ':' in name and not name.startswith('[') else name}:{port}"


def _is_exposed(host: str) -> bool:
    try:
        local = ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        local = host == "localhost"
    return not local and not settings.PUBLIC_URL.startswith("https://")


class _Server(uvicorn.Server):
    on_started: Callable[[], None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.on_started()


def _config(application: Application) -> uvicorn.Config:
    proxies = os.environ.get("HUITOU_TRUSTED_PROXIES", "").strip()
    return uvicorn.Config(
        application,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies or None,
        timeout_graceful_shutdown=REQUEST_GRACE,
        limit_concurrency=256,
    )


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sets TCP_NODELAY; else every answer waits 40 ms for an ACK.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host.strip("[]"), port))
    except OSError as error:
        listening.close()
        raise Unavailable(
            Text(
                f"不能监听 {host}:{port}：{error.strerror}",
                f"Cannot listen on {host}:{port}: {error}",
            ),
            remedy=Text(
                f"换一个端口：huitou serve --port {port + 1}",
                f"Use another port: huitou serve --port {port + 1}",
            ),
            code="port_taken",
        ) from error
    return listening


def _announce(
    home: Home, started: Started, token: str, on_ready: Callable[[Started], None]
) -> None:
    card = {"url": started.url, "token": token, "pid": started.pid}
    home.server_card.unlink(missing_ok=True)
    write_private(home.server_card, json.dumps(card).encode())
    on_ready(started)


def _run(server: uvicorn.Server, listening: socket.socket) -> None:
    # uvicorn raises the signal it caught once more when it has stopped. Ours then does nothing, so
    # that the jobs and the warehouse are closed in order; a further signal ends the process.
    seen: list[int] = []

    def once(number: int, _frame: Any) -> None:
        if seen:
            raise KeyboardInterrupt
        seen.append(number)

    before = {number: signal.signal(number, once) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listening])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

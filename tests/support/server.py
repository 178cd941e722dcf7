"""The real program as a process: a server for a test, and single commands."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

PROGRAM = [sys.executable, "-c", "from huitou.web.cli import main; main()"]


@dataclass
class Server:
    """A running server: its address, process, and the login that it printed (new homes only)."""

    url: str
    process: subprocess.Popen[str]
    username: str | None
    password: str | None
    started: dict[str, Any] = field(default_factory=dict)
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self) -> httpx.Client:
        """A browser without a screen: keeps cookies, sends the CSRF header."""
        client = httpx.Client(base_url=f"{self.url}/api/v1", trust_env=False, timeout=30)
        client.event_hooks["request"].append(
            lambda request: request.headers.update(
                {"X-CSRFToken": client.cookies.get("csrftoken") or ""}
            )
        )
        self.clients.append(client)
        client.get("/auth/csrf")
        return client

    def logged_in(self, new_password: str = "huitou-is-back") -> httpx.Client:
        """The first owner, with the initial password changed."""
        client = self.client()
        login = {"username": self.username, "password": self.password}
        client.post("/auth/login", json=login).raise_for_status()
        change = {"old": self.password, "new": new_password}
        client.post("/auth/password", json=change).raise_for_status()
        self.password = new_password
        return client

    def stop(self, how: int = signal.SIGTERM) -> int:
        """Ask it to stop, wait, and return its exit code."""
        self.process.send_signal(how)
        return self.process.wait(timeout=40)


@contextmanager
def serving(environment: dict[str, str], *options: str) -> Iterator[Server]:
    """A server on a free port; killed at the end if it still runs."""
    process = subprocess.Popen(
        [*PROGRAM, "serve", "--port", "0", "--json", *options],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, f"the server did not start (exit code {process.wait(10)})"
        started = json.loads(line)
        assert "url" in started, f"the server did not start: {started['error']}"
        owner = started.get("owner") or {}
        login = owner.get("username"), owner.get("password")
        server = Server(started["url"], process, *login, started=started)
        try:
            yield server
        finally:
            for client in server.clients:
                client.close()
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def command(environment: dict[str, str], *words: str) -> tuple[int, str, str]:
    """Run one command: exit code, stdout, stderr."""
    ended = subprocess.run(
        [*PROGRAM, *words],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )
    return ended.returncode, ended.stdout, ended.stderr


def json_command(environment: dict[str, str], *words: str) -> dict[str, Any]:
    """Run one command with ``--json`` and return what it printed."""
    code, out, err = command(environment, *words, "--json")
    assert out, f"exit {code}, stderr: {err}"
    found: dict[str, Any] = json.loads(out)
    return found

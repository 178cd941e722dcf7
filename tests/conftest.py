"""Fixtures that every part's tests share.

- ``home``: an empty, prepared home folder; ``HUITOU_HOME`` points at it.
- ``key_ring``: that home's key ring.
- ``warehouse``: an empty in-memory warehouse, set as the process's current one.
- ``now``: the instant at which tests happen, unless they say otherwise.
- ``client_as(role, shops=None, **user_fields)``: an ``ApiClient`` logged in with that role;
  ``client_as(None)`` is anonymous.
- ``make_shop(code="tb1", platform="taobao", kind="online")``: a shop row.
- ``postgres_url``: the address of an empty PostgreSQL database (session-wide server).
- ``app_database``: run the test on a real SQLite file and on a real PostgreSQL, threads included.
- ``browser``: a headless Chromium (see ``support.browser``; ``support.server`` starts a server for it).
- ``child_environment``: the environment for running the program itself as a process.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from huitou.kernel.crypto import KeyRing, key_path
from huitou.kernel.home import Home, write_private

pytest_plugins = ["tests.support.databases", "tests.support.browser"]

NOW = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
PASSWORD = "correct-horse-battery"


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    made = Home(tmp_path / "home")
    made.prepare()
    monkeypatch.setenv("HUITOU_HOME", str(made.root))
    return made


@pytest.fixture
def key_ring(home: Home) -> KeyRing:
    ring = KeyRing.generate()
    write_private(key_path(home), ring.dumps())
    return ring


@pytest.fixture
def warehouse() -> Iterator[Any]:
    from huitou.warehouse.store import Warehouse, set_current_warehouse

    opened = Warehouse.in_memory()
    set_current_warehouse(opened)
    try:
        yield opened
    finally:
        set_current_warehouse(None)
        opened.close()


class ApiClient:
    """Calls the API as one caller. Paths are relative to /api/v1; bodies and answers are JSON."""

    base = "/api/v1"

    def __init__(self, client: Client, headers: dict[str, str] | None = None) -> None:
        self.client = client
        self.headers = headers or {}
        self.secure = False  # over https

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return self.client.generic(
            method,
            self.base + path,
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={**self.headers, **headers},
            secure=self.secure,
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("PUT", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.call("DELETE", path, **headers)

    def upload(self, path: str, fields: dict[str, Any]) -> Any:
        """Send multipart/form-data; files are open binary streams or ``SimpleUploadedFile``."""
        return self.client.post(self.base + path, fields, headers=self.headers)


ClientAs = Callable[..., ApiClient]


@pytest.fixture
def client_as(db: None) -> ClientAs:
    from huitou.accounts.models import User

    def make(role: str | None, shops: list[int] | None = None, **fields: Any) -> ApiClient:
        client = Client()
        if role is not None:
            user = User(
                username=fields.pop("username", role),
                display_name=role,
                role=role,
                all_shops=shops is None,
                created_at=NOW,
                **fields,
            )
            user.set_unusable_password()
            user.save()
            user.shops.set(shops or [])
            client.force_login(user)
        return ApiClient(client)

    return make


@pytest.fixture
def make_shop(db: None) -> Callable[..., Any]:
    from huitou.accounts.shops import ensure_shop

    def make(
        code: str = "tb1", platform: str = "taobao", kind: str = "online", name: str = ""
    ) -> Any:
        return ensure_shop(code, name or code, platform, kind, NOW, None)

    return make

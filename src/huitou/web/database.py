"""Where the app database is: a SQLite file in the home, or PostgreSQL by address."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from huitou.kernel.errors import Unavailable
from huitou.kernel.home import Home
from huitou.kernel.i18n import Text

ENV = "HUITOU_DATABASE_URL"


def database_settings(home: Home) -> dict[str, Any]:
    """Django's DATABASES entry for this installation."""
    url = os.environ.get(ENV)
    return postgres_settings(url) if url else sqlite_settings(home)


def sqlite_settings(home: Home) -> dict[str, Any]:
    """WAL, so that readers never wait; IMMEDIATE, so that two writers queue instead of failing."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": home.app_database,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def postgres_settings(url: str) -> dict[str, Any]:
    """``postgresql://user:password@host:port/name?option=value``; ``host`` may be a socket folder
    given as ``?host=/path``. Raises ``Unavailable`` for any other kind of address."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise Unavailable(
            Text(f"{ENV} 不是 PostgreSQL 地址", f"{ENV} is not the address of a PostgreSQL"),
            remedy=Text(
                "写成 postgresql://用户:密码@主机:端口/库名",
                "Write postgresql://user:password@host:port/name",
            ),
        )
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "") or ""),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }

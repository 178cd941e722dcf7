"""The key that signs sessions: from the environment, or a 0600 file made at the first start."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from huitou.kernel.errors import Unavailable
from huitou.kernel.home import Home, write_private
from huitou.kernel.i18n import Text

ENV = "HUITOU_SECRET_KEY"
_SHORTEST = 32


def secret_path(home: Home) -> Path:
    return home.keys / "django.key"


def stored_secret(home: Home) -> str | None:
    """The installation's signing key; None before the first start. Raises ``Unavailable`` if unsafe."""
    given = os.environ.get(ENV)
    if given:
        if len(given) < _SHORTEST:
            raise Unavailable(
                Text(f"{ENV} 太短", f"{ENV} is too short"),
                remedy=Text(f"至少 {_SHORTEST} 个随机字符", f"Use {_SHORTEST} random characters"),
            )
        return given
    path = secret_path(home)
    if not path.exists():
        return None
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Unavailable(
            Text(
                f"会话密钥文件权限过宽：{path}",
                f"The session key file is readable by others: {path}",
            ),
            remedy=Text(f"运行 chmod 600 {path}", f"Run chmod 600 {path}"),
        )
    return path.read_text().strip()


def ensure_secret(home: Home) -> str:
    """The signing key, made and kept if there is none."""
    found = stored_secret(home)
    if found is None:
        home.prepare()
        found = secrets.token_urlsafe(48)
        write_private(secret_path(home), found.encode())
    return found

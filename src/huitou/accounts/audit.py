"""The audit log: who did what to what, from where. Every write and every reveal adds one row.

``record`` runs in the caller's transaction, so a write and its row are committed together.
``accounts.guard`` adds a plain row for an unsafe request whose view recorded nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from huitou.accounts.models import ApiKey, AuditEntry, User
from huitou.kernel.i18n import Text, translate

SYSTEM_NAME: Final = "system"
ANONYMOUS_NAME: Final = "anonymous"

_labels: Final[dict[str, Text]] = {}


def label_actions(labels: Mapping[str, Text]) -> None:
    """Name the actions that a part records, for the log's screen. Called once at import."""
    for code, text in labels.items():
        if _labels.setdefault(code, text) != text:
            raise ValueError(f"audit action {code} is named twice")


def action_label(code: str) -> str:
    """The action in the active language; the bare code where no part has named it."""
    text = _labels.get(code)
    return translate(text) if text else code


def known_actions() -> dict[str, str]:
    """Code → label in the active language, in order of code."""
    return {code: translate(text) for code, text in sorted(_labels.items())}


@dataclass
class _Tally:
    rows: int = 0


_tally: ContextVar[_Tally | None] = ContextVar("audit_tally", default=None)


@contextmanager
def counting() -> Iterator[_Tally]:
    """Count the rows recorded inside the block."""
    tally = _Tally()
    token = _tally.set(tally)
    try:
        yield tally
    finally:
        _tally.reset(token)


def record(
    *,
    actor: Any,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
    now: datetime,
    ip: str | None = None,
) -> AuditEntry:
    """Add one row.

    ``actor``: a ``User``, an ``ApiKey``, a ``guard.Principal``, or None for the system itself.
    ``subject``: what it was done to, as ``kind:number`` (``"user:3"``, ``"member:17"``).
    ``detail``: JSON; never personal data of members, never a secret.
    ``ip``: the caller's address; taken from a principal when not given.
    """
    address = ip or getattr(actor, "ip", None)
    user = actor if isinstance(actor, User) else getattr(actor, "user", None)
    key = actor if isinstance(actor, ApiKey) else getattr(actor, "key", None)
    entry = AuditEntry.objects.create(
        at=now,
        user=user,
        key=key,
        actor_name=_name(user, key, address),
        action=action,
        subject=subject,
        detail=dict(detail or {}),
        ip=address,
    )
    tally = _tally.get()
    if tally is not None:
        tally.rows += 1
    return entry


def _name(user: User | None, key: ApiKey | None, address: str | None) -> str:
    if key is not None:
        return f"{key.name} ({key.prefix}…)"[:80]
    if user is not None:
        return user.username
    return ANONYMOUS_NAME if address else SYSTEM_NAME


label_actions(
    {
        "api.write": Text("接口写入", "API write"),
        "auth.login": Text("登录", "Log in"),
        "auth.login_failed": Text("登录失败", "Failed login"),
        "auth.logout": Text("退出", "Log out"),
        "auth.password": Text("修改密码", "Change own password"),
        "auth.profile": Text("修改个人设置", "Change own settings"),
        "brand.change": Text("修改品牌", "Change the brand"),
        "shop.create": Text("新建店铺", "Create a shop"),
        "shop.change": Text("修改店铺", "Change a shop"),
        "guide.create": Text("新建导购", "Create a guide"),
        "guide.change": Text("修改导购", "Change a guide"),
        "user.create": Text("新建用户", "Create a user"),
        "user.change": Text("修改用户", "Change a user"),
        "user.reset_password": Text("重置密码", "Reset a password"),
        "key.create": Text("新建接口密钥", "Create an API key"),
        "key.revoke": Text("吊销接口密钥", "Revoke an API key"),
        "keys.rotate": Text("轮换加密密钥", "Rotate encryption keys"),
        "keys.retire": Text("丢弃旧加密密钥", "Drop old encryption keys"),
        "job.cancel": Text("取消任务", "Cancel a job"),
    }
)

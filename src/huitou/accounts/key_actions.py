"""Every write on API keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from huitou.accounts import audit, keys, rules
from huitou.accounts.actions import check_shops_exist, scope_detail
from huitou.accounts.guard import Principal
from huitou.accounts.models import ApiKey
from huitou.accounts.scopes import Scope, scope_of
from huitou.accounts.shops import zone
from huitou.kernel.clock import local_day
from huitou.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from huitou.kernel.i18n import Text


@transaction.atomic
def create_key(
    *,
    name: str,
    role: str,
    all_shops: bool,
    shops: Iterable[int],
    expires_on: date | None,
    actor: Principal,
    now: datetime,
) -> tuple[ApiKey, str]:
    """A new key and its secret, which is shown once; it holds no more than its maker does."""
    if actor.user is None:
        raise Forbidden(
            Text("密钥只能由登录的人新建", "Only a logged-in person may make a key"),
            remedy=Text("在浏览器中登录后操作", "Log in with a browser"),
        )
    label = name.strip()
    if not label:
        raise InvalidInput(
            Text("请写明密钥的用途", "Say what the key is for"), where={"field": "name"}
        )
    rules.check_role(role)
    scope = Scope.everything() if all_shops else Scope(check_shops_exist(shops))
    rules.check_scope_fits_role(role, scope)
    rules.check_may_grant(actor.permissions, actor.scope, role=role, granted=scope)
    if expires_on is not None and expires_on < local_day(now, zone()):
        raise InvalidInput(
            Text("到期日已经过去", "The day of expiry is in the past"),
            remedy=Text("选择今天或以后的日期", "Choose today or a later day"),
            where={"field": "expires_on"},
        )
    secret = keys.new_secret()
    key = ApiKey.objects.create(
        name=label,
        prefix=secret[: keys.PREFIX_LENGTH],
        digest=keys.digest_of(secret),
        role=role,
        all_shops=all_shops,
        created_by=actor.user,
        created_at=now,
        expires_on=expires_on,
    )
    key.shops.set([] if scope.shops is None else scope.shops)
    audit.record(
        actor=actor,
        action="key.create",
        subject=f"key:{key.pk}",
        detail={"name": label, "prefix": key.prefix, "role": role, "shops": scope_detail(scope)},
        now=now,
    )
    return key, secret


@transaction.atomic
def revoke_key(key_id: int, *, actor: Principal, now: datetime) -> None:
    """End a key at once. Raises ``NotFound``, ``Forbidden``, ``Conflict``."""
    key = ApiKey.objects.select_for_update().filter(pk=key_id).first()
    if key is None:
        raise NotFound(Text("没有这个密钥", "There is no such key"), where={"key": key_id})
    if key.revoked_at is not None:
        raise Conflict(Text("密钥已经吊销", "The key is revoked already"), where={"key": key_id})
    rules.check_may_manage(actor.permissions, actor.scope, role=key.role, held=scope_of(key))
    key.revoked_at = now
    key.save()
    audit.record(
        actor=actor,
        action="key.revoke",
        subject=f"key:{key.pk}",
        detail={"name": key.name, "prefix": key.prefix},
        now=now,
    )

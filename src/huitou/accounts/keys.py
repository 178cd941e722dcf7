"""API keys: how a program's secret is made, recognised and looked up.

A secret is ``ht_`` + 43 characters (256 random bits), so a plain SHA-256 is enough to keep: there
is no dictionary to try. The first characters stay readable so that a person can tell keys apart.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from huitou.accounts.models import ApiKey
from huitou.accounts.shops import zone
from huitou.kernel.clock import local_day

MARK: Final = "ht_"
PREFIX_LENGTH: Final = 9
_USE_NOTED_EVERY: Final = timedelta(minutes=1)


def new_secret() -> str:
    return MARK + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def secret_in(authorization: str | None) -> str | None:
    """The secret of an ``Authorization: Bearer ht_…`` header; None for anything else."""
    scheme, _, secret = (authorization or "").partition(" ")
    secret = secret.strip()
    return secret if scheme.lower() == "bearer" and secret.startswith(MARK) else None


def is_active(key: ApiKey, *, now: datetime) -> bool:
    """Not revoked, and not past the last day it is good for (a day of the brand's zone)."""
    if key.revoked_at is not None:
        return False
    return key.expires_on is None or local_day(now, zone()) <= key.expires_on


def authenticate(secret: str, *, now: datetime) -> ApiKey | None:
    """The key of a secret if it is good now; notes its use, at most once a minute."""
    key = ApiKey.objects.filter(digest=digest_of(secret)).first()
    if key is None or not is_active(key, now=now):
        return None
    if key.last_used_at is None or now - key.last_used_at >= _USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key

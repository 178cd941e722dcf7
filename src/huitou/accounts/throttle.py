"""Login throttling, kept in the app database so that every process counts together.

Two buckets per try: the name from this address, and the address alone. A try is counted before the
password is looked at, so many at once cannot slip through; a success gives it back. Buckets are
keyed hashes: the table never holds what somebody typed into the name field (it may be a password).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from huitou.accounts.models import LoginAttempts
from huitou.kernel.errors import TooMany
from huitou.kernel.i18n import Text

WINDOW: Final = timedelta(minutes=15)
PER_NAME: Final = 5
PER_ADDRESS: Final = 50


@dataclass(frozen=True)
class _Bucket:
    key: str
    limit: int


def _buckets(username: str, ip: str | None) -> tuple[_Bucket, _Bucket]:
    address = ip or "-"
    return (
        _Bucket(_hashed("name", f"{username}\0{address}"), PER_NAME),
        _Bucket(_hashed("address", address), PER_ADDRESS),
    )


def _hashed(kind: str, value: str) -> str:
    return salted_hmac(f"huitou.throttle.{kind}", value, algorithm="sha256").hexdigest()


def admit(username: str, ip: str | None, *, now: datetime) -> None:
    """Count one try. Raises ``TooMany`` (``where.retry_after``: seconds) after too many."""
    for bucket in _buckets(username, ip):
        _count(bucket, now)


def succeeded(username: str, ip: str | None, *, now: datetime) -> None:
    """Forget the failures of this name from this address, and give the address its try back."""
    name, address = _buckets(username, ip)
    LoginAttempts.objects.filter(bucket=name.key).delete()
    LoginAttempts.objects.filter(bucket=address.key, count__gt=0).update(count=F("count") - 1)
    LoginAttempts.objects.filter(last_at__lt=now - 2 * WINDOW).delete()


@transaction.atomic
def _count(bucket: _Bucket, now: datetime) -> None:
    LoginAttempts.objects.get_or_create(
        bucket=bucket.key, defaults={"first_at": now, "last_at": now}
    )
    row = LoginAttempts.objects.select_for_update().get(bucket=bucket.key)
    if now - row.first_at >= WINDOW:
        row.count, row.first_at = 0, now
    if row.count >= bucket.limit:
        seconds = ceil((row.first_at + WINDOW - now).total_seconds())
        minutes = max(1, ceil(seconds / 60))
        raise TooMany(
            Text("登录尝试过多", "Too many attempts to log in"),
            remedy=Text(f"{minutes} 分钟后再试", f"Try again in {minutes} minutes"),
            where={"retry_after": seconds},
        )
    row.count += 1
    row.last_at = now
    row.save()

"""Logging in and out: throttle, password, session, audit row."""

from __future__ import annotations

from datetime import datetime

from django.contrib import auth
from django.http import HttpRequest

from huitou.accounts import audit, throttle
from huitou.accounts.models import User
from huitou.kernel.errors import Unauthenticated
from huitou.kernel.i18n import Text


def log_in(request: HttpRequest, username: str, password: str, *, now: datetime) -> User:
    """Start a session. Raises ``TooMany`` or ``Unauthenticated`` (which does not tell why)."""
    name = username.strip().lower()
    ip = request.META.get("REMOTE_ADDR") or None
    throttle.admit(name, ip, now=now)
    user = auth.authenticate(request, username=name, password=password)
    if not isinstance(user, User):
        _note_failure(name, ip, now)
        raise Unauthenticated(
            Text("用户名或密码不对", "The user name or the password is wrong"),
            remedy=Text(
                "检查大小写；忘记密码请管理员重置",
                "Check capitals; an administrator can reset a forgotten password",
            ),
            code="bad_login",
        )
    throttle.succeeded(name, ip, now=now)
    auth.login(request, user)
    audit.record(actor=user, action="auth.login", subject=f"user:{user.pk}", now=now, ip=ip)
    return user


def log_out(request: HttpRequest, user: User, *, now: datetime, ip: str | None) -> None:
    """End the session."""
    audit.record(actor=user, action="auth.logout", subject=f"user:{user.pk}", now=now, ip=ip)
    auth.logout(request)


def _note_failure(name: str, ip: str | None, now: datetime) -> None:
    # A name nobody has is not written down: people type their password there by mistake.
    known = User.objects.filter(username=name).first()
    subject = f"user:{known.pk}" if known else "user:unknown"
    audit.record(actor=None, action="auth.login_failed", subject=subject, now=now, ip=ip)

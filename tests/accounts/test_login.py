"""Logging in: sessions, throttling in virtual time and over processes, CSRF, cookies."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from tests.conftest import ApiClient, ClientAs

from huitou.accounts import actions, throttle
from huitou.accounts.models import AuditEntry, LoginAttempts
from huitou.kernel.errors import TooMany


@pytest.fixture
def ann(db: None, now: datetime) -> tuple[str, str]:
    user, password = actions.create_user(
        username="ann",
        display_name="Ann",
        role="operator",
        all_shops=True,
        actor=None,
        now=now,
        must_change_password=False,
    )
    return user.username, password


def _log_in(client: ApiClient, username: str, password: str) -> Any:
    return client.post("/auth/login", {"username": username, "password": password})


def test_log_in_and_out(client_as: ClientAs, ann: tuple[str, str]) -> None:
    client = client_as(None)
    assert client.get("/auth/me").status_code == 401
    me = _log_in(client, *ann).json()
    assert (me["username"], me["role_label"], me["all_shops"]) == ("ann", "运营", True)
    assert me["brand"] == {"name": "我的品牌", "zone": "Asia/Shanghai", "currency": "CNY"}
    assert client.get("/auth/me").json() == me
    assert client.post("/auth/logout").status_code == 204
    assert client.get("/auth/me").status_code == 401
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "user.create",
        "auth.login",
        "auth.logout",
    ]


def test_the_session_changes_its_number_at_login(client_as: ClientAs, ann: tuple[str, str]) -> None:
    """A session that somebody planted in the browser beforehand is worth nothing."""
    client = client_as(None)
    session = client.client.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    _log_in(client, *ann)
    assert client.client.session.session_key != before


def test_a_refusal_does_not_tell_whether_the_name_exists(
    client_as: ClientAs, ann: tuple[str, str]
) -> None:
    known = _log_in(client_as(None), "ann", "wrong")
    unknown = _log_in(client_as(None), "nobody", "wrong")
    assert known.status_code == unknown.status_code == 401
    assert known.json() == unknown.json()
    assert known.json()["code"] == "bad_login"


def test_what_was_typed_as_a_name_is_kept_nowhere(
    client_as: ClientAs, ann: tuple[str, str]
) -> None:
    _log_in(client_as(None), "my-secret-password", "x")
    kept = str(list(AuditEntry.objects.values())) + str(list(LoginAttempts.objects.values()))
    assert "my-secret" not in kept
    assert AuditEntry.objects.filter(action="auth.login_failed", subject="user:unknown").exists()


def test_a_disabled_user_does_not_log_in(
    client_as: ClientAs, ann: tuple[str, str], now: datetime
) -> None:
    user = actions.user_by_name("ann")
    actions.change_user(user.pk, {"is_active": False}, actor=None, now=now)
    assert _log_in(client_as(None), *ann).status_code == 401


def test_after_five_failures_even_the_right_password_waits(
    client_as: ClientAs, ann: tuple[str, str]
) -> None:
    client = client_as(None)
    codes = [_log_in(client, "ann", "wrong").status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]
    refused = _log_in(client, *ann)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 900
    assert "分钟" in refused.json()["remedy"]


@pytest.mark.django_db
def test_the_window_in_virtual_time(now: datetime) -> None:
    for _ in range(throttle.PER_NAME):
        throttle.admit("ann", "10.0.0.1", now=now)
    with pytest.raises(TooMany) as refused:
        throttle.admit("ann", "10.0.0.1", now=now + timedelta(minutes=14, seconds=59))
    assert refused.value.where == {"retry_after": 1}
    throttle.admit("ann", "10.0.0.1", now=now + throttle.WINDOW)


@pytest.mark.django_db
def test_other_addresses_and_other_names_are_not_kept_waiting(now: datetime) -> None:
    for _ in range(throttle.PER_NAME):
        throttle.admit("ann", "10.0.0.1", now=now)
    throttle.admit("ann", "10.0.0.2", now=now)
    throttle.admit("bob", "10.0.0.1", now=now)


@pytest.mark.django_db
def test_one_address_trying_many_names_is_stopped(now: datetime) -> None:
    for number in range(throttle.PER_ADDRESS):
        throttle.admit(f"user{number}", "10.0.0.1", now=now)
    with pytest.raises(TooMany):
        throttle.admit("another", "10.0.0.1", now=now)


@pytest.mark.django_db
def test_a_success_forgets_the_failures(now: datetime) -> None:
    """An office behind one address logs in all day without being stopped."""
    for _ in range(3 * throttle.PER_ADDRESS):
        throttle.admit("ann", "10.0.0.1", now=now)
        throttle.succeeded("ann", "10.0.0.1", now=now)
    throttle.admit("ann", "10.0.0.1", now=now)


@pytest.mark.django_db
def test_old_buckets_are_swept(now: datetime) -> None:
    throttle.admit("ann", "10.0.0.1", now=now)
    later = now + 3 * throttle.WINDOW
    throttle.admit("bob", "10.0.0.2", now=later)
    throttle.succeeded("bob", "10.0.0.2", now=later)
    assert LoginAttempts.objects.count() == 1


def test_tries_at_the_same_moment_are_all_counted(app_database: str, now: datetime) -> None:
    admitted: list[int] = []
    start = threading.Barrier(12)

    def attempt() -> None:
        start.wait()
        try:
            throttle.admit("ann", "10.0.0.1", now=now)
            admitted.append(1)
        except TooMany:
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(admitted) == throttle.PER_NAME


def test_csrf_is_demanded_of_sessions_and_of_the_login(
    client_as: ClientAs, ann: tuple[str, str]
) -> None:
    client = ApiClient(Client(enforce_csrf_checks=True))
    refused = _log_in(client, *ann)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    token = client.get("/auth/csrf").json()["token"]
    client.headers = {"X-CSRFToken": token}
    assert _log_in(client, *ann).status_code == 200
    # The token changes with the login; the cookie holds the new one.
    stale = client.patch("/auth/me", {"theme": "dark"})
    client.headers = {"X-CSRFToken": client.client.cookies["csrftoken"].value}
    fresh = client.patch("/auth/me", {"theme": "dark"})
    assert (stale.status_code, fresh.status_code) == (403, 200)


def test_cookies_are_strict_and_secure_over_https(
    client_as: ClientAs, ann: tuple[str, str]
) -> None:
    for secure in (False, True):
        client = client_as(None)
        client.secure = secure
        client.get("/auth/csrf")
        _log_in(client, *ann)
        session = client.client.cookies["huitou_session"]
        token = client.client.cookies["csrftoken"]
        assert session["httponly"]
        assert session["samesite"] == token["samesite"] == "Lax"
        assert bool(session["secure"]) is bool(token["secure"]) is secure

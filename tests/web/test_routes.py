"""Every route of the API, walked: who may, who may not, and with what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from tests.conftest import ApiClient, ClientAs

from huitou.accounts.guard import ANYONE, PERSON, PUBLIC, Guard
from huitou.accounts.permissions import PERMISSIONS, ROLES
from huitou.web.api import api

SAFE = {"GET"}
MAY_BE_PUBLIC = {
    ("GET", "/auth/csrf"),
    ("POST", "/auth/login"),
    ("GET", "/ping"),
}


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    permission: str

    @property
    def address(self) -> str:
        """The path with something in the place of each parameter."""
        return re.sub(r"{[^}]*}", "1", self.path)


def _walk() -> Iterator[Route]:
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                guards = [auth for auth in operation.auth_callbacks if isinstance(auth, Guard)]
                assert len(guards) == len(operation.auth_callbacks) == 1, (
                    f"{operation.methods} {path} was not declared through accounts.guard.route"
                )
                for method in operation.methods:
                    yield Route(method, f"{prefix}{path}", guards[0].permission)


ROUTES = sorted(_walk(), key=lambda route: (route.path, route.method))
GUARDED = [route for route in ROUTES if route.permission in PERMISSIONS]
ROLES_WITHOUT = {
    permission: [code for code, role in ROLES.items() if permission not in role.permissions]
    for permission in PERMISSIONS
}
LOGGED_IN = [route for route in ROUTES if route.permission != PUBLIC]


def _name(route: Route) -> str:
    return f"{route.method} {route.path}"


def test_every_route_is_guarded_and_few_are_public() -> None:
    assert len(ROUTES) > 30
    assert {
        (route.method, route.path) for route in ROUTES if route.permission == PUBLIC
    } == MAY_BE_PUBLIC
    assert {route.permission for route in ROUTES} <= {*PERMISSIONS, PUBLIC, ANYONE, PERSON}


def test_writes_are_never_open_to_just_anyone() -> None:
    assert not [
        _name(route) for route in ROUTES if route.permission == ANYONE and route.method not in SAFE
    ]


@pytest.mark.parametrize("route", LOGGED_IN, ids=_name)
def test_nobody_gets_401(route: Route, client_as: ClientAs) -> None:
    answer = client_as(None).call(route.method, route.address)
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"
    assert answer.json()["remedy"]


@pytest.mark.parametrize(
    "route", [route for route in GUARDED if ROLES_WITHOUT[route.permission]], ids=_name
)
def test_a_role_without_the_permission_gets_403(route: Route, client_as: ClientAs) -> None:
    for role in ROLES_WITHOUT[route.permission]:
        answer = client_as(role, username=role).call(route.method, route.address)
        assert answer.status_code == 403, role
        assert answer.json()["where"] == {"permission": route.permission}


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.method not in SAFE], ids=_name
)
def test_unsafe_methods_need_csrf_with_a_session(route: Route, client_as: ClientAs) -> None:
    owner = client_as("owner")
    owner.client.handler.enforce_csrf_checks = True
    answer = owner.call(route.method, route.address, {})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    forged = owner.call(route.method, route.address, {}, **{"X-CSRFToken": "x" * 32})
    assert (forged.status_code, forged.json()["code"]) == (403, "csrf")


def test_a_new_password_comes_first(client_as: ClientAs) -> None:
    fresh = client_as("owner", must_change_password=True)
    for route in ROUTES:
        if route.permission in PERMISSIONS or route.permission == ANYONE:
            answer = fresh.call(route.method, route.address)
            assert answer.json()["code"] == "must_change_password", _name(route)


@pytest.mark.django_db
def test_errors_have_one_shape_in_the_callers_language(client_as: ClientAs) -> None:
    owner = client_as("owner")
    for answer, status in (
        (owner.get("/no/such/address"), 404),
        (owner.post("/users", {"username": 3}), 422),
        (owner.client.post("/api/v1/users", "{broken", content_type="application/json"), 400),
        (owner.get("/audit?page=0"), 422),
        (owner.get("/audit?size=5000"), 422),
        (owner.get("/jobs/77"), 404),
    ):
        assert answer.status_code == status, answer.content
        assert set(answer.json()) == {"code", "message", "remedy", "where"}
    fields = owner.post("/users", {"username": 3}).json()["where"]["fields"]
    assert {"body.username", "body.role"} == {field["field"] for field in fields}
    english = Client().get("/api/v1/users", headers={"Accept-Language": "en-GB,en;q=0.9"}).json()
    assert english["message"] == "Nobody is logged in"


def test_a_users_language_wins_over_the_browsers(client_as: ClientAs) -> None:
    owner = client_as("owner", language="en")
    answer = owner.get("/jobs/77", **{"Accept-Language": "zh-CN"})
    assert answer.json()["message"] == "There is no such job"


def test_an_unexpected_error_tells_nothing(
    client_as: ClientAs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from huitou.accounts import reads

    def broken() -> None:
        raise RuntimeError("the secret detail")

    monkeypatch.setattr(reads, "brand_row", broken)
    answer = client_as("owner").get("/brand")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.content.decode()
    assert "the secret detail" in caplog.text


def test_answers_are_not_kept_and_not_framed(client_as: ClientAs) -> None:
    answer = client_as("owner").get("/shops")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe-eval" not in policy
    assert "Strict-Transport-Security" not in answer


def test_too_large_a_body_is_refused_unread(client_as: ClientAs) -> None:
    owner: ApiClient = client_as("owner")
    answer = owner.client.post(
        "/api/v1/users", b"x" * (4 * 1024 * 1024 + 1), content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")

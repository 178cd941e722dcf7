"""Routes of logging in, logging out, and one's own settings."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.middleware.csrf import get_token
from ninja import Router

from huitou.accounts import actions, login, reads, schemas, throttle
from huitou.accounts.guard import PERSON, PUBLIC, ApiRequest, route
from huitou.accounts.models import User
from huitou.kernel.clock import wall_clock
from huitou.kernel.i18n import speak

router = Router(tags=["auth"])


@route(router, "GET", "/auth/csrf", permission=PUBLIC, response=schemas.CsrfToken)
def csrf(request: ApiRequest) -> dict[str, Any]:
    return {"token": get_token(request)}


@route(router, "POST", "/auth/login", permission=PUBLIC, response=schemas.Me)
def log_in(request: ApiRequest, body: schemas.Login) -> dict[str, Any]:
    user = login.log_in(request, body.username, body.password, now=wall_clock())
    speak(user.language)
    return reads.me(user)


@route(router, "POST", "/auth/logout", permission=PERSON, response={204: None})
def log_out(request: ApiRequest) -> HttpResponse:
    login.log_out(request, _person(request), now=wall_clock(), ip=request.auth.ip)
    return HttpResponse(status=204)


@route(router, "GET", "/auth/me", permission=PERSON, response=schemas.Me)
def get_me(request: ApiRequest) -> dict[str, Any]:
    return reads.me(_person(request))


@route(router, "PATCH", "/auth/me", permission=PERSON, response=schemas.Me)
def change_me(request: ApiRequest, body: schemas.MeChange) -> dict[str, Any]:
    changes = body.dict(exclude_unset=True, exclude_none=True)
    user = actions.change_own_settings(
        _person(request), changes, actor=request.auth, now=wall_clock()
    )
    speak(user.language)
    return reads.me(user)


@route(router, "POST", "/auth/password", permission=PERSON, response={204: None})
def change_password(request: ApiRequest, body: schemas.PasswordChange) -> HttpResponse:
    user, now = _person(request), wall_clock()
    # Whoever found an open session must not guess the password behind it.
    throttle.admit(user.username, request.auth.ip, now=now)
    actions.change_own_password(user, old=body.old, new=body.new, actor=request.auth, now=now)
    throttle.succeeded(user.username, request.auth.ip, now=now)
    update_session_auth_hash(request, user)
    return HttpResponse(status=204)


def _person(request: ApiRequest) -> User:
    user = request.auth.user
    if user is None:
        raise AssertionError("PERSON routes have a user")
    return user

"""The one door of the HTTP API: who is asking, and may they?

Declare every route through ``route``::

    @route(router, "GET", "/members/{member}", permission="members.view", response=MemberDetail)
    def member_detail(request: ApiRequest, member: str) -> dict[str, Any]:
        return reads.detail(member, scope=request.auth.scope)

It demands a session (with the CSRF header on unsafe methods) or an API key, checks the permission,
sets the caller's language, and adds a plain audit row where an unsafe view recorded none itself.
``permission`` is a code of ``accounts.permissions`` or one of ``PUBLIC`` (nobody needs to be logged
in), ``ANYONE`` (any caller), ``PERSON`` (a logged-in person, not a key).
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

from django.http import HttpRequest
from ninja import Router
from ninja.constants import NOT_SET
from ninja.utils import check_csrf

from huitou.accounts import audit, keys
from huitou.accounts.models import ApiKey, User
from huitou.accounts.permissions import PERMISSIONS
from huitou.accounts.scopes import Scope, scope_of
from huitou.kernel.clock import wall_clock
from huitou.kernel.errors import Forbidden, Unauthenticated
from huitou.kernel.i18n import Language, Text, active_language, language_of, speak

PUBLIC: Final = "-public"
ANYONE: Final = "-anyone"
PERSON: Final = "-person"
_SENTINELS: Final = frozenset({PUBLIC, ANYONE, PERSON})
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Principal:
    """Whoever is asking. Exactly one of ``user`` and ``key`` is set (neither on a public route)."""

    user: User | None
    key: ApiKey | None
    permissions: frozenset[str]
    scope: Scope
    language: Language
    ip: str | None = None

    @property
    def user_id(self) -> int | None:
        """The person answerable: who is logged in, or who made the key."""
        if self.user is not None:
            return self.user.pk
        return self.key.created_by_id if self.key is not None else None

    def can(self, permission: str) -> bool:
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise ``Forbidden`` unless the caller has the permission."""
        if permission not in self.permissions:
            raise missing_permission(permission)


class ApiRequest(HttpRequest):
    """A request that passed the door."""

    auth: Principal


def missing_permission(permission: str) -> Forbidden:
    label = PERMISSIONS[permission]
    return Forbidden(
        Text(f"没有权限：{label.zh}", f"Permission needed: {label.en}"),
        remedy=Text(
            "请所有者或管理员调整你的角色", "Ask an owner or administrator to change your role"
        ),
        where={"permission": permission},
    )


class Guard:
    """The check in front of one route; ninja calls it with the request."""

    def __init__(self, permission: str) -> None:
        if permission not in PERMISSIONS and permission not in _SENTINELS:
            raise ValueError(f"unknown permission {permission}")
        self.permission = permission

    def __call__(self, request: HttpRequest) -> Principal:
        principal = self._identify(request)
        speak(principal.language)
        if self.permission in PERMISSIONS:
            principal.require(self.permission)
        # Last, because it may read the body: an upload is not taken from who may not upload.
        if principal.key is None and request.method not in _SAFE_METHODS:
            _demand_csrf(request)
        return principal

    def _identify(self, request: HttpRequest) -> Principal:
        ip = request.META.get("REMOTE_ADDR") or None
        if self.permission == PUBLIC:
            return Principal(None, None, frozenset(), Scope.only(()), active_language(), ip)
        secret = keys.secret_in(request.headers.get("Authorization"))
        if secret is not None:
            return self._by_key(request, secret, ip)
        user = request.user
        if not isinstance(user, User):
            raise _who()
        if user.must_change_password and self.permission != PERSON:
            raise Forbidden(
                Text("请先修改初始密码", "Change the initial password first"),
                remedy=Text("打开“修改密码”", "Open “change password”"),
                code="must_change_password",
            )
        return Principal(
            user, None, user.permissions, scope_of(user), language_of(user.language), ip
        )

    def _by_key(self, request: HttpRequest, secret: str, ip: str | None) -> Principal:
        key = keys.authenticate(secret, now=wall_clock())
        if key is None:
            raise Unauthenticated(
                Text("接口密钥无效、已吊销或已过期", "The API key is unknown, revoked or expired"),
                remedy=Text("在 设置 › 密钥 新建一个", "Make a new one in Settings › Keys"),
            )
        if self.permission == PERSON:
            raise Forbidden(
                Text("此功能只供登录的人使用", "Only a logged-in person may do this"),
                remedy=Text("在浏览器中登录后操作", "Log in with a browser"),
            )
        language = language_of(request.headers.get("Accept-Language"))
        return Principal(None, key, key.permissions, scope_of(key), language, ip)


def _who() -> Unauthenticated:
    return Unauthenticated(
        Text("尚未登录", "Nobody is logged in"), remedy=Text("请登录", "Log in, or send an API key")
    )


def _demand_csrf(request: HttpRequest) -> None:
    if getattr(request, "_dont_enforce_csrf_checks", False):
        return  # Django's own test client, unless it was told to enforce them
    if "X-CSRFToken" not in request.headers or check_csrf(request) is not None:
        raise Forbidden(
            Text("请求缺少或带错了 CSRF 令牌", "The CSRF token is missing or wrong"),
            remedy=Text(
                "刷新页面后重试；程序请改用接口密钥",
                "Reload the page and try again; programs use an API key",
            ),
            code="csrf",
        )


def route(
    router: Router,
    method: Method,
    path: str,
    *,
    permission: str,
    response: Any = NOT_SET,
    audited: bool = True,
    **options: Any,
) -> Callable[[View], View]:
    """Declare a route (see the module's docstring).

    ``audited=False`` is for an unsafe method that changes nothing (a preview, a check).
    ``options`` go to ninja: ``tags``, ``summary``, ``operation_id``, ``include_in_schema`` …
    """
    guard = Guard(permission)
    fallback = audited and method not in _SAFE_METHODS

    def declare(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: ApiRequest, *args: Any, **kwargs: Any) -> Any:
            if not fallback:
                return view(request, *args, **kwargs)
            with audit.counting() as tally:
                answer = view(request, *args, **kwargs)
            if not tally.rows:
                audit.record(
                    actor=request.auth,
                    action="api.write",
                    subject=f"{method} {request.path}"[:160],
                    now=wall_clock(),
                )
            return answer

        # ninja resolves annotations in the module of the function it is given: resolve them here.
        guarded.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
        options.setdefault("operation_id", f"{_area(view)}_{view.__name__}")
        router.add_api_operation(path, [method], guarded, auth=guard, response=response, **options)
        return view

    return declare


def _area(view: Callable[..., Any]) -> str:
    return view.__module__.removeprefix("huitou.").split(".")[0]

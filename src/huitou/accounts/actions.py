"""Every write on users and their own settings: check, write, audit, in one transaction each.

``actor`` is the ``guard.Principal`` who asks, or None for the system itself (the command line,
which whoever can read the home's keys may use).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q

from huitou.accounts import audit, passwords, rules
from huitou.accounts.guard import Principal
from huitou.accounts.models import Guide, Shop, User
from huitou.accounts.scopes import Scope, scope_of
from huitou.kernel.errors import Conflict, InvalidInput, NotFound
from huitou.kernel.i18n import Text

LANGUAGES: Final = ("zh", "en")
THEMES: Final = ("light", "dark", "auto")
_OWN_SETTINGS: Final = frozenset({"language", "theme", "display_name"})


@transaction.atomic
def create_user(
    *,
    username: str,
    display_name: str,
    role: str,
    all_shops: bool,
    shops: Iterable[int] = (),
    language: str = "zh",
    actor: Principal | None,
    now: datetime,
    must_change_password: bool = True,
) -> tuple[User, str]:
    """A new user and the generated password, which is shown once and kept nowhere."""
    name = clean_username(username)
    rules.check_role(role)
    scope = _scope(all_shops, shops)
    rules.check_scope_fits_role(role, scope)
    if actor is not None:
        rules.check_may_grant(actor.permissions, actor.scope, role=role, granted=scope)
    password = passwords.generate()
    user = User(
        username=name,
        display_name=display_name.strip() or name,
        role=role,
        all_shops=all_shops,
        language=_one_of(language, LANGUAGES, "language"),
        must_change_password=must_change_password,
        created_at=now,
    )
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise Conflict(
            Text(f"用户名 {name} 已被使用", f"The user name {name} is taken"),
            remedy=Text("换一个用户名", "Choose another"),
            where={"field": "username"},
        ) from None
    user.shops.set([] if scope.shops is None else scope.shops)
    audit.record(
        actor=actor,
        action="user.create",
        subject=f"user:{user.pk}",
        detail={"username": name, "role": role, "shops": scope_detail(scope)},
        now=now,
    )
    return user, password


@transaction.atomic
def create_first_owner(
    *, now: datetime, username: str = "owner", must_change_password: bool = True
) -> tuple[User, str] | None:
    """The owner of a new installation and the password; None when there is an owner already."""
    if User.objects.filter(role=rules.OWNER).exists():
        return None
    taken = User.objects.filter(username=username).exists()
    return create_user(
        username=f"{username}-{now:%Y%m%d}" if taken else username,
        display_name="Owner",
        role=rules.OWNER,
        all_shops=True,
        actor=None,
        now=now,
        must_change_password=must_change_password,
    )


@transaction.atomic
def change_user(
    user_id: int, changes: Mapping[str, Any], *, actor: Principal | None, now: datetime
) -> User:
    """Change ``display_name``, ``role``, ``all_shops``, ``shops``, ``language``, ``is_active``."""
    user = locked_user(user_id)
    held = scope_of(user)
    role = changes.get("role", user.role)
    active = changes.get("is_active", user.is_active)
    scope = _changed_scope(user, held, changes)
    rules.check_role(role)
    if actor is not None:
        rules.check_may_manage(actor.permissions, actor.scope, role=user.role, held=held)
        rules.check_may_grant(actor.permissions, actor.scope, role=role, granted=scope)
    if (role, scope) != (user.role, held):
        rules.check_scope_fits_role(role, scope)
        store = Guide.objects.filter(user=user).values_list("shop_id", flat=True).first()
        rules.check_scope_fits_guide(role, scope, store)
    if user.role == rules.OWNER and user.is_active and not (active and role == rules.OWNER):
        rules.check_owner_remains(_other_owners(user))
    before = _facts(user, held)
    user.role, user.is_active, user.all_shops = role, active, scope.is_everything
    user.language = _one_of(changes.get("language", user.language), LANGUAGES, "language")
    user.display_name = changes.get("display_name", user.display_name).strip() or user.username
    user.save()
    user.shops.set([] if scope.shops is None else scope.shops)
    after = _facts(user, scope)
    audit.record(
        actor=actor,
        action="user.change",
        subject=f"user:{user.pk}",
        detail={key: [before[key], after[key]] for key in after if before[key] != after[key]},
        now=now,
    )
    return user


@transaction.atomic
def reset_password(
    user_id: int, *, actor: Principal | None, now: datetime, must_change_password: bool = True
) -> str:
    """A new generated password, shown once; every session of the user ends."""
    user = locked_user(user_id)
    if actor is not None:
        rules.check_may_manage(actor.permissions, actor.scope, role=user.role, held=scope_of(user))
    password = passwords.generate()
    user.set_password(password)
    user.must_change_password = must_change_password
    user.save()
    audit.record(
        actor=actor,
        action="user.reset_password",
        subject=f"user:{user.pk}",
        detail={"username": user.username},
        now=now,
    )
    return password


@transaction.atomic
def change_own_password(user: User, *, old: str, new: str, actor: Principal, now: datetime) -> None:
    """Raises ``InvalidInput`` when the old one is wrong, or the new one weak or the same."""
    if not user.check_password(old):
        raise InvalidInput(
            Text("原密码不对", "The old password is wrong"),
            remedy=Text("重新输入原密码", "Type the old password again"),
            code="wrong_password",
            where={"field": "old"},
        )
    if old == new:
        raise InvalidInput(
            Text("新密码与原密码相同", "The new password is the old one"),
            remedy=Text("换一个新密码", "Choose another"),
            code="weak_password",
            where={"field": "new"},
        )
    passwords.check(new, user)
    user.set_password(new)
    user.must_change_password = False
    user.save()
    audit.record(actor=actor, action="auth.password", subject=f"user:{user.pk}", now=now)


@transaction.atomic
def change_own_settings(
    user: User, changes: Mapping[str, Any], *, actor: Principal, now: datetime
) -> User:
    """Change ``language``, ``theme``, ``display_name``."""
    for field in _OWN_SETTINGS & changes.keys():
        setattr(user, field, changes[field])
    user.language = _one_of(user.language, LANGUAGES, "language")
    user.theme = _one_of(user.theme, THEMES, "theme")
    user.display_name = user.display_name.strip() or user.username
    user.save()
    audit.record(
        actor=actor,
        action="auth.profile",
        subject=f"user:{user.pk}",
        detail={"fields": sorted(_OWN_SETTINGS & changes.keys())},
        now=now,
    )
    return user


def clean_username(username: str) -> str:
    """The name as it is stored: trimmed, lower case. Raises ``InvalidInput``."""
    name = username.strip().lower()
    if not 2 <= len(name) <= 64 or any(sign.isspace() or not sign.isprintable() for sign in name):
        raise InvalidInput(
            Text("用户名不可用", "The user name cannot be used"),
            remedy=Text("2 到 64 个字符，不含空格", "Use 2 to 64 characters without spaces"),
            where={"field": "username"},
        )
    return name


def locked_user(user_id: int) -> User:
    """The user, locked until the transaction ends. Raises ``NotFound``.

    The owners are locked with it, in one order: two owners who demote each other then wait for one
    another instead of both winning, or of blocking each other for good.
    """
    rows = User.objects.select_for_update().filter(Q(pk=user_id) | Q(role=rules.OWNER))
    user = next((row for row in rows.order_by("pk") if row.pk == user_id), None)
    if user is None:
        raise NotFound(Text("没有这个用户", "There is no such user"), where={"user": user_id})
    return user


def user_by_name(username: str) -> User:
    """Raises ``NotFound``."""
    name = username.strip().lower()
    user = User.objects.filter(username=name).first()
    if user is None:
        raise NotFound(
            Text(f"没有用户 {name}", f"There is no user {name}"), where={"username": name}
        )
    return user


def check_shops_exist(shops: Iterable[int]) -> frozenset[int]:
    """The numbers as a set. Raises ``InvalidInput`` when one names no shop."""
    wanted = frozenset(shops)
    missing = wanted - set(Shop.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if missing:
        raise InvalidInput(
            Text(f"没有店铺 {sorted(missing)}", f"There is no shop {sorted(missing)}"),
            where={"field": "shops"},
        )
    return wanted


def scope_detail(scope: Scope) -> Any:
    """A scope as an audit row shows it."""
    return "all" if scope.shops is None else sorted(scope.shops)


def _scope(all_shops: bool, shops: Iterable[int]) -> Scope:
    return Scope.everything() if all_shops else Scope(check_shops_exist(shops))


def _changed_scope(user: User, held: Scope, changes: Mapping[str, Any]) -> Scope:
    if "all_shops" not in changes and "shops" not in changes:
        return held
    shops = changes.get("shops", held.shops or ())
    return _scope(changes.get("all_shops", user.all_shops), shops)


def _other_owners(user: User) -> int:
    return User.objects.filter(role=rules.OWNER, is_active=True).exclude(pk=user.pk).count()


def _facts(user: User, scope: Scope) -> dict[str, Any]:
    return {
        "display_name": user.display_name,
        "role": user.role,
        "is_active": user.is_active,
        "language": user.language,
        "shops": scope_detail(scope),
    }


def _one_of(value: str, allowed: tuple[str, ...], field: str) -> str:
    if value not in allowed:
        raise InvalidInput(
            Text(f"{field} 不能是 {value}", f"{field} cannot be {value}"),
            remedy=Text(f"可用：{'、'.join(allowed)}", f"Use one of: {', '.join(allowed)}"),
            where={"field": field},
        )
    return value

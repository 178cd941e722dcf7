"""Passwords: how one is generated, and what a person's own must be like."""

from __future__ import annotations

import secrets
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from huitou.accounts.models import User
from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text

# No 0/O, 1/l/I: it is read from a terminal or a screen once and typed.
_ALPHABET: Final = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_GROUPS, _GROUP_LENGTH = 4, 5
_LACKS: Final = {
    "password_too_short": Text("密码太短", "The password is too short"),
    "password_too_similar": Text("密码与用户名太相似", "The password is too much like the name"),
    "password_too_common": Text("密码太常见", "The password is too common"),
    "password_entirely_numeric": Text("密码全是数字", "The password is only digits"),
}


def generate() -> str:
    """A random password of about 115 bits, in groups that are easy to read aloud."""
    groups = (
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def check(password: str, user: User) -> None:
    """Raises ``InvalidInput`` that says what the password lacks."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        lacks = [_LACKS[str(problem.code)] for problem in error.error_list]
        raise InvalidInput(
            Text("；".join(text.zh for text in lacks), "; ".join(text.en for text in lacks)),
            remedy=Text(
                "至少 10 个字符，不像用户名，不常见，不全是数字",
                "Use at least 10 characters, not like your name, not common, not only digits",
            ),
            code="weak_password",
            where={"field": "new"},
        ) from None

"""Passwords: how one is generated, and what a person's own must be like."""

from __future__ import annotations

import secrets
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import translation

from huitou.accounts.models import User
from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text

# No 0/O, 1/l/I: it is read from a terminal or a screen once and typed.
_ALPHABET: Final = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_GROUPS, _GROUP_LENGTH = 4, 5


def generate() -> str:
    """A random password of about 115 bits, in groups that are easy to read aloud."""
    groups = (
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def check(password: str, user: User) -> None:
    """Raises ``InvalidInput`` that says, in both languages, what the password lacks."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        sentences = {}
        for language in ("zh-hans", "en"):
            with translation.override(language):
                sentences[language] = " ".join(str(message) for message in error.messages)
        raise InvalidInput(
            Text(sentences["zh-hans"], sentences["en"]),
            remedy=Text(
                "至少 10 个字符，不含用户名，不是常见密码，不全是数字",
                "Use at least 10 characters, not your name, nothing common, not only digits",
            ),
            code="weak_password",
            where={"field": "password"},
        ) from None

"""One small hierarchy of errors that a person can act on.

Every ``HuitouError`` has a stable ``code`` (for programs), a text in Chinese and in English saying
what happened and where, and a remedy. The HTTP layer turns it into
``{"code", "message", "remedy", "where"}`` with ``status``; the CLI prints the same and exits 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from huitou.kernel.i18n import Text, translate


class HuitouError(Exception):
    """Something a person did or met that has an explanation and a remedy."""

    status = 400
    code = "error"

    def __init__(
        self,
        message: Text,
        *,
        remedy: Text | None = None,
        code: str | None = None,
        where: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message.en)
        self.message = message
        self.remedy = remedy
        self.code = code or type(self).code
        self.where: dict[str, Any] = dict(where or {})

    def as_dict(self, language: str | None = None) -> dict[str, Any]:
        """The error as JSON in ``language`` (the active one when not given)."""
        return {
            "code": self.code,
            "message": translate(self.message, language),
            "remedy": translate(self.remedy, language) if self.remedy else "",
            "where": self.where,
        }


class InvalidInput(HuitouError):
    """The caller's input cannot be used as it is."""

    status = 422
    code = "invalid_input"


class NotFound(HuitouError):
    """What was asked for does not exist, or is outside the caller's data scope."""

    status = 404
    code = "not_found"


class Forbidden(HuitouError):
    """The caller lacks the permission."""

    status = 403
    code = "forbidden"


class Unauthenticated(HuitouError):
    """Nobody is logged in, or the key is unknown."""

    status = 401
    code = "unauthenticated"


class Conflict(HuitouError):
    """The state has moved on, or someone else holds what is needed."""

    status = 409
    code = "conflict"


class TooMany(HuitouError):
    """Throttled; try again later."""

    status = 429
    code = "too_many"


class Unavailable(HuitouError):
    """Something the system needs is not there at the moment."""

    status = 503
    code = "unavailable"


class Cancelled(HuitouError):
    """A person cancelled the work; nothing of it remains."""

    status = 409
    code = "cancelled"

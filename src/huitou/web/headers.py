"""The security headers of every answer, Django's and the static files' alike."""

from __future__ import annotations

from typing import Final

# Ant Design writes its styles at run time, hence 'unsafe-inline' for styles — and for nothing else.
CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_ALWAYS: Final = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
_HTTPS: Final = (("Strict-Transport-Security", "max-age=31536000"),)


def security_headers(*, https: bool) -> tuple[tuple[str, str], ...]:
    """Name and value of each header; with ``https``, browsers are told to stay with it."""
    return _ALWAYS + _HTTPS if https else _ALWAYS

"""Every header that some profile knows, for telling a header row from title lines and data."""

from __future__ import annotations

from functools import cache

from huitou.intake.readers.headers import same_header


@cache
def known_headers() -> frozenset[str]:
    """Known headers and aliases in comparable form."""
    from huitou.intake.profiles import PROFILES

    return frozenset(
        same_header(alias)
        for profile in PROFILES.values()
        for column in profile.columns
        for alias in column.headers
    )

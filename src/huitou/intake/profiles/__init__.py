"""The registry of file profiles. How to add one: README.md of this folder."""

from __future__ import annotations

from typing import Final

from huitou.intake.profiles import jd_pdd_douyin, others, taobao, youzan
from huitou.intake.profiles.base import Column, Grain, Options, Profile

PROFILES: Final[dict[str, Profile]] = {
    profile.code: profile
    for module in (taobao, jd_pdd_douyin, youzan, others)
    for profile in module.PROFILES
}
"""By code. The order decides between profiles that fit a header equally well."""

__all__ = ["PROFILES", "Column", "Grain", "Options", "Profile"]

"""Which report a table is, told by its headers.

Score = half the share of the profile's typical headers that are there + half the share of the
table's headers that the profile knows; much less where required columns are missing or a header
speaks against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from huitou.intake.frame import fit
from huitou.intake.profiles import PROFILES
from huitou.intake.profiles.base import Profile
from huitou.intake.readers.headers import same_header
from huitou.kernel.i18n import Text

WORTH_SHOWING: Final = 0.3
_MISSING_FACTOR: Final = 0.4
_FOREIGN_FACTOR: Final = 0.3


@dataclass(frozen=True)
class Match:
    """How well a profile fits. ``score`` is 0…1; ``missing`` are required columns that are not there."""

    profile: Profile
    score: float
    why: Text
    missing: list[str]


@cache
def _known(code: str) -> frozenset[str]:
    profile = PROFILES[code]
    names = [alias for column in profile.columns for alias in column.headers]
    return frozenset(same_header(name) for name in (*names, *profile.others))


def detect(header: Sequence[str], sample: Sequence[Sequence[str]] = ()) -> list[Match]:
    """Profiles that may fit, best first. Columns that are empty in the whole sample count less."""
    present = {same_header(name) for name in header if name}
    filled = {
        same_header(name)
        for i, name in enumerate(header)
        if name and any(i < len(row) and row[i].strip() for row in sample)
    }
    if not present:
        return []
    matches = [_match(profile, header, present, filled or present) for profile in PROFILES.values()]
    worth = [match for match in matches if match.score >= WORTH_SHOWING]
    return sorted(worth, key=lambda match: -match.score)


def _match(profile: Profile, header: Sequence[str], present: set[str], filled: set[str]) -> Match:
    typical = [any(same_header(name) in present for name in group) for group in profile.signature]
    known = _known(profile.code)
    of_signature = sum(typical) / len(typical) if typical else 0.0
    of_header = (len(present & known) / len(present) + len(filled & known) / len(filled)) / 2
    layout = fit(profile, header)
    score = (of_signature + of_header) / 2
    if layout.missing:
        score *= _MISSING_FACTOR
    if any(same_header(name) in present for name in profile.foreign):
        score *= _FOREIGN_FACTOR
    if typical and not any(typical):
        score = 0.0
    recognised = len(present & known)
    why = Text(
        f"特征列 {sum(typical)}/{len(typical)}，认出 {recognised}/{len(present)} 列",
        f"{sum(typical)} of {len(typical)} typical columns, {recognised} of {len(present)} columns known",
    )
    return Match(profile, round(score, 3), why, list(layout.missing))

"""Deciding how a file is read: which profile for each table, whose shop it is. Pure.

A file may hold several tables (sheets, members of a zip); each gets the profile that fits it best, or
the one a person chose. What is not clear is said, so that a person decides: nothing is guessed twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from huitou.accounts.shops import PLATFORMS, ShopRow
from huitou.intake.detect import Match
from huitou.intake.frame import fit
from huitou.intake.profiles.base import Profile
from huitou.kernel.i18n import Text

CLEAR: Final = 0.5
"""Score from which a match is taken without asking."""
SHOPLESS: Final = frozenset({"items", "parcel_events"})
"""Record sets that belong to no shop."""
_FAMILIES: Final = (frozenset({"taobao", "tmall"}),)
_OPEN: Final = frozenset({"own", "pos", "other"})
"""Platforms that are the brand's own affair; their files look alike."""
_NO_NAME: Final = frozenset({"", "0", "null", "-", "--"})


SILENCE: Final = Text("", "")


@dataclass(frozen=True)
class Glance:
    """A table as detection saw it. ``shop_names``: distinct values of its shop column, in the sample."""

    name: str
    header: list[str]
    matches: list[Match]
    shop_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class TablePlan:
    """How one table is read. ``profile`` None: it is left out, and ``why`` says for what reason."""

    table: int
    name: str
    profile: Profile | None
    why: Text = SILENCE
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShopGuess:
    """Whose file it is: a known shop, or what a new one would be called, or neither."""

    shop: ShopRow | None = None
    new_name: str = ""
    platform: str = ""
    candidates: tuple[ShopRow, ...] = field(default=())


def choose(glances: Sequence[Glance], chosen: Profile | None) -> list[TablePlan]:
    """A plan per table: ``chosen`` for every table it fits, or each table's own clear best match.

    A person's choice stands for a file with one table, whatever that looks like; among several it is
    not forced on those that clearly are another report.
    """
    several = len(glances) > 1
    return [
        _chosen(number, glance, chosen, several=several) if chosen else _best(number, glance)
        for number, glance in enumerate(glances)
    ]


def usable(plans: Iterable[TablePlan]) -> list[TablePlan]:
    """The tables that will be read."""
    return [plan for plan in plans if plan.profile is not None]


def main_set(profile: Profile) -> str:
    """The record set that a report is about: what "new" and "changed" of a file count."""
    return "lines" if profile.stubs else profile.produces[0]


def main_sets(plans: Iterable[TablePlan]) -> list[str]:
    """The record sets that a file is about."""
    return list(dict.fromkeys(main_set(plan.profile) for plan in plans if plan.profile))


def needs_shop(plans: Iterable[TablePlan]) -> bool:
    """Whether any record of the file belongs to a shop."""
    return any(
        plan.profile is not None and not SHOPLESS.issuperset(plan.profile.produces)
        for plan in plans
    )


def guess_shop(
    plans: Sequence[TablePlan], glances: Sequence[Glance], shops: Sequence[ShopRow]
) -> ShopGuess:
    """The shop by the name in the file, else the only one it can be."""
    wanted = platforms_of(plans)
    candidates = tuple(shop for shop in shops if not wanted or shop.platform in wanted)
    used = [glances[plan.table] for plan in usable(plans)]
    names = {name for glance in used for name in glance.shop_names} - _NO_NAME
    named = [shop for shop in candidates if shop.name in names]
    if len(named) == 1:
        return ShopGuess(named[0], candidates=candidates)
    new = ShopGuess(None, min(names, default=""), platform_of(plans), candidates)
    if len(candidates) != 1 or len(names) > 1:
        return new
    only = candidates[0]
    # A file that names another shop is not put into the only one, unless that has no name of its own.
    return ShopGuess(only, candidates=candidates) if not names or is_unnamed(only) else new


def platforms_of(plans: Sequence[TablePlan]) -> frozenset[str]:
    """Platforms whose shops the file can be of; empty where any shop will do."""
    wanted: set[str] = set()
    for plan in usable(plans):
        assert plan.profile is not None
        if plan.profile.platform in PLATFORMS and plan.profile.platform not in _OPEN:
            wanted |= next(
                (f for f in _FAMILIES if plan.profile.platform in f), {plan.profile.platform}
            )
        elif "trades" in plan.profile.produces:
            wanted |= _OPEN
    return frozenset(wanted)


def is_unnamed(shop: ShopRow) -> bool:
    """Whether a shop still has the name it was given for want of a better one."""
    return shop.name == default_name(shop.platform)


def platform_of(plans: Sequence[TablePlan]) -> str:
    """The platform a new shop for this file would be on."""
    for plan in usable(plans):
        if plan.profile is not None and plan.profile.platform in PLATFORMS:
            return plan.profile.platform
    tills = any(plan.profile and plan.profile.code == "pos_tickets" for plan in plans)
    return "pos" if tills else "other"


def default_name(platform: str) -> str:
    """What a shop is called that nobody has named yet."""
    label = PLATFORMS.get(platform, PLATFORMS["other"])
    return f"{label.zh}店"


def _best(number: int, glance: Glance) -> TablePlan:
    complete = [match for match in glance.matches if not match.missing]
    if complete and complete[0].score >= CLEAR:
        return TablePlan(number, glance.name, complete[0].profile, complete[0].why)
    if glance.matches:
        nearest = glance.matches[0]
        return TablePlan(
            number,
            glance.name,
            None,
            Text(
                f"最像“{nearest.profile.label.zh}”，但缺少列：{'、'.join(nearest.missing) or '特征列'}",
                f"Nearest is “{nearest.profile.label.en}”, but columns are missing: "
                f"{', '.join(nearest.missing) or 'its typical ones'}",
            ),
            tuple(nearest.missing),
        )
    return TablePlan(
        number,
        glance.name,
        None,
        Text("没有认识的报表有这些列", "No known report has these columns"),
    )


def _chosen(number: int, glance: Glance, profile: Profile, *, several: bool) -> TablePlan:
    own = _best(number, glance).profile
    if several and own is not None and own is not profile and not profile.is_mapping:
        why = Text(f"这是“{own.label.zh}”", f"It is a table of “{own.label.en}”")
        return TablePlan(number, glance.name, None, why)
    missing = fit(profile, glance.header).missing
    if profile.options.no_header or profile.options.header_row is not None or not missing:
        return TablePlan(number, glance.name, profile)
    return TablePlan(
        number,
        glance.name,
        None,
        Text(f"缺少列：{'、'.join(missing)}", f"Columns are missing: {', '.join(missing)}"),
        missing,
    )

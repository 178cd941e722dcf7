"""Looking at a file before it is read: which report is it, whose shop, and what a person must say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from huitou.accounts import shops
from huitou.accounts.shops import ShopRow
from huitou.intake import batches
from huitou.intake.detect import detect
from huitou.intake.mapping import profile_from_json
from huitou.intake.masking import mask_row
from huitou.intake.models import Batch
from huitou.intake.normalise import MissingColumns
from huitou.intake.plan import Glance, ShopGuess, TablePlan, choose, guess_shop, main_set, usable
from huitou.intake.profiles import PROFILES
from huitou.intake.profiles.base import Profile
from huitou.intake.readers import open_source
from huitou.intake.staging import SAMPLE_ROWS, WatchedFile
from huitou.intake.workplace import Workplace
from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text

AUTO: Final = "auto"
_SHOP_HEADERS: Final = ("店铺名称",)


@dataclass(frozen=True)
class Look:
    """What a file seems to be."""

    glances: list[Glance]
    plans: list[TablePlan]
    guess: ShopGuess

    @property
    def is_clear(self) -> bool:
        return bool(usable(self.plans))


def look(batch: Batch, work: Workplace) -> Look:
    """Read the tops of a file's tables and decide how it is read. Keeps what it saw in the batch.

    Raises ``UnreadableFile`` for what is no table, and ``MissingColumns`` when a profile was chosen
    that fits no table of the file.
    """
    chosen = profile_of(batch.choice)
    source = WatchedFile(work, batch.content, batch.size)
    try:
        glances, tables = [], []
        for table in open_source(source.open, batch.name).tables():
            sample = table.sample(SAMPLE_ROWS)
            glances.append(
                Glance(
                    table.name,
                    table.header,
                    detect(table.header, sample),
                    _shop_names(table.header, sample),
                )
            )
            tables.append(
                {
                    "name": table.name,
                    "header": table.header,
                    "header_row": table.header_row,
                    "rows_sampled": [mask_row(table.header, cells) for cells in sample],
                }
            )
    finally:
        source.close()
    plans = choose(glances, chosen)
    for plan, entry in zip(plans, tables, strict=True):
        entry["profile"] = plan.profile.code if plan.profile else None
        entry["about"] = main_set(plan.profile) if plan.profile else None
        entry["why"] = {"zh": plan.why.zh, "en": plan.why.en}
    best = max(glances, key=lambda glance: glance.matches[0].score if glance.matches else 0.0)
    matches = [
        {
            "profile": match.profile.code,
            "score": round(match.score, 4),
            "why": {"zh": match.why.zh, "en": match.why.en},
            "missing": list(match.missing),
        }
        for match in best.matches[:5]
    ]
    batches.change(batch, tables=tables, matches=matches)
    if chosen is not None and not usable(plans):
        raise missing_columns(batch.name, chosen, plans)
    return Look(glances, plans, guess_shop(plans, glances, _candidates(batch)))


def _candidates(batch: Batch) -> list[ShopRow]:
    """The shops a file can be of: those of whoever sent it."""
    allowed = batch.choice.get("shops")
    return [shop for shop in shops.all_shops() if allowed is None or shop.shop in allowed]


def profile_of(choice: dict[str, Any]) -> Profile | None:
    """The profile a person chose; None for "auto". Raises ``InvalidInput`` for an unknown code."""
    if choice.get("mapping"):
        return profile_from_json(choice["mapping"])
    code = choice.get("profile") or AUTO
    if code == AUTO:
        return None
    if code not in PROFILES:
        raise InvalidInput(
            Text(f"没有叫 {code} 的模板", f"There is no profile {code}"),
            remedy=Text(
                f"可用：auto、{'、'.join(PROFILES)}", f"Use auto or one of: {', '.join(PROFILES)}"
            ),
            where={"field": "profile"},
        )
    return PROFILES[code]


def missing_columns(name: str, profile: Profile, plans: Sequence[TablePlan]) -> MissingColumns:
    """The error for a file that the chosen profile does not fit."""
    columns = list(dict.fromkeys(column for plan in plans for column in plan.missing))
    return MissingColumns(
        Text(
            f"{name} 缺少“{profile.label.zh}”必需的列：{'、'.join(columns)}",
            f"{name} lacks columns that “{profile.label.en}” needs: {', '.join(columns)}",
        ),
        remedy=Text(
            "导出时勾选这些列，或换一个模板，或自己画一个映射",
            "Tick these columns when exporting, choose another profile, or draw a mapping",
        ),
        where={"file": name, "columns": columns},
    )


def unclear(batch: Batch, seen: Look) -> InvalidInput:
    """Why a file cannot be read without a person: no table of it is a known report."""
    nearest = next((plan for plan in seen.plans if plan.missing), seen.plans[0])
    return InvalidInput(
        Text(f"认不出 {batch.name} 是哪种报表：{nearest.why.zh}",
             f"{batch.name} is no report that is known: {nearest.why.en}"),
        remedy=Text(
            "指定模板（--profile），或画一个映射并用它导入（--mapping）",
            "Name a profile (--profile), or draw a mapping and import with it (--mapping)",
        ),
        code="file_unknown",
        where={"file": batch.name, "columns": list(nearest.missing)},
    )  # fmt: skip


def whose(batch: Batch, seen: Look) -> InvalidInput:
    """Why a file cannot be read without a person: nobody knows which shop it is of."""
    known = "、".join(shop.code for shop in seen.guess.candidates) or "–"
    named = seen.guess.new_name
    said = (
        Text(f"（文件中的店铺名称：{named}）", f" (the file says: {named})")
        if named
        else Text("", "")
    )
    return InvalidInput(
        Text(
            f"不知道 {batch.name} 属于哪个店铺{said.zh}",
            f"It is not clear whose shop {batch.name} is of{said.en}",
        ),
        remedy=Text(
            f"指定店铺（--shop）。可选：{known}；没有的先在 设置 › 店铺 新建",
            f"Name the shop (--shop). Known: {known}; add others in Settings › Shops",
        ),
        code="shop_unknown",
        where={"file": batch.name, "candidates": [shop.code for shop in seen.guess.candidates]},
    )


def _shop_names(header: Sequence[str], sample: Sequence[Sequence[str]]) -> tuple[str, ...]:
    at = next((i for i, name in enumerate(header) if name.strip() in _SHOP_HEADERS), None)
    if at is None:
        return ()
    return tuple(dict.fromkeys(cells[at].strip() for cells in sample if at < len(cells)))

"""What a person should know about a file although it stops nothing."""

from __future__ import annotations

from typing import Final

from huitou.intake.fields import field_of
from huitou.intake.looking import Look
from huitou.intake.plan import usable
from huitou.intake.staging import Staged
from huitou.kernel.i18n import Text

WORDS_SHOWN: Final = 5


def warnings_of(seen: Look, found: Staged) -> list[Text]:
    """Tables left out, and words that no map knows."""
    warnings = [
        Text(
            f"表“{plan.name}”没有读取：{plan.why.zh}",
            f"The table “{plan.name}” was left out: {plan.why.en}",
        )
        for plan in seen.plans
        if plan.profile is None
    ]
    for name, words in sorted(found.unknown.items()):
        listed = [f"{word} × {count:,}" for word, count in words.most_common(WORDS_SHOWN)]
        more = len(words) - len(listed)
        label = _label(seen, name)
        zh, en = "、".join(listed), ", ".join(listed)
        if more > 0:
            zh, en = f"{zh} 等 {more} 种", f"{en} and {more} more"
        warnings.append(
            Text(
                f"“{label.zh}”有不认识的取值，按空处理：{zh}",
                f"“{label.en}” has values that are not known and count as missing: {en}",
            )
        )
    return warnings


def _label(seen: Look, name: str) -> Text:
    for plan in usable(seen.plans):
        known = field_of(plan.profile.grain, name) if plan.profile else None
        if known is not None:
            return known.label
    return Text(name, name)

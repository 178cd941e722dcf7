"""What a batch would do, or did, in numbers that a person decides by."""

from __future__ import annotations

from typing import Any, Final

from huitou.intake.fields import field_of
from huitou.intake.looking import Look
from huitou.intake.models import Batch
from huitou.intake.outcome import SET_LABELS, Rehearsal, outcome_of
from huitou.intake.plan import main_sets, usable
from huitou.intake.staging import Staged
from huitou.kernel.i18n import Text

WORDS_SHOWN: Final = 5


def preview_of(batch: Batch, seen: Look, found: Staged, rehearsal: Rehearsal) -> dict[str, Any]:
    """What the preview screen shows, as the batch keeps it: texts in both languages."""
    outcome = outcome_of(main_sets(seen.plans), rehearsal)
    sets = rehearsal.facts.sets
    return {
        "sets": [
            {"name": name, **outcome["sets"][name]}
            for name in SET_LABELS
            if name in outcome["sets"]
        ],
        "members": {
            "new": rehearsal.identities.members_new,
            "known": rehearsal.identities.members_known,
            "unidentified": rehearsal.unidentified,
        },
        "sample": found.sample,
        "totals": {
            "trades": sets["trades"].total if "trades" in sets else 0,
            "lines": sets["lines"].total if "lines" in sets else 0,
            "members": rehearsal.identities.members_new + rehearsal.identities.members_known,
            "paid_amount": outcome["paid_amount"],
            "refunded_amount": outcome["refunded_amount"],
        },
        "warnings": [
            {"zh": text.zh, "en": text.en}
            for text in (*same_warning(batch), *warnings_of(seen, found))
        ],
    }


def same_warning(batch: Batch) -> list[Text]:
    """That the same bytes were handed in before."""
    same = batch.same_as
    if same is None or same.state != "committed":
        return []
    return [
        Text(
            f"与批次 {same.pk}（{same.name}）的内容完全相同",
            f"The content is the same as that of batch {same.pk} ({same.name})",
        )
    ]


def warnings_of(seen: Look, found: Staged) -> list[Text]:
    """What a person should know although it stops nothing."""
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

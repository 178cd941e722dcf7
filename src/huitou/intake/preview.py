"""What a batch would do, in numbers that a person decides by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from huitou.intake.models import Batch
from huitou.intake.outcome import SET_LABELS, records_in


def preview_of(
    batch: Batch, sample: list[dict[str, Any]], outcome: Mapping[str, Any]
) -> dict[str, Any]:
    """What the preview screen shows, as the batch keeps it: texts in both languages."""
    sets = outcome["sets"]
    return {
        "sets": [{"name": name, **sets[name]} for name in SET_LABELS if name in sets],
        "members": {
            "new": outcome["members_new"],
            "known": outcome["members_known"],
            "unidentified": outcome["unidentified"],
        },
        "sample": sample,
        "totals": {
            "trades": records_in(outcome, "trades"),
            "lines": records_in(outcome, "lines"),
            "members": outcome["members_new"] + outcome["members_known"],
            "paid_amount": outcome["paid_amount"],
            "refunded_amount": outcome["refunded_amount"],
        },
        "warnings": [*same_warning(batch), *batch.warnings],
    }


def same_warning(batch: Batch) -> list[dict[str, str]]:
    """That the same bytes were handed in before."""
    same = batch.same_as
    if same is None or same.state != "committed":
        return []
    return [
        {
            "zh": f"与批次 {same.pk}（{same.name}）的内容完全相同",
            "en": f"The content is the same as that of batch {same.pk} ({same.name})",
        }
    ]

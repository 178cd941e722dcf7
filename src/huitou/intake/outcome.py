"""What a commit did, or a rehearsal would do, in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from huitou.intake.models import Batch
from huitou.kernel.i18n import Text
from huitou.kernel.money import shown
from huitou.members.identity import ResolveReport
from huitou.warehouse.facts import ApplyReport

SET_LABELS: Final[dict[str, Text]] = {
    "trades": Text("订单", "Orders"),
    "lines": Text("商品明细", "Order lines"),
    "refunds": Text("退款", "Refunds"),
    "parcels": Text("包裹", "Parcels"),
    "parcel_events": Text("物流轨迹", "Parcel events"),
    "reviews": Text("评价", "Reviews"),
    "items": Text("商品", "Items"),
    "profiles": Text("会员资料", "Member profiles"),
    "profile_attributes": Text("会员属性", "Member attributes"),
    "visits": Text("访问", "Visits"),
}
"""Record sets that a person is told about, in the order they are shown."""


@dataclass(frozen=True)
class Rehearsal:
    """What a commit did, or would do."""

    facts: ApplyReport
    identities: ResolveReport
    unidentified: int  # orders whose buyer nothing in the file names


def outcome_of(main: Sequence[str], rehearsal: Rehearsal) -> dict[str, Any]:
    """New, changed and unchanged records of each set, and of the sets that the file is about."""
    sets = {
        name: {"new": done.inserted, "changed": done.updated, "unchanged": done.unchanged}
        for name, done in rehearsal.facts.sets.items()
        if name in SET_LABELS and done.total
    }
    counted = [rehearsal.facts.sets[name] for name in main if name in rehearsal.facts.sets]
    return {
        "sets": sets,
        "inserted": sum(done.inserted for done in counted),
        "updated": sum(done.updated for done in counted),
        "unchanged": sum(done.unchanged for done in counted),
        "members_new": rehearsal.identities.members_new,
        "paid_amount": str(shown(rehearsal.facts.paid_amount)),
        "refunded_amount": str(shown(rehearsal.facts.refunded_amount)),
    }


def about(batch: Batch) -> list[str]:
    """The record sets that a batch is about, as ``pipeline.look`` found; orders where nobody looked."""
    found = list(dict.fromkeys(table["about"] for table in batch.tables if table.get("about")))
    return found or ["trades"]

"""What a commit did, or a rehearsal would do, in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def outcome_of(
    main: Sequence[str], facts: ApplyReport, identities: ResolveReport, unidentified: int
) -> dict[str, Any]:
    """What a commit did, or a rehearsal would do, as JSON.

    ``sets``: new, changed and unchanged records of each set; ``inserted``, ``updated`` and
    ``unchanged``: those of the sets ``main`` that the file is about. Amounts are those of the file's
    orders. ``unidentified``: orders whose buyer nothing in the file names.
    """
    sets = {
        name: {"new": done.inserted, "changed": done.updated, "unchanged": done.unchanged}
        for name, done in facts.sets.items()
        if name in SET_LABELS and done.total
    }
    counted = [facts.sets[name] for name in main if name in facts.sets]
    return {
        "sets": sets,
        "inserted": sum(done.inserted for done in counted),
        "updated": sum(done.updated for done in counted),
        "unchanged": sum(done.unchanged for done in counted),
        "members_new": identities.members_new,
        "members_known": identities.members_known,
        "unidentified": unidentified,
        "paid_amount": str(shown(facts.paid_amount)),
        "refunded_amount": str(shown(facts.refunded_amount)),
    }


def repeated(outcome: Mapping[str, Any]) -> dict[str, Any]:
    """The outcome of taking the same records in once more: all of them unchanged."""
    return {
        **outcome,
        "sets": {
            name: {"new": 0, "changed": 0, "unchanged": sum(counts.values())}
            for name, counts in outcome["sets"].items()
        },
        "inserted": 0,
        "updated": 0,
        "unchanged": outcome["inserted"] + outcome["updated"] + outcome["unchanged"],
        "members_new": 0,
        "members_known": outcome["members_new"] + outcome["members_known"],
    }


def records_in(outcome: Mapping[str, Any], record_set: str) -> int:
    """How many records of a set the file holds."""
    return sum(outcome["sets"].get(record_set, {}).values())


def about(batch: Batch) -> list[str]:
    """The record sets that a batch is about, as ``pipeline.look`` found; orders where nobody looked."""
    found = list(dict.fromkeys(table["about"] for table in batch.tables if table.get("about")))
    return found or ["trades"]

"""Refund requests: the newest version of each stands; the later state of two of one time."""

from __future__ import annotations

from typing import Final

import ibis

from huitou.warehouse.schema import REFUND_STATES
from huitou.warehouse.versions import Batch, SetReport, hashed, or_epoch, position, settle

FACET: Final = (
    "trade_id",
    "shop",
    "state",
    "applied_at",
    "finished_at",
    "amount",
    "reason",
    "is_return",
)


def apply(batch: Batch) -> SetReport:
    """Bring a stage's refunds in; their trades are linked later.

    Leaves ``refund_next`` (rows written) and ``refund_touched`` (source, trade_id), the trades
    whose sum of refunds may differ now.
    """
    writer = batch.writer
    stored = writer.table("refund")
    incoming = batch.stage.table("refunds")
    incoming = incoming.mutate(fingerprint=hashed(incoming, FACET))
    # A later version may name another trade (a corrected order number): both sums change.
    named_before = stored.semi_join(incoming, ["source", "refund_id"]).select("source", "trade_id")
    before = writer.temp("refund_before", named_before)
    settled = settle(
        batch,
        "refund",
        incoming,
        key=["source", "refund_id"],
        order=_order(incoming),
        stored_order=_order(stored),
        number="refund",
        keep=["trade", "member"],
    )
    touched = settled.next.select("source", "trade_id").union(before, distinct=True)
    writer.temp("refund_touched", touched.filter(touched.trade_id.notnull()))
    writer.drop_temp("refund_before")
    return settled.report


def _order(rows: ibis.Table) -> dict[str, ibis.Value]:
    return {
        "at": or_epoch(rows.version_at),
        "state": position(rows.state, REFUND_STATES),
        "print": rows.fingerprint.fill_null(0),
    }

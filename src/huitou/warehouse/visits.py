"""Visits: facts without a number of their own, so the same content twice is one visit."""

from __future__ import annotations

from typing import Final

from huitou.warehouse.versions import (
    Batch,
    SetReport,
    hashed,
    highest,
    newest,
    numbered,
    staged_buyers,
)

FACET: Final = ("source", "shop", "kind", "item_key", "session", "occurred_at", "buyer_key")


def apply(batch: Batch) -> SetReport:
    """Add the visits that are not known yet. Leaves ``visit_next``."""
    writer = batch.writer
    staged = batch.stage.table("visits")
    items = writer.table("item").select("source", "item_key", "item")
    rows = staged.left_join(staged_buyers(batch, "visits"), "row_no", rname="buyer_{name}")
    rows = rows.left_join(items, ["source", "item_key"], rname="item_{name}")
    rows = writer.temp("visit_in", rows.mutate(fingerprint=hashed(rows, FACET)))
    once = newest(rows, ["fingerprint"], ["row_no"])
    fresh = once.anti_join(writer.table("visit"), "fingerprint")
    fresh = fresh.mutate(batch=batch.mark)
    last = highest(writer, "visit", "visit")
    added = writer.temp("visit_next", numbered(fresh, "visit", last, ["occurred_at", "row_no"]))
    inserted = writer.insert("visit", added)
    total = int(writer.scalar(rows.fingerprint.nunique()))
    writer.drop_temp("visit_in")
    return SetReport(inserted, 0, total - inserted)

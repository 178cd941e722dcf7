"""Bring one stage into the warehouse: every record set, links, totals and the feed.

The result depends on what the stages hold, not on their order or on how often they come (but for the
numbers given to trades, items and so on, and the feed, which tells what happened when).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import ibis

from huitou.kernel.clock import naive_utc
from huitou.warehouse import (
    feed,
    items,
    lines,
    parcels,
    profiles,
    refunds,
    reviews,
    totals,
    trades,
    visits,
)
from huitou.warehouse.links import reassign, relink
from huitou.warehouse.staging import Stage
from huitou.warehouse.store import Writer
from huitou.warehouse.versions import Batch, SetReport

__all__ = ["ApplyReport", "SetReport", "apply", "reassign"]


@dataclass
class ApplyReport:
    """What a stage did. ``sets`` by name of the record set; amounts are those of the stage's trades,
    whether new or known; ``touched`` is how many members were counted again."""

    sets: dict[str, SetReport] = field(default_factory=dict)
    paid_amount: Decimal = Decimal(0)
    refunded_amount: Decimal = Decimal(0)
    touched: int = 0
    changes: int = 0

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing was new or different."""
        return not any(one.inserted or one.updated for one in self.sets.values())


def apply(writer: Writer, stage: Stage, *, batch: int, now: datetime, zone: str) -> ApplyReport:
    """Bring a stage in, within the writer's transaction.

    Expects ``stage_buyer`` (record_set, row_no, buyer_key, buyer_rank, member), one row per row of the
    stage whose buyer is known, and up-to-date ``identity_key`` and ``member`` tables. ``now`` is aware.
    """
    writer.attach(stage)
    work = Batch(writer, stage, batch, naive_utc(now), zone)
    report = ApplyReport()
    report.sets["items"] = items.apply(work)
    report.sets["refunds"] = refunds.apply(work)
    outcome = trades.apply(work)
    report.sets["trades"] = outcome.report
    report.paid_amount, report.refunded_amount = outcome.paid, outcome.refunded
    report.sets["lines"] = lines.apply(work)
    refreshed = _refresh_lines(work)
    report.sets["parcels"], report.sets["parcel_events"] = parcels.apply(work)
    report.sets["reviews"] = reviews.apply(work)
    report.sets["visits"] = visits.apply(work)
    report.sets["profiles"], report.sets["profile_attributes"] = profiles.apply(work)
    writer.temp("review_before", _review_members(writer))
    for name in ("refund", "parcel", "review"):
        relink(writer, name)
    touched = _touched(work, refreshed)
    report.touched = writer.count(touched)
    known = writer.table("member_totals")
    newcomers = writer.temp("member_new", touched.anti_join(known, "member"))
    changed = profiles.refresh(writer, touched)
    totals.refresh(writer, touched)
    report.changes = feed.append(
        writer, _feed(writer, newcomers, changed), batch=batch, now=work.now
    )
    return report


def _refresh_lines(batch: Batch) -> ibis.Table:
    """Put right the lines of rewritten trades and of items whose category changed.

    Returns ``line_recategorised`` (member): whose distinct categories may differ now.
    """
    writer = batch.writer
    work, changed = writer.table("trade_work"), writer.table("item_changed")
    held = writer.table("trade_line")
    rewritten = work.filter(~work.is_new)
    if writer.count(rewritten):
        lines.refresh(batch, held.semi_join(rewritten, "trade"))
    recategorised = changed.filter(changed.category_changed)
    members = held.limit(0).select("member")
    if writer.count(recategorised):
        stale = held.semi_join(recategorised, "item")
        members = lines.refresh(batch, stale).select("member").distinct()
    return writer.temp("line_recategorised", members)


def _review_members(writer: Writer) -> ibis.Table:
    """The members of the reviews that may change hands, before they do."""
    rows = writer.table("review")
    by_trade = rows.semi_join(writer.table("trade_work"), ["source", "trade_id"])
    by_writer = rows.semi_join(writer.table("review_buyer"), "review")
    return by_trade.union(by_writer).select("member").distinct()


def _touched(batch: Batch, recategorised: ibis.Table) -> ibis.Table:
    """Members whose columns or totals may differ now."""
    writer = batch.writer
    work, trade, review = (writer.table(n) for n in ("trade_work", "trade", "review"))
    keys, buyers = writer.table("identity_key"), writer.table("stage_buyer")
    written_reviews = writer.table("review_next").select("review")
    written_reviews = written_reviews.union(writer.table("review_buyer").select("review"))
    by_trade = review.semi_join(work, ["source", "trade_id"])
    parts = [
        work.select(member=work.member_before),
        trade.semi_join(work, "trade").select("member"),
        trade.semi_join(writer.table("line_touched"), "trade").select("member"),
        recategorised,
        writer.table("review_before"),
        review.semi_join(written_reviews, "review").select("member"),
        by_trade.select("member"),
        writer.table("visit_next").select("member"),
        writer.table("profile_next").select("member"),
        keys.filter(keys.batch == batch.number).select("member"),
        buyers.anti_join(writer.table("member_totals"), "member").select("member"),
    ]
    every = ibis.union(*parts, distinct=True)
    return writer.temp("member_touched", every.filter(every.member.notnull()))


def _feed(writer: Writer, newcomers: ibis.Table, changed: ibis.Table) -> ibis.Table:
    """The feed's rows: trades, lines of trades that did not change themselves, and the rest."""
    work = writer.table("trade_work")
    real = work.filter(work.is_real)
    trade = writer.table("trade")
    of_trades = trade.inner_join(real, "trade", rname="work_{name}")
    touched = writer.table("line_touched").anti_join(real, "trade")
    of_lines = trade.inner_join(touched, "trade", rname="line_{name}")
    people = writer.table("member").semi_join(newcomers, "member")
    known = changed.anti_join(newcomers, "member")
    visit = writer.table("visit_next")
    parts = [
        _rows(of_trades, "trade", "trade", after=of_trades.status, at=of_trades.version_at),
        _rows(of_lines, "trade_line", "trade", after=of_lines.status, at=of_lines.version_at),
        *[_of_things(writer, name) for name in ("refund", "parcel", "review")],
        _rows(visit.mutate(is_new=True), "visit", "visit", after=visit.kind, at=visit.occurred_at),
        _rows(people.mutate(is_new=True), "member", "member", at=people.first_seen_at),
        _rows(known.mutate(is_new=False), "member", "member"),
    ]
    return ibis.union(*parts)


def _of_things(writer: Writer, name: str) -> ibis.Table:
    """Feed rows of refunds, parcels or reviews, with the member they have by now."""
    written = writer.table(f"{name}_next")
    real = written.filter(written.is_real).select(name, "is_new", "state_before")
    rows = writer.table(name).inner_join(real, name, rname="next_{name}")
    if name == "parcel":
        return _rows(rows, name, name, after=rows.state, at=rows.last_event_at)
    after = rows.rating if name == "review" else rows.state
    return _rows(rows, name, name, after=after, at=rows.version_at)


def _rows(
    rows: ibis.Table,
    kind: str,
    subject: str,
    *,
    after: ibis.Value | None = None,
    at: ibis.Value | None = None,
) -> ibis.Table:
    nothing = ibis.null("string")
    return rows.select(
        kind=ibis.literal(kind),
        change=ibis.ifelse(rows.is_new, "new", "changed"),
        member=rows.member,
        subject=rows[subject],
        before=rows.state_before if "state_before" in rows.columns else nothing,
        after=nothing if after is None else after,
        occurred_at=ibis.null("timestamp(6)") if at is None else at,
    )

"""Bring one stage into the warehouse: every record set, links, totals and the feed.

The result depends on what the stages hold, not on their order or on how often they come (but for the
numbers given to trades, items and so on, and the feed, which tells what happened when).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

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

_TEMPORARY: Final = (
    "item_changed",
    "line_recategorised",
    "line_refreshed",
    "line_touched",
    "member_attribute_next",
    "member_changed",
    "member_new",
    "member_touched",
    "parcel_next",
    "profile_next",
    "refund_next",
    "refund_touched",
    "review_before",
    "review_buyer",
    "review_next",
    "trade_work",
    "visit_next",
)
"""What one application leaves behind; the next must not find it."""


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
    has = frozenset(row["name"] for row in writer.rows(stage.sizes()) if row["size"])
    work = Batch(writer, stage, batch, naive_utc(now), zone, has)
    report = ApplyReport()
    _apply_sets(work, report)
    recategorised = _refresh_lines(work)
    before = _review_members(writer)
    for name in ("refund", "parcel", "review"):
        relink(writer, name)
    touched = _touched(work, [recategorised, before])
    report.touched = writer.count(touched)
    if report.touched:
        known = writer.table("member_totals")
        writer.temp("member_new", touched.anti_join(known, "member"))
        profiles.refresh(writer, touched)
        totals.refresh(writer, touched)
    rows = _feed(writer)
    if rows:
        report.changes = feed.append(writer, ibis.union(*rows), batch=batch, now=work.now)
    writer.drop_temp(*_TEMPORARY)
    return report


def _apply_sets(batch: Batch, report: ApplyReport) -> None:
    """Every record set that the stage fills, in an order in which each finds what it names."""
    has, sets = batch.has, report.sets
    if has & {"items", "lines", "reviews", "visits"}:
        sets["items"] = items.apply(batch)
    if "refunds" in has:
        sets["refunds"] = refunds.apply(batch)
    if has & {"trades", "lines", "refunds"}:
        outcome = trades.apply(batch)
        sets["trades"] = outcome.report
        report.paid_amount, report.refunded_amount = outcome.paid, outcome.refunded
    if "lines" in has:
        sets["lines"] = lines.apply(batch)
    if has & {"parcels", "parcel_events"}:
        sets["parcels"], sets["parcel_events"] = parcels.apply(batch)
    if "reviews" in has:
        sets["reviews"] = reviews.apply(batch)
    if "visits" in has:
        sets["visits"] = visits.apply(batch)
    if has & {"profiles", "profile_attributes"}:
        sets["profiles"], sets["profile_attributes"] = profiles.apply(batch)


def _refresh_lines(batch: Batch) -> ibis.Table | None:
    """Put right the lines of rewritten trades and of items whose category changed.

    Returns ``line_recategorised`` (member): whose distinct categories may differ now.
    """
    writer = batch.writer
    held = writer.table("trade_line")
    if writer.has_temp("trade_work"):
        work = writer.table("trade_work")
        rewritten = work.filter(~work.is_new)
        if writer.count(rewritten):
            lines.refresh(batch, held.semi_join(rewritten, "trade"))
    if writer.has_temp("item_changed"):
        changed = writer.table("item_changed")
        recategorised = changed.filter(changed.category_changed)
        if writer.count(recategorised):
            stale = lines.refresh(batch, held.semi_join(recategorised, "item"))
            return writer.temp("line_recategorised", stale.select("member").distinct())
    return None


def _review_members(writer: Writer) -> ibis.Table | None:
    """The members of the reviews that may change hands, before they do."""
    rows = writer.table("review")
    parts = _semi_joins(
        writer, rows, {"trade_work": ["source", "trade_id"], "review_buyer": "review"}
    )
    if not parts:
        return None
    return writer.temp("review_before", ibis.union(*parts).select("member").distinct())


def _touched(batch: Batch, known: list[ibis.Table | None]) -> ibis.Table:
    """Members whose columns or totals may differ now."""
    writer = batch.writer
    trade, review = writer.table("trade"), writer.table("review")
    keys, buyers = writer.table("identity_key"), writer.table("stage_buyer")
    parts = [
        keys.filter(keys.batch == batch.mark),
        buyers.anti_join(writer.table("member_totals"), "member"),
        *[part for part in known if part is not None],
        *_semi_joins(writer, trade, {"trade_work": "trade", "line_touched": "trade"}),
        *_semi_joins(
            writer,
            review,
            {
                "trade_work": ["source", "trade_id"],
                "review_next": "review",
                "review_buyer": "review",
            },
        ),
        *[writer.table(name) for name in ("visit_next", "profile_next") if writer.has_temp(name)],
    ]
    if writer.has_temp("trade_work"):
        parts.append(writer.table("trade_work").select(member=ibis._.member_before))
    every = ibis.union(*(part.select("member") for part in parts), distinct=True)
    return writer.temp("member_touched", every.filter(every.member.notnull()))


def _semi_joins(
    writer: Writer, rows: ibis.Table, by: dict[str, str | list[str]]
) -> list[ibis.Table]:
    """The rows named by each of the temporary tables that this batch made."""
    return [
        rows.semi_join(writer.table(name), key) for name, key in by.items() if writer.has_temp(name)
    ]


def _feed(writer: Writer) -> list[ibis.Table]:
    """The feed's rows: trades, lines of trades that did not change themselves, and the rest."""
    trade = writer.table("trade")
    parts = []
    if writer.has_temp("member_new"):
        newcomers = writer.table("member_new")
        people = writer.table("member").semi_join(newcomers, "member").mutate(is_new=True)
        parts.append(_rows(people, "member", "member", at=people.first_seen_at))
        known = _changed_members(writer).anti_join(newcomers, "member")
        parts.append(_rows(known.mutate(is_new=False), "member", "member"))
    if writer.has_temp("item_changed"):
        items_known = writer.table("item_changed").filter(~ibis._.is_new)
        nobody = items_known.mutate(member=ibis.null("int64"))
        parts.append(_rows(nobody, "item", "item"))
    if writer.has_temp("trade_work"):
        work = writer.table("trade_work")
        real = work.filter(work.is_real)
        rows = trade.inner_join(real, "trade", rname="work_{name}")
        parts.append(_rows(rows, "trade", "trade", after=rows.status, at=rows.version_at))
        if writer.has_temp("line_touched"):
            touched = writer.table("line_touched").anti_join(real, "trade")
            rows = trade.inner_join(touched, "trade", rname="line_{name}")
            parts.append(_rows(rows, "trade_line", "trade", after=rows.status, at=rows.version_at))
    if writer.has_temp("visit_next"):
        visit = writer.table("visit_next").mutate(is_new=True)
        parts.append(_rows(visit, "visit", "visit", after=visit.kind, at=visit.occurred_at))
    parts += [
        _of_things(writer, name)
        for name in ("refund", "parcel", "review")
        if writer.has_temp(f"{name}_next")
    ]
    return parts


def _changed_members(writer: Writer) -> ibis.Table:
    """(member), each once: whose columns or custom fields changed, or who lost an order to another."""
    parts = [writer.table("member_changed").select("member")]
    if writer.has_temp("member_attribute_next"):
        parts.append(writer.table("member_attribute_next").select("member"))
    if writer.has_temp("trade_work"):
        moved = writer.table("trade_work").inner_join(
            writer.table("trade"), "trade", rname="now_{name}"
        )
        lost = moved.filter(~moved.member_before.identical_to(moved.member))
        parts.append(lost.select(member=lost.member_before))
    found = ibis.union(*parts, distinct=True) if len(parts) > 1 else parts[0].distinct()
    return found.filter(found.member.notnull())


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

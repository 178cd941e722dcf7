"""Parcels: what order and logistics files say of a waybill, and what its trace adds up to.

Trace rows arrive late, twice and out of order, so a parcel's state is a function of the set of its
rows: the newest one, except that after the first signature only a return counts. What files report
without a trace stands behind every trace row (and a reported signature at its reported time).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Final

import ibis

from huitou.warehouse.schema import PARCEL_STATES
from huitou.warehouse.store import shaped
from huitou.warehouse.versions import (
    LONG_AGO,
    Batch,
    SetReport,
    greatest,
    highest,
    numbered,
    position,
    report_of,
)

KEY: Final = ("carrier", "waybill")
EVENT: Final = ("parcel", "state", "occurred_at", "province", "city", "text")
AFTER_SIGNATURE: Final = ("signed", "returning", "returned")
BEFORE_MOVEMENT: Final = ("created", "pickup_pending")
TROUBLED_STATES: Final = (
    "problem",
    "unreachable",
    "out_of_range",
    "stalled",
    "damaged",
    "refused",
    "cancelled",
    "returning",
    "returned",
)
"""States that are trouble by themselves, whatever the time."""
REMOTE: Final = ("新疆", "西藏", "青海", "内蒙古", "宁夏", "甘肃", "海南")
_STATE_COLUMNS: Final = (
    "state",
    "sign_kind",
    "trouble",
    "shipped_at",
    "picked_up_at",
    "last_event_at",
    "signed_at",
    "reported_state",
    "reported_signed_at",
    "source",
    "trade_id",
)


@dataclass(frozen=True)
class Patience:
    """Hours after which silence is trouble (domain rules 4.3; the defaults of the trade)."""

    pickup: int = 24
    first_move: int = 24
    transit: int = 48
    transit_remote: int = 72
    delivery: int = 24
    signature: int = 48
    locker: int = 48
    total: int = 6 * 24


def apply(batch: Batch) -> tuple[SetReport, SetReport]:
    """Bring a stage's parcels and trace rows in; their trades are linked later. Counts both.

    Leaves ``parcel_next`` (rows written, with is_new, is_real and state_before).
    """
    writer = batch.writer
    facts = writer.temp("parcel_in", _facts(batch))
    stored = writer.table("parcel")
    held = stored.select(**{f"held_{name}": stored[name] for name in stored.columns})
    joined = facts.left_join(held, [facts[name] == held[f"held_{name}"] for name in KEY])
    joined = joined.mutate(is_new=joined.held_parcel.isnull())
    fresh = numbered(
        joined.filter(joined.is_new), "parcel", highest(writer, "parcel", "parcel"), KEY
    )
    known = joined.filter(~joined.is_new).mutate(parcel=ibis._.held_parcel)
    found = writer.temp("parcel_found", fresh.union(known.select(*fresh.columns)))
    new_events, traced = _add_events(batch, found)
    merged = found.select(
        *KEY,
        "parcel",
        "is_new",
        **_merged(found),
        **{f"held_{name}": found[f"held_{name}"] for name in (*_STATE_COLUMNS, "shop", "member")},
        held_trade=found.held_trade,
    )
    events = writer.table("parcel_event").semi_join(merged, "parcel")
    derived = merged.inner_join(trace_state(merged, events), "parcel")
    judged = derived.left_join(new_events, "parcel", rname="new_{name}")
    changes = [~judged[name].identical_to(judged[f"held_{name}"]) for name in _STATE_COLUMNS]
    judged = judged.mutate(is_real=ibis.or_(judged.is_new, judged.new_events.notnull(), *changes))
    judged = writer.temp("parcel_judged", judged)
    report = report_of(writer, judged)
    written = judged.filter(judged.is_real)
    outcome = writer.temp(
        "parcel_next",
        written.mutate(
            trade=written.held_trade,
            member=written.held_member,
            state_before=written.held_state,
            batch=batch.mark,
        ),
    )
    writer.delete("parcel", ["parcel"], outcome.filter(~outcome.is_new))
    writer.insert("parcel", outcome)
    writer.drop_temp("parcel_in", "parcel_found", "parcel_judged", "parcel_event_new")
    return report, traced


def _facts(batch: Batch) -> ibis.Table:
    """One row per waybill of the stage: what files report, without the trace."""
    told = batch.stage.table("parcels")
    told = told.mutate(
        carrier=told.carrier.fill_null(""),
        pair=told.trade_id + "\x1f" + told.source.fill_null(""),
        progress=position(_base(told.state), PARCEL_STATES),
    )
    reported = told.group_by(*KEY).aggregate(
        pair=told.pair.min(),
        shop=told.shop.min(),
        shipped_at=told.shipped_at.max(),
        reported_signed_at=told.signed_at.max(),
        progress=told.progress.max(),
    )
    parts = reported.pair.split("\x1f")
    reported = reported.mutate(
        trade_id=parts[0],
        source=parts[1],
        reported_state=reported.progress.cases(*enumerate(PARCEL_STATES), else_=None),
    )
    traced = batch.stage.table("parcel_events")
    traced = traced.select(carrier=traced.carrier.fill_null(""), waybill=traced.waybill)
    only_traced = traced.distinct().anti_join(reported, list(KEY))
    reported = reported.drop("pair", "progress")
    every = reported.union(shaped(only_traced, reported.schema()))
    return every.filter(every.waybill.notnull())


def _merged(found: ibis.Table) -> dict[str, ibis.Value]:
    """What files reported so far and report now."""
    takes_new = (
        found.held_trade_id.isnull()
        | (found.trade_id < found.held_trade_id)
        | ((found.trade_id == found.held_trade_id) & (found.source < found.held_source))
    ) & found.trade_id.notnull()
    progress = position(found.reported_state, PARCEL_STATES)
    held_progress = position(found.held_reported_state, PARCEL_STATES)
    return {
        "source": ibis.ifelse(takes_new, found.source, found.held_source),
        "trade_id": ibis.ifelse(takes_new, found.trade_id, found.held_trade_id),
        "shop": -greatest(-found.shop, -found.held_shop),
        "shipped_at": greatest(found.shipped_at, found.held_shipped_at),
        "reported_signed_at": greatest(found.reported_signed_at, found.held_reported_signed_at),
        "reported_state": ibis.ifelse(
            progress > held_progress, found.reported_state, found.held_reported_state
        ),
    }


def _add_events(batch: Batch, found: ibis.Table) -> tuple[ibis.Table, SetReport]:
    """Store the trace rows that are not known yet. Returns (parcel, events) of those that got some."""
    writer = batch.writer
    traced = batch.stage.table("parcel_events")
    traced = traced.mutate(carrier=traced.carrier.fill_null(""))
    rows = traced.filter(traced.occurred_at.notnull()).inner_join(
        found.select(*KEY, "parcel"), list(KEY)
    )
    rows = rows.select(*EVENT).distinct()
    known = writer.table("parcel_event")
    same = [rows[name].identical_to(known[name]) for name in EVENT]
    fresh = writer.temp("parcel_event_new", rows.anti_join(known, same))
    inserted = writer.insert("parcel_event", fresh)
    report = SetReport(inserted, 0, writer.count(rows) - inserted)
    return fresh.group_by("parcel").aggregate(new_events=ibis._.count()), report


def trace_state(parcels: ibis.Table, events: ibis.Table) -> ibis.Table:
    """(parcel, state, sign_kind, trouble, picked_up_at, last_event_at, signed_at) of each parcel.

    ``parcels`` has parcel, reported_state and reported_signed_at; ``events`` their trace rows. To see
    the state as of a past instant, pass the events up to it.
    """
    traced = events.select(
        "parcel",
        "occurred_at",
        base=_base(events.state),
        kind=ibis.ifelse(
            events.state.contains(":"), events.state.split(":")[1], ibis.null("string")
        ),
    )
    seen = traced.group_by("parcel").aggregate(
        picked_up_at=traced.occurred_at.min(where=traced.base.notin(BEFORE_MOVEMENT)),
        last_event_at=traced.occurred_at.max(),
        traced_signed_at=traced.occurred_at.min(where=traced.base == "signed"),
    )
    reported_signed = (parcels.reported_state == "signed").fill_null(False)
    behind = parcels.select(
        "parcel",
        occurred_at=ibis.ifelse(
            reported_signed | parcels.reported_state.isnull(), parcels.reported_signed_at, None
        ).fill_null(LONG_AGO),
        base=ibis.ifelse(
            parcels.reported_signed_at.notnull(), "signed", parcels.reported_state
        ).fill_null("created"),
        kind=ibis.null("string"),
    )
    every = traced.union(shaped(behind, traced.schema()))
    signed = every.base == "signed"
    every = every.mutate(is_signed=signed.any().over(group_by=every.parcel))
    counted = every.filter(~every.is_signed | every.base.isin(AFTER_SIGNATURE))
    place = ibis.row_number().over(
        group_by=counted.parcel,
        order_by=[
            counted.occurred_at.desc(),
            position(counted.base, PARCEL_STATES).desc(),
            counted.kind.fill_null("").desc(),
        ],
    )
    last = counted.mutate(place=place)
    last = last.filter(last.place == 0)
    both = parcels.select("parcel", "reported_signed_at").inner_join(last, "parcel")
    both = both.left_join(seen, "parcel", rname="seen_{name}")
    return both.select(
        "parcel",
        "picked_up_at",
        "last_event_at",
        state=both.base,
        sign_kind=ibis.ifelse(both.base == "signed", both.kind, None),
        trouble=ibis.ifelse(both.base.isin(TROUBLED_STATES), both.base, None),
        signed_at=both.traced_signed_at.coalesce(both.reported_signed_at),
    )


def _base(state: ibis.Value) -> ibis.Value:
    """``signed`` of ``signed:proxy``."""
    return state.split(":")[0]


def as_of(parcels: ibis.Table, events: ibis.Table, instant: datetime) -> ibis.Table:
    """The parcels that had been shipped by a naive UTC instant, as they stood then."""
    known = events.filter(events.occurred_at <= instant)
    first_seen = known.select("parcel").distinct()
    then = parcels.mutate(
        reported_state=ibis.ifelse(
            parcels.reported_signed_at > instant, None, parcels.reported_state
        ),
        reported_signed_at=ibis.ifelse(
            parcels.reported_signed_at > instant, None, parcels.reported_signed_at
        ),
    )
    shipped = (then.shipped_at <= instant).fill_null(False)
    then = then.filter(shipped | then.parcel.isin(first_seen.parcel))
    states = trace_state(then, known.semi_join(then, "parcel"))
    kept = then.select("parcel", "trade", "member", "shop", "shipped_at")
    return kept.inner_join(states, "parcel")


def trouble(
    parcels: ibis.Table, trades: ibis.Table, instant: datetime, patience: Patience | None = None
) -> ibis.Table:
    """``parcels`` (of ``as_of``) that are in trouble at an instant: with a ``trouble`` code.

    Silence counts only for a parcel that has a trace, and not once its trade is finished.
    """
    hours = patience or Patience()
    of_trade = trades.select(
        "trade",
        trade_paid_at=ibis._.paid_at,
        trade_end=ibis._.finished_at,
        province=ibis._.province,
    )
    rows = parcels.left_join(of_trade, "trade", rname="trade_{name}")
    is_remote = reduce(
        lambda left, right: left | right, [rows.province.startswith(name) for name in REMOTE]
    ).fill_null(False)
    silent = ibis.literal(instant, "timestamp(6)")

    def older(since: ibis.Value, limit: int) -> ibis.Value:
        return since <= silent - ibis.interval(hours=limit)

    in_transit = ibis.ifelse(
        is_remote,
        older(rows.last_event_at, hours.transit_remote),
        older(rows.last_event_at, hours.transit),
    )
    over = (rows.state == "signed") | (rows.trade_end <= instant).fill_null(False)
    never_moved = rows.state.isin(BEFORE_MOVEMENT)
    code = ibis.cases(
        (rows.trouble.notnull(), rows.trouble),
        ((rows.picked_up_at < rows.trade_paid_at).fill_null(False), "fake_waybill"),
        (over | rows.last_event_at.isnull(), None),
        (never_moved & older(rows.shipped_at, hours.pickup), "pickup_overdue"),
        ((rows.state == "picked_up") & older(rows.last_event_at, hours.first_move), "not_moving"),
        ((rows.state == "in_transit") & in_transit, "stalled"),
        (
            (rows.state == "arrived_city") & older(rows.last_event_at, hours.delivery),
            "not_delivered",
        ),
        (
            (rows.state == "out_for_delivery") & older(rows.last_event_at, hours.signature),
            "not_signed",
        ),
        ((rows.state == "at_locker") & older(rows.last_event_at, hours.locker), "locker_overdue"),
        (older(rows.shipped_at, hours.total), "overdue"),
        else_=None,
    )
    judged = rows.mutate(trouble=code)
    return judged.filter(judged.trouble.notnull()).select(*parcels.columns)

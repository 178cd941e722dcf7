"""Orders: every version of one that a stage brings, put into the trade table facet by facet.

Facets (docs/adr/0002): state and amounts; each time on its own; contact; buyer; and the refund, which
is the greater of what the order's report says and what the refund report adds up to. New trades are
copied straight from the stage; only trades that change are built in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Final

import ibis

from huitou.warehouse.days import local_day
from huitou.warehouse.schema import MONEY, TABLES
from huitou.warehouse.store import shaped
from huitou.warehouse.versions import (
    NOBODY,
    Batch,
    SetReport,
    differ,
    greatest,
    hashed,
    highest,
    later,
    newest,
    numbered,
    or_epoch,
    repeats,
    staged_buyers,
)

KEY: Final = ("source", "trade_id")
MAIN: Final = (
    "shop",
    "status",
    "goods_amount",
    "discount_amount",
    "postage_amount",
    "paid_amount",
    "reported_refund",
    "units",
    "presale_step",
    "channel",
    "store",
    "guide",
    "close_reason",
)
TIMES: Final = ("created_at", "paid_at", "shipped_at", "signed_at", "finished_at", "closed_at")
CONTACT: Final = ("receiver_ref", "province", "city", "district", "note_ref")
BUYER: Final = ("buyer_key", "buyer_rank", "buyer_ref", "member")
UNPAID: Final = ("unpaid", "pay_pending", "deposit_paid", "closed_unpaid")
"""States before full payment: such a trade is no purchase, whatever its amounts say."""

OF_LINES: Final = -2
"""``version_rank`` of a trade that only lines speak about: behind every version of a file."""

_MAIN_ORDER: Final = ("order_real", "order_at", "order_rank", "order_refund", "fingerprint")
_CONTACT_ORDER: Final = (
    "order_receiver",
    "order_region",
    "order_contact_at",
    "order_contact_rank",
    "contact_fingerprint",
)
_CONTACT_VERSION: Final = ("contact_version_at", "contact_version_rank")
_BUYER_ORDER: Final = ("order_buyer", "order_buyer_hash", "order_buyer_ref")
_BEHIND_ALL: Final = {"order_real": -1, "order_receiver": -1, "order_buyer": -NOBODY - 1}


@dataclass(frozen=True)
class TradeOutcome:
    """Counts of the stage's trades, and what its trades add up to (whether new or known)."""

    report: SetReport
    paid: Decimal
    refunded: Decimal


def apply(batch: Batch) -> TradeOutcome:
    """Bring a stage's trades in.

    Expects ``stage_buyer``, and ``refund_touched`` (source, trade_id) where refunds changed.
    Leaves ``trade_work``: one row per trade that is new or whose row was rewritten (trade, source,
    trade_id, is_new, is_real, member_before, state_before).
    """
    writer = batch.writer
    incoming = _incoming(batch)
    refunds = writer.temp("refund_sum", _refund_sums(batch, incoming))
    work = _classify(batch, incoming, refunds)
    if writer.count(work.filter(~work.is_new)):
        changed = writer.temp("trade_changed", _changed(batch, incoming, work, refunds))
        writer.delete("trade", ["trade"], changed)
        writer.insert("trade", changed)
        writer.drop_temp("trade_changed")
    writer.insert("trade", _fresh(batch, incoming, work, refunds))
    outcome = _outcome(batch, incoming, work)
    writer.drop_temp("trade_in", "trade_stub", "refund_sum")
    return outcome


def is_paid(rows: Mapping[str, ibis.Value] | ibis.Table) -> ibis.Value:
    """Whether a trade is a purchase: paid in full, and not closed by a full refund.

    A full refund may leave a paid amount of 0 in some exports; that too is no purchase.
    """
    status = rows["status"].fill_null("")
    given_back = rows["refunded_amount"].fill_null(0) >= rows["paid_amount"].fill_null(0)
    return (
        rows["paid_at"].notnull()
        & status.notin(UNPAID)
        & ~((status == "closed_refunded") & given_back)
    )


# What the stage says, one row per trade


def _incoming(batch: Batch) -> ibis.Table:
    """The stage's trades and stubs for lines of unknown trades, with what they are compared by."""
    staged = batch.stage.table("trades")
    staged = staged.filter(staged.source.notnull() & staged.trade_id.notnull())
    buyers = staged_buyers(batch, "trades")
    rows = staged.left_join(buyers, "row_no").drop("row_no_right")
    rows = rows.rename(reported_refund="refunded_amount").mutate(in_stage=True)
    stubs = _stubs(batch, staged)
    if stubs is not None:
        rows = rows.union(shaped(stubs, rows.schema()))
    rows = rows.mutate(
        fingerprint=hashed(rows, MAIN),
        contact_fingerprint=hashed(rows, CONTACT),
        contact_version_at=rows.version_at,
        contact_version_rank=rows.version_rank,
    )
    rows = rows.mutate(**_orders(rows))
    if repeats(batch.writer, staged, KEY):
        return batch.writer.temp("trade_in", _reduced(rows))
    return rows


def _stubs(batch: Batch, staged: ibis.Table) -> ibis.Table | None:
    """A stub for each trade that only lines speak about, here and so far. Anything else beats it."""
    if "lines" not in batch.has:
        return None
    lines = batch.stage.table("lines")
    named = lines.filter(lines.source.notnull() & lines.trade_id.notnull())
    named = named.group_by(*KEY).aggregate(shop=named.shop.min())
    stored = batch.writer.table("trade")
    told = stored.filter((stored.version_rank != OF_LINES).fill_null(True))
    lost = named.anti_join(staged, list(KEY)).anti_join(told, list(KEY))
    made = lost.mutate(is_stub=True, in_stage=False, version_rank=ibis.literal(OF_LINES, "int32"))
    stubs = batch.writer.temp("trade_stub", made)
    return stubs if batch.writer.count(stubs) else None


def _orders(rows: ibis.Table) -> dict[str, ibis.Value]:
    """The columns by which versions are compared, none of them NULL."""
    return {
        "order_real": (~rows.is_stub.fill_null(False)).cast("int32"),
        "order_at": or_epoch(rows.version_at),
        "order_rank": rows.version_rank.fill_null(-1),
        "order_refund": rows.reported_refund.fill_null(0),
        "order_receiver": rows.receiver_ref.notnull().cast("int32"),
        "order_region": rows.province.notnull().cast("int32"),
        "order_contact_at": or_epoch(rows.contact_version_at),
        "order_contact_rank": rows.contact_version_rank.fill_null(-1),
        "order_buyer": -rows.buyer_rank.fill_null(NOBODY).cast("int32"),
        "order_buyer_hash": rows.buyer_hash.fill_null(b""),
        "order_buyer_ref": rows.buyer_ref.fill_null(b""),
    }


def _reduced(rows: ibis.Table) -> ibis.Table:
    """Several versions of a trade made one, facet by facet."""
    facets = {
        ("version_at", "version_rank", "is_stub", "in_stage", *MAIN, *_MAIN_ORDER): _MAIN_ORDER,
        (*CONTACT, *_CONTACT_VERSION, *_CONTACT_ORDER): _CONTACT_ORDER,
        (*BUYER, *_BUYER_ORDER): _BUYER_ORDER,
    }
    parts = [newest(rows.select(*KEY, *columns), KEY, order) for columns, order in facets.items()]
    parts.append(rows.group_by(*KEY).aggregate(**{name: rows[name].max() for name in TIMES}))
    return reduce(lambda left, right: left.inner_join(right, list(KEY)), parts)


def _refund_sums(batch: Batch, incoming: ibis.Table) -> ibis.Table:
    """(source, trade_id, refund_sum) of the trades at hand that have successful refunds."""
    writer = batch.writer
    refunds = writer.table("refund")
    given = refunds.filter(refunds.state == "success").group_by(*KEY)
    sums = given.aggregate(refund_sum=refunds.amount.sum().cast(MONEY))
    at_hand = incoming.select(*KEY)
    if writer.has_temp("refund_touched"):
        at_hand = at_hand.union(writer.table("refund_touched").select(*KEY))
    return sums.semi_join(at_hand, list(KEY))


# What changes


def _classify(batch: Batch, incoming: ibis.Table, refunds: ibis.Table) -> ibis.Table:
    """``trade_work``: the trades that are new or whose row changes, and what of it does."""
    writer = batch.writer
    judged = [*_MAIN_ORDER, *_CONTACT_ORDER, *_BUYER_ORDER]
    staged = incoming.select(*KEY, *judged, *TIMES, "status", "reported_refund", "in_stage")
    if writer.has_temp("refund_touched"):
        only_refunds = writer.table("refund_touched").anti_join(incoming, list(KEY))
        behind = only_refunds.mutate(in_stage=False, **_BEHIND_ALL)
        staged = staged.union(shaped(behind, staged.schema()))
    held = _held(batch, judged)
    joined = staged.left_join(held, [staged[name] == held[f"held_{name}"] for name in KEY])
    joined = joined.left_join(refunds, list(KEY), rname="sum_{name}")
    compared = joined.mutate(
        is_new=joined.held_trade.isnull(),
        main_newer=_newer(joined, _MAIN_ORDER),
        contact_newer=_newer(joined, _CONTACT_ORDER),
        buyer_newer=_newer(joined, _BUYER_ORDER),
        time_newer=reduce(
            lambda left, right: left | right,
            [or_epoch(joined[name]) > or_epoch(joined[f"held_{name}"]) for name in TIMES],
        ),
    )
    refunded = _refunded(
        ibis.ifelse(compared.main_newer, compared.reported_refund, compared.held_reported_refund),
        compared.refund_sum,
    )
    other_refund = ~refunded.identical_to(compared.held_refunded_amount)
    other_facts = (
        (compared.main_newer & differ(compared.fingerprint, compared.held_fingerprint))
        | (
            compared.contact_newer
            & differ(compared.contact_fingerprint, compared.held_contact_fingerprint)
        )
        | compared.time_newer
        | compared.buyer_newer
        | other_refund
    )
    compared = compared.mutate(is_real=compared.is_new | other_facts)
    is_work = compared.is_real | compared.main_newer | compared.contact_newer
    # A refund of a trade that nobody has told us of yet waits in the refund table.
    exists = ~compared.is_new | (compared.order_real >= 0)
    work = compared.filter(is_work & exists)
    flags = ["in_stage", "is_new", "is_real", "main_newer", "contact_newer", "buyer_newer"]
    narrow = work.select(
        *KEY,
        *flags,
        "created_at",
        trade=work.held_trade,
        member_before=work.held_member,
        state_before=work.held_status,
    )
    found = writer.temp("trade_found", narrow)
    fresh = found.filter(found.is_new).drop("trade")
    fresh = numbered(fresh, "trade", highest(writer, "trade", "trade"), ["created_at", *KEY])
    known = found.filter(~found.is_new)
    result = writer.temp("trade_work", fresh.union(known.select(*fresh.columns)))
    writer.drop_temp("trade_found")
    return result


def _held(batch: Batch, judged: list[str]) -> ibis.Table:
    """The stored trades, their columns named held_…."""
    stored = batch.writer.table("trade")
    keys = batch.writer.table("identity_key").select("key_no", buyer_hash=ibis._.hash)
    known = stored.left_join(keys, stored.buyer_key == keys.key_no)
    known = known.mutate(**_orders(known))
    columns = [*KEY, *judged, *TIMES, "trade", "member", "status"]
    columns += ["reported_refund", "refunded_amount"]
    held = {f"held_{name}": known[name] for name in columns}
    for name in ("fingerprint", "contact_fingerprint"):
        held[f"held_{name}"] = known[name].fill_null(0)
    return known.select(**held)


def _newer(joined: ibis.Table, order: tuple[str, ...]) -> ibis.Value:
    newer = later([(joined[name], joined[f"held_{name}"]) for name in order])
    return ibis.ifelse(joined.held_trade.isnull(), True, newer.fill_null(False))


def _refunded(reported: ibis.Value, refund_sum: ibis.Value) -> ibis.Value:
    return greatest(reported, refund_sum)


# The rows to write


def _fresh(batch: Batch, incoming: ibis.Table, work: ibis.Table, refunds: ibis.Table) -> ibis.Table:
    new = work.filter(work.is_new).select(*KEY, "trade")
    rows = incoming.drop("refunded_amount") if "refunded_amount" in incoming.columns else incoming
    rows = rows.inner_join(new, list(KEY)).left_join(refunds, list(KEY), rname="sum_{name}")
    rows = rows.mutate(refunded_amount=_refunded(rows.reported_refund, rows.refund_sum))
    return _derived(batch, rows)


def _changed(
    batch: Batch, incoming: ibis.Table, work: ibis.Table, refunds: ibis.Table
) -> ibis.Table:
    stored = batch.writer.table("trade")
    changing = work.filter(~work.is_new).select(
        "trade", "main_newer", "contact_newer", "buyer_newer"
    )
    rows = stored.inner_join(changing, "trade")
    rows = rows.left_join(incoming, list(KEY), rname="in_{name}")
    rows = rows.left_join(refunds, list(KEY), rname="sum_{name}")

    def pick(newer: ibis.Value, name: str) -> ibis.Value:
        return ibis.ifelse(newer, rows[f"in_{name}"], rows[name])

    main = [*MAIN, "version_at", "version_rank", "is_stub", "fingerprint"]
    values = {name: pick(rows.main_newer, name) for name in main}
    contact = (*CONTACT, *_CONTACT_VERSION, "contact_fingerprint")
    values |= {name: pick(rows.contact_newer, name) for name in contact}
    values |= {name: pick(rows.buyer_newer, name) for name in BUYER}
    values |= {name: greatest(rows[name], rows[f"in_{name}"]) for name in TIMES}
    values["refunded_amount"] = _refunded(values["reported_refund"], rows.refund_sum)
    return _derived(batch, rows.select(*KEY, "trade", **values))


def _derived(batch: Batch, rows: ibis.Table) -> ibis.Table:
    """The whole row of the trade table."""
    rows = rows.mutate(
        is_stub=rows.is_stub.fill_null(False),
        is_paid=is_paid(rows),
        created_day=local_day(rows.created_at, batch.zone),
        paid_day=local_day(rows.paid_at, batch.zone),
        batch=batch.mark,
    )
    return shaped(rows, TABLES["trade"])


def _outcome(batch: Batch, incoming: ibis.Table, work: ibis.Table) -> TradeOutcome:
    staged = incoming.filter(incoming.in_stage)
    total = batch.writer.rows(
        staged.aggregate(
            trades=staged.count(),
            paid=staged.paid_amount.sum().fill_null(0),
            refunded=staged.reported_refund.sum().fill_null(0),
        )
    )[0]
    done = work.filter(work.in_stage)
    counted = batch.writer.rows(
        done.aggregate(
            inserted=done.is_new.sum().fill_null(0),
            updated=(~done.is_new & done.is_real).sum().fill_null(0),
        )
    )[0]
    inserted, updated = int(counted["inserted"]), int(counted["updated"])
    report = SetReport(inserted, updated, int(total["trades"]) - inserted - updated)
    return TradeOutcome(report, total["paid"], total["refunded"])

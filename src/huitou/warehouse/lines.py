"""Order lines: of each trade only the lines of the best kind of source, each in its newest version.

Lines repeat some columns of their trade (member, shop, times, is_paid) and the category of their
item, so that questions about lines need no join; ``refresh`` keeps those copies true.
"""

from __future__ import annotations

from functools import reduce
from typing import Final

import ibis

from huitou.warehouse.schema import TABLES
from huitou.warehouse.store import shaped
from huitou.warehouse.versions import Batch, SetReport, differ, hashed, later, newest, repeats

KEY: Final = ("trade", "line_key")
TRADE_KEY: Final = ("source", "trade_id")
FACET: Final = (
    "item_key",
    "title",
    "sku",
    "sku_code",
    "category",
    "qty",
    "price",
    "line_amount",
    "paid_amount",
    "status",
    "refund_state",
    "refunded_amount",
)
OF_TRADE: Final = ("member", "shop", "created_at", "paid_at", "paid_day")
CLOSED: Final = ("closed_unpaid", "closed_refunded")
_ORDER: Final = ("order_rank", "order_refund", "fingerprint")


def apply(batch: Batch) -> SetReport:
    """Bring a stage's lines in; every trade they name exists by now.

    Leaves ``line_touched`` (trade, is_new): trades whose lines really changed.
    """
    writer = batch.writer
    incoming = _incoming(batch)
    if _has_rivals(batch):
        incoming = writer.temp("line_in", _standing(incoming))
    held = writer.table("trade_line")
    if writer.count(held.semi_join(incoming, "trade").limit(1)):
        report = _merge(batch, incoming)
    else:
        report = SetReport(inserted=writer.insert("trade_line", _as_rows(batch, incoming)))
        writer.temp("line_touched", incoming.select("trade", is_new=True).distinct())
    writer.drop_temp("line_in")
    return report


def refresh(batch: Batch, stale: ibis.Table) -> ibis.Table:
    """Put right the copies in these lines; returns the temporary table of lines rewritten."""
    writer = batch.writer
    trades = writer.table("trade")
    items = writer.table("item").select("item", item_category=ibis._.category)
    rows = stale.inner_join(trades, "trade", rname="trade_{name}")
    rows = rows.left_join(items, "item", rname="item_{name}")
    truth = {name: rows[f"trade_{name}"] for name in OF_TRADE}
    truth["is_paid"] = _line_is_paid(rows.trade_is_paid, rows.status)
    truth["category"] = ibis.ifelse(rows.item.isnull(), rows.category, rows.item_category)
    differs = [~rows[name].identical_to(value) for name, value in truth.items()]
    wrong = rows.filter(reduce(lambda left, right: left | right, differs))
    columns = [name for name in TABLES["trade_line"].names if name not in truth]
    rewritten = writer.temp(
        "line_refreshed",
        wrong.select(*columns, **truth).select(*TABLES["trade_line"].names),
    )
    writer.delete("trade_line", KEY, rewritten)
    writer.insert("trade_line", rewritten)
    return rewritten


def _incoming(batch: Batch) -> ibis.Table:
    """The stage's lines with their trade and item."""
    lines = batch.stage.table("lines")
    lines = lines.mutate(
        line_rank=lines.line_rank.fill_null(0),
        line_key=lines.line_key.fill_null(""),
        order_rank=lines.version_rank.fill_null(-1),
        order_refund=lines.refunded_amount.fill_null(0),
        fingerprint=hashed(lines, FACET),
    ).drop("shop")
    trades = batch.writer.table("trade").select(*TRADE_KEY, "trade", *OF_TRADE, "is_paid")
    items = batch.writer.table("item").select(
        "source", "item_key", "item", item_category=ibis._.category
    )
    return lines.inner_join(trades, list(TRADE_KEY)).left_join(
        items, ["source", "item_key"], rname="item_{name}"
    )


def _has_rivals(batch: Batch) -> bool:
    """Whether a line comes twice in the stage, or a trade's lines from two kinds of source."""
    staged = batch.stage.table("lines")
    ranks = batch.writer.scalar(staged.line_rank.fill_null(0).nunique())
    return ranks > 1 or repeats(batch.writer, staged, [*TRADE_KEY, "line_key"])


def _standing(incoming: ibis.Table) -> ibis.Table:
    """Of each trade the lines of the best source, of each line the newest version."""
    best = incoming.mutate(best_rank=incoming.line_rank.max().over(group_by=incoming.trade))
    best = best.filter(best.line_rank == best.best_rank)
    return newest(best, KEY, _ORDER)


def _merge(batch: Batch, incoming: ibis.Table) -> SetReport:
    """Lines of trades that have lines already. ``line_work`` holds only those that get written."""
    writer = batch.writer
    lines = writer.table("trade_line").semi_join(incoming.select("trade"), "trade")
    held = lines.select(
        "trade",
        "line_key",
        held_order_rank=lines.version_rank.fill_null(-1),
        held_order_refund=lines.refunded_amount.fill_null(0),
        held_fingerprint=lines.fingerprint.fill_null(0),
    )
    ranks = lines.group_by("trade").aggregate(held_line_rank=lines.line_rank.max())
    staged = incoming.select(*KEY, "line_rank", *_ORDER)
    joined = staged.left_join(ranks, "trade", rname="rank_{name}")
    joined = joined.left_join(held, list(KEY), rname="held_{name}")
    better = joined.line_rank > joined.held_line_rank.fill_null(-1)
    same = joined.line_rank == joined.held_line_rank
    is_known = joined.held_fingerprint.notnull()
    newer = later([(joined[name], joined[f"held_{name}"]) for name in _ORDER])
    judged = joined.select(
        *KEY,
        is_first=joined.held_line_rank.isnull(),
        is_known=is_known,
        replaces=better & joined.held_line_rank.notnull(),
        wins=better | (same & ~is_known) | (same & newer.fill_null(False)),
        is_other=~is_known | differ(joined.fingerprint, joined.held_fingerprint),
    )
    work = writer.temp("line_work", judged.filter(judged.wins))
    counts = writer.rows(
        work.aggregate(
            inserted=(~work.is_known).sum().fill_null(0),
            updated=(work.is_known & work.is_other).sum().fill_null(0),
        )
    )[0]
    touched = work.filter(work.is_other | work.replaces)
    writer.temp("line_touched", touched.group_by("trade").aggregate(is_new=ibis._.is_first.all()))
    if writer.count(work.limit(1)):
        gone = work.filter(work.replaces).select("trade").distinct()
        writer.delete("trade_line", ["trade"], gone)
        writer.delete("trade_line", KEY, work.filter(work.is_known & ~work.replaces))
        rows = incoming.semi_join(work, list(KEY))
        writer.insert("trade_line", _as_rows(batch, rows))
    inserted, updated = int(counts["inserted"]), int(counts["updated"])
    total = writer.count(incoming)
    writer.drop_temp("line_work")
    return SetReport(inserted, updated, total - inserted - updated)


def _as_rows(batch: Batch, lines: ibis.Table) -> ibis.Table:
    """Rows of the trade_line table."""
    rows = lines.mutate(
        category=ibis.ifelse(lines.item.isnull(), lines.category, lines.item_category),
        is_paid=_line_is_paid(lines.is_paid, lines.status),
        batch=batch.mark,
    )
    return shaped(rows, TABLES["trade_line"])


def _line_is_paid(trade_is_paid: ibis.Value, status: ibis.Value) -> ibis.Value:
    return trade_is_paid & status.fill_null("").notin(CLOSED)

"""Which trade and which member a fact belongs to, kept true as trades arrive and members change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import ibis
import pyarrow as pa

from huitou.warehouse import profiles, totals
from huitou.warehouse.store import Writer

_TRADE_KEY: Final = ("source", "trade_id")

BY_HOME: Final[dict[str, list[str]]] = {
    "message_event": ["message", "kind", "occurred_at"],
    "points_entry": ["entry"],
    "coupon_event": ["coupon", "kind", "occurred_at"],
    "task_event": ["task", "kind", "occurred_at"],
    "member_tag": ["tag", "home", "source"],
    "tag_event": ["tag", "home", "source", "kind", "occurred_at"],
}
"""Tables whose rows follow a member by ``home``, and what tells their rows apart."""


def relink(writer: Writer, name: str) -> None:
    """Find trade and member of the rows of ``name`` that were written or whose trade was.

    ``name`` is refund, parcel or review; looks at ``<name>_next`` and ``trade_work``, where there are. A row
    may have come before its trade. A review is its own writer's, if that is known, else its trade's buyer's.
    The shop is the trade's (whose export may correct it), else the row's own.
    """
    rows = writer.table(name)
    by = {f"{name}_next": [name], f"{name}_buyer": [name], "trade_work": list(_TRADE_KEY)}
    concerned = [
        rows.semi_join(writer.table(temporary), key).select(name)
        for temporary, key in by.items()
        if writer.has_temp(temporary)
    ]
    if not concerned or not writer.count(rows.limit(1)):
        return
    picked = rows.semi_join(writer.temp("relinking", ibis.union(*concerned, distinct=True)), name)
    trades = writer.table("trade").select(*_TRADE_KEY, "trade", "member", "shop")
    joined = picked.left_join(trades, list(_TRADE_KEY), rname="trade_{name}")
    member = joined.trade_member
    if "buyer_key" in rows.columns:
        keys = writer.table("identity_key").select("key_no", key_member=ibis._.member)
        joined = joined.left_join(keys, joined.buyer_key == keys.key_no)
        member = joined.key_member.coalesce(joined.trade_member)
    truth = {
        "trade": joined.trade_trade,
        "member": member,
        "shop": joined.trade_shop.coalesce(joined.shop),
    }
    differs = ibis.or_(*(~joined[column].identical_to(value) for column, value in truth.items()))
    kept = [column for column in rows.columns if column not in truth]
    _rewrite(writer, name, [name], joined.filter(differs).select(*kept, **truth))
    writer.drop_temp("relinking")


def reassign(writer: Writer, moves: ibis.Table | pa.Table) -> None:
    """Give the facts of identities to the members that these have now.

    ``moves``: key_no, before, member — one row per identity that changed hands; ``identity_key`` and
    ``member`` are up to date already. Facts remember the identity that brought them, so applying the
    opposite moves restores every row. Refreshes columns and totals of the members on both sides.
    """
    moved = writer.temp("moved_key", moves)
    if not writer.count(moved):
        return
    owner = moved.select("key_no", new_member=ibis._.member)
    trades = writer.table("trade")
    changed = trades.inner_join(owner, trades.buyer_key == owner.key_no).drop("key_no")
    changed = writer.temp("moved_trade", _with_member(trades, changed))
    _rewrite(writer, "trade", ["trade"], changed)
    of_trade = changed.select("trade", new_member=ibis._.member)
    for name, key in (
        ("trade_line", ["trade", "line_key"]),
        ("refund", ["refund"]),
        ("parcel", ["parcel"]),
    ):
        rows = writer.table(name)
        _rewrite(writer, name, key, _with_member(rows, rows.inner_join(of_trade, "trade")))
    reviews = writer.table("review")
    anonymous = reviews.filter(reviews.buyer_key.isnull()).inner_join(of_trade, "trade")
    _rewrite(writer, "review", ["review"], _with_member(reviews, anonymous))
    for name, key, by in (
        ("review", ["review"], "buyer_key"),
        ("visit", ["visit"], "buyer_key"),
        ("profile", ["key_no", "source"], "key_no"),
        ("member_attribute", ["key_no", "name"], "key_no"),
    ):
        rows = writer.table(name)
        joined = rows.inner_join(owner, rows[by] == owner.key_no)
        _rewrite(writer, name, key, _with_member(rows, joined))
    _reassign_by_home(writer, moved)
    both = moved.select("member").union(moved.select(member=ibis._.before)).distinct()
    touched = writer.temp("moved_member", both)
    profiles.refresh(writer, touched)
    totals.refresh(writer, touched)
    writer.drop_temp("moved_key", "moved_trade", "moved_member")


def _reassign_by_home(writer: Writer, moved: ibis.Table) -> None:
    """Move what hangs on a member and on no identity: each row remembers a ``home``, the number its
    member had then, and belongs to whoever the identities born with that number are today."""
    keys = writer.table("identity_key")
    owners = keys.filter(keys.strength == "strong", keys.home.notnull())
    owner = owners.select("home", new_member=ibis._.member).distinct()
    for name, key in BY_HOME.items():
        rows = writer.table(name)
        concerned = rows.semi_join(moved, rows.member == moved.before)
        joined = concerned.inner_join(owner, "home")
        joined = joined.filter(joined.member != joined.new_member)
        _rewrite(writer, name, key, _with_member(rows, joined))


def _with_member(rows: ibis.Table, joined: ibis.Table) -> ibis.Table:
    """The table's rows with ``new_member`` for member."""
    kept = [column for column in rows.columns if column != "member"]
    return joined.select(*[joined[column] for column in kept], member=joined.new_member)


def _rewrite(writer: Writer, name: str, key: Sequence[str], rows: ibis.Table) -> None:
    rewritten = writer.temp("rewriting", rows)
    if writer.count(rewritten):
        writer.delete(name, key, rewritten)
        writer.insert(name, rewritten)
    writer.drop_temp("rewriting")

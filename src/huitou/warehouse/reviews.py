"""Reviews: the newest version of each stands, and the best identity ever seen for its writer."""

from __future__ import annotations

from typing import Final

import ibis

from huitou.warehouse.versions import (
    NOBODY,
    Batch,
    SetReport,
    hashed,
    later,
    newest,
    or_epoch,
    settle,
    staged_buyers,
)

KEY: Final = ("source", "review_key")
FACET: Final = (
    "trade_id",
    "shop",
    "item_key",
    "item_title",
    "rating",
    "stars",
    "text",
    "append_text",
    "reply_text",
    "image_count",
    "category",
    "created_at",
)
_BUYER_ORDER: Final = ("order_buyer", "order_hash")


def apply(batch: Batch) -> SetReport:
    """Bring a stage's reviews in; their trades and members are linked later.

    Leaves ``review_next`` (rows written) and ``review_buyer`` (review: those whose writer changed).
    """
    writer = batch.writer
    staged = batch.stage.table("reviews")
    items = writer.table("item").select("source", "item_key", "item")
    incoming = staged.left_join(items, ["source", "item_key"], rname="item_{name}")
    incoming = incoming.mutate(fingerprint=hashed(incoming, FACET))
    stored = writer.table("review")
    settled = settle(
        batch,
        "review",
        incoming,
        key=KEY,
        order=_order(incoming),
        stored_order=_order(stored),
        number="review",
        keep=["trade", "member", "buyer_key", "buyer_rank", "topics"],
    )
    _name_writers(batch, staged)
    return settled.report


def _order(rows: ibis.Table) -> dict[str, ibis.Value]:
    return {"at": or_epoch(rows.version_at), "print": rows.fingerprint.fill_null(0)}


def _name_writers(batch: Batch, staged: ibis.Table) -> None:
    writer = batch.writer
    buyers = staged_buyers(batch, "reviews")
    told = staged.inner_join(buyers, "row_no").select(
        *KEY,
        "buyer_key",
        "buyer_rank",
        order_buyer=-buyers.buyer_rank.fill_null(NOBODY).cast("int32"),
        order_hash=buyers.buyer_hash.fill_null(b""),
    )
    best = newest(told.filter(told.buyer_key.notnull()), KEY, _BUYER_ORDER)
    reviews = writer.table("review")
    keys = writer.table("identity_key").select("key_no", held_hash=ibis._.hash)
    held = reviews.left_join(keys, reviews.buyer_key == keys.key_no).drop("key_no")
    held = held.mutate(
        held_buyer=-held.buyer_rank.fill_null(NOBODY).cast("int32"),
        held_hash=held.held_hash.fill_null(b""),
    )
    joined = held.inner_join(best, list(KEY), rname="new_{name}")
    better = later([(joined.order_buyer, joined.held_buyer), (joined.order_hash, joined.held_hash)])
    columns = [name for name in reviews.columns if name not in {"buyer_key", "buyer_rank"}]
    changed = writer.temp(
        "review_buyer",
        joined.filter(better).select(
            *columns, buyer_key=ibis._.new_buyer_key, buyer_rank=ibis._.new_buyer_rank
        ),
    )
    writer.delete("review", ["review"], changed)
    writer.insert("review", changed)

"""Items: what the catalogue says of a thing sold, and, where it is silent, what order lines said.

Two versions are kept per item: the newest catalogue row, and the newest line (the one with the
greatest order number; a line that names a category before one that does not). A line, review or visit
that names an unknown item makes it known.
"""

from __future__ import annotations

from typing import Final

import ibis

from huitou.warehouse.versions import (
    Batch,
    SetReport,
    Settled,
    hashed,
    highest,
    numbered,
    or_epoch,
    settle,
)

KEY: Final = ("source", "item_key")
SEEN: Final = ("title", "category", "brand", "merchant_code")
CATALOGUE: Final = (*SEEN, "season", "phase", "list_price", "cost", "attributes")


def apply(batch: Batch) -> SetReport:
    """Bring a stage's items in, those that are only mentioned too; counts the catalogue's rows.

    Leaves ``item_changed`` (item, is_new, is_real, category_changed).
    """
    writer = batch.writer
    stored = writer.table("item_version")
    report, touched = SetReport(), []
    if "items" in batch.has:
        settled = _listed(batch, stored)
        report = settled.report
        touched.append(settled.next)
    if batch.has & {"lines", "reviews", "visits"}:
        seen = _seen(batch)
        settled = settle(
            batch,
            "item_version",
            seen,
            key=[*KEY, "origin"],
            order=_seen_order(seen),
            stored_order=_seen_order(stored),
            label="item_seen",
        )
        touched.append(settled.next)
    _compose(batch, ibis.union(*(part.select(*KEY) for part in touched), distinct=True))
    writer.drop_temp("item_listed_next", "item_seen_next")
    return report


def _listed(batch: Batch, stored: ibis.Table) -> Settled:
    catalogue = batch.stage.table("items")
    catalogue = catalogue.mutate(
        origin=ibis.literal("catalogue"), fingerprint=hashed(catalogue, CATALOGUE)
    )
    return settle(
        batch,
        "item_version",
        catalogue,
        key=[*KEY, "origin"],
        order={"at": or_epoch(catalogue.version_at), "print": catalogue.fingerprint},
        stored_order={"at": or_epoch(stored.version_at), "print": stored.fingerprint.fill_null(0)},
        label="item_listed",
    )


def _seen(batch: Batch) -> ibis.Table:
    """What lines, reviews and visits say of items, as versions of origin ``line``."""
    stage = batch.stage
    nothing = ibis.null("string")
    columns = [*KEY, *SEEN, "seen_in"]
    parts = [
        stage.table("visits").select(
            *KEY, title=nothing, category=nothing, seen_in=ibis.literal("")
        ),
        stage.table("reviews").select(
            *KEY, "category", title=ibis._.item_title, seen_in=ibis.literal("")
        ),
    ]
    if "lines" in batch.has:
        lines = stage.table("lines")
        told = lines.group_by(*KEY, *SEEN).aggregate(seen_in=lines.trade_id.lpad(32, "0").max())
        parts.append(told)
    every = ibis.union(
        *(
            part.mutate(**{name: nothing for name in SEEN if name not in part.columns}).select(
                *columns
            )
            for part in parts
        ),
        distinct=True,
    )
    return every.mutate(origin=ibis.literal("line"), fingerprint=hashed(every, SEEN))


def _seen_order(rows: ibis.Table) -> dict[str, ibis.Value]:
    return {
        "category": rows.category.notnull().cast("int8"),
        "title": rows.title.notnull().cast("int8"),
        "seen": rows.seen_in.fill_null(""),
        "print": rows.fingerprint.fill_null(0),
    }


def _compose(batch: Batch, touched: ibis.Table) -> None:
    """Make the items of the touched keys out of their versions."""
    writer = batch.writer
    versions = writer.table("item_version").semi_join(touched, list(KEY))
    listed = versions.filter(versions.origin == "catalogue")
    seen = versions.filter(versions.origin == "line")
    both = listed.outer_join(seen, list(KEY), rname="seen_{name}")
    made = both.select(
        **{name: both[name].coalesce(both[f"seen_{name}"]) for name in (*KEY, *SEEN)},
        **{name: both[name] for name in CATALOGUE if name not in SEEN},
        version_at=both.version_at,
    )
    made = made.mutate(fingerprint=hashed(made, [*CATALOGUE, "version_at"]))
    held = writer.table("item").select(
        *KEY, held_item=ibis._.item, held_print=ibis._.fingerprint, held_category=ibis._.category
    )
    joined = made.left_join(held, list(KEY), rname="held_{name}")
    is_new = joined.held_item.isnull()
    joined = joined.mutate(is_new=is_new).filter(
        is_new | ~joined.fingerprint.identical_to(joined.held_print)
    )
    found = writer.temp("item_found", joined)
    fresh = numbered(found.filter(found.is_new), "item", highest(writer, "item", "item"), KEY)
    known = found.filter(~found.is_new).mutate(item=ibis._.held_item)
    next_items = writer.temp("item_next", fresh.union(known.select(*fresh.columns)))
    writer.delete("item", ["item"], next_items.filter(~next_items.is_new))
    writer.insert("item", next_items)
    writer.temp(
        "item_changed",
        next_items.select(
            "item",
            "is_new",
            category_changed=~next_items.is_new
            & ~next_items.category.identical_to(next_items.held_category),
        ),
    )
    writer.drop_temp("item_found", "item_next")

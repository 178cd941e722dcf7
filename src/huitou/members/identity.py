"""From the identities of a batch's rows to members: the first step of a commit.

``resolve`` adds the batch's identities and links, marks what has become contested, and has the
members concerned worked out again (``regroup``). It leaves the temporary table ``stage_buyer``
(record_set, row_no, buyer_key, buyer_rank, member) for ``warehouse.facts``: who each row belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import ibis
import numpy as np
import pyarrow as pa
from ibis import _

from huitou.members import regroup
from huitou.members.components import Ints
from huitou.members.decisions import standing_separations
from huitou.members.keys import KINDS
from huitou.warehouse.staging import Stage
from huitou.warehouse.store import Writer

STAGE_BUYER: Final = "stage_buyer"
_BUYER: Final = ibis.schema(
    {
        "record_set": "string",
        "row_no": "int64",
        "buyer_key": "int64",
        "buyer_rank": "int16",
        "member": "int64",
    }
)


@dataclass
class ResolveReport:
    """What a batch said about identities. ``touched``: members with anything new about them."""

    identities: int = 0  # new ones, strong and weak
    links: int = 0
    members_new: int = 0
    members_known: int = 0  # of the batch's rows, that were there before
    contested: int = 0  # identities that became contested
    merged: list[tuple[int, int]] = field(default_factory=list)
    parted: list[tuple[int, int]] = field(default_factory=list)
    touched: Ints = field(default_factory=lambda: np.empty(0, np.int64))


def resolve(writer: Writer, stage: Stage, *, batch: int, now: datetime) -> ResolveReport:
    """Recognise the members of a batch. The stage must be attached to the writer.

    Runs in the batch's warehouse transaction, before ``facts.apply``. The same identities and
    links again change nothing; the result does not depend on the order of batches but for the
    numbers themselves.
    """
    report = ResolveReport()
    keys = stage.table("keys")
    if not writer.count(keys):
        writer.temp(STAGE_BUYER, _BUYER.to_pyarrow().empty_table())
        return report
    found = _identify(writer, keys)
    report.identities = _add_identities(writer, found, batch)
    rows = writer.temp(
        "stage_identity",
        keys.join(found, "hash").select(
            keys.record_set,
            keys.row_no,
            keys.first_seen_at,
            keys.hash,
            keys["rank"],
            keys.strength,
            found.key_no,
        ),
    )
    strong = rows.filter(rows.strength == "strong")
    best = writer.temp(
        "stage_best",
        strong.group_by("record_set", "row_no").aggregate(
            buyer_key=_.key_no.argmin(ibis.struct({"rank": _["rank"], "hash": _.hash})),
            keys=_.count(),
        ),
    )
    new_links = _add_links(writer, stage, rows, best, batch)
    report.links = new_links.num_rows
    concerned = _ends(new_links, regroup.ROW)
    newly_contested = _mark_contested(writer, concerned)
    report.contested = len(newly_contested)
    earlier = _date_earlier(writer, found)
    members = _members_of(writer, np.union1d(concerned, newly_contested))
    grouped = regroup.regroup(writer, members, standing_separations(), batch=batch, now=now)
    regroup.refresh_members(writer, np.setdiff1d(_members_of(writer, earlier), grouped.touched))
    _name_buyers(writer, best, found)
    report.members_new = len(grouped.created)
    report.merged, report.parted = grouped.merged, grouped.parted
    hinted = _members_of(writer, _ends(new_links, regroup.HINT))
    report.touched = np.union1d(grouped.touched, hinted)
    buyers = writer.table(STAGE_BUYER)
    report.members_known = writer.scalar(buyers.member.nunique()) - report.members_new
    writer.drop_temp("stage_key", "stage_identity", "stage_best")
    return report


def _identify(writer: Writer, keys: ibis.Table) -> ibis.Table:
    """The batch's distinct identities with their numbers, new ones numbered on from the last.

    A hash is keyed by kind and scope: equal hashes are equal identities. New strong identities are
    numbered by age, so that members born together are numbered alike in every run.
    """
    held = writer.table("identity_key")
    distinct = keys.group_by("hash").aggregate(
        kind=_.kind.arbitrary(),
        scope=_.scope.arbitrary(),
        strength=_.strength.arbitrary(),
        rank=_["rank"].arbitrary(),
        first_seen_at=_.first_seen_at.min(),
        shop=ibis.coalesce(_.shop.argmin(_.first_seen_at), _.shop.min()),
    )
    known = held.select("hash", known="key_no", known_from="first_seen_at")
    joined = writer.temp("stage_distinct", distinct.left_join(known, "hash").drop("hash_right"))
    last = int(writer.scalar(held.key_no.max()) or 0)
    is_strong = joined.strength == "strong"
    fresh = joined.filter(joined.known.isnull())
    strong = fresh.filter(is_strong).mutate(
        key_no=ibis.row_number().over(order_by=[fresh.first_seen_at, fresh.hash]) + (last + 1)
    )
    weak = fresh.filter(~is_strong).mutate(
        key_no=ibis.row_number() + (last + 1 + writer.count(fresh.filter(is_strong)))
    )
    old = joined.filter(joined.known.notnull()).mutate(key_no=joined.known)
    found = writer.temp("stage_key", ibis.union(old, strong, weak))
    writer.drop_temp("stage_distinct")
    return found


def _add_identities(writer: Writer, found: ibis.Table, batch: int) -> int:
    is_strong = found.strength == "strong"
    return writer.insert(
        "identity_key",
        found.filter(found.known.isnull()).select(
            "key_no",
            "kind",
            "scope",
            "hash",
            "strength",
            contested=ibis.ifelse(is_strong, False, ibis.null("boolean")),
            first_seen_at=found.first_seen_at,
            shop=found.shop,
            batch=ibis.literal(batch, "int64"),
        ),
    )


def _add_links(
    writer: Writer, stage: Stage, rows: ibis.Table, best: ibis.Table, batch: int
) -> pa.Table:
    """Links that these rows show. Returns the new ones: a, b, origin."""
    seen = writer.temp(
        "stage_link", ibis.union(_beside_each_other(stage, rows, best), _hints(rows, best))
    )
    held = writer.table("identity_link")
    both = ["a", "b", "origin"]
    fresh = writer.temp(
        "fresh_link", seen.anti_join(held, both).mutate(batch=ibis.literal(batch, "int64"))
    )
    # The earliest time and the least evidence stand, whichever file came first.
    at = ibis.least(held.first_seen_at, seen.first_seen_at)
    evidence = ibis.least(held.evidence, seen.evidence)
    is_better = ~(held.first_seen_at.identical_to(at) & held.evidence.identical_to(evidence))
    better = held.join(seen, both).filter(is_better)
    changed = writer.temp(
        "better_link",
        better.select(held.a, held.b, held.origin, held.batch, first_seen_at=at, evidence=evidence),
    )
    if writer.count(changed):
        writer.replace("identity_link", both, changed)
    writer.insert("identity_link", fresh)
    return writer.fetch(fresh.select(*both))


def _beside_each_other(stage: Stage, rows: ibis.Table, best: ibis.Table) -> ibis.Table:
    """Every two strong identities of one row."""
    row = ["record_set", "row_no"]
    strong = rows.filter(rows.strength == "strong").semi_join(best.filter(best["keys"] > 1), row)
    other = strong.view()
    pairs = strong.join(other, [*row, strong.key_no < other.key_no]).select(
        strong.record_set, strong.row_no, strong.first_seen_at, a=strong.key_no, b=other.key_no
    )
    named = _evidence(stage)
    said = pairs.left_join(named, row).select(pairs.a, pairs.b, pairs.first_seen_at, named.evidence)
    links = said.group_by("a", "b").aggregate(
        first_seen_at=_.first_seen_at.min(), evidence=_.evidence.min()
    )
    return links.mutate(origin=ibis.literal(regroup.ROW))


def _hints(rows: ibis.Table, best: ibis.Table) -> ibis.Table:
    """Every weak identity beside the best strong one of its row."""
    weak = rows.filter(rows.strength == "weak")
    links = (
        weak.join(best, ["record_set", "row_no"])
        .select(weak.first_seen_at, a=weak.key_no, b=best.buyer_key)
        .group_by("a", "b")
        .aggregate(first_seen_at=_.first_seen_at.min())
    )
    return links.mutate(evidence=ibis.null("string"), origin=ibis.literal(regroup.HINT))


def _evidence(stage: Stage) -> ibis.Table:
    """What to call a row as evidence; the same in every export of it."""
    trades, profiles, reviews, visits = (
        stage.table(name) for name in ("trades", "profiles", "reviews", "visits")
    )
    named = {
        "trades": ("trade:" + trades.source + ":" + trades.trade_id, trades),
        "profiles": ("list:" + profiles.source, profiles),
        "reviews": ("review:" + reviews.source + ":" + reviews.review_key, reviews),
        "visits": ("visit:" + visits.source, visits),
    }
    return ibis.union(
        *(
            table.select(record_set=ibis.literal(name), row_no=table.row_no, evidence=evidence)
            for name, (evidence, table) in named.items()
        )
    )


def _mark_contested(writer: Writer, concerned: Ints) -> Ints:
    """Mark the identities that rows now link with too many accounts of one kind."""
    if not len(concerned):
        return concerned
    picked = writer.temp("concerned_key", pa.table({"key_no": concerned}))
    link = writer.table("identity_link").filter(_.origin == regroup.ROW)
    ends = ibis.union(
        link.select(key_no=link.a, other=link.b), link.select(key_no=link.b, other=link.a)
    ).semi_join(picked, "key_no")
    keys = writer.table("identity_key")
    near = ends.join(keys, ends.other == keys.key_no).select(ends.key_no, keys.kind, keys.scope)
    limits = ibis.cases(*((near.kind == code, kind.limit) for code, kind in KINDS.items()), else_=0)
    crowded = (
        near.mutate(limit=limits)
        .group_by("key_no", "kind", "scope", "limit")
        .aggregate(many=_.count())
        .filter(_.many > _["limit"])
    )
    fresh = keys.filter(~keys.contested).semi_join(crowded, "key_no")
    marked = writer.temp("contested_key", fresh.mutate(contested=ibis.literal(True)))
    writer.replace("identity_key", ["key_no"], marked)
    return np.asarray(writer.fetch(marked.select("key_no"))["key_no"].to_numpy(), np.int64)


def _date_earlier(writer: Writer, found: ibis.Table) -> Ints:
    """Known identities that this batch saw earlier than any before. Returns the strong ones."""
    keys = writer.table("identity_key")
    is_earlier = found.known_from.isnull() | (found.first_seen_at < found.known_from)
    seen = found.filter(found.known.notnull() & found.first_seen_at.notnull() & is_earlier)
    changed = writer.temp(
        "earlier_key",
        keys.join(seen, keys.key_no == seen.key_no).select(
            *[keys[name] for name in keys.columns if name not in {"first_seen_at", "shop"}],
            first_seen_at=seen.first_seen_at,
            shop=seen.shop,
        ),
    )
    if not writer.count(changed):
        return np.empty(0, np.int64)
    writer.replace("identity_key", ["key_no"], changed)
    strong = changed.filter(changed.strength == "strong").select("key_no")
    return np.asarray(writer.fetch(strong)["key_no"].to_numpy(), np.int64)


def _ends(links: pa.Table, origin: str) -> Ints:
    """Identities at the ends of links of one origin that can be strong."""
    picked = links.filter(pa.compute.equal(links["origin"], origin))
    ends = [picked["b"].to_numpy()] + ([picked["a"].to_numpy()] if origin == regroup.ROW else [])
    return np.unique(np.concatenate(ends))


def _members_of(writer: Writer, key_nos: Ints) -> Ints:
    """The members that identities have; those without one yet are left out."""
    if not len(key_nos):
        return key_nos
    picked = writer.temp("picked_key", pa.table({"key_no": key_nos}))
    keys = writer.table("identity_key")
    held = keys.semi_join(picked, "key_no").filter(_.member.notnull()).select("member").distinct()
    return np.asarray(writer.fetch(held)["member"].to_numpy(), np.int64)


def _name_buyers(writer: Writer, best: ibis.Table, found: ibis.Table) -> None:
    keys = writer.table("identity_key")
    owner = found.join(keys, found.key_no == keys.key_no).select(
        found.key_no, found["rank"], keys.member
    )
    writer.temp(
        STAGE_BUYER,
        best.join(owner, best.buyer_key == owner.key_no).select(
            best.record_set,
            best.row_no,
            best.buyer_key,
            buyer_rank=owner["rank"].cast("int16"),
            member=owner.member,
        ),
    )

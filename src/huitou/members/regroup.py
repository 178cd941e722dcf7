"""Work out members again where identities or decisions changed, and write what follows from it.

The one place that changes ``identity_key.member`` and ``home``, and the ``member`` rows with them.
Everything else that hangs on a member is moved by ``warehouse.links.reassign``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from ibis import _

from huitou.kernel.clock import naive_utc
from huitou.members.components import (
    NEW,
    Ints,
    Links,
    components,
    inherited,
    numbered,
    separated,
)
from huitou.members.keys import KINDS
from huitou.warehouse import feed
from huitou.warehouse.links import reassign
from huitou.warehouse.store import Writer

ROW: Final = "row"
PERSON: Final = "person"
HINT: Final = "hint"
"""Origins of a link: two strong identities of one row; a person's merge; a weak one beside a strong."""

_UNCHANGED: Final = np.empty(0, np.int64)


@dataclass(frozen=True)
class Separation:
    """A person's word that two groups of identities (key hashes) are different people."""

    left: frozenset[bytes]
    right: frozenset[bytes]


@dataclass
class Regrouped:
    """What changed. ``moved``: identities that have another member now, with both numbers."""

    created: Ints = field(default_factory=lambda: _UNCHANGED)
    touched: Ints = field(default_factory=lambda: _UNCHANGED)  # every number concerned
    moved: pa.Table = field(default_factory=lambda: pa.table({}))  # key_no, before, member
    merged: list[tuple[int, int]] = field(default_factory=list)  # (number, number it went into)
    parted: list[tuple[int, int]] = field(default_factory=list)  # (number, number it came out of)


def regroup(
    writer: Writer,
    members: Iterable[int] | Ints,
    separations: Sequence[Separation],
    *,
    batch: int | None,
    now: datetime,
) -> Regrouped:
    """Regroup the identities of ``members`` and every strong identity that has no member yet.

    Expects new identities and links to be in the tables already. Writes ``identity_key``,
    ``member``, the feed, and through ``reassign`` all that hangs on a moved identity.
    """
    touched = np.unique(np.asarray(list(members), np.int64))
    keys = _keys(writer, touched)
    if not keys.num_rows:
        return Regrouped()
    key_no = _ints(keys, "key_no")
    home = _ints(keys, "home", NEW)
    before = _ints(keys, "member", NEW)
    links = _links(writer, keys, key_no, separations)
    label = components(len(key_no), links)
    label = separated(label, links, _positions(keys, separations))
    top = writer.scalar(writer.table("member").member.max())
    member, born, _free = numbered(label, inherited(home, links), 1 + int(top or 0))
    return _write(writer, key_no, (home, born), (before, member), batch, now)


def _keys(writer: Writer, touched: Ints) -> pa.Table:
    """The strong identities concerned, the oldest first."""
    keys = writer.table("identity_key")
    concerned = keys.member.isnull()
    if len(touched):
        picked = writer.temp("touched_member", pa.table({"member": touched}))
        concerned |= keys.member.isin(picked.member)
    strong = keys.filter(keys.strength == "strong", concerned)
    return writer.fetch(
        strong.select("key_no", "kind", "hash", "home", "member", "contested").order_by("key_no")
    )


def _links(
    writer: Writer, keys: pa.Table, key_no: Ints, separations: Sequence[Separation]
) -> Links:
    """The links among these identities that conduct, as positions, the strongest first."""
    link = writer.table("identity_link")
    among = writer.temp("touched_key", pa.table({"key_no": key_no}))
    found = writer.fetch(
        link.filter(link.origin != HINT)
        .semi_join(among, link.a == among.key_no)
        .select("a", "b", "origin")
    )
    a, b = _ints(found, "a"), _ints(found, "b")
    is_person = np.array(found["origin"].to_pylist(), object) == PERSON
    at_a = np.minimum(np.searchsorted(key_no, a), len(key_no) - 1)
    at_b = np.minimum(np.searchsorted(key_no, b), len(key_no) - 1)
    is_contested = np.asarray(keys["contested"].to_numpy(), bool)
    here = (key_no[at_a] == a) & (key_no[at_b] == b)
    conducts = here & (is_person | ~(is_contested[at_a] | is_contested[at_b]))
    at_a, at_b, is_person = at_a[conducts], at_b[conducts], is_person[conducts]
    if separations:  # only then the order matters
        order = _by_strength(keys, at_a, at_b, is_person)
        at_a, at_b = at_a[order], at_b[order]
    return Links(at_a, at_b)


def _by_strength(keys: pa.Table, a: Ints, b: Ints, is_person: npt.NDArray[np.bool_]) -> Ints:
    """``rules._strength``: people's links first, then by the two ranks, then by the two hashes."""
    rank = np.array([KINDS[kind].rank for kind in keys["kind"].to_pylist()], np.int64)
    hashes = keys["hash"].to_pylist()
    place = np.empty(len(hashes), np.int64)
    place[sorted(range(len(hashes)), key=hashes.__getitem__)] = np.arange(len(hashes))
    return np.lexsort(
        (
            np.maximum(place[a], place[b]),
            np.minimum(place[a], place[b]),
            np.maximum(rank[a], rank[b]),
            np.minimum(rank[a], rank[b]),
            ~is_person,
        )
    )


def _positions(
    keys: pa.Table, separations: Sequence[Separation]
) -> list[tuple[list[int], list[int]]]:
    if not separations:
        return []
    wanted = frozenset().union(*(one.left | one.right for one in separations))
    at = {value: n for n, value in enumerate(keys["hash"].to_pylist()) if value in wanted}
    return [
        (
            [at[value] for value in one.left if value in at],
            [at[value] for value in one.right if value in at],
        )
        for one in separations
    ]


def _write(
    writer: Writer,
    key_no: Ints,
    homes: tuple[Ints, Ints],
    members: tuple[Ints, Ints],
    batch: int | None,
    now: datetime,
) -> Regrouped:
    home, born = homes
    before, member = members
    changed = (home != born) | (before != member)
    if changed.any():
        groups = writer.temp(
            "regrouped",
            pa.table(
                {
                    "key_no": key_no[changed],
                    "new_home": born[changed],
                    "new_member": member[changed],
                }
            ),
        )
        keys = writer.table("identity_key")
        rows = keys.join(groups, keys.key_no == groups.key_no)
        writer.replace(
            "identity_key",
            ["key_no"],
            rows.select(
                *[keys[name] for name in keys.columns if name not in {"home", "member"}],
                home=groups.new_home,
                member=groups.new_member,
            ),
        )
    had = before != NEW
    moved = had & (before != member)
    result = Regrouped(
        touched=np.unique(np.concatenate([member, before[had], born])),
        moved=pa.table({"key_no": key_no[moved], "before": before[moved], "member": member[moved]}),
    )
    result.created = refresh_members(writer, result.touched)
    _compare(result, before[had], member[had])
    _tell(writer, result, batch, now)
    if moved.any():
        reassign(writer, result.moved)
    return result


def refresh_members(writer: Writer, numbers: Ints) -> Ints:
    """Bring the ``member`` rows of these numbers up to date. Returns the numbers that are new."""
    if not len(numbers):
        return numbers
    number = writer.temp("member_number", pa.table({"number": numbers}))
    keys = writer.table("identity_key").filter(_.strength == "strong")
    shop = writer.table("shop").select(source_shop="shop", source="platform")
    seen = (
        keys.semi_join(number, keys.member == number.number)
        .group_by("member")
        .aggregate(
            seen_at=_.first_seen_at.min(),
            # Where no identity is dated, the least shop number, so that order plays no part.
            source_shop=ibis.coalesce(_.shop.argmin(_.first_seen_at), _.shop.min()),
        )
    )
    live = writer.temp(
        "live_member",
        seen.left_join(shop, seen.source_shop == shop.source_shop).select(
            number=seen.member,
            first_seen_at=seen.seen_at,
            source_shop=seen.source_shop,
            source=shop.source,
        ),
    )
    held = writer.table("member")
    created = writer.fetch(number.anti_join(held, number.number == held.member).order_by("number"))
    if created.num_rows < len(numbers):
        _update_members(writer, live, keys, number)
    if created.num_rows:
        fresh = writer.temp("created_member", created)
        writer.insert(
            "member",
            live.semi_join(fresh, live.number == fresh.number).rename(member="number"),
        )
    return _ints(created, "number")


def _update_members(writer: Writer, live: ibis.Table, keys: ibis.Table, number: ibis.Table) -> None:
    held = writer.table("member")
    gone = (
        keys.semi_join(number, keys.home == number.number)
        .filter(_.home != _.member)
        .group_by("home")
        .aggregate(into=_.member.min())
    )
    known = held.semi_join(number, held.member == number.number)
    alive = live.select(
        "number", live_seen="first_seen_at", live_source="source", live_shop="source_shop"
    )
    with_live = known.left_join(alive, known.member == alive.number)
    said = with_live.left_join(gone, with_live.member == gone.home)
    is_live = said.number.notnull()
    values = {
        "merged_into": ibis.ifelse(is_live, ibis.null("int64"), said["into"]),
        "first_seen_at": ibis.ifelse(is_live, said.live_seen, said.first_seen_at),
        "source": ibis.ifelse(is_live, said.live_source, said.source),
        "source_shop": ibis.ifelse(is_live, said.live_shop, said.source_shop),
    }
    differs = ibis.or_(*(~value.identical_to(said[name]) for name, value in values.items()))
    kept = [name for name in held.columns if name not in values]
    changed = writer.temp("changed_member", said.filter(differs).select(*kept, **values))
    if writer.count(changed):
        writer.replace("member", ["member"], changed)


def _compare(result: Regrouped, before: Ints, member: Ints) -> None:
    """Numbers that live no longer, and numbers that live again or for the first time apart."""
    old, new = np.unique(before), np.unique(member)
    for number in np.setdiff1d(old, new).tolist():
        result.merged.append((number, int(member[before == number].min())))
    for number in np.setdiff1d(new, old).tolist():
        result.parted.append((number, int(before[member == number].min())))


def _tell(writer: Writer, result: Regrouped, batch: int | None, now: datetime) -> None:
    """Feed rows: members that are new, merged into another, or on their own again."""
    rows: list[dict[str, Any]] = [
        {"change": "merged", "member": into, "subject": number, "before": number, "after": into}
        for number, into in result.merged
    ] + [
        {
            "change": "unmerged",
            "member": number,
            "subject": number,
            "before": former,
            "after": number,
        }
        for number, former in result.parted
    ]
    if not rows:
        return
    told = writer.temp(
        "told_identity",
        pa.table(
            {
                "kind": ["identity"] * len(rows),
                **{name: [row[name] for row in rows] for name in ("change", "member", "subject")},
                **{name: [str(row[name]) for row in rows] for name in ("before", "after")},
                "occurred_at": pa.nulls(len(rows), pa.timestamp("us")),
            }
        ),
    )
    feed.append(writer, told, batch=batch, now=naive_utc(now))


def _ints(table: pa.Table, column: str, missing: int = 0) -> Ints:
    values = table[column].fill_null(missing) if table[column].null_count else table[column]
    return np.asarray(values.to_numpy(), np.int64)

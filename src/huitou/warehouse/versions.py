"""Which of two versions stands: total orders that look at the versions and never at arrival.

Taking the greater of two under a total order is associative, commutative and idempotent, so any
order of files and any repetition gives the same facts (docs/adr/0002).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import ibis

from huitou.warehouse.duckdb import fingerprint

if TYPE_CHECKING:
    from huitou.warehouse.staging import Stage
    from huitou.warehouse.store import Writer

LONG_AGO: Final = ibis.literal("0001-01-01", "timestamp(6)")
NOBODY: Final = 32767
"""The rank of a buyer who is not known: behind every identity."""


@dataclass(frozen=True)
class Batch:
    """What one application of a stage is about. ``now`` is naive UTC; ``has``: its filled sets."""

    writer: Writer
    stage: Stage
    number: int
    now: datetime
    zone: str
    has: frozenset[str]

    @property
    def mark(self) -> ibis.Value:
        """The batch's number as an expression."""
        return self.writer.variable("batch", self.number)


@dataclass
class SetReport:
    """How many things of a record set were new, changed, or already known as they are."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0

    @property
    def total(self) -> int:
        return self.inserted + self.updated + self.unchanged


def later(pairs: Sequence[tuple[ibis.Value, ibis.Value]]) -> ibis.Value:
    """Whether the first of each pair, read as one tuple, is greater than the second. No NULLs."""
    (first, second), *rest = pairs
    greater = first > second
    return greater | ((first == second) & later(rest)) if rest else greater


def newest(rows: ibis.Table, key: Sequence[str], order: Sequence[str]) -> ibis.Table:
    """Of the rows that share ``key``, the one whose ``order`` columns are greatest. No NULLs."""
    descending = [rows[name].desc() for name in order]
    numbered = rows.mutate(
        place_among_versions=ibis.row_number().over(
            group_by=[rows[name] for name in key], order_by=descending
        )
    )
    return numbered.filter(numbered.place_among_versions == 0).drop("place_among_versions")


def repeats(writer: Writer, rows: ibis.Table, key: Sequence[str]) -> bool:
    """Whether two rows share a key."""
    counted = rows.group_by(list(key)).aggregate(n=ibis._.count())
    return bool(writer.scalar((counted.n.max() > 1).fill_null(False)))


def position(state: ibis.Value, states: Sequence[str]) -> ibis.Value:
    """The index of a state in a list; −1 for NULL and for what is not in it."""
    return state.cases(*[(name, at) for at, name in enumerate(states)], else_=-1)


def differ(fingerprint: ibis.Value, held: ibis.Value) -> ibis.Value:
    """Whether two facets differ. One whose fingerprint was forgotten does not."""
    return ((fingerprint != held) & (held != 0)).fill_null(False)


def or_epoch(instant: ibis.Value) -> ibis.Value:
    """An instant that can be compared: NULL is before everything."""
    return instant.fill_null(LONG_AGO)


def hashed(rows: ibis.Table, columns: Sequence[str]) -> ibis.Value:
    """The fingerprint of a facet's values."""
    return fingerprint({name: rows[name] for name in columns})


def greatest(first: ibis.Value, second: ibis.Value) -> ibis.Value:
    """The greater of two, or the one that is not NULL (engines disagree about GREATEST)."""
    return ibis.ifelse(first.isnull() | (second > first), second, first)


def numbered(rows: ibis.Table, column: str, after: ibis.Value, order: Sequence[str]) -> ibis.Table:
    """Rows with consecutive numbers in ``column``, the first one being ``after`` + 1."""
    at = ibis.row_number().over(order_by=[rows[name] for name in order])
    return rows.mutate(**{column: (at + 1 + after).cast("int64")})


def highest(writer: Writer, table: str, column: str) -> ibis.Value:
    """The greatest number given out in a table so far, as an expression; 0 when it is empty."""
    found = writer.scalar(writer.table(table)[column].max())
    return writer.variable(f"last_{column}", int(found or 0))


def staged_buyers(batch: Batch, record_set: str) -> ibis.Table:
    """(row_no, buyer_key, buyer_rank, buyer_hash, member): who each row of a record set is by."""
    writer = batch.writer
    buyers = writer.table("stage_buyer")
    keys = writer.table("identity_key").select("key_no", buyer_hash=ibis._.hash)
    mine = buyers.filter(buyers.record_set == record_set)
    return mine.left_join(keys, mine.buyer_key == keys.key_no).select(
        "row_no", "buyer_key", "buyer_rank", "buyer_hash", "member"
    )


@dataclass(frozen=True)
class Settled:
    """The outcome of ``settle``: a temporary table, and what to report."""

    next: ibis.Table
    report: SetReport


def settle(
    batch: Batch,
    name: str,
    incoming: ibis.Table,
    *,
    key: Sequence[str],
    order: Mapping[str, ibis.Value],
    stored_order: Mapping[str, ibis.Value],
    number: str | None = None,
    label: str | None = None,
    keep: Sequence[str] = (),
) -> Settled:
    """Bring versions of things that are one facet each into table ``name``.

    ``incoming`` has the table's columns (NULL where unknown), ``fingerprint`` among them; ``order`` and
    ``stored_order`` give the comparable columns of a version, of ``incoming`` and of the table.
    ``number`` is the column of the thing's number, given to new ones. Columns in ``keep`` are not the
    version's: a known thing keeps its own, a new one has NULL. The temporary table
    ``<label or name>_next`` holds the rows that were written, with ``is_new``, ``is_real`` (its
    values differ) and ``state_before``. Rows with a NULL in ``key`` are left out.
    """
    writer = batch.writer
    ranks = list(order)
    versions = incoming.mutate(**{f"order_{rank}": value for rank, value in order.items()})
    versions = versions.filter([versions[column].notnull() for column in key])
    versions = newest(versions, key, [f"order_{rank}" for rank in ranks])
    stored = writer.table(name)
    has_state = "state" in stored.columns
    held = stored.select(
        *[stored[column].name(f"held_{column}") for column in key],
        held_number=stored[number] if number else ibis.literal(0),
        held_fingerprint=stored.fingerprint,
        is_held=ibis.literal(True),
        held_state=stored.state if has_state else ibis.null("string"),
        **{f"held_{column}": stored[column] for column in keep},
        **{f"held_order_{rank}": stored_order[rank] for rank in ranks},
    )
    joined = versions.left_join(
        held, [versions[column] == held[f"held_{column}"] for column in key]
    )
    is_new = joined.is_held.isnull()
    wins = is_new | later(
        [(joined[f"order_{rank}"], joined[f"held_order_{rank}"]) for rank in ranks]
    )
    judged = writer.temp(
        f"{label or name}_judged",
        joined.mutate(
            is_new=is_new,
            wins=wins,
            is_real=is_new | (wins & differ(joined.fingerprint, joined.held_fingerprint)),
            state_before=joined.held_state,
            **{column: joined[f"held_{column}"] for column in keep},
        ),
    )
    report = report_of(writer, judged)
    written = judged.filter(judged.wins)
    if number:
        fresh = numbered(written.filter(written.is_new), number, highest(writer, name, number), key)
        known = written.filter(~written.is_new).mutate(**{number: ibis._.held_number})
        written = fresh.union(known.select(*fresh.columns))
    columns = [
        column for column in stored.columns if column != "batch" and column in written.columns
    ]
    outcome = writer.temp(
        f"{label or name}_next",
        written.select(*columns, "is_new", "is_real", "state_before", batch=batch.mark),
    )
    writer.drop_temp(f"{label or name}_judged")
    writer.delete(name, key, outcome.filter(~outcome.is_new))
    writer.insert(name, outcome)
    return Settled(outcome, report)


def report_of(writer: Writer, judged: ibis.Table) -> SetReport:
    """Counts of a table with the columns ``is_new`` and ``is_real`` (new things are real)."""
    row = writer.rows(
        judged.aggregate(
            inserted=judged.is_new.sum().fill_null(0),
            real=judged.is_real.sum().fill_null(0),
            total=judged.count(),
        )
    )[0]
    inserted, real, total = int(row["inserted"]), int(row["real"]), int(row["total"])
    return SetReport(inserted, real - inserted, total - real)

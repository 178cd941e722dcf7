"""File-level state: which orders lie in more than one batch, and their parts until the file ends.

Rows of one order are normally adjacent but need not be. A first look at the order numbers alone
(``FileState.scan``) finds those that straddle batches; their partial trades wait for the end of the
file, all others leave with their batch. So memory holds the straddlers only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.intake.canonical import STRING
from huitou.intake.lines import ordinals
from huitou.intake.trades import AMOUNTS

Hashes = np.ndarray[Any, np.dtype[np.int64]]

_SUMS: Final = ("line_goods", "line_paid", "line_refunded", "line_units")
_MINS: Final = ("row_no", "created_at", "paid_at", "open_status")
_MAXES: Final = (
    "shipped_at",
    "signed_at",
    "finished_at",
    "closed_at",
    "version_at",
    "last_status",
    "all_back",
)


def hashes(values: pa.Array) -> Hashes:
    """Process-local hashes of strings."""
    return np.fromiter(
        (hash(word) for word in values.to_pylist()), dtype=np.int64, count=len(values)
    )


@dataclass
class FileState:
    """What is remembered between the batches of one file."""

    straddling: Hashes | None = (
        None  # sorted; None until scanned: then nothing is known to be whole
    )
    held: list[pa.Table] = field(default_factory=list)
    counts: dict[tuple[str, ...], int] = field(default_factory=dict)

    def scan(self, batches: Iterable[pa.Array]) -> None:
        """Look at the group ids of every batch and find those that occur in more than one."""
        seen = [np.unique(hashes(pc.unique(ids.drop_null()))) for ids in batches]
        if not seen:
            self.straddling = np.empty(0, dtype=np.int64)
            return
        values, counts = np.unique(np.concatenate(seen), return_counts=True)
        self.straddling = values[counts > 1]

    def straddles(self, ids: pa.Array) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which of these rows belong to a group that other batches have rows of too."""
        if self.straddling is None:
            return np.ones(len(ids), dtype=bool)
        if not len(self.straddling):
            return np.zeros(len(ids), dtype=bool)
        encoded = ids.dictionary_encode()
        known = np.isin(hashes(encoded.dictionary), self.straddling)
        return np.asarray(known[encoded.indices.to_numpy(zero_copy_only=False)])

    def ordinals(self, *groups: pa.Array) -> Hashes:
        """1, 2, 3 … among equal groups, counted on from earlier batches. The first of ``groups`` is
        the id that was scanned."""
        joined = groups[0] if len(groups) == 1 else pc.binary_join_element_wise(*groups, "\x1f")
        numbers = ordinals(joined)
        rows = np.flatnonzero(self.straddles(groups[0]))
        if len(rows):
            words = joined.take(pa.array(rows)).to_pylist()
            for row, word in zip(rows, words, strict=True):
                self.counts[(word,)] = count = self.counts.get((word,), 0) + 1
                numbers[row] = count
        return numbers


def group(rows: pa.Table, totals: Mapping[str, str]) -> pa.Table:
    """One row per ``trade_id``: the first filled value of each column, earliest and latest times, and
    sums. ``totals``: amounts that are summed (``sum``); the others stand on every row (``once``)."""
    if len(pc.unique(rows["trade_id"])) == rows.num_rows:
        return rows
    aggregations: list[tuple[str, str]] = []
    for name in rows.schema.names:
        if name == "trade_id" or rows[name].null_count == rows.num_rows:
            continue
        if name in _SUMS or (name in (*AMOUNTS, "units") and totals.get(name) == "sum"):
            how = "sum"
        elif name in _MINS:
            how = "min"
        elif name in _MAXES or name in (*AMOUNTS, "units"):
            how = "max"
        else:
            how = "first"
        aggregations.append((name, how))
    grouped = rows.group_by("trade_id", use_threads=False).aggregate(aggregations)
    columns = {
        name: grouped["trade_id" if name == "trade_id" else f"{name}_{how}"].cast(
            rows.schema.field(name).type
        )
        for name, how in [("trade_id", ""), *aggregations]
    }
    for name in rows.schema.names:
        if name not in columns:  # filled in no row
            columns[name] = pa.nulls(grouped.num_rows, rows.schema.field(name).type)
    return pa.table({name: columns[name] for name in rows.schema.names}, schema=rows.schema)


def text_or_null(values: pa.Array) -> pa.Array:
    """Strings, null for the empty one."""
    return pc.if_else(pc.equal(values, ""), pa.scalar(None, STRING), values)

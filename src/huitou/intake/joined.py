"""Rows that hold several lines, joined by ``;`` in a few cells, taken apart into a row per line.

Douyin's layout with one row per main order (domain/formats.md 2.4). A cell whose number of parts is
that of the sub-order numbers is split; a quantity is given out only where it is unambiguous; what
fits neither way is left empty. Amounts of the order stay on its first line, so that they add up.
"""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.intake.canonical import STRING
from huitou.intake.frame import Layout
from huitou.intake.readers.table import RawBatch

_SPLIT: Final = r"\s*[;；]\s*"


def explode(raw: RawBatch, layout: Layout) -> RawBatch:
    """The batch with joined rows taken apart; unchanged where there are none."""
    places = {place.column.field: place for place in layout.places if place.position is not None}
    lead = places.get("line.line_id")
    if lead is None or lead.position is None:
        return raw
    ids = raw.column(lead.position)
    joined = pc.fill_null(pc.match_substring_regex(ids, r"[;；]\s*\S"), False)
    if not pc.any(joined).as_py():
        return raw
    counts = np.ones(len(raw), dtype=np.int64)
    rows = np.flatnonzero(joined.to_numpy(zero_copy_only=False))
    parts_of = {int(row): _parts(ids[int(row)].as_py()) for row in rows}
    for row, parts in parts_of.items():
        counts[row] = len(parts)
    index = np.repeat(np.arange(len(raw)), counts)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    data = raw.data.take(pa.array(index))
    columns = list(data.columns)
    line_positions = {
        place.position: place.column.field
        for place in layout.places
        if place.position is not None and place.column.field.startswith("line.")
    }
    sums = {
        place.position
        for place in layout.places
        if place.position is not None
        and layout.profile.options.totals.get(place.column.field) == "sum"
    }
    undivided: dict[int, np.ndarray[Any, np.dtype[np.bool_]]] = {}
    for position in {*line_positions, *sums}:
        cells = columns[position].to_pylist()
        whole = raw.column(position)
        shared = np.zeros(len(index), dtype=bool)
        for row, parts in parts_of.items():
            cell = whole[row].as_py() or ""
            own, n, start = _parts(cell), len(parts), int(starts[row])
            new: list[str | None] = [None] * n
            if len(own) == n:
                new = list(own)
            elif line_positions.get(position) == "line.qty" and own == [str(n)]:
                new = ["1"] * n
            elif position in sums:
                new[0] = cell
                shared[start : start + n] = True
            cells[start : start + n] = new
        columns[position] = pa.array(cells, STRING)
        if shared.any():
            undivided[position] = shared
    return RawBatch(
        raw.row_no.take(pa.array(index)),
        pa.RecordBatch.from_arrays(columns, names=data.schema.names),
        raw.bad,
        raw.may_hold_nuls,
        undivided,
    )


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in re.split(_SPLIT, cell.strip().strip(";；")) if part.strip()]

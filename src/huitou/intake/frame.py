"""One batch of rows read through a profile: typed columns by canonical field, and the faults found.

Every later step works on a ``Frame``: it asks for a field's array (null where the file has none),
sets derived ones, and records faults. Rows with a fault leave as rejects, the first fault of each
row naming its column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.intake.canonical import MONEY, QTY, STRING, TIME, Reject
from huitou.intake.converters import CONVERTERS, Mask, Setting, clean, true_rows
from huitou.intake.fields import ATTRIBUTE, field_of
from huitou.intake.profiles.base import Column, Profile
from huitou.intake.readers.encoding import NUL_MARK
from huitou.intake.readers.headers import same_header
from huitou.intake.readers.table import RawBatch
from huitou.intake.reasons import reason

ROW_NUMBER = "row_number"
_TYPES = {
    "money": MONEY,
    "cents": MONEY,
    "qty": QTY,
    "int": pa.int64(),
    "time": TIME,
    "date": pa.date32(),
    "bool": pa.bool_(),
}


@dataclass(frozen=True)
class Place:
    """A profile's column found in a file: where, under which header, and how it is read."""

    column: Column
    position: int | None  # None: a constant or the row number
    header: str
    converter: str


@dataclass(frozen=True)
class Layout:
    """How a profile fits one table's header."""

    profile: Profile
    places: tuple[Place, ...]
    missing: tuple[str, ...]  # usual headers of required fields that the file lacks
    leftover: tuple[tuple[int, str], ...]  # columns that nobody claims: position, header

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(place.column.field for place in self.places)


def fit(profile: Profile, header: Sequence[str]) -> Layout:
    """Find each of the profile's columns in a header, by name; the first of several equal names.

    A field may have several sources, by further aliases or further columns: a later one is looked at
    where the earlier ones are empty.
    """
    positions: dict[str, int] = {}
    for index, name in enumerate(header):
        positions.setdefault(same_header(name), index)
    places: list[Place] = []
    missing: list[str] = []
    claimed: set[int] = set()
    for column in profile.columns:
        known = field_of(profile.grain, column.field)
        converter = column.converter or (known.type if known else "text")
        if converter == "id" and profile.options.loose_ids:
            converter = "key"
        if column.constant is not None or column.converter == ROW_NUMBER:
            places.append(Place(column, None, "", converter))
            continue
        found = _positions(column, header, positions)
        if not found and column.required:
            missing.append(column.headers[0] if column.headers else f"列{(column.index or 0) + 1}")
        claimed.update(found)
        places += [Place(column, at, header[at] or f"列{at + 1}", converter) for at in found]
    ignored = {same_header(name) for name in profile.others}
    leftover = tuple(
        (index, name)
        for index, name in enumerate(header)
        if name and index not in claimed and same_header(name) not in ignored
    )
    return Layout(profile, tuple(places), tuple(missing), leftover)


def _positions(column: Column, header: Sequence[str], positions: Mapping[str, int]) -> list[int]:
    """Where a column's sources are, best one first."""
    if column.index is not None:
        return [column.index] if column.index < len(header) else []
    named = (positions.get(same_header(name)) for name in column.headers)
    return list(dict.fromkeys(at for at in named if at is not None))


@dataclass
class Frame:
    """Typed columns of one batch. ``headers`` tells the header a field came from, for messages."""

    layout: Layout
    raw: RawBatch
    values: dict[str, pa.Array] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, str, Mask]] = field(default_factory=list)  # code, header, rows
    unknown: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return len(self.raw)

    def get(self, name: str, kind: pa.DataType = STRING) -> pa.Array:
        """A field's column; nulls of ``kind`` where the file does not have it."""
        found = self.values.get(name)
        return pa.nulls(self.rows, kind) if found is None else found

    def has(self, name: str) -> bool:
        return name in self.values

    def fault(self, code: str, name: str, rows: Mask) -> None:
        """Record that these rows cannot be taken because of this field."""
        if rows.any():
            self.faults.append((code, self.headers.get(name, name), rows))

    def note_unknown(self, name: str, words: pa.Array) -> None:
        """Count words that no map knows, so that a person is told."""
        counts = self.unknown.setdefault(name, {})
        for entry in pc.value_counts(words.drop_null()).to_pylist():
            counts[entry["values"]] = counts.get(entry["values"], 0) + entry["counts"]

    def rejected(self) -> Mask:
        """Which rows have a fault."""
        out = np.zeros(self.rows, dtype=bool)
        for _, _, rows in self.faults:
            out |= rows
        return out

    def rejects(self) -> list[Reject]:
        """One reject per faulty row, with its original cells, and those the reader refused."""
        found = [
            Reject(bad.row_no, bad.code, bad.column, reason(bad.code, bad.column), bad.cells)
            for bad in self.raw.bad
        ]
        taken = np.zeros(self.rows, dtype=bool)
        for code, header, rows in self.faults:
            for row in np.flatnonzero(rows & ~taken):
                number = self.raw.row_no[int(row)].as_py()
                cells = self.raw.cells(int(row))
                found.append(Reject(number, code, header, reason(code, header), cells))
            taken |= rows
        return sorted(found, key=lambda reject: reject.row_no)


def read(layout: Layout, raw: RawBatch, zone: str, only: frozenset[str] | None = None) -> Frame:
    """Clean and convert every column of a layout (or ``only`` some fields of it)."""
    frame = Frame(layout, raw)
    filled: dict[str, pa.Array] = {}
    for place in layout.places:
        name = place.column.field
        if only is not None and name not in only:
            continue
        cells = _cells(place, raw)
        own = layout.profile.value_maps.get(name)
        if own:
            cells = _mapped(cells, own)
        if name in filled:
            cells = pc.if_else(filled[name], pa.scalar(None, STRING), cells)
            if cells.null_count == len(cells):
                continue
        present = pc.is_valid(cells)
        filled[name] = pc.or_(filled[name], present) if name in filled else present
        _convert(frame, place, cells, zone)
    for column in layout.profile.required:
        if column.field in ("trade_id", "refund_id") and column.field in filled:
            frame.fault("missing", column.field, true_rows(pc.invert(filled[column.field])))
    return frame


def _convert(frame: Frame, place: Place, cells: pa.Array, zone: str) -> None:
    options = frame.layout.profile.options
    setting = Setting(
        zone=options.zone or zone,
        day_first=options.day_first,
        format=place.column.format,
        negative=options.negative_qty == "return",
    )
    name = place.column.field
    converter = "text" if place.converter == ROW_NUMBER else place.converter
    converted = CONVERTERS[converter](cells, setting)
    if name in frame.values:
        frame.values[name] = pc.coalesce(frame.values[name], converted.values)
    else:
        frame.values[name] = converted.values
        frame.headers[name] = place.header
    for code, rows in converted.faults:
        if rows.any():
            frame.faults.append((code, place.header, rows))
    if place.position is not None and frame.raw.may_hold_nuls:
        _find_nuls(frame, cells, place.header)


def _cells(place: Place, raw: RawBatch) -> pa.Array:
    if place.column.converter == ROW_NUMBER:
        return raw.row_no.cast(STRING)
    if place.position is None:
        return pa.repeat(pa.scalar(place.column.constant, STRING), len(raw))
    cells = clean(raw.column(place.position))
    shared = raw.undivided.get(place.position)
    if shared is not None and place.column.field.startswith("line."):
        cells = pc.if_else(pa.array(shared), pa.scalar(None, STRING), cells)
    return cells


def _mapped(cells: pa.Array, words: Mapping[str, str]) -> pa.Array:
    """Replace whole values; the empty target means missing."""
    encoded = cells.dictionary_encode()
    new = [words.get(word, word) or None for word in encoded.dictionary.to_pylist()]
    return pa.array(new, STRING).take(encoded.indices)


def _find_nuls(frame: Frame, cells: pa.Array, header: str) -> None:
    nuls = pc.match_substring(cells, NUL_MARK)
    if pc.any(nuls).as_py():
        frame.faults.append(("nul_byte", header, true_rows(nuls)))


def attributes(frame: Frame) -> list[tuple[str, pa.Array]]:
    """Attribute columns by name: those mapped as such, and the unclaimed ones where the profile says so."""
    found = [
        (name[len(ATTRIBUTE) :], values)
        for name, values in frame.values.items()
        if name.startswith(ATTRIBUTE)
    ]
    if frame.layout.profile.options.rest_as_attributes:
        found += [(name, clean(frame.raw.column(i))) for i, name in frame.layout.leftover]
    return found


def concat_objects(parts: list[Any]) -> Any:
    """The parts as one Arrow array."""
    return pa.concat_arrays(parts) if len(parts) != 1 else parts[0]

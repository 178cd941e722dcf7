"""Dates and times as exports write them, vectorised: text in a zone's wall time to naive UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.intake.canonical import TIME

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Faults = tuple[tuple[str, Mask], ...]

FIRST: Final = np.datetime64("1970-01-01")
LAST: Final = np.datetime64("2100-01-01")
_ZERO: Final = r"^0000[-/]0?0[-/]0?0"

_CLOCK: Final = (
    r"(?:[T\s　]*(?P<H>\d{1,2})\s*[:：时点]\s*(?P<M>\d{1,2})\s*分?"
    r"(?:\s*[:：]?\s*(?P<S>\d{1,2})\s*秒?(?:[.,](?P<f>\d{1,9}))?)?)?"
)
_ZONE: Final = r"\s*(?P<z>Z|[+-]\d{2}:?\d{2})?$"
_YEAR_FIRST: Final = (
    r"^(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?" + _CLOCK + _ZONE
)
_YEAR_LAST: Final = r"^(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})" + _CLOCK + _ZONE
_COMPACT: Final = (
    r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:[\sT]?(?P<H>\d{2}):?(?P<M>\d{2}):?(?P<S>\d{2})?)?$"
)
_SERIAL: Final = r"^\d{5}(\.\d+)?$"
_EXCEL_EPOCH: Final = np.datetime64("1899-12-30", "us")


def instants(
    values: pa.Array, *, zone: str, day_first: bool | None = None, pattern: str | None = None
) -> tuple[pa.Array, Faults]:
    """Text to naive UTC microseconds. Wall times are of ``zone``; a ``Z`` or ``+08:00`` overrides it.

    Understood: 2017-05-30 23:18:00(.000), 2017/5/30 23:18, 2017年5月30日 23时18分, 20170530231800, a bare
    day (its start), an Excel serial number; ``pattern`` is a strptime form, or ``unix`` / ``unix_ms``.
    """
    if pattern in ("unix", "unix_ms"):
        return _unix(values, pattern)
    try:
        wall = values.cast(TIME) if pattern is None else _by_pattern(values, pattern)
        offsets = None
        faults: dict[str, Mask] = {}
    except pa.ArrowInvalid:
        wall, offsets, faults = _slow(values, day_first, pattern)
    utc = _to_utc(wall, zone)
    if offsets is not None:
        has_offset = ~np.isnan(offsets)
        moved = wall.to_numpy(zero_copy_only=False) - (
            np.nan_to_num(offsets).astype("timedelta64[m]")
        )
        utc = pc.if_else(pa.array(has_offset), pa.array(moved.astype("datetime64[us]"), TIME), utc)
    return _in_range(utc, faults, FIRST, LAST)


def dates(
    values: pa.Array, *, day_first: bool | None = None, pattern: str | None = None
) -> tuple[pa.Array, Faults]:
    """Text to days (date32), from 1900 on."""
    try:
        wall = values.cast(TIME) if pattern is None else _by_pattern(values, pattern)
        faults: dict[str, Mask] = {}
    except pa.ArrowInvalid:
        wall, _, faults = _slow(values, day_first, pattern)
    found, all_faults = _in_range(wall, faults, np.datetime64("1900-01-01"), LAST)
    return found.cast(pa.date32(), safe=False), all_faults


def _by_pattern(values: pa.Array, pattern: str) -> pa.Array:
    """Arrow's strptime, which takes the 30th of February for a day in March, with that undone.

    Raises ``ArrowInvalid`` unless every value reads back as it was.
    """
    wall = pc.strptime(values, pattern, "us").cast(TIME)
    back = pc.replace_substring_regex(pc.strftime(wall, format=pattern), r"\.0+", "")
    if not pc.fill_null(pc.all(pc.equal(back, values)), True).as_py():
        raise pa.ArrowInvalid("not every value reads back")
    return wall


def _parsed(word: str, pattern: str) -> np.datetime64:
    try:
        return np.datetime64(datetime.strptime(word, pattern), "us")  # noqa: DTZ007 - wall time
    except ValueError:
        return np.datetime64("NaT")


def _to_utc(wall: pa.Array, zone: str) -> pa.Array:
    if zone == "UTC":
        return wall
    ZoneInfo(zone)  # a name that nobody knows fails here, with its name
    there = pc.assume_timezone(wall, zone, ambiguous="earliest", nonexistent="latest")
    return there.cast(pa.timestamp("us", "UTC")).cast(TIME)


def _in_range(
    values: pa.Array, faults: dict[str, Mask], first: np.datetime64, last: np.datetime64
) -> tuple[pa.Array, Faults]:
    bounds = pc.min_max(values).as_py()
    if bounds["min"] is not None and (
        np.datetime64(bounds["min"]) < first or np.datetime64(bounds["max"]) >= last
    ):
        at = values.to_numpy(zero_copy_only=False)
        outside = ~np.isnat(at) & ((at < first) | (at >= last))
        faults["date_out_of_range"] = outside
        values = pc.if_else(pa.array(outside), pa.scalar(None, values.type), values)
    return values, tuple(faults.items())


def _unix(values: pa.Array, unit: str) -> tuple[pa.Array, Faults]:
    good = pc.fill_null(pc.match_substring_regex(values, r"^\d{9,14}$"), False)
    numbers = pc.if_else(good, values, None).cast(pa.int64())
    micros = pc.multiply(numbers, 1_000_000 if unit == "unix" else 1_000).cast(TIME)
    wrong = np.asarray(pc.and_(pc.invert(good), pc.is_valid(values)).to_numpy(zero_copy_only=False))
    return _in_range(micros, {"date_invalid": wrong}, FIRST, LAST)


def _slow(
    values: pa.Array, day_first: bool | None, pattern: str | None
) -> tuple[pa.Array, np.ndarray[Any, Any] | None, dict[str, Mask]]:
    """Distinct values only: wall time, minutes of explicit offset (nan for none), faults."""
    encoded = values.dictionary_encode()
    words = encoded.dictionary
    wall = np.full(len(words), np.datetime64("NaT"), dtype="datetime64[us]")
    offsets = np.full(len(words), np.nan)
    ambiguous = np.zeros(len(words), dtype=bool)
    if pattern is not None:
        wall[:] = [_parsed(word, pattern) for word in words.to_pylist()]
    forms = (_YEAR_FIRST, _COMPACT) if pattern is None else ()
    for form in forms:
        _fill(wall, offsets, words, form, swap=False)
    if pattern is None:
        year_last = np.asarray(
            pc.match_substring_regex(words, r"^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}").to_numpy(
                zero_copy_only=False
            )
        )
        if day_first is None:
            ambiguous = year_last
        else:
            _fill(wall, offsets, words, _YEAR_LAST, swap=not day_first)
        _fill_serials(wall, words)
    zero = np.asarray(pc.match_substring_regex(words, _ZERO).to_numpy(zero_copy_only=False))
    wrong = np.isnat(wall) & ~ambiguous & ~zero
    take = encoded.indices

    def spread(mask: Mask) -> Mask:
        spread_out = pa.array(mask).take(take)
        return np.asarray(pc.fill_null(spread_out, False).to_numpy(zero_copy_only=False))

    faults = {"date_invalid": spread(wrong)}
    if ambiguous.any():
        faults["date_ambiguous"] = spread(ambiguous)
    at = pa.array(wall, TIME).take(take)
    if np.isnan(offsets).all():
        return at, None, faults
    minutes = pa.array(offsets).take(take)
    return at, np.asarray(pc.fill_null(minutes, np.nan).to_numpy(zero_copy_only=False)), faults


def _fill(
    wall: np.ndarray[Any, Any],
    offsets: np.ndarray[Any, Any],
    words: pa.Array,
    form: str,
    *,
    swap: bool,
) -> None:
    open_places = np.isnat(wall)
    if not open_places.any():
        return
    parts = pc.extract_regex(words, form)
    found = np.asarray(parts.is_valid().to_numpy(zero_copy_only=False)) & open_places
    if not found.any():
        return
    names = {parts.type.field(i).name for i in range(parts.type.num_fields)}

    def number(name: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        if name not in names:
            return np.zeros(int(found.sum()), dtype=np.int64)
        column = parts.field(name).filter(pa.array(found))
        filled = pc.if_else(pc.equal(column, ""), "0", column)
        return np.asarray(filled.cast(pa.int64()).to_numpy(zero_copy_only=False))

    year, month, day = number("y"), number("d" if swap else "m"), number("m" if swap else "d")
    hour, minute, second = number("H"), number("M"), number("S")
    micro = np.zeros_like(year)
    if "f" in names:
        digits = parts.field("f").filter(pa.array(found))
        padded = pc.utf8_slice_codeunits(pc.utf8_rpad(digits, 6, "0"), 0, 6)
        micro = np.asarray(padded.cast(pa.int64()).to_numpy(zero_copy_only=False))
    months = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (month - 1)
    at_day = months.astype("datetime64[D]") + (day - 1)
    real = (month >= 1) & (month <= 12) & (day >= 1) & (at_day.astype("datetime64[M]") == months)
    real &= (hour <= 23) & (minute <= 59) & (second <= 59)
    seconds = hour * 3600 + minute * 60 + second
    at = at_day.astype("datetime64[us]") + (seconds * 1_000_000 + micro).astype("timedelta64[us]")
    places = np.flatnonzero(found)
    wall[places[real]] = at[real]
    if "z" in names:
        zones = parts.field("z").filter(pa.array(found)).to_pylist()
        offsets[places] = [_offset_minutes(zone) for zone in zones]


def _offset_minutes(zone: str) -> float:
    if not zone:
        return np.nan
    if zone == "Z":
        return 0.0
    sign = -1 if zone[0] == "-" else 1
    return float(sign * (int(zone[1:3]) * 60 + int(zone[-2:])))


def _fill_serials(wall: np.ndarray[Any, Any], words: pa.Array) -> None:
    """Excel's day numbers, left over where a date cell lost its format: 42885.97 → 2017-05-30 23:16:48."""
    serial = np.asarray(pc.match_substring_regex(words, _SERIAL).to_numpy(zero_copy_only=False))
    places = np.flatnonzero(serial & np.isnat(wall))
    if len(places):
        numbers = words.take(pa.array(places)).cast(pa.float64()).to_numpy(zero_copy_only=False)
        seconds = np.round(numbers * 86_400).astype("timedelta64[s]")
        wall[places] = _EXCEL_EPOCH + seconds

"""Arrow columns straight from numpy: money, instants, digits and joined texts, without Python loops."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from huitou.demo.dice import Bools, Ints, Words

MONEY: Final = pa.decimal128(18, 4)
QTY: Final = pa.decimal128(18, 3)
TIME: Final = pa.timestamp("us")
DAY: Final = 86_400
ZONE_OFFSET: Final = 8 * 3_600
"""Asia/Shanghai is UTC+8 without daylight saving in all the years the demo covers."""


def _decimals(units: Ints, kind: pa.DataType, present: Bools | None) -> pa.Array:
    """Whole units (of the last decimal place) as decimals."""
    words = np.empty((len(units), 2), dtype=np.int64)
    words[:, 0] = units
    words[:, 1] = units >> 63
    return pa.Array.from_buffers(kind, len(units), [_validity(present), pa.py_buffer(words)])


def _validity(present: Bools | None) -> pa.Buffer | None:
    if present is None:
        return None
    return pa.py_buffer(np.packbits(present, bitorder="little"))


def money(cents: Ints, present: Bools | None = None) -> pa.Array:
    """Cents as DECIMAL(18,4)."""
    return _decimals(np.asarray(cents, dtype=np.int64) * 100, MONEY, present)


def quantity(pieces: Ints) -> pa.Array:
    """Whole pieces as DECIMAL(18,3)."""
    return _decimals(np.asarray(pieces, dtype=np.int64) * 1000, QTY, None)


def instants(local_seconds: Ints, present: Bools | None = None) -> pa.Array:
    """Seconds since 1970 on the brand's clock as naive UTC timestamps."""
    micros = (np.asarray(local_seconds, dtype=np.int64) - ZONE_OFFSET) * 1_000_000
    return pa.Array.from_buffers(TIME, len(micros), [_validity(present), pa.py_buffer(micros)])


def numbers(values: npt.NDArray[Any], kind: pa.DataType, present: Bools | None = None) -> pa.Array:
    """Numbers as an Arrow type, NULL where not ``present``."""
    return pa.array(values, mask=None if present is None else ~present).cast(kind)


def pick(words: pa.Array, index: Ints, present: Bools | None = None) -> pa.Array:
    """``words[index]``; NULL where not ``present``."""
    return words.take(pa.array(index, mask=None if present is None else ~present))


def join(*parts: pa.Array | pa.Scalar) -> pa.Array:
    """Texts put together row by row; NULL parts are left out."""
    return pc.binary_join_element_wise(*parts, "", null_handling="skip")


def only(values: pa.Array, present: Bools) -> pa.Array:
    """The values, NULL where not ``present``."""
    return pc.if_else(pa.array(present), values, pa.scalar(None, values.type))


def choose(condition: Bools, yes: pa.Array, no: pa.Array | pa.Scalar) -> pa.Array:
    """Row by row one or the other."""
    return pc.if_else(pa.array(condition), yes, no)


def _fixed(block: npt.NDArray[np.uint8]) -> pa.Array:
    """Rows of ASCII bytes, all of one width, as strings."""
    size, width = block.shape
    offsets = np.arange(size + 1, dtype=np.int64) * width
    return pa.LargeStringArray.from_buffers(
        size, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(block))
    ).cast(pa.string())


def digits(values: Ints, width: int, prefix: str = "") -> pa.Array:
    """Zero-padded decimal numbers after a fixed ASCII prefix."""
    lead = prefix.encode()
    block = np.empty((len(values), len(lead) + width), dtype=np.uint8)
    block[:, : len(lead)] = np.frombuffer(lead, dtype=np.uint8)
    rest = np.asarray(values, dtype=np.int64).copy()
    for place in range(len(lead) + width - 1, len(lead) - 1, -1):
        block[:, place] = 48 + rest % 10
        rest //= 10
    return _fixed(block)


_ALPHABET: Final = np.frombuffer(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", dtype=np.uint8
)


def codes(first: Words, second: Words, width: int, prefix: str = "") -> pa.Array:
    """Opaque ids as platforms hand them out: ``width`` (≤ 20) base-64 letters from 128 bits."""
    lead = prefix.encode()
    block = np.empty((len(first), len(lead) + width), dtype=np.uint8)
    block[:, : len(lead)] = np.frombuffer(lead, dtype=np.uint8)
    for place in range(width):
        source = first if place < 10 else second
        shift = np.uint64(6 * (place % 10))
        block[:, len(lead) + place] = _ALPHABET[
            ((source >> shift) & np.uint64(63)).astype(np.int64)
        ]
    return _fixed(block)


def day_texts(local_seconds: Ints, pattern: str) -> pa.Array:
    """Instants on the brand's clock as text, by an strftime ``pattern``."""
    return pc.strftime(pa.array(local_seconds).cast(pa.timestamp("s")), format=pattern)


def empty_texts(size: int) -> pa.Array:
    """A column of NULL texts."""
    return pa.nulls(size, pa.string())


def table(columns: dict[str, Any]) -> pa.Table:
    """A table from columns; scalars (str, int, None) are repeated."""
    size = next(len(column) for column in columns.values() if isinstance(column, pa.Array))
    full: dict[str, pa.Array] = {}
    for name, column in columns.items():
        if isinstance(column, pa.Array):
            full[name] = column
        elif isinstance(column, np.ndarray):
            full[name] = pa.array(column)
        elif column is None:
            full[name] = empty_texts(size)
        else:
            full[name] = pa.repeat(column, size)
    return pa.table(full)

"""Parquet files; values come out as the text that the same table would hold as csv."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from huitou.intake.readers import errors
from huitou.intake.readers.table import HEAD_ROWS, RawBatch, RawTable


def as_text(column: pa.Array) -> pa.Array:
    """A typed column as strings; instants without their fraction when it is zero."""
    if pa.types.is_timestamp(column.type):
        utc = column.type.tz is not None
        wall = column.cast(pa.timestamp("us", tz="UTC" if utc else None))
        with suppress(pa.ArrowInvalid):  # whole seconds come out without a fraction
            wall = wall.cast(pa.timestamp("s", tz=wall.type.tz))
        return wall.cast(pa.string())  # an instant of a zone ends in Z
    if pa.types.is_nested(column.type):
        texts = [
            None if v is None else json.dumps(v, ensure_ascii=False, default=str)
            for v in column.to_pylist()
        ]
        return pa.array(texts, pa.string())
    return column.cast(pa.string())


class ParquetTable(RawTable):
    """One parquet file. Row numbers are those that Excel would show for it: header 1, first row 2."""

    def __init__(self, name: str, opener: Callable[[], BinaryIO]) -> None:
        self.name = name
        self._open = opener
        try:
            with opener() as stream:
                file = pq.ParquetFile(stream)
                self.header = list(file.schema_arrow.names)
                first = next(file.iter_batches(batch_size=HEAD_ROWS), None)
        except (pa.ArrowInvalid, OSError):
            raise errors.truncated(name) from None
        self.header_row = 1
        if first is None or not first.num_rows:
            raise errors.no_rows(name)
        columns = [as_text(column).to_pylist() for column in first.columns]
        self.head = [(1, self.header)] + [
            (number, [cell or "" for cell in cells])
            for number, cells in enumerate(zip(*columns, strict=True), 2)
        ]

    def place_header(self, row: int | None) -> None:
        """A parquet file always names its columns; there is nothing to place."""

    def batches(
        self, columns: Sequence[int] | None = None, batch_rows: int = 50_000
    ) -> Iterator[RawBatch]:
        wanted = None if columns is None else [self.header[i] for i in columns]
        number = 2
        with self._open() as stream:
            for block in pq.ParquetFile(stream).iter_batches(batch_rows, columns=wanted):
                yield self._batch(block, number)
                number += block.num_rows

    def _batch(self, block: pa.RecordBatch, number: int) -> RawBatch:
        present = dict(zip(block.schema.names, block.columns, strict=True))
        nulls = pa.nulls(block.num_rows, pa.string())
        data = pa.RecordBatch.from_arrays(
            [as_text(present[name]) if name in present else nulls for name in self.header],
            names=[f"c{i}" for i in range(len(self.header))],
        )
        return RawBatch(pa.array(range(number, number + block.num_rows), pa.int64()), data)

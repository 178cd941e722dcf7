"""Delimited text through Arrow's CSV engine, block by block.

The engine reads with generated column names and no header of its own, so that duplicate headers and
title lines do not matter, and hands over rows whose number of cells differs. What it cannot read is
looked at again with the slow ``csv`` module, only to say in which row and column the fault is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from huitou.intake.readers import errors
from huitou.intake.readers.encoding import Utf8Stream, sniff_encoding
from huitou.intake.readers.headers import modal_width
from huitou.intake.readers.table import HEAD_ROWS, MAX_CELL, BadRow, RawBatch, RawTable

BLOCK_BYTES: Final = 1 << 24
BLOCKS_AHEAD: Final = 4
HEAD_BYTES: Final = 1 << 18
_DELIMITERS: Final = (",", "\t", ";", "|")
WHITESPACE: Final = " "


def _csv_rows(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(1 << 30)
    return list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), HEAD_ROWS))


def sniff_delimiter(text: str) -> str:
    """The delimiter that splits the first rows most evenly; a blank for whitespace-separated text."""
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        rows = [row for row in _csv_rows(text, delimiter) if row]
        width = modal_width(rows)
        if width > 1:
            even = sum(len(row) == width for row in rows) / len(rows)
            score = even * min(width, 8) + width / 1000
            if score > best_score:
                best, best_score = delimiter, score
    if best_score == 0.0:
        widths = [len(line.split()) for line in text.splitlines()[:HEAD_ROWS] if line.strip()]
        common = max(set(widths), key=widths.count) if widths else 0
        if common > 1 and widths.count(common) >= 0.9 * len(widths):
            return WHITESPACE
    return best


class DelimitedTable(RawTable):
    """One csv, tsv or txt file."""

    def __init__(
        self,
        name: str,
        open_stream: Callable[[], BinaryIO],
        *,
        delimiter: str | None = None,
        header_row: int | None = None,
    ) -> None:
        self.name = name
        self._open = open_stream
        self.encoding = sniff_encoding(open_stream)
        self.delimiter = delimiter or ","
        text, damaged = self._head_text(whitespace=False)
        self.delimiter = delimiter or sniff_delimiter(text)
        if self.delimiter == WHITESPACE:
            text, damaged = self._head_text(whitespace=True)
        cells = _csv_rows(text, self._engine_delimiter)
        self.head = list(enumerate(cells, 1))
        if not any(cell.strip() for row in cells for cell in row):
            raise errors.no_rows(name)
        self.place_header(header_row)
        if damaged:
            raise self._diagnose()

    def place_header(self, row: int | None) -> None:
        super().place_header(row)
        body = [cells for number, cells in self.head if number > self.header_row]
        self._width = modal_width(body) or len(self.header)

    def with_delimiter(self, delimiter: str | None) -> DelimitedTable:
        """The same file split at another delimiter."""
        if delimiter is None or delimiter == self.delimiter:
            return self
        return DelimitedTable(self.name, self._open, delimiter=delimiter)

    @property
    def _engine_delimiter(self) -> str:
        return "\t" if self.delimiter == WHITESPACE else self.delimiter

    def _stream(self, ahead: int | None = None) -> Utf8Stream:
        blank = self.delimiter == WHITESPACE
        return Utf8Stream(self._open(), self.encoding, whitespace=blank, ahead=ahead)

    def _head_text(self, *, whitespace: bool) -> tuple[str, bool]:
        """The first lines as text, and whether they do not decode."""
        damaged = False
        try:
            with Utf8Stream(self._open(), self.encoding, whitespace=whitespace) as stream:
                head = stream.read(HEAD_BYTES)
        except UnicodeDecodeError:
            damaged = True
            with self._open() as raw:
                head = raw.read(HEAD_BYTES).decode(self.encoding, "replace").encode()
        cut = max(head.rfind(b"\n"), head.rfind(b"\r")) if len(head) >= HEAD_BYTES // 2 else 0
        return head[: cut if cut > 0 else len(head)].decode("utf-8", "replace"), damaged

    def batches(
        self, columns: Sequence[int] | None = None, batch_rows: int = 50_000
    ) -> Iterator[RawBatch]:
        ragged: list[tuple[int, str]] = []

        def keep_ragged(row: Any) -> str:
            ragged.append((row.number, row.text))
            return "skip"

        names = [f"c{i}" for i in range(self._width)]
        wanted = names if columns is None else [f"c{i}" for i in columns if i < self._width]
        stream = self._stream(BLOCKS_AHEAD)
        following, taken = 1, 0
        try:
            reader = arrow_csv.open_csv(
                pa.PythonFile(stream, mode="r"),
                read_options=arrow_csv.ReadOptions(
                    column_names=names, use_threads=False, block_size=BLOCK_BYTES
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=self._engine_delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=keep_ragged,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    include_columns=wanted or names[:1],
                    column_types={name: pa.string() for name in names},
                    strings_can_be_null=False,
                    quoted_strings_can_be_null=False,
                ),
            )
            for block in reader:
                stream.consumed()
                numbers, following, taken = _number(following, block.num_rows, ragged, taken)
                for batch in self._deliver(block, numbers, batch_rows):
                    batch.may_hold_nuls = stream.nuls > 0
                    yield batch
                if taken > 1:  # all but the newest, which may be the last row of the file
                    yield from self._ragged(ragged[: taken - 1])
                    del ragged[: taken - 1]
                    taken = 1
        except (pa.ArrowInvalid, UnicodeDecodeError):
            raise self._diagnose() from None
        finally:
            stream.close()
        if stream.quotes % 2:
            self._check_quotes()
        last_row = max([following - 1, *(number for number, _ in ragged)])
        yield from self._ragged(ragged, cut_off=0 if stream.ends_with_newline else last_row)

    def _deliver(
        self, block: pa.RecordBatch, numbers: np.ndarray[Any, Any], batch_rows: int
    ) -> Iterator[RawBatch]:
        block = self._full_width(block)
        skip = int(np.searchsorted(numbers, self.header_row, side="right"))
        for start in range(skip, block.num_rows, batch_rows):
            part = block.slice(start, batch_rows)
            yield self._without_blank_and_huge(part, numbers[start : start + batch_rows])

    def _full_width(self, block: pa.RecordBatch) -> pa.RecordBatch:
        width = max(len(self.header), self._width)
        present = {name: block.column(i) for i, name in enumerate(block.schema.names)}
        nulls = pa.nulls(block.num_rows, pa.string())
        return pa.RecordBatch.from_arrays(
            [present.get(f"c{i}", nulls) for i in range(width)],
            names=[f"c{i}" for i in range(width)],
        )

    def _without_blank_and_huge(
        self, part: pa.RecordBatch, numbers: np.ndarray[Any, Any]
    ) -> RawBatch:
        keep = np.zeros(part.num_rows, dtype=bool)
        bad: list[BadRow] = []
        for index, column in enumerate(part.columns):
            if column.null_count == len(column):
                continue
            sizes = pc.binary_length(column).to_numpy(zero_copy_only=False)
            keep |= sizes > 0
            if len(sizes) and sizes.max() > MAX_CELL:
                for row in np.flatnonzero(sizes > MAX_CELL):
                    cells = tuple((c[int(row)].as_py() or "")[:2000] for c in part.columns)
                    bad.append(
                        BadRow(int(numbers[row]), "cell_too_big", self._column_name(index), cells)
                    )
                    keep[row] = False
        if bad:
            keep[np.isin(numbers, [row.row_no for row in bad])] = False
        if not keep.all():
            part = part.filter(pa.array(keep))
            numbers = numbers[keep]
        return RawBatch(pa.array(numbers, pa.int64()), part, bad)

    def _column_name(self, index: int) -> str:
        name = self.header[index] if index < len(self.header) else ""
        return name or f"列{index + 1}"

    def _ragged(self, ragged: Sequence[tuple[int, str]], cut_off: int = 0) -> Iterator[RawBatch]:
        """Rows with more or fewer cells than the table, padded or cut. A short row with number
        ``cut_off`` is the last of a file that ends in the middle of it: it is refused."""
        width = max(len(self.header), self._width)
        numbers: list[int] = []
        rows: list[list[str]] = []
        bad: list[BadRow] = []
        for number, text in ragged:
            if number <= self.header_row:
                continue
            cells = next(
                csv.reader(io.StringIO(text, newline=""), delimiter=self._engine_delimiter), []
            )
            if not any(cell.strip() for cell in cells):
                continue
            huge = next((i for i, cell in enumerate(cells) if len(cell) > MAX_CELL), None)
            if huge is not None:
                kept = tuple(cell[:2000] for cell in cells)
                bad.append(BadRow(number, "cell_too_big", self._column_name(huge), kept))
            elif len(cells) < self._width and number == cut_off:
                bad.append(
                    BadRow(number, "row_truncated", self._column_name(len(cells) - 1), tuple(cells))
                )
            else:
                numbers.append(number)
                rows.append((cells + [""] * (width - len(cells)))[:width])
        if rows or bad:
            data = pa.RecordBatch.from_arrays(
                [pa.array([row[i] for row in rows], pa.string()) for i in range(width)],
                names=[f"c{i}" for i in range(width)],
            )
            yield RawBatch(pa.array(numbers, pa.int64()), data, bad)

    def _check_quotes(self) -> None:
        """Raise when the text ends inside quotes; a lone quote within a plain cell is harmless."""
        with self._stream() as stream:
            text = io.TextIOWrapper(io.BufferedReader(_Readable(stream)), "utf-8", newline="")
            reader = csv.reader(text, delimiter=self._engine_delimiter, strict=False)
            last: list[str] = []
            row = 0
            for row, last in enumerate(reader, 1):  # noqa: B007 - the last row is wanted
                pass
        index = next((i for i, cell in enumerate(last) if "\n" in cell or "\r" in cell), None)
        if index is not None and index == len(last) - 1:
            raise errors.unclosed_quote(self.name, row, self._column_name(index))

    def _diagnose(self) -> errors.UnreadableFile:
        """Where the fault is: found by reading again slowly, from the start to the first fault."""
        csv.field_size_limit(1 << 30)
        raw = self._open()
        codec = "utf-8" if self.encoding == "utf-8" else self.encoding
        text = io.TextIOWrapper(raw, codec, errors="surrogateescape", newline="")
        replaced = (line.replace("\0", "") for line in _lines(text, codec))
        reader = csv.reader(replaced, delimiter=self._engine_delimiter)
        number = 0
        try:
            for number, cells in enumerate(reader, 1):
                for index, cell in enumerate(cells):
                    if any("\udc80" <= character <= "\udcff" for character in cell):
                        return errors.bad_encoding(
                            self.name, codec.upper(), number, self._column_name(index)
                        )
                    if len(cell) > MAX_CELL:
                        return errors.cell_too_big(
                            self.name, number, self._column_name(index), len(cell)
                        )
        except (csv.Error, UnicodeDecodeError):
            return errors.bad_encoding(self.name, codec.upper(), number + 1, self._column_name(0))
        finally:
            text.close()
        return errors.truncated(self.name)

    def _header_at(self, index: int) -> str:
        return self._column_name(index) if hasattr(self, "header") else f"列{index + 1}"


class _Readable(io.RawIOBase):
    """``readinto`` for the standard library's buffers over a ``Utf8Stream``."""

    def __init__(self, inner: Utf8Stream) -> None:
        self._inner = inner
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = self._inner.read(1 << 20)
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def _lines(text: io.TextIOWrapper, codec: str) -> Iterator[str]:
    """Lines of a text; for encodings without surrogate escapes the error surfaces as it is."""
    del codec
    yield from text


def _number(
    following: int, rows: int, ragged: Sequence[tuple[int, str]], taken: int
) -> tuple[np.ndarray[Any, Any], int, int]:
    """Row numbers of a block's ``rows`` good rows from ``following`` on, leaving out ragged ones.

    Returns the numbers, the next number, and how many of ``ragged`` lie before it.
    """
    if not rows:
        return np.empty(0, dtype=np.int64), following, taken
    skipped = np.array([number for number, _ in ragged[taken:]], dtype=np.int64)
    candidates = np.arange(following, following + rows + len(skipped), dtype=np.int64)
    numbers = candidates[~np.isin(candidates, skipped)][:rows]
    last = int(numbers[-1])
    return numbers, last + 1, taken + int(np.searchsorted(skipped, last))

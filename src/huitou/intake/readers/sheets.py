"""xlsx and xls through calamine, row by row."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, BinaryIO, Final

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from huitou.intake.readers import errors
from huitou.intake.readers.headers import modal_width
from huitou.intake.readers.table import HEAD_ROWS, MAX_CELL, BadRow, RawBatch, RawTable

MAX_UNPACKED: Final = 6 << 30
MAX_RATIO: Final = 300
MAX_SHEET: Final = 768 << 20
"""Bytes of a sheet's XML; calamine takes about twice as much memory (350,000 rows of 54 columns)."""
BATCH_ROWS: Final = 10_000
_SAFE_DIGITS: Final = 10**15
"""Excel keeps 15 significant digits; a longer number in a number cell has lost its end."""


def cell_text(value: Any) -> str:
    """A cell as text, as the platform wrote it. A whole number of more than 15 digits comes out in
    scientific notation, because its last digits are already lost (see ``converters.identifier``)."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        if value != value or value in (float("inf"), float("-inf")):
            return ""
        if value == int(value):
            return str(int(value)) if abs(value) < _SAFE_DIGITS else f"{value:.14E}"
        text = format(value, ".15g")
        return text if "e" not in text else format(value, ".20f").rstrip("0")
    if isinstance(value, datetime):
        rounded = value + timedelta(milliseconds=500) if value.microsecond else value
        return rounded.replace(microsecond=0).isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return "" if value is None else str(value)


def check_workbook_size(stream: BinaryIO, name: str) -> None:
    """Refuse an xlsx that unpacks to an absurd size. Raises ``UnreadableFile``."""
    try:
        with zipfile.ZipFile(stream) as archive:
            packed = max(1, sum(info.compress_size for info in archive.infolist()))
            unpacked = sum(info.file_size for info in archive.infolist())
            largest = max((info.file_size for info in archive.infolist()), default=0)
    except zipfile.BadZipFile:
        raise errors.truncated(name) from None
    if unpacked > MAX_UNPACKED or (unpacked > 200 << 20 and unpacked / packed > MAX_RATIO):
        raise errors.too_large(name, "6 GB")
    if largest > MAX_SHEET:
        raise errors.sheet_too_large(name)


def sheets(opener: Callable[[], BinaryIO], name: str) -> Iterator[SheetTable]:
    """The sheets of a workbook that hold at least one cell."""
    with opener() as stream:
        try:
            workbook = CalamineWorkbook.from_filelike(stream)
        except PasswordError:
            raise errors.encrypted(name) from None
        except (CalamineError, OSError, ValueError):
            raise errors.truncated(name) from None
        many = len(workbook.sheet_names) > 1
        for sheet_name in workbook.sheet_names:
            sheet = _sheet(workbook, sheet_name)
            if sheet is not None and sheet.height and sheet.width:
                yield SheetTable(f"{name} [{sheet_name}]" if many else name, sheet)


def _sheet(workbook: CalamineWorkbook, name: str) -> CalamineSheet | None:
    """A sheet by name; None for one that holds a chart, or nothing that can be read."""
    try:
        return workbook.get_sheet_by_name(name)
    except CalamineError:
        return None


class SheetTable(RawTable):
    """One sheet."""

    def __init__(self, name: str, sheet: CalamineSheet, header_row: int | None = None) -> None:
        self.name = name
        self._sheet = sheet
        self.head = list(islice(self._rows(), HEAD_ROWS))
        if not any(cell.strip() for _, cells in self.head for cell in cells):
            raise errors.no_rows(name)
        self.place_header(header_row)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        row, column = self._sheet.start or (0, 0)
        padding = [""] * column
        for number, cells in enumerate(self._sheet.iter_rows(), row + 1):
            yield number, padding + [cell_text(cell) for cell in cells]

    def batches(
        self, columns: Sequence[int] | None = None, batch_rows: int = 50_000
    ) -> Iterator[RawBatch]:
        width = max(len(self.header), modal_width([cells for _, cells in self.head]))
        wanted = set(range(width)) if columns is None else set(columns)
        numbers: list[int] = []
        rows: list[list[str]] = []
        bad: list[BadRow] = []
        batch_rows = min(batch_rows, BATCH_ROWS)
        for number, cells in self._rows():
            if number <= self.header_row or not any(cells):
                continue
            huge = next((i for i, cell in enumerate(cells) if len(cell) > MAX_CELL), None)
            if huge is not None:
                column = self.header[huge] if huge < len(self.header) else f"列{huge + 1}"
                bad.append(
                    BadRow(number, "cell_too_big", column, tuple(cell[:2000] for cell in cells))
                )
                continue
            numbers.append(number)
            rows.append(cells)
            if len(rows) >= batch_rows:
                yield _batch(numbers, rows, bad, width, wanted)
                numbers, rows, bad = [], [], []
        if rows or bad:
            yield _batch(numbers, rows, bad, width, wanted)


def _batch(
    numbers: list[int], rows: list[list[str]], bad: list[BadRow], width: int, wanted: set[int]
) -> RawBatch:
    arrays = [
        pa.array([row[i] if i < len(row) else "" for row in rows], pa.string())
        if i in wanted
        else pa.nulls(len(rows), pa.string())
        for i in range(width)
    ]
    data = pa.RecordBatch.from_arrays(arrays, names=[f"c{i}" for i in range(width)])
    return RawBatch(pa.array(numbers, pa.int64()), data, bad)

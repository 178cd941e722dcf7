"""The shape every reader delivers: tables of text cells, in batches, with row numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from huitou.intake.readers.headers import clean_header, guess_header, modal_width

HEAD_ROWS = 60
"""How many leading rows a table shows for finding its header and its profile."""

MAX_CELL = 1_000_000
"""Bytes in one cell above which its row is refused."""


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be delivered as cells of this table."""

    row_no: int
    code: str  # row_truncated | cell_too_big
    column: str
    cells: tuple[str, ...]


@dataclass
class RawBatch:
    """Some rows as text. ``data`` has one string column per column of the table, named c0, c1, …"""

    row_no: pa.Int64Array
    data: pa.RecordBatch
    bad: list[BadRow] = field(default_factory=list)
    may_hold_nuls: bool = False
    # By column: rows made by taking one apart whose cell speaks of them all, not of their own part.
    undivided: dict[int, np.ndarray[Any, np.dtype[np.bool_]]] = field(default_factory=dict)

    def __len__(self) -> int:
        return int(self.data.num_rows)

    @property
    def first_row_no(self) -> int:
        return int(self.row_no[0].as_py()) if len(self.row_no) else 0

    def column(self, index: int) -> pa.Array:
        """One column as strings; empty cells are ``""`` or null."""
        return self.data.column(index)

    def cells(self, row: int) -> tuple[str, ...]:
        """The original cells of the row at this position of the batch."""
        return tuple(column[row].as_py() or "" for column in self.data.columns)


class RawTable(ABC):
    """A sheet or a delimited file: its header, its first rows, and its rows in batches.

    ``header_row`` is 1-based as Excel shows it, 0 when the table has no header (columns are then
    named 列1, 列2 …). Batches hold at most about ``batch_rows`` rows or 16 MB.
    """

    name: str
    head: list[tuple[int, list[str]]]  # (row number, cells) of the first rows
    header: list[str]
    header_row: int

    def place_header(self, row: int | None) -> None:
        """Take row number ``row`` as the header; None looks for it, 0 says that there is none."""
        chosen = guess_header(self.head) if row is None else row
        cells = next((cells for number, cells in self.head if number == chosen), None)
        after = [cells for number, cells in self.head if number > chosen]
        width = max(modal_width(after), len(cells or ()))
        names = [clean_header(cell) for cell in cells or ()] if chosen else []
        if not chosen:
            names = [f"列{i + 1}" for i in range(width)]
        self.header_row = chosen
        self.header = names + [""] * (width - len(names))

    def with_header(self, row: int | None) -> RawTable:
        """The same table read with another header row."""
        other = copy(self)
        other.place_header(row)
        return other

    def sample(self, rows: int = 20) -> list[list[str]]:
        """The first data rows, cells as the file has them."""
        return [cells for number, cells in self.head if number > self.header_row][:rows]

    @abstractmethod
    def batches(
        self, columns: Sequence[int] | None = None, batch_rows: int = 50_000
    ) -> Iterator[RawBatch]:
        """All rows below the header. ``columns`` narrows what is read to these positions (the rest
        come as nulls); leave it out where rejected rows must show all their cells."""

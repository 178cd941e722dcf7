"""Readers: any file a shop's back office exports, as tables of text with row numbers.

>>> for table in open_source(path, "ExportOrderList.zip").tables():
...     for batch in table.batches():
...         batch.row_no, batch.data

What a file is, is told from its first bytes; its name only serves messages and zip members. All
faults are ``UnreadableFile`` errors that name file, row, column and remedy. Memory is bounded by a
block of 16 MB for text and parquet; a workbook is held in memory whole, as the format asks.
"""

from __future__ import annotations

from huitou.intake.readers.delimited import DelimitedTable
from huitou.intake.readers.errors import UnreadableFile
from huitou.intake.readers.source import Source, open_source
from huitou.intake.readers.table import BadRow, RawBatch, RawTable

__all__ = [
    "BadRow",
    "DelimitedTable",
    "RawBatch",
    "RawTable",
    "Source",
    "UnreadableFile",
    "open_source",
]

"""Rows that were not taken in: kept with their original cells, counted by reason, given back as a file.

They live encrypted beside the original (``archive``), one JSON line each:
``[table, row_no, code, column, reason zh, reason en, [cells]]``. ``table`` is the index in
``Batch.tables``; ``row_no`` counts the source's own lines from 1, header included.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

import xlsxwriter

from huitou.intake import archive
from huitou.intake.canonical import Reject
from huitou.kernel.crypto import KeyRing
from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text, translate

XLSX_ROWS: Final = 200_000
XLSX_CELL: Final = 32_767
_FLUSH: Final = 1 << 18
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER: Final = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?")

ROW: Final = Text("原文件行号", "Source row")
COLUMN: Final = Text("问题列", "Column")
REASON: Final = Text("未导入原因", "Why it was rejected")


class Rejected(NamedTuple):
    """A rejected row and the table it stood in."""

    table: int
    row: Reject


@dataclass(frozen=True)
class RejectTable:
    """What a download needs to know of a source table."""

    name: str
    header: list[str]


class RejectsWriter:
    """Collects rejected rows of one batch as they are met; ``finish`` keeps them."""

    def __init__(self, folder: Path, name: str, ring: KeyRing) -> None:
        self._name = name
        self._writer = archive.ArchiveWriter(folder, ring, limit=1 << 40)
        self._lines: list[str] = []
        self._pending = 0
        self.counts: Counter[str] = Counter()
        self.reasons: dict[str, Text] = {}

    def add(self, table: int, row: Reject) -> None:
        self.counts[row.code] += 1
        self.reasons.setdefault(row.code, row.reason)
        line = json.dumps(
            [table, row.row_no, row.code, row.column, row.reason.zh, row.reason.en, row.cells],
            ensure_ascii=False,
            separators=(",", ":"),
        )
        self._lines.append(line)
        self._pending += len(line)
        if self._pending > _FLUSH:
            self._flush()

    def finish(self) -> int:
        """Keep the rows under the batch's name. Returns their number; none keeps no file."""
        total = sum(self.counts.values())
        if total:
            self._flush()
            self._writer.finish(self._name)
        else:
            self._writer.abort()
        return total

    def abort(self) -> None:
        """Leave nothing behind; harmless after ``finish``."""
        self._writer.abort()

    def _flush(self) -> None:
        if self._lines:
            self._writer.write(("\n".join(self._lines) + "\n").encode())
        self._lines.clear()
        self._pending = 0


def read(folder: Path, name: str, ring: KeyRing) -> Iterator[Rejected]:
    """The rejected rows in the order they were met; none where no file was kept."""
    if not archive.path_of(folder, name).exists():
        return
    with archive.open_archived(folder, name, ring) as stream:
        for line in io.TextIOWrapper(stream, encoding="utf-8", newline="\n"):
            table, row_no, code, column, zh, en, cells = json.loads(line)
            yield Rejected(table, Reject(row_no, code, column, Text(zh, en), tuple(cells)))


def page(rejects: Iterable[Rejected], number: int, size: int) -> list[Rejected]:
    """Page ``number`` (from 1) of rejected rows."""
    return list(islice(rejects, (number - 1) * size, number * size))


def safe_cell(value: str) -> str:
    """A cell that no spreadsheet will run as a formula; plain numbers stay as they are."""
    if value.startswith(_DANGEROUS) and not _NUMBER.fullmatch(value):
        return "'" + value
    return value


def as_csv(
    rejects: Iterable[Rejected], tables: Sequence[RejectTable], language: str | None = None
) -> Iterator[bytes]:
    """A CSV with BOM in pieces: row number, column, reason, then the original cells.

    It keeps the original headers, so that it can be corrected and handed in again. Rows of several
    tables come as one zip with a CSV per table.
    """
    if len(tables) > 1:
        yield _zip(rejects, tables, language)
        return
    yield "\ufeff".encode()
    yield from _csv_rows(rejects, tables[0], language)


def is_zip(tables: Sequence[RejectTable]) -> bool:
    """Whether ``as_csv`` gives a zip."""
    return len(tables) > 1


def as_xlsx(
    rejects: Iterable[Rejected], tables: Sequence[RejectTable], language: str | None = None
) -> bytes:
    """The same as a workbook, one sheet per table; every cell is text.

    Raises ``InvalidInput`` above 200,000 rows.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheets = []
    for number, table in enumerate(tables, 1):
        sheet = book.add_worksheet(f"{number}")
        for at, title in enumerate([*_titles(language), *table.header]):
            sheet.write_string(0, at, title[:XLSX_CELL])
        sheets.append(sheet)
    rows = Counter[int]()
    for table_no, row in rejects:
        rows[table_no] += 1
        if sum(rows.values()) > XLSX_ROWS:
            raise InvalidInput(
                Text(
                    f"被拒绝的行超过 {XLSX_ROWS:,}，无法生成 xlsx",
                    f"More than {XLSX_ROWS:,} rows were rejected, too many for xlsx",
                ),
                remedy=Text("改为下载 CSV", "Download CSV instead"),
            )
        sheet = sheets[table_no]
        sheet.write_number(rows[table_no], 0, row.row_no)
        texts = [row.column, translate(row.reason, language), *row.cells]
        for at, value in enumerate(texts, 1):
            sheet.write_string(rows[table_no], at, value[:XLSX_CELL])
    book.close()
    return buffer.getvalue()


def _titles(language: str | None) -> list[str]:
    return [translate(text, language) for text in (ROW, COLUMN, REASON)]


def _csv_rows(
    rejects: Iterable[Rejected], table: RejectTable, language: str | None
) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([*_titles(language), *(safe_cell(name) for name in table.header)])
    for _, row in rejects:
        writer.writerow(
            [
                row.row_no,
                safe_cell(row.column),
                translate(row.reason, language),
                *(safe_cell(cell) for cell in row.cells),
            ]
        )
        if buffer.tell() > _FLUSH:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _zip(rejects: Iterable[Rejected], tables: Sequence[RejectTable], language: str | None) -> bytes:
    by_table: dict[int, list[Rejected]] = {}
    for rejected in rejects:
        by_table.setdefault(rejected.table, []).append(rejected)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as pack:
        for number, rows in sorted(by_table.items()):
            name = re.sub(r"[^\w.-]+", "_", tables[number].name) or "table"
            content = b"".join(_csv_rows(rows, tables[number], language))
            pack.writestr(f"{number + 1}-{name}.csv", "\ufeff".encode() + content)
    return buffer.getvalue()

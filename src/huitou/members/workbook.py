"""An Excel workbook of one sheet, written to a stream as its rows come.

Memory does not grow with the rows and no temporary file is made: what an export holds may be personal.
Cells are numbers or inline strings, so no cell is a formula. ECMA-376 part 1, the fewest parts that
Excel opens.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import IO, Final, cast
from xml.sax.saxutils import escape

MOST_ROWS: Final = 1_048_575
"""Excel's own limit, 1,048,576, without the row of titles."""
_MOST_CHARACTERS: Final = 32_767
_ROWS_AT_ONCE: Final = 500
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_SPREADSHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_PARTS: Final = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SPREADSHEET}.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml"'
        f' ContentType="{_SPREADSHEET}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_SPREADSHEET}.styles+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>"
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
        "</Relationships>"
    ),
    # Style 0 is plain, style 1 bold.
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}">'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
        "</styleSheet>"
    ),
}
_SHEET_START: Final = (
    f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    "</sheetView></sheetViews><sheetData>"
)
_SHEET_END: Final = "</sheetData></worksheet>"


def write(
    stream: io.RawIOBase | io.BufferedIOBase,
    titles: Sequence[str],
    rows: Iterable[Sequence[str]],
    numbers: Sequence[bool],
) -> None:
    """Titles in bold above the rows, frozen. ``numbers``: which columns hold numbers, as text.

    The caller keeps to ``MOST_ROWS``. The stream need not be seekable.
    """
    with zipfile.ZipFile(cast("IO[bytes]", stream), "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in _PARTS.items():
            package.writestr(name, _HEAD + body)
        with package.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write((_HEAD + _SHEET_START + _titles(titles)).encode())
            columns = [(_letters(place), number) for place, number in enumerate(numbers)]
            pending: list[str] = []
            for line, row in enumerate(rows, 2):
                pending.append(_row(line, row, columns))
                if len(pending) == _ROWS_AT_ONCE:
                    sheet.write("".join(pending).encode())
                    pending.clear()
            sheet.write(("".join(pending) + _SHEET_END).encode())


def _titles(titles: Sequence[str]) -> str:
    cells = (_text(f"{_letters(place)}1", title, ' s="1"') for place, title in enumerate(titles))
    return f'<row r="1">{"".join(cells)}</row>'


def _row(line: int, row: Sequence[str], columns: Sequence[tuple[str, bool]]) -> str:
    cells = (
        f'<c r="{letters}{line}"><v>{float(cell):.16g}</v></c>'
        if number
        else _text(f"{letters}{line}", cell)
        for (letters, number), cell in zip(columns, row, strict=True)
        if cell
    )
    return f'<row r="{line}">{"".join(cells)}</row>'


def _text(place: str, cell: str, style: str = "") -> str:
    said = escape(_NOT_XML.sub("", cell)[:_MOST_CHARACTERS])
    return f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'


def _letters(place: int) -> str:
    """A, B … Z, AA …"""
    ahead, here = divmod(place, 26)
    return (_letters(ahead - 1) if ahead else "") + chr(ord("A") + here)

"""Finding the header row and spelling its names alike, whatever the export did to them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

_INVISIBLE = re.compile("[\ufeff\u200b\u200c\u200d\u2060\x00-\x1f]")
_GUARD = re.compile(r'^="?(.*?)"?$', re.DOTALL)
_VALUE = re.compile(r"^[-+]?[\d.,:/\- ]*\d[\d.,:/\- ]*$|^.{120,}$", re.DOTALL)


def clean_header(cell: str) -> str:
    """A header as it is compared: NFKC (full-width brackets become ASCII), no blanks at the ends,
    no tabs, BOMs, zero-width characters, quotes or asterisks that mark a required column."""
    text = _INVISIBLE.sub("", cell)
    text = _GUARD.sub(r"\1", text.strip())
    return unicodedata.normalize("NFKC", text).strip().strip('"*').strip()


def same_header(header: str) -> str:
    """The form in which two spellings of a header are the same: no inner blanks, small letters."""
    return re.sub(r"\s+", "", clean_header(header)).casefold()


def modal_width(rows: Sequence[Sequence[str]]) -> int:
    """The most frequent number of cells of the rows that are not blank; the greater on a tie."""
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    return max(widths, key=lambda width: (widths[width], width)) if widths else 0


def guess_header(head: Sequence[tuple[int, list[str]]]) -> int:
    """Row number of the header among the first rows; 0 when the table seems to have none.

    Title lines and notes above a header fill few cells; a header fills most of the table's width
    with distinct words that are no numbers or dates. Names known to the profiles decide first.
    """
    from huitou.intake.vocabulary import known_headers

    known = known_headers()
    rows = [(number, cells) for number, cells in head if any(cell.strip() for cell in cells)]
    if not rows:
        return 0
    candidates = rows[:30]
    counts = [
        sum(same_header(cell) in known for cell in cells if cell.strip()) for _, cells in candidates
    ]
    best = max(range(len(candidates)), key=lambda i: (counts[i], -i))
    if counts[best] >= 2:
        return candidates[best][0]
    width = modal_width([cells for _, cells in rows])
    for number, cells in candidates[:15]:
        filled = [clean_header(cell) for cell in cells if cell.strip()]
        if len(filled) < max(1, 0.6 * width):
            continue
        if any(_VALUE.match(name) for name in filled):
            return 0
        return number
    return 0

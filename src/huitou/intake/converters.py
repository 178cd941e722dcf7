"""From cleaned text to typed columns, vectorised.

A converter takes an Arrow string column (trimmed; null where the cell says nothing) and gives the
typed column together with the rows it could not read. The fast path is one Arrow cast of the whole
column; only a batch in which that fails is looked at again, value by distinct value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.intake import regions
from huitou.intake.canonical import MONEY, QTY, STRING
from huitou.intake.times import dates, instants

Mask = np.ndarray[Any, np.dtype[np.bool_]]

NOTHING: Final = pa.array(
    [
        "",
        "null",
        "NULL",
        "Null",
        "--",
        "---",
        "-",
        "—",
        "——",
        "None",
        "NaN",
        "nan",
        "#N/A",
        "\\N",
        "N/A",
    ]
)


@dataclass(frozen=True)
class Setting:
    """What converters need to know besides the values."""

    zone: str
    day_first: bool | None = None
    format: str | None = None
    negative: bool = False  # negative quantities and amounts are meant


@dataclass(frozen=True)
class Converted:
    """A typed column, null where the cell was empty or wrong; ``faults`` name the wrong rows by code."""

    values: pa.Array
    faults: tuple[tuple[str, Mask], ...] = ()


Converter = Callable[[pa.Array, Setting], Converted]


def bytes_of(values: pa.Array) -> bytes:
    """The text of a string column on end: looking for a mark in it is far cheaper than a regex."""
    _, offsets, data = values.buffers()
    if data is None or not len(values):
        return b""
    ends = np.frombuffer(offsets, dtype=np.int32)
    start, stop = int(ends[values.offset]), int(ends[values.offset + len(values)])
    return bytes(memoryview(data)[start:stop])


def holds(values: pa.Array, *marks: bytes) -> bool:
    """Whether any of these byte sequences occurs in a string column."""
    text = bytes_of(values)
    return any(mark in text for mark in marks)


def clean(values: pa.Array) -> pa.Array:
    """Cells without what Excel and the platforms put around them: blanks, tabs, ``="…"``, a leading
    ``'``, stray BOMs and zero-width characters; null for every way to say nothing."""
    if values.null_count == len(values):
        return values
    text = bytes_of(values)
    if not text:
        return pa.nulls(len(values), STRING)
    wide = any(mark in text for mark in _WIDE)
    values = pc.utf8_trim_whitespace(values) if wide else pc.ascii_trim_whitespace(values)
    if b'="' in text:
        values = pc.replace_substring_regex(values, r'^="?([^"]*)"?$', r"\1")
        values = pc.utf8_trim_whitespace(values)
    if wide or b"'" in text or b"`" in text:
        values = pc.replace_substring_regex(values, _AROUND, "")
    if b"\xef\xbb\xbf" in text:
        values = pc.replace_substring(values, "\ufeff", "")
    if pc.min(pc.binary_length(values)).as_py() > _LONGEST_NOTHING:
        return values
    return pc.if_else(pc.is_in(values, NOTHING), pa.scalar(None, STRING), values)


_LONGEST_NOTHING: Final = pc.max(pc.binary_length(NOTHING)).as_py()
_WIDE: Final = (b"\xe3\x80\x80", b"\xc2\xa0", b"\xe2\x80", b"\xef\xbb\xbf")
"""Ideographic and no-break blanks, typographic quotes and zero-width characters, BOM."""
_AROUND: Final = "^['\u2018\u2019`\ufeff\u200b-\u200d\\s]+|[\ufeff\u200b-\u200d\\s]+$"


def true_rows(mask: pa.Array | pa.ChunkedArray) -> Mask:
    """A boolean Arrow column as a numpy mask, null counting as false."""
    return np.asarray(pc.fill_null(mask, False).to_numpy(zero_copy_only=False), dtype=bool)


def without(values: pa.Array, rows: Mask) -> pa.Array:
    """The column with these rows set to null."""
    return (
        pc.if_else(pa.array(rows), pa.scalar(None, values.type), values) if rows.any() else values
    )


def by_distinct(values: pa.Array, read: Callable[[str], Any], kind: pa.DataType) -> pa.Array:
    """Apply a Python function to each distinct value once. For columns with few of them."""
    encoded = values.dictionary_encode()
    read_values = pa.array([read(word) for word in encoded.dictionary.to_pylist()], kind)
    return read_values.take(encoded.indices)


def join_filled(columns: Sequence[pa.Array], separator: str) -> pa.Array:
    """Per row the filled cells joined; null where none is. (Arrow loses rows when all are null.)"""
    filled = [column for column in columns if column.null_count < len(column)]
    if len(filled) < 2:
        return filled[0] if filled else columns[0]
    joined = pc.binary_join_element_wise(*filled, separator, null_handling="skip")
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, STRING), joined)


_SCIENTIFIC: Final = r"^[+-]?\d+(\.\d+)?[eE]\+\d+$"
_ID: Final = r"^[0-9A-Za-z][0-9A-Za-z_.:#/\-]{0,127}$"
_MAX_KEY_BYTES: Final = 600


def identifier(values: pa.Array, _: Setting) -> Converted:
    """A platform's id: letters, digits and joints. Scientific notation means that it is damaged."""
    try:  # nearly all ids are bare digits, and reading them as such is the cheapest check
        if pc.fill_null(pc.min(values.cast(pa.int64())), 0).as_py() >= 0 and not holds(
            values, b"+", b"x", b"X"
        ):
            return Converted(values)
    except pa.ArrowInvalid:
        pass
    values, damaged = _undamaged(values)
    wrong = true_rows(pc.invert(pc.match_substring_regex(values, _ID)))
    return Converted(without(values, wrong), (("id_scientific", damaged), ("id_invalid", wrong)))


def key(values: pa.Array, _: Setting) -> Converted:
    """Any text that tells things apart within its source; still no number that Excel has rounded."""
    values, damaged = _undamaged(values)
    wrong = true_rows(pc.greater(pc.binary_length(values), _MAX_KEY_BYTES))
    return Converted(without(values, wrong), (("id_scientific", damaged), ("id_invalid", wrong)))


def _undamaged(values: pa.Array) -> tuple[pa.Array, Mask]:
    """Ids without those in scientific notation, and without the ``.0`` of a number cell."""
    text = bytes_of(values)
    damaged = np.zeros(len(values), dtype=bool)
    if b"+" in text:
        damaged = true_rows(pc.match_substring_regex(values, _SCIENTIFIC))
        values = without(values, damaged)
    if b".0" in text:
        values = pc.replace_substring_regex(values, r"^(\d+)\.0+$", r"\1")
    return values, damaged


def text(values: pa.Array, _: Setting) -> Converted:
    return Converted(values)


def money(values: pa.Array, setting: Setting) -> Converted:
    """An amount in the currency's unit: 元, ¥, thousands separators and blanks are taken off."""
    return _number(values, setting, MONEY, "amount_negative", Decimal("0.0001"))


def cents(values: pa.Array, setting: Setting) -> Converted:
    """An amount in hundredths (分)."""
    found = money(values, setting)
    amounts = pc.divide(found.values.cast(pa.decimal128(22, 8)), pa.scalar(Decimal(100)))
    return Converted(amounts.cast(MONEY, safe=False), found.faults)


def quantity(values: pa.Array, setting: Setting) -> Converted:
    return _number(values, setting, QTY, "qty_negative", Decimal("0.001"))


def integer(values: pa.Array, setting: Setting) -> Converted:
    found = _number(values, setting, QTY, "amount_negative", Decimal("0.001"))
    return Converted(found.values.cast(pa.int64(), safe=False), found.faults)


def _number(
    values: pa.Array, setting: Setting, kind: pa.Decimal128Type, negative_code: str, scale: Decimal
) -> Converted:
    wrong = np.zeros(len(values), dtype=bool)
    try:
        numbers = values.cast(kind)
    except pa.ArrowInvalid:
        limit = Decimal(10) ** (kind.precision - kind.scale)

        def read(word: str) -> Decimal | None:
            bare = word.translate(_MONEY_NOISE)
            try:
                number = Decimal(bare)
            except InvalidOperation:
                return None
            if not number.is_finite() or abs(number) >= limit:
                return None
            return number.quantize(scale, rounding=ROUND_HALF_UP)

        numbers = by_distinct(values, read, kind)
        wrong = true_rows(pc.and_(pc.is_null(numbers), pc.is_valid(values)))
    faults = [("number_invalid", wrong)]
    if not setting.negative:
        negative = true_rows(pc.less(numbers, pa.scalar(Decimal(0), kind)))
        if negative.any():
            numbers = without(numbers, negative)
            faults.append((negative_code, negative))
    return Converted(numbers, tuple(faults))


_MONEY_NOISE: Final = str.maketrans(
    {**dict.fromkeys(" ,，\u00a0\u3000元¥￥$£€件个", ""), **{chr(0xFF10 + i): str(i) for i in range(10)},
     "．": ".", "－": "-", "−": "-"}
)  # fmt: skip


def instant(values: pa.Array, setting: Setting) -> Converted:
    """A date and time of the file's zone, as naive UTC microseconds."""
    found, faults = instants(
        values, zone=setting.zone, day_first=setting.day_first, pattern=setting.format
    )
    return Converted(found, faults)


def day(values: pa.Array, setting: Setting) -> Converted:
    """A calendar day, of any plausible year (birthdays)."""
    found, faults = dates(values, day_first=setting.day_first, pattern=setting.format)
    return Converted(found, faults)


def yes(values: pa.Array, _: Setting) -> Converted:
    """是/否 and their kin; anything else is null."""
    words = {
        **dict.fromkeys(
            ("是", "有", "需要", "y", "yes", "true", "1", "退货退款", "已退货", "√"), True
        ),
        **dict.fromkeys(
            ("否", "无", "不需要", "n", "no", "false", "0", "仅退款", "不用退货", "×"), False
        ),
    }
    return Converted(by_distinct(values, lambda word: words.get(word.casefold()), pa.bool_()))


def province(values: pa.Array, _: Setting) -> Converted:
    """A column of provinces; unknown words stay as they are unless masked (foreign regions)."""

    def read(word: str) -> str | None:
        plain = len(word) <= 30 and not any(c.isdigit() or c == "*" for c in word)
        return regions.province(word) or (
            word if plain and "#" not in word and "$" not in word else None
        )

    return Converted(by_distinct(values, read, STRING))


def city(values: pa.Array, _: Setting) -> Converted:
    def read(word: str) -> str | None:
        return regions.city(word, own_column=True)

    return Converted(by_distinct(values, read, STRING))


def district(values: pa.Array, _: Setting) -> Converted:
    return Converted(by_distinct(values, regions.district, STRING))


def gender(values: pa.Array, _: Setting) -> Converted:
    words = {
        **dict.fromkeys(("女", "女性", "女士", "f", "female", "2"), "f"),
        **dict.fromkeys(("男", "男性", "先生", "m", "male", "1"), "m"),
    }
    return Converted(by_distinct(values, lambda word: words.get(word.casefold()), STRING))


def waybill(values: pa.Array, _: Setting) -> Converted:
    """``No:1503047857300`` and several numbers in one cell: the first number."""
    return Converted(pc.struct_field(pc.extract_regex(values, _WAYBILL), "number"))


_WAYBILL: Final = r"^(?:(?i:no)\s*[:：.]\s*)?(?P<number>[0-9A-Za-z\-]{5,40})(?:[^0-9A-Za-z\-]|$)"


CONVERTERS: Final[dict[str, Converter]] = {
    "text": text,
    "id": identifier,
    "key": key,
    "money": money,
    "cents": cents,
    "qty": quantity,
    "int": integer,
    "time": instant,
    "date": day,
    "bool": yes,
    "province": province,
    "city": city,
    "district": district,
    "gender": gender,
    "waybill": waybill,
}
"""By name, as profiles and mappings call them."""

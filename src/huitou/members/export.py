"""Exports of the member list: columns, tables, and the sealed files they wait in.

A file is sealed as it is written, because names and numbers are in it even when masked, and it may
wait for hours to be fetched. Format: chunks of ``[4 bytes length][nonce + ciphertext + tag]``, the
chunk's number authenticated, after one byte that is the key id.
"""

from __future__ import annotations

import csv
import io
import os
import re
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from huitou.kernel.crypto import KeyRing
from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text, translate
from huitou.members import workbook
from huitou.warehouse.labels import CITY_TIER, label

Format = Literal["csv", "xlsx"]
Sink = io.RawIOBase | io.BufferedIOBase
KEPT_FOR: Final = timedelta(days=2)
_CHUNK: Final = 1 << 20
_BOM: Final = "\ufeff"
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True)
class Column:
    """One column of the list and of exports. ``personal``: shown masked unless permitted."""

    key: str
    label: Text
    kind: Literal["text", "count", "money", "time"]
    default: bool = True
    personal: str = ""


COLUMNS: Final[dict[str, Column]] = {
    column.key: column
    for column in (
        Column("member", Text("会员编号", "Member"), "text"),
        Column("display_name", Text("姓名", "Name"), "text", personal="name"),
        Column("nick", Text("昵称", "Nick"), "text", personal="nick"),
        Column("phone", Text("手机", "Mobile"), "text", personal="phone"),
        Column("gender", Text("性别", "Gender"), "text", default=False),
        Column("province", Text("省份", "Province"), "text"),
        Column("city", Text("城市", "City"), "text", default=False),
        Column("city_tier", Text("城市级别", "City tier"), "text", default=False),
        Column("platforms", Text("平台", "Platforms"), "text", default=False),
        Column("accounts", Text("账号数", "Accounts"), "count", default=False),
        Column("level", Text("等级", "Level"), "text", default=False),
        Column("first_shop_name", Text("首购店铺", "First shop"), "text", default=False),
        Column("paid_trades", Text("付款订单", "Paid orders"), "count"),
        Column("paid_amount", Text("实付金额", "Paid amount"), "money"),
        Column("net_amount", Text("净额", "Net amount"), "money", default=False),
        Column("average_order_value", Text("笔单价", "Average order value"), "money"),
        Column("refund_trades", Text("退款订单", "Orders with a refund"), "count", default=False),
        Column("unpaid_trades", Text("未付款订单", "Unpaid orders"), "count", default=False),
        Column("first_paid_at", Text("首次付款", "First paid"), "time", default=False),
        Column("last_paid_at", Text("最近付款", "Last paid"), "time"),
    )
}
GENDERS: Final = {"f": Text("女", "Female"), "m": Text("男", "Male")}


def columns(keys: Sequence[str]) -> list[Column]:
    """The columns of these keys, in their order. Raises ``InvalidInput``."""
    unknown = [key for key in keys if key not in COLUMNS]
    if unknown or not keys:
        raise InvalidInput(
            Text(
                f"没有这些列：{'、'.join(unknown)}" if unknown else "请选择要导出的列",
                f"Unknown columns: {', '.join(unknown)}" if unknown else "Choose columns to export",
            ),
            remedy=Text(f"可用：{'、'.join(COLUMNS)}", f"Use: {', '.join(COLUMNS)}"),
            where={"field": "columns"},
        )
    return [COLUMNS[key] for key in keys]


def cells(row: Mapping[str, Any], wanted: Iterable[Column], zone: str) -> list[str]:
    """One member's cells as text, times in the brand's zone."""
    return [_cell(row.get(column.key), column, zone) for column in wanted]


def _cell(value: Any, column: Column, zone: str) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")
    if column.key == "gender":
        return translate(GENDERS[value]) if value in GENDERS else str(value)
    if column.key == "city_tier":
        return label(CITY_TIER, str(value)) or ""
    return "、".join(value) if isinstance(value, list) else str(value)


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    is_formula = cell.startswith(_DANGEROUS) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if is_formula else cell


def write_csv(stream: Sink, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """UTF-8 with a byte-order mark, as Excel in China reads it; formulas made harmless."""
    stream.write(_BOM.encode())
    writer = csv.writer(_Encoded(stream))
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)


class _Encoded:
    """A binary stream that takes text."""

    def __init__(self, stream: Sink) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        self._stream.write(text.encode())


def write_xlsx(stream: Sink, header: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    """A workbook of one sheet, in constant memory; the caller has asked ``check_fits``."""
    titles = [translate(column.label) for column in header]
    workbook.write(stream, titles, rows, [column.kind in {"count", "money"} for column in header])


def check_fits(form: Format, rows: int) -> None:
    """Raises ``InvalidInput`` for more rows than a sheet of Excel has."""
    if form == "xlsx" and rows > workbook.MOST_ROWS:
        raise InvalidInput(
            Text(
                f"共 {rows:,} 位会员，Excel 一张表最多 {workbook.MOST_ROWS:,} 行",
                f"There are {rows:,} members; a sheet of Excel holds {workbook.MOST_ROWS:,} rows",
            ),
            remedy=Text(
                "导出 CSV，没有行数限制；或缩小筛选范围",
                "Export CSV, which has no limit, or narrow the filter",
            ),
            where={"rows": rows, "most": workbook.MOST_ROWS},
        )


class SealedWriter(io.RawIOBase):
    """Writes a file that is sealed chunk by chunk; mode 0600 from its first byte."""

    def __init__(self, path: Path, ring: KeyRing) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._file.write(bytes([ring.active]))
        self._ring = ring
        self._name = path.name.encode()
        self._pending = bytearray()
        self._number = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pending += data
        while len(self._pending) >= _CHUNK:
            self._seal(bytes(self._pending[:_CHUNK]))
            del self._pending[:_CHUNK]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self._pending))
            self._file.close()
        super().close()

    def _seal(self, plain: bytes) -> None:
        sealed = self._ring.seal(plain, _bound(self._name, self._number))
        self._file.write(struct.pack(">I", len(sealed)) + sealed)
        self._number += 1


def read_sealed(path: Path, ring: KeyRing) -> Iterator[bytes]:
    """The content of a sealed file. Raises ``Tampered`` where it was changed."""
    with path.open("rb") as file:
        key_id = file.read(1)[0]
        number = 0
        while length := file.read(4):
            sealed = file.read(struct.unpack(">I", length)[0])
            yield ring.unseal(sealed, _bound(path.name.encode(), number), key_id)
            number += 1


def reseal(path: Path, ring: KeyRing) -> bool:
    """Seal a waiting file anew under the active key. True when something changed."""
    with path.open("rb") as file:
        if file.read(1)[0] == ring.active:
            return False
    beside = path.parent / "resealing"
    beside.mkdir(mode=0o700, exist_ok=True)
    anew = beside / path.name  # the name is authenticated, so it has to be the same
    anew.unlink(missing_ok=True)
    with SealedWriter(anew, ring) as stream:
        for piece in read_sealed(path, ring):
            stream.write(piece)
    anew.replace(path)
    return True


def _bound(name: bytes, number: int) -> bytes:
    return b"export:" + name + struct.pack(">I", number)


def discard_old(folder: Path, now: datetime) -> None:
    """Remove exports that nobody fetched in time."""
    oldest = (now - KEPT_FOR).timestamp()
    for path in folder.glob("members-*"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)

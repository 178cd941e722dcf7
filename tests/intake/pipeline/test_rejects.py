"""Rejected rows come back with row number, reason and cells, in a file that is safe to open."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from huitou.intake import rejects
from huitou.intake.canonical import Reject
from huitou.intake.masking import is_personal, mask_cell, mask_row
from huitou.intake.rejects import Rejected, RejectsWriter, RejectTable
from huitou.kernel.crypto import KeyRing
from huitou.kernel.i18n import Text

RING = KeyRing.generate()
BAD_TIME = Text("时间无法识别", "The time cannot be read")
ROWS = [
    Rejected(
        0,
        Reject(
            3, "bad_time", "付款时间", BAD_TIME, ("123", "2017/13/45", '=HYPERLINK("http://x")')
        ),
    ),
    Rejected(
        0, Reject(9, "bad_amount", "金额", Text("金额", "Amount"), ("124", "-5.5", "@SUM(A1)"))
    ),
]
TABLE = RejectTable("orders", ["订单编号", "付款时间", "备注"])


def kept(folder: Path, rows: list[Rejected]) -> list[Rejected]:
    writer = RejectsWriter(folder, "5-rejects", RING)
    for row in rows:
        writer.add(*row)
    assert writer.finish() == len(rows)
    return list(rejects.read(folder, "5-rejects", RING))


def test_rows_come_back_as_they_were_and_are_not_plain_on_disk(tmp_path: Path) -> None:
    row = Rejected(1, Reject(7, "x", "", Text("因", "why"), ("张三\n换行", "13800138000", "")))
    assert kept(tmp_path, [*ROWS, row]) == [*ROWS, row]
    (path,) = tmp_path.iterdir()
    assert b"13800138000" not in path.read_bytes()


def test_no_rejected_row_leaves_no_file(tmp_path: Path) -> None:
    assert kept(tmp_path, []) == []
    assert list(tmp_path.iterdir()) == []


def test_many_rows_are_paged(tmp_path: Path) -> None:
    rows = [Rejected(0, Reject(i, "x", "", BAD_TIME, ("长" * 50,))) for i in range(20_000)]
    assert kept(tmp_path, rows) == rows
    read = rejects.read(tmp_path, "5-rejects", RING)
    assert [r.row.row_no for r in rejects.page(read, 3, 100)] == list(range(200, 300))


@pytest.mark.parametrize(
    ("language", "title"), [("zh", "未导入原因"), ("en", "Why it was rejected")]
)
def test_csv_has_a_bom_the_readers_language_and_no_formula(language: str, title: str) -> None:
    raw = b"".join(rejects.as_csv(ROWS, [TABLE], language))
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert lines[0][2] == title
    assert lines[0][3:] == TABLE.header
    assert lines[1][:2] == ["3", "付款时间"]
    assert lines[1][5] == '\'=HYPERLINK("http://x")'
    assert lines[2][4:] == ["-5.5", "'@SUM(A1)"]


@pytest.mark.parametrize("value", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@x", "\t=1", "\r=1"])
def test_what_a_spreadsheet_would_run_is_quoted(value: str) -> None:
    assert rejects.safe_cell(value).startswith("'")


@pytest.mark.parametrize("value", ["-5", "+86", "-1,234.50", "-3%", "x=1", ""])
def test_plain_values_stay(value: str) -> None:
    assert rejects.safe_cell(value) == value


def test_xlsx_holds_only_text() -> None:
    raw = rejects.as_xlsx(ROWS, [TABLE], "en")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0).to_python()
    assert sheet[1][0] == 3
    assert sheet[1][3:] == ["123", "2017/13/45", '=HYPERLINK("http://x")']
    with zipfile.ZipFile(io.BytesIO(raw)) as pack:
        assert b"<f>" not in pack.read("xl/worksheets/sheet1.xml")


def test_several_tables_come_as_a_zip() -> None:
    second = RejectTable("宝贝/报表", ["标题"])
    rows = [*ROWS, Rejected(1, Reject(2, "x", "", BAD_TIME, ("t",)))]
    raw = b"".join(rejects.as_csv(rows, [TABLE, second], "zh"))
    with zipfile.ZipFile(io.BytesIO(raw)) as pack:
        assert pack.namelist() == ["1-orders.csv", "2-宝贝_报表.csv"]
        assert len(pack.read("2-宝贝_报表.csv").decode().splitlines()) == 2


@pytest.mark.parametrize(
    ("header", "value", "shown"),
    [
        ("收货人姓名", "张三", "张*"),
        ("联系手机", "13800138000", "138****00"),
        ("收货地址 ", "广东省 广州市 天河路1号", "广***"),
        ("买家会员名", "小明爱吃鱼", "小***"),
        ("宝贝标题", "黄酒 请联系13800138000", "黄酒 请联系138****00"),
        ("店铺名称", "旗舰店", "旗舰店"),
        ("会员等级", "金卡", "金卡"),
        ("买家实际支付金额", "12.50", "12.50"),
        ("订单编号", "21407300627014900", "21407300627014900"),
    ],
)
def test_samples_are_masked(header: str, value: str, shown: str) -> None:
    assert mask_cell(header, value) == shown


def test_cells_without_a_header_are_masked() -> None:
    assert mask_row(["数量"], ["3", "李四"]) == ["3", "李*"]
    assert is_personal("Customer name")
    assert not is_personal("product_name")

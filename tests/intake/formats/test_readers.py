"""Readers: what a file is, its rows with their numbers, and errors that name the place."""

from __future__ import annotations

import gzip
import io
import lzma
import tracemalloc
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from huitou.intake.readers import RawTable, UnreadableFile, open_source
from huitou.intake.readers import delimited as delimited_module

HEAD = b"order,name,amount\n"


def one_table(content: bytes, name: str = "a.csv") -> RawTable:
    tables = list(open_source(io.BytesIO(content), name).tables())
    assert len(tables) == 1
    return tables[0]


def rows_of(table: RawTable, batch_rows: int = 50_000) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for batch in table.batches(batch_rows=batch_rows):
        for i, number in enumerate(batch.row_no.to_pylist()):
            assert number not in found
            found[number] = batch.cells(i)
    return found


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy/m/d hh:mm"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    sheet.write(r, c, value)
    return out.getvalue()


def read_through(content: bytes, name: str) -> None:
    for table in open_source(io.BytesIO(content), name).tables():
        for _ in table.batches():
            pass


def failure(content: bytes, name: str = "a.csv") -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read_through(content, name)
    error = caught.value
    assert error.remedy is not None
    assert error.where["file"].startswith(name)
    return error


def test_rows_are_numbered_as_excel_shows_them() -> None:
    content = HEAD + b'1,"two\nlines",3\n\n4,5,6\n7,8\n9,10,11\n'
    found = rows_of(one_table(content))
    assert found == {
        2: ("1", "two\nlines", "3"),
        4: ("4", "5", "6"),
        5: ("7", "8", ""),
        6: ("9", "10", "11"),
    }


def test_row_numbers_go_on_across_blocks_and_ragged_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited_module, "BLOCK_BYTES", 256)
    lines = [f"{n},x,{n}" if n % 7 else f"{n},x,{n},more" for n in range(2, 400)]
    content = HEAD + "\n".join(lines).encode() + b"\n"
    found = rows_of(one_table(content), batch_rows=10)
    assert found == {n: (str(n), "x", str(n)) for n in range(2, 400)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_encodings(encoding: str) -> None:
    text = "订单编号,买家会员名,金额\n1,小红薯,2.5\n2,𠮷野家,3\n"
    if encoding == "gbk":
        text = text.replace("𠮷", "吉")
    table = one_table(text.encode(encoding))
    assert table.header == ["订单编号", "买家会员名", "金额"]
    assert [cells[1][:1] for cells in rows_of(table).values()] in (["小", "𠮷"], ["小", "吉"])


def test_chinese_after_a_long_ascii_start_still_tells_the_encoding() -> None:
    body = b"1,plain,2\n" * 60_000 + "2,中文,3\n".encode("gb18030")
    found = rows_of(one_table(HEAD + body))
    assert found[60_002] == ("2", "中文", "3")


def test_wrong_encoding_names_row_and_column() -> None:
    rows = [f"{n},普通的文字,3\n".encode() for n in range(2, 200)]
    rows[100] = b"102,\xd0\xc2\xb5\xc4,3\n"  # one line of GBK in a UTF-8 file
    error = failure("order,名称,amount\n".encode() + b"".join(rows))
    assert error.code == "file_encoding"
    assert (error.where["row"], error.where["column"]) == (102, "名称")
    assert "UTF-8" in error.message.zh


def test_damaged_gb18030_names_row() -> None:
    rows = [f"{n},普通,3\n".encode("gb18030") for n in range(2, 9)]
    rows[3] = b"5,\xff\xff,3\n"
    error = failure("order,名称,amount\n".encode("gb18030") + b"".join(rows))
    assert error.code == "file_encoding"
    assert error.where["row"] == 5


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiter_is_sniffed(delimiter: str) -> None:
    content = (
        delimiter.join(["订单编号", "标题", "价格"]) + "\n" + delimiter.join(["1", "a", "2"]) + "\n"
    )
    table = one_table(content.encode(), "a.txt")
    assert rows_of(table) == {2: ("1", "a", "2")}


def test_whitespace_separated_with_and_without_header() -> None:
    table = one_table(b" customer date  n\n 00001 19970101  1\n 00002 19970112 12\n", "a.txt")
    assert table.header == ["customer", "date", "n"]
    assert rows_of(table) == {2: ("00001", "19970101", "1"), 3: ("00002", "19970112", "12")}
    bare = one_table(b" 00001 19970101  1\n 00002 19970112 12\n", "a.txt")
    assert bare.header_row == 0
    assert bare.header == ["列1", "列2", "列3"]
    assert rows_of(bare)[1] == ("00001", "19970101", "1")


def test_title_lines_above_the_header_are_passed_over() -> None:
    content = "店铺订单导出\n导出时间,2024-05-01\n\n订单编号,标题,价格,购买数量\n1,a,2,3\n".encode()
    table = one_table(content)
    assert table.header_row == 4
    assert table.header == ["订单编号", "标题", "价格", "购买数量"]
    assert rows_of(table) == {5: ("1", "a", "2", "3")}


def test_headers_lose_blanks_tabs_width_and_guards() -> None:
    table = one_table(
        '订单编号 ,\t订单付款时间 ,商品总价（元）,="标题",\ufeff价格\n1,2,3,4,5\n'.encode()
    )
    assert table.header == ["订单编号", "订单付款时间", "商品总价(元)", "标题", "价格"]


def test_trailing_comma_in_every_row_but_not_in_the_header() -> None:
    table = one_table(b"order,name\n1,a,\n2,b,\n3,c,\n")
    assert {n: cells[:2] for n, cells in rows_of(table).items()} == {
        2: ("1", "a"),
        3: ("2", "b"),
        4: ("3", "c"),
    }


def test_a_row_cut_off_at_the_end_of_the_file_is_refused() -> None:
    table = one_table(HEAD + b"1,a,2\n3,b")
    bad = [row for batch in table.batches() for row in batch.bad]
    assert [(row.row_no, row.code, row.column) for row in bad] == [(3, "row_truncated", "name")]
    # The same row within the file has merely lost its empty cells.
    assert rows_of(one_table(HEAD + b"3,b\n1,a,2\n"))[2] == ("3", "b", "")


def test_unclosed_quote_names_row_and_column() -> None:
    error = failure(HEAD + b"1,a,2\n" * 5 + b'7,b,"3\n8,c,4\n9,d,5\n')
    assert error.code == "file_unclosed_quote"
    assert (error.where["row"], error.where["column"]) == (7, "amount")


def test_a_lone_quote_inside_a_cell_is_text() -> None:
    assert rows_of(one_table(HEAD + b'1,5" screen,2\n'))[2] == ("1", '5" screen', "2")


def test_ten_megabyte_cell_is_refused_alone() -> None:
    table = one_table(HEAD + b"1,a,2\n" + b"2," + b"x" * 10_000_000 + b",3\n3,b,4\n")
    bad = [row for batch in table.batches() for row in batch.bad]
    assert [(row.row_no, row.code, row.column) for row in bad] == [(3, "cell_too_big", "name")]
    assert len(bad[0].cells[1]) <= 2000
    assert set(rows_of(table)) == {2, 4}


def test_cell_larger_than_a_block_is_an_error_with_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delimited_module, "BLOCK_BYTES", 1 << 20)
    error = failure(HEAD + b"1,a,2\n" + b'2,"' + b"x" * 3_000_000 + b'",3\n3,b,4\n')
    assert error.code == "file_cell_too_big"
    assert (error.where["row"], error.where["column"]) == (3, "name")


def test_memory_stays_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few blocks are in memory at a time, whatever the file's size."""
    monkeypatch.setattr(delimited_module, "BLOCK_BYTES", 1 << 20)
    path = tmp_path / "big.csv"
    with path.open("wb") as out:
        out.write(HEAD)
        line = b"123456789012345678," + "某人".encode() * 20 + b",99.50\n"
        for _ in range(40):
            out.write(line * 20_000)
    before = pa.total_allocated_bytes()
    most = 0
    tracemalloc.start()
    rows = 0
    for table in open_source(path).tables():
        for batch in table.batches():
            rows += len(batch)
            most = max(most, pa.total_allocated_bytes() - before)
    python_peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == 800_000
    assert path.stat().st_size > 100_000_000
    assert most < 20_000_000
    assert python_peak < 20_000_000


def test_workbook_cells_as_the_platform_wrote_them() -> None:
    content = workbook(
        {
            "订单": [
                ["订单编号", "时间", "金额", "数量", "备注"],
                ["2231958349012345678", datetime(2017, 5, 30, 23, 18), 58.1, 3, True],
                [21407300627014912.0, "", 0.1 + 0.2, 1e-5, None],
                [123456789012345, "", 7.0, 2.50, ""],
            ]
        }
    )
    table = one_table(content, "a.xlsx")
    assert rows_of(table) == {
        2: ("2231958349012345678", "2017-05-30 23:18:00", "58.1", "3", "TRUE"),
        3: ("2.14073006270149E+16", "", "0.3", "0.00001", ""),
        4: ("123456789012345", "", "7", "2.5", ""),
    }


def test_workbook_sheets_rows_and_title_lines() -> None:
    content = workbook(
        {
            "说明": [],
            "订单信息": [
                ["导出于 2024"],
                [],
                ["订单编号", "标题", "价格"],
                ["1", "a", 2],
                [],
                ["2", "b", 3],
            ],
            "二": [["订单编号", "标题", "价格"], ["3", "c", 4]],
        }
    )
    tables = list(open_source(io.BytesIO(content), "x.xlsx").tables())
    assert [table.name for table in tables] == ["x.xlsx [订单信息]", "x.xlsx [二]"]
    assert rows_of(tables[0]) == {4: ("1", "a", "2"), 6: ("2", "b", "3")}


def test_a_workbook_under_another_name_is_known_by_its_content() -> None:
    content = workbook({"一": [["订单编号", "标题", "价格"], ["1", "a", 2]]})
    assert rows_of(one_table(content, "orders.csv")) == {2: ("1", "a", "2")}


def test_zip_of_one_or_many_with_chinese_names() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("订单.csv", "订单编号,标题,价格\n1,a,2\n")
        archive.writestr("__MACOSX/._订单.csv", "junk")
        archive.writestr(
            "二/b.xlsx", workbook({"一": [["订单编号", "标题", "价格"], ["2", "b", 3]]})
        )
    tables = list(open_source(io.BytesIO(out.getvalue()), "x.zip").tables())
    assert [table.name for table in tables] == ["x.zip/订单.csv", "x.zip/二/b.xlsx"]
    assert [rows_of(table) for table in tables] == [{2: ("1", "a", "2")}, {2: ("2", "b", "3")}]


def test_gz_xz_and_parquet() -> None:
    text = HEAD + b"1,a,2\n"
    assert rows_of(one_table(gzip.compress(text), "a.csv.gz")) == {2: ("1", "a", "2")}
    assert rows_of(one_table(lzma.compress(text), "a.csv.xz")) == {2: ("1", "a", "2")}
    out = io.BytesIO()
    stamp = pa.array([datetime(2017, 1, 1, 11, 53, 26), None], pa.timestamp("ns"))
    pq.write_table(
        pa.table({"id": pa.array([2231958349012345678, 5]), "at": stamp, "v": [0.5, 2.0]}), out
    )
    table = one_table(out.getvalue(), "a.parquet")
    assert rows_of(table) == {
        2: ("2231958349012345678", "2017-01-01 11:53:26", "0.5"),
        3: ("5", "", "2"),
    }


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.95])
def test_truncated_archives(keep: float) -> None:
    import random

    noise = random.Random(5)
    text = HEAD + b"".join(b"%d,%d,2\n" % (n, noise.getrandbits(60)) for n in range(50_000))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", text)
    packed = {
        "a.zip": out.getvalue(),
        "a.csv.gz": gzip.compress(text),
        "a.csv.xz": lzma.compress(text),
    }
    for name, content in packed.items():
        error = failure(content[: int(len(content) * keep)], name)
        assert error.code == "file_truncated", name


def test_damaged_zip_member_is_found_by_its_checksum() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(
        out, "w"
    ) as archive:  # stored, so that one flipped byte goes unnoticed but for the sum
        archive.writestr("a.csv", HEAD + b"1,a,2\n" * 50)
    content = out.getvalue().replace(b"1,a,2\n1,a,2\n", b"1,a,2\n1,a,9\n", 1)
    assert failure(content, "a.zip").code == "file_truncated"


def test_encrypted_zip() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", HEAD + b"1,a,2\n")
    content = bytearray(out.getvalue())
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + at] |= 1
    assert failure(bytes(content), "a.zip").code == "file_encrypted"


def test_bombs_are_refused_before_they_unfold() -> None:
    zeros = io.BytesIO()
    with (
        zipfile.ZipFile(zeros, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.csv", "w", force_zip64=True) as member,
    ):
        member.write(HEAD)
        for _ in range(300):
            member.write(b"0" * (1 << 20))
    assert failure(zeros.getvalue(), "a.zip").code == "file_too_large"
    packed = io.BytesIO()
    with gzip.open(packed, "wb") as out:
        out.write(HEAD)
        for _ in range(300):
            out.write(b"1,a,2\n" * 170_000)
    error = failure(packed.getvalue(), "a.csv.gz")
    assert error.code == "file_too_large"


def test_a_sheet_too_large_for_memory_is_sent_to_csv(monkeypatch: pytest.MonkeyPatch) -> None:
    from huitou.intake.readers import sheets as sheets_module

    content = workbook({"a": [["订单编号", "标题"], *[["1", "x" * 50]] * 50]})
    monkeypatch.setattr(sheets_module, "MAX_SHEET", 1000)
    error = failure(content, "a.xlsx")
    assert error.code == "file_sheet_too_large"
    assert error.remedy is not None
    assert "CSV" in error.remedy.zh


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n  \n", "file_empty"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "file_not_a_table"),
        (b"\x89PNG\r\n\x1a\n0000", "file_not_a_table"),
        (b"%PDF-1.7 something", "file_not_a_table"),
        (b"PK\x03\x04 not really a zip", "file_truncated"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file_truncated"),
        (b"PAR1 cut", "file_truncated"),
    ],
)
def test_what_is_no_table_is_said_to_be_none(content: bytes, code: str) -> None:
    assert failure(content, "x.xls").code == code


def test_a_stream_a_path_and_an_opener_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(HEAD + b"1,a,2\n")
    stream = io.BytesIO(path.read_bytes())
    for content in (path, str(path), stream, lambda: path.open("rb")):
        (table,) = open_source(content, "a.csv").tables()
        for _ in range(2):  # more than once
            assert rows_of(table) == {2: ("1", "a", "2")}
    assert not stream.closed

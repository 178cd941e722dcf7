"""Bad files: each gets a message that names place and remedy; nothing of the file is half in."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.intake.pipeline.support import as_csv, bring, facts_of, order, orders_file, put, vault_of
from tests.support.server import command

from huitou.intake.models import Batch
from huitou.intake.synthetic import ORDER_HEADER
from huitou.intake.workplace import Workplace

GOOD = orders_file(order(n) for n in range(50))


def _zip_cut_short() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("orders.csv", GOOD * 20)
    return packed.getvalue()[: len(packed.getvalue()) * 2 // 3]


def _wrong_encoding() -> bytes:
    lines = GOOD.splitlines(keepends=True)
    lines[30] = lines[30].replace("买家".encode(), b"\xff\xfe\xc0\xc1")
    return b"".join(lines)


WHOLE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    # file name, content, code of the error
    "a photo": (
        "orders.csv",
        lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 40,
        "file_not_a_table",
    ),
    "nothing": ("orders.csv", lambda: b"", "file_empty"),
    "only a header": ("orders.csv", lambda: orders_file([]), ""),
    "a web page": (
        "orders.xls",
        "<html><body><table><tr><td>订单编号</td></tr></table></body></html>".encode,
        "file_not_a_table",
    ),
    "a broken zip": ("orders.zip", _zip_cut_short, "file_truncated"),
    "mixed encodings": ("orders.csv", _wrong_encoding, "file_encoding"),
    "missing columns": (
        "orders.csv",
        lambda: as_csv([h for h in ORDER_HEADER if "订单编号" not in h], [order(1)]),
        "file_unknown",
    ),
    "another report": ("weather.csv", "日期,气温\n2024-01-01,3\n".encode, "file_unknown"),
    "an open quote": (
        "orders.csv",
        lambda: GOOD + b'"' + b"x," * 30 + b"\n" + b"y,y\n" * 100,
        "file_unclosed_quote",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WHOLE)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(
    work: Workplace, tmp_path: Path, case: str
) -> None:
    name, make, code = WHOLE[case]
    path = tmp_path / name
    path.write_bytes(make())
    before = facts_of(work)
    told = bring(work, path)
    entry = told["files"][0]
    if code:
        assert entry["error"]["code"] == code
        assert entry["error"]["message"]
        assert entry["error"]["remedy"]
        assert entry["error"]["where"]["file"].startswith(name)
        assert told["failed"] == 1
        assert Batch.objects.get().state == "failed"
    else:
        assert entry["state"] == "empty"
    assert facts_of(work) == before
    assert vault_of() == []
    assert list(work.home.staging.glob("*.duckdb*")) == []


def test_a_wrong_byte_is_found_by_row_and_column(work: Workplace, tmp_path: Path) -> None:
    (path,) = put(tmp_path, orders__csv=_wrong_encoding())
    where = bring(work, path)["files"][0]["error"]["where"]
    assert (where["row"], where["column"]) == (31, "买家会员名")


def test_missing_columns_are_named(work: Workplace, tmp_path: Path) -> None:
    header = [h for h in ORDER_HEADER if h not in ("买家实际支付金额", "订单创建时间")]
    (path,) = put(tmp_path, orders__csv=as_csv(header, [order(1)]))
    told = bring(work, path, choice={"profile": "taobao_orders"})
    error = told["files"][0]["error"]
    assert error["code"] == "file_missing_columns"
    assert error["where"]["columns"] == ["订单创建时间", "买家实际支付金额"]


ROWS: dict[str, tuple[dict[str, str], str, str]] = {
    # cells of the bad row, reason code, column
    "id in scientific notation": ({"订单编号": "7.00000E+18"}, "id_scientific", "订单编号"),
    "no id": ({"订单编号": ""}, "missing", "订单编号"),
    "a day that is not": ({"订单创建时间": "2019-02-30 10:00:00"}, "date_invalid", "订单创建时间"),
    "a year that is not": ({"订单付款时间": "0219-03-01 10:00:00"}, "date_out_of_range", "订单付款时间"),
    "words for an amount": ({"买家实际支付金额": "二十五元"}, "number_invalid", "买家实际支付金额"),
    "a negative quantity": ({"宝贝总数量": "-2"}, "qty_negative", "宝贝总数量"),
    "a negative amount": ({"买家实际支付金额": "-3.50"}, "amount_negative", "买家实际支付金额"),
    "a cell of 10 MB": ({"买家留言": "好" * 3_500_000}, "cell_too_big", "买家留言"),
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS)
def test_a_bad_row_is_rejected_and_the_good_ones_go_in(
    work: Workplace, tmp_path: Path, case: str
) -> None:
    cells, code, column = ROWS[case]
    rows = [order(1), order(2, **cells), order(3)]
    (path,) = put(tmp_path, orders__csv=orders_file(rows))
    told = bring(work, path)
    entry = told["files"][0]
    assert entry["error"] is None
    assert (entry["rows"], entry["inserted"], entry["rejected"]) == (3, 2, 1)
    assert [(reason["code"], reason["count"]) for reason in entry["reasons"]] == [(code, 1)]
    assert column in entry["reasons"][0]["label"]
    (rejected,) = rejected_rows(work, Batch.objects.get())
    assert (rejected.row_no, rejected.code, rejected.column.strip()) == (3, code, column)


def rejected_rows(work: Workplace, batch: Batch) -> list[Any]:
    from huitou.intake import rejects

    found = rejects.read(work.home.files, batch.rejects_name, work.ring)
    return [rejected.row for rejected in found]


def test_the_command_tells_without_a_traceback(
    child_environment: dict[str, str], tmp_path: Path
) -> None:
    environment = child_environment
    (path,) = put(tmp_path, orders__xls=b"<html><body>no</body></html>")
    code, said, errors = command(environment, "import", str(path), "--language", "en")
    assert code == 1
    assert "orders.xls" in said
    assert "save it as xlsx" in said
    assert "Traceback" not in said + errors
    code, said, _ = command(
        environment, "import", str(path), str(tmp_path / "absent.csv"), "--json"
    )
    result = json.loads(said)
    assert code == 1
    assert result["failed"] == 2
    assert result["files"][1]["error"]["code"] == "file_missing"
    code, _, errors = command(
        environment, "import", str(path), "--profile", "no_such", "--language", "en"
    )
    assert code == 1
    assert "taobao_orders" in errors

"""``huitou import`` and ``huitou bench`` as a person runs them, alone and beside a running server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.intake.pipeline.support import item, items_file, order, orders_file, put
from tests.support.server import PROGRAM, command, json_command, serving

from huitou.intake import bench
from huitou.intake.synthetic import ITEM_HEADER, ORDER_HEADER, Sizes, write_taobao

pytestmark = pytest.mark.slow


def test_import_prints_each_file_and_the_totals(
    child_environment: dict[str, str], tmp_path: Path
) -> None:
    files = put(
        tmp_path,
        items__csv=items_file(item(n) for n in range(8)),
        orders__csv=orders_file([*(order(n) for n in range(8)), order(9, 订单编号="1E+18")]),
    )
    names = [str(path) for path in files]
    code, said, errors = command(child_environment, "import", *names, "--language", "en")
    assert code == 0, errors
    assert "Created the shop taobao (绍兴小店)" in said
    assert "rows 9  inserted 8  updated 0  unchanged 0  rejected 1" in said
    assert "1 × “订单编号” was turned into scientific notation" in said
    assert said.split()[-5:] == ["8", "7", "206.40", "0.00", "8"]
    code, said, _ = command(child_environment, "import", *reversed(names))
    assert code == 0
    assert "新增 0　更新 0　不变 8　拒绝 1" in said


def test_a_running_server_does_the_work(child_environment: dict[str, str], tmp_path: Path) -> None:
    (path,) = put(tmp_path, orders__csv=orders_file(order(n) for n in range(5)))
    with serving(child_environment):
        told = json_command(child_environment, "import", str(path))
        assert told["files"][0]["inserted"] == 5
        code, _, errors = command(
            child_environment, "import", str(path), "--shop", "nobody", "--language", "en"
        )
        assert code == 1
        assert "There is no shop nobody" in errors


def test_a_mapping_comes_from_a_file_or_by_name(
    child_environment: dict[str, str], tmp_path: Path
) -> None:
    sales, broken = put(
        tmp_path,
        sales__csv="单号,日期,客户,金额\nA1,2024-03-01,老王,12.5\n".encode(),
        broken__json=b"{nope",
    )
    mapping = tmp_path / "own.json"
    columns = {"trade_id": "单号", "paid_at": "日期", "customer_no": "客户", "paid_amount": "金额"}
    body: dict[str, Any] = {
        "version": 1,
        "name": "手工账",
        "platform": "own",
        "grain": "trade",
        "columns": [{"field": key, "header": header} for key, header in columns.items()],
    }
    mapping.write_text(json.dumps(body))
    told = json_command(child_environment, "import", str(sales), "--mapping", str(mapping))
    assert told["files"][0]["inserted"] == 1
    assert told["totals"]["paid_amount"] == "12.50"
    english = ("--language", "en")
    code, _, errors = command(
        child_environment, "import", str(sales), "--mapping", str(broken), *english
    )
    assert (code, "broken.json" in errors) == (1, True)
    code, _, errors = command(
        child_environment, "import", str(sales), "--mapping", "nothing", *english
    )
    assert (code, "cdnow_master" in errors) == (1, True)


def test_the_benchmark_measures_and_checks(tmp_path: Path) -> None:
    said: list[str] = []
    result = bench.run(Sizes(300, 700, 90), PROGRAM, lambda text: said.append(text.en), tmp_path)
    names = [measure["name"] for measure in result["measures"]]
    assert names == ["floor", "first_import", "same_again", "next_export"]
    assert all(measure["peak_mb"] > 20 for measure in result["measures"])
    assert result["measures"][0]["times_floor"] == 1.0
    assert len(said) == 5
    assert list(tmp_path.iterdir()) == []


def test_made_files_are_the_same_every_time(tmp_path: Path) -> None:
    contents = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        files = write_taobao(folder, Sizes(2_000, 5_000, 600))
        contents.append((files.orders.read_bytes(), files.items.read_bytes()))
    assert contents[0] == contents[1]
    orders, items = (raw.decode("utf-8-sig").splitlines() for raw in contents[0])
    assert (len(orders), len(items)) == (2_001, 5_001)
    assert {line.count(",") + 1 for line in orders} == {len(ORDER_HEADER)} == {54}
    assert {line.count(",") + 1 for line in items} == {len(ITEM_HEADER)}
    assert len({line.split(",")[1] for line in orders[1:]}) == 600

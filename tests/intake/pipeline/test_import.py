"""Files all the way in: what is told, what is there afterwards, and that again changes nothing."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.intake.pipeline.support import (
    NOW,
    OLD_ITEMS,
    as_csv,
    bring,
    facts_of,
    item,
    items_file,
    order,
    orders_file,
    put,
    vault_of,
)

from huitou.accounts import shops
from huitou.accounts.models import AuditEntry
from huitou.intake.models import Batch
from huitou.intake.workplace import Workplace


def test_orders_and_lines_go_in_and_make_their_shop(work: Workplace, tmp_path: Path) -> None:
    files = put(
        tmp_path,
        items__csv=items_file(item(n, line) for n in range(20) for line in (1, 2)),
        orders__csv=orders_file(order(n) for n in range(20)),
    )
    told = bring(work, *files)
    items, orders = told["files"]
    assert (items["profile"], orders["profile"]) == ("taobao_items", "taobao_orders")
    assert (items["rows"], items["inserted"], items["rejected"]) == (40, 40, 0)
    assert (orders["rows"], orders["inserted"], orders["updated"]) == (20, 20, 0)
    assert told["failed"] == 0
    assert told["created_shops"] == [{"code": "taobao", "name": "绍兴小店", "platform": "taobao"}]
    assert items["shop"] == orders["shop"] == "taobao"
    assert told["totals"] == {
        "trades": 20,
        "lines": 40,
        "members": 7,
        "paid_amount": "516.00",
        "refunded_amount": "0.00",
    }


def test_the_same_files_again_change_nothing(work: Workplace, tmp_path: Path) -> None:
    files = put(
        tmp_path,
        orders__csv=orders_file(order(n) for n in range(20)),
        items__csv=items_file(item(n) for n in range(20)),
    )
    bring(work, *files)
    before, sealed = facts_of(work), vault_of()
    told = bring(work, *files, now=NOW + timedelta(days=1))
    assert [entry["inserted"] + entry["updated"] for entry in told["files"]] == [0, 0]
    assert [entry["unchanged"] for entry in told["files"]] == [20, 20]
    assert [entry["same_as"] for entry in told["files"]] == ["1", "2"]
    assert facts_of(work) == before
    assert vault_of() == sealed
    assert len(list(work.home.files.glob("*.htf"))) == 2


def test_a_later_export_updates_and_an_older_one_does_not(work: Workplace, tmp_path: Path) -> None:
    sent = order(1, 订单状态="卖家已发货，等待买家确认", 确认收货时间="")
    done = order(1)
    older, newer = put(tmp_path, a__csv=orders_file([sent]), b__csv=orders_file([done]))
    bring(work, older)
    told = bring(work, newer)
    assert (told["files"][0]["inserted"], told["files"][0]["updated"]) == (0, 1)
    (copy,) = put(tmp_path, c__csv=orders_file([sent, order(2)]))
    told = bring(work, copy)
    assert (told["files"][0]["inserted"], told["files"][0]["unchanged"]) == (1, 1)
    statuses = {row["trade_id"][-1]: row["status"] for row in _trades(work)}
    assert statuses == {"1": "finished", "2": "finished"}


def test_lines_before_their_orders_come_to_the_same(work: Workplace, tmp_path: Path) -> None:
    orders, items = put(
        tmp_path,
        orders__csv=orders_file(order(n) for n in range(5)),
        items__csv=items_file(item(n) for n in range(5)),
    )
    bring(work, items)
    assert len(_trades(work)) == 5
    told = bring(work, orders)
    assert told["totals"]["trades"] == 5
    assert told["totals"]["members"] == 5
    assert told["files"][0]["inserted"] + told["files"][0]["updated"] == 5


def test_several_files_in_one_zip_are_one_batch(work: Workplace, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as pack:
        pack.writestr("ExportOrderDetailList.csv", items_file(item(n) for n in range(6)))
        pack.writestr("ExportOrderList.csv", orders_file(order(n) for n in range(6)))
        pack.writestr("说明.csv", "这,不是,报表\n1,2,3\n")
    (path,) = put(tmp_path, export__zip=packed.getvalue())
    told = bring(work, path)
    entry = told["files"][0]
    assert entry["error"] is None
    assert (entry["rows"], entry["inserted"]) == (12, 12)
    assert entry["profile"] == "taobao_items+taobao_orders"
    assert any("说明.csv" in warning for warning in entry["warnings"])
    assert told["totals"]["trades"] == 6
    assert told["totals"]["lines"] == 6
    assert Batch.objects.count() == 1


def test_a_dry_run_tells_and_leaves_nothing(work: Workplace, tmp_path: Path) -> None:
    (path,) = put(tmp_path, orders__csv=orders_file(order(n) for n in range(9)))
    before = facts_of(work)
    told = bring(work, path, dry_run=True)
    entry = told["files"][0]
    assert (entry["rows"], entry["inserted"]) == (9, 9)
    assert entry["preview"]["members"] == {"new": 7, "known": 0, "unidentified": 0}
    assert entry["preview"]["totals"]["paid_amount"] == "232.20"
    assert facts_of(work) == before
    assert vault_of() == []
    assert not Batch.objects.exists()
    assert shops.all_shops() == []
    assert list(work.home.files.iterdir()) == []
    assert list(work.home.staging.glob("*.duckdb*")) == []


def test_a_preview_masks_what_is_personal(work: Workplace, tmp_path: Path) -> None:
    (path,) = put(tmp_path, orders__csv=orders_file([order(1)]))
    told = bring(work, path, dry_run=True)
    text = str(told["files"][0]["preview"])
    assert "7000000000000000001" in text
    for plain in ("买家1", "收货人1", "14000000001", "buyer1@example.com", "学院路2号"):
        assert plain not in text


def test_a_file_names_its_shop_among_several(work: Workplace, tmp_path: Path) -> None:
    for code, name in (("a", "甲店"), ("b", "乙店")):
        shops.ensure_shop(code, name, "taobao", "online", NOW, None)
    files = put(
        tmp_path,
        items__csv=as_csv(OLD_ITEMS, [item(1)]),
        orders__csv=orders_file([order(1, 店铺名称="乙店")]),
    )
    told = bring(work, *files)
    assert [entry["shop"] for entry in told["files"]] == ["b", "b"]
    assert told["created_shops"] == []


def test_an_unclear_shop_is_asked_for(work: Workplace, tmp_path: Path) -> None:
    for code in ("a", "b"):
        shops.ensure_shop(code, code, "taobao", "online", NOW, None)
    (path,) = put(tmp_path, orders__csv=orders_file([order(1, 店铺名称="丙店")]))
    told = bring(work, path)
    error = told["files"][0]["error"]
    assert error["code"] == "shop_unknown"
    assert error["where"]["candidates"] == ["a", "b"]
    assert told["failed"] == 1
    assert told["totals"]["trades"] == 0
    told = bring(work, path, shop="b")
    assert told["files"][0]["shop"] == "b"
    assert told["failed"] == 0


def test_one_bad_file_does_not_stop_the_others(work: Workplace, tmp_path: Path) -> None:
    files = put(
        tmp_path, photo__jpg=b"\xff\xd8\xff\xe0" + bytes(500), orders__csv=orders_file([order(1)])
    )
    told = bring(work, *files)
    assert told["failed"] == 1
    assert told["files"][0]["error"]["where"]["file"] == "photo.jpg"
    assert told["files"][1]["inserted"] == 1
    assert Batch.objects.get(name="photo.jpg").state == "failed"


def test_a_file_without_a_good_row_is_empty_with_reasons(work: Workplace, tmp_path: Path) -> None:
    bad = [order(n, 订单创建时间="2019-02-30 10:00:00") for n in range(3)]
    (path,) = put(tmp_path, orders__csv=orders_file(bad))
    told = bring(work, path)
    entry = told["files"][0]
    assert (entry["state"], entry["rows"], entry["rejected"]) == ("empty", 3, 3)
    assert entry["reasons"][0]["code"] == "date_invalid"
    assert entry["reasons"][0]["count"] == 3
    assert told["totals"]["trades"] == 0


def test_what_was_done_is_in_the_audit_log_without_personal_data(
    work: Workplace, tmp_path: Path
) -> None:
    (path,) = put(tmp_path, orders__csv=orders_file([order(1)]))
    bring(work, path)
    actions = list(AuditEntry.objects.values_list("action", flat=True))
    assert actions == ["intake.commit", "shop.create"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_warnings_name_words_that_no_map_knows(
    work: Workplace, tmp_path: Path, language: str
) -> None:
    from huitou.kernel.i18n import speaking

    (path,) = put(tmp_path, orders__csv=orders_file([order(1, 订单状态="飞到月球")]))
    with speaking(language):
        (warning,) = bring(work, path)["files"][0]["warnings"]
    assert "飞到月球 × 1" in warning
    assert ("订单状态" in warning) == (language == "zh")


def _trades(work: Workplace) -> list[dict[str, Any]]:
    return work.warehouse.rows(work.warehouse.table("trade"))


def test_traces_reach_the_parcels_of_orders_whichever_comes_first(
    work: Workplace, tmp_path: Path
) -> None:
    columns = ["运单号", "快递公司", "轨迹时间", "轨迹内容", "地点"]
    header = ["订单号", "电子面单号", "快递公司", "运输状态", "获取时间"]
    parcels = [["E202603010001", "YT1000001", "圆通", "运输中", "2026-03-01 12:00:00"]]
    trace = [
        ["YT1000001", "圆通速递", "2026-03-01 20:00:00", "【绍兴市】已揽收", "绍兴市"],
        ["YT1000001", "圆通速递", "2026-03-03 10:00:00", "已签收，签收人：王小明", "杭州市"],
    ]
    traces, bill = put(
        tmp_path,
        trace__csv=as_csv(columns, (dict(zip(columns, row, strict=True)) for row in trace)),
        bill__csv=as_csv(header, (dict(zip(header, row, strict=True)) for row in parcels)),
    )
    told = bring(work, traces)
    entry = told["files"][0]
    assert (entry["profile"], entry["shop"], entry["inserted"]) == ("parcel_traces", None, 2)
    bring(work, bill)
    (parcel,) = work.warehouse.rows(work.warehouse.table("parcel"))
    assert (parcel["trade_id"], parcel["state"]) == ("E202603010001", "signed")
    again = bring(work, traces, now=NOW + timedelta(days=1))
    assert (again["files"][0]["inserted"], again["files"][0]["unchanged"]) == (0, 2)
    events = work.warehouse.rows(work.warehouse.table("parcel_event"))
    assert not [event for event in events if "王小明" in event["text"]]

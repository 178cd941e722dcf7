"""The member routes: masked, in scope, on record; what is searched is found by whole values."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.members.brand import NOW, SECRETS, SHOPS, STORE, load, standard, trade
from tests.members.people import RING

from huitou.accounts.models import AuditEntry
from huitou.accounts.shops import ensure_shop
from huitou.kernel.crypto import key_path
from huitou.kernel.home import Home, write_private
from huitou.kernel.jobs import Progress
from huitou.kernel.models import Job
from huitou.members import export, reveal, worker
from huitou.warehouse.store import Warehouse

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Any]


@pytest.fixture
def brand(warehouse: Warehouse, home: Home, tmp_path: Path, db: None) -> Warehouse:
    write_private(key_path(home), RING.dumps())
    for shop in SHOPS:
        ensure_shop(shop.code, shop.name, shop.platform, shop.kind, NOW, None)
    standard(warehouse, tmp_path)
    return warehouse


def found(client: Any, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return [row["member"] for row in answer.json()["items"]]


def test_the_list_is_masked_and_sorted(brand: Warehouse, client_as: ClientAs) -> None:
    answer = client_as("operator").get("/members")
    body = answer.json()
    assert (body["total"], [row["member"] for row in body["items"]]) == (3, ["3", "1", "2"])
    ann = body["items"][1]
    assert ann["display_name"] == "张*鱼"
    assert ann["nick"] == "小***9"
    assert (ann["paid_trades"], ann["paid_amount"], ann["unpaid_trades"]) == (2, "150.50", 1)
    assert (ann["platforms"], ann["province"], ann["first_shop_name"]) == (
        ["taobao"],
        "浙江省",
        "淘宝旗舰店",
    )
    assert ann["average_order_value"] == "75.25"
    assert body["items"][0]["phone"] == "137****9999"
    text = answer.content.decode()
    assert not [secret for secret in SECRETS if secret in text and "*" not in secret]


@pytest.mark.parametrize(
    ("query", "members"),
    [
        ("q=小鱼妈妈2019", ["1"]),
        ("q=小鱼妈妈", []),
        ("q=13712349999", ["3"]),
        ("q=%2B86 137 1234 9999", ["3"]),
        ("q=13812348000", ["1", "2"]),
        ("q=张小鱼", ["3", "1"]),
        ("q=T0004", ["2"]),
        ("q=vip00881", ["3"]),
        ("q=2", ["2"]),
        ("q=xiaoyu.zhang@qq.com", ["1"]),
        ("q=bobby_lee&search_by=phone", []),
        ("q=bobby_lee&search_by=nick", ["2"]),
        ("q=T0004&search_by=trade", ["2"]),
        ("sort=paid_amount", ["3", "1", "2"]),
        ("sort=-paid_amount&size=1&page=2", ["1"]),
        ("min_trades=2", ["1"]),
        ("max_paid=100", ["3"]),
        ("min_paid=100.5&max_paid=199.99", ["1"]),
        ("shops=2", ["3"]),
        ("province=浙江省&sort=member", ["1", "2", "3"]),
        ("province=江苏省", []),
        ("has_phone=true", ["3"]),
        ("has_phone=false&sort=member", ["1", "2"]),
        ("state=prospects", []),
        ("last_paid_after=2026-10-06T00:00:00Z", ["3"]),
        ("last_paid_before=2026-10-04T00:00:00Z", ["2"]),
    ],
)
def test_filters_and_search(
    brand: Warehouse, client_as: ClientAs, query: str, members: list[str]
) -> None:
    assert found(client_as("operator"), f"/members?{query}") == members


def test_a_sort_that_does_not_exist_is_refused(brand: Warehouse, client_as: ClientAs) -> None:
    answer = client_as("operator").get("/members?sort=phone")
    assert answer.status_code == 422
    assert "last_paid_at" in answer.json()["remedy"]


def test_the_360_page_says_who_and_why(brand: Warehouse, client_as: ClientAs) -> None:
    body = client_as("operator").get("/members/3").json()
    assert body["row"]["member"] == "3"
    assert [(one["kind"], one["display"]) for one in body["accounts"]] == [
        ("card_no", "****0881"),
        ("phone", "137****9999"),
    ]
    why = body["accounts"][0]["why"][0]
    assert why["text"] == "同现于订单 T0005：手机号 137****9999"
    assert body["contacts"]["phones"] == ["137****9999"]
    totals = {one["key"]: one["value"] for one in body["totals"]}
    assert (totals["paid_trades"], totals["paid_amount"], totals["units"]) == ("1", "30.00", "1")
    assert (body["source_label"], body["can_reveal"], body["merged_from"]) == ("门店收银", True, [])
    online = client_as("analyst").get("/members/1").json()
    assert (online["row"]["city"], online["row"]["city_tier"]) == ("杭州市", 2)
    assert online["contacts"]["addresses"] == ["浙江省 杭州市 西湖区 ***"]
    assert online["can_reveal"] is False
    assert online["suggestions"] == 1


def test_orders_show_masked_receivers(brand: Warehouse, client_as: ClientAs) -> None:
    body = client_as("operator").get("/members/1/trades").json()
    assert [row["trade_id"] for row in body["items"]] == ["T0003", "T0002", "T0001"]
    assert body["items"][1]["receiver"] == "张*鱼 138****8000 浙江省 杭州市 西湖区 ***"
    assert (body["items"][0]["status_label"], body["items"][0]["region"]) == (
        "待付款",
        "浙江省 杭州市",
    )


def test_the_timeline_is_one_list_newest_first_in_pages(
    brand: Warehouse, client_as: ClientAs
) -> None:
    client = client_as("operator")
    whole = client.get("/members/1/timeline?limit=200").json()
    assert [(item["kind"], item["subject"]) for item in whole["items"]] == [
        ("trade", "T0003"),
        ("shipment", "T0002"),
        ("payment", "T0002"),
        ("trade", "T0002"),
        ("shipment", "T0001"),
        ("payment", "T0001"),
        ("import", "1"),
        ("trade", "T0001"),
    ]
    assert whole["next_before"] is None
    paged: list[Any] = []
    cursor = ""
    while True:
        page = client.get(f"/members/1/timeline?limit=1{cursor}").json()
        paged += page["items"]
        if page["next_before"] is None:
            break
        cursor = f"&before={page['next_before']}"
    assert paged == whole["items"]
    only = client.get("/members/1/timeline?kinds=payment").json()["items"]
    assert [item["amount"] for item in only] == ["50.50", "100.00"]
    assert client.get("/members/1/timeline?before=1.x").status_code == 422


def test_a_scope_hides_members_and_other_shops_orders(
    brand: Warehouse, client_as: ClientAs, tmp_path: Path
) -> None:
    # Bob also buys in the store, under the same phone as nobody else: known there from now on.
    load(
        brand,
        tmp_path,
        RING,
        [
            trade(
                7,
                "bob",
                day=12,
                paid="5.00",
                shop=STORE,
                buyer_phone="13612340007",
                buyer_nick=None,
            ),
            trade(8, "bob", day=12, paid="7.00", buyer_phone="13612340007"),
        ],
        batch=2,
    )
    keeper = client_as("store_manager", shops=[STORE.shop])
    assert found(keeper, "/members?sort=member") == ["2", "3"]
    assert keeper.get("/members/1").status_code == 404
    assert keeper.get("/members/1/timeline").status_code == 404
    bob = keeper.get("/members/2").json()
    assert (bob["row"]["paid_trades"], bob["row"]["paid_amount"]) == (1, "5.00")
    assert {one["key"]: one["value"] for one in bob["totals"]}["paid_amount"] == "5.00"
    orders = keeper.get("/members/2/trades").json()["items"]
    assert [row["trade_id"] for row in orders] == ["T0007"]
    owner = client_as("owner").get("/members/2").json()
    assert owner["row"]["paid_amount"] == "212.00"


def test_revealing_needs_permission_and_reason_and_leaves_a_row(
    brand: Warehouse, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"fields": ["name", "phone", "receiver"], "reason": "核对售后电话13812348000"}
    assert client_as("analyst").post("/members/1/reveal", asked).status_code == 403
    client = client_as("operator")
    short = client.post("/members/1/reveal", {**asked, "reason": " 看 "})
    assert (short.status_code, short.json()["where"]) == (422, {"field": "reason"})
    assert not AuditEntry.objects.filter(action="member.reveal").exists()
    values = client.post("/members/1/reveal", asked).json()["values"]
    assert values["name"] == ["张小鱼"]
    assert values["receiver"] == [
        "张小鱼 13812348000 浙江省 杭州市 西湖区 文三路 188号翠苑小区7幢402室"
    ]
    row = AuditEntry.objects.get(action="member.reveal")
    assert (row.subject, row.detail) == (
        "member:1",
        {"fields": ["name", "phone", "receiver"], "reason": "核对售后电话138****8000"},
    )
    one = client.post("/members/1/reveal", {**asked, "fields": ["receiver"], "trade": "999"})
    assert one.status_code == 404
    monkeypatch.setattr(reveal, "PER_HOUR", 2)
    assert client.post("/members/1/reveal", asked).status_code == 429


def test_suggestions_are_checked_merged_and_undone_over_http(
    brand: Warehouse, client_as: ClientAs
) -> None:
    client = client_as("operator")
    queue = client.get("/identity/suggestions").json()
    assert queue["total"] == 1
    item = queue["items"][0]
    assert [row["member"] for row in item["members"]] == ["1", "2"]
    assert [reason["sentence"] for reason in item["reasons"]] == ["收货手机相同"]
    check = client.get("/identity/check?members=1,2").json()
    assert (check["into"], check["trades"], check["paid_amount"]) == ("1", 3, "350.50")
    before = client.get("/members/2").json()
    merged = client.post(f"/identity/suggestions/{item['id']}/merge", {"note": "夫妻共用"})
    assert merged.json() == {"member": "1"}
    gone = client.get("/members/2")
    assert (gone.status_code, gone.json()["where"]["merged_into"]) == (404, "1")
    whole = client.get("/members/1").json()
    assert (whole["row"]["paid_amount"], whole["merged_from"]) == ("350.50", ["2"])
    assert client.get("/members/1/timeline?kinds=identity").json()["items"][0]["title"] == (
        "会员 2 并入会员 1"
    )
    decision = client.get("/identity/decisions?member=1").json()["items"][0]
    assert (decision["kind"], decision["state"], decision["can_undo"]) == ("merge", "active", True)
    undone = client.post(f"/identity/decisions/{decision['id']}/undo", {"note": ""})
    assert undone.json()["state"] == "undone"
    assert client.get("/members/2").json() == before
    again = client.get("/identity/suggestions").json()["items"][0]
    assert (
        client.post(f"/identity/suggestions/{again['id']}/dismiss", {"note": ""}).status_code == 204
    )
    assert client.get("/identity/suggestions").json()["total"] == 0
    assert client.get("/identity/suggestions?state=dismissed").json()["total"] == 1
    assert client_as("guide").get("/identity/suggestions").status_code == 403


def run_export(client: Any, body: dict[str, Any]) -> tuple[Any, bytes]:
    started = client.post("/members/export", body)
    assert started.status_code == 200, started.content
    row = Job.objects.get(pk=int(started.json()["id"]))
    result = worker.export_members(Progress(), **row.args)
    answer = client.get(result["result_url"].removeprefix("/api/v1"))
    assert answer.status_code == 200
    return row, b"".join(answer.streaming_content)


def test_an_export_is_masked_sealed_and_on_record(
    brand: Warehouse, client_as: ClientAs, home: Any
) -> None:
    client = client_as("operator")
    columns = ["member", "display_name", "phone", "paid_amount", "last_paid_at"]
    row, content = run_export(client, {"q": "13712349999", "columns": columns, "format": "csv"})
    assert "13712349999" not in str(row.args)
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert lines == [
        ["会员编号", "姓名", "手机", "实付金额", "最近付款"],
        ["3", "张*鱼", "137****9999", "30.00", "2026-10-07 10:02:00"],
    ]
    (path,) = home.exports.glob("members-*")
    assert "张".encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert AuditEntry.objects.filter(action="member.export").count() == 1
    other = client_as("owner").get(f"/members/exports/{path.name}")
    assert other.status_code == 404


def test_a_plain_export_needs_the_reveal_permission_and_a_reason(
    brand: Warehouse, client_as: ClientAs
) -> None:
    body = {"columns": ["member", "display_name", "phone"], "format": "xlsx", "plain": True}
    assert (
        client_as("analyst").post("/members/export", {**body, "reason": "联系会员"}).status_code
        == 403
    )
    client = client_as("operator")
    assert client.post("/members/export", body).status_code == 422
    _, content = run_export(client, {**body, "reason": "联系会员", "sort": "member"})
    book = zipfile.ZipFile(io.BytesIO(content))
    strings = book.read("xl/worksheets/sheet1.xml").decode()
    assert "13712349999" in strings
    assert "张小鱼" in strings
    row = AuditEntry.objects.get(action="member.export_plain")
    assert row.detail["reason"] == "联系会员"


def test_a_cancelled_export_leaves_nothing(
    brand: Warehouse, client_as: ClientAs, home: Any
) -> None:
    started = client_as("operator").post("/members/export", {"columns": ["member"]})
    progress = Progress()
    progress.cancel()
    with pytest.raises(Exception, match="Cancelled"):
        worker.export_members(progress, **Job.objects.get(pk=int(started.json()["id"])).args)
    assert list(home.exports.glob("*")) == []


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"), ("+86 13", "'+86 13"), ("@x", "'@x"), ("\tx", "'\tx"), ("-5.00", "-5.00"),
        ("-x", "'-x"), ("张三", "张三"), ("", ""),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(cell: str, safe: str) -> None:
    assert export.harmless(cell) == safe


def test_recent_changes_name_the_member_masked(brand: Warehouse, client_as: ClientAs) -> None:
    items = client_as("operator").get("/overview/recent?limit=3").json()["items"]
    assert {item["member_name"] for item in items} <= {"张*鱼", "b***e", None}
    assert any(item["member_name"] for item in items)


def test_columns_have_labels_in_the_readers_language(brand: Warehouse, client_as: ClientAs) -> None:
    zh = client_as("operator").get("/members/columns").json()
    en = client_as("owner", language="en").get("/members/columns").json()
    assert [one["key"] for one in zh] == [one["key"] for one in en]
    assert zh[0]["label"] == "会员编号"
    assert en[0]["label"] == "Member"

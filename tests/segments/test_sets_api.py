"""Why a member is in; sets against sets; lists; exports: over HTTP."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.members.brand import SECRETS, STORE
from tests.segments.crowd import (
    amount,
    brand,
    document,
    either,
    every,
    inside,
    more,
    neither,
    orders,
    top,
    trade,
)
from tests.segments.test_api import BUYERS, TWICE, ok, people, saved

from huitou.accounts.models import AuditEntry
from huitou.kernel.jobs import Progress
from huitou.kernel.models import Job
from huitou.segments.export import export_segment
from huitou.warehouse.store import Warehouse

__all__ = ["brand"]
pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Any]


def flat(tree: Any) -> list[tuple[str, bool, str | None]]:
    found = [(tree["path"], tree["holds"], tree["value"])]
    for child in tree["children"]:
        found += flat(child)
    return found


def test_why_a_member_is_in_or_not(brand: Warehouse, client_as: ClientAs) -> None:
    client = client_as("operator")
    rule = document(
        every(
            orders("ge", 2),
            neither(amount("ge", 200)),
            either({"kind": "profile", "attribute": "birthday", "operator": "known"}, orders()),
            top(1),
        )
    )
    ann = ok(client.post("/segments/explain", {"rule": rule, "member": 1}))
    assert (ann["member"], ann["in"]) == ("1", False)
    assert flat(ann["tree"]) == [
        ("/rule", False, None),
        ("/rule/children/0", True, "2"),
        ("/rule/children/1", True, None),
        ("/rule/children/1/children/0", False, "¥150.50"),
        ("/rule/children/2", True, None),
        ("/rule/children/2/children/0", False, "未知"),
        ("/rule/children/2/children/1", True, "2"),
        ("/rule/children/3", False, "¥150.50"),
    ]
    bob = ok(client.post("/segments/explain", {"rule": rule, "member": 2}))
    assert [holds for _path, holds, _value in flat(bob["tree"])] == [
        False, False, False, True, True, False, True, True,
    ]  # fmt: skip
    segment = saved(client, "回头客", TWICE)
    of_saved = ok(client.post("/segments/explain", {"segment": segment["id"], "member": 1}))
    assert of_saved["in"] is True
    past = {"segment": segment["id"], "member": 1, "as_of": "2026-10-02"}
    assert ok(client.post("/segments/explain", past))["in"] is False
    assert client.post("/segments/explain", {"member": 1}).status_code == 422
    assert client.post("/segments/explain", {"rule": rule, "member": 77}).status_code == 404
    keeper = client_as("store_manager", shops=[STORE.shop])
    assert keeper.post("/segments/explain", {"rule": rule, "member": 1}).status_code == 404


def test_an_explanation_says_what_counting_says(brand: Warehouse, client_as: ClientAs) -> None:
    client = client_as("operator")
    inner = saved(client, "过百", document(every(amount("ge", 100))))
    for rule in (
        document(every(inside(inner["id"]), orders("lt", 2))),
        document(neither(top(2))),
        document({"kind": "sample", "salt": "x", "start": 0, "end": 50}),
    ):
        preview = ok(client.post("/segments/preview", {"rule": rule, "sort": "member"}))
        members = {row["member"] for row in preview["items"]}
        for number in ("1", "2", "3"):
            told = ok(client.post("/segments/explain", {"rule": rule, "member": number}))
            assert told["in"] is (number in members)


def test_segments_are_combined_compared_and_overlapped(
    brand: Warehouse, client_as: ClientAs
) -> None:
    client = client_as("operator")
    a = saved(client, "过百", document(every(amount("ge", 100))))["id"]  # 1 2
    b = saved(client, "一单", document(every(orders("eq", 1))))["id"]  # 2 3
    for operator, count in (("union", 3), ("intersection", 1), ("difference", 1)):
        body = ok(client.post("/segments/combine", {"operator": operator, "segments": [a, b]}))
        assert body["count"] == count
        assert ok(client.post("/segments/count", {"rule": body["rule"]}))["count"] == count
    compared = ok(client.post("/segments/compare", {"a": a, "b": b}))
    assert [compared[name] for name in ("a_only", "both", "b_only", "a", "b")] == [1, 1, 1, 2, 2]
    for name in ("a_only", "both", "b_only"):
        counted = ok(client.post("/segments/count", {"rule": compared["rules"][name]}))
        assert counted["count"] == compared[name]
    measures = {one["code"]: (one["a"], one["b"], one["both"]) for one in compared["measures"]}
    assert measures["members"] == (2, 2, 1)
    assert measures["amount"] == (175.25, 115.0, 200.0)
    assert measures["repeat"] == (0.5, 0.0, 0.0)
    assert measures["female"] == (None, None, None)
    overlap = ok(client.post("/segments/overlap", {"segments": [a, b]}))
    assert overlap["cells"] == [[2, 1], [1, 2]]
    assert [one["name"] for one in overlap["segments"]] == ["过百", "一单"]
    assert client.post("/segments/overlap", {"segments": [a, 999]}).status_code == 404


def test_cells_are_disjoint_and_cover_the_union(brand: Warehouse, client_as: ClientAs) -> None:
    client = client_as("operator")
    rows = [
        {"label": "买过", "rule": BUYERS},
        {"label": "过百", "rule": document(every(amount("ge", 100)))},
    ]
    columns = [
        {"label": "一单", "rule": document(every(orders("eq", 1)))},
        {"label": "任意", "rule": document(every())},
    ]
    body = ok(client.post("/segments/cells", {"rows": rows, "columns": columns}))
    assert [(one["row"], one["column"], one["count"]) for one in body["cells"]] == [
        (0, 0, 2),
        (0, 1, 1),
        (1, 0, 0),
        (1, 1, 0),
    ]
    seen: list[str] = []
    for cell in body["cells"]:
        preview = ok(client.post("/segments/preview", {"rule": cell["rule"]}))
        assert preview["total"] == cell["count"]
        seen += [row["member"] for row in preview["items"]]
    union = ok(client.post("/segments/preview", {"rule": body["union"]["rule"]}))
    assert sorted(seen) == sorted(row["member"] for row in union["items"]) == ["1", "2", "3"]
    assert body["union"]["count"] == 3
    wrong = {"rows": rows, "columns": [{"rule": document(orders("x", 1))}]}
    assert client.post("/segments/cells", wrong).json()["code"] == "wrong_rule"


def run_export(client: Any, body: dict[str, Any]) -> bytes:
    started = ok(client.post("/segments/export", body))
    row = Job.objects.get(pk=int(started["id"]))
    result = export_segment(Progress(), **row.args)
    answer = client.get(result["result_url"].removeprefix("/api/v1"))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_an_export_is_masked_unless_permitted_and_on_record(
    brand: Warehouse, client_as: ClientAs
) -> None:
    client = client_as("operator")
    segment = saved(client, "过百", document(every(amount("ge", 100))))
    columns = ["member", "display_name", "nick", "paid_amount"]
    content = run_export(client, {"segment": segment["id"], "format": "csv", "columns": columns})
    text = content.decode("utf-8-sig")
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(text))) == [
        ["会员编号", "姓名", "昵称", "实付金额"],
        ["1", "张*鱼", "小***9", "150.50"],
        ["2", "b***e", "b***e", "200.00"],
    ]
    assert not [secret for secret in SECRETS if secret in text]
    plain = {"rule": TWICE, "format": "csv", "columns": columns, "plain": True}
    assert client.post("/segments/export", plain).status_code == 422
    analyst = client_as("analyst")
    assert analyst.post("/segments/export", {**plain, "reason": "联系会员"}).status_code == 403
    assert "张小鱼" in run_export(client, {**plain, "reason": "联系会员"}).decode()
    assert AuditEntry.objects.get(action="member.export_plain").detail["reason"] == "联系会员"
    assert AuditEntry.objects.filter(action="member.export").count() == 1
    assert client_as("store_manager").post("/segments/export", plain).status_code == 403
    both = {"rule": TWICE, "segment": segment["id"]}
    assert client.post("/segments/export", both).status_code == 422


def test_an_export_stays_in_the_scope_of_whoever_asked(
    brand: Warehouse, client_as: ClientAs, tmp_path: Path
) -> None:
    more(
        brand,
        tmp_path,
        trade(
            7, "bob", day=12, paid="5.00", shop=STORE, buyer_phone="13612340007", buyer_nick=None
        ),
        trade(8, "bob", day=12, paid="7.00", buyer_phone="13612340007"),
        batch=2,
    )
    keeper = client_as("operator", shops=[STORE.shop], username="keeper")
    content = run_export(keeper, {"rule": BUYERS, "columns": ["member", "paid_amount"]})
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:] == [
        ["2", "5.00"],
        ["3", "30.00"],
    ]


def test_the_schema_is_served(brand: Warehouse, client_as: ClientAs) -> None:
    body = ok(client_as("operator").get("/segments/schema"))
    assert body["properties"]["version"] == {"const": 1}


def test_members_of_a_segment_come_in_pages_and_orders(
    brand: Warehouse, client_as: ClientAs
) -> None:
    client = client_as("operator")
    made = saved(client, "买过")
    assert people(client, made["id"], "&size=2&page=2") == ["3"]
    answer = ok(client.get(f"/segments/{made['id']}/members?sort=-paid_amount"))
    assert [row["member"] for row in answer["items"]] == ["2", "1", "3"]
    assert client.get(f"/segments/{made['id']}/members?sort=phone").status_code == 422

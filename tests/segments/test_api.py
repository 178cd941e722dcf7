"""The routes of the builder and of saved segments: counted, described, saved, used, in scope."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.members.brand import STORE
from tests.segments.crowd import (
    amount,
    brand,
    document,
    either,
    every,
    inside,
    neither,
    orders,
)

from huitou.accounts.models import AuditEntry
from huitou.segments.models import Segment
from huitou.segments.parsing import parse
from huitou.segments.templates import TEMPLATES
from huitou.warehouse.store import Warehouse

__all__ = ["brand"]
pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Any]
BUYERS = document(every(orders()))
TWICE = document(every(orders("ge", 2)))


def ok(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content.decode()
    return answer.json() if answer.content else None


def saved(client: Any, name: str, rule: Any = BUYERS, **more: Any) -> Any:
    return ok(client.post("/segments", {"name": name, "rule": rule, **more}))


def people(client: Any, segment: str, query: str = "") -> list[str]:
    return [
        row["member"]
        for row in ok(client.get(f"/segments/{segment}/members?sort=member{query}"))["items"]
    ]


def test_the_catalogue_has_all_a_builder_needs(brand: Warehouse, client_as: ClientAs) -> None:
    body = ok(client_as("operator").get("/segments/catalogue"))
    facts = {one["code"]: one for one in body["facts"]}
    assert facts["trades"]["kind"] == "trades"
    assert (facts["trades"]["has_data"], facts["message"]["has_data"]) == (True, False)
    assert {"orders", "amount"} <= {one["code"] for one in facts["trades"]["measures"]}
    gender = next(one for one in body["attributes"] if one["code"] == "gender")
    assert [one["label"] for one in gender["choices"]] == ["女", "男"]
    assert body["limits"] == {"nodes": 2000, "depth": 100, "values": 1000}
    assert len(body["templates"]) >= 12
    english = ok(client_as("analyst", language="en").get("/segments/catalogue"))
    assert english["operators"][0]["label"] == "equals"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.code)
def test_every_template_can_be_asked(brand: Warehouse, client_as: ClientAs, template: Any) -> None:
    parse(template.document)
    body = ok(client_as("operator").post("/segments/count", {"rule": template.document}))
    assert 0 <= body["count"] <= body["universe"] == 3
    assert body["sentence"]


def test_a_count_comes_with_the_count_of_every_condition(
    brand: Warehouse, client_as: ClientAs
) -> None:
    rule = document(every(orders(), amount("ge", 100), either(orders("ge", 2), orders("eq", 1))))
    body = ok(client_as("operator").post("/segments/count", {"rule": rule}))
    assert (body["count"], body["universe"], body["as_of"]) == (2, 3, "2026-11-22")
    by_path = {one["path"]: (one["count"], one["remaining"]) for one in body["nodes"]}
    assert by_path == {
        "/rule": (2, 2),
        "/rule/children/0": (3, 3),
        "/rule/children/1": (2, 2),
        "/rule/children/2": (3, 2),
        "/rule/children/2/children/0": (1, 1),
        "/rule/children/2/children/1": (2, 3),
    }
    assert body["share"] == pytest.approx(2 / 3, abs=1e-5)


def test_counts_can_be_asked_as_of_a_past_day_and_of_some_shops(
    brand: Warehouse, client_as: ClientAs
) -> None:
    client = client_as("operator")
    past = ok(client.post("/segments/count", {"rule": BUYERS, "as_of": "2026-10-02"}))
    assert (past["count"], past["as_of"]) == (1, "2026-10-02")
    here = ok(client.post("/segments/count", {"rule": BUYERS, "shops": "2"}))
    assert (here["count"], here["universe"]) == (1, 1)


def test_a_wrong_rule_names_its_node(brand: Warehouse, client_as: ClientAs) -> None:
    client = client_as("operator")
    for rule, node in (
        (every(orders(), orders("contains", 1)), "/rule/children/1/operator"),
        (every({**orders(), "measure": "weight"}), "/rule/children/0/measure"),
        (every(inside(99)), "/rule/children/0/segment"),
    ):
        answer = client.post("/segments/count", {"rule": document(rule)})
        assert answer.status_code == 422
        assert (answer.json()["code"], answer.json()["where"]["node"]) == ("wrong_rule", node)


def test_a_rule_is_told_in_both_languages(brand: Warehouse, client_as: ClientAs) -> None:
    shop = {"field": "shop", "operator": "any_of", "value": ["1"]}
    rule = document(every({**orders(), "where": [shop]}))
    said = ok(client_as("operator").post("/segments/describe", {"rule": rule}))
    assert "淘宝旗舰店" in said["sentence"]
    assert [one["path"] for one in said["nodes"]] == ["/rule", "/rule/children/0"]
    english = client_as("analyst", language="en").post("/segments/describe", {"rule": rule})
    assert "orders" in ok(english)["sentence"]


def test_values_to_choose_from(brand: Warehouse, client_as: ClientAs) -> None:
    client = client_as("operator")

    def values(query: str) -> list[tuple[str, str, Any]]:
        items = ok(client.get(f"/segments/values?{query}"))["items"]
        return [(one["value"], one["label"], one["count"]) for one in items]

    assert values("source=field:trades.shop") == [
        ("1", "淘宝旗舰店", 4),
        ("2", "杭州门店", 1),
    ]
    assert values("source=field:trades.shop&q=门店") == [("2", "杭州门店", 1)]
    assert values("source=field:trades.province&q=浙") == [("浙江省", "浙江省", 5)]
    assert values("source=attribute:gender&q=fem") == [("f", "女", None)]
    assert client.get("/segments/values?source=field:trades.nothing").status_code == 404


def test_a_preview_is_a_page_of_masked_members(brand: Warehouse, client_as: ClientAs) -> None:
    client = client_as("operator")
    body = ok(client.post("/segments/preview", {"rule": BUYERS, "size": 2, "sort": "-paid_amount"}))
    assert ([row["member"] for row in body["items"]], body["total"]) == (["2", "1"], 3)
    assert body["items"][1]["display_name"] == "张*鱼"
    rest = {"rule": BUYERS, "size": 2, "page": 2, "sort": "-paid_amount"}
    assert [row["member"] for row in ok(client.post("/segments/preview", rest))["items"]] == ["3"]
    assert client_as("guide").post("/segments/preview", rest).status_code == 403


def test_a_segment_is_saved_listed_changed_archived_and_deleted(
    brand: Warehouse, client_as: ClientAs
) -> None:
    client = client_as("operator")
    made = saved(client, " 买过  的人 ", folder="日常")
    assert (made["name"], made["kind"], made["size"], made["state"]) == (
        "买过 的人",
        "dynamic",
        3,
        "fresh",
    )
    assert (made["share"], made["entered"], made["uses"], made["owner"]) == (1.0, 0, 0, "operator")
    listed = ok(client.get("/segments?q=买过"))
    assert ([one["id"] for one in listed["items"]], listed["folders"]) == ([made["id"]], ["日常"])
    address = f"/segments/{made['id']}"
    whole = ok(client.get(address))
    assert whole["rule"] == parse_back(BUYERS)
    assert [one["path"] for one in whole["nodes"]] == ["/rule", "/rule/children/0"]
    changed = ok(client.patch(address, {"name": "回头客", "rule": TWICE}))
    assert (changed["name"], changed["state"]) == ("回头客", "refreshing")
    assert people(client, made["id"]) == ["1"]
    taken = client.post("/segments", {"name": "回头客", "rule": BUYERS})
    assert (taken.status_code, taken.json()["code"]) == (409, "name_taken")
    assert ok(client.patch(address, {"archived": True}))["archived"] is True
    assert ok(client.get("/segments"))["items"] == []
    assert len(ok(client.get("/segments?archived=true"))["items"]) == 1
    ok(client.delete(address), 204)
    assert client.get(address).status_code == 404
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"segment.create", "segment.change", "segment.archive", "segment.delete"} <= actions


def parse_back(rule: Any) -> Any:
    from huitou.segments.parsing import document as as_document

    return as_document(parse(rule))


def test_what_is_used_is_neither_deleted_nor_archived(
    brand: Warehouse, client_as: ClientAs
) -> None:
    client = client_as("operator")
    inner = saved(client, "买过")
    outer = saved(client, "没买过", document(neither(inside(inner["id"]))))
    assert ok(client.get(f"/segments/{inner['id']}/uses"))["items"] == [
        {
            "kind": "segment",
            "id": outer["id"],
            "name": "没买过",
            "url": f"/segments/{outer['id']}",
        }
    ]
    assert ok(client.get(f"/segments/{inner['id']}"))["uses"] == 1
    for answer in (
        client.delete(f"/segments/{inner['id']}"),
        client.patch(f"/segments/{inner['id']}", {"archived": True}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
        assert answer.json()["where"]["uses"][0]["id"] == outer["id"]


def test_segments_that_name_each_other_in_a_circle_are_refused(
    brand: Warehouse, client_as: ClientAs
) -> None:
    client = client_as("operator")
    first = saved(client, "一")
    second = saved(client, "二", document(every(inside(first["id"]))))
    circle = document(every(orders(), either(inside(second["id"]))))
    answer = client.patch(f"/segments/{first['id']}", {"rule": circle})
    assert (answer.status_code, answer.json()["where"]["node"]) == (
        422,
        "/rule/children/1/children/0/segment",
    )
    assert "一 → 二 → 一" in answer.json()["message"]
    own = client.patch(f"/segments/{first['id']}", {"rule": document(inside(first["id"]))})
    assert own.json()["where"]["node"] == "/rule/segment"


def test_a_static_segment_stays_as_it_was(
    brand: Warehouse, client_as: ClientAs, tmp_path: Path
) -> None:
    from tests.segments.crowd import more, trade

    client = client_as("operator")
    fixed = saved(client, "那天的回头客", TWICE, kind="static")
    moving = saved(client, "回头客", TWICE)
    copied = ok(client.post(f"/segments/{moving['id']}/snapshot", {"name": "快照"}))
    assert [fixed["size"], copied["size"], copied["kind"]] == [1, 1, "static"]
    more(brand, tmp_path, trade(11, "bob", day=20, paid="9.00"), batch=2)
    assert people(client, fixed["id"]) == people(client, copied["id"]) == ["1"]
    count = ok(client.post("/segments/count", {"rule": TWICE}))
    assert count["count"] == 2
    refused = client.patch(f"/segments/{fixed['id']}", {"rule": BUYERS})
    assert (refused.status_code, refused.json()["where"]) == (422, {"field": "rule"})


def test_a_scope_counts_only_its_shops_members_and_facts(
    brand: Warehouse, client_as: ClientAs, tmp_path: Path
) -> None:
    from tests.segments.crowd import more, trade

    # Bob buys in the store once, too; online he spent 200.
    more(
        brand,
        tmp_path,
        trade(
            7, "bob", day=12, paid="5.00", shop=STORE, buyer_phone="13612340007", buyer_nick=None
        ),
        trade(8, "bob", day=12, paid="7.00", buyer_phone="13612340007"),
        batch=2,
    )
    operator = client_as("operator")
    rich = saved(operator, "过百", document(every(amount("ge", 100))))
    fixed = saved(operator, "过百的快照", document(every(amount("ge", 100))), kind="static")
    assert people(operator, rich["id"]) == ["1", "2"]
    keeper = client_as("store_manager", shops=[STORE.shop])
    body = ok(keeper.post("/segments/count", {"rule": BUYERS}))
    assert (body["count"], body["universe"]) == (2, 2)
    assert ok(keeper.post("/segments/count", {"rule": TWICE}))["count"] == 0
    assert people(keeper, rich["id"]) == []  # by what he paid in this store
    assert people(keeper, fixed["id"]) == ["2"]  # Ann is not known there
    assert ok(keeper.get(f"/segments/{rich['id']}"))["size"] == 0
    assert ok(keeper.get(f"/segments/{rich['id']}/history"))["items"] == []
    assert keeper.post("/segments", {"name": "x", "rule": BUYERS}).status_code == 403
    assert Segment.objects.count() == 2


def test_the_segments_of_a_member(brand: Warehouse, client_as: ClientAs) -> None:
    client = client_as("operator")
    saved(client, "买过")
    twice = saved(client, "回头客", TWICE)
    items = ok(client.get("/members/1/segments"))["items"]
    assert [one["name"] for one in items] == ["买过", "回头客"]
    assert items[1] == {"id": twice["id"], "name": "回头客", "since": None}
    assert [one["name"] for one in ok(client.get("/members/2/segments"))["items"]] == ["买过"]
    assert client.get("/members/99/segments").status_code == 404


def test_history_begins_with_the_first_day(brand: Warehouse, client_as: ClientAs) -> None:
    client = client_as("operator")
    made = saved(client, "买过")
    assert ok(client.get(f"/segments/{made['id']}/history"))["items"] == [
        {"day": "2026-11-22", "size": 3, "entered": 0, "left": 0}
    ]

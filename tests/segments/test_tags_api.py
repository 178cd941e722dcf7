"""The routes of tags and the command line: who may do what, on whom, and what is answered."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ClientAs
from tests.members import brand
from tests.members.people import RING
from tests.segments.test_tags import a_group, a_tag, give, holders, orders

from huitou.kernel import jobs
from huitou.kernel.clock import wall_clock
from huitou.kernel.crypto import KeyRing
from huitou.segments import tag_builtin, tag_refresh
from huitou.segments.models import Segment
from huitou.segments.tag_models import Tag
from huitou.warehouse.store import Warehouse
from huitou.web import kinds  # noqa: F401 - so that jobs are known
from huitou.web.cli.registry import COMMANDS

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(
    warehouse: Warehouse, tmp_path: Path, key_ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> Warehouse:
    """Ann (1), Bob (2), Ann in the store (3); shop 1 online, shop 2 a store."""
    for place in ("members.api", "segments.tag_api", "segments.api"):
        monkeypatch.setattr(f"huitou.{place}.load_key_ring", lambda *_a, **_k: RING)
    brand.standard(warehouse, tmp_path)
    return warehouse


def test_the_tree_has_groups_tags_counts_and_sentences(
    shop: Warehouse, client_as: ClientAs
) -> None:
    vip = a_tag("熟客")
    give(shop, vip, 1, 3)
    groups = client_as("guide").get("/tags").json()["groups"]
    assert [group["code"] for group in groups][: len(tag_builtin.GROUPS)] == list(
        tag_builtin.GROUPS
    )
    assert groups[-1]["tags"][0]["count"] == 2
    promotion = next(group for group in groups if group["code"] == "promotion")
    first = promotion["tags"][0]
    assert (first["derived"], first["enabled"], promotion["exclusive"]) == (True, False, True)
    assert "促销敏感度" in first["sentence"]
    english = client_as("analyst", language="en").get("/tags").json()["groups"]
    assert english[0]["label"] == "Buys for"


def test_a_tag_is_made_changed_archived_and_deleted(shop: Warehouse, client_as: ClientAs) -> None:
    client = client_as("operator")
    group = client.post("/tag-groups", {"label": "季节", "exclusive": False}).json()
    body = {"group": group["id"], "label": "夏季客", "kind": "rule", "rule": orders(1)}
    made = client.post("/tags", body).json()
    assert (made["kind"], made["count"], made["refreshing"]) == ("rule", 0, True)
    jobs.run_pending(wall_clock())
    shown = client.get(f"/tags/{made['id']}").json()
    assert (shown["count"], shown["refreshing"], shown["error"]) == (3, False, None)
    assert client.get(f"/tags/{made['id']}/members?size=2").json()["total"] == 3
    assert client.delete(f"/tags/{made['id']}").json()["code"] == "in_use"
    off = client.patch(f"/tags/{made['id']}", {"kind": "manual"}).json()
    assert (off["rule"], off["count"]) == (None, 0)
    assert client.patch(f"/tags/{made['id']}", {"archived": True}).json()["archived"]
    assert client.delete(f"/tag-groups/{group['id']}").status_code == 409
    assert client.delete(f"/tags/{made['id']}").status_code == 204
    assert client.delete(f"/tag-groups/{group['id']}").status_code == 204
    wrong = {**body, "group": str(a_group().pk), "rule": {"version": 1, "rule": {"kind": "no"}}}
    answer = client.post("/tags", wrong)
    assert (answer.status_code, answer.json()["where"]["node"]) == (422, "/rule/kind")
    assert client.post("/tags", {"group": "x", "label": "y"}).status_code == 404
    builtin = Tag.objects.get(code="taste.sweet")
    assert client.delete(f"/tags/{builtin.pk}").json()["code"] == "builtin"


def test_members_segments_rules_and_filters_can_be_tagged(
    shop: Warehouse, client_as: ClientAs
) -> None:
    client, vip = client_as("operator"), a_tag("熟客")

    def assign(**whom: Any) -> Any:
        answer = client.post("/tags/assign", {"tag": str(vip.pk), **whom})
        assert answer.status_code == 200, answer.content
        return answer.json()["changed"]

    assert assign(members=["1"]) == 1
    assert assign(rule=orders(1)) == 2
    assert assign(filter={"min_trades": 1}, add=False) == 3
    now = wall_clock()
    segment = Segment.objects.create(
        name="两单", kind="dynamic", rule=orders(2), created_at=now, updated_at=now
    )
    assert assign(segment=str(segment.pk), expires_on=str(now.date() + timedelta(days=9))) == 1
    page = client.get(f"/tags/{vip.pk}/members").json()["items"][0]
    assert (page["member"], page["source"], page["set_by"]) == ("1", "manual", "operator")
    mine = client.get("/members/1/tags").json()["items"]
    assert [(one["label"], one["group"], one["removable"]) for one in mine] == [
        ("熟客", "自有", True)
    ]
    assert mine[0]["expires_at"] is not None
    for body in ({}, {"members": ["1"], "rule": orders(1)}):
        assert client.post("/tags/assign", {"tag": str(vip.pk), **body}).status_code == 422
    assert client.post("/tags/assign", {"tag": str(vip.pk), "members": ["99"]}).status_code == 404
    uses = client.get(f"/tags/{vip.pk}/uses").json()["items"]
    assert uses == []


def test_why_a_member_has_a_tag_by_rule(shop: Warehouse, client_as: ClientAs) -> None:
    a_tag("回头客", kind="rule", rule=orders(2))
    tag_refresh.refresh(shop, now=wall_clock())
    (one,) = client_as("service_agent").get("/members/1/tags").json()["items"]
    assert (one["source"], one["removable"], one["set_by"]) == ("rule", False, None)
    assert "订单数" in one["sentence"]


def test_a_scoped_user_tags_only_whom_they_may_see(
    shop: Warehouse, client_as: ClientAs, make_shop: Any
) -> None:
    for _ in range(2):
        make_shop(code=f"s{_}")
    vip = a_tag("熟客")
    client = client_as("store_manager", shops=[2])
    assert client.post("/tags/assign", {"tag": str(vip.pk), "members": ["1"]}).status_code == 404
    found = client.post("/tags/assign", {"tag": str(vip.pk), "rule": orders(1)}).json()
    assert (found["changed"], found["total"]) == (1, 1)
    assert holders(shop, vip, wall_clock()) == {3}
    give(shop, vip, 1, now=wall_clock())
    assert client.get(f"/tags/{vip.pk}/members").json()["total"] == 1
    assert client.get(f"/tags/{vip.pk}").json()["count"] == 1
    assert client.get("/members/1/tags").status_code == 404
    assert client.post("/tags", {"group": str(vip.group_id), "label": "x"}).status_code == 403
    assert (
        client_as("guide").post("/tags/assign", {"tag": str(vip.pk), "members": ["3"]}).status_code
        == 403
    )


def test_the_command_line_does_the_same(shop: Warehouse) -> None:
    def run(name: str, **args: Any) -> Any:
        return json.loads(json.dumps(COMMANDS[name].run(args, lambda _progress: None)))

    import huitou.web.cli.tag  # noqa: F401 - registers the commands

    made = run("tag create", group="自有", label="回头客", kind="rule", rule=orders(2), days=None)
    assert made["count"] == 1
    run("tag create", group="自有", label="老友", kind="manual", rule=None, days=None)
    whom: dict[str, Any] = {"segment": None, "rule": None, "from": None, "until": None}
    done = run("tag assign", tag="老友", add=True, members=[2, 3], **whom)
    assert (done["changed"], done["label"]) == (2, "自有 · 老友")
    done = run(
        "tag assign", tag="自有 · 老友", add=False, members=[], **{**whom, "rule": orders(1)}
    )
    assert (done["changed"], done["total"]) == (2, 3)
    assert run("tag refresh", tags=[])["entered"] == 0
    own = run("tag list", archived=False)["groups"][-1]
    assert [(one["label"], one["count"]) for one in own["tags"]] == [("回头客", 1), ("老友", 0)]

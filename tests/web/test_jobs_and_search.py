"""The task tray, and search anywhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest
from tests.conftest import ApiClient, ClientAs

from huitou.kernel import jobs
from huitou.kernel.crypto import KeyRing
from huitou.kernel.i18n import Text
from huitou.kernel.jobs import Progress

TITLE = Text("导出", "Export")


@pytest.fixture(autouse=True)
def _own_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "KINDS", {})

    @jobs.job("t.export", title=TITLE)
    def export(progress: Progress) -> dict[str, str]:
        return {"result_url": "/api/v1/exports/1", "rows": "3"}


def _number(client: ApiClient) -> int:
    return int(client.get("/auth/me").json()["id"])


def test_everybody_sees_their_own_jobs_and_owners_all(client_as: ClientAs, now: datetime) -> None:
    owner, ann, bob = client_as("owner"), client_as("operator"), client_as("analyst")
    mine = jobs.enqueue("t.export", {}, by=_number(ann), now=now)
    other = jobs.enqueue("t.export", {}, by=_number(bob), now=now, title=Text("他", "His"))
    assert [job["id"] for job in ann.get("/jobs").json()["items"]] == [str(mine.pk)]
    assert {job["title"] for job in owner.get("/jobs").json()["items"]} == {"导出", "他"}
    assert ann.get(f"/jobs/{other.pk}").status_code == 404
    assert ann.post(f"/jobs/{other.pk}/cancel").status_code == 404
    assert jobs.get(other.pk).state == "queued"


def test_a_job_from_asked_for_to_done(client_as: ClientAs, now: datetime) -> None:
    ann = client_as("operator", language="en")
    row = jobs.enqueue("t.export", {}, by=_number(ann), now=now)
    shown = ann.get("/jobs?active=true").json()["items"][0]
    assert (shown["title"], shown["state"], shown["result_url"]) == ("Export", "queued", None)
    jobs.run_pending(now)
    assert ann.get("/jobs?active=true").json()["items"] == []
    done = ann.get(f"/jobs/{row.pk}").json()
    assert (done["state"], done["result_url"]) == ("done", "/api/v1/exports/1")
    assert done["result"] == {"rows": "3"}
    assert [job["id"] for job in ann.get("/jobs?active=false").json()["items"]] == [str(row.pk)]


def test_cancelling_is_logged(client_as: ClientAs, now: datetime) -> None:
    owner = client_as("owner")
    row = jobs.enqueue("t.export", {}, by=_number(owner), now=now)
    assert owner.post(f"/jobs/{row.pk}/cancel").json()["state"] == "cancelled"
    assert owner.post(f"/jobs/{row.pk}/cancel").status_code == 409
    entry = owner.get("/audit?action=job.cancel").json()["items"][0]
    assert entry["subject"] == f"job:{row.pk}"


def test_pages_are_found_by_name_in_both_languages_if_they_may_be_opened(
    client_as: ClientAs, warehouse: Any, key_ring: KeyRing
) -> None:
    owner, guide = client_as("owner", language="en"), client_as("guide")

    def urls(client: ApiClient, query: str) -> list[str]:
        items = client.get(f"/search?q={query}").json()["items"]
        return [item["url"] for item in items if item["kind"] == "page"]

    assert "/settings/audit" in urls(owner, "audit")
    assert "/settings/audit" in urls(owner, "日志")
    assert urls(guide, "audit") == []
    assert urls(guide, "会员") == ["/members"]
    assert urls(owner, "a") == []
    assert urls(owner, "") == []


def test_members_are_found_in_the_callers_scope(
    client_as: ClientAs, warehouse: Any, key_ring: KeyRing, make_shop: Any
) -> None:
    one, two = make_shop("s1").shop, make_shop("s2").shop
    trade = {
        "trade": 1,
        "source": "x",
        "trade_id": "A-1",
        "shop": one,
        "member": 17,
        "is_paid": True,
    }
    with warehouse.writing() as writer:
        writer.insert("member", pa.table({"member": [17]}))
        writer.insert("trade", pa.Table.from_pylist([trade]))
        writer.insert("member_totals", pa.table({"member": [17], "paid_trades": [1]}))
    for query in ("17", "A-1"):
        for shops, found in ((None, ["/members/17"]), ([one], ["/members/17"]), ([two], [])):
            caller = client_as("guide", shops=shops, username=f"{query}{shops}")
            items = caller.get(f"/search?q={query}").json()["items"]
            assert [item["url"] for item in items] == found, (query, shops)
            assert all(item["kind"] == "member" for item in items)

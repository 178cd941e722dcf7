"""The intake's routes: upload, set up, preview, commit, cancel, discard, rejected rows, mappings."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.conftest import ApiClient
from tests.intake.pipeline.support import NOW, as_csv, facts_of, order, orders_file, vault_of

from huitou.accounts import shops
from huitou.accounts.models import AuditEntry
from huitou.intake import archive, batches
from huitou.intake.mapping import examples
from huitou.intake.models import Batch
from huitou.intake.workplace import Workplace
from huitou.kernel import jobs

ClientAs = Callable[..., ApiClient]


@pytest.fixture
def shop(work: Workplace) -> shops.ShopRow:
    return shops.ensure_shop("tb", "绍兴小店", "taobao", "online", NOW, None)


@pytest.fixture
def client(client_as: ClientAs, work: Workplace) -> ApiClient:
    return client_as("operator")


def upload(client: ApiClient, content: bytes, name: str = "orders.csv", **fields: Any) -> Any:
    return client.upload("/intake/files", {"file": SimpleUploadedFile(name, content), **fields})


def worked(seconds: int = 0) -> None:
    """Let the background work be done."""
    jobs.run_pending(NOW + timedelta(seconds=seconds))


def detail(client: ApiClient, batch: Any) -> dict[str, Any]:
    answer = client.get(f"/intake/batches/{batch['id']}")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def sent(client: ApiClient, content: bytes, **fields: Any) -> dict[str, Any]:
    answer = upload(client, content, **fields)
    assert answer.status_code == 200, answer.content
    worked()
    return detail(client, answer.json())


def test_a_file_goes_from_upload_through_preview_into_the_warehouse(
    client: ApiClient, shop: shops.ShopRow, work: Workplace
) -> None:
    content = orders_file([*(order(n) for n in range(10)), order(11, 订单编号="7E+18")])
    answer = upload(client, content).json()
    assert answer["state"] == "received"
    assert answer["job"]["state"] == "queued"
    assert answer["size"] == len(content)
    worked()
    ready = detail(client, answer)
    assert (ready["state"], ready["shop"], ready["profile"]) == (
        "ready",
        shop.shop,
        "taobao_orders",
    )
    assert (ready["rows"], ready["rejected"], ready["by"]) == (11, 1, "operator")
    preview = ready["preview"]
    assert preview["sets"][0] == {
        "name": "trades", "label": "订单", "new": 10, "changed": 0, "unchanged": 0
    }  # fmt: skip
    assert preview["members"] == {"new": 7, "known": 0, "unidentified": 0}
    assert preview["totals"] == {
        "trades": 10, "lines": 0, "members": 7, "paid_amount": "258.00", "refunded_amount": "0.00"
    }  # fmt: skip
    assert preview["rejects_by_reason"][0]["code"] == "id_scientific"
    assert ready["reject_sample"][0]["row_no"] == 12
    assert ready["matches"][0]["profile"] == "taobao_orders"
    assert work.warehouse.rows(work.warehouse.table("trade")) == []
    assert vault_of() == []

    answer = client.post(f"/intake/batches/{ready['id']}/commit").json()
    assert answer["state"] == "committing"
    worked(5)
    done = detail(client, ready)
    assert (done["state"], done["inserted"], done["members_new"]) == ("committed", 10, 7)
    assert (done["paid_amount"], done["job"]["state"]) == ("258.00", "done")
    assert done["job"]["result_url"] == f"/data/batches/{ready['id']}"
    assert len(work.warehouse.rows(work.warehouse.table("trade"))) == 10
    assert list(work.home.staging.glob("*.duckdb")) == []
    page = client.get("/intake/batches?state=committed").json()
    assert [(row["id"], row["state"]) for row in page["items"]] == [(ready["id"], "committed")]


def test_what_the_screens_show_holds_no_personal_data(client: ApiClient, shop: Any) -> None:
    ready = sent(client, orders_file([order(3), order(4, 订单编号="x y")]))
    text = json.dumps(ready, ensure_ascii=False)
    rejects = client.get(f"/intake/batches/{ready['id']}/rejects.json").content.decode()
    for plain in ("买家3", "收货人3", "14000000003", "buyer3@example.com", "收货人4", "学院路4号"):
        assert plain not in text
        assert plain not in rejects
        assert plain not in str(list(Batch.objects.values()))


def test_the_original_is_kept_whole_and_sealed(
    client: ApiClient, shop: Any, work: Workplace
) -> None:
    content = orders_file(order(n) for n in range(300))
    ready = sent(client, content)
    with archive.open_archived(work.home.files, ready["id"], work.ring) as stream:
        assert stream.read() == content
    for path in work.home.root.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            assert "收货人3".encode() not in raw, path
            assert b"14000000003" not in raw, path


def test_an_unknown_file_asks_for_a_mapping_and_takes_one(
    client: ApiClient, work: Workplace, shop: Any
) -> None:
    content = (
        "单号,日期,客户,金额\nA1,2024-03-01 10:00,老王,12.5\nA2,2024-03-02 11:00,老李,8\n".encode()
    )
    waiting = sent(client, content)
    assert waiting["state"] == "needs_setup"
    assert waiting["error"]["code"] == "file_unknown"
    assert waiting["tables"][0]["rows_sampled"][0][2] == "老*"
    assert {column["header"] for column in waiting["mapping"]["columns"]} == {"单号"}
    mapping: dict[str, Any] = {
        "version": 1,
        "name": "手工账",
        "platform": "other",
        "grain": "trade",
        "columns": [
            {"field": "trade_id", "header": "单号"},
            {"field": "paid_at", "header": "日期"},
            {"field": "customer_no", "header": "客户"},
            {"field": "paid_amount", "header": "金额"},
        ],
        "options": {"default_status": "finished"},
    }
    own = shops.ensure_shop("own", "自营", "own", "online", NOW, None)
    bad = {**mapping, "columns": mapping["columns"][:1]}
    refused = client.post(
        f"/intake/batches/{waiting['id']}/configure", {"mapping": bad, "shop": own.shop}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "mapping_invalid")
    saved = client.post("/intake/mappings", {"name": "手工账", "mapping": mapping}).json()
    body = {"mapping_id": int(saved["id"]), "shop": own.shop}
    again = client.post(f"/intake/batches/{waiting['id']}/configure", body)
    assert again.json()["state"] == "staging"
    worked()
    ready = detail(client, waiting)
    assert (ready["state"], ready["profile_label"]) == ("ready", "手工账")
    assert ready["preview"]["totals"]["paid_amount"] == "20.50"
    assert ready["preview"]["members"]["new"] == 2


def test_a_file_of_an_unclear_shop_waits_for_a_person(client: ApiClient, work: Workplace) -> None:
    waiting = sent(client, orders_file([order(1)]))
    assert (waiting["state"], waiting["error"]["code"]) == ("needs_setup", "shop_unknown")
    made = shops.ensure_shop("tb", "店", "tmall", "online", NOW, None)
    client.post(
        f"/intake/batches/{waiting['id']}/configure", {"profile": "auto", "shop": made.shop}
    )
    worked()
    assert detail(client, waiting)["state"] == "ready"


def test_a_preview_can_be_given_up_read_again_and_discarded(
    client: ApiClient, shop: shops.ShopRow, work: Workplace
) -> None:
    ready = sent(client, orders_file([order(1)]))
    given_up = client.post(f"/intake/batches/{ready['id']}/cancel").json()
    assert given_up["state"] == "cancelled"
    assert list(work.home.staging.glob("*.duckdb")) == []
    assert client.post(f"/intake/batches/{ready['id']}/commit").status_code == 409
    client.post(
        f"/intake/batches/{ready['id']}/configure", {"profile": "taobao_orders", "shop": shop.shop}
    )
    worked()
    assert detail(client, ready)["state"] == "ready"
    assert client.post(f"/intake/batches/{ready['id']}/discard").status_code == 204
    assert client.get(f"/intake/batches/{ready['id']}").status_code == 404
    assert archive.names(work.home.files) == []
    assert list(work.home.staging.glob("*.duckdb")) == []


def test_work_is_cancelled_in_the_queue_and_on_the_way(
    client: ApiClient, shop: shops.ShopRow, work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued = upload(client, orders_file([order(1)])).json()
    assert client.post(f"/intake/batches/{queued['id']}/cancel").json()["state"] == "cancelled"
    worked()
    assert detail(client, queued)["state"] == "cancelled"

    ready = sent(client, orders_file([order(1), order(2)]))
    before = facts_of(work)
    client.post(f"/intake/batches/{ready['id']}/commit")
    real = jobs.Progress.step
    steps = 0

    def step(self: jobs.Progress, *args: Any, **named: Any) -> None:
        nonlocal steps
        steps += 1
        if steps == 4:  # facts are written, the transaction is still open
            self.cancel()
        real(self, *args, **named)

    monkeypatch.setattr(jobs.Progress, "step", step)
    worked(5)
    assert detail(client, ready)["state"] == "cancelled"
    assert facts_of(work) == before
    assert vault_of() == []
    assert list(work.home.staging.glob("*.duckdb")) == []


def test_a_job_cancelled_on_the_tray_releases_its_batch(client: ApiClient, shop: Any) -> None:
    queued = upload(client, orders_file([order(1)])).json()
    jobs.cancel(int(queued["job"]["id"]), now=NOW)
    assert detail(client, queued)["state"] == "cancelled"
    ready = sent(client, orders_file([order(2)]))
    committing = client.post(f"/intake/batches/{ready['id']}/commit").json()
    jobs.cancel(int(committing["job"]["id"]), now=NOW)
    assert detail(client, ready)["state"] == "ready"


def test_an_unreadable_file_fails_with_its_reason(client: ApiClient, shop: Any) -> None:
    failed = sent(client, b"\xff\xd8\xff\xe0" + bytes(300), name="photo.csv")
    assert (failed["state"], failed["error"]["code"]) == ("failed", "file_not_a_table")
    assert failed["job"]["state"] == "failed"
    assert failed["error"]["remedy"]


def test_an_unexpected_fault_fails_the_batch_and_leaves_nothing(
    client: ApiClient, shop: Any, work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huitou.warehouse import facts

    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    ready = sent(client, orders_file([order(1)]))
    client.post(f"/intake/batches/{ready['id']}/commit")
    monkeypatch.setattr(facts, "apply", broken)
    with pytest.raises(ZeroDivisionError):
        worked(5)
    failed = detail(client, ready)
    assert (failed["state"], failed["error"]["code"]) == ("failed", "internal")
    assert vault_of() == []
    assert work.warehouse.rows(work.warehouse.table("identity_key")) == []


@pytest.mark.parametrize(("form", "kind"), [("csv", "text/csv"), ("xlsx", "application/vnd")])
def test_rejected_rows_are_downloaded_by_who_may_and_that_is_audited(
    client: ApiClient, client_as: ClientAs, shop: Any, form: str, kind: str
) -> None:
    ready = sent(client, orders_file([order(1), order(2, 订单编号="2.1E+18", 买家留言="=1+1")]))
    path = f"/intake/batches/{ready['id']}/rejects?format={form}"
    assert client_as("analyst").get(path).status_code == 403
    assert client_as("service_agent").get(path).status_code == 403
    answer = client.get(path, **{"Accept-Language": "en"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith(kind)
    content = b"".join(answer.streaming_content)
    if form == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert rows[1][0] == "3"
        assert "2.1E+18" in rows[1]
        assert "'=1+1" in rows[1]
        assert "收货人2" in rows[1]
    entry = AuditEntry.objects.filter(action="intake.rejects").get()
    assert entry.detail == {"format": form, "rows": 1}


def test_permissions_and_scope(
    client: ApiClient, client_as: ClientAs, shop: shops.ShopRow, work: Workplace
) -> None:
    other = shops.ensure_shop("tb2", "乙店", "taobao", "online", NOW, None)
    ready = sent(client, orders_file([order(1)]), shop=shop.shop)
    assert client_as("guide").get("/intake/batches").status_code == 403
    analyst = client_as("analyst")
    assert analyst.get(f"/intake/batches/{ready['id']}").status_code == 200
    assert analyst.post(f"/intake/batches/{ready['id']}/commit").status_code == 403
    assert upload(analyst, orders_file([order(1)])).status_code == 403
    elsewhere = client_as("operator", [other.shop], username="elsewhere")
    assert elsewhere.get("/intake/batches").json()["total"] == 0
    assert elsewhere.get(f"/intake/batches/{ready['id']}").status_code == 404
    assert elsewhere.post(f"/intake/batches/{ready['id']}/commit").status_code == 404
    assert upload(elsewhere, orders_file([order(1)]), shop=shop.shop).status_code == 404
    # Their own file, before it is known whose it is.
    own = upload(elsewhere, orders_file([order(5, 店铺名称="绍兴小店")])).json()
    worked()
    found = detail(elsewhere, own)
    assert (found["state"], found["shop"]) == ("needs_setup", None)
    assert detail(client, own)["error"]["code"] == "shop_unknown"


def test_the_same_bytes_are_recognised_and_may_go_in_again(
    client: ApiClient, shop: Any, work: Workplace
) -> None:
    content = orders_file([order(1)])
    first = sent(client, content)
    client.post(f"/intake/batches/{first['id']}/commit")
    worked(5)
    second = sent(client, content)
    assert second["same_as"] == first["id"]
    assert second["state"] == "ready"
    assert second["preview"]["sets"][0]["unchanged"] == 1
    assert "内容完全相同" in second["preview"]["warnings"][0]
    client.post(f"/intake/batches/{second['id']}/commit")
    worked(9)
    assert detail(client, second)["unchanged"] == 1


def test_mappings_are_saved_versioned_and_removed(client: ApiClient) -> None:
    listed = client.get("/intake/mappings").json()["items"]
    assert {row["name"] for row in listed if row["is_example"]} == set(examples())
    body = examples()["cdnow_sample"]
    made = client.post("/intake/mappings", {"name": "CD 店", "mapping": body}).json()
    assert (made["version"], made["is_example"]) == (1, False)
    twice = client.post("/intake/mappings", {"name": "CD 店", "mapping": body})
    assert twice.status_code == 422
    changed = client.put(f"/intake/mappings/{made['id']}", {"name": "CD 店 2", "mapping": body})
    assert changed.json()["version"] == 2
    assert "mapping:" + made["id"] in {
        row["code"] for row in client.get("/intake/profiles").json()["items"]
    }
    assert client.delete(f"/intake/mappings/{made['id']}").status_code == 204
    assert client.delete(f"/intake/mappings/{made['id']}").status_code == 404
    again = client.post("/intake/mappings", {"name": "CD 店 2", "mapping": body}).json()
    assert again["version"] == 3
    broken = client.post("/intake/mappings", {"name": "x", "mapping": {"version": 9}})
    assert broken.status_code == 422


def test_profiles_and_fields_speak_both_languages(client: ApiClient) -> None:
    profiles = {row["code"]: row for row in client.get("/intake/profiles").json()["items"]}
    assert {"taobao_orders", "taobao_items", "pos_tickets"} <= set(profiles)
    headers = {h["field"]: h for h in profiles["taobao_orders"]["headers"]}
    assert headers["trade_id"]["required"]
    fields = client.get("/intake/fields?target=lines").json()["items"]
    assert {"line.qty", "line.title"} <= {row["key"] for row in fields}
    assert client.get("/intake/fields?target=nothing").status_code == 422


def test_an_upload_needs_a_file_and_a_login(
    client: ApiClient, client_as: ClientAs, work: Workplace
) -> None:
    assert client.upload("/intake/files", {"profile": "auto"}).status_code == 422
    assert upload(client_as(None), orders_file([order(1)])).status_code == 401
    assert list(work.home.files.iterdir()) == []


def test_a_file_over_the_limit_is_refused(
    client: ApiClient, shop: Any, work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(archive.MAX_BYTES_ENV, "1000")
    answer = upload(client, orders_file(order(n) for n in range(50)))
    assert answer.status_code == 413
    assert answer.json()["code"] == "file_too_large"
    assert list(work.home.files.iterdir()) == []


def test_wrong_profile_and_missing_columns_are_explained(client: ApiClient, shop: Any) -> None:
    assert upload(client, orders_file([order(1)]), profile="nonsense").status_code == 422
    failed = sent(client, as_csv(["订单编号"], [order(1)]), profile="taobao_orders")
    assert (failed["state"], failed["error"]["code"]) == ("failed", "file_missing_columns")
    assert failed["error"]["where"]["columns"]


def test_a_batch_interrupted_without_a_job_is_put_right_at_start(
    work: Workplace, shop: Any, tmp_path: Path
) -> None:
    from huitou.intake import pipeline

    batch = batches.begin_made("half", shop=shop.shop, now=NOW)
    (work.home.staging / "999.duckdb").write_bytes(b"left over")
    assert [found.pk for found in pipeline.recover(work, now=NOW)] == [batch.pk]
    batch.refresh_from_db()
    assert batch.state == "failed"
    assert list(work.home.staging.iterdir()) == []

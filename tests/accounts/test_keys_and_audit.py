"""API keys, and the log of what everybody did."""

from __future__ import annotations

import ast
import importlib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ApiClient, ClientAs

import huitou
from huitou.accounts import audit, keys
from huitou.accounts.models import ApiKey, AuditEntry

pytestmark = pytest.mark.django_db

KEY = {"name": "仓库同步", "role": "analyst", "all_shops": True}


def _as_key(client_as: ClientAs, secret: str) -> ApiClient:
    client = client_as(None)
    client.headers = {"Authorization": f"Bearer {secret}"}
    return client


def test_a_key_works_until_it_is_revoked(client_as: ClientAs) -> None:
    owner = client_as("owner")
    made = owner.post("/keys", KEY).json()
    assert made["secret"].startswith(made["key"]["prefix"])
    program = _as_key(client_as, made["secret"])
    assert program.get("/shops").status_code == 200
    assert program.get("/users").status_code == 403
    assert program.get("/auth/me").status_code == 403
    listed = owner.get("/keys").json()["items"][0]
    assert listed["last_used_at"]
    assert "secret" not in listed
    assert owner.delete(f"/keys/{listed['id']}").status_code == 204
    assert program.get("/shops").status_code == 401
    assert owner.delete(f"/keys/{listed['id']}").status_code == 409


def test_only_the_hash_of_a_secret_is_kept(client_as: ClientAs) -> None:
    secret = client_as("owner").post("/keys", KEY).json()["secret"]
    kept = str(list(ApiKey.objects.values())) + str(list(AuditEntry.objects.values()))
    assert secret not in kept
    assert secret[keys.PREFIX_LENGTH :] not in kept


def test_a_key_ends_with_its_last_day_in_the_brands_zone(client_as: ClientAs) -> None:
    secret = client_as("owner").post("/keys", KEY).json()["secret"]
    ApiKey.objects.update(expires_on=date(2026, 11, 22))
    last_moment = datetime.fromisoformat("2026-11-22T23:59:59+08:00")
    assert keys.authenticate(secret, now=last_moment) is not None
    assert keys.authenticate(secret, now=last_moment + timedelta(seconds=1)) is None


def test_a_key_for_a_day_in_the_past_is_refused(client_as: ClientAs) -> None:
    refused = client_as("owner").post("/keys", {**KEY, "expires_on": "2020-01-01"})
    assert refused.json()["where"] == {"field": "expires_on"}


def test_its_use_is_noted_once_a_minute(client_as: ClientAs, now: datetime) -> None:
    secret = client_as("owner").post("/keys", KEY).json()["secret"]
    for seconds, noted in ((0, 0), (59, 0), (60, 60)):
        keys.authenticate(secret, now=now + timedelta(seconds=seconds))
        assert ApiKey.objects.get().last_used_at == now + timedelta(seconds=noted)


@pytest.mark.parametrize("header", ["Bearer ht_wrong", "bearer ht_wrong", "Bearer  ht_wrong "])
def test_an_unknown_key_is_refused_even_with_a_session(client_as: ClientAs, header: str) -> None:
    owner = client_as("owner")
    assert owner.get("/shops", Authorization=header).status_code == 401


@pytest.mark.parametrize("header", ["Basic b3duZXI6eA==", "Bearer eyJhbGciOi", "ht_x", ""])
def test_other_schemes_are_not_ours(header: str) -> None:
    assert keys.secret_in(header) is None


def test_a_key_holds_no_more_than_its_maker(client_as: ClientAs, make_shop: Any) -> None:
    one, two = make_shop("s1").shop, make_shop("s2").shop
    administrator = client_as("administrator", shops=[one])
    assert administrator.post("/keys", {**KEY, "role": "owner"}).status_code == 403
    assert administrator.post("/keys", KEY).status_code == 403
    limited = {**KEY, "all_shops": False}
    assert administrator.post("/keys", {**limited, "shops": [one, two]}).status_code == 403
    secret = administrator.post("/keys", {**limited, "shops": [one]}).json()["secret"]
    seen = _as_key(client_as, secret).get("/shops").json()["items"]
    assert [shop["id"] for shop in seen] == [one]


def test_a_key_makes_no_key(client_as: ClientAs) -> None:
    secret = client_as("owner").post("/keys", {**KEY, "role": "administrator"}).json()["secret"]
    assert _as_key(client_as, secret).post("/keys", KEY).status_code == 403


def test_what_a_key_writes_is_logged_as_the_keys(client_as: ClientAs) -> None:
    made = client_as("owner").post("/keys", {**KEY, "role": "administrator"}).json()
    _as_key(client_as, made["secret"]).patch("/brand", {"name": "x"})
    entry = AuditEntry.objects.get(action="brand.change")
    assert entry.key_id == int(made["key"]["id"])
    assert entry.user_id is None
    assert made["key"]["prefix"] in entry.actor_name
    assert entry.ip == "127.0.0.1"


def test_a_key_needs_no_csrf_and_speaks_the_language_it_asks_for(client_as: ClientAs) -> None:
    secret = client_as("owner").post("/keys", KEY).json()["secret"]
    program = _as_key(client_as, secret)
    program.client.handler.enforce_csrf_checks = True
    english = program.post("/shops", {}, **{"Accept-Language": "en-US"})
    chinese = program.post("/shops", {}, **{"Accept-Language": "zh-CN"})
    assert english.status_code == chinese.status_code == 403
    assert english.json()["message"] == "Permission needed: Change settings"
    assert chinese.json()["message"] == "没有权限：修改设置"


def test_the_log_is_filtered_and_paged(client_as: ClientAs, now: datetime) -> None:
    owner = client_as("owner")
    for number in range(5):
        audit.record(
            actor=None,
            action="shop.create",
            subject=f"shop:{number}",
            now=datetime.fromisoformat(f"2026-11-2{number}T00:30:00+08:00"),
        )
    page = owner.get("/audit?size=2&page=2&action=shop.create").json()
    assert (page["total"], page["page"], page["size"]) == (5, 2, 2)
    assert [entry["subject"] for entry in page["items"]] == ["shop:2", "shop:1"]
    assert page["items"][0]["action_label"] == "新建店铺"
    day = owner.get("/audit?start=2026-11-21&end=2026-11-22").json()["items"]
    assert [entry["subject"] for entry in day] == ["shop:2", "shop:1"]
    found = owner.get("/audit?q=shop:4").json()["items"]
    assert [entry["actor_name"] for entry in found] == ["system"]
    number = owner.get("/auth/me").json()["id"]
    owner.patch("/brand", {"name": "x"})
    mine = owner.get(f"/audit?actor=user:{number}").json()["items"]
    assert {entry["action"] for entry in mine} == {"brand.change"}
    assert owner.get("/audit?actor=nobody").status_code == 422


def test_an_unsafe_request_whose_view_logs_nothing_is_logged_all_the_same(
    client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huitou.accounts import shop_actions

    monkeypatch.setattr(shop_actions, "change_brand", lambda *args, **kwargs: None)
    client_as("owner").patch("/brand", {"name": "x"})
    assert AuditEntry.objects.get().action == "api.write"
    assert AuditEntry.objects.get().subject == "PATCH /api/v1/brand"


def test_a_refused_write_leaves_no_row_but_the_refusals_own(client_as: ClientAs) -> None:
    client_as("guide").patch("/brand", {"name": "x"})
    assert not AuditEntry.objects.exists()


def test_every_action_in_the_source_has_a_name_in_both_languages() -> None:
    importlib.import_module("huitou.web.api")  # every part has named its actions
    used: set[str] = set()
    for path in Path(huitou.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("audit.record"):
                used |= {
                    str(word.value.value)
                    for word in node.keywords
                    if word.arg == "action" and isinstance(word.value, ast.Constant)
                }
    assert len(used) > 10
    assert used <= audit.known_actions().keys()

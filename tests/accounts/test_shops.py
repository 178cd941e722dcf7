"""The brand, shops and guides: rows for the parts above, and the settings screens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from tests.conftest import ClientAs

from huitou.accounts import shops
from huitou.accounts.models import AuditEntry
from huitou.kernel.errors import InvalidInput, NotFound

pytestmark = pytest.mark.django_db

SHOP = {"code": "tb1", "name": "淘宝店", "platform": "taobao", "kind": "online"}


def test_ensuring_a_shop_twice_makes_one_and_changes_nothing(now: datetime) -> None:
    first = shops.ensure_shop("tb1", "淘宝店", "taobao", "online", now, None)
    again = shops.ensure_shop("tb1", "other", "jd", "store", now, None)
    assert first == again == shops.shop_by_code("tb1") == shops.shop_by_number(first.shop)
    assert shops.all_shops() == [first]
    assert AuditEntry.objects.filter(action="shop.create").count() == 1


@pytest.mark.parametrize(
    ("code", "platform", "kind", "field"),
    [
        ("", "taobao", "online", "code"),
        ("两", "taobao", "online", "code"),
        ("a b", "taobao", "online", "code"),
        ("x" * 41, "taobao", "online", "code"),
        ("ok", "ebay", "online", "platform"),
        ("ok", "taobao", "kiosk", "kind"),
    ],
)
def test_unusable_shops(now: datetime, code: str, platform: str, kind: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        shops.ensure_shop(code, "x", platform, kind, now, None)
    assert refused.value.where == {"field": field}


def test_an_unknown_code_names_the_known_ones(make_shop: Any) -> None:
    make_shop("tb1")
    with pytest.raises(NotFound) as refused:
        shops.shop_by_code("tb2")
    assert refused.value.remedy is not None
    assert "tb1" in refused.value.remedy.en


def test_shops_over_the_api(client_as: ClientAs) -> None:
    owner = client_as("owner")
    made = owner.post("/shops", {**SHOP, "province": "浙江", "opened_on": "2020-01-02"}).json()
    assert made["platform_label"] == "淘宝"
    assert owner.post("/shops", SHOP).status_code == 409
    assert owner.post("/shops", {**SHOP, "code": "x", "platform": "ebay"}).status_code == 422
    closed = owner.patch(f"/shops/{made['id']}", {"closed_on": "2019-01-01"})
    assert closed.json()["where"] == {"field": "closed_on"}
    changed = owner.patch(f"/shops/{made['id']}", {"name": "新名", "opened_on": None}).json()
    assert (changed["name"], changed["opened_on"], changed["province"]) == ("新名", None, "浙江")
    assert AuditEntry.objects.get(action="shop.change").detail == {
        "name": ["淘宝店", "新名"],
        "opened_on": ["2020-01-02", None],
    }
    assert owner.patch("/shops/999", {"name": "x"}).status_code == 404


def test_a_caller_sees_the_shops_of_the_scope_only(client_as: ClientAs, make_shop: Any) -> None:
    one, two = make_shop("s1", kind="store").shop, make_shop("s2", kind="store").shop
    client_as("owner").post("/guides", {"code": "g2", "name": "李", "shop": two})
    guide = client_as("guide", shops=[one])
    assert [shop["id"] for shop in guide.get("/shops").json()["items"]] == [one]
    assert guide.get("/guides").json()["items"] == []
    assert guide.get(f"/guides?shop={two}").status_code == 404
    limited = client_as("administrator", shops=[one])
    assert limited.patch(f"/shops/{two}", {"name": "x"}).status_code == 404
    assert limited.post("/shops", SHOP).status_code == 403
    assert limited.post("/guides", {"code": "g3", "name": "x", "shop": two}).status_code == 404


def test_guides_belong_to_stores(client_as: ClientAs, make_shop: Any) -> None:
    online, store = make_shop("tb1").shop, make_shop("s1", "pos", "store").shop
    owner = client_as("owner")
    new = {"code": "g1", "name": "王", "shop": online}
    assert owner.post("/guides", new).json()["where"] == {"field": "shop"}
    made = owner.post("/guides", {**new, "shop": store}).json()
    assert made["shop_name"] == "s1"
    assert owner.post("/guides", {**new, "shop": store}).status_code == 409
    left = owner.patch(f"/guides/{made['id']}", {"is_active": False}).json()
    assert left["is_active"] is False
    assert owner.patch(f"/guides/{made['id']}", {"shop": online}).status_code == 422


def test_the_login_of_a_guide_works_on_the_guides_store(
    client_as: ClientAs, make_shop: Any
) -> None:
    first, second = make_shop("s1", "pos", "store").shop, make_shop("s2", "pos", "store").shop
    owner, login = client_as("owner"), client_as("guide", shops=[second])
    user = login.get("/auth/me").json()
    assert user["guide"] is None
    wang = owner.post("/guides", {"code": "g1", "name": "王", "shop": first}).json()
    linked = owner.patch(f"/guides/{wang['id']}", {"user": user["id"]}).json()
    assert (linked["user"], linked["username"]) == (user["id"], user["username"])
    me = login.get("/auth/me").json()
    assert (me["shops"], me["all_shops"], me["guide"]["code"]) == ([first], False, "g1")
    other = owner.post("/guides", {"code": "g2", "name": "李", "shop": second}).json()
    refused = owner.patch(f"/guides/{other['id']}", {"user": user["id"]})
    assert (refused.status_code, refused.json()["where"]) == (422, {"field": "user"})
    refused = owner.patch(f"/users/{user['id']}", {"shops": [second]})
    assert (refused.status_code, refused.json()["where"]) == (422, {"field": "shops"})
    owner.patch(f"/guides/{wang['id']}", {"shop": second})
    assert login.get("/auth/me").json()["shops"] == [second]
    owner.patch(f"/guides/{wang['id']}", {"user": None})
    me = login.get("/auth/me").json()
    assert (me["guide"], me["shops"]) == (None, [second])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"zone": "../etc/passwd"}, "zone"),
        ({"currency": "元"}, "currency"),
        ({"name": "  "}, "name"),
    ],
)
def test_an_unusable_brand(client_as: ClientAs, change: dict[str, str], field: str) -> None:
    refused = client_as("owner").patch("/brand", change)
    assert (refused.status_code, refused.json()["where"]) == (422, {"field": field})


def test_the_brand(client_as: ClientAs, now: datetime) -> None:
    owner = client_as("owner")
    owner.patch("/brand", {"name": "越酒", "zone": "Europe/Paris", "currency": "eur"})
    assert owner.get("/brand").json() == {
        "name": "越酒",
        "zone": "Europe/Paris",
        "currency": "EUR",
    }
    assert shops.zone() == "Europe/Paris"
    assert shops.ensure_shop("a", "a", "own", "online", now, None).brand == "越酒"


def test_whoever_mirrors_the_shops_hears_of_a_change_after_the_commit(
    now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[int] = []

    def hear(**_: Any) -> None:
        heard.append(1)

    shops.changed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            shops.ensure_shop("tb1", "x", "taobao", "online", now, None)
            assert heard == []
        assert heard == [1]
    finally:
        shops.changed.disconnect(hear)

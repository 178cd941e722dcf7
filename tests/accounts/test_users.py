"""Users: made, changed, reset; through the API as each role."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import pytest
from django.db import connections
from tests.conftest import ApiClient, ClientAs

from huitou.accounts import actions
from huitou.accounts.models import AuditEntry, User
from huitou.kernel.errors import Conflict

pytestmark = pytest.mark.django_db


def _new(role: str = "operator", **fields: Any) -> dict[str, Any]:
    return {"username": "Ann", "display_name": "Ann", "role": role, "all_shops": True, **fields}


def _log_in(client: ApiClient, username: str, password: str) -> Any:
    return client.post("/auth/login", {"username": username, "password": password})


def test_a_new_user_logs_in_with_the_shown_password_and_must_change_it(client_as: ClientAs) -> None:
    made = client_as("owner").post("/users", _new())
    assert made.status_code == 200
    assert made.json()["user"]["username"] == "ann"
    ann = client_as(None)
    me = _log_in(ann, "ANN", made.json()["password"]).json()
    assert me["must_change_password"]
    blocked = ann.get("/shops")
    assert (blocked.status_code, blocked.json()["code"]) == (403, "must_change_password")
    assert ann.get("/auth/me").status_code == 200
    changed = ann.post("/auth/password", {"old": made.json()["password"], "new": "huitou-is-back"})
    assert changed.status_code == 204
    assert ann.get("/shops").status_code == 200
    assert not ann.get("/auth/me").json()["must_change_password"]


@pytest.mark.parametrize(
    "new",
    ["short", "1234567890123", "password1234", "annannannann"],
    ids=["short", "digits", "common", "own name"],
)
def test_weak_passwords_are_refused_in_both_languages(
    client_as: ClientAs, new: str, now: datetime
) -> None:
    user, password = actions.create_user(
        username="annannannann", display_name="x", role="guide", all_shops=True, actor=None, now=now
    )
    client = client_as(None)
    _log_in(client, user.username, password)
    chinese = client.post("/auth/password", {"old": password, "new": new})
    assert chinese.status_code == 422
    assert chinese.json()["code"] == "weak_password"
    assert chinese.json()["where"] == {"field": "new"}
    assert not chinese.json()["message"].isascii()
    client.patch("/auth/me", {"language": "en"})
    english = client.post("/auth/password", {"old": password, "new": new}).json()
    assert english["message"].isascii()


def test_the_old_password_is_asked_and_guessing_it_is_throttled(
    client_as: ClientAs, now: datetime
) -> None:
    user, password = actions.create_user(
        username="bob", display_name="", role="guide", all_shops=True, actor=None, now=now
    )
    client = client_as(None)
    _log_in(client, "bob", password)
    guess = {"old": "not it", "new": "huitou-is-back"}
    codes = [client.post("/auth/password", guess).status_code for _ in range(7)]
    assert codes == [422] * 5 + [429] * 2
    assert User.objects.get(pk=user.pk).check_password(password)


def test_the_same_name_in_other_capitals_is_taken(client_as: ClientAs) -> None:
    owner = client_as("owner")
    owner.post("/users", _new())
    again = owner.post("/users", _new(username=" aNN "))
    assert again.status_code == 409
    assert again.json()["where"] == {"field": "username"}


@pytest.mark.parametrize("username", ["", "a", "two words", "x" * 65, "nul\x00l"])
def test_unusable_names_are_refused(client_as: ClientAs, username: str) -> None:
    assert client_as("owner").post("/users", _new(username=username)).status_code == 422


def test_an_administrator_makes_no_owner_and_touches_none(client_as: ClientAs) -> None:
    owner = client_as("owner")
    administrator = client_as("administrator")
    number = owner.get("/auth/me").json()["id"]
    assert administrator.post("/users", _new("owner")).status_code == 403
    assert administrator.patch(f"/users/{number}", {"display_name": "x"}).status_code == 403
    assert administrator.post(f"/users/{number}/reset-password").status_code == 403
    assert administrator.post("/users", _new("operator")).status_code == 200


def test_an_administrator_does_not_promote_himself(client_as: ClientAs) -> None:
    administrator = client_as("administrator")
    number = administrator.get("/auth/me").json()["id"]
    assert administrator.patch(f"/users/{number}", {"role": "owner"}).status_code == 403


def test_a_scope_beyond_ones_own_cannot_be_given(
    client_as: ClientAs, make_shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, other = make_shop("s1").shop, make_shop("s2").shop
    lead = client_as("administrator", shops=[mine])
    assert lead.post("/users", _new(all_shops=False, shops=[mine])).status_code == 200
    beyond = lead.post("/users", _new(username="b1", all_shops=False, shops=[mine, other]))
    assert beyond.status_code == 403
    assert lead.post("/users", _new(username="b2")).status_code == 403
    assert lead.post("/users", _new(username="b3", all_shops=False, shops=[])).status_code == 422
    assert lead.post("/users", _new(username="b4", all_shops=False, shops=[99])).status_code == 422


def test_the_last_owner_is_neither_disabled_nor_demoted(client_as: ClientAs) -> None:
    owner = client_as("owner")
    number = owner.get("/auth/me").json()["id"]
    for change in ({"is_active": False}, {"role": "operator"}):
        refused = owner.patch(f"/users/{number}", change)
        assert (refused.status_code, refused.json()["code"]) == (409, "last_owner")
    owner.post("/users", _new("owner"))
    assert owner.patch(f"/users/{number}", {"role": "operator"}).status_code == 200
    assert owner.get("/users").status_code == 403


def test_disabling_and_resetting_end_open_sessions(client_as: ClientAs, now: datetime) -> None:
    owner, ann, bob = client_as("owner"), client_as("operator"), client_as("guide")
    ids = {user.username: user.pk for user in User.objects.all()}
    assert ann.get("/shops").status_code == 200
    owner.patch(f"/users/{ids['operator']}", {"is_active": False})
    assert ann.get("/shops").status_code == 401
    assert bob.get("/shops").status_code == 200
    owner.post(f"/users/{ids['guide']}/reset-password")
    assert bob.get("/shops").status_code == 401


def test_a_change_says_in_the_log_what_was_and_what_is(client_as: ClientAs, make_shop: Any) -> None:
    shop = make_shop().shop
    owner = client_as("owner")
    made = owner.post("/users", _new()).json()["user"]
    owner.patch(f"/users/{made['id']}", {"role": "analyst", "all_shops": False, "shops": [shop]})
    entry = AuditEntry.objects.get(action="user.change")
    assert entry.detail == {"role": ["operator", "analyst"], "shops": ["all", [shop]]}
    assert entry.subject == f"user:{made['id']}"
    assert entry.actor_name == "owner"


def test_no_password_reaches_the_log(client_as: ClientAs) -> None:
    owner = client_as("owner")
    made = owner.post("/users", _new()).json()
    reset = owner.post(f"/users/{made['user']['id']}/reset-password").json()
    logged = str(list(AuditEntry.objects.values_list("detail", "subject")))
    assert made["password"] not in logged
    assert reset["password"] not in logged


def test_generated_passwords_are_hashed_with_argon2(now: datetime) -> None:
    user, password = actions.create_user(
        username="c3", display_name="", role="guide", all_shops=True, actor=None, now=now
    )
    assert user.password.startswith("argon2$argon2id$")
    assert password not in user.password
    assert len(password) == 23


def test_the_first_owner_is_made_once(now: datetime) -> None:
    made = actions.create_first_owner(now=now)
    assert made is not None
    assert made[0].role == "owner"
    assert made[0].must_change_password
    assert actions.create_first_owner(now=now) is None


def test_the_first_owners_name_may_be_taken(client_as: ClientAs, now: datetime) -> None:
    client_as("guide", username="owner")
    made = actions.create_first_owner(now=now)
    assert made is not None
    assert made[0].username == "owner-20261122"


def test_own_settings(client_as: ClientAs) -> None:
    guide = client_as("guide")
    me = guide.patch("/auth/me", {"language": "en", "theme": "dark", "display_name": " Li "}).json()
    assert (me["language"], me["theme"], me["display_name"]) == ("en", "dark", "Li")
    assert me["role_label"] == "Shopping guide"
    assert guide.patch("/auth/me", {"language": "fr"}).status_code == 422
    # What is not one's own to change is not read at all.
    assert guide.patch("/auth/me", {"role": "owner"}).json()["role"] == "guide"


@pytest.mark.django_db(False)
def test_two_owners_who_demote_each_other_do_not_both_win(app_database: str, now: datetime) -> None:
    pair = [
        actions.create_user(
            username=name, display_name="", role="owner", all_shops=True, actor=None, now=now
        )[0].pk
        for name in ("one", "two")
    ]
    start, ends = threading.Barrier(2), []

    def demote(number: int) -> None:
        start.wait()
        try:
            actions.change_user(number, {"role": "operator"}, actor=None, now=now)
            ends.append("done")
        except Conflict as refused:
            ends.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=demote, args=(number,)) for number in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["done", "last_owner"]
    assert User.objects.filter(role="owner").count() == 1

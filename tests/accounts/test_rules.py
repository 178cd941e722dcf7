"""Pure decisions: scopes, and who may give what to whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.accounts import rules
from huitou.accounts.permissions import PERMISSIONS, ROLES, permissions_of
from huitou.accounts.scopes import Scope
from huitou.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound

SCOPES = st.one_of(st.none(), st.frozensets(st.integers(1, 6), max_size=6)).map(Scope)
ROLE_CODES = st.sampled_from(sorted(ROLES))


@given(SCOPES, SCOPES, st.integers(1, 6))
def test_a_scope_that_covers_another_allows_all_it_allows(a: Scope, b: Scope, shop: int) -> None:
    if a.covers(b) and b.allows(shop):
        assert a.allows(shop)


@given(SCOPES, st.frozensets(st.integers(1, 6)))
def test_narrowing_never_widens(scope: Scope, picked: frozenset[int]) -> None:
    narrowed = scope.narrowed(picked)
    assert scope.covers(narrowed)
    assert narrowed.shops is not None
    assert narrowed.shops <= picked


def test_no_pick_is_the_whole_scope() -> None:
    assert Scope.only([1, 2]).narrowed(None) == Scope.only([1, 2])
    assert Scope.everything().covers(Scope.only([9]))
    assert not Scope.only([9]).covers(Scope.everything())


def test_a_shop_outside_the_scope_does_not_exist() -> None:
    Scope.only([1]).require(1)
    with pytest.raises(NotFound):
        Scope.only([1]).require(2)


@given(ROLE_CODES, SCOPES, ROLE_CODES, SCOPES)
def test_nobody_gives_more_than_they_hold(
    giver: str, holds: Scope, role: str, granted: Scope
) -> None:
    beyond = bool(permissions_of(role) - permissions_of(giver)) or not holds.covers(granted)
    if beyond:
        with pytest.raises(Forbidden):
            rules.check_may_grant(permissions_of(giver), holds, role=role, granted=granted)
    else:
        rules.check_may_grant(permissions_of(giver), holds, role=role, granted=granted)


def test_only_owners_hold_every_permission() -> None:
    assert [code for code in ROLES if permissions_of(code) == PERMISSIONS.keys()] == ["owner"]
    assert permissions_of("administrator") == PERMISSIONS.keys() - {"owners.manage"}
    assert permissions_of("no such role") == frozenset()


@pytest.mark.parametrize("role", sorted(ROLES))
def test_roles_use_known_permissions_only(role: str) -> None:
    assert permissions_of(role) <= PERMISSIONS.keys()


def test_who_may_not_reveal() -> None:
    assert {code for code in ROLES if "members.reveal" not in permissions_of(code)} == {
        "analyst",
        "guide",
    }


@pytest.mark.parametrize("role", ["owner", "administrator"])
def test_owners_and_administrators_work_on_every_shop(role: str) -> None:
    rules.check_scope_fits_role(role, Scope.everything())
    with pytest.raises(InvalidInput):
        rules.check_scope_fits_role(role, Scope.only([1]))


def test_a_scope_of_no_shop_is_a_mistake() -> None:
    with pytest.raises(InvalidInput):
        rules.check_scope_fits_role("guide", Scope.only([]))


def test_the_last_owner_stays() -> None:
    rules.check_owner_remains(1)
    with pytest.raises(Conflict):
        rules.check_owner_remains(0)

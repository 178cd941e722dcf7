"""What people decide: merge, undo, separate, dismiss; carried out once, undone exactly, on record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.members.people import (
    NOW,
    Row,
    groups,
    identities_of,
    links_of,
    resolve,
    rows_of_keys,
    snapshot,
    strong,
)

from huitou.accounts.models import AuditEntry
from huitou.accounts.scopes import Scope
from huitou.kernel.errors import Conflict, InvalidInput, NotFound
from huitou.members import actions, regroup, suggestions
from huitou.members.decisions import standing_separations
from huitou.members.models import IdentityDecision, Suggestion
from huitou.members.rules import Decisions, partition
from huitou.warehouse.store import Warehouse

pytestmark = pytest.mark.django_db
BY: dict[str, Any] = {"scope": Scope.everything(), "actor": None, "now": NOW}
ANN: list[tuple[int, Row]] = [
    (1, (("nick", "ann"), ("phone", "1"))),
    (2, (("nick", "bob"), ("phone", "2"))),
    (3, (("nick", "cat"), ("receiver_phone", "9"))),
    (4, (("nick", "dan"), ("receiver_phone", "9"), ("alipay", "x"))),
    (5, (("nick", "ann"), ("alipay", "x"))),
]


def loaded(warehouse: Warehouse, folder: Path, rows: list[tuple[int, Row]], batch: int = 1) -> Any:
    report, _ = resolve(warehouse, folder, rows, batch)
    suggestions.refresh(warehouse, report.touched, NOW)
    return report


def queue() -> dict[tuple[int, ...], float]:
    rows = Suggestion.objects.filter(state="open", kind="suggestion")
    return {tuple(row.members): row.score for row in rows}


def test_a_merge_is_one_member_until_it_is_undone(warehouse: Warehouse, tmp_path: Path) -> None:
    loaded(warehouse, tmp_path, ANN)
    before = snapshot(warehouse)
    decision = actions.merge(warehouse, [2, 1], note="同一人", **BY)
    assert (decision.state, decision.into, decision.members) == ("active", 1, [1, 2])
    assert frozenset(map(strong, ("nick", "phone"), ("ann", "1"))) not in groups(warehouse)
    assert len(groups(warehouse)) == 3
    actions.undo(warehouse, decision.pk, note="看错了", **BY)
    assert snapshot(warehouse) == before
    assert IdentityDecision.objects.get().state == "undone"
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "member.merge",
        "member.undo",
    ]


def test_merging_three_and_undoing_in_either_order_goes_back(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    loaded(warehouse, tmp_path, ANN)
    before = snapshot(warehouse)
    first = actions.merge(warehouse, [3, 2], **BY)
    second = actions.merge(warehouse, [2, 1], **BY)
    merged = warehouse.rows(warehouse.table("member").order_by("member"))
    assert [row["merged_into"] for row in merged] == [None, 1, 1, None]
    actions.undo(warehouse, first.pk, **BY)
    actions.undo(warehouse, second.pk, **BY)
    assert snapshot(warehouse) == before


def test_what_arrives_meanwhile_stays_with_the_account_it_belongs_to(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    loaded(warehouse, tmp_path, ANN)
    decision = actions.merge(warehouse, [1, 2], **BY)
    _, buyers = resolve(warehouse, tmp_path, [(7, (("nick", "bob"), ("card_no", "c")))], 2)
    assert buyers == {7: 1}
    actions.undo(warehouse, decision.pk, **BY)
    _, buyers = resolve(warehouse, tmp_path, [(8, (("card_no", "c"),))], 3)
    assert buyers == {8: 2}


def test_a_merge_that_was_only_written_down_is_finished_later(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(warehouse, tmp_path, ANN)
    before = snapshot(warehouse)

    def crash(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(regroup, "regroup", crash)
        with pytest.raises(KeyboardInterrupt):
            actions.merge(warehouse, [1, 2], **BY)
    assert snapshot(warehouse) == before
    assert actions.settle(warehouse, NOW) == 1
    assert len(groups(warehouse)) == 3
    decision = IdentityDecision.objects.get()
    assert (decision.state, decision.into) == ("active", 1)
    with monkeypatch.context() as patched:
        patched.setattr(IdentityDecision, "save", crash, raising=True)
        with pytest.raises(KeyboardInterrupt):
            actions._carry_out(warehouse, decision, NOW)
    assert actions.settle(warehouse, NOW) == 0
    actions.undo(warehouse, decision.pk, **BY)
    assert snapshot(warehouse) == before


def test_accounts_that_a_person_parts_stay_apart(warehouse: Warehouse, tmp_path: Path) -> None:
    rows: list[tuple[int, Row]] = [
        (1, (("nick", "ann"), ("phone", "1"))),
        (2, (("nick", "bob"), ("phone", "1"))),
    ]
    loaded(warehouse, tmp_path, rows)
    assert len(groups(warehouse)) == 1
    bob = next(
        row["key_no"]
        for row in warehouse.rows(warehouse.table("identity_key"))
        if row["hash"] == strong("nick", "bob").hash
    )
    with pytest.raises(InvalidInput):
        actions.separate(warehouse, 1, [bob, 999], **BY)
    decision = actions.separate(warehouse, 1, [bob], **BY)
    assert decision.into == 2
    expected = frozenset(
        {
            frozenset({strong("nick", "ann"), strong("phone", "1")}),
            frozenset({strong("nick", "bob")}),
        }
    )
    assert groups(warehouse) == expected
    loaded(warehouse, tmp_path, [*rows, (3, (("nick", "bob"), ("phone", "1")))], 2)
    assert groups(warehouse) == expected, "the same evidence again joins nothing"
    with pytest.raises(Conflict) as refused:
        actions.merge(warehouse, [1, 2], **BY)
    assert refused.value.code == "separated_before"
    actions.undo(warehouse, decision.pk, **BY)
    assert len(groups(warehouse)) == 1
    with pytest.raises(NotFound) as moved:
        actions.merge(warehouse, [1, 2], **BY)
    assert moved.value.where["merged_into"] == "1"


def test_refusals(warehouse: Warehouse, tmp_path: Path) -> None:
    loaded(warehouse, tmp_path, ANN)
    with pytest.raises(InvalidInput):
        actions.merge(warehouse, [1, 1], **BY)
    with pytest.raises(NotFound):
        actions.merge(warehouse, [1, 99], **BY)
    with pytest.raises(NotFound):
        actions.merge(warehouse, [1, 2], **{**BY, "scope": Scope.only([5])})
    with pytest.raises(NotFound):
        actions.undo(warehouse, 404, **BY)
    decision = actions.merge(warehouse, [1, 2], **BY)
    actions.undo(warehouse, decision.pk, **BY)
    with pytest.raises(Conflict):
        actions.undo(warehouse, decision.pk, **BY)


def test_weak_evidence_suggests_and_says_why(warehouse: Warehouse, tmp_path: Path) -> None:
    loaded(warehouse, tmp_path, ANN)
    assert queue() == {(3, 4): 0.5, (1, 4): 0.8}
    row = Suggestion.objects.get(score=0.8)
    assert suggestions.sentence(row.kind, row.reasons[0])["sentence"] == "同一个支付宝账号"


def test_a_suggestion_is_merged_dismissed_and_comes_back_after_an_undo(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    loaded(warehouse, tmp_path, ANN)
    alipay = Suggestion.objects.get(score=0.8)
    decision = actions.decide_merge(warehouse, alipay.pk, **BY)
    alipay.refresh_from_db()
    assert alipay.state == "merged"
    assert queue() == {(1, 3): 0.5}, "the other suggestion follows the member"
    actions.undo(warehouse, decision.pk, **BY)
    assert queue() == {(3, 4): 0.5, (1, 4): 0.8}
    phone = Suggestion.objects.get(score=0.5)
    actions.dismiss(warehouse, phone.pk, note="邻居", **BY)
    assert queue() == {(1, 4): 0.8}
    loaded(
        warehouse,
        tmp_path,
        [(9, (("nick", "dan"), ("card_no", "new"), ("receiver_phone", "9")))],
        2,
    )
    assert queue() == {(1, 4): 0.8}, "dismissed for good, whatever identities they gain"
    with pytest.raises(Conflict):
        actions.dismiss(warehouse, phone.pk, **BY)


def test_a_weak_identity_of_too_many_members_suggests_nothing(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    few: list[tuple[int, Row]] = [
        (n, (("nick", f"n{n}"), ("receiver_phone", "office"))) for n in range(1, 6)
    ]
    loaded(warehouse, tmp_path, few)
    assert len(queue()) == 10
    loaded(warehouse, tmp_path, [(6, (("nick", "n6"), ("receiver_phone", "office")))], 2)
    assert queue() == {}


def test_many_suggestions_hold_the_database_for_a_few_statements_only(
    warehouse: Warehouse, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    pairs: list[tuple[int, Row]] = [
        (n, (("nick", f"n{n}"), ("alipay", f"a{n // 2}"))) for n in range(400)
    ]
    report, _ = resolve(warehouse, tmp_path, pairs, 1)
    with django_assert_max_num_queries(8):
        assert suggestions.refresh(warehouse, report.touched, NOW) == 200
    first = Suggestion.objects.earliest("id")
    assert (first.a, first.b) == tuple(first.members)
    assert (first.kind, first.state, first.created_at) == ("suggestion", "open", NOW)
    assert first.reasons == [{"kind": "alipay", "count": 1}]
    with django_assert_max_num_queries(8):
        suggestions.refresh(warehouse, report.touched, NOW)
    assert len(queue()) == 200


def test_a_contested_identity_is_a_conflict_to_look_at(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    till: list[tuple[int, Row]] = [(n, (("nick", f"n{n}"), ("phone", "till"))) for n in range(1, 5)]
    for number, row in enumerate(till, 1):
        loaded(warehouse, tmp_path, [row], number)
    conflict = Suggestion.objects.get()
    assert (conflict.kind, conflict.score, len(conflict.members)) == ("conflict", 1.0, 4)
    with pytest.raises(InvalidInput):
        actions.decide_merge(warehouse, conflict.pk, **BY)
    said = suggestions.sentence(conflict.kind, conflict.reasons[0])["sentence"]
    assert said == "一个手机号连着 4 个账号，已停止自动合并"
    actions.dismiss(warehouse, conflict.pk, **BY)
    loaded(warehouse, tmp_path, [(9, (("nick", "n9"), ("phone", "till")))], 9)
    assert not Suggestion.objects.filter(state="open").exists()


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows_of_keys, st.data())
def test_any_decisions_are_as_defined_and_undoing_them_restores_every_row(
    tmp_path: Path, rows: list[Row], data: st.DataObject
) -> None:
    warehouse = Warehouse.in_memory()
    IdentityDecision.objects.all().delete()
    Suggestion.objects.all().delete()
    try:
        resolve(warehouse, tmp_path, list(enumerate(rows)), 1)
        before = snapshot(warehouse)
        made = []
        for _ in range(2):
            held = warehouse.table("member")
            live = [r["member"] for r in warehouse.rows(held.filter(held.merged_into.isnull()))]
            if len(live) >= 2:
                pair = data.draw(
                    st.lists(st.sampled_from(live), min_size=2, max_size=2, unique=True)
                )
                made.append(actions.merge(warehouse, pair, **BY))
        every = {identity for row in rows for identity in identities_of(row)}
        by_hash = {identity.hash.hex(): identity for identity in every}
        merges = frozenset(
            (by_hash[one.left[0]], by_hash[one.right[0]]) for one in IdentityDecision.objects.all()
        )
        expected = partition(every, links_of(rows), Decisions(merges)).members()
        assert groups(warehouse) == expected
        for decision in data.draw(st.permutations(made)):
            actions.undo(warehouse, decision.pk, **BY)
        assert snapshot(warehouse) == before
        assert standing_separations() == []
    finally:
        warehouse.close()

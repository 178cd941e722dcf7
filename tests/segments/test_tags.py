"""Tags as people meet them: set by hand, by rules, for a time, from lists; in groups; over merges."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.members import brand
from tests.members.people import NOW, RING, Row, resolve

from huitou.accounts.models import AuditEntry
from huitou.accounts.scopes import Scope
from huitou.kernel import jobs
from huitou.kernel.errors import Conflict, InvalidInput, NotFound
from huitou.kernel.models import Job
from huitou.members import actions as member_actions
from huitou.segments import actions as segment_actions
from huitou.segments import (
    derived,
    saved,
    tag_actions,
    tag_builtin,
    tag_import,
    tag_ledger,
    tag_reads,
    tag_refresh,
    tag_worker,
)
from huitou.segments.models import Segment
from huitou.segments.parsing import parse
from huitou.segments.sentences import sentence
from huitou.segments.sets import MemberSet
from huitou.segments.tag_models import Tag, TagGroup
from huitou.segments.wrong import Wrong
from huitou.warehouse import feed
from huitou.warehouse.followers import catch_up, catch_up_all
from huitou.warehouse.store import Warehouse
from huitou.web import kinds  # noqa: F401 - so that jobs and followers are known

pytestmark = pytest.mark.django_db

BY: dict[str, Any] = {"scope": Scope.everything(), "actor": None, "now": NOW}
PEOPLE: list[tuple[int, Row]] = [(n, (("nick", name),)) for n, name in enumerate("abcdefgh", 1)]


def days(n: float) -> datetime:
    return NOW + timedelta(days=n)


def a_group(label: str = "自有", *, exclusive: bool = False) -> TagGroup:
    return tag_actions.create_group(label=label, exclusive=exclusive, actor=None, now=NOW)


def a_tag(label: str, group: TagGroup | None = None, **more: Any) -> Tag:
    return tag_actions.create_tag(
        group=(group or TagGroup.objects.filter(label="自有").first() or a_group()).pk,
        label=label,
        actor=None,
        now=NOW,
        **more,
    )


def rule(node: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "rule": node}


def orders(n: int) -> dict[str, Any]:
    return rule(
        {"kind": "trades", "basis": "paid", "measure": "orders", "where": [],
         "window": {"kind": "ever"}, "operator": "ge", "value": n}
    )  # fmt: skip


def has(tag: Tag) -> dict[str, Any]:
    return {"kind": "tag", "operator": "any_of", "tags": [str(tag.pk)]}


def give(warehouse: Warehouse, tag: Tag, *members: int, now: datetime = NOW, **more: Any) -> Any:
    return tag_actions.assign(
        warehouse, tag.pk, MemberSet.of(members), add=True, actor=None, now=now, **more
    )


def take(warehouse: Warehouse, tag: Tag, *members: int, now: datetime = NOW) -> Any:
    return tag_actions.assign(
        warehouse, tag.pk, MemberSet.of(members), add=False, actor=None, now=now
    )


def holders(warehouse: Warehouse, tag: Tag, now: datetime = NOW) -> set[int]:
    held = tag_reads.in_force(now)
    return {row["member"] for row in warehouse.rows(held.filter(held.tag == tag.pk))}


def log(warehouse: Warehouse, tag: Tag) -> list[tuple[int, str, str]]:
    events = warehouse.table("tag_event")
    rows = warehouse.rows(events.filter(events.tag == tag.pk).order_by("occurred_at", "member"))
    return [(row["member"], row["kind"], row["source"]) for row in rows]


def told(warehouse: Warehouse, tag: Tag) -> list[tuple[int, str]]:
    rows = feed.after(warehouse, 0, 10_000)
    return [
        (row["member"], row["change"])
        for row in rows
        if row["kind"] == "tag" and row["subject"] == tag.pk
    ]


@pytest.fixture
def eight(warehouse: Warehouse, tmp_path: Path) -> Warehouse:
    """Eight members without facts."""
    resolve(warehouse, tmp_path, PEOPLE, 1)
    return warehouse


def test_built_in_groups_are_there_with_stable_codes() -> None:
    assert list(TagGroup.objects.values_list("code", flat=True))[:2] == ["recipient", "taste"]
    before = set(Tag.objects.values_list("code", "pk"))
    assert {code for code, _pk in before} >= {"topics.offers", "promotion.high", "character.picky"}
    tag_builtin.install(NOW)
    assert set(Tag.objects.values_list("code", "pk")) == before
    assert all(not tag.enabled for tag in Tag.objects.filter(kind="rule"))


def test_a_tag_by_hand_is_logged_and_told_once(eight: Warehouse) -> None:
    vip = a_tag("熟客")
    assert give(eight, vip, 1, 2).changed == 2
    assert give(eight, vip, 2, 3).changed == 1
    assert holders(eight, vip) == {1, 2, 3}
    version = eight.versions(["tag_event", "member_tag"])
    assert give(eight, vip, 1, 2, 3).changed == 0
    assert eight.versions(["tag_event", "member_tag"]) == version
    assert take(eight, vip, 3, 4).changed == 1
    assert sorted(told(eight, vip)) == [(1, "entered"), (2, "entered"), (3, "entered"), (3, "left")]
    assert log(eight, vip) == [
        (1, "added", "manual"),
        (2, "added", "manual"),
        (3, "added", "manual"),
        (3, "removed", "manual"),
    ]
    actions = AuditEntry.objects.filter(subject=f"tag:{vip.pk}").values_list("action", flat=True)
    assert sorted(actions) == ["tag.assign"] * 3 + ["tag.create", "tag.remove"]


def test_a_tag_begins_and_ends_at_its_own_days(eight: Warehouse) -> None:
    trial = a_tag("体验")
    today = date(2026, 11, 22)
    give(
        eight,
        trial,
        1,
        effective_on=today + timedelta(days=2),
        expires_on=today + timedelta(days=4),
    )
    give(eight, trial, 2, expires_on=today)
    assert (holders(eight, trial), log(eight, trial)) == ({2}, [(2, "added", "manual")])
    assert tag_refresh.pass_time(eight, NOW).left == 0
    assert holders(eight, trial, days(1)) == set()
    assert tag_refresh.pass_time(eight, days(1)).left == 1
    assert tag_refresh.pass_time(eight, days(2)).entered == 1
    assert tag_refresh.pass_time(eight, days(2)).entered == 0
    assert holders(eight, trial, days(4)) == {1}
    assert tag_refresh.pass_time(eight, days(9)).left == 1
    events = eight.rows(eight.table("tag_event").order_by("occurred_at"))
    assert [(row["member"], row["kind"], str(row["occurred_at"])[:19]) for row in events] == [
        (2, "added", "2026-11-22 06:05:00"),
        (2, "removed", "2026-11-22 16:00:00"),
        (1, "added", "2026-11-23 16:00:00"),
        (1, "removed", "2026-11-26 16:00:00"),
    ]
    assert [change for _member, change in told(eight, trial)] == ["entered", "left"] * 2


def test_a_tag_that_was_over_while_nobody_looked_came_and_went(eight: Warehouse) -> None:
    flash = a_tag("快闪")
    day = date(2026, 11, 24)
    give(eight, flash, 1, effective_on=day, expires_on=day)
    assert take(eight, flash, 1, now=days(30)).changed == 0
    assert told(eight, flash) == [(1, "entered"), (1, "left")]


def test_the_tags_own_days_count_unless_others_are_given(eight: Warehouse) -> None:
    lead = a_tag("意向", days=7)
    give(eight, lead, 1)
    give(eight, lead, 2, expires_on=date(2026, 12, 31))
    until = {row["member"]: str(row["expires_at"]) for row in eight.rows(eight.table("member_tag"))}
    assert until == {1: "2026-11-29 16:00:00", 2: "2026-12-31 16:00:00"}
    give(eight, lead, 1, now=days(3))
    rows = eight.rows(eight.table("member_tag").order_by("member"))
    assert str(rows[0]["expires_at"]) == "2026-12-02 16:00:00"
    assert len(log(eight, lead)) == 2
    with pytest.raises(InvalidInput):
        give(eight, lead, 1, expires_on=date(2026, 11, 1))


def test_a_member_has_one_tag_of_an_exclusive_group(eight: Warehouse) -> None:
    group = a_group("性格", exclusive=True)
    quick, slow = a_tag("急", group), a_tag("慢", group)
    give(eight, quick, 1, 2)
    assert give(eight, slow, 2, 3).changed == 2
    assert (holders(eight, quick), holders(eight, slow)) == ({1}, {2, 3})
    assert told(eight, quick)[-1] == (2, "left")
    with pytest.raises(InvalidInput):
        give(eight, quick, 5, effective_on=date(2026, 12, 1))


# By rule


@pytest.fixture
def shop(warehouse: Warehouse, tmp_path: Path) -> Warehouse:
    """Ann (1) with two paid orders, Bob (2) with one, Ann in the store (3) with one."""
    brand.standard(warehouse, tmp_path)
    return warehouse


def test_a_rule_is_kept_true_in_both_directions(shop: Warehouse) -> None:
    regular = a_tag("回头客", kind="rule", rule=orders(2))
    assert jobs.run_pending(NOW) == 1
    assert (Job.objects.get(kind="tags.refresh").result or {})["entered"] == 1
    assert holders(shop, regular) == {1}
    assert tag_refresh.refresh(shop, now=NOW).entered == 0
    tag_actions.change_tag(shop, regular.pk, {"rule": orders(1)}, actor=None, now=NOW)
    jobs.run_pending(NOW)
    assert holders(shop, regular) == {1, 2, 3}
    tag_actions.change_tag(shop, regular.pk, {"rule": orders(3)}, actor=None, now=NOW)
    jobs.run_pending(NOW)
    assert holders(shop, regular) == set()
    assert [source for _m, _k, source in log(shop, regular)] == ["rule"] * 6
    assert [change for _m, change in told(shop, regular)].count("left") == 3


def test_what_a_person_set_stays_when_the_rule_lets_go(shop: Warehouse) -> None:
    regular = a_tag("回头客", kind="rule", rule=orders(2))
    jobs.run_pending(NOW)
    give(shop, regular, 1, 2)
    assert told(shop, regular) == [(1, "entered"), (2, "entered")]
    found = take(shop, regular, 1, 2)
    assert (found.changed, found.kept) == (1, 1)
    give(shop, regular, 1)
    tag_actions.change_tag(shop, regular.pk, {"enabled": False}, actor=None, now=NOW)
    assert holders(shop, regular) == {1}
    assert told(shop, regular)[-1] == (2, "left")
    tag_actions.change_tag(shop, regular.pk, {"enabled": True}, actor=None, now=NOW)
    jobs.run_pending(NOW)
    tag_actions.change_tag(shop, regular.pk, {"archived": True}, actor=None, now=NOW)
    sources = {row["source"] for row in shop.rows(shop.table("member_tag"))}
    assert sources == {"manual"}


def test_a_tag_by_rule_may_last_some_days_longer(shop: Warehouse) -> None:
    regular = a_tag("回头客", kind="rule", rule=orders(2), days=3)
    jobs.run_pending(NOW)
    Tag.objects.filter(pk=regular.pk).update(rule=orders(9))
    tag_refresh.refresh(shop, now=NOW)
    tag_refresh.refresh(shop, now=days(1))
    assert holders(shop, regular, days(3)) == {1}
    assert len(log(shop, regular)) == 1
    Tag.objects.filter(pk=regular.pk).update(rule=orders(2))
    tag_refresh.refresh(shop, now=days(2))
    assert holders(shop, regular, days(30)) == {1}
    Tag.objects.filter(pk=regular.pk).update(rule=orders(9))
    tag_refresh.refresh(shop, now=days(3))
    tag_refresh.refresh(shop, now=days(10))
    assert holders(shop, regular, days(10)) == set()
    assert log(shop, regular) == [(1, "added", "rule"), (1, "removed", "rule")]


def test_a_new_day_moves_rules_that_name_days(shop: Warehouse) -> None:
    recent = orders(1)
    recent["rule"]["window"] = {"kind": "last", "n": 60, "unit": "day"}
    lately = a_tag("近期买过", kind="rule", rule=recent)
    tag_refresh.refresh(shop, now=NOW)
    assert holders(shop, lately) == {1, 2, 3}
    assert tag_refresh.behind(NOW) == []
    while tag_refresh.behind(days(30)):
        tag_worker.move_on(shop, days(30))
    assert holders(shop, lately) == set()
    seen = feed.last(shop)
    tag_worker.move_on(shop, days(30))
    assert feed.last(shop) == seen


def test_a_live_tag_is_decided_by_what_a_commit_brings(shop: Warehouse, tmp_path: Path) -> None:
    regular = a_tag("回头客", kind="live", rule=orders(2))
    jobs.run_pending(NOW)
    catch_up(shop, "tags", NOW)
    assert holders(shop, regular) == {1}
    brand.load(shop, tmp_path, RING, [brand.trade(7, "bob", day=20, paid="80.00")], batch=2)
    catch_up(shop, "tags", NOW)
    assert holders(shop, regular) == {1, 2}
    assert log(shop, regular)[-1] == (2, "added", "live")
    again = brand.trade(
        7, "bob", day=20, paid="80.00", status="closed_refunded", refunded_amount=80
    )
    brand.load(shop, tmp_path, RING, [again], batch=3)
    catch_up(shop, "tags", NOW)
    assert holders(shop, regular) == {1}
    seen = feed.last(shop)
    catch_up(shop, "tags", NOW)
    assert feed.last(shop) == seen


def test_tags_and_segments_that_name_each_other_come_to_rest(
    shop: Warehouse, tmp_path: Path
) -> None:
    regular = a_tag("回头客", kind="live", rule=orders(2))
    made = segment_actions.create(
        shop, name="有标签", kind="dynamic", rule=rule(has(regular)), **BY
    )
    inside = rule({"kind": "segment", "segment": str(made.pk)})
    chosen = a_tag("在人群里", kind="live", rule=inside)
    catch_up_all(shop, NOW)
    assert holders(shop, regular) == holders(shop, chosen) == {1}
    brand.load(shop, tmp_path, RING, [brand.trade(7, "bob", day=20, paid="80.00")], batch=2)
    catch_up_all(shop, NOW)
    assert holders(shop, regular) == holders(shop, chosen) == {1, 2}
    assert len(saved.stored(shop, made.pk)) == 2


def test_rules_may_name_tags_and_segments(shop: Warehouse) -> None:
    regular = a_tag("回头客", kind="rule", rule=orders(2))
    both = a_tag("熟客或指定", kind="rule", rule=rule(
        {"kind": "any", "children": [has(regular), {"kind": "members", "members": ["3"]}]}
    ))  # fmt: skip
    tag_refresh.refresh(shop, now=NOW)
    assert holders(shop, both) == {1, 3}
    with pytest.raises(Wrong):
        tag_actions.change_tag(shop, regular.pk, {"rule": rule(has(both))}, actor=None, now=NOW)
    with pytest.raises(Wrong):
        tag_actions.checked_rule(rule({**has(regular), "tags": ["999999"]}), of=None)
    Segment.objects.create(
        name="有标签", kind="dynamic", rule=rule(has(both)), created_at=NOW, updated_at=NOW
    )
    assert {use["kind"] for use in tag_reads.uses_of(both.pk)} == {"segment"}
    assert [use["name"] for use in tag_reads.uses_of(regular.pk)] == ["自有 · 熟客或指定"]
    with pytest.raises(Conflict):
        tag_actions.delete_tag(shop, regular.pk, actor=None, now=NOW)


def test_in_an_exclusive_group_the_first_rule_that_fits_wins(shop: Warehouse) -> None:
    group = a_group("级别", exclusive=True)
    two, one = (
        a_tag("两单", group, kind="rule", rule=orders(2)),
        a_tag("一单", group, kind="rule", rule=orders(1)),
    )
    chosen = a_tag("人工", group)
    tag_refresh.refresh(shop, now=NOW)
    assert (holders(shop, two), holders(shop, one)) == ({1}, {2, 3})
    give(shop, chosen, 1, 2)
    assert (holders(shop, two), holders(shop, one)) == (set(), {3})
    tag_refresh.refresh(shop, now=NOW)
    assert (holders(shop, two), holders(shop, one), holders(shop, chosen)) == (set(), {3}, {1, 2})
    take(shop, chosen, 1)
    tag_refresh.refresh(shop, now=NOW)
    assert holders(shop, two) == {1}


def test_a_rule_that_breaks_is_marked_and_takes_nothing_away(shop: Warehouse) -> None:
    regular = a_tag("回头客", kind="rule", rule=orders(2))
    jobs.run_pending(NOW)
    Tag.objects.filter(pk=regular.pk).update(rule=rule({"kind": "segment", "segment": "99"}))
    assert tag_refresh.refresh(shop, now=NOW).failed == [regular.pk]
    assert holders(shop, regular) == {1}
    shown = tag_reads.one(shop, tag_reads.get(regular.pk), scope=Scope.everything(), now=NOW)
    assert "99" in shown["error"]


# Over merges


def rows_of(warehouse: Warehouse) -> dict[str, list[Any]]:
    return {
        name: sorted(map(str, warehouse.rows(warehouse.table(name))))
        for name in ("member_tag", "tag_event")
    }


def test_tags_follow_a_merge_and_come_back_row_for_row(eight: Warehouse) -> None:
    vip, lead = a_tag("熟客"), a_tag("意向")
    give(eight, vip, 1, 2)
    give(eight, lead, 2)
    take(eight, vip, 1)
    give(eight, vip, 1, 5)
    before = rows_of(eight)
    decision = member_actions.merge(eight, [1, 2], **BY)
    assert (holders(eight, vip), holders(eight, lead)) == ({1, 5}, {1})
    assert rows_of(eight) != before
    member_actions.undo(eight, decision.pk, **BY)
    assert rows_of(eight) == before
    member_actions.merge(eight, [1, 2], **BY)
    take(eight, vip, 1)
    assert told(eight, vip).count((1, "left")) == 2
    assert holders(eight, vip) == {5}


# From lists


def listed(warehouse: Warehouse, cells: dict[int, str]) -> None:
    keys = {row["home"]: row["key_no"] for row in warehouse.rows(warehouse.table("identity_key"))}
    rows = [
        {"member": home, "key_no": keys[home], "name": "标签", "value": cell, "fingerprint": 1}
        for home, cell in cells.items()
    ]
    with warehouse.writing() as writer:
        attributes = writer.table("member_attribute")
        writer.delete("member_attribute", ["name"], attributes.filter(attributes.name == "标签"))
        schema = attributes.schema().to_pyarrow()
        writer.insert("member_attribute", pa.Table.from_pylist(rows, schema=schema))


def imported(label: str) -> Tag:
    return Tag.objects.get(group__code="imported", label=label)


def test_words_of_a_list_become_tags_and_stay_equal_to_it(eight: Warehouse) -> None:
    listed(eight, {1: "老客，送礼", 2: "送礼;  爱 酒 ", 3: "-"})
    assert tag_import.mirror(eight, NOW).entered == 4
    assert tag_import.mirror(eight, NOW) == tag_ledger.Told()
    assert holders(eight, imported("送礼")) == {1, 2}
    assert holders(eight, imported("爱 酒")) == {2}
    take(eight, imported("送礼"), 1)
    assert tag_import.mirror(eight, NOW, always=True) == tag_ledger.Told()
    listed(eight, {1: "老客，送礼", 2: "老客"})
    assert tag_import.mirror(eight, NOW) == tag_ledger.Told(1, 2)
    assert holders(eight, imported("老客")) == {1, 2}
    assert holders(eight, imported("送礼")) == set()
    listed(eight, {1: "老客", 2: "送礼"})
    assert tag_import.mirror(eight, NOW) == tag_ledger.Told(1, 1)
    assert {source for _m, _k, source in log(eight, imported("送礼"))} == {"import"}


# Checks


def test_names_are_checked(eight: Warehouse) -> None:
    vip = a_tag("熟客")
    with pytest.raises(Conflict):
        a_tag(" 熟客 ")
    with pytest.raises(InvalidInput):
        a_tag("")
    with pytest.raises(InvalidInput):
        a_tag("规则", kind="rule", days=0, rule=orders(1))
    with pytest.raises(Wrong):
        a_tag("规则", kind="rule", rule=rule({"kind": "profile", "attribute": "no"}))
    with pytest.raises(Conflict):
        a_group("口味")
    builtin = Tag.objects.get(code="taste.sweet")
    for changes in ({"label": "甜"}, {"group": vip.group_id}):
        with pytest.raises(Conflict):
            tag_actions.change_tag(eight, builtin.pk, changes, actor=None, now=NOW)
    give(eight, vip, 1)
    with pytest.raises(Conflict):
        tag_actions.delete_tag(eight, vip.pk, actor=None, now=NOW)
    take(eight, vip, 1)
    tag_actions.delete_tag(eight, vip.pk, actor=None, now=NOW)
    with pytest.raises(NotFound):
        tag_reads.get(vip.pk)
    with pytest.raises(NotFound):
        tag_actions.visible(eight, [1, 77], scope=Scope.everything(), now=NOW)


def test_many_are_a_job(warehouse: Warehouse, tmp_path: Path) -> None:
    resolve(warehouse, tmp_path, [(n, (("nick", f"n{n}"),)) for n in range(1, 2_106)], 1)
    vip = a_tag("熟客")
    found = give(warehouse, vip, *range(1, 2_101))
    assert isinstance(found, Job)
    assert holders(warehouse, vip) == set()
    jobs.run_pending(NOW)
    assert Job.objects.get(pk=found.pk).result == {
        "changed": 2_100, "total": 2_100, "kept": 0, "result_url": f"/tags?tag={vip.pk}"
    }  # fmt: skip
    assert len(holders(warehouse, vip)) == 2_100


# Derived


@pytest.mark.parametrize("code", sorted(derived.RULES))
def test_every_derived_rule_can_be_asked(code: str) -> None:
    group, _dot, tag = code.partition(".")
    assert tag in {one.code for one in tag_builtin.GROUPS[group].tags}
    assert sentence(parse(derived.RULES[code])).zh


def test_derived_tags_work_once_they_are_switched_on(shop: Warehouse) -> None:
    for row in list(Tag.objects.filter(kind="rule")):
        tag_actions.change_tag(shop, row.pk, {"enabled": True}, actor=None, now=NOW)
    done = tag_refresh.refresh(shop, now=NOW)
    assert done.failed == []
    found = {
        row.code: sorted(holders(shop, row))
        for row in Tag.objects.filter(kind="rule")
        if holders(shop, row)
    }
    assert found["region.east"] == [1, 2, 3]
    assert found["promotion.low"] == [1, 2, 3]
    assert (found["channel.online"], found["channel.store"]) == ([1, 2], [3])
    assert found["order_value.high"] == [2]
    for group in TagGroup.objects.filter(exclusive=True):
        held = [member for row in group.tags.all() for member in found.get(row.code, ())]
        assert len(held) == len(set(held)), group.code

"""Random histories of tags against a dict: given, taken, begun, ended, merged and parted again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.members import brand
from tests.members.people import NOW, RING, Row, resolve
from tests.segments.test_tags import a_group, a_tag, holders, rows_of, take

from huitou.accounts.scopes import Scope
from huitou.kernel.clock import day_start, local_day, naive_utc
from huitou.members import actions as member_actions
from huitou.segments import tag_actions, tag_builtin, tag_refresh, tag_rules
from huitou.segments.sets import MemberSet
from huitou.segments.tag_models import Tag, TagGroup
from huitou.warehouse.followers import FollowerPool
from huitou.warehouse.store import Warehouse, set_current_warehouse
from huitou.web import kinds  # noqa: F401 - so that followers are known

pytestmark = pytest.mark.django_db
HOMES = range(1, 7)
PEOPLE: list[tuple[int, Row]] = [(n, (("nick", f"p{n}"),)) for n in HOMES]
ZONE = "Asia/Shanghai"

members = st.sets(st.sampled_from(list(HOMES)), min_size=1, max_size=4)
tags = st.integers(0, 3)  # 2 and 3 are of an exclusive group
steps = st.lists(
    st.one_of(
        st.tuples(st.just("give"), tags, members, st.none() | st.integers(0, 3)),
        st.tuples(st.just("later"), st.integers(0, 1), members, st.integers(1, 3)),
        st.tuples(st.just("take"), tags, members, st.none()),
        st.tuples(st.just("days"), st.integers(1, 3), st.none(), st.none()),
        st.tuples(st.just("merge"), st.none(), members, st.none()),
        st.tuples(st.just("undo"), st.none(), st.none(), st.none()),
    ),
    min_size=4,
    max_size=12,
)


@dataclass
class Oracle:
    """Rows (tag, home) → (begins, ends); merges as pairs in order."""

    rows: dict[tuple[int, int], tuple[datetime | None, datetime | None]] = field(
        default_factory=dict
    )
    merges: list[tuple[int, int]] = field(default_factory=list)

    def owner(self, home: int) -> int:
        group = {home}
        while True:
            more = {one for pair in self.merges if group & set(pair) for one in pair} - group
            if not more:
                return min(group)
            group |= more

    def pass_time(self, at: datetime) -> None:
        self.rows = {
            key: (begins, ends)
            for key, (begins, ends) in self.rows.items()
            if ends is None or ends >= at
        }

    def give(
        self,
        tag: int,
        people: set[int],
        begins: datetime | None,
        ends: datetime | None,
        at: datetime,
    ) -> None:
        for key in list(self.rows):
            if key[0] != tag and {key[0], tag} == {2, 3} and self.owner(key[1]) in people:
                del self.rows[key]
        for member in people:
            mine = [key for key in self.rows if key[0] == tag and self.owner(key[1]) == member]
            for key in mine:
                was = self.rows[key][0]
                self.rows[key] = (begins if was is not None and was > at else was, ends)
            if not mine:
                self.rows[tag, member] = (begins, ends)

    def take(self, tag: int, people: set[int]) -> None:
        for key in list(self.rows):
            if key[0] == tag and self.owner(key[1]) in people:
                del self.rows[key]

    def in_force(self, at: datetime) -> set[tuple[int, int]]:
        return {
            key
            for key, (begins, ends) in self.rows.items()
            if (begins is None or begins <= at) and (ends is None or ends >= at)
        }


def opened(folder: Path) -> Warehouse:
    warehouse = Warehouse.in_memory()
    set_current_warehouse(warehouse)
    resolve(warehouse, folder, PEOPLE, 1)
    return warehouse


@pytest.mark.slow
@given(steps)
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_history_ends_as_the_dict_says(
    tmp_path: Path, history: list[tuple[str, Any, Any, Any]]
) -> None:
    Tag.objects.filter(builtin=False).delete()
    TagGroup.objects.filter(builtin=False).delete()
    free, one_of = a_group("自由"), a_group("单选", exclusive=True)
    made = [a_tag("甲", free), a_tag("乙", free), a_tag("丙", one_of), a_tag("丁", one_of)]
    warehouse = opened(tmp_path)
    oracle, decisions, now = Oracle(), [], NOW
    try:
        for step, what, whom, days in history:
            now += timedelta(seconds=1)
            at = naive_utc(now)
            today = local_day(now, ZONE)
            oracle.pass_time(at)
            people = {oracle.owner(home) for home in whom} if whom else set()
            if step == "days":
                now += timedelta(days=what)
                oracle.pass_time(naive_utc(now))
                tag_refresh.pass_time(warehouse, now)
            elif step == "merge":
                if len(people) < 2:
                    continue
                pair = sorted(people)[:2]
                decisions.append(
                    member_actions.merge(
                        warehouse, pair, scope=Scope.everything(), actor=None, now=now
                    )
                )
                oracle.merges.append((pair[0], pair[1]))
            elif step == "undo":
                if not decisions:
                    continue
                before = decisions.pop()
                member_actions.undo(
                    warehouse, before.pk, scope=Scope.everything(), actor=None, now=now
                )
                oracle.merges.pop()
            elif step == "take":
                take(warehouse, made[what], *people, now=now)
                oracle.take(what, people)
            else:
                first = today + timedelta(days=days) if step == "later" else None
                last = today + timedelta(days=days) if step == "give" and days is not None else None
                for _ in range(2):  # the second time changes nothing
                    was = rows_of(warehouse)
                    tag_actions.assign(
                        warehouse, made[what].pk, MemberSet.of(people), add=True, actor=None,
                        effective_on=first, expires_on=last, now=now,
                    )  # fmt: skip
                assert rows_of(warehouse) == was
                begins = None if first is None else naive_utc(day_start(first, ZONE))
                ends = (
                    None if last is None else naive_utc(day_start(last, ZONE) + timedelta(days=1))
                )
                oracle.give(what, people, begins, ends, at)
            agree(warehouse, made, oracle, now)
    finally:
        set_current_warehouse(None)
        warehouse.close()


def agree(warehouse: Warehouse, made: list[Tag], oracle: Oracle, now: datetime) -> None:
    """Holders, and the log read from its beginning, are what the dict says."""
    at = naive_utc(now)
    tag_refresh.pass_time(warehouse, now)
    events = warehouse.rows(warehouse.table("tag_event").order_by("occurred_at"))
    for number, tag in enumerate(made):
        assert holders(warehouse, tag, now) == {
            oracle.owner(home) for one, home in oracle.in_force(at) if one == number
        }
        on: set[int] = set()
        for event in events:
            if event["tag"] == tag.pk:
                assert (event["home"] in on) == (event["kind"] == "removed")
                on.symmetric_difference_update({event["home"]})
        assert on == {home for one, home in oracle.in_force(at) if one == number}


def test_models_on_either_database(app_database: str, warehouse: Warehouse, tmp_path: Path) -> None:
    resolve(warehouse, tmp_path, PEOPLE, 1)
    assert TagGroup.objects.filter(builtin=True).count() == len(tag_builtin.GROUPS)
    group = a_group("单选", exclusive=True)
    one, other = a_tag("甲", group), a_tag("乙", group, days=3)
    tag_actions.assign(warehouse, one.pk, MemberSet.of([1, 2]), add=True, actor=None, now=NOW)
    tag_actions.assign(warehouse, other.pk, MemberSet.of([2]), add=True, actor=None, now=NOW)
    assert (holders(warehouse, one), holders(warehouse, other)) == ({1}, {2})
    tag_actions.change_tag(warehouse, one.pk, {"archived": True}, actor=None, now=NOW)
    assert Tag.objects.get(pk=one.pk).archived_at == NOW


# Pure rules


def test_units_come_after_what_they_rest_on() -> None:
    units = {1: frozenset({3}), 2: frozenset({1}), 3: frozenset[int](), 4: frozenset({4, 9})}
    assert tag_rules.in_order(units) == [3, 1, 2, 4]
    assert tag_rules.circle(1, {1: [2], 2: [3], 3: [1]}.__getitem__) == [1, 2, 3, 1]
    assert tag_rules.circle(1, {1: [2], 2: [3], 3: [2]}.__getitem__) == []


@given(*[st.sets(st.integers(0, 9)) for _ in range(4)], st.none() | st.just(3))
def test_a_transition_leads_to_who_fits(
    fits: set[int], open_: set[int], closing: set[int], claimed: set[int], days: int | None
) -> None:
    moves = tag_rules.transition(
        MemberSet.of(fits), MemberSet.of(open_), MemberSet.of(closing), days, MemberSet.of(claimed)
    )
    gone = set(moves.leave.numbers().tolist())
    held = ((open_ | closing) - gone) | set(moves.enter.numbers().tolist())
    if days is None:
        assert held == fits
    else:
        assert fits <= held <= fits | open_ | closing
        assert not (held - fits) & claimed
        assert set(moves.close.numbers().tolist()) == open_ - fits - claimed
    again = tag_rules.transition(
        MemberSet.of(fits),
        MemberSet.of(fits),
        MemberSet.of(held - fits),
        days,
        MemberSet.of(claimed),
    )
    assert again.is_nothing


def test_cells_of_lists_hold_words() -> None:
    assert tag_rules.labels_in("老客， 送礼;送礼\n无") == ["老客", "送礼"]
    assert tag_rules.labels_in(" - ") == []


def test_a_live_tag_shows_by_itself_after_a_commit(
    app_database: str, warehouse: Warehouse, tmp_path: Path
) -> None:
    brand.standard(warehouse, tmp_path)
    twice = {
        "kind": "trades", "basis": "paid", "measure": "orders", "where": [],
        "window": {"kind": "ever"}, "operator": "ge", "value": 2,
    }  # fmt: skip
    live = a_tag("回头客", kind="live", rule={"version": 1, "rule": twice})
    pool = FollowerPool(warehouse, clock=lambda: NOW)
    pool.start()
    try:
        assert reached(lambda: holders(warehouse, live) == {1})
        new = brand.trade(7, "bob", day=20, paid="80.00")
        brand.load(warehouse, tmp_path, RING, [new], batch=2)
        assert reached(lambda: holders(warehouse, live) == {1, 2})
    finally:
        pool.stop()


def reached(state: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether a state comes about by itself before long."""
    until = time.monotonic() + seconds
    while not state():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True

"""Three evaluators agree: the one over everybody, the one over a few members, and the naive one.

hypothesis draws trees, moments, scopes and members; each world is built once. What is drawn is the
same in every run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.segments import trees, worlds
from tests.segments.oracle import Oracle
from tests.segments.worlds import World

from huitou.accounts.scopes import Scope
from huitou.segments.evaluator import Question, evaluate
from huitou.segments.moments import Moment
from huitou.segments.nodes import Node
from huitou.segments.parsing import document, parse
from huitou.segments.restricted import evaluate_for, evaluate_in, excerpt
from huitou.segments.sets import MemberSet
from huitou.warehouse.store import Warehouse

SEEDS = (0, 1, 3)
FEW = (1, 2, 3, 4, 12, 20, 39, 999)
"""Members of the shared excerpt: buyers, one who never did anything, and nobody."""

quickly = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
scopes = st.sampled_from([None, None, None, frozenset({1}), frozenset({2, 3}), frozenset[int]()])


class Asked:
    """A world that is open to questions. (No dataclass: hypothesis would print all of it.)"""

    def __init__(self, world: World, warehouse: Warehouse, small: Warehouse) -> None:
        self.world = world
        self.warehouse = warehouse
        self.small = small

    def question(self, moment: Moment, shops: frozenset[int] | None = None) -> Question:
        return Question(
            moment, Scope(shops), saved=lambda segment: MemberSet.of(self.world.saved[segment])
        )

    def check(self, rule: Node, moment: Moment, shops: frozenset[int] | None) -> None:
        """Ask all three."""
        question = self.question(moment, shops)
        expected = Oracle(
            self.world.tables, moment.cut, self.world.zone, self.world.saved, shops
        ).members(rule)
        assert numbers(evaluate(self.warehouse, rule, question).members) == expected
        found = evaluate_in(self.small, self.warehouse, rule, question)
        assert numbers(found.members) == expected & set(FEW)


def numbers(members: MemberSet) -> set[int]:
    return set(members.numbers().tolist())


@pytest.fixture(scope="module", params=SEEDS)
def asked(request: pytest.FixtureRequest) -> Iterator[Asked]:
    world = worlds.world_of(request.param)
    with world.warehouse() as warehouse, excerpt(warehouse, FEW) as small:
        yield Asked(world, warehouse, small)


@settings(quickly, max_examples=40)
@given(st.data())
def test_all_three_agree_on_leaves(asked: Asked, data: st.DataObject) -> None:
    rule = parse(trees.document(data.draw(trees.leaves())))
    asked.check(rule, data.draw(worlds.moments(asked.world)), data.draw(scopes))


@settings(quickly, max_examples=10)
@given(st.data())
def test_all_three_agree_on_trees(asked: Asked, data: st.DataObject) -> None:
    rule = parse(trees.document(data.draw(trees.trees())))
    asked.check(rule, data.draw(worlds.moments(asked.world)), data.draw(scopes))


@settings(quickly, max_examples=6)
@given(st.data())
def test_any_few_members_are_answered_as_among_everybody(asked: Asked, data: st.DataObject) -> None:
    rule = parse(trees.document(data.draw(trees.trees())))
    question = asked.question(data.draw(worlds.moments(asked.world)))
    few = data.draw(worlds.subsets(range(1, worlds.MEMBERS + 1)))
    everybody = evaluate(asked.warehouse, rule, question)
    found = evaluate_for(asked.warehouse, rule, question, few)
    assert numbers(found.universe) == numbers(everybody.universe) & set(few)
    assert numbers(found.members) == numbers(everybody.members) & set(few)


@settings(quickly, max_examples=60)
@given(st.data())
def test_groups_are_set_algebra(asked: Asked, data: st.DataObject) -> None:
    """Groups of leaves that cost nothing, so that many shapes are drawn."""
    rule = parse(trees.document(data.draw(trees.trees(trees.plain_leaves()))))
    asked.check(rule, data.draw(worlds.moments(asked.world)), None)


@settings(quickly, max_examples=300)
@given(trees.trees())
def test_a_rule_is_read_back_from_its_document(rule: dict[str, Any]) -> None:
    node = parse(trees.document(rule))
    assert parse(document(node)) == node

"""The benchmark's forty rules mean the same in every writing, and its warehouse is the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from huitou.kernel.home import Home
from huitou.segments import bench
from huitou.segments.bench_data import Made, buy_again, fill
from huitou.segments.bench_rules import (
    CRITERIA,
    TEN,
    as_subqueries,
    in_frames,
    in_one_pass,
    rules,
)
from huitou.segments.evaluator import evaluate
from huitou.segments.nodes import Group, walk
from huitou.segments.parsing import parse
from huitou.warehouse.store import Query, Warehouse, table

MEMBERS = 1_500


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, Made]]:
    opened = Warehouse.open(Home(tmp_path_factory.mktemp("bench") / "home"))
    yield opened, fill(opened, MEMBERS, 9.8, lambda _done, _whole: None)
    opened.close()


def test_there_are_forty_rules_of_up_to_twenty_conditions() -> None:
    sizes = [len(rule.terms) for rule in rules()]
    assert (len(sizes), min(sizes), max(sizes)) == (40, 1, 20)
    assert sizes.count(TEN) == 24
    assert {term.criterion.code for rule in rules() for term in rule.terms} == set(CRITERIA)
    assert rules() == rules()


def test_all_four_writings_count_alike(filled: tuple[Warehouse, Made]) -> None:
    warehouse, made = filled
    frames = {name: bench._frame(warehouse, name) for name in bench._FRAMES}
    question = bench._question()
    found = []
    asked = [*rules(), *(rule.edited() for rule in rules())]
    for rule in asked:
        ours = len(evaluate(warehouse, parse(rule.document()), question).members)
        for said in (as_subqueries, in_one_pass):
            assert int(warehouse.numbers(Query(said(rule)))[0]) == ours, said(rule)
        assert in_frames(rule, frames, made.members) == ours
        found.append(ours)
    assert sum(map(bool, found)) > len(found) // 2


def test_the_same_rows_every_time(filled: tuple[Warehouse, Made], tmp_path: Path) -> None:
    warehouse, made = filled
    again = Warehouse.open(Home(tmp_path / "home"))
    assert fill(again, MEMBERS, 9.8, lambda _done, _whole: None) == made
    for name in ("member", "trade", "trade_line", "member_totals", "visit"):
        rows = table(name).order_by(table(name).columns)
        assert again.fetch(rows).equals(warehouse.fetch(rows))
    before = again.rows(table("member_totals").order_by("member"))
    some = buy_again(again, made, 0.01)
    after = again.rows(table("member_totals").order_by("member"))
    grown = [a["member"] for a, b in zip(after, before, strict=True) if a["trades"] > b["trades"]]
    assert grown == some.tolist()
    again.close()


def test_nearly_all_conditions_with_a_window_are_different() -> None:
    leaves = [
        node
        for document in bench._documents()
        for _path, node in walk(parse(document))
        if not isinstance(node, Group)
    ]
    windowed = [leaf for leaf in leaves if "kind='last'" in repr(leaf)]
    assert len(leaves) == 1_870
    assert len(windowed) == 1_195
    assert len(set(windowed)) > 1_150

"""What makes rules quick changes no answer: kept queries, pruned columns, kept sets, lazy excerpts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.segments import trees, worlds

from huitou.accounts.scopes import Scope
from huitou.segments import queries
from huitou.segments.evaluator import Question, evaluate, view_of
from huitou.segments.grids import GridSettings
from huitou.segments.leaves import answer
from huitou.segments.moments import Moment
from huitou.segments.nodes import Compare, FactSubject, Group, Listed, Sample, Saved, walk
from huitou.segments.parsing import parse
from huitou.segments.restricted import evaluate_for, evaluate_in, excerpt
from huitou.segments.sets import MemberSet
from huitou.warehouse.parameters import bound, parameter
from huitou.warehouse.pruning import pruned
from huitou.warehouse.store import Warehouse, prepare, table

GRIDS = GridSettings()
quickly = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def world() -> worlds.World:
    return worlds.world_of(0)


@pytest.fixture(scope="module")
def warehouse(world: worlds.World) -> Iterator[Warehouse]:
    with world.warehouse() as opened:
        yield opened


def rule(leaf: Any) -> Any:
    return parse({"version": 1, "rule": leaf})


def orders(operator: str, value: Any, days: int = 0, *where: Any, **more: Any) -> dict[str, Any]:
    return {
        "kind": "trades",
        "basis": "paid",
        "measure": "orders",
        "operator": operator,
        "value": value,
        "where": list(where),
        "window": {"kind": "last", "n": days, "unit": "day"} if days else {"kind": "ever"},
        **more,
    }


def numbers(members: MemberSet) -> set[int]:
    return set(members.numbers().tolist())


def freshly(warehouse: Warehouse, leaf: Any, moment: Moment) -> set[int]:
    """A leaf with every constant in place, wide, compiled for this one question."""
    view = view_of(warehouse, moment, Scope.everything())
    everybody = evaluate(warehouse, Group("all", ()), Question(moment)).members
    asked = answer(leaf, view, GRIDS)
    found = MemberSet.of(warehouse.fetch(asked.rows)["member"].to_pylist())
    return numbers(everybody - found if asked.complement else everybody & found)


# Kept queries


@settings(quickly, max_examples=60)
@given(st.data())
def test_a_kept_query_says_what_a_fresh_one_does(
    world: worlds.World, warehouse: Warehouse, data: st.DataObject
) -> None:
    moment = data.draw(worlds.moments(world))
    tree = parse(trees.document(data.draw(trees.leaves())))
    for _path, leaf in walk(tree):
        if not isinstance(leaf, Group | Listed | Sample | Saved):
            found = numbers(evaluate(warehouse, leaf, Question(moment)).members)
            assert found == freshly(warehouse, leaf, moment)


EDITED = [
    orders("ge", 1),
    orders("ge", 2),
    orders("ge", 3),
    orders("ge", 2, 400),
    orders("ge", 2, 30),
    orders("eq", 0, 30),
    orders("le", 2),
    orders("between", [1, 2]),
    orders("between", [0, 1]),
    orders("ge", 1, 0, {"field": "shop", "operator": "any_of", "value": ["1"]}),
    orders("ge", 1, 0, {"field": "shop", "operator": "any_of", "value": ["2"]}),
    orders("ge", 1, 0, {"field": "shop", "operator": "none_of", "value": ["2"]}),
    orders("ge", 1, 0, {"field": "shop", "operator": "any_of", "value": ["2", "02", "x"]}),
    orders("ge", 1, 0, {"field": "order_amount", "operator": "ge", "value": 10}),
    orders("ge", 1, 0, {"field": "order_amount", "operator": "ge", "value": 9.99}),
    orders("ge", 1, 0, {"field": "order_amount", "operator": "lt", "value": 33.3333}),
    orders("ge", 1, 0, {"field": "order_amount", "operator": "lt", "value": 33.333301}),
    orders("ge", 0.5, measure="share_of_orders"),
    orders("ge", 0.25, 0, {"field": "hour", "operator": "ge", "value": 12}, measure="share_of_orders"),
    orders("ge", 50, measure="amount"),
    orders("ge", 50.5, measure="amount"),
    orders("le", 100, measure="average"),
    orders("le", 33.3333, measure="average"),
]  # fmt: skip


@pytest.mark.parametrize("leaf", EDITED, ids=str)
def test_constants_of_every_kind(warehouse: Warehouse, leaf: dict[str, Any]) -> None:
    for day in (worlds.LAST_DAY, date(2024, 2, 29)):
        moment = Moment.end_of(day, worlds.SHANGHAI)
        found = numbers(evaluate(warehouse, rule(leaf), Question(moment)).members)
        assert found == freshly(warehouse, rule(leaf), moment)


def test_another_constant_and_another_day_compile_nothing(warehouse: Warehouse) -> None:
    def ask(leaf: dict[str, Any], day: date) -> None:
        evaluate(warehouse, rule(leaf), Question(Moment.end_of(day, worlds.SHANGHAI)))

    queries._for_any_moment.cache_clear()  # what other tests of the process compiled
    later = worlds.LAST_DAY + timedelta(days=10)
    ask(orders("ge", 2, 30), later)
    compiled = queries._for_any_moment.cache_info().misses
    for days, least in ((40, 2), (7, 2), (400, 5)):
        ask(orders("ge", least, days), later + timedelta(days=least))
    assert queries._for_any_moment.cache_info().misses == compiled
    ask(orders("ge", 1, 30), later)  # asks for any order at all: a query of another form
    assert queries._for_any_moment.cache_info().misses == compiled + 1


def test_what_needs_the_moment_is_compiled_for_it(warehouse: Warehouse) -> None:
    leaf = {"kind": "cell", "grid": "season_group", "cells": ["best", "general"]}
    for day in (worlds.LAST_DAY, date(2023, 2, 4), date(2023, 2, 5)):
        moment = Moment.end_of(day, worlds.SHANGHAI)
        found = numbers(evaluate(warehouse, rule(leaf), Question(moment)).members)
        assert found == freshly(warehouse, rule(leaf), moment)


def test_the_cut_points_of_the_grids_are_told_apart(warehouse: Warehouse) -> None:
    leaf = rule({"kind": "cell", "grid": "lifecycle", "cells": ["active"]})
    moment = Moment.end_of(worlds.LAST_DAY, worlds.SHANGHAI)
    usual = evaluate(warehouse, leaf, Question(moment)).members
    wide = replace(GRIDS, new_days=1, lifecycle=(700, 800, 900))
    assert len(evaluate(warehouse, leaf, Question(moment, grids=wide)).members) > len(usual)
    assert evaluate(warehouse, leaf, Question(moment)).members == usual


def test_parameters_can_be_bound_as_literals(warehouse: Warehouse) -> None:
    members = table("member")
    asked = members.filter(members.member <= parameter("most", "int64")).select("member")
    assert set(warehouse.numbers(prepare(asked), {"most": 3}).tolist()) == {1, 2, 3}
    assert set(warehouse.fetch(bound(asked, {"most": 2}))["member"].to_pylist()) == {1, 2}


# Pruned columns


def test_pruning_keeps_rows_and_columns(warehouse: Warehouse) -> None:
    trades, lines = table("trade"), table("trade_line")
    orders_ = trades.select(order=trades.trade, shop=trades.shop, status=trades.status)
    joined = lines.inner_join(orders_, lines.trade == orders_.order)
    both = joined.filter(joined.status != "unpaid", joined.is_paid)
    counted = both.group_by("member").aggregate(n=both.count(), items=both.item.nunique())
    for expr in (
        counted.filter(counted.n > 1).select("member"),
        counted,
        trades.select("member").union(lines.select("member"), distinct=True),
        trades.semi_join(lines, "trade").order_by(ibis.desc("trade")).limit(3).select("trade"),
        trades.anti_join(lines.filter(lines.qty > 1), "trade").aggregate(n=ibis._.count()),
        trades.select("member", "shop").distinct().group_by("member").aggregate(n=ibis._.count()),
        trades.mutate(
            place=ibis.row_number().over(
                ibis.window(group_by=trades.member, order_by=[trades.created_at, trades.trade])
            )
        )
        .filter(ibis._.place == 0)
        .select("member", "trade"),
        trades,
    ):
        small = pruned(expr)
        assert small.schema() == expr.schema()
        assert rows_of(warehouse, small) == rows_of(warehouse, expr)


def rows_of(warehouse: Warehouse, expr: ibis.Table) -> list[str]:
    return sorted(map(str, warehouse.rows(expr)))


def test_pruning_drops_what_nobody_reads() -> None:
    trades = table("trade")
    rows = trades.mutate(moment=trades.paid_at).filter(ibis._.is_paid).select("member")
    assert "receiver_ref" in ibis.duckdb.compile(rows.op().parent.to_expr())
    sql = prepare(rows).sql
    assert "is_paid" in sql
    assert "receiver_ref" not in sql
    assert "paid_at" not in sql


# Kept sets


def buy(warehouse: Warehouse, trade: int, member: int) -> None:
    paid = worlds.LAST_DAY
    with warehouse.writing() as writer:
        writer.insert(
            "trade",
            pa.table(
                {
                    "trade": [trade],
                    "member": [member],
                    "shop": pa.array([1], pa.int32()),
                    "is_paid": [True],
                    "status": ["finished"],
                    "paid_at": pa.array([paid], pa.date32()).cast(pa.timestamp("us")),
                    "paid_day": pa.array([paid], pa.date32()),
                }
            ),
        )


def member_rows(warehouse: Warehouse, count: int) -> None:
    with warehouse.writing() as writer:
        writer.insert("member", pa.table({"member": list(range(1, count + 1))}))


@pytest.fixture
def empty() -> Iterator[Warehouse]:
    opened = Warehouse.in_memory()
    member_rows(opened, 5)
    yield opened
    opened.close()


BOUGHT = rule(orders("ge", 1, 30))
TODAY = Question(Moment.end_of(worlds.LAST_DAY, worlds.SHANGHAI))


def test_a_set_holds_until_one_of_its_tables_changes(empty: Warehouse) -> None:
    buy(empty, 1, 2)
    first = evaluate(empty, BOUGHT, TODAY)
    assert numbers(first.members) == {2}
    assert evaluate(empty, BOUGHT, TODAY).members is first.members
    with empty.writing() as writer:
        writer.insert("visit", pa.table({"visit": [1], "member": [3]}))
    assert evaluate(empty, BOUGHT, TODAY).members is first.members
    buy(empty, 2, 4)
    assert numbers(evaluate(empty, BOUGHT, TODAY).members) == {2, 4}


def test_a_set_read_in_an_old_snapshot_is_not_taken_for_new(empty: Warehouse) -> None:
    buy(empty, 1, 2)
    with empty.snapshot():
        assert numbers(evaluate(empty, rule(orders("eq", 0, 30)), TODAY).members) == {1, 3, 4, 5}
        writer = threading.Thread(target=buy, args=(empty, 2, 4))
        writer.start()
        writer.join()
        assert numbers(evaluate(empty, BOUGHT, TODAY).members) == {2}  # still that moment
    assert numbers(evaluate(empty, BOUGHT, TODAY).members) == {2, 4}


def test_versions_within_a_snapshot_are_of_its_moment(empty: Warehouse) -> None:
    buy(empty, 1, 2)
    with empty.snapshot():
        before = empty.versions(["trade"])
        writer = threading.Thread(target=buy, args=(empty, 2, 4))
        writer.start()
        writer.join()
        assert empty.versions(["trade"]) == before
    assert empty.versions(["trade"]) > before


def test_a_failed_write_leaves_what_was_read_readable(empty: Warehouse) -> None:
    buy(empty, 1, 2)
    assert numbers(evaluate(empty, BOUGHT, TODAY).members) == {2}
    with pytest.raises(RuntimeError):
        break_off(empty)
    assert numbers(evaluate(empty, BOUGHT, TODAY).members) == {2}


def break_off(warehouse: Warehouse) -> None:
    with warehouse.writing() as writer:
        writer.delete("trade", ["trade"], table("trade"))
        raise RuntimeError


# Excerpts


def test_an_excerpt_copies_what_is_read_only(warehouse: Warehouse) -> None:
    moment = Moment.end_of(worlds.LAST_DAY, worlds.SHANGHAI)
    whole = evaluate(warehouse, BOUGHT, Question(moment)).members
    with excerpt(warehouse, [1, 2, 3]) as small:
        found = evaluate_in(small, warehouse, BOUGHT, Question(moment)).members
        assert numbers(found) == numbers(whole) & {1, 2, 3}
        assert small._held == {"member", "trade"}
        assert small.scalar(table("visit").count()) <= warehouse.scalar(table("visit").count())
        assert small._held == {"member", "trade", "visit"}


def test_an_excerpt_is_of_one_moment(empty: Warehouse) -> None:
    buy(empty, 1, 2)
    with excerpt(empty, [2, 4]) as small:
        buy(empty, 2, 4)
        assert numbers(evaluate_in(small, empty, BOUGHT, TODAY).members) == {2}
    assert numbers(evaluate_for(empty, BOUGHT, TODAY, [2, 4]).members) == {2, 4}


def test_an_excerpt_within_a_snapshot_is_of_the_snapshot(empty: Warehouse) -> None:
    buy(empty, 1, 2)
    with empty.snapshot():
        evaluate(empty, BOUGHT, TODAY)
        writer = threading.Thread(target=buy, args=(empty, 2, 4))
        writer.start()
        writer.join()
        with excerpt(empty, [2, 4]) as small:
            assert numbers(evaluate_in(small, empty, BOUGHT, TODAY).members) == {2}


def test_nobody_and_many(warehouse: Warehouse) -> None:
    moment = Moment.end_of(worlds.LAST_DAY, worlds.SHANGHAI)
    assert not evaluate_for(warehouse, BOUGHT, Question(moment), []).members
    everybody = evaluate(warehouse, BOUGHT, Question(moment)).members
    many = evaluate_for(warehouse, BOUGHT, Question(moment), range(1, 5_000)).members
    assert many == everybody


def test_shapes_see_no_constants() -> None:
    from huitou.segments.shapes import free

    moment = Moment.end_of(worlds.LAST_DAY, worlds.SHANGHAI)
    leaf = rule(orders("ge", 7, 30, {"field": "city", "operator": "any_of", "value": ["绍兴"]}))
    assert isinstance(leaf, Compare)
    assert isinstance(leaf.subject, FactSubject)
    shaped = free(leaf, moment)
    assert "绍兴" not in repr(shaped.shape)
    assert set(map(str, shaped.values.values())) >= {"7", "绍兴"}

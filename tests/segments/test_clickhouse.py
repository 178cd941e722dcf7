"""ClickHouse's own engine gives every leaf expression the same answer as DuckDB.

What cannot be equal is declared in ``GAPS`` by name; one that has become equal fails the test.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import ibis
import pytest
from tests.segments import gallery, trees, worlds
from tests.support.clickhouse import ClickHouse, copy_of

from huitou.accounts.scopes import Scope
from huitou.segments.evaluator import view_of
from huitou.segments.facts import View
from huitou.segments.grids import GridSettings
from huitou.segments.leaves import answer, known_members, subject_values
from huitou.segments.moments import Moment
from huitou.segments.nodes import AttributeSubject, Compare, Rank, Sequence, TagNode
from huitou.segments.parsing import parse
from huitou.warehouse.schema import TABLES
from huitou.warehouse.store import Warehouse

GAPS: Final[dict[str, str]] = {}
"""Names of the gallery whose answers differ, with the reason."""

NOW: Final = worlds.LAST_DAY
THEN: Final = date(2024, 3, 1)
RULES: Final = gallery.rules()
SUBJECTS: Final = gallery.subjects()
Both = tuple[Warehouse, ClickHouse]


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    """The same world in both engines; its zone has daylight-saving time."""
    with worlds.world_of(1).warehouse() as warehouse, copy_of(warehouse) as clickhouse:
        yield warehouse, clickhouse


def named(names: Any) -> list[Any]:
    marks = {name: pytest.mark.xfail(reason=reason, strict=True) for name, reason in GAPS.items()}
    return [pytest.param(name, marks=marks.get(name, ())) for name in names]


def view_at(day: date, warehouse: Warehouse) -> View:
    moment = Moment.end_of(day, worlds.world_of(1).zone)
    return view_of(warehouse, moment, Scope.everything())


def test_both_hold_the_same_rows(both: Both) -> None:
    for name in TABLES:
        same(both, ibis.table(TABLES[name], name=name))


@pytest.mark.parametrize("name", named(SUBJECTS))
def test_the_value_of_every_subject(both: Both, name: str) -> None:
    same(both, subject_values(SUBJECTS[name], view_at(NOW, both[0]), GridSettings()).table)


PAST: Final = [
    name
    for name, subject in SUBJECTS.items()
    if not isinstance(subject, AttributeSubject) and "events" not in name
]


@pytest.mark.parametrize("name", named(PAST[::3]))
def test_values_at_a_past_moment(both: Both, name: str) -> None:
    same(both, subject_values(SUBJECTS[name], view_at(THEN, both[0]), GridSettings()).table)


@pytest.mark.parametrize("name", named(RULES))
def test_the_answer_of_every_rule(both: Both, name: str) -> None:
    leaf = parse(trees.document(RULES[name]))
    assert isinstance(leaf, Compare | Sequence | Rank | TagNode)
    same(both, answer(leaf, view_at(NOW, both[0]), GridSettings()).rows, is_set=True)


@pytest.mark.parametrize("day", [NOW, THEN])
@pytest.mark.parametrize("shops", [None, [1], []])
def test_who_is_known(both: Both, day: date, shops: list[int] | None) -> None:
    scope = Scope.everything() if shops is None else Scope.only(shops)
    moment = Moment.end_of(day, worlds.world_of(1).zone)
    same(both, known_members(view_of(both[0], moment, scope)), is_set=True)


def test_the_gallery_is_not_empty(both: Both) -> None:
    """Equal answers show little where nobody holds."""
    view = view_at(NOW, both[0])
    leaves = [parse(trees.document(rule)) for rule in list(RULES.values())[::9]]
    answers = [answer(leaf, view, GridSettings()).rows for leaf in leaves]  # type: ignore[arg-type]
    found = [both[0].fetch(rows).num_rows > 0 for rows in answers]
    assert sum(found) > len(found) * 0.6


def same(both: Both, rows: ibis.Table, *, is_set: bool = False) -> None:
    """Both engines have the same rows, in whatever order; floats may differ in the last bits."""
    warehouse, clickhouse = both
    expected, found = (plain(engine.fetch(rows).to_pylist()) for engine in (warehouse, clickhouse))
    if is_set:
        assert set(map(repr, found)) == set(map(repr, expected))
        return
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert all(map(alike, one, other)), (one, other)


def plain(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    found = [tuple(row.values()) for row in rows]
    return sorted(
        found,
        key=lambda row: [f"{one:.9f}" if isinstance(one, float) else repr(one) for one in row],
    )


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    return bool(one == other)

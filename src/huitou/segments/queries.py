"""The compiled query of a leaf, kept under the leaf's shape for the life of the process.

One cache for all warehouses: the tables are the same in each, and so excerpts need no compiling.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from huitou.segments.facts import View
from huitou.segments.grids import GridSettings
from huitou.segments.leaves import Answer, answer, known_members
from huitou.segments.shapes import Asked, Shape, fixed, free
from huitou.segments.slots import CUT, DAY, AnyMoment, NeedsMoment
from huitou.warehouse.store import Query, prepare

MOST_QUERIES: Final = 4_096
"""Kept; each has some kilobytes."""


@dataclass(frozen=True)
class Prepared:
    """A query for member numbers: of those for whom the leaf holds or, if ``complement``, does not."""

    query: Query
    complement: bool


@dataclass(frozen=True)
class Ready:
    """A prepared query with the constants of one leaf."""

    prepared: Prepared
    values: Mapping[str, Any]


def ready(leaf: Asked, view: View, grids: GridSettings) -> Ready:
    """The query of a leaf, built and compiled only if its shape is new."""
    shaped = free(leaf, view.moment)
    found = _for_any_moment(shaped.shape, _open(view), grids)
    if found is None:
        shaped = fixed(leaf, view.moment)
        found = _for_one_moment(shaped.shape, view, grids)
    return Ready(found, shaped.values)


def everybody(view: View) -> Ready:
    """The query of all members that the view knows."""
    values = {CUT.label: view.moment.cut, DAY.label: view.moment.day}
    return Ready(_everybody(_open(view)), values)


def forget() -> None:
    """Let go of every kept query: to measure what the first question of a process costs."""
    for kept in (_for_any_moment, _for_one_moment, _everybody):
        kept.cache_clear()


def _open(view: View) -> View:
    moment: Any = AnyMoment(view.zone)
    return replace(view, moment=moment)


@lru_cache(maxsize=MOST_QUERIES)
def _for_any_moment(shape: Shape, view: View, grids: GridSettings) -> Prepared | None:
    """None: it needs to know the moment."""
    try:
        return _prepared(answer(shape, view, grids))
    except NeedsMoment:
        return None


@lru_cache(maxsize=MOST_QUERIES)
def _for_one_moment(shape: Shape, view: View, grids: GridSettings) -> Prepared:
    return _prepared(answer(shape, view, grids))


@lru_cache(maxsize=64)
def _everybody(view: View) -> Prepared:
    return _prepared(Answer(known_members(view)))


def _prepared(found: Answer) -> Prepared:
    return Prepared(prepare(found.rows), found.complement)

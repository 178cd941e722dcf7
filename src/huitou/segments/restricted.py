"""The second evaluator: the same expressions over the facts of a few members only.

For decisions that cannot wait for a scan (a live tag, a journey's condition, "why is this member in?")
and for refreshing saved segments after some members changed. What depends on everybody — ranks, the
cycle of all members — is asked of the whole warehouse and cut down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from huitou.segments.evaluator import Outcome, Question, evaluate, view_of
from huitou.segments.leaves import is_global
from huitou.segments.nodes import Group, Leaf, Listed, Node, Saved
from huitou.segments.sets import MemberSet
from huitou.warehouse.duckdb import Engine
from huitou.warehouse.schema import TABLES
from huitou.warehouse.store import Query, Read, Warehouse, prepare, table, tables_of

ASKED: Final = "excerpt_members"
"""The name under which the members are given to the queries that copy."""


class Excerpt(Warehouse):
    """A warehouse in memory that holds all facts of some members, and no others.

    A table is copied when something first reads it: most rules read one or two of the thirty. For the
    thread that made it.
    """

    def __init__(self, members: Iterable[int], read: Read) -> None:
        super().__init__(Engine(None), None)
        self.members = MemberSet.of(members)
        self._asked = {ASKED: pa.table({"member": self.members.numbers()})}
        self._read = read
        self._held: set[str] = set()

    def fetch(self, expr: ibis.Table) -> pa.Table:
        self._copy(tables_of(expr))
        return super().fetch(expr)

    def numbers(
        self, query: Query, values: Mapping[str, Any] | None = None
    ) -> npt.NDArray[np.int64]:
        self._copy(query.tables)
        return super().numbers(query, values)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """It never changes, but for tables that are still to be copied."""
        yield

    def _copy(self, tables: Iterable[str]) -> None:
        for name in tables:
            if name not in self._held:
                self._connection().copy_table(name, self._read(_part(name), self._asked))
                self._held.add(name)


@cache
def _part(name: str) -> Query:
    """What an excerpt has of a table."""
    rows = table(name)
    asked = ibis.table({"member": "int64"}, name=ASKED)
    if "member" in TABLES[name].names:
        rows = rows.semi_join(asked, "member")
    elif name == "parcel_event":  # what parcels were in the past
        rows = rows.semi_join(table("parcel").semi_join(asked, "member"), "parcel")
    return prepare(rows)


@contextmanager
def excerpt(warehouse: Warehouse, members: Iterable[int]) -> Iterator[Excerpt]:
    """All facts of these members, as the thread's snapshot has them or as they are now."""
    with warehouse.frozen() as read:
        small = Excerpt(members, read)
        try:
            yield small
        finally:
            small.close()


def evaluate_for(
    warehouse: Warehouse, rule: Node, question: Question, members: Iterable[int]
) -> Outcome:
    """Ask a rule of these members only: the outcome's universe is those of them who are known."""
    with excerpt(warehouse, members) as small:
        return evaluate_in(small, warehouse, rule, question)


def evaluate_in(small: Warehouse, warehouse: Warehouse, rule: Node, question: Question) -> Outcome:
    """The same with an excerpt that several rules share."""
    assert isinstance(small, Excerpt)
    latest = view_of(warehouse, question.moment, question.scope).latest
    return evaluate(small, _localised(rule, small, warehouse, question), question, latest=latest)


def _localised(node: Node, small: Excerpt, warehouse: Warehouse, question: Question) -> Node:
    """The rule with every leaf that depends on everybody replaced by its answer."""
    if isinstance(node, Group):
        return Group(
            node.kind, tuple(_localised(one, small, warehouse, question) for one in node.children)
        )
    if is_global(node):
        return _listed(evaluate(warehouse, node, question).members & small.members)
    return node


def _listed(members: MemberSet) -> Leaf:
    return Listed(tuple(members.numbers().tolist()))


__all__ = ["Excerpt", "Saved", "evaluate_for", "evaluate_in", "excerpt"]

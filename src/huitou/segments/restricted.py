"""The second evaluator: the same expressions over the facts of a few members only.

For decisions that cannot wait for a scan (a live tag, a journey's condition, "why is this member in?")
and for refreshing saved segments after some members changed. What depends on everybody — ranks, the
cycle of all members — is asked of the whole warehouse and cut down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import ibis
import numpy as np
import pyarrow as pa

from huitou.segments.evaluator import Outcome, Question, evaluate, view_of
from huitou.segments.leaves import is_global
from huitou.segments.nodes import Group, Leaf, Listed, Node, Saved
from huitou.segments.sets import MemberSet
from huitou.warehouse.schema import TABLES
from huitou.warehouse.store import Warehouse, table

_WHOLE = ("shop", "item")
_LEFT_OUT = (
    "identity_link",
    "profile",
    "feed",
    "batch",
    "item_version",
    "meta",
)


@contextmanager
def excerpt(warehouse: Warehouse, members: Iterable[int]) -> Iterator[Warehouse]:
    """A warehouse in memory that holds all facts of these members, and no others."""
    numbers = sorted({int(one) for one in members})
    asked = pa.table({"member": pa.array(numbers, pa.int64())})

    def of_them(rows: ibis.Table) -> ibis.Table:
        if len(numbers) <= 200:
            return rows.filter(rows.member.isin(numbers))
        return rows.semi_join(ibis.memtable(asked), "member")

    small = Warehouse.in_memory()
    try:
        with warehouse.snapshot(), small.writing() as writer:
            for name, schema in TABLES.items():
                if name in _LEFT_OUT:
                    continue
                rows = table(name)
                if "member" in schema.names:
                    rows = of_them(rows)
                elif name == "parcel_event":  # what parcels were in the past
                    rows = rows.semi_join(of_them(table("parcel")), "parcel")
                elif name not in _WHOLE:
                    continue
                found = warehouse.fetch(rows)
                if found.num_rows:
                    writer.insert(name, found)
        yield small
    finally:
        small.close()


def evaluate_for(
    warehouse: Warehouse, rule: Node, question: Question, members: Iterable[int]
) -> Outcome:
    """Ask a rule of these members only: the outcome's universe is those of them who are known."""
    numbers = np.asarray(sorted({int(one) for one in members}), np.int64)
    with excerpt(warehouse, numbers.tolist()) as small:
        return evaluate_in(small, warehouse, rule, question)


def evaluate_in(small: Warehouse, warehouse: Warehouse, rule: Node, question: Question) -> Outcome:
    """The same with an excerpt that several rules share."""
    latest = view_of(warehouse, question.moment, question.scope).latest
    return evaluate(small, _localised(rule, warehouse, question), question, latest=latest)


def _localised(node: Node, warehouse: Warehouse, question: Question) -> Node:
    """The rule with every leaf that depends on everybody replaced by its answer."""
    if isinstance(node, Group):
        return Group(
            node.kind, tuple(_localised(one, warehouse, question) for one in node.children)
        )
    if is_global(node):
        return _listed(evaluate(warehouse, node, question).members)
    return node


def _listed(members: MemberSet) -> Leaf:
    return Listed(tuple(members.numbers().tolist()))


__all__ = ["Saved", "evaluate_for", "evaluate_in", "excerpt"]

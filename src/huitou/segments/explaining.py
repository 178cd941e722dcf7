"""Why is this member in, or not: the tree with a tick or a cross on every node, and the value found."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from huitou.kernel.i18n import Text, active_language, translate
from huitou.segments.asking import Asked
from huitou.segments.catalogue import ATTRIBUTES
from huitou.segments.evaluator import Outcome, view_of
from huitou.segments.facts import View
from huitou.segments.grids import GRIDS
from huitou.segments.leaves import is_global, subject_values, tags_in_force
from huitou.segments.names import Names
from huitou.segments.nodes import (
    AttributeSubject,
    Compare,
    GridSubject,
    Group,
    Node,
    Rank,
    Sample,
    Subject,
    TagNode,
)
from huitou.segments.parsing import as_json, type_of
from huitou.segments.restricted import evaluate_in, excerpt
from huitou.segments.samples import BUCKETS, buckets
from huitou.segments.sentences import sentences, shown, unit_of
from huitou.warehouse.store import Warehouse

Json = dict[str, Any]
MOST_SHOWN = 20


def explained(asked: Asked, member: int, names: Names) -> Json:
    """``{member, in, tree}`` of one member that exists."""
    with asked.warehouse.snapshot(), excerpt(asked.warehouse, [member]) as small:
        outcome = evaluate_in(small, asked.warehouse, asked.rule, asked.question)
        teller = _Teller(asked, small, member, names, outcome)
        return {
            "member": str(member),
            "in": member in outcome.members,
            "tree": teller.node(asked.rule, "/rule"),
        }


class _Teller:
    def __init__(
        self, asked: Asked, small: Warehouse, member: int, names: Names, outcome: Outcome
    ) -> None:
        self._asked = asked
        self._small = small
        self._member = member
        self._names = names
        self._outcome = outcome
        self._said = sentences(asked.rule, names)
        self._view = view_of(asked.warehouse, asked.question.moment, asked.question.scope)

    def node(self, node: Node, path: str) -> Json:
        inner = node.children if isinstance(node, Group) else ()
        return {
            "path": path,
            "kind": as_json(node)["kind"],
            "sentence": translate(self._said[path]),
            "holds": self._member in self._outcome.by_path[path],
            "value": self._value(node),
            "children": [
                self.node(child, f"{path}/children/{at}") for at, child in enumerate(inner)
            ],
        }

    def _value(self, node: Node) -> str | None:
        if isinstance(node, Compare):
            whole = is_global(node)
            return self._found(node.subject, self._asked.warehouse if whole else self._small)
        if isinstance(node, Rank):
            return self._found(node.by, self._small)
        if isinstance(node, TagNode):
            held = tags_in_force(self._view)
            rows = self._small.rows(held.filter(held.member == self._member).select("tag"))
            tags = [self._names("tag", str(row["tag"])) for row in rows]
            return _several(sorted(tags)) if tags else translate(Text("没有标签", "no tags"))
        if isinstance(node, Sample):
            import numpy as np

            bucket = int(buckets(np.asarray([self._member], np.int64), node.salt)[0])
            return translate(shown("share", Decimal(bucket) / BUCKETS))
        return None

    def _found(self, subject: Subject, warehouse: Warehouse) -> str:
        view: View = self._view
        values = subject_values(subject, view, self._asked.question.grids)
        mine = values.table.filter(values.table.member == self._member)
        rows = warehouse.rows(mine.limit(MOST_SHOWN + 1))
        kind = type_of(subject)[0]
        unknown = translate(Text("未知", "not known"))
        if kind == "birthday":
            return _birthday(rows[0]) if rows else unknown
        if kind == "set":
            named = [self._named(subject, str(row["value"])) for row in rows]
            return _several(sorted(named)) if named else translate(Text("没有", "none"))
        value = rows[0]["value"] if rows else None
        if value is None:
            value = values.zero
        if value is None:
            return unknown
        if kind == "flag":
            return translate(shown(kind, bool(value)))
        if isinstance(value, str):
            return self._named(subject, value)
        return translate(shown(kind, _exact(value), unit_of(subject)))

    def _named(self, subject: Subject, code: str) -> str:
        if isinstance(subject, GridSubject):
            return translate(GRIDS[subject.grid].cells[code])
        if isinstance(subject, AttributeSubject):
            attribute = ATTRIBUTES[subject.attribute]
            if attribute.choices is not None:
                return translate(attribute.choices.get(code, Text(code, code)))
            return self._names(attribute.pick, code)
        return code


def _exact(value: Any) -> Any:
    """A float with no more decimals than can be meant."""
    return round(value, 6) if isinstance(value, float) else value


def _birthday(row: Json) -> str:
    day = f"{row['month']:02d}-{row['day']:02d}"
    lunar = translate(Text("农历", "lunar")) if row["lunar"] else ""
    return f"{lunar} {day}".strip()


def _several(names: list[str]) -> str:
    mark = "、" if active_language() == "zh" else ", "
    more = " …" if len(names) > MOST_SHOWN else ""
    return mark.join(names[:MOST_SHOWN]) + more

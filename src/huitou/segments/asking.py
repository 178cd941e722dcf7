"""From a document to a question that can be asked: parsed, checked, with a moment and a scope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from huitou.accounts import shops
from huitou.accounts.scopes import Scope
from huitou.kernel.i18n import translate
from huitou.segments import cuts, saved
from huitou.segments.evaluator import Outcome, Question, evaluate
from huitou.segments.moments import Moment
from huitou.segments.names import Names
from huitou.segments.nodes import (
    AttributeSubject,
    Compare,
    FactSubject,
    Group,
    Node,
    Rank,
    Sequence,
    walk,
)
from huitou.segments.parsing import parse
from huitou.segments.sentences import sentences
from huitou.segments.sets import MemberSet
from huitou.segments.windows import Window
from huitou.warehouse.store import Warehouse

EVERYBODY = Group("all", ())


@dataclass(frozen=True)
class Asked:
    """A rule and the question it is asked with."""

    warehouse: Warehouse
    rule: Node
    question: Question

    @property
    def day(self) -> date:
        return self.question.moment.day

    def outcome(self) -> Outcome:
        return evaluate(self.warehouse, self.rule, self.question)

    def members(self) -> MemberSet:
        return self.outcome().members


def ask(
    warehouse: Warehouse,
    document: Any,
    *,
    scope: Scope,
    now: datetime,
    as_of: date | None = None,
    of: int | None = None,
) -> Asked:
    """Read a document. ``of``: the segment whose rule it is. Raises ``Wrong``, at a node."""
    rule = parse(document)
    saved.check(rule, of=of)
    return Asked(warehouse, rule, question(warehouse, rule, scope=scope, now=now, as_of=as_of))


def question(
    warehouse: Warehouse,
    rule: Node,
    *,
    scope: Scope,
    now: datetime,
    as_of: date | None = None,
) -> Question:
    """The question for a rule: at the end of a brand day, or this very minute where it names minutes."""
    moment = moment_of(rule, now=now, as_of=as_of)
    return saved.Shelf(warehouse, moment, scope, cuts.current()).question()


def moment_of(rule: Node, *, now: datetime, as_of: date | None = None) -> Moment:
    """The end of the day asked for, or of today: what a count shows is the same all day.

    A rule with a window in minutes or hours is asked for this minute instead, unless a day is given.
    """
    zone = shops.zone()
    if as_of is not None:
        return Moment.end_of(as_of, zone)
    if is_restless(rule):
        return Moment(now.replace(second=0, microsecond=0), zone)
    return Moment.today(now, zone)


def is_restless(rule: Node) -> bool:
    """Whether a rule's answer changes within a day though nothing happens."""
    return any(window.is_exact for window in windows(rule))


def windows(rule: Node) -> Iterator[Window]:
    """Every window that a rule names."""
    for _path, node in walk(rule):
        if isinstance(node, Compare | Rank):
            subject = node.subject if isinstance(node, Compare) else node.by
            if isinstance(subject, AttributeSubject | FactSubject) and subject.window is not None:
                yield subject.window
            if isinstance(node, Compare) and isinstance(node.operand, Window):
                yield node.operand
        elif isinstance(node, Sequence):
            yield node.window


def described(rule: Node, names: Names) -> dict[str, Any]:
    """``{sentence, nodes: [{path, sentence}]}`` in the active language."""
    said = {path: translate(text) for path, text in sentences(rule, names).items()}
    return {
        "sentence": said["/rule"],
        "nodes": [{"path": path, "sentence": sentence} for path, sentence in said.items()],
    }


def counted(asked: Asked, names: Names) -> dict[str, Any]:
    """How many satisfy the rule, each of its nodes, and what each leaves of its group."""
    outcome = asked.outcome()
    everyone = len(outcome.universe)
    said = {path: translate(text) for path, text in sentences(asked.rule, names).items()}
    left = remaining(asked.rule, outcome)
    return {
        "count": len(outcome.members),
        "universe": everyone,
        "share": _share(len(outcome.members), everyone),
        "as_of": asked.day,
        "sentence": said["/rule"],
        "nodes": [
            {
                "path": path,
                "count": len(outcome.by_path[path]),
                "share": _share(len(outcome.by_path[path]), everyone),
                "sentence": said[path],
                "remaining": left[path],
            }
            for path, _node in walk(asked.rule)
        ],
    }


def remaining(rule: Node, outcome: Outcome) -> dict[str, int]:
    """By path: how many of its group are left when this child and those before it have been asked."""
    left = {"/rule": len(outcome.members)}
    for path, node in walk(rule):
        if not isinstance(node, Group):
            continue
        so_far = outcome.universe if node.kind != "any" else MemberSet.empty()
        for at in range(len(node.children)):
            child = outcome.by_path[f"{path}/children/{at}"]
            if node.kind == "all":
                so_far = so_far & child
            else:
                so_far = so_far - child if node.kind == "none" else so_far | child
            left[f"{path}/children/{at}"] = len(so_far)
    return left


def everybody(warehouse: Warehouse, *, scope: Scope, now: datetime) -> MemberSet:
    """All members in a scope, as known today."""
    moment = Moment.today(now, shops.zone())
    return evaluate(warehouse, EVERYBODY, Question(moment, scope)).universe


def _share(part: int, whole: int) -> float:
    return round(part / whole, 6) if whole else 0.0

"""Every node as one plain sentence, in Chinese and in English.

``Names`` turns codes that only data can explain (a shop's number, an item, a tag, a segment) into
words; without it the codes stand for themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from huitou.kernel.i18n import Text
from huitou.segments.catalogue import ATTRIBUTES
from huitou.segments.grids import GRIDS
from huitou.segments.nodes import (
    AttributeSubject,
    Compare,
    Condition,
    FactSubject,
    GridSubject,
    Group,
    IntervalSubject,
    Listed,
    Node,
    Rank,
    Sample,
    Saved,
    Step,
    Subject,
    TagNode,
)
from huitou.segments.nodes import Sequence as SequenceNode
from huitou.segments.operators import OPERATORS, ValueType
from huitou.segments.other_facts import ALIKE
from huitou.segments.parsing import type_of
from huitou.segments.registry import FACTS
from huitou.segments.windows import Window

Names = Callable[[str, str], str]
"""(what, code) → its name; ``what`` is "shop", "item", "tag", "segment", "store" …"""

MOST_SHOWN = 5
_ENDS_IN_LETTERS = ("天", "岁")
"""Units in letters: Chinese sets no space between two."""
_JOIN: Mapping[str, Text] = {"all": Text("，且", ", and "), "any": Text("，或", ", or ")}


def codes_themselves(_what: str, code: str) -> str:
    """The names of those who have none: the codes."""
    return code


def sentence(node: Node, names: Names = codes_themselves) -> Text:
    """The rule in words."""
    return _Speaker(names).node(node, outermost=True)


def sentences(node: Node, names: Names = codes_themselves) -> dict[str, Text]:
    """The sentence of every node by its path."""
    from huitou.segments.nodes import walk

    speaker = _Speaker(names)
    return {path: speaker.node(one, outermost=True) for path, one in walk(node)}


class _Speaker:
    def __init__(self, names: Names) -> None:
        self._names = names

    def node(self, node: Node, *, outermost: bool = False) -> Text:
        if isinstance(node, Group):
            return self._group(node, outermost=outermost)
        if isinstance(node, Compare):
            return self._compare(node)
        if isinstance(node, SequenceNode):
            return self._sequence(node)
        if isinstance(node, Rank):
            return self._rank(node)
        if isinstance(node, TagNode):
            return self._tags(node)
        if isinstance(node, Sample):
            share = _plain(node.end - node.start)
            return Text(
                f"按“{node.salt}”随机抽取的 {share}%（{_plain(node.start)}–{_plain(node.end)}）",
                f"a random {share}% by “{node.salt}” ({_plain(node.start)}–{_plain(node.end)})",
            )
        if isinstance(node, Saved):
            name = self._names("segment", str(node.segment))
            return Text(f"属于人群“{name}”", f"in the segment “{name}”")
        assert isinstance(node, Listed)
        return Text(f"指定的 {len(node.members):,} 位会员", f"{len(node.members):,} given members")

    def _group(self, node: Group, *, outermost: bool) -> Text:
        if not node.children:
            nobody = node.kind == "any"
            return Text("没有人" if nobody else "所有会员", "nobody" if nobody else "all members")
        parts = [self.node(child) for child in node.children]
        if node.kind == "none":
            inner = _joined(parts, Text("，也不", ", nor ")) if len(parts) > 1 else parts[0]
            return Text(f"排除（{inner.zh}）", f"none of ({inner.en})")
        if len(parts) == 1:
            return parts[0]
        found = _joined(parts, _JOIN[node.kind])
        return found if outermost else Text(f"（{found.zh}）", f"({found.en})")

    def _compare(self, node: Compare) -> Text:
        subject, kind = node.subject, type_of(node.subject)[0]
        if isinstance(subject, GridSubject):
            grid = GRIDS[subject.grid]
            cells = [grid.cells[one] for one in node.operand]
            return Text(
                f"{grid.label.zh}是{_either([one.zh for one in cells], '或')}",
                f"{grid.label.en} is {_either([one.en for one in cells], ' or ')}",
            )
        label, unit, name = self._subject(subject), unit_of(subject), _name_source(subject)
        return self._said(label, node.operator, kind, node.operand, unit, name)

    def _said(
        self, subject: Text, operator: str, kind: ValueType, operand: Any, unit: str, source: str
    ) -> Text:
        held = OPERATORS[operator]
        if kind == "set" and operator == "any_of":
            phrase = Text("{subject}有{value}", "{subject} include {value}")
        elif kind == "set" and operator == "none_of":
            phrase = Text("{subject}没有{value}", "{subject} do not include {value}")
        else:
            phrase = held.phrase
        value = self._value(kind, operand, unit, source, every=operator == "all_of")
        zh = phrase.zh
        if value.zh.endswith(_ENDS_IN_LETTERS):
            zh = zh.replace("{value} ", "{value}")
        return Text(
            zh.format(subject=subject.zh, value=value.zh),
            phrase.en.format(subject=subject.en, value=value.en),
        )

    def _value(self, kind: ValueType, operand: Any, unit: str, source: str, *, every: bool) -> Text:
        if operand is None:
            return Text("", "")
        if isinstance(operand, Window):
            return operand.sentence()
        if isinstance(operand, tuple) and len(operand) == 2 and not isinstance(operand[0], str):
            low, high = (shown(kind, one, unit) for one in operand)
            gap = "" if low.zh.endswith(_ENDS_IN_LETTERS) else " "
            return Text(f"{low.zh}{gap}与 {high.zh}", f"{low.en} and {high.en}")
        if isinstance(operand, tuple):
            names = [self._named(source, one) for one in operand]
            return Text(
                _either([one.zh for one in names], "和" if every else "或"),
                _either([one.en for one in names], " and " if every else " or "),
            )
        if isinstance(operand, str):
            return Text(f"“{operand}”", f"“{operand}”")
        return shown(kind, operand, unit)

    def _named(self, source: str, code: str) -> Text:
        kind, _, rest = source.partition(":")
        if kind == "attribute":
            choices, what = ATTRIBUTES[rest].choices, ATTRIBUTES[rest].pick
        elif kind == "field":
            fact, _, field = rest.partition(".")
            choices, what = FACTS[fact].fields[field].choices, field
        else:
            choices, what = None, source
        if choices is not None:
            return choices.get(code, Text(code, code))
        name = self._names(what, code)
        return Text(name, name)

    def _subject(self, subject: Subject) -> Text:
        if isinstance(subject, AttributeSubject):
            attribute = ATTRIBUTES[subject.attribute]
            window = subject.window or attribute.window
            when = window.sentence() if window is not None else Text("", "")
            return _timed(attribute.label, when)
        if isinstance(subject, IntervalSubject):
            what = self._where(subject.where, "trade")
            own = subject.cycle == "own"
            return Text(
                f"{what.zh}距上次购买的天数减去{'本人' if own else '全体的'}复购周期",
                f"days since the last purchase{what.en} less "
                f"{'the member’s own' if own else 'everybody’s'} repurchase cycle",
            )
        assert isinstance(subject, FactSubject)
        fact = FACTS[subject.fact]
        label = fact.measures[subject.measure].label
        if not fact.is_trades and subject.measure in ALIKE:
            label = Text(f"{fact.label.zh}{label.zh}", f"{label.en} of {fact.label.en}")
        basis = Text("", "")
        if subject.basis not in {"paid", "all"}:
            basis = fact.bases[subject.basis]
        where = self._where(subject.where, subject.fact)
        said = Text(
            f"{where.zh}{basis.zh}{label.zh}",
            f"{label.en}{' (' + basis.en + ')' if basis.en else ''}{where.en}",
        )
        return _timed(said, subject.window.sentence())

    def _where(self, where: Sequence[Condition], fact: str) -> Text:
        if not where:
            return Text("", "")
        parts = [self._condition(one, fact) for one in where]
        found = _joined(parts, Text("、", ", "))
        return Text(f"{found.zh}的", f" where {found.en}")

    def _condition(self, one: Condition, fact: str) -> Text:
        field = FACTS[fact].fields[one.field]
        return self._said(
            field.label,
            one.operator,
            field.type,
            one.value,
            field.unit,
            f"field:{fact}.{one.field}",
        )

    def _sequence(self, node: SequenceNode) -> Text:
        first, then = self._step(node.first), self._step(node.then)
        unit = Text("天", "days") if node.unit == "day" else Text("小时", "hours")
        when = node.window.sentence()
        start = _timed(first, when)
        if node.happens:
            return Text(
                f"{start.zh}后 {node.n} {unit.zh}内{then.zh}",
                f"{start.en}, and then {then.en} within {node.n} {unit.en}",
            )
        return Text(
            f"{start.zh}后 {node.n} {unit.zh}内没有{then.zh}",
            f"{start.en}, and then not {then.en} within {node.n} {unit.en}",
        )

    def _step(self, step: Step) -> Text:
        where = self._where(step.where, step.fact)
        phrase = FACTS[step.fact].phrase
        return Text(
            f"{phrase.zh}{'（' + where.zh.removesuffix('的') + '）' if where.zh else ''}",
            f"{phrase.en}{where.en}",
        )

    def _rank(self, node: Rank) -> Text:
        subject = self._subject(node.by)
        top = node.direction == "top"
        unit = Text("%", "%") if node.unit == "percent" else Text(" 名", "")
        n = f"{int(node.n):,}" if node.unit == "members" else _plain(node.n)
        return Text(
            f"按{subject.zh}排在{'前' if top else '后'} {n}{unit.zh}",
            f"in the {'top' if top else 'bottom'} {n}{unit.en} by {subject.en}",
        )

    def _tags(self, node: TagNode) -> Text:
        names = [f"“{self._names('tag', str(tag))}”" for tag in node.tags]
        if node.operator == "none_of":
            return Text(
                f"没有标签{_either(names, '或')}", f"without the tag {_either(names, ' or ')}"
            )
        every = node.operator == "all_of"
        return Text(
            f"有标签{_either(names, '和' if every else '或')}",
            f"with the tag {_either(names, ' and ' if every else ' or ')}",
        )


def unit_of(subject: Subject) -> str:
    """The unit of a subject's value: yuan, day, percent, year or nothing."""
    if isinstance(subject, AttributeSubject):
        attribute = ATTRIBUTES[subject.attribute]
        if attribute.unit or not isinstance(attribute.source, FactSubject):
            return attribute.unit
        return unit_of(attribute.source)
    if isinstance(subject, FactSubject):
        return FACTS[subject.fact].measures[subject.measure].unit
    return "day" if isinstance(subject, IntervalSubject) else ""


def shown(kind: ValueType, value: Any, unit: str = "") -> Text:
    """A value as a sentence shows it: ¥ and two decimals, per cent, days, dates."""
    if isinstance(value, date):
        return Text(value.isoformat(), value.isoformat())
    if isinstance(value, bool):
        return Text("是" if value else "否", "yes" if value else "no")
    if isinstance(value, str):
        return Text(value, value)
    number = Decimal(str(value))
    if kind == "money":
        text = f"¥{number:,.2f}"
        return Text(text, text)
    if kind == "share":
        text = f"{_plain(number * 100)}%"
        return Text(text, text)
    text = _plain(number)
    if kind == "days" or unit == "day":
        return Text(f"{text} 天", f"{text} {'day' if number == 1 else 'days'}")
    if unit == "year":
        return Text(f"{text} 岁", f"{text}")
    return Text(text, text)


def _name_source(subject: Subject) -> str:
    return f"attribute:{subject.attribute}" if isinstance(subject, AttributeSubject) else ""


def _timed(said: Text, when: Text) -> Text:
    if not when.zh:
        return said
    return Text(f"{when.zh}{said.zh}", f"{said.en} {when.en}")


def _joined(parts: Sequence[Text], mark: Text) -> Text:
    return Text(mark.zh.join(one.zh for one in parts), mark.en.join(one.en for one in parts))


def _either(names: Sequence[str], mark: str) -> str:
    if len(names) <= MOST_SHOWN:
        comma = "、" if mark in {"或", "和"} else ", "
        return comma.join(names[:-1]) + (mark if len(names) > 1 else "") + names[-1]
    shown_names = (
        "、".join(names[:MOST_SHOWN]) if mark in {"或", "和"} else ", ".join(names[:MOST_SHOWN])
    )
    rest = len(names)
    return shown_names + (f" 等 {rest} 项" if mark in {"或", "和"} else f" … ({rest} in all)")


def _plain(number: Decimal | float) -> str:
    text = f"{Decimal(str(number)):,.4f}"
    return text.rstrip("0").rstrip(".")

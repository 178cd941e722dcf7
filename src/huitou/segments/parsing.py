"""Rule documents: JSON in, the rule tree out, and back. Every error names the node it is in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

from huitou.kernel.i18n import Text
from huitou.segments.catalogue import ATTRIBUTES
from huitou.segments.grids import GRIDS
from huitou.segments.nodes import (
    VERSION,
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
    Sequence,
    Step,
    Subject,
    TagNode,
)
from huitou.segments.operators import NUMERIC, OPERATORS, ValueType
from huitou.segments.registry import EVENTS, FACTS
from huitou.segments.values import operand_json, parse_operand, parse_operator
from huitou.segments.windows import EVER, Window, parse_window
from huitou.segments.wrong import Wrong

MOST_NODES: Final = 2_000
MOST_DEPTH: Final = 100
MOST_CONDITIONS: Final = 50
MOST_LISTED: Final = 10_000
_GROUPS: Final = ("all", "any", "none")
_KEYS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(_GROUPS, ("children",)),
    "profile": ("attribute", "window", "operator", "value"),
    "trades": ("basis", "measure", "where", "window", "operator", "value"),
    "events": ("event", "measure", "where", "window", "operator", "value"),
    "sequence": ("first", "then", "within", "happens", "window"),
    "interval": ("cycle", "where", "operator", "value"),
    "rank": ("direction", "size", "by"),
    "cell": ("grid", "cells"),
    "tag": ("operator", "tags"),
    "sample": ("salt", "start", "end"),
    "segment": ("segment",),
    "members": ("members",),
}


def parse(document: Any) -> Node:
    """The rule of a document ``{"version": 1, "rule": …}``. Raises ``Wrong``."""
    if not isinstance(document, Mapping) or "rule" not in document:
        raise Wrong(
            "",
            Text("这不是规则文档", "This is no rule document"),
            Text('写成 {"version": 1, "rule": {…}}', 'Write {"version": 1, "rule": {…}}'),
        )
    version = document.get("version")
    if isinstance(version, bool) or version != VERSION:
        raise Wrong(
            "/version",
            Text(
                f"不认识的版本 {document.get('version')!r}",
                f"Unknown version {document.get('version')!r}",
            ),
            Text(f"当前版本是 {VERSION}", f"The present version is {VERSION}"),
        )
    _no_others(document, ("version", "rule"), "")
    return _Parser().node(document["rule"], "/rule", 1)


def document(node: Node) -> dict[str, Any]:
    """The document of a rule: ``parse`` gives the rule back."""
    return {"version": VERSION, "rule": as_json(node)}


class _Parser:
    def __init__(self) -> None:
        self.count = 0
        self._kinds: dict[str, Callable[[Mapping[str, Any], str], Node]] = {
            "profile": self._profile,
            "trades": self._fact,
            "events": self._fact,
            "sequence": self._sequence,
            "interval": self._interval,
            "rank": self._rank,
            "cell": self._cell,
            "tag": self._tag,
            "sample": self._sample,
            "segment": self._segment,
            "members": self._members,
        }

    def node(self, found: Any, path: str, depth: int) -> Node:
        self.count += 1
        if self.count > MOST_NODES:
            raise Wrong(
                path,
                Text(
                    f"规则超过 {MOST_NODES:,} 个节点",
                    f"The rule has more than {MOST_NODES:,} nodes",
                ),
                Text("拆成几个人群再组合", "Split it into segments and combine these"),
            )
        if depth > MOST_DEPTH:
            raise Wrong(
                path,
                Text(
                    f"嵌套超过 {MOST_DEPTH} 层",
                    f"The rule is nested more than {MOST_DEPTH} levels deep",
                ),
                Text("把内层存为人群再引用", "Save the inner part as a segment and use that"),
            )
        if not isinstance(found, Mapping):
            _fail(path, "这里应是一个条件对象", "A condition object is expected here", "", "")
        kind = found.get("kind")
        if not isinstance(kind, str) or kind not in _KEYS:
            _fail(
                f"{path}/kind", f"不认识的条件 {kind!r}", f"Unknown kind of condition {kind!r}",
                f"可用：{'、'.join(_KEYS)}", f"Use one of: {', '.join(_KEYS)}",
            )  # fmt: skip
        _no_others(found, ("kind", *_KEYS[kind]), path)
        if kind in _GROUPS:
            inner = found.get("children")
            if not isinstance(inner, list):
                _fail(f"{path}/children", "缺少 children 列表", "The list children is missing",
                      "没有条件时写 []", "Write [] where there are none")  # fmt: skip
            return Group(
                kind,  # type: ignore[arg-type]
                tuple(
                    self.node(child, f"{path}/children/{at}", depth + 1)
                    for at, child in enumerate(inner)
                ),
            )
        return self._kinds[kind](found, path)

    def _profile(self, found: Mapping[str, Any], path: str) -> Node:
        subject = _attribute(found, path)
        return self._compared(subject, found, path)

    def _fact(self, found: Mapping[str, Any], path: str) -> Node:
        return self._compared(_measured(found, path), found, path)

    def _interval(self, found: Mapping[str, Any], path: str) -> Node:
        cycle = _one_of(found.get("cycle"), ("own", "everyone"), f"{path}/cycle")
        where = _conditions(found.get("where"), "trade", path)
        return self._compared(IntervalSubject(cycle, where), found, path)  # type: ignore[arg-type]

    def _cell(self, found: Mapping[str, Any], path: str) -> Node:
        grid = _one_of(found.get("grid"), tuple(GRIDS), f"{path}/grid")
        cells = found.get("cells")
        if not isinstance(cells, list) or not cells:
            _fail(f"{path}/cells", "至少选一格", "Choose at least one cell", "", "")
        for at, cell in enumerate(cells):
            _one_of(cell, tuple(GRIDS[grid].cells), f"{path}/cells/{at}")
        return Compare(GridSubject(grid), "any_of", tuple(dict.fromkeys(cells)))

    def _compared(self, subject: Subject, found: Mapping[str, Any], path: str) -> Compare:
        kind, always = type_of(subject)
        operator = parse_operator(found.get("operator"), kind, path)
        if always and operator.code in {"known", "unknown"}:
            _fail(f"{path}/operator", "这个值总是已知的", "This value is always known",
                  "换一个运算", "Use another operator")  # fmt: skip
        return Compare(
            subject, operator.code, parse_operand(operator, kind, found.get("value"), path)
        )

    def _sequence(self, found: Mapping[str, Any], path: str) -> Node:
        within = found.get("within")
        if not isinstance(within, Mapping):
            _fail(f"{path}/within", "缺少期限", "The time limit is missing",
                  '写成 {"n": 30, "unit": "day"}', 'Write {"n": 30, "unit": "day"}')  # fmt: skip
        unit = _one_of(within.get("unit"), ("day", "hour"), f"{path}/within/unit")
        happens = found.get("happens", True)
        if not isinstance(happens, bool):
            _fail(f"{path}/happens", "写 true 或 false", "Write true or false", "", "")
        return Sequence(
            _step(found.get("first"), f"{path}/first"),
            _step(found.get("then"), f"{path}/then"),
            _whole(within.get("n"), 1, 3_650 if unit == "day" else 87_600, f"{path}/within/n"),
            unit,  # type: ignore[arg-type]
            happens,
            _plain_window(found.get("window"), f"{path}/window"),
        )

    def _rank(self, found: Mapping[str, Any], path: str) -> Node:
        direction = _one_of(found.get("direction"), ("top", "bottom"), f"{path}/direction")
        size = found.get("size")
        if not isinstance(size, Mapping):
            _fail(f"{path}/size", "缺少名次", "The size is missing",
                  '写成 {"n": 10, "unit": "percent"}', 'Write {"n": 10, "unit": "percent"}')  # fmt: skip
        unit = _one_of(size.get("unit"), ("members", "percent"), f"{path}/size/unit")
        if unit == "percent":
            n = _percent(size.get("n"), f"{path}/size/n")
        else:
            n = _whole(size.get("n"), 0, 10**9, f"{path}/size/n")
        by = found.get("by")
        if not isinstance(by, Mapping) or by.get("kind") not in {"profile", "trades", "events"}:
            _fail(f"{path}/by", "按什么排没有写明", "By what to rank is missing",
                  "用 profile、trades 或 events", "Use profile, trades or events")  # fmt: skip
        _no_others(by, tuple({"kind", *_KEYS[by["kind"]]} - {"operator", "value"}), f"{path}/by")
        subject = (
            _attribute(by, f"{path}/by") if by["kind"] == "profile" else _measured(by, f"{path}/by")
        )
        if type_of(subject)[0] not in NUMERIC:
            _fail(f"{path}/by", "只能按数值排名", "Only numbers can be ranked", "", "")
        return Rank(direction, n, unit, subject)  # type: ignore[arg-type]

    def _tag(self, found: Mapping[str, Any], path: str) -> Node:
        operator = _one_of(
            found.get("operator"), ("any_of", "all_of", "none_of"), f"{path}/operator"
        )
        return TagNode(operator, _ids(found.get("tags"), f"{path}/tags"))  # type: ignore[arg-type]

    def _sample(self, found: Mapping[str, Any], path: str) -> Node:
        salt = found.get("salt")
        if not isinstance(salt, str) or not 0 < len(salt) <= 64:
            _fail(f"{path}/salt", "盐需要 1 到 64 个字", "The salt has 1 to 64 characters",
                  "同一个盐总是抽到同一批人", "The same salt always draws the same people")  # fmt: skip
        start = _percent(found.get("start", 0), f"{path}/start")
        end = _percent(found.get("end"), f"{path}/end")
        if start > end:
            _fail(f"{path}/start", "起点大于终点", "The start is beyond the end", "", "")
        return Sample(salt, start, end)

    def _segment(self, found: Mapping[str, Any], path: str) -> Node:
        return Saved(_ids([found.get("segment")], f"{path}/segment")[0])

    def _members(self, found: Mapping[str, Any], path: str) -> Node:
        return Listed(_ids(found.get("members"), f"{path}/members", most=MOST_LISTED))


def type_of(subject: Subject) -> tuple[ValueType, bool]:
    """(type of a subject's value, whether everybody has one)."""
    if isinstance(subject, AttributeSubject):
        attribute = ATTRIBUTES[subject.attribute]
        return attribute.type, attribute.is_always_known
    if isinstance(subject, FactSubject):
        measure = FACTS[subject.fact].measures[subject.measure]
        return measure.type, measure.zero is not None
    if isinstance(subject, IntervalSubject):
        return "number", False
    return "choice", False


def _attribute(found: Mapping[str, Any], path: str) -> AttributeSubject:
    code = found.get("attribute")
    attribute = ATTRIBUTES.get(code) if isinstance(code, str) else None
    if attribute is None:
        _fail(
            f"{path}/attribute",
            f"没有属性 {code!r}",
            f"There is no attribute {code!r}",
            "huitou segment attributes 列出全部属性",
            "huitou segment attributes lists them all",
        )
    if found.get("window") is None:
        return AttributeSubject(attribute.code)
    if not attribute.is_windowed:
        _fail(
            f"{path}/window",
            f"{attribute.label.zh}没有时间段",
            f"“{attribute.label.en}” has no window of time",
            "去掉 window",
            "Leave window out",
        )
    return AttributeSubject(attribute.code, _fact_window(found["window"], f"{path}/window"))


def _measured(found: Mapping[str, Any], path: str) -> FactSubject:
    if found["kind"] == "trades":
        code, basis = (
            "trade",
            _one_of(found.get("basis", "paid"), tuple(FACTS["trade"].bases), f"{path}/basis"),
        )
    else:
        code, basis = _one_of(found.get("event"), tuple(EVENTS), f"{path}/event"), "paid"
    fact = FACTS[code]
    measure = _one_of(found.get("measure"), tuple(fact.measures), f"{path}/measure")
    where = _conditions(found.get("where"), code, path)
    held = fact.measures[measure]
    if (
        fact.is_trades
        and held.of_lines is None
        and any("line" in fact.fields[one.field].needs for one in where)
    ):
        _fail(
            f"{path}/measure",
            f"{held.label.zh}是整单的数，不能限定商品",
            f"“{held.label.en}” is of whole orders and cannot be limited to items",
            "换一个量，或去掉商品条件", "Use another measure or leave the item conditions out",
        )  # fmt: skip
    return FactSubject(
        code, measure, basis, where, _fact_window(found.get("window"), f"{path}/window")
    )


def _step(found: Any, path: str) -> Step:
    if not isinstance(found, Mapping):
        _fail(path, "缺少行为", "The behaviour is missing", "", "")
    _no_others(found, ("event", "where"), path)
    code = _one_of(found.get("event"), tuple(FACTS), f"{path}/event")
    return Step(code, _conditions(found.get("where"), code, path))


def _conditions(found: Any, fact: str, path: str) -> tuple[Condition, ...]:
    if found is None:
        return ()
    if not isinstance(found, list) or len(found) > MOST_CONDITIONS:
        _fail(f"{path}/where", f"where 是最多 {MOST_CONDITIONS} 个条件的列表",
              f"where is a list of at most {MOST_CONDITIONS} conditions", "", "")  # fmt: skip
    return tuple(_condition(one, fact, f"{path}/where/{at}") for at, one in enumerate(found))


def _condition(found: Any, fact: str, path: str) -> Condition:
    if not isinstance(found, Mapping):
        _fail(path, "这里应是一个条件对象", "A condition object is expected here", "", "")
    _no_others(found, ("field", "operator", "value"), path)
    fields = FACTS[fact].fields
    field = fields[_one_of(found.get("field"), tuple(fields), f"{path}/field")]
    operator = parse_operator(found.get("operator"), field.type, path)
    value = parse_operand(operator, field.type, found.get("value"), path)
    if field.choices is not None and operator.arity == "many":
        for at, one in enumerate(value):
            _one_of(one, tuple(field.choices), f"{path}/value/{at}")
    return Condition(field.code, operator.code, value)


def _fact_window(found: Any, path: str) -> Window:
    window = parse_window(found, path)
    if window.kind == "next":
        _fail(path, "已发生的事没有“未来”", "What has happened is not in the future",
              "换一个时间段", "Use another window")  # fmt: skip
    return window


def _plain_window(found: Any, path: str) -> Window:
    window = _fact_window(found, path) if found is not None else EVER
    if window.is_own:
        _fail(path, "先后条件不能用这个时间段", "A sequence cannot use this window", "", "")
    return window


def _one_of(found: Any, allowed: tuple[str, ...], path: str) -> str:
    if not isinstance(found, str) or found not in allowed:
        shown = "、".join(allowed[:40]), ", ".join(allowed[:40])
        _fail(
            path,
            f"不认识 {found!r}",
            f"Unknown: {found!r}",
            f"可用：{shown[0]}",
            f"Use one of: {shown[1]}",
        )
    return found


def _ids(found: Any, path: str, *, most: int = 1_000) -> tuple[int, ...]:
    if not isinstance(found, list) or not 0 < len(found) <= most:
        _fail(path, f"需要 1 到 {most:,} 个编号", f"1 to {most:,} numbers are needed", "", "")
    numbers = []
    for at, one in enumerate(found):
        if isinstance(one, bool) or not str(one).isdecimal() or len(str(one)) > 18:
            _fail(
                path if len(found) == 1 else f"{path}/{at}",
                f"{one!r} 不是编号",
                f"{one!r} is no number",
                "",
                "",
            )
        numbers.append(int(one))
    return tuple(dict.fromkeys(numbers))


def _number(found: Any, path: str, *, least: float, most: float) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float) or not least <= found <= most:
        _fail(
            path,
            f"{found!r} 不在 {least} 到 {most} 之间",
            f"{found!r} is not between {least} and {most}",
            "",
            "",
        )
    return found


def _percent(found: Any, path: str) -> float:
    """0 to 100, in steps that shares of members are worked out in exactly."""
    number = _number(found, path, least=0, most=100)
    if round(number, 4) != number:
        _fail(path, "最多 4 位小数", "Use at most 4 decimals", "", "")
    return number


def _whole(found: Any, least: int, most: int, path: str) -> int:
    number = _number(found, path, least=least, most=most)
    if number != int(number):
        _fail(path, f"{found!r} 不是整数", f"{found!r} is no whole number", "", "")
    return int(number)


def _no_others(found: Mapping[str, Any], allowed: tuple[str, ...], path: str) -> None:
    for name in found:
        if name not in allowed:
            _fail(f"{path}/{name}", f"这里没有 {name!r}", f"There is no {name!r} here",
                  f"可用：{'、'.join(allowed)}", f"Use: {', '.join(allowed)}")  # fmt: skip


def _fail(path: str, zh: str, en: str, remedy_zh: str, remedy_en: str) -> NoReturn:
    raise Wrong(
        path, Text(zh, en), Text(remedy_zh or "改正这一处", remedy_en or "Correct this place")
    )


# Back to JSON


def as_json(node: Node) -> dict[str, Any]:
    """A node as the document holds it."""
    match node:
        case Group(kind, inner):
            return {"kind": kind, "children": [as_json(child) for child in inner]}
        case Compare(GridSubject(grid), _, cells):
            return {"kind": "cell", "grid": grid, "cells": list(cells)}
        case Compare(subject, operator, operand):
            found = {**subject_json(subject), "operator": operator}
            return found if operand is None else {**found, "value": operand_json(operand)}
        case Sequence():
            return {
                "kind": "sequence",
                "first": _step_json(node.first),
                "then": _step_json(node.then),
                "within": {"n": node.n, "unit": node.unit},
                "happens": node.happens,
                "window": node.window.as_json(),
            }
        case Rank():
            size = {"n": node.n, "unit": node.unit}
            return {
                "kind": "rank",
                "direction": node.direction,
                "size": size,
                "by": subject_json(node.by),
            }
        case TagNode(operator, tags):
            return {"kind": "tag", "operator": operator, "tags": [str(tag) for tag in tags]}
        case Sample(salt, start, end):
            return {"kind": "sample", "salt": salt, "start": start, "end": end}
        case Saved(segment):
            return {"kind": "segment", "segment": str(segment)}
        case Listed(members):
            return {"kind": "members", "members": [str(one) for one in members]}


def subject_json(subject: Subject) -> dict[str, Any]:
    """A subject as a node without operator and value."""
    match subject:
        case AttributeSubject(attribute, window):
            found: dict[str, Any] = {"kind": "profile", "attribute": attribute}
            return found if window is None else {**found, "window": window.as_json()}
        case FactSubject("trade"):
            found = {"kind": "trades", "basis": subject.basis, "measure": subject.measure}
        case FactSubject(fact):
            found = {"kind": "events", "event": fact, "measure": subject.measure}
        case IntervalSubject(cycle, where):
            return {"kind": "interval", "cycle": cycle, "where": _where_json(where)}
        case GridSubject(grid):
            return {"kind": "cell", "grid": grid}
    return {**found, "where": _where_json(subject.where), "window": subject.window.as_json()}


def _step_json(step: Step) -> dict[str, Any]:
    return {"event": step.fact, "where": _where_json(step.where)}


def _where_json(where: tuple[Condition, ...]) -> list[dict[str, Any]]:
    return [
        {
            "field": one.field,
            "operator": one.operator,
            **(
                {}
                if OPERATORS[one.operator].arity == "none"
                else {"value": operand_json(one.value)}
            ),
        }
        for one in where
    ]

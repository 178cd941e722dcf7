"""The JSON Schema (draft 2020-12) of a rule document, made from the registries that ``parsing`` reads.

It says what a document is made of: kinds, codes, operators of each attribute, measure and field, the
shape of every value. What only the server can know is left to it: whether a segment exists, the depth
and number of nodes, that the first of two values is not the greater.

Alternatives are chosen by a property (``_by``), never tried one after the other: checking stays quick, and
an error speaks of the alternative that is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from huitou.kernel.festivals import FESTIVALS
from huitou.segments.catalogue import ATTRIBUTES
from huitou.segments.facts import BASES, Fact
from huitou.segments.grids import GRIDS
from huitou.segments.nodes import VERSION
from huitou.segments.operators import NUMERIC, OPERATORS, ValueType, operators_of
from huitou.segments.parsing import MOST_CONDITIONS, MOST_LISTED
from huitou.segments.registry import EVENTS, FACTS
from huitou.segments.values import LARGEST, MOST_TEXT, MOST_VALUES
from huitou.segments.windows import KINDS, MOST, OWN, UNITS_OF

Json = dict[str, Any]
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_GROUPS: Final = ("all", "any", "none")


def document_schema() -> Json:
    """The schema of ``{"version": 1, "rule": …}``."""
    kinds = {**dict.fromkeys(_GROUPS, _group), **_LEAVES}
    return {
        "$schema": DIALECT,
        "title": "Huitou rule document",
        "type": "object",
        "required": ["version", "rule"],
        "properties": {"version": {"const": VERSION}, "rule": _ref("node")},
        "$defs": {
            "node": _by("kind", {kind: _ref(kind) for kind in kinds}),
            **{kind: {**make(), "title": kind} for kind, make in kinds.items()},
            **_VALUES,
            "window": _windows(KINDS),
            "fact_window": _windows(kind for kind in KINDS if kind != "next"),
            "plain_window": _windows(kind for kind in KINDS if kind not in {"next", *OWN}),
            **{f"where_{code}": _where(fact) for code, fact in FACTS.items()},
            "step": _by("event", {code: _step(code) for code in FACTS}),
        },
    }


def _group() -> Json:
    return _object(
        {"kind": {"enum": list(_GROUPS)}, "children": {"type": "array", "items": _ref("node")}}
    )


def _profile_node() -> Json:
    return _by("attribute", {code: _profile(code) for code in ATTRIBUTES})


def _profile(code: str, *, compared: bool = True) -> Json:
    attribute = ATTRIBUTES[code]
    own = {"kind": {"const": "profile"}, "attribute": {"const": code}}
    window = {"window": _ref("window")} if attribute.is_windowed else {}
    if not compared:
        return _object({**own, **window}, optional=("window",))
    operators = operators_of(attribute.type, always_known=attribute.is_always_known)
    return _compared(own, window, operators, attribute.type)


def _fact_node(fact: Fact) -> Json:
    found = {}
    for code, one in fact.measures.items():
        operators = operators_of(one.type, always_known=one.zero is not None)
        found[code] = _measured(fact, code, operators)
    return _by("measure", found)


def _measured(fact: Fact, measure: str, operators: Sequence[str] | None) -> Json:
    own: Json
    if fact.is_trades:
        own = {"kind": {"const": "trades"}, "basis": {"enum": list(BASES)}}
    else:
        own = {"kind": {"const": "events"}, "event": {"const": fact.code}}
    own["measure"] = {"const": measure}
    rest = {"where": _ref(f"where_{fact.code}"), "window": _ref("fact_window")}
    if operators is None:
        return _object({**own, **rest}, optional=(*rest, "basis"))
    return _compared(own, rest, operators, fact.measures[measure].type, optional=("basis",))


def _interval() -> Json:
    own = {"kind": {"const": "interval"}, "cycle": {"enum": ["own", "everyone"]}}
    return _compared(own, {"where": _ref("where_trade")}, operators_of("number"), "number")


def _step(fact: str) -> Json:
    found = {"event": {"const": fact}, "where": _ref(f"where_{fact}")}
    return _object(found, optional=("where",))


def _sequence() -> Json:
    within = {
        unit: _object({"n": _whole(1, most), "unit": {"const": unit}})
        for unit, most in (("day", 3_650), ("hour", 87_600))
    }
    return _object(
        {
            "kind": {"const": "sequence"},
            "first": _ref("step"),
            "then": _ref("step"),
            "within": _by("unit", within),
            "happens": {"type": "boolean"},
            "window": _ref("plain_window"),
        },
        optional=("happens", "window"),
    )


def _rank() -> Json:
    attributes = {
        code: _profile(code, compared=False)
        for code, one in ATTRIBUTES.items()
        if one.type in NUMERIC
    }
    facts = {code: _ranked_by(fact) for code, fact in FACTS.items()}
    by = {
        "profile": _by("attribute", attributes),
        "trades": facts["trade"],
        "events": _by("event", {code: facts[code] for code in EVENTS}),
    }
    size = {
        unit: _object({"n": _number(0, most), "unit": {"const": unit}})
        for unit, most in (("members", 10**9), ("percent", 100))
    }
    return _object(
        {
            "kind": {"const": "rank"},
            "direction": {"enum": ["top", "bottom"]},
            "size": _by("unit", size),
            "by": _by("kind", by),
        }
    )


def _ranked_by(fact: Fact) -> Json:
    numeric = [code for code, one in fact.measures.items() if one.type in NUMERIC]
    return _by("measure", {code: _measured(fact, code, None) for code in numeric})


def _cell() -> Json:
    found = {}
    for code, grid in GRIDS.items():
        cells = _list({"enum": list(grid.cells)}, len(grid.cells) * 2)
        found[code] = _object({"kind": {"const": "cell"}, "grid": {"const": code}, "cells": cells})
    return _by("grid", found)


def _tag() -> Json:
    return _object(
        {
            "kind": {"const": "tag"},
            "operator": {"enum": ["any_of", "all_of", "none_of"]},
            "tags": _list(_ID, 1_000),
        }
    )


def _sample() -> Json:
    return _object(
        {
            "kind": {"const": "sample"},
            "salt": {"type": "string", "minLength": 1, "maxLength": 64},
            "start": _number(0, 100),
            "end": _number(0, 100),
        },
        optional=("start",),
    )


def _segment() -> Json:
    return _object({"kind": {"const": "segment"}, "segment": _ID})


def _members() -> Json:
    return _object({"kind": {"const": "members"}, "members": _list(_ID, MOST_LISTED)})


_LEAVES: Final[dict[str, Callable[[], Json]]] = {
    "profile": _profile_node,
    "trades": lambda: _fact_node(FACTS["trade"]),
    "events": lambda: _by("event", {code: _fact_node(fact) for code, fact in EVENTS.items()}),
    "sequence": _sequence,
    "interval": _interval,
    "rank": _rank,
    "cell": _cell,
    "tag": _tag,
    "sample": _sample,
    "segment": _segment,
    "members": _members,
}


def _where(fact: Fact) -> Json:
    fields = {}
    for code, one in fact.fields.items():
        choices = None if one.choices is None else list(one.choices)
        own = {"field": {"const": code}}
        fields[code] = _compared(own, {}, operators_of(one.type), one.type, choices=choices)
    return {"type": "array", "maxItems": MOST_CONDITIONS, "items": _by("field", fields)}


def _compared(
    own: Json,
    rest: Json,
    operators: Sequence[str],
    kind: ValueType,
    *,
    choices: list[str] | None = None,
    optional: Sequence[str] = (),
) -> Json:
    """An object with an operator of a type and the value that goes with it."""
    by_arity: dict[str, list[str]] = {}
    for code in operators:
        by_arity.setdefault(OPERATORS[code].arity, []).append(code)
    found = _object(
        {**own, **rest, "operator": {"enum": list(operators)}, "value": True},
        optional=(*rest, *optional, "value"),
    )
    found["allOf"] = [
        {
            "if": {"properties": {"operator": {"enum": codes}}},
            "then": {
                "properties": {"value": _value(arity, kind, choices)},
                "required": [] if arity == "none" else ["value"],
            },
        }
        for arity, codes in by_arity.items()
    ]
    return found


def _value(arity: str, kind: ValueType, choices: list[str] | None) -> Json:
    if arity == "none":
        return {"enum": [None, ""]}
    if arity == "window":
        return _ref("window")
    if arity == "many":
        one = {"enum": choices} if choices is not None else _ref("text")
        return _list(one, MOST_VALUES)
    single = _ref(kind if kind in _VALUES else "text")
    if arity == "two":
        return {"type": "array", "items": single, "minItems": 2, "maxItems": 2}
    return single


def _numeric(least: int, most: int, *, whole: bool = False) -> Json:
    """A number, or the same as text."""
    return {
        "anyOf": [
            {"type": "integer" if whole else "number", "minimum": least, "maximum": most},
            {"type": "string", "pattern": r"^\d+$" if whole else r"^-?\d+(\.\d{1,6})?$"},
        ]
    }


_MOST: Final = int(LARGEST)
_VALUES: Final[Json] = {
    "count": _numeric(0, _MOST, whole=True),
    "number": _numeric(-_MOST, _MOST),
    "money": _numeric(-_MOST, _MOST),
    "days": _numeric(-_MOST, _MOST),
    "share": _numeric(0, 1),
    "date": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    "text": {
        "anyOf": [
            {"type": "string", "minLength": 1, "maxLength": MOST_TEXT},
            {"type": "integer"},
        ]
    },
}
_ID: Final[Json] = {
    "anyOf": [{"type": "string", "pattern": r"^\d{1,18}$"}, {"type": "integer", "minimum": 0}]
}


def _windows(kinds: Iterable[str]) -> Json:
    return _by("kind", {kind: _window(kind) for kind in kinds})


def _window(kind: str) -> Json:
    if kind == "dates":
        day = {"anyOf": [_ref("date"), {"enum": [None, ""]}]}
        sides = {"start": day, "end": day}
        return _object({"kind": {"const": kind}, **sides}, optional=("start", "end"))
    properties: Json = {"kind": {"const": kind}}
    optional: list[str] = []
    if kind in UNITS_OF:
        properties["unit"] = {"enum": list(UNITS_OF[kind])}
        optional.append("unit")
    if kind in {"last", "next", "after_first"}:
        properties["n"] = _whole(1, max(MOST.values()))
    if kind in {"between_ago", "around"}:
        properties |= {name: _whole(0, max(MOST.values())) for name in ("n", "m")}
    if kind in {"since", "around"}:
        properties["festival"] = {"enum": list(FESTIVALS)}
        properties["year"] = _whole(-20, 1)
        optional.append("year")
    return _object(properties, optional=optional)


def _by(name: str, cases: Mapping[str, Json]) -> Json:
    """One of several schemas, chosen by a property."""
    return {
        "type": "object",
        "required": [name],
        "properties": {name: {"enum": list(cases)}},
        "allOf": [
            {"if": {"properties": {name: {"const": value}}, "required": [name]}, "then": found}
            for value, found in cases.items()
        ],
    }


def _object(properties: Json, *, optional: Iterable[str] = ()) -> Json:
    left_out = set(optional)
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in left_out],
        "additionalProperties": False,
    }


def _ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def _list(items: Json, most: int) -> Json:
    return {"type": "array", "items": items, "minItems": 1, "maxItems": most}


def _whole(least: int, most: int) -> Json:
    return {"type": "integer", "minimum": least, "maximum": most}


def _number(least: int, most: int) -> Json:
    return {"type": "number", "minimum": least, "maximum": most}

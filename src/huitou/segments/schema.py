"""The JSON Schema (draft 2020-12) of a rule document, made from the registries that ``parsing`` reads.

It says what a document is made of: kinds, codes, operators of each attribute, measure and field, the
shape of every value. What only the server can know is left to it: whether a segment exists, the depth
and number of nodes, that the first of two values is not the greater.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
_NODE: Final = {"$ref": "#/$defs/node"}
_WINDOW: Final = {"$ref": "#/$defs/window"}


def document_schema() -> Json:
    """The schema of ``{"version": 1, "rule": …}``."""
    kinds = (*_GROUPS, *_leaves())
    return {
        "$schema": DIALECT,
        "title": "Huitou rule document",
        "type": "object",
        "required": ["version", "rule"],
        "properties": {"version": {"const": VERSION}, "rule": _NODE},
        "$defs": {
            "node": _by("kind", kinds),
            **{kind: _of_kind(kind) for kind in kinds},
            **_VALUES,
            "window": {"oneOf": [_window(kind) for kind in KINDS]},
            "fact_window": {"oneOf": [_window(kind) for kind in KINDS if kind != "next"]},
            "plain_window": {
                "oneOf": [_window(kind) for kind in KINDS if kind != "next" and kind not in OWN]
            },
            **{f"where_{code}": _where(fact) for code, fact in FACTS.items()},
            "step": {
                "oneOf": [
                    _object(
                        {"event": {"const": code}, "where": {"$ref": f"#/$defs/where_{code}"}},
                        optional=("where",),
                    )
                    for code in FACTS
                ]
            },
        },
    }


_GROUPS: Final = ("all", "any", "none")


def _leaves() -> tuple[str, ...]:
    return (
        "profile", "trades", "events", "sequence", "interval", "rank", "cell", "tag", "sample",
        "segment", "members",
    )  # fmt: skip


def _of_kind(kind: str) -> Json:
    if kind in _GROUPS:
        return _object({"kind": {"const": kind}, "children": {"type": "array", "items": _NODE}})
    makers: dict[str, Callable[[], Json]] = {
        "profile": lambda: {"oneOf": [_profile(code) for code in ATTRIBUTES]},
        "trades": lambda: _fact_node(FACTS["trade"]),
        "events": lambda: {"oneOf": [_fact_node(fact) for fact in EVENTS.values()]},
        "sequence": _sequence,
        "interval": _interval,
        "rank": _rank,
        "cell": _cell,
        "tag": _tag,
        "sample": _sample,
        "segment": lambda: _object({"kind": {"const": "segment"}, "segment": _id()}),
        "members": lambda: _object(
            {"kind": {"const": "members"}, "members": _list(_id(), MOST_LISTED)}
        ),
    }
    return makers[kind]()


def _profile(code: str, *, compared: bool = True) -> Json:
    attribute = ATTRIBUTES[code]
    own = {"kind": {"const": "profile"}, "attribute": {"const": code}}
    window = {"window": _WINDOW} if attribute.is_windowed else {}
    if not compared:
        return _object({**own, **window}, optional=("window",))
    known = attribute.is_always_known
    return _compared(own, window, operators_of(attribute.type, always_known=known), attribute.type)


def _fact_node(fact: Fact) -> Json:
    return {
        "oneOf": [
            _measured(fact, code, operators_of(one.type, always_known=one.zero is not None))
            for code, one in fact.measures.items()
        ]
    }


def _measured(fact: Fact, measure: str, operators: Sequence[str] | None) -> Json:
    own: Json
    if fact.is_trades:
        own = {"kind": {"const": "trades"}, "basis": {"enum": list(BASES)}}
    else:
        own = {"kind": {"const": "events"}, "event": {"const": fact.code}}
    own["measure"] = {"const": measure}
    rest = {
        "where": {"$ref": f"#/$defs/where_{fact.code}"},
        "window": {"$ref": "#/$defs/fact_window"},
    }
    if operators is None:
        return _object({**own, **rest}, optional=(*rest, "basis"))
    return _compared(own, rest, operators, fact.measures[measure].type, optional=("basis",))


def _interval() -> Json:
    own = {"kind": {"const": "interval"}, "cycle": {"enum": ["own", "everyone"]}}
    where = {"where": {"$ref": "#/$defs/where_trade"}}
    return _compared(own, where, operators_of("number"), "number")


def _sequence() -> Json:
    return _object(
        {
            "kind": {"const": "sequence"},
            "first": {"$ref": "#/$defs/step"},
            "then": {"$ref": "#/$defs/step"},
            "within": {
                "oneOf": [
                    _object({"n": _whole(1, most), "unit": {"const": unit}})
                    for unit, most in (("day", 3_650), ("hour", 87_600))
                ]
            },
            "happens": {"type": "boolean"},
            "window": {"$ref": "#/$defs/plain_window"},
        },
        optional=("happens", "window"),
    )


def _rank() -> Json:
    numeric = [
        _profile(code, compared=False) for code, one in ATTRIBUTES.items() if one.type in NUMERIC
    ]
    numeric += [
        _measured(fact, code, None)
        for fact in FACTS.values()
        for code, one in fact.measures.items()
        if one.type in NUMERIC
    ]
    return _object(
        {
            "kind": {"const": "rank"},
            "direction": {"enum": ["top", "bottom"]},
            "size": {
                "oneOf": [
                    _object({"n": _number(0, 10**9), "unit": {"const": "members"}}),
                    _object({"n": _number(0, 100), "unit": {"const": "percent"}}),
                ]
            },
            "by": {"oneOf": numeric},
        }
    )


def _cell() -> Json:
    return {
        "oneOf": [
            _object(
                {
                    "kind": {"const": "cell"},
                    "grid": {"const": code},
                    "cells": _list({"enum": list(grid.cells)}, len(grid.cells) * 2),
                }
            )
            for code, grid in GRIDS.items()
        ]
    }


def _tag() -> Json:
    return _object(
        {
            "kind": {"const": "tag"},
            "operator": {"enum": ["any_of", "all_of", "none_of"]},
            "tags": _list(_id(), 1_000),
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


def _where(fact: Fact) -> Json:
    fields = [
        _compared(
            {"field": {"const": code}},
            {},
            operators_of(one.type),
            one.type,
            choices=None if one.choices is None else list(one.choices),
        )
        for code, one in fact.fields.items()
    ]
    return {"type": "array", "maxItems": MOST_CONDITIONS, "items": {"oneOf": fields}}


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
    variants = [
        _object(
            {
                **own,
                **rest,
                "operator": {"enum": codes},
                "value": _value(arity, kind, choices),
            },
            optional=(*rest, *optional, *(("value",) if arity == "none" else ())),
        )
        for arity, codes in by_arity.items()
    ]
    return variants[0] if len(variants) == 1 else {"oneOf": variants}


def _value(arity: str, kind: ValueType, choices: list[str] | None) -> Json:
    if arity == "none":
        return {"enum": [None, ""]}
    if arity == "window":
        return _WINDOW
    if arity == "many":
        one = {"enum": choices} if choices is not None else {"$ref": "#/$defs/text"}
        return _list(one, MOST_VALUES)
    single = {"$ref": f"#/$defs/{kind if kind in _VALUES else 'text'}"}
    if arity == "two":
        return {"type": "array", "items": single, "minItems": 2, "maxItems": 2}
    return single


def _numeric(least: Any, most: Any, *, whole: bool = False) -> Json:
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


def _window(kind: str) -> Json:
    units = UNITS_OF.get(kind)
    if kind == "dates":
        day = {"anyOf": [{"$ref": "#/$defs/date"}, {"enum": [None, ""]}]}
        return _object(
            {"kind": {"const": kind}, "start": day, "end": day}, optional=("start", "end")
        )
    properties: Json = {"kind": {"const": kind}}
    optional: list[str] = []
    if units is not None:
        properties["unit"] = {"enum": list(units)}
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


def _object(properties: Json, *, optional: Iterable[str] = ()) -> Json:
    left_out = set(optional)
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in left_out],
        "additionalProperties": False,
    }


def _by(name: str, values: Iterable[str]) -> Json:
    """One of several definitions, chosen by a property: so that an error names the right one."""
    values = list(values)
    return {
        "type": "object",
        "required": [name],
        "properties": {name: {"enum": values}},
        "allOf": [
            {
                "if": {"properties": {name: {"const": value}}, "required": [name]},
                "then": {"$ref": f"#/$defs/{value}"},
            }
            for value in values
        ],
    }


def _list(items: Json, most: int) -> Json:
    return {"type": "array", "items": items, "minItems": 1, "maxItems": most}


def _id() -> Json:
    return {
        "anyOf": [{"type": "string", "pattern": r"^\d{1,18}$"}, {"type": "integer", "minimum": 0}]
    }


def _whole(least: int, most: int) -> Json:
    return {"type": "integer", "minimum": least, "maximum": most}


def _number(least: float, most: float) -> Json:
    return {"type": "number", "minimum": least, "maximum": most}

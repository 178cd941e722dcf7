"""One rule for everything a rule can say: every measure, field, operator, window, node, grid, attribute.

Made from the registries, so that what is added there is in here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.segments.trees import OTHER_WORDS, WORDS, Json

from huitou.segments.catalogue import ATTRIBUTES
from huitou.segments.grids import GRIDS
from huitou.segments.nodes import (
    AttributeSubject,
    Condition,
    FactSubject,
    GridSubject,
    IntervalSubject,
    Subject,
)
from huitou.segments.operators import NUMERIC, OPERATORS, operators_of
from huitou.segments.registry import EVENTS, FACTS
from huitou.segments.windows import EVER

NUMBERS: Final[dict[str, list[Any]]] = {
    "count": [1, 2],
    "number": [1, 50],
    "money": [9.99, 100],
    "share": [0.25, 0.5],
    "days": [1, 90],
}
DAYS: Final = ["2023-12-31", "2024-03-01"]
WINDOWS: Final[dict[str, Json]] = {
    "ever": {"kind": "ever"},
    "last_minutes": {"kind": "last", "n": 90_000, "unit": "minute"},
    "last_hours": {"kind": "last", "n": 3_000, "unit": "hour"},
    "last_days": {"kind": "last", "n": 123, "unit": "day"},
    "last_weeks": {"kind": "last", "n": 20, "unit": "week"},
    "last_months": {"kind": "last", "n": 5, "unit": "month"},
    "last_quarters": {"kind": "last", "n": 2, "unit": "quarter"},
    "last_years": {"kind": "last", "n": 1, "unit": "year"},
    "between_ago": {"kind": "between_ago", "n": 200, "m": 100, "unit": "day"},
    "between_hours_ago": {"kind": "between_ago", "n": 5_000, "m": 100, "unit": "hour"},
    "this": {"kind": "this", "unit": "year"},
    "previous": {"kind": "previous", "unit": "quarter"},
    "dates": {"kind": "dates", "start": DAYS[0], "end": DAYS[1]},
    "since": {"kind": "since", "festival": "double_11", "year": -1},
    "around": {"kind": "around", "festival": "spring_festival", "year": 0, "n": 30, "m": 30},
    "before_first": {"kind": "before_first"},
    "after_first_days": {"kind": "after_first", "n": 90, "unit": "day"},
    "after_first_weeks": {"kind": "after_first", "n": 9, "unit": "week"},
    "after_first_months": {"kind": "after_first", "n": 3, "unit": "month"},
    "after_first_years": {"kind": "after_first", "n": 1, "unit": "year"},
    "after_last": {"kind": "after_last"},
}
BOUGHT: Final[Json] = {
    "kind": "trades",
    "measure": "orders",
    "operator": "ge",
    "value": 2,
}


def subjects() -> dict[str, Subject]:
    """Every value that a member can have."""
    found: dict[str, Subject] = {}
    of_item = (Condition("item", "known"),)
    for basis in FACTS["trade"].bases:
        for code, measure in FACTS["trade"].measures.items():
            found[f"trades {basis} {code}"] = FactSubject("trade", code, basis)
            if measure.of_lines is not None:
                found[f"trades {basis} {code} of lines"] = FactSubject(
                    "trade", code, basis, of_item
                )
    for fact in EVENTS.values():
        for code in fact.measures:
            found[f"events {fact.code} {code}"] = FactSubject(fact.code, code)
    for cycle in ("own", "everyone"):
        found[f"interval {cycle}"] = IntervalSubject(cycle)
        found[f"interval {cycle} of lines"] = IntervalSubject(cycle, of_item)
    for grid in GRIDS:
        found[f"grid {grid}"] = GridSubject(grid)
    for code in ATTRIBUTES:
        found[f"attribute {code}"] = AttributeSubject(code)
        if ATTRIBUTES[code].is_windowed:
            found[f"attribute {code} ever"] = AttributeSubject(code, EVER)
    return found


def rules() -> dict[str, Json]:
    """A rule for every field, operator, window and kind of node."""
    return {**dict(_by_field()), **dict(_by_operator()), **_by_window(), **_others()}


def _operand(code: str, kind: str, name: str, choices: Mapping[str, Any] | None) -> Json:
    arity = OPERATORS[code].arity
    if arity == "none":
        return {}
    if arity == "window":
        return {"value": {"kind": "last", "n": 6, "unit": "month"}}
    if arity == "many":
        return {"value": list(choices or WORDS.get(name, OTHER_WORDS))[:2]}
    values = NUMBERS.get(kind, DAYS) if kind in NUMERIC or kind == "date" else None
    if values is None:
        return {"value": WORDS.get(name, ("l", "不"))[0]}
    return {"value": values if arity == "two" else values[0]}


def _by_field() -> Iterator[tuple[str, Json]]:
    """Every field, the first of each type with all its operators."""
    seen: set[str] = set()
    for fact in FACTS.values():
        measure = "orders" if fact.is_trades else "times"
        base: Json = (
            {"kind": "trades"} if fact.is_trades else {"kind": "events", "event": fact.code}
        )
        for name, field in fact.fields.items():
            codes = operators_of(field.type)
            for code in codes if field.type not in seen else codes[:1]:
                value = _operand(code, field.type, name, field.choices)
                yield (
                    f"field {fact.code}.{name} {code}",
                    {
                        **base,
                        "measure": measure,
                        "where": [{"field": name, "operator": code, **value}],
                        "operator": "ge",
                        "value": 1,
                    },
                )
            seen.add(field.type)


def _by_operator() -> Iterator[tuple[str, Json]]:
    """Every operator of every type of value."""
    examples: dict[str, Json] = {}
    for code, measure in FACTS["trade"].measures.items():
        examples.setdefault(measure.type, {"kind": "trades", "measure": code})
    for code, attribute in ATTRIBUTES.items():
        examples.setdefault(attribute.type, {"kind": "profile", "attribute": code})
    for kind, subject in examples.items():
        name = subject.get("attribute", "")
        always = (
            ATTRIBUTES[name].is_always_known
            if name
            else FACTS["trade"].measures[subject["measure"]].zero is not None
        )
        choices = ATTRIBUTES[name].choices if name else None
        for code in operators_of(kind, always_known=always):  # type: ignore[arg-type]
            value = _operand(code, kind, name, choices)
            yield f"operator {kind} {code}", {**subject, "operator": code, **value}


def _by_window() -> dict[str, Json]:
    return {
        f"window {name}": {
            "kind": "events",
            "event": "visit",
            "measure": "times",
            "window": window,
            "operator": "ge",
            "value": 1,
        }
        for name, window in WINDOWS.items()
    }


def _others() -> dict[str, Json]:
    item = [{"field": "category", "operator": "any_of", "value": ["黄酒", "Tea"]}]
    found: dict[str, Json] = {
        f"sequence {unit} {happens}": {
            "kind": "sequence",
            "first": {"event": "visit", "where": []},
            "then": {"event": "trade", "where": item},
            "within": {"n": 300, "unit": unit},
            "happens": happens,
        }
        for unit in ("day", "hour")
        for happens in (True, False)
    }
    for unit, n in (("members", 5), ("percent", 33.3)):
        for direction in ("top", "bottom"):
            found[f"rank {direction} {unit}"] = {
                "kind": "rank",
                "direction": direction,
                "size": {"n": n, "unit": unit},
                "by": {"kind": "trades", "measure": "amount"},
            }
    found["rank by what is not always known"] = {
        **found["rank top members"],
        "by": {"kind": "trades", "measure": "average"},
    }
    for operator in ("any_of", "all_of", "none_of"):
        found[f"tag {operator}"] = {"kind": "tag", "operator": operator, "tags": ["1", "2"]}
    for grid, held in GRIDS.items():
        found[f"cell {grid}"] = {"kind": "cell", "grid": grid, "cells": list(held.cells)[:3]}
    return found

"""The published JSON Schema takes what the parser takes, and refuses what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.segments.crowd import amount, document, either, every, inside, neither, orders, top

from huitou.segments.catalogue import ATTRIBUTES
from huitou.segments.operators import OPERATORS, operators_of
from huitou.segments.parsing import document as as_document
from huitou.segments.parsing import parse
from huitou.segments.registry import FACTS
from huitou.segments.schema import document_schema
from huitou.segments.templates import TEMPLATES
from huitou.segments.wrong import Wrong

SCHEMA = document_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def takes(found: Any) -> bool:
    return bool(VALIDATOR.is_valid(found))


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.code)
def test_templates_as_written_and_as_stored(template: Any) -> None:
    assert takes(template.document)
    assert takes(as_document(parse(template.document)))


VALUES = {
    "count": 3, "number": 3, "money": "9.50", "share": 0.5, "days": 3, "date": "2026-11-22",
    "choice": "x", "text": "x", "set": "x", "birthday": "x", "flag": None,
}  # fmt: skip
WINDOW = {"kind": "last", "n": 3, "unit": "day"}


def one_of_each_arity(operators: list[str]) -> list[str]:
    """The operators that differ in what value they take."""
    return list({OPERATORS[code].arity: code for code in operators}.values())


def operand(operator: str, kind: str) -> dict[str, Any]:
    value = VALUES[kind]
    by_arity: dict[str, dict[str, Any]] = {
        "none": {},
        "one": {"value": value},
        "two": {"value": [value, value]},
        "many": {"value": [value]},
        "window": {"value": WINDOW},
    }
    return by_arity[OPERATORS[operator].arity]


def test_every_kind_of_operator_of_every_attribute() -> None:
    for code, one in ATTRIBUTES.items():
        operators = operators_of(one.type, always_known=one.is_always_known)
        for operator in one_of_each_arity(operators):
            rule = {"kind": "profile", "attribute": code, "operator": operator}
            found = document({**rule, **operand(operator, one.type)})
            parse(found)
            assert takes(found), found


def test_every_measure_and_field_of_every_fact() -> None:
    for fact in FACTS.values():
        for code, one in fact.measures.items():
            operators = operators_of(one.type, always_known=one.zero is not None)
            for operator in one_of_each_arity(operators):
                rule = _measured(fact.code, code, operator, one.type)
                parse(document(rule))
                assert takes(document(rule)), rule
        for code, field in fact.fields.items():
            for operator in one_of_each_arity(operators_of(field.type)):
                more = operand(operator, field.type)
                if field.choices is not None and "value" in more:
                    more = {"value": [next(iter(field.choices))]}
                where = {"field": code, "operator": operator, **more}
                measure = "orders" if fact.code == "trade" else "times"
                rule = {**_measured(fact.code, measure, "ge", "count"), "where": [where]}
                parse(document(rule))
                assert takes(document(rule)), rule


def _measured(fact: str, measure: str, operator: str, kind: str) -> dict[str, Any]:
    own = (
        {"kind": "trades", "basis": "all"} if fact == "trade" else {"kind": "events", "event": fact}
    )
    return {**own, "measure": measure, "operator": operator, **operand(operator, kind)}


@pytest.mark.parametrize(
    "rule",
    [
        every(),
        either(inside(3), neither(orders(), top(5))),
        {"kind": "sample", "salt": "a", "end": 10},
        {"kind": "tag", "operator": "all_of", "tags": ["1", 2]},
        {"kind": "members", "members": ["1"]},
        orders("between", [1, 2], window={"kind": "dates", "start": "2026-01-01"}),
        orders(window={"kind": "around", "festival": "618", "n": 3, "m": 3}),
        orders(window={"kind": "before_first"}),
    ],
)
def test_other_right_rules(rule: Any) -> None:
    parse(document(rule))
    assert takes(document(rule))


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"version": 2, "rule": every()},
        {"version": 1, "rule": {"kind": "some", "children": []}},
        document({"kind": "all"}),
        document(every({**orders(), "colour": "red"})),
        document(orders("contains", 1)),
        document(orders("ge", -1)),
        document(orders("ge", "many")),
        document(orders("between", [1])),
        document({**orders(), "measure": "weight"}),
        document({**orders(), "basis": "stolen"}),
        document(orders(window={"kind": "last", "n": 0, "unit": "day"})),
        document(orders(window={"kind": "next", "n": 1, "unit": "day"})),
        document(orders(window={"kind": "since", "festival": "monday"})),
        document(
            {**orders(), "where": [{"field": "platform", "operator": "any_of", "value": ["x"]}]}
        ),
        document({"kind": "profile", "attribute": "height", "operator": "known"}),
        document({"kind": "profile", "attribute": "gender", "operator": "eq", "value": "f"}),
        document({"kind": "sample", "salt": "", "start": 0, "end": 10}),
        document({"kind": "sample", "salt": "a", "start": 0, "end": 101}),
        document({"kind": "cell", "grid": "rfm8", "cells": ["zzz"]}),
        document({"kind": "tag", "operator": "some", "tags": ["1"]}),
        document(inside("twelve")),
        document({**top(3), "by": {"kind": "profile", "attribute": "gender"}}),
        document({**amount("known", None), "value": 3}),
    ],
)
def test_wrong_rules_are_refused_by_both(found: Any) -> None:
    with pytest.raises(Wrong):
        parse(found)
    assert not takes(found)

"""The catalogue as a registry: complete, in both languages, and every operator of every attribute."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import ibis
import pytest
from tests.segments.brandlet import brandlet, everything, gathered, moment

from huitou.segments import leaves
from huitou.segments.catalogue import ATTRIBUTES, GROUPS, PARTS
from huitou.segments.catalogue.handbook import page
from huitou.segments.evaluator import Question, evaluate
from huitou.segments.grids import GridSettings
from huitou.segments.nodes import AttributeSubject, Compare, FactSubject, Group
from huitou.segments.operators import NUMERIC, OPERATORS, holds, operators_of
from huitou.segments.parsing import document, parse
from huitou.segments.registry import FACTS
from huitou.segments.sentences import sentence
from huitou.segments.values import resolved
from huitou.segments.windows import EVER, Window
from huitou.warehouse.schema import TABLES
from huitou.warehouse.store import Warehouse, table

CHINESE = re.compile(r"[\u4e00-\u9fff]")
GROUP_CODES = list(GROUPS)
TEXTS = (
    "1", "2", "3", "浙江", "杭州", "黄酒", "Tea > Green", "红 L", "M1", "g1", "c1", "o1", "live", "gold",
    "2024", "颜色=红", "口味=甜", "taobao", "search", "古越", "破损", "sf", "quiet_hours",
)  # fmt: skip
LAST_YEAR = Window("last", n=1, unit="year")


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    with brandlet().warehouse() as opened:
        yield opened


# The registry


def test_there_are_enough_in_every_group() -> None:
    counts = Counter(one.group for one in ATTRIBUTES.values())
    assert set(counts) == set(GROUPS)
    assert len(ATTRIBUTES) >= 150
    assert min(counts.values()) >= 15


def test_codes_and_labels_are_unique() -> None:
    listed = [one for part in PARTS for one in part.ATTRIBUTES]
    for name in ("code", "label"):
        assert [
            one for one, n in Counter(getattr(one, name) for one in listed).items() if n > 1
        ] == []
    for language in ("zh", "en"):
        said = Counter(getattr(one.label, language) for one in listed)
        assert [one for one, n in said.items() if n > 1] == []
    assert all(re.fullmatch("[a-z][a-z_]*", one.code) for one in listed)


def test_every_text_is_there_in_both_languages() -> None:
    for one in ATTRIBUTES.values():
        for text in (one.label, one.help, *(one.choices or {}).values()):
            assert text.zh.strip(), one.code
            assert text.en.strip(), one.code
            assert not CHINESE.search(text.en), f"{one.code}: {text.en}"
        assert CHINESE.search(one.label.zh), one.code
        assert CHINESE.search(one.help.zh), one.code


def test_types_units_windows_and_choices_go_together() -> None:
    for code, one in ATTRIBUTES.items():
        assert operators_of(one.type, always_known=one.is_always_known), code
        assert one.data in TABLES, code
        assert not (one.choices is not None and one.pick), code
        if one.type in {"choice", "set"}:
            assert one.choices is not None or one.pick, f"{code}: nothing to choose from"
        else:
            assert one.choices is None, code
            assert not one.pick, code
        if one.is_path:
            assert one.pick == "category", code
        if one.type == "flag":
            assert one.is_always_known, f"{code}: a flag says no of everybody else"
        if one.window is not None:
            assert one.window.kind in {"ever", "last"}, code
        if isinstance(one.source, FactSubject):
            assert one.type == FACTS[one.source.fact].measures[one.source.measure].type, code
            assert one.source.window == EVER, f"{code}: the window is the attribute's"
        if one.total:
            assert one.total in TABLES["member_totals"].names, code
            assert one.window == EVER, code


def test_every_attribute_reads_as_a_sentence_and_survives_its_document() -> None:
    for code, one in ATTRIBUTES.items():
        for operator in operators_of(one.type, always_known=one.is_always_known):
            node = Compare(AttributeSubject(code), operator, sample(code, operator))
            assert parse(document(node)) == node
            said = sentence(node)
            assert one.label.zh in said.zh, code
            assert one.label.en in said.en, code


def test_the_page_about_attributes_is_up_to_date() -> None:
    held = (Path(__file__).parents[2] / "docs" / "attributes.md").read_text()
    assert held == page(), "run python scripts/attributes.py"


# Operators


def sample(code: str, operator: str) -> Any:
    """An operand that is worth asking with."""
    one, arity = ATTRIBUTES[code], OPERATORS[operator].arity
    if arity == "none":
        return None
    if arity == "window":
        return Window("next", n=60) if one.type == "birthday" else LAST_YEAR
    if arity == "many":
        found = tuple(one.choices or TEXTS)
        return (
            found[:1] if operator == "all_of" and one.choices else found[: max(2, len(found) // 2)]
        )
    if one.type == "date":
        first, last = date(2023, 6, 1), date(2024, 1, 15)
        return (first, last) if arity == "two" else first
    low, high = {
        "count": (Decimal(1), Decimal(3)),
        "share": (Decimal("0.25"), Decimal("0.5")),
        "money": (Decimal(10), Decimal(100)),
        "days": (Decimal(30), Decimal(400)),
    }.get(one.type, (Decimal(1), Decimal(12)))
    return (low, high) if arity == "two" else low


def decoded(kind: str, text: str) -> Any:
    if kind in NUMERIC:
        return Decimal(text)
    if kind == "date":
        return date.fromisoformat(text)
    return text == "true" if kind == "flag" else text


def below(value: str, operand: tuple[str, ...]) -> set[str]:
    return {path for path in operand if value == path or value.startswith(path + " > ")}


def expected(code: str, operator: str, operand: Any, value: Any) -> bool:
    """What an operator says of a plain value; a path also stands for what is below it."""
    one = ATTRIBUTES[code]
    if one.is_path and operator in {"any_of", "none_of", "all_of"}:
        held = value if one.type == "set" else ([] if value is None else [value])
        inside = {path for element in held or () for path in below(element, operand)}
        if operator == "all_of":
            return inside == set(operand)
        if operator == "none_of":
            return not inside and (one.type == "set" or value is not None)
        return bool(inside)
    if value is None and one.zero is not None:
        value = False if one.type == "flag" else Decimal(one.zero)
    return holds(OPERATORS[operator], one.type, value, resolved(operand, moment()))


@pytest.mark.parametrize("group", GROUP_CODES)
def test_every_operator_of_every_attribute_says_what_its_value_says(
    warehouse: Warehouse, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One expression of values for all operators of an attribute: the engine works it out once.
    monkeypatch.setattr(leaves, "subject_values", cache(leaves.subject_values))
    everybody = {row["member"] for row in warehouse.rows(table("member").select("member"))}
    wrong = []
    for code, one in ATTRIBUTES.items():
        if one.group == group and one.type != "birthday":
            wrong += asked(warehouse, code, everybody)
    assert wrong == []


def asked(warehouse: Warehouse, code: str, everybody: set[int]) -> list[str]:
    """Ask all operators of an attribute in one query; those that are answered wrongly."""
    one, view, subject = ATTRIBUTES[code], everything(), AttributeSubject(code)
    operators = operators_of(one.type, always_known=one.is_always_known)
    answers = [
        leaves.answer(Compare(subject, name, sample(code, name)), view, GridSettings())
        for name in operators
    ]
    values = leaves.subject_values(subject, view, GridSettings()).table
    nothing = ibis.null("string")
    rows = warehouse.rows(
        ibis.union(
            values.select(
                "member", at=ibis.literal(-1, "int64"), value=values.value.cast("string")
            ),
            *(
                found.rows.select("member", at=ibis.literal(at, "int64"), value=nothing)
                for at, found in enumerate(answers)
            ),
        )
    )
    plain = [
        {"member": row["member"], "value": decoded(one.type, row["value"])}
        for row in rows
        if row["at"] == -1 and row["value"] is not None
    ]
    held = gathered(code, plain)
    wrong = []
    for at, (name, found) in enumerate(zip(operators, answers, strict=True)):
        got = {row["member"] for row in rows if row["at"] == at} & everybody
        if found.complement:
            got = everybody - got
        operand = sample(code, name)
        want = {member for member in everybody if expected(code, name, operand, held.get(member))}
        if got != want:
            wrong.append(f"{code} {name} {operand}: {sorted(got ^ want)} of {held}")
    return wrong


def test_birthdays_and_one_of_each_type_through_the_evaluator(warehouse: Warehouse) -> None:
    for code in ("birthday", "joined_anniversary", "bought_anniversary"):
        for operator in operators_of("birthday"):
            node = Compare(AttributeSubject(code), operator, sample(code, operator))
            evaluate(warehouse, node, Question(moment()))
    by_type = {one.type: code for code, one in ATTRIBUTES.items()}
    children = tuple(
        Compare(AttributeSubject(code), operator, sample(code, operator))
        for kind, code in by_type.items()
        for operator in operators_of(kind, always_known=ATTRIBUTES[code].is_always_known)
    )
    outcome = evaluate(warehouse, Group("any", children), Question(moment()))
    assert outcome.members == outcome.universe


def test_a_flag_divides_everybody(warehouse: Warehouse) -> None:
    for code in ("is_buyer", "has_phone", "gift_buyer", "store_visit_only"):
        yes, no = (
            evaluate(warehouse, Compare(AttributeSubject(code), one), Question(moment()))
            for one in ("yes", "no")
        )
        assert not yes.members & no.members
        assert yes.members | no.members == yes.universe

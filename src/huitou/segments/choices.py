"""Values to choose from: what an attribute or a field really has, the most frequent first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import ibis

from huitou.accounts import shops
from huitou.kernel.errors import NotFound
from huitou.kernel.i18n import Text, translate
from huitou.segments.catalogue import ATTRIBUTES
from huitou.segments.evaluator import Question, view_of
from huitou.segments.facts import Fact, View, rows_of
from huitou.segments.leaves import subject_values
from huitou.segments.nodes import AttributeSubject
from huitou.segments.registry import FACTS
from huitou.warehouse.store import Warehouse, table

Json = dict[str, Any]
MOST: Final = 200
_SHOPS: Final = frozenset({"shop", "store"})


def search(
    warehouse: Warehouse, source: str, word: str, limit: int, question: Question
) -> list[Json]:
    """``[{value, label, count}]`` of ``attribute:CODE`` or ``field:FACT.CODE``, those that hold a word.

    ``count``: how many members have the value, or how many facts; None where it is not known. Raises
    ``NotFound`` for an unknown source.
    """
    limit = min(max(limit, 1), MOST)
    kind, _, rest = source.partition(":")
    view = view_of(warehouse, question.moment, question.scope)
    if kind == "attribute" and rest in ATTRIBUTES:
        attribute = ATTRIBUTES[rest]
        if attribute.choices is not None:
            return _fixed(attribute.choices, word, limit)
        values = subject_values(AttributeSubject(rest), view, question.grids).table
        return _found(warehouse, values, attribute.pick, word, limit, view)
    fact, _, code = rest.partition(".")
    fact = "trade" if fact == "trades" else fact
    if kind == "field" and fact in FACTS and code in FACTS[fact].fields:
        field = FACTS[fact].fields[code]
        if field.choices is not None:
            return _fixed(field.choices, word, limit)
        return _found(warehouse, _of_field(FACTS[fact], code, view), code, word, limit, view)
    raise NotFound(
        Text(f"没有可选值来源 {source}", f"There are no values of {source}"),
        remedy=Text(
            "用 attribute:代码 或 field:事实.代码", "Use attribute:CODE or field:FACT.CODE"
        ),
        where={"source": source},
    )


def _of_field(fact: Fact, code: str, view: View) -> ibis.Table:
    field = fact.fields[code]
    rows = rows_of(fact, "all", view, field.needs)
    return rows.select(value=field.of(rows, view))


def _fixed(choices: Mapping[str, Text], word: str, limit: int) -> list[Json]:
    wanted = word.strip().casefold()
    found = [
        {"value": code, "label": translate(label), "count": None}
        for code, label in choices.items()
        if wanted in f"{code} {label.zh} {label.en}".casefold()
    ]
    return found[:limit]


def _found(
    warehouse: Warehouse, values: ibis.Table, pick: str, word: str, limit: int, view: View
) -> list[Json]:
    values = values.filter(values.value.notnull()).mutate(value=values.value.cast("string"))
    wanted = word.strip()
    named: dict[str, str] = {}
    if pick in _SHOPS:
        named = {
            str(shop.shop): shop.name
            for shop in shops.all_shops()
            if view.scope.allows(shop.shop) and wanted.casefold() in shop.name.casefold()
        }
        values = values.filter(values.value.isin(list(named) or [""]))
    elif pick == "item":
        items = table("item")
        known = items.select(
            item_value=items.item.cast("string"), title="title", code="merchant_code"
        )
        values = values.left_join(known, values.value == known.item_value)
        if wanted:
            held = values.title.fill_null("").lower().contains(wanted.lower())
            values = values.filter(held | (values.code == wanted) | (values.value == wanted))
    elif wanted:
        values = values.filter(values.value.lower().contains(wanted.lower()))
    extra = {"title": values.title.max()} if pick == "item" else {}
    counted = values.group_by("value").aggregate(count=values.count(), **extra)
    rows = warehouse.rows(counted.order_by(counted["count"].desc(), counted.value).limit(limit))
    return [
        {
            "value": row["value"],
            "label": named.get(row["value"]) or row.get("title") or row["value"],
            "count": row["count"],
        }
        for row in rows
    ]

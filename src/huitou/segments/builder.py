"""What the builder's screen is made of: the catalogue, facts, operators, windows, grids, templates."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from huitou.kernel.festivals import FESTIVALS
from huitou.kernel.i18n import Text, translate
from huitou.segments.catalogue import ATTRIBUTES, GROUPS, Attribute
from huitou.segments.facts import Fact, Field
from huitou.segments.grids import GRIDS
from huitou.segments.nodes import AttributeSubject
from huitou.segments.operators import OPERATORS, operators_of
from huitou.segments.parsing import MOST_DEPTH, MOST_NODES
from huitou.segments.registry import FACTS
from huitou.segments.sentences import unit_of
from huitou.segments.templates import TEMPLATES
from huitou.segments.values import MOST_VALUES
from huitou.segments.windows import KINDS, UNITS_OF
from huitou.warehouse.schema import TABLES
from huitou.warehouse.store import Warehouse, table

Json = dict[str, Any]


def catalogue(warehouse: Warehouse) -> Json:
    """The whole catalogue in the active language."""
    filled = tables_with_data(warehouse)
    return {
        "groups": _labelled(GROUPS),
        "attributes": [_attribute(one, filled) for one in ATTRIBUTES.values()],
        "facts": [_fact(one, filled) for one in FACTS.values()],
        "operators": [
            {"code": one.code, "label": translate(one.label), "arity": one.arity}
            for one in OPERATORS.values()
        ],
        "windows": [
            {
                "kind": kind,
                "label": translate(label),
                "units": list(UNITS_OF.get(kind, ())),
            }
            for kind, label in KINDS.items()
        ],
        "festivals": [
            {"code": one.code, "label": translate(one.label)} for one in FESTIVALS.values()
        ],
        "grids": [
            {
                "code": one.code,
                "label": translate(one.label),
                "help": translate(one.help),
                "cells": _labelled(one.cells),
            }
            for one in GRIDS.values()
        ],
        "templates": [
            {
                "code": one.code,
                "label": translate(one.label),
                "help": translate(one.help),
                "rule": one.document,
            }
            for one in TEMPLATES
        ],
        "limits": {"nodes": MOST_NODES, "depth": MOST_DEPTH, "values": MOST_VALUES},
    }


def attributes(warehouse: Warehouse) -> list[Json]:
    """The ready attributes only, as the catalogue shows them."""
    filled = tables_with_data(warehouse)
    return [_attribute(one, filled) for one in ATTRIBUTES.values()]


_filled: WeakKeyDictionary[Warehouse, tuple[int, frozenset[str]]] = WeakKeyDictionary()
_lock = threading.Lock()


def tables_with_data(warehouse: Warehouse) -> frozenset[str]:
    """The warehouse tables that hold a row; looked up once per state."""
    with _lock:
        held = _filled.get(warehouse)
    version = warehouse.data_version
    if held is None or held[0] != version:
        asked = {one.table for one in FACTS.values()} | {one.data for one in ATTRIBUTES.values()}
        found = frozenset(
            name
            for name in asked
            if name in TABLES and warehouse.fetch(table(name).limit(1)).num_rows
        )
        held = (version, found)
        with _lock:
            _filled[warehouse] = held
    return held[1]


def _attribute(one: Attribute, filled: Iterable[str]) -> Json:
    choices = one.choices
    return {
        "code": one.code,
        "group": one.group,
        "label": translate(one.label),
        "help": translate(one.help),
        "type": one.type,
        "unit": unit_of(AttributeSubject(one.code)),
        "operators": operators_of(one.type, always_known=one.is_always_known),
        "windowed": one.is_windowed,
        "default_window": one.window.as_json() if one.window is not None else None,
        "choices": None if choices is None else _choices(choices),
        "searchable": bool(one.pick) and choices is None,
        "has_data": one.data in filled,
        "keywords": list(one.keywords),
    }


def _fact(one: Fact, filled: Iterable[str]) -> Json:
    return {
        "code": "trades" if one.is_trades else one.code,
        "kind": "trades" if one.is_trades else "events",
        "label": translate(one.label),
        "bases": _labelled(one.bases),
        "measures": [
            {
                "code": measure.code,
                "label": translate(measure.label),
                "help": translate(measure.help),
                "type": measure.type,
                "unit": measure.unit,
                "operators": operators_of(measure.type, always_known=measure.zero is not None),
            }
            for measure in one.measures.values()
        ],
        "fields": [_field(field) for field in one.fields.values()],
        "has_data": one.table in filled,
    }


def _field(one: Field) -> Json:
    return {
        "code": one.code,
        "label": translate(one.label),
        "type": one.type,
        "unit": one.unit,
        "operators": operators_of(one.type),
        "choices": None if one.choices is None else _choices(one.choices),
        "searchable": one.is_searchable,
    }


def _labelled(labels: Mapping[str, Text]) -> list[Json]:
    return [{"code": code, "label": translate(label)} for code, label in labels.items()]


def _choices(labels: Mapping[str, Text]) -> list[Json]:
    return [{"value": code, "label": translate(label)} for code, label in labels.items()]

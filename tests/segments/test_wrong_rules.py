"""Wrong rules: each is refused, and the error names the node by its path in the document."""

from __future__ import annotations

import json
import math
from typing import Any, Final

import pytest
from tests.segments.trees import Json, document

from huitou.segments.catalogue import ATTRIBUTES
from huitou.segments.parsing import MOST_CONDITIONS, MOST_DEPTH, MOST_LISTED, MOST_NODES, parse
from huitou.segments.parsing import document as document_of
from huitou.segments.wrong import Wrong

EVER: Final[Json] = {"kind": "ever"}
BOUGHT: Final[Json] = {"kind": "trades", "measure": "orders", "operator": "ge", "value": 1}
VISITED: Final[Json] = {
    "kind": "events", "event": "visit", "measure": "times", "operator": "ge", "value": 1,
}  # fmt: skip
FEMALE: Final[Json] = {
    "kind": "profile",
    "attribute": "gender",
    "operator": "any_of",
    "value": ["f"],
}
AGED: Final[Json] = {"kind": "profile", "attribute": "age", "operator": "ge", "value": 30}
BORN: Final[Json] = {
    "kind": "profile", "attribute": "birthday", "operator": "within",
    "value": {"kind": "next", "n": 7, "unit": "day"},
}  # fmt: skip
SHARE: Final[Json] = {
    "kind": "trades",
    "measure": "share_of_orders",
    "operator": "ge",
    "value": 0.5,
}
SEEN: Final[Json] = {
    "kind": "profile", "attribute": "first_seen", "operator": "on", "value": "2024-02-29",
}  # fmt: skip
FOLLOWED: Final[Json] = {
    "kind": "sequence", "first": {"event": "visit"}, "then": {"event": "trade"},
    "within": {"n": 7, "unit": "day"},
}  # fmt: skip
LATE: Final[Json] = {"kind": "interval", "cycle": "own", "operator": "gt", "value": 0}
BEST: Final[Json] = {
    "kind": "rank", "direction": "top", "size": {"n": 10, "unit": "percent"},
    "by": {"kind": "trades", "measure": "amount"},
}  # fmt: skip
CELL: Final[Json] = {"kind": "cell", "grid": "lifecycle", "cells": ["new"]}
TAGGED: Final[Json] = {"kind": "tag", "operator": "any_of", "tags": ["1"]}
DRAWN: Final[Json] = {"kind": "sample", "salt": "a", "start": 0, "end": 10}
SAVED: Final[Json] = {"kind": "segment", "segment": "12"}
LISTED: Final[Json] = {"kind": "members", "members": ["1", "2"]}
GOOD: Final = (
    BOUGHT, VISITED, FEMALE, AGED, BORN, SHARE, SEEN, FOLLOWED, LATE, BEST, CELL, TAGGED, DRAWN, SAVED,
    LISTED,
)  # fmt: skip


def where(field: str, operator: str, *value: Any) -> Json:
    return {"field": field, "operator": operator, **({"value": value[0]} if value else {})}


def without(rule: Json, *names: str) -> Json:
    return {name: value for name, value in rule.items() if name not in names}


def nested(depth: int) -> Json:
    """Groups in groups, made without recursion."""
    rule: Json = BOUGHT
    for _ in range(depth):
        rule = {"kind": "all", "children": [rule]}
    return rule


def windowed(**window: Any) -> Json:
    return {**BOUGHT, "window": window}


WRONG: Final[dict[str, tuple[Any, str]]] = {
    # Nodes
    "a list for a node": ([], "/rule"),
    "a text for a node": ("all", "/rule"),
    "no kind": ({}, "/rule/kind"),
    "an unknown kind": ({"kind": "sql"}, "/rule/kind"),
    "a kind that is no text": ({"kind": ["all"]}, "/rule/kind"),
    "no children": ({"kind": "all"}, "/rule/children"),
    "children that are no list": ({"kind": "any", "children": BOUGHT}, "/rule/children"),
    "a child that is no node": ({"kind": "all", "children": [BOUGHT, None]}, "/rule/children/1"),
    "an unknown key": ({**BOUGHT, "having": 1}, "/rule/having"),
    "an unknown key of a group": ({"kind": "all", "children": [], "not": True}, "/rule/not"),
    "deep inside": (
        {"kind": "all", "children": [BOUGHT, {"kind": "none", "children": [{**AGED, "operator": "in"}]}]},
        "/rule/children/1/children/0/operator",
    ),
    "10,000 nodes": (
        {"kind": "any", "children": [BOUGHT] * 10_000}, f"/rule/children/{MOST_NODES - 1}",
    ),
    "5,000 levels": (nested(5_000), "/rule" + "/children/0" * MOST_DEPTH),
    "one level too many": (nested(MOST_DEPTH), "/rule" + "/children/0" * MOST_DEPTH),
    # Subjects
    "no attribute": (without(FEMALE, "attribute"), "/rule/attribute"),
    "an unknown attribute": ({**FEMALE, "attribute": "shoe_size"}, "/rule/attribute"),
    "an attribute that is no text": ({**FEMALE, "attribute": {"a": 1}}, "/rule/attribute"),
    "a window where there is none": ({**FEMALE, "window": EVER}, "/rule/window"),
    "an unknown event": ({**VISITED, "event": "trade"}, "/rule/event"),
    "an unknown measure": ({**BOUGHT, "measure": "margin"}, "/rule/measure"),
    "a measure of another fact": ({**VISITED, "measure": "amount"}, "/rule/measure"),
    "an unknown basis": ({**BOUGHT, "basis": "shipped"}, "/rule/basis"),
    "a basis of events": ({**VISITED, "basis": "paid"}, "/rule/basis"),
    "an unknown cycle": ({**LATE, "cycle": "item"}, "/rule/cycle"),
    # Operators and values
    "no operator": (without(BOUGHT, "operator"), "/rule/operator"),
    "an unknown operator": ({**BOUGHT, "operator": "="}, "/rule/operator"),
    "an operator of another type": ({**FEMALE, "operator": "ge", "value": 1}, "/rule/operator"),
    "a text operator on a number": ({**AGED, "operator": "contains"}, "/rule/operator"),
    "a set operator on a choice": ({**FEMALE, "operator": "all_of"}, "/rule/operator"),
    "unknown where all is known": (without({**BOUGHT, "operator": "unknown"}, "value"), "/rule/operator"),
    "no value": (without(BOUGHT, "value"), "/rule/value"),
    "a value that is not taken": ({**AGED, "operator": "known"}, "/rule/value"),
    "half an order": ({**BOUGHT, "value": 1.5}, "/rule/value"),
    "less than no orders": ({**BOUGHT, "value": -1}, "/rule/value"),
    "a number that is true": ({**BOUGHT, "value": True}, "/rule/value"),
    "a number that is a word": ({**AGED, "value": "old"}, "/rule/value"),
    "a number that is none": ({**AGED, "value": math.nan}, "/rule/value"),
    "an endless number": ({**AGED, "value": math.inf}, "/rule/value"),
    "a number too large": ({**AGED, "value": 10**13}, "/rule/value"),
    "a number too fine": ({**AGED, "value": "0.1234567"}, "/rule/value"),
    "a share of 50": ({**SHARE, "value": 50}, "/rule/value"),
    "one value for two": ({**AGED, "operator": "between", "value": 3}, "/rule/value"),
    "three values for two": ({**AGED, "operator": "between", "value": [1, 2, 3]}, "/rule/value"),
    "two values the wrong way round": ({**AGED, "operator": "between", "value": [3, 1]}, "/rule/value"),
    "one of two is no number": ({**AGED, "operator": "between", "value": [1, "x"]}, "/rule/value/1"),
    "no values at all": ({**FEMALE, "value": []}, "/rule/value"),
    "one value for many": ({**FEMALE, "value": "f"}, "/rule/value"),
    "too many values": ({**FEMALE, "value": list(map(str, range(1_001)))}, "/rule/value"),
    "a value that is no text": ({**FEMALE, "value": ["f", None]}, "/rule/value/1"),
    "a value without a text": ({**FEMALE, "value": ["f", ""]}, "/rule/value/1"),
    "a value too long": ({**FEMALE, "value": ["f", "x" * 201]}, "/rule/value/1"),
    "a day that does not exist": ({**SEEN, "value": "2023-02-29"}, "/rule/value"),
    "a day that is a number": ({**SEEN, "value": 20240229}, "/rule/value"),
    "a day for a window": ({**BORN, "value": "2024-02-29"}, "/rule/value"),
    # Windows
    "an unknown window": (windowed(kind="recently"), "/rule/window"),
    "a window that is a number": ({**BOUGHT, "window": 30}, "/rule/window"),
    "a window without n": (windowed(kind="last", unit="day"), "/rule/window/n"),
    "a window of nothing": (windowed(kind="last", n=0, unit="day"), "/rule/window/n"),
    "a window of half a day": (windowed(kind="last", n=1.5, unit="day"), "/rule/window/n"),
    "a window of a thousand years": (windowed(kind="last", n=1_000, unit="year"), "/rule/window/n"),
    "an unknown unit": (windowed(kind="last", n=1, unit="decade"), "/rule/window"),
    "a unit of other windows": (windowed(kind="this", unit="hour"), "/rule/window"),
    "a key of other windows": (windowed(kind="this", unit="day", n=3), "/rule/window"),
    "an unknown festival": (windowed(kind="since", festival="doomsday"), "/rule/window"),
    "a festival long ago": (windowed(kind="since", festival="618", year=-100), "/rule/window/year"),
    "dates without a date": (windowed(kind="dates"), "/rule/window"),
    "dates the wrong way round": (
        windowed(kind="dates", start="2024-03-02", end="2024-03-01"), "/rule/window",
    ),
    "dates that do not exist": (windowed(kind="dates", start="2024-02-30"), "/rule/window/start"),
    "a past that is to come": (windowed(kind="next", n=7, unit="day"), "/rule/window"),
    "hours for a date": (
        {**SEEN, "operator": "within", "value": {"kind": "last", "n": 3, "unit": "hour"}}, "/rule/value",
    ),
    "a member's own window for a date": (
        {**SEEN, "operator": "within", "value": {"kind": "after_last"}}, "/rule/value",
    ),
    "a window of a value": ({**SEEN, "operator": "within", "value": {"kind": "soon"}}, "/rule/value"),
    # Conditions on facts
    "where that is no list": ({**BOUGHT, "where": {}}, "/rule/where"),
    "too many conditions": (
        {**BOUGHT, "where": [where("hour", "ge", 1)] * (MOST_CONDITIONS + 1)}, "/rule/where",
    ),
    "a condition that is none": ({**BOUGHT, "where": ["hour"]}, "/rule/where/0"),
    "an unknown field": (
        {**BOUGHT, "where": [where("hour", "ge", 1), where("minute", "ge", 1)]}, "/rule/where/1/field",
    ),
    "a field of another fact": ({**VISITED, "where": [where("stars", "ge", 1)]}, "/rule/where/0/field"),
    "a field's operator": (
        {**BOUGHT, "where": [where("hour", "contains", "1")]}, "/rule/where/0/operator",
    ),
    "a field's value": ({**BOUGHT, "where": [where("hour", "ge", "x")]}, "/rule/where/0/value"),
    "a field's missing value": ({**BOUGHT, "where": [where("hour", "ge")]}, "/rule/where/0/value"),
    "a field's choice": (
        {**BOUGHT, "where": [where("status", "any_of", ["paid", "lost"])]}, "/rule/where/0/value/1",
    ),
    "a condition's unknown key": (
        {**BOUGHT, "where": [{**where("hour", "ge", 1), "not": True}]}, "/rule/where/0/not",
    ),
    "items in a measure of whole orders": (
        {**BOUGHT, "measure": "largest", "value": 1, "where": [where("item", "any_of", ["1"])]},
        "/rule/measure",
    ),
    # Sequences
    "no first": (without(FOLLOWED, "first"), "/rule/first"),
    "an unknown event in a step": ({**FOLLOWED, "then": {"event": "birth"}}, "/rule/then/event"),
    "an unknown key in a step": (
        {**FOLLOWED, "then": {"event": "trade", "basis": "paid"}}, "/rule/then/basis",
    ),
    "a condition in a step": (
        {**FOLLOWED, "first": {"event": "visit", "where": [where("kind", "any_of", ["bought"])]}},
        "/rule/first/where/0/value/0",
    ),
    "no time limit": (without(FOLLOWED, "within"), "/rule/within"),
    "a time limit of weeks": ({**FOLLOWED, "within": {"n": 1, "unit": "week"}}, "/rule/within/unit"),
    "a time limit of nothing": ({**FOLLOWED, "within": {"n": 0, "unit": "day"}}, "/rule/within/n"),
    "a time limit of half a day": ({**FOLLOWED, "within": {"n": 0.5, "unit": "day"}}, "/rule/within/n"),
    "may happen": ({**FOLLOWED, "happens": "maybe"}, "/rule/happens"),
    "a sequence in one's own window": (
        {**FOLLOWED, "window": {"kind": "after_last"}}, "/rule/window",
    ),
    # Ranks, cells, tags, samples, segments, members
    "an unknown direction": ({**BEST, "direction": "first"}, "/rule/direction"),
    "no size": (without(BEST, "size"), "/rule/size"),
    "an unknown unit of size": ({**BEST, "size": {"n": 1, "unit": "share"}}, "/rule/size/unit"),
    "more than everybody": ({**BEST, "size": {"n": 101, "unit": "percent"}}, "/rule/size/n"),
    "half a member": ({**BEST, "size": {"n": 10.5, "unit": "members"}}, "/rule/size/n"),
    "per cent too fine": ({**BEST, "size": {"n": 0.00001, "unit": "percent"}}, "/rule/size/n"),
    "ranked by nothing": (without(BEST, "by"), "/rule/by"),
    "ranked by a group": ({**BEST, "by": {"kind": "all", "children": []}}, "/rule/by"),
    "ranked by a condition": ({**BEST, "by": BOUGHT}, "/rule/by/operator"),
    "ranked by a date": ({**BEST, "by": {"kind": "trades", "measure": "last_day"}}, "/rule/by"),
    "ranked by a choice": ({**BEST, "by": {"kind": "profile", "attribute": "gender"}}, "/rule/by"),
    "ranked by an unknown measure": (
        {**BEST, "by": {"kind": "trades", "measure": "margin"}}, "/rule/by/measure",
    ),
    "an unknown grid": ({**CELL, "grid": "zodiac"}, "/rule/grid"),
    "no cells": ({**CELL, "cells": []}, "/rule/cells"),
    "an unknown cell": ({**CELL, "cells": ["new", "gold"]}, "/rule/cells/1"),
    "an unknown operator of tags": ({**TAGGED, "operator": "known"}, "/rule/operator"),
    "no tags": ({**TAGGED, "tags": []}, "/rule/tags"),
    "a tag by name": ({**TAGGED, "tags": ["1", "vip"]}, "/rule/tags/1"),
    "no salt": (without(DRAWN, "salt"), "/rule/salt"),
    "a salt too long": ({**DRAWN, "salt": "x" * 65}, "/rule/salt"),
    "a sample beyond everybody": ({**DRAWN, "end": 101}, "/rule/end"),
    "a sample the wrong way round": ({**DRAWN, "start": 20}, "/rule/start"),
    "a sample too fine": ({**DRAWN, "end": 0.00001}, "/rule/end"),
    "no segment": (without(SAVED, "segment"), "/rule/segment"),
    "a segment by name": ({**SAVED, "segment": "vip"}, "/rule/segment"),
    "a negative segment": ({**SAVED, "segment": -1}, "/rule/segment"),
    "no members": ({**LISTED, "members": []}, "/rule/members"),
    "too many members": ({**LISTED, "members": ["1"] * (MOST_LISTED + 1)}, "/rule/members"),
    "a member that is true": ({**LISTED, "members": ["1", True]}, "/rule/members/1"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_the_error_names_the_node(name: str) -> None:
    rule, path = WRONG[name]
    with pytest.raises(Wrong) as caught:
        parse(document(rule))
    assert caught.value.path == path
    assert caught.value.where == {"node": path}
    assert caught.value.message.zh
    assert caught.value.message.en


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (None, ""),
        ([], ""),
        ("all", ""),
        ({}, ""),
        ({"version": 1}, ""),
        ({"rule": BOUGHT}, "/version"),
        ({"version": 2, "rule": BOUGHT}, "/version"),
        ({"version": "1", "rule": BOUGHT}, "/version"),
        ({"version": True, "rule": BOUGHT}, "/version"),
        ({"version": 1, "rule": BOUGHT, "name": "x"}, "/name"),
        ({"version": 1, "rule": None}, "/rule"),
    ],
)
def test_what_is_no_document(given: Any, path: str) -> None:
    with pytest.raises(Wrong) as caught:
        parse(given)
    assert caught.value.path == path


@pytest.mark.parametrize("rule", GOOD)
def test_what_the_wrong_rules_are_made_of_is_right(rule: Json) -> None:
    node = parse(document(rule))
    assert parse(json.loads(json.dumps(document_of(node)))) == node


def test_the_limits_themselves_are_allowed() -> None:
    parse(document({"kind": "any", "children": [BOUGHT] * (MOST_NODES - 1)}))
    parse(document(nested(MOST_DEPTH - 1)))
    parse(document({**FEMALE, "value": list(map(str, range(1_000)))}))
    assert "gender" in ATTRIBUTES

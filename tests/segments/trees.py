"""hypothesis strategies of rule documents: every kind of node, every operator, values that occur."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st
from tests.segments import oracle, worlds

from huitou.segments.catalogue import ATTRIBUTES
from huitou.segments.grids import GRIDS
from huitou.segments.nodes import AttributeSubject
from huitou.segments.operators import NUMERIC, OPERATORS, operators_of
from huitou.segments.parsing import type_of
from huitou.segments.registry import EVENTS, FACTS

Json = dict[str, Any]
Documents = st.SearchStrategy[Json]

WORDS: Final[dict[str, tuple[str, ...]]] = {
    "category": worlds.CATEGORIES,
    "province": worlds.PROVINCES,
    "title": ("花雕", "green", "100%", "éclair", "_", "礼盒"),
    "text": ("好", "good", "été", "差评！"),
    "shop": ("1", "2", "3"),
    "item": tuple(map(str, range(1, 11))),
    "tag": ("1", "2", "3"),
    "sku": ("红", "red l", "L"),
}
OTHER_WORDS: Final = (
    "f", "m", "古越", "Brand B", "M1", "m1", "spring", "winter", "new", "clearance", "红", "xl", "杭州",
    "绍兴", "live", "search", "g1", "g2", "3", "1", "deposit", "破损", "no reason", "物流", "味道", "c1",
    "c2", "o1", "o2", "yto", "sf", "quiet_hours", "order", "gift", "ad", "manual", "gold", "silver",
)  # fmt: skip
NUMBERS: Final[dict[str, tuple[Any, ...]]] = {
    "count": (0, 1, 2, 3),
    "number": (0, 1, 2, 5, 12, 1.5, -1, 23, 50, 66),
    "money": (0, "0.0001", 10, "9.99", 33.3333, 50, 100, 100.0, 300, -10),
    "share": (0, 0.1, 0.333333, 0.5, 1),
    "days": (0, 1, 30, 60, 90, 183, -3),
}
DAYS: Final = tuple(day.isoformat() for day in worlds.EDGES)
FESTIVALS: Final = ("618", "spring_festival", "double_11", "new_year", "mothers", "qingming")


def windows(*, own: bool = True) -> Documents:
    """Windows that facts may have."""
    unit = st.sampled_from(["minute", "hour", "day", "week", "month", "quarter", "year"])
    size = st.sampled_from([1, 2, 3, 7, 24, 30, 60])
    period = st.sampled_from(["day", "week", "month", "quarter", "year"])
    festival = st.sampled_from(FESTIVALS)
    kinds = [
        st.just({"kind": "ever"}),
        record(kind=st.just("last"), n=size, unit=unit),
        record(kind=st.just("between_ago"), n=size, m=size, unit=unit),
        record(kind=st.just("this"), unit=period),
        record(kind=st.just("previous"), unit=period),
        dates(),
        record(kind=st.just("since"), festival=festival, year=st.integers(-1, 0)),
        record(kind=st.just("around"), festival=festival, year=st.integers(-1, 0), n=size, m=size),
    ]
    if own:
        kinds += [
            st.just({"kind": "before_first"}),
            st.just({"kind": "after_last"}),
            record(
                kind=st.just("after_first"),
                n=st.sampled_from([1, 2, 30]),
                unit=st.sampled_from(["day", "week", "month", "year"]),
            ),
        ]
    return st.one_of(kinds)


def date_windows() -> Documents:
    """Windows that a date or a birthday may lie in: the future too."""
    coming = record(
        kind=st.just("next"),
        n=st.sampled_from([1, 7, 30]),
        unit=st.sampled_from(["day", "week", "month", "year"]),
    )
    plain = windows(own=False).filter(lambda one: one.get("unit") not in ("minute", "hour"))
    return coming | plain.filter(lambda one: one["kind"] != "ever")


def dates() -> Documents:
    def ordered(two: tuple[str, str]) -> Json:
        return {"kind": "dates", "start": min(two), "end": max(two)}

    both = st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)).map(ordered)
    start = st.sampled_from(DAYS).map(lambda day: {"kind": "dates", "start": day})
    end = st.sampled_from(DAYS).map(lambda day: {"kind": "dates", "end": day})
    return both | start | end


def compared(
    kind: str, *, always: bool, choices: Mapping[str, Any] | None, name: str = ""
) -> Documents:
    """Operator and value for a type."""
    return st.sampled_from(operators_of(kind, always_known=always)).flatmap(  # type: ignore[arg-type]
        lambda code: _operand(code, kind, choices, name).map(
            lambda found: {"operator": code, **found}
        )
    )


def _operand(code: str, kind: str, choices: Mapping[str, Any] | None, name: str) -> Documents:
    arity = OPERATORS[code].arity
    if arity == "none":
        return st.just({})
    if arity == "window":
        return record(value=date_windows())
    if arity == "many":
        words = tuple(choices) if choices else WORDS.get(name, OTHER_WORDS)
        return record(value=st.lists(st.sampled_from(words), min_size=1, max_size=3, unique=True))
    one = _one(kind, name)
    if arity == "two":
        return record(value=st.lists(one, min_size=2, max_size=2).map(_ascending))
    return record(value=one)


def _one(kind: str, name: str) -> st.SearchStrategy[Any]:
    if kind in NUMERIC:
        return st.sampled_from(NUMBERS[kind])
    if kind == "date":
        return st.sampled_from(DAYS)
    return st.sampled_from(WORDS.get(name, OTHER_WORDS))


def _ascending(two: list[Any]) -> list[Any]:
    is_text = isinstance(two[0], str) and "-" in two[0][1:]
    return sorted(two, key=str if is_text else float)


def wheres(fact: str, *, lines: bool = True) -> st.SearchStrategy[list[Json]]:
    """Conditions on one fact, none to two."""
    names = [
        name for name, field in FACTS[fact].fields.items() if lines or "line" not in field.needs
    ]
    one = st.sampled_from(names).flatmap(
        lambda name: compared(
            FACTS[fact].fields[name].type,
            always=False,
            choices=FACTS[fact].fields[name].choices,
            name=name,
        ).map(lambda found: {"field": name, **found})
    )
    return st.just([]) | st.lists(one, min_size=1, max_size=2)


def measured(*, numeric: bool = False) -> Documents:
    """Trades and events nodes without operator and value."""

    def of(pair: tuple[str, str]) -> Documents:
        fact, measure = pair
        held = FACTS[fact].measures[measure]
        where = wheres(fact, lines=fact != "trade" or held.of_lines is not None)
        if fact == "trade":
            return record(
                kind=st.just("trades"),
                basis=st.sampled_from(["paid", "paid", "unpaid", "refunded", "all"]),
                measure=st.just(measure),
                where=where,
                window=windows(),
            )
        return record(
            kind=st.just("events"),
            event=st.just(fact),
            measure=st.just(measure),
            where=where,
            window=windows(),
        )

    def pairs(facts: list[str]) -> list[tuple[str, str]]:
        return [
            (fact, code)
            for fact in facts
            for code, one in FACTS[fact].measures.items()
            if not numeric or one.type in NUMERIC
        ]

    trades, others = pairs(["trade"]), pairs(list(EVENTS))
    return (st.sampled_from(trades) | st.sampled_from(others)).flatmap(of)


def fact_nodes() -> Documents:
    def finished(node: Json) -> Documents:
        fact = node.get("event", "trade")
        measure = FACTS[fact].measures[node["measure"]]
        found = compared(measure.type, always=measure.zero is not None, choices=None)
        return found.map(lambda compared: {**node, **compared})

    return measured().flatmap(finished)


def profiles() -> Documents:
    def of(code: str) -> Documents:
        attribute = ATTRIBUTES[code]
        kind, always = type_of(AttributeSubject(code))
        name = code if code in WORDS else attribute.pick.rpartition(".")[2]
        found = compared(kind, always=always, choices=attribute.choices, name=name)
        window: Documents = st.just({})
        if attribute.is_windowed:
            window = window | windows().map(lambda one: {"window": one})
        return st.builds(
            lambda compared, windowed: {
                "kind": "profile",
                "attribute": code,
                **windowed,
                **compared,
            },
            found,
            window,
        )

    return st.sampled_from(oracle.known_attributes()).flatmap(of)


def sequences() -> Documents:
    step = st.sampled_from(["trade", "trade", "visit", *EVENTS]).flatmap(
        lambda fact: record(event=st.just(fact), where=wheres(fact))
    )
    return record(
        kind=st.just("sequence"),
        first=step,
        then=step,
        within=record(n=st.sampled_from([1, 2, 30, 300]), unit=st.sampled_from(["day", "hour"])),
        happens=st.booleans(),
        window=windows(own=False),
    )


def intervals() -> Documents:
    return record(
        kind=st.just("interval"), cycle=st.sampled_from(["own", "everyone"]), where=wheres("trade")
    ).flatmap(
        lambda node: compared("number", always=False, choices=None).map(
            lambda found: {**node, **found}
        )
    )


def ranks() -> Documents:
    numeric = [code for code in oracle.known_attributes() if ATTRIBUTES[code].type in NUMERIC]
    attribute = record(kind=st.just("profile"), attribute=st.sampled_from(numeric))
    return record(
        kind=st.just("rank"),
        direction=st.sampled_from(["top", "bottom"]),
        size=record(n=st.sampled_from([0, 1, 3, 10]), unit=st.just("members"))
        | record(n=st.sampled_from([0, 0.5, 10, 33.3333, 50, 100]), unit=st.just("percent")),
        by=measured(numeric=True) | attribute,
    )


def cells() -> Documents:
    return st.sampled_from(sorted(GRIDS)).flatmap(
        lambda grid: record(
            kind=st.just("cell"),
            grid=st.just(grid),
            cells=st.lists(st.sampled_from(list(GRIDS[grid].cells)), min_size=1, max_size=4),
        )
    )


def plain_leaves() -> Documents:
    listed = st.sampled_from(["1", "2", "6", "39", "999"])
    return st.one_of(
        record(
            kind=st.just("tag"),
            operator=st.sampled_from(["any_of", "all_of", "none_of"]),
            tags=st.lists(st.sampled_from("1234"), min_size=1, max_size=3, unique=True),
        ),
        record(
            kind=st.just("sample"),
            salt=st.sampled_from(["a", "五折"]),
            start=st.sampled_from([0, 12.5, 40]),
            end=st.sampled_from([40, 66.6667, 100]),
        ),
        record(kind=st.just("segment"), segment=st.sampled_from("78")),
        record(kind=st.just("members"), members=st.lists(listed, min_size=1)),
    )


def leaves() -> Documents:
    """Every kind of leaf."""
    facts = fact_nodes()
    return st.one_of(
        facts, facts, facts, profiles(), sequences(), intervals(), ranks(), cells(), plain_leaves()
    )


def trees(leaf: Documents | None = None) -> Documents:
    """Rules of a few leaves, nested."""

    def grouped(children: Documents) -> Documents:
        return record(
            kind=st.sampled_from(["all", "any", "none"]),
            children=st.lists(children, max_size=3),
        )

    return st.recursive(leaves() if leaf is None else leaf, grouped, max_leaves=4)


def record(**fields: st.SearchStrategy[Any]) -> Documents:
    return st.fixed_dictionaries(fields)


def document(rule: Json) -> Json:
    return {"version": 1, "rule": rule}

"""Values to choose from, and what they are called.

``values`` lists what an attribute or a field really has, the most frequent first; the list of a source
is worked out once per state of the data. ``name`` tells what a code is called where a table of words
or the app database knows; parts above add names that only they know (tags, segments).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import ibis
import ibis.expr.operations as ops

from huitou.accounts.models import Guide
from huitou.accounts.shops import PLATFORMS
from huitou.kernel.errors import NotFound
from huitou.kernel.i18n import Text, translate
from huitou.segments.catalogue import ATTRIBUTES
from huitou.segments.facts import View, rows_of
from huitou.segments.grids import GridSettings
from huitou.segments.nodes import AttributeSubject
from huitou.segments.registry import FACTS
from huitou.segments.windows import EVER
from huitou.warehouse.store import Warehouse, table

PATH_MARK: Final = " > "
MOST_VALUES: Final = 50_000
"""Of a source with more different values the most frequent are offered."""
_DEPTH: Final = 5
_KEPT: Final = 64

WORDS: Final[dict[str, dict[str, Text]]] = {
    "member.source": PLATFORMS,
    "visit.source": PLATFORMS,
    "channel": {
        "app": Text("APP", "app"),
        "web": Text("网页", "web"),
        "live": Text("直播", "live stream"),
        "mini_program": Text("小程序", "mini program"),
        "store": Text("门店", "store"),
    },
    "presale_step": {
        "deposit_unpaid": Text("定金未付", "deposit not paid"),
        "final_unpaid": Text("尾款未付", "balance not paid"),
        "final_paid": Text("尾款已付", "balance paid"),
        "deposit_forfeited": Text("定金已罚没", "deposit forfeited"),
    },
}
Names = Callable[[str, str], str]
Value = tuple[str, str, int | None]


def values(
    source: str, q: str, limit: int, view: View, warehouse: Warehouse, names: Names | None = None
) -> list[Value]:
    """[(value, label, count)] of ``attribute:CODE`` or ``field:FACT.CODE`` whose label holds ``q``.

    ``count``: members that have the value of an attribute, facts that have that of a field; None for
    fixed lists. ``names(what, code)`` says what codes are called; ``name`` where it is not given. Raises
    ``NotFound`` for an unknown source.
    """
    what, choices = _source(source)
    wanted = q.strip().casefold()
    if choices is not None:
        fixed: list[Value] = [
            (code, translate(label), None)
            for code, label in choices.items()
            if wanted in f"{code} {label.zh} {label.en}".casefold()
        ]
        return fixed[:limit]
    held = _held(source, what, view, warehouse)
    called = names or name
    answer: list[Value] = []
    for value, title, count in held:
        label = title or (called(what, value) if what in _NAMED or names else value)
        if wanted in f"{label} {value}".casefold():
            answer.append((value, label, count))
            if len(answer) == limit:
                break
    return answer


def name(what: str, code: str) -> str:
    """What a code is called; the code itself where nobody knows."""
    if what in WORDS:
        text = WORDS[what].get(code)
        return translate(text) if text is not None else code
    if what == "guide":
        return Guide.objects.filter(code=code).values_list("name", flat=True).first() or code
    return code


_NAMED: Final = frozenset({*WORDS, "guide"})


def _source(source: str) -> tuple[str, dict[str, Text] | None]:
    """(what its values are, its fixed list)."""
    kind, _, rest = source.partition(":")
    if kind == "attribute" and rest in ATTRIBUTES:
        attribute = ATTRIBUTES[rest]
        return attribute.pick, None if attribute.choices is None else dict(attribute.choices)
    code, _, field = rest.partition(".")
    fact = FACTS.get("trade" if code == "trades" else code)
    if kind == "field" and fact is not None and field in fact.fields:
        held = fact.fields[field]
        return held.code, None if held.choices is None else dict(held.choices)
    raise NotFound(
        Text(f"没有可选值来源 {source}", f"There are no values of {source}"),
        remedy=Text(
            "用 attribute:代码 或 field:事实.代码", "Use attribute:CODE or field:FACT.CODE"
        ),
        where={"source": source},
    )


# What there is


@dataclass
class _Kept:
    versions: tuple[int, ...]
    tables: tuple[str, ...]
    rows: list[tuple[str, str, int | None]]


_kept: WeakKeyDictionary[Warehouse, OrderedDict[tuple[str, View], _Kept]] = WeakKeyDictionary()
_lock: Final = threading.Lock()


def _held(
    source: str, what: str, view: View, warehouse: Warehouse
) -> list[tuple[str, str, int | None]]:
    """[(value, title, count)] of a source, the most frequent first; kept while the data stays the same."""
    key = (source, view)
    with _lock:
        kept = _kept.setdefault(warehouse, OrderedDict())
        found = kept.get(key)
        if found is not None and warehouse.versions(found.tables) == found.versions:
            kept.move_to_end(key)
            return found.rows
    counted = _counted(source, what, view)
    tables = tuple(sorted({node.name for node in counted.op().find(ops.UnboundTable)}))
    with warehouse.snapshot():
        versions = warehouse.versions(tables)
        rows = [
            (row["value"], row["title"] or "", None if row["n"] is None else int(row["n"]))
            for row in warehouse.rows(counted)
        ]
    with _lock:
        kept[key] = _Kept(versions, tables, rows)
        while len(kept) > _KEPT:
            kept.popitem(last=False)
    return rows


def _counted(source: str, what: str, view: View) -> ibis.Table:
    """(value, title, n), ordered."""
    kind, _, rest = source.partition(":")
    if kind == "attribute":
        rows, is_path = _of_attribute(rest, view), ATTRIBUTES[rest].is_path
    else:
        code, _, field = rest.partition(".")
        fact = "trade" if code == "trades" else code
        rows, is_path = _of_field(fact, field, view), FACTS[fact].fields[field].is_path
    rows = rows.filter(rows.value.notnull(), rows.value != "")
    if is_path:
        rows = _with_parents(rows, distinct=kind == "attribute")
    counted = rows.group_by("value").aggregate(n=rows.count())
    counted = _titled(counted, what, view)
    return counted.order_by(counted.n.desc(), counted.value).limit(MOST_VALUES)


def _of_attribute(code: str, view: View) -> ibis.Table:
    from huitou.segments.leaves import subject_values

    attribute = ATTRIBUTES[code]
    window = EVER if attribute.is_windowed else None
    rows = subject_values(AttributeSubject(code, window), view, GridSettings()).table
    return rows.select("member", value=rows.value.cast("string"))


def _of_field(fact: str, code: str, view: View) -> ibis.Table:
    field = FACTS[fact].fields[code]
    rows = rows_of(FACTS[fact], "all", view, field.needs)
    return rows.select("member", value=field.of(rows, view).cast("string"))


def _with_parents(rows: ibis.Table, *, distinct: bool) -> ibis.Table:
    """With every level above a path as a value of its own."""
    levels = [rows]
    for _level in range(_DEPTH - 1):
        below = levels[-1].filter(levels[-1].value.contains(PATH_MARK))
        levels.append(below.select("member", value=below.value.re_replace(" > [^>]*$", "")))
    return ibis.union(*levels, distinct=distinct)


def _titled(counted: ibis.Table, what: str, view: View) -> ibis.Table:
    """Shops and items by their names, those that nobody has had yet included."""
    if what == "item":
        items = table("item")
        every = items.select(key=items.item.cast("string"), title=items.title)
    elif what in {"shop", "store"}:
        shops = table("shop")
        if view.scope.shops is not None:
            shops = shops.filter(shops.shop.isin(sorted(view.scope.shops) or [-1]))
        if what == "store":
            shops = shops.filter(shops.kind == "store")
        every = shops.select(key=shops.shop.cast("string"), title=shops.name)
    else:
        return counted.mutate(title=ibis.null("string"))
    both = every.outer_join(counted, every.key == counted.value)
    return both.select(value=both.value.coalesce(both.key), title=both.title, n=both.n.fill_null(0))

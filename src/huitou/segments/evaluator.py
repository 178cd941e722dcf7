"""Rules to sets: leaves become sets of member numbers, the tree is set algebra over them.

A leaf's set is kept under (leaf, moment, scope) as long as the tables it was read from stay the same;
editing one condition of a rule evaluates that condition only.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from weakref import ReferenceType, WeakKeyDictionary, ref

from huitou.accounts.scopes import Scope
from huitou.segments.facts import View
from huitou.segments.grids import GridSettings
from huitou.segments.moments import Moment
from huitou.segments.nodes import Group, Leaf, Listed, Node, Sample, Saved
from huitou.segments.queries import Ready, everybody, ready
from huitou.segments.samples import BUCKETS, buckets
from huitou.segments.sets import MemberSet
from huitou.warehouse import asof
from huitou.warehouse.store import Warehouse

MOST_BYTES: Final = 256 * 1024 * 1024
"""Memory bound of the cached sets of one warehouse (a set of 1 M members has 125 kB)."""

_KEY_BYTES: Final = 2_048
"""What a kept set costs beside its words: the leaf, the view, the entry."""

SavedSets = Callable[[int], MemberSet]
"""The members of a saved segment; raises ``NotFound``."""


def no_saved_sets(segment: int) -> MemberSet:
    """For rules that may not name saved segments."""
    raise LookupError(f"segment {segment} cannot be named here")


@dataclass(frozen=True)
class Question:
    """When, for whom, with which cut points and saved segments a rule is asked."""

    moment: Moment
    scope: Scope = field(default_factory=Scope.everything)
    grids: GridSettings = field(default_factory=GridSettings)
    saved: SavedSets = no_saved_sets


@dataclass(frozen=True)
class Outcome:
    """The members, everybody there is, and the set of every node by its path."""

    members: MemberSet
    universe: MemberSet
    by_path: Mapping[str, MemberSet]


def evaluate(
    warehouse: Warehouse, rule: Node, question: Question, *, latest: bool | None = None
) -> Outcome:
    """Ask a rule. Everything is read from one state of the warehouse.

    ``latest``: whether the moment is later than every fact, where the warehouse holds only some of them.
    """
    with warehouse.snapshot():
        run = _Run(warehouse, question, latest)
        by_path: dict[str, MemberSet] = {}
        members = run.node(rule, "/rule", by_path)
        return Outcome(members, run.universe, by_path)


def view_of(warehouse: Warehouse, moment: Moment, scope: Scope) -> View:
    """The view of a moment: whether it sees all facts is worked out here, once per state."""
    return View(moment, scope, _cache_of(warehouse).is_latest(moment))


class _Run:
    def __init__(self, warehouse: Warehouse, question: Question, latest: bool | None) -> None:
        self._warehouse = warehouse
        self._question = question
        self._cache = _cache_of(warehouse)
        if latest is None:
            latest = self._cache.is_latest(question.moment)
        self._view = View(question.moment, question.scope, latest)
        self.universe = MemberSet.empty()
        self.universe = self._cached("universe", lambda: everybody(self._view))

    def node(self, node: Node, path: str, by_path: dict[str, MemberSet]) -> MemberSet:
        if isinstance(node, Group):
            parts = [
                self.node(child, f"{path}/children/{at}", by_path)
                for at, child in enumerate(node.children)
            ]
            found = self._group(node, parts)
        else:
            found = self._leaf(node)
        by_path[path] = found
        return found

    def _group(self, node: Group, parts: list[MemberSet]) -> MemberSet:
        if node.kind == "all":
            found = self.universe
            for part in parts:
                found = found & part
            return found
        held = MemberSet.empty(self.universe.size)
        for part in parts:
            held = held | part
        return held if node.kind == "any" else self.universe - held

    def _leaf(self, leaf: Leaf) -> MemberSet:
        if isinstance(leaf, Sample):
            return self._sample(leaf)
        if isinstance(leaf, Saved):
            return self._question.saved(leaf.segment) & self.universe
        if isinstance(leaf, Listed):
            return MemberSet.of(leaf.members) & self.universe
        grids = self._question.grids
        return self._cached((leaf, grids), lambda: ready(leaf, self._view, grids))

    def _sample(self, leaf: Sample) -> MemberSet:
        numbers = self.universe.numbers()
        bucket = buckets(numbers, leaf.salt)
        low, high = (round(share * BUCKETS / 100) for share in (leaf.start, leaf.end))
        return MemberSet.of(numbers[(bucket >= low) & (bucket < high)], self.universe.size)

    def _cached(self, what: Any, make: Callable[[], Ready]) -> MemberSet:
        key = (what, self._view)
        held = self._cache.get(key)
        if held is not None:
            return held
        asked = make()
        numbers = self._warehouse.numbers(asked.prepared.query, asked.values)
        found = MemberSet.of(numbers, self.universe.size)
        if what != "universe":
            found = self.universe - found if asked.prepared.complement else found & self.universe
        self._cache.put(key, found, asked.prepared.query.tables)
        return found


@dataclass
class _Kept:
    members: MemberSet
    tables: tuple[str, ...]
    versions: tuple[int, ...]


class _Cache:
    """Sets of one warehouse, the least recently used dropped first. Safe across threads."""

    def __init__(self, warehouse: Warehouse) -> None:
        # Not the warehouse itself: that would keep the key of the weak dictionary alive.
        self._warehouse: ReferenceType[Warehouse] = ref(warehouse)
        self._lock = threading.Lock()
        self._kept: OrderedDict[Any, _Kept] = OrderedDict()
        self._bytes = 0
        self._latest: dict[str, tuple[tuple[int, ...], datetime | None]] = {}

    def get(self, key: Any) -> MemberSet | None:
        with self._lock:
            held = self._kept.get(key)
            if held is None or held.versions != self._warehouse_now().versions(held.tables):
                return None
            self._kept.move_to_end(key)
            return held.members

    def put(self, key: Any, members: MemberSet, tables: tuple[str, ...]) -> None:
        with self._lock:
            self._drop(key)
            self._kept[key] = _Kept(members, tables, self._warehouse_now().versions(tables))
            self._bytes += members.nbytes + _KEY_BYTES
            while self._bytes > MOST_BYTES and len(self._kept) > 1:
                self._drop(next(iter(self._kept)))

    def is_latest(self, moment: Moment) -> bool:
        """Whether no fact is as late as the moment. Only tables that changed are looked at again."""
        warehouse = self._warehouse_now()
        for name in asof.TIMES:
            version = warehouse.versions([name])
            held = self._latest.get(name)
            if held is None or held[0] != version:
                held = self._latest[name] = (version, asof.latest_of(warehouse, name))
            if held[1] is not None and held[1] >= moment.cut:
                return False
        return True

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def _warehouse_now(self) -> Warehouse:
        found = self._warehouse()
        assert found is not None
        return found

    def _drop(self, key: Any) -> None:
        held = self._kept.pop(key, None)
        if held is not None:
            self._bytes -= held.members.nbytes + _KEY_BYTES


_caches: WeakKeyDictionary[Warehouse, _Cache] = WeakKeyDictionary()
_caches_lock = threading.Lock()


def _cache_of(warehouse: Warehouse) -> _Cache:
    with _caches_lock:
        if warehouse not in _caches:
            _caches[warehouse] = _Cache(warehouse)
        return _caches[warehouse]


def forget_sets(warehouse: Warehouse) -> None:
    """Let go of every kept set of a warehouse: to measure what the first question costs."""
    _cache_of(warehouse).forget()

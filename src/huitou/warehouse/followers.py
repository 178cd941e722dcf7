"""Followers: whoever reacts to what happened reads the feed with a cursor of its own.

Declare one in the part's ``worker.py`` (``web.kinds`` imports it, so every process knows it)::

    @follower("tags.live", kinds={"trade", "review", "segment"})
    def keep_tags(span: Span) -> None:
        for row in span.rows():              # oldest first, only of these kinds
            ...

    @ticking("tags.live", every=timedelta(minutes=1))
    def expire(warehouse: Warehouse, now: datetime) -> None: ...

Rules: **at least once** — a span comes again when the process stopped after the work and before the
cursor moved, so doing it twice must change nothing. **No loops** — leave out the kinds that you write
yourself; what two followers write for each other must come to rest. **Not in a write** — a span is
read after its commit; open ``warehouse.writing()`` yourself, and keep it short. An exception leaves the
cursor where it is; the span is tried again, later and later up to a minute.

The process that owns the warehouse runs one thread per follower (``FollowerPool``), woken by each
commit: a reaction begins within milliseconds, or after the reaction before it. Tests and commands call
``catch_up`` or ``catch_up_all`` instead.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeVar

import ibis
import numpy as np
import numpy.typing as npt
from django.db import close_old_connections, connections

from huitou.kernel.models import FeedCursor
from huitou.warehouse import feed
from huitou.warehouse.store import Warehouse, table

log = logging.getLogger("huitou.followers")

LIMIT: Final = 50_000
LOOK_EVERY: Final = 5.0
LONGEST_PAUSE: Final = 60.0

Start = Literal["now", "beginning"]
Tick = Callable[[Warehouse, datetime], None]


@dataclass(frozen=True)
class Span:
    """The feed rows (after, upto] that a follower is to react to; ``now`` is aware."""

    warehouse: Warehouse
    after: int
    upto: int
    kinds: frozenset[str]
    now: datetime

    def expression(self) -> ibis.Table:
        """The rows as an expression, for work that is done in the warehouse."""
        rows = table("feed")
        return rows.filter(
            rows.seq > self.after, rows.seq <= self.upto, rows.kind.isin(sorted(self.kinds))
        )

    def rows(self) -> list[dict[str, Any]]:
        """The rows, oldest first."""
        return self.warehouse.rows(self.expression().order_by("seq"))

    def members(self) -> npt.NDArray[np.int64]:
        """Every member that a row is about, ascending; of a merge both numbers."""
        rows = self.expression()
        own = rows.filter(rows.member.notnull()).select("member")
        parts = [own]
        if "identity" in self.kinds:
            identity = rows.filter(rows.kind == "identity")
            parts += [
                identity.select(member=identity[side].cast("int64")) for side in ("before", "after")
            ]
        found = ibis.union(*parts, distinct=True) if len(parts) > 1 else own.distinct()
        numbers = self.warehouse.fetch(found)["member"].to_numpy()
        return np.sort(np.asarray(numbers, np.int64))


Run = TypeVar("Run", bound=Callable[[Span], None])


@dataclass(frozen=True)
class Follower:
    """One reader. ``limit``: at most so many feed rows in one span (None: all there are)."""

    name: str
    kinds: frozenset[str]
    run: Callable[[Span], None]
    start: Start
    limit: int | None
    tick: Tick | None = None
    every: timedelta = timedelta(minutes=1)


FOLLOWERS: Final[dict[str, Follower]] = {}


def follower(
    name: str, *, kinds: Collection[str], start: Start = "now", limit: int | None = LIMIT
) -> Callable[[Run], Run]:
    """Register ``run(span)``. ``start``: where a reader begins that has no cursor yet."""

    def register(run: Run) -> Run:
        if name in FOLLOWERS:
            raise ValueError(f"follower {name} is registered twice")
        FOLLOWERS[name] = Follower(name, frozenset(kinds), run, start, limit)
        return run

    return register


def ticking(name: str, *, every: timedelta) -> Callable[[Tick], Tick]:
    """Give a registered follower something to do now and then, in its own thread."""

    def register(tick: Tick) -> Tick:
        FOLLOWERS[name] = replace(FOLLOWERS[name], tick=tick, every=every)
        return tick

    return register


def cursor_of(warehouse: Warehouse, one: Follower, now: datetime) -> FeedCursor:
    """The follower's cursor; made when it is asked for the first time."""
    made, _new = FeedCursor.objects.get_or_create(
        name=one.name,
        defaults={"seq": feed.last(warehouse) if one.start == "now" else 0, "moved_at": now},
    )
    return made


def catch_up(warehouse: Warehouse, name: str, now: datetime) -> int:
    """Have a follower react to everything there is. Returns how many feed rows it passed."""
    one = FOLLOWERS[name]
    cursor = cursor_of(warehouse, one, now)
    if cursor.seq > feed.last(warehouse):
        log.warning("the feed is shorter than follower %s knew it: from its beginning", name)
        cursor.seq = 0  # another warehouse: what was done with the former one does not count
    passed = 0
    while (last := feed.last(warehouse)) > cursor.seq:
        upto = last if one.limit is None else min(last, cursor.seq + one.limit)
        one.run(Span(warehouse, cursor.seq, upto, one.kinds, now))
        passed += upto - cursor.seq
        cursor.seq, cursor.moved_at, cursor.failures = upto, now, 0
        cursor.save()
    return passed


def catch_up_all(warehouse: Warehouse, now: datetime, *, rounds: int = 20) -> None:
    """Have all followers react until none has anything left (what one writes may concern another)."""
    for _ in range(rounds):
        if not sum(catch_up(warehouse, name, now) for name in FOLLOWERS):
            return
    raise RuntimeError("the followers do not come to rest")


def lag(warehouse: Warehouse) -> dict[str, int]:
    """How many feed rows each follower has yet to pass."""
    last = feed.last(warehouse)
    return {one.name: last - one.seq for one in FeedCursor.objects.filter(name__in=FOLLOWERS)}


class FollowerPool:
    """The threads of all followers in the process that owns the warehouse. ``start`` and ``stop`` once."""

    def __init__(self, warehouse: Warehouse, *, clock: Callable[[], datetime]) -> None:
        self._warehouse = warehouse
        self._clock = clock
        self._stopping = threading.Event()
        self._woken = {name: threading.Event() for name in FOLLOWERS}
        self._threads = [
            threading.Thread(target=self._follow, args=(name,), name=f"follow-{name}", daemon=True)
            for name in FOLLOWERS
        ]

    def start(self) -> None:
        """Begin to follow; what was committed before is caught up with first."""
        self._warehouse.on_commit.append(self._wake)
        for thread in self._threads:
            thread.start()

    def stop(self, grace: float = 10.0) -> None:
        """Let the reactions that are going on end, and stop."""
        self._stopping.set()
        self._wake()
        if self._wake in self._warehouse.on_commit:
            self._warehouse.on_commit.remove(self._wake)
        until = time.monotonic() + grace
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _wake(self) -> None:
        for event in self._woken.values():
            event.set()

    def _follow(self, name: str) -> None:
        failures = 0
        tick_at = time.monotonic()
        try:
            while not self._stopping.is_set():
                self._woken[name].clear()
                close_old_connections()
                try:
                    catch_up(self._warehouse, name, self._clock())
                    tick_at = self._tick(name, tick_at)
                    failures = 0
                except Exception:
                    failures += 1
                    log.exception("follower %s failed, %s times in a row", name, failures)
                    self._note(name, failures)
                    self._stopping.wait(min(2.0**failures, LONGEST_PAUSE))
                    continue
                self._woken[name].wait(LOOK_EVERY)
        finally:
            connections.close_all()

    def _tick(self, name: str, tick_at: float) -> float:
        one = FOLLOWERS[name]
        if one.tick is None or time.monotonic() < tick_at:
            return tick_at
        one.tick(self._warehouse, self._clock())
        return time.monotonic() + one.every.total_seconds()

    def _note(self, name: str, failures: int) -> None:
        try:
            FeedCursor.objects.filter(name=name).update(failures=failures)
        except Exception:
            log.exception("the failure of follower %s could not be written down", name)

"""Followers of the feed: at least once, in order, each with a cursor of its own, awake within a moment."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from huitou.kernel.clock import naive_utc
from huitou.kernel.models import FeedCursor
from huitou.warehouse import feed, followers
from huitou.warehouse.followers import Span, catch_up, catch_up_all, follower
from huitou.warehouse.store import Warehouse

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)


@pytest.fixture
def no_followers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followers, "FOLLOWERS", {})


def tell(warehouse: Warehouse, *rows: tuple[str, int], change: str = "new") -> None:
    """Commit feed rows (kind, member)."""
    with warehouse.writing() as writer:
        told = writer.temp(
            "told",
            pa.table(
                {
                    "kind": [kind for kind, _ in rows],
                    "change": [change] * len(rows),
                    "member": pa.array([member for _, member in rows], pa.int64()),
                    "subject": pa.array(range(len(rows)), pa.int64()),
                    "before": pa.array([str(member + 100) for _, member in rows]),
                    "after": pa.array([str(member) for _, member in rows]),
                    "occurred_at": pa.nulls(len(rows), pa.timestamp("us")),
                }
            ),
        )
        feed.append(writer, told, batch=None, now=naive_utc(NOW))


def test_each_row_of_its_kinds_once_and_in_order(
    warehouse: Warehouse, no_followers: None, db: None
) -> None:
    seen: list[int] = []

    @follower("one", kinds={"trade", "identity"}, start="beginning", limit=2)
    def react(span: Span) -> None:
        seen.extend(row["member"] for row in span.rows())

    tell(warehouse, ("trade", 1), ("visit", 2), ("trade", 3))
    tell(warehouse, ("trade", 4), ("trade", 5))
    assert catch_up(warehouse, "one", NOW) == 5
    assert seen == [1, 3, 4, 5]
    assert catch_up(warehouse, "one", NOW) == 0
    assert FeedCursor.objects.get(name="one").seq == feed.last(warehouse) == 5


def test_a_new_follower_begins_now_unless_it_wants_the_past(
    warehouse: Warehouse, no_followers: None
) -> None:
    seen: list[int] = []

    @follower("late", kinds={"trade"})
    def react(span: Span) -> None:
        seen.extend(span.members().tolist())

    tell(warehouse, ("trade", 1))
    catch_up(warehouse, "late", NOW)
    tell(warehouse, ("trade", 2))
    catch_up(warehouse, "late", NOW)
    assert seen == [2]


def test_a_merge_concerns_both_numbers(warehouse: Warehouse, no_followers: None) -> None:
    seen: list[int] = []

    @follower("both", kinds={"identity"}, start="beginning")
    def react(span: Span) -> None:
        seen.extend(span.members().tolist())

    tell(warehouse, ("identity", 7), change="merged")
    catch_up(warehouse, "both", NOW)
    assert seen == [7, 107]


def test_a_failure_leaves_the_cursor_and_the_span_comes_again(
    warehouse: Warehouse, no_followers: None
) -> None:
    seen: list[int] = []

    @follower("weak", kinds={"trade"}, start="beginning")
    def react(span: Span) -> None:
        seen.extend(span.members().tolist())
        if len(seen) == 1:
            raise RuntimeError("not this time")

    tell(warehouse, ("trade", 1))
    with pytest.raises(RuntimeError, match="not this time"):
        catch_up(warehouse, "weak", NOW)
    catch_up(warehouse, "weak", NOW)
    assert seen == [1, 1]


def test_what_one_writes_concerns_the_other_and_both_come_to_rest(
    warehouse: Warehouse, no_followers: None
) -> None:
    heard: list[int] = []

    @follower("first", kinds={"trade"}, start="beginning")
    def answer(span: Span) -> None:
        for member in span.members().tolist():
            tell(warehouse, ("segment", member))

    @follower("second", kinds={"segment"}, start="beginning")
    def listen(span: Span) -> None:
        heard.extend(span.members().tolist())

    tell(warehouse, ("trade", 1), ("trade", 2))
    catch_up_all(warehouse, NOW)
    assert heard == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_the_pool_reacts_within_a_moment_and_stops(
    warehouse: Warehouse, no_followers: None
) -> None:
    seen: list[int] = []
    ticks: list[datetime] = []

    @follower("quick", kinds={"trade"}, start="beginning")
    def react(span: Span) -> None:
        seen.extend(span.members().tolist())

    @followers.ticking("quick", every=timedelta(seconds=60))
    def tick(_warehouse: Warehouse, now: datetime) -> None:
        ticks.append(now)

    pool = followers.FollowerPool(warehouse, clock=lambda: NOW)
    pool.start()
    try:
        tell(warehouse, ("trade", 1))
        until = time.monotonic() + 2
        while not seen and time.monotonic() < until:
            time.sleep(0.01)
        assert seen == [1]
    finally:
        pool.stop()
    assert ticks == [NOW]
    assert warehouse.on_commit == []

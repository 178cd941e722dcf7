"""Segments kept true: what commits touched equals everything, who comes and goes is told once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.members.brand import SHOPS, STORE, load
from tests.members.people import RING
from tests.segments.crowd import (
    NOW,
    amount,
    brand,
    document,
    either,
    every,
    inside,
    more,
    neither,
    orders,
    top,
    trade,
)
from tests.segments.test_api import TWICE, ok, saved

from huitou.accounts.scopes import Scope
from huitou.accounts.shops import ensure_shop
from huitou.kernel.jobs import run_pending
from huitou.kernel.models import FeedCursor, Job
from huitou.members import actions as identity_actions
from huitou.segments import actions, asking, refresh, worker
from huitou.segments.models import PendingSet, Refresh, Segment, SegmentHistory, SegmentSet
from huitou.segments.saved import stored
from huitou.warehouse.followers import FOLLOWERS, FollowerPool, catch_up
from huitou.warehouse.store import Warehouse, set_current_warehouse, table

__all__ = ["brand"]
pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
ClientAs = Callable[..., Any]


def save(warehouse: Warehouse, name: str, rule: Any) -> Segment:
    return actions.create(
        warehouse,
        name=name,
        kind="dynamic",
        rule=document(rule),
        scope=Scope.everything(),
        actor=None,
        now=NOW,
    )


def members(warehouse: Warehouse, segment: Segment) -> list[int]:
    return [int(one) for one in stored(warehouse, segment.pk).numbers()]


def told(warehouse: Warehouse) -> list[tuple[int, str, int]]:
    feed = table("feed")
    rows = warehouse.rows(feed.filter(feed.kind == "segment").order_by("seq"))
    return [(row["subject"], row["change"], row["member"]) for row in rows]


def asked(warehouse: Warehouse, segment: Segment) -> list[int]:
    """What asking everybody now says."""
    found = asking.ask(warehouse, segment.rule, scope=Scope.everything(), now=NOW)
    return [int(one) for one in found.members().numbers()]


def test_a_commit_is_followed_and_comings_and_goings_are_told(
    brand: Warehouse, tmp_path: Path
) -> None:
    twice = save(brand, "回头客", every(orders("ge", 2)))
    once = save(brand, "一单", every(orders("eq", 1)))
    both = save(brand, "一单且过百", every(inside(once.pk), amount("ge", 100)))
    catch_up(brand, "segments", NOW)
    assert [members(brand, one) for one in (twice, once, both)] == [[1], [2, 3], [2]]
    assert told(brand) == []
    more(brand, tmp_path, trade(11, "bob", day=20, paid="9.00"), batch=2)
    catch_up(brand, "segments", NOW)
    assert [members(brand, one) for one in (twice, once, both)] == [[1, 2], [3], []]
    assert sorted(told(brand)) == [
        (twice.pk, "entered", 2),
        (once.pk, "left", 2),
        (both.pk, "left", 2),
    ]
    state = Segment.objects.get(pk=twice.pk).state
    assert (state.size, state.entered, state.left, state.state) == (2, 1, 0, "fresh")
    history = SegmentHistory.objects.get(segment=once)
    assert (history.size, history.entered, history.left) == (1, 0, 1)
    # Its own rows of the feed make no work.
    assert catch_up(brand, "segments", NOW) == 0
    assert len(told(brand)) == 3
    assert not Refresh.objects.exists()
    assert not PendingSet.objects.exists()


def test_only_what_depends_on_everybody_is_asked_in_full(
    brand: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "FULL_FROM", 0.9)
    twice = save(brand, "回头客", every(orders("ge", 2)))
    best = save(brand, "第一名", every(top(1)))
    of_best = save(brand, "第一名里的", every(inside(best.pk)))
    more(brand, tmp_path, trade(11, "ann", day=20, paid="900.00"), batch=2)
    done = refresh.refresh(brand, now=NOW, touched=np.asarray([1], np.int64))
    # Bob lost his place though nothing of his was touched.
    assert [members(brand, one) for one in (twice, best, of_best)] == [[1], [1], [1]]
    assert (done.segments, done.in_full, done.changed) == (3, 2, 2)


def test_many_touched_members_are_asked_in_full(brand: Warehouse) -> None:
    save(brand, "买过", every(orders()))
    done = refresh.refresh(brand, now=NOW, touched=np.asarray([1, 2], np.int64))
    assert done.in_full == 1


def test_a_new_day_moves_windows_and_opens_a_page_of_history(brand: Warehouse) -> None:
    week = {"kind": "last", "n": 60, "unit": "day"}
    late = save(brand, "近 60 天", every(orders(window=week)))
    assert members(brand, late) == [1, 2, 3]
    worker.move_on(brand, NOW)
    assert SegmentHistory.objects.count() == 1
    later = NOW + timedelta(days=1)
    worker.move_on(brand, later)
    assert members(brand, late) == [1, 2, 3]
    assert SegmentHistory.objects.count() == 2
    worker.move_on(brand, NOW + timedelta(days=60))
    assert members(brand, late) == []
    last = SegmentHistory.objects.order_by("-day")[0]
    assert (last.size, last.left) == (0, 3)
    assert [change for _segment, change, _member in told(brand)] == ["left"] * 3


def test_a_changed_rule_is_asked_in_the_background_and_told(
    brand: Warehouse, client_as: ClientAs
) -> None:
    client = client_as("operator")
    made = saved(client, "回头客", TWICE)
    ok(client.patch(f"/segments/{made['id']}", {"rule": document(every(orders("eq", 1)))}))
    assert ok(client.get(f"/segments/{made['id']}"))["state"] == "refreshing"
    assert run_pending(NOW) == 1
    body = ok(client.get(f"/segments/{made['id']}"))
    assert (body["state"], body["size"], body["entered"], body["left"]) == ("fresh", 2, 2, 1)
    assert sorted(told(brand)) == [(1, "entered", 2), (1, "entered", 3), (1, "left", 1)]
    entered = ok(client.get(f"/segments/{made['id']}/changes"))
    assert ([row["member"] for row in entered["items"]], entered["total"]) == (["3", "2"], 2)
    assert entered["items"][0]["changed_at"].startswith("2026-11-22T06:05")
    left = ok(client.get(f"/segments/{made['id']}/changes?kind=left"))
    assert [row["member"] for row in left["items"]] == ["1"]
    since = ok(client.get("/members/2/segments"))["items"]
    assert since[0]["since"].startswith("2026-11-22T06:05")
    keeper = client_as("store_manager", shops=[STORE.shop])
    mine = ok(keeper.get(f"/segments/{made['id']}/changes"))
    assert ([row["member"] for row in mine["items"]], mine["total"]) == (["3"], 1)


def test_a_refresh_on_demand_is_a_job(brand: Warehouse, client_as: ClientAs) -> None:
    client = client_as("operator")
    made = saved(client, "回头客", TWICE)
    job = ok(client.post(f"/segments/{made['id']}/refresh"))
    assert (job["kind"], job["title"]) == ("segments.refresh", "刷新人群“回头客”")
    assert ok(client.get("/segments"))["items"][0]["state"] == "refreshing"
    run_pending(NOW)
    row = Job.objects.get(pk=int(job["id"]))
    assert row.result is not None
    assert (row.state, row.result["segments"], row.result["changed"]) == ("done", 1, 0)
    assert client.post("/segments/99/refresh").status_code == 404


def test_a_rule_that_cannot_be_asked_fails_alone(brand: Warehouse, client_as: ClientAs) -> None:
    client = client_as("operator")
    good, bad = saved(client, "好", TWICE), saved(client, "坏", TWICE)
    broken = document({"kind": "profile", "attribute": "gone", "operator": "known"})
    Segment.objects.filter(pk=int(bad["id"])).update(rule=broken)
    done = refresh.refresh(brand, now=NOW)
    assert (done.segments, done.failed) == (1, [int(bad["id"])])
    body = ok(client.get(f"/segments/{bad['id']}"))
    assert (body["state"], body["error"]["code"], body["size"]) == ("failed", "wrong_rule", 1)
    assert "规则不能用了" in body["sentence"]
    assert ok(client.get(f"/segments/{good['id']}"))["state"] == "fresh"
    using = client.post("/segments/count", {"rule": document(inside(bad["id"]))})
    assert (using.status_code, using.json()["where"]["node"]) == (422, "/rule/segment")


PERSONS = ("ann", "bob", "cat", "dan", "eve")
Commit = list[tuple[str, int, int, int, bool]]
COMMITS = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(PERSONS),
            st.integers(1, 60),  # the day of October and after
            st.integers(1, 400),
            st.integers(1, 12),  # the order's number: an old one is changed
            st.booleans(),  # paid
        ),
        min_size=1,
        max_size=4,
    ),
    min_size=1,
    max_size=3,
)
RULES = (
    every(orders("ge", 2)),
    every(orders("eq", 0)),
    every(amount("ge", 100), orders(window={"kind": "last", "n": 30, "unit": "day"})),
    neither(orders("ge", 2), amount("gt", 300)),
    either(top(2), orders(basis="unpaid")),
    {
        "kind": "interval",
        "cycle": "everyone",
        "where": [],
        "operator": "ge",
        "value": 0,
    },
    {
        "kind": "sequence",
        "first": {"event": "trade", "where": []},
        "then": {"event": "trade", "where": []},
        "within": {"n": 10, "unit": "day"},
        "happens": True,
    },
    {"kind": "cell", "grid": "lifecycle", "cells": ["new", "active"]},
)


def person(name: str) -> dict[str, Any]:
    return {
        "buyer_nick": f"{name}_buys",
        "buyer_alipay": None,
        "buyer_name": None,
        "receiver_name": None,
        "receiver_phone": None,
        "receiver_address": None,
    }


@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # one example takes seconds: not shrunk
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(commits=COMMITS)
def test_what_commits_touched_equals_asking_everybody(db: None, commits: list[Commit]) -> None:
    Segment.objects.all().delete()
    FeedCursor.objects.all().delete()
    for shop in SHOPS:
        ensure_shop(shop.code, shop.name, shop.platform, shop.kind, NOW, None)
    patch = pytest.MonkeyPatch()
    patch.setattr(refresh, "FULL_FROM", 0.9)  # of so few members nearly all are touched
    warehouse = Warehouse.in_memory()
    set_current_warehouse(warehouse)
    try:
        with TemporaryDirectory() as folder:
            start = [trade(50 + n, "ann", day=n, **person(f"old{n}")) for n in range(1, 16)]
            load(warehouse, Path(folder), RING, start, batch=1)
            segments = [save(warehouse, str(at), rule) for at, rule in enumerate(RULES)]
            named = every(inside(segments[0].pk), neither(inside(segments[4].pk)))
            segments.append(save(warehouse, "组合", named))
            net = {one.pk: set(members(warehouse, one)) for one in segments}
            for number, commit in enumerate(commits, start=2):
                rows = {
                    order: trade(
                        order,
                        "ann",
                        day=day,
                        paid=f"{paid}.00" if is_paid else None,
                        status="finished" if is_paid else "unpaid",
                        **person(name),
                    )
                    for name, day, paid, order, is_paid in commit
                }
                load(warehouse, Path(folder), RING, list(rows.values()), batch=number)
                catch_up(warehouse, "segments", NOW)
                for one in segments:
                    assert members(warehouse, one) == asked(warehouse, one), one.rule
            for segment, change, member in told(warehouse):
                if change == "entered":
                    assert member not in net[segment]
                    net[segment].add(member)
                else:
                    net[segment].remove(member)
            assert net == {one.pk: set(members(warehouse, one)) for one in segments}
    finally:
        patch.undo()
        set_current_warehouse(None)
        warehouse.close()


def test_a_merge_moves_members_within_segments(brand: Warehouse, tmp_path: Path) -> None:
    buyers = save(brand, "买过", every(orders()))
    thrice = save(brand, "三单", every(orders("ge", 3)))
    catch_up(brand, "segments", NOW)
    here: dict[str, Any] = {"scope": Scope.everything(), "actor": None, "now": NOW}
    decision = identity_actions.merge(brand, [1, 3], **here)
    catch_up(brand, "segments", NOW)
    assert (members(brand, buyers), members(brand, thrice)) == ([1, 2], [1])
    assert told(brand) == [(thrice.pk, "entered", 1)]  # nobody left the buyers
    identity_actions.undo(brand, decision.pk, **here)
    catch_up(brand, "segments", NOW)
    assert (members(brand, buyers), members(brand, thrice)) == ([1, 2, 3], [])


def test_a_changed_item_concerns_whoever_bought_it(
    brand: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow as pa

    from huitou.kernel.clock import naive_utc
    from huitou.warehouse import feed

    with brand.writing() as writer:
        lines = pa.table({"trade": [1], "line_key": ["1"], "member": [1], "item": [7]})
        writer.insert("trade_line", lines)
        row = {"kind": "item", "change": "changed", "member": None, "subject": 7}
        row |= {"before": None, "after": None, "occurred_at": None}
        schema = {"member": pa.int64(), "subject": pa.int64(), "occurred_at": pa.timestamp("us")}
        columns = {
            name: pa.array([value], schema.get(name, pa.string())) for name, value in row.items()
        }
        told_item = writer.temp("told_item", pa.table(columns))
        feed.append(writer, told_item, batch=None, now=naive_utc(NOW))
    asked_of: list[list[int]] = []
    save(brand, "买过", every(orders()))
    real = refresh.refresh

    def watch(*args: Any, **kwargs: Any) -> Any:
        asked_of.append(kwargs["touched"].tolist())
        return real(*args, **kwargs)

    monkeypatch.setattr(refresh, "refresh", watch)
    catch_up(brand, "segments", NOW)
    assert 1 in asked_of[0]


@pytest.mark.django_db(transaction=True)
def test_the_follower_reacts_within_two_seconds(brand: Warehouse, tmp_path: Path) -> None:
    twice = save(brand, "回头客", every(orders("ge", 2)))
    catch_up(brand, "segments", NOW)
    others = {name: FOLLOWERS.pop(name) for name in list(FOLLOWERS) if name != "segments"}
    pool = FollowerPool(brand, clock=lambda: NOW)
    pool.start()
    try:
        more(brand, tmp_path, trade(11, "bob", day=20, paid="9.00"), batch=2)
        until = time.monotonic() + 20  # a busy machine; see `huitou bench segments` for the time
        while members(brand, twice) != [1, 2] and time.monotonic() < until:
            time.sleep(0.05)
        assert members(brand, twice) == [1, 2]
    finally:
        pool.stop()
        FOLLOWERS.update(others)


@pytest.mark.slow
def test_a_killed_refresh_neither_loses_nor_doubles_a_member(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("crashing.py")), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"},
        timeout=900,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    *killed, whole = [json.loads(line) for line in ran.stdout.splitlines()]
    assert whole["lived"] == "lived"
    twice, once = whole["found"]["sets"]["回头客"], whole["found"]["sets"]["一单"]
    assert (len(twice), len(once)) == (2, 1)
    assert whole["found"]["told"] == [
        *([1, "entered", member] for member in twice),
        *([2, "left", member] for member in twice),
    ]
    assert whole["found"]["states"] == [[2, 2, 0, "fresh"], [1, 0, 2, "fresh"]]
    assert [trial["step"] for trial in killed] == ["intent", "told", "writing"]
    for trial in killed:
        assert trial["lived"] is None, trial["step"]
        assert trial["found"] == whole["found"], trial["step"]


def test_deleting_a_segment_leaves_nothing(brand: Warehouse) -> None:
    made = save(brand, "回头客", every(orders("ge", 2)))
    actions.delete(made.pk, actor=None, now=NOW)
    assert not SegmentSet.objects.exists()
    assert not SegmentHistory.objects.exists()

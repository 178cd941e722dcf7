"""Jobs: asked for in a transaction, run once, told, cancelled, recovered."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections, transaction

from huitou.kernel import jobs
from huitou.kernel.clock import wall_clock
from huitou.kernel.errors import Conflict, InvalidInput, NotFound
from huitou.kernel.i18n import Text
from huitou.kernel.jobs import Progress
from huitou.kernel.models import Job
from huitou.kernel.workers import WorkerPool

TITLE = Text("试验", "Trial")


@pytest.fixture(autouse=True)
def _own_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "KINDS", {})


def _until(holds: Any, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


@pytest.fixture
def pool(app_database: str) -> Iterator[WorkerPool]:
    started = WorkerPool(clock=wall_clock, warehouse=True, threads=2)
    yield started
    started.stop(grace=0.2)


@pytest.mark.django_db
def test_result_progress_and_link_are_kept(now: datetime) -> None:
    @jobs.job("t.add", title=TITLE)
    def add(progress: Progress, *, a: int, b: int) -> dict[str, Any]:
        progress.step(1, 2, Text("一半", "Half"))
        return {"sum": a + b, "result_url": "/somewhere"}

    row = jobs.enqueue("t.add", {"a": 2, "b": 3}, by=None, now=now)
    assert jobs.run_pending(now) == 1
    shown = jobs.as_dict(jobs.get(row.pk), "en")
    assert shown["state"] == "done"
    assert shown["result"] == {"sum": 5}
    assert shown["result_url"] == "/somewhere"
    assert (shown["done"], shown["total"], shown["message"]) == (2, 2, "Half")
    assert shown["title"] == "Trial"
    assert jobs.as_dict(jobs.get(row.pk), "zh")["message"] == "一半"
    assert jobs.run_pending(now) == 0


@pytest.mark.django_db
def test_a_known_error_is_kept_in_both_languages(now: datetime) -> None:
    @jobs.job("t.fail", title=TITLE)
    def fail(progress: Progress) -> None:
        raise InvalidInput(Text("坏了", "Broken"), remedy=Text("修", "Mend"), where={"row": 3})

    row = jobs.enqueue("t.fail", {}, by=None, now=now)
    jobs.run_pending(now)
    error = jobs.as_dict(jobs.get(row.pk), "zh")["error"]
    assert error == {
        "code": "invalid_input",
        "message": "坏了",
        "remedy": "修",
        "where": {"row": 3},
    }
    assert jobs.as_dict(jobs.get(row.pk), "en")["error"]["message"] == "Broken"


@pytest.mark.django_db
def test_an_unexpected_error_fails_the_job_without_its_details(now: datetime) -> None:
    @jobs.job("t.bug", title=TITLE)
    def bug(progress: Progress) -> None:
        raise ZeroDivisionError("secret detail")

    row = jobs.enqueue("t.bug", {}, by=None, now=now)
    with pytest.raises(ZeroDivisionError):
        jobs.run_pending(now)
    kept = jobs.get(row.pk)
    assert kept.state == "failed"
    assert kept.error is not None
    assert kept.error["code"] == "internal"
    assert "secret" not in str(kept.error)


@pytest.mark.django_db
def test_a_queued_job_is_cancelled_at_once_and_a_finished_one_not(now: datetime) -> None:
    @jobs.job("t.idle", title=TITLE)
    def idle(progress: Progress) -> None:
        raise AssertionError("a cancelled job must not run")

    row = jobs.enqueue("t.idle", {}, by=None, now=now)
    assert jobs.cancel(row.pk, now=now).state == "cancelled"
    assert jobs.run_pending(now) == 0
    with pytest.raises(Conflict):
        jobs.cancel(row.pk, now=now)
    with pytest.raises(NotFound):
        jobs.cancel(row.pk + 1, now=now)


@pytest.mark.django_db
def test_without_the_warehouse_only_kinds_that_need_none_are_claimed(now: datetime) -> None:
    jobs.job("t.heavy", title=TITLE)(lambda progress: None)
    jobs.job("t.light", title=TITLE, warehouse=False)(lambda progress: None)
    heavy = jobs.enqueue("t.heavy", {}, by=None, now=now)
    light = jobs.enqueue("t.light", {}, by=None, now=now)
    assert jobs.claim(boot="a", now=now, warehouse=False) == light
    assert jobs.claim(boot="a", now=now, warehouse=False) is None
    assert jobs.claim(boot="a", now=now) == heavy


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "silent_for", "owns_warehouse", "ends"),
    [
        ("t.once", timedelta(0), False, "running"),
        ("t.once", jobs.LOST_AFTER, False, "failed"),
        ("t.once", timedelta(0), True, "failed"),
        ("t.again", jobs.LOST_AFTER, False, "queued"),
        ("t.again", timedelta(0), True, "queued"),
        ("t.light", timedelta(0), True, "running"),
        ("t.light", jobs.LOST_AFTER, True, "failed"),
        ("t.gone", timedelta(0), True, "failed"),
    ],
)
def test_recovery_after_a_crash(
    now: datetime, kind: str, silent_for: timedelta, owns_warehouse: bool, ends: str
) -> None:
    jobs.job("t.once", title=TITLE)(lambda progress: None)
    jobs.job("t.again", title=TITLE, resumable=True)(lambda progress: None)
    jobs.job("t.light", title=TITLE, warehouse=False)(lambda progress: None)
    row = Job.objects.create(
        kind=kind, state="running", boot="dead", created_at=now, heartbeat_at=now - silent_for
    )
    jobs.recover(now=now, warehouse=owns_warehouse, own_boot="me")
    kept = jobs.get(row.pk)
    assert kept.state == ends
    if ends == "failed":
        assert kept.error is not None
        assert kept.error["code"] == "interrupted"
        assert kept.error["remedy"]["en"]


@pytest.mark.django_db
def test_recovery_leaves_our_own_jobs_and_honours_a_wish_to_cancel(now: datetime) -> None:
    jobs.job("t.again", title=TITLE, resumable=True)(lambda progress: None)
    ours = Job.objects.create(
        kind="t.again", state="running", boot="me", created_at=now, heartbeat_at=now
    )
    unwanted = Job.objects.create(
        kind="t.again", state="running", boot="dead", created_at=now, cancel_asked=True
    )
    jobs.recover(now=now, warehouse=True, own_boot="me")
    assert jobs.get(ours.pk).state == "running"
    assert jobs.get(unwanted.pk).state == "cancelled"


def test_a_job_asked_for_in_a_rolled_back_transaction_never_runs(
    pool: WorkerPool, now: datetime
) -> None:
    ran: list[int] = []

    @jobs.job("t.note", title=TITLE)
    def note(progress: Progress, *, number: int) -> None:
        ran.append(number)

    pool.start()
    with transaction.atomic():
        jobs.enqueue("t.note", {"number": 1}, by=None, now=now)
        transaction.set_rollback(True)
    jobs.enqueue("t.note", {"number": 2}, by=None, now=now)
    _until(lambda: Job.objects.filter(state="done").exists())
    assert ran == [2]


def test_many_workers_never_run_one_job_twice(app_database: str, now: datetime) -> None:
    """Four pools stand for four processes: they share nothing but the database."""
    runs: Counter[int] = Counter()
    lock = threading.Lock()

    @jobs.job("t.count", title=TITLE)
    def count(progress: Progress, *, number: int) -> None:
        with lock:
            runs[number] += 1

    for number in range(40):
        jobs.enqueue("t.count", {"number": number}, by=None, now=now)
    pools = [WorkerPool(clock=wall_clock, warehouse=False, threads=2) for _ in range(4)]
    jobs.KINDS["t.count"] = jobs.Kind("t.count", TITLE, count, resumable=False, warehouse=False)
    try:
        for started in pools:
            started.start()
        _until(lambda: not Job.objects.filter(state__in=jobs.ACTIVE).exists(), 60)
    finally:
        for started in pools:
            started.stop(grace=1)
    assert runs == Counter(range(40))
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_claims_of_one_job_at_the_same_moment_have_one_winner(
    app_database: str, now: datetime
) -> None:
    jobs.job("t.prize", title=TITLE)(lambda progress: None)
    for _ in range(10):
        jobs.enqueue("t.prize", {}, by=None, now=now)
        start = threading.Barrier(6)
        won: list[str] = []

        def claim(name: str, start: threading.Barrier = start, won: list[str] = won) -> None:
            start.wait()
            if jobs.claim(boot=name, now=now) is not None:
                won.append(name)
            connections.close_all()

        threads = [threading.Thread(target=claim, args=(f"boot{i}",)) for i in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1


def test_progress_is_seen_while_the_job_runs_and_a_cancel_stops_it(
    pool: WorkerPool, now: datetime
) -> None:
    undone = threading.Event()

    @jobs.job("t.long", title=TITLE)
    def long(progress: Progress) -> None:
        try:
            for turn in range(10_000):
                progress.step(turn, 10_000, Text("忙", "Busy"))
                time.sleep(0.005)
        finally:
            undone.set()

    row = jobs.enqueue("t.long", {}, by=None, now=now)
    pool.start()
    _until(lambda: jobs.get(row.pk).done > 0)
    assert jobs.get(row.pk).message == {"zh": "忙", "en": "Busy"}
    assert jobs.cancel(row.pk, now=now).state == "running"
    _until(lambda: jobs.get(row.pk).state == "cancelled")
    assert undone.is_set()


def test_progress_comes_through_although_the_job_holds_a_transaction(
    pool: WorkerPool, now: datetime, app_database: str
) -> None:
    """A cancel reaches a job that keeps the database locked, and its writes are rolled back."""

    @jobs.job("t.writer", title=TITLE)
    def writer(progress: Progress, *, other: int) -> None:
        with transaction.atomic():
            Job.objects.filter(pk=other).update(kind="t.touched")
            for turn in range(10_000):
                progress.step(turn)
                time.sleep(0.005)

    other = Job.objects.create(kind="t.other", state="done", created_at=now)
    row = jobs.enqueue("t.writer", {"other": other.pk}, by=None, now=now)
    Job.objects.filter(pk=row.pk).update(cancel_asked=True)
    pool.start()
    _until(lambda: jobs.get(row.pk).state == "cancelled")
    assert jobs.get(other.pk).kind == "t.other"


@pytest.mark.parametrize(("resumable", "ends"), [(True, "queued"), (False, "failed")])
def test_an_orderly_stop_gives_running_jobs_back(
    app_database: str, now: datetime, resumable: bool, ends: str
) -> None:
    @jobs.job("t.endless", title=TITLE, resumable=resumable)
    def endless(progress: Progress) -> None:
        while True:
            progress.step(0)
            time.sleep(0.01)

    row = jobs.enqueue("t.endless", {}, by=None, now=now)
    pool = WorkerPool(clock=wall_clock, warehouse=True, threads=1)
    pool.start()
    _until(lambda: pool.busy == 1)
    pool.stop(grace=0.3)
    kept = jobs.get(row.pk)
    assert kept.state == ends
    assert not kept.cancel_asked


def test_a_stop_waits_for_a_job_that_ends_soon(app_database: str, now: datetime) -> None:
    @jobs.job("t.short", title=TITLE)
    def short(progress: Progress) -> None:
        time.sleep(0.3)

    row = jobs.enqueue("t.short", {}, by=None, now=now)
    pool = WorkerPool(clock=wall_clock, warehouse=True, threads=1)
    pool.start()
    _until(lambda: pool.busy == 1)
    assert pool.stop(grace=10) == 0
    assert jobs.get(row.pk).state == "done"


def test_a_job_taken_away_while_it_runs_is_told_to_stop(pool: WorkerPool, now: datetime) -> None:
    """Given up for lost by another process: what it still does must not count."""
    ended = threading.Event()

    @jobs.job("t.zombie", title=TITLE)
    def zombie(progress: Progress) -> None:
        try:
            while True:
                progress.step(0)
                time.sleep(0.01)
        finally:
            ended.set()

    row = jobs.enqueue("t.zombie", {}, by=None, now=now)
    pool.start()
    _until(lambda: jobs.get(row.pk).state == "running")
    Job.objects.filter(pk=row.pk).update(state="failed", boot="other")
    _until(ended.is_set)
    time.sleep(0.1)
    assert jobs.get(row.pk).state == "failed"


def test_one_kind_cannot_be_registered_twice() -> None:
    jobs.job("t.twice", title=TITLE)(lambda progress: None)
    with pytest.raises(ValueError, match="twice"):
        jobs.job("t.twice", title=TITLE)(lambda progress: None)

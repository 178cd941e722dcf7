"""Threads that run jobs (``kernel.jobs``) inside a process.

``threads`` workers claim and perform; one reporter writes progress and heartbeats, picks up wishes to
cancel, and now and then looks for jobs whose process died. The clock is a parameter: the web layer
gives the wall clock.

An orderly stop takes no new job, waits ``grace`` seconds for running ones, then interrupts them:
resumable ones are queued again, the others fail with a remedy, and nothing is left half done.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError, close_old_connections, connection, connections

from huitou.kernel import jobs
from huitou.kernel.jobs import Progress

log = logging.getLogger("huitou.jobs")

REPORT_EVERY: Final = timedelta(seconds=0.5)
LOOK_EVERY: Final = timedelta(seconds=1)
RECOVER_EVERY: Final = timedelta(seconds=20)


class WorkerPool:
    """The workers of one process. ``start`` once, ``stop`` once."""

    def __init__(self, *, clock: Callable[[], datetime], warehouse: bool, threads: int = 2) -> None:
        self.boot = uuid.uuid4().hex
        self._clock = clock
        self._warehouse = warehouse
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._running: dict[int, Progress] = {}
        self._workers = [
            threading.Thread(target=self._work, name=f"job-{number}", daemon=True)
            for number in range(threads)
        ]
        self._reporter = threading.Thread(target=self._report, name="job-reporter", daemon=True)

    def start(self) -> None:
        """Deal with what an earlier process left behind, then begin to work."""
        self._recover()
        for thread in (*self._workers, self._reporter):
            thread.start()

    def stop(self, grace: float = 10.0) -> int:
        """Stop in order. Returns how many jobs had to be given back."""
        self._stopping.set()
        jobs.wake()
        self._join(grace)
        with self._lock:
            for progress in self._running.values():
                progress.interrupt()
        self._join(grace)
        self._reporter.join(2)
        returned = jobs.give_back(self.boot, now=self._clock())
        connections.close_all()
        return returned

    @property
    def busy(self) -> int:
        """How many jobs are running in this process."""
        with self._lock:
            return len(self._running)

    def _join(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        for thread in self._workers:
            thread.join(max(0.0, until - time.monotonic()))

    def _work(self) -> None:
        try:
            while not self._stopping.is_set():
                if not self._run_one():
                    jobs.wait_for_work(LOOK_EVERY.total_seconds())
        finally:
            connections.close_all()

    def _run_one(self) -> bool:
        close_old_connections()
        try:
            row = jobs.claim(boot=self.boot, now=self._clock(), warehouse=self._warehouse)
        except DatabaseError:
            log.exception("cannot claim a job")
            return False
        if row is None:
            return False
        progress = Progress()
        with self._lock:
            self._running[row.pk] = progress
        try:
            state = jobs.perform(row, progress, self._clock)
            log.info("job %s %s: %s", row.pk, row.kind, state)
        except Exception:
            log.exception("job %s %s failed", row.pk, row.kind)
        finally:
            with self._lock:
                self._running.pop(row.pk, None)
        return True

    def _report(self) -> None:
        if connection.vendor == "sqlite":
            # Rather late than stuck behind a job that is writing.
            connection.cursor().execute("PRAGMA busy_timeout = 300")
        recover_at = time.monotonic() + RECOVER_EVERY.total_seconds()
        try:
            while not (self._stopping.wait(REPORT_EVERY.total_seconds()) and self._all_ended()):
                self._report_once()
                if time.monotonic() >= recover_at and not self._stopping.is_set():
                    self._recover()
                    recover_at = time.monotonic() + RECOVER_EVERY.total_seconds()
                if self._stopping.is_set():
                    time.sleep(REPORT_EVERY.total_seconds())
        finally:
            connections.close_all()

    def _all_ended(self) -> bool:
        return not any(thread.is_alive() for thread in self._workers)

    def _report_once(self) -> None:
        with self._lock:
            running = list(self._running.items())
        for number, progress in running:
            try:
                jobs.report(number, self.boot, progress, self._clock())
            except DatabaseError:
                # The job's own transaction may hold the database; the next turn tells it.
                log.debug("progress of job %s is late", number)

    def _recover(self) -> None:
        try:
            for row in jobs.recover(
                now=self._clock(), warehouse=self._warehouse, own_boot=self.boot
            ):
                log.warning("job %s %s lost its process: now %s", row.pk, row.kind, row.state)
        except DatabaseError:
            log.exception("cannot look for lost jobs")

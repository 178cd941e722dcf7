"""Background work: a queue in the app database, committed with the state that asks for it.

Declare work where it belongs, ask for it inside the transaction that needs it::

    @job("intake.commit", title=Text("导入文件", "Import a file"))
    def commit_batch(progress: Progress, *, batch: str) -> dict[str, Any]:
        progress.step(0, rows, Text("写入", "Writing"))   # raises Cancelled when a person cancelled
        return {"batch": batch, "result_url": f"/intake/batches/{batch}"}

    enqueue("intake.commit", {"batch": batch.id}, by=user_id, now=now)

Delivery is at least once for ``resumable`` kinds (they are queued again after a crash and must pick up
where they stopped) and at most once for the others (a crash fails them, with a remedy). A key
``result_url`` in the result (an app page or an API download) becomes the job's link.

Workers claim a job with one guarded UPDATE, so two never run the same one, on SQLite and PostgreSQL
alike. Progress reaches the database from the worker's own reporter thread (``kernel.workers``): a
job's step costs nothing and is visible while the job's own transaction is still open.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from django.db import transaction

from huitou.kernel.errors import Cancelled, Conflict, HuitouError, NotFound
from huitou.kernel.i18n import Language, Text
from huitou.kernel.models import Job

QUEUED: Final = "queued"
RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"
ACTIVE: Final = (QUEUED, RUNNING)

HEARTBEAT: Final = timedelta(seconds=5)
LOST_AFTER: Final = timedelta(seconds=60)

Work = TypeVar("Work", bound=Callable[..., Mapping[str, Any] | None])


class Progress:
    """How far a piece of work is, and whether a person wants it stopped. Safe across threads.

    ``listener`` is called on every step (the command line prints there); a worker's reporter reads
    ``snapshot`` instead. A bare ``Progress()`` listens to nobody: for tests and direct calls.
    """

    def __init__(
        self, listener: Callable[[int, int | None, Text | None], None] | None = None
    ) -> None:
        self._listener = listener
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self.interrupted = False
        self._state: tuple[int, int | None, Text | None] = (0, None, None)

    def step(self, done: int, total: int | None = None, message: Text | None = None) -> None:
        """Say that ``done`` of ``total`` units are finished; keeps the last message when None.

        Raises ``Cancelled`` when a person asked to stop: let it pass, after undoing what is half done.
        """
        with self._lock:
            self._state = (done, total, message or self._state[2])
        if self._listener is not None:
            self._listener(*self._state)
        self.check()

    def check(self) -> None:
        """Raise ``Cancelled`` when a person asked to stop."""
        if self._stop.is_set():
            raise Cancelled(Text("已取消", "Cancelled"))

    def cancel(self) -> None:
        """Make the next ``step`` or ``check`` raise."""
        self._stop.set()

    def interrupt(self) -> None:
        """Like ``cancel``, but because the process stops: nobody wanted the work undone."""
        self.interrupted = True
        self._stop.set()

    @property
    def snapshot(self) -> tuple[int, int | None, Text | None]:
        with self._lock:
            return self._state


@dataclass(frozen=True)
class Kind:
    """One kind of background work."""

    code: str
    title: Text
    run: Callable[..., Mapping[str, Any] | None]
    resumable: bool
    warehouse: bool


KINDS: Final[dict[str, Kind]] = {}
_wake = threading.Event()


def job(
    code: str, *, title: Text, resumable: bool = False, warehouse: bool = True
) -> Callable[[Work], Work]:
    """Register ``function(progress, **args) -> dict | None`` as a kind of work.

    ``resumable``: queued again after a crash instead of failed. ``warehouse=False``: needs no
    warehouse, so any worker process may run it; else only the process that owns the warehouse.
    """

    def register(run: Work) -> Work:
        if code in KINDS:
            raise ValueError(f"job kind {code} is registered twice")
        KINDS[code] = Kind(code, title, run, resumable, warehouse)
        return run

    return register


def enqueue(
    kind: str,
    args: Mapping[str, Any],
    *,
    by: int | None,
    now: datetime,
    title: Text | None = None,
) -> Job:
    """Ask for work, inside the caller's transaction. ``by`` is a user id; ``title`` names this job."""
    name = title or KINDS[kind].title
    row = Job.objects.create(
        kind=kind, title=_pair(name), args=dict(args), owner_id=by, created_at=now
    )
    transaction.on_commit(_wake.set)
    return row


def wait_for_work(seconds: float) -> None:
    """Sleep until this process enqueues something, at most ``seconds``."""
    if _wake.wait(seconds):
        _wake.clear()


def wake() -> None:
    """End every ``wait_for_work`` of this process now."""
    _wake.set()


def claim(*, boot: str, now: datetime, warehouse: bool = True) -> Job | None:
    """Take the oldest queued job for the worker process ``boot``; None when there is none.

    ``warehouse``: whether this process owns the warehouse.
    """
    waiting = Job.objects.filter(state=QUEUED, kind__in=_kinds(warehouse=warehouse))
    for number in waiting.order_by("id").values_list("id", flat=True)[:20]:
        taken = Job.objects.filter(pk=number, state=QUEUED).update(
            state=RUNNING, boot=boot, started_at=now, heartbeat_at=now
        )
        if taken:
            return Job.objects.get(pk=number)
    return None


def perform(row: Job, progress: Progress, clock: Callable[[], datetime]) -> str:
    """Run a claimed job to its end and write down how it ended. Returns the final state.

    ``clock`` tells the finishing time. An unexpected exception fails the job and is raised again for
    the worker's log; a ``HuitouError`` is an answer and is not.
    """
    kind = KINDS[row.kind]
    try:
        result = dict(kind.run(progress, **row.args) or {})
    except Cancelled:
        if progress.interrupted:
            _give_up(get(row.pk), kind, clock())
            return get(row.pk).state
        return _finish(row, progress, CANCELLED, clock())
    except HuitouError as error:
        return _finish(row, progress, FAILED, clock(), error=error_pair(error))
    except BaseException:
        _finish(row, progress, FAILED, clock(), error=error_pair(_unexpected()))
        raise
    return _finish(row, progress, DONE, clock(), result=result)


def run_pending(now: datetime) -> int:
    """Run every queued job in this thread, one after the other, and return how many.

    For tests and for commands that must see the end; servers use ``kernel.workers``.
    """
    count = 0
    while (row := claim(boot="inline", now=now)) is not None:
        progress = Progress()
        perform(row, progress, lambda: now)
        count += 1
    return count


def report(row_id: int, boot: str, progress: Progress, now: datetime) -> None:
    """Write a running job's progress and heartbeat; pass on a person's wish to cancel.

    A job that is no longer this process's own (it was given up for lost) is told to stop too.
    """
    done, total, message = progress.snapshot
    mine = Job.objects.filter(pk=row_id, state=RUNNING, boot=boot)
    # Read first: the job's own open transaction may keep the write below waiting, on SQLite.
    if mine.filter(cancel_asked=True).exists():
        progress.cancel()
    updated = mine.update(
        done=done, total=total, message=_pair(message) if message else None, heartbeat_at=now
    )
    if not updated:
        progress.cancel()


def cancel(job_id: int, *, now: datetime) -> Job:
    """Cancel a queued job at once, or ask a running one to stop. Raises ``NotFound``, ``Conflict``."""
    if Job.objects.filter(pk=job_id, state=QUEUED).update(
        state=CANCELLED, cancel_asked=True, finished_at=now
    ):
        return get(job_id)
    if Job.objects.filter(pk=job_id, state=RUNNING).update(cancel_asked=True):
        return get(job_id)
    row = get(job_id)
    raise Conflict(
        Text("任务已经结束", "The job has already ended"), where={"job": job_id, "state": row.state}
    )


def get(job_id: int) -> Job:
    """Raises ``NotFound``."""
    row = Job.objects.filter(pk=job_id).first()
    if row is None:
        raise NotFound(Text("没有这个任务", "There is no such job"), where={"job": job_id})
    return row


def recover(*, now: datetime, warehouse: bool, own_boot: str = "") -> list[Job]:
    """Deal with jobs whose worker is gone; returns them in their new state.

    Lost means: no heartbeat for ``LOST_AFTER``; or the kind needs the warehouse, this process owns it
    (``warehouse``), and another boot claimed it — that process cannot be working on it any more.
    """
    lost = []
    for row in Job.objects.filter(state=RUNNING).exclude(boot=own_boot or None):
        kind = KINDS.get(row.kind)
        silent = row.heartbeat_at is None or now - row.heartbeat_at >= LOST_AFTER
        orphaned = warehouse and (kind is None or kind.warehouse)
        if (silent or orphaned) and _give_up(row, kind, now):
            lost.append(get(row.pk))
    return lost


def give_back(boot: str, *, now: datetime) -> int:
    """At an orderly stop: queue again or fail what this process still holds. Returns how many."""
    held = Job.objects.filter(state=RUNNING, boot=boot)
    return sum(_give_up(row, KINDS.get(row.kind), now) for row in held)


def as_dict(row: Job, language: Language) -> dict[str, Any]:
    """A job as the API shows it (shape ``Job`` of the API), in one language."""
    result = dict(row.result) if row.result is not None else None
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "title": row.title.get(language, row.kind),
        "state": row.state,
        "done": row.done,
        "total": row.total,
        "message": row.message[language] if row.message else None,
        "result": result,
        "error": _error_in(row.error, language),
        "created_at": row.created_at,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
        "result_url": result.pop("result_url", None) if result else None,
    }


def error_pair(error: HuitouError) -> dict[str, Any]:
    """An error as it is stored: both languages, because the reader's is not known yet."""
    return {
        "code": error.code,
        "message": _pair(error.message),
        "remedy": _pair(error.remedy) if error.remedy else None,
        "where": error.where,
    }


def _error_in(error: dict[str, Any] | None, language: Language) -> dict[str, Any] | None:
    if error is None:
        return None
    remedy = error["remedy"]
    return {
        **error,
        "message": error["message"][language],
        "remedy": remedy[language] if remedy else "",
    }


def _give_up(row: Job, kind: Kind | None, now: datetime) -> bool:
    same = Job.objects.filter(pk=row.pk, state=RUNNING, boot=row.boot)
    if row.cancel_asked:
        return bool(same.update(state=CANCELLED, finished_at=now))
    if kind is not None and kind.resumable:
        return bool(same.update(state=QUEUED, boot="", started_at=None, heartbeat_at=None))
    stopped = HuitouError(
        Text("任务执行中进程停止了", "The process stopped while the job was running"),
        remedy=Text("没有留下一半的结果；请重新发起", "Nothing of it is half done; start it again"),
        code="interrupted",
    )
    return bool(same.update(state=FAILED, error=error_pair(stopped), finished_at=now))


def _finish(
    row: Job,
    progress: Progress,
    state: str,
    now: datetime,
    *,
    result: dict[str, Any] | None = None,
    error: dict[str, Any] | None = None,
) -> str:
    done, total, message = progress.snapshot
    if state == DONE and total is not None:
        done = total
    Job.objects.filter(pk=row.pk, state=RUNNING, boot=row.boot).update(
        state=state,
        done=done,
        total=total,
        message=_pair(message) if message else None,
        result=result,
        error=error,
        finished_at=now,
    )
    return state


def _kinds(*, warehouse: bool) -> Iterable[str]:
    return [kind.code for kind in KINDS.values() if warehouse or not kind.warehouse]


def _pair(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _unexpected() -> HuitouError:
    return HuitouError(
        Text("程序内部出错", "Something went wrong inside the program"),
        remedy=Text(
            "重试；仍然失败时把服务器日志交给维护者",
            "Try again; if it fails again, send the server's log to whoever maintains it",
        ),
        code="internal",
    )

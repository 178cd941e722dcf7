"""Reading ahead: one thread parses the next batch while another works on the present one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import Full, Queue
from typing import TypeVar

T = TypeVar("T")


class _End:
    """The source is exhausted, or has failed with ``error``."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def read_ahead(source: Iterator[T], depth: int = 2) -> Iterator[T]:
    """The items of ``source``, drawn by a thread that runs at most ``depth`` items ahead.

    Errors of the source are raised here. Closing this generator stops and closes the source.
    """
    queue: Queue[T | _End] = Queue(maxsize=depth)
    stopped = threading.Event()
    thread = threading.Thread(
        target=_draw, args=(source, queue, stopped), name="intake-read-ahead", daemon=True
    )
    thread.start()
    try:
        while not isinstance(item := queue.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        stopped.set()
        thread.join()


def _draw(source: Iterator[T], queue: Queue[T | _End], stopped: threading.Event) -> None:
    def put(item: T | _End) -> None:
        while not stopped.is_set():
            try:
                queue.put(item, timeout=0.05)
            except Full:
                continue
            return

    try:
        for item in source:
            put(item)
            if stopped.is_set():
                break
        put(_End())
    except BaseException as error:  # noqa: BLE001 - handed over to the thread that asked
        put(_End(error))
    finally:
        close = getattr(source, "close", None)
        if close is not None:
            close()

"""Two small helpers that let reading, sealing and storing of one file run side by side.

Arrow and DuckDB release the interpreter's lock, so threads are enough. Order is kept, memory is
bounded by the depth, an exception on either side ends both and is raised where the work is waited for.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterable
from typing import Final, TypeVar

T = TypeVar("T")

DEPTH: Final = 2
_POLL: Final = 0.1


class _End:
    """The last thing on a belt: how the other side ended."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def ahead(items: Iterable[T], depth: int = DEPTH) -> Generator[T, None, None]:
    """The items in their order, made by a thread of its own up to ``depth`` ahead.

    Close the generator (``contextlib.closing``) to stop the thread early; it is joined either way.
    """
    belt: queue.Queue[T | _End] = queue.Queue(depth)
    stopped = threading.Event()

    def put(entry: T | _End) -> bool:
        while not stopped.is_set():
            try:
                belt.put(entry, timeout=_POLL)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        error: BaseException | None = None
        try:
            for item in items:
                if not put(item):
                    break
        except BaseException as caught:  # noqa: BLE001 - handed to the reader
            error = caught
        put(_End(error))

    thread = threading.Thread(target=work, name="intake-ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(entry := belt.get(), _End):
            yield entry
        if entry.error is not None:
            raise entry.error
    finally:
        stopped.set()
        thread.join()


class Behind:
    """Runs what it is given, in order, in a thread of its own, at most ``depth`` behind.

    As a context manager it waits for the last; after an exception inside the block it drops what is
    still waiting.
    """

    def __init__(self, depth: int = DEPTH) -> None:
        self._belt: queue.Queue[Callable[[], None] | None] = queue.Queue(depth)
        self._error: BaseException | None = None
        self._dropping = False
        self._thread = threading.Thread(target=self._run, name="intake-behind", daemon=True)

    def __enter__(self) -> Behind:
        self._thread.start()
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._dropping = error is not None
        self._belt.put(None)
        self._thread.join()
        if error is None:
            self._raise()

    def do(self, work: Callable[[], None]) -> None:
        """Queue some work; raises what earlier work raised."""
        self._raise()
        self._belt.put(work)

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        while (work := self._belt.get()) is not None:
            if self._error is not None or self._dropping:
                continue
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - raised where the work is waited for
                self._error = error

"""Side by side, yet in order, bounded, and with every exception raised where it is waited for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial

import pytest

from huitou.intake.conveyor import Behind, ahead


def test_items_come_in_order_from_another_thread() -> None:
    seen: list[str] = []

    def make() -> Iterator[int]:
        for number in range(100):
            seen.append(threading.current_thread().name)
            yield number

    assert list(ahead(make())) == list(range(100))
    assert set(seen) == {"intake-ahead"}


def test_no_more_than_the_depth_is_made_ahead() -> None:
    made: list[int] = []

    def make() -> Iterator[int]:
        for number in range(50):
            made.append(number)
            yield number

    with closing(ahead(make(), depth=2)) as items:
        assert next(items) == 0
    assert len(made) <= 5


def test_what_the_maker_raises_comes_after_what_it_made() -> None:
    def make() -> Iterator[int]:
        yield 1
        raise KeyError("broken")

    items = ahead(make())
    assert next(items) == 1
    with pytest.raises(KeyError, match="broken"):
        next(items)


def test_closing_early_ends_the_thread() -> None:
    before = threading.active_count()
    with closing(ahead(iter(range(10_000)))) as items:
        next(items)
    assert threading.active_count() == before


def test_work_behind_is_done_in_order_before_the_block_ends() -> None:
    done: list[int] = []
    with Behind() as behind:
        for number in range(50):
            behind.do(partial(done.append, number))
    assert done == list(range(50))


def test_what_the_work_raises_is_raised_here() -> None:
    def fail() -> None:
        raise KeyError("full")

    with pytest.raises(KeyError, match="full"), Behind() as behind:
        behind.do(fail)


def test_an_exception_in_the_block_wins_and_the_rest_is_dropped() -> None:
    done: list[int] = []
    started, gate = threading.Event(), threading.Event()

    def wait() -> None:
        started.set()
        gate.wait(5)
        done.append(1)

    threading.Timer(0.2, gate.set).start()

    def block() -> None:
        with Behind() as behind:
            behind.do(wait)
            behind.do(lambda: done.append(2))
            started.wait(5)
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        block()
    assert done == [1]

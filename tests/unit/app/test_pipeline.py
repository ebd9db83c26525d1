"""Threads around the analysis: order, errors and endings."""

import threading
from collections.abc import Iterator

import pytest

from formcheck.app.pipeline import DEPTH, WorkBehind, read_ahead


def counting(stop_at: int, fail_at: int | None = None) -> Iterator[int]:
    for i in range(stop_at):
        if i == fail_at:
            raise OSError(5, "the disk is gone")
        yield i


def threads() -> set[str]:
    return {t.name for t in threading.enumerate() if t.name.startswith("formcheck-")}


def test_items_come_in_order_and_the_thread_ends() -> None:
    with read_ahead(counting(100)) as items:
        assert list(items) == list(range(100))
    assert threads() == set()


def test_an_error_of_the_source_comes_after_the_items_before_it() -> None:
    seen = []
    with pytest.raises(OSError, match="disk is gone"), read_ahead(counting(100, fail_at=20)) as items:
        for item in items:
            seen.append(item)
    assert seen == list(range(20))
    assert threads() == set()


def test_leaving_early_stops_the_source() -> None:
    taken = []

    def source() -> Iterator[int]:
        for i in range(10_000):
            taken.append(i)
            yield i

    with read_ahead(source()) as items:
        assert next(items) == 0
    assert len(taken) <= DEPTH + 3
    assert threads() == set()


def test_work_is_done_in_order_before_the_block_is_left() -> None:
    done: list[int] = []
    with WorkBehind(done.append) as behind:
        for i in range(100):
            behind.put(i)
    assert done == list(range(100))
    assert threads() == set()


def test_an_error_of_the_work_reaches_the_caller() -> None:
    def work(item: int) -> None:
        if item == 3:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"), WorkBehind(work) as behind:
        for i in range(1000):
            behind.put(i)
    assert threads() == set()


def test_an_error_of_the_caller_drops_what_is_queued() -> None:
    release, done = threading.Event(), []

    def work(item: int) -> None:
        release.wait()
        done.append(item)

    with pytest.raises(KeyboardInterrupt), WorkBehind(work) as behind:
        for i in range(5):
            behind.put(i)
        threading.Timer(0.05, release.set).start()
        raise KeyboardInterrupt
    assert len(done) <= 1
    assert threads() == set()

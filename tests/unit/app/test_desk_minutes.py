"""Times of day across jumps, and a history that is locked, damaged or full: nothing lost, one line each."""

import logging
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.app.desk_minutes import GAP_S, HistoryWriter, WallTime, minute_of
from formcheck.engine.minutes import MinuteRecord
from formcheck.errors import OutputError
from formcheck.storage.database import DamagedHistoryError, History, Minute, forget

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NINE + timedelta(seconds=seconds)


def test_moments_keep_their_time_of_day_across_a_sleep() -> None:
    time = WallTime(100.0, NINE)
    assert time.check(101.0, after(1.0)) is None
    assert time.check(102.0, after(3602.0)) == "slept"
    assert time.slept_s == 3600.0
    assert time.at(100.5) == after(0.5)
    assert time.at(110.0 + time.slept_s) == after(3610.0)
    assert time.check(103.0 + time.slept_s, after(3603.0)) is None


def test_a_clock_set_back_a_gap_and_a_slow_drift() -> None:
    time = WallTime(0.0, NINE)
    assert time.check(1.0, after(-3599.0)) == "clock_set"
    assert time.at(2.0) == after(-3598.0)
    assert time.check(1.0 + GAP_S + 0.1, after(-3599.0 + GAP_S + 0.1)) == "slept"
    drifting = WallTime(0.0, NINE)
    for i in range(1, 200):
        assert drifting.check(float(i), after(1.01 * i)) is None
    assert abs((drifting.at(199.0) - after(1.01 * 199)).total_seconds()) <= 1.02


@given(st.lists(st.tuples(st.floats(0.01, 9.0), st.floats(-90000.0, 90000.0)), min_size=1, max_size=50))
def test_the_present_is_never_more_than_a_second_off(steps: list[tuple[float, float]]) -> None:
    time, t, wall = WallTime(0.0, NINE), 0.0, NINE
    for passed, jump in steps:
        t, wall = t + passed, wall + timedelta(seconds=passed + jump)
        time.check(t + time.slept_s, wall)
        assert abs((time.at(t + time.slept_s) - wall).total_seconds()) <= 1.001


def test_a_record_becomes_the_minute_that_began_nearest() -> None:
    record = MinuteRecord(60.0, {"sitting": 50.0, "away": 10.0}, {"DF-01": (40.0, 5.0, 5.0, 10.0)}, 80, 1, 0)
    for wobble_s in (-0.4, 0.0, 0.4):
        assert minute_of(record, after(60.0 + wobble_s), "here") == Minute(
            after(60.0), "here", 50.0, 0.0, 0.0, 10.0, 80, {"DF-01": (40.0, 5.0, 5.0)}, 1, 0
        )


def stored(path: Path) -> list[Minute]:
    with History(path) as history:
        return list(history.minutes())


MINUTES = [Minute(after(60.0 * i), "here", seconds_sitting=60.0) for i in range(5)]


def test_everything_is_written_when_it_is_closed(tmp_path: Path) -> None:
    writer = HistoryWriter(tmp_path / "desk.db")
    for minute in MINUTES:
        writer.add(minute)
    writer.add((NINE, "alert", "DF-01"))
    writer.close()
    assert stored(tmp_path / "desk.db") == MINUTES
    with History(tmp_path / "desk.db") as history:
        assert [(e.at, e.kind, e.detail) for e in history.events()] == [(NINE, "alert", "DF-01")]


class Stubborn:
    """Opens a history only when it may, and says when it was asked."""

    def __init__(self) -> None:
        self.refuses = True
        self.asked = threading.Semaphore(0)

    def __call__(self, path: Path) -> History:
        self.asked.release()
        if self.refuses:
            raise OutputError("The disk is full.")
        return History(path)


def test_a_disk_that_is_full_loses_nothing_and_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "formcheck")
    disk = Stubborn()
    writer = HistoryWriter(tmp_path / "desk.db", open_history=disk, retry_s=0.001)
    for minute in MINUTES:
        writer.add(minute)
    for _ in range(4):
        assert disk.asked.acquire(timeout=30.0)
    disk.refuses = False
    writer.close()
    assert stored(tmp_path / "desk.db") == MINUTES
    assert [record.message for record in caplog.records] == [
        "The disk is full. Until it is written again, the minutes wait.",
        "The history is written again.",
    ]


def test_a_history_that_another_program_locks_is_written_later(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    History(path).close()
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    tried = threading.Event()

    def open_history(p: Path) -> History:
        history = History(p, wait_s=0.0)
        tried.set()
        return history

    writer = HistoryWriter(path, open_history=open_history, retry_s=0.001)
    writer.add(MINUTES[0])
    tried.wait(30.0)
    lock.execute("ROLLBACK")
    lock.close()
    writer.close()
    assert stored(path) == MINUTES[:1]


def test_a_damaged_history_is_put_aside_and_a_new_one_begun(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "desk.db"
    path.write_bytes(b"no database at all" * 1000)
    writer = HistoryWriter(path, retry_s=0.001)
    writer.add(MINUTES[0])
    writer.add(MINUTES[1])
    writer.close()
    assert stored(path) == MINUTES[:2]
    assert [p.name[:13] for p in tmp_path.glob("*damaged*")] == ["desk-damaged-"]
    assert sum("was damaged" in record.message for record in caplog.records) == 1


def test_what_lies_beside_a_damaged_history_goes_aside_with_it(tmp_path: Path) -> None:
    path, wal = tmp_path / "desk.db", tmp_path / "desk.db-wal"
    path.write_bytes(b"damaged")
    wal.write_bytes(b"the last minutes")

    def open_history(file: Path) -> History:
        if wal.exists():
            raise DamagedHistoryError(f"{file} is damaged.")
        return History(file)

    writer = HistoryWriter(path, open_history=open_history, retry_s=0.001)
    writer.add(MINUTES[0])
    writer.close()
    assert stored(path) == MINUTES[:1]
    assert [file.read_bytes() for file in sorted(tmp_path.glob("*damaged*"))] == [b"damaged", b"the last minutes"]


def written(writer: HistoryWriter, minute: Minute) -> None:
    writer.add(minute)
    for _ in range(10_000):
        if not writer.waiting:
            return
        threading.Event().wait(0.002)
    raise AssertionError("the minute was not written")


def test_it_is_opened_once_and_again_when_another_file_lies_there(tmp_path: Path) -> None:
    path, opened = tmp_path / "desk.db", list[Path]()

    def open_history(file: Path) -> History:
        opened.append(file)
        return History(file)

    writer = HistoryWriter(path, open_history=open_history)
    for minute in MINUTES[:3]:
        written(writer, minute)
    assert len(opened) == 1
    path.rename(tmp_path / "kept.db")
    written(writer, MINUTES[3])
    assert forget(path) == 1
    written(writer, MINUTES[4])
    writer.close()
    assert len(opened) == 2
    assert stored(tmp_path / "kept.db") == MINUTES[:3]
    assert stored(path) == MINUTES[4:]

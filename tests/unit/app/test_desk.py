"""The desk's loop on scripted pictures and fake clocks: paces, pauses, jumps, losses, minutes, requests."""

import logging
import math
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.heard import told_by

from formcheck.app.desk import AWAY_S, BURST_AGAIN_S, BURST_S, LENT_S, Desk, DeskPace, Setup, request_of, until_tomorrow
from formcheck.app.desk_control import DeskFolder, Request
from formcheck.app.desk_minutes import Entry, HistoryWriter
from formcheck.app.desk_setup import SetUps
from formcheck.app.settings import DeskTable
from formcheck.body.pose import Pose
from formcheck.engine.desk import DeskEvent, DeskSettings, DeskWatch, PostureAlert, Reminder, StateChanged
from formcheck.engine.events import CameraState
from formcheck.errors import FilmError
from formcheck.exercise.load import load_exercise
from formcheck.frame import Frame
from formcheck.storage.database import History, Minute
from formcheck.synth.poses import true_poses

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RNG = np.random.default_rng(4)
PICTURES = [RNG.integers(0, 255, (24, 32, 3), np.uint8) for _ in range(16)]
SITTING = next(iter(true_poses("desk_front", yaw_deg=90.0)))[0]


@dataclass
class World:
    """A fake computer: its clocks, its camera, its person, and what it was told."""

    folder: DeskFolder
    now: float = 1000.0
    wall_is_ahead_s: float = 0.0
    person: bool = True
    moves: bool = True
    there: bool = True
    state: CameraState = "live"
    locked_: bool = False
    battery_: bool = False
    exercising_: bool = False
    wanted_: bool = False
    held_: bool = False
    screens_: tuple[str, ...] = ("eDP-1 1920x1080",)
    kept: list[Entry] = field(default_factory=list)
    writer: HistoryWriter | None = None
    events: list[DeskEvent] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    watched: list[bool] = field(default_factory=list)
    setups: list[tuple[str, ...]] = field(default_factory=list)
    paces: list[float] = field(default_factory=list)
    opened: int = 0
    closed: int = 0
    estimated: int = 0
    every_s: float = 0.5
    watch: type[DeskWatch] = DeskWatch
    finished: bool = False
    _told: CameraState = "live"
    _picture: int = 0

    # history
    def keep(self, entry: Entry) -> None:
        self.kept.append(entry)
        if self.writer:
            self.writer.add(entry)

    # clocks
    def clock(self) -> float:
        return self.now

    def wall(self) -> datetime:
        return MONDAY + timedelta(seconds=self.now - 1000.0 + self.wall_is_ahead_s)

    def wait(self, seconds: float) -> None:
        self.now += seconds

    # camera
    @contextmanager
    def open(self) -> Iterator["World"]:
        if not self.there:
            raise FilmError("The camera 0 cannot be opened.")
        self.opened += 1
        yield self
        self.closed += 1

    def next(self, timeout_s: float) -> Frame | None:
        self.paces.append(self.every_s)
        self.now += self.every_s
        if self.state != "live":
            return None
        self._picture += self.moves
        return Frame(self.now, PICTURES[self._picture % len(PICTURES)])

    def changes(self) -> list[tuple[float, CameraState]]:
        if self.state == self._told:
            return []
        self._told = self.state
        return [(self.now, self.state)]

    # estimator
    @contextmanager
    def estimator(self) -> Iterator["World"]:
        yield self

    def estimate(self, frame: Frame) -> Pose:
        self.estimated += 1
        if not self.person:
            return Pose.nobody(frame.t, SITTING.size_px)
        return Pose(frame.t, SITTING.xy_px, SITTING.world_m, SITTING.visibility, SITTING.size_px)

    # surroundings
    def locked(self) -> bool:
        return self.locked_

    def on_battery(self) -> bool:
        return self.battery_

    def exercising(self) -> bool:
        return self.exercising_

    def screens(self) -> tuple[str, ...]:
        return self.screens_

    def camera_wanted(self) -> bool:
        wanted, self.wanted_ = self.wanted_, False
        return wanted

    def camera_held(self) -> bool:
        return self.held_

    def camera_opened(self) -> None:
        self.wanted_ = False

    # told
    def event(self, event: DeskEvent, at: datetime, sitting_s: float) -> None:
        self.events.append(event)

    def minute(self, watch: DeskWatch, score: int | None) -> None: ...

    def watching(self, on: bool) -> None:
        self.watched.append(on)

    def say(self, key: str) -> None:
        self.said.append(key)

    @property
    def minutes(self) -> list[Minute]:
        return [entry for entry in self.kept if isinstance(entry, Minute)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    folder = DeskFolder(tmp_path / "desk")
    with folder.held():
        yield World(folder)


def a_desk(
    world: World,
    *,
    settings: DeskSettings | None = None,
    set_ups: SetUps | None = None,
    **pace: Any,
) -> Desk:
    def set_up(screens: tuple[str, ...], size_px: tuple[int, int]) -> Setup:
        if set_ups:
            return set_ups(screens, size_px)
        world.setups.append(screens)
        watch = world.watch(load_exercise("desk_front"), load_exercise("desk_side"), None, settings or DeskSettings())
        return Setup(f"place-{len(screens)}", True, watch)

    return Desk(
        world.folder,
        open_camera=world.open,
        open_estimator=world.estimator,
        set_up=set_up,
        keep=world.keep,
        told=world,
        around=world,
        pace=DeskPace(**pace),
        clock=world.clock,
        wall=world.wall,
        wait=world.wait,
    )


def go(desk: Desk, world: World, seconds: float) -> None:
    until = world.now + seconds
    while world.now < until:
        assert desk.step(world)


def seconds_kept(world: World, state: str) -> float:
    return float(sum(getattr(minute, f"seconds_{state}") for minute in world.minutes))


def test_quiet_minutes_are_sitting_looked_at_twice_a_second(world: World) -> None:
    desk = a_desk(world)
    go(desk, world, 605.0)
    assert [m.start for m in world.minutes] == [MONDAY + timedelta(minutes=i) for i in range(10)]
    assert seconds_kept(world, "sitting") == pytest.approx(600.0, abs=15.0)
    assert {round(pace, 3) for pace in world.paces[20:]} <= {0.5, 0.167}
    assert (world.opened, world.closed) == (1, 0)
    assert {m.place for m in world.minutes} == {"place-1"}


def test_an_empty_chair_is_looked_at_once_a_second_and_counts_as_away(world: World) -> None:
    world.person = False
    desk = a_desk(world)
    go(desk, world, 300.0)
    assert set(world.paces) == {AWAY_S}
    assert seconds_kept(world, "sitting") == 0.0
    assert seconds_kept(world, "away") == pytest.approx(240.0, abs=60.0)


def test_where_nothing_changes_in_the_picture_the_pose_is_kept_for_two_seconds(world: World) -> None:
    world.moves = False
    desk = a_desk(world)
    go(desk, world, 300.0)
    assert 100 <= world.estimated <= 170  # instead of 600
    assert seconds_kept(world, "sitting") == pytest.approx(240.0, abs=60.0)


class NearLimit(DeskWatch):
    near_limit = True


def test_a_burst_is_ten_seconds_long_and_comes_once_a_minute_at_most(world: World) -> None:
    world.watch = NearLimit
    desk = a_desk(world)
    go(desk, world, 10.0)
    world.paces.clear()
    go(desk, world, 3 * (BURST_S + BURST_AGAIN_S))
    fast = sum(pace for pace in world.paces if pace < 0.3)
    assert fast == pytest.approx(3 * BURST_S, abs=BURST_S)
    assert {round(pace, 3) for pace in world.paces} == {0.5, 0.167}


@pytest.mark.parametrize(
    ("begin", "end", "doing"),
    [
        (lambda w: w.folder.ask(Request("pause")), lambda w: w.folder.ask(Request("resume")), "paused"),
        (lambda w: setattr(w, "locked_", True), lambda w: setattr(w, "locked_", False), "locked"),
        (lambda w: setattr(w, "battery_", True), lambda w: setattr(w, "battery_", False), "battery"),
    ],
)
def test_the_camera_is_given_back_and_no_clock_runs_meanwhile(
    world: World, begin: Callable[[World], None], end: Callable[[World], None], doing: str
) -> None:
    desk = a_desk(world, pause_on_battery=True)
    go(desk, world, 120.0)
    begin(world)
    go(desk, world, 6.0)
    before = seconds_kept(world, "sitting")
    assert desk.doing == doing
    assert (world.opened, world.closed) == (1, 1)
    go(desk, world, 600.0)
    assert world.opened == 1
    assert seconds_kept(world, "sitting") - before <= 60.0  # the minute that was under way
    end(world)
    go(desk, world, 200.0)
    assert desk.doing == "watching"
    assert (world.opened, world.closed) == (2, 1)
    assert seconds_kept(world, "sitting") == pytest.approx(300.0, abs=75.0)


def test_on_battery_the_camera_goes_on_unless_set_otherwise(world: World) -> None:
    world.battery_ = True
    desk = a_desk(world)
    go(desk, world, 30.0)
    assert (desk.doing, world.closed) == ("watching", 0)


def test_another_program_gets_the_camera_for_as_long_as_it_holds_it(world: World) -> None:
    desk = a_desk(world)
    go(desk, world, 10.0)
    world.wanted_, world.held_ = True, True
    go(desk, world, 1.5)
    assert (desk.doing, world.closed) == ("busy", 1)
    go(desk, world, 5 * LENT_S)
    assert world.opened == 1
    world.held_ = False
    go(desk, world, LENT_S + 3.0)
    assert (desk.doing, world.opened) == ("watching", 2)


def test_a_camera_that_cannot_be_opened_is_tried_politely_and_told_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.there = False
    caplog.set_level(logging.INFO, "formcheck")
    desk = a_desk(world)
    go(desk, world, 600.0)
    assert desk.doing == "camera"
    assert [r.message for r in caplog.records] == ["The camera 0 cannot be opened. It is tried again."]
    world.there = True
    go(desk, world, 61.0)
    assert (desk.doing, world.opened) == ("watching", 1)


def test_losses_of_the_camera_are_one_line_each_and_stop_the_clocks(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "formcheck")
    desk = a_desk(world)
    go(desk, world, 120.0)
    sat = seconds_kept(world, "sitting")
    states: Sequence[CameraState] = ("lost", "live", "dark", "covered", "live")
    for state in states:
        world.state = state
        go(desk, world, 0.5 if state == "live" else 300.0)
    lines = [record.message.partition(";")[0] for record in caplog.records]
    assert lines == ["The camera is gone", "The picture is black", "Something covers the camera"]
    assert world.watched == [False, True, False, False, True]
    assert seconds_kept(world, "sitting") - sat <= 61.0


def test_a_lid_closed_for_an_hour_adds_no_minute_and_the_next_one_has_its_own_time(world: World) -> None:
    desk = a_desk(world)
    go(desk, world, 120.0)
    world.wall_is_ahead_s = 3600.0  # asleep: the clock that never jumps stood still
    go(desk, world, 180.0)
    starts = [minute.start for minute in world.minutes]
    assert MONDAY + timedelta(minutes=1) in starts
    assert MONDAY + timedelta(minutes=63) in starts
    assert not any(MONDAY + timedelta(minutes=3) <= s < MONDAY + timedelta(minutes=61) for s in starts)
    assert seconds_kept(world, "sitting") <= 300.0


@pytest.mark.parametrize("asleep_s", [240.0, 360.0])
def test_a_lid_closed_for_five_minutes_ends_a_bout_of_sitting(world: World, asleep_s: float) -> None:
    desk = a_desk(world, settings=DeskSettings(sitting_break_s=900.0))
    go(desk, world, 600.0)
    world.wall_is_ahead_s = asleep_s
    go(desk, world, 600.0)
    assert bool(breaks_due(world)) == (asleep_s < 300.0)


def test_a_clock_that_counts_sleep_adds_no_sitting_either(world: World) -> None:
    desk = a_desk(world)
    go(desk, world, 120.0)
    world.now += 3600.0
    go(desk, world, 120.0)
    assert seconds_kept(world, "sitting") <= 240.0


def test_a_clock_set_back_by_an_hour_loses_no_minute(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "formcheck")
    desk = a_desk(world)
    go(desk, world, 120.0)
    world.wall_is_ahead_s = -3600.0
    go(desk, world, 180.0)
    assert MONDAY + timedelta(minutes=-57) in [minute.start for minute in world.minutes]
    assert sum(record.message == "The clock was set." for record in caplog.records) == 1
    assert seconds_kept(world, "sitting") >= 220.0


def test_other_screens_bring_their_own_calibration(world: World) -> None:
    desk = a_desk(world)
    go(desk, world, 130.0)
    world.screens_ = ("eDP-1 1920x1080", "DP-2 2560x1440")
    go(desk, world, 130.0)
    assert world.setups == [("eDP-1 1920x1080",), world.screens_]
    assert {minute.place for minute in world.minutes} == {"place-1", "place-2"}


def dock(world: World) -> None:
    world.screens_ = ("eDP-1 1920x1080", "DP-2 2560x1440")


def pause(world: World) -> None:
    world.folder.ask(Request("pause"))


def unplug(world: World) -> None:
    world.state = "lost"


def lock(world: World) -> None:
    world.locked_ = True


@pytest.mark.parametrize(
    ("what", "away_s"), [(dock, 50.0), (pause, 50.0), (pause, 240.0), (unplug, 50.0), (lock, 240.0)]
)
def test_no_bout_of_sitting_ends_with_other_screens_or_a_time_of_which_nothing_is_known(
    world: World, tmp_path: Path, what: Callable[[World], None], away_s: float
) -> None:
    desk = a_desk(world, set_ups=SetUps(DeskTable(), "0", tmp_path, world.said.append))
    go(desk, world, 20 * 60.0)
    what(world)
    go(desk, world, away_s)
    world.folder.ask(Request("resume"))
    world.state, world.locked_ = "live", False
    before = world.now
    go(desk, world, 12 * 60.0)
    # Of the half hour 20 minutes had passed, and with other screens what came after them, too.
    (due_s,) = breaks_due(world)
    assert due_s - before == pytest.approx(600.0 - (away_s if what is dock else 0.0), abs=20.0)


def breaks_due(world: World) -> list[float]:
    """Return when a break was proposed, by the world's clock: that of the desk began at 1000 s."""
    return [1000.0 + event.t for event in world.events if isinstance(event, Reminder) and "break" in event.kinds]


@pytest.mark.parametrize("what", [pause, unplug])
def test_after_five_minutes_of_which_nothing_is_known_sitting_begins_anew(
    world: World, tmp_path: Path, what: Callable[[World], None]
) -> None:
    desk = a_desk(world, set_ups=SetUps(DeskTable(), "0", tmp_path, world.said.append))
    go(desk, world, 20 * 60.0)
    what(world)
    go(desk, world, 310.0)
    world.folder.ask(Request("resume"))
    world.state = "live"
    go(desk, world, 25 * 60.0)
    assert breaks_due(world) == []


def test_time_without_a_camera_after_a_pause_counts_as_unknown(world: World, tmp_path: Path) -> None:
    desk = a_desk(world, set_ups=SetUps(DeskTable(), "0", tmp_path, world.said.append))
    go(desk, world, 20 * 60.0)
    pause(world)
    go(desk, world, 30.0)
    world.there = False
    world.folder.ask(Request("resume"))
    go(desk, world, 1800.0)
    world.there = True
    go(desk, world, 25 * 60.0)
    assert breaks_due(world) == []


@contextmanager
def locked_by_another(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def on_a_full_disk(path: Path) -> Iterator[None]:
    Small.full = True
    yield
    Small.full = False


@contextmanager
def overwritten(path: Path) -> Iterator[None]:
    path.write_bytes(b"no database at all" * 1000)
    yield


class Small(History):
    """A history of which no page can be added while the disk is full."""

    full = False

    def add_minute(self, minute: Minute) -> None:
        if self.full:
            with self._reader.connect() as connection:
                connection.exec_driver_sql("PRAGMA max_page_count = 1")
            minute = replace(minute, place="x" * 10_000)  # needs a page more, whatever is free
        super().add_minute(minute)


@pytest.mark.parametrize(
    ("trouble", "said", "kept_from"),
    [
        (locked_by_another, ["kept locked by another program", "is written again"], 0),
        (on_a_full_disk, ["could not be written (database or disk is full)", "is written again"], 0),
        (overwritten, ["was damaged; it lies in"], 3),
    ],
)
def test_whatever_befalls_the_history_the_desk_goes_on_and_no_minute_is_lost(
    world: World,
    tmp_path: Path,
    trouble: Callable[[Path], AbstractContextManager[None]],
    said: list[str],
    kept_from: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    module, path = "formcheck.app.desk_minutes", tmp_path / "desk.db"
    caplog.set_level(logging.INFO, module)
    desk = a_desk(world)
    go(desk, world, 185.0)
    with History(path) as history:
        for minute in world.minutes:
            history.add_minute(minute)
    world.writer = HistoryWriter(path, open_history=partial(Small, wait_s=0.0), retry_s=0.001)
    with trouble(path), told_by(module) as told:
        go(desk, world, 300.0)
        told.wait()
        assert desk.doing == "watching"
    go(desk, world, 60.0)
    world.writer.close()
    with History(path) as history:
        starts = [minute.start for minute in history.minutes()]
    assert starts == [MONDAY + timedelta(minutes=i) for i in range(kept_from, 9)]
    sentences = [record.getMessage() for record in caplog.records if record.name == module]
    assert [part in sentence for part, sentence in zip(said, sentences, strict=True)] == [True] * len(said)


class Chatty(DeskWatch):
    """Gives an alert with every pose, if anything may be said at all."""

    silent = exercises = False
    until_t = -math.inf

    def update(self, pose: Pose) -> list[DeskEvent]:
        events = super().update(pose)
        if self.silent or self.exercises or pose.t < self.until_t:
            return events
        return [*events, PostureAlert(pose.t, "DF-01", "Chin back, grow tall", pose.t - 90.0)]

    def quiet(self, on: bool) -> None:
        self.silent = on

    def exercising(self, on: bool) -> None:
        self.exercises = on

    def snooze(self, t: float, until_t: float) -> None:
        self.until_t = until_t


def alerts(world: World) -> int:
    found = sum(isinstance(event, PostureAlert) for event in world.events)
    world.events.clear()
    return found


def test_a_snooze_holds_also_for_a_fresh_watch_and_ends_with_resume(world: World) -> None:
    world.watch = Chatty
    desk = a_desk(world)
    go(desk, world, 10.0)
    assert alerts(world) > 0
    world.folder.ask(Request("snooze", 30.0))
    go(desk, world, 1.0)
    alerts(world)
    go(desk, world, 600.0)
    world.screens_ = ()
    go(desk, world, 600.0)
    assert alerts(world) == 0
    status = world.folder._status.read_text()
    assert (world.wall() + timedelta(minutes=10)).isoformat()[:15] in status
    go(desk, world, 620.0)
    assert alerts(world) > 0
    desk.ask(Request("snooze", float("inf")))
    go(desk, world, 1.0)
    alerts(world)
    go(desk, world, 2400.0)
    assert alerts(world) == 0
    desk.ask(Request("resume"))
    go(desk, world, 10.0)
    assert alerts(world) > 0


@pytest.mark.parametrize("what", ["quiet hours", "a set"])
def test_nothing_is_said_in_quiet_hours_and_during_a_set(world: World, what: str) -> None:
    world.watch = Chatty
    quiet = [what == "quiet hours"]
    world.exercising_ = what == "a set"
    desk = a_desk(world, quiet_at=lambda _: quiet[0])
    go(desk, world, 60.0)
    assert alerts(world) == 0
    quiet[0] = world.exercising_ = False
    go(desk, world, 30.0)
    assert alerts(world) > 0


def test_what_happened_is_kept_with_its_time_of_day(world: World) -> None:
    world.watch = Chatty
    desk = a_desk(world)
    go(desk, world, 5.0)
    at, kind, detail = next(entry for entry in world.kept if not isinstance(entry, Minute))
    assert (kind, detail) == ("alert", "DF-01")
    assert MONDAY <= at <= MONDAY + timedelta(seconds=5)
    assert any(isinstance(event, StateChanged) for event in world.events)


def test_a_film_that_is_over_ends_the_desk_and_stop_ends_it_at_once(world: World) -> None:
    desk = a_desk(world)
    go(desk, world, 90.0)
    world.finished, world.state = True, "lost"
    desk.run()
    assert world.closed == 1
    assert world.minutes
    world.finished, world.state = False, "live"
    other = a_desk(world)
    other.stop()
    other.run()
    assert world.opened == 1


def test_until_tomorrow_is_midnight() -> None:
    assert until_tomorrow(MONDAY) == datetime(2026, 3, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("action", "minutes"), [("snooze_30", 30.0), ("snooze_60", 60.0), ("snooze_day", float("inf")), ("other", None)]
)
def test_actions_of_notifications_are_snoozes(action: str, minutes: float | None) -> None:
    request = request_of(action)
    assert (request.minutes if request else None) == minutes


def test_a_calibration_of_another_picture_size_is_told_and_left_out(tmp_path: Path) -> None:
    said: list[str] = []
    set_up = SetUps(DeskTable(profile="nobody"), "0", tmp_path, said.append)
    assert set_up((), (320, 240)).calibrated is False
    assert said == []

"""The desk's loop: a camera looked at seldom, a watch that decides, and everybody who is told.

`Desk.run` works in one thread and can be left alone all day. While anything stands against it (the person paused it,
the screen is locked, another program wants the camera) the camera is given back and no clock runs.
"""

import ctypes
import logging
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from formcheck.app.desk_control import SNOOZE_MINUTES, DeskFolder, Request, Status
from formcheck.app.desk_minutes import Entry, WallTime, minute_of
from formcheck.body.pose import Pose
from formcheck.engine.desk import (
    BreakTaken,
    CameraMoved,
    DeskEvent,
    DeskWatch,
    NotCalibrated,
    PostureAlert,
    Reminder,
    StateChanged,
)
from formcheck.engine.events import CameraState
from formcheck.errors import FilmError, OutputError
from formcheck.frame import Frame
from formcheck.video.stillness import Stillness

SIZE_PX: Final = (320, 240)
"""What a camera is asked for: as much as the model gets to see of somebody at a desk."""
CAMERA_FPS: Final = 15.0
AWAY_S: Final = 1.0
"""Between two looks while nobody is there."""
BURST_S: Final = 10.0
BURST_AGAIN_S: Final = 60.0
"""A burst is as long, and the next one begins so long after it at the earliest."""
STILL_S: Final = 2.0
"""A picture in which nothing has changed is taken for the one before it, but not for longer than this."""
LOOK_S: Final = 5.0
"""How often to see whether the screen is locked, the computer on battery, or a set under way."""
SCREENS_S: Final = 60.0
IDLE_S: Final = 1.0
"""How long to sleep while the camera is given back."""
TRY_S: Final = (10.0, 60.0)
"""Before a camera that could not be opened is tried again: the first time, and doubled up to the longest."""
LENT_S: Final = 30.0
"""For how long another program that wants the camera has it before it is taken back, if nobody holds it then."""
STATUS_S: Final = 60.0

_M_ARENA_MAX: Final = -8

Doing = Literal["watching", "paused", "locked", "battery", "busy", "camera"]

logger = logging.getLogger(__name__)


class DeskCamera(Protocol):
    """What the desk needs of a camera; see `formcheck.video.live_camera.LiveCamera`."""

    every_s: float

    @property
    def finished(self) -> bool:
        """Whether no more pictures will come: the film is over."""

    def next(self, timeout_s: float) -> Frame | None:
        """Return the newest picture that was not given yet; None if none came in time."""

    def changes(self) -> list[tuple[float, CameraState]]:
        """Return what has changed about the camera since the last call."""


class FindsPose(Protocol):
    """Finds a person in a picture; see `formcheck.estimators.mediapipe.MediaPipeEstimator`."""

    def estimate(self, frame: Frame) -> Pose:
        """Return the pose, all-NaN where there is none."""


class Around(Protocol):
    """What goes on around the desk."""

    def locked(self) -> bool:
        """Whether the screen is locked."""

    def on_battery(self) -> bool:
        """Whether the computer runs on its battery."""

    def exercising(self) -> bool:
        """Whether a set is under way before this or another camera."""

    def screens(self) -> tuple[str, ...]:
        """Return the screens that are connected."""

    def camera_wanted(self) -> bool:
        """Whether another program has tried to open the camera since the last call."""

    def camera_held(self) -> bool:
        """Whether another program holds the camera."""

    def camera_opened(self) -> None:
        """Forget what opening it ourselves looked like."""


class Told(Protocol):
    """Is told what happens, in the thread of the desk, and has to be quick."""

    def event(self, event: DeskEvent, at: datetime, sitting_s: float) -> None:
        """Take an event of the watch; `at` is its time of day."""

    def minute(self, watch: DeskWatch, score: int | None) -> None:
        """Take the state of affairs at the end of a minute."""

    def watching(self, on: bool) -> None:
        """Take whether anything is known from now on; the camera may be off, lost or covered."""

    def say(self, key: str) -> None:
        """Show a phrase of the desk by its key, such as ``recalibrate``."""


@dataclass(frozen=True, slots=True)
class DeskPace:
    """How the desk goes about it; see `formcheck.app.settings.DeskTable`."""

    pictures_per_second: float = 2.0
    burst_per_second: float = 6.0
    pause_on_battery: bool = False
    quiet_at: Callable[[datetime], bool] = lambda _: False


@dataclass(frozen=True, slots=True)
class Setup:
    """One camera before one set of screens, and what was calibrated there.

    Attributes
    ----------
    place : str
        Name of the calibration.
    calibrated : bool
    watch : DeskWatch
        Fresh, to compare with it.
    """

    place: str
    calibrated: bool
    watch: DeskWatch


class Desk:
    """Look after one person at a desk until told to stop.

    Parameters
    ----------
    folder : DeskFolder
        Held by the caller; requests come through it.
    open_camera : callable
        Opens the camera; raises `FilmError` if it cannot be opened now.
    open_estimator : callable
        Gives the pose estimator, which is kept as long as the desk runs.
    set_up : callable
        Takes the screens that are connected and the size of the camera's pictures, and gives the `Setup` for them.
    keep : callable
        Takes what is to be kept of the day.
    told : Told
    around : Around
    pace : DeskPace
    clock, wall : callable, optional
        Give the time in seconds by a clock that never jumps, and the time of day with its zone.
    wait : callable, optional
        Sleeps for so many seconds.
    """

    def __init__(
        self,
        folder: DeskFolder,
        *,
        open_camera: Callable[[], AbstractContextManager[DeskCamera]],
        open_estimator: Callable[[], AbstractContextManager[FindsPose]],
        set_up: Callable[[tuple[str, ...], tuple[int, int]], Setup],
        keep: Callable[[Entry], None],
        told: Told,
        around: Around,
        pace: DeskPace,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = lambda: datetime.now().astimezone(),
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._folder = folder
        self._open_camera, self._open_estimator, self._set_up = open_camera, open_estimator, set_up
        self._keep, self._told, self._around, self._pace = keep, told, around, pace
        self._awake, self._wall = minute_clock(clock, wall()), wall
        self._wall_time = WallTime(self._awake(), wall())
        self._stopped = threading.Event()
        self._wait = wait or self._stopped.wait
        self._asked: list[Request] = []
        self._camera: DeskCamera | None = None
        self._camera_stack = ExitStack()
        self._camera_state: CameraState = "live"
        self._setup: Setup | None = None
        self._fits = False
        self._screens: tuple[str, ...] = ()
        self._still: Stillness[Pose] = Stillness()
        self._last_t = self._clock()
        self._paused = self._locked = self._battery = self._exercising = self._quiet = False
        self._lent_until = self._try_at = self._look_at = self._screens_at = -math.inf
        self._try_s = TRY_S[0]
        self._burst_at = -math.inf
        self._snoozed_until: datetime | None = None
        self._doing: Doing = "watching"
        self._published: tuple[float, Status | None] = (-math.inf, None)
        self._since = wall()

    @property
    def doing(self) -> Doing:
        """What the desk does, or why it does not watch."""
        return self._doing

    def ask(self, request: Request) -> None:
        """Ask for something; from any thread, at any time."""
        self._asked.append(request)

    def stop(self) -> None:
        """End as soon as possible; from any thread or signal, at any time."""
        self._stopped.set()

    def run(self) -> None:
        """Watch until stopped, or until the film that stands in for a camera is over."""
        with ExitStack() as stack:
            estimator = stack.enter_context(self._open_estimator())
            stack.callback(self._release)
            while not self._stopped.is_set() and self.step(estimator):
                pass
            self._keep_minutes(math.inf)

    def step(self, estimator: FindsPose) -> bool:
        """Do what is due now; return whether there is more to come."""
        now = self._mind_the_clocks()
        self._obey(now)
        self._look_around(now)
        self._become(now, self._against(now))
        self._publish(now)
        if self._camera is None:
            self._wait(IDLE_S)
            self._happened(self._watch.tick(self._clock()) if self._watch else [])
        elif not self._see(self._camera, estimator):
            return False
        self._keep_minutes(self._clock())
        self._last_t = now
        return True

    # -- what stands against watching ---------------------------------------------------------------------------------

    def _against(self, now: float) -> Doing | None:
        """Return what stands against watching, if anything."""
        if self._paused:
            return "paused"
        if self._locked:
            return "locked"
        if self._battery and self._pace.pause_on_battery:
            return "battery"
        if self._other_wants_camera(now):
            return "busy"
        return None

    def _other_wants_camera(self, now: float) -> bool:
        wanted = self._around.camera_wanted()
        if self._camera is not None:
            # While it is lost it is opened again and again from here, which looks the same.
            lend = wanted and self._camera_state == "live"
        else:
            lend = self._doing == "busy" and now >= self._lent_until and self._around.camera_held()
        if lend:
            self._lent_until = now + LENT_S
        return now < self._lent_until

    def _become(self, now: float, against: Doing | None) -> None:
        """Give the camera back or take it again, and say so."""
        if against is not None:
            if self._camera is not None:
                self._release()
            self._set_doing(now, against)
        elif self._camera is None and (now >= self._try_at or self._doing != "camera"):
            self._take(now)

    def _take(self, now: float) -> None:
        try:
            self._camera = self._camera_stack.enter_context(self._open_camera())
        except FilmError as error:
            if self._doing != "camera":
                logger.warning("%s It is tried again.", error)
            self._set_doing(now, "camera", told=True)
            self._try_at = now + self._try_s
            self._try_s = min(2.0 * self._try_s, TRY_S[1])
            return
        self._try_s = TRY_S[0]
        self._camera_state = "live"
        self._around.camera_opened()
        self._set_doing(now, "watching")

    def _release(self) -> None:
        self._camera = None
        self._still.forget()
        self._camera_stack.close()

    def _set_doing(self, now: float, doing: Doing, *, told: bool = False) -> None:
        if doing == self._doing:
            return
        self._doing = doing
        self._interrupt(doing)
        self._told.watching(doing == "watching")
        if not told:
            logger.info(_LINES[doing])

    def _interrupt(self, reason: str) -> None:
        """Stop the clocks of the watch at the last moment of which something is known."""
        if self._watch:
            self._watch.interrupt(self._last_t, reason)

    # -- pictures -----------------------------------------------------------------------------------------------------

    def _see(self, camera: DeskCamera, estimator: FindsPose) -> bool:
        """Look at the next picture; return whether there is more to come."""
        camera.every_s = self._every_s()
        frame = camera.next(max(IDLE_S, camera.every_s))
        for _, state in camera.changes():
            self._camera_became(state)
        now = self._clock()
        if frame is None:
            self._happened(self._watch.tick(now) if self._watch else [])
            return not camera.finished
        pose = self._pose(replace(frame, t=now), estimator)
        watch = self._ready_watch(pose.size_px)
        self._happened(watch.update(pose))
        return True

    def _pose(self, frame: Frame, estimator: FindsPose) -> Pose:
        """Find the pose; where nothing has changed since it was found last, it is the same one."""
        known = self._still.known(frame)
        if known is None or frame.t - known.t > STILL_S:
            known = estimator.estimate(frame)
            self._still.learn(frame, known)
        return replace(known, t=frame.t)

    def _every_s(self) -> float:
        """Return the time between two looks: long while all is well, shorter for a while if something is off."""
        now, watch = self._clock(), self._watch
        if watch is None or watch.state == "away":
            return AWAY_S
        if watch.near_limit and now - self._burst_at >= BURST_S + BURST_AGAIN_S:
            self._burst_at = now
        bursting = watch.near_limit and now - self._burst_at < BURST_S
        return 1.0 / (self._pace.burst_per_second if bursting else self._pace.pictures_per_second)

    def _camera_became(self, state: CameraState) -> None:
        if state == self._camera_state:
            return
        self._camera_state = state
        self._still.forget()
        self._told.watching(state == "live")
        if state == "live":
            logger.info("The camera is back.")
        else:
            self._interrupt(f"camera {state}")
            logger.warning(_CAMERA_LINES[state])

    # -- the watch ----------------------------------------------------------------------------------------------------

    @property
    def _watch(self) -> DeskWatch | None:
        return self._setup.watch if self._setup else None

    def _ready_watch(self, size_px: tuple[int, int]) -> DeskWatch:
        """Return the watch, ready for pictures of this size: what was calibrated at another does not fit."""
        setup = self._setup
        if setup is None or not self._fits:
            setup = self._setup = self._set_up(self._screens, size_px)
            self._fits = True
            setup.watch.quiet(self._quiet)
            setup.watch.exercising(self._exercising)
            self._snooze_again(setup.watch)
            logger.info("Watching as %s%s.", setup.place, "" if setup.calibrated else ", which is not calibrated")
        return setup.watch

    def _anew(self) -> None:
        """Compare with what fits from the next picture on."""
        self._interrupt("set up anew")
        self._keep_minutes(math.inf)
        self._fits = False

    def _happened(self, events: Sequence[DeskEvent]) -> None:
        for event in events:
            at = self._wall_time.at(event.t)
            kind = _kind(event)
            if kind:
                self._keep((at, kind, _detail(event)))
                logger.info("%s %s", kind, _detail(event))
            self._told.event(event, at, self._watch.sitting_s if self._watch else 0.0)

    def _keep_minutes(self, until_t: float) -> None:
        setup = self._setup
        if setup is None:
            return
        while (record := setup.watch.minute(until_t)) is not None:
            self._keep(minute_of(record, self._wall_time.at(record.start_t), setup.place))
            self._told.minute(setup.watch, record.score)

    # -- clocks and surroundings --------------------------------------------------------------------------------------

    def _clock(self) -> float:
        """Return the time by a clock that never jumps, but goes on while the computer sleeps."""
        return self._awake() + self._wall_time.slept_s

    def _mind_the_clocks(self) -> float:
        """Return the time; time that was slept through has passed, and nothing is known of it."""
        jump = self._wall_time.check(self._clock(), self._wall())
        if jump:
            self._interrupt(jump)
            self._look_at = -math.inf
            logger.info("The computer slept." if jump == "slept" else "The clock was set.")
        return self._clock()

    def _look_around(self, now: float) -> None:
        if now < self._look_at + LOOK_S:
            return
        self._look_at = now
        self._locked, self._battery = self._around.locked(), self._around.on_battery()
        exercising, quiet = self._around.exercising(), self._pace.quiet_at(self._wall())
        if self._watch and exercising != self._exercising:
            self._watch.exercising(exercising)
        if self._watch and quiet != self._quiet:
            self._watch.quiet(quiet)
        self._exercising, self._quiet = exercising, quiet
        if now >= self._screens_at + SCREENS_S:
            self._screens_at = now
            self._look_at_screens(self._around.screens())

    def _look_at_screens(self, screens: tuple[str, ...]) -> None:
        if screens != self._screens and self._setup is not None:
            logger.info("Other screens are connected: %s.", ", ".join(screens) or "none")
            self._anew()
        self._screens = screens

    # -- what is asked ------------------------------------------------------------------------------------------------

    def _obey(self, now: float) -> None:
        asked, self._asked = self._asked, []
        for request in (*asked, *self._folder.requests()):
            match request.ask:
                case "pause":
                    self._paused = True
                case "resume":
                    self._resume()
                case "snooze":
                    self._snooze(now, request.minutes)
                case "stop":
                    self.stop()

    def _resume(self) -> None:
        """Go on with whatever may have been calibrated meanwhile, and end a snooze."""
        if self._paused:
            self._anew()
        self._paused = False
        self._snoozed_until = None
        if self._watch:
            self._watch.snooze(self._last_t, self._last_t)

    def _snooze(self, now: float, minutes: float) -> None:
        until = until_tomorrow(self._wall()) if math.isinf(minutes) else self._wall() + timedelta(minutes=minutes)
        self._snoozed_until = until
        logger.info("Nothing is said until %s.", f"{until:%H:%M}")
        if self._watch:
            self._snooze_again(self._watch)

    def _snooze_again(self, watch: DeskWatch) -> None:
        if self._snoozed_until:
            now = self._clock()
            watch.snooze(now, now + (self._snoozed_until - self._wall()).total_seconds())

    def _publish(self, now: float) -> None:
        """Say in the folder what the desk does, when that has changed and once a minute."""
        status = self._status()
        published_t, published = self._published
        if status == published and now < published_t + STATUS_S:
            return
        self._published = now, status
        try:
            self._folder.publish(status)
        except OutputError as error:
            logger.warning("%s", error)

    def _status(self) -> Status:
        setup, until = self._setup, self._snoozed_until
        return Status(
            pid=os.getpid(),
            doing=self._doing,
            state=setup.watch.state if setup else "away",
            place=setup.place if setup else "",
            calibrated=bool(setup and setup.calibrated),
            since=self._since.isoformat(timespec="seconds"),
            snoozed_until=until.isoformat(timespec="minutes") if until and until > self._wall() else "",
        )


def spare_memory() -> None:
    """Let all threads of this program share one heap, where the C library has several: 15 MB less.

    Threads then wait for each other when they ask for memory, which at two pictures a second is never.
    """
    libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
    if libc is not None and hasattr(libc, "mallopt"):
        libc.mallopt(_M_ARENA_MAX, 1)


def minute_clock(clock: Callable[[], float], wall: datetime) -> Callable[[], float]:
    """Return the clock shifted so that its minutes begin when those of the clock on the wall do."""
    shift_s = wall.second + wall.microsecond / 1e6 - clock()
    return lambda: clock() + shift_s


def until_tomorrow(now: datetime) -> datetime:
    """Return the coming midnight."""
    return (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def request_of(action: str) -> Request | None:
    """Return what the pressing of an action of a notification asks for; None for one that asks for nothing."""
    minutes = {"snooze_30": SNOOZE_MINUTES, "snooze_60": 60.0, "snooze_day": math.inf}.get(action)
    return None if minutes is None else Request("snooze", minutes)


def _kind(event: DeskEvent) -> str:
    """Return what an event is called in the history; empty for what is not kept."""
    match event:
        case PostureAlert():
            return "alert"
        case Reminder():
            return "reminder"
        case BreakTaken():
            return "break"
        case CameraMoved():
            return "camera_moved"
        case _:
            return ""


def _detail(event: DeskEvent) -> str:
    match event:
        case PostureAlert(rule=rule):
            return rule
        case Reminder(kinds=kinds):
            return ",".join(kinds)
        case BreakTaken(seconds=seconds):
            return f"{seconds:.0f}"
        case StateChanged(state=state):
            return state
        case NotCalibrated(view=view):
            return view
        case _:
            return ""


_LINES: Final[dict[str, str]] = {
    "watching": "Watching.",
    "paused": "Paused: the camera is off.",
    "locked": "The screen is locked: the camera is off.",
    "battery": "On battery: the camera is off.",
    "busy": "Another program wants the camera: it may have it.",
    "camera": "The camera cannot be opened.",
}
_CAMERA_LINES: Final[dict[str, str]] = {
    "lost": "The camera is gone; the clocks stand still until it is back.",
    "stalled": "The camera has stopped; the clocks stand still until it goes on.",
    "repeating": "The picture is frozen; the clocks stand still until it moves.",
    "dark": "The picture is black; the clocks stand still until there is light.",
    "covered": "Something covers the camera; the clocks stand still until it is gone.",
}

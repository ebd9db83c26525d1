"""A study on the watch at the desk: rendered working days before the real loop, with the real pose model."""

import logging
import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import cycle, repeat
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from numpy.random import default_rng

from formcheck.app.desk import Desk, DeskPace, FindsPose, Setup
from formcheck.app.desk_calibration import WordMirror, read_sitting, store, watch_sitting
from formcheck.app.desk_control import DeskFolder
from formcheck.app.desk_messages import Reach
from formcheck.app.desk_minutes import HistoryWriter
from formcheck.app.desk_setup import FRONT, SIDE, SetUps
from formcheck.app.settings import DeskTable
from formcheck.body.pose import Pose
from formcheck.engine.desk import BreakTaken, DeskEvent, DeskSettings, DeskWatch, PostureAlert, Reminder, State
from formcheck.engine.events import CameraState
from formcheck.engine.minutes import MINUTE_S
from formcheck.engine.reminders import BREAK_S
from formcheck.errors import MissingDataError, ModelError
from formcheck.estimators.mediapipe import MediaPipeEstimator
from formcheck.estimators.models import model_path
from formcheck.evaluation.desk_day import RATE_HZ, Act, View, faults_of, script
from formcheck.evaluation.desk_pictures import GOOD, Image, Room, What, pictures_of
from formcheck.evaluation.desk_study import GRACE_S, KEPT_SHARE, ONSET_S, SETTLED_S, VIEWS, TrueClock
from formcheck.evaluation.statistics import Estimate, share, share_of_groups
from formcheck.evaluation.study import Row, Setting, StudyResult, Table
from formcheck.exercise.language import load_language
from formcheck.exercise.load import load_exercise
from formcheck.frame import Frame
from formcheck.storage.database import History, Minute
from formcheck.video.camera_watch import CameraWatch

BODIES: Final = ("man", "heavy")
MORNING: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
QUICK_S: Final = 2400.0
NOISE: Final = 3.0
"""Standard deviation of a pixel, of 255: a webcam by the light of a room."""
NOISES: Final = 17
STAYS_S: Final = 4.0
"""For so long, on average, somebody keeps quite still before they move a little."""
DAYLIGHT: Final = 0.2
LAMP: Final = 1.25
LAMP_S: Final = 3600.0
"""The lamp is switched on or off so often."""
ASLEEP_FROM_S: Final = 300.0
"""A lid that is closed for so long sends the computer to sleep; a shorter time only covers the camera."""
SILENT_S: Final = 4.0
PLACE: Final = "rendered"
NO_SPLIT: Final = (
    "No split: how much a tilted lid may change a face, and what tells a bare wall from a cover, was seen on these "
    "days. Bands and delays were set before."
)
NOTES: Final = (
    "The script is that of the scripted days, here drawn: every picture goes through the lite pose model and the loop "
    "of formcheck desk (stillness, watch, messages, history), by a clock that is played. The person was calibrated as "
    "everybody is, ten seconds tall and ten relaxed.",
    "The camera stays where it is: who stands before a camera above the screen has the head out of the picture, and is "
    "soon taken to be away. Who sits still moves a little every few seconds; light follows the day, a lamp goes on and "
    "off each hour. A lid that is closed is a computer that sleeps; one of 40 s is a black picture.",
    "Drawn are a hand at the ear and one at the mouth, without telephone or cup; no desk, no screen, no back-rest.",
    "Clocks are compared from 90 s after each change on.",
)


# -- what is true ------------------------------------------------------------------------------------------------------


def film_script(view: View) -> list[Act]:
    """Return the eight hours of the scripted day; from the side, too, the camera is tilted once and put back."""
    acts = script(view)
    if any(act.effect == "tilted" for act in acts):
        return acts
    *before, last = acts
    tilted = Act(600.0, last.posture, last.state, "tilted")
    return [*before, tilted, Act(last.seconds - tilted.seconds, last.posture, last.state)]


def starts_of(acts: Sequence[Act]) -> list[float]:
    """Return when each act begins, and when the last one ends, in seconds."""
    return [0.0, *np.cumsum([act.seconds for act in acts]).tolist()]


def sat_s(acts: Sequence[Act], t: float) -> float:
    """Return for how long somebody has sat at `t` since the last break."""
    clock = TrueClock()
    for act, start in zip(acts, starts_of(acts), strict=False):
        if start >= t:
            break
        clock.add(act.state, min(act.seconds, t - start))
    return clock.run_s


def breaks_of(acts: Sequence[Act]) -> list[tuple[float, float]]:
    """Return when each break ended, by sitting down, and how long it was, in seconds."""
    breaks, off = [], 0.0
    for before, act, start in zip([None, *acts], acts, starts_of(acts), strict=False):
        if act.state == "sitting" and before and before.state != "sitting" and off >= BREAK_S:
            breaks.append((start, off))
        off = off + act.seconds if act.state not in ("sitting", None) else 0.0
    return breaks


# -- the world around the loop -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class PlayedClock:
    """Time that passes when it is told to: that of the day, and that of a computer which is asleep for parts of it."""

    now: float = 0.0
    asleep_s: float = 0.0

    def awake(self) -> float:
        """Return the time by a clock that stands still while the computer sleeps."""
        return self.now - self.asleep_s

    def wall(self) -> datetime:
        """Return the time of day."""
        return MORNING + timedelta(seconds=self.now)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def sleep_until(self, t: float) -> None:
        """Close the lid until `t`."""
        self.asleep_s += t - self.now
        self.now = t


class FilmedActs:
    """A camera before which acts are played; see `formcheck.app.desk.DeskCamera`.

    Parameters
    ----------
    acts : sequence of Act
    pictures : mapping
        See `formcheck.evaluation.desk_pictures.pictures_of`.
    clock : PlayedClock
        Passes by `every_s` with each picture.
    on_look : callable
        Told, before the next picture is taken, which act was looked at and for how long.
    seed : int
    """

    def __init__(
        self,
        acts: Sequence[Act],
        pictures: Mapping[What, Sequence[Image]],
        clock: PlayedClock,
        on_look: Callable[[int, float], None] = lambda _act, _seconds: None,
        seed: int = 0,
    ) -> None:
        self.every_s = 1.0 / RATE_HZ
        self._acts, self._starts, self._pictures, self._clock = acts, starts_of(acts), pictures, clock
        self._on_look = on_look
        self._chance = default_rng(seed)
        shape = next(iter(pictures.values()))[0].shape
        self._noise = cycle(NOISE * self._chance.standard_normal((NOISES, *shape), np.float32))
        self._watch = CameraWatch(silent_s=SILENT_S)
        self._chosen, self._chosen_of, self._until = 0, -1, 0.0

    @property
    def finished(self) -> bool:
        """Whether the day is over."""
        return self._clock.now >= self._starts[-1]

    def next(self, timeout_s: float) -> Frame | None:
        """Return the next picture, None for one that cannot be judged."""
        seconds = min(self.every_s, self._starts[-1] - self._clock.now)
        if seconds <= 0.0:
            return None
        self._on_look(self._act(), seconds)
        self._clock.wait(seconds)
        self._sleep()
        if self.finished:
            return None
        image = self._image()
        t = self._clock.awake()
        return Frame(t, image) if self._watch.picture(t, image) else None

    def changes(self) -> list[tuple[float, CameraState]]:
        """Return what has changed about the camera since the last call."""
        return self._watch.changes()

    def _act(self) -> int:
        return bisect_right(self._starts, self._clock.now, hi=len(self._acts)) - 1

    def _sleep(self) -> None:
        number = self._act()
        act = self._acts[number]
        if not self.finished and act.posture == "off" and act.seconds >= ASLEEP_FROM_S:
            self._clock.sleep_until(self._starts[number + 1])

    def _image(self) -> Image:
        """Return the picture of this moment, in the light of the hour and with the noise of the camera."""
        number, t = self._act(), self._clock.now
        act = self._acts[number]
        noise = next(self._noise)
        if act.posture == "off":
            return np.asarray(np.clip(noise, 0.0, 255.0), np.uint8)
        image = self._pictures[act.posture, act.effect][self._choose(number, t)]
        return np.asarray(np.clip(np.float32(light_at(t)) * image + noise, 0.0, 255.0), np.uint8)

    def _choose(self, number: int, t: float) -> int:
        """Return which picture of an act to show: who walks goes on, who keeps a posture moves now and then."""
        act = self._acts[number]
        many = len(self._pictures[act.posture, act.effect])
        if act.effect in ("crossing", "stranger"):
            return int((t - self._starts[number]) * RATE_HZ) % many
        if number != self._chosen_of or t >= self._until:
            self._chosen, self._chosen_of = int(self._chance.integers(many)), number
            self._until = t + self._chance.exponential(STAYS_S)
        return self._chosen


def light_at(t: float) -> float:
    """Return how bright it is at a time of the day: as the sun has it, with a lamp that is on every other hour."""
    sun = 1.0 - DAYLIGHT * math.cos(2.0 * math.pi * t / (8.0 * 3600.0))
    return sun * (LAMP if int(t // LAMP_S) % 2 else 1.0) / LAMP


class Undisturbed:
    """Nothing goes on around the desk; see `formcheck.app.desk.Around`."""

    def locked(self) -> bool:
        """The screen is never locked."""
        return False

    on_battery = exercising = camera_wanted = camera_held = locked

    def screens(self) -> tuple[str, ...]:
        """No screen but the one of the camera."""
        return ()

    def camera_opened(self) -> None:
        """Nobody else opens it."""


@dataclass(slots=True)
class Counted:
    """A pose estimator whose work is counted."""

    estimator: FindsPose
    found: int = 0

    def estimate(self, frame: Frame) -> Pose:
        """Return the pose, as the estimator does."""
        self.found += 1
        return self.estimator.estimate(frame)


@dataclass(slots=True)
class Shown:
    """Takes notifications; see `formcheck.notify.Notifier`."""

    titles: list[str] = field(default_factory=list)

    def show(self, title: str, text: str, actions: Mapping[str, str]) -> None:
        """Take one."""
        self.titles.append(title)

    def close(self) -> None:
        """Nothing is open."""


# -- a day -------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class FilmDay:
    """What came of a day.

    Attributes
    ----------
    room : Room
    acts : sequence of Act
    told : list of tuple of float and DeskEvent
        With the time of the day in seconds at which each was told.
    called : dict of int to dict of str to float
        Act to seconds in each state that the watch was in.
    clock_off_s : float
        Largest difference of the clock of sitting from the true one.
    minutes : list of Minute
        What the history has.
    titles : list of str
        Notifications.
    looks, found : int
        Pictures that were looked at, and poses that were looked for.
    """

    room: Room
    acts: Sequence[Act]
    told: list[tuple[float, DeskEvent]] = field(default_factory=list)
    called: dict[int, dict[State, float]] = field(default_factory=dict)
    clock_off_s: float = 0.0
    minutes: list[Minute] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    looks: int = 0
    found: int = 0

    def alerts(self) -> list[tuple[float, PostureAlert, int | None]]:
        """Return alerts with their time and the act that each is about, None where it is about nothing."""
        alerts = [(t, event) for t, event in self.told if isinstance(event, PostureAlert)]
        return [(t, alert, self._about(t)) for t, alert in alerts]

    def asked(self, *, interrupts: bool = True) -> list[int]:
        """Return the acts that should be spoken of, or only be kept in the history where no rule `interrupts`."""
        shows = faults_of(self.room.view)
        faults = [number for number, act in enumerate(self.acts) if act.is_fault]
        return [n for n in faults if interrupts == any(_interrupts(rule) for rule in shows[self.acts[n].posture])]

    def kept_at_fault_s(self, number: int) -> float:
        """Return for how long the history has a rule at fault in an act, of those that it was made to break."""
        start, end = starts_of(self.acts)[number : number + 2]
        begun = [(minute, (minute.start - MORNING).total_seconds()) for minute in self.minutes]
        around = [minute.rules for minute, t in begun if start < t + MINUTE_S and t < end + GRACE_S]
        shows = faults_of(self.room.view)[self.acts[number].posture]
        return max(sum(rules[rule][2] for rules in around if rule in rules) for rule in shows)

    def _about(self, t: float) -> int | None:
        starts, asked = starts_of(self.acts), self.asked()
        lasting = (n for n in asked if starts[n] <= t <= starts[n + 1] + GRACE_S)
        return next(lasting, None)


@cache
def _interrupts(rule_id: str) -> bool:
    rules = [rule for name in (FRONT, SIDE) for rule in load_exercise(name).rules]
    return next(rule.interrupts for rule in rules if rule.id == rule_id)


class Listens:
    """Notes what the loop tells, and passes it on to who would tell the person; see `formcheck.app.desk.Told`.

    Parameters
    ----------
    day : FilmDay
        Gets what is noted.
    clock : PlayedClock
    reach : Reach
    """

    def __init__(self, day: FilmDay, clock: PlayedClock, reach: Reach) -> None:
        self._day, self._clock, self._reach = day, clock, reach
        self._starts = starts_of(day.acts)
        self._watch: DeskWatch | None = None

    def prepared(self, setup: Setup) -> Setup:
        """Take the watch of a set-up, and pass it on."""
        self._watch = setup.watch
        return setup

    def looked(self, number: int, seconds: float) -> None:
        """Note what the watch makes of an act that was looked at for some seconds."""
        if self._watch is None:
            return
        day, act, now = self._day, self._day.acts[number], self._clock.now
        day.looks += 1
        called = day.called.setdefault(number, {})
        called[self._watch.state] = called.get(self._watch.state, 0.0) + seconds
        if act.state is not None and now - self._starts[number] > SETTLED_S:
            day.clock_off_s = max(day.clock_off_s, abs(self._watch.sitting_s - sat_s(day.acts, now)))

    def event(self, event: DeskEvent, at: datetime, sitting_s: float) -> None:
        """Note an event of the watch."""
        self._day.told.append((self._clock.now, event))
        self._reach.event(event, at, sitting_s)

    def minute(self, watch: DeskWatch, score: int | None) -> None:
        """Pass it on."""
        self._reach.minute(watch, score)

    def watching(self, on: bool) -> None:
        """Pass it on."""
        self._reach.watching(on)

    def say(self, key: str) -> None:
        """Pass it on."""
        self._reach.say(key)


def film_day(room: Room, acts: Sequence[Act], pictures: Mapping[What, Sequence[Image]], model: Path) -> FilmDay:
    """Let the loop of the desk follow a day, once the person has been calibrated."""
    day = FilmDay(room, acts)
    with TemporaryDirectory() as folder, MediaPipeEstimator(model, masks=False) as estimator:
        counted = Counted(estimator)
        _calibrate(pictures, estimator, Path(folder))
        _follow(day, pictures, counted, Path(folder))
        with History(Path(folder) / "desk.db") as history:
            day.minutes = list(history.minutes())
    day.found = counted.found
    return day


def _calibrate(pictures: Mapping[What, Sequence[Image]], estimator: FindsPose, folder: Path) -> None:
    """Calibrate as `formcheck desk calibrate` does."""
    acts = [Act(13.0, "upright", "sitting"), Act(15.0, "relaxed", "sitting")]
    poses = watch_sitting(
        FilmedActs(acts, pictures, PlayedClock()), estimator, WordMirror(load_language("en"), lambda _: None)
    )
    pose, read = read_sitting(poses, MORNING.date())
    store(PLACE, folder, pose, read.entry)


def _follow(day: FilmDay, pictures: Mapping[What, Sequence[Image]], estimator: FindsPose, folder: Path) -> None:
    """Run the loop over the whole day, with everything that `formcheck desk` gives it but a camera and a clock."""
    clock, shown, table = PlayedClock(), Shown(day.titles), DeskTable(profile=PLACE)
    well = [image for what in GOOD for image in pictures[what]]
    desk_folder = DeskFolder(folder / "desk")
    with ExitStack() as stack:
        stack.enter_context(desk_folder.held())
        exercises = [load_exercise(name) for name in (FRONT, SIDE)]
        listens = Listens(day, clock, stack.enter_context(Reach(load_language("en"), exercises, [shown])))
        camera = FilmedActs(day.acts, {**pictures, ("upright", ""): well}, clock, listens.looked)
        history = HistoryWriter(folder / "desk.db")
        stack.callback(history.close)
        set_ups = SetUps(table, table.camera, folder, listens.say, MORNING.date)
        desk = Desk(
            desk_folder,
            open_camera=lambda: nullcontext(camera),
            open_estimator=lambda: nullcontext(estimator),
            set_up=lambda screens, size_px: listens.prepared(set_ups(screens, size_px)),
            keep=history.add,
            told=listens,
            around=Undisturbed(),
            pace=DeskPace(table.pictures_per_second, table.burst_per_second, quiet_at=table.quiet_at),
            clock=clock.awake,
            wall=clock.wall,
            wait=clock.wait,
        )
        desk.run()


# -- the study ---------------------------------------------------------------------------------------------------------


def desk_film_day(setting: Setting) -> StudyResult:
    """Let the real loop follow rendered working days of eight hours, from the front and from the side."""
    try:
        model = model_path("lite")
    except ModelError as error:
        raise MissingDataError(str(error)) from error
    rooms = [Room(view, body) for view in VIEWS for body in (BODIES[:1] if setting.quick else BODIES)]
    setting.on_progress(f"following {len(rooms)} rendered days")
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        days = list(pool.map(_a_day, rooms, repeat(setting.quick), repeat(model), repeat(setting.cache.folder)))
    rows = (*_alert_rows(days), _kept_row(days), *_clock_rows(days), *_state_rows(days))
    tables = (_postures(days), _called(days), _totals(days))
    counted = tuple(row for row in rows if row.estimate.n)
    return StudyResult("", "At the desk: rendered working days", NO_SPLIT, counted, tables, NOTES)


def _a_day(room: Room, quick: bool, model: Path, folder: Path) -> FilmDay:
    logging.getLogger("formcheck").addHandler(logging.NullHandler())  # else a process without a log prints warnings
    acts = film_script(room.view)
    acts = [act for act, end in zip(acts, starts_of(acts)[1:], strict=True) if not quick or end <= QUICK_S]
    return film_day(room, acts, pictures_of(room, acts, folder), model)


def _alert_rows(days: Sequence[FilmDay]) -> Iterator[Row]:
    alerts = [(day, t, about) for day in days for t, _, about in day.alerts()]
    asked = [(day, number) for day in days for number in day.asked()]
    found = [any(about == number for _, _, about in day.alerts()) for day, number in asked]
    right = [(day, t, about) for day, t, about in alerts if about is not None]
    yield Row("postures that last", "recall", share(sum(found), len(found)), "postures of five minutes", target=0.95)
    yield Row("postures that last", "precision", share(len(right), len(alerts)), "alerts", target=0.95)
    early = sum(t < starts_of(day.acts)[about] + ONSET_S for day, t, about in right)
    yield Row("alerts", "within the onset delay", share(early, len(right)), "alerts", target=0.0, lower_is_better=True)
    named = [
        alert.rule in faults_of(day.room.view)[day.acts[about].posture]
        for day in days
        for _, alert, about in day.alerts()
        if about is not None
    ]
    yield Row("alerts", "named by a rule that the posture was made to break", share(sum(named), len(named)), "alerts")


def _kept_row(days: Sequence[FilmDay]) -> Row:
    asked = [(day, number) for day in days for number in day.asked(interrupts=False)]
    kept = [day.kept_at_fault_s(n) >= KEPT_SHARE * day.acts[n].seconds and not any(_said(day, n)) for day, n in asked]
    return Row("elbows, reach and seat", "kept and not spoken of", share(sum(kept), len(kept)), "postures", target=1.0)


def _clock_rows(days: Sequence[FilmDay]) -> Iterator[Row]:
    yield _worst("time sat since the last break", [day.clock_off_s for day in days])
    yield _worst("first reminder of a break", [_reminder_off_s(day) for day in days])
    true = [(day, end, length) for day in days for end, length in breaks_of(day.acts)]
    right = sum(any(_is_that_break(t, event, end, length) for t, event in day.told) for day, end, length in true)
    told = sum(isinstance(event, BreakTaken) for day in days for _, event in day.told)
    yield Row("breaks taken", "told, and as long as they were, to a minute", share(right, len(true)), "breaks")
    yield Row("breaks taken", "told that were none", share(told - right, told), "breaks told", lower_is_better=True)


def _worst(name: str, off_s: Sequence[float]) -> Row:
    worst = max(off_s)
    return Row(name, "largest error", Estimate(worst, worst, worst, len(off_s)), "days", "s", 60.0, True)


def _reminder_off_s(day: FilmDay) -> float:
    """Return how far the true clock of sitting was from half an hour when a break was first asked for."""
    told = (t for t, event in day.told if isinstance(event, Reminder) and "break" in event.kinds)
    t = next(told, None)
    return math.inf if t is None else abs(sat_s(day.acts, t) - DeskSettings().sitting_break_s)


def _is_that_break(t: float, event: DeskEvent, end: float, length: float) -> bool:
    return isinstance(event, BreakTaken) and abs(t - end) <= 60.0 and abs(event.seconds - length) <= 60.0


def _state_rows(days: Sequence[FilmDay]) -> Iterator[Row]:
    """Return how much of the time was given its state; neighbouring seconds are no independent trials."""
    for view in VIEWS:
        seconds = [known for day in days if day.room.view == view for known in _known_seconds(day)]
        right, acts = zip(*seconds, strict=True)
        name = f"sitting, standing, walking, away, from the {view}"
        yield Row(name, "right", share_of_groups(right, acts), "seconds, by parts of the script", target=0.95)


def _known_seconds(day: FilmDay) -> Iterator[tuple[bool, int]]:
    """Go through the seconds with pictures: whether the state was right, and the act."""
    for number, called in day.called.items():
        state = day.acts[number].state
        if state is not None:
            right = round(called.get(state, 0.0))
            wrong = round(sum(called.values())) - right
            yield from ((True, number) for _ in range(right))
            yield from ((False, number) for _ in range(wrong))


def _postures(days: Sequence[FilmDay]) -> Table:
    """Return what was said of each posture that lasts."""
    cells = []
    for day in days:
        for number, act in enumerate(day.acts):
            if act.is_fault:
                made = ", ".join(faults_of(day.room.view)[act.posture])
                said = ", ".join(_said(day, number)) or "nothing"
                kept = f"{day.kept_at_fault_s(number):.0f} s"
                cells.append((day.room.view, day.room.body, act.posture, made, said, kept))
    return Table("Postures", ("view", "person", "posture", "made to break", "said", "kept at fault"), tuple(cells))


def _said(day: FilmDay, number: int) -> list[str]:
    start, end = starts_of(day.acts)[number : number + 2]
    return [f"{a.rule} after {t - start:.0f} s" for t, a, _ in day.alerts() if start <= t <= end + GRACE_S]


def _called(days: Sequence[FilmDay]) -> Table:
    """Return which state each thing that is shown was taken for."""
    seconds: dict[tuple[str, ...], dict[State, float]] = {}
    for day in days:
        for number, called in day.called.items():
            act = day.acts[number]
            if act.state is not None:
                counted = seconds.setdefault((day.room.view, act.posture, act.effect, act.state), {})
                for state, lasted in called.items():
                    counted[state] = counted.get(state, 0.0) + lasted
    cells = tuple((*what, _shares(counted)) for what, counted in sorted(seconds.items()))
    return Table("What each posture was called", ("view", "posture", "besides", "is", "called"), cells)


def _shares(counted: Mapping[State, float]) -> str:
    whole = sum(counted.values())
    most_first = sorted(counted.items(), key=lambda item: -item[1])
    return ", ".join(f"{state} {lasted / whole:.0%}" for state, lasted in most_first)


def _totals(days: Sequence[FilmDay]) -> Table:
    columns = ("view", "person", "sat", "as kept", "notifications", "pictures looked at", "poses found")
    return Table("Days", columns, tuple(_total(day) for day in days))


def _total(day: FilmDay) -> tuple[str, ...]:
    sat = sum(act.seconds for act in day.acts if act.state == "sitting")
    kept = sum(minute.seconds_sitting for minute in day.minutes)
    room = day.room
    return room.view, room.body, _minutes(sat), _minutes(kept), str(len(day.titles)), str(day.looks), str(day.found)


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} min"

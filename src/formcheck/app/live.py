"""A live set: camera, pose, coach, and whoever listens; at the end the same report as of a film.

`LiveSet.run` works in one thread and waits for nobody. What others want of it they `ask`, and it obeys with the next
picture; what it finds it tells its listeners, who have to be quick.
"""

import math
import queue
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal, Protocol

from formcheck.app.analyse import FilmPart, facts_of, film_quality, judge_recorded, versions_used
from formcheck.app.coach import COUNTDOWN_S, LiveCoach, Shown
from formcheck.app.comparison import Comparison
from formcheck.app.following import Follower
from formcheck.app.lighting import SceneLog
from formcheck.app.live_record import LiveRecord
from formcheck.app.results import FILM, POSES, SampleTable, staged, tidy, write_results
from formcheck.body.pose import Pose
from formcheck.engine.events import CameraState, Event
from formcheck.engine.report import Report
from formcheck.errors import UserError
from formcheck.estimators.base import PeopleEstimator
from formcheck.exercise.language import Language
from formcheck.exercise.spec import Exercise
from formcheck.frame import Frame
from formcheck.notify.speech import Speaker
from formcheck.storage.recordings import load_poses
from formcheck.video.reader import FilmStats

WAIT_S: Final = 0.1
"""How long to wait for a picture before looking whether anything else is wanted."""
KEPT: Final = 10_000
SIZE_PX: Final = (640, 480)

Command = Literal["go_on", "mute_cue"]
"""``go_on``: begin, pause or resume, whichever comes next; ``mute_cue``: no more of the cue that is shown."""


class Pictures(Protocol):
    """What a live set needs of a camera; see `formcheck.video.live_camera.LiveCamera`."""

    @property
    def finished(self) -> bool:
        """Whether no more pictures will come: the film is over."""

    def next(self, timeout_s: float) -> Frame | None:
        """Return the newest picture that was not given yet; None if none came in time."""

    def changes(self) -> list[tuple[float, CameraState]]:
        """Return what has changed about the camera since the last call."""


class Listener(Protocol):
    """Is told of every picture and of everything that happens; in the thread of the set."""

    def on(self, events: Sequence[Event], shown: Shown, frame: Frame | None, pose: Pose | None) -> None:
        """Take what happened and what there is to show.

        Parameters
        ----------
        events : sequence of Event
        shown : Shown
        frame : Frame or None
            None where the camera gives no picture that could be shown.
        pose : Pose or None
            The person in `frame`.
        """


class SetNotBegunError(UserError):
    """The set was left before it began, so there is nothing to report."""


@dataclass(frozen=True, slots=True)
class LivePlan:
    """What a set is to be.

    Attributes
    ----------
    exercise : Exercise
    language : Language
    model : Path
        Bundle of the pose model.
    source : str
        What the camera is called in the report.
    comparison : Comparison, optional
        The person's own values.
    muted : frozenset of str
        Ids of rules whose cues are neither shown nor said.
    countdown_s : int
        See `LiveCoach`; with 0 the set begins with the first picture.
    person : int, optional
        Whom to follow, counted from the left.
    """

    exercise: Exercise
    language: Language
    model: Path
    source: str
    comparison: Comparison | None = None
    muted: frozenset[str] = frozenset()
    countdown_s: int = COUNTDOWN_S
    person: int | None = None


class LiveSet:
    """Lead one person through one set.

    Parameters
    ----------
    plan : LivePlan
    camera : Pictures
    open_estimator : callable
        Gives the pose estimator, open as long as the set lasts.
    out : Path, optional
        Folder for everything about the set; nothing is kept without it.

    Attributes
    ----------
    coach : LiveCoach
        Only for the thread of the set, and for `LiveCoach.spoken`.
    """

    def __init__(
        self,
        plan: LivePlan,
        camera: Pictures,
        open_estimator: Callable[[], AbstractContextManager[PeopleEstimator]],
        *,
        out: Path | None = None,
    ) -> None:
        self.coach = LiveCoach(
            plan.exercise,
            plan.language,
            baseline=plan.comparison.baseline if plan.comparison else None,
            muted=plan.muted,
            countdown_s=plan.countdown_s,
        )
        self._plan = plan
        self._camera = camera
        self._open_estimator = open_estimator
        self._out = out
        self._listeners: list[Listener] = []
        self._forewarned: list[Callable[[Frame], None]] = []
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._stopped = False
        self._scenes = SceneLog()
        self._judged = _Judged()
        self._seen = Pose.nobody(0.0, SIZE_PX)
        self._shown: Shown | None = None
        self._camera_state: CameraState = "live"

    def listen(self, listener: Listener) -> None:
        """Tell a listener everything from now on."""
        self._listeners.append(listener)

    def forewarn(self, told: Callable[[Frame], None]) -> None:
        """Tell somebody of every picture from now on as soon as it has come, before its pose is sought."""
        self._forewarned.append(told)

    def ask(self, command: Command) -> None:
        """Ask for something; from any thread, at any time."""
        self._commands.put(command)

    def stop(self) -> None:
        """End the set as soon as possible; from any thread, at any time."""
        self._stopped = True  # no lock: signals call this, too

    def run(self) -> Report:
        """Lead the set until it is stopped or its film is over, and return its report.

        Raises
        ------
        SetNotBegunError
            If it was never begun.
        FormcheckError
            As `formcheck.app.analyse.analyse_video`.
        """
        with ExitStack() as stack:
            folder = stack.enter_context(_folder(self._out, needed=self._plan.comparison is not None))
            follower = Follower(stack.enter_context(self._open_estimator()), self._plan.person)
            with _record(folder, film=self._out is not None) as record:
                while not self._stopped and self._step(follower, record):
                    pass
                report, samples = self._finish(follower, record)
            return self._results(report, samples, folder)

    # -- one picture --------------------------------------------------------------------------------------------------

    def _step(self, follower: Follower, record: LiveRecord | None) -> bool:
        """Work on the next picture, or on what happens meanwhile; return whether there is more to come."""
        frame = self._camera.next(WAIT_S)
        changes = self._camera.changes()
        now = math.inf if frame is None else frame.t
        events = [event for change in changes if change[0] <= now for event in self._changed(*change)]
        events += self._obeyed()
        judged = False
        if frame is not None:
            for told in self._forewarned:
                told(frame)
            if not self._plan.countdown_s:
                events += self.coach.begin(frame.t)
            judged = self.coach.judging
            self._seen = follower.pose(frame)
            scene = self._scenes.look(frame, self._seen, follower.people)
            events += self.coach.update(self._seen, scene)
        events += [event for change in changes if change[0] > now for event in self._changed(*change)]
        self._tell(events, frame, judged, record)
        return frame is not None or not self._camera.finished

    def _changed(self, t: float, state: CameraState) -> list[Event]:
        self._camera_state = state
        return self.coach.camera(t, state)

    def _tell(self, events: list[Event], frame: Frame | None, judged: bool, record: LiveRecord | None) -> None:
        if frame is None and not events and self._camera_state == "live":
            return  # the next picture is only a little late
        self._shown = shown = self.coach.shown(self._seen)
        if judged and frame is not None:
            self._judged.add(self._seen)
            if record:
                record.keep(frame, shown, events)
        for listener in self._listeners:
            listener.on(events, shown, frame, None if frame is None else self._seen)

    def _obeyed(self) -> list[Event]:
        """Do what was asked for."""
        events: list[Event] = []
        while not self._commands.empty():
            command = self._commands.get_nowait()
            if command == "mute_cue":
                if self._shown and self._shown.cue_rule:
                    self.coach.mute(self._shown.cue_rule)
            else:
                t = self._seen.t
                events += self.coach.begin(t) or self.coach.pause(t) or self.coach.resume(t)
        return events

    # -- the end ------------------------------------------------------------------------------------------------------

    def _finish(self, follower: Follower, record: LiveRecord | None) -> tuple[Report, SampleTable]:
        if not self._judged.count:
            raise SetNotBegunError("The set was left before it began, so there is no report.")
        quality, versions = film_quality(self._judged.stats(), follower), versions_used(self._plan.model)
        if record:
            facts = facts_of(self._plan.exercise.id, FilmPart(Path(self._plan.source)), quality, versions)
            record.facts.update(facts, scenes=self._scenes.rows)
        return self.coach.finish(quality, versions), self.coach.samples

    def _results(self, report: Report, samples: SampleTable, folder: Path | None) -> Report:
        """Compare with what may be compared, now that it is known from where it was filmed, and write everything."""
        plan, comparison = self._plan, self._plan.comparison
        if comparison and folder and not comparison.fits(report):
            recorded = load_poses(folder / POSES)
            report, samples = judge_recorded(recorded, plan.exercise, comparison.fitting(report))
        if comparison:
            report = comparison.noted(report)
        if self._out and folder:
            write_results(folder, report, plan.exercise, samples, source_name=plan.source, stills={}, film=FILM)
        return report


class _Judged:
    """How many pictures the set had, and how fast they came."""

    def __init__(self) -> None:
        self.count = 0
        self._size_px = SIZE_PX
        self._last_t = math.nan
        self._apart_s: deque[float] = deque(maxlen=KEPT)

    def add(self, pose: Pose) -> None:
        if self.count:
            self._apart_s.append(pose.t - self._last_t)
        self.count += 1
        self._last_t, self._size_px = pose.t, pose.size_px

    def stats(self) -> FilmStats:
        """Return the same as of a film; the rate is the middle one, so that pauses do not lower it."""
        width, height = self._size_px
        fps = 1.0 / median(self._apart_s) if self._apart_s else None
        return FilmStats(None, self.count, 0, 0, False, fps, width, height, 0)


@contextmanager
def _folder(out: Path | None, *, needed: bool) -> Iterator[Path | None]:
    """Give a folder to write to: one that is kept, one that is deleted, or none."""
    if out is not None:
        with staged(out) as folder:
            yield folder
    elif needed:
        with TemporaryDirectory(prefix="formcheck-") as name:
            yield Path(name)
    else:
        yield None


@contextmanager
def _record(folder: Path | None, *, film: bool) -> Iterator[LiveRecord | None]:
    if folder is None:
        yield None
        return
    with LiveRecord(folder, film=film) as record:
        yield record


# -- listeners --------------------------------------------------------------------------------------------------------


class Spoken:
    """Says aloud what there is to say.

    Attributes
    ----------
    silent : bool
        Say nothing, for the time being.
    """

    def __init__(self, speaker: Speaker, words: Callable[[Event], str | None]) -> None:
        self.silent = False
        self._speaker = speaker
        self._words = words

    def on(self, events: Sequence[Event], shown: Shown, frame: Frame | None, pose: Pose | None) -> None:
        """See `Listener.on`."""
        for event in events:
            words = self._words(event)
            if words and not self.silent:
                self._speaker.say(words)


class Latencies:
    """How long after a picture was taken it had been worked up; the last ten thousand.

    Parameters
    ----------
    now : callable
        The present time by the camera's clock.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._taken_s: deque[float] = deque(maxlen=KEPT)

    def on(self, events: Sequence[Event], shown: Shown, frame: Frame | None, pose: Pose | None) -> None:
        """See `Listener.on`."""
        if frame is not None:
            self.add(frame)

    def add(self, frame: Frame) -> None:
        """Take a picture that has been worked up now."""
        self._taken_s.append(self._now() - frame.t)

    def as_dict(self) -> dict[str, float | int | None]:
        """Return the number of pictures, the middle latency and the one that 95 % stay below, in milliseconds."""
        if len(self._taken_s) < 2:
            return {"pictures": len(self._taken_s), "p50": None, "p95": None}
        twentieths = quantiles(self._taken_s, n=20)
        return {
            "pictures": len(self._taken_s),
            "p50": round(1000 * twentieths[9], 1),
            "p95": round(1000 * twentieths[18], 1),
        }


def event_fields(event: Event, say: str | None) -> dict[str, Any]:
    """Return an event as plain data: its name under ``event``, its fields, and what is said of it.

    What is NaN is None: JSON has no word for it.
    """
    return {"event": event_name(event), **_numbers_or_none(tidy(asdict(event))), "say": say}


def _numbers_or_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers_or_none(v) for key, v in value.items()}
    if isinstance(value, list):
        return [_numbers_or_none(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def event_name(event: Event) -> str:
    """Return what an event is called outside, such as ``set_over``."""
    words = "".join(f"_{c.lower()}" if c.isupper() else c for c in type(event).__name__.removesuffix("Event"))
    return words.removeprefix("_")

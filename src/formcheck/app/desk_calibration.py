"""Calibrating a desk: a mirror with two lines, twenty seconds, sitting tall and then as one wants to sit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal, Protocol

from formcheck.app.calibrate import PoseRead, calibrate_pose
from formcheck.app.desk import DeskCamera, FindsPose
from formcheck.body.pose import Pose
from formcheck.drawing.cues import Caption
from formcheck.drawing.desk import SittingAnnotator, SittingLines, lines_of, middle_of_lines
from formcheck.drawing.live import LiveAnnotator, LiveWords, on_canvas, plain_canvas
from formcheck.drawing.style import Image
from formcheck.errors import FilmError, ViewError
from formcheck.exercise.language import Language
from formcheck.exercise.load import load_exercise
from formcheck.frame import Frame
from formcheck.storage.profiles import Calibration, Profile, load_profile, profile_path, save_profile

EVERY_S: Final = 0.1
"""Between two pictures."""
READY_S: Final = 2.0
"""Somebody must be there for so long before it begins; at most `WAIT_S` are waited for that."""
WAIT_S: Final = 30.0
HALF_S: Final = 10.5
"""Each half: ten seconds, and a little for view and filters to settle."""
NO_PICTURE_S: Final = 5.0
SETTLED_S: Final = 4.0
"""The lines follow somebody who sits up for so long, then stay."""
SOURCE: Final = "what the camera showed"
SINKING: Final = "DF-03"

Stage = Literal["get_ready", "tall", "relaxed"]


class CalibrationStoppedError(FilmError):
    """The person left it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What there is to show of a calibration.

    Attributes
    ----------
    stage : {"get_ready", "tall", "relaxed"}
    left_s : float
        Until the next stage; 0 while it waits for somebody.
    share : float
        How much of the stage is over, in [0, 1].
    frame : Frame
    pose : Pose
    lines : SittingLines or None
    fixed : bool
        Whether the lines stay where they are.
    """

    stage: Stage
    left_s: float
    share: float
    frame: Frame
    pose: Pose
    lines: SittingLines | None
    fixed: bool


class Mirror(Protocol):
    """Shows a calibration, or says in words what to do."""

    def show(self, moment: Moment) -> bool:
        """Show a moment; return whether to go on."""


def watch_sitting(camera: DeskCamera, estimator: FindsPose, mirror: Mirror) -> list[Pose]:
    """Return the poses of somebody who sits tall and then relaxed.

    Raises
    ------
    CalibrationStoppedError
        If the person left it.
    FilmError
        If the camera gives no pictures or nobody comes.
    """
    camera.every_s = EVERY_S
    pictures = _pictures(camera, estimator)
    lines: list[SittingLines] = []
    begun = _wait_for_somebody(pictures, mirror)
    poses: list[Pose] = []
    for frame, pose in pictures:
        into_s = frame.t - begun
        if into_s >= 2.0 * HALF_S:
            return poses
        poses.append(pose)
        stage: Stage = "tall" if into_s < HALF_S else "relaxed"
        fixed = into_s >= SETTLED_S
        seen = lines_of(pose)
        if seen and not fixed:
            lines = [*lines, seen][-20:]
        into_stage_s = into_s % HALF_S
        moment = Moment(
            *(stage, HALF_S - into_stage_s, into_stage_s / HALF_S, frame, pose, middle_of_lines(lines), fixed)
        )
        _go_on(mirror, moment)
    raise FilmError("The film ended before twenty seconds of sitting were over; take a longer one.")


def _wait_for_somebody(pictures: Iterator[tuple[Frame, Pose]], mirror: Mirror) -> float:
    """Return the time at which somebody had been there for long enough."""
    first: float | None = None
    there: float | None = None
    for frame, pose in pictures:
        first = frame.t if first is None else first
        there = None if not pose.has_person else frame.t if there is None else there
        if there is not None and frame.t - there >= READY_S:
            return frame.t
        if frame.t - first >= WAIT_S:
            break
        _go_on(mirror, Moment("get_ready", 0.0, 0.0, frame, pose, lines_of(pose), False))
    raise FilmError("Nobody sat before the camera; sit so that your head and shoulders are in the picture.")


def _pictures(camera: DeskCamera, estimator: FindsPose) -> Iterator[tuple[Frame, Pose]]:
    while not camera.finished:
        frame = camera.next(NO_PICTURE_S)
        changes = camera.changes()
        if frame is not None:
            yield frame, estimator.estimate(frame)
        elif not camera.finished and not changes:
            raise FilmError("The camera gives no pictures; check that no other program uses it.")


def _go_on(mirror: Mirror, moment: Moment) -> None:
    if not mirror.show(moment):
        raise CalibrationStoppedError("The calibration was left before it was done; nothing was stored.")


def read_sitting(poses: list[Pose], today: date) -> tuple[str, PoseRead]:
    """Return which pose was kept, ``desk-front`` or ``desk-side`` by from where it was seen, and what it gave.

    Raises
    ------
    FilmError, ViewError
        As `formcheck.app.calibrate.calibrate_pose`.
    """
    try:
        return "desk-front", calibrate_pose(poses, "desk-front", source_name=SOURCE, today=today)
    except ViewError:
        return "desk-side", calibrate_pose(poses, "desk-side", source_name=SOURCE, today=today)


def store(name: str, folder: Path, pose: str, entry: Calibration) -> Path:
    """Keep a calibration beside the others of its profile; errors as of `formcheck.storage.profiles.save_profile`."""
    known = load_profile(name, folder) if profile_path(name, folder).is_file() else Profile()
    return save_profile(name, known.model_copy(update={"poses": {**known.poses, pose: entry}}), folder)


# -- mirrors ----------------------------------------------------------------------------------------------------------


class ShowsPictures(Protocol):
    """What is needed of a window; see `formcheck.drawing.window.Window`."""

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture that fills it."""

    def show(self, image: Image) -> None:
        """Show a picture."""

    def key(self) -> str | None:
        """Return the key that was pressed."""


class WindowMirror:
    """Shows the person as a mirror does, with the two lines; Escape or q leaves it.

    Parameters
    ----------
    window : ShowsPictures
    language : Language
    """

    def __init__(self, window: ShowsPictures, language: Language) -> None:
        self._window, self._language = window, language
        self._annotator = SittingAnnotator(_may_sink())

    def show(self, moment: Moment) -> bool:
        """See `Mirror.show`."""
        self._window.show(self.picture(moment))
        return self._window.key() != "q"

    def picture(self, moment: Moment) -> Image:
        """Return the picture of a moment."""
        canvas, part, _ = on_canvas(moment.frame.image, moment.pose, self._window.size_px, mirror=True)
        if moment.lines:
            self._annotator.draw(part, moment.lines, fixed=moment.fixed)
        count = f"{moment.left_s:.0f}" if moment.left_s else ""
        words = LiveWords(
            Caption("formcheck", count, ""),
            instruction=self._language.desk[moment.stage],
            progress=moment.share,
            keys=f"q {self._language.page['key_quit']}",
        )
        LiveAnnotator().draw(canvas, words)
        return canvas

    def starting(self) -> None:
        """Show that the camera is being started."""
        canvas = plain_canvas(self._window.size_px)
        words = LiveWords(Caption("formcheck", "", ""), self._language.page["starting"], scene="paused")
        LiveAnnotator().draw(canvas, words)
        self._window.show(canvas)
        self._window.key()


class WordMirror:
    """Says in words what to do, once for each stage.

    Parameters
    ----------
    language : Language
    say : callable
        Takes a line.
    """

    def __init__(self, language: Language, say: "Says") -> None:
        self._language, self._say = language, say
        self._stage: Stage | None = None

    def show(self, moment: Moment) -> bool:
        """See `Mirror.show`."""
        if moment.stage != self._stage:
            self._stage = moment.stage
            seconds = " (10 s)\a" if moment.left_s else ""
            self._say(f"{self._language.desk[moment.stage]}{seconds}")
        return True


class Says(Protocol):
    """Takes a line of text."""

    def __call__(self, line: str, /) -> object:
        """Take it."""


def _may_sink() -> float:
    """Return how far somebody may sink, in shoulder widths, before a rule speaks of it."""
    rule = next(rule for rule in load_exercise("desk_front").rules if rule.id == SINKING)
    return abs(rule.ideal_min or 0.0)

"""A clip: somebody does an exercise in front of a camera, as pictures with their truth, or as a film."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any, TypedDict, Unpack

import av

from formcheck.errors import OutputError, UserError
from formcheck.frame import Frame
from formcheck.synth.body import load_body
from formcheck.synth.camera import Camera
from formcheck.synth.motions import find_motion
from formcheck.synth.posing import Figure
from formcheck.synth.rendering import Scene
from formcheck.synth.timeline import Moment
from formcheck.synth.truth import Truth, true_angles


class Options(TypedDict, total=False):
    """Everything about a clip but its exercise; see `Clip`."""

    fault: str | None
    severity_deg: float | None
    body: str
    reps: int | None
    yaw_deg: float
    roll_deg: float
    distance_m: float | None
    height_m: float | None
    fps: float
    size_px: tuple[int, int]
    noise: float
    seed: int


@dataclass(frozen=True, slots=True)
class Clip:
    """Who does what, how, and how it is filmed.

    Attributes
    ----------
    exercise : str
        One of `formcheck.synth.motions.MOTIONS`.
    fault : str or None
        What is done wrong.
    severity_deg : float or None
        How strongly; None takes the fault's own measure.
    body : str
        One of `formcheck.synth.body.BODIES`.
    reps : int or None
        Repetitions, or holds; None takes the exercise's own number.
    yaw_deg : float
        0 shows the person's left side, 90 the front.
    roll_deg : float
        How far the camera is turned clockwise.
    distance_m, height_m : float or None
        How far away and how high the camera is; None takes what suits the exercise.
    fps : float
        Pictures per second.
    size_px : tuple of int
        Width and height of the pictures; even numbers.
    noise : float
        Standard deviation of the sensor's noise in gray levels.
    seed : int
        Same seed, same noise.

    Raises
    ------
    UserError
        If a number is out of its range.
    """

    exercise: str
    fault: str | None = None
    severity_deg: float | None = None
    body: str = "man"
    reps: int | None = None
    yaw_deg: float = 0.0
    roll_deg: float = 0.0
    distance_m: float | None = None
    height_m: float | None = None
    fps: float = 15.0
    size_px: tuple[int, int] = (640, 480)
    noise: float = 2.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0.0 <= self.yaw_deg <= 90.0:
            raise UserError(f"The camera can stand from 0 (left side) to 90 degrees (front), not at {self.yaw_deg:g}.")
        if self.fps <= 0.0 or any(side <= 0 or side % 2 for side in self.size_px):
            raise UserError(
                f"A film needs a positive frame rate and an even width and height, not {self.fps:g} pictures "
                f"per second of {self.size_px[0]} x {self.size_px[1]} pixels."
            )
        if self.severity_deg is not None and (self.fault is None or self.severity_deg <= 0.0):
            raise UserError(f"A severity is a positive number of degrees of a named fault, not {self.severity_deg:g}.")
        if self.reps is not None and self.reps < 1:
            raise UserError(f"A clip shows at least one repetition, not {self.reps}.")


def true_motion(exercise: str, **options: Unpack[Options]) -> Iterator[Truth]:
    """Return the truth of every picture of a clip without drawing any; arguments and errors as in `render_clip`."""
    stage = _Stage(Clip(exercise, **options))
    return (stage.truth(t, *stage.act(t)) for t in stage.times())


def render_clip(exercise: str, **options: Unpack[Options]) -> Iterator[tuple[Frame, Truth]]:
    """Draw a clip picture by picture.

    Parameters
    ----------
    exercise : str
        One of `formcheck.synth.motions.MOTIONS`.
    **options
        The other attributes of `Clip`.

    Returns
    -------
    iterator of tuple of Frame and Truth
        The picture at ``i / fps`` seconds, and what is true of it.

    Raises
    ------
    UserError
        If the exercise, fault or body does not exist, or a number is out of its range.
    """
    return _draw(_Stage(Clip(exercise, **options)))


def _draw(stage: "_Stage") -> Iterator[tuple[Frame, Truth]]:
    scene = Scene(stage.camera, noise=stage.clip.noise, seed=stage.clip.seed)
    for t in stage.times():
        figure, moment = stage.act(t)
        image = scene.draw([figure.mesh(), *stage.equipment(figure, moment)])
        yield Frame(t, image), stage.truth(t, figure, moment)


class _Stage:
    """The actor and the camera of one clip."""

    def __init__(self, clip: Clip) -> None:
        self.clip = clip
        self.body = load_body(clip.body)
        self.motion = find_motion(clip.exercise, self.body, clip.fault, clip.severity_deg)
        self.reps = clip.reps or self.motion.reps
        self.equipment = self.motion.equip(self.body, self.motion)
        self.camera = Camera.around(
            self.motion.target_m,
            yaw_deg=clip.yaw_deg,
            distance_m=self.motion.distance_m if clip.distance_m is None else clip.distance_m,
            height_m=self.motion.height_m if clip.height_m is None else clip.height_m,
            roll_deg=clip.roll_deg,
            size_px=clip.size_px,
        )

    def times(self) -> Iterator[float]:
        for i in range(round(self.motion.duration_s(self.reps) * self.clip.fps)):
            yield i / self.clip.fps

    def act(self, t: float) -> tuple[Figure, Moment]:
        moment = self.motion.at(t, self.reps)
        return self.motion.figure(self.body, moment.posture), moment

    def truth(self, t: float, figure: Figure, moment: Moment) -> Truth:
        landmarks_m = figure.landmarks_m()
        return Truth(t, moment.phase, moment.rep, true_angles(figure), landmarks_m, self.camera.project(landmarks_m))


def write_clip(path: Path, exercise: str, *, quality: int = 26, **options: Unpack[Options]) -> Path:
    """Render a clip into an H.264 film, with its truth beside it.

    Parameters
    ----------
    path : Path
        The film to write, for example ``deadlift.mp4``; its folder is made if need be.
    exercise : str
        One of `formcheck.synth.motions.MOTIONS`.
    quality : int, default 26
        x264's constant rate factor: 18 looks lossless, 30 is small.
    **options
        The other attributes of `Clip`.

    Returns
    -------
    Path
        The truth file, ``deadlift.truth.json`` in the example.

    Raises
    ------
    UserError
        As `render_clip`.
    OutputError
        If the film cannot be written.
    """
    clip = Clip(exercise, **options)
    pictures = render_clip(exercise, **options)
    truths: list[Truth] = []
    beside = path.with_suffix(".truth.json")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _encode(path, clip, quality, _noting(pictures, truths))
        beside.write_text(json.dumps(_summary(clip, truths), separators=(",", ":")) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"The clip could not be written to {path}: {error.strerror or error}.") from error
    return beside


def _noting(pictures: Iterator[tuple[Frame, Truth]], truths: list[Truth]) -> Iterator[Frame]:
    """Pass the pictures on and put their truth on a list."""
    for frame, truth in pictures:
        truths.append(truth)
        yield frame


def _encode(path: Path, clip: Clip, quality: int, frames: Iterator[Frame]) -> None:
    with av.open(str(path), "w", options={"movflags": "faststart"}) as film:
        stream = film.add_stream("libx264", rate=Fraction(clip.fps).limit_denominator(1001))
        stream.width, stream.height = clip.size_px
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(quality), "preset": "slow", "g": str(round(4 * clip.fps))}
        for frame in frames:
            film.mux(stream.encode(av.VideoFrame.from_ndarray(frame.image, format="bgr24")))
        film.mux(stream.encode(None))


def _summary(clip: Clip, truths: list[Truth]) -> dict[str, Any]:
    """Return the truth of a film in a form small enough to ship: angles by name, phases by their first picture."""
    names = truths[0].angles
    return {
        "clip": asdict(clip),
        "frames": len(truths),
        "duration_s": round(len(truths) / clip.fps, 4),
        "phases": _phases(truths, clip.fps),
        "angles": {name: [_rounded(name, truth.angles[name]) for truth in truths] for name in names},
    }


def _phases(truths: list[Truth], fps: float) -> list[dict[str, Any]]:
    phases = []
    for (rep, phase), group in groupby(truths, key=lambda truth: (truth.rep, truth.phase)):
        times = [truth.t for truth in group]
        phases.append(
            {"rep": rep, "phase": phase, "t_start_s": round(times[0], 4), "t_end_s": round(times[-1] + 1.0 / fps, 4)}
        )
    return phases


def _rounded(name: str, value: float) -> float:
    return round(value, 4 if name == "body_line_deviation" else 1)

"""A clip: somebody does an exercise in front of a camera, as pictures with their truth, or as a film."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any, Final, TypedDict, Unpack

import av

from formcheck.atomic import atomic_path, output_error
from formcheck.errors import UserError
from formcheck.frame import Frame
from formcheck.synth.body import load_body
from formcheck.synth.camera import Camera
from formcheck.synth.clothing import LOOSEST_M, TONES, Tone
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
    light: float
    blur_px: float
    tone: Tone | None
    looseness_m: float


_RANGES: Final = {
    "severity_deg": ("The severity of a fault", 0.1, 180.0, " degrees"),
    "reps": ("The number of repetitions", 1, 1000, ""),
    "yaw_deg": ("The camera's yaw (0 shows the left side, 90 the front)", 0.0, 90.0, " degrees"),
    "roll_deg": ("The camera's roll", -180.0, 180.0, " degrees"),
    "distance_m": ("The camera's distance", 0.5, 20.0, " m"),
    "height_m": ("The camera's height", 0.05, 5.0, " m"),
    "fps": ("The frame rate", 1.0, 240.0, " pictures a second"),
    "noise": ("The sensor's noise", 0.0, 100.0, " gray levels"),
    "seed": ("The seed", 0, 2**32 - 1, ""),
    "light": ("The brightness of the lamps", 0.1, 3.0, ""),
    "blur_px": ("The blur", 0.0, 20.0, " px"),
    "looseness_m": ("The looseness of the shirt", 0.0, LOOSEST_M, " m"),
}
"""What each number of a clip is called, its least and its greatest value, and its unit."""


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
        One of `formcheck.synth.body.BODIES`, or several joined by plus signs for their mean: ``man+woman``.
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
    light : float
        Brightness of the lamps: 0.3 is dim, 1.5 burns out what is pale.
    blur_px : float
        How far the lens is out of focus: standard deviation of a point's blur in pixels.
    tone : {"light", "medium", "dark"} or None
        How bright the clothes are; None takes the body's own.
    looseness_m : float
        How far a loose shirt may stand off the skin, up to 0.05: it bridges the hollow of the back.

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
    light: float = 1.0
    blur_px: float = 0.0
    tone: Tone | None = None
    looseness_m: float = 0.0

    def __post_init__(self) -> None:
        for name, (what, low, high, unit) in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise UserError(f"{what} must be from {low:g} to {high:g}{unit}, not {value:g}.")
        if any(not 16 <= side <= 4096 or side % 2 for side in self.size_px):
            width, height = self.size_px
            raise UserError(f"A film needs an even width and height from 16 to 4096 pixels, not {width} x {height}.")
        if self.severity_deg is not None and self.fault is None:
            raise UserError(f"A severity of {self.severity_deg:g} degrees needs a fault; name one.")
        if self.tone is not None and self.tone not in TONES:
            raise UserError(f"Clothes are {', '.join(TONES)}, not '{self.tone}'.")


def true_motion(exercise: str, **options: Unpack[Options]) -> Iterator[Truth]:
    """Return the truth of every picture of a clip without drawing any; arguments and errors as in `render_clip`."""
    return (truth for _, _, truth in Stage(Clip(exercise, **options)).acts())


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
    return _draw(Stage(Clip(exercise, **options)))


def _draw(stage: "Stage") -> Iterator[tuple[Frame, Truth]]:
    clip = stage.clip
    scene = Scene(stage.camera, noise=clip.noise, seed=clip.seed, light=clip.light, blur_px=clip.blur_px)
    for figure, moment, truth in stage.acts():
        yield Frame(truth.t, scene.draw([figure.mesh(), *stage.equipment(figure, moment)])), truth


class Stage:
    """The actor and the camera of one clip.

    Raises
    ------
    UserError
        If the exercise, fault or body does not exist.
    """

    def __init__(self, clip: Clip) -> None:
        self.clip = clip
        self.body = load_body(clip.body, clip.tone, clip.looseness_m)
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

    def acts(self) -> Iterator[tuple[Figure, Moment, Truth]]:
        """Go through the clip picture by picture."""
        for t in self._times():
            moment = self.motion.at(t, self.reps)
            figure = self.motion.figure(self.body, moment.posture)
            yield figure, moment, self._truth(t, figure, moment)

    def _times(self) -> Iterator[float]:
        for i in range(round(self.motion.duration_s(self.reps) * self.clip.fps)):
            yield i / self.clip.fps

    def _truth(self, t: float, figure: Figure, moment: Moment) -> Truth:
        landmarks_m = figure.landmarks_m()
        return Truth(t, moment.phase, moment.rep, true_angles(figure), landmarks_m, self.camera.project(landmarks_m))


def write_clip(path: Path, exercise: str, *, quality: int = 26, **options: Unpack[Options]) -> Path:
    """Render a clip into an H.264 film, with its truth beside it.

    Parameters
    ----------
    path : Path
        The film to write, ending in ``.mp4``; its folder is made if need be. Film and truth appear whole or not at all.
    exercise : str
        One of `formcheck.synth.motions.MOTIONS`.
    quality : int, default 26
        x264's constant rate factor: 18 looks lossless, 30 is small.
    **options
        The other attributes of `Clip`.

    Returns
    -------
    Path
        The truth file: ``deadlift.truth.json`` for ``deadlift.mp4``.

    Raises
    ------
    UserError
        As `render_clip`, and if the path does not end in ``.mp4`` or the quality is not from 0 to 51.
    OutputError
        If the film or its truth cannot be written.
    """
    if path.suffix.lower() != ".mp4":
        raise UserError(f"A rendered film is an MP4 file: give it a name that ends in .mp4, not '{path.name}'.")
    if not 0 <= quality <= 51:
        raise UserError(f"The quality must be from 0 (lossless) to 51 (smallest), not {quality}.")
    clip = Clip(exercise, **options)
    pictures = render_clip(exercise, **options)
    truths: list[Truth] = []
    beside = path.with_suffix(".truth.json")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(beside) as truth_file, atomic_path(path) as film_file:
            _encode(film_file, clip, quality, _noting(pictures, truths))
            summary = json.dumps(_summary(clip, truths), separators=(",", ":")) + "\n"
            truth_file.write_text(summary, encoding="utf-8")
    except (OSError, av.FFmpegError) as error:
        raise output_error(path, error) from error
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

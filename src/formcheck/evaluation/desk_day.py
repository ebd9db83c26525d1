"""A scripted working day at a desk, played as poses: what is true at every moment is known."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from typing import Final, Literal

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from formcheck.body.landmarks import COUNT, INDEX, LANDMARKS
from formcheck.body.pose import Pose
from formcheck.engine.presence import State
from formcheck.synth.body import load_body
from formcheck.synth.clip import Options
from formcheck.synth.motions import MOTIONS
from formcheck.synth.poses import true_poses

View = Literal["front", "side"]
Effect = Literal["", "phone", "sip", "aside", "tilted", "dim", "stranger", "crossing"]
Floats = NDArray[np.float64]

RATE_HZ: Final = 2.0
DAY_S: Final = 8 * 3600.0
SIZE_PX: Final = (640, 480)
KEPT: Final = 6
"""Poses that are kept of a posture, and played over and over."""
NOISE: Final = {"ear": 0.004, "shoulder": 0.004, "nose": 0.008, "eye": 0.006, "mouth": 0.006, "wrist": 0.01}
"""Wavering of landmarks from one half second to the next, in sizes of the body: shoulder width or trunk length.

As the pose model has it on a real person who sits before a webcam.
"""
NOISE_ELSEWHERE: Final = 0.015
SWAY: Final = 0.010
SWAY_S: Final = 60.0
"""Slow movement of the whole body: its standard deviation in the same unit, and how long it takes."""
TILT: Final = 0.45
"""Sizes by which the picture shifts when the lid of a laptop is tilted."""
TRUNK_M: Final = 0.5
WALK_M_S: Final = 1.2
ASIDE_DEG: Final = 40.0
DIM: Final = 0.3
"""How clear landmarks are in the dark, and how many times noisier."""
DIM_NOISE: Final = 4.0
_FILMED: Final[Mapping[View, Options]] = {"front": {"yaw_deg": 90.0}, "side": {}}
_STANDING: Final[Mapping[View, Options]] = {
    "front": {"yaw_deg": 90.0, "distance_m": 1.3, "height_m": 1.22},
    "side": {"distance_m": 2.6, "height_m": 1.0},
}
_CROSSING: Final[Mapping[View, Options]] = {
    "front": {"distance_m": 1.6, "height_m": 1.22},
    "side": {"distance_m": 2.6, "height_m": 1.0},
}
_STRANGER: Final[Options] = {"distance_m": 5.0, "height_m": 1.2}


@dataclass(frozen=True, slots=True)
class Act:
    """A part of the day.

    Attributes
    ----------
    seconds : float
    posture : str
        A fault of the motion, ``upright``, ``standing``, ``walking``, ``nobody``, or ``off``: there are no pictures.
    state : str or None
        What is true; None while there are no pictures.
    effect : str
        What happens besides.
    """

    seconds: float
    posture: str
    state: State | None
    effect: Effect = ""

    @property
    def is_fault(self) -> bool:
        """Whether a posture is kept that should be spoken of."""
        return self.state == "sitting" and self.posture != "upright" and not self.effect and self.seconds > SHORT_S


SHORT_S: Final = 80.0
"""A posture that is kept for less is none of the watch's business."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment of the day: a pose, or None where there is no picture, and the act that it belongs to."""

    t: float
    act: int
    pose: Pose | None


def script(view: View) -> list[Act]:
    """Return eight hours: every fault of the motion for five minutes, and everything that is none."""
    faults = faults_of(view)
    acts = [Act(30.0, "nobody", "away")]
    for fault, besides in zip(faults, _besides(view), strict=False):
        acts += [Act(400.0, "upright", "sitting"), Act(300.0, fault, "sitting"), Act(200.0, "upright", "sitting")]
        acts += besides
    acts += list(chain.from_iterable(_besides(view)[len(faults) :]))
    acts += [Act(70 * 60.0, "upright", "sitting"), Act(420.0, "nobody", "away")]
    left = DAY_S - sum(act.seconds for act in acts)
    return [*acts, Act(left, "upright", "sitting")]


def faults_of(view: View) -> dict[str, tuple[str, ...]]:
    """Return the faults of the motion that is seen from there, with the rules that each was made to break."""
    return {name: fault.shows for name, fault in MOTIONS[f"desk_{view}"](load_body("man")).faults.items()}


def _besides(view: View) -> list[list[Act]]:
    """Return what happens between the faults: none of it is a posture to speak of."""
    down = {"front": "looking_down", "side": "head_forward"}[view]
    upright = Act(120.0, "upright", "sitting")
    glance = Act(20.0, down, "sitting")
    leave, back = Act(4.0, "standing", "standing"), Act(6.0, "walking", "walking", "crossing")
    tilted = [Act(600.0, "upright", "sitting", "tilted")] if view == "front" else [upright]
    return [
        [glance, Act(40.0, "upright", "sitting"), glance, upright],
        [Act(300.0, down, "sitting", "phone"), upright, Act(6.0, "upright", "sitting", "sip"), upright],
        [leave, back, Act(900.0, "nobody", "away"), back],
        [Act(20.0, "upright", "sitting", "aside"), upright, Act(60.0, down, "sitting"), upright],
        [Act(1500.0, "standing", "standing")],
        [*tilted, upright],
        [Act(900.0, "off", None), upright],
        [Act(300.0, "upright", "sitting", "dim"), upright],
        [Act(120.0, "nobody", "away"), Act(8.0, "nobody", "away", "stranger"), Act(240.0, "nobody", "away")],
        [Act(5.0, "upright", "sitting", "stranger"), upright, Act(40.0, "off", None), upright],
        [Act(2760.0, "standing", "standing"), leave, back, Act(600.0, "nobody", "away"), back],
        [Act(15.0, "nobody", "away"), upright, Act(6.0, "upright", "sitting", "sip"), upright],
    ]


def played(acts: Sequence[Act], view: View, body: str, seed: int = 0) -> Iterator[Moment]:
    """Play the acts one after the other, `RATE_HZ` moments a second."""
    chance = default_rng(seed)
    sway, step, n = np.zeros(2), 1.0 / RATE_HZ, 0
    keep = math.exp(-step / SWAY_S)
    for number, act in enumerate(acts):
        begun = n
        for i in range(round(act.seconds * RATE_HZ)):
            t = (begun + i) * step
            n += 1
            sway = keep * sway + SWAY * math.sqrt(1.0 - keep * keep) * chance.standard_normal(2)
            yield Moment(t, number, _pose(act, view, body, i * step, t, sway, chance))


def _pose(act: Act, view: View, body: str, since: float, t: float, sway: Floats, chance: Generator) -> Pose | None:
    if act.posture == "off":
        return None
    if act.effect == "stranger":
        return _moved(_postures("walking", "man", _options(_STRANGER))[int(since * RATE_HZ) % KEPT], t, since, chance)
    if act.posture == "nobody":
        return Pose.nobody(t, SIZE_PX)
    kept = _kept(act.posture, view, body)
    pose = kept[int(since * RATE_HZ) % len(kept)]
    if act.effect == "crossing":
        return _moved(pose, t, since, chance)
    return _wavering(_with(act.effect, pose), t, sway, chance, DIM_NOISE if act.effect == "dim" else 1.0)


def upright(view: View, body: str) -> list[Pose]:
    """Return somebody who sits well, for five seconds without any noise: what is calibrated."""
    kept = _kept("upright", view, body)
    return [replace(kept[i % len(kept)], t=i / 15.0) for i in range(75)]


def _kept(posture: str, view: View, body: str) -> list[Pose]:
    if posture == "standing":
        return _postures(f"standing_{view}", body, _options(_STANDING[view]))
    if posture == "walking":
        return _postures("walking", body, _options(_CROSSING[view]))
    fault: Options = {} if posture == "upright" else {"fault": posture}
    return _postures(f"desk_{view}", body, _options({**_FILMED[view], **fault}))


def _options(options: Options) -> tuple[tuple[str, object], ...]:
    return tuple(sorted(options.items()))


@cache
def _postures(exercise: str, body: str, options: tuple[tuple[str, object], ...]) -> list[Pose]:
    """Return some poses of a motion from its middle on."""
    given: Options = {**dict(options), "body": body, "fps": RATE_HZ}  # type: ignore[typeddict-item]
    seen = [pose for pose, _ in true_poses(exercise, **given)]
    return [replace(pose, torso=None) for pose in seen[len(seen) // 3 :][:KEPT]]


# -- what is done to a pose --------------------------------------------------------------------------------------------


def _with(effect: Effect, pose: Pose) -> Pose:
    match effect:
        case "phone":
            return _hand_at(pose, "left_ear")
        case "sip":
            return _hand_at(pose, "nose")
        case "aside":
            return _turned(pose)
        case "tilted":
            return _shown(pose, pose.xy_px + np.array([0.0, TILT * _size(pose)]))
        case "dim":
            return replace(pose, visibility=pose.visibility * DIM)
        case _:
            return pose


def _hand_at(pose: Pose, spot: str) -> Pose:
    """Put the left hand to a spot of the head."""
    xy, clear = pose.xy_px.copy(), pose.visibility.copy()
    for part, below in (("wrist", 0.3), ("index", 0.1), ("pinky", 0.1), ("thumb", 0.1)):
        row = INDEX[f"left_{part}"]
        xy[row] = xy[INDEX[spot]] + np.array([0.05, below]) * _size(pose)
        clear[row] = 0.9
    return replace(pose, xy_px=xy, visibility=clear)


def _turned(pose: Pose) -> Pose:
    """Turn the head aside: the nose goes over to one ear."""
    xy = pose.xy_px.copy()
    ears = xy[INDEX["left_ear"]] - xy[INDEX["right_ear"]]
    xy[INDEX["nose"]] += math.sin(math.radians(ASIDE_DEG)) * 0.55 * ears
    return replace(pose, xy_px=xy)


def _moved(pose: Pose, t: float, since: float, chance: Generator) -> Pose:
    """Let somebody who walks on the spot cross the picture."""
    size = _size(pose)
    way = size / TRUNK_M * WALK_M_S * since
    start = float(np.nanmean(pose.xy_px[:, 0]))
    xy = pose.xy_px + np.array([way % SIZE_PX[0] - start, 0.0])
    return _shown(replace(pose, t=t), xy + 0.01 * size * chance.standard_normal((COUNT, 2)))


def _wavering(pose: Pose, t: float, sway: Floats, chance: Generator, times: float) -> Pose:
    noise = times * _SHARES[:, None] * chance.standard_normal((COUNT, 2))
    return _shown(replace(pose, t=t), pose.xy_px + _size(pose) * (noise + sway))


def _shown(pose: Pose, xy: Floats) -> Pose:
    """Return a pose with other places; what is out of the picture is not clear."""
    inside = ((xy >= 0.0) & (xy < SIZE_PX)).all(axis=1)
    return replace(pose, xy_px=xy, visibility=np.where(inside, pose.visibility, 0.0))


def _size(pose: Pose) -> float:
    """Return shoulder width or trunk length in pixels, whichever is more."""
    xy = pose.xy_px
    shoulders, hips = xy[_SHOULDERS], xy[_HIPS]
    return max(math.dist(*shoulders), math.dist(shoulders.mean(axis=0), hips.mean(axis=0)))


_SHOULDERS: Final = [INDEX["left_shoulder"], INDEX["right_shoulder"]]
_HIPS: Final = [INDEX["left_hip"], INDEX["right_hip"]]
_SHARES: Final = np.array(
    [next((share for part, share in NOISE.items() if part in name), NOISE_ELSEWHERE) for name in LANDMARKS]
)

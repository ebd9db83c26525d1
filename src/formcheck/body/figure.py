"""A body as measures see it: smoothed landmarks with their clarity, turned the right way round."""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck.body.geometry import Point, distance, flexion, midpoint, turn
from formcheck.body.landmarks import INDEX, LANDMARKS, Side, index, other
from formcheck.body.pose import Array
from formcheck.body.view import Orientation

HIDDEN_BELOW: Final = 0.3
CLEAR_ABOVE: Final = 0.7
"""Between these the model's visibility is mapped to a clarity of 0 to 1."""

RAISED_ABOVE_DEG: Final = 95.0
"""An arm whose elbow stands further from the trunk than this is lifted; a supporting arm stands at about 75 degrees."""

PLAUSIBLE_TRUNK: Final = (0.6, 1.45)
PLAUSIBLE_LEG: Final = (0.62, 1.4)
"""Length of a segment against the person's own usual one; in a hinge the trunk honestly shrinks to 0.75."""

_SIDES: Final[tuple[Side, Side]] = ("left", "right")
_PAIRED: Final = [name.removeprefix("left_") for name in LANDMARKS if name.startswith("left_")]
_ROW: Final = {side: {joint: index(joint, side) for joint in _PAIRED} for side in _SIDES}


@dataclass(slots=True)
class Figure:
    """One smoothed pose, ready to be measured.

    Attributes
    ----------
    points : list of list of float
        33 landmarks in pixels, widened by `Orientation.stretch`; NaN = unseen.
    clarity : list of float
        How far each landmark can be trusted, [0, 1]: the model's visibility, 0 outside the picture or where bones are
        implausible.
    world : ndarray of shape (33, 3) or None
        Landmarks in metres, camera axes.
    orientation : Orientation
    facing : int
        +1 towards the right edge of the picture, -1 towards the left.
    near : {"left", "right"}
        The side of the body nearer to the camera.
    trunk_px : float
        The person's usual hip-shoulder distance in this film, the unit of offsets.
    height_px : int
        Height of the picture.
    back, lower_back : float
        Smoothed curvature of the outline; NaN where it cannot be read.
    outline_clarity : float
        How far the outline can be trusted, [0, 1].
    width_px : int
        Width of the picture.
    """

    points: list[list[float]]
    clarity: list[float]
    world: Array | None
    orientation: Orientation
    facing: int
    near: Side
    trunk_px: float
    height_px: int
    back: float
    lower_back: float
    outline_clarity: float
    width_px: int

    def at(self, joint: str, side: Side | None = None) -> Point:
        """Return a paired joint of one side (default: the near one) in pixels."""
        return self.points[_ROW[side or self.near][joint]]

    def middle(self, joint: str) -> Point:
        """Return the midpoint of a pair of joints in pixels."""
        return midpoint(self.points[_ROW["left"][joint]], self.points[_ROW["right"][joint]])

    def hip_flexion(self, side: Side) -> float:
        """Signed bend of the hip in degrees: 0 straight, + knee towards the belly, - leg behind the trunk line."""
        return -self.facing * turn(self.at("shoulder", side), self.at("hip", side), self.at("knee", side))

    def knee_flexion(self, side: Side) -> float:
        """Signed bend of the knee in degrees: 0 straight, + heel towards the buttock."""
        return self.facing * turn(self.at("hip", side), self.at("knee", side), self.at("ankle", side))

    @property
    def lifted_leg(self) -> Side:
        """The leg that is stretched back further."""
        return _greater_side(-self.hip_flexion("left"), -self.hip_flexion("right"))

    @property
    def upright_shank(self) -> Side:
        """The leg whose knee is higher above its own ankle; in a lunge the front one, from wherever it is seen."""
        left, right = (self.at("ankle", side)[1] - self.at("knee", side)[1] for side in _SIDES)
        return _greater_side(left, right)

    @property
    def front_leg(self) -> Side:
        """The leg that stands further ahead; from the front and the back, where that is not seen, the upright shank."""
        if self.orientation.view in ("front", "back"):
            return self.upright_shank
        left, right = (self.facing * self.at("ankle", side)[0] for side in _SIDES)
        return _greater_side(left, right)

    @property
    def lifted_arm(self) -> Side | None:
        """The arm that is raised beside the head, if one certainly is.

        A far arm that is stretched out hides behind the head, and the model then invents it under the shoulder: an
        arm that does not look raised is only believed to be down when it is the near one.
        """
        if self._raised(self.near):
            return self.near
        far = other(self.near)
        return far if self._raised(far) else None

    def _raised(self, side: Side) -> bool:
        return (
            180.0 - flexion(self.at("hip", side), self.at("shoulder", side), self.at("elbow", side)) > RAISED_ABOVE_DEG
        )


def _greater_side(left: float, right: float) -> Side:
    """Return the side with the greater value; an unseen side before it, so that the other is not taken for it."""
    return "left" if left > right or math.isnan(left) else "right"


def clarity_of(visibility: Array, points: Array, size_px: tuple[int, int]) -> list[float]:
    """Turn visibility (33,) into clarity: 0 for NaN and outside the picture, where the model invents landmarks."""
    x, y = points[:, 0], points[:, 1]
    inside = (x >= 0.0) & (x < size_px[0]) & (y >= 0.0) & (y < size_px[1])
    clarity = (visibility - HIDDEN_BELOW) * (inside / (CLEAR_ABOVE - HIDDEN_BELOW))
    cleared: list[float] = np.minimum(np.maximum(clarity, 0.0), 1.0).tolist()
    return cleared


_L_HIP, _R_HIP = INDEX["left_hip"], INDEX["right_hip"]
_L_SHOULDER, _R_SHOULDER = INDEX["left_shoulder"], INDEX["right_shoulder"]


class SegmentLengths:
    """Learn how long a person's trunk, thighs and shanks usually are in the picture, and doubt landmarks that disagree.

    A big plate in front of the hips makes the model invent a hip; its bones then change length, which real ones do not.
    """

    WINDOW: Final = 120
    EVERY_S: Final = 0.2

    def __init__(self) -> None:
        self._recent: tuple[deque[float], ...] = tuple(deque(maxlen=self.WINDOW) for _ in range(3))
        self._usual: tuple[float, ...] = (math.nan,) * 3  # trunk, thigh, shank
        self._t = -math.inf

    def add(self, t: float, points: list[list[float]], near: Side) -> None:
        """Take one pose into account; `near` is the side whose leg is measured."""
        if t - self._t < self.EVERY_S:
            return
        self._t = t
        for recent, length in zip(self._recent, _lengths(points, near), strict=True):
            if math.isfinite(length) and length > 0:
                recent.append(length)
        self._usual = tuple(sorted(r)[(4 * len(r)) // 5] if r else math.nan for r in self._recent)

    @property
    def trunk_px(self) -> float:
        """The usual hip-shoulder distance, NaN before any was seen."""
        return self._usual[0]

    def doubt(self, points: list[list[float]], clarity: list[float], near: Side) -> str | None:
        """Set the clarity of implausible landmarks to 0 and say which part was doubted, if any."""
        trunk, thigh, shank = _lengths(points, near)
        usual_trunk, usual_thigh, usual_shank = self._usual
        low, high = PLAUSIBLE_TRUNK
        if not low * usual_trunk <= trunk <= high * usual_trunk:
            for name in ("hip", "shoulder"):
                clarity[index(name, "left")] = clarity[index(name, "right")] = 0.0
            return "trunk"
        low, high = PLAUSIBLE_LEG
        if not (low * usual_thigh <= thigh <= high * usual_thigh and low * usual_shank <= shank <= high * usual_shank):
            clarity[index("knee", near)] = clarity[index("ankle", near)] = 0.0
            return "leg"
        return None


def _lengths(points: list[list[float]], near: Side) -> tuple[float, float, float]:
    """Return the lengths of trunk, near thigh and near shank in pixels."""
    row = _ROW[near]
    hip, knee, ankle = points[row["hip"]], points[row["knee"]], points[row["ankle"]]
    hips = midpoint(points[_L_HIP], points[_R_HIP])
    shoulders = midpoint(points[_L_SHOULDER], points[_R_SHOULDER])
    return distance(hips, shoulders), distance(hip, knee), distance(knee, ankle)


def plain_name(landmark: int) -> str:
    """Return a landmark's name as a person would say it, without its side: "knee", "foot"."""
    name = LANDMARKS[landmark].removeprefix("left_").removeprefix("right_")
    return "toes" if name == "foot_index" else name

"""Measures of somebody who lies on a side, filmed from the front or the back at the height of the mat."""

import math
from typing import Final

import numpy as np

from formcheck.body.figure import Figure
from formcheck.body.geometry import Point, distance, elevation, flexion, offset_from_line
from formcheck.body.landmarks import Side, index
from formcheck.body.measures import register
from formcheck.body.pose import Array
from formcheck.body.view import ViewName

FRONT_OR_BACK: Final[tuple[ViewName, ...]] = ("front", "back")
FORESHORTENED: Final = 0.7
"""Shanks that look shorter than so many thighs point away from the camera: the knees are bent, and they carry."""


@register(
    "hips off the line of the body",
    "line lengths",
    0.025,
    joints=("shoulder", "hip", "knee", "ankle"),
    part="both",
    views=FRONT_OR_BACK,
)
def side_line_deviation(figure: Figure) -> float:
    """Mid-hip above (+) or below (-) the line from mid-shoulder to mid-ankle, or to mid-knee where the knees carry."""
    return offset_from_line(figure.middle("hip"), figure.middle("shoulder"), _end_of_line(figure))


@register(
    "elevation of the line of the body",
    "deg",
    5.0,
    joints=("shoulder", "knee", "ankle"),
    part="both",
    views=FRONT_OR_BACK,
)
def side_line_elevation(figure: Figure) -> float:
    """Line from mid-ankle (mid-knee where the knees carry) to mid-shoulder above the horizontal."""
    return elevation(_end_of_line(figure), figure.middle("shoulder"))


@register(
    "lower hip off the floor",
    "trunk lengths",
    0.05,
    joints=("shoulder", "elbow", "hip", "knee", "ankle"),
    part="both",
    views=FRONT_OR_BACK,
)
def lower_hip_height(figure: Figure) -> float:
    """Lower hip above the line from the elbow to the foot that carry, or to the knee where the knees carry.

    The elbow and the outer ankle are themselves a few centimetres above the floor, so lying reads about 0.05.
    """
    side = _lower_side(figure)
    foot = figure.at("knee" if _knees_carry(figure) else "ankle", side)
    elbow, hip = figure.at("elbow", side), figure.at("hip", side)
    return offset_from_line(hip, elbow, foot) * distance(elbow, foot) / figure.trunk_px


@register(
    "elbow beyond the shoulder",
    "trunk lengths",
    0.05,
    joints=("shoulder", "elbow", "hip"),
    part="both",
    views=FRONT_OR_BACK,
)
def lower_elbow_beyond_shoulder(figure: Figure) -> float:
    """Horizontal distance of the carrying elbow from the lower shoulder: + beyond it, - towards the feet.

    The model draws the upper arm short: an elbow right under the shoulder reads -0.1 to 0.
    """
    side = _lower_side(figure)
    headwards = math.copysign(1.0, figure.middle("shoulder")[0] - figure.middle("hip")[0])
    return headwards * (figure.at("elbow", side)[0] - figure.at("shoulder", side)[0]) / figure.trunk_px


@register("roll of the shoulders", "deg", 10.0, joints=("shoulder", "hip"), part="both", views=FRONT_OR_BACK)
def shoulder_roll(figure: Figure) -> float:
    """How far the shoulders are from standing one above the other, around the trunk's own axis, unsigned.

    0 stacked, 90 lying on the belly or the back. It needs the depth that the pose model guesses, and reads about half
    of what is true.
    """
    return _roll_deg(figure, "shoulder")


@register("roll of the hips", "deg", 10.0, joints=("shoulder", "hip"), part="both", views=FRONT_OR_BACK)
def hip_roll(figure: Figure) -> float:
    """The same for the hips, whose line is shorter and less certain."""
    return _roll_deg(figure, "hip")


@register("sideways tilt of the head", "deg", 6.0, joints=("shoulder", "hip", "ear"), part="both", views=FRONT_OR_BACK)
def head_to_trunk_sideways(figure: Figure) -> float:
    """Line between the ears against the line of the trunk, less a right angle, unsigned: 0 in line.

    The middle of the ears lies too near to the neck to show a tilt: of 45 degrees it shows 15.
    """
    shoulder, ear = figure.middle("shoulder"), figure.at("ear", "left")
    beside = (ear[0] + shoulder[0] - figure.middle("hip")[0], ear[1] + shoulder[1] - figure.middle("hip")[1])
    return abs(flexion(beside, ear, figure.at("ear", "right")) - 90.0)


@register("left side is down", "yes/no", 0.5, joints=("shoulder", "hip"), part="both", views=FRONT_OR_BACK)
def left_side_is_down(figure: Figure) -> float:
    """1 where the body lies on its left side, 0 where on its right; NaN where hips or shoulders are not seen."""
    lower = sum(figure.at(joint, "left")[1] - figure.at(joint, "right")[1] for joint in ("shoulder", "hip"))
    return math.nan if math.isnan(lower) else float(lower > 0.0)


def _lower_side(figure: Figure) -> Side:
    return "left" if left_side_is_down(figure) else "right"


def _end_of_line(figure: Figure) -> Point:
    """Return where the straight line of the body ends: between the ankles, or between the knees that carry.

    NaN where hips, knees or ankles are unseen, as they tell which of the two it is.
    """
    if math.isnan(figure.middle("hip")[0] + figure.middle("knee")[0]):
        return math.nan, math.nan
    return figure.middle("knee" if _knees_carry(figure) else "ankle")


def _knees_carry(figure: Figure) -> bool:
    knee = figure.middle("knee")
    return distance(knee, figure.middle("ankle")) < FORESHORTENED * distance(figure.middle("hip"), knee)


def _roll_deg(figure: Figure, joint: str) -> float:
    if figure.world is None:
        return math.nan
    across = figure.world[index(joint, "left")] - figure.world[index(joint, "right")]
    along = _middle_m(figure.world, "shoulder") - _middle_m(figure.world, "hip")
    along = along / np.linalg.norm(along)
    up = np.array([0.0, -1.0, 0.0])
    across, up = across - (across @ along) * along, up - (up @ along) * along
    cos = abs(float(across @ up)) / float(np.linalg.norm(across) * np.linalg.norm(up))
    return math.degrees(math.acos(min(cos, 1.0)))


def _middle_m(world_m: Array, joint: str) -> Array:
    return np.asarray((world_m[index(joint, "left")] + world_m[index(joint, "right")]) / 2.0)

"""Measures of somebody who stands with one foot ahead of the other: steps and lunges."""

import math
from typing import Final

from formcheck.body.figure import Figure
from formcheck.body.geometry import distance, inclination
from formcheck.body.landmarks import Side, other
from formcheck.body.lower_limb import LYING
from formcheck.body.measures import register

SQUARE_ON_DEG: Final = 75.0
"""Turn from which on a body is seen squarely from the front or the back."""


@register(
    "depth of the lunge", "shank heights", 0.035, joints=("hip", "knee", "ankle"), views=("side", "front", "back")
)
def lunge_depth(figure: Figure) -> float:
    """How far the hips have come down to the front knee: 0 standing, 1 thigh level, more below.

    Only heights are compared, so it can be read from any side. The front leg is the one that gives more: above a back
    knee the hips stay high. Nothing is asked of the far leg while it is hidden, as in standing. NaN where both shanks
    lie.
    """
    return max(_come_down(figure, figure.near), _come_down(figure, other(figure.near)), key=_or_least)


def _come_down(figure: Figure, side: Side) -> float:
    shank = _shank_height(figure, side)
    above = figure.at("knee", side)[1] - figure.at("hip", side)[1]
    return 1.0 - above / shank if shank > LYING * figure.trunk_px else math.nan


def _or_least(value: float) -> float:
    return -math.inf if math.isnan(value) else value


@register(
    "height of the back knee",
    "shank heights",
    0.10,
    joints=("knee", "ankle", "foot_index"),
    part="both",
    views=("side", "front", "back"),
)
def back_knee_height(figure: Figure) -> float:
    """Height of the back knee above its own toes, in heights of the front shank: 0 on the floor, 1.1 in standing.

    Its own toes, not the front foot: one foot stands nearer to the camera, and lower in the picture.
    """
    front = figure.front_leg
    shank = _shank_height(figure, front)
    above = figure.at("foot_index", other(front))[1] - figure.at("knee", other(front))[1]
    return above / shank if shank > LYING * figure.trunk_px else math.nan


def _shank_height(figure: Figure, side: Side) -> float:
    return figure.at("ankle", side)[1] - figure.at("knee", side)[1]


@register("length of the step", "trunk lengths", 0.05, joints=("ankle",))
def step_length(figure: Figure) -> float:
    """Horizontal distance between the ankles.

    A far ankle that is hidden behind the near one is believed: feet that are a step apart do not hide each other.
    """
    return abs(figure.at("ankle", "left")[0] - figure.at("ankle", "right")[0]) / figure.trunk_px


@register("inclination of the front thigh", "deg", 6.0, joints=("hip", "knee"), part="front leg")
def front_thigh_inclination(figure: Figure) -> float:
    """Knee to hip line of the front leg against the vertical: 0 standing, 90 level, more when the hip is below."""
    side = figure.front_leg
    return -inclination(figure.at("knee", side), figure.at("hip", side), figure.facing)


@register("inclination of the front shank", "deg", 7.0, joints=("knee", "ankle"), part="front leg")
def front_shank_inclination(figure: Figure) -> float:
    """Ankle to knee line of the front leg against the vertical: + knee ahead of the ankle."""
    side = figure.front_leg
    return inclination(figure.at("ankle", side), figure.at("knee", side), figure.facing)


@register("lift of the front heel", "foot lengths", 0.06, joints=("heel", "foot_index"), part="front leg")
def front_heel_lift(figure: Figure) -> float:
    """Height of the front heel above the toes; only its change says something."""
    heel, toe = (figure.at(joint, figure.front_leg) for joint in ("heel", "foot_index"))
    foot = distance(heel, toe)
    return (toe[1] - heel[1]) / foot if foot > 0 else math.nan


@register("front knee leaning inwards", "deg", 6.0, joints=("knee", "ankle"), part="front leg", views=("front", "back"))
def front_knee_inwards(figure: Figure) -> float:
    """Ankle to knee line of the front leg, seen from the front: 0 upright, + knee towards the other leg.

    The thigh is left out: it points at the camera, and its direction in the picture says nothing.
    """
    side = figure.front_leg
    knee, ankle = figure.at("knee", side), figure.at("ankle", side)
    return math.degrees(math.atan2(_outwards(figure, side) * (ankle[0] - knee[0]), ankle[1] - knee[1]))


@register(
    "distance of the feet to the side",
    "hip widths",
    0.10,
    joints=("hip", "ankle"),
    part="both",
    views=("front", "back"),
)
def feet_apart(figure: Figure) -> float:
    """Sideways distance between the ankles: 1 as wide as the hips, 0 on one line, - crossed.

    NaN where the body is not seen squarely: one foot in front of the other then looks like one beside it.
    """
    if figure.orientation.yaw_deg < SQUARE_ON_DEG:
        return math.nan
    hips = figure.at("hip", "left")[0] - figure.at("hip", "right")[0]
    return (figure.at("ankle", "left")[0] - figure.at("ankle", "right")[0]) / hips if hips else math.nan


def _outwards(figure: Figure, side: Side) -> float:
    """Return the direction in the picture that leads away from the other hip; NaN where a hip is unseen."""
    apart = figure.at("hip", side)[0] - figure.at("hip", other(side))[0]
    return math.nan if math.isnan(apart) else math.copysign(1.0, apart)


@register("trunk leaning to the side", "deg", 3.0, joints=("hip", "shoulder"), part="both", views=("front", "back"))
def sideways_lean(figure: Figure) -> float:
    """Mid-hip to mid-shoulder line against the vertical, seen from the front, unsigned."""
    return abs(inclination(figure.middle("hip"), figure.middle("shoulder"), 1))


@register(
    "left leg is in front",
    "yes/no",
    0.5,
    joints=("knee", "ankle"),
    part="both",
    views=("side", "front", "back"),
)
def front_leg_is_left(figure: Figure) -> float:
    """1 where the left leg is in front, 0 where the right."""
    return float(figure.front_leg == "left")

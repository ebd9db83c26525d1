"""Measures of hips, knees, legs and pelvis."""

import math
from typing import Final

from formcheck.body.figure import Figure
from formcheck.body.geometry import distance, elevation, inclination
from formcheck.body.measures import register

LYING: Final = 0.25
"""A shank that rises less than this, in trunk lengths, carries nobody: its height is no yardstick for a squat."""


@register("hip flexion", "deg", 10.0, joints=("shoulder", "hip", "knee"))
def hip_flexion(figure: Figure) -> float:
    """Bend between trunk and thigh, near side: 0 straight; includes what the spine bends, as the pelvis is not seen."""
    return figure.hip_flexion(figure.near)


@register("knee flexion", "deg", 8.0, joints=("hip", "knee", "ankle"))
def knee_flexion(figure: Figure) -> float:
    """Bend of the near knee: 0 straight, flexion positive."""
    return figure.knee_flexion(figure.near)


@register("shank inclination", "deg", 7.0, joints=("knee", "ankle"))
def shank_inclination(figure: Figure) -> float:
    """Ankle to knee line against the vertical: + knee ahead of the ankle."""
    return inclination(figure.at("ankle"), figure.at("knee"), figure.facing)


@register("thigh inclination", "deg", 6.0, joints=("hip", "knee"))
def thigh_inclination(figure: Figure) -> float:
    """Knee to hip line against the vertical: 0 standing, 90 thigh level, more when the hip is below the knee."""
    return -inclination(figure.at("knee"), figure.at("hip"), figure.facing)


@register(
    "depth of the squat", "shank heights", 0.035, joints=("hip", "knee", "ankle"), views=("side", "front", "back")
)
def squat_depth(figure: Figure) -> float:
    """How far the hip has come down to the knee: 0 standing, 1 thigh level, more below.

    Only heights are compared, so it can be read from any side. NaN where the shank lies.
    """
    hip, knee, ankle = figure.at("hip"), figure.at("knee"), figure.at("ankle")
    shank = ankle[1] - knee[1]
    return 1.0 - (knee[1] - hip[1]) / shank if shank > LYING * figure.trunk_px else math.nan


@register("lift of the heel", "foot lengths", 0.06, joints=("heel", "foot_index"))
def heel_lift(figure: Figure) -> float:
    """Height of the heel above the toes; only its change says something."""
    heel, toe = figure.at("heel"), figure.at("foot_index")
    return (toe[1] - heel[1]) / _foot_px(figure)


@register("knee ahead of the toes", "foot lengths", 0.06, joints=("knee", "heel", "foot_index"))
def knee_ahead_of_toes(figure: Figure) -> float:
    """Horizontal distance of the knee in front of the tip of the foot."""
    return figure.facing * (figure.at("knee")[0] - figure.at("foot_index")[0]) / _foot_px(figure)


def _foot_px(figure: Figure) -> float:
    length = distance(figure.at("heel"), figure.at("foot_index"))
    return length if length > 0 else math.nan


@register("hips behind the ankles", "trunk lengths", 0.05, joints=("hip", "ankle"))
def hip_behind_ankle(figure: Figure) -> float:
    """Horizontal distance of the hip behind the ankle."""
    return figure.facing * (figure.at("ankle")[0] - figure.at("hip")[0]) / figure.trunk_px


@register("hip flexion of the lifted leg", "deg", 10.0, joints=("shoulder", "hip", "knee"), part="lifted leg")
def lifted_hip_flexion(figure: Figure) -> float:
    """Bend of the hip of the leg stretched back further: about 90 on all fours, 0 in line with the trunk, - above."""
    return figure.hip_flexion(figure.lifted_leg)


@register("hip flexion of the supporting leg", "deg", 10.0, joints=("shoulder", "hip", "knee"), part="both")
def supporting_hip_flexion(figure: Figure) -> float:
    """Bend of the hip of the leg stretched back less: about 75 on all fours, near 0 in a plank or lying down."""
    left, right = figure.hip_flexion("left"), figure.hip_flexion("right")
    return (left + right + abs(left - right)) / 2.0  # the greater one, NaN where either is


@register("knee flexion of the lifted leg", "deg", 8.0, joints=("hip", "knee", "ankle"), part="lifted leg")
def lifted_knee_flexion(figure: Figure) -> float:
    """Bend of the knee of the lifted leg: 0 straight."""
    return figure.knee_flexion(figure.lifted_leg)


@register("elevation of the lifted leg", "deg", 5.0, joints=("hip", "ankle"), part="lifted leg")
def leg_elevation(figure: Figure) -> float:
    """Hip to ankle line of the lifted leg above the horizontal."""
    side = figure.lifted_leg
    return elevation(figure.at("hip", side), figure.at("ankle", side))


@register("tilt of the hip line", "deg", 3.0, joints=("hip",), part="both", views=("front", "back"))
def pelvis_tilt(figure: Figure) -> float:
    """Tilt of the line between the hips against the horizontal, unsigned."""
    return abs(elevation(figure.at("hip", "left"), figure.at("hip", "right")))


@register(
    "sideways shift of the hips", "hip widths", 0.10, joints=("hip", "ankle"), part="both", views=("front", "back")
)
def hip_shift(figure: Figure) -> float:
    """Distance of the mid-hip from above the mid-ankle, unsigned."""
    return abs(figure.middle("hip")[0] - figure.middle("ankle")[0]) / _hip_width(figure)


@register(
    "distance of the knees", "stance widths", 0.10, joints=("knee", "ankle"), part="both", views=("front", "back")
)
def knee_separation(figure: Figure) -> float:
    """Distance between the knees, in distances between the ankles: 1 knees above feet, less when they cave in."""
    apart = figure.at("ankle", "left")[0] - figure.at("ankle", "right")[0]
    return (figure.at("knee", "left")[0] - figure.at("knee", "right")[0]) / apart if apart else math.nan


@register("sideways place of the hips", "hip widths", 0.10, joints=("hip",), part="both", views=("front", "back"))
def hip_place(figure: Figure) -> float:
    """Where the mid-hip is across the picture; only its change says something."""
    return figure.middle("hip")[0] / _hip_width(figure)


def _hip_width(figure: Figure) -> float:
    width = abs(figure.at("hip", "left")[0] - figure.at("hip", "right")[0])
    return width if width > 0 else math.nan


@register("left leg is the lifted one", "yes/no", 0.5, joints=("hip", "knee"), part="both")
def lifted_leg_is_left(figure: Figure) -> float:
    """1 where the left leg is stretched back further, 0 where the right; NaN where a leg is unseen."""
    left, right = figure.hip_flexion("left"), figure.hip_flexion("right")
    return math.nan if math.isnan(left + right) else float(figure.lifted_leg == "left")

"""Measures of hips, knees, legs and pelvis."""

import math

from formcheck.body.figure import Figure
from formcheck.body.geometry import elevation, inclination
from formcheck.body.measures import register


@register("hip flexion", "deg", 12.0, joints=("shoulder", "hip", "knee"))
def hip_flexion(figure: Figure) -> float:
    """Bend between trunk and thigh, near side: 0 straight; includes what the spine bends, as the pelvis is not seen."""
    return figure.hip_flexion(figure.near)


@register("knee flexion", "deg", 7.0, joints=("hip", "knee", "ankle"))
def knee_flexion(figure: Figure) -> float:
    """Bend of the near knee: 0 straight, flexion positive."""
    return figure.knee_flexion(figure.near)


@register("shank inclination", "deg", 7.0, joints=("knee", "ankle"))
def shank_inclination(figure: Figure) -> float:
    """Ankle to knee line against the vertical: + knee ahead of the ankle."""
    return inclination(figure.at("ankle"), figure.at("knee"), figure.facing)


@register("hips behind the ankles", "trunk lengths", 0.05, joints=("hip", "ankle"))
def hip_behind_ankle(figure: Figure) -> float:
    """Horizontal distance of the hip behind the ankle."""
    return figure.facing * (figure.at("ankle")[0] - figure.at("hip")[0]) / figure.trunk_px


@register("hip flexion of the lifted leg", "deg", 12.0, joints=("shoulder", "hip", "knee"), part="lifted leg")
def lifted_hip_flexion(figure: Figure) -> float:
    """Bend of the hip of the leg stretched back further: about 90 on all fours, 0 in line with the trunk, - above."""
    return figure.hip_flexion(figure.lifted_leg)


@register("knee flexion of the lifted leg", "deg", 7.0, joints=("hip", "knee", "ankle"), part="lifted leg")
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


@register("sideways place of the hips", "hip widths", 0.10, joints=("hip",), part="both", views=("front", "back"))
def hip_place(figure: Figure) -> float:
    """Where the mid-hip is across the picture; only its change says something."""
    return figure.middle("hip")[0] / _hip_width(figure)


def _hip_width(figure: Figure) -> float:
    width = abs(figure.at("hip", "left")[0] - figure.at("hip", "right")[0])
    return width if width > 0 else math.nan


@register("left leg is the lifted one", "yes/no", 0.5, joints=("hip", "knee"), part="both")
def lifted_leg_is_left(figure: Figure) -> float:
    """1 where the left leg is stretched back further, 0 where the right."""
    return float(figure.lifted_leg == "left")

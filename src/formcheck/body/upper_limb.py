"""Measures of arms and hands."""

import math
from typing import Final

from formcheck.body.figure import Figure
from formcheck.body.geometry import distance, elevation, flexion
from formcheck.body.landmarks import other
from formcheck.body.measures import register

STRAIGHT_ARM_BELOW_DEG: Final = 45.0
"""A plank with the elbow straighter than this rests on the hands, otherwise on the forearms."""
APART: Final = 0.08
"""Knees closer together than this, in trunk lengths, cannot be told apart."""


@register("elbow flexion", "deg", 10.0, joints=("shoulder", "elbow", "wrist"))
def elbow_flexion(figure: Figure) -> float:
    """Bend of the near elbow: 0 straight."""
    return flexion(figure.at("shoulder"), figure.at("elbow"), figure.at("wrist"))


@register("hand ahead of the ankle", "trunk lengths", 0.05, joints=("wrist", "ankle"))
def hand_ahead_of_ankle(figure: Figure) -> float:
    """Horizontal distance of the near wrist in front of the ankle."""
    return figure.facing * (figure.at("wrist")[0] - figure.at("ankle")[0]) / figure.trunk_px


@register("hand ahead of the shoulder", "trunk lengths", 0.05, joints=("wrist", "shoulder"))
def hand_ahead_of_shoulder(figure: Figure) -> float:
    """Horizontal distance of the near wrist in front of the shoulder."""
    return figure.facing * (figure.at("wrist")[0] - figure.at("shoulder")[0]) / figure.trunk_px


@register("hand above the hip", "trunk lengths", 0.05, joints=("wrist", "hip"))
def hand_above_hip(figure: Figure) -> float:
    """Height of the near wrist above the hip: about -0.5 and less where the arms hang to a weight in a hinge."""
    return (figure.at("hip")[1] - figure.at("wrist")[1]) / figure.trunk_px


@register("hand beside the shoulder", "trunk lengths", 0.05, joints=("wrist", "shoulder"))
def hand_off_shoulder(figure: Figure) -> float:
    """Horizontal distance between the near wrist and the shoulder above it, unsigned."""
    return abs(hand_ahead_of_shoulder(figure))


@register("support beside the shoulder", "trunk lengths", 0.05, joints=("shoulder", "elbow", "wrist"))
def support_off_shoulder(figure: Figure) -> float:
    """Horizontal distance between the shoulder and what carries it: the elbow, or the hand of a straight arm."""
    bend = elbow_flexion(figure)
    if math.isnan(bend):
        return math.nan
    joint = "wrist" if bend < STRAIGHT_ARM_BELOW_DEG else "elbow"
    return abs(figure.at(joint)[0] - figure.at("shoulder")[0]) / figure.trunk_px


@register("shoulder above its support", "trunk lengths", 0.05, joints=("shoulder", "elbow"))
def shoulder_above_elbow(figure: Figure) -> float:
    """Height of the near shoulder above the elbow."""
    return (figure.at("elbow")[1] - figure.at("shoulder")[1]) / figure.trunk_px


@register("elevation of the lifted arm", "deg", 8.0, joints=("shoulder", "wrist"), part="lifted arm")
def arm_elevation(figure: Figure) -> float:
    """Shoulder to wrist line of the arm that should be lifted, above the horizontal.

    NaN where it is the far arm and not certainly seen.
    """
    side = other(figure.lifted_leg)
    if side not in (figure.near, figure.lifted_arm):
        return math.nan
    return elevation(figure.at("shoulder", side), figure.at("wrist", side))


@register("opposite arm and leg", "yes/no", 0.5, joints=("elbow", "knee"), part="near")
def opposite_limbs(figure: Figure) -> float:
    """1 where the lifted arm and leg belong to opposite sides, 0 where to the same; NaN where that cannot be told."""
    apart = distance(figure.at("knee", "left"), figure.at("knee", "right")) >= APART * figure.trunk_px
    if not apart or figure.lifted_arm is None:
        return math.nan
    return float(figure.lifted_arm != figure.lifted_leg)


@register("tilt of the wrist line", "deg", 4.0, joints=("wrist",), part="both", views=("front", "back"))
def wrist_line_tilt(figure: Figure) -> float:
    """Tilt of the line between the wrists against the horizontal, unsigned."""
    return abs(elevation(figure.at("wrist", "left"), figure.at("wrist", "right")))

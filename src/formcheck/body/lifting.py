"""Measures of somebody who takes something up from the floor."""

import math
from typing import Final

from formcheck.body.figure import Figure
from formcheck.body.geometry import inclination
from formcheck.body.landmarks import index
from formcheck.body.measures import register

HANGING: Final = 1.65
"""How high a hand hangs above the ankle in standing, in trunk lengths: measured on rendered people and films."""


@register(
    "reach of the hand to the floor",
    "standing heights",
    0.03,
    joints=("wrist", "ankle"),
    views=("side", "front", "back"),
)
def reach_down(figure: Figure) -> float:
    """How far the near hand has come down: 0 where it hangs in standing, 1 at the height of the ankle.

    Only heights are compared, so it can be read from any side.
    """
    return 1.0 - (figure.at("ankle")[1] - figure.at("wrist")[1]) / (HANGING * figure.trunk_px)


@register("hand ahead of the hip", "trunk lengths", 0.05, joints=("wrist", "hip"))
def hand_ahead_of_hip(figure: Figure) -> float:
    """Horizontal distance of the near wrist in front of the hip."""
    return figure.facing * (figure.at("wrist")[0] - figure.at("hip")[0]) / figure.trunk_px


@register("stoop", "deg", 10.0, joints=("shoulder", "hip", "knee", "ankle"))
def stoop(figure: Figure) -> float:
    """Trunk inclination less knee flexion: -25 and less in a squat lift, 20 and more in a stoop with long legs.

    One number for the style of a lift: a trunk of 55 degrees over knees bent by 80 is a squat lift, the same trunk over
    knees bent by 35 a stoop.
    """
    return inclination(figure.at("hip"), figure.at("shoulder"), figure.facing) - figure.knee_flexion(figure.near)


@register("feet apart", "shoulder widths", 0.06, joints=("shoulder", "ankle"), part="both", views=("front", "back"))
def base_width(figure: Figure) -> float:
    """Sideways distance between the ankles, unsigned: 1 as wide as the shoulders."""
    shoulders = abs(figure.at("shoulder", "left")[0] - figure.at("shoulder", "right")[0])
    ankles = abs(figure.at("ankle", "left")[0] - figure.at("ankle", "right")[0])
    return ankles / shoulders if shoulders > 0 else math.nan


@register("turn of the shoulders above the hips", "deg", 15.0, joints=("shoulder", "hip"), part="both")
def shoulders_turned(figure: Figure) -> float:
    """Turn between shoulder line and hip line by the model's guess of depth, unsigned, [0, 180]; a rough one."""
    if figure.world is None:
        return math.nan
    angles = []
    for joint in ("shoulder", "hip"):
        x, _, z = (figure.world[index(joint, "left")] - figure.world[index(joint, "right")]).tolist()
        angles.append(math.degrees(math.atan2(z, x)))
    return abs((angles[0] - angles[1] + 180.0) % 360.0 - 180.0)

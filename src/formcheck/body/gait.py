"""Measures of somebody who walks."""

import math

from formcheck.body.figure import Figure
from formcheck.body.geometry import inclination
from formcheck.body.measures import register


@register("left foot ahead of the right", "trunk lengths", 0.05, joints=("ankle",), part="both")
def feet_spread(figure: Figure) -> float:
    """Horizontal distance of the left ankle in front of (+) or behind (-) the right one; every step it swings over."""
    left, right = figure.at("ankle", "left"), figure.at("ankle", "right")
    return figure.facing * (left[0] - right[0]) / figure.trunk_px


@register("swing of the arm", "deg", 8.0, joints=("shoulder", "wrist"))
def arm_swing(figure: Figure) -> float:
    """Shoulder to wrist line of the near arm against straight down: + forwards, - backwards."""
    shoulder, wrist = figure.at("shoulder"), figure.at("wrist")
    forwards = figure.facing * (wrist[0] - shoulder[0])
    return math.degrees(math.atan2(forwards, wrist[1] - shoulder[1]))


@register("sway of the trunk", "deg", 3.0, joints=("hip", "shoulder"), part="both", views=("front", "back"))
def side_sway(figure: Figure) -> float:
    """Mid-hip to mid-shoulder line against the vertical: + to the right edge of the picture, - to the left."""
    return inclination(figure.middle("hip"), figure.middle("shoulder"), 1)

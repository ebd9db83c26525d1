"""Measures of pulling a weight towards the body: elbows, hands, arms and shoulders against the trunk."""

import math
from typing import Final

from formcheck.body.figure import Figure
from formcheck.body.geometry import Point, distance, inclination
from formcheck.body.landmarks import index, other
from formcheck.body.measures import register

ON_ONE_BAR: Final = 0.25
"""Hands whose heights differ by more than this, in trunk lengths, do not hold one bar: one arm is rowing alone."""


@register("elbow behind the trunk", "trunk lengths", 0.05, joints=("hip", "shoulder", "elbow"))
def elbow_behind_trunk(figure: Figure) -> float:
    """Distance of the near elbow behind (+) or in front of (-) the line from hip to shoulder.

    The line is taken as endless, so that it can be told in any position of the trunk. NaN where hip and shoulder lie on
    one spot.
    """
    _, ahead = _against_the_trunk(figure, figure.at("elbow"))
    return -ahead


@register("height of the hand along the trunk", "trunk lengths", 0.05, joints=("hip", "shoulder", "wrist"))
def hand_along_trunk(figure: Figure) -> float:
    """How far up the trunk the near wrist is: 0 level with the hip, 1 with the shoulder, whichever way it leans.

    NaN where hip and shoulder lie on one spot.
    """
    up, _ = _against_the_trunk(figure, figure.at("wrist"))
    return up


@register("height of both hands along the trunk", "trunk lengths", 0.05, joints=("hip", "shoulder", "wrist"))
def hands_along_trunk(figure: Figure) -> float:
    """How far up the trunk the hands are: 0 level with the hips, 1 with the shoulders, whichever way it leans.

    The middle of both hands against the middle of the trunk where both are seen and level, as on one bar: what a turned
    body moves on the near side it moves the other way on the far side. Else `hand_along_trunk`.
    """
    far = other(figure.near)
    unseen = figure.clarity[index("wrist", far)] == 0.0
    apart = abs(figure.at("wrist", far)[1] - figure.at("wrist")[1]) / figure.trunk_px
    if unseen or not apart < ON_ONE_BAR:
        return hand_along_trunk(figure)
    hips, shoulders = figure.middle("hip"), figure.middle("shoulder")
    up, _ = _against(hips, shoulders, figure.middle("wrist"), figure)
    return up


@register("hand in front of the trunk", "trunk lengths", 0.05, joints=("hip", "shoulder", "wrist"))
def hand_ahead_of_trunk(figure: Figure) -> float:
    """Distance of the near wrist in front of (+) or behind (-) the line from hip to shoulder.

    NaN where hip and shoulder lie on one spot.
    """
    _, ahead = _against_the_trunk(figure, figure.at("wrist"))
    return ahead


@register("arm off the vertical", "deg", 8.0, joints=("shoulder", "wrist"))
def arm_off_vertical(figure: Figure) -> float:
    """Angle between the line from shoulder to wrist and straight down, near side, unsigned: 0 hangs, 90 level."""
    return abs(inclination(figure.at("wrist"), figure.at("shoulder"), figure.facing))


@register("ear to shoulder distance", "trunk lengths", 0.05, joints=("shoulder", "ear"))
def ear_to_shoulder(figure: Figure) -> float:
    """Distance between the near ear and shoulder: less when the shoulders are shrugged; only its change says something.

    The plain distance, not the height: it hardly depends on how trunk and neck lean.
    """
    return distance(figure.at("ear"), figure.at("shoulder")) / figure.trunk_px


@register("neck further forward than the trunk", "deg", 8.0, joints=("hip", "shoulder", "ear"), part="both")
def neck_to_trunk(figure: Figure) -> float:
    """Shoulder to ear line against hip to shoulder line: 0 in one line, + head in front of it."""
    hip, shoulder, ear = figure.middle("hip"), figure.middle("shoulder"), figure.middle("ear")
    between = inclination(shoulder, ear, figure.facing) - inclination(hip, shoulder, figure.facing)
    return (between + 180.0) % 360.0 - 180.0


def _against_the_trunk(figure: Figure, point: Point) -> tuple[float, float]:
    """Return how far a point lies up the trunk from the hip, and how far in front of it, in trunk lengths."""
    return _against(figure.at("hip"), figure.at("shoulder"), point, figure)


def _against(hip: Point, shoulder: Point, point: Point, figure: Figure) -> tuple[float, float]:
    """The same for a trunk from `hip` to `shoulder`."""
    trunk_x, trunk_y = shoulder[0] - hip[0], shoulder[1] - hip[1]
    x, y = point[0] - hip[0], point[1] - hip[1]
    unit = math.hypot(trunk_x, trunk_y) * figure.trunk_px
    if not unit > 0:
        return math.nan, math.nan
    up = (x * trunk_x + y * trunk_y) / unit
    ahead = figure.facing * (y * trunk_x - x * trunk_y) / unit
    return up, ahead

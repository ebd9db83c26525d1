"""Measures of somebody who lies, on the back or on the belly, filmed from the side at the height of the mat."""

import math
from typing import Final

from formcheck.body.figure import Figure
from formcheck.body.geometry import distance, elevation, flexion
from formcheck.body.lower_limb import LYING
from formcheck.body.measures import register

OVERHEAD_ABOVE_DEG: Final = 120.0
"""An upper arm that stands further off the trunk than this is stretched out beside the head."""
THIGHS_UP_ABOVE_DEG: Final = 4.0
"""Thighs on the floor read -6 to 0 degrees, as the hip joint lies a little higher than the knee."""


@register("height of the hips", "shank heights", 0.035, joints=("hip", "knee", "ankle"))
def bridge_height(figure: Figure) -> float:
    """Height of the hip above the ankle in lengths of the shank: about 0.1 lying with planted feet, 0.5 in a bridge.

    NaN where the shank lies.
    """
    hip, knee, ankle = figure.at("hip"), figure.at("knee"), figure.at("ankle")
    planted = ankle[1] - knee[1] > LYING * figure.trunk_px
    return (ankle[1] - hip[1]) / distance(knee, ankle) if planted else math.nan


@register("lift of the chest", "deg", 5.0, joints=("hip", "shoulder"))
def chest_lift(figure: Figure) -> float:
    """Hip to shoulder line above the horizontal, near side: about 0 lying flat, + with the chest off the floor."""
    return elevation(figure.at("hip"), figure.at("shoulder"))


@register("lift of the thighs", "deg", 5.0, joints=("hip", "knee"))
def thigh_lift(figure: Figure) -> float:
    """Hip to knee line above the horizontal, near side: about -5 lying flat, + with the knees off the floor.

    The ankles say nothing of the kind: a knee that bends lifts them too.
    """
    return elevation(figure.at("hip"), figure.at("knee"))


@register("lift of chest and legs", "deg", 2.5, joints=("hip", "shoulder", "knee"))
def arch(figure: Figure) -> float:
    """Lift of the chest and lift of the thighs added up: about 0 lying flat, however the camera is turned."""
    return chest_lift(figure) + thigh_lift(figure)


@register("arms overhead and both legs up", "yes/no", 0.5, joints=("hip", "shoulder", "elbow", "knee"))
def full_superman(figure: Figure) -> float:
    """1 where the near arm is stretched out beside the head and neither thigh is on the floor, else 0."""
    arm_deg = 180.0 - flexion(figure.at("hip"), figure.at("shoulder"), figure.at("elbow"))
    thighs_deg = [elevation(figure.at("hip", side), figure.at("knee", side)) for side in ("left", "right")]
    if math.isnan(arm_deg + sum(thighs_deg)):
        return math.nan
    return float(arm_deg > OVERHEAD_ABOVE_DEG and min(thighs_deg) > THIGHS_UP_ABOVE_DEG)

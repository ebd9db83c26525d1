"""Measures of kneeling: on all fours, and folded over the own thighs."""

import math
from typing import Final

from formcheck.body.figure import Figure
from formcheck.body.geometry import distance, flexion
from formcheck.body.measures import register
from formcheck.body.trunk_and_head import face_to_trunk

CURVATURE_PER_DEG: Final = 0.00115
"""By how much a degree of flexion of the spine rounds the outline of the back, in chord lengths."""
LIES_BACK: Final = -0.5
"""A hand further behind the shoulder than this, in trunk lengths, belongs to an arm that lies beside the body."""


@register("bend of back and head", "deg", 6.0, joints=("hip", "shoulder", "ear", "nose"), outline=True)
def back_and_head_bend(figure: Figure) -> float:
    """Mean of the bend that the back's outline shows and of the face's angle to the trunk: + rounded, - hollow.

    Back and head take part with equal shares, so that a cat or cow of the head alone is followed as well. NaN where
    the outline of the back cannot be read.
    """
    return (figure.back / CURVATURE_PER_DEG + face_to_trunk(figure)) / 2.0


@register("knee above the foot", "trunk lengths", 0.05, joints=("knee",))
def knee_above_foot(figure: Figure) -> float:
    """Height of the near knee above the ankle: about 0 kneeling, 0.8 and more standing.

    The foot may lie outside the picture: the knee alone must be seen, as the model still sets the ankle of a cut-off
    leg well enough to tell a shank that lies from one that stands.
    """
    return (figure.at("ankle")[1] - figure.at("knee")[1]) / figure.trunk_px


@register("hip ahead of the knee", "trunk lengths", 0.05, joints=("hip", "knee"))
def hip_ahead_of_knee(figure: Figure) -> float:
    """Horizontal distance of the near hip in front of the knee."""
    return figure.facing * (figure.at("hip")[0] - figure.at("knee")[0]) / figure.trunk_px


@register("hip to ankle", "trunk lengths", 0.05, joints=("hip", "ankle"))
def hip_to_ankle(figure: Figure) -> float:
    """Distance between the near hip and ankle: about 0.45 sitting on the heels, 1.1 on all fours."""
    return distance(figure.at("hip"), figure.at("ankle")) / figure.trunk_px


@register("head above the knees", "trunk lengths", 0.05, joints=("ear", "knee"))
def head_above_knee(figure: Figure) -> float:
    """Height of the near ear above the knee, which lies on the floor when somebody kneels."""
    return (figure.at("knee")[1] - figure.at("ear")[1]) / figure.trunk_px


@register("upper arm to trunk angle", "deg", 8.0, joints=("hip", "shoulder", "elbow"))
def upper_arm_to_trunk(figure: Figure) -> float:
    """Angle between trunk and near upper arm, [0, 180]: 0 beside the trunk, 180 in line with it, overhead."""
    return 180.0 - flexion(figure.at("hip"), figure.at("shoulder"), figure.at("elbow"))


@register("reach of the arm", "deg", 8.0, joints=("hip", "shoulder", "elbow", "wrist"))
def arm_reach(figure: Figure) -> float:
    """Angle between trunk and near upper arm, [0, 180]: 180 reaches far ahead; NaN where the arm lies back."""
    ahead = figure.facing * (figure.at("wrist")[0] - figure.at("shoulder")[0]) / figure.trunk_px
    return upper_arm_to_trunk(figure) if ahead > LIES_BACK else math.nan

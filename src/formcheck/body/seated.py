"""Measures of somebody who sits, from the side: how far trunk, neck and head lean.

Midpoints of left and right are taken for what leans: a body seen at an angle then leans no more than it does.
"""

import math

from formcheck.body.figure import Figure
from formcheck.body.geometry import inclination
from formcheck.body.landmarks import INDEX
from formcheck.body.measures import register


@register("inclination of the upper body", "deg", 5.0, joints=("hip", "ear"), part="both")
def upper_body_inclination(figure: Figure) -> float:
    """Hip to ear line against the vertical: 0 upright, forwards positive.

    It takes trunk and neck together, so that a rounded back that carries the head forwards shows even where the
    shoulders stay above the hips.
    """
    return inclination(figure.middle("hip"), figure.middle("ear"), figure.facing)


@register("neck inclination", "deg", 6.0, joints=("shoulder", "ear"), part="both")
def neck_inclination(figure: Figure) -> float:
    """Shoulder to ear line against the vertical: 0 upright, forwards positive; 10 to 20 in relaxed standing."""
    return inclination(figure.middle("shoulder"), figure.middle("ear"), figure.facing)


@register("head pitch", "deg", 6.0, joints=("ear", "nose"))
def head_pitch(figure: Figure) -> float:
    """Near ear to nose line below (+) or above (-) the horizontal; only its change says something, noses differ."""
    ear, nose = figure.at("ear"), figure.points[INDEX["nose"]]
    return math.degrees(math.atan2(nose[1] - ear[1], figure.facing * (nose[0] - ear[0])))


@register("shoulder ahead of the hip-ear line", "trunk lengths", 0.05, joints=("hip", "shoulder", "ear"), part="both")
def shoulder_protraction(figure: Figure) -> float:
    """Horizontal distance of the shoulders in front of the line from hips to ears; only its change says something."""
    hip, shoulder, ear = figure.middle("hip"), figure.middle("shoulder"), figure.middle("ear")
    share = (shoulder[1] - hip[1]) / (ear[1] - hip[1]) if ear[1] != hip[1] else math.nan
    return figure.facing * (shoulder[0] - hip[0] - share * (ear[0] - hip[0])) / figure.trunk_px

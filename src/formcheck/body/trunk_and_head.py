"""Measures of the trunk, the back and the head."""

import math
from typing import Final

from formcheck.body.carrying import end_of_line
from formcheck.body.figure import Figure
from formcheck.body.geometry import inclination, offset_from_line
from formcheck.body.landmarks import INDEX
from formcheck.body.measures import register

TRUNK_OFFSET_DEG: Final = 3.5
"""The model's hips and shoulders lean back by so much against the joints: measured on rendered people, and on real ones
who stand tall; see docs/decisions/0023-what-is-corrected-in-an-angle.md."""


@register("trunk inclination", "deg", 5.0, joints=("hip", "shoulder"), part="both", offset=TRUNK_OFFSET_DEG)
def trunk_inclination(figure: Figure) -> float:
    """Hip to shoulder line against the vertical: 0 upright, 90 horizontal, forwards positive."""
    return inclination(figure.middle("hip"), figure.middle("shoulder"), figure.facing)


@register("trunk further forward than the shank", "deg", 7.0, joints=("shoulder", "hip", "knee", "ankle"))
def trunk_to_shank(figure: Figure) -> float:
    """Trunk inclination less shank inclination: 0 parallel, + trunk further forward, near side."""
    trunk = inclination(figure.at("hip"), figure.at("shoulder"), figure.facing)
    return trunk - inclination(figure.at("ankle"), figure.at("knee"), figure.facing)


@register(
    "trunk inclination (estimated depth)",
    "deg",
    10.0,
    joints=("hip", "shoulder"),
    part="both",
    views=("front", "back"),
)
def trunk_inclination_in_depth(figure: Figure) -> float:
    """Trunk against the vertical with the model's guess of depth, unsigned, [0, 180]: to count by, not to judge by."""
    if figure.world is None:
        return math.nan
    x, y, z = (figure.world[11] + figure.world[12] - figure.world[23] - figure.world[24]).tolist()
    return math.degrees(math.atan2(math.hypot(x, z), -y))


@register("back curvature", "chord lengths", 0.010, joints=("hip", "shoulder"), part="both", outline=True)
def back_curvature(figure: Figure) -> float:
    """Mean height of the back's outline over the straight line between its ends: + rounded, - hollow.

    10° of flexion of the spine add about 0.0115 (rendered people with known flexion).
    """
    return figure.back


@register("lower back curvature", "chord lengths", 0.02, joints=("hip", "shoulder"), part="both", outline=True)
def lower_back_curvature(figure: Figure) -> float:
    """The same for the lower half of the back."""
    return figure.lower_back


@register("face to trunk angle", "deg", 8.0, joints=("hip", "shoulder", "ear", "nose"))
def face_to_trunk(figure: Figure) -> float:
    """Ear to nose line against the trunk: 0 square to it, + chin to chest, - head tipped back.

    The shoulder to ear line hardly moves when the head tips back, as the ear lies near the axis.
    """
    hip, shoulder, ear, nose = figure.at("hip"), figure.at("shoulder"), figure.at("ear"), figure.points[INDEX["nose"]]
    trunk, face = inclination(hip, shoulder, figure.facing), inclination(ear, nose, figure.facing)
    return (face - trunk - 90.0 + 180.0) % 360.0 - 180.0


@register("height of the shoulder", "trunk lengths", 0.05, joints=("shoulder",), part="both")
def shoulder_height(figure: Figure) -> float:
    """Height of the shoulders above the lower edge of the picture."""
    return (figure.height_px - figure.middle("shoulder")[1]) / figure.trunk_px


@register("body line deviation", "line lengths", 0.025, joints=("shoulder", "hip", "ankle"))
def body_line_deviation(figure: Figure) -> float:
    """Hip above (+) or below (-) the line from shoulder to ankle, in lengths of that line.

    The line ends at the knee where the knee rests on the floor.
    """
    return offset_from_line(figure.at("hip"), figure.at("shoulder"), end_of_line(figure))

"""What carries a body that is held up from the floor, filmed from the side: the feet or the knees."""

import math
from typing import Final

from formcheck.body.figure import Figure
from formcheck.body.geometry import Point, distance, offset_from_line
from formcheck.body.measures import register

NEAR_THE_FLOOR: Final = 0.08
"""A knee that rests on the floor is at most so far above the line from hand to toes, in trunk lengths: up to 0.06 in
rendered planks from the knees. Bent knees that sink while the toes carry stay at 0.09 and more, those of 99 % of the
labelled planks with low hips at 0.11 and more, a straight leg's at 0.25 to 0.6."""


def knees_carry(figure: Figure) -> bool:
    """Tell whether the near knee rests on the floor; no where that cannot be seen."""
    elbow, wrist, knee, toes = (figure.at(joint) for joint in ("elbow", "wrist", "knee", "foot_index"))
    hand = max(elbow, wrist, key=lambda point: point[1])
    height = offset_from_line(knee, hand, toes) * distance(hand, toes) / figure.trunk_px
    return height < NEAR_THE_FLOOR


def end_of_line(figure: Figure) -> Point:
    """Return where the straight line of the body ends: at the near ankle, or at a knee that carries."""
    return figure.at("knee" if knees_carry(figure) else "ankle")


@register("bend of the knee off the floor", "deg", 8.0, joints=("hip", "knee", "ankle"))
def free_knee_flexion(figure: Figure) -> float:
    """Bend of the near knee: 0 straight, flexion positive; NaN where the knee rests on the floor."""
    return math.nan if knees_carry(figure) else figure.knee_flexion(figure.near)

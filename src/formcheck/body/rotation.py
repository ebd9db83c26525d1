"""Measures of somebody who turns the upper body: on a chair, seen from the front, or on all fours, from the side.

They rest on the model's guess of depth. Seated people seen from the front it believes to be turned half as far as they
are, and that evenly: of the widths of shoulders and hips in the picture and the two lines in depth, the angle between
the lines in depth tells the turn best.
"""

import math
from typing import Final

from formcheck.body.figure import Figure
from formcheck.body.geometry import elevation, flexion
from formcheck.body.landmarks import index, other
from formcheck.body.measures import register

SEEN_SHARE: Final = 0.5
"""How much of the turn of a seated trunk the model's depth shows: measured on rendered people turned by 0 to 70 degrees
to either side, in front of the camera and 15 degrees off."""


def _across(figure: Figure, joint: str) -> tuple[float, float, float]:
    """Return the line from right to left joint in metres, to the picture's right, down and away; NaN if unknown."""
    if figure.world is None:
        return math.nan, math.nan, math.nan
    x, y, z = (figure.world[index(joint, "left")] - figure.world[index(joint, "right")]).tolist()
    return x, y, z


def _turn_to_left(figure: Figure) -> float:
    """Return by how many degrees the model sees the shoulders turned to the person's left against the hips."""
    (x, _, z), (hip_x, _, hip_z) = _across(figure, "shoulder"), _across(figure, "hip")
    return math.degrees(math.atan2(z * hip_x - x * hip_z, x * hip_x + z * hip_z))


@register("turn of the upper body", "deg", 8.0, joints=("shoulder", "hip"), part="both", views=("front", "back"))
def trunk_turn(figure: Figure) -> float:
    """Turn of the shoulders against the hips, unsigned; the model's depth shows half of it, which is made up for."""
    return abs(_turn_to_left(figure)) / SEEN_SHARE


@register("turned to the left", "yes/no", 0.5, joints=("shoulder", "hip"), part="both", views=("front", "back"))
def turned_to_left(figure: Figure) -> float:
    """1 where the upper body is turned to the person's left, 0 where to the right."""
    turn = _turn_to_left(figure)
    return math.nan if math.isnan(turn) else float(turn > 0)


@register("turn of the hips", "deg", 10.0, joints=("hip",), part="both", views=("front", "back"))
def hip_turn(figure: Figure) -> float:
    """Turn of the hip line to the person's left, by the model's depth; only its change says something."""
    x, _, z = _across(figure, "hip")
    turn = math.degrees(math.atan2(z, x))
    return turn if figure.orientation.view == "front" else (turn % 360.0) - 180.0


@register(
    "height of the trunk", "trunk lengths", 0.05, joints=("hip", "shoulder"), part="both", views=("front", "back")
)
def trunk_height(figure: Figure) -> float:
    """Height of the shoulders above the hips; only its change says something."""
    return (figure.middle("hip")[1] - figure.middle("shoulder")[1]) / figure.trunk_px


@register("tilt of the shoulder line", "deg", 3.0, joints=("shoulder",), part="both", views=("front", "back"))
def shoulder_line_tilt(figure: Figure) -> float:
    """Tilt of the line between the shoulders against the horizontal, unsigned."""
    return abs(elevation(figure.at("shoulder", "left"), figure.at("shoulder", "right")))


@register("chest opened to the side", "deg", 10.0, joints=("shoulder",), part="both")
def chest_opening(figure: Figure) -> float:
    """Tilt of the shoulder line against the floor on all fours, by the model's depth: 0 level, 90 one above the other.

    The hands may be out of the picture.
    """
    x, y, z = _across(figure, "shoulder")
    return math.degrees(math.atan2(abs(y), math.hypot(x, z)))


@register("chest opened to the left", "yes/no", 0.5, joints=("shoulder",), part="both")
def opened_to_left(figure: Figure) -> float:
    """1 where the left shoulder is the upper one, 0 where the right."""
    _, y, _ = _across(figure, "shoulder")
    return math.nan if math.isnan(y) else float(y < 0)


@register("bend of the supporting elbow", "deg", 10.0, joints=("shoulder", "elbow", "wrist"))
def supporting_elbow_flexion(figure: Figure) -> float:
    """Bend of the near elbow while the far shoulder is the upper one; NaN while the near arm is the free one."""
    far_is_up = opened_to_left(figure) == float(other(figure.near) == "left")
    if figure.world is None or not far_is_up:
        return math.nan
    return flexion(figure.at("shoulder"), figure.at("elbow"), figure.at("wrist"))

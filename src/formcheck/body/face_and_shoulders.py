"""Measures of head and shoulders seen from the front, as a laptop's camera sees somebody who sits before it.

Hips are out of the picture, so lengths are taken in widths of the shoulders or of the face. Nothing here is measured
in depth: what comes nearer grows.
"""

import math
from typing import Final

from formcheck.body.figure import Figure
from formcheck.body.geometry import distance, midpoint
from formcheck.body.landmarks import INDEX
from formcheck.body.measures import register

FACE_WIDTH_PER_HEIGHT: Final = 2.2
"""Ear to ear against eyes to mouth: a head that turns keeps the one, a head that nods the other."""
NOSE_AHEAD: Final = 0.55
"""How far the nose is in front of the ears, in distances between them."""
TURNED_DEG: Final = 28.0
"""Of shoulders that are turned further, the width says nothing."""
LOOKED_AWAY_DEG: Final = 25.0
"""A face that is turned further does not show where the head is."""


def _shoulder_width(figure: Figure) -> float:
    """Return the width of the shoulders in pixels; NaN where they are turned, or none."""
    width = distance(figure.at("shoulder", "left"), figure.at("shoulder", "right"))
    if figure.world is not None:
        x, _, z = (figure.world[INDEX["left_shoulder"]] - figure.world[INDEX["right_shoulder"]]).tolist()
        if math.degrees(math.atan2(abs(z), abs(x))) > TURNED_DEG:
            return math.nan
    return width if width > 0 else math.nan


def _ears(figure: Figure) -> float:
    width = distance(figure.at("ear", "left"), figure.at("ear", "right"))
    return width if width > 0 else math.nan


def _nose(figure: Figure) -> tuple[float, float]:
    x, y = figure.points[INDEX["nose"]]
    return x, y


def _facing_the_camera(figure: Figure) -> bool:
    return abs(head_turn(figure)) <= LOOKED_AWAY_DEG


@register("turn of the head", "deg", 7.0, joints=("nose", "ear"), part="both", views=("front",))
def head_turn(figure: Figure) -> float:
    """Turn of the head to the person's left (+) or right (-), from where the nose is between the ears."""
    across = (_nose(figure)[0] - figure.middle("ear")[0]) / (NOSE_AHEAD * _ears(figure))
    return math.degrees(math.asin(min(1.0, max(-1.0, across)))) if math.isfinite(across) else math.nan


@register("size of the face in the picture", "px", 0.04, joints=("eye", "ear"), part="both", views=("front",))
def face_size(figure: Figure) -> float:
    """Width of the face, or what its height says of it, whichever is more; only its ratio to another says something."""
    mouth = midpoint(figure.points[INDEX["mouth_left"]], figure.points[INDEX["mouth_right"]])
    height = distance(figure.middle("eye"), mouth)
    width = _ears(figure)
    return width if math.isnan(height) else max(width, FACE_WIDTH_PER_HEIGHT * height)


@register(
    "size of the face against the shoulders",
    "shoulder widths",
    0.04,
    joints=("eye", "ear", "shoulder"),
    part="both",
    views=("front",),
)
def face_to_shoulders(figure: Figure) -> float:
    """Width of the face in widths of the shoulders: it grows when the head alone comes nearer.

    NaN while the shoulders are turned or the face looks away.
    """
    return face_size(figure) / _shoulder_width(figure) if _facing_the_camera(figure) else math.nan


@register(
    "head above the shoulders", "shoulder widths", 0.04, joints=("nose", "shoulder"), part="both", views=("front",)
)
def head_above_shoulders(figure: Figure) -> float:
    """Height of the nose above the line of the shoulders: about 0.5 sitting tall, 0.2 to 0.35 sunk together."""
    return (figure.middle("shoulder")[1] - _nose(figure)[1]) / _shoulder_width(figure)


@register(
    "height of the head in the picture",
    "shoulder widths",
    0.05,
    joints=("nose", "shoulder"),
    part="both",
    views=("front",),
)
def head_height(figure: Figure) -> float:
    """Height of the nose above the middle of the picture; only its change says something."""
    return (figure.height_px / 2.0 - _nose(figure)[1]) / _shoulder_width(figure)


@register("face turned down", "face widths", 0.04, joints=("nose", "ear"), part="both", views=("front",))
def face_pitch(figure: Figure) -> float:
    """Height of the nose above the line between the ears: less when somebody looks down; only its change counts.

    NaN while the face looks away.
    """
    if not _facing_the_camera(figure):
        return math.nan
    return (figure.middle("ear")[1] - _nose(figure)[1]) / _ears(figure)


@register("tilt of the head", "deg", 4.0, joints=("ear",), part="both", views=("front", "back"))
def head_roll(figure: Figure) -> float:
    """Tilt of the line between the ears against the horizontal: + to the person's left, - to their right."""
    left, right = figure.at("ear", "left"), figure.at("ear", "right")
    return math.degrees(math.atan2(left[1] - right[1], abs(left[0] - right[0])))


@register("tilt of the shoulders", "deg", 3.0, joints=("shoulder",), part="both", views=("front", "back"))
def shoulder_tilt(figure: Figure) -> float:
    """Tilt of the line between the shoulders against the horizontal: + left shoulder lower, - right one lower."""
    left, right = figure.at("shoulder", "left"), figure.at("shoulder", "right")
    return math.degrees(math.atan2(left[1] - right[1], abs(left[0] - right[0])))


@register(
    "sideways place of the shoulders", "shoulder widths", 0.05, joints=("shoulder",), part="both", views=("front",)
)
def shoulder_place(figure: Figure) -> float:
    """How far the middle between the shoulders is to the right of the picture's middle; only its change says something.

    Who leans in and grows in the picture stays where they are.
    """
    return (figure.middle("shoulder")[0] - figure.width_px / 2.0) / _shoulder_width(figure)

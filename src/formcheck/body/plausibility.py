"""Whether a pose can be that of a body: by the lengths of its bones, and by how much of it lies in the picture.

The model's own visibility does not say so: it stays near 1 for joints that are hidden or were made up.
"""

import math
from typing import Final, get_args

import numpy as np

from formcheck.body.geometry import midpoint
from formcheck.body.landmarks import Side, index
from formcheck.body.pose import Pose

IMPLAUSIBLE: Final = 0.3
"""A stranger pose is not that of a body: one bone too long or short by a third, or several by less."""
UNEQUAL: Final = 1.5
"""How many times as long as its partner a bone may be in space; in 99 of 100 pictures of people all but the thigh are
below."""
MISMATCH: Final = 0.15
"""Trunk lengths by which joints in the picture may miss those in space; 0.11 is usual in 99 of 100 pictures."""
OUTSIDE: Final = 0.5
"""Share of the joints that may lie outside the picture."""

_BONES: Final = (
    ("hip", "knee", 0.60, 1.15),
    ("knee", "ankle", 0.55, 1.15),
    ("shoulder", "elbow", 0.33, 0.80),
    ("elbow", "wrist", 0.33, 0.75),
)
"""Bones, with the shortest and longest that the longer of left and right may be, in trunk lengths."""

_PAIRS: Final = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
_JOINTS: Final = np.array([index(joint, side) for side in get_args(Side) for joint in _PAIRS])
_LEFT: Final = {joint: place for place, joint in enumerate(_PAIRS)}
_RIGHT: Final = {joint: place + len(_PAIRS) for joint, place in _LEFT.items()}
"""Where the joints of either side stand among `_JOINTS`."""
_ENDS: Final = tuple((_LEFT[a], _LEFT[b], _RIGHT[a], _RIGHT[b], low, high) for a, b, low, high in _BONES)

Points = list[list[float]]
"""`_JOINTS` in the picture or in space; plain numbers, as arrays are slow for so few."""


def strangeness(pose: Pose) -> float:
    """Return how far a pose is from what a body can be: 0 is usual, beyond `IMPLAUSIBLE` it is none.

    Adds up by how much, as natural logarithms, bones in space are unequal on the left and right or out of proportion to
    the trunk; by how much the picture disagrees with space; and by how much of the body lies outside the picture.
    Infinite for nobody.
    """
    if not pose.has_person:
        return math.inf
    picture: Points = pose.xy_px.take(_JOINTS, axis=0).tolist()
    outside = max(0.0, _outside(picture, pose.size_px) - OUTSIDE)
    if pose.world_m is None:
        return outside
    space: Points = pose.world_m.take(_JOINTS, axis=0).tolist()
    trunk_m = _trunk_m(space)
    return outside + _odd_bones(space, trunk_m) + _odd_picture(picture, space, trunk_m)


def _odd_bones(space: Points, trunk_m: float) -> float:
    odd = 0.0
    for left_a, left_b, right_a, right_b, shortest, longest in _ENDS:
        left, right = math.dist(space[left_a], space[left_b]), math.dist(space[right_a], space[right_b])
        if left > 0 and right > 0 and trunk_m > 0:  # not seen is not strange
            longer, shorter = (left, right) if left > right else (right, left)
            odd += _beyond(longer / shorter, 1.0, UNEQUAL) + _beyond(longer / trunk_m, shortest, longest)
    return odd


def _beyond(ratio: float, lowest: float, highest: float) -> float:
    """Return how far a ratio is from what it may be, as a natural logarithm."""
    if lowest <= ratio <= highest:
        return 0.0
    return math.log(ratio / highest if ratio > highest else lowest / ratio)


def _odd_picture(picture: Points, space: Points, trunk_m: float) -> float:
    """Compare the picture's joints with those in space, scaled so that the squares of what is missed are least."""
    x0, y0 = midpoint(picture[_LEFT["hip"]], picture[_RIGHT["hip"]])
    u0, v0 = midpoint(space[_LEFT["hip"]], space[_RIGHT["hip"]])
    seen = spread = both = 0.0
    for (px, py), (pu, pv, _) in zip(picture, space, strict=True):
        x, y, u, v = px - x0, py - y0, pu - u0, pv - v0
        seen += x * x + y * y
        spread += u * u + v * v
        both += x * u + y * v
    scale = both / spread if spread > 0 else math.nan
    trunk_px = trunk_m * abs(scale)
    if not trunk_px > 0:
        return 0.0
    miss = math.sqrt(max(0.0, seen - scale * both) / len(_JOINTS)) / trunk_px
    return 2.0 * max(0.0, miss - MISMATCH) + (1.0 if scale < 0 else 0.0)


def _outside(picture: Points, size_px: tuple[int, int]) -> float:
    width, height = size_px
    inside = [0 <= x < width and 0 <= y < height for x, y in picture]
    return 1.0 - sum(inside) / len(inside)


def _trunk_m(space: Points) -> float:
    ax, ay, az = space[_LEFT["shoulder"]]
    bx, by, bz = space[_RIGHT["shoulder"]]
    cx, cy, cz = space[_LEFT["hip"]]
    dx, dy, dz = space[_RIGHT["hip"]]
    return math.hypot(ax + bx - cx - dx, ay + by - cy - dy, az + bz - cz - dz) / 2

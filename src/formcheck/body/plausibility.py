"""Whether a pose can be that of a body: by the lengths of its bones, and by how much of it lies in the picture.

The model's own visibility does not say so: it stays near 1 for joints that are hidden or were made up.
"""

import math
from typing import Final

from formcheck.body.landmarks import INDEX, Side
from formcheck.body.pose import Array, Pose

IMPLAUSIBLE: Final = 0.3
"""A stranger pose is not that of a body: one bone too long or short by a third, or several by less."""
UNEQUAL: Final = math.log(1.5)
"""How far left and right may differ in space; in 99 of 100 pictures of people they stay below for all but the thigh."""
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

_LIMITS: Final = tuple((math.log(low), math.log(high)) for *_, low, high in _BONES)
_SIDES: Final[tuple[Side, Side]] = ("left", "right")
_ENDS: Final = tuple(
    tuple((INDEX[f"{side}_{a}"], INDEX[f"{side}_{b}"]) for side in _SIDES) for a, b, _low, _high in _BONES
)
_SHOULDERS: Final = [INDEX["left_shoulder"], INDEX["right_shoulder"]]
_HIPS: Final = [INDEX["left_hip"], INDEX["right_hip"]]
_JOINTS: Final = [
    INDEX[f"{side}_{joint}"] for side in _SIDES for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
]


def strangeness(pose: Pose) -> float:
    """Return how far a pose is from what a body can be: 0 is usual, beyond `IMPLAUSIBLE` it is none.

    Adds up by how much, as natural logarithms, bones in space are unequal on the left and right or out of proportion to
    the trunk; by how much the picture disagrees with space; and by how much of the body lies outside the picture.
    Infinite for nobody.
    """
    if not pose.has_person:
        return math.inf
    outside = max(0.0, _outside(pose) - OUTSIDE)
    return outside if pose.world_m is None else outside + _odd_bones(pose.world_m) + _odd_picture(pose, pose.world_m)


def _odd_bones(world_m: Array) -> float:
    points = world_m.tolist()
    trunk = _trunk(world_m)
    odd = 0.0
    for ends, (low, high) in zip(_ENDS, _LIMITS, strict=True):
        left, right = (math.dist(points[a], points[b]) for a, b in ends)
        if not (left > 0 and right > 0 and trunk > 0):
            continue  # not seen is not strange
        share = math.log(max(left, right) / trunk)
        odd += max(0.0, abs(math.log(left / right)) - UNEQUAL) + max(0.0, share - high, low - share)
    return odd


def _odd_picture(pose: Pose, world_m: Array) -> float:
    """Compare the picture's joints with those in space, scaled to fit."""
    seen = pose.xy_px[_JOINTS] - pose.xy_px[_HIPS].mean(axis=0)
    space = world_m[_JOINTS, :2] - world_m[_HIPS, :2].mean(axis=0)
    spread = float((space * space).sum())
    scale = float((seen * space).sum()) / spread if spread > 0 else math.nan
    trunk_px = _trunk(world_m) * abs(scale)
    if not trunk_px > 0:
        return 0.0
    miss = math.sqrt(float(((seen - scale * space) ** 2).sum()) / len(_JOINTS)) / trunk_px
    return 2.0 * max(0.0, miss - MISMATCH) + (1.0 if scale < 0 else 0.0)


def _outside(pose: Pose) -> float:
    width, height = pose.size_px
    points: list[list[float]] = pose.xy_px[_JOINTS].tolist()
    inside = sum(0 <= x < width and 0 <= y < height for x, y in points)
    return 1.0 - inside / len(_JOINTS)


def _trunk(points: Array) -> float:
    x, y, z = ((points[_SHOULDERS[0]] + points[_SHOULDERS[1]] - points[_HIPS[0]] - points[_HIPS[1]]) / 2).tolist()
    return math.hypot(x, y, z)

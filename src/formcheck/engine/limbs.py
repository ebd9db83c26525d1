"""Left and right limbs that the model took for each other in single pictures, put right by continuity.

A limb cannot change places with its partner between two pictures, unless the two met on the way.
"""

import math
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.body.geometry import distance, midpoint
from formcheck.body.landmarks import INDEX
from formcheck.body.pose import Array, Pose

Rows = NDArray[np.intp]

FAR: Final = 0.25
"""Trunk lengths that two limbs must be apart, on average, to be told apart by where they are."""
CLEARLY: Final = 0.5
"""Exchanged, the limbs must come so much closer to where they were expected."""
STILL: Final = 0.12
"""When no landmark moved further, in trunk lengths, nothing was exchanged."""
GAP_S: Final = 0.1
"""What was seen longer ago does not say where limbs are now."""
PATIENCE_S: Final = 1.0
"""A model that insists for so long knows better: it sees the picture."""

_LIMBS: Final = (
    ("hip", "knee", "ankle", "heel", "foot_index"),
    ("shoulder", "elbow", "wrist", "pinky", "index", "thumb"),
)
_ROWS: Final = tuple(
    np.array([INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in limb]) for limb in _LIMBS
)
_SWAPPED: Final = tuple(np.roll(rows, len(rows) // 2) for rows in _ROWS)
_TRUNK: Final = np.array([INDEX[f"{side}_{joint}"] for joint in ("shoulder", "hip") for side in ("left", "right")])


class LimbSwaps:
    """Repair exchanged arms and legs in the poses of one person.

    Attributes
    ----------
    repaired : int
        Poses in which a pair of limbs was exchanged back.
    """

    def __init__(self) -> None:
        self.repaired = 0
        self._t = -math.inf
        self._xy: Array | None = None
        self._speed: Array | None = None  # px/s
        self._scale_px = 0.0
        self._since: list[float | None] = [None] * len(_LIMBS)

    def repair(self, pose: Pose) -> Pose:
        """Return the pose with its limbs on their own sides; poses must come in order of time."""
        before, gap_s = self._xy, pose.t - self._t
        if not pose.has_person:
            return pose
        self._scale_px = max(_trunk(pose.xy_px), 0.98 * self._scale_px)
        if before is None or gap_s > GAP_S or not self._scale_px > 0:
            self._start(pose)
            return pose
        moved = pose.xy_px - before
        if not float(np.abs(moved).max()) < STILL * self._scale_px:
            pose = self._sort(pose, before, gap_s)
            moved = pose.xy_px - before
        if self._xy is not None:
            self._speed = moved / gap_s
        self._t, self._xy = pose.t, pose.xy_px
        return pose

    def _start(self, pose: Pose) -> None:
        self._t, self._xy, self._speed = pose.t, pose.xy_px, None
        self._since = [None] * len(_LIMBS)

    def _sort(self, pose: Pose, before: Array, gap_s: float) -> Pose:
        expected = before if self._speed is None else before + self._speed * gap_s
        order = np.arange(len(before))
        for limb, (rows, swapped) in enumerate(zip(_ROWS, _SWAPPED, strict=True)):
            if not self._exchanged(pose.xy_px, expected, rows, swapped):
                self._since[limb] = None
                continue
            since = self._since[limb]
            if since is not None and pose.t - since > PATIENCE_S:
                self._start(pose)
                self._xy = None
                return pose
            self._since[limb] = pose.t if since is None else since
            order[rows] = swapped
        if (order == np.arange(len(order))).all():
            return pose
        self.repaired += 1
        world = None if pose.world_m is None else pose.world_m[order]
        return replace(pose, xy_px=pose.xy_px[order], world_m=world, visibility=pose.visibility[order])

    def _exchanged(self, xy: Array, expected: Array, rows: Rows, swapped: Rows) -> bool:
        far_px = FAR * self._scale_px
        if _apart(expected, expected, rows, swapped) < far_px or _apart(xy, xy, rows, swapped) < far_px:
            return False
        return _apart(xy, expected, swapped, rows) < CLEARLY * _apart(xy, expected, rows, rows)


def _apart(xy: Array, others: Array, rows: Rows, other_rows: Rows) -> float:
    """Return the mean distance between some landmarks and others; NaN where one was not seen."""
    moved = xy.take(rows, axis=0) - others.take(other_rows, axis=0)
    return float(np.hypot(moved[:, 0], moved[:, 1]).sum()) / len(rows)


def _trunk(xy: Array) -> float:
    left_shoulder, right_shoulder, left_hip, right_hip = xy.take(_TRUNK, axis=0).tolist()
    return distance(midpoint(left_shoulder, right_shoulder), midpoint(left_hip, right_hip))

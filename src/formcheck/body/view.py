"""From where the camera sees the body: view, turn off the side view, facing, near side.

Which way a person faces and which side is near the camera is decided by votes over time, not frame by frame, and is
kept while a movement is under way: a single flipped frame must not turn every angle around.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

from formcheck.body.landmarks import INDEX, Side
from formcheck.body.pose import Array, Pose

ViewName = Literal["side", "front", "back", "oblique", "unknown"]
Ventral = Literal["facing", "down", "up", "sideways"]

SIDE_LIMIT_DEG: Final = 35.0
"""Back and sagittal angles are usable up to a turn of 30°, which is read from the shoulder line to about 4°."""
SURE_UP_TO_DEG: Final = 15.0
FRONT_LIMIT_DEG: Final = 60.0
HYSTERESIS_DEG: Final = 5.0
VOTE_S: Final = 1.0  # time constant of the votes
EVERY_S: Final = 0.05  # neighbouring pictures say the same

_L_SHOULDER, _R_SHOULDER = INDEX["left_shoulder"], INDEX["right_shoulder"]
_L_HIP, _R_HIP = INDEX["left_hip"], INDEX["right_hip"]
_NOSE, _L_EAR, _R_EAR = INDEX["nose"], INDEX["left_ear"], INDEX["right_ear"]
_FEET = ((INDEX["left_heel"], INDEX["left_foot_index"]), (INDEX["right_heel"], INDEX["right_foot_index"]))


@dataclass(frozen=True, slots=True)
class Orientation:
    """How the body stands to the camera.

    Attributes
    ----------
    view : str
        ``side`` up to 35° off a true side view, ``front`` or ``back`` from 60° on, ``oblique`` between, ``unknown``
        before anybody was seen.
    yaw_deg : float
        Turn off a true side view towards the camera or away from it, [0, 90]; NaN when unknown.
    facing : int
        +1 towards the right edge of the picture, -1 towards the left, 0 undecided.
    near : {"left", "right"}
        The side of the body nearer to the camera.
    """

    view: ViewName
    yaw_deg: float
    facing: int
    near: Side

    @property
    def factor(self) -> float:
        """Confidence of a sagittal measure at this turn: 1 up to 15°, falling to 0.5 where the side view ends."""
        if self.view == "side":
            limit = SIDE_LIMIT_DEG + HYSTERESIS_DEG
            return 1.0 - 0.5 * max(0.0, self.yaw_deg - SURE_UP_TO_DEG) / (limit - SURE_UP_TO_DEG)
        return 1.0 if self.view in ("front", "back") else 0.0

    @property
    def stretch(self) -> float:
        """How much wider than in the picture a body is in its own sagittal plane: what the turn has foreshortened.

        It takes back most of what the turn adds to the error of hip, trunk and knee angles (docs/accuracy.md has the
        figures by turn). 1 where the sagittal plane is not what is seen.
        """
        if self.view not in ("side", "oblique"):
            return 1.0
        return 1.0 / math.cos(math.radians(min(self.yaw_deg, SIDE_LIMIT_DEG + HYSTERESIS_DEG)))


UNKNOWN: Final = Orientation("unknown", math.nan, 0, "left")


def near_side(world_m: Array) -> Side:
    """Return the side of the body nearer to the camera; `world_m` is (33, 3), z pointing away from the camera."""
    depth = world_m[[_L_SHOULDER, _L_HIP], 2].sum() - world_m[[_R_SHOULDER, _R_HIP], 2].sum()
    return "right" if depth > 0 else "left"


class OrientationVote:
    """Keep running votes about the orientation of one person.

    Parameters
    ----------
    ventral : {"facing", "down", "up", "sideways"}
        Where the belly points in this exercise: where the person looks, to the floor (all fours, plank), to the ceiling
        (lying on the back), or along the floor (lying on a side).
    """

    def __init__(self, ventral: Ventral = "facing") -> None:
        self._ventral = ventral
        self._t: float | None = None
        self._across = self._deep = self._depth_sign = self._lateral_sign = self._facing = 0.0
        self._weight = 0.0
        self._histogram = [0] * 91

    def add(self, pose: Pose) -> None:
        """Take one pose into account; one without world landmarks or hips and shoulders changes nothing."""
        if pose.world_m is None or (self._t is not None and pose.t - self._t < EVERY_S):
            return
        (lx, ly, lz), (rx, ry, rz) = pose.world_m[_L_SHOULDER : _R_SHOULDER + 1].tolist()
        dx, dz = lx - rx, lz - rz
        if self._ventral == "sideways":
            dx = self._broadside(pose.world_m, dx, ly - ry)
        if not math.isfinite(dx + dz):
            return
        dt = EVERY_S if self._t is None else min(pose.t - self._t, VOTE_S)
        self._t = pose.t
        keep = math.exp(-dt / VOTE_S)
        self._weight = self._weight * keep + 1.0 - keep
        gain = (1.0 - keep) / self._weight  # the first second is a plain mean: no picture weighs more than another
        self._across += gain * (abs(dx) - self._across)
        self._deep += gain * (abs(dz) - self._deep)
        self._depth_sign += gain * (math.copysign(1.0, dz) - self._depth_sign)
        self._lateral_sign += gain * (math.copysign(1.0, dx) - self._lateral_sign)
        self._facing += gain * (self._facing_vote(pose) - self._facing)
        self._histogram[round(math.degrees(math.atan2(abs(dx), abs(dz))))] += 1

    @staticmethod
    def _broadside(world_m: Array, dx: float, dy: float) -> float:
        """Return how far the shoulders are apart in the picture's plane, + where the chest looks at the camera."""
        ux, uy, _ = (world_m[_L_SHOULDER] + world_m[_R_SHOULDER] - world_m[_L_HIP] - world_m[_R_HIP]).tolist()
        return math.copysign(math.hypot(dx, dy), dy * ux - dx * uy)

    def _facing_vote(self, pose: Pose) -> float:
        x: list[float] = pose.xy_px[:, 0].tolist()
        if self._ventral != "facing":
            headwards = _sign(x[_L_SHOULDER] + x[_R_SHOULDER] - x[_L_HIP] - x[_R_HIP])
            return -headwards if self._ventral == "up" else headwards
        votes = [_sign(x[_NOSE] - (x[_L_EAR] + x[_R_EAR]) / 2), *(_sign(x[toe] - x[heel]) for heel, toe in _FEET)]
        return sum(votes) / len(votes)

    def decide(self, before: Orientation) -> Orientation:
        """Return the orientation that the votes speak for now; `before` gives the hysteresis of the view."""
        if not self._weight:
            return UNKNOWN
        yaw = math.degrees(math.atan2(self._across, self._deep))
        facing = before.facing if abs(self._facing) < 0.2 and before.facing else (1 if self._facing >= 0 else -1)
        near: Side = "right" if self._depth_sign > 0 else "left"
        return Orientation(self.view_at(yaw, before.view), yaw, facing, near)

    def view_at(self, yaw_deg: float, before: ViewName = "unknown") -> ViewName:
        """Return the view at a turn; `before` gives hysteresis."""
        if not math.isfinite(yaw_deg):
            return "unknown"
        side_limit = SIDE_LIMIT_DEG + (HYSTERESIS_DEG if before == "side" else 0.0)
        front_limit = FRONT_LIMIT_DEG - (HYSTERESIS_DEG if before in ("front", "back") else 0.0)
        if yaw_deg <= side_limit:
            return "side"
        if yaw_deg < front_limit:
            return "oblique"
        return "front" if self._lateral_sign > 0 else "back"

    @property
    def median_yaw_deg(self) -> float:
        """Median turn over everything seen, to one degree; NaN before anything was seen."""
        half, running = sum(self._histogram) / 2, 0
        for deg, count in enumerate(self._histogram):
            running += count
            if running >= half > 0:
                return float(deg)
        return math.nan


def _sign(x: float) -> float:
    return 0.0 if not x else math.copysign(1.0, x) if math.isfinite(x) else 0.0

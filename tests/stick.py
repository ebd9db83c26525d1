"""Stick figures with exactly known joint angles, as poses: what the tests of the core measure and follow.

Lengths are in trunk lengths, angles in degrees. An inclination of 0 points straight up, of 90 horizontally forwards.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from formcheck.body.figure import Figure
from formcheck.body.landmarks import COUNT, INDEX, LANDMARKS, Side
from formcheck.body.pose import STATIONS, Pose, TorsoProfile
from formcheck.body.view import Orientation

Array = NDArray[np.float64]

THIGH: Final = 0.84
SHANK: Final = 0.84
UPPER_ARM: Final = 0.60
FOREARM: Final = 0.54
NECK: Final = 0.44
TRUNK_M: Final = 0.5
SIZE_PX: Final = (1280, 720)
_WIDTHS: Final = {
    "shoulder": 0.36,
    "elbow": 0.40,
    "wrist": 0.40,
    "pinky": 0.40,
    "index": 0.40,
    "thumb": 0.40,
    "ear": 0.15,
}
_HIP_WIDTH: Final = 0.22


@dataclass(frozen=True)
class Limbs:
    """Arm and leg of one side: `arm` counts forwards from alongside the trunk, `foot` inclines from heel to toes."""

    hip: float = 0.0
    knee: float = 0.0
    arm: float = 0.0
    elbow: float = 0.0
    foot: float = 90.0


@dataclass(frozen=True)
class Body:
    """A body in its sagittal plane; `back` is the curvature of its outline in chord lengths."""

    trunk: float = 0.0
    head: float = 0.0
    left: Limbs = field(default_factory=Limbs)
    right: Limbs = field(default_factory=Limbs)
    back: float = 0.0

    @classmethod
    def even(cls, trunk: float, limbs: Limbs, head: float = 0.0, back: float = 0.0) -> "Body":
        """Return a body whose two sides do the same."""
        return cls(trunk, head, limbs, limbs, back)

    def mirrored(self) -> "Body":
        """Return the body with left and right exchanged."""
        return replace(self, left=self.right, right=self.left)


def joints(body: Body) -> dict[str, Array]:
    """Return every landmark as (forward, up, to the person's left) from the mid-hip, in trunk lengths."""
    shoulder = _towards(body.trunk, 1.0)
    ear = shoulder + _towards(body.trunk + body.head, NECK)
    nose = ear + _towards(body.trunk + body.head + 90.0, 0.2)
    flat = {name: nose for name in LANDMARKS if not name.startswith(("left_", "right_"))}
    for side, limbs in (("left", body.left), ("right", body.right)):
        flat |= {f"{side}_{name}": point for name, point in _one_side(body, limbs, shoulder, ear, nose).items()}
    return {name: np.array([*point, _lateral(name)]) for name, point in flat.items()}


def _one_side(body: Body, limbs: Limbs, shoulder: Array, ear: Array, nose: Array) -> dict[str, Array]:
    thigh = body.trunk + 180.0 - limbs.hip
    knee = _towards(thigh, THIGH)
    ankle = knee + _towards(thigh + limbs.knee, SHANK)
    arm = body.trunk + 180.0 - limbs.arm
    elbow = shoulder + _towards(arm, UPPER_ARM)
    wrist = elbow + _towards(arm - limbs.elbow, FOREARM)
    hand = wrist + _towards(arm - limbs.elbow, 0.16)
    return {
        "shoulder": shoulder, "elbow": elbow, "wrist": wrist, "pinky": hand, "index": hand, "thumb": hand,
        "hip": np.zeros(2), "knee": knee, "ankle": ankle, "ear": ear,
        "heel": ankle + _towards(limbs.foot, -0.12), "foot_index": ankle + _towards(limbs.foot, 0.38),
        "eye": nose, "eye_inner": nose, "eye_outer": nose,
    }  # fmt: skip


def _towards(inclination: float, length: float) -> Array:
    return length * np.array([math.sin(math.radians(inclination)), math.cos(math.radians(inclination))])


def _lateral(name: str) -> float:
    side, _, joint = name.partition("_")
    width = _WIDTHS.get(joint, 0.05 if joint.startswith("eye") else _HIP_WIDTH)
    return {"left": width, "right": -width}.get(side, 0.0)


def pose_of(
    body: Body,
    t: float = 0.0,
    *,
    facing: int = 1,
    yaw_deg: float = 0.0,
    swapped: bool = False,
    planted: str = "ankle",
    at_px: tuple[float, float] = (640.0, 660.0),
    trunk_px: float = 190.0,
    size_px: tuple[int, int] = SIZE_PX,
    visibility: float = 0.99,
    outline: bool = True,
) -> Pose:
    """Return the pose of a body.

    `yaw_deg` turns it from the side view towards the camera (90 = front, negative = away); `swapped` lets the model
    take left for right; the middle of the `planted` pair of joints stands at `at_px`.
    """
    forward = np.array([facing * math.cos(math.radians(yaw_deg)), 0.0, -math.sin(math.radians(yaw_deg))])
    leftward = np.array([-forward[2], 0.0, forward[0]]) * (-1.0 if swapped else 1.0)
    axes = np.stack([forward, np.array([0.0, -1.0, 0.0]), leftward])  # camera: x right, y down, z away
    world = np.empty((COUNT, 3))
    for name, point in joints(body).items():
        world[INDEX[name]] = point @ axes
    foot = (world[INDEX[f"left_{planted}"], :2] + world[INDEX[f"right_{planted}"], :2]) / 2
    xy_px = np.array(at_px) + trunk_px * (world[:, :2] - foot)
    near: Side = "right" if world[INDEX["right_hip"], 2] < world[INDEX["left_hip"], 2] else "left"
    torso = profile_of(body.back, facing, near) if outline else None
    return Pose(t, xy_px, TRUNK_M * world, np.full(COUNT, visibility), size_px, torso)


def profile_of(back: float, facing: int, near: Side) -> TorsoProfile:
    """Return an outline whose back reads `back` and whose belly is straight."""
    along = 2.0 * STATIONS - 1.0
    edges = np.full((2, len(STATIONS)), 0.25)
    edges[0 if facing > 0 else 1] -= back * (3.0 * along**2 - 1.0) / 2.0
    return TorsoProfile(edges, np.ones(2), near)


def mirror_image(pose: Pose) -> Pose:
    """Return the pose in the mirrored picture, as the model would name it: left is right."""
    swap = [INDEX[_partner(name)] for name in LANDMARKS]
    xy_px = pose.xy_px[swap] * (-1.0, 1.0) + (pose.size_px[0] - 1.0, 0.0)
    world = None if pose.world_m is None else pose.world_m[swap] * (-1.0, 1.0, 1.0)
    torso = pose.torso
    if torso is not None:
        side: Side = "left" if torso.side == "right" else "right"
        torso = TorsoProfile(torso.edges[::-1].copy(), torso.sharpness[::-1].copy(), side)
    return replace(pose, xy_px=xy_px, world_m=world, visibility=pose.visibility[swap], torso=torso)


def _partner(name: str) -> str:
    for a, b in (("left", "right"), ("right", "left")):
        if name.startswith(f"{a}_") or name.endswith(f"_{a}"):
            return name.replace(a, b)
    return name


def figure_of(pose: Pose, orientation: Orientation, trunk_px: float = 190.0) -> Figure:
    """Return a perfectly visible, unsmoothed figure."""
    return Figure(
        points=pose.xy_px.tolist(),
        clarity=[1.0] * COUNT,
        world=pose.world_m,
        orientation=orientation,
        facing=orientation.facing,
        near=orientation.near,
        trunk_px=trunk_px,
        height_px=pose.size_px[1],
        back=0.0,
        lower_back=0.0,
        outline_clarity=1.0,
        width_px=pose.size_px[0],
    )


def eased(*stages: tuple[float, float], fps: float = 30.0) -> list[float]:
    """Return a signal that reaches each stage (seconds, value) in a half cosine from the one before."""
    values = [stages[0][1]]
    for seconds, target in stages:
        start, count = values[-1], round(seconds * fps)
        values += [start + (target - start) * (1 - math.cos(math.pi * i / count)) / 2 for i in range(1, count + 1)]
    return values


def film(bodies: Iterable[Body], fps: float = 30.0, t_start: float = 0.0, **how: Any) -> Iterator[Pose]:
    """Return one pose per body; `how` goes to `pose_of`."""
    for i, body in enumerate(bodies):
        yield pose_of(body, t_start + i / fps, **how)


def hinge(
    trunk: float, knee: float, shank: float, hand_ahead: float = 0.15, head: float = 0.0, back: float = 0.0
) -> Body:
    """Return somebody who stands, leans forward by `trunk` and holds the hands `hand_ahead` of the ankles."""
    shoulder_ahead = sum(
        length * math.sin(math.radians(a)) for length, a in ((SHANK, shank), (THIGH, shank - knee), (1.0, trunk))
    )
    off_plumb = math.degrees(math.asin((hand_ahead - shoulder_ahead) / (UPPER_ARM + FOREARM)))
    return Body.even(trunk, Limbs(hip=trunk - shank + knee, knee=knee, arm=trunk + off_plumb), head=head, back=back)


def deadlift(depth: float, *, top: float = 0.0, bottom: float = 62.0, back: float = 0.0) -> Body:
    """Return a lifter between standing (depth 0, trunk inclined by `top`) and the bar on the floor (1)."""
    return hinge(top + (bottom - top) * depth, 4.0 + 62.0 * depth, 1.0 + 9.0 * depth, hand_ahead=0.2, back=back)


def romanian(depth: float, *, knee: float = 22.0, top: float = 0.0, back: float = 0.0) -> Body:
    """Return a hinge between standing (0) and 75 degrees of trunk inclination (1)."""
    return hinge(top + (75.0 - top) * depth, 4.0 + (knee - 4.0) * depth, -8.0 * depth, back=back)


def squat(depth: float) -> Body:
    """Return somebody between standing (0) and a squat with level thighs (1), arms stretched forward."""
    knee, shank = 4.0 + 114.0 * depth, 1.0 + 29.0 * depth
    return Body.even(38.0 * depth, Limbs(hip=38.0 * depth - shank + knee, knee=knee, arm=128.0 * depth))


ALL_FOURS_TRUNK: Final = 72.5
"""Hips one thigh and shoulders one arm above the floor."""


def all_fours(leg: float = 0.0, arm: float | None = None, *, elevation: float = 0.0, lifted: Side = "left") -> Body:
    """Return somebody on hands and knees; `leg` (0 to 1) stretches a leg to `elevation`, `arm` the other arm level."""
    arm = leg if arm is None else arm
    down = Limbs(hip=ALL_FOURS_TRUNK, knee=90.0, arm=ALL_FOURS_TRUNK, foot=-90.0)
    moving_leg = replace(down, hip=down.hip - leg * (90.0 + elevation), knee=90.0 * (1.0 - leg))
    moving_arm = replace(down, arm=down.arm + arm * 90.0)
    body = Body(ALL_FOURS_TRUNK, 0.0, moving_leg, moving_arm)
    return body if lifted == "left" else body.mirrored()


def plank(sag: float = 0.0, *, head: float = 0.0, knee: float = 0.0) -> Body:
    """Return a forearm plank whose hips hang by `sag` degrees of bend (negative: hips high)."""
    trunk = 81.0 - 0.63 * sag
    return Body.even(trunk, Limbs(hip=-sag, knee=knee, arm=trunk, elbow=90.0, foot=180.0), head=head)

"""Lifting a box from the floor."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.synth.body import Body
from formcheck.synth.mesh import Colour, Mesh, join
from formcheck.synth.motions.lifting import ROUNDING
from formcheck.synth.posing import UP, Figure, hang_hands, pose, stand_on_feet
from formcheck.synth.posture import Posture, posture
from formcheck.synth.timeline import Equipment, Fault, Moment, Motion, Step

_CARDBOARD: Final[Colour] = (0.34, 0.52, 0.68)
_BOX_M: Final = (0.34, 0.24, 0.26)
"""Width, depth and height of the box."""
_CELLS: Final = 5
_HANDLES_M: Final = 0.20
"""Height of its handles above its bottom."""
_HANDLES_BELOW_WRIST_M: Final = 0.09
_HANDS_AHEAD_M: Final = 0.20
_HANDS_APART_M: Final = 0.40
_NARROW: Final = {key: {"leg_out": -1} for key in ("standing", "bottom", "carrying")}

_FAULTS: Final = {
    "load_far": Fault(34.0, None, {"bottom": {"upper_arm": 1, "forearm": 1, "trunk": 0.4}}, shows=("LF-01",)),
    "load_drifts": Fault(30.0, None, {"carrying": {"upper_arm": 1, "forearm": -1.2}}, shows=("LF-02",)),
    "stooping": Fault(
        80.0, "left_knee_flexion", {"bottom": {"thigh": -0.7, "shank": 0.3, "trunk": 0.56}}, shows=("LF-05",)
    ),
    "rounded": Fault(56.0, "spine_flexion", {"bottom": ROUNDING}, shows=("LF-04",)),
    "deep_bend": Fault(36.0, "trunk_inclination", {"bottom": {"trunk": 1, "thigh": -1.1}}, shows=("LF-05",)),
    "jerking": Fault(0.0, None, hurry={"carrying": 3.6}, shows=("LF-06",)),
    "hips_first": Fault(
        28.0, "trunk_inclination", {"early_rise": {"trunk": 0.95, "thigh": -0.6, "shank": 0.6}}, shows=("LF-08",)
    ),
    "narrow_base": Fault(12.0, None, _NARROW, shows=("LF-09",), view="front"),
}


def floor_lift(body: Body) -> Motion:
    """Squat to a box between the feet, take it by its handles, and stand up with it."""
    standing = posture(thigh=1, shank=1, leg_out=8, upper_arm=-16, forearm=-7)
    low = posture(standing, trunk=52, thigh=85, shank=-25, neck=-10, head=-8, upper_arm=3, forearm=12)
    carrying = posture(standing, trunk=0, upper_arm=3, forearm=78)
    return Motion(
        poses={"standing": standing, "bottom": _hands_at_handles(body, low), "carrying": carrying},
        start="standing",
        cycle=(
            Step("bottom", 1.8, 0.5, "eccentric", "turn"),
            Step("carrying", 1.7, 0.9, "concentric", "rest", passing="early_rise"),
        ),
        reps=1,
        stance=_hands_together,
        equip=_box_on_floor,
        faults=_FAULTS,
        target_m=(0.0, -0.05, 0.85),
        distance_m=3.3,
        height_m=1.0,
    )


def _hands_together(figure: Figure, now: Posture) -> None:
    stand_on_feet(figure)
    hang_hands(figure, now, ahead_m=_HANDS_AHEAD_M, apart_m=_HANDS_APART_M)


def _handles_m(figure: Figure) -> NDArray[np.float64]:
    """Return the middle between the hands."""
    return np.asarray(figure.middle_m("wrist") - _HANDLES_BELOW_WRIST_M * UP)


def _hands_at_handles(body: Body, low: Posture) -> Posture:
    """Raise or lower the thighs until the hands are at the height of the handles of a box on the floor."""
    figure = pose(body, low)
    _hands_together(figure, low)
    too_high_m = float(_handles_m(figure) @ UP) - _HANDLES_M
    cosine = np.cos(np.radians(low["left_thigh"])) - too_high_m / body.length_m("upperleg01.L", "lowerleg01.L")
    return posture(low, thigh=float(np.degrees(np.arccos(cosine))))


def _box_on_floor(body: Body, motion: Motion) -> Equipment:
    """Let the box lie until it is first lifted; it stands where the hands reach for it."""
    handles_m = _handles_m(motion.figure(body, motion.poses["bottom"]))
    below_m = float(handles_m @ UP)

    def box_now(figure: Figure, moment: Moment) -> list[Mesh]:
        untouched = moment.rep == 0 or (moment.rep == 1 and moment.phase in ("eccentric", "turn"))
        middle_m = handles_m if untouched else _handles_m(figure)
        return [_box(middle_m - below_m * UP)]

    return box_now


def _box(bottom_m: NDArray[np.float64]) -> Mesh:
    """Return a box that stands on a point."""
    half = np.array(_BOX_M) / 2.0
    faces = [_face(sign * half[axis] * np.eye(3)[axis], axis, half) for axis in range(3) for sign in (-1.0, 1.0)]
    box = join(faces)
    return Mesh((box.vertices + bottom_m + half[2] * UP).astype(np.float32), box.normals, box.quads, box.colours)


def _face(middle_m: NDArray[np.float64], axis: int, half: NDArray[np.float64]) -> Mesh:
    """Return one side of a box around the origin, cut into cells so that it is drawn in the right order."""
    outward = middle_m / np.linalg.norm(middle_m)
    first = np.eye(3)[(axis + 1) % 3]
    second = np.cross(outward, first)
    steps = np.linspace(-1.0, 1.0, _CELLS + 1)
    along, across = (part.ravel()[:, None] for part in np.meshgrid(steps, steps, indexing="ij"))
    points = middle_m + along * (half @ np.abs(first)) * first + across * (half @ np.abs(second)) * second
    row, column = (part.ravel() for part in np.meshgrid(range(_CELLS), range(_CELLS), indexing="ij"))
    corner = row * (_CELLS + 1) + column
    quads = np.column_stack([corner, corner + _CELLS + 1, corner + _CELLS + 2, corner + 1])
    paint = [np.tile(np.array(value, np.float32), (len(points), 1)) for value in (outward, _CARDBOARD)]
    return Mesh(points.astype(np.float32), paint[0], quads.astype(np.int64), paint[1])

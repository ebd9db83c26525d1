"""The seated cable row."""

from typing import Final

import numpy as np

from formcheck.synth.body import Body
from formcheck.synth.mesh import Mesh
from formcheck.synth.motions.furniture import cable_and_handle, seat
from formcheck.synth.posing import FORWARD, UP, Figure
from formcheck.synth.posture import Posture, posture
from formcheck.synth.timeline import Equipment, Fault, Moment, Motion, Step

SEAT_BELOW_HIP_M: Final = 0.10
_HAND_BEYOND_WRIST_M: Final = 0.08
_PULLEY_M: Final = 1.45 * FORWARD + 0.55 * UP

_EVERYWHERE: Final = ("reached", "pulled", "returned")
_FORWARD_REACH: Final = {"trunk": 1, "upper_arm": 0.4, "forearm": 0.4, "neck": -0.4}
_ROUND_REACH: Final = {"lumbar": 0.6, "thoracic": 0.4, "neck": -0.3}
_LEANING_BACK: Final = {"trunk": -1, "upper_arm": -1, "neck": 0.4}
_STRAIGHT_LEGS: Final = {"thigh": -0.35, "shank": 0.65}

_FAULTS: Final = {
    "lean_back": Fault(32.0, "trunk_inclination", {"pulled": _LEANING_BACK}, shows=("SR-01",)),
    "body_swing": Fault(
        18.0,
        "trunk_inclination",
        {"pulled": _LEANING_BACK, "reached": _FORWARD_REACH, "returned": _FORWARD_REACH},
        shows=("SR-02",),
    ),
    "rounded_reach": Fault(
        75.0, "spine_flexion", {"reached": _ROUND_REACH, "returned": _ROUND_REACH}, shows=("SR-03",)
    ),
    "reach_far": Fault(
        40.0, "trunk_inclination", {"reached": _FORWARD_REACH, "returned": _FORWARD_REACH}, shows=("SR-04", "SR-02")
    ),
    "short_pull": Fault(56.0, None, {"pulled": {"upper_arm": 1, "forearm": 0.35}}, shows=("SR-05",)),
    "knees_locked": Fault(40.0, "left_knee_flexion", dict.fromkeys(_EVERYWHERE, _STRAIGHT_LEGS), shows=("SR-07",)),
    "chin_pokes": Fault(58.0, None, {"pulled": {"thoracic": 0.3, "neck": 1.7, "head": -2}}, shows=("SR-08",)),
    "fast_return": Fault(0.0, None, hurry={"returned": 5.0}, shows=("SR-09",)),
}


def seated_row(_body: Body) -> Motion:
    """Sit tall with the feet against a plate, pull a handle to the lower ribs, let it go forwards again."""
    reached = posture(trunk=8, thigh=86, shank=48, foot=122, upper_arm=58, forearm=63, hand=66, arm_out=4)
    pulled = posture(reached, trunk=-2, upper_arm=-26, forearm=72, hand=78, arm_out=10)
    return Motion(
        poses={"reached": reached, "pulled": pulled, "returned": reached},
        start="reached",
        cycle=(
            Step("pulled", 1.0, 0.6, "concentric", "turn"),
            Step("returned", 1.7, 0.7, "eccentric", "rest"),
        ),
        stance=_on_the_seat,
        equip=_seat_and_cable,
        faults=_FAULTS,
        target_m=(0.0, -0.35, 0.62),
        distance_m=3.2,
        height_m=0.9,
    )


def _on_the_seat(figure: Figure, _now: Posture) -> None:
    """Put the middle between the hips over the world's origin and the heels on the floor."""
    hips = figure.middle_m("hip")
    figure.shift([-hips[0], -hips[1], -figure.lowest_sole_m()])


def _seat_and_cable(body: Body, motion: Motion) -> Equipment:
    hip_m = float(motion.figure(body, motion.poses[motion.start]).middle_m("hip") @ UP)
    stool = seat(hip_m - SEAT_BELOW_HIP_M, depth_m=0.42, middle_m=(0.0, -0.02))

    def around(figure: Figure, _moment: Moment) -> list[Mesh]:
        hands = (figure.point_m(f"{side}_wrist") + _HAND_BEYOND_WRIST_M * FORWARD for side in ("left", "right"))
        left, right = (np.asarray(hand) for hand in hands)
        return [stool, cable_and_handle(left, right, _PULLEY_M)]

    return around

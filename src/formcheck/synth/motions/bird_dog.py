"""The bird dog."""

from typing import Final

import numpy as np

from formcheck.body.landmarks import other
from formcheck.synth.body import Body
from formcheck.synth.posing import (
    FORWARD,
    KNEE_RADIUS_M,
    WRIST_HEIGHT_M,
    Figure,
    arm_lengths_m,
    kneel,
    plant_hands,
    pose,
)
from formcheck.synth.posture import SIDED_CHANNELS, SIDES, Posture, mirrored, posture
from formcheck.synth.timeline import Fault, Motion, Step


def _held(**per_degree: float) -> dict[str, dict[str, float]]:
    """Write out what a fault adds to both held poses; ``free_...`` is the free arm's, other sided names the leg's."""
    return {
        f"{leg}_leg": {
            f"{other(leg)}_{name.removeprefix('free_')}"
            if name.startswith("free_")
            else f"{leg}_{name}"
            if name in SIDED_CHANNELS
            else name: add
            for name, add in per_degree.items()
        }
        for leg in SIDES
    }


_FAULTS: Final = {
    "leg_high": Fault(25.0, "left_leg_elevation", _held(thigh=-1, shank=-1, lumbar=-0.6), shows=("BD-01",)),
    "leg_low": Fault(40.0, "left_leg_elevation", _held(thigh=1, shank=1), shows=("BD-02",)),
    "knee_bent": Fault(45.0, "left_knee_flexion", _held(shank=-1), shows=("BD-03",)),
    "arm_low": Fault(
        48.0, "left_arm_elevation", _held(free_upper_arm=-1, free_forearm=-1, free_hand=-1), shows=("BD-04",)
    ),
    "trunk_tips": Fault(18.0, "trunk_inclination", _held(trunk=1.08), shows=("BD-05",)),
    "back_sags": Fault(45.0, "spine_flexion", _held(lumbar=-1), shows=("BD-06",)),
    "back_rounds": Fault(45.0, "spine_flexion", _held(lumbar=0.6, thoracic=0.4), shows=("BD-07",)),
    "head_up": Fault(60.0, None, _held(neck=-1, head=-0.3), shows=("BD-10",)),
    "head_drop": Fault(60.0, None, _held(neck=1, head=0.3), shows=("BD-10",)),
    "hands_ahead": Fault(35.0, "left_hip_flexion", {"all_fours": {"thigh": 1}}, shows=("BD-14",)),
}


def bird_dog(body: Body) -> Motion:
    """On all fours: stretch one arm and the opposite leg, hold, come back, and change sides."""
    all_fours = _all_fours(body)
    left_leg = posture(
        all_fours,
        left_thigh=-89,
        left_shank=-89,
        left_foot=-12,
        right_upper_arm=94,
        right_forearm=96,
        right_hand=92,
        right_hand_planted=0,
    )
    rest = pose(body, all_fours)
    kneel(rest)
    hands_ahead_m = float(rest.middle_m("shoulder") @ FORWARD)

    def stance(figure: Figure, now: Posture) -> None:
        kneel(figure)
        plant_hands(figure, now, hands_ahead_m)

    return Motion(
        poses={"all_fours": all_fours, "left_leg": left_leg, "right_leg": mirrored(left_leg)},
        start="all_fours",
        cycle=(
            Step("left_leg", 1.2, 3.2, "raise", "hold"),
            Step("all_fours", 1.0, 0.8, "lower", "rest"),
            Step("right_leg", 1.2, 3.2, "raise", "hold"),
            Step("all_fours", 1.0, 0.8, "lower", "rest"),
        ),
        reps=1,
        start_s=1.5,
        end_s=0.2,
        stance=stance,
        faults=_FAULTS,
        target_m=(0.0, -0.15, 0.5),
        distance_m=3.1,
        height_m=0.75,
    )


def _all_fours(body: Body) -> Posture:
    """Hands under the shoulders, knees under the hips; the arms are longer than the thighs, so the trunk slopes."""
    upper_m, fore_m = arm_lengths_m(body)
    thigh_m = body.length_m("upperleg01.L", "lowerleg01.L")
    rest = Figure(body)
    trunk_m = float(np.linalg.norm(rest.middle_m("shoulder") - rest.middle_m("hip")))
    rise_m = WRIST_HEIGHT_M + 0.99 * (upper_m + fore_m) - KNEE_RADIUS_M - thigh_m
    return posture(
        trunk=float(np.degrees(np.arccos(rise_m / trunk_m))),
        neck=-10,
        thigh=0,
        shank=-88,
        foot=-80,
        leg_out=1,
        upper_arm=0,
        forearm=4,
        hand=88,
        arm_out=0,
        hand_planted=1,
    )

"""The deadlift."""

from typing import Final

import numpy as np

from formcheck.synth.body import Body
from formcheck.synth.equipment import barbell
from formcheck.synth.mesh import Mesh
from formcheck.synth.motions.lifting import (
    ARMS_AHEAD,
    HEAD_BACK,
    LEANING_BACK,
    PLATE_RADIUS_M,
    ROUNDING,
    grip_m,
    hands_on_bar,
)
from formcheck.synth.posing import UP, Figure, pose
from formcheck.synth.posture import Posture, posture
from formcheck.synth.timeline import Equipment, Fault, Moment, Motion, Stance, Step

_FAULTS: Final = {
    "rounded": Fault(40.0, "spine_flexion", {"bottom": ROUNDING}, shows=("DL-01", "DL-02")),
    "rounded_at_set_up": Fault(
        40.0,
        "spine_flexion",
        {"bottom": ROUNDING, "early_pull": {"lumbar": -0.5, "thoracic": -0.34}},
        shows=("DL-02",),
    ),
    "hips_first": Fault(
        30.0, "trunk_inclination", {"early_pull": {"trunk": 1, "thigh": -1.4, "shank": 0.8}}, shows=("DL-03",)
    ),
    "bar_away": Fault(25.0, None, {"bottom": ARMS_AHEAD, "lockout": ARMS_AHEAD}, shows=("DL-04",)),
    "shoulders_behind": Fault(
        20.0, "trunk_inclination", {"bottom": {"trunk": -1, "thigh": 0.9, "shank": 0.4}}, shows=("DL-05",)
    ),
    "stiff_legs": Fault(
        82.0, "left_knee_flexion", {"bottom": {"thigh": -0.85, "shank": 0.15, "trunk": 0.43}}, shows=("DL-07",)
    ),
    "no_lockout": Fault(
        44.0, "left_hip_flexion", {"lockout": {"trunk": 0.25, "thigh": 0.75, "shank": -0.35}}, shows=("DL-08",)
    ),
    "lean_back": Fault(22.0, "trunk_inclination", {"lockout": LEANING_BACK}, shows=("DL-09",)),
    "bent_arms": Fault(
        48.0, "left_elbow_flexion", {"bottom": {"forearm": 1}, "lockout": {"forearm": 1}}, shows=("DL-10",)
    ),
    "neck_back": Fault(70.0, None, {"bottom": HEAD_BACK}, shows=("DL-11",)),
    "dropped": Fault(0.0, None, hurry={"bottom": 7.0}, shows=("DL-12",)),
}


def deadlift(body: Body) -> Motion:
    """Lower to a bar on the floor, pull it up, stand, lower it again."""
    standing = posture(thigh=1, shank=1, forearm=3)
    stance = hands_on_bar(ahead_m=0.16)
    low = posture(standing, trunk=73, thigh=74, shank=-16, neck=-14, head=-8)
    return Motion(
        poses={"standing": standing, "bottom": _down_to_the_plates(body, low, stance), "lockout": standing},
        start="standing",
        cycle=(
            Step("bottom", 2.0, 0.5, "eccentric", "turn"),
            Step("lockout", 1.6, 0.6, "concentric", "rest", passing="early_pull"),
        ),
        stance=stance,
        equip=_barbell_on_floor,
        faults=_FAULTS,
        target_m=(0.0, -0.05, 0.85),
        distance_m=3.3,
        height_m=1.0,
    )


def _down_to_the_plates(body: Body, low: Posture, stance: Stance) -> Posture:
    """Raise or lower the thighs until the plates of the bar in the hands just stand on the floor."""
    figure = pose(body, low)
    stance(figure, low)
    too_high_m = float(grip_m(figure) @ UP) - PLATE_RADIUS_M
    cosine = np.cos(np.radians(low["left_thigh"])) - too_high_m / body.length_m("upperleg01.L", "lowerleg01.L")
    return posture(low, thigh=float(np.degrees(np.arccos(cosine))))


def _barbell_on_floor(body: Body, motion: Motion) -> Equipment:
    """Let the bar lie until it is first pulled; where a fault changes the bottom, the plates grow or shrink with it."""
    lying = grip_m(motion.figure(body, motion.poses["bottom"]))

    def barbell_now(figure: Figure, moment: Moment) -> list[Mesh]:
        untouched = moment.rep == 0 or (moment.rep == 1 and moment.phase == "eccentric")
        return [barbell(lying if untouched else grip_m(figure), plate_radius_m=float(lying @ UP))]

    return barbell_now

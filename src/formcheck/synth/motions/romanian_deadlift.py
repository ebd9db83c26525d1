"""The Romanian deadlift."""

from typing import Final

from formcheck.synth.body import Body
from formcheck.synth.equipment import barbell
from formcheck.synth.motions.lifting import (
    ARMS_AHEAD,
    HEAD_BACK,
    LEANING_BACK,
    PLATE_RADIUS_M,
    ROUNDING,
    grip_m,
    hands_on_bar,
)
from formcheck.synth.posture import posture
from formcheck.synth.timeline import Equipment, Fault, Motion, Step

_FAULTS: Final = {
    "rounded": Fault(40.0, "spine_flexion", {"bottom": ROUNDING}, shows=("RD-01",)),
    "squatting": Fault(42.0, "left_knee_flexion", {"bottom": {"thigh": 0.7, "shank": -0.3}}, shows=("RD-02",)),
    "stiff_knees": Fault(33.0, "left_hip_flexion", {"bottom": {"thigh": -1}}, shows=("RD-02",)),
    "shallow": Fault(21.0, "trunk_inclination", {"bottom": {"trunk": -1, "thigh": -0.2}}, shows=("RD-03",)),
    "shins_forward": Fault(36.0, "left_knee_flexion", {"bottom": {"shank": -1}}, shows=("RD-04", "RD-05")),
    "bar_away": Fault(28.0, None, {"bottom": ARMS_AHEAD}, shows=("RD-06",)),
    "lean_back": Fault(22.0, "trunk_inclination", {"top": LEANING_BACK}, shows=("RD-07",)),
    "neck_back": Fault(70.0, None, {"bottom": HEAD_BACK}, shows=("RD-08",)),
    "too_fast": Fault(0.0, None, hurry={"bottom": 7.5}, shows=("RD-09",)),
    "knees_late": Fault(
        52.0,
        "left_knee_flexion",
        {"bottom": {"thigh": 0.7, "shank": -0.3}, "going_down": {"thigh": -0.28, "shank": 0.12}},
        shows=("RD-10", "RD-02"),
    ),
}


def romanian_deadlift(_body: Body) -> Motion:
    """Stand with a bar, let it slide down to below the knees with soft knees, come up."""
    standing = posture(thigh=4, shank=-4, forearm=3)
    low = posture(standing, trunk=72, thigh=25, shank=2, neck=-14, head=-8)
    return Motion(
        poses={"standing": standing, "bottom": low, "top": standing},
        start="standing",
        cycle=(
            Step("bottom", 2.5, 0.3, "eccentric", "turn", passing="going_down"),
            Step("top", 1.5, 0.6, "concentric", "rest"),
        ),
        stance=hands_on_bar(ahead_m=0.13),
        equip=_barbell_in_hands,
        faults=_FAULTS,
        target_m=(0.0, -0.05, 0.85),
        distance_m=3.3,
        height_m=1.0,
    )


def _barbell_in_hands(_body: Body, _motion: Motion) -> Equipment:
    return lambda figure, _moment: [barbell(grip_m(figure), PLATE_RADIUS_M)]

"""The bent-over row."""

from typing import Final

from formcheck.synth.body import Body
from formcheck.synth.equipment import barbell
from formcheck.synth.motions.lifting import HEAD_BACK, PLATE_RADIUS_M, ROUNDING, grip_m
from formcheck.synth.posing import Figure, stand_on_feet
from formcheck.synth.posture import Posture, posture
from formcheck.synth.timeline import Equipment, Fault, Motion, Step

_EVERYWHERE: Final = ("hanging", "pulled", "lowered")
_UPRIGHT: Final = {"trunk": -1, "thigh": -0.4, "neck": 0.2}
_STRAIGHT_LEGS: Final = {"thigh": -0.6, "shank": 0.4}
_AHEAD: Final = {"upper_arm": 1, "forearm": 1}

_FAULTS: Final = {
    "rounded": Fault(40.0, "spine_flexion", {"pulled": ROUNDING, "lowered": ROUNDING}, shows=("BR-01",)),
    "too_upright": Fault(
        44.0,
        "trunk_inclination",
        {"hanging": _UPRIGHT, "lowered": _UPRIGHT, "pulled": {**_UPRIGHT, "upper_arm": 1, "forearm": 0.6}},
        shows=("BR-02",),
    ),
    "body_swing": Fault(
        28.0, "trunk_inclination", {"pulled": {"trunk": -1, "thigh": -0.3, "upper_arm": 1}}, shows=("BR-03",)
    ),
    "short_pull": Fault(48.0, None, {"pulled": {"upper_arm": 1, "forearm": 0.15}}, shows=("BR-04",)),
    "knees_locked": Fault(30.0, "left_knee_flexion", dict.fromkeys(_EVERYWHERE, _STRAIGHT_LEGS), shows=("BR-06",)),
    "pull_high": Fault(52.0, None, {"pulled": {"upper_arm": 0.25, "forearm": 0.7, "arm_out": 1}}, shows=("BR-07",)),
    "neck_back": Fault(70.0, None, dict.fromkeys(_EVERYWHERE, HEAD_BACK), shows=("BR-08",)),
    "weight_forward": Fault(38.0, None, {"hanging": _AHEAD, "lowered": _AHEAD}, shows=("BR-09",)),
    "dropped": Fault(0.0, None, hurry={"lowered": 6.0}, shows=("BR-10",)),
}


def bent_over_row(_body: Body) -> Motion:
    """Stand bent forwards with a bar hanging from the hands, pull it to the lower ribs, let it down again."""
    hanging = posture(trunk=62, thigh=29, shank=1, neck=-14, head=-8, upper_arm=1, forearm=4, hand=2)
    pulled = posture(hanging, upper_arm=-74, forearm=28, arm_out=14)
    return Motion(
        poses={"hanging": hanging, "pulled": pulled, "lowered": hanging},
        start="hanging",
        cycle=(
            Step("pulled", 1.0, 0.4, "concentric", "turn"),
            Step("lowered", 1.6, 0.7, "eccentric", "rest"),
        ),
        stance=_on_both_feet,
        equip=_barbell_in_hands,
        faults=_FAULTS,
        target_m=(0.0, -0.05, 0.85),
        distance_m=3.3,
        height_m=1.0,
    )


def _on_both_feet(figure: Figure, _now: Posture) -> None:
    stand_on_feet(figure)


def _barbell_in_hands(_body: Body, _motion: Motion) -> Equipment:
    return lambda figure, _moment: [barbell(grip_m(figure), PLATE_RADIUS_M)]

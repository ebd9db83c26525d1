"""The squat."""

from typing import Final

from formcheck.synth.body import Body
from formcheck.synth.motions.lifting import HEAD_BACK, ROUNDING
from formcheck.synth.posing import Figure, stand_on_feet
from formcheck.synth.posture import Posture, posture
from formcheck.synth.timeline import Fault, Motion, Step

_FAULTS: Final = {
    "shallow": Fault(35.0, None, {"bottom": {"thigh": -1, "shank": 0.4, "trunk": -0.3}}, shows=("SQ-01",)),
    "chest_drops": Fault(
        16.0, "trunk_inclination", {"bottom": {"trunk": 1, "shank": 0.4, "upper_arm": -0.5}}, shows=("SQ-02", "SQ-03")
    ),
    "hips_first": Fault(
        24.0, "trunk_inclination", {"early_rise": {"trunk": 0.95, "thigh": -0.6, "shank": 0.6}}, shows=("SQ-04",)
    ),
    "rounded": Fault(
        72.0,
        "spine_flexion",
        {"bottom": ROUNDING, "going_down": {"lumbar": -0.3, "thoracic": -0.2}},
        shows=("SQ-05",),
    ),
    "heels_lift": Fault(24.0, None, {"bottom": {"foot": -1, "shank": -0.5}}, shows=("SQ-06",)),
    "dropping": Fault(0.0, None, hurry={"bottom": 5.0}, shows=("SQ-10",)),
    "not_standing_up": Fault(
        42.0, "left_knee_flexion", {"top": {"thigh": 0.6, "shank": -0.4, "trunk": 0.3}}, shows=("SQ-11",)
    ),
    "neck_back": Fault(70.0, None, {"bottom": HEAD_BACK}, shows=("SQ-12",)),
    "knees_cave": Fault(16.0, None, {"bottom": {"knee_in": 1}}, shows=("SQ-08",), view="front"),
    "hips_shift": Fault(
        9.0, None, {"bottom": {"left_leg_out": 1, "right_leg_out": -1}}, shows=("SQ-09",), view="front"
    ),
}


def squat(_body: Body) -> Motion:
    """Squat until the thighs are level, arms stretched forward, and stand up."""
    standing = posture(thigh=1, shank=1, leg_out=6)
    low = posture(standing, trunk=38, thigh=90, shank=-32, neck=-12, head=-10, upper_arm=82, forearm=86, hand=86)
    return Motion(
        poses={"standing": standing, "bottom": low, "top": standing},
        start="standing",
        cycle=(
            Step("bottom", 1.8, 0.3, "eccentric", "turn", passing="going_down"),
            Step("top", 1.5, 0.7, "concentric", "rest", passing="early_rise"),
        ),
        stance=_on_both_feet,
        faults=_FAULTS,
        target_m=(0.0, -0.05, 0.85),
        distance_m=3.3,
        height_m=1.0,
    )


def _on_both_feet(figure: Figure, _now: Posture) -> None:
    stand_on_feet(figure)

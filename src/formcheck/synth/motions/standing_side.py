"""Standing at ease, for a camera at the side."""

from typing import Final

from formcheck.synth.body import Body
from formcheck.synth.posing import Figure, stand_on_feet
from formcheck.synth.posture import Posture, posture
from formcheck.synth.timeline import Fault, Motion, Step

_FAULTS: Final = {
    "head_forward": Fault(
        80.0, "neck_inclination", {"stood": {"thoracic": 0.35, "neck": 0.95, "head": -0.9}}, shows=("PS-01",)
    ),
    "leaning_forward": Fault(27.0, "trunk_inclination", {"stood": {"trunk": 1}}, shows=("PS-02",)),
    "leaning_back": Fault(26.0, "trunk_inclination", {"stood": {"trunk": -1, "lumbar": -0.3}}, shows=("PS-02",)),
    "hips_forward": Fault(
        18.0,
        "trunk_inclination",
        {"stood": {"thigh": -1.0, "shank": -0.9, "trunk": -0.6, "foot": 0.0}},
        shows=("PS-03", "PS-02"),
    ),
    "knees_locked": Fault(32.0, "left_knee_flexion", {"stood": {"thigh": -0.45, "shank": 0.55}}, shows=("PS-04",)),
}


def standing_side(_body: Body) -> Motion:
    """Stand upright and at ease."""
    tall = posture(thigh=1, shank=1, leg_out=4)
    return Motion(
        poses={"tall": tall, "stood": tall},
        start="stood",
        cycle=(Step("stood", 0.5, 4.0, "watch", "watch"),),
        reps=1,
        start_s=1.0,
        end_s=0.5,
        waiting="watch",
        stance=_on_both_feet,
        faults=_FAULTS,
        target_m=(0.0, -0.05, 0.85),
        distance_m=3.3,
        height_m=1.0,
    )


def _on_both_feet(figure: Figure, _now: Posture) -> None:
    stand_on_feet(figure)

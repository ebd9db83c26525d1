"""The plank."""

from typing import Final

import numpy as np

from formcheck.synth.body import Body
from formcheck.synth.posing import (
    ELBOW_RADIUS_M,
    UP,
    Figure,
    arm_lengths_m,
    lean_on_elbows,
    pose,
)
from formcheck.synth.posture import SIDED_CHANNELS, Posture, posture
from formcheck.synth.timeline import Fault, Motion, Step

_FAULTS: Final = {
    "sagging": Fault(
        24.0, "left_hip_flexion", {"held": {"thigh": -1.0, "shank": -1.0, "lumbar": -0.4}}, shows=("PL-01",)
    ),
    "piked": Fault(36.0, "left_hip_flexion", {"held": {"thigh": 1.0, "shank": 1.0}}, shows=("PL-02",)),
    "support_ahead": Fault(48.0, None, {"straight": {"upper_arm": 1}, "held": {"upper_arm": 1}}, shows=("PL-03",)),
    "head_drop": Fault(60.0, None, {"held": {"neck": 1, "head": 0.3}}, shows=("PL-04",)),
    "head_up": Fault(60.0, None, {"held": {"neck": -1, "head": -0.3}}, shows=("PL-04",)),
    "knees_bent": Fault(48.0, "left_knee_flexion", {"held": {"thigh": 0.5, "shank": -0.5}}, shows=("PL-05",)),
    "back_hollows": Fault(40.0, "spine_flexion", {"held": {"lumbar": -1}}, shows=("PL-06",)),
    "shoulders_sink": Fault(48.0, None, {"held": {"upper_arm": 1}}, shows=("PL-07",)),
}


def plank(body: Body) -> Motion:
    """Forearm plank: hold a straight line from shoulders to ankles."""
    straight = posture(trunk=80, thigh=-80, shank=-80, foot=10, leg_out=1, neck=-6, head=-4)
    upper_m, _ = arm_lengths_m(body)
    lying = pose(body, straight)
    lying.shift(-lying.lowest_sole_m() * UP)
    toes = lying.middle_m("foot_index")
    reach_m = float(np.linalg.norm((lying.middle_m("shoulder") - toes)[1:]))
    base_m = float(np.sqrt(reach_m**2 - (upper_m + ELBOW_RADIUS_M - toes[2]) ** 2))

    def stance(figure: Figure, now: Posture) -> None:
        ahead_deg = now["left_upper_arm"] - SIDED_CHANNELS["upper_arm"]
        ahead_m = upper_m * float(np.sin(np.radians(ahead_deg)))
        lean_on_elbows(figure, -base_m / 2.0, base_m / 2.0 + ahead_m)

    return Motion(
        poses={"straight": straight, "held": straight},
        start="straight",
        cycle=(Step("held", 1.0, 4.0, "hold", "hold"), Step("straight", 1.0, 0.0, "hold", "hold")),
        reps=1,
        start_s=1.5,
        end_s=0.5,
        waiting="hold",
        stance=stance,
        faults=_FAULTS,
        target_m=(0.0, -0.1, 0.35),
        distance_m=2.9,
        height_m=0.7,
    )

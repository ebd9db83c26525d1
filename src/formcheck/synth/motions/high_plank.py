"""The plank on the hands."""

from typing import Final

from formcheck.synth.body import Body
from formcheck.synth.motions.leaning import ROUNDS, base_m, put_toes, stand_on_hands, tip_onto
from formcheck.synth.posing import FORWARD, UP, WRIST_HEIGHT_M, Figure, arm_lengths_m, pose
from formcheck.synth.posture import Posture, posture
from formcheck.synth.timeline import Fault, Motion, Step

_FAULTS: Final = {
    "sagging": Fault(
        24.0, "left_hip_flexion", {"held": {"thigh": -1.0, "shank": -1.0, "lumbar": -0.4}}, shows=("PL-01",)
    ),
    "piked": Fault(36.0, "left_hip_flexion", {"held": {"thigh": 1.0, "shank": 1.0}}, shows=("PL-02",)),
}


def high_plank(body: Body) -> Motion:
    """Plank on the hands: arms upright, a straight line from shoulders to ankles."""
    straight = posture(trunk=65, thigh=-65, shank=-65, foot=25, leg_out=1, neck=-6, head=-4)
    arm_m = 0.998 * sum(arm_lengths_m(body))
    lying = pose(body, straight)
    apart_m = base_m(lying, put_toes(lying, 0.0), WRIST_HEIGHT_M, arm_m)

    def stance(figure: Figure, _now: Posture) -> None:
        hands_m = apart_m / 2.0
        for _ in range(ROUNDS):
            toes = put_toes(figure, -apart_m / 2.0)
            tip_onto(figure, toes, hands_m * FORWARD + WRIST_HEIGHT_M * UP, arm_m)
            stand_on_hands(figure, hands_m)

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
        target_m=(0.0, -0.1, 0.4),
        distance_m=2.9,
        height_m=0.7,
    )

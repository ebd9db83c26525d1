"""The forearm plank from the knees."""

from typing import Final

from formcheck.synth.body import Body
from formcheck.synth.motions.leaning import ROUNDS, base_m, put_knees, stand_on_elbows, tip_onto
from formcheck.synth.posing import (
    ELBOW_RADIUS_M,
    FORWARD,
    UP,
    Figure,
    arm_lengths_m,
    bend,
    pose,
    segment,
)
from formcheck.synth.posture import SIDES, Posture, posture
from formcheck.synth.timeline import Fault, Motion, Step

_FAULTS: Final = {
    "sagging": Fault(16.0, "left_hip_flexion", {"held": {"thigh": -1.0, "lumbar": -0.4}}, shows=("PL-01",)),
    "piked": Fault(36.0, "left_hip_flexion", {"held": {"thigh": 1.0}}, shows=("PL-02",)),
}
_BONES: Final = {"left": ("lowerleg01.L", "foot.L"), "right": ("lowerleg01.R", "foot.R")}


def knee_plank(body: Body) -> Motion:
    """Plank on forearms and knees: a straight line from shoulders to knees, the shanks on the floor."""
    straight = posture(trunk=72, thigh=-72, shank=-92, foot=-75, leg_out=1, neck=-6, head=-4)
    upper_m, _ = arm_lengths_m(body)
    lying = pose(body, straight)
    apart_m = base_m(lying, put_knees(lying, 0.0), ELBOW_RADIUS_M, upper_m)

    def stance(figure: Figure, now: Posture) -> None:
        elbows_m = 0.7 * apart_m
        for _ in range(ROUNDS):
            knees = put_knees(figure, elbows_m - apart_m)
            tip_onto(figure, knees, elbows_m * FORWARD + ELBOW_RADIUS_M * UP, upper_m)
            stand_on_elbows(figure, elbows_m)
        _lay_shanks_down(figure, now)

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


def _lay_shanks_down(figure: Figure, now: Posture) -> None:
    """Give shanks and feet back the direction of their channels, which tipping the body has taken along."""
    for side in SIDES:
        shank, foot = _BONES[side]
        figure.aim(shank, foot, segment(now[f"{side}_shank"], side))
        figure.turn(foot, bend(90.0 - now[f"{side}_foot"]))

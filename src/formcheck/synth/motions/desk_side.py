"""Sitting at a desk, for a camera at the side."""

from typing import Final

from formcheck.synth.body import Body
from formcheck.synth.motions.sitting import on_the_seat, stool
from formcheck.synth.posture import posture
from formcheck.synth.timeline import Fault, Motion, Step

_FAULTS: Final = {
    "head_forward": Fault(
        80.0, "neck_inclination", {"at_work": {"thoracic": 0.35, "neck": 0.95, "head": -0.9}}, shows=("DS-01",)
    ),
    "leaning_forward": Fault(
        36.0, "trunk_inclination", {"at_work": {"trunk": 1, "neck": -0.4, "upper_arm": 0.3}}, shows=("DS-03",)
    ),
    "leaning_back": Fault(
        46.0, "trunk_inclination", {"at_work": {"trunk": -1, "neck": 0.8, "upper_arm": -0.2}}, shows=("DS-03",)
    ),
    "slumped": Fault(
        60.0, "spine_flexion", {"at_work": {"lumbar": 0.5, "thoracic": 0.5, "trunk": 0.2}}, shows=("DS-04", "DS-01")
    ),
    "arms_straight": Fault(
        70.0, "left_elbow_flexion", {"at_work": {"forearm": -0.85, "upper_arm": 0.15}}, shows=("DS-06",)
    ),
    "reaching": Fault(
        68.0, "left_shoulder_elevation", {"at_work": {"upper_arm": 1, "forearm": 0.05}}, shows=("DS-07",)
    ),
    "seat_low": Fault(54.0, "left_hip_flexion", {"at_work": {"thigh": 0.9, "shank": 0.1}}, shows=("DS-08",)),
}


def desk_side(_body: Body) -> Motion:
    """Sit upright on a stool with the forearms level, as if there were a desk."""
    tall = posture(trunk=2, thigh=88, shank=2, upper_arm=8, forearm=84, hand=84, arm_out=8)
    return Motion(
        poses={"tall": tall, "at_work": tall},
        start="at_work",
        cycle=(Step("at_work", 0.5, 5.0, "watch", "watch"),),
        reps=1,
        start_s=1.0,
        end_s=0.5,
        waiting="watch",
        stance=on_the_seat,
        equip=stool,
        faults=_FAULTS,
        target_m=(0.0, -0.2, 0.75),
        distance_m=2.6,
        height_m=1.0,
    )

"""The side plank."""

from typing import Final

import numpy as np

from formcheck.synth.body import Body
from formcheck.synth.motions.leaning import LEFT, lie_on_left_elbow, roll_forwards
from formcheck.synth.posing import ELBOW_RADIUS_M, Figure, arm_lengths_m, pose
from formcheck.synth.posture import SIDED_CHANNELS, Posture, posture
from formcheck.synth.timeline import Fault, Motion, Step

_SAG: Final = {"side_bend": -0.5, "left_leg_out": -0.5, "right_leg_out": 0.5}
"""A degree of bend between trunk and legs that lets the lower hip sink."""
_RAISE: Final = {channel: -share for channel, share in _SAG.items()}
_RESTING_BEND_DEG: Final = 42.0

_FAULTS: Final = {
    "hip_sags": Fault(26.0, None, {"held": _SAG}, shows=("SP-01",), view="front"),
    "hip_too_high": Fault(44.0, None, {"held": _RAISE}, shows=("SP-02",), view="front"),
    "elbow_away": Fault(
        75.0, None, {"resting": {"left_upper_arm": 1}, "held": {"left_upper_arm": 1}}, shows=("SP-03",), view="front"
    ),
    "shoulders_rolled": Fault(50.0, None, {"held": {"turn": 1}}, shows=("SP-04",), view="front"),
    "hips_rolled": Fault(60.0, None, {"held": {"turn": -1}}, shows=("SP-05",), view="front"),
    "head_drops": Fault(55.0, None, {"held": {"head_tilt": 1}}, shows=("SP-06",), view="front"),
}


def side_plank(body: Body) -> Motion:
    """Side plank on the left forearm: lift the hip off the floor and hold one line from head to feet."""
    straight = posture(trunk=0, left_leg_out=0, right_leg_out=-7, foot=75)
    bend = {name: straight[name] + _RESTING_BEND_DEG * share for name, share in _SAG.items()}
    upper_m, _ = arm_lengths_m(body)
    upright = pose(body, straight)
    ankle, shoulder = upright.point_m("left_ankle"), upright.point_m("left_shoulder")
    reach_m = float(np.linalg.norm((shoulder - ankle) @ np.array([LEFT, [0.0, 0.0, 1.0]]).T))
    apart_m = float(np.sqrt(reach_m**2 - (upper_m + ELBOW_RADIUS_M) ** 2))

    def stance(figure: Figure, now: Posture) -> None:
        # A trunk turned to the right says that the hips have rolled to the left: the shoulders stay as they are.
        roll_forwards(figure, max(0.0, -now["turn"]))
        aside_deg = now["left_upper_arm"] - SIDED_CHANNELS["upper_arm"]
        aside_m = upper_m * float(np.sin(np.radians(aside_deg)))
        lie_on_left_elbow(figure, -apart_m / 2.0, apart_m / 2.0 + aside_m)

    return Motion(
        poses={"resting": {**straight, **bend}, "held": straight},
        start="resting",
        cycle=(Step("held", 1.0, 4.0, "lift", "hold"), Step("resting", 1.0, 0.0, "lower", "rest")),
        reps=1,
        start_s=1.5,
        end_s=1.5,
        stance=stance,
        faults=_FAULTS,
        target_m=(0.05, 0.0, 0.3),
        distance_m=2.9,
        height_m=0.6,
    )

"""The spinal twist on all fours."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.body.landmarks import Side
from formcheck.synth.body import Body
from formcheck.synth.motions.bird_dog import bird_dog
from formcheck.synth.posing import (
    FORWARD,
    UP,
    WRIST_HEIGHT_M,
    Figure,
    arm_lengths_m,
    kneel,
    pose,
    reach,
    swing_arm,
    turn_hand,
)
from formcheck.synth.posture import SIDES, Posture, mix, posture
from formcheck.synth.timeline import Fault, Motion, Step

Floats = NDArray[np.float64]

_RAISED_DEG: Final = 165.0
"""How far the open arm has swung from hanging down, outwards and up."""
_STRAIGHT: Final = 0.985
"""A straight arm is so much of upper arm and forearm together."""
_LEFT: Final = np.array([1.0, 0.0, 0.0])
_OUTWARD: Final[dict[Side, Floats]] = {"left": _LEFT, "right": -_LEFT}

_FAULTS: Final = {
    # Chest and arm rise only half-way.
    "small_turn": Fault(46.0, None, {"open": {"turn": 1, "trunk": 0.2, "right_hand_planted": 0.006}}, shows=("QT-01",)),
    "hips_shift": Fault(34.0, "left_hip_flexion", {"open": {"thigh": 1}}, shows=("QT-02",)),
}


def quadruped_twist(body: Body) -> Motion:
    """On all fours: swing the right arm out and up to the ceiling, look after it, stay, and come back."""
    all_fours = bird_dog(body).poses["all_fours"]
    rest = pose(body, all_fours)
    kneel(rest)
    spots = {side: rest.point_m(f"{side}_shoulder") * [1.0, 1.0, 0.0] + WRIST_HEIGHT_M * UP for side in SIDES}
    opened = posture(all_fours, turn=-65, head_turn=-25, right_hand_planted=0)

    def stance(figure: Figure, now: Posture) -> None:
        kneel(figure)
        for side in SIDES:
            _place_arm(figure, side, spots[side], 1.0 - now[f"{side}_hand_planted"])

    return Motion(
        poses={"all_fours": all_fours, "open": _propped(body, opened, spots["left"])},
        start="all_fours",
        cycle=(
            Step("open", 1.6, 2.6, "open", "hold"),
            Step("all_fours", 1.4, 0.8, "close", "rest"),
        ),
        reps=1,
        start_s=1.8,
        end_s=0.2,
        stance=stance,
        faults=_FAULTS,
        target_m=(0.0, -0.15, 0.62),
        distance_m=3.3,
        height_m=0.75,
    )


def _propped(body: Body, opened: Posture, hand_m: Floats) -> Posture:
    """Raise the chest until the supporting left arm is straight."""
    low, high = opened, posture(opened, trunk=40)
    for _ in range(10):
        middle = mix(low, high, 0.5)
        figure = pose(body, middle)
        kneel(figure)
        too_low = np.linalg.norm(figure.point_m("left_shoulder") - hand_m) < _STRAIGHT * sum(arm_lengths_m(body))
        low, high = (middle, high) if too_low else (low, middle)
    return low


def _place_arm(figure: Figure, side: Side, spot_m: Floats, free: float) -> None:
    """Keep a hand at its spot on the floor, or swing the arm as far out and up as it is free."""
    if not free:
        reach(figure, side, spot_m, elbow_towards=-FORWARD - UP)
        turn_hand(figure, side, FORWARD, palm=-UP)
        return
    raised = np.radians(_RAISED_DEG * free)
    along = np.sin(raised) * _OUTWARD[side] - np.cos(raised) * UP
    swing_arm(figure, side, along, along)
    turn_hand(figure, side, along, palm=FORWARD)

"""The seated twist."""

from typing import Final

import numpy as np

from formcheck.body.landmarks import other
from formcheck.synth.body import SPINE, Body
from formcheck.synth.mesh import Mesh
from formcheck.synth.motions.furniture import seat
from formcheck.synth.posing import FORWARD, UP, Figure, bend, reach, turn_hand
from formcheck.synth.posture import SIDES, Posture, mirrored, posture
from formcheck.synth.timeline import Equipment, Fault, Moment, Motion, Step

_SEAT_BELOW_HIP_M: Final = 0.11
_HAND_AHEAD_M: Final = {"left": 0.11, "right": 0.15}
"""How far each wrist lies in front of the other side's shoulder: one forearm crosses over the other."""


def _both_ways(**left_per_degree: float) -> dict[str, dict[str, float]]:
    """Write out what a fault adds to the turn to the left, and its mirror image for the turn to the right."""
    nothing = dict.fromkeys(posture(), 0.0)
    left = posture(nothing, **left_per_degree)
    return {"left": dict(left), "right": dict(mirrored(left))}


_FAULTS: Final = {
    "small_turn": Fault(26.0, None, _both_ways(turn=-1), shows=("ST-01",), view="front"),
    # The legs turn back against the pelvis: as the knees point forwards again, it is the pelvis that has turned.
    "hips_turn": Fault(
        36.0,
        None,
        _both_ways(left_leg_out=-0.5, left_knee_in=0.5, right_leg_out=0.5, right_knee_in=-0.5, turn=-0.4),
        shows=("ST-02",),
        view="front",
    ),
    "leaning": Fault(44.0, None, _both_ways(side_bend=1, head_tilt=-0.3), shows=("ST-03",), view="front"),
    "slumping": Fault(
        70.0,
        "spine_flexion",
        _both_ways(lumbar=0.5, thoracic=0.5, trunk=0.32, neck=-0.2, head=-0.2),
        shows=("ST-04",),
        view="front",
    ),
    "shoulders_uneven": Fault(28.0, None, _both_ways(side_bend=-1, head_tilt=0.5), shows=("ST-05",), view="front"),
    "too_fast": Fault(0.0, None, hurry={"left": 5.0, "right": 5.0}, shows=("ST-06",), view="front"),
}


def seated_twist(body: Body) -> Motion:
    """Sit tall on a stool with the hands on the shoulders, turn to one side, stay, come back, then to the other."""
    tall = posture(trunk=1, thigh=88, shank=-2, leg_out=7, knee_in=-7, foot=90)
    left = posture(tall, turn=45, head_turn=12)
    return Motion(
        poses={"tall": tall, "left": left, "right": mirrored(left)},
        start="tall",
        cycle=(
            Step("left", 2.2, 3.0, "turn", "hold"),
            Step("tall", 1.6, 1.0, "return", "rest"),
            Step("right", 2.2, 3.0, "turn", "hold"),
            Step("tall", 1.6, 1.0, "return", "rest"),
        ),
        reps=1,
        start_s=1.8,
        end_s=0.2,
        stance=_on_a_stool,
        equip=_stool,
        faults=_FAULTS,
        target_m=(0.0, -0.1, 0.68),
        distance_m=2.7,
        height_m=0.95,
    )


def _on_a_stool(figure: Figure, _now: Posture) -> None:
    """Put the feet on the floor, the knees ahead, and each hand on the other shoulder."""
    _knees_ahead(figure)
    ankles = figure.middle_m("ankle")
    figure.shift([-ankles[0], -ankles[1], -figure.lowest_sole_m()])
    chest = figure.rotations[figure.body.bone(SPINE[-1])]
    ahead = chest @ FORWARD
    shoulders = {side: figure.point_m(f"{side}_shoulder") for side in SIDES}
    for side in SIDES:
        outwards = shoulders[side] - shoulders[other(side)]
        wrist = shoulders[other(side)] + _HAND_AHEAD_M[side] * ahead + 0.25 * outwards - 0.04 * UP
        reach(figure, side, wrist, elbow_towards=ahead - UP)
        turn_hand(figure, side, 0.3 * UP - outwards, palm=-ahead)


def _knees_ahead(figure: Figure) -> None:
    """Turn the whole figure until its thighs point forwards; the feet go with the knees."""
    thighs = figure.middle_m("knee") - figure.middle_m("hip")
    aside = np.arctan2(thighs @ [1.0, 0.0, 0.0], thighs @ FORWARD)
    cos, sin = np.cos(-aside), np.sin(-aside)
    figure.rotations = np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]]) @ figure.rotations
    for letter in "LR":
        figure.turn(f"foot.{letter}", bend(0.0))


def _stool(body: Body, motion: Motion) -> Equipment:
    hips = motion.figure(body, motion.poses["tall"]).middle_m("hip")
    stool = seat(float(hips @ UP) - _SEAT_BELOW_HIP_M, middle_m=(0.0, float(hips[1])))

    def stool_only(_figure: Figure, _moment: Moment) -> list[Mesh]:
        return [stool]

    return stool_only

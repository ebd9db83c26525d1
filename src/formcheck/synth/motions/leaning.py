"""How a body that is held up from the floor leans on its arms: on the hands, or on one elbow lying on a side."""

from typing import Final

import numpy as np

from formcheck.synth.posing import (
    ELBOW_RADIUS_M,
    FORWARD,
    KNEE_RADIUS_M,
    UP,
    WRIST_HEIGHT_M,
    Figure,
    Floats,
    arm_lengths_m,
    in_profile,
    reach,
    swing_arm,
    turn_hand,
)
from formcheck.synth.posture import SIDES

LEFT: Final = np.array([1.0, 0.0, 0.0])
ROUNDS: Final = 3
"""Shoulder blades and the round tips of shoes move a little while a body is tipped: so often it is put right again."""


def put_toes(figure: Figure, ahead_m: float) -> Floats:
    """Put the shoes on the floor with the toes so far in front of the world's origin; return where the toes are."""
    toes = figure.middle_m("foot_index")
    figure.shift(ahead_m * FORWARD - toes * [1.0, 1.0, 0.0] - figure.lowest_sole_m() * UP)
    return figure.middle_m("foot_index")


def put_knees(figure: Figure, ahead_m: float) -> Floats:
    """Put the knees on the floor so far in front of the world's origin; return where they are."""
    knees = figure.middle_m("knee")
    figure.shift(ahead_m * FORWARD + KNEE_RADIUS_M * UP - knees)
    return figure.middle_m("knee")


def base_m(figure: Figure, pivot_m: Floats, support_m: float, arm_m: float) -> float:
    """Return how far ahead of `pivot_m` an arm stands upright under the shoulders, its end at height `support_m`."""
    reach_m = float(np.linalg.norm((figure.middle_m("shoulder") - pivot_m)[1:]))
    return float(np.sqrt(reach_m**2 - (arm_m + support_m - pivot_m[2]) ** 2))


def tip_onto(figure: Figure, pivot_m: Floats, support_m: Floats, arm_m: float) -> None:
    """Tip a figure around a point until its shoulders are an arm's length away from what supports them."""
    chest = in_profile(figure.middle_m("shoulder") - pivot_m)
    figure.tip(np.degrees(np.angle(chest) - _angle_up(chest, in_profile(support_m - pivot_m), arm_m)), pivot_m)


def stand_on_hands(figure: Figure, wrists_m: float) -> None:
    """Put both hands on the floor so far in front of the world's origin, below the shoulders, fingers forwards."""
    for side in SIDES:
        across = figure.point_m(f"{side}_shoulder") * [1.0, 0.0, 0.0]
        reach(figure, side, across + wrists_m * FORWARD + WRIST_HEIGHT_M * UP, elbow_towards=-FORWARD)
        turn_hand(figure, side, FORWARD, palm=-UP)


def stand_on_elbows(figure: Figure, elbows_m: float) -> None:
    """Put both elbows on the floor so far in front of the world's origin, below the shoulders, forearms forwards."""
    for side in SIDES:
        shoulder = figure.point_m(f"{side}_shoulder")
        elbow = shoulder * [1.0, 0.0, 0.0] + elbows_m * FORWARD + ELBOW_RADIUS_M * UP
        swing_arm(figure, side, elbow - shoulder, FORWARD)
        turn_hand(figure, side, FORWARD, palm=-UP)


def lie_on_left_elbow(figure: Figure, feet_m: float, elbow_m: float) -> None:
    """Lay an upright figure on its left side, feet and left elbow on the floor and the forearm to the front.

    Parameters
    ----------
    figure : Figure
        Changed in place; its head comes to lie where its left was.
    feet_m, elbow_m : float
        Where the left ankle and the left elbow are, in metres to the left of the world's origin.
    """
    upper_m, _ = arm_lengths_m(figure.body)
    _roll_left(figure, 90.0, figure.origin_m)
    for _ in range(ROUNDS):
        ankle = figure.point_m("left_ankle")
        figure.shift(feet_m * LEFT - ankle * [1.0, 1.0, 0.0] - figure.lowest_sole_m() * UP)
        ankle, shoulder = figure.point_m("left_ankle"), figure.point_m("left_shoulder")
        elbow = elbow_m * LEFT + shoulder * [0.0, 1.0, 0.0] + ELBOW_RADIUS_M * UP
        chest = _from_front(shoulder - ankle)
        wanted = _angle_up(chest, _from_front(elbow - ankle), upper_m)
        _roll_left(figure, float(np.degrees(np.angle(chest) - wanted)), ankle)
        swing_arm(figure, "left", elbow - figure.point_m("left_shoulder"), FORWARD)
        turn_hand(figure, "left", FORWARD, palm=-UP)


def roll_forwards(figure: Figure, angle_deg: float) -> None:
    """Turn an upright figure around its long axis to its left: lying on the left side it rolls towards its belly."""
    cos, sin = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    _rotate(figure, np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]]), figure.origin_m)


def _roll_left(figure: Figure, angle_deg: float, about_m: Floats) -> None:
    """Tip the whole figure to its left around an axis from front to back through a point."""
    cos, sin = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    _rotate(figure, np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]]), about_m)


def _rotate(figure: Figure, rotation: Floats, about_m: Floats) -> None:
    figure.rotations = rotation @ figure.rotations
    figure.origin_m = about_m + rotation @ (figure.origin_m - about_m)


def _from_front(vector: Floats) -> complex:
    """Return a vector as seen from the front: to the left as the real part, up as the imaginary part."""
    return complex(vector @ LEFT, vector @ UP)


def _angle_up(chest: complex, support: complex, arm_m: float) -> float:
    """Return the direction in radians that `chest` must have for its end to be an arm's length above `support`."""
    cos = (abs(chest) ** 2 + abs(support) ** 2 - arm_m**2) / (2.0 * abs(chest) * abs(support))
    return float(np.angle(support) + np.arccos(np.clip(cos, -1.0, 1.0)))

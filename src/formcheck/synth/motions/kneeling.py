"""How people kneel: on all fours, and folded over their thighs."""

from typing import Final

import numpy as np

from formcheck.body.landmarks import Side
from formcheck.synth.posing import (
    FORWARD,
    UP,
    WRIST_HEIGHT_M,
    Figure,
    arm_lengths_m,
    kneel,
    plant_hands,
    reach,
    turn_hand,
)
from formcheck.synth.posture import SIDES, Posture

_STRAIGHT: Final = 0.995
"""A straight arm is so much of upper arm and forearm together."""
_LEFT: Final = np.array([1.0, 0.0, 0.0])
_ASIDE: Final[dict[Side, np.ndarray[tuple[int], np.dtype[np.float64]]]] = {"left": _LEFT, "right": -_LEFT}


def kneel_on_hands(figure: Figure, now: Posture, hands_ahead_m: float) -> None:
    """Put knees and hands on the floor.

    Parameters
    ----------
    figure : Figure
        Changed in place.
    now : Posture
        An upper arm that points ahead of straight down takes the hand so far ahead.
    hands_ahead_m : float
        How far the wrists are in front of the knees otherwise.
    """
    kneel(figure)
    further_m = sum(arm_lengths_m(figure.body)) * float(np.sin(np.radians(now["left_upper_arm"])))
    plant_hands(figure, now, hands_ahead_m + further_m)


def kneel_and_reach(figure: Figure, now: Posture) -> None:
    """Put the knees on the floor, and each hand as far as its channel `hand_planted` says.

    Parameters
    ----------
    figure : Figure
        Changed in place.
    now : Posture
        The upper arm's angle says how far the hands on the floor are ahead of the shoulders: 90 as far as they reach.
    """
    kneel(figure)
    arm_m = _STRAIGHT * sum(arm_lengths_m(figure.body))
    for side in SIDES:
        shoulder = figure.point_m(f"{side}_shoulder")
        drop_m = shoulder[2] - WRIST_HEIGHT_M
        ahead_m = np.sin(np.radians(now[f"{side}_upper_arm"])) * np.sqrt(max(arm_m**2 - drop_m**2, 0.0))
        free = figure.point_m(f"{side}_wrist")
        spot = shoulder + ahead_m * FORWARD - drop_m * UP
        planted = now[f"{side}_hand_planted"]
        reach(figure, side, free + planted * (spot - free), elbow_towards=0.5 * _ASIDE[side] - FORWARD + 0.3 * UP)
        turn_hand(figure, side, FORWARD, palm=-UP)

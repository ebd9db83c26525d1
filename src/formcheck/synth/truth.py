"""What is true of a figure: where its landmarks are and which angles its joints have."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formcheck.body.landmarks import Side
from formcheck.synth.body import SPINE
from formcheck.synth.posing import UP, Figure, in_profile
from formcheck.synth.posture import SIDES

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What is true of one rendered picture.

    Attributes
    ----------
    t : float
        Time in seconds.
    phase : str
        What is being done, for example ``concentric``.
    rep : int
        Repetition, from 1; 0 before the first.
    angles : mapping of str to float
        True angles and shares, see `true_angles`.
    landmarks_m : ndarray of shape (33, 3)
        World positions in metres (x to the person's left, y backwards, z up); NaN where the body has no such landmark.
    landmarks_px : ndarray of shape (33, 2)
        The same in the picture; may lie outside it.
    """

    t: float
    phase: str
    rep: int
    angles: Mapping[str, float]
    landmarks_m: Floats
    landmarks_px: Floats


def true_angles(figure: Figure) -> dict[str, float]:
    """Read the angles of a figure from its joints.

    Returns
    -------
    dict of str to float
        In degrees, except where noted:

        - ``trunk_inclination``, ``neck_inclination``: hip to shoulder, and shoulder to ear, to the vertical, seen from
          the side; forward positive.
        - ``spine_flexion``: bend between pelvis and upper spine against standing at ease; forward positive.
        - ``body_line_deviation``: how far the hip is off the line from shoulder to ankle, seen from the side, as a
          share of that line; positive on the back's side.

        For either side, with ``left_`` or ``right_`` in front:

        - ``knee_flexion``, ``elbow_flexion``: 0 straight.
        - ``hip_flexion``: shoulder-hip-knee, seen from the side; 0 straight, negative beyond.
        - ``shoulder_elevation``: upper arm off the trunk; 0 beside it, 180 overhead.
        - ``leg_elevation``, ``arm_elevation``: hip to ankle, and shoulder to wrist, above the horizontal; -90 hangs.
    """
    angles = {
        "trunk_inclination": _inclination_deg(figure.middle_m("shoulder") - figure.middle_m("hip")),
        "neck_inclination": _inclination_deg(figure.middle_m("ear") - figure.middle_m("shoulder")),
        "spine_flexion": _spine_flexion_deg(figure),
        "body_line_deviation": _body_line_deviation(figure),
    }
    for side in SIDES:
        angles |= {f"{side}_{name}": value for name, value in _limb_angles(figure, side).items()}
    return angles


def _limb_angles(figure: Figure, side: Side) -> dict[str, float]:
    shoulder, elbow, wrist, hip, knee, ankle = (
        figure.point_m(f"{side}_{joint}") for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    )
    return {
        "hip_flexion": _inclination_deg(shoulder - hip) - _inclination_deg(hip - knee),
        "knee_flexion": _turn_deg(knee - hip, ankle - knee),
        "elbow_flexion": _turn_deg(elbow - shoulder, wrist - elbow),
        "shoulder_elevation": _turn_deg(hip - shoulder, elbow - shoulder),
        "leg_elevation": _elevation_deg(ankle - hip),
        "arm_elevation": _elevation_deg(wrist - shoulder),
    }


def _turn_deg(first: Floats, second: Floats) -> float:
    """Return the angle between two directions."""
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(first, second)), first @ second)))


def _inclination_deg(upwards: Floats) -> float:
    """Return the angle to the vertical, seen from the side."""
    profile = in_profile(upwards)
    return float(np.degrees(np.arctan2(profile.real, profile.imag)))


def _elevation_deg(outwards: Floats) -> float:
    return float(np.degrees(np.arcsin(outwards @ UP / np.linalg.norm(outwards))))


def _spine_flexion_deg(figure: Figure) -> float:
    relative = figure.rotations[0].T @ figure.rotations[figure.body.bone(SPINE[-1])]
    return float(np.degrees(np.arctan2(relative[2, 1], relative[1, 1])))


def _body_line_deviation(figure: Figure) -> float:
    shoulder, hip, ankle = (in_profile(figure.middle_m(joint)) for joint in ("shoulder", "hip", "ankle"))
    return -float(((hip - shoulder) / (ankle - shoulder)).imag)

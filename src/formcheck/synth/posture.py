"""A posture in numbers: a handful of segment angles that people can read, write, mix and add up."""

from collections.abc import Mapping
from typing import Final

from formcheck.body.landmarks import Side

Posture = Mapping[str, float]
"""Channel name to degrees. Every posture has all `CHANNELS`; `posture` fills in those left out."""

TRUNK_CHANNELS: Final = {
    "trunk": 2.0,  # hip-shoulder line to the vertical, forward positive
    "lumbar": 0.0,  # flexion of the lower spine against standing upright, spread over three vertebral bones
    "thoracic": 0.0,  # flexion of the upper spine, spread over two
    "neck": 0.0,  # flexion against the upper spine
    "head": 0.0,  # flexion against the neck
    "side_bend": 0.0,  # of the spine to the person's left, spread over all its bones
    "turn": 0.0,  # of the upper spine against the pelvis to the person's left, spread over all its bones
    "head_tilt": 0.0,  # of neck and head to the person's left
    "head_turn": 0.0,  # of neck and head to the person's left
}
"""Channels of the trunk, with their values when standing at ease."""

SIDEWAYS: Final = ("side_bend", "turn", "head_tilt", "head_turn")
"""Channels that lead to the person's left, and in the mirror to the right."""

SIDED_CHANNELS: Final = {
    "thigh": 0.0,
    "shank": 0.0,
    "foot": 90.0,  # heel to toe; 90 is flat on the floor
    "leg_out": 3.0,
    "knee_in": 0.0,  # how far the knee caves in: thigh inwards, shank outwards
    "upper_arm": 3.0,
    "forearm": 12.0,
    "hand": 12.0,
    "arm_out": 6.0,
    "hand_planted": 0.0,  # not an angle: 1 keeps the hand at its place on the floor, 0 lets it go
}
"""Channels that each side has, with their values when standing at ease.

A segment's angle runs from hanging straight down (0) forwards (90) to straight up (180); backwards is negative. So knee
flexion is thigh minus shank and elbow flexion is forearm minus upper arm. `leg_out` and `arm_out` lead away from the
midline.
"""

SIDES: Final[tuple[Side, Side]] = ("left", "right")
CHANNELS: Final = (*TRUNK_CHANNELS, *(f"{side}_{name}" for side in SIDES for name in SIDED_CHANNELS))


def both_sides(values: Mapping[str, float]) -> dict[str, float]:
    """Write out values for channels, where a bare ``thigh`` stands for both sides and ``left_thigh`` for one.

    Raises
    ------
    KeyError
        If a name is no channel.
    """
    written: dict[str, float] = {}
    for name, value in values.items():
        if name in SIDED_CHANNELS:
            written |= {f"{side}_{name}": value for side in SIDES if f"{side}_{name}" not in values}
        elif name in CHANNELS:
            written[name] = value
        else:
            raise KeyError(f"no posture channel is called '{name}'")
    return written


def posture(base: Posture | None = None, **degrees: float) -> Posture:
    """Return a posture: `base` (standing at ease if left out) with some channels set.

    Parameters
    ----------
    base : Posture, optional
        What to start from.
    **degrees : float
        Channels to set; a bare name such as ``thigh`` sets both sides.

    Raises
    ------
    KeyError
        If a name is no channel.
    """
    return {**(base or both_sides({**TRUNK_CHANNELS, **SIDED_CHANNELS})), **both_sides(degrees)}


def add(base: Posture, extra: Mapping[str, float], times: float = 1.0) -> Posture:
    """Return `base` with `times` the degrees in `extra` added."""
    return {**base, **{name: base[name] + times * value for name, value in both_sides(extra).items()}}


def mix(start: Posture, end: Posture, share: float) -> Posture:
    """Return the posture at `share` (0 to 1) of the way from one to another."""
    return {name: (1.0 - share) * start[name] + share * end[name] for name in CHANNELS}


def mirrored(base: Posture) -> Posture:
    """Swap left and right."""
    swap = {f"{side}_{name}": f"{other}_{name}" for side, other in (SIDES, SIDES[::-1]) for name in SIDED_CHANNELS}
    return {name: base[swap.get(name, name)] * (-1.0 if name in SIDEWAYS else 1.0) for name in CHANNELS}

"""The forward lunge."""

from typing import Final

import numpy as np

from formcheck.body.landmarks import Side, other
from formcheck.synth.body import Body
from formcheck.synth.posing import FORWARD, UP, Figure, bend, segment
from formcheck.synth.posture import SIDES, Posture, mirrored, posture
from formcheck.synth.timeline import Fault, Motion, Step

_BACK_TOES_M: Final = -0.30
"""Where the foot stands that does not step, in metres in front of the middle of the picture."""


def _low(**per_degree: float) -> dict[str, dict[str, float]]:
    """Write out what a fault adds to both low poses; ``front_...`` and ``back_...`` are channels of either leg."""
    return {
        f"{front}_low": {
            name.replace("front_", f"{front}_").replace("back_", f"{other(front)}_"): add
            for name, add in per_degree.items()
        }
        for front in SIDES
    }


_FAULTS: Final = {
    "shallow": Fault(45.0, None, _low(front_thigh=-1, back_thigh=0.05, back_foot=0.3), shows=("LU-01",)),
    "short_step": Fault(50.0, None, _low(front_shank=-0.85, front_thigh=-0.3, back_thigh=0.45), shows=("LU-02",)),
    "torso_lean": Fault(44.0, "trunk_inclination", _low(trunk=1), shows=("LU-03",)),
    "back_knee_high": Fault(36.0, None, _low(front_thigh=-0.6, back_thigh=-1), shows=("LU-04",)),
    "heel_lifts": Fault(30.0, None, _low(front_foot=-1, front_shank=-0.45), shows=("LU-05",)),
    "knee_caves": Fault(22.0, None, _low(front_knee_in=1), shows=("LU-06",), view="front"),
    "leaning": Fault(26.0, None, _low(side_bend=1), shows=("LU-08",), view="front"),
    "tightrope": Fault(
        11.0,
        None,
        {key: {"leg_out": -1} for key in ("standing", "left_low", "right_low")},
        shows=("LU-09",),
        view="front",
    ),
    "dropping": Fault(0.0, None, hurry={"left_low": 6.0, "right_low": 6.0}, shows=("LU-10",)),
}


def lunge(_body: Body) -> Motion:
    """Step forward, lower the back knee to just above the floor, push back; the left leg first, then the right."""
    standing = posture(thigh=1, shank=-1, leg_out=2)
    low = posture(standing, trunk=8, left_thigh=86, left_shank=-5, right_thigh=-5, right_shank=-95, right_foot=45)
    return Motion(
        poses={"standing": standing, "left_low": low, "right_low": mirrored(low)},
        start="standing",
        cycle=tuple(
            step
            for side in SIDES
            for step in (
                Step(f"{side}_low", 1.8, 0.4, "eccentric", "turn"),
                Step("standing", 1.4, 0.9, "concentric", "rest"),
            )
        ),
        reps=1,
        stance=_step_forward,
        faults=_FAULTS,
        target_m=(0.0, -0.05, 0.85),
        distance_m=3.5,
        height_m=1.0,
    )


def _step_forward(figure: Figure, now: Posture) -> None:
    """Keep both shoes on the floor, and the toes of the back foot where they are."""
    back: Side = min(SIDES, key=lambda side: float(figure.point_m(f"{side}_foot_index") @ FORWARD))
    _lower_toes(figure, back, now, _sole_m(figure, other(back)))
    toes_m = float(figure.point_m(f"{back}_foot_index") @ FORWARD)
    figure.shift((_BACK_TOES_M - toes_m) * FORWARD - figure.lowest_sole_m() * UP)


def _lower_toes(figure: Figure, side: Side, now: Posture, floor_m: float) -> None:
    """Bend a knee until the shoe is at a height."""
    shank, foot = f"lowerleg01.{side[0].upper()}", f"foot.{side[0].upper()}"
    ankle_m = float(figure.point_m(f"{side}_ankle") @ UP)
    drop_m = float(figure.point_m(f"{side}_knee") @ UP) - floor_m - (ankle_m - _sole_m(figure, side))
    out_deg = now[f"{side}_leg_out"] + now[f"{side}_knee_in"]
    cosine = drop_m / (figure.body.length_m(shank, foot) * np.cos(np.radians(out_deg)))
    angle_deg = -float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))
    figure.aim(shank, foot, segment(angle_deg, side, out_deg))
    figure.turn(foot, bend(90.0 - now[f"{side}_foot"]))


def _sole_m(figure: Figure, side: Side) -> float:
    """Return the height of the lowest point of one shoe."""
    foot = figure.body.bone(f"foot.{side[0].upper()}")
    sole = figure.body.soles_m[side] - figure.body.heads_m[foot]
    return float((sole @ figure.rotations[foot].T)[:, 2].min() + figure.positions_m()[foot, 2])

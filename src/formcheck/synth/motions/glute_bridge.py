"""The glute bridge."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.body.landmarks import Side
from formcheck.synth.body import Body
from formcheck.synth.posing import FORWARD, UP, Figure, arm_lengths_m, bend, pose, segment, swing_arm, turn_hand
from formcheck.synth.posture import SIDES, Posture, posture
from formcheck.synth.timeline import Fault, Motion, Step

Floats = NDArray[np.float64]

_UP_THERE: Final = ("top", "stay")


def _adds(keys: tuple[str, ...], **per_degree: float) -> dict[str, dict[str, float]]:
    return dict.fromkeys(keys, per_degree)


def _feet_moved(way: float, lower: float) -> dict[str, dict[str, float]]:
    """Tilt the shanks; knees that come down so need less of a slope for a straight line above them."""
    return {"rest": {"shank": way}} | _adds(_UP_THERE, shank=way, trunk=lower, neck=-0.9 * lower)


_FAULTS: Final = {
    "hips_low": Fault(11.5, "trunk_inclination", _adds(_UP_THERE, trunk=1.0, neck=-0.9), shows=("GB-01",)),
    "over_arched": Fault(
        14.0, "trunk_inclination", _adds(_UP_THERE, trunk=-1.0, neck=0.9, lumbar=-1.6), shows=("GB-02",)
    ),
    "feet_far": Fault(58.0, None, _feet_moved(1.0, 0.12), shows=("GB-03",)),
    "feet_close": Fault(42.0, None, _feet_moved(-1.0, 0.2), shows=("GB-03",)),
    "no_pause": Fault(0.0, None, hurry={"top": 2.0, "stay": 20.0, "rest": 1.8}, shows=("GB-04",)),
    "dropped": Fault(0.0, None, hurry={"rest": 5.0}, shows=("GB-05",)),
}


def glute_bridge(body: Body) -> Motion:
    """Lie on the back with bent legs, lift the hips into line with shoulders and knees, stay, and come down slowly."""
    shank_m = body.length_m("lowerleg01.L", "foot.L")
    ankle_m = _ankle_height_m(body)
    rest, top = _postures(body, ankle_m)
    highest = pose(body, top)
    _lie(highest)
    feet_m = float(highest.middle_m("knee") @ FORWARD)

    def stance(figure: Figure, now: Posture) -> None:
        _lie(figure)
        for side in SIDES:
            ahead_m = feet_m + shank_m * float(np.sin(np.radians(now[f"{side}_shank"] - top[f"{side}_shank"])))
            hip = figure.point_m(f"{side}_hip")
            ankle = np.array([hip[0], 0.0, ankle_m]) + ahead_m * FORWARD
            _plant_leg(figure, side, ankle)
            _rest_arm(figure, side)

    return Motion(
        poses={"rest": rest, "top": top, "stay": top},
        start="rest",
        cycle=(
            Step("top", 1.5, 0.0, "raise", "hold"),
            Step("stay", 1.5, 0.0, "hold", "hold"),
            Step("rest", 1.8, 0.8, "lower", "rest"),
        ),
        reps=2,
        start_s=1.5,
        end_s=0.4,
        stance=stance,
        faults=_FAULTS,
        target_m=(0.0, -0.1, 0.3),
        distance_m=2.8,
        height_m=0.6,
    )


def _postures(body: Body, ankle_m: float) -> tuple[Posture, Posture]:
    """Return lying flat, and hips so high that trunk and thigh are one line down from the knees over the ankles."""
    flat = posture(trunk=-90, neck=4, thigh=125, shank=90, leg_out=0, upper_arm=95, forearm=95, hand=95)
    lying = pose(body, flat)
    _lie(lying)
    shoulder, hip, knee = (lying.middle_m(joint) for joint in ("shoulder", "hip", "knee"))
    line_m = float(np.linalg.norm(shoulder - hip) + np.linalg.norm(hip - knee))
    rise_m = ankle_m + body.length_m("lowerleg01.L", "foot.L") - shoulder[2]
    slope_deg = float(np.degrees(np.arcsin(rise_m / line_m)))
    raised_deg = slope_deg - 3.0  # the shoulders themselves rise a little when the upper back rolls onto them
    return flat, posture(flat, trunk=-90 - raised_deg, neck=4 + 0.9 * raised_deg, thigh=90 + raised_deg)


def _lie(figure: Figure) -> None:
    """Put the lowest point of the back on the floor, and the shoulders at their place on it."""
    shoulders = figure.middle_m("shoulder")
    figure.shift(-0.65 * FORWARD - shoulders * [0.0, 1.0, 0.0] - figure.mesh().vertices[:, 2].min() * UP)


def _ankle_height_m(body: Body) -> float:
    standing = pose(body, posture())
    return float(standing.middle_m("ankle")[2] - standing.lowest_sole_m())


def _plant_leg(figure: Figure, side: Side, ankle_m: Floats) -> None:
    """Bend a leg so that its foot stands flat with the ankle at a point and the knee points up."""
    letter = side[0].upper()
    upper, lower, foot = f"upperleg01.{letter}", f"lowerleg01.{letter}", f"foot.{letter}"
    thigh_m, shank_m = figure.body.length_m(upper, lower), figure.body.length_m(lower, foot)
    away = ankle_m - figure.point_m(f"{side}_hip")
    distance_m = min(float(np.linalg.norm(away)), 0.9999 * (thigh_m + shank_m))
    line = away / np.linalg.norm(away)
    cos = (thigh_m**2 + distance_m**2 - shank_m**2) / (2.0 * thigh_m * distance_m)
    aside = UP - (UP @ line) * line
    to_knee = thigh_m * (cos * line + np.sqrt(1.0 - cos**2) * aside / np.linalg.norm(aside))
    figure.aim(upper, lower, to_knee)
    figure.aim(lower, foot, line * distance_m - to_knee)
    figure.turn(foot, bend(0.0))


def _rest_arm(figure: Figure, side: Side) -> None:
    """Lay an arm on the floor beside the trunk, palm down."""
    upper_m, fore_m = arm_lengths_m(figure.body)
    drop_m = figure.point_m(f"{side}_shoulder")[2] - 0.04
    down_deg = float(np.degrees(np.arcsin(np.clip(drop_m / (upper_m + fore_m), 0.0, 1.0))))
    along = segment(90.0 - down_deg, side, 14.0)
    swing_arm(figure, side, along, along)
    turn_hand(figure, side, segment(90.0, side, 14.0), palm=-UP)

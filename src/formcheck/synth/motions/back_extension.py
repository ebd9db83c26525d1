"""The back extension lying on the belly, also called superman."""

from typing import Final

from formcheck.synth.body import Body
from formcheck.synth.posing import FORWARD, UP, Figure, segment, turn_hand
from formcheck.synth.posture import SIDES, Posture, posture
from formcheck.synth.timeline import Fault, Motion, Step

_UP_THERE: Final = ("lifted", "stay")


def _lifted(**per_degree: float) -> dict[str, dict[str, float]]:
    return dict.fromkeys(_UP_THERE, per_degree)


_FAULTS: Final = {
    "too_high": Fault(26.0, "trunk_inclination", _lifted(trunk=-1, lumbar=-1, thoracic=-0.5), shows=("BE-01",)),
    "legs_high": Fault(24.0, "left_leg_elevation", _lifted(thigh=-1, shank=-1, foot=-1), shows=("BE-02",)),
    "neck_cranked": Fault(48.0, None, _lifted(neck=-1, head=-0.4), shows=("BE-03",)),
    "jerky": Fault(0.0, None, hurry={"lifted": 8.0}, shows=("BE-04",)),
    "short_hold": Fault(0.0, None, hurry={"stay": 12.0}, shows=("BE-05",)),
    "knees_bent": Fault(55.0, "left_knee_flexion", _lifted(shank=-1, foot=-1), shows=("BE-07",)),
    "full_superman": Fault(
        12.0,
        "left_leg_elevation",
        {
            "prone": {"upper_arm": 14.6, "forearm": 14.6, "hand": 14.6},
            **_lifted(thigh=-1, shank=-1, foot=-1, upper_arm=15.5, forearm=15.5, hand=15.5),
        },
        shows=("BE-08",),
    ),
}


def back_extension(body: Body) -> Motion:
    """Lie on the belly, lift chest and legs a little, hold, and come down."""
    prone = posture(
        trunk=90,
        thigh=-85,
        shank=-86,
        foot=-74,
        leg_out=4,
        upper_arm=-86,
        forearm=-86,
        hand=-88,
        arm_out=14,
        neck=-6,
    )
    lifted = posture(
        prone, trunk=74, lumbar=-14, thoracic=-8, thigh=-94, shank=-94, foot=-82, upper_arm=-92, forearm=-92, neck=-4
    )
    return Motion(
        poses={"prone": prone, "lifted": lifted, "stay": lifted},
        start="prone",
        cycle=(
            Step("lifted", 1.5, 0.0, "raise", "hold"),
            Step("stay", 3.5, 0.0, "hold", "hold"),
            Step("prone", 1.5, 0.8, "lower", "rest"),
        ),
        reps=1,
        start_s=1.5,
        end_s=0.6,
        stance=_lie,
        faults=_FAULTS,
        target_m=(0.0, -0.1, 0.25),
        distance_m=3.3,
        height_m=0.6,
    )


def _lie(figure: Figure, now: Posture) -> None:
    """Put the lowest point of the body on the floor, the hips over the world's origin, and the palms down."""
    for side in SIDES:
        turn_hand(figure, side, segment(now[f"{side}_hand"], side, now[f"{side}_arm_out"]), palm=-UP)
    hips = figure.middle_m("hip")
    figure.shift(-(hips @ FORWARD) * FORWARD - figure.mesh().vertices[:, 2].min() * UP)

"""Walking on a treadmill."""

from typing import Final

from formcheck.synth.body import Body
from formcheck.synth.posing import Figure, stand_on_feet
from formcheck.synth.posture import Posture, mirrored, posture
from formcheck.synth.timeline import Fault, Motion, Step

_STRIDES: Final = 7
"""In one repetition: long enough to be judged."""
_PHASES: Final = ("left_contact", "left_carries", "right_contact", "right_carries")


def _always(**per_degree: float) -> dict[str, dict[str, float]]:
    return dict.fromkeys(_PHASES, per_degree)


_FAULTS: Final = {
    "leaning_forward": Fault(26.0, "trunk_inclination", _always(trunk=1, neck=-0.5), shows=("WK-01",)),
    "leaning_back": Fault(28.0, "trunk_inclination", _always(trunk=-1, neck=0.5), shows=("WK-01",)),
    "head_forward": Fault(80.0, "neck_inclination", _always(thoracic=0.35, neck=0.95, head=-0.9), shows=("WK-02",)),
    "looking_down": Fault(60.0, None, _always(neck=0.6, head=0.4), shows=("WK-03",)),
    "limping": Fault(0.0, None, hurry={"right_carries": 1.6, "left_contact": 1.6}, shows=("WK-04",)),
    "stiff_arms": Fault(
        20.0,
        None,
        {
            "left_contact": {"left_upper_arm": 1, "left_forearm": 1, "right_upper_arm": -1, "right_forearm": -1},
            "right_contact": {"left_upper_arm": -1, "left_forearm": -1, "right_upper_arm": 1, "right_forearm": 1},
        },
        shows=("WK-05",),
    ),
    "slow": Fault(0.0, None, hurry=dict.fromkeys(_PHASES, 0.6), shows=("WK-07",)),
    "swaying": Fault(
        26.0,
        None,
        {"left_carries": {"side_bend": 1}, "right_carries": {"side_bend": -1}},
        shows=("WK-06",),
        view="front",
    ),
}


def walking(_body: Body) -> Motion:
    """Walk in place: each foot by turns far ahead with straight legs, and carrying with the other leg passing."""
    contact = posture(
        trunk=3,
        left_thigh=24,
        left_shank=20,
        left_foot=104,
        right_thigh=-16,
        right_shank=-36,
        right_foot=62,
        leg_out=2,
        left_upper_arm=-18,
        left_forearm=-8,
        right_upper_arm=22,
        right_forearm=36,
    )
    carries = posture(
        trunk=3,
        left_thigh=3,
        left_shank=-2,
        right_thigh=18,
        right_shank=-40,
        right_foot=70,
        leg_out=2,
        upper_arm=2,
        forearm=12,
    )
    poses: dict[str, Posture] = {
        "left_contact": contact,
        "left_carries": carries,
        "right_contact": mirrored(contact),
        "right_carries": mirrored(carries),
    }
    return Motion(
        poses=poses,
        start="right_carries",
        cycle=tuple(Step(name, 0.27, 0.0, "walk", "walk") for _ in range(_STRIDES) for name in _PHASES),
        reps=1,
        start_s=0.1,
        end_s=0.1,
        waiting="walk",
        stance=_on_the_belt,
        faults=_FAULTS,
        target_m=(0.0, -0.05, 0.85),
        distance_m=3.3,
        height_m=1.0,
    )


def _on_the_belt(figure: Figure, _now: Posture) -> None:
    """Stand on the lower foot, with the hips over the world's origin: the belt moves, not the person."""
    stand_on_feet(figure)
    hips = figure.middle_m("hip")
    figure.shift([-hips[0], -hips[1], 0.0])

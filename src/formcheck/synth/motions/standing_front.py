"""Standing at ease, for a camera in front."""

from typing import Final

from formcheck.synth.body import Body
from formcheck.synth.posing import Figure, stand_on_feet
from formcheck.synth.posture import Posture, posture
from formcheck.synth.timeline import Fault, Motion, Step

_FAULTS: Final = {
    "shoulders_uneven": Fault(
        22.0, None, {"stood": {"side_bend": 1, "head_tilt": -0.9}}, shows=("PF-01", "PF-04"), view="front"
    ),
    "head_tilted": Fault(26.0, None, {"stood": {"head_tilt": 1}}, shows=("PF-03",), view="front"),
    "leaning": Fault(30.0, None, {"stood": {"side_bend": 1}}, shows=("PF-04", "PF-01"), view="front"),
    "weight_on_one_leg": Fault(
        9.0, None, {"stood": {"left_leg_out": 1, "right_leg_out": -1}}, shows=("PF-05",), view="front"
    ),
}


def standing_front(_body: Body) -> Motion:
    """Stand upright and at ease, both feet alike."""
    tall = posture(thigh=1, shank=1, leg_out=5)
    return Motion(
        poses={"tall": tall, "stood": tall},
        start="stood",
        cycle=(Step("stood", 0.5, 4.0, "watch", "watch"),),
        reps=1,
        start_s=1.0,
        end_s=0.5,
        waiting="watch",
        stance=_on_both_feet,
        faults=_FAULTS,
        target_m=(0.0, -0.05, 0.85),
        distance_m=3.3,
        height_m=1.0,
    )


def _on_both_feet(figure: Figure, _now: Posture) -> None:
    stand_on_feet(figure)

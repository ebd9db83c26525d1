"""Sitting at a desk, for a camera above the screen."""

from typing import Final

from formcheck.synth.body import Body
from formcheck.synth.motions.sitting import on_the_seat, stool
from formcheck.synth.posture import posture
from formcheck.synth.timeline import Fault, Motion, Step

_FAULTS: Final = {
    "head_forward": Fault(
        45.0,
        "neck_inclination",
        {"at_work": {"thoracic": 0.3, "neck": 1.0, "head": -1.1}},
        shows=("DF-01",),
        view="front",
    ),
    "leaning_in": Fault(
        22.0, "trunk_inclination", {"at_work": {"trunk": 1, "neck": -0.8}}, shows=("DF-02",), view="front"
    ),
    "sinking": Fault(
        60.0,
        None,
        {"at_work": {"thigh": 0.35, "shank": 0.1, "lumbar": 0.4, "thoracic": 0.3, "neck": -0.2}},
        shows=("DF-03", "DF-04"),
        view="front",
    ),
    "chin_down": Fault(
        60.0, "neck_inclination", {"at_work": {"thoracic": 0.4, "neck": 0.7}}, shows=("DF-04", "DF-03"), view="front"
    ),
    "shoulders_uneven": Fault(
        22.0, None, {"at_work": {"side_bend": 1, "head_tilt": -0.9}}, shows=("DF-05",), view="front"
    ),
    "head_tilted": Fault(26.0, None, {"at_work": {"head_tilt": 1}}, shows=("DF-06",), view="front"),
    "looking_down": Fault(38.0, None, {"at_work": {"head": 0.5, "neck": 0.5}}, shows=("DF-08",), view="front"),
    "leaning_sideways": Fault(
        26.0, None, {"at_work": {"side_bend": 1, "head_tilt": -0.4}}, shows=("DF-09", "DF-05"), view="front"
    ),
}


def desk_front(_body: Body) -> Motion:
    """Sit upright, look into the camera above the screen, forearms on a desk that is not in the picture."""
    tall = posture(trunk=2, thigh=88, shank=2, upper_arm=14, forearm=84, hand=84, arm_out=10)
    return Motion(
        poses={"tall": tall, "at_work": tall},
        start="at_work",
        cycle=(Step("at_work", 0.5, 4.0, "watch", "watch"),),
        reps=1,
        start_s=1.0,
        end_s=0.5,
        waiting="watch",
        stance=on_the_seat,
        equip=stool,
        faults=_FAULTS,
        target_m=(0.0, -0.05, 1.12),
        distance_m=0.85,
        height_m=1.22,
    )

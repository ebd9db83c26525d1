"""The child's pose."""

from typing import Final

from formcheck.synth.body import Body
from formcheck.synth.motions.kneeling import kneel_and_reach
from formcheck.synth.posing import pose
from formcheck.synth.posture import Posture, posture
from formcheck.synth.timeline import Fault, Motion, Step

_BENT: Final = {"trunk": 90.0, "lumbar": 24.0, "thoracic": 8.0, "neck": -28.0, "head": -12.0}
_STEPS: Final = 20
_SOFT_M: Final = 0.01
"""How deep skin and hair give way on the floor."""


def _down(**per_degree: float) -> dict[str, dict[str, float]]:
    return dict.fromkeys(("folded", "settled"), per_degree)


_FAULTS: Final = {
    "hips_high": Fault(40.0, "left_knee_flexion", _down(thigh=-1, trunk=0.3), shows=("CP-01",)),
    "chest_high": Fault(44.0, "trunk_inclination", _down(trunk=-1, neck=-0.3), shows=("CP-02",)),
    "head_up": Fault(60.0, None, _down(neck=-1, head=-0.4, trunk=-0.2), shows=("CP-03",)),
    "arms_short": Fault(70.0, None, _down(upper_arm=-1), shows=("CP-04",)),
    "restless": Fault(14.0, "left_knee_flexion", {"settled": {"thigh": -1}}, shows=("CP-05",)),
}


def child_pose(body: Body) -> Motion:
    """Sit on the heels, fold forwards until the forehead is near the floor, arms ahead, and rest."""
    sitting = posture(
        trunk=6, thigh=56, shank=-88, foot=-80, leg_out=6, lumbar=8, upper_arm=10, forearm=50, hand=60, arm_out=4
    )
    folded = _folded(body, posture(sitting, **_BENT, upper_arm=80, forearm=85, hand=90, hand_planted=1))
    return Motion(
        poses={"sitting": sitting, "folded": folded, "settled": folded},
        start="sitting",
        cycle=(
            Step("folded", 1.2, 1.2, "fold", "hold"),
            *(Step(to, 0.5, 0.3, "hold", "hold") for to in ("settled", "folded", "settled", "folded", "settled")),
            Step("sitting", 0.6, 0.6, "rise", "rest"),
        ),
        reps=1,
        start_s=0.8,
        end_s=0.2,
        stance=kneel_and_reach,
        faults=_FAULTS,
        target_m=(0.0, -0.1, 0.35),
        distance_m=2.8,
        height_m=0.6,
    )


def _folded(body: Body, bent: Posture) -> Posture:
    """Lower the trunk until the forehead rests on the floor."""
    trunk_deg = bent["trunk"]
    for _ in range(_STEPS):
        lower = posture(bent, trunk=trunk_deg + 1.0)
        figure = pose(body, lower)
        kneel_and_reach(figure, lower)
        if figure.mesh().vertices[:, 2].min() < -_SOFT_M:
            break
        trunk_deg += 1.0
    return posture(bent, trunk=trunk_deg)

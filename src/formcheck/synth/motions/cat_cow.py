"""The cat-cow."""

from typing import Final

from formcheck.synth.body import Body
from formcheck.synth.motions.bird_dog import bird_dog
from formcheck.synth.motions.kneeling import kneel_on_hands
from formcheck.synth.posing import FORWARD, Figure, kneel, pose
from formcheck.synth.posture import Posture, posture
from formcheck.synth.timeline import Fault, Motion, Step

_CAT: Final = {"lumbar": 40.0, "thoracic": 25.0, "neck": 15.0, "head": 10.0}
_COW: Final = {"lumbar": -30.0, "thoracic": -15.0, "neck": -20.0, "head": -15.0}
_FLAT_CAT: Final = {"lumbar": -40 / 65, "thoracic": -25 / 65, "neck": 35 / 65}
"""Takes the bend of the cat out of the back, degree by degree; the neck makes up for part of it."""
_FLAT_COW: Final = {"lumbar": 30 / 45, "thoracic": 15 / 45, "neck": -25 / 45}
_PUSH_DEG: Final = 2.5
"""The hands push the rounded back up: the trunk is shorter then, and the arms stay straight."""


def _always(**per_degree: float) -> dict[str, dict[str, float]]:
    return dict.fromkeys(("all_fours", "cat", "cow"), per_degree)


_FAULTS: Final = {
    "small_cat": Fault(60.0, "spine_flexion", {"cat": _FLAT_CAT}, shows=("CC-01",)),
    "small_cow": Fault(45.0, "spine_flexion", {"cow": _FLAT_COW}, shows=("CC-02",)),
    "hips_ahead": Fault(34.0, None, _always(thigh=-1, upper_arm=0.75, trunk=-0.28), shows=("CC-03",)),
    "hands_ahead": Fault(36.0, None, _always(upper_arm=1), shows=("CC-04",)),
    "elbows_bend": Fault(12.0, None, {"cat": {"trunk": 1}, "cow": {"trunk": 1}}, shows=("CC-05",)),
    "too_fast": Fault(0.0, None, hurry={"cat": 8.0, "cow": 8.0, "all_fours": 4.0}, shows=("CC-06",)),
    "head_only": Fault(
        65.0,
        "spine_flexion",
        {"cat": _FLAT_CAT, "cow": {name: share * 45 / 65 for name, share in _FLAT_COW.items()}},
        shows=("CC-07",),
    ),
    "rocking": Fault(22.0, None, {"cat": {"thigh": 1}, "cow": {"thigh": -1}}, shows=("CC-08",)),
}


def cat_cow(body: Body) -> Motion:
    """On all fours: round the back with the chin to the chest, then let the belly sink and look up."""
    all_fours = bird_dog(body).poses["all_fours"]
    trunk_deg = all_fours["trunk"]
    rest = pose(body, all_fours)
    kneel(rest)
    hands_ahead_m = float(rest.middle_m("shoulder") @ FORWARD)

    def stance(figure: Figure, now: Posture) -> None:
        kneel_on_hands(figure, now, hands_ahead_m)

    return Motion(
        poses={
            "all_fours": all_fours,
            "cat": posture(all_fours, **_CAT, trunk=trunk_deg - _PUSH_DEG),
            "cow": posture(all_fours, **_COW),
        },
        start="all_fours",
        cycle=(
            Step("cat", 1.4, 0.3, "round", "cat"),
            Step("cow", 2.2, 0.3, "hollow", "cow"),
            Step("all_fours", 1.2, 0.2, "return", "rest"),
        ),
        reps=1,
        start_s=1.6,
        end_s=0.4,
        stance=stance,
        faults=_FAULTS,
        target_m=(0.0, -0.15, 0.4),
        distance_m=2.8,
        height_m=0.6,
    )

"""The exercises that the rendered people can do.

To add one, write a function like `deadlift` and enter it in `MOTIONS`; nothing else needs to change.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.errors import ExerciseError
from formcheck.synth.body import Body
from formcheck.synth.equipment import barbell
from formcheck.synth.mesh import Mesh
from formcheck.synth.posing import (
    ELBOW_RADIUS_M,
    FORWARD,
    KNEE_RADIUS_M,
    UP,
    WRIST_HEIGHT_M,
    Figure,
    arm_lengths_m,
    hang_hands,
    kneel,
    lean_on_elbows,
    plant_hands,
    pose,
    stand_on_feet,
)
from formcheck.synth.posture import SIDED_CHANNELS, SIDES, Posture, mirrored, posture
from formcheck.synth.timeline import Equipment, Fault, Moment, Motion, Stance, Step

Floats = NDArray[np.float64]

_ROUNDING = {"lumbar": 0.6, "thoracic": 0.4}
"""A rounded back: trunk inclination stays, the spine between hip and shoulder bends."""
_LEANING_BACK = {"trunk": -1, "lumbar": -0.4, "neck": 0.3, "thigh": -0.25, "shank": -0.25}
_GRIP_APART_M = 0.56
_BAR_BELOW_WRIST_M = 0.09
_PLATE_RADIUS_M = 0.14
"""Small ones: large plates hide the hips when standing."""


def deadlift(body: Body) -> Motion:
    """Lower to a bar on the floor, pull it up, stand, lower it again."""
    standing = posture(thigh=1, shank=1, forearm=3)
    stance = _hands_on_bar(ahead_m=0.16)
    low = posture(standing, trunk=73, thigh=74, shank=-16, neck=-14, head=-8)
    return Motion(
        poses={"standing": standing, "bottom": _down_to_the_plates(body, low, stance), "lockout": standing},
        start="standing",
        cycle=(
            Step("bottom", 2.0, 0.5, "eccentric", "turn"),
            Step("lockout", 1.6, 0.6, "concentric", "rest", passing="early_pull"),
        ),
        stance=stance,
        equip=_barbell_on_floor,
        faults={
            "rounded": Fault(40.0, "spine_flexion", {"bottom": _ROUNDING}),
            "hips_first": Fault(15.0, "trunk_inclination", {"early_pull": {"trunk": 1, "thigh": -1, "shank": 0.6}}),
            "lean_back": Fault(22.0, "trunk_inclination", {"lockout": _LEANING_BACK}),
            "bent_arms": Fault(40.0, "left_elbow_flexion", {"bottom": {"forearm": 1}, "lockout": {"forearm": 1}}),
        },
        target_m=(0.0, -0.05, 0.85),
        distance_m=3.3,
        height_m=1.0,
    )


def romanian_deadlift(_body: Body) -> Motion:
    """Stand with a bar, let it slide down to below the knees with soft knees, come up."""
    standing = posture(thigh=4, shank=-4, forearm=3)
    return Motion(
        poses={"standing": standing, "bottom": posture(standing, trunk=72, thigh=25, shank=2, neck=-14, head=-8)},
        start="standing",
        cycle=(Step("bottom", 2.5, 0.3, "eccentric", "turn"), Step("standing", 1.5, 0.6, "concentric", "rest")),
        stance=_hands_on_bar(ahead_m=0.13),
        equip=_barbell_in_hands,
        faults={
            "rounded": Fault(40.0, "spine_flexion", {"bottom": _ROUNDING}),
            "squatting": Fault(42.0, "left_knee_flexion", {"bottom": {"thigh": 0.7, "shank": -0.3}}),
            "shallow": Fault(38.0, "trunk_inclination", {"bottom": {"trunk": -1, "thigh": -0.2}}),
        },
        target_m=(0.0, -0.05, 0.85),
        distance_m=3.3,
        height_m=1.0,
    )


def _down_to_the_plates(body: Body, low: Posture, stance: Stance) -> Posture:
    """Raise or lower the thighs until the plates of the bar in the hands just stand on the floor."""
    figure = pose(body, low)
    stance(figure, low)
    too_high_m = float(_grip_m(figure) @ UP) - _PLATE_RADIUS_M
    cosine = np.cos(np.radians(low["left_thigh"])) - too_high_m / body.length_m("upperleg01.L", "lowerleg01.L")
    return posture(low, thigh=float(np.degrees(np.arccos(cosine))))


def _hands_on_bar(ahead_m: float) -> Stance:
    """Stand with both hands on a bar that moves up and down in front of the ankles."""

    def stance(figure: Figure, now: Posture) -> None:
        stand_on_feet(figure)
        hang_hands(figure, now, ahead_m=ahead_m, apart_m=_GRIP_APART_M)

    return stance


def _barbell_in_hands(_body: Body, _motion: Motion) -> Equipment:
    return lambda figure, _moment: [barbell(_grip_m(figure), _PLATE_RADIUS_M)]


def _barbell_on_floor(body: Body, motion: Motion) -> Equipment:
    """Let the bar lie until it is first pulled; where a fault changes the bottom, the plates grow or shrink with it."""
    lying = _grip_m(motion.figure(body, motion.poses["bottom"]))

    def barbell_now(figure: Figure, moment: Moment) -> list[Mesh]:
        untouched = moment.rep == 0 or (moment.rep == 1 and moment.phase == "eccentric")
        return [barbell(lying if untouched else _grip_m(figure), plate_radius_m=float(lying @ UP))]

    return barbell_now


def _grip_m(figure: Figure) -> Floats:
    return np.asarray(figure.middle_m("wrist") - _BAR_BELOW_WRIST_M * UP)


def _all_fours(body: Body) -> Posture:
    """Hands under the shoulders, knees under the hips; the arms are longer than the thighs, so the trunk slopes."""
    upper_m, fore_m = arm_lengths_m(body)
    thigh_m = body.length_m("upperleg01.L", "lowerleg01.L")
    rest = Figure(body)
    trunk_m = float(np.linalg.norm(rest.middle_m("shoulder") - rest.middle_m("hip")))
    rise_m = WRIST_HEIGHT_M + 0.99 * (upper_m + fore_m) - KNEE_RADIUS_M - thigh_m
    return posture(
        trunk=float(np.degrees(np.arccos(rise_m / trunk_m))),
        neck=-10,
        thigh=0,
        shank=-88,
        foot=-80,
        leg_out=1,
        upper_arm=0,
        forearm=4,
        hand=88,
        arm_out=0,
        hand_planted=1,
    )


def bird_dog(body: Body) -> Motion:
    """On all fours: stretch one arm and the opposite leg, hold, come back, and change sides."""
    all_fours = _all_fours(body)
    left_leg = posture(
        all_fours,
        left_thigh=-89,
        left_shank=-89,
        left_foot=-12,
        right_upper_arm=94,
        right_forearm=96,
        right_hand=92,
        right_hand_planted=0,
    )
    rest = pose(body, all_fours)
    kneel(rest)
    hands_ahead_m = float(rest.middle_m("shoulder") @ FORWARD)

    def stance(figure: Figure, now: Posture) -> None:
        kneel(figure)
        plant_hands(figure, now, hands_ahead_m)

    return Motion(
        poses={"all_fours": all_fours, "left_leg": left_leg, "right_leg": mirrored(left_leg)},
        start="all_fours",
        cycle=(
            Step("left_leg", 1.2, 3.2, "raise", "hold"),
            Step("all_fours", 1.0, 0.8, "lower", "rest"),
            Step("right_leg", 1.2, 3.2, "raise", "hold"),
            Step("all_fours", 1.0, 0.8, "lower", "rest"),
        ),
        reps=1,
        start_s=1.5,
        end_s=0.2,
        stance=stance,
        faults={
            "leg_high": Fault(25.0, "left_leg_elevation", _on_either_leg(thigh=-1, shank=-1, lumbar=-0.6)),
            "back_sags": Fault(25.0, "spine_flexion", _on_either_leg(lumbar=-1)),
            "knee_bent": Fault(45.0, "left_knee_flexion", _on_either_leg(shank=-1)),
        },
        target_m=(0.0, -0.15, 0.5),
        distance_m=3.1,
        height_m=0.75,
    )


def _on_either_leg(**per_degree: float) -> dict[str, dict[str, float]]:
    """Write out a fault of the free leg, for the key pose with the left leg free and for the one with the right."""
    return {
        f"{side}_leg": {f"{side}_{name}" if name in SIDED_CHANNELS else name: add for name, add in per_degree.items()}
        for side in SIDES
    }


def plank(body: Body) -> Motion:
    """Forearm plank: hold a straight line from shoulders to ankles."""
    straight = posture(trunk=80, thigh=-80, shank=-80, foot=10, leg_out=1, neck=-6, head=-4)
    upper_m, _ = arm_lengths_m(body)
    lying = pose(body, straight)
    lying.shift(-lying.lowest_sole_m() * UP)
    toes = lying.middle_m("foot_index")
    reach_m = float(np.linalg.norm((lying.middle_m("shoulder") - toes)[1:]))
    base_m = float(np.sqrt(reach_m**2 - (upper_m + ELBOW_RADIUS_M - toes[2]) ** 2))

    def stance(figure: Figure, _now: Posture) -> None:
        lean_on_elbows(figure, -base_m / 2.0, base_m / 2.0)

    return Motion(
        poses={"straight": straight, "held": straight},
        start="straight",
        cycle=(Step("held", 1.0, 4.0, "hold", "hold"), Step("straight", 1.0, 0.0, "hold", "hold")),
        reps=1,
        start_s=1.5,
        end_s=0.5,
        waiting="hold",
        stance=stance,
        faults={
            "sagging": Fault(24.0, "left_hip_flexion", {"held": {"thigh": -1.0, "shank": -1.0, "lumbar": -0.4}}),
            "piked": Fault(36.0, "left_hip_flexion", {"held": {"thigh": 1.0, "shank": 1.0}}),
        },
        target_m=(0.0, -0.1, 0.35),
        distance_m=2.9,
        height_m=0.7,
    )


MOTIONS: Final[Mapping[str, Callable[[Body], Motion]]] = {
    "deadlift": cache(deadlift),
    "romanian_deadlift": cache(romanian_deadlift),
    "bird_dog": cache(bird_dog),
    "plank": cache(plank),
}
"""Every exercise by name, as a function of the body that does it."""


def find_motion(exercise: str, body: Body, fault: str | None = None, severity_deg: float | None = None) -> Motion:
    """Return how a body does an exercise.

    Parameters
    ----------
    exercise : str
        One of `MOTIONS`.
    body : Body
        The person.
    fault : str, optional
        What is done wrong.
    severity_deg : float, optional
        How strongly; left out, as strongly as the fault usually is.

    Raises
    ------
    ExerciseError
        If there is no such exercise, or it has no such fault.
    """
    if exercise not in MOTIONS:
        raise ExerciseError(f"Nobody can be rendered doing '{exercise}'; choose one of {', '.join(MOTIONS)}.")
    motion = MOTIONS[exercise](body)
    if fault is None:
        return motion
    if fault not in motion.faults:
        raise ExerciseError(f"'{exercise}' has no fault '{fault}'; choose one of {', '.join(motion.faults)}.")
    return motion.with_fault(motion.faults[fault], severity_deg)

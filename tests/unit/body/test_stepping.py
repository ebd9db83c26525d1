"""Measures of steps, lunges and lifts from the floor on bodies whose angles are known."""

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.stick import FOREARM, SHANK, THIGH, UPPER_ARM, Body, Limbs, figure_of, hinge, pose_of

from formcheck.body import MEASURES
from formcheck.body.figure import Figure
from formcheck.body.landmarks import INDEX, Side
from formcheck.body.lifting import HANGING
from formcheck.body.view import Orientation

FRONT = Limbs(hip=85.0, knee=80.0)
BACK = Limbs(hip=-5.0, knee=75.0, foot=150.0)
LUNGE = Body(0.0, 0.0, FRONT, BACK)
"""Left leg in front: thigh 85 degrees, shank 5 ahead; back thigh 5 behind, back shank 80 behind."""
SQUAT = hinge(40.0, knee=110.0, shank=30.0)
STOOP = Body.even(80.0, Limbs(hip=95.0, knee=20.0, arm=80.0))


def sine(deg: float) -> float:
    return math.sin(math.radians(deg))


def cosine(deg: float) -> float:
    return math.cos(math.radians(deg))


def figure(body: Body, view: str = "side", facing: int = 1, near: Side = "right") -> Figure:
    yaw_deg = 0.0 if view == "side" else 90.0
    pose = pose_of(body, facing=facing, yaw_deg=yaw_deg, swapped=(facing > 0) != (near == "right"))
    return figure_of(pose, Orientation(view, yaw_deg, facing, near))  # type: ignore[arg-type]


FRONT_SHANK = SHANK * cosine(5.0)
BACK_KNEE_ABOVE_TOES = SHANK * cosine(80.0) + 0.38 * -cosine(150.0)

FROM_THE_SIDE = [
    ("lunge_depth", LUNGE, 1.0 - THIGH * cosine(85.0) / FRONT_SHANK),
    ("lunge_depth", Body(), 0.0),
    ("lunge_depth", SQUAT, 1.0 - THIGH * cosine(80.0) / (SHANK * cosine(30.0))),
    ("step_length", LUNGE, THIGH * (sine(85.0) + sine(5.0)) + SHANK * (sine(80.0) + sine(5.0))),
    ("step_length", Body(), 0.0),
    ("front_thigh_inclination", LUNGE, 85.0),
    ("front_shank_inclination", LUNGE, -5.0),
    ("front_shank_inclination", SQUAT, 30.0),
    ("front_heel_lift", replace(LUNGE, left=replace(FRONT, foot=110.0)), sine(20.0)),
    ("front_heel_lift", LUNGE, 0.0),
    ("back_knee_height", LUNGE, BACK_KNEE_ABOVE_TOES / FRONT_SHANK),
    ("back_knee_height", Body(), 1.0),
    ("reach_down", Body(), 1.0 - (1.0 + THIGH + SHANK - UPPER_ARM - FOREARM) / HANGING),
    ("hand_ahead_of_hip", Body(), 0.0),
    ("hand_ahead_of_hip", Body.even(0.0, Limbs(arm=90.0)), UPPER_ARM + FOREARM),
    ("stoop", STOOP, 60.0),
    ("stoop", SQUAT, -70.0),
    ("shoulders_turned", STOOP, 0.0),
]


@pytest.mark.parametrize("facing", [1, -1])
@pytest.mark.parametrize("near", ["left", "right"])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(("name", "body", "expected"), FROM_THE_SIDE)
def test_from_the_side_whichever_leg_is_in_front(
    name: str, body: Body, expected: float, mirrored: bool, near: Side, facing: int
) -> None:
    seen = figure(body.mirrored() if mirrored else body, facing=facing, near=near)
    assert MEASURES[name].function(seen) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("view", ["side", "front"])
@pytest.mark.parametrize("body", [LUNGE, LUNGE.mirrored()])
def test_the_front_leg(view: str, body: Body) -> None:
    front = "left" if body is LUNGE else "right"
    seen = figure(body, view)
    assert seen.front_leg == front
    assert MEASURES["front_leg_is_left"].function(seen) == float(front == "left")
    assert set(MEASURES["front_shank_inclination"].landmarks(seen)) == {
        INDEX[f"{front}_knee"],
        INDEX[f"{front}_ankle"],
    }


def test_heights_read_the_same_from_the_front() -> None:
    for name in ("lunge_depth", "back_knee_height", "reach_down"):
        assert MEASURES[name].function(figure(LUNGE, "front")) == pytest.approx(
            MEASURES[name].function(figure(LUNGE)), abs=1e-6
        )


def test_a_knee_that_caves_in_leans_inwards() -> None:
    pose = pose_of(LUNGE, yaw_deg=90.0)
    inwards = math.copysign(1.0, pose.xy_px[INDEX["right_hip"], 0] - pose.xy_px[INDEX["left_hip"], 0])
    drop = pose.xy_px[INDEX["left_ankle"], 1] - pose.xy_px[INDEX["left_knee"], 1]
    pose.xy_px[INDEX["left_knee"], 0] += inwards * drop * math.tan(math.radians(20.0))
    seen = figure_of(pose, Orientation("front", 90.0, 1, "right"))
    assert MEASURES["front_knee_inwards"].function(seen) == pytest.approx(20.0, abs=1e-6)


def test_feet_on_rails_and_crossed() -> None:
    pose = pose_of(LUNGE, yaw_deg=90.0)
    seen = figure_of(pose, Orientation("front", 90.0, 1, "right"))
    assert MEASURES["feet_apart"].function(seen) == pytest.approx(1.0, abs=1e-6)
    assert MEASURES["base_width"].function(seen) == pytest.approx(0.22 / 0.36, abs=1e-6)
    left, right = INDEX["left_ankle"], INDEX["right_ankle"]
    pose.xy_px[[left, right]] = pose.xy_px[[right, left]]
    crossed = figure_of(pose, Orientation("front", 90.0, 1, "right"))
    assert MEASURES["feet_apart"].function(crossed) == pytest.approx(-1.0, abs=1e-6)


@pytest.mark.parametrize("to_the_side_px", [-40.0, 0.0, 25.0])
def test_the_trunk_leans_to_either_side_alike(to_the_side_px: float) -> None:
    pose = pose_of(Body(), yaw_deg=90.0)
    pose.xy_px[[INDEX["left_shoulder"], INDEX["right_shoulder"]], 0] += to_the_side_px
    seen = figure_of(pose, Orientation("front", 90.0, 1, "right"))
    lean = math.degrees(math.atan2(abs(to_the_side_px), 190.0))
    assert MEASURES["sideways_lean"].function(seen) == pytest.approx(lean, abs=1e-6)


def test_nothing_is_read_off_a_shank_that_lies() -> None:
    kneeling = Body.even(0.0, Limbs(hip=0.0, knee=90.0))
    for name in ("lunge_depth", "back_knee_height"):
        assert math.isnan(MEASURES[name].function(figure(kneeling)))


def test_turned_shoulders_need_the_depth() -> None:
    seen = figure(LUNGE)
    assert seen.world is not None
    rows = [INDEX["left_shoulder"], INDEX["right_shoulder"]]
    middle = seen.world[rows].mean(axis=0)
    cos, sin = cosine(25.0), sine(25.0)
    for row in rows:
        x, y, z = seen.world[row] - middle
        seen.world[row] = middle + np.array([cos * x - sin * z, y, sin * x + cos * z])
    assert MEASURES["shoulders_turned"].function(seen) == pytest.approx(25.0, abs=1e-6)
    assert math.isnan(MEASURES["shoulders_turned"].function(replace(seen, world=None)))

"""Whether feet or knees carry a body that is held up from the floor, on stick figures."""

import math

import pytest
from tests.stick import THIGH, Body, Limbs, figure_of, plank, pose_of

from formcheck.body import MEASURES
from formcheck.body.carrying import end_of_line, knees_carry
from formcheck.body.figure import Figure
from formcheck.body.landmarks import INDEX
from formcheck.body.view import Orientation

TRUNK_DEG = 75.0
KNEE_PLANK = Body.even(TRUNK_DEG, Limbs(knee=15.0, arm=TRUNK_DEG, elbow=90.0, foot=-90.0))
FEET_UP = Body.even(TRUNK_DEG, Limbs(knee=90.0, arm=TRUNK_DEG, elbow=90.0, foot=-90.0))
BENT = plank(knee=12.0)
"""Knees that sink a little while the toes carry."""


def figure(body: Body, facing: int = 1) -> Figure:
    pose = pose_of(body, facing=facing, planted="elbow")
    return figure_of(pose, Orientation("side", 0.0, facing, "right" if facing > 0 else "left"))


@pytest.mark.parametrize("facing", [1, -1])
@pytest.mark.parametrize(("body", "carry"), [(plank(), False), (BENT, False), (KNEE_PLANK, True), (FEET_UP, True)])
def test_knees_on_the_floor_carry(body: Body, carry: bool, facing: int) -> None:
    seen = figure(body, facing)
    assert knees_carry(seen) is carry
    assert end_of_line(seen) == seen.at("knee" if carry else "ankle")


def test_a_knee_that_bends_while_the_feet_carry_is_measured_and_one_that_rests_is_not() -> None:
    assert MEASURES["free_knee_flexion"].function(figure(BENT)) == pytest.approx(12.0, abs=1e-6)
    assert MEASURES["free_knee_flexion"].function(figure(plank())) == pytest.approx(0.0, abs=1e-6)
    assert math.isnan(MEASURES["free_knee_flexion"].function(figure(FEET_UP)))


def test_hips_in_line_with_knees_that_carry_do_not_deviate() -> None:
    assert MEASURES["body_line_deviation"].function(figure(FEET_UP)) == pytest.approx(0.0, abs=1e-6)
    hips_high = Body.even(TRUNK_DEG, Limbs(hip=20.0, knee=110.0, arm=TRUNK_DEG, elbow=90.0, foot=-90.0))
    line = math.sqrt(1.0 + THIGH**2 + 2.0 * THIGH * math.cos(math.radians(20.0)))
    height = THIGH * math.sin(math.radians(20.0)) / line
    assert knees_carry(figure(hips_high))
    assert MEASURES["body_line_deviation"].function(figure(hips_high)) == pytest.approx(height / line, abs=1e-6)


@pytest.mark.parametrize("joint", ["knee", "foot_index"])
def test_nobody_is_said_to_kneel_whose_legs_are_unseen(joint: str) -> None:
    seen = figure(KNEE_PLANK)
    assert knees_carry(seen)
    seen.points[INDEX[f"right_{joint}"]] = [math.nan, math.nan]
    assert not knees_carry(seen)

"""Measures of kneeling, on stick figures whose angles are known."""

import math
from dataclasses import replace

import pytest
from tests.stick import SHANK, THIGH, Body, Limbs, figure_of, mirror_image, pose_of

from formcheck.body import MEASURES
from formcheck.body.view import Orientation

SIDE = Orientation("side", 0.0, 1, "right")
ALL_FOURS = Body.even(90.0, Limbs(hip=90.0, knee=90.0, arm=90.0, foot=-90.0))


def value(name: str, body: Body) -> float:
    return MEASURES[name].function(figure_of(pose_of(body, facing=1), SIDE))


def mirrored(name: str, body: Body) -> float:
    pose = mirror_image(pose_of(body, facing=1))
    return MEASURES[name].function(figure_of(pose, replace(SIDE, facing=-1, near="left")))


@pytest.mark.parametrize(("hip", "ahead"), [(90.0, 0.0), (60.0, math.sin(math.radians(30.0)) * THIGH), (120.0, -0.42)])
def test_hips_ahead_of_the_knees_are_positive(hip: float, ahead: float) -> None:
    body = Body.even(90.0, Limbs(hip=hip, knee=hip))
    assert value("hip_ahead_of_knee", body) == pytest.approx(ahead, abs=1e-6)
    assert mirrored("hip_ahead_of_knee", body) == pytest.approx(ahead, abs=1e-6)


def test_a_shank_on_the_floor_has_knee_and_foot_level_and_a_standing_one_does_not() -> None:
    assert value("knee_above_foot", ALL_FOURS) == pytest.approx(0.0, abs=1e-6)
    standing = Body.even(80.0, Limbs(hip=80.0))
    assert value("knee_above_foot", standing) == pytest.approx(SHANK, abs=1e-6)
    assert mirrored("knee_above_foot", standing) == pytest.approx(SHANK, abs=1e-6)


@pytest.mark.parametrize("knee", [90.0, 120.0, 150.0])
def test_the_hip_comes_to_the_ankle_as_the_knee_bends(knee: float) -> None:
    body = Body.even(100.0, Limbs(hip=100.0, knee=knee))
    between = 2.0 * THIGH * math.cos(math.radians(knee / 2.0))
    assert value("hip_to_ankle", body) == pytest.approx(between, abs=1e-6)
    assert mirrored("hip_to_ankle", body) == pytest.approx(between, abs=1e-6)


def test_the_head_is_measured_from_the_knees() -> None:
    level = value("head_above_knee", ALL_FOURS)
    assert level == pytest.approx(THIGH, abs=1e-6)
    raised = Body.even(90.0, ALL_FOURS.left, head=-90.0)
    assert value("head_above_knee", raised) == pytest.approx(THIGH + 0.44, abs=1e-6)


@pytest.mark.parametrize("arm", [30.0, 110.0, 170.0])
def test_an_arm_ahead_reaches_as_far_as_it_is_lifted(arm: float) -> None:
    body = Body.even(100.0, Limbs(hip=120.0, knee=150.0, arm=arm))
    assert value("upper_arm_to_trunk", body) == pytest.approx(arm, abs=1e-6)
    assert mirrored("upper_arm_to_trunk", body) == pytest.approx(arm, abs=1e-6)
    if arm >= 90.0:
        assert value("arm_reach", body) == pytest.approx(arm, abs=1e-6)


def test_an_arm_that_lies_back_is_not_told_to_reach() -> None:
    body = Body.even(100.0, Limbs(hip=120.0, knee=150.0, arm=10.0))
    assert math.isnan(value("arm_reach", body))
    assert math.isnan(mirrored("arm_reach", body))
    assert value("upper_arm_to_trunk", body) == pytest.approx(10.0, abs=1e-6)


@pytest.mark.parametrize(("back", "head"), [(0.0, 0.0), (0.046, 20.0), (-0.023, -30.0), (0.0, 40.0)])
def test_back_and_head_share_the_bend_equally(back: float, head: float) -> None:
    figure = figure_of(pose_of(Body.even(90.0, ALL_FOURS.left, head=head), facing=1), SIDE)
    figure.back = back
    spine_deg = back / 0.0115 * 10.0
    assert MEASURES["back_and_head_bend"].function(figure) == pytest.approx((spine_deg + head) / 2.0, abs=1e-6)


def test_without_an_outline_the_bend_is_unknown() -> None:
    figure = figure_of(pose_of(ALL_FOURS, facing=1, outline=False), SIDE)
    figure.back = math.nan
    assert math.isnan(MEASURES["back_and_head_bend"].function(figure))

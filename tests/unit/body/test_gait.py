"""Measures of walking, on stick figures whose stride is known."""

import math
from dataclasses import replace

import pytest
from tests.stick import SHANK, THIGH, Body, Limbs, figure_of, mirror_image, pose_of

from formcheck.body import MEASURES
from formcheck.body.landmarks import Side
from formcheck.body.pose import Pose
from formcheck.body.view import Orientation

STRIDE = Body(left=Limbs(hip=25.0, arm=-15.0), right=Limbs(hip=-10.0, arm=20.0))
FRONT = Orientation("front", 90.0, 1, "right")


def sine(deg: float) -> float:
    return math.sin(math.radians(deg))


def read(name: str, body: Body, facing: int, near: Side) -> float:
    pose = pose_of(body, facing=facing, swapped=(facing > 0) != (near == "right"))
    return MEASURES[name].function(figure_of(pose, Orientation("side", 0.0, facing, near)))


@pytest.mark.parametrize("facing", [1, -1])
@pytest.mark.parametrize("near", ["left", "right"])
def test_the_left_foot_ahead_is_positive(near: Side, facing: int) -> None:
    spread = (THIGH + SHANK) * (sine(25.0) + sine(10.0))
    assert read("feet_spread", STRIDE, facing, near) == pytest.approx(spread, abs=1e-9)
    assert read("feet_spread", STRIDE.mirrored(), facing, near) == pytest.approx(-spread, abs=1e-9)


@pytest.mark.parametrize("facing", [1, -1])
def test_the_arm_of_the_near_side_swings_forwards(facing: int) -> None:
    assert read("arm_swing", STRIDE, facing, "left") == pytest.approx(-15.0, abs=1e-9)
    assert read("arm_swing", STRIDE, facing, "right") == pytest.approx(20.0, abs=1e-9)


def leaning(px: float) -> Pose:
    pose = pose_of(Body(), yaw_deg=90.0)
    xy_px = pose.xy_px.copy()
    xy_px[11:13, 0] += px  # both shoulders
    return replace(pose, xy_px=xy_px)


@pytest.mark.parametrize("px", [-30.0, 0.0, 12.0])
def test_sway_is_positive_to_the_right_edge_of_the_picture(px: float) -> None:
    sway = math.degrees(math.atan2(px, 190.0))
    assert MEASURES["side_sway"].function(figure_of(leaning(px), FRONT)) == pytest.approx(sway, abs=1e-9)
    mirrored = figure_of(mirror_image(leaning(px)), FRONT)
    assert MEASURES["side_sway"].function(mirrored) == pytest.approx(-sway, abs=1e-9)

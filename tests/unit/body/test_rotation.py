"""Measures of turning, on stick figures whose shoulders and hips are turned by known angles."""

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.stick import Body, Limbs, figure_of, pose_of

from formcheck.body import MEASURES
from formcheck.body.figure import Figure
from formcheck.body.landmarks import Side, index
from formcheck.body.pose import Array, Pose
from formcheck.body.rotation import SEEN_SHARE
from formcheck.body.view import Orientation

FRONT = Orientation("front", 90.0, 1, "left")
BACK = Orientation("back", 90.0, 1, "left")
SIDE = Orientation("side", 0.0, 1, "right")
SITTING = Body.even(0.0, Limbs(hip=90.0, knee=90.0))
LEFT = np.array([1.0, 0.0, 0.0])
DOWN = np.array([0.0, 1.0, 0.0])
AWAY = np.array([0.0, 0.0, 1.0])


def across(pose: Pose, joint: str, left: Array) -> Pose:
    """Give a pair of joints a direction from right to left, in the picture and in depth."""
    assert pose.world_m is not None
    world, xy = pose.world_m.copy(), pose.xy_px.copy()
    rows = [index(joint, "left"), index(joint, "right")]
    for points, scale in ((world, 0.16), (xy, 90.0)):
        half = scale * left[: points.shape[1]]
        middle = points[rows].mean(axis=0)
        points[rows] = [middle + half, middle - half]
    return replace(pose, world_m=world, xy_px=xy)


def turned(degrees: float) -> Array:
    """Return the direction from right to left of somebody who faces the camera and turns to the left."""
    return math.cos(math.radians(degrees)) * LEFT + math.sin(math.radians(degrees)) * AWAY


def sitting(shoulders: float, hips: float = 0.0) -> Figure:
    pose = across(across(pose_of(SITTING, yaw_deg=90.0), "shoulder", turned(shoulders)), "hip", turned(hips))
    return figure_of(pose, FRONT)


def kneeling(tilt: float, near: Side = "right") -> Figure:
    """On all fours in profile; the far shoulder stands above the near one by `tilt`."""
    up = math.sin(math.radians(tilt)) * (-DOWN if near == "right" else DOWN)
    deep = math.cos(math.radians(tilt)) * (AWAY if near == "right" else -AWAY)
    return figure_of(across(pose_of(SITTING), "shoulder", up + deep), replace(SIDE, near=near))


def read(name: str, figure: Figure) -> float:
    return MEASURES[name].function(figure)


@pytest.mark.parametrize("camera_deg", [-20.0, 0.0, 20.0])
@pytest.mark.parametrize("turn", [-60.0, -10.0, 25.0, 80.0])
def test_the_turn_is_that_of_the_shoulders_against_the_hips_whole_again(turn: float, camera_deg: float) -> None:
    figure = sitting(camera_deg + SEEN_SHARE * turn, camera_deg)
    assert read("trunk_turn", figure) == pytest.approx(abs(turn), abs=1e-9)
    assert read("turned_to_left", figure) == float(turn > 0)
    assert read("hip_turn", figure) == pytest.approx(camera_deg, abs=1e-9)


def test_from_behind_left_stays_left() -> None:
    pose = across(across(pose_of(SITTING, yaw_deg=-90.0), "shoulder", turned(180.0 + 20.0)), "hip", turned(180.0 + 5.0))
    figure = figure_of(pose, BACK)
    assert read("trunk_turn", figure) == pytest.approx(15.0 / SEEN_SHARE, abs=1e-9)
    assert read("turned_to_left", figure) == 1.0
    assert read("hip_turn", figure) == pytest.approx(5.0, abs=1e-9)


def test_height_of_the_trunk_is_in_trunk_lengths() -> None:
    assert read("trunk_height", sitting(0.0)) == pytest.approx(1.0, abs=1e-9)
    bent = figure_of(pose_of(Body.even(60.0, Limbs(hip=90.0, knee=90.0)), yaw_deg=90.0), FRONT)
    assert read("trunk_height", bent) == pytest.approx(0.5, abs=1e-9)


@pytest.mark.parametrize("tilt", [-25.0, 0.0, 12.0])
def test_shoulders_tilt_unsigned(tilt: float) -> None:
    level = math.cos(math.radians(tilt)) * LEFT + math.sin(math.radians(tilt)) * DOWN
    figure = figure_of(across(pose_of(SITTING, yaw_deg=90.0), "shoulder", level), FRONT)
    assert read("shoulder_line_tilt", figure) == pytest.approx(abs(tilt), abs=1e-9)


@pytest.mark.parametrize("near", ["left", "right"])
@pytest.mark.parametrize("tilt", [10.0, 45.0, 85.0])
def test_the_chest_opens_as_one_shoulder_comes_over_the_other(tilt: float, near: Side) -> None:
    figure = kneeling(tilt, near)
    assert read("chest_opening", figure) == pytest.approx(tilt, abs=1e-9)
    assert read("opened_to_left", figure) == float(near == "right")


def test_only_the_arm_that_carries_is_asked_for_its_bend() -> None:
    elbow = MEASURES["elbow_flexion"].function(kneeling(40.0))
    assert read("supporting_elbow_flexion", kneeling(40.0)) == pytest.approx(elbow, abs=1e-9)
    assert read("supporting_elbow_flexion", kneeling(40.0, "left")) == pytest.approx(elbow, abs=20.0)
    assert math.isnan(read("supporting_elbow_flexion", kneeling(-40.0)))


def test_without_depth_nothing_is_said_of_a_turn() -> None:
    pose = replace(pose_of(SITTING, yaw_deg=90.0), world_m=None)
    for name in (
        "trunk_turn",
        "turned_to_left",
        "hip_turn",
        "chest_opening",
        "opened_to_left",
        "supporting_elbow_flexion",
    ):
        assert math.isnan(read(name, figure_of(pose, FRONT)))

"""Single poses, measured without a film around them."""

from dataclasses import replace

import numpy as np
import pytest
from tests.stick import Body, Limbs, mirror_image, plank, pose_of

from formcheck.body.pose import Pose
from formcheck.body.trunk_and_head import TRUNK_OFFSET_DEG
from formcheck.body.view import Orientation
from formcheck.evaluation.poses import measured, orientation_of

SEATED = Body.even(15.0, Limbs(hip=90.0, knee=80.0), head=20.0)


def test_a_single_pose_measures_what_it_shows_in_both_directions() -> None:
    pose = pose_of(SEATED)
    found = measured([pose, mirror_image(pose)], ["trunk_inclination", "knee_flexion", "neck_inclination"])
    assert found["trunk_inclination"] == pytest.approx([15.0 + TRUNK_OFFSET_DEG] * 2)
    assert found["knee_flexion"] == pytest.approx([80.0, 80.0])
    assert found["neck_inclination"] == pytest.approx([35.0, 35.0])


@pytest.mark.parametrize("mirror", [False, True])
def test_the_near_side_is_the_same_with_and_without_depth(mirror: bool) -> None:
    pose = mirror_image(pose_of(SEATED)) if mirror else pose_of(SEATED)
    assert orientation_of(pose) == Orientation("side", 0.0, -1 if mirror else 1, "left" if mirror else "right")
    assert orientation_of(replace(pose, world_m=None)) == orientation_of(pose)


@pytest.mark.parametrize(("sag", "sign"), [(12.0, -1), (-12.0, 1)])
def test_a_plank_faces_where_its_shoulders_are(sag: float, sign: int) -> None:
    pose = pose_of(plank(sag))
    for seen in (pose, mirror_image(pose)):
        value = measured([seen], ["body_line_deviation"], "down")["body_line_deviation"][0]
        assert np.sign(value) == sign
        assert abs(value) == pytest.approx(0.05, abs=0.01)


def test_nobody_measures_nothing() -> None:
    found = measured([Pose.nobody(0.0, (100, 100))], ["squat_depth", "trunk_inclination"])
    assert all(np.isnan(column).all() for column in found.values())


def test_a_given_orientation_is_believed() -> None:
    pose = pose_of(SEATED)
    turned = measured([pose], ["trunk_inclination"], orientation=Orientation("side", 0.0, -1, "left"))
    assert turned["trunk_inclination"] == pytest.approx([-15.0 + TRUNK_OFFSET_DEG])

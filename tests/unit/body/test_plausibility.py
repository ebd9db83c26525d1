from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.stick import Body, Limbs, pose_of

from formcheck.body.landmarks import INDEX
from formcheck.body.plausibility import IMPLAUSIBLE, strangeness
from formcheck.body.pose import Pose


def stretched(pose: Pose, joint: str, towards: str, times: float) -> Pose:
    """Make a bone longer or shorter, in the picture and in space."""
    a, b = INDEX[towards], INDEX[joint]
    assert pose.world_m is not None
    xy_px, world_m = pose.xy_px.copy(), pose.world_m.copy()
    for points in (xy_px, world_m):
        points[b] = points[a] + times * (points[b] - points[a])
    return replace(pose, xy_px=xy_px, world_m=world_m)


@given(
    trunk=st.floats(-180, 180),
    hip=st.floats(-20, 130),
    knee=st.floats(0, 140),
    arm=st.floats(-40, 180),
    yaw=st.floats(-90, 90),
)
def test_a_body_is_plausible_in_every_position(trunk: float, hip: float, knee: float, arm: float, yaw: float) -> None:
    limbs = Limbs(hip=hip, knee=knee, arm=arm)
    pose = pose_of(Body.even(trunk, limbs), yaw_deg=yaw, planted="hip", at_px=(640.0, 360.0), trunk_px=120.0)
    assert strangeness(pose) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("joint", "times"), [("ankle", 0.3), ("ankle", 2.2), ("knee", 0.3), ("wrist", 3.0)])
def test_one_bone_far_too_long_or_short_is_not_a_body(joint: str, times: float) -> None:
    bone = {"ankle": "knee", "knee": "hip", "wrist": "elbow"}[joint]
    assert strangeness(stretched(pose_of(Body()), f"left_{joint}", f"left_{bone}", times)) > IMPLAUSIBLE


def test_a_picture_that_disagrees_with_space_is_strange() -> None:
    pose = pose_of(Body(trunk=40.0))
    upside_down = pose.xy_px * [1.0, -1.0] + [0.0, 700.0]
    assert strangeness(replace(pose, xy_px=upside_down)) > IMPLAUSIBLE


def test_a_body_out_of_the_picture_is_strange() -> None:
    assert strangeness(pose_of(Body(), at_px=(640.0, 660.0))) == 0.0
    assert strangeness(pose_of(Body(), at_px=(-500.0, 660.0))) > IMPLAUSIBLE


def test_without_space_only_the_picture_counts() -> None:
    assert strangeness(replace(pose_of(Body()), world_m=None)) == 0.0


def test_nobody_is_infinitely_strange_and_what_is_unseen_is_not() -> None:
    assert strangeness(Pose.nobody(0.0, (640, 480))) == np.inf
    pose = pose_of(Body())
    assert pose.world_m is not None
    world_m = pose.world_m.copy()
    world_m[INDEX["left_wrist"]] = np.nan
    assert strangeness(replace(pose, world_m=world_m)) < np.inf

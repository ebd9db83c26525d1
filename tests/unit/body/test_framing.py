import math
from typing import Any

import pytest
from tests.stick import Body, Limbs, pose_of

from formcheck.body.framing import (
    edge_beyond,
    extent_of,
    look_down_on_floor,
    look_down_on_stance,
    roll_from_floor,
    roll_from_front,
    trunk_lean_deg,
    trunk_lean_in_space_deg,
)
from formcheck.body.landmarks import index
from formcheck.body.pose import Pose
from formcheck.body.view import near_side
from formcheck.synth.poses import true_poses


def first(exercise: str, **options: Any) -> Pose:
    return next(true_poses(exercise, **options))[0]


def near_of(pose: Pose) -> Any:
    assert pose.world_m is not None
    return near_side(pose.world_m)


@pytest.mark.parametrize("roll_deg", [-10.0, -3.0, 0.0, 3.0, 10.0])
def test_roll_is_read_from_the_front_and_from_the_floor(roll_deg: float) -> None:
    standing = first("squat", yaw_deg=90.0, roll_deg=roll_deg)
    assert roll_from_front(standing.xy_px.tolist()) == pytest.approx(roll_deg, abs=0.5)
    plank = first("plank", roll_deg=roll_deg)
    assert roll_from_floor(plank.xy_px.tolist(), near_of(plank), 0.0) == pytest.approx(roll_deg, abs=1.5)


def test_roll_is_not_read_where_it_does_not_show() -> None:
    knees_out = first("squat", yaw_deg=90.0).xy_px.tolist()
    knees_out[index("knee", "left")][0] += 40.0
    assert math.isnan(roll_from_front(knees_out))
    plank = first("plank")
    assert math.isnan(roll_from_floor(plank.xy_px.tolist(), near_of(plank), 20.0))
    standing = first("squat")
    assert math.isnan(roll_from_floor(standing.xy_px.tolist(), near_of(standing), 0.0))
    lying = pose_of(Body.even(90.0, Limbs(arm=180.0)))  # no arm carries it
    assert math.isnan(roll_from_floor(lying.xy_px.tolist(), "right", 0.0))
    assert math.isnan(look_down_on_floor(lying.xy_px.tolist(), "right"))


def test_the_higher_the_camera_the_more_it_looks_down() -> None:
    standing, planks = [], []
    for height_m in (0.3, 1.0, 1.5, 2.0):
        pose = first("squat", height_m=height_m)
        assert pose.world_m is not None
        standing.append(look_down_on_stance(pose.xy_px.tolist(), pose.world_m.tolist(), near_of(pose)))
        plank = first("plank", height_m=height_m)
        planks.append(look_down_on_floor(plank.xy_px.tolist(), near_of(plank)))
    assert standing == sorted(standing)
    assert planks == sorted(planks)
    assert standing[1] < 0.85
    assert planks[0] < 0.85
    assert min(standing[-1], planks[-1]) > 1.0


def test_a_trunk_that_points_at_the_camera_lies() -> None:
    towards, standing = first("bird_dog", yaw_deg=90.0), first("squat", yaw_deg=90.0)
    assert towards.world_m is not None
    assert standing.world_m is not None
    assert trunk_lean_deg(towards.xy_px.tolist()) < 45.0 < trunk_lean_in_space_deg(towards.world_m)
    assert trunk_lean_in_space_deg(standing.world_m) < 15.0


def test_edges_and_extent() -> None:
    size_px = (640, 480)
    assert [edge_beyond(p, size_px, 0.01) for p in ((320, 479), (320, 2), (3, 240), (639, 240), (320, 240))] == [
        "bottom", "top", "left", "right", None,
    ]  # fmt: skip
    assert edge_beyond((math.nan, math.nan), size_px, 0.01) is None
    extent = extent_of([(10.0, 20.0), (math.nan, math.nan), (330.0, 500.0)])
    assert (extent.left, extent.top, extent.right, extent.bottom) == (10.0, 20.0, 330.0, 500.0)
    assert extent.fill(size_px) == 1.0

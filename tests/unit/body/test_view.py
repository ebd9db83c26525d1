import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from tests.stick import Body, mirror_image, plank, pose_of

from formcheck.body.landmarks import INDEX, Side
from formcheck.body.pose import Pose
from formcheck.body.view import (
    FRONT_LIMIT_DEG,
    HYSTERESIS_DEG,
    SIDE_LIMIT_DEG,
    UNKNOWN,
    Orientation,
    OrientationVote,
    Ventral,
    ViewName,
    near_side,
)

STANDING = Body()


def voted(poses: list[Pose], ventral: Ventral = "facing", before: Orientation = UNKNOWN) -> Orientation:
    vote = OrientationVote(ventral)
    for pose in poses:
        vote.add(pose)
    return vote.decide(before)


def seen(body: Body, yaw_deg: float = 0.0, facing: int = 1, seconds: float = 1.0, swapped: bool = False) -> list[Pose]:
    return [pose_of(body, i / 30, yaw_deg=yaw_deg, facing=facing, swapped=swapped) for i in range(round(seconds * 30))]


@pytest.mark.parametrize("yaw", [0, 5, 15, 30, 45, 60, 75, 90])
@pytest.mark.parametrize("away", [1, -1])
@pytest.mark.parametrize("facing", [1, -1])
def test_the_turn_off_the_side_view_is_read_from_the_shoulder_line(yaw: int, away: int, facing: int) -> None:
    vote = OrientationVote()
    for pose in seen(STANDING, away * yaw, facing):
        vote.add(pose)
    assert vote.decide(UNKNOWN).yaw_deg == pytest.approx(yaw, abs=1.0)
    assert vote.median_yaw_deg == pytest.approx(yaw, abs=1.0)


@pytest.mark.parametrize(
    ("yaw", "view"),
    [
        (0.0, "side"),
        (25.0, "side"),
        (45.0, "oblique"),
        (75.0, "front"),
        (SIDE_LIMIT_DEG - 2, "side"),
        (SIDE_LIMIT_DEG + 2, "oblique"),
        (FRONT_LIMIT_DEG - 2, "oblique"),
        (FRONT_LIMIT_DEG + 2, "front"),
        (90.0, "front"),
        (-90.0, "back"),
        (-FRONT_LIMIT_DEG - 2, "back"),
        (-SIDE_LIMIT_DEG - 2, "oblique"),
    ],
)
def test_views_by_turn(yaw: float, view: ViewName) -> None:
    assert voted(seen(STANDING, yaw)).view == view


def test_the_view_has_hysteresis_at_both_limits() -> None:
    vote = OrientationVote()
    vote.add(pose_of(STANDING, yaw_deg=90.0))
    inside = HYSTERESIS_DEG - 1
    assert vote.view_at(SIDE_LIMIT_DEG + inside, "side") == "side"
    assert vote.view_at(SIDE_LIMIT_DEG + inside, "oblique") == "oblique"
    assert vote.view_at(SIDE_LIMIT_DEG + HYSTERESIS_DEG + 1, "side") == "oblique"
    assert vote.view_at(FRONT_LIMIT_DEG - inside, "front") == "front"
    assert vote.view_at(FRONT_LIMIT_DEG - inside, "oblique") == "oblique"
    assert vote.view_at(math.nan, "side") == "unknown"


@pytest.mark.parametrize(
    ("facing", "swapped", "near"), [(1, False, "right"), (-1, False, "left"), (1, True, "left"), (-1, True, "right")]
)
def test_facing_and_near_side(facing: int, swapped: bool, near: Side) -> None:
    poses = seen(STANDING, facing=facing, swapped=swapped)
    orientation = voted(poses)
    assert (orientation.facing, orientation.near) == (facing, near)
    assert poses[0].world_m is not None
    assert near_side(poses[0].world_m) == near


@pytest.mark.parametrize("facing", [1, -1])
def test_on_the_floor_the_head_end_of_the_trunk_is_ahead(facing: int) -> None:
    """In a plank with the face to the floor neither nose nor toes say where forwards is."""
    looking_under = plank(head=120.0)
    assert voted(seen(looking_under, facing=facing), "down").facing == facing
    assert voted(seen(looking_under, facing=facing), "facing").facing == -facing


@pytest.mark.parametrize("when", [1, 15, 29])
def test_one_flipped_frame_changes_nothing(when: int) -> None:
    poses = seen(STANDING)
    flipped = mirror_image(poses[when])
    before = voted(poses[:when])
    wrong = [*poses[:when], flipped]
    assert voted([flipped]).facing == -1  # it does say the opposite
    after = voted(wrong, before=before)
    later = voted([*wrong, *poses[when + 1 :]], before=after)
    assert (after.facing, after.near, after.view) == (before.facing, before.near, "side")
    assert (later.facing, later.near) == (1, "right")


def test_a_body_that_really_turns_round_is_followed() -> None:
    poses = seen(STANDING) + [replace(p, t=p.t + 1.0) for p in seen(STANDING, facing=-1, seconds=3.0)]
    assert voted(poses[:30]).facing == 1
    turned = voted(poses, before=voted(poses[:30]))
    assert (turned.facing, turned.near) == (-1, "left")


def test_an_undecided_vote_keeps_the_facing_of_before() -> None:
    frontal = seen(STANDING, yaw_deg=90.0)
    for facing in (1, -1):
        before = Orientation("front", 90.0, facing, "left")
        assert voted(frontal, before=before).facing == facing


def test_nothing_is_said_before_anybody_was_seen() -> None:
    vote = OrientationVote()
    vote.add(Pose.nobody(0.0, (640, 480)))
    assert vote.decide(UNKNOWN) == UNKNOWN or vote.decide(UNKNOWN) is UNKNOWN
    assert math.isnan(vote.median_yaw_deg)


def test_a_pose_without_shoulders_changes_nothing() -> None:
    poses = seen(STANDING, 20.0)
    assert poses[-1].world_m is not None
    world = poses[-1].world_m.copy()
    world[INDEX["left_shoulder"]] = np.nan
    blind = replace(poses[-1], t=poses[-1].t + 0.1, world_m=world)
    assert voted([*poses, blind]) == voted(poses)
    assert voted([*poses, replace(blind, world_m=None)]) == voted(poses)


@pytest.mark.parametrize(
    ("view", "yaw", "factor"),
    [("side", 0.0, 1.0), ("side", 15.0, 1.0), ("front", 80.0, 1.0), ("oblique", 45.0, 0.0), ("unknown", math.nan, 0.0)],
)
def test_confidence_by_view(view: ViewName, yaw: float, factor: float) -> None:
    assert Orientation(view, yaw, 1, "left").factor == pytest.approx(factor)


def test_confidence_falls_towards_the_limit_of_the_side_view() -> None:
    yaws = (10.0, 15.0, 25.0, 30.0, SIDE_LIMIT_DEG, SIDE_LIMIT_DEG + HYSTERESIS_DEG)
    factors = [Orientation("side", yaw, 1, "left").factor for yaw in yaws]
    assert factors[:2] == [1.0, 1.0]
    assert all(a > b for a, b in pairwise(factors[1:]))
    assert 0.5 <= factors[-1] < 0.75

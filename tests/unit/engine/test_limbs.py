"""Left and right limbs that were exchanged, on stick figures that walk and stand."""

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.stick import Body, Limbs, pose_of

from formcheck.body.landmarks import INDEX
from formcheck.body.pose import Pose
from formcheck.engine.limbs import PATIENCE_S, LimbSwaps

LEG = ("hip", "knee", "ankle", "heel", "foot_index")
ARM = ("shoulder", "elbow", "wrist", "pinky", "index", "thumb")


def walking(fps: float = 30.0, seconds: float = 3.0, steps_per_s: float = 1.8) -> list[Pose]:
    """Legs swing 25 degrees to either side and pass each other twice a stride, arms against them."""
    poses = []
    for i in range(round(fps * seconds)):
        swing = 25.0 * math.sin(math.pi * steps_per_s * i / fps)
        body = Body(left=Limbs(hip=swing, arm=-swing), right=Limbs(hip=-swing, arm=swing))
        poses.append(pose_of(body, i / fps, planted="hip", at_px=(640.0, 360.0)))
    return poses


def exchanged(pose: Pose, limb: tuple[str, ...]) -> Pose:
    order = np.arange(33)
    for joint in limb:
        left, right = INDEX[f"left_{joint}"], INDEX[f"right_{joint}"]
        order[[left, right]] = right, left
    assert pose.world_m is not None
    return replace(pose, xy_px=pose.xy_px[order], world_m=pose.world_m[order], visibility=pose.visibility[order])


def same(a: Pose, b: Pose) -> bool:
    assert a.world_m is not None
    assert b.world_m is not None
    return bool(np.array_equal(a.xy_px, b.xy_px) and np.array_equal(a.world_m, b.world_m))


@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0])
def test_limbs_that_pass_each_other_are_left_alone(fps: float) -> None:
    swaps = LimbSwaps()
    assert all(swaps.repair(pose) is pose for pose in walking(fps))
    assert swaps.repaired == 0


@pytest.mark.parametrize("limb", [LEG, ARM])
@pytest.mark.parametrize("pictures", [1, 3, 6])
def test_limbs_exchanged_while_apart_are_put_right(limb: tuple[str, ...], pictures: int) -> None:
    true = walking()
    widest = 25  # where the legs are furthest apart
    shown = [exchanged(p, limb) if widest <= i < widest + pictures else p for i, p in enumerate(true)]
    swaps = LimbSwaps()
    repaired = [swaps.repair(pose) for pose in shown]
    assert all(same(a, b) for a, b in zip(repaired, true, strict=True))
    assert swaps.repaired == pictures


def test_visibility_goes_with_the_limb() -> None:
    pose = pose_of(Body(left=Limbs(hip=40.0), right=Limbs(hip=-20.0)))
    visibility = pose.visibility.copy()
    visibility[INDEX["left_ankle"]] = 0.2
    pose = replace(pose, visibility=visibility)
    swaps = LimbSwaps()
    swaps.repair(pose)
    assert swaps.repair(replace(exchanged(pose, LEG), t=0.04)).visibility[INDEX["left_ankle"]] == 0.2


def test_a_model_that_insists_is_believed() -> None:
    true = [pose_of(Body(left=Limbs(hip=40.0), right=Limbs(hip=-20.0)), i / 30) for i in range(90)]
    shown = [exchanged(pose, LEG) if i >= 10 else pose for i, pose in enumerate(true)]
    swaps = LimbSwaps()
    repaired = [swaps.repair(pose) for pose in shown]
    assert swaps.repaired == pytest.approx(30 * PATIENCE_S, abs=2)
    assert all(a is b for a, b in zip(repaired[45:], shown[45:], strict=True))


def test_what_was_seen_long_ago_says_nothing() -> None:
    pose = pose_of(Body(left=Limbs(hip=40.0), right=Limbs(hip=-20.0)))
    swaps = LimbSwaps()
    swaps.repair(pose)
    later = replace(exchanged(pose, LEG), t=0.3)
    assert swaps.repair(later) is later


def test_limbs_side_by_side_cannot_be_told_apart() -> None:
    pose = pose_of(Body(left=Limbs(hip=4.0)))
    swaps = LimbSwaps()
    swaps.repair(pose)
    after = replace(exchanged(pose, LEG), t=0.04)
    assert swaps.repair(after) is after


def test_nobody_is_nobody() -> None:
    swaps = LimbSwaps()
    for i in range(3):
        empty = Pose.nobody(i / 30, (640, 480))
        assert swaps.repair(empty) is empty

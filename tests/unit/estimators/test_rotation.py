from dataclasses import replace

import numpy as np
import pytest
from tests.stick import Body, Limbs, pose_of

from formcheck.body.pose import Pose
from formcheck.estimators.rotation import TURNS, Turning, turned, turned_back
from formcheck.frame import Frame

SIZE = (1280, 720)


@pytest.mark.parametrize("turn", TURNS)
def test_a_landmark_comes_back_to_the_pixel_it_was_read_in(turn: int) -> None:
    image = np.zeros((6, 10, 3), np.uint8)
    image[1, 7] = 255
    seen = turned(Frame(0.0, image), turn).image
    assert seen.flags.c_contiguous
    height, width = seen.shape[:2]
    row, column = np.argwhere(seen[..., 0])[0]
    middle = np.tile([column + 0.5, row + 0.5], (33, 1))
    back = turned_back(Pose(0.0, middle, None, np.ones(33), (width, height)), turn)
    assert back.size_px == (10, 6)
    np.testing.assert_allclose(back.xy_px[0], [7.5, 1.5])


@pytest.mark.parametrize("turn", TURNS)
def test_space_turns_with_the_picture(turn: int) -> None:
    upright = pose_of(Body(trunk=70.0, left=Limbs(hip=30.0)), yaw_deg=25.0)
    pose = upright
    for _ in range((4 - turn) % 4):
        pose = turned_back(pose, 1)
    back = turned_back(pose, turn)
    assert upright.world_m is not None
    assert back.world_m is not None
    np.testing.assert_allclose(back.xy_px, upright.xy_px, atol=1e-9)
    np.testing.assert_allclose(back.world_m, upright.world_m, atol=1e-9)
    assert back.torso is upright.torso
    if turn % 2:  # in the picture and in space the same way round: bones still point the same way in both
        once = turned_back(upright, turn)
        assert once.world_m is not None
        bone_px, bone_m = once.xy_px[11] - once.xy_px[25], once.world_m[11, :2] - once.world_m[25, :2]
        assert float(bone_px @ bone_m) == pytest.approx(float(np.linalg.norm(bone_px) * np.linalg.norm(bone_m)))


class Reads:
    """An estimator that notes the shape of what it is shown."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []
        self.followed: list[int] = []

    def estimate_all(self, frame: Frame) -> tuple[Pose, ...]:
        self.shapes.append(frame.image.shape[:2])
        height, width = frame.image.shape[:2]
        return (replace(pose_of(Body(), frame.t), size_px=(width, height)),)

    look = estimate_all

    def follow(self, people: int) -> None:
        self.followed.append(people)


def test_a_turn_is_kept_and_counted() -> None:
    reads = Reads()
    turning = Turning(reads)
    frame = Frame(0.0, np.zeros((720, 1280, 3), np.uint8))
    turning.follow(2)
    turning.estimate_all(frame)
    turning.look(frame, 1)
    assert turning.turned == 0
    turning.keep(3)
    assert turning.estimate_all(frame)[0].size_px == SIZE
    turning.keep(0)
    turning.estimate_all(frame)
    assert turning.turned == 1
    assert reads.shapes == [(720, 1280), (1280, 720), (1280, 720), (720, 1280)]
    assert reads.followed == [2, 2, 2]

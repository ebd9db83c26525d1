import numpy as np
import pytest

from formcheck.body.pose import Pose
from formcheck.drawing.scaling import fit, fitted_px


@pytest.mark.parametrize(
    ("size_px", "longest_px", "fitted"),
    [((1280, 720), 960, (960, 540)), ((1080, 1920), 960, (540, 960)), ((640, 480), 960, (640, 480))],
)
def test_the_longer_side_fits_and_nothing_grows(
    size_px: tuple[int, int], longest_px: int, fitted: tuple[int, int]
) -> None:
    assert fitted_px(size_px, longest_px) == fitted


def test_a_landmark_stays_on_its_spot() -> None:
    image = np.zeros((720, 1280, 3), np.uint8)
    image[396:404, 796:804] = 255
    pose = Pose(0.0, np.full((33, 2), (800.0, 400.0)), None, np.ones(33), (1280, 720))
    small, moved = fit(image, pose, 640)
    assert small.shape == (360, 640, 3)
    assert moved.size_px == (640, 360)
    x, y = moved.xy_px[0]
    assert (x, y) == (400.0, 200.0)
    assert small[int(y), int(x)].min() > 200


def test_what_fits_is_left_alone() -> None:
    image = np.zeros((480, 640, 3), np.uint8)
    pose = Pose.nobody(0.0, (640, 480))
    assert fit(image, pose, 960) == (image, pose)

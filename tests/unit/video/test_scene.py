import math

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.stick import Body, Limbs, pose_of

from formcheck.body.landmarks import COUNT
from formcheck.body.pose import Pose
from formcheck.synth.clip import render_clip
from formcheck.video.scene import scene_of

Image = NDArray[np.uint8]


def plain(gray: int, size: tuple[int, int] = (720, 1280)) -> Image:
    return np.full((*size, 3), gray, np.uint8)


def in_box(left: float, top: float, right: float, bottom: float) -> Pose:
    xy_px = np.column_stack([np.linspace(left, right, COUNT), np.linspace(top, bottom, COUNT)])
    return Pose(0.0, xy_px, None, np.ones(COUNT), (1280, 720))


def test_a_plain_picture() -> None:
    scene = scene_of(plain(100), people=3)
    assert (scene.brightness, scene.contrast, scene.burnt, scene.people) == (100.0, 0.0, 0.0, 3)
    assert math.isnan(scene.person_brightness)
    assert not scene.has_person


def test_half_burnt_out() -> None:
    image = plain(55)
    image[:, 640:] = 255
    scene = scene_of(image)
    assert scene.brightness == pytest.approx(155.0, abs=3.0)
    assert scene.contrast == pytest.approx(100.0, abs=2.0)
    assert scene.burnt == pytest.approx(0.5, abs=0.02)
    assert scene.highlights == pytest.approx(355.0, abs=5.0)


def test_the_person_in_the_picture() -> None:
    image = plain(200)
    image[100:700, 400:800] = 40
    scene = scene_of(image, in_box(400, 100, 800, 700))
    assert scene.person_brightness == pytest.approx(40.0, abs=8.0)
    assert scene.person_burnt == 0.0
    assert scene.brightness > 140.0


def test_a_person_partly_outside_and_one_wholly_so() -> None:
    image = plain(200)
    image[:, :300] = 40
    assert scene_of(image, in_box(-500, -100, 290, 900)).person_brightness == pytest.approx(40.0, abs=8.0)
    assert not scene_of(image, in_box(1500, 100, 1900, 700)).has_person
    assert not scene_of(image, in_box(-900, 100, -100, 700)).has_person
    assert not scene_of(image, Pose.nobody(0.0, (1280, 720))).has_person


@pytest.mark.parametrize("size", [(1, 1), (2, 3000), (3000, 2), (60, 80), (1920, 1080)])
def test_any_size(size: tuple[int, int]) -> None:
    scene = scene_of(plain(77, size), pose_of(Body.even(0.0, Limbs())))
    assert (scene.brightness, scene.contrast) == (77.0, 0.0)


def test_the_noise_of_the_sensor_is_hardly_contrast() -> None:
    noisy = np.random.default_rng(0).normal(100.0, 20.0, (720, 1280, 3)).clip(0, 255).astype(np.uint8)
    assert scene_of(noisy).contrast < 9.0


def test_light_of_a_rendered_room() -> None:
    dim, bright = (scene_of(next(render_clip("squat", light=light))[0].image) for light in (0.3, 1.0))
    assert dim.brightness == pytest.approx(0.3 * bright.brightness, rel=0.05)
    assert dim.contrast == pytest.approx(0.3 * bright.contrast, rel=0.1)

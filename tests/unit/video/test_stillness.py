"""A picture counts as unchanged under noise and an even change of light, and not when somebody moves a little."""

import numpy as np
import pytest
from numpy.typing import NDArray

from formcheck.frame import Frame
from formcheck.video.stillness import Stillness

RNG = np.random.default_rng(1)


def scene(head_x: int = 140, head_y: int = 60) -> NDArray[np.float64]:
    """Return a room 320 x 240 with a head of 40 x 50 pixels in it."""
    image = np.full((240, 320, 3), 90.0) + np.linspace(0, 40, 320)[None, :, None]
    image[head_y : head_y + 50, head_x : head_x + 40] = 190.0
    return image


def seen(image: NDArray[np.float64], noise: float = 6.0) -> Frame:
    noisy = image + RNG.normal(0.0, noise, image.shape)
    return Frame(0.0, np.clip(noisy, 0, 255).astype(np.uint8))


@pytest.fixture
def still() -> Stillness[str]:
    still: Stillness[str] = Stillness()
    still.learn(seen(scene()), "pose")
    return still


def test_noise_and_a_cloud_change_nothing(still: Stillness[str]) -> None:
    for _ in range(50):
        assert still.known(seen(scene())) == "pose"
    assert still.known(seen(scene() + 15.0)) == "pose"


@pytest.mark.parametrize(("x", "y"), [(142, 60), (138, 60), (140, 62), (140, 58)])
def test_a_head_that_moves_by_two_pixels_does(still: Stillness[str], x: int, y: int) -> None:
    assert still.known(seen(scene(x, y))) is None


def test_slow_movement_adds_up(still: Stillness[str]) -> None:
    places = np.linspace(140, 146, 60).round().astype(int)
    known = [still.known(seen(scene(int(x)))) for x in places]
    assert known[0] == "pose"
    assert known[-1] is None


def test_nothing_is_known_before_and_after(still: Stillness[str]) -> None:
    still.forget()
    assert still.known(seen(scene())) is None
    assert Stillness[str]().known(seen(scene())) is None

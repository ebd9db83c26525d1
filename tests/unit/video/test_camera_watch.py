"""Each fault of a camera is seen within 2 s, said once, and over only when sound pictures come again."""

from collections.abc import Iterator
from itertools import cycle

import numpy as np
import pytest

from formcheck.engine.events import CameraState
from formcheck.video.camera_watch import CameraWatch, Image, look_of, watch_of_film

STEP_S = 1.0 / 30.0
RNG = np.random.default_rng(5)


def room(gain: float = 1.0, noise: float = 2.0) -> Image:
    """Return a picture of a room, 320 x 240, never twice the same."""
    image = np.full((240, 320, 3), 120.0)
    image[160:] = 70.0
    image[60:200, 130:170] = (60, 80, 150)
    image[20:90, 220:290] = 230.0
    return np.asarray(np.clip(gain * image + RNG.normal(0.0, noise, image.shape), 0, 255), np.uint8)


def black() -> Image:
    return np.zeros((240, 320, 3), np.uint8)


def finger(brightness: float = 40.0, noise: float = 6.0) -> Image:
    """Return what a finger on the lens lets through: a smooth red glow, brighter on one side."""
    glow = brightness * np.linspace(0.7, 1.3, 320)[None, :, None] * np.array([0.5, 0.6, 1.6])
    return np.asarray(np.clip(glow + RNG.normal(0.0, noise, (240, 320, 3)), 0, 255), np.uint8)


class Seen:
    """A watch with its own time, fed at 30 pictures per second."""

    def __init__(self, watch: CameraWatch | None = None) -> None:
        self.watch = watch or CameraWatch()
        self.t = 0.0
        self.usable: list[float] = []
        self.log: list[tuple[float, CameraState]] = []

    def show(self, pictures: Iterator[Image], seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            self.t += STEP_S
            if self.watch.picture(self.t, next(pictures)):
                self.usable.append(self.t)
        self.log += self.watch.changes()

    def silence(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.1)):
            self.t += 0.1
            self.watch.check(self.t)
        self.log += self.watch.changes()

    @property
    def states(self) -> list[CameraState]:
        return [state for _, state in self.log]


ROOMS = [room() for _ in range(5)]
FINGERS = [finger() for _ in range(5)]


def lively() -> Iterator[Image]:
    return cycle(ROOMS)


def always(image: Image) -> Iterator[Image]:
    return cycle([image])


def fingers() -> Iterator[Image]:
    return cycle(FINGERS)


def test_a_sound_camera_is_live_from_its_first_picture_and_has_no_changes() -> None:
    seen = Seen()
    seen.show(lively(), 5.0)
    assert len(seen.usable) == 150
    assert seen.log == []


@pytest.mark.parametrize(
    ("pictures", "state"),
    [(always(room()), "repeating"), (always(black()), "dark"), (fingers(), "covered"), (always(finger()), "covered")],
)
def test_pictures_that_show_nothing_new_are_seen_within_two_seconds_once_and_until_they_end(
    pictures: Iterator[Image], state: CameraState
) -> None:
    seen = Seen()
    seen.show(lively(), 3.0)
    before = seen.t
    seen.show(pictures, 30.0)
    assert seen.states == [state]
    assert 0.9 < seen.log[0][0] - before < 2.0
    assert seen.usable[-1] < seen.log[0][0]
    if state == "repeating":
        assert seen.usable[-1] <= before + 1.5 * STEP_S
    back = seen.t
    seen.show(lively(), 1.0)
    assert seen.states == [state, "live"]
    assert 0.3 <= seen.log[1][0] - back < 0.5
    assert next(t for t in seen.usable if t > back) > seen.log[1][0]


def test_silence_is_a_stall_within_two_seconds_and_once() -> None:
    seen = Seen()
    seen.show(lively(), 3.0)
    before = seen.t
    seen.silence(60.0)
    assert seen.states == ["stalled"]
    assert 1.5 <= seen.log[0][0] - before < 1.7


def test_a_stall_that_nobody_looked_at_is_still_said_when_pictures_come_again() -> None:
    seen = Seen()
    seen.show(lively(), 1.0)
    seen.t += 4.0
    seen.show(lively(), 1.0)
    assert seen.states == ["stalled", "live"]


def test_a_camera_that_never_gave_a_picture_is_lost_not_stalled() -> None:
    seen = Seen()
    seen.silence(10.0)
    assert seen.states == ["lost"]
    assert 1.5 <= seen.log[0][0] < 1.7


def test_a_failure_is_a_loss_at_once_and_takes_the_place_of_a_stall() -> None:
    seen = Seen()
    seen.show(lively(), 1.0)
    seen.silence(3.0)
    for _ in range(5):
        seen.t += 1.0
        seen.watch.failed(seen.t)
    seen.silence(10.0)
    assert seen.states == ["stalled", "lost"]
    assert seen.log[1][0] == pytest.approx(5.0)


def test_a_burst_of_old_pictures_after_a_loss_is_not_used() -> None:
    seen = Seen()
    seen.show(lively(), 1.0)
    seen.silence(3.0)
    seen.usable.clear()
    old = lively()
    for _ in range(200):  # what a driver or network had kept, all in a quarter of a second
        seen.t += 0.25 / 200
        assert not seen.watch.picture(seen.t, next(old))
    seen.show(lively(), 1.0)
    assert len(seen.usable) > 20
    assert seen.states == ["stalled", "live"]


def test_three_pictures_far_apart_do_not_bring_a_camera_back() -> None:
    seen = Seen()
    seen.watch.failed(1.0)
    for t, image in zip((2.0, 5.0, 8.0, 11.0), ROOMS, strict=False):
        assert not seen.watch.picture(t, image)
    assert seen.watch.state == "lost"


def test_a_camera_that_comes_back_frozen_is_not_live() -> None:
    seen = Seen()
    seen.show(lively(), 1.0)
    seen.watch.failed(seen.t)
    seen.show(always(room()), 10.0)
    assert seen.states == ["lost", "repeating"]
    assert seen.watch.frozen


def test_a_camera_that_gives_each_picture_twice_is_sound() -> None:
    seen = Seen()
    pictures = (image for image in lively() for _ in range(2))
    seen.show(pictures, 4.0)
    assert len(seen.usable) == 60, "and of two alike the first is used"
    seen.watch.failed(seen.t)
    seen.show(pictures, 4.0)
    assert seen.states == ["lost", "live"]


def test_a_dark_moment_is_no_fault() -> None:
    seen = Seen()
    seen.show(always(black()), 0.9)  # a camera that adapts to the light
    seen.show(lively(), 2.0)
    seen.show(always(black()), 0.9)
    seen.show(lively(), 1.0)
    assert seen.log == []


def test_from_one_fault_to_the_next_each_is_said_once() -> None:
    seen = Seen()
    seen.show(lively(), 1.0)
    seen.show(fingers(), 5.0)
    seen.show(always(black()), 5.0)
    seen.silence(5.0)
    seen.watch.failed(seen.t)
    seen.show(lively(), 1.0)
    assert seen.states == ["covered", "dark", "stalled", "lost", "live"]


def test_a_still_scene_of_a_film_is_no_fault_but_a_black_one_is() -> None:
    seen = Seen(watch_of_film())
    seen.show(always(room()), 20.0)
    seen.silence(20.0)
    assert seen.log == []
    assert len(seen.usable) == 600
    seen.show(always(black()), 2.0)
    assert seen.states == ["dark"]


def test_changes_that_nobody_reads_do_not_pile_up() -> None:
    watch = CameraWatch(silent_s=0.5)
    for i in range(100):
        watch.check(float(i))
        for k, image in enumerate(ROOMS):
            watch.picture(i + 0.1 + 0.1 * k, image)
    assert len(watch.changes()) == 64
    assert watch.changes() == []


@pytest.mark.parametrize("noise", [1.0, 8.0])
@pytest.mark.parametrize("gain", [0.1, 0.2, 0.5, 1.0, 1.8])
def test_a_dim_or_bright_room_is_neither_dark_nor_covered(gain: float, noise: float) -> None:
    assert look_of(room(gain, noise)) == "live"


@pytest.mark.parametrize("noise", [0.0, 4.0])  # 4 here is 8 at 640 x 480
@pytest.mark.parametrize("brightness", [16.0, 40.0, 120.0])
def test_a_finger_is_a_cover_however_bright(brightness: float, noise: float) -> None:
    assert look_of(finger(brightness, noise)) == "covered"


def test_a_capped_lens_is_dark_or_covered_by_how_the_camera_says_black() -> None:
    noise = RNG.normal(0.0, 4.0, (240, 320, 3))
    assert look_of(np.clip(noise, 0, 255).astype(np.uint8)) == "dark"
    assert look_of(np.clip(noise + 16.0, 0, 255).astype(np.uint8)) == "covered"  # black is 16 in many films


def test_half_a_cover_leaves_something_to_see() -> None:
    image = room()
    image[:, :160] = finger()[:, :160]
    assert look_of(image) == "live"


def wall(brightness: float) -> Image:
    """Return a bare wall, a little brighter on one side."""
    glow = brightness * np.linspace(0.95, 1.05, 320)[None, :, None] * np.ones(3)
    return np.asarray(np.clip(glow + RNG.normal(0.0, 3.0, (240, 320, 3)), 0, 255), np.uint8)


def walls(brightness: float) -> Iterator[Image]:
    while True:
        yield wall(brightness)


def test_a_bare_wall_that_somebody_walked_away_from_is_no_cover() -> None:
    seen = Seen()
    seen.show(cycle([room(), room()]), 2.0)
    seen.show(walls(150.0), 30.0)
    assert seen.states == []
    assert len(seen.usable) == pytest.approx(32.0 / STEP_S, abs=2)
    seen.show(fingers(), 2.0)
    assert seen.states == ["covered"]
    seen.show(walls(150.0), 2.0)
    assert seen.states == ["covered", "live"]


@pytest.mark.parametrize("brightness", [16.0, 35.0])
@pytest.mark.parametrize("steps", [1, 6, 15])
def test_a_cover_that_slides_in_is_a_cover(brightness: float, steps: int) -> None:
    seen = Seen()
    seen.show(lively(), 2.0)
    for step in range(steps):
        image = room()
        edge = 320 * (step + 1) // (steps + 1)
        image[:, :edge] = finger(brightness)[:, :edge]
        seen.show(always(image), STEP_S)
    seen.show((finger(brightness) for _ in range(60)), 2.0)
    assert seen.states == ["covered"]


def test_a_bare_wall_with_which_it_begins_may_be_a_cover() -> None:
    seen = Seen()
    seen.show(walls(150.0), 2.0)
    assert seen.states == ["covered"]
    seen.show(cycle([room(), room()]), 2.0)
    assert seen.states == ["covered", "live"]

"""The camera projects as a pinhole does, and what is drawn is where the truth says it is."""

import numpy as np
import pytest

from formcheck.body.landmarks import INDEX
from formcheck.synth.body import load_body
from formcheck.synth.camera import Camera
from formcheck.synth.clip import render_clip, true_motion
from formcheck.synth.mesh import rod
from formcheck.synth.posing import pose, stand_on_feet
from formcheck.synth.posture import posture
from formcheck.synth.rendering import Scene

SIZE = (320, 240)


def camera(yaw_deg: float = 0.0, roll_deg: float = 0.0) -> Camera:
    return Camera.around((0, 0, 0.9), yaw_deg=yaw_deg, distance_m=3.0, height_m=0.9, roll_deg=roll_deg, size_px=SIZE)


def test_a_level_camera_projects_as_a_pinhole_does() -> None:
    focal_px = 120.0 / np.tan(np.radians(21.0))
    points = np.array([[0, 0, 0.9], [0, -1, 0.9], [0, 0, 1.9], [1, 0, 1.4]])
    middle = np.array([160.0, 120.0])
    expected = middle + focal_px * np.array([[0, 0], [-1 / 3, 0], [0, -1 / 3], [0, -0.25]])
    assert camera().project(points) == pytest.approx(expected)


@pytest.mark.parametrize(("yaw_deg", "left_of_middle"), [(0.0, [0, -1, 0.9]), (90.0, [-1, 0, 0.9])])
def test_the_camera_sees_the_left_side_at_0_and_the_front_at_90(yaw_deg: float, left_of_middle: list[float]) -> None:
    assert camera(yaw_deg).project(np.array(left_of_middle))[0] < 160.0
    assert camera(yaw_deg).project(np.array(left_of_middle))[1] == pytest.approx(120.0)


def test_roll_turns_the_picture_anticlockwise_when_the_camera_turns_clockwise() -> None:
    above = np.array([0.0, 0.0, 1.4])
    plain, rolled = camera().project(above) - [160, 120], camera(roll_deg=10.0).project(above) - [160, 120]
    assert np.linalg.norm(rolled) == pytest.approx(np.linalg.norm(plain))
    assert np.degrees(np.arctan2(rolled[0], -rolled[1])) == pytest.approx(-10.0)


def test_rays_go_through_what_they_show() -> None:
    seen_by = camera(30.0, 5.0)
    rays = seen_by.rays(2)
    assert rays.shape == (480, 640, 3)
    point = seen_by.position_m + 2.5 * rays[301, 205]
    assert seen_by.project(point) * 2 == pytest.approx([205.5, 301.5])


def test_a_rod_is_drawn_where_it_is_projected_in_its_colour() -> None:
    scene = Scene(camera(), noise=0.0, seed=0)
    image = scene.draw([rod([0, 0.5, 0.4], [0, 0.5, 1.4], 0.05, (0.1, 0.1, 0.9))]).astype(int)
    column, row = camera().project(np.array([0.0, 0.5, 0.9])).round().astype(int)
    reddish = image[..., 2] > image[..., 0] + 60
    assert reddish[row, column]
    rows, columns = np.nonzero(reddish)
    assert columns.mean() == pytest.approx(column, abs=1.0)
    assert np.ptp(rows) == pytest.approx(240 / (2 * np.tan(np.radians(21.0)) * 3.0), abs=3.0)


def test_the_nearer_thing_hides_the_farther() -> None:
    near = rod([0.5, 0, 0.6], [0.5, 0, 1.2], 0.1, (0.9, 0.1, 0.1))
    far = rod([-0.5, 0, 0.6], [-0.5, 0, 1.2], 0.1, (0.1, 0.1, 0.9))
    for order in ([near, far], [far, near]):
        blue, _, red = Scene(camera(), noise=0.0, seed=0).draw(order)[120, 160].astype(int)
        assert blue > red + 60


@pytest.mark.parametrize("yaw_deg", [0.0, 30.0, 90.0])
def test_true_landmarks_lie_on_the_drawn_person(yaw_deg: float) -> None:
    seen_by = camera(yaw_deg)
    figure = pose(load_body("woman"), posture(trunk=30, thigh=30, shank=-10))
    stand_on_feet(figure)
    speck = rod([0, 0, -0.5], [0, 0, -0.4], 0.001, (0.5, 0.5, 0.5))
    scene = Scene(seen_by, noise=0.0, seed=0)
    person = np.abs(scene.draw([figure.mesh()]).astype(int) - scene.draw([speck]).astype(int)).sum(axis=2) > 25
    spots = seen_by.project(figure.landmarks_m())
    for joint in ("left_hip", "left_knee", "left_shoulder", "left_elbow", "left_ankle", "left_wrist", "left_ear"):
        column, row = spots[INDEX[joint]].astype(int)
        assert person[row - 1 : row + 2, column - 1 : column + 2].any(), joint
    assert 0.02 < person.mean() < 0.25


def test_truth_is_the_projection_of_the_true_joints() -> None:
    [truth, *_] = true_motion("deadlift", yaw_deg=20.0, distance_m=3.0, height_m=0.9, fps=1.0, size_px=SIZE)
    seen_by = Camera.around((0.0, -0.05, 0.85), yaw_deg=20.0, distance_m=3.0, height_m=0.9, roll_deg=0.0, size_px=SIZE)
    assert truth.landmarks_px == pytest.approx(seen_by.project(truth.landmarks_m), nan_ok=True)
    assert truth.landmarks_px[INDEX["nose"], 1] < truth.landmarks_px[INDEX["left_ankle"], 1]


def pictures(**options: object) -> list[np.ndarray]:
    clip = render_clip("plank", fps=2.0, size_px=(160, 120), **options)  # type: ignore[arg-type]
    return [frame.image for frame, _ in (next(clip), next(clip))]


def test_same_seed_same_pictures_other_seed_other_noise() -> None:
    first, second = pictures(seed=4), pictures(seed=4)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not np.array_equal(first[0], pictures(seed=5)[0])
    assert not np.array_equal(first[0], first[1])  # a new noise for every picture


def test_noise_is_as_strong_as_asked_for() -> None:
    clean, noisy = pictures(noise=0.0)[0].astype(float), pictures(noise=4.0)[0].astype(float)
    assert (noisy - clean).std() == pytest.approx(4.0, abs=0.3)


def test_the_lamps_make_everything_brighter_by_their_factor() -> None:
    plain = pictures(noise=0.0)[0].astype(float)
    assert pictures(noise=0.0, light=1.0)[0] == pytest.approx(plain)
    for factor in (0.3, 0.6):
        assert pictures(noise=0.0, light=factor)[0].astype(float) == pytest.approx(factor * plain, abs=1.0)
    burnt = pictures(noise=0.0, light=1.5)[0].astype(float)
    assert burnt == pytest.approx(np.minimum(1.5 * plain, 255.0), abs=1.5)
    assert (burnt == 255.0).mean() > 0.2


def test_noise_does_not_dim_with_the_lamps() -> None:
    clean, noisy = (pictures(noise=noise, light=0.5)[0].astype(float) for noise in (0.0, 4.0))
    assert (noisy - clean).std() == pytest.approx(4.0, abs=0.3)


@pytest.mark.parametrize("blur_px", [1.0, 2.0, 4.0])
def test_blur_spreads_an_edge_by_its_standard_deviation(blur_px: float) -> None:
    edge = rod([0, 0, 0.4], [0, 0, 1.4], 0.5, (0.1, 0.1, 0.1))
    sharp, soft = (
        Scene(camera(), noise=0.0, seed=0, blur_px=blur).draw([edge])[120, :160].astype(float).mean(axis=-1)
        for blur in (0.0, blur_px)
    )
    height = sharp.max() - sharp.min()
    assert np.abs(np.diff(sharp)).max() > 0.45 * height  # over two pixels
    steepest = np.sqrt(2.0 * np.pi) * np.abs(np.diff(soft)).max() / height
    assert steepest == pytest.approx(1.0 / blur_px, rel=0.25)


def test_blur_comes_before_the_noise() -> None:
    clean, noisy = (pictures(noise=noise, blur_px=3.0)[0].astype(float) for noise in (0.0, 4.0))
    assert (noisy - clean).std() == pytest.approx(4.0, abs=0.3)

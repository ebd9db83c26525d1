from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from formcheck.body.landmarks import INDEX
from formcheck.body.pose import Pose, TorsoProfile
from formcheck.drawing.skeleton import BackLineAnnotator, SkeletonAnnotator, drawable
from formcheck.drawing.style import AMBER, CALM, FAINT, PAPER

Image = NDArray[np.uint8]


def changed(image: Image, x: int, y: int, reach: int = 3) -> bool:
    return bool((image[y - reach : y + reach + 1, x - reach : x + reach + 1] != 128).any())


def has(image: Image, colour: tuple[int, int, int], x: int, y: int, reach: int = 4) -> bool:
    part = image[y - reach : y + reach + 1, x - reach : x + reach + 1]
    return bool((part == colour).all(axis=2).any())


def moved(pose: Pose, name: str, xy: tuple[float, float]) -> Pose:
    points = pose.xy_px.copy()
    points[INDEX[name]] = xy
    return replace(pose, xy_px=points)


def test_near_side_is_strong_and_far_side_faint(grey: Image, standing: Pose) -> None:
    SkeletonAnnotator("right").draw(grey, standing)
    assert has(grey, PAPER, 602, 465)  # near thigh
    assert has(grey, FAINT, 662, 465)  # far thigh
    assert not has(grey, PAPER, 662, 465)
    near, far = (grey[465, 580:625] != 128).any(axis=1).sum(), (grey[465, 640:685] != 128).any(axis=1).sum()
    assert near > 1.5 * far > 0


def test_a_body_with_something_to_change_is_amber_on_its_near_side(grey: Image, standing: Pose) -> None:
    SkeletonAnnotator("right").draw(grey, standing, change=True)
    assert has(grey, AMBER, 602, 465)
    assert has(grey, FAINT, 662, 465)
    assert not (grey == PAPER).all(axis=2).any()


def test_from_the_front_both_sides_are_strong(grey: Image, standing: Pose) -> None:
    SkeletonAnnotator(None).draw(grey, standing)
    assert has(grey, PAPER, 602, 465)
    assert has(grey, PAPER, 662, 465)


@pytest.mark.parametrize("place", [(np.nan, np.nan), (605.0, 720.0), (-1.0, 530.0), (1280.0, 530.0)])
def test_landmarks_unknown_or_outside_the_picture_are_not_drawn(
    grey: Image, standing: Pose, place: tuple[float, float]
) -> None:
    pose = moved(standing, "right_knee", place)
    assert not drawable(pose)[INDEX["right_knee"]]
    SkeletonAnnotator("right").draw(grey, pose)
    assert not changed(grey, 602, 465)
    assert not changed(grey, 603, 600)
    assert changed(grey, 600, 300)  # the trunk still is


@pytest.mark.parametrize(("visibility", "drawn"), [(0.49, False), (0.5, True)])
def test_hardly_visible_landmarks_are_not_drawn(grey: Image, standing: Pose, visibility: float, drawn: bool) -> None:
    seen = standing.visibility.copy()
    seen[INDEX["right_knee"]] = visibility
    SkeletonAnnotator("right").draw(grey, replace(standing, visibility=seen))
    assert changed(grey, 602, 465) is drawn


def test_nobody_leaves_the_picture_alone(grey: Image) -> None:
    pose = Pose.nobody(0.0, (1280, 720))
    SkeletonAnnotator("left").draw(grey, pose)
    BackLineAnnotator(0).draw(grey, pose, True)
    assert (grey == 128).all()


@pytest.mark.parametrize(("bent", "colour", "other"), [(False, CALM, AMBER), (True, AMBER, CALM)])
def test_back_line_lies_on_the_outline(
    grey: Image, standing: Pose, bent: bool, colour: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    BackLineAnnotator(0).draw(grey, standing, bent)
    for y in (230, 370):  # hip at y = 400, shoulder at 200, both at x = 600: the line runs 40 px to their left
        assert has(grey, colour, 560, y)
    assert not (grey == other).all(axis=2).any()
    assert not changed(grey, 640, 300)


def test_a_bent_back_has_more_signs_than_its_colour(grey: Image, standing: Pose) -> None:
    assert standing.torso is not None
    edges = standing.torso.edges.copy()
    edges[0] += 0.2 * np.sin(np.linspace(0, np.pi, edges.shape[1]))
    pose = replace(standing, torso=TorsoProfile(edges, np.ones(2), "right"))
    calm = grey.copy()
    BackLineAnnotator(0).draw(calm, pose, False)
    BackLineAnnotator(0).draw(grey, pose, True)
    assert has(grey, AMBER, 520 - 25, 300, 3)  # the triangle stands outside the apex at x = 520
    assert not changed(calm, 520 - 25, 300)
    straight = [bool((grey[y, 540:570].min(axis=1) > 200).any()) for y in range(240, 360)]
    assert 0 < sum(straight) < len(straight)  # dashed


def test_the_other_row_is_the_other_side(grey: Image, standing: Pose) -> None:
    BackLineAnnotator(1).draw(grey, standing, False)
    assert has(grey, CALM, 640, 300)
    assert not changed(grey, 560, 300)


def test_line_widths_follow_the_height_of_the_picture(standing: Pose) -> None:
    def width_at(scale: float) -> int:
        size = (round(1280 * scale), round(720 * scale))
        image = np.full((size[1], size[0], 3), 128, np.uint8)
        pose = replace(standing, xy_px=standing.xy_px * scale, size_px=size)
        SkeletonAnnotator("right").draw(image, pose)
        y, x = round(465 * scale), round(602 * scale)
        return int((image[y, x - 40 : x + 40] != 128).any(axis=1).sum())

    assert width_at(2.0) == pytest.approx(2 * width_at(1.0), rel=0.35)

"""Masks are drawn from known outlines, so that what is read back can be compared with the truth."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from formcheck.body.landmarks import COUNT, Side, index
from formcheck.body.pose import STATIONS, TorsoProfile
from formcheck.body.silhouette import (
    COVERED,
    LOWER_BACK,
    MIN_CHORD_PX,
    back_curvature,
    lower_covered,
    outline_px,
    torn,
    torso_profile,
)

Array = NDArray[np.float64]
Outline = Callable[[Array], Array]

SIZE = 480
HALF_WIDTH = 0.2


def straight(u: Array) -> Array:
    return np.full_like(u, HALF_WIDTH)


def arc(angle_deg: float) -> Outline:
    """Return the outline whose back is an arc of a circle over the chord; a negative angle is hollow."""
    half = math.radians(abs(angle_deg)) / 2
    radius = 0.5 / math.sin(half)

    def outline(u: Array) -> Array:
        height = np.sqrt(np.maximum(radius**2 - (u - 0.5) ** 2, 0.0)) - radius * math.cos(half)
        return HALF_WIDTH + math.copysign(1.0, angle_deg) * height

    return outline


def arc_curvature(angle_deg: float) -> float:
    """Mean height of the best parabola: two thirds of the sagitta, which for a flat arc is tan(angle / 4) / 2."""
    return math.tan(math.radians(angle_deg) / 4) / 3


def chord(length: float, direction_deg: float) -> tuple[Array, Array]:
    """Return hip and shoulder around the middle of the picture; 0 points up, 90 to the right."""
    way = np.array([math.sin(math.radians(direction_deg)), -math.cos(math.radians(direction_deg))])
    middle = np.array([SIZE / 2, SIZE / 2])
    return middle - way * length / 2, middle + way * length / 2


def landmarks(hip: Array, shoulder: Array, side: Side = "left") -> Array:
    xy_px = np.full((COUNT, 2), np.nan)
    xy_px[index("hip", side)], xy_px[index("shoulder", side)] = hip, shoulder
    return xy_px


def local(points: Array, hip: Array, shoulder: Array) -> tuple[Array, Array]:
    """Return (share along the chord, distance to its left in chord lengths) of points (..., 2)."""
    way = shoulder - hip
    left = np.array([way[1], -way[0]])
    length_sq = float(way @ way)
    return (points - hip) @ way / length_sq, (points - hip) @ left / length_sq


def mask_of(
    hip: Array, shoulder: Array, left: Outline, right: Outline = straight, blur_px: float = 1.0
) -> NDArray[np.float32]:
    """Draw a trunk between two outlines; `blur_px` is the width over which its edge falls from 1 to 0."""
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(float)
    u, v = local(np.stack([x, y], axis=-1), hip, shoulder)
    length = float(np.hypot(*(shoulder - hip)))
    out_px = np.maximum(v - left(u), -v - right(u)) * length
    inside = np.clip(0.5 - out_px / blur_px, 0.0, 1.0)
    return np.asarray(np.where((u > -0.15) & (u < 1.15), inside, 0.0), dtype=np.float32)


def read(left: Outline, length: float = 200.0, direction_deg: float = 60.0) -> TorsoProfile:
    hip, shoulder = chord(length, direction_deg)
    profile = torso_profile(mask_of(hip, shoulder, left), landmarks(hip, shoulder), "left")
    assert profile is not None
    return profile


@pytest.mark.parametrize("direction", [0.0, 45.0, 90.0, -90.0, 200.0])
def test_a_straight_band_has_no_curve_and_its_own_width(direction: float) -> None:
    profile = read(straight, direction_deg=direction)
    assert np.allclose(profile.edges, HALF_WIDTH, atol=0.005)
    for row in (0, 1):
        assert back_curvature(profile, row) == pytest.approx(0.0, abs=0.001)


@pytest.mark.parametrize("angle", [20.0, 40.0, -20.0, -40.0])
def test_arcs_read_as_two_thirds_of_their_sagitta_rounded_positive(angle: float) -> None:
    profile = read(arc(angle))
    assert back_curvature(profile, 0) == pytest.approx(arc_curvature(angle), abs=0.002)
    assert back_curvature(profile, 1) == pytest.approx(0.0, abs=0.001)


def test_the_documented_figures_for_20_and_40_degrees() -> None:
    assert back_curvature(read(arc(20.0)), 0) == pytest.approx(0.029, abs=0.002)
    assert back_curvature(read(arc(40.0)), 0) == pytest.approx(0.059, abs=0.002)


@pytest.mark.parametrize("direction", range(0, 360, 40))
def test_the_curve_does_not_change_when_the_body_turns_in_the_picture(direction: int) -> None:
    assert back_curvature(read(arc(30.0), direction_deg=direction), 0) == pytest.approx(arc_curvature(30.0), abs=0.002)


@pytest.mark.parametrize("length", [60.0, 120.0, 240.0])
def test_the_curve_does_not_change_with_the_size_of_the_body(length: float) -> None:
    assert back_curvature(read(arc(30.0), length=length), 0) == pytest.approx(arc_curvature(30.0), abs=0.003)


def test_a_mirrored_picture_swaps_the_rows() -> None:
    hip, shoulder = chord(200.0, 60.0)
    mask = mask_of(hip, shoulder, arc(30.0))
    seen = torso_profile(mask, landmarks(hip, shoulder), "left")
    flip = np.array([SIZE - 1.0, 0.0])
    mirrored = torso_profile(
        np.ascontiguousarray(mask[:, ::-1]),
        landmarks(flip + hip * (-1, 1), flip + shoulder * (-1, 1), "right"),
        "right",
    )
    assert seen is not None
    assert mirrored is not None
    assert mirrored.side == "right"
    assert np.allclose(mirrored.edges, seen.edges[::-1], atol=0.002)
    assert back_curvature(mirrored, 1) == pytest.approx(back_curvature(seen, 0), abs=0.001)


def test_the_lower_back_is_read_by_itself() -> None:
    def hollow_below(u: Array) -> Array:
        lower = np.clip(u / 0.5, 0.0, 1.0)
        return HALF_WIDTH - 4 * 0.06 * lower * (1 - lower)

    profile = read(hollow_below)
    assert back_curvature(profile, 0, LOWER_BACK) == pytest.approx(-0.06 * 2 / 3, abs=0.003)
    assert back_curvature(read(straight), 0, LOWER_BACK) == pytest.approx(0.0, abs=0.001)


def test_an_edge_that_is_only_the_end_of_the_picture_is_unseen() -> None:
    hip, shoulder = np.array([20.0, 340.0]), np.array([20.0, 140.0])  # 20 px = 0.1 chords from the left border
    profile = torso_profile(mask_of(hip, shoulder, straight), landmarks(hip, shoulder), "left")
    assert profile is not None
    assert np.isnan(profile.edges[0]).all()
    assert np.allclose(profile.edges[1], HALF_WIDTH, atol=0.005)
    assert math.isnan(back_curvature(profile, 0))
    assert back_curvature(profile, 1) == pytest.approx(0.0, abs=0.001)


def test_where_the_chord_leaves_the_person_nothing_is_read() -> None:
    hip, shoulder = chord(200.0, 0.0)
    mask = mask_of(hip, shoulder, straight)
    mask[: SIZE // 2] = 0.0  # only the lower half of the trunk is there
    profile = torso_profile(mask, landmarks(hip, shoulder), "left")
    assert profile is not None
    assert np.isnan(profile.edges[:, STATIONS > 0.52]).all()
    assert np.isfinite(profile.edges[:, (STATIONS > 0.02) & (STATIONS < 0.48)]).all()


def test_an_arm_that_stands_off_the_back_is_not_the_back() -> None:
    hip, shoulder = chord(200.0, 0.0)
    mask = mask_of(hip, shoulder, straight)
    arm = mask_of(hip, shoulder, lambda u: np.full_like(u, 0.45), lambda u: np.full_like(u, -0.35))
    profile = torso_profile(np.maximum(mask, arm), landmarks(hip, shoulder), "left")
    assert profile is not None
    assert np.allclose(profile.edges[0], HALF_WIDTH, atol=0.005)


def with_gaps(curvature: float, missing: int) -> TorsoProfile:
    along = 2 * STATIONS - 1
    edges = np.tile(0.2 - curvature * (3 * along**2 - 1) / 2, (2, 1))
    edges[0, 3 : 3 + missing] = np.nan
    return TorsoProfile(edges, np.ones(2), "left")


@pytest.mark.parametrize("missing", [0, 1, 5, 10])
def test_up_to_a_quarter_of_the_outline_may_be_missing(missing: int) -> None:
    assert back_curvature(with_gaps(0.03, missing), 0) == pytest.approx(0.03, abs=1e-9)


def test_with_more_than_a_quarter_missing_there_is_no_value() -> None:
    assert math.isnan(back_curvature(with_gaps(0.03, 11), 0))
    assert back_curvature(with_gaps(0.03, 11), 1) == pytest.approx(0.03, abs=1e-9)


def test_a_step_in_the_outline_is_a_tear_and_a_gap_is_not() -> None:
    smooth, stepped, gap = with_gaps(0.05, 0), with_gaps(0.0, 0), with_gaps(0.0, 6)
    stepped.edges[0, 20:] += 0.1
    assert not torn(smooth, 0)
    assert torn(stepped, 0)
    assert not torn(stepped, 1)
    assert not torn(gap, 0)


@pytest.mark.parametrize("angle", [-30.0, 40.0])
def test_the_outline_lies_on_the_edge_of_the_mask(angle: float) -> None:
    hip, shoulder = chord(200.0, 70.0)
    xy_px = landmarks(hip, shoulder)
    profile = torso_profile(mask_of(hip, shoulder, arc(angle)), xy_px, "left")
    assert profile is not None
    for row, outline in ((0, arc(angle)), (1, straight)):
        points = outline_px(profile, row, xy_px)
        assert len(points) == len(STATIONS)
        u, v = local(points, hip, shoulder)
        assert np.abs(np.abs(v) - outline(u)).max() * 200.0 < 1.0
        assert (v > 0).all() == (row == 0)


def test_missing_stations_are_left_out_of_the_outline() -> None:
    hip, shoulder = chord(200.0, 70.0)
    points = outline_px(with_gaps(0.0, 6), 0, landmarks(hip, shoulder))
    assert points.shape == (len(STATIONS) - 6, 2)
    assert outline_px(with_gaps(0.0, 0), 0, landmarks(hip, shoulder), LOWER_BACK).shape == (21, 2)


def test_too_small_or_unseen_trunks_have_no_outline() -> None:
    hip, shoulder = chord(MIN_CHORD_PX - 1, 0.0)
    mask = mask_of(hip, shoulder, straight)
    assert torso_profile(mask, landmarks(hip, shoulder), "left") is None
    assert torso_profile(mask, landmarks(hip, np.array([np.nan, np.nan])), "left") is None
    hip, shoulder = chord(200.0, 0.0)
    assert torso_profile(mask, landmarks(hip, shoulder, "right"), "left") is None


def test_a_soft_edge_is_less_sharp_but_in_the_same_place() -> None:
    hip, shoulder = chord(200.0, 30.0)
    crisp, soft = (
        torso_profile(mask_of(hip, shoulder, straight, blur_px=blur), landmarks(hip, shoulder), "left")
        for blur in (1.0, 40.0)
    )
    assert crisp is not None
    assert soft is not None
    assert (crisp.sharpness > 0.95).all()
    assert (soft.sharpness < 0.4).all()
    assert np.allclose(crisp.edges, soft.edges, atol=0.01)


@pytest.mark.parametrize(
    ("offset", "covered"), [(0.0, False), (0.19, False), (0.22, False), (0.3, True), (-0.3, True), (0.6, True)]
)
def test_a_landmark_without_any_person_beside_it_is_covered(offset: float, covered: bool) -> None:
    """The trunk reaches 0.2 chord lengths to either side of its middle."""
    hip, shoulder = chord(200.0, 0.0)
    xy_px = landmarks(hip, shoulder)
    xy_px[index("wrist", "left")] = (hip + shoulder) / 2 + (offset * 200.0, 0.0)
    lowered = lower_covered(np.full(COUNT, 0.9), mask_of(hip, shoulder, straight), xy_px, "left")
    assert lowered[index("wrist", "left")] == pytest.approx(COVERED if covered else 0.9)
    assert lowered[index("hip", "left")] == pytest.approx(0.9)


def test_what_was_less_visible_already_or_lies_outside_is_left_alone() -> None:
    hip, shoulder = chord(200.0, 0.0)
    xy_px, visibility = landmarks(hip, shoulder), np.full(COUNT, 0.9)
    xy_px[index("wrist", "left")], visibility[index("wrist", "left")] = (20.0, 20.0), 0.1
    xy_px[index("ankle", "left")] = (SIZE + 50.0, 100.0)
    lowered = lower_covered(visibility, mask_of(hip, shoulder, straight), xy_px, "left")
    assert lowered.tolist() == visibility.tolist()


def test_without_a_trunk_nothing_is_called_covered() -> None:
    hip, shoulder = chord(200.0, 0.0)
    visibility = np.full(COUNT, 0.9)
    xy_px = landmarks(hip, shoulder, "right")
    assert lower_covered(visibility, np.zeros((SIZE, SIZE), np.float32), xy_px, "left").tolist() == visibility.tolist()

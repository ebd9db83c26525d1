"""Measures of lying on a side, on landmarks whose places are known."""

import math

import numpy as np
import pytest

from formcheck.body import MEASURES
from formcheck.body.figure import Figure
from formcheck.body.landmarks import COUNT, INDEX, Side, other
from formcheck.body.pose import Array
from formcheck.body.view import Orientation

TRUNK, LEG = 100.0, 180.0
NAMES = (
    "side_line_deviation",
    "side_line_elevation",
    "lower_hip_height",
    "lower_elbow_beyond_shoulder",
    "shoulder_roll",
    "hip_roll",
    "head_to_trunk_sideways",
    "left_side_is_down",
)


def body(
    *,
    rise_deg: float = 0.0,
    hip_px: float = 0.0,
    elbow_px: float = 0.0,
    head_deg: float = 0.0,
    shoulder_roll_deg: float = 0.0,
    hip_roll_deg: float = 0.0,
    knees_bent: bool = False,
    lower: Side = "left",
    headwards: int = 1,
) -> Array:
    """Return landmarks (33, 3): x right, y down, z away; level, the head to the right, then tipped up around the feet.

    `hip_px` lifts the hips off the straight line, `elbow_px` moves the elbow beyond the shoulder.
    """
    points = np.full((COUNT, 3), np.nan)

    def put(joint: str, x: float, y: float, half_px: float, roll_deg: float = 0.0, tilt_deg: float = 0.0) -> None:
        roll, tilt = math.radians(roll_deg), math.radians(tilt_deg)
        down = half_px * np.array([math.cos(roll) * math.sin(tilt), math.cos(roll) * math.cos(tilt), math.sin(roll)])
        points[INDEX[f"{lower}_{joint}"]] = np.array([x, y, 0.0]) + down
        points[INDEX[f"{other(lower)}_{joint}"]] = np.array([x, y, 0.0]) - down

    put("shoulder", TRUNK, 0.0, 30.0, shoulder_roll_deg)
    put("hip", 0.0, -hip_px, 18.0, hip_roll_deg)
    put("knee", -LEG / 2, 0.0, 8.0)
    put("ankle", -LEG / 2 if knees_bent else -LEG, 0.0, 8.0)
    put("ear", TRUNK + 40.0, 0.0, 12.0, tilt_deg=head_deg)
    put("elbow", TRUNK + elbow_px, 0.0, 80.0)
    cos, sin = math.cos(math.radians(rise_deg)), math.sin(math.radians(rise_deg))
    tipped = points @ np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
    return np.asarray(tipped * [headwards, 1.0, 1.0])


def value(name: str, points: Array) -> float:
    seen = Orientation("front", 90.0, 1, "left")
    figure = Figure(
        (points[:, :2] + 400.0).tolist(),
        [1.0] * COUNT,
        points / 200.0,
        seen,
        1,
        "left",
        TRUNK,
        720,
        math.nan,
        math.nan,
        math.nan,
        1280,
    )
    return MEASURES[name].read(figure)


@pytest.mark.parametrize("hip_px", [-25.0, 0.0, 30.0])
@pytest.mark.parametrize("headwards", [1, -1])
@pytest.mark.parametrize("rise_deg", [0.0, 20.0])
def test_hips_off_the_line(hip_px: float, headwards: int, rise_deg: float) -> None:
    points = body(hip_px=hip_px, headwards=headwards, rise_deg=rise_deg)
    assert value("side_line_deviation", points) == pytest.approx(hip_px / (TRUNK + LEG), abs=1e-9)
    assert value("side_line_elevation", points) == pytest.approx(rise_deg, abs=1e-9)


def test_the_line_ends_at_knees_that_are_bent_away_from_the_camera() -> None:
    points = body(hip_px=-25.0, knees_bent=True)
    assert value("side_line_deviation", points) == pytest.approx(-25.0 / (TRUNK + LEG / 2), abs=1e-9)


@pytest.mark.parametrize("hip_px", [-20.0, 0.0])
def test_the_lower_hip_is_measured_square_to_the_line_from_elbow_to_foot(hip_px: float) -> None:
    """The elbow hangs 80 px below the line of the body, the lower ankle 8, and the lower hip 18."""
    floor_px = 80.0 - 72.0 * TRUNK / (TRUNK + LEG)
    square = (TRUNK + LEG) / math.hypot(TRUNK + LEG, 72.0)
    expected = (floor_px - 18.0 + hip_px) * square / TRUNK
    assert value("lower_hip_height", body(hip_px=hip_px)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("elbow_px", [-20.0, 0.0, 35.0])
@pytest.mark.parametrize("headwards", [1, -1])
@pytest.mark.parametrize("lower", ["left", "right"])
def test_the_elbow_is_ahead_towards_the_head(elbow_px: float, headwards: int, lower: Side) -> None:
    points = body(elbow_px=elbow_px, headwards=headwards, lower=lower)
    assert value("lower_elbow_beyond_shoulder", points) == pytest.approx(elbow_px / TRUNK, abs=1e-9)


@pytest.mark.parametrize("rolled_deg", [-40.0, 0.0, 25.0])
@pytest.mark.parametrize("rise_deg", [0.0, 20.0])
def test_roll_is_read_around_the_trunk(rolled_deg: float, rise_deg: float) -> None:
    """A body that rises towards the head is no roll."""
    shoulders = body(shoulder_roll_deg=rolled_deg, rise_deg=rise_deg)
    hips = body(hip_roll_deg=rolled_deg, rise_deg=rise_deg)
    assert value("shoulder_roll", shoulders) == pytest.approx(abs(rolled_deg), abs=1e-5)
    assert value("hip_roll", shoulders) == pytest.approx(0.0, abs=1e-5)
    assert value("hip_roll", hips) == pytest.approx(abs(rolled_deg), abs=1e-5)
    assert value("shoulder_roll", hips) == pytest.approx(0.0, abs=1e-5)


@pytest.mark.parametrize("head_deg", [-30.0, 0.0, 20.0])
@pytest.mark.parametrize("headwards", [1, -1])
def test_the_head_tilts_against_the_trunk(head_deg: float, headwards: int) -> None:
    points = body(head_deg=head_deg, rise_deg=15.0, headwards=headwards)
    assert value("head_to_trunk_sideways", points) == pytest.approx(abs(head_deg), abs=1e-9)


@pytest.mark.parametrize(("lower", "expected"), [("left", 1.0), ("right", 0.0)])
def test_which_side_is_down(lower: Side, expected: float) -> None:
    assert value("left_side_is_down", body(lower=lower)) == expected


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_read_from_a_body_that_is_not_seen(name: str) -> None:
    assert math.isnan(value(name, np.full((COUNT, 3), np.nan)))

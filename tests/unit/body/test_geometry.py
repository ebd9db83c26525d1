import math
from collections.abc import Callable

import pytest

from formcheck.body.geometry import distance, elevation, flexion, inclination, midpoint, offset_from_line, turn

UP, DOWN, RIGHT, LEFT = (0, -10), (0, 10), (10, 0), (-10, 0)
HERE = (0, 0)


@pytest.mark.parametrize(
    ("upper", "facing", "expected"),
    [
        (UP, 1, 0.0),
        (UP, -1, 0.0),
        (RIGHT, 1, 90.0),
        (RIGHT, -1, -90.0),
        (LEFT, 1, -90.0),
        (LEFT, -1, 90.0),
        ((10, -10), 1, 45.0),
        ((-10, 10), -1, 135.0),
        ((math.sqrt(3), -1), 1, 60.0),
        (DOWN, 1, 180.0),
    ],
)
def test_inclination_is_zero_upright_and_positive_forwards(
    upper: tuple[float, float], facing: int, expected: float
) -> None:
    assert inclination(HERE, upper, facing) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("c", "expected"), [((20, 0), 0.0), ((10, 10), 90.0), ((10, -10), -90.0), ((20, 10), 45.0), (HERE, 180.0)]
)
def test_turn_is_positive_clockwise_in_the_picture(c: tuple[float, float], expected: float) -> None:
    assert turn(HERE, RIGHT, c) == pytest.approx(expected, abs=1e-9)
    assert flexion(HERE, RIGHT, c) == pytest.approx(abs(expected), abs=1e-9)


@pytest.mark.parametrize(
    ("b", "expected"), [(RIGHT, 0.0), (LEFT, 0.0), (UP, 90.0), (DOWN, -90.0), ((10, -10), 45.0), ((-10, -10), 45.0)]
)
def test_elevation_does_not_care_which_way_a_line_points(b: tuple[float, float], expected: float) -> None:
    assert elevation(HERE, b) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("start", "end"), [((0, 0), (10, 0)), ((10, 0), (0, 0))])
def test_offset_counts_in_lengths_of_the_line_and_is_positive_above_it(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    assert offset_from_line((3, -1), start, end) == pytest.approx(0.1)
    assert offset_from_line((3, 2), start, end) == pytest.approx(-0.2)
    assert offset_from_line((25, 0), start, end) == pytest.approx(0.0)


def test_offset_is_measured_square_to_a_sloping_line() -> None:
    assert offset_from_line((4, -3), (0, 0), (8, 6)) == pytest.approx(0.48)


def test_offset_from_a_line_without_length_is_unknown() -> None:
    assert math.isnan(offset_from_line((1, 1), (5, 5), (5, 5)))


def test_distance_and_midpoint() -> None:
    assert distance((1, 2), (4, 6)) == pytest.approx(5.0)
    assert midpoint((1, 2), (4, 6)) == pytest.approx((2.5, 4.0))


@pytest.mark.parametrize(
    ("function", "count"),
    [
        (lambda a, b: inclination(a, b, 1), 2),
        (lambda a, b: inclination(a, b, -1), 2),
        (turn, 3),
        (flexion, 3),
        (elevation, 2),
        (offset_from_line, 3),
        (distance, 2),
    ],
)
def test_any_unseen_coordinate_makes_the_result_unknown(function: Callable[..., float], count: int) -> None:
    for point in range(count):
        for axis in range(2):
            points = [[float(7 * i + 1), float(i * i + 2)] for i in range(count)]
            points[point][axis] = math.nan
            assert math.isnan(function(*points)), f"point {point}, axis {axis}"

"""What must hold for any points: angles do not care where the body stands, how big it is, or which way it looks."""

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from formcheck.body.geometry import distance, elevation, flexion, inclination, offset_from_line, turn

Point = tuple[float, float]

numbers = st.floats(-500, 500, allow_nan=False).map(lambda x: round(x, 3))
points = st.tuples(numbers, numbers)
facings = st.sampled_from([1, -1])
scales = st.floats(0.1, 10.0)


def same_angle(a: float, b: float) -> bool:
    return abs((a - b + 180.0) % 360.0 - 180.0) < 1e-6


def apart(*chain: Point) -> None:
    """Ask for bones that have a length."""
    assume(all(distance(a, b) > 1.0 for a, b in pairwise(chain)))


def moved(p: Point, by: Point, scale: float) -> Point:
    return scale * p[0] + by[0], scale * p[1] + by[1]


def mirrored(p: Point) -> Point:
    return 1279.0 - p[0], p[1]


@given(points, points, facings, points, scales)
def test_inclination_needs_no_place_and_no_size(a: Point, b: Point, facing: int, by: Point, scale: float) -> None:
    apart(a, b)
    assert same_angle(inclination(moved(a, by, scale), moved(b, by, scale), facing), inclination(a, b, facing))


@given(points, points, facings)
def test_a_mirrored_body_that_faces_the_other_way_has_the_same_inclination(a: Point, b: Point, facing: int) -> None:
    apart(a, b)
    value = inclination(a, b, facing)
    assert same_angle(inclination(mirrored(a), mirrored(b), -facing), value)
    assert -180.0 <= value <= 180.0


@given(points, points, points, points, scales)
def test_flexion_needs_no_place_no_size_and_no_mirror(a: Point, b: Point, c: Point, by: Point, scale: float) -> None:
    apart(a, b, c)
    value = flexion(a, b, c)
    assert 0.0 <= value <= 180.0
    assert flexion(*(moved(p, by, scale) for p in (a, b, c))) == pytest.approx(value, abs=1e-6)
    assert flexion(mirrored(a), mirrored(b), mirrored(c)) == pytest.approx(value, abs=1e-6)
    assert flexion(c, b, a) == pytest.approx(value, abs=1e-6)


@given(points, points, points, st.floats(-180, 180))
def test_a_joint_bends_the_same_however_the_body_lies(a: Point, b: Point, c: Point, by_deg: float) -> None:
    apart(a, b, c)
    cos, sin = math.cos(math.radians(by_deg)), math.sin(math.radians(by_deg))
    turned = [(cos * x - sin * y, sin * x + cos * y) for x, y in (a, b, c)]
    assert same_angle(turn(*turned), turn(a, b, c))


@given(points, points, points)
def test_the_mirror_turns_a_turn_around(a: Point, b: Point, c: Point) -> None:
    apart(a, b, c)
    assert same_angle(turn(mirrored(a), mirrored(b), mirrored(c)), -turn(a, b, c))


@given(points, points, points)
def test_a_turn_is_the_difference_of_two_inclinations(a: Point, b: Point, c: Point) -> None:
    apart(a, b, c)
    assert same_angle(inclination(b, c, 1) - inclination(a, b, 1), turn(a, b, c))


@given(points, points)
def test_elevation_is_the_same_in_the_mirror_and_opposite_backwards(a: Point, b: Point) -> None:
    apart(a, b)
    value = elevation(a, b)
    assert -90.0 <= value <= 90.0
    assert elevation(mirrored(a), mirrored(b)) == pytest.approx(value, abs=1e-9)
    assert elevation(b, a) == pytest.approx(-value, abs=1e-9)


@given(points, points, points, points, scales)
def test_an_offset_needs_no_place_no_size_no_mirror_and_no_order(
    p: Point, a: Point, b: Point, by: Point, scale: float
) -> None:
    apart(a, b)
    assume(abs(a[0] - b[0]) > 1.0)  # for an upright line there is no above
    value = offset_from_line(p, a, b)
    assert offset_from_line(*(moved(q, by, scale) for q in (p, a, b))) == pytest.approx(value, abs=1e-6)
    assert offset_from_line(mirrored(p), mirrored(a), mirrored(b)) == pytest.approx(value, abs=1e-6)
    assert offset_from_line(p, b, a) == pytest.approx(value, abs=1e-6)


@given(points, points, points, st.floats(1.0, 300.0))
def test_what_is_lifted_lies_higher_above_a_line(p: Point, a: Point, b: Point, by: float) -> None:
    apart(a, b)
    assume(abs(a[0] - b[0]) > 1.0)
    assert offset_from_line((p[0], p[1] - by), a, b) > offset_from_line(p, a, b)
    height = a[1] + (b[1] - a[1]) * (p[0] - a[0]) / (b[0] - a[0])
    if abs(p[1] - height) > 1e-6:
        assert (offset_from_line(p, a, b) > 0) == (p[1] < height)

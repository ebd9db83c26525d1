"""Angles and distances between points in a picture, in plain floats.

Points are (x, y) with y downwards, as pixels are; any NaN makes the result NaN. `facing` is +1 when the person faces
the right edge of the picture and -1 when the left.
"""

import math
from collections.abc import Sequence

Point = Sequence[float]


def distance(a: Point, b: Point) -> float:
    """Return the distance between two points, in their unit."""
    return math.hypot(b[0] - a[0], b[1] - a[1])


def midpoint(a: Point, b: Point) -> tuple[float, float]:
    """Return the point half-way."""
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def inclination(lower: Point, upper: Point, facing: int) -> float:
    """Angle of the line from `lower` to `upper` to the vertical, in degrees, (-180, 180].

    0 points straight up, +90 horizontally forwards, -90 horizontally backwards.
    """
    forwards = facing * (upper[0] - lower[0]) + 0.0  # + 0.0: no minus zero
    return math.degrees(math.atan2(forwards, lower[1] - upper[1]))


def turn(a: Point, b: Point, c: Point) -> float:
    """Signed turn of the way a-b-c at b, in degrees, (-180, 180]: 0 straight on, + clockwise in the picture."""
    ux, uy, wx, wy = b[0] - a[0], b[1] - a[1], c[0] - b[0], c[1] - b[1]
    return math.degrees(math.atan2(ux * wy - uy * wx, ux * wx + uy * wy))


def flexion(a: Point, b: Point, c: Point) -> float:
    """Unsigned bend of the joint b between a and c, in degrees, [0, 180]: 0 straight."""
    return abs(turn(a, b, c))


def elevation(a: Point, b: Point) -> float:
    """Angle of the line a-b above the horizontal, in degrees, [-90, 90], whichever way it points."""
    return math.degrees(math.atan2(a[1] - b[1], abs(b[0] - a[0])))


def offset_from_line(point: Point, start: Point, end: Point) -> float:
    """Distance of `point` from the line start-end in lengths of that line, + when it lies above in the picture.

    "Above" is the side that a body in a plank would call up; for a vertical line it is the left side.
    """
    dx, dy = end[0] - start[0], end[1] - start[1]
    if dx < 0 or (dx == 0 and dy > 0):
        dx, dy, start = -dx, -dy, end
    length_sq = dx * dx + dy * dy
    if not length_sq > 0:
        return math.nan
    return (dy * (point[0] - start[0]) - dx * (point[1] - start[1])) / length_sq

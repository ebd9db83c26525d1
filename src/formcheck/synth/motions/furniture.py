"""What people sit on and pull at."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formcheck.synth.mesh import Colour, Mesh, join, rod
from formcheck.synth.posing import UP

Floats = NDArray[np.float64]

WOOD: Final[Colour] = (0.36, 0.50, 0.62)
STEEL: Final[Colour] = (0.47, 0.45, 0.45)
_CELL_M: Final = 0.06
"""Surfaces are cut into cells about this long, because the painter sorts faces by the depth of their middle."""
_HANDLE_RADIUS_M: Final = 0.014
_CABLE_RADIUS_M: Final = 0.005
_POST_RADIUS_M: Final = 0.04
_POST_ABOVE_M: Final = 0.5


def seat(
    height_m: float,
    width_m: float = 0.40,
    depth_m: float = 0.36,
    *,
    middle_m: Sequence[float] = (0.0, 0.0),
    colour: Colour = WOOD,
) -> Mesh:
    """Return a stool: a plain box that stands on the floor.

    Parameters
    ----------
    height_m : float
        From the floor to where one sits.
    width_m, depth_m : float
        From the person's left to right (x), and from back to front (y).
    middle_m : sequence of float
        Middle of the stool on the floor: x to the person's left, y backwards.
    colour : tuple of float
        Blue, green and red in [0, 1].
    """
    x, y = middle_m
    return box((x - width_m / 2.0, y - depth_m / 2.0, 0.0), (width_m, depth_m, height_m), colour)


def box(corner_m: ArrayLike, size_m: Sequence[float], colour: Colour) -> Mesh:
    """Return a solid box along the axes of the world, from its lowest corner and its lengths along x, y and z."""
    near = np.asarray(corner_m, float)
    far = near + np.asarray(size_m, float)
    edges = np.diag(np.asarray(size_m, float))
    faces = []
    for axis in range(3):
        along, across = edges[(axis + 1) % 3], edges[(axis + 2) % 3]
        faces.append(_panel(far, -along, -across, colour))
        faces.append(_panel(near, across, along, colour))
    return join(faces)


def cable_and_handle(left_m: Floats, right_m: Floats, pulley_m: Floats) -> Mesh:
    """Return a bar between two hands, the cable that leads from it to a pulley, and the post that carries the pulley.

    Parameters
    ----------
    left_m, right_m, pulley_m : ndarray of shape (3,)
        The two hands, and where the cable leaves the post.
    """
    middle = (left_m + right_m) / 2.0
    aside = (left_m - right_m) * 0.12
    foot = pulley_m * [1.0, 1.0, 0.0]
    return join(
        [
            rod(left_m + aside, right_m - aside, _HANDLE_RADIUS_M, STEEL, sides=10),
            rod(middle, pulley_m, _CABLE_RADIUS_M, STEEL, sides=6),
            rod(foot, pulley_m + _POST_ABOVE_M * UP, _POST_RADIUS_M, STEEL, sides=12),
        ]
    )


def _panel(corner_m: Floats, along_m: Floats, across_m: Floats, colour: Colour) -> Mesh:
    """Return a flat four-cornered surface; it is seen from where `along` turns to `across` anticlockwise."""
    rows, columns = (max(1, round(float(np.linalg.norm(edge)) / _CELL_M)) for edge in (along_m, across_m))
    along, across = np.meshgrid(np.linspace(0.0, 1.0, rows + 1), np.linspace(0.0, 1.0, columns + 1), indexing="ij")
    points = corner_m + along.reshape(-1, 1) * along_m + across.reshape(-1, 1) * across_m
    outwards = np.cross(along_m, across_m)
    here = (np.arange(rows)[:, None] * (columns + 1) + np.arange(columns)).ravel()
    return Mesh(
        points.astype(np.float32),
        np.tile(outwards / np.linalg.norm(outwards), (len(points), 1)).astype(np.float32),
        np.column_stack([here, here + columns + 1, here + columns + 2, here + 1]),
        np.tile(np.array(colour, np.float32), (len(points), 1)),
    )

"""Coloured surfaces of four-cornered faces: the person, and simple solids for equipment and furniture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Colour = tuple[float, float, float]
"""Blue, green, red, each in [0, 1]."""

_CELL_M = 0.06
"""Solids are cut into cells about this long, because the painter sorts faces by the depth of their middle."""


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A surface.

    Attributes
    ----------
    vertices : ndarray of shape (V, 3), float32
        Corner points in metres.
    normals : ndarray of shape (V, 3), float32
        Outward directions, about unit length.
    quads : ndarray of shape (Q, 4), int64
        Corners of each face, anticlockwise seen from outside; a triangle repeats its last corner.
    colours : ndarray of shape (V, 3), float32
        Blue, green and red in [0, 1].
    """

    vertices: NDArray[np.float32]
    normals: NDArray[np.float32]
    quads: NDArray[np.int64]
    colours: NDArray[np.float32]


def join(meshes: Sequence[Mesh]) -> Mesh:
    """Put several surfaces into one."""
    starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    return Mesh(
        np.concatenate([mesh.vertices for mesh in meshes]),
        np.concatenate([mesh.normals for mesh in meshes]),
        np.concatenate([mesh.quads + start for mesh, start in zip(meshes, starts[:-1], strict=True)]),
        np.concatenate([mesh.colours for mesh in meshes]),
    )


def vertex_normals(vertices: NDArray[np.float64], quads: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the unit outward direction at each vertex: the mean over its faces, weighted by their area."""
    diagonal, other = vertices[quads[:, 2]] - vertices[quads[:, 0]], vertices[quads[:, 3]] - vertices[quads[:, 1]]
    face_normals = np.cross(diagonal, other)
    normals = np.zeros_like(vertices)
    for corner in range(4):
        np.add.at(normals, quads[:, corner], face_normals)
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.asarray(normals / np.maximum(lengths, 1e-12))


def rod(start_m: ArrayLike, end_m: ArrayLike, radius_m: float, colour: Colour, *, sides: int = 16) -> Mesh:
    """Return a solid cylinder from one point to another: a bar, a leg of a chair, or, if short and wide, a plate."""
    start, end = np.asarray(start_m, float), np.asarray(end_m, float)
    length = float(np.linalg.norm(end - start))
    axis = (end - start) / length
    across = np.cross(axis, np.eye(3)[np.abs(axis).argmin()])
    across /= np.linalg.norm(across)
    turn = np.linspace(0.0, 2.0 * np.pi, sides, endpoint=False)[:, None]
    spokes = np.cos(turn) * across + np.sin(turn) * np.cross(axis, across)
    along = np.linspace(start, end, 1 + max(1, round(length / _CELL_M)))
    rim = radius_m * spokes
    hull = _tube((along[:, None, :] + rim).reshape(-1, 3), np.tile(spokes, (len(along), 1)), sides, colour)
    return join([hull, _disc(start, -axis, rim[::-1], colour), _disc(end, axis, rim, colour)])


def _tube(points: NDArray[np.float64], normals: NDArray[np.float64], around: int, colour: Colour) -> Mesh:
    """Join rings of `around` points each into a tube."""
    ring, step = np.divmod(np.arange(len(points) - around), around)
    here, following = ring * around + step, ring * around + (step + 1) % around
    return _mesh(points, normals, np.column_stack([here, following, following + around, here + around]), colour)


def _disc(centre: NDArray[np.float64], normal: NDArray[np.float64], rim: NDArray[np.float64], colour: Colour) -> Mesh:
    points = np.vstack([centre + rim, centre[None]])
    here = np.arange(len(rim))
    middle = np.full_like(here, len(rim))
    quads = np.column_stack([here, (here + 1) % len(rim), middle, middle])
    return _mesh(points, np.tile(normal, (len(points), 1)), quads, colour)


def _mesh(points: NDArray[np.float64], normals: NDArray[np.float64], quads: NDArray[np.int64], colour: Colour) -> Mesh:
    colours = np.tile(np.array(colour, np.float32), (len(points), 1))
    return Mesh(points.astype(np.float32), normals.astype(np.float32), quads, colours)

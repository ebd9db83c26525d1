"""The picture: a plain room, one person, some equipment, their shadow and the sensor's noise.

Faces are drawn from far to near (painter's algorithm) at twice the resolution and averaged down.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.synth.camera import NEAREST_M, Camera, towards_camera
from formcheck.synth.mesh import Mesh, join

Image = NDArray[np.uint8]
Floats32 = NDArray[np.float32]

_OVERSAMPLING: Final = 2
_SUBPIXEL_BITS: Final = 4

_WALL: Final = np.array([0.75, 0.79, 0.80], np.float32)
_FLOOR: Final = np.array([0.37, 0.47, 0.58], np.float32)
_WALL_BEHIND_M: Final = 2.2
_SKIRTING_M: Final = 0.09
_BOARD_M: Final = 0.14

_AMBIENT: Final = 0.48
_FROM_ABOVE: Final = 0.12
_LAMPS: Final = ((np.array([0.43, -0.43, 0.79], np.float32), 0.48), (np.array([0.20, 0.91, 0.36], np.float32), 0.16))
"""Unit direction towards each lamp, and its strength; the first one casts the shadow."""
_SHADOW: Final = 0.40
_SHADOW_REACH_M: Final = 3.0
_SHADOW_CELLS: Final = 400


class Scene:
    """A room seen by one camera; draws one picture after another into it.

    Parameters
    ----------
    camera : Camera
        Where it is seen from.
    noise : float
        Standard deviation of the sensor's noise in gray levels (0 to 255).
    seed : int
        Same seed, same noise.
    light : float, default 1
        Brightness of the lamps; what gets too bright for the sensor turns white.
    blur_px : float, default 0
        How far the lens is out of focus: standard deviation of a point's blur in pixels.
    """

    def __init__(self, camera: Camera, *, noise: float, seed: int, light: float = 1.0, blur_px: float = 0.0) -> None:
        self._camera = camera
        self._light = light
        self._blur_px = blur_px
        self._noise = noise
        self._random = np.random.default_rng(seed)
        rays = camera.rays(1)
        self._floor_m, self._on_floor = _floor_points(camera, rays)
        self._room = _average_down(_paint_room(camera))
        cells = (self._floor_m / _SHADOW_REACH_M + 1.0) / 2.0 * _SHADOW_CELLS
        self._shadow_map = np.where(self._on_floor[..., None], cells, -10.0).astype(np.float32)

    def draw(self, meshes: Sequence[Mesh]) -> Image:
        """Draw surfaces into the room.

        Parameters
        ----------
        meshes : sequence of Mesh
            Person and equipment in world coordinates.

        Returns
        -------
        ndarray of shape (H, W, 3), uint8
            BGR picture.
        """
        things = join(meshes)
        layer = _average_down(self._paint(things))
        uncovered = 1.0 - layer[..., 3] / 255.0
        picture = self._room * _three_channels(uncovered * (1.0 - self._shadow(things)))
        picture += cv2.cvtColor(layer, cv2.COLOR_BGRA2BGR)
        picture *= self._light
        if self._blur_px:
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), self._blur_px), np.float32)
        if self._noise:  # after the lens, as in a camera
            picture += _three_channels(self._noise * self._random.standard_normal(uncovered.shape, np.float32))
        return np.clip(picture, 0.0, 255.0, out=picture).astype(np.uint8)

    def _paint(self, things: Mesh) -> Image:
        """Draw the faces that look at the camera, the farthest first; the fourth channel tells where anything is."""
        width, height = self._camera.size_px
        canvas = np.zeros((height * _OVERSAMPLING, width * _OVERSAMPLING, 4), np.uint8)
        corners, colours = self._visible_faces(things)
        for corner, colour in zip(corners, colours, strict=True):
            cv2.fillConvexPoly(canvas, corner, colour, cv2.LINE_8, _SUBPIXEL_BITS)
        return canvas

    def _visible_faces(self, things: Mesh) -> tuple[NDArray[np.int32], list[list[float]]]:
        seen = self._camera.view(things.vertices)
        spots = self._camera.project(things.vertices)
        corners = spots[things.quads]
        depths = seen[:, 2][things.quads]
        drawn = np.flatnonzero(towards_camera(corners) & (depths.min(axis=1) > NEAREST_M))
        drawn = drawn[np.argsort(-depths[drawn].mean(axis=1), kind="stable")]
        fixed_point = np.round((corners[drawn] * _OVERSAMPLING - 0.5) * 2**_SUBPIXEL_BITS).astype(np.int32)
        colours = np.full((len(drawn), 4), 255.0)
        colours[:, :3] = 255.0 * _shade(things)[things.quads[drawn]].mean(axis=1)
        return fixed_point, colours.tolist()

    def _shadow(self, things: Mesh) -> Floats32:
        """Return how much light the things take from each pixel of the floor, in [0, 1]."""
        to_lamp = _LAMPS[0][0]
        spots = things.vertices - to_lamp * (things.vertices[:, 2:] / to_lamp[2])
        cells = ((spots[:, :2] / _SHADOW_REACH_M + 1.0) / 2.0 * _SHADOW_CELLS).astype(int)
        cells = cells[(cells >= 0).all(axis=1) & (cells < _SHADOW_CELLS).all(axis=1)]
        dark = np.zeros((_SHADOW_CELLS, _SHADOW_CELLS), np.float32)
        dark[cells[:, 1], cells[:, 0]] = _SHADOW
        dark = cv2.GaussianBlur(cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((5, 5))), (0, 0), 2.5)
        return np.asarray(cv2.remap(dark, self._shadow_map, None, cv2.INTER_LINEAR), np.float32)


def _average_down(image: NDArray[np.generic]) -> Floats32:
    height, width = image.shape[0] // _OVERSAMPLING, image.shape[1] // _OVERSAMPLING
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.float32)


def _three_channels(gray: Floats32) -> Floats32:
    return np.asarray(cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR), np.float32)


def _shade(things: Mesh) -> Floats32:
    """Return the colour of each vertex in the light of the lamps."""
    light = _AMBIENT + _FROM_ABOVE * things.normals[:, 2]
    for direction, strength in _LAMPS:
        light = light + strength * np.maximum(things.normals @ direction, 0.0)
    return np.asarray(np.clip(things.colours * light[:, None], 0.0, 1.0), np.float32)


def _floor_points(camera: Camera, rays: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return where each ray meets the floor (x, y) and whether it does so in front of the wall."""
    downwards = rays[..., 2] < -1e-4
    travel = -camera.position_m[2] / np.where(downwards, rays[..., 2], -1.0)
    points = camera.position_m[:2] + travel[..., None] * rays[..., :2]
    return points, downwards & (points @ _level(camera) < _WALL_BEHIND_M)


def _level(camera: Camera) -> NDArray[np.float64]:
    """Return the viewing direction along the floor (x, y); the wall is square to it."""
    along = camera.axes[2, :2]
    return np.asarray(along / np.linalg.norm(along))


def _paint_room(camera: Camera) -> Floats32:
    rays = camera.rays(_OVERSAMPLING)
    points, on_floor = _floor_points(camera, rays)
    level = _level(camera)
    travel = (_WALL_BEHIND_M - camera.position_m[:2] @ level) / (rays[..., :2] @ level)
    height = camera.position_m[2] + travel * rays[..., 2]
    room = _WALL * (0.86 + 0.10 * np.clip(height / 2.5, 0.0, 1.0))[..., None]
    room[height < _SKIRTING_M] = _WALL * 1.08
    room[on_floor] = _floor_boards(points[on_floor])
    return np.asarray(255.0 * np.clip(room, 0.0, 1.0), np.float32)


def _floor_boards(points_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the colour of a floor of boards that run along y, each in its own shade, with dark joints."""
    board = np.floor(points_m[:, 0] / _BOARD_M)
    shade = np.modf(np.abs(np.sin(board * 12.99) * 43758.5))[0]
    light = 0.88 + 0.16 * shade + 0.03 * np.sin(points_m[:, 1] * 9.0 + shade * 20.0)
    light[points_m[:, 0] / _BOARD_M - board < 0.03] *= 0.8
    return np.asarray(_FLOOR * light[:, None])

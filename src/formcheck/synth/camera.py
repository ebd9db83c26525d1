"""A pinhole camera that looks at the person."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_VERTICAL_FIELD_DEG = 42.0
NEAREST_M = 0.05
"""What is nearer than this, or behind the camera, is not in the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """Where the camera is and how it maps the world to pixels.

    Attributes
    ----------
    position_m : ndarray of shape (3,)
        World position.
    axes : ndarray of shape (3, 3)
        Rows: the picture's right, the picture's down, and the viewing direction, as world directions.
    focal_px : float
        Focal length.
    size_px : tuple of int
        Width and height of the picture.
    """

    position_m: Floats
    axes: Floats
    focal_px: float
    size_px: tuple[int, int]

    @classmethod
    def around(
        cls,
        target_m: tuple[float, float, float],
        *,
        yaw_deg: float,
        distance_m: float,
        height_m: float,
        roll_deg: float = 0.0,
        size_px: tuple[int, int] = (640, 480),
    ) -> Self:
        """Set up a camera that looks at a point.

        Parameters
        ----------
        target_m : tuple of float
            The point in the middle of the picture.
        yaw_deg : float
            0 looks at the person's left side, 90 at the front.
        distance_m : float
            Distance along the floor from the target.
        height_m : float
            Height above the floor.
        roll_deg : float, default 0
            How far the camera is turned clockwise about its viewing direction.
        size_px : tuple of int, default (640, 480)
            Width and height of the picture.
        """
        target = np.array(target_m)
        yaw, roll = np.radians(yaw_deg), np.radians(roll_deg)
        position = np.array(
            [target[0] + distance_m * np.cos(yaw), target[1] - distance_m * np.sin(yaw), height_m], dtype=float
        )
        ahead = (target - position) / np.linalg.norm(target - position)
        right = np.cross(ahead, [0.0, 0.0, 1.0])
        right /= np.linalg.norm(right)
        down = np.cross(ahead, right)
        turned_right = np.cos(roll) * right + np.sin(roll) * down
        turned_down = np.cos(roll) * down - np.sin(roll) * right
        focal_px = size_px[1] / 2.0 / np.tan(np.radians(_VERTICAL_FIELD_DEG / 2.0))
        return cls(position, np.stack([turned_right, turned_down, ahead]), float(focal_px), size_px)

    def view(self, points_m: NDArray[np.floating]) -> Floats:
        """Return points in metres along the camera's right, down and forward axes, shape (..., 3)."""
        return np.asarray((points_m - self.position_m) @ self.axes.T)

    def project(self, points_m: NDArray[np.floating]) -> Floats:
        """Return where points appear in the picture, in pixels, shape (..., 2); NaN stays NaN."""
        seen = self.view(points_m)
        middle = np.array(self.size_px) / 2.0
        return np.asarray(seen[..., :2] / seen[..., 2:] * self.focal_px + middle)

    def rays(self, oversampling: int) -> Floats:
        """Return the world direction through each pixel of a picture `oversampling` times as fine, shape (H, W, 3)."""
        width, height = (side * oversampling for side in self.size_px)
        across, down = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        focal = self.focal_px * oversampling
        seen = np.stack([(across - width / 2.0) / focal, (down - height / 2.0) / focal, np.ones_like(across)], axis=-1)
        return np.asarray(seen @ self.axes)


def towards_camera(corners_px: Floats) -> NDArray[np.bool_]:
    """Tell which projected faces, shape (Q, 4, 2), show their outside."""
    one, two = corners_px[:, 2] - corners_px[:, 0], corners_px[:, 3] - corners_px[:, 1]
    return np.asarray(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0] < 0.0)

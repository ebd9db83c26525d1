"""How light a picture is, and the person in it, from a copy of a few thousand pixels."""

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.body.framing import Scene
from formcheck.body.pose import Pose

WIDTH: Final = 80
"""Width of the copy; averaging takes the sensor's noise out of the contrast."""
SAMPLED: Final = 2  # pixels across that are averaged into one; the rest is skipped
BURNT_FROM: Final = 250

_UNKNOWN: Final = (math.nan, math.nan, math.nan)

Gray = NDArray[np.uint8]


def scene_of(image: NDArray[np.uint8], pose: Pose | None = None, *, people: int = 1) -> Scene:
    """Return brightness and contrast of a picture, and of the person's part of it.

    Parameters
    ----------
    image : ndarray of shape (H, W, 3), uint8
        BGR, as in `Frame`; neither side may be 0.
    pose : Pose, optional
        Where the person is in this picture.
    people : int, default 1
        How many people were counted in it.

    Returns
    -------
    Scene
        The person's part is that of the box around the landmarks; NaN without a person or where the box lies outside
        the picture.
    """
    gray = _small_gray(image)
    box = _person(gray, image.shape[1], pose)
    return Scene(*_light(gray), *(_UNKNOWN if box is None else _light(box)), people)


def _small_gray(image: NDArray[np.uint8]) -> Gray:
    step = max(1, image.shape[1] // (SAMPLED * WIDTH))
    sampled = cv2.cvtColor(np.ascontiguousarray(image[::step, ::step]), cv2.COLOR_BGR2GRAY)
    height, width = sampled.shape
    size = WIDTH, max(1, round(WIDTH * height / width))
    return np.asarray(cv2.resize(sampled, size, interpolation=cv2.INTER_AREA), np.uint8)


def _person(gray: Gray, width_px: int, pose: Pose | None) -> Gray | None:
    """Return the part of a small picture around the landmarks that are known."""
    if pose is None or not pose.has_person:
        return None
    known = pose.xy_px[np.isfinite(pose.xy_px).all(axis=1)] * (gray.shape[1] / width_px)
    left, top = np.maximum(known.min(axis=0), 0).astype(int)
    right, bottom = np.ceil(np.maximum(known.max(axis=0), 0)).astype(int)
    box = gray[top:bottom, left:right]
    return box if box.size else None


def _light(gray: Gray) -> tuple[float, float, float]:
    mean, deviation = cv2.meanStdDev(gray)
    return float(mean[0, 0]), float(deviation[0, 0]), float(np.count_nonzero(gray >= BURNT_FROM)) / gray.size

"""Smaller pictures to draw on, with the pose that belongs to them."""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from formcheck.body.pose import Pose
from formcheck.drawing.style import Image

AREA_BELOW: Final = 0.6  # averaging is worth its time only where whole pixels would be skipped


def fitted_px(size_px: tuple[int, int], longest_px: int) -> tuple[int, int]:
    """Return width and height of a picture of `size_px` made to fit; never larger than it is."""
    scale = min(1.0, longest_px / max(size_px))
    return max(2, round(size_px[0] * scale)), max(2, round(size_px[1] * scale))


def fit(image: Image, pose: Pose, longest_px: int) -> tuple[Image, Pose]:
    """Shrink a picture and its pose until the longer side has `longest_px`; the same objects where it already fits."""
    height, width = image.shape[:2]
    size_px = fitted_px((width, height), longest_px)
    if size_px == (width, height):
        return image, pose
    across, down = size_px[0] / width, size_px[1] / height
    method = cv2.INTER_AREA if across < AREA_BELOW else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(image, size_px, interpolation=method), dtype=np.uint8)
    return small, replace(pose, xy_px=pose.xy_px * (across, down), size_px=size_px)

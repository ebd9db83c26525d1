"""Two lines in a mirror: how high head and shoulders are when somebody sits well, and how far they may sink."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from formcheck.body.landmarks import INDEX
from formcheck.body.pose import Pose
from formcheck.drawing.style import CALM, PAPER, Image, stroke, width_px

_EYES: Final = [INDEX["left_eye"], INDEX["right_eye"]]
_SHOULDERS: Final = [INDEX["left_shoulder"], INDEX["right_shoulder"]]
_VEIL: Final = 0.25


@dataclass(frozen=True, slots=True)
class SittingLines:
    """Where somebody sits, in shares of the picture's height from its top.

    Attributes
    ----------
    eyes, shoulders : float
    width : float
        Between the shoulders.
    """

    eyes: float
    shoulders: float
    width: float


def lines_of(pose: Pose) -> SittingLines | None:
    """Return where somebody sits; None where eyes or shoulders are not seen."""
    points = pose.xy_px[[*_EYES, *_SHOULDERS]]
    if not np.isfinite(points).all():
        return None
    height = pose.size_px[1]
    eyes, shoulders = points[:2, 1].mean() / height, points[2:, 1].mean() / height
    return SittingLines(float(eyes), float(shoulders), float(np.hypot(*(points[2] - points[3]))) / height)


def middle_of_lines(lines: list[SittingLines]) -> SittingLines | None:
    """Return the middle ones of several; None of none."""
    if not lines:
        return None
    rows = np.median([(line.eyes, line.shoulders, line.width) for line in lines], axis=0)
    return SittingLines(*(float(value) for value in rows))


class SittingAnnotator:
    """Draws the two lines, and below each the band within which all is well.

    Parameters
    ----------
    may_sink : float
        How far, in shoulder widths.
    """

    def __init__(self, may_sink: float) -> None:
        self._may_sink = may_sink

    def draw(self, image: Image, lines: SittingLines, *, fixed: bool) -> None:
        """Draw on the picture, in place; bands only once the lines are `fixed`."""
        height, width = image.shape[:2]
        for share in (lines.eyes, lines.shoulders):
            y = height * share
            if fixed:
                _veil(image, y, y + self._may_sink * lines.width * height)
            line = np.array([[0.0, y], [float(width), y]])
            stroke(image, [line], CALM if fixed else PAPER, width_px(image, 0.005), edge=width_px(image, 0.002))


def _veil(image: Image, top: float, bottom: float) -> None:
    strip = image[max(0, round(top)) : max(0, round(bottom))]
    if strip.size:
        cv2.addWeighted(strip, 1.0 - _VEIL, np.full_like(strip, CALM), _VEIL, 0.0, dst=strip)

"""Words on the picture: what is done, how often, what to change; and the still of a finding."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from formcheck.body.landmarks import Side
from formcheck.body.pose import Array, Pose
from formcheck.drawing.angles import annotator_for
from formcheck.drawing.skeleton import BackLineAnnotator, SkeletonAnnotator, drawable
from formcheck.drawing.style import (
    AMBER,
    CALM,
    FAINT,
    PAPER,
    Colour,
    Image,
    stroke,
    text_width_px,
    triangle,
    width_px,
    write,
)
from formcheck.engine.report import Finding

LegendKey = Literal["near side", "far side", "back line", "angle", "change this"]

_MARGIN: Final = 0.04
_LEGEND_COLOURS: Final[dict[LegendKey, Colour]] = {
    "near side": PAPER,
    "far side": FAINT,
    "back line": CALM,
    "angle": CALM,
    "change this": AMBER,
}


@dataclass(frozen=True, slots=True)
class Caption:
    """The words of one picture; an empty string or None leaves its place free.

    Attributes
    ----------
    title : str
        Name of the exercise.
    count : str
        Repetitions so far, or the hold clock, such as ``"0:42"``.
    phase : str
        Phase of the movement.
    cue : str or None
        The one thing to change now.
    reading : str or None
        The measure that matters, in words, such as ``"trunk 63°"``.
    praise : bool
        Whether the cue asks for no change but says that one was made.
    """

    title: str
    count: str
    phase: str
    cue: str | None = None
    reading: str | None = None
    praise: bool = False


class CaptionAnnotator:
    """Writes a caption: name, large count and phase at the top left, reading at the top right, cue along the bottom.

    In a picture taller than wide the reading stands below the phase, where it has room.
    """

    def draw(self, image: Image, caption: Caption) -> None:
        """Write `caption` on the picture."""
        height, width = image.shape[:2]
        margin, room = height * _MARGIN, width - 2 * height * _MARGIN
        write(image, caption.title, (margin, height * 0.068), height * 0.028, room_px=room * 0.6)
        write(image, caption.count, (margin, height * 0.21), height * 0.11, room_px=room * 0.6)
        write(image, caption.phase, (margin, height * 0.262), height * 0.024, room_px=room * 0.6)
        if caption.reading and width < height:
            write(image, caption.reading, (margin, height * 0.305), height * 0.024, room_px=room)
        elif caption.reading:
            at = (width - margin, height * 0.068)
            write(image, caption.reading, at, height * 0.028, anchor="right", room_px=room * 0.38)
        if caption.cue:
            _bottom_line(image, caption.cue, marked=not caption.praise)


class LegendAnnotator:
    """Says at the right edge what the lines mean."""

    def __init__(self, keys: Sequence[LegendKey]) -> None:
        self._keys = tuple(keys)

    def draw(self, image: Image) -> None:
        """Draw one sample line and one word for each key."""
        height, width = image.shape[:2]
        size = height * 0.016
        left = width - height * (_MARGIN + 0.04) - max(text_width_px(key, size) for key in self._keys)
        for row, key in enumerate(self._keys):
            y = height * (0.13 + 0.036 * row)
            write(image, key, (left + height * 0.04, y), size)
            _sample(image, key, np.array([left, y - size / 2]))


def around_body(image: Image, pose: Pose) -> tuple[Image, Pose]:
    """Cut the picture down to the body, with room for words.

    Returns
    -------
    tuple of ndarray and Pose
        A new picture and the pose in its pixels; the whole picture where no landmark may be drawn.
    """
    shown = drawable(pose)
    low, high = np.zeros(2), np.array([image.shape[1], image.shape[0]], dtype=float)
    if shown.any():
        points = pose.xy_px[shown]
        centre, tall = (points.max(axis=0) + points.min(axis=0)) / 2, np.ptp(points, axis=0).max() * 1.6
        half = np.array([max(np.ptp(points[:, 0]) * 1.25, tall * 0.8), tall]) / 2
        low, high = np.maximum(centre - half, 0), np.minimum(centre + half, high)
    (left, top), (right, bottom) = low.astype(int), np.ceil(high).astype(int)
    cut = np.ascontiguousarray(image[top:bottom, left:right])
    return cut, replace(pose, xy_px=pose.xy_px - (left, top), size_px=(int(right - left), int(bottom - top)))


def draw_still(
    image: Image,
    pose: Pose,
    finding: Finding,
    *,
    near_side: Side | None,
    back_row: int | None,
    measured: str,
    wanted: str,
) -> None:
    """Draw the worst moment of a finding: the body, what was measured on it, and the words.

    Parameters
    ----------
    image : ndarray of shape (H, W, 3), uint8
        The picture at `finding.t_worst`, drawn on in place.
    pose : Pose
        The pose of that picture.
    finding : Finding
    near_side : {"left", "right"} or None
    back_row : {0, 1} or None
        Side of the torso profile that is the back; None when unknown.
    measured, wanted : str
        The value and the band in words, such as ``"17°"`` and ``"at most 8°"``.
    """
    change = finding.verdict in ("warning", "fault")
    SkeletonAnnotator(near_side).draw(image, pose)
    if finding.measure in ("back_curvature", "lower_back_curvature") and back_row is not None:
        BackLineAnnotator(back_row).draw(image, pose, change)
    annotator = annotator_for(finding.measure, near_side)
    if annotator is not None:  # without its number: a change since the start is not the angle that is seen
        annotator.draw(image, pose, None, finding.unit, change=change)
    height, width = image.shape[:2]
    left, room = height * _MARGIN, width - 2 * height * _MARGIN
    write(image, measured, (left, height * 0.075), height * 0.04, AMBER if change else PAPER, room_px=room)
    if wanted:
        write(image, f"wanted: {wanted}", (left, height * 0.13), height * 0.028, room_px=room)
    _bottom_line(image, finding.name, marked=change)


def _bottom_line(image: Image, words: str, *, marked: bool) -> None:
    """Write one large line on a darkened strip, with the amber triangle before it when `marked`."""
    height, width = image.shape[:2]
    strip = image[round(height * 0.87) :]
    np.right_shift(strip, 2, out=strip)
    size, left = height * 0.044, height * _MARGIN
    if marked:
        triangle(image, np.array([left + size * 0.6, height * 0.937]), size * 0.65)
        left += size * 2.0
    write(image, words, (left, height * 0.957), size, room_px=width - left - height * _MARGIN)


def _sample(image: Image, key: LegendKey, left: Array) -> None:
    length = image.shape[0] * 0.025
    if key == "change this":
        triangle(image, left + np.array([length / 2, 0.0]), length * 0.4, AMBER)
        return
    line = np.stack([left, left + np.array([length, 0.0])])
    thick = 0.003 if key == "far side" else 0.006
    stroke(image, [line], _LEGEND_COLOURS[key], width_px(image, thick), edge=0 if key == "far side" else 2)

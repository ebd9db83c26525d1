"""The angle that matters, drawn where it is: an arc with its number."""

from typing import Final, Protocol

import numpy as np

from formcheck.body.landmarks import Side, index
from formcheck.body.pose import Array, Pose
from formcheck.drawing.skeleton import drawable
from formcheck.drawing.style import AMBER, CALM, PAPER, Image, dashes, stroke, text_width_px, triangle, width_px, write

_UP: Final = np.array([0.0, -1.0])


class AngleAnnotator(Protocol):
    """Draws one measured quantity at its place on the body."""

    def draw(self, image: Image, pose: Pose, value: float | None, unit: str, *, change: bool = False) -> None:
        """Draw the construction, with `value` and its unit beside it unless None.

        Parameters
        ----------
        image : ndarray of shape (H, W, 3), uint8
            Drawn on in place; left alone where a landmark that is needed may not be drawn.
        pose : Pose
        value : float or None
            None or NaN draws the construction without a number.
        unit : str
            Unit of `value`; ``"deg"`` is written as a ring.
        change : bool
            Amber and a triangle instead of the calm colour.
        """


class JointAngleAnnotator:
    """Flexion of a joint: the arc from the straight prolongation of the upper bone (dashed) to the lower bone.

    Parameters
    ----------
    proximal, joint, distal : str
        Joint names without their side, such as ``"hip", "knee", "ankle"``.
    side : {"left", "right"}
    """

    def __init__(self, proximal: str, joint: str, distal: str, side: Side) -> None:
        self._rows = [index(name, side) for name in (proximal, joint, distal)]

    def draw(self, image: Image, pose: Pose, value: float | None, unit: str, *, change: bool = False) -> None:
        """See `AngleAnnotator.draw`."""
        if not drawable(pose)[self._rows].all():
            return
        proximal, joint, distal = pose.xy_px[self._rows]
        _angle(image, joint, joint - proximal, distal - joint, number=_number(value, unit), change=change)


class InclinationAnnotator:
    """Inclination of a line to the vertical (dashed).

    Parameters
    ----------
    lower, upper : str
        Joint names without their side, such as ``"hip", "shoulder"``.
    side : {"left", "right"}
    """

    def __init__(self, lower: str, upper: str, side: Side) -> None:
        self._rows = [index(name, side) for name in (lower, upper)]

    def draw(self, image: Image, pose: Pose, value: float | None, unit: str, *, change: bool = False) -> None:
        """See `AngleAnnotator.draw`."""
        if not drawable(pose)[self._rows].all():
            return
        lower, upper = pose.xy_px[self._rows]
        _angle(
            image, lower, _UP * np.hypot(*(upper - lower)), upper - lower, number=_number(value, unit), change=change
        )


class BodyLineAnnotator:
    """How far the hip lies off the straight line from shoulder to ankle (dashed)."""

    def __init__(self, side: Side) -> None:
        self._rows = [index(name, side) for name in ("shoulder", "hip", "ankle")]

    def draw(self, image: Image, pose: Pose, value: float | None, unit: str, *, change: bool = False) -> None:
        """See `AngleAnnotator.draw`."""
        if not drawable(pose)[self._rows].all():
            return
        shoulder, hip, ankle = pose.xy_px[self._rows]
        line = ankle - shoulder
        foot = shoulder + line * float((hip - shoulder) @ line) / max(float(line @ line), 1.0)
        stroke(image, dashes(shoulder, ankle, image.shape[0] * 0.014), PAPER, width_px(image, 0.003), edge=1)
        colour = AMBER if change else CALM
        stroke(image, [np.stack([hip, foot])], colour, width_px(image, 0.007), edge=width_px(image, 0.002))
        _label(image, hip + _UP * image.shape[0] * 0.05, _number(value, unit), change)


def annotator_for(measure: str, near_side: Side | None) -> AngleAnnotator | None:
    """Return what draws `measure` on the near side of the body, or None where no simple drawing shows it."""
    if near_side is None:
        return None
    if measure in JOINT_ANGLES:
        return JointAngleAnnotator(*JOINT_ANGLES[measure], near_side)
    if measure in INCLINATIONS:
        return InclinationAnnotator(*INCLINATIONS[measure], near_side)
    return BodyLineAnnotator(near_side) if measure == BODY_LINE else None


JOINT_ANGLES: Final = {
    "knee_flexion": ("hip", "knee", "ankle"),
    "hip_flexion": ("shoulder", "hip", "knee"),
    "elbow_flexion": ("shoulder", "elbow", "wrist"),
}
INCLINATIONS: Final = {"trunk_inclination": ("hip", "shoulder"), "shank_inclination": ("ankle", "knee")}
BODY_LINE: Final = "body_line_deviation"


def _angle(image: Image, apex: Array, start: Array, end: Array, *, number: str | None, change: bool) -> None:
    """Draw the arc at `apex` between two directions, the first one dashed."""
    radius = min(image.shape[0] * 0.09, 0.6 * float(np.hypot(*start)), 0.6 * float(np.hypot(*end)))
    if not radius >= 2:
        return
    ends = apex + start / np.hypot(*start) * radius * 1.5
    stroke(image, dashes(apex, ends, image.shape[0] * 0.012), PAPER, width_px(image, 0.003), edge=1)
    first, turn = float(np.arctan2(start[1], start[0])), _turn(start, end)
    along = first + np.linspace(0.0, turn, 24)
    arc = apex + radius * np.stack([np.cos(along), np.sin(along)], axis=1)
    stroke(image, [arc], AMBER if change else CALM, width_px(image, 0.006), edge=width_px(image, 0.002))
    middle = first + turn / 2
    _label(image, apex + (radius + image.shape[0] * 0.055) * np.array([np.cos(middle), np.sin(middle)]), number, change)


def _turn(start: Array, end: Array) -> float:
    """Signed angle from one direction to the other, in radians, within (−π, π]."""
    return float(np.arctan2(start[0] * end[1] - start[1] * end[0], start @ end))


def _label(image: Image, centre: Array, number: str | None, change: bool) -> None:
    if number is None:
        return
    height = image.shape[0] * 0.03
    at = (float(centre[0]), float(centre[1] + height / 2))
    write(image, number, at, height, AMBER if change else PAPER, anchor="middle")
    if change:
        triangle(image, centre + np.array([text_width_px(number, height) / 2 + height, 0.0]), height * 0.5)


def _number(value: float | None, unit: str) -> str | None:
    if value is None or not np.isfinite(value):
        return None
    return f"{value:.0f}°" if unit == "deg" else f"{100 * value:.0f} %"

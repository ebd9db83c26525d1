"""The body on the picture: bones and joints, and the line of the back."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.body.landmarks import BONES, INDEX, Side, other
from formcheck.body.pose import Array, Pose
from formcheck.body.silhouette import outline_px
from formcheck.drawing.style import AMBER, CALM, FAINT, PAPER, Image, dashes, stroke, triangle, width_px

MIN_VISIBILITY: Final = 0.5

_BONES: Final = np.array([(INDEX[a], INDEX[b]) for a, b in BONES])
_JOINTS: Final = np.array(sorted({INDEX[name] for bone in BONES for name in bone}))
_SIDE: Final[dict[Side, NDArray[np.bool_]]] = {
    "left": np.array([any(name.startswith("left") for name in bone) for bone in BONES]),
    "right": np.array([any(name.startswith("right") for name in bone) for bone in BONES]),
}


def drawable(pose: Pose) -> NDArray[np.bool_]:
    """Tell which landmarks may be drawn, as (33,): known, inside the picture and visible enough.

    The model invents positions outside the picture and calls them visible, so both are asked.
    """
    inside = (pose.xy_px >= 0) & (pose.xy_px < np.array(pose.size_px))  # False for NaN
    shown: NDArray[np.bool_] = inside.all(axis=1) & (pose.visibility >= MIN_VISIBILITY)
    return shown


class SkeletonAnnotator:
    """Draws bones and joints.

    Parameters
    ----------
    near_side : {"left", "right"} or None
        The side nearer to the camera is drawn strong, the other faint; None (seen from the front) draws both strong.
    """

    def __init__(self, near_side: Side | None) -> None:
        far = _SIDE[other(near_side)] if near_side else np.zeros(len(_BONES), dtype=bool)
        self._near_bones, self._far_bones = _BONES[~far], _BONES[far]
        self._near_joints = np.intersect1d(_JOINTS, self._near_bones)

    def draw(self, image: Image, pose: Pose, *, change: bool = False) -> None:
        """Draw `pose` on its own picture, its near side amber when `change`; nothing where nobody was found."""
        colour = AMBER if change else PAPER
        shown = drawable(pose)
        far = _segments(pose, self._far_bones, shown)
        if far:
            stroke(image, far, FAINT, width_px(image, 0.003))
        near = _segments(pose, self._near_bones, shown)
        if near:
            stroke(image, near, colour, width_px(image, 0.005), edge=width_px(image, 0.0022))
        joints = self._near_joints[shown[self._near_joints]]
        if len(joints):
            dots = [np.repeat(pose.xy_px[joint][None], 2, axis=0) for joint in joints]
            stroke(image, dots, colour, width_px(image, 0.012), edge=width_px(image, 0.0028))


class BackLineAnnotator:
    """Draws the outline of the back.

    Parameters
    ----------
    row : {0, 1}
        Which side of the torso profile is the back.
    """

    def __init__(self, row: int) -> None:
        self._row = row

    def draw(self, image: Image, pose: Pose, bent: bool) -> None:
        """Draw the line of the back: calm, or amber with a triangle and the straight line it left when `bent`."""
        if pose.torso is None:
            return
        line = outline_px(pose.torso, self._row, pose.xy_px)
        line = line[np.isfinite(line).all(axis=1)]
        if len(line) < 2:
            return
        stroke(image, [line], AMBER if bent else CALM, width_px(image, 0.0095), edge=width_px(image, 0.003))
        if bent:
            self._mark_bend(image, line)

    def _mark_bend(self, image: Image, line: Array) -> None:
        stroke(image, dashes(line[0], line[-1], image.shape[0] * 0.014), PAPER, width_px(image, 0.003), edge=1)
        chord = (line[-1] - line[0]) / max(float(np.hypot(*(line[-1] - line[0]))), 1.0)
        normal = np.array([chord[1], -chord[0]])
        height = (line - line[0]) @ normal
        apex = int(np.abs(height).argmax())
        outward = normal * (1.0 if self._row == 0 else -1.0)
        triangle(image, line[apex] + outward * image.shape[0] * 0.035, image.shape[0] * 0.016)


def _segments(pose: Pose, bones: NDArray[np.int_], shown: NDArray[np.bool_]) -> list[Array]:
    """Return the two ends of every bone whose ends may both be drawn."""
    return [pose.xy_px[bone] for bone in bones if shown[bone].all()]

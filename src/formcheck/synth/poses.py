"""Poses without pictures: what a faultless pose estimator would say of the rendered people.

They show what measures and rules make of a known body, without the errors of a pose model and in a few milliseconds.
"""

from collections.abc import Iterator
from typing import Final, Unpack

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.body.landmarks import INDEX, index
from formcheck.body.pose import Pose
from formcheck.body.silhouette import REACH, torso_profile
from formcheck.body.view import near_side
from formcheck.synth.camera import NEAREST_M, Camera, towards_camera
from formcheck.synth.clip import Clip, Options, Stage
from formcheck.synth.mesh import Mesh
from formcheck.synth.posing import Figure
from formcheck.synth.truth import Truth

Floats = NDArray[np.float64]

_HIPS: Final = [INDEX["left_hip"], INDEX["right_hip"]]
_MARGIN: Final = 0.15
"""How far beyond the reach of the rays faces are drawn, in chord lengths: more than a face is long."""
_SUBPIXEL_BITS: Final = 4
_SOFT_PX: Final = 0.7
"""Blur of the mask's edge, so that it can be read more finely than a pixel."""


def true_poses(exercise: str, **options: Unpack[Options]) -> Iterator[tuple[Pose, Truth]]:
    """Return the true pose and the truth of every picture of a clip without drawing any.

    Parameters
    ----------
    exercise : str
        One of `formcheck.synth.motions.MOTIONS`.
    **options
        The other attributes of `formcheck.synth.clip.Clip`; light, blur and noise make no difference.

    Returns
    -------
    iterator of tuple of Pose and Truth
        See `pose_of`.

    Raises
    ------
    UserError
        If the exercise, fault or body does not exist, or a number is out of its range.
    """
    stage = Stage(Clip(exercise, **options))
    return ((pose_of(figure, stage.camera, truth.t), truth) for figure, _, truth in stage.acts())


def pose_of(figure: Figure, camera: Camera, t: float = 0.0) -> Pose:
    """Return a figure as a faultless pose estimator would see it.

    Parameters
    ----------
    figure : Figure
        The person, for example ``formcheck.synth.posing.pose(body, posture)``.
    camera : Camera
        From where.
    t : float, default 0
        Time in seconds.

    Returns
    -------
    Pose
        Landmarks are the joints themselves, whatever hides them. Visibility is 1 in the picture and 0 outside;
        landmarks that the body does not have (corners of eyes and mouth) or that lie behind the camera are NaN.
        The outline of the trunk is that of the dressed person without equipment.
    """
    landmarks_m = figure.landmarks_m()
    seen_m = camera.view(landmarks_m)
    world_m = seen_m - seen_m[_HIPS].mean(axis=0)
    xy_px = np.where(seen_m[:, 2:] > NEAREST_M, camera.project(landmarks_m), np.nan)
    inside = ((xy_px >= 0.0) & (xy_px < camera.size_px)).all(axis=1)
    side = near_side(world_m)
    mask = _silhouette(figure.mesh(), camera, xy_px[index("hip", side)], xy_px[index("shoulder", side)])
    return Pose(t, xy_px, world_m, inside.astype(float), camera.size_px, torso_profile(mask, xy_px, side))


def _silhouette(person: Mesh, camera: Camera, hip_px: Floats, shoulder_px: Floats) -> NDArray[np.float32]:
    """Return the mask of a person, shape (H, W) in [0, 1], complete as far as the rays of a torso profile reach."""
    spots = camera.project(person.vertices)
    chord = (shoulder_px - hip_px) / np.sum((shoulder_px - hip_px) ** 2)
    along, across = ((spots - hip_px) @ np.array([chord, [chord[1], -chord[0]]]).T).T
    near = (np.abs(along - 0.5) < 0.5 + _MARGIN) & (np.abs(across) < REACH + _MARGIN)
    near &= camera.view(person.vertices)[:, 2] > NEAREST_M
    corners = spots[person.quads[near[person.quads].all(axis=1)]]
    mask = np.zeros(camera.size_px[::-1], np.uint8)
    for corner in np.round(corners[towards_camera(corners)] * 2**_SUBPIXEL_BITS).astype(np.int32):
        cv2.fillConvexPoly(mask, corner, 255, cv2.LINE_8, _SUBPIXEL_BITS)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), _SOFT_PX), np.float32) / np.float32(255.0)

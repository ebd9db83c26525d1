"""Films of joints in space, from a depth camera: deep squat and lunge, well and badly done."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from formcheck.body.landmarks import COUNT, INDEX, Side
from formcheck.body.pose import Array, Pose
from formcheck.errors import UserError
from formcheck.evaluation.labelled.files import ARRAYS, arrays_of, files_at

FPS: Final = 30.0
JOINTS: Final = 22
_NAME: Final = re.compile(r"m(\d+)_s(\d+)_e(\d+)_(cor|inc)")
_FIRST: Final = {"shoulder": 7, "elbow": 8, "wrist": 9, "hip": 14, "knee": 15, "ankle": 16, "foot_index": 17}
_STEP: Final = 4  # from a joint of the left arm or leg to that of the right one
_HEAD: Final = 4
_PX_PER_CM: Final = 4.0
_SIZE_PX: Final = (1280, 1280)


@dataclass(frozen=True, slots=True, eq=False)
class JointFilm:
    """One movement of one person.

    Attributes
    ----------
    movement : int
        1 deep squat, 3 in-line lunge.
    person, take : int
    correct : bool
        Whether it was done as it should be.
    joints_cm : ndarray of shape (frames, 22, 3)
        y upwards, at `FPS` pictures a second.
    """

    movement: int
    person: int
    take: int
    correct: bool
    joints_cm: Array

    @property
    def forward(self) -> Array:
        """The horizontal direction (3,) in which the person looks: across the hips, to where the toes point."""
        mean = self.joints_cm.mean(axis=0)
        left, right = mean[_FIRST["hip"]], mean[_FIRST["hip"] + _STEP]
        across = (left - right) * (1.0, 0.0, 1.0)
        ahead = np.cross(across, (0.0, 1.0, 0.0)) / np.linalg.norm(across)
        feet = sum(mean[_FIRST["foot_index"] + i] - mean[_FIRST["ankle"] + i] for i in (0, _STEP))
        return np.asarray(ahead if ahead @ feet >= 0 else -ahead)

    def foot_ahead_cm(self, side: Side) -> float:
        """Return how far a foot stands ahead of the hips, on the mean."""
        mean, step = self.joints_cm.mean(axis=0), 0 if side == "left" else _STEP
        hips = (mean[_FIRST["hip"]] + mean[_FIRST["hip"] + _STEP]) / 2
        return float((mean[_FIRST["ankle"] + step] - hips) @ self.forward)

    def from_the_side(self, near: Side) -> list[Pose]:
        """Return what a camera at the person's `near` side would see, without perspective.

        Somebody seen from the right faces the right edge of the picture. Landmarks that the depth camera does not
        know are NaN.
        """
        facing = 1.0 if near == "right" else -1.0
        ahead = self.forward
        left = np.cross((0.0, 1.0, 0.0), ahead)
        axes = np.stack([facing * ahead, (0.0, -1.0, 0.0), facing * left], axis=1)
        flat = np.full((len(self.joints_cm), COUNT, 3), np.nan)
        seen = (self.joints_cm - self.joints_cm[0].mean(axis=0)) @ axes
        for name, row in _FIRST.items():
            flat[:, INDEX[f"left_{name}"]], flat[:, INDEX[f"right_{name}"]] = seen[:, row], seen[:, row + _STEP]
        flat[:, INDEX["left_ear"]] = flat[:, INDEX["right_ear"]] = seen[:, _HEAD]
        visibility = np.where(np.isfinite(flat[0, :, 0]), 1.0, 0.0)
        centre = np.array(_SIZE_PX) / 2
        return [
            Pose(i / FPS, centre + _PX_PER_CM * points[:, :2], 0.01 * points, visibility, _SIZE_PX)
            for i, points in enumerate(flat)
        ]


def read_joint_films(path: Path) -> list[JointFilm]:
    """Read .npz files whose arrays are called ``m01_s02_e03_cor`` (or ``inc``) and have shape (frames, 22, 3).

    Raises
    ------
    MissingDataError
        If there is no such file.
    UserError
        If a file cannot be read or an array has another name or shape, or something else than numbers in it.
    """
    files = files_at(path, ARRAYS, "joints of people who do squats and lunges")
    return [_film(file, name, joints) for file in files for name, joints in sorted(arrays_of(file).items())]


def _film(path: Path, name: str, joints: Array) -> JointFilm:
    found = _NAME.fullmatch(name)
    if found is None:
        raise UserError(f"{path}: the array {name!r} is not called like m01_s02_e03_cor or m01_s02_e03_inc.")
    if joints.ndim != 3 or joints.shape[1:] != (JOINTS, 3) or not len(joints):
        raise UserError(f"{path}: the array {name} has shape {joints.shape}; (frames, {JOINTS}, 3) is wanted.")
    if not np.isfinite(joints).all():
        raise UserError(f"{path}: the array {name} holds something that is no number.")
    movement, person, take = (int(found[i]) for i in (1, 2, 3))
    return JointFilm(movement, person, take, found[4] == "cor", joints)

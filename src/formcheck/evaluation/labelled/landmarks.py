"""Tables of MediaPipe landmarks with one label for each picture: plank, squat, sitting."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.body.landmarks import COUNT, INDEX, LANDMARKS
from formcheck.body.pose import Array, Pose
from formcheck.errors import UserError
from formcheck.evaluation.labelled.files import TABLES, files_at, numbers, table_with_header

WIDE_PX: Final = (1280, 720)
SQUARE_PX: Final = (1000, 1000)
"""For pictures whose shape is not known."""
_LEGS: Final = ("shoulder", "hip", "knee", "ankle")
_WHOLE: Final = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index", "ear")


@dataclass(frozen=True, slots=True, eq=False)
class LabelledPoses:
    """Pictures of people with a label each, in the order of the table.

    Attributes
    ----------
    poses : tuple of Pose, length N
        `Pose.t` counts pictures: the tables know no time. `Pose.world_m` holds the same landmarks in pixels with the
        model's depth instead of metres, which tells directions only; None where the table has no depth.
    labels : ndarray of shape (N,), str
    sources : ndarray of shape (N,), str
        File, and the film where the table names it.
    """

    poses: tuple[Pose, ...]
    labels: NDArray[np.str_]
    sources: NDArray[np.str_]

    def only(self, chosen: NDArray[np.bool_]) -> "LabelledPoses":
        """Return the pictures where `chosen` (N,) is true."""
        poses = tuple(pose for pose, keep in zip(self.poses, chosen, strict=True) if keep)
        return LabelledPoses(poses, self.labels[chosen], self.sources[chosen])


def read_plank(path: Path) -> LabelledPoses:
    """Read planks: ``label`` C (correct), L (low back) or H (high back); fractions of a 16:9 picture.

    Raises
    ------
    MissingDataError
        If there is no table.
    UserError
        If a table lacks columns, has unknown labels or cells that are no numbers.
    """
    return _read(path, "planks with label C, L or H", "label", ("C", "L", "H"), _LEGS, WIDE_PX)


def read_squat_phases(path: Path) -> LabelledPoses:
    """Read squats: ``label`` up or down; otherwise as `read_plank`."""
    return _read(path, "squats with label up or down", "label", ("up", "down"), _LEGS, WIDE_PX)


def read_sitting(path: Path) -> LabelledPoses:
    """Read people who sit: ``class`` proper, slouching, reclining or crossed_legs; otherwise as `read_plank`.

    The shape of the pictures is not known and taken as square: angles are bent by the true one.
    """
    labels = ("proper", "slouching", "reclining", "crossed_legs")
    return _read(path, "people who sit, with their class", "class", labels, _WHOLE, SQUARE_PX)


def _read(
    path: Path, what: str, label: str, allowed: Sequence[str], joints: Sequence[str], size_px: tuple[int, int]
) -> LabelledPoses:
    needed = ["nose", *(f"{side}_{joint}" for joint in joints for side in ("left", "right"))]
    tables = [_read_one(file, label, allowed, needed, size_px) for file in files_at(path, TABLES, what)]
    return LabelledPoses(
        tuple(pose for table in tables for pose in table.poses),
        np.concatenate([table.labels for table in tables]),
        np.concatenate([table.sources for table in tables]),
    )


def _read_one(
    path: Path, label: str, allowed: Sequence[str], needed: Sequence[str], size_px: tuple[int, int]
) -> LabelledPoses:
    header, rows = table_with_header(path, [label, *(f"{name}_{axis}" for name in needed for axis in "xy")])
    at = header.index(label)
    labels = [row[at].strip() for _, row in rows.lines]
    for (line, _), found in zip(rows.lines, labels, strict=True):
        if found not in allowed:
            raise UserError(f"{path}, line {line}: the {label} {found!r} is none of {', '.join(allowed)}.")
    names = [name for name in LANDMARKS if f"{name}_x" in header and f"{name}_y" in header]
    axes = [axis for axis in "xyzv" if all(f"{name}_{axis}" in header for name in names)]
    table = numbers(rows, header, [f"{name}_{axis}" for name in names for axis in axes])
    film = header.index("source") if "source" in header else None
    sources = [f"{path.name} {row[film] if film is not None else ''}".strip() for _, row in rows.lines]
    poses = _poses(table.reshape(len(labels), len(names), len(axes)), names, axes, size_px)
    return LabelledPoses(poses, np.array(labels), np.array(sources))


def _poses(table: Array, names: Sequence[str], axes: Sequence[str], size_px: tuple[int, int]) -> tuple[Pose, ...]:
    """Turn fractions (N, names, axes) into poses; the model gives depth in the unit of x."""
    scale = {"x": size_px[0], "y": size_px[1], "z": size_px[0], "v": 1.0}
    points = np.full((len(table), COUNT, len(axes)), np.nan)
    points[:, [INDEX[name] for name in names]] = table * [scale[axis] for axis in axes]
    seen = np.where(np.isfinite(points[:, :, 0]), 1.0, 0.0)
    visibility = np.nan_to_num(points[:, :, axes.index("v")]) if "v" in axes else seen
    world = points[:, :, :3] if "z" in axes else [None] * len(table)
    return tuple(Pose(float(i), points[i, :, :2], world[i], visibility[i], size_px) for i in range(len(table)))

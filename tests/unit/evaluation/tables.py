"""Small labelled tables of stick figures, written to disk as their sources write them."""

import csv
import gzip
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tests.stick import Body, pose_of

from formcheck.body.landmarks import INDEX, LANDMARKS
from formcheck.body.pose import Pose

WHOLE = ("nose", *(f"{side}_{joint}" for joint in ("shoulder", "hip", "knee", "ankle") for side in ("left", "right")))


def write_table(path: Path, lines: Iterable[Sequence[object]]) -> Path:
    """Write comma-separated lines, packed where the name ends in .gz."""
    with gzip.open(path, "wt", newline="") if path.suffix == ".gz" else path.open("w", newline="") as file:
        csv.writer(file).writerows(lines)
    return path


def landmark_lines(
    poses: Iterable[tuple[str, Pose]], label: str, names: Sequence[str] = WHOLE, axes: str = "xyzv"
) -> list[list[object]]:
    """Return a header and one line for each labelled pose, in fractions of the picture."""
    lines: list[list[object]] = [[label, *(f"{name}_{axis}" for name in names for axis in axes)]]
    for word, pose in poses:
        width, height = pose.size_px
        assert pose.world_m is not None
        columns = {
            "x": pose.xy_px[:, 0] / width,
            "y": pose.xy_px[:, 1] / height,
            "z": pose.world_m[:, 2],
            "v": pose.visibility,
        }
        lines.append([word, *(float(columns[axis][INDEX[name]]) for name in names for axis in axes)])
    return lines


def write_bodies(path: Path, bodies: Iterable[tuple[str, Body]], label: str = "label") -> Path:
    """Write labelled bodies as a table of landmarks in 16:9 pictures."""
    return write_table(path, landmark_lines(((word, pose_of(body)) for word, body in bodies), label))


def write_sitters(path: Path, bodies: Iterable[tuple[str, Body]]) -> Path:
    """Write labelled bodies as a table of all landmarks, without depth, in square pictures."""
    poses = ((word, pose_of(body, at_px=(500.0, 900.0), size_px=(1000, 1000))) for word, body in bodies)
    return write_table(path, landmark_lines(poses, "class", LANDMARKS, "xy"))


def write_box_film(path: Path, bodies: Iterable[Body]) -> Path:
    """Write a film of poses, every one stretched to its own box; five angles follow that nobody reads."""
    rows = []
    for body in bodies:
        pose = pose_of(body)
        assert pose.world_m is not None
        points = np.column_stack([pose.xy_px, pose.world_m[:, 2]])
        low, high = points.min(axis=0), points.max(axis=0)
        rows.append(np.concatenate([((points - low) / (high - low)).ravel(), np.zeros(5)]))
    np.savez(path, poses=np.array(rows, np.float16))
    return path


def kinect(body: Body, ahead: float = 0.0) -> NDArray[np.float64]:
    """Return a body as 22 joints in cm, y up, which looks `ahead` degrees off the z axis."""
    pose = pose_of(body)
    assert pose.world_m is not None
    forward, up, left = pose.world_m[:, 0], -pose.world_m[:, 1], pose.world_m[:, 2]
    turn = np.radians(ahead)
    across = np.array([np.cos(turn), 0.0, -np.sin(turn)])
    along = np.array([np.sin(turn), 0.0, np.cos(turn)])
    points = 100.0 * (np.outer(left, across) + np.outer(forward, along) + np.outer(up, (0.0, 1.0, 0.0)))
    joints = np.zeros((22, 3))
    joints[4] = points[INDEX["nose"]]
    for row, name in ((7, "shoulder"), (8, "elbow"), (9, "wrist"), (14, "hip"), (15, "knee"), (16, "ankle")):
        joints[row], joints[row + 4] = points[INDEX[f"left_{name}"]], points[INDEX[f"right_{name}"]]
    joints[17], joints[21] = points[INDEX["left_foot_index"]], points[INDEX["right_foot_index"]]
    return joints

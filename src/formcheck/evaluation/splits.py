"""Cut data into parts that belong together, so that nothing is tried on what it was chosen on."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.body.landmarks import INDEX
from formcheck.body.pose import Array, Pose

JUMP: Final = 0.3
"""Trunk lengths that the hips move between two pictures of one film at most."""
_HIPS: Final = [INDEX["left_hip"], INDEX["right_hip"]]
_SHOULDERS: Final = [INDEX["left_shoulder"], INDEX["right_shoulder"]]

Groups = NDArray[np.intp]


def blocks(poses: Sequence[Pose], labels: NDArray[np.str_], sources: NDArray[np.str_]) -> Groups:
    """Number the runs of consecutive pictures (N,) of one film and one label.

    Where a source does not name its films, a new one is taken to begin where the hips jump by more than `JUMP`.
    """
    points = np.array([pose.xy_px for pose in poses])
    hips, shoulders = points[:, _HIPS].mean(axis=1), points[:, _SHOULDERS].mean(axis=1)
    trunk = np.linalg.norm(shoulders - hips, axis=1)
    jumped = _moved(hips) > JUMP * np.minimum(trunk[1:], trunk[:-1])
    new = jumped | (labels[1:] != labels[:-1]) | (sources[1:] != sources[:-1])
    return np.concatenate([[0], np.cumsum(new)])


def _moved(points: Array) -> Array:
    return np.asarray(np.linalg.norm(np.diff(points, axis=0), axis=1))


def runs_of_each_label(labels: NDArray[np.str_], parts: int) -> Groups:
    """Cut the pictures of every label, in their order, into `parts` runs; run k of each label is part k, (N,)."""
    part = np.zeros(len(labels), np.intp)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        part[rows] = np.arange(len(rows)) * parts // len(rows)
    return part


def left_out(groups: Groups) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Leave out one group after the other: yields who is kept to choose on, and who is left out to try on, (N,)."""
    for group in np.unique(groups):
        out = groups == group
        yield ~out, out

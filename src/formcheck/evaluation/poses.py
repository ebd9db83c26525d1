"""Measure single poses with formcheck's own measures, without a film around them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from formcheck.body import MEASURES
from formcheck.body.figure import Figure
from formcheck.body.geometry import distance
from formcheck.body.pose import Array, Pose
from formcheck.body.view import UNKNOWN, Orientation, OrientationVote, Ventral


def measured(
    poses: Iterable[Pose],
    names: Sequence[str],
    ventral: Ventral = "facing",
    orientation: Orientation | None = None,
) -> dict[str, Array]:
    """Return the named measures of each pose, taken to be seen from the side.

    Parameters
    ----------
    poses : iterable of Pose, length N
    names : sequence of str
        Registered measures.
    ventral : {"facing", "down"}
        As in `OrientationVote`.
    orientation : Orientation, optional
        How the body stands to the camera, where that is known; read from each pose where left out.

    Returns
    -------
    dict of str to ndarray of shape (N,)
        In the unit of the measure; NaN where nobody or a needed landmark is missing.
    """
    figures = [figure_of(pose, orientation or orientation_of(pose, ventral)) for pose in poses]
    return {name: np.array([MEASURES[name].read(figure) for figure in figures], float) for name in names}


def orientation_of(pose: Pose, ventral: Ventral = "facing") -> Orientation:
    """Return how the body stands to the camera by this pose alone, as a side view.

    Without depth the near side follows from where the body faces: who looks to the right shows the right side.
    """
    vote = OrientationVote(ventral)
    vote.add(pose if pose.world_m is not None else replace(pose, world_m=np.zeros((len(pose.xy_px), 3))))
    seen = vote.decide(UNKNOWN)
    near = seen.near if pose.world_m is not None else "right" if seen.facing > 0 else "left"
    return Orientation("side", 0.0, seen.facing, near)


def figure_of(pose: Pose, orientation: Orientation) -> Figure:
    """Return a pose as measures see it, unsmoothed; its own trunk is the unit of offsets."""
    figure = Figure(
        points=pose.xy_px.tolist(),
        clarity=pose.visibility.tolist(),
        world=pose.world_m,
        orientation=orientation,
        facing=orientation.facing,
        near=orientation.near,
        trunk_px=math.nan,
        height_px=pose.size_px[1],
        back=math.nan,
        lower_back=math.nan,
        outline_clarity=0.0,
        width_px=pose.size_px[0],
    )
    figure.trunk_px = distance(figure.middle("hip"), figure.middle("shoulder"))
    return figure

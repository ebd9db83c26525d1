import numpy as np
import pytest
from numpy.typing import NDArray

from formcheck.body.landmarks import INDEX
from formcheck.body.pose import STATIONS, Pose, TorsoProfile

SIZE_PX = (1280, 720)


@pytest.fixture
def standing() -> Pose:
    """Somebody upright who faces right: shoulder (600, 200), hip (600, 400), back 0.2 chord lengths to their left."""
    xy = np.full((33, 2), np.nan)
    places = {
        "ear": (610, 120), "shoulder": (600, 200), "elbow": (610, 290), "wrist": (620, 380), "hip": (600, 400),
        "knee": (605, 530), "ankle": (600, 660), "heel": (590, 680), "foot_index": (650, 685),
    }  # fmt: skip
    for joint, (x, y) in places.items():
        xy[INDEX[f"right_{joint}"]] = x, y
        xy[INDEX[f"left_{joint}"]] = x + 60, y
    edges = np.full((2, len(STATIONS)), 0.2)
    torso = TorsoProfile(edges, np.ones(2), "right")
    return Pose(0.0, xy, None, np.ones(33), SIZE_PX, torso)


@pytest.fixture
def grey() -> NDArray[np.uint8]:
    return np.full((SIZE_PX[1], SIZE_PX[0], 3), 128, np.uint8)

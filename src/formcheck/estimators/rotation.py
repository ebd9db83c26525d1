"""Pictures turned by quarters before they are read, and what was read in them turned back."""

from dataclasses import replace
from typing import Final

import numpy as np

from formcheck.body.pose import Pose
from formcheck.estimators.base import PeopleEstimator
from formcheck.frame import Frame

TURNS: Final = (0, 1, 2, 3)
"""Quarter turns against the clock."""


class Turning:
    """Read pictures in one turn, until another is kept; poses come back upright, as in the picture given.

    Parameters
    ----------
    estimator : PeopleEstimator
        Closed by its owner.

    Attributes
    ----------
    turn : int
        Quarter turns against the clock in which pictures are read now.
    turned : int
        Pictures that were followed in any other turn than 0.
    """

    def __init__(self, estimator: PeopleEstimator) -> None:
        self._estimator = estimator
        self._people = 1
        self.turn = 0
        self.turned = 0

    @property
    def people(self) -> int:
        """How many people are followed at most."""
        return self._people

    def estimate_all(self, frame: Frame) -> tuple[Pose, ...]:
        """Return the poses of the people who are followed; errors as `PeopleEstimator.estimate_all`."""
        self.turned += self.turn != 0
        found = self._estimator.estimate_all(turned(frame, self.turn))
        return tuple(turned_back(pose, self.turn) for pose in found)

    def look(self, frame: Frame, turn: int | None = None) -> tuple[Pose, ...]:
        """Return who is found in one picture alone, in the present turn or another."""
        turn = self.turn if turn is None else turn
        return tuple(turned_back(pose, turn) for pose in self._estimator.look(turned(frame, turn)))

    def follow(self, people: int) -> None:
        """Follow so many people at most, whom the next picture is searched for."""
        self._people = people
        self._estimator.follow(people)

    def keep(self, turn: int) -> None:
        """Read in this turn from now on, beginning afresh."""
        self.turn = turn
        self._estimator.follow(self._people)


def turned(frame: Frame, turn: int) -> Frame:
    """Return the picture after so many quarter turns against the clock."""
    return frame if turn == 0 else Frame(frame.t, np.ascontiguousarray(np.rot90(frame.image, turn)))


def turned_back(pose: Pose, turn: int) -> Pose:
    """Return a pose that was read in a turned picture as it is in the picture before.

    A torso profile stays as it is: it is measured along the body.
    """
    for _ in range(turn):
        pose = _quarter_back(pose)
    return pose


def _quarter_back(pose: Pose) -> Pose:
    width, height = pose.size_px
    x, y = pose.xy_px.T
    xy_px = np.stack([height - y, x], axis=1)
    world_m = None
    if pose.world_m is not None:
        wx, wy, wz = pose.world_m.T
        world_m = np.stack([-wy, wx, wz], axis=1)
    return replace(pose, xy_px=xy_px, world_m=world_m, size_px=(height, width))

"""One person through a film: how many are looked for, which of them it is, and how the picture is held."""

import math
from typing import Final

from formcheck.body.landmarks import INDEX
from formcheck.body.plausibility import IMPLAUSIBLE, strangeness
from formcheck.body.pose import Pose
from formcheck.engine.subject import SubjectLock
from formcheck.errors import FilmError
from formcheck.estimators.base import PeopleEstimator
from formcheck.estimators.rotation import TURNS, Turning
from formcheck.frame import Frame

COUNT_EVERY_S: Final = 4.0
COUNT_AGAIN_S: Final = 0.5
"""How often people are counted: while the person is followed, and while somebody else is seen instead."""
TRY_AFTER: Final = 5
"""Implausible pictures in a row before other turns, and a fresh look in the same, are tried."""
TRY_EVERY_S: Final = 2.0
TRY_SELDOM_S: Final = 32.0
"""How long to wait after a try in vain, first and at most: each costs as much as ten pictures."""
CLEARLY: Final = 0.5
"""A turn is taken when the pose in it is half as strange, and plausible."""

_SHOULDERS: Final = [INDEX["left_shoulder"], INDEX["right_shoulder"]]
_HIPS: Final = [INDEX["left_hip"], INDEX["right_hip"]]


class Follower:
    """Find the pose of one person in every picture.

    A single person costs nothing more than the estimator's own work: more are only looked for in every picture once
    more have been seen.

    Parameters
    ----------
    estimator : PeopleEstimator
    person : int, optional
        Whom to follow, counted from the left, from 1; see `SubjectLock`.

    Attributes
    ----------
    lock : SubjectLock
    people : int
        The most people seen in one picture.
    """

    def __init__(self, estimator: PeopleEstimator, person: int | None = None) -> None:
        self.lock = SubjectLock(person)
        self.people = 0
        self._person = person
        self._turning = Turning(estimator)
        self._counted_at = -math.inf
        self._strange = 0
        self._try_at = -math.inf
        self._wait_s = TRY_EVERY_S

    @property
    def turned(self) -> int:
        """Pictures that were read turned."""
        return self._turning.turned

    def pose(self, frame: Frame) -> Pose:
        """Return the person's pose; all-NaN when they are not seen, whoever else may be.

        Raises
        ------
        ValueError, EstimatorError
            As `PeopleEstimator.estimate_all`.
        """
        poses = self._turning.estimate_all(frame)
        if self._count_due(frame.t, poses):
            poses = self._counted(frame, poses)
        pose = self._tried(frame, self.lock.choose(frame.t, poses))
        height, width = frame.image.shape[:2]
        return pose or Pose.nobody(frame.t, (width, height))

    def check_found(self, name: str) -> None:
        """Refuse the film of this name if it never showed as many people as had to be counted.

        Raises
        ------
        FilmError
        """
        if self._person is not None and self.people and not self.lock.chosen:
            raise FilmError(
                f"There is no person {self._person} in {name}: no more than {self.people} were seen together; "
                "give a smaller --person, counted from the left."
            )

    def _count_due(self, t: float, poses: tuple[Pose, ...]) -> bool:
        if not self.lock.chosen and not poses:
            return False  # the first picture with anybody is counted, whenever that is
        usual = not poses or (self.lock.find(t, poses) is not None and not self.lock.strays(t))
        return t - self._counted_at >= (COUNT_EVERY_S if usual else COUNT_AGAIN_S)

    def _counted(self, frame: Frame, poses: tuple[Pose, ...]) -> tuple[Pose, ...]:
        """Count people, follow more where there are more, and return the larger company."""
        seen = self._turning.look(frame)
        self._counted_at = frame.t
        self.people = max(self.people, len(seen), len(poses))
        if len(seen) > self._turning.people:
            self._turning.follow(len(seen))
        return seen if len(seen) > len(poses) else poses

    def _tried(self, frame: Frame, pose: Pose | None) -> Pose | None:
        """Try other turns when the pose has not been plausible for some time; return the better pose."""
        strange = math.inf if pose is None else strangeness(pose)
        self._strange = self._strange + 1 if strange > IMPLAUSIBLE else 0
        if self._strange == 0:
            self._wait_s = TRY_EVERY_S
        if self._strange < TRY_AFTER or frame.t < self._try_at:
            return pose
        found = {turn: self.lock.find(frame.t, self._turning.look(frame, turn)) for turn in TURNS}
        ranked = {turn: strangeness(seen) for turn, seen in found.items() if seen and (turn == 0 or _lies(seen))}
        best = min(ranked, key=lambda turn: ranked[turn], default=0)
        if ranked.get(best, math.inf) <= min(IMPLAUSIBLE, CLEARLY * strange):
            return self._keep(frame.t, best, found[best])
        self._try_at = frame.t + self._wait_s
        self._wait_s = min(2 * self._wait_s, TRY_SELDOM_S)
        if self._turning.turn:
            self._turning.keep(0)
        return pose

    def _keep(self, t: float, turn: int, pose: Pose | None) -> Pose | None:
        self._turning.keep(turn)
        self._try_at = t + TRY_EVERY_S
        self._strange = 0
        return self.lock.choose(t, () if pose is None else (pose,))


def _lies(pose: Pose) -> bool:
    """Whether the trunk is nearer to the floor's direction than upright: who stands gains nothing from other turns."""
    across, up = (pose.xy_px[_SHOULDERS].mean(axis=0) - pose.xy_px[_HIPS].mean(axis=0)).tolist()
    return bool(-up < abs(across))

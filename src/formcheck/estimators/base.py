"""What every source of poses from pictures can do."""

from types import TracebackType
from typing import Protocol, Self

from formcheck.body.pose import Pose
from formcheck.frame import Frame


class PoseEstimator(Protocol):
    """Finds one person in each picture of a film or camera. Use it as a context manager, or close it."""

    def estimate(self, frame: Frame) -> Pose:
        """Return the pose at ``frame.t``; all-NaN when nobody is found.

        Raises
        ------
        ValueError
            If the frame is not what `Frame` promises.
        EstimatorError
            If the estimator is closed, or broke down and could not be restarted.
        """
        ...

    def close(self) -> None:
        """Release the model; may be called twice."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class PeopleEstimator(Protocol):
    """Finds several people in each picture of a film or camera."""

    def estimate_all(self, frame: Frame) -> tuple[Pose, ...]:
        """Return the poses of the people who are followed, in no particular order.

        Raises
        ------
        ValueError
            If the frame is not what `Frame` promises.
        EstimatorError
            If the estimator is closed, or broke down and could not be restarted.
        """
        ...

    def look(self, frame: Frame) -> tuple[Pose, ...]:
        """Return the poses of all people in one picture, whatever came before it; errors as `estimate_all`."""
        ...

    def follow(self, people: int) -> None:
        """Look for people afresh in the next picture, and follow so many of them at most."""
        ...

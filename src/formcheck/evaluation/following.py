"""Follow poses through an exercise, as every use of formcheck does."""

from collections.abc import Iterable

from formcheck.body.baseline import Baseline
from formcheck.body.pose import Pose
from formcheck.engine.report import Report
from formcheck.engine.session import Session
from formcheck.exercise.load import load_exercise


def followed(poses: Iterable[Pose], exercise: str, baseline: Baseline | None = None) -> Session:
    """Return the finished session."""
    session = Session(load_exercise(exercise), baseline=baseline)
    for pose in poses:
        session.update(pose)
    session.finish()
    return session


def judged(poses: Iterable[Pose], exercise: str, baseline: Baseline | None = None) -> Report:
    """Return the report."""
    return followed(poses, exercise, baseline).finish()

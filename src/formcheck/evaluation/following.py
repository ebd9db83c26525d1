"""Follow poses through an exercise, as every use of formcheck does."""

import math
from collections.abc import Iterable
from datetime import date
from statistics import median, pstdev
from typing import Final

from formcheck.body.baseline import Baseline
from formcheck.body.pose import Pose
from formcheck.engine.report import Report
from formcheck.engine.sampling import MIN_CONFIDENCE, Sample
from formcheck.engine.session import Session
from formcheck.exercise.load import load_exercise
from formcheck.exercise.spec import BASELINE

NO_DAY: Final = date(2000, 1, 1)


def own_baseline(poses: Iterable[Pose], exercise: str) -> Baseline:
    """Return what rules of an exercise compare with, as poses show it of somebody who does it well throughout."""
    samples: list[Sample] = []
    spec = load_exercise(exercise)
    session = Session(spec, on_sample=samples.append)
    for pose in poses:
        session.update(pose)
    session.finish()
    names = {rule.measure for rule in spec.rules if rule.relative_to == BASELINE and not rule.not_measurable}
    seen = {name: [s.values[name] for s in samples if _sure(s, name)] for name in names}
    values = {name: median(found) for name, found in seen.items() if found}
    return Baseline(values, {name: pstdev(seen[name]) for name in values}, NO_DAY)


def _sure(sample: Sample, name: str) -> bool:
    return sample.confidence[name] >= MIN_CONFIDENCE and math.isfinite(sample.values[name])


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

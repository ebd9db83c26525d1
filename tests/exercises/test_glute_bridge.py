"""The glute bridge, as a faultless pose estimator would see rendered people do it."""

from functools import cache

import pytest

from formcheck.engine.report import Report
from formcheck.evaluation.following import judged
from formcheck.exercise.load import load_exercise
from formcheck.synth.body import load_body
from formcheck.synth.motions import find_motion
from formcheck.synth.poses import true_poses

FAULTS = find_motion("glute_bridge", load_body("man")).faults


@cache
def report(fault: str | None = None, body: str = "man", yaw_deg: float = 0.0, reps: int = 1) -> Report:
    poses = true_poses("glute_bridge", fault=fault, body=body, yaw_deg=yaw_deg, fps=20.0 if fault else 12.0, reps=reps)
    return judged((pose for pose, _ in poses), "glute_bridge")


def verdicts(report: Report, verdict: str) -> set[str]:
    return {finding.rule for finding in report.findings if finding.verdict == verdict}


@pytest.mark.parametrize(("body", "yaw_deg"), [("man", 0.0), ("woman", 15.0), ("heavy", 30.0)])
def test_a_good_bridge_is_counted_and_not_faulted(body: str, yaw_deg: float) -> None:
    good = report(body=body, yaw_deg=yaw_deg)
    assert len(good.reps) == 1
    assert not verdicts(good, "fault") | verdicts(good, "warning")


def test_every_bridge_is_counted() -> None:
    assert len(report(reps=3).reps) == 3


@pytest.mark.parametrize(
    ("fault", "body"), [*((f, "man") for f in FAULTS), ("hips_low", "woman"), ("feet_far", "heavy")]
)
def test_a_fault_is_found_and_nothing_else(fault: str, body: str) -> None:
    wrong = report(fault, body)
    assert len(wrong.reps) == 1
    assert verdicts(wrong, "fault") == set(FAULTS[fault].shows)


def test_what_the_feet_hide_is_not_judged() -> None:
    unseen = {rule.id for rule in load_exercise("glute_bridge").rules if rule.not_measurable}
    assert unseen == {"GB-06", "GB-07"}
    assert unseen <= verdicts(report(), "unseen")


@pytest.mark.parametrize("exercise", ["back_extension", "squat", "plank"])
def test_other_exercises_are_no_bridge(exercise: str) -> None:
    poses = (pose for pose, _ in true_poses(exercise, fps=10.0, reps=1))
    assert not judged(poses, "glute_bridge").reps

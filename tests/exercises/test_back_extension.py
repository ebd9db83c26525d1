"""The back extension, as a faultless pose estimator would see rendered people do it."""

from functools import cache

import pytest

from formcheck.engine.report import Report
from formcheck.evaluation.following import judged
from formcheck.synth.body import load_body
from formcheck.synth.motions import find_motion
from formcheck.synth.poses import true_poses

FAULTS = find_motion("back_extension", load_body("man")).faults


@cache
def report(fault: str | None = None, body: str = "man", yaw_deg: float = 0.0, reps: int = 1) -> Report:
    poses = true_poses(
        "back_extension", fault=fault, body=body, yaw_deg=yaw_deg, fps=20.0 if fault else 12.0, reps=reps
    )
    return judged((pose for pose, _ in poses), "back_extension")


def verdicts(report: Report, verdict: str) -> set[str]:
    return {finding.rule for finding in report.findings if finding.verdict == verdict}


@pytest.mark.parametrize(("body", "yaw_deg"), [("man", 0.0), ("woman", 15.0), ("heavy", 30.0)])
def test_a_good_lift_is_counted_and_not_faulted(body: str, yaw_deg: float) -> None:
    good = report(body=body, yaw_deg=yaw_deg)
    assert len(good.reps) == 1
    assert not verdicts(good, "fault") | verdicts(good, "warning")


def test_every_lift_is_counted() -> None:
    assert len(report(reps=3).reps) == 3


def test_short_lifts_are_counted_and_called_short() -> None:
    short = report("short_hold", reps=3)
    assert len(short.reps) == 3
    assert [finding.verdict for finding in short.findings if finding.rule == "BE-05"] == ["fault"] * 3


@pytest.mark.parametrize(
    ("fault", "body"),
    [
        *((f, "man") for f in FAULTS if f not in ("jerky", "full_superman")),
        ("too_high", "woman"),
        ("legs_high", "heavy"),
    ],
)
def test_a_fault_is_found_and_nothing_else(fault: str, body: str) -> None:
    wrong = report(fault, body)
    assert len(wrong.reps) == 1
    assert verdicts(wrong, "fault") == set(FAULTS[fault].shows)


def test_a_jerk_is_found_when_there_are_pictures_enough() -> None:
    poses = true_poses("back_extension", fault="jerky", fps=30.0, reps=1)
    assert verdicts(judged((pose for pose, _ in poses), "back_extension"), "fault") == {"BE-04"}


def test_a_full_superman_is_a_hint_and_no_fault() -> None:
    superman = report("full_superman")
    assert not verdicts(superman, "fault")
    assert "BE-08" in verdicts(superman, "warning")
    assert "BE-08" in verdicts(report("legs_high"), "met")  # the arms stay beside the trunk


@pytest.mark.parametrize("exercise", ["glute_bridge", "plank", "bird_dog"])
def test_other_exercises_are_no_back_extension(exercise: str) -> None:
    poses = (pose for pose, _ in true_poses(exercise, fps=10.0, reps=1))
    assert not judged(poses, "back_extension").reps

"""Boxes lifted by rendered people, without the errors of a pose model: counted, and every fault found."""

from functools import cache

import pytest

from formcheck import Report, Session, load_exercise
from formcheck.synth.body import load_body
from formcheck.synth.motions import MOTIONS
from formcheck.synth.poses import true_poses

FAULTS = MOTIONS["floor_lift"](load_body("man")).faults


@cache
def report_of(motion: str, **options: object) -> Report:
    session = Session(load_exercise("floor_lift"))
    for pose, _ in true_poses(motion, reps=1, fps=15.0, **options):  # type: ignore[arg-type]
        session.update(pose)
    session.finish()
    return session.finish()


def found(report: Report, *verdicts: str) -> set[str]:
    return {finding.rule for finding in report.findings if finding.verdict in verdicts}


@pytest.mark.parametrize(("body", "yaw_deg"), [("man", 0.0), ("woman", 30.0), ("heavy", 90.0)])
def test_a_squat_lift_counts_and_is_faultless(body: str, yaw_deg: float) -> None:
    report = report_of("floor_lift", body=body, yaw_deg=yaw_deg)
    assert len(report.reps) == 1
    assert not found(report, "fault", "warning")


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_found_and_nothing_else(fault: str) -> None:
    described = FAULTS[fault]
    report = report_of("floor_lift", fault=fault, yaw_deg=0.0 if described.view == "side" else 90.0)
    assert len(report.reps) == 1
    assert found(report, "fault") == set(described.shows)


def test_a_stoop_is_named_but_no_fault() -> None:
    assert "LF-03" in found(report_of("floor_lift", fault="stooping", yaw_deg=0.0), "warning")
    assert "LF-03" not in found(report_of("floor_lift", fault="deep_bend", yaw_deg=0.0), "warning")


@pytest.mark.parametrize("motion", ["squat", "lunge", "bird_dog", "plank", "romanian_deadlift"])
def test_other_exercises_are_not_counted(motion: str) -> None:
    assert not report_of(motion, yaw_deg=0.0).reps

"""Lunges of rendered people, without the errors of a pose model: counted, told from squats, and every fault found."""

from functools import cache

import pytest

from formcheck import Report, Session, load_exercise
from formcheck.synth.body import load_body
from formcheck.synth.motions import MOTIONS
from formcheck.synth.poses import true_poses

FAULTS = MOTIONS["lunge"](load_body("man")).faults


@cache
def report_of(motion: str, exercise: str = "lunge", **options: object) -> Report:
    session = Session(load_exercise(exercise))
    for pose, _ in true_poses(motion, reps=1, fps=15.0, **options):  # type: ignore[arg-type]
        session.update(pose)
    session.finish()
    return session.finish()


def found(report: Report, *verdicts: str) -> set[str]:
    return {finding.rule for finding in report.findings if finding.verdict in verdicts}


@pytest.mark.parametrize(("body", "yaw_deg"), [("man", 0.0), ("woman", 30.0), ("heavy", 90.0)])
def test_a_lunge_of_either_leg_counts_and_is_faultless(body: str, yaw_deg: float) -> None:
    report = report_of("lunge", body=body, yaw_deg=yaw_deg)
    assert [rep.side for rep in report.reps] == ["left", "right"]
    assert not found(report, "fault")


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_found_on_both_sides(fault: str) -> None:
    described = FAULTS[fault]
    report = report_of("lunge", fault=fault, yaw_deg=0.0 if described.view == "side" else 90.0)
    assert len(report.reps) == 2
    for rep in (1, 2):
        wrong = {f.rule for f in report.findings if f.rep == rep and f.verdict == "fault"}
        assert wrong >= set(described.shows), rep


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_hardly_shows_in_other_rules(fault: str) -> None:
    described = FAULTS[fault]
    report = report_of("lunge", fault=fault, yaw_deg=0.0 if described.view == "side" else 90.0)
    assert found(report, "fault") <= {*described.shows, "LU-04"}


def test_a_squat_is_no_lunge_and_a_lunge_is_no_squat() -> None:
    for yaw_deg in (0.0, 90.0):
        assert not report_of("squat", "lunge", yaw_deg=yaw_deg).reps
        assert not report_of("lunge", "squat", yaw_deg=yaw_deg).reps
    assert not report_of("floor_lift", "lunge", yaw_deg=0.0).reps

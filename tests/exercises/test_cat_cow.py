"""The cat-cow, on the true poses of rendered people: a good one finds no fault, and every fault is found."""

from functools import cache

import pytest

from formcheck.engine.report import Report
from formcheck.evaluation.following import judged
from formcheck.synth.body import load_body
from formcheck.synth.motions import MOTIONS
from formcheck.synth.poses import true_poses

FAULTS = MOTIONS["cat_cow"](load_body("man")).faults


@cache
def report_of(fault: str | None = None, body: str = "man", yaw_deg: float = 0.0, reps: int = 1) -> Report:
    poses = true_poses("cat_cow", fault=fault, body=body, yaw_deg=yaw_deg, reps=reps, fps=15.0)
    return judged((pose for pose, _ in poses), "cat_cow")


def faults_in(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings if finding.rep is not None and finding.verdict == "fault"}


@pytest.mark.parametrize(("body", "yaw_deg"), [("woman", 0.0), ("heavy", 15.0)])
def test_a_good_cat_cow_counts_and_has_no_fault(body: str, yaw_deg: float) -> None:
    report = report_of(body=body, yaw_deg=yaw_deg)
    assert len(report.reps) == 1
    assert faults_in(report) == set()


def test_every_cycle_is_counted_once() -> None:
    report = report_of(reps=2)
    assert len(report.reps) == 2
    assert faults_in(report) == set()


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_found(fault: str) -> None:
    report = report_of(fault)
    assert len(report.reps) == 1
    assert faults_in(report) & set(FAULTS[fault].shows)


@pytest.mark.parametrize("fault", ["small_cat", "small_cow", "hips_ahead", "hands_ahead", "too_fast"])
def test_a_fault_is_not_taken_for_another(fault: str) -> None:
    assert faults_in(report_of(fault)) == set(FAULTS[fault].shows)


def test_a_bird_dog_is_no_cat_cow() -> None:
    report = judged((pose for pose, _ in true_poses("bird_dog", fps=10.0)), "cat_cow")
    assert not report.reps

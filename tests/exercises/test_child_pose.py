"""The child's pose, on the true poses of rendered people: a good one finds no fault, and every fault is found."""

from functools import cache

import pytest

from formcheck.engine.report import Report
from formcheck.evaluation.following import judged
from formcheck.synth.body import load_body
from formcheck.synth.motions import MOTIONS
from formcheck.synth.poses import true_poses

MOTION = MOTIONS["child_pose"](load_body("man"))
STILL_COUNTED_DEG = {"hips_high": 34.0}
"""True hips that are higher are no child's pose any more; the pose model sees them lower than they are."""
TOO_SHORT = "CP-06"
"""The rendered holds are a few seconds long on purpose."""


@cache
def report_of(fault: str | None = None, body: str = "man", yaw_deg: float = 0.0) -> Report:
    severity_deg = STILL_COUNTED_DEG.get(fault or "")
    poses = true_poses(
        "child_pose", fault=fault, severity_deg=severity_deg, body=body, yaw_deg=yaw_deg, reps=1, fps=15.0
    )
    return judged((pose for pose, _ in poses), "child_pose")


def faults_in(report: Report) -> set[str]:
    faults = {finding.rule for finding in report.findings if finding.rep is not None and finding.verdict == "fault"}
    return faults - {TOO_SHORT}


@pytest.mark.parametrize(("body", "yaw_deg"), [("man", 0.0), ("woman", 15.0), ("heavy", 30.0)])
def test_a_good_pose_is_held_from_folding_to_rising(body: str, yaw_deg: float) -> None:
    report = report_of(body=body, yaw_deg=yaw_deg)
    assert faults_in(report) == set()
    (hold,) = report.holds
    down = MOTION.start_s + MOTION.cycle[0].move_s
    up = MOTION.start_s + MOTION.cycle_s - MOTION.cycle[-1].move_s - MOTION.cycle[-1].hold_s
    assert hold.t_start == pytest.approx(down, abs=0.5)
    assert hold.t_end == pytest.approx(up, abs=0.5)


@pytest.mark.parametrize("fault", MOTION.faults)
def test_every_fault_is_found(fault: str) -> None:
    report = report_of(fault)
    assert len(report.holds) == 1
    assert faults_in(report) & set(MOTION.faults[fault].shows)


def test_sitting_on_the_heels_and_all_fours_are_no_childs_pose() -> None:
    for exercise in ("bird_dog", "cat_cow"):
        report = judged((pose for pose, _ in true_poses(exercise, fps=6.0, reps=1)), "child_pose")
        assert not report.holds

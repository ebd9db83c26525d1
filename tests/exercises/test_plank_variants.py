"""Planks on the hands and from the knees, as a faultless pose estimator would see them: both are planks."""

from functools import cache

import pytest

from formcheck.engine.report import Report
from formcheck.evaluation.following import judged
from formcheck.synth.poses import true_poses

FPS = 6.0
VARIANTS = ("high_plank", "knee_plank")


@cache
def report_on(motion: str, fault: str | None = None, body: str = "man", yaw_deg: float = 0.0) -> Report:
    poses = true_poses(motion, body=body, fault=fault, yaw_deg=yaw_deg, fps=FPS)
    return judged((pose for pose, _ in poses), "plank")


def verdicts(report: Report) -> dict[str, str]:
    return {finding.rule: finding.verdict for finding in report.findings}


@pytest.mark.parametrize("motion", VARIANTS)
@pytest.mark.parametrize(("body", "yaw_deg"), [("man", 0.0), ("heavy", 25.0)])
def test_a_good_variant_is_one_hold_without_a_fault(motion: str, body: str, yaw_deg: float) -> None:
    """The whole film of 8 seconds is held."""
    report = report_on(motion, None, body, yaw_deg)
    assert len(report.holds) == 1
    assert report.holds[0].t_end - report.holds[0].t_start == pytest.approx(8.0, abs=0.5)
    assert {rule for rule, verdict in verdicts(report).items() if verdict == "fault"} <= {"PL-08"}
    assert verdicts(report)["PL-01"] == verdicts(report)["PL-02"] == "met"


@pytest.mark.parametrize("motion", VARIANTS)
@pytest.mark.parametrize(("fault", "rule"), [("sagging", "PL-01"), ("piked", "PL-02")])
def test_sagging_and_piking_are_found(motion: str, fault: str, rule: str) -> None:
    report = report_on(motion, fault)
    assert len(report.holds) == 1
    assert verdicts(report)[rule] == "fault"


def test_bent_knees_are_judged_on_the_toes_only() -> None:
    assert verdicts(report_on("high_plank"))["PL-05"] == "met"
    assert verdicts(report_on("knee_plank"))["PL-05"] == "unseen"
    assert verdicts(report_on("plank", "knees_bent"))["PL-05"] != "unseen"

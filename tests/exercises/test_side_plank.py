"""Rendered side planks, as a faultless pose estimator would see them: holds last as long as they do, faults show."""

from dataclasses import replace
from functools import cache

import pytest
from tests.stick import mirror_image

from formcheck.body.pose import Pose
from formcheck.engine.report import Report
from formcheck.evaluation.following import judged
from formcheck.synth.body import load_body
from formcheck.synth.motions import MOTIONS
from formcheck.synth.poses import true_poses

FPS = 6.0
FAULTS = MOTIONS["side_plank"](load_body("man")).faults
HELD_S = 4.0
"""All the way up; the second that it takes to get there is no part of it."""


@cache
def seen(fault: str | None, body: str = "man", yaw_deg: float = 90.0) -> tuple[Pose, ...]:
    return tuple(pose for pose, _ in true_poses("side_plank", body=body, fault=fault, yaw_deg=yaw_deg, fps=FPS))


def verdicts(report: Report) -> dict[str, str]:
    return {finding.rule: finding.verdict for finding in report.findings if finding.rep is not None}


@pytest.mark.parametrize(("body", "yaw_deg"), [("man", 90.0), ("woman", 75.0), ("heavy", 65.0)])
def test_a_good_hold_is_one_hold_of_the_right_length(body: str, yaw_deg: float) -> None:
    report = judged(seen(None, body, yaw_deg), "side_plank")
    assert report.view.name == "front"
    assert [hold.side for hold in report.holds] == ["left"]
    assert report.holds[0].t_end - report.holds[0].t_start == pytest.approx(HELD_S, abs=0.3)
    assert "fault" not in {v for rule, v in verdicts(report).items() if rule != "SP-07"}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_every_fault_is_found(fault: str) -> None:
    report = judged(seen(fault), "side_plank")
    assert len(report.holds) == 1
    assert verdicts(report)[FAULTS[fault].shows[0]] == "fault"


def test_in_the_mirror_the_other_side_is_held() -> None:
    report = judged(map(mirror_image, seen(None)), "side_plank")
    assert [hold.side for hold in report.holds] == ["right"]
    assert "fault" not in set(verdicts(report).values())


def test_lying_with_the_hip_on_the_floor_is_no_hold() -> None:
    lying = [pose for pose in seen(None) if pose.t < 1.3]
    long = [replace(pose, t=pose.t + 1.3 * again) for again in range(4) for pose in lying]
    assert judged(long, "side_plank").holds == ()

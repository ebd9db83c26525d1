"""The twist on all fours of rendered people, from their true joints."""

from functools import cache

import pytest

from formcheck.engine.report import Report
from formcheck.evaluation.following import judged
from formcheck.synth.clip import true_motion
from formcheck.synth.poses import true_poses

EXERCISE = "quadruped_twist"
FPS = 10.0


@cache
def report(fault: str | None = None, body: str = "man", yaw_deg: float = 0.0) -> Report:
    options = {"body": body, "fault": fault, "yaw_deg": yaw_deg, "fps": FPS}
    return judged((pose for pose, _ in true_poses(EXERCISE, **options)), EXERCISE)  # type: ignore[arg-type]


def faults(of: Report) -> set[str]:
    return {finding.rule for finding in of.findings if finding.verdict == "fault"}


@pytest.mark.parametrize(("body", "yaw_deg"), [("man", 0.0), ("woman", 15.0), ("heavy", 30.0)])
def test_a_good_set_is_one_hold_of_the_open_arm_without_fault(body: str, yaw_deg: float) -> None:
    done = report(None, body, yaw_deg)
    assert [hold.side for hold in done.holds] == ["right"]
    assert faults(done) == set()


def test_the_hold_lasts_about_as_long_as_the_arm_is_open() -> None:
    held = [truth.t for truth in true_motion(EXERCISE, fps=FPS) if truth.phase == "hold"]
    (hold,) = report().holds
    assert hold.t_start == pytest.approx(held[0], abs=0.6)
    # A movement back slows down before it is over: a hold ends where the chest is nearly level again.
    assert held[-1] < hold.t_end < held[-1] + 1.2


def test_hips_that_shift_are_found() -> None:
    assert "QT-02" in faults(report("hips_shift"))


def test_a_turn_that_is_hardly_one_is_not_counted() -> None:
    """The model sees 30 to 42 degrees there, a fault of QT-01; the true shoulder line tilts too little to count."""
    assert not report("small_turn").holds

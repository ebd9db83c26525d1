"""Seated rows of rendered people, without the errors of a pose model: counted, and every fault found."""

from datetime import date
from functools import cache

import pytest

from formcheck import Baseline, Report, Session, load_exercise
from formcheck.synth.body import load_body
from formcheck.synth.motions import MOTIONS
from formcheck.synth.poses import true_poses

FPS = 15
CALIBRATED = Baseline({"neck_to_trunk": 2.5}, {}, date(2026, 1, 1))
"""True ears lie less far ahead of the shoulders than the pose model's, for which the file gives a usual value."""
FAULTS = MOTIONS["seated_row"](load_body("man")).faults
NOT_MEASURABLE = "SR-03"


def followed(
    motion: str, fault: str | None = None, reps: int = 1, yaw_deg: float = 0.0, baseline: Baseline | None = CALIBRATED
) -> Session:
    session = Session(load_exercise("seated_row"), baseline=baseline)
    for pose, _ in true_poses(motion, fault=fault, reps=reps, fps=FPS, yaw_deg=yaw_deg):
        session.update(pose)
    session.finish()
    return session


@cache
def report(fault: str | None = None, reps: int = 1) -> Report:
    return followed("seated_row", fault, reps).finish()


def test_a_good_set_is_counted_and_has_no_fault() -> None:
    good = report(reps=3)
    assert len(good.reps) == 3
    assert good.attempts == ()
    assert not [f.rule for f in good.findings if f.verdict != "met" and f.rep is not None and f.rule != NOT_MEASURABLE]
    assert good.score.value == 100
    assert good.score.coverage == 1.0


@pytest.mark.parametrize("fault", [name for name, fault in FAULTS.items() if fault.shows != (NOT_MEASURABLE,)])
def test_a_fault_is_found_by_a_rule_that_is_meant_to(fault: str) -> None:
    found = {f.rule for f in report(fault).findings if f.verdict == "fault"}
    assert len(report(fault).reps) == 1
    assert found & set(FAULTS[fault].shows)


@pytest.mark.parametrize("motion", ["squat", "bent_over_row"])
def test_other_movements_are_not_counted(motion: str) -> None:
    other = followed(motion).finish()
    assert other.reps == ()


def test_at_an_angle_a_good_row_still_has_no_fault() -> None:
    turned = followed("seated_row", yaw_deg=30.0).finish()
    assert len(turned.reps) == 1
    assert not [f.rule for f in turned.findings if f.verdict == "fault"]

"""Bent-over rows of rendered people, without the errors of a pose model: counted, and every fault found."""

from datetime import date
from functools import cache

import pytest

from formcheck import Baseline, Report, Session, load_exercise
from formcheck.synth.body import load_body
from formcheck.synth.motions import MOTIONS
from formcheck.synth.poses import true_poses

FPS = 15
FAULTS = MOTIONS["bent_over_row"](load_body("man")).faults


def followed(
    motion: str, fault: str | None = None, reps: int = 1, yaw_deg: float = 0.0, baseline: Baseline | None = None
) -> Session:
    session = Session(load_exercise("bent_over_row"), baseline=baseline)
    for pose, _ in true_poses(motion, fault=fault, reps=reps, fps=FPS, yaw_deg=yaw_deg):
        session.update(pose)
    session.finish()
    return session


@cache
def report(fault: str | None = None, reps: int = 1) -> Report:
    return followed("bent_over_row", fault, reps).finish()


def test_a_good_set_is_counted_and_has_no_fault() -> None:
    good = report(reps=3)
    assert len(good.reps) == 3
    assert good.attempts == ()
    assert not [f.rule for f in good.findings if f.verdict != "met" and f.rep is not None]
    assert good.score.value == 100
    assert good.score.coverage == 1.0


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_by_a_rule_that_is_meant_to(fault: str) -> None:
    found = {f.rule for f in report(fault).findings if f.verdict == "fault"}
    assert len(report(fault).reps) == 1
    assert found & set(FAULTS[fault].shows)


@pytest.mark.parametrize("motion", ["deadlift", "seated_row"])
def test_other_movements_are_not_counted(motion: str) -> None:
    other = followed(motion).finish()
    assert other.reps == ()


def test_at_an_angle_a_good_row_still_has_no_fault() -> None:
    turned = followed("bent_over_row", yaw_deg=30.0).finish()
    assert len(turned.reps) == 1
    assert not [f.rule for f in turned.findings if f.verdict == "fault"]


def test_a_back_that_is_round_from_the_start_shows_against_a_good_set() -> None:
    """The second rep starts with the round back of the first one, so that it has nothing else to be compared with."""
    good = Baseline({}, {}, date(2026, 1, 1), followed("bent_over_row").good_set())
    without, against = (followed("bent_over_row", "rounded", 2, baseline=b).finish() for b in (None, good))
    verdicts = [[f.verdict for f in r.findings if f.rule == "BR-01" and f.rep is not None] for r in (without, against)]
    assert verdicts == [["fault", "met"], ["fault", "fault"]]

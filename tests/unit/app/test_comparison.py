"""What a report says of what it was compared with, and when a good set is left out."""

from dataclasses import replace
from datetime import date

import pytest

from formcheck import Report, Session, load_exercise
from formcheck.app.comparison import Comparison, comparison_with
from formcheck.engine.report import ViewFound
from formcheck.storage.profiles import Calibration, Profile, Reading

DAY = date(2026, 11, 3)


def entry(name: str, value: float, version: int | None) -> Calibration:
    return Calibration(
        taken_on=DAY,
        formcheck="0.1.0",
        exercise_version=version,
        size_px=(640, 480),
        yaw_deg=3.0,
        near_side="left",
        readings={name: Reading(value=value, spread=0.5)},
    )


BOTH = Profile(
    sets={"deadlift": entry("DL-01", -0.02, load_exercise("deadlift").version)},
    poses={"standing-side": entry("hip_flexion", 6.0, None)},
)


def compared(profile: Profile = BOTH, exercise: str = "deadlift", today: date = DAY) -> Comparison:
    return comparison_with(profile, "anna", load_exercise(exercise), today)


def seen(yaw_deg: float | None = 5.0, near: str = "left") -> ViewFound:
    return ViewFound("side", yaw_deg, "left", near)  # type: ignore[arg-type]


def remarks(comparison: Comparison, view: ViewFound) -> tuple[str, ...]:
    report: Report = Session(comparison.exercise).finish()
    return comparison.noted(replace(report, view=view, remarks=("last",))).remarks


def test_the_baseline_holds_both() -> None:
    baseline = compared().baseline
    assert baseline.good_set == {"DL-01": -0.02}
    assert (baseline.values, baseline.spread) == ({"hip_flexion": 6.0}, {"hip_flexion": 0.5})
    assert compared().without_good_set.good_set == {}


def test_the_report_says_what_it_was_compared_with() -> None:
    assert remarks(compared(), seen()) == (
        "Compared with your set of 3 November 2026 (profile anna).",
        "Compared with how you stood on 3 November 2026 (profile anna).",
        "last",
    )


@pytest.mark.parametrize(("today", "old"), [(date(2026, 12, 3), False), (date(2026, 12, 4), True)])
def test_after_thirty_days_it_is_used_and_said_to_be_old(today: date, old: bool) -> None:
    notes = remarks(compared(today=today), seen())
    said = "That was 31 days ago, and bodies and clothes change; renew it: formcheck calibrate anna FILM "
    assert (f"{said}--exercise deadlift" in notes, f"{said}--pose standing-side" in notes) == (old, old)
    assert compared(today=today).fits(seen())


@pytest.mark.parametrize(("yaw_deg", "fits"), [(0.0, True), (11.0, True), (12.0, False), (None, False)])
def test_more_than_eight_degrees_apart_the_good_set_is_left_out(yaw_deg: float | None, fits: bool) -> None:
    assert compared().fits(seen(yaw_deg)) == fits


def test_why_it_was_left_out() -> None:
    assert remarks(compared(), seen(19.0))[0] == (
        "Your set of 3 November 2026 (profile anna) was not used: you are turned by 19° here and by 3° there, and more "
        "than 8° apart the back reads differently. Film from where you calibrated."
    )
    assert "it shows your left side, this film your right one" in remarks(compared(), seen(near="right"))[0]
    older = Profile(sets={"deadlift": entry("DL-01", 0.0, 99)})
    assert "the exercise file has changed since" in remarks(compared(older), seen())[0]


def test_a_profile_that_does_not_help_says_so() -> None:
    assert remarks(compared(Profile()), seen())[0] == (
        "The profile anna holds no set to compare with for this exercise: formcheck calibrate anna FILM "
        "--exercise deadlift"
    )
    assert remarks(compared(BOTH, "bird_dog"), seen())[0] == (
        "The profile anna was not needed: this exercise compares with nothing of your own."
    )
    assert compared(Profile()).fits(seen(40.0))

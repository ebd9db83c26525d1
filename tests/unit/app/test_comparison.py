"""What a report says of what it was compared with, and when a good set is left out."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from formcheck import Report, Session, load_exercise
from formcheck.app.comparison import Comparison, comparison_with
from formcheck.engine.report import ViewFound
from formcheck.storage.profiles import Calibration, Profile, Reading
from formcheck.synth.poses import true_poses

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


def seen(
    yaw_deg: float | None = 5.0, near: str = "left", size_px: tuple[int, int] = (640, 480), exercise: str = "deadlift"
) -> Report:
    """Return the report of an empty film that was made from there."""
    report = Session(load_exercise(exercise)).finish()
    quality = replace(report.quality, width=size_px[0], height=size_px[1])
    view = ViewFound("side", yaw_deg, "left", near)  # type: ignore[arg-type]
    return replace(report, view=view, quality=quality, remarks=("last",))


def remarks(comparison: Comparison, report: Report) -> tuple[str, ...]:
    return comparison.noted(report).remarks


def posed(readings: dict[str, float], **how: Any) -> Calibration:
    return entry("any", 0.0, None).model_copy(
        update={"readings": {name: Reading(value=value, spread=0.1) for name, value in readings.items()}, **how}
    )


def test_the_baseline_holds_both() -> None:
    baseline = compared().baseline
    assert baseline.good_set == {"DL-01": -0.02}
    assert (baseline.values, baseline.spread) == ({"hip_flexion": 6.0}, {"hip_flexion": 0.5})
    assert compared().fitting(seen()) == baseline
    assert compared().fitting(seen(19.0)) == replace(baseline, good_set={})


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


DESK = {"face_size": 60.0, "head_height": 0.5, "shoulder_place": 0.1, "shoulder_tilt": 1.0, "head_roll": 0.0}


def at_the_desk(**how: Any) -> Comparison:
    return compared(
        Profile(poses={"desk-front": posed(DESK, **how), "standing-side": posed({"head_roll": 9.0})}), "desk_front"
    )


def test_an_exercise_takes_the_poses_that_it_names_and_only_what_it_compares() -> None:
    assert at_the_desk().baseline.values == DESK
    walking = compared(
        Profile(poses={"standing-side": posed({"neck_inclination": 5.0, "hip_flexion": 3.0})}), "walking"
    )
    assert walking.baseline.values == {"neck_inclination": 5.0}


def test_of_two_poses_the_first_that_holds_a_measure_gives_it() -> None:
    exercise = load_exercise("walking").model_copy(update={"baseline_poses": ("desk-side", "standing-side")})
    poses = {
        "standing-side": posed({"neck_inclination": 5.0, "head_pitch": 15.0}),
        "desk-side": posed({"neck_inclination": 9.0}),
    }
    comparison = comparison_with(Profile(poses=poses), "anna", exercise, DAY)
    assert comparison.baseline.values == {"neck_inclination": 9.0, "head_pitch": 15.0}


def test_a_place_in_the_picture_is_compared_as_if_the_camera_stood_still() -> None:
    report = seen(88.0, exercise="desk_front")
    assert at_the_desk().fits(report)
    assert remarks(at_the_desk(), report)[0] == (
        "Compared with how you sat, from the front, on 3 November 2026 (profile anna), taking it that the camera has "
        "not moved since."
    )


def test_with_another_size_of_the_picture_places_in_it_are_left_out() -> None:
    report = seen(88.0, size_px=(1280, 720), exercise="desk_front")
    assert not at_the_desk().fits(report)
    assert at_the_desk().fitting(report).values == {"shoulder_tilt": 1.0, "head_roll": 0.0}
    compared_with, left_out, *_ = remarks(at_the_desk(), report)
    assert compared_with == "Compared with how you sat, from the front, on 3 November 2026 (profile anna)."
    assert left_out == (
        "Not compared with it (size of the face in the picture, height of the head in the picture, sideways place of "
        "the shoulders): the picture has 1280x720 pixels here and 640x480 there, so the camera is not as it was; "
        "calibrate again."
    )


@pytest.mark.parametrize(
    ("yaw_deg", "near", "alike"), [(11.0, "left", True), (12.0, "left", False), (3.0, "right", False)]
)
def test_a_standing_back_is_compared_from_the_same_side_only(yaw_deg: float, near: str, alike: bool) -> None:
    profile = Profile(poses={"standing-side": posed({"back_curvature": -0.04, "neck_inclination": 5.0})})
    comparison = compared(profile, "standing_side")
    report = seen(yaw_deg, near, exercise="standing_side")
    assert set(comparison.fitting(report).values) == {"neck_inclination", *(["back_curvature"] if alike else [])}
    notes = remarks(comparison, report)
    assert ("the back is only alike in the same clothes" in notes[0]) == alike
    assert any(note.startswith("Not compared with it (back curvature): ") for note in notes) != alike


def test_a_pose_that_is_lacking_is_asked_for() -> None:
    assert remarks(compared(BOTH, "desk_side"), seen(exercise="desk_side"))[0] == (
        "The profile anna does not hold desk-side, which this exercise compares with: formcheck calibrate anna FILM "
        "--pose desk-side"
    )
    assert compared(BOTH, "desk_side").baseline.values == {}


@pytest.mark.parametrize("pose", ["standing-side", "standing-front", "desk-side", "desk-front"])
def test_every_pose_grows_old(pose: str) -> None:
    exercise = pose.replace("-", "_")
    rule = next(rule for rule in load_exercise(exercise).rules if rule.relative_to == "baseline")
    comparison = compared(Profile(poses={pose: posed({rule.measure: 1.0})}), exercise, date(2026, 12, 4))
    said = f"That was 31 days ago, and bodies and clothes change; renew it: formcheck calibrate anna FILM --pose {pose}"
    assert said in remarks(comparison, seen(exercise=exercise))


def test_not_calibrated_is_said_of_rules_that_compare_with_what_is_lacking() -> None:
    comparison = at_the_desk()
    poses = [pose for pose, _ in true_poses("desk_front", body="man", fps=15.0, yaw_deg=90.0)]
    session = Session(comparison.exercise, baseline=comparison.baseline)
    for pose in poses:
        session.update(pose)
    findings = {finding.rule: finding for finding in session.finish().findings}
    assert (findings["DF-08"].verdict, findings["DF-08"].reason) == ("unseen", "not calibrated")
    assert findings["DF-02"].value == pytest.approx(2.1, abs=0.2)
    assert findings["DF-02"].verdict == "fault"
    assert findings["DF-09"].value == pytest.approx(-0.1, abs=0.05)

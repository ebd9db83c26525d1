"""What formcheck says of films of real people, watched by eye beforehand. Skipped where the films are not there."""

from functools import cache
from pathlib import Path

import pytest

from formcheck.app.analyse import FilmPart, analyse_video
from formcheck.engine.report import Report
from formcheck.exercise.load import load_exercise

pytestmark = [pytest.mark.model, pytest.mark.films]

ROUNDING = {"DL-01", "DL-02", "RD-01"}


@cache
def analysed(folder: Path, name: str, exercise: str, model: Path) -> Report:
    return analyse_video(FilmPart(folder / f"{name}.mp4"), load_exercise(exercise), model)


def off(report: Report, rules: set[str]) -> set[str]:
    """Return the verdicts other than met and unseen that any of the rules got."""
    return {f.verdict for f in report.findings if f.rule in rules and f.verdict in ("warning", "fault")}


@pytest.mark.parametrize(
    ("name", "exercise", "counted"),
    [
        ("deadlift__jf9ss9-ai-workout__side5reps", "deadlift", 5),
        ("rdl__rnhrn-exercises__1", "romanian_deadlift", 3),
        ("birddog__honzaczsk-polybag__1", "bird_dog", 2),
        ("plank__kaiakol-computervision__1", "plank", 1),
        ("plank__kaiakol-computervision__4", "plank", 1),
        ("deadlift__bichraix-ai-deadlift-analysis__good004", "deadlift", 1),
        ("deadlift__bichraix-ai-deadlift-analysis__bad005", "deadlift", 1),
    ],
)
def test_counts(films: Path, pose_model: Path, name: str, exercise: str, counted: int) -> None:
    report = analysed(films, name, exercise, pose_model)
    assert len(report.reps) + len(report.holds) == counted


def test_bird_dog_holds_one_a_side_and_does_not_judge_limbs_outside_the_picture(films: Path, pose_model: Path) -> None:
    report = analysed(films, "birddog__honzaczsk-polybag__1", "bird_dog", pose_model)
    assert {hold.side for hold in report.holds} == {"left", "right"}
    assert {f.verdict for f in report.findings if f.rule in ("BD-01", "BD-02", "BD-03")} == {"unseen"}


@pytest.mark.parametrize("name", ["deadlift__jf9ss9-ai-workout__side5reps"])
def test_a_textbook_back_gets_no_word_about_rounding(films: Path, pose_model: Path, name: str) -> None:
    assert off(analysed(films, name, "deadlift", pose_model), ROUNDING) == set()


@pytest.mark.parametrize(
    "name",
    [
        "deadlift__bichraix-ai-deadlift-analysis__good004",
        "deadlift__mattiolato98-deadlift-visual-analyzer__good01",
        "deadlift__bichraix-ai-deadlift-analysis__bad006",
    ],
)
def test_a_straight_or_hollow_back_is_no_rounding_fault(films: Path, pose_model: Path, name: str) -> None:
    assert "fault" not in off(analysed(films, name, "deadlift", pose_model), ROUNDING)


@pytest.mark.parametrize(
    "name",
    [
        "deadlift__bichraix-ai-deadlift-analysis__bad005",
        "deadlift__mattiolato98-deadlift-visual-analyzer__bad02",
    ],
)
def test_a_rounded_back_is_named(films: Path, pose_model: Path, name: str) -> None:
    assert off(analysed(films, name, "deadlift", pose_model), ROUNDING)


@pytest.mark.parametrize("number", [1, 4])
def test_a_good_plank_has_no_hip_fault(films: Path, pose_model: Path, number: int) -> None:
    report = analysed(films, f"plank__kaiakol-computervision__{number}", "plank", pose_model)
    assert off(report, {"PL-01", "PL-02"}) == set()
    assert report.holds[0].good_time_s == pytest.approx(report.quality.duration_s, abs=0.3)


def test_a_push_up_is_no_plank(films: Path, pose_model: Path) -> None:
    report = analysed(films, "plank__kaiakol-computervision__pushup-incorrect", "plank", pose_model)
    assert report.holds == ()


def test_who_lies_on_the_floor_holds_no_plank(films: Path, pose_model: Path) -> None:
    """A back extension, face down with the arms stretched ahead: straight as a plank, and none."""
    report = analysed(films, "backext__palfitness-workout-home__superman", "plank", pose_model)
    assert report.holds == ()

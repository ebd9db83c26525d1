"""The folder of results, for every kind of movement, and which pictures are taken."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.storage.report_examples import deadlift_report, report_of, sides_report, watched_report

from formcheck.app.results import SampleTable, write_results
from formcheck.app.stills import MOST_OF_A_RULE, worst_findings
from formcheck.engine.report import Report
from formcheck.engine.session import Session
from formcheck.exercise.load import catalogue, load_exercise
from formcheck.synth.poses import true_poses


def results(folder: Path, exercise: str, report: Report | None = None) -> Path:
    spec = load_exercise(exercise)
    samples = SampleTable(spec.measures)
    write_results(folder, report or report_of(spec), spec, samples, source_name="a.mp4", stills={}, film=None)
    return folder


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("exercise", "first", "own"),
    [("squat", "rep", "t_turn"), ("plank", "hold", "good_time_s"), ("cat_cow", "cycle", "t_turn")],
)
def test_the_table_of_reps_is_named_for_what_is_counted(tmp_path: Path, exercise: str, first: str, own: str) -> None:
    rows = table(results(tmp_path, exercise) / "reps.csv")
    assert list(rows[0])[:2] == [first, "side"]
    assert [row[first] for row in rows] == ["1", "2", "3", "4"]
    assert [row["side"] for row in rows] == ["left", "", "left", ""]
    assert all(row[own] for row in rows)
    rule = load_exercise(exercise).rules[0].id
    assert [row[f"{rule} verdict"] for row in rows] == ["met", "warning", "fault", "unseen"]
    assert not (tmp_path / "episodes.csv").exists()


def test_a_watched_posture_has_episodes_instead(tmp_path: Path) -> None:
    rows = table(results(tmp_path, "desk_side", watched_report()) / "episodes.csv")
    assert list(rows[0].values()) == ["DS-01", "Head forward", "fault", "10.0", "18.0"]
    assert list(rows[0]) == ["rule", "name", "verdict", "t_start", "t_end"]
    assert [row["verdict"] for row in rows] == ["fault", "warning", "fault"]
    assert not (tmp_path / "reps.csv").exists()


@pytest.mark.parametrize("exercise", catalogue())
def test_results_of_every_exercise_can_be_written(tmp_path: Path, exercise: str) -> None:
    folder = results(tmp_path, exercise)
    assert json.loads((folder / "report.json").read_text(encoding="utf-8"))["exercise"]["id"] == exercise
    assert {file.name for file in folder.iterdir()} in (
        {"report.json", "report.html", "measures.csv", name} for name in ("reps.csv", "episodes.csv")
    )


@pytest.mark.parametrize(
    ("exercise", "file"), [("desk_side", "episodes.csv"), ("walking", "episodes.csv"), ("cat_cow", "reps.csv")]
)
def test_what_a_session_finds_can_be_written(tmp_path: Path, exercise: str, file: str) -> None:
    spec = load_exercise(exercise)
    samples = SampleTable(spec.measures)
    session = Session(spec, on_sample=samples.add)
    for pose, _ in true_poses(exercise, fps=12):
        session.update(pose)
    report = session.finish()
    write_results(tmp_path, report, spec, samples, source_name="a.mp4", stills={}, film=None)
    assert report.reps or report.watched_s
    assert (tmp_path / file).exists()
    assert report.summary in (tmp_path / "report.html").read_text(encoding="utf-8")


# -- stills -----------------------------------------------------------------------------------------------------------


def test_one_picture_of_each_rule_that_was_off() -> None:
    assert [(f.rule, f.rep) for f in worst_findings(deadlift_report())] == [("DL-01", 5), ("DL-03", 5)]


def test_what_compares_sides_or_times_has_no_picture() -> None:
    report = sides_report()
    assert [(f.rule, f.rep) for f in worst_findings(report)] == [("SP-01", 4)]
    degrees = tuple(replace(f, unit="deg") for f in report.findings)
    assert [f.rule for f in worst_findings(replace(report, findings=degrees))] == ["SP-01"]


def test_a_picture_of_each_long_fault_of_a_posture() -> None:
    report = watched_report()
    assert [(f.rule, f.t_worst) for f in worst_findings(report)] == [("DS-01", 13.0), ("DS-01", 31.0)]
    warned = tuple(f for f in report.findings if f.verdict != "fault")
    assert [f.t_worst for f in worst_findings(replace(report, findings=warned))] == [19.0]
    many = tuple(replace(report.findings[0], t_end=11.0 + i, t_worst=10.0 + i) for i in range(9))
    found = worst_findings(replace(report, findings=many))
    assert [f.t_worst for f in found] == [18.0, 17.0, 16.0, 15.0]
    assert len(found) == MOST_OF_A_RULE

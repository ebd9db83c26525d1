"""The whole path on the shipped samples: a film in, a report out."""

import csv
import json
from pathlib import Path

import av
import numpy as np
import pytest

from formcheck.app.analyse import FilmPart, Progress, analyse_video, replay
from formcheck.app.results import tidy
from formcheck.engine.report import Report
from formcheck.errors import FilmError, OutputError, RecordingError, UserError
from formcheck.exercise.load import load_exercise
from formcheck.shipped import shipped_file
from formcheck.storage.recordings import load_poses, save_poses
from formcheck.video.writer import FilmWriter

pytestmark = pytest.mark.model

FILES = {"report.html", "report.json", "reps.csv", "measures.csv", "poses.parquet", "annotated.mp4"}


@pytest.fixture(scope="module")
def rounded(pose_model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    """The report on the deadlift with a rounded back, and the folder with everything that was written."""
    out = tmp_path_factory.mktemp("rounded") / "report"
    film = FilmPart(shipped_file("samples", "deadlift_rounded.mp4"))
    return analyse_video(film, load_exercise("deadlift"), pose_model, out=out), out


def verdicts(report: Report, rule: str) -> list[str]:
    return [f.verdict for f in report.findings if f.rule == rule]


def faults(report: Report) -> set[str]:
    return {f.rule for f in report.findings if f.verdict == "fault"}


def test_a_rounded_deadlift_is_counted_and_its_back_is_named(rounded: tuple[Report, Path]) -> None:
    report, _ = rounded
    assert len(report.reps) == 3
    assert verdicts(report, "DL-02") == ["fault", "fault", "fault"]
    assert report.view.name == "side"
    assert report.view.yaw_deg == pytest.approx(0.0, abs=5.0)
    assert report.score.value is not None
    assert report.score.value <= 60
    assert report.summary.startswith("Back round")


def test_everything_lands_in_the_folder_and_nothing_else(rounded: tuple[Report, Path]) -> None:
    _, out = rounded
    assert {path.name for path in out.iterdir()} == FILES
    assert {path.name for path in out.parent.iterdir()} == {"report"}


def test_the_json_report_keeps_its_names(rounded: tuple[Report, Path]) -> None:
    report, out = rounded
    data = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert data == json.loads(json.dumps(tidy(report.as_dict())))
    assert {
        "schema_version",
        "exercise",
        "view",
        "reps",
        "holds",
        "attempts",
        "findings",
        "score",
        "quality",
        "versions",
    } <= set(data)
    assert {"index", "t_start", "t_turn", "t_end", "score", "findings"} <= set(data["reps"][0])
    finding = {"rule", "name", "verdict", "value", "unit", "confidence", "t_start", "t_end", "rep", "reason"}
    assert finding <= set(data["findings"][0])
    assert {"frames", "decoded", "dropped", "person_share", "fps", "width", "height"} <= set(data["quality"])


def test_the_tables_hold_one_row_a_rep_and_one_a_picture(rounded: tuple[Report, Path]) -> None:
    report, out = rounded
    with (out / "reps.csv").open(encoding="utf-8", newline="") as file:
        reps = list(csv.DictReader(file))
    with (out / "measures.csv").open(encoding="utf-8", newline="") as file:
        measures = list(csv.DictReader(file))
    assert [row["rep"] for row in reps] == ["1", "2", "3"]
    assert reps[0]["DL-02 verdict"] == "fault"
    assert len(measures) == report.quality.frames
    assert max(float(row["trunk_inclination"] or 0) for row in measures) == pytest.approx(74.0, abs=8.0)


def test_the_annotated_film_plays_in_a_browser_and_keeps_time(rounded: tuple[Report, Path]) -> None:
    report, out = rounded
    with av.open(str(out / "annotated.mp4")) as film:
        stream = film.streams.video[0]
        pictures = list(film.decode(stream))
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
    assert len(pictures) == report.quality.frames
    last = pictures[-1]
    assert last.pts is not None
    assert last.time_base is not None
    assert float(last.pts * last.time_base) == pytest.approx(report.quality.duration_s, abs=0.01)


def test_judging_the_recording_again_gives_the_same_report(rounded: tuple[Report, Path], tmp_path: Path) -> None:
    report, out = rounded
    again = replay(out / "poses.parquet", load_exercise("deadlift"), out=tmp_path / "again")
    assert again == report
    assert (tmp_path / "again" / "report.json").read_bytes() == (out / "report.json").read_bytes()


@pytest.mark.parametrize(
    ("sample", "exercise", "counted", "expected"),
    [
        ("deadlift_neutral", "deadlift", 3, set()),
        ("bird_dog", "bird_dog", 2, set()),
        ("plank_straight", "plank", 1, set()),
        ("plank_sagging", "plank", 1, {"PL-01"}),
    ],
)
def test_samples(pose_model: Path, sample: str, exercise: str, counted: int, expected: set[str]) -> None:
    film = FilmPart(shipped_file("samples", f"{sample}.mp4"))
    report = analyse_video(film, load_exercise(exercise), pose_model)
    assert len(report.reps) + len(report.holds) == counted
    assert faults(report) == expected
    assert not report.attempts
    if sample == "bird_dog":
        assert [hold.side for hold in report.holds] == ["left", "right"]
        assert all(3.0 <= hold.t_end - hold.t_start <= 5.0 for hold in report.holds)


def test_only_the_part_asked_for_is_analysed_in_film_time(pose_model: Path) -> None:
    film = FilmPart(shipped_file("samples", "deadlift_neutral.mp4"), start_s=6.0)
    report = analyse_video(film, load_exercise("deadlift"), pose_model)
    assert len(report.reps) == 2
    assert report.reps[0].t_start >= 6.0


def test_slow_motion_gives_true_time(pose_model: Path) -> None:
    sample = shipped_file("samples", "plank_straight.mp4")
    usual = analyse_video(FilmPart(sample), load_exercise("plank"), pose_model)
    slowed = analyse_video(FilmPart(sample, slow_motion=2.0), load_exercise("plank"), pose_model)
    assert slowed.quality.duration_s == pytest.approx(usual.quality.duration_s / 2, rel=0.01)


def test_stopping_in_the_middle_leaves_nothing(pose_model: Path, tmp_path: Path) -> None:
    def stop(progress: Progress) -> None:
        if progress.done >= 30:
            raise KeyboardInterrupt

    film = FilmPart(shipped_file("samples", "deadlift_neutral.mp4"))
    with pytest.raises(KeyboardInterrupt):
        analyse_video(film, load_exercise("deadlift"), pose_model, out=tmp_path / "out", on_progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_and_says_so(
    pose_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("formcheck.app.results.write_csv", full)
    film = FilmPart(shipped_file("samples", "plank_straight.mp4"))
    with pytest.raises(OutputError, match="No space left"):
        analyse_video(film, load_exercise("plank"), pose_model, out=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_the_users_mistake(pose_model: Path, tmp_path: Path) -> None:
    taken = tmp_path / "out"
    taken.write_text("mine")
    film = FilmPart(shipped_file("samples", "plank_straight.mp4"))
    with pytest.raises(UserError, match="is a file"):
        analyse_video(film, load_exercise("plank"), pose_model, out=taken)
    assert taken.read_text() == "mine"


def test_an_empty_room_is_said(pose_model: Path, tmp_path: Path) -> None:
    film = tmp_path / "room.mp4"
    with FilmWriter(film, size_px=(320, 240), fps_hint=15) as writer:
        for i in range(20):
            writer.write(np.full((240, 320, 3), 90, np.uint8), i / 15)
    with pytest.raises(FilmError, match="Nobody is in view"):
        analyse_video(FilmPart(film), load_exercise("deadlift"), pose_model, out=tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["room.mp4"]


def test_a_recording_with_senseless_facts_is_refused(rounded: tuple[Report, Path], tmp_path: Path) -> None:
    _, out = rounded
    poses = load_poses(out / "poses.parquet").poses()
    save_poses(tmp_path / "odd.parquet", poses, facts={"quality": {"frames": "many"}})
    with pytest.raises(RecordingError, match="make no sense"):
        replay(tmp_path / "odd.parquet", load_exercise("deadlift"))

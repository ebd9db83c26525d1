"""From a good set to a report that is compared with it, on rendered people seen without error, no pose model needed."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from typer.testing import CliRunner

from formcheck.app import analyse, calibrate
from formcheck.body.pose import Pose
from formcheck.cli import films
from formcheck.cli import profiles as profile_commands
from formcheck.cli.main import app
from formcheck.cli.profiles import comparison_for
from formcheck.errors import FilmError, UserError
from formcheck.exercise.load import load_exercise
from formcheck.frame import Frame
from formcheck.storage.recordings import load_poses, save_poses
from formcheck.synth.poses import true_poses
from formcheck.video.writer import FilmWriter

run = CliRunner().invoke
EXERCISE = "romanian_deadlift"


def recorded(folder: Path, name: str, **options: Any) -> Path:
    """Record a body as a faultless estimator would see it."""
    path = folder / f"{name}.parquet"
    save_poses(path, [pose for pose, _ in true_poses(EXERCISE, body="heavy", **options)], facts={"film": "secret.mp4"})
    return path


@pytest.fixture(scope="module")
def films_of_heavy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("recordings")
    rounded = {"fault": "rounded", "severity_deg": 20.0, "reps": 1}
    return {
        "good": recorded(folder, "good", reps=2),
        "round": recorded(folder, "round", **rounded),
        "turned": recorded(folder, "turned", yaw_deg=12.0, **rounded),
        "rounder": recorded(folder, "rounder", reps=1, fault="rounded", severity_deg=40.0),
    }


@pytest.fixture
def profiles(films_of_heavy: dict[str, Path], tmp_path: Path) -> Path:
    """A folder with the profile of a good set."""
    calibrated = run(
        app, ["calibrate", "anna", str(films_of_heavy["good"]), "-e", EXERCISE, "--profiles", str(tmp_path)]
    )
    assert calibrated.exit_code == 0, calibrated.output
    assert calibrated.output.startswith("anna: a set of romanian deadlift, turned by 0°, RD-01 ")
    return tmp_path


def replayed(recording: Path, *more: str) -> dict[str, Any]:
    done = run(app, ["replay", str(recording), "-e", EXERCISE, "--json", *more])
    assert done.exit_code == 0, done.exception
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def faults(report: dict[str, Any]) -> set[str]:
    return {f["rule"] for f in report["findings"] if f["verdict"] == "fault"}


def test_twenty_degrees_are_a_fault_with_the_profile_and_none_without(
    films_of_heavy: dict[str, Path], profiles: Path
) -> None:
    with_profile = replayed(films_of_heavy["round"], "--profile", "anna", "--profiles", str(profiles))
    assert faults(replayed(films_of_heavy["round"])) == set()
    assert faults(with_profile) == {"RD-01"}
    assert with_profile["remarks"][0].startswith("Compared with your set of ")


def test_turned_elsewhere_the_report_is_the_one_without_the_profile_but_for_the_remark(
    films_of_heavy: dict[str, Path], profiles: Path
) -> None:
    plain = replayed(films_of_heavy["turned"])
    turned = replayed(films_of_heavy["turned"], "--profile", "anna", "--profiles", str(profiles))
    assert "was not used: you are turned by 12° here and by 0° there" in turned["remarks"][0]
    assert "does not hold standing-side, which this exercise compares with" in turned["remarks"][1]
    assert turned["remarks"][2:] == plain["remarks"]
    assert {**turned, "remarks": []} == {**plain, "remarks": []}


def test_a_profile_holds_numbers_and_no_picture_name_or_body(profiles: Path) -> None:
    text = (profiles / "anna.json").read_text()
    entry = json.loads(text)["sets"][EXERCISE]
    about = {"taken_on", "formcheck", "exercise_version", "size_px", "yaw_deg", "near_side", "readings"}
    assert set(json.loads(text)) == {"schema_version", "sets", "poses"}
    assert set(entry) == about
    assert set(entry["readings"]) == {"RD-01"}
    assert set(entry["readings"]["RD-01"]) == {"value", "spread"}
    assert "secret" not in text
    assert "good" not in text
    assert len(text) < 1000
    assert [path.name for path in profiles.iterdir()] == ["anna.json"]


def test_list_show_and_delete(profiles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    there = ["--profiles", str(profiles)]
    assert run(app, ["profiles", "list", *there]).stdout == f"anna\nFolder: {profiles}\n"
    shown = run(app, ["profiles", "show", "anna", *there]).stdout
    assert all(word in shown for word in ("romanian_deadlift", "RD-01", "640x480", "left"))
    assert run(app, ["profiles", "delete", "anna", *there]).stdout == f"Deleted {profiles / 'anna.json'}\n"
    assert isinstance(run(app, ["profiles", "show", "anna", *there]).exception, UserError)


def test_a_rounded_set_is_refused_and_the_profile_stays(films_of_heavy: dict[str, Path], profiles: Path) -> None:
    before = (profiles / "anna.json").read_bytes()
    arguments = ["calibrate", "anna", str(films_of_heavy["rounder"]), "-e", EXERCISE, "--profiles", str(profiles)]
    refused = run(app, arguments).exception
    assert isinstance(refused, FilmError)
    assert str(refused).startswith("rounder.parquet is no good set (back rounds")
    assert (profiles / "anna.json").read_bytes() == before


@pytest.mark.parametrize("what", [[], ["-e", EXERCISE, "--pose", "standing-side"]])
def test_calibrate_wants_to_know_what_is_shown(what: list[str], tmp_path: Path) -> None:
    refused = run(app, ["calibrate", "anna", "none.mp4", *what, "--profiles", str(tmp_path)]).exception
    assert isinstance(refused, UserError)
    assert "either --exercise ID for a good set or --pose, one of standing-side, standing-front, all-fours" in str(
        refused
    )


@pytest.mark.parametrize("what", [[], ["none.mp4", "--camera", "0"]])
def test_calibrate_wants_a_film_or_a_camera(what: list[str], tmp_path: Path) -> None:
    arguments = ["calibrate", "anna", *what, "--pose", "standing-side", "--profiles", str(tmp_path)]
    refused = run(app, arguments).exception
    assert isinstance(refused, UserError)
    assert str(refused) == "Say what to watch: either a film or --camera 0."


def kept(exercise: str, seconds: float, **options: Any) -> list[Pose]:
    """Return a rendered posture, kept for so long, as a faultless estimator would see it."""
    poses = [pose for pose, _ in true_poses(exercise, body="man", fps=15.0, **options) if 2.5 <= pose.t < 5.0]
    return [replace(poses[i % len(poses)], t=i / 15.0) for i in range(round(seconds * 15))]


def calibrated(name: str, recording: Path, pose: str, folder: Path, *more: str) -> str:
    done = run(app, ["calibrate", name, str(recording), "--pose", pose, "--profiles", str(folder), *more])
    assert done.exit_code == 0, done.exception
    return done.stdout


def test_poses_are_added_to_a_profile_and_shown_with_their_age(
    profiles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    save_poses(tmp_path / "side.parquet", kept("standing_side", 5.0), facts={})
    save_poses(tmp_path / "laptop.parquet", kept("desk_front", 21.0, yaw_deg=90.0), facts={})
    said = calibrated("anna", tmp_path / "side.parquet", "standing-side", profiles)
    assert said.startswith("anna: standing-side, turned by 0°, face_to_trunk ")
    calibrated("anna", tmp_path / "laptop.parquet", "desk-front", profiles)
    stored = json.loads((profiles / "anna.json").read_text())
    assert (set(stored["sets"]), set(stored["poses"])) == ({EXERCISE}, {"standing-side", "desk-front"})
    (profiles / "anna.json").write_text(json.dumps(stored).replace(date.today().isoformat(), "2026-01-02"))
    shown = run(app, ["profiles", "show", "anna", "--profiles", str(profiles)]).stdout
    assert re.search(r"face_size +│ 1\d\d px .*head_turn +│ -?0\.0° ", shown, re.DOTALL)
    assert "Poses not taken: standing-front, all-fours, desk-side." in shown
    assert f"{(date.today() - date(2026, 1, 2)).days} days, old" in shown
    assert "Old: taken more than 30 days ago; calibrate again." in shown
    assert "The curvature of the back is only alike in the same clothes." in shown


def test_a_calibrated_laptop_is_compared_with_it(tmp_path: Path) -> None:
    save_poses(tmp_path / "laptop.parquet", kept("desk_front", 21.0, yaw_deg=90.0), facts={})
    calibrated("anna", tmp_path / "laptop.parquet", "desk-front", tmp_path)
    save_poses(tmp_path / "sunk.parquet", kept("desk_front", 6.0, yaw_deg=90.0, fault="sinking"), facts={})
    replay = ["replay", str(tmp_path / "sunk.parquet"), "-e", "desk_front", "--json"]
    without, compared = (
        json.loads(run(app, [*replay, *more]).stdout)
        for more in ([], ["--profile", "anna", "--profiles", str(tmp_path)])
    )
    assert "DF-03" not in faults(without)
    assert {"unseen"} == {f["verdict"] for f in without["findings"] if f["rule"] == "DF-03"}
    assert {"not calibrated"} == {f["reason"] for f in without["findings"] if f["rule"] == "DF-03"}
    assert "DF-03" in faults(compared)
    assert "taking it that the camera has not moved since" in compared["remarks"][0]


def test_a_part_of_a_recording_can_be_taken(tmp_path: Path) -> None:
    poses = kept("standing_side", 12.0)
    moved = [
        replace(pose, xy_px=pose.xy_px + 300.0 * (i % 2)) if pose.t < 5.0 else pose for i, pose in enumerate(poses)
    ]
    save_poses(tmp_path / "side.parquet", moved, facts={})
    arguments = ["calibrate", "anna", str(tmp_path / "side.parquet"), "--pose", "standing-side"]
    assert isinstance(run(app, [*arguments, "--end", "4", "--profiles", str(tmp_path)]).exception, FilmError)
    assert run(app, [*arguments, "--start", "6", "--end", "11", "--profiles", str(tmp_path)]).exit_code == 0


def test_what_ones_own_exercises_compare_is_kept_too(tmp_path: Path) -> None:
    own = tmp_path / "mine"
    own.mkdir()
    save_poses(tmp_path / "front.parquet", kept("standing_front", 5.0, yaw_deg=90.0), facts={})
    arguments = ["calibrate", "anna", str(tmp_path / "front.parquet"), "--pose", "standing-front"]
    arguments += ["--exercises", str(own), "--profiles", str(tmp_path)]
    assert "There is no exercise file (NAME.toml) in " in str(run(app, arguments).exception)
    text = shipped("desk_front").replace('"desk-front"', '"standing-front"').replace('id = "desk_front"', 'id = "mine"')
    (own / "mine.toml").write_text(text)
    said = run(app, arguments)
    assert said.exit_code == 0, said.exception
    assert "head_turn 0.0°" in said.stdout


def shipped(exercise: str) -> str:
    """Return an exercise file of the catalogue."""
    return (files("formcheck.exercise") / "catalogue" / f"{exercise}.toml").read_text(encoding="utf-8")


class FakeCamera:
    """In place of a camera: one gray picture for each recorded pose."""

    opened: ClassVar[list[tuple[str, float, float]]] = []
    poses: tuple[Pose, ...] = ()
    frame_count_estimate = None

    def __init__(self, source: str, *, seconds: float, skip_s: float) -> None:
        self.opened.append((source, seconds, skip_s))
        self._frames = (Frame(pose.t, np.full((480, 640, 3), 90, np.uint8)) for pose in self.poses if pose.t < seconds)

    def __iter__(self) -> Iterator[Frame]:
        return self._frames

    def close(self) -> None:
        pass


def test_a_camera_calibrates_and_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    poses = tuple(kept("desk_front", 30.0, yaw_deg=90.0))
    opened: list[tuple[str, float, float]] = []
    monkeypatch.setattr(calibrate, "Camera", type("Camera", (FakeCamera,), {"poses": poses, "opened": opened}))
    monkeypatch.setattr(calibrate, "MediaPipeEstimator", type("Model", (Recorded,), {"poses": poses}))
    for module in (films, profile_commands):
        monkeypatch.setattr(module, "ready_model", lambda name: Path("no.task"))
    done = run(app, ["calibrate", "anna", "--camera", "0", "--pose", "desk-front", "--profiles", str(tmp_path)])
    assert done.exit_code == 0, done.exception
    assert set(opened) == {("0", 22.0, 5.0)}
    first, *_, last = done.stdout.splitlines()
    assert first.startswith("From 5 s from now on, for 22 s. Sit before your camera")
    assert done.stdout.count("Now relaxed") == 1
    assert last == f"Stored in {tmp_path / 'anna.json'}"


class Recorded:
    """In place of the pose model: says what was recorded."""

    poses: tuple[Pose, ...] = ()

    def __init__(self, model: Path) -> None:
        self._next = iter(self.poses)

    def __enter__(self) -> "Recorded":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def estimate_all(self, frame: object) -> tuple[Pose, ...]:
        return (next(self._next),)

    def look(self, frame: object) -> tuple[Pose, ...]:
        return ()

    def follow(self, people: int) -> None:
        pass


@pytest.mark.parametrize(("name", "used"), [("round", True), ("turned", False)])
def test_analyze_and_replay_give_the_same_report(
    name: str,
    used: bool,
    films_of_heavy: dict[str, Path],
    profiles: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    poses = tuple(load_poses(films_of_heavy[name]).poses())
    with FilmWriter(tmp_path / "film.mp4", size_px=(640, 480), fps_hint=15.0) as writer:
        for pose in poses:
            writer.write(np.full((480, 640, 3), 90, np.uint8), pose.t)
    monkeypatch.setattr(analyse, "MediaPipeEstimator", type("Model", (Recorded,), {"poses": poses}))
    for module in (films, profile_commands):
        monkeypatch.setattr(module, "ready_model", lambda name: Path("no.task"))
    own = ["--profile", "anna", "--profiles", str(profiles), "--json"]
    out = tmp_path / "out"
    done = run(app, ["analyze", str(tmp_path / "film.mp4"), "-e", EXERCISE, "--out", str(out), *own])
    assert done.exit_code == 0, done.exception
    report = json.loads(done.stdout)
    assert faults(report) == ({"RD-01"} if used else faults(replayed(films_of_heavy[name])))
    assert ("was not used" in report["remarks"][0]) != used
    assert replayed(out / "poses.parquet", *own[:-1]) == report
    assert json.loads((out / "report.json").read_text()) == report
    spec = load_exercise(EXERCISE)
    comparison = comparison_for("anna", spec, profiles)
    alone = analyse.analyse_video(analyse.FilmPart(tmp_path / "film.mp4"), spec, Path("no.task"), comparison=comparison)
    assert list(alone.remarks) == report["remarks"]
    assert {f.rule for f in alone.findings if f.verdict == "fault"} == faults(report)


def test_a_film_calibrates_like_its_recording(
    films_of_heavy: dict[str, Path], profiles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poses = tuple(load_poses(films_of_heavy["good"]).poses())
    with FilmWriter(tmp_path / "good.mp4", size_px=(640, 480), fps_hint=15.0) as writer:
        for pose in poses:
            writer.write(np.full((480, 640, 3), 90, np.uint8), pose.t)
    monkeypatch.setattr(calibrate, "MediaPipeEstimator", type("Model", (Recorded,), {"poses": poses}))
    for module in (films, profile_commands):
        monkeypatch.setattr(module, "ready_model", lambda name: Path("no.task"))
    arguments = ["calibrate", "ben", str(tmp_path / "good.mp4"), "-e", EXERCISE, "--profiles", str(profiles)]
    assert run(app, arguments).exit_code == 0
    assert (profiles / "ben.json").read_bytes() == (profiles / "anna.json").read_bytes()

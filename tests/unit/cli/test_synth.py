"""`formcheck synth`: what it writes and prints, and that its options are those of a clip."""

import inspect
import json
from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

from formcheck.cli.synth import app, render
from formcheck.errors import OutputError, UserError
from formcheck.synth.clip import Clip
from formcheck.synth.motions import MOTIONS

run = CliRunner().invoke
SMALL = ["--exercise", "plank", "--fps", "2", "--size", "160x120", "--reps", "1"]


def test_it_writes_a_film_and_its_truth_and_says_where(tmp_path: Path) -> None:
    film, truth = tmp_path / "p.mp4", tmp_path / "p.truth.json"
    chosen = ["--body", "man+woman", "--fault", "piked", "--severity", "20", "--yaw", "15", "--roll", "-3"]
    place = ["--distance", "3.5", "--height", "0.8", "--noise", "0", "--seed", "5"]
    looks = ["--light", "0.5", "--blur", "1.5", "--tone", "dark", "--looseness", "0.02", "--quality", "30"]
    done = run(app, ["render", *SMALL, *chosen, *place, *looks, "-o", str(film)])
    assert (done.exit_code, done.stdout) == (0, f"Film: {film}\nTruth: {truth}\n")
    assert film.stat().st_size > 1000
    written = json.loads(truth.read_text())["clip"]
    assert written == {
        "exercise": "plank",
        "fault": "piked",
        "severity_deg": 20.0,
        "body": "man+woman",
        "reps": 1,
        "yaw_deg": 15.0,
        "roll_deg": -3.0,
        "distance_m": 3.5,
        "height_m": 0.8,
        "fps": 2.0,
        "size_px": [160, 120],
        "noise": 0.0,
        "seed": 5,
        "light": 0.5,
        "blur_px": 1.5,
        "tone": "dark",
        "looseness_m": 0.02,
    }


def test_every_attribute_of_a_clip_is_an_option_with_its_default() -> None:
    options = {name: option.default for name, option in inspect.signature(render).parameters.items()}
    width, _, height = options.pop("size").partition("x")
    attributes = {field.name.rsplit("_", 1)[0]: field.default for field in fields(Clip) if field.name != "exercise"}
    assert (int(width), int(height)) == attributes.pop("size")
    assert {name: options[name] for name in attributes} == attributes
    assert options.keys() - attributes.keys() == {"exercise", "out", "quality"}


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        (["-e", "yoga", "-o", "x.mp4"], UserError, "yoga"),
        (["-e", "plank", "--fault", "rounded", "-o", "x.mp4"], UserError, "sagging"),
        (["-e", "plank", "-o", "x.avi"], UserError, "ends in .mp4"),
        (["-e", "plank", "--size", "640", "-o", "x.mp4"], UserError, "640x480"),
        (["-e", "plank", "--size", "-4x3", "-o", "x.mp4"], UserError, "'-4x3'"),
        (["-e", "plank", "--light", "9", "-o", "x.mp4"], UserError, "brightness"),
        (["-e", "plank", "-o", "words.txt/x.mp4"], OutputError, "could not be written"),
        (["-e", "plank", "-o", "folder.mp4"], OutputError, "no ordinary file"),
    ],
)
def test_mistakes_are_errors_for_main_to_explain_and_leave_nothing(
    options: list[str], error: type[Exception], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.txt").write_text("")
    (tmp_path / "folder.mp4").mkdir()
    done = run(app, ["render", *options])
    assert isinstance(done.exception, error)
    assert told in str(done.exception)
    assert {path.name for path in tmp_path.iterdir()} == {"words.txt", "folder.mp4"}


def test_the_list_names_exercises_faults_and_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    printed = run(app, ["list"]).stdout
    rows = [[cell.strip() for cell in line.split("│")[1:6]] for line in printed.splitlines() if line.startswith("│")]
    assert [row[0] for row in rows if row[0]] == list(MOTIONS)
    assert ["", "rounded", "40°", "spine flexion", "side"] in rows
    assert ["", "piked", "36°", "left hip flexion", "side"] in rows
    assert "man, woman, heavy" in printed
    assert "…" not in printed  # names are there to be typed

"""What a person at a terminal sees when something is wrong: one sentence, the right exit code, and no traceback."""

import json
import sys
from pathlib import Path

import pytest

from formcheck.cli.main import main
from formcheck.shipped import shipped_file


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["formcheck", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    return int(stopped.value.code or 0)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["analyze", "none.mp4", "-e", "deadlift"], "There is no film none.mp4"),
        (["analyze", ".", "-e", "deadlift"], "is a folder"),
        (["analyze", "words.txt", "-e", "deadlift"], "is no film or photo"),
        (["analyze", "empty.mp4", "-e", "deadlift"], "is empty"),
        (["analyze", "SAMPLE", "-e", "dedlift"], "did you mean 'deadlift'?"),
        (["analyze", "SAMPLE", "-e", "plank", "--start", "99"], "lies past the end"),
        (["analyze", "SAMPLE", "-e", "plank", "--slow-motion", "0"], "above 0"),
        (["analyze", "SAMPLE", "-e", "broken.toml"], "broken.toml"),
        (["replay", "none.parquet", "-e", "deadlift"], "There is no pose recording"),
        (["replay", "words.txt", "-e", "deadlift"], "is no pose recording"),
        (["models", "path", "huge"], "lite, full, heavy"),
        (["exercises", "show", "dedlift"], "did you mean 'deadlift'?"),
        (["exercises", "new", "squat"], "comes with formcheck already"),
        (["exercises", "check", "broken.toml"], "broken.toml is not valid TOML"),
        (["exercises", "try", "squat", "none.parquet"], "There is no pose recording"),
        (
            ["replay", "none.parquet", "-e", "mine:squat", "--exercises", "mine"],
            "The folder mine of exercises cannot be",
        ),
    ],
)
def test_a_users_mistake_is_one_sentence_and_exit_code_2(
    arguments: list[str],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.txt").write_text("not a film")
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "broken.toml").write_text("id = ")
    before = sorted(tmp_path.iterdir())
    sample = str(shipped_file("samples", "plank_straight.mp4"))
    assert run(monkeypatch, *(sample if a == "SAMPLE" else a for a in arguments)) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert len(printed.err.strip().splitlines()) == 1
    assert printed.out == ""
    assert sorted(tmp_path.iterdir()) == before


def test_a_missing_model_off_line_says_what_to_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("FORMCHECK_MODEL_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    sample = str(shipped_file("samples", "plank_straight.mp4"))
    assert run(monkeypatch, "analyze", sample, "-e", "plank", "--out", str(tmp_path / "out")) == 1
    error = capsys.readouterr().err
    assert "Getting the full pose model" in error
    assert "formcheck models pull full" in error
    assert "Traceback" not in error
    assert not (tmp_path / "out").exists()


@pytest.mark.model
@pytest.mark.usefixtures("pose_model")
def test_json_goes_to_standard_output_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sample = str(shipped_file("samples", "plank_sagging.mp4"))
    monkeypatch.setattr(
        sys, "argv", ["formcheck", "analyze", sample, "-e", "plank", "--out", str(tmp_path / "out"), "--json"]
    )
    with pytest.raises(SystemExit) as stopped:
        main()
    assert not stopped.value.code
    report = json.loads(capsys.readouterr().out)
    assert report["exercise"]["id"] == "plank"
    assert any(f["rule"] == "PL-01" and f["verdict"] == "fault" for f in report["findings"])


@pytest.mark.model
@pytest.mark.usefixtures("pose_model")
def test_an_exercise_is_written_checked_and_tried_on_a_film_and_its_recording(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "mine").mkdir()
    assert run(monkeypatch, "exercises", "new", "front_plank", "--like", "plank", "-o", "mine/front_plank.toml") == 0
    assert run(monkeypatch, "exercises", "check", "mine/front_plank.toml") == 0
    sample = str(shipped_file("samples", "plank_sagging.mp4"))
    own = ("--exercises", "mine")
    assert run(monkeypatch, "analyze", sample, "-e", "mine:front_plank", *own, "-o", "out", "--quiet") == 0
    assert json.loads(Path("out/report.json").read_text())["exercise"]["id"] == "mine:front_plank"
    capsys.readouterr()
    assert run(monkeypatch, "exercises", "try", "mine:front_plank", "out/poses.parquet", *own) == 0
    from_recording = capsys.readouterr().out
    assert run(monkeypatch, "exercises", "try", "mine/front_plank.toml", sample) == 0
    from_film = capsys.readouterr().out
    assert from_film == from_recording
    (sagging,) = [line for line in from_film.splitlines() if "FP-01" in line]
    assert "▲ change" in sagging
    assert "past the edge of a fault" in sagging


def test_without_a_command_the_uses_are_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch) == 0
    assert "formcheck analyze deadlift.mp4 --exercise deadlift" in capsys.readouterr().out

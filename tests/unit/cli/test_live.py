"""`formcheck live`: what it prints, refuses and keeps, without a camera, a window or a pose model."""

import json
import os
import signal
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.live_rig import Heard, Script, ScriptedCamera, ScriptedEstimator

import formcheck.cli.live
import formcheck.drawing.window
import formcheck.estimators.mediapipe
import formcheck.video.live_camera
from formcheck.body.pose import Pose
from formcheck.cli.main import main
from formcheck.drawing.style import Image
from formcheck.exercise.load import catalogue, load_exercise
from formcheck.synth.poses import true_poses

EXERCISE = "romanian_deadlift"


@cache
def poses() -> tuple[Pose, ...]:
    return tuple(pose for pose, _ in true_poses(EXERCISE, reps=1, fault="rounded", fps=10))


class Keys:
    """A window that nobody sees; its keys are pressed one after the other, twenty pictures apart."""

    size_px = (640, 480)

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = list(keys)
        self.shown = 0
        self._next = 2

    def __enter__(self) -> "Keys":
        return self

    def __exit__(self, *_: object) -> None: ...

    def show(self, image: Image) -> None:
        self.shown += 1

    def key(self) -> str | None:
        if not self._keys or self.shown < self._next:
            return None
        self._next = self.shown + 20
        return self._keys.pop(0)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """Let nothing be fetched, opened or said."""
    speaker = Heard()
    monkeypatch.setattr(formcheck.cli.live, "ready_model", lambda name: Path(f"{name}.task"))
    monkeypatch.setattr(formcheck.cli.live, "_speaker", lambda language: speaker)
    return speaker


def scripted(monkeypatch: pytest.MonkeyPatch, script: Script, camera: ScriptedCamera | None = None) -> None:
    items = list(script)
    shows = camera or ScriptedCamera(items)
    monkeypatch.setattr(formcheck.video.live_camera, "LiveCamera", lambda source: shows)
    monkeypatch.setattr(formcheck.estimators.mediapipe, "MediaPipeEstimator", lambda model: ScriptedEstimator(items))


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["formcheck", "live", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    return int(stopped.value.code or 0)


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_without_a_window_everything_is_a_line_of_json(
    heard: Heard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    scripted(monkeypatch, poses())
    out = tmp_path / "kept"
    assert run(monkeypatch, "-e", EXERCISE, "--headless", "--countdown", "0", "--record", str(out)) == 0
    printed = capsys.readouterr()
    events = lines(printed.out)
    assert {e["event"] for e in events} >= {"stage", "view", "phase", "count", "rep", "cue", "report", "summary"}
    assert events[0]["say"] == "Go"
    assert [e["say"] for e in events if e["event"] == "cue"] == [said for said in heard.said if said != "Go"][:1]
    report, summary = events[-2:]
    assert len(report["report"]["reps"]) == 1
    assert report["report"] == json.loads((out / "report.json").read_text())
    assert (summary["grabbed"], summary["dropped"], summary["opened"]) == (len(poses()), 0, 1)
    assert set(summary["latency_ms"]) == {"pictures", "p50", "p95"}
    assert summary["latency_ms"]["pictures"] == len(poses())
    assert printed.err == ""
    assert heard.closed


def test_a_camera_without_a_name_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "-e", EXERCISE, "--headless", "--camera", "") == 2
    assert "The camera has no name: give --camera a number" in capsys.readouterr().err


def test_no_voice_says_nothing(
    heard: Heard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted(monkeypatch, poses())
    assert run(monkeypatch, "-e", EXERCISE, "--headless", "--countdown", "0", "--no-voice") == 0
    assert heard.said == []
    assert lines(capsys.readouterr().out)[0]["say"] == "Go"  # others may say it


def test_muted_rules_are_not_cued(
    heard: Heard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted(monkeypatch, poses())
    rules = [rule.id for rule in load_exercise(EXERCISE).rules]
    muted = [part for rule in rules for part in ("--mute", rule)]
    assert run(monkeypatch, "-e", EXERCISE, "--headless", "--countdown", "0", *muted) == 0
    assert {e["say"] for e in lines(capsys.readouterr().out) if e["event"] == "cue"} == {None}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_set_with_its_report(
    number: signal.Signals, heard: Heard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Interrupted(ScriptedCamera):
        def next(self, timeout_s: float) -> Any:
            if self.grabbed == 30:
                os.kill(os.getpid(), number)
            return super().next(timeout_s)

    before = signal.getsignal(number)
    scripted(monkeypatch, poses(), Interrupted(poses()))
    assert run(monkeypatch, "-e", EXERCISE, "--headless", "--countdown", "0") == 0
    report = lines(capsys.readouterr().out)[-2]["report"]
    assert 30 <= report["quality"]["frames"] <= 31
    assert signal.getsignal(number) is before


def in_window(monkeypatch: pytest.MonkeyPatch, *keys: str) -> Keys:
    window = Keys(keys)
    monkeypatch.setattr(formcheck.drawing.window, "Window", lambda title: window)
    return window


class Endless(ScriptedCamera):
    """Begins again, later, when the script is over."""

    def __init__(self, script: Sequence[Pose]) -> None:
        super().__init__(script)
        self._again = list(script)

    def next(self, timeout_s: float) -> Any:
        self._script = self._script or list(self._again)
        return super().next(timeout_s)


def test_a_set_in_a_window_ends_with_the_report_for_people(
    heard: Heard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    scripted(monkeypatch, poses())
    window = in_window(monkeypatch)
    out = tmp_path / "kept"
    assert run(monkeypatch, "-e", EXERCISE, "--countdown", "0", "--record", str(out)) == 0
    printed = capsys.readouterr().out
    assert "Romanian deadlift · 1 rep" in printed
    assert str(out / "report.html") in printed.replace("\n", "")
    assert window.shown > 1


def test_quitting_before_the_set_begins_is_no_mistake(
    heard: Heard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    scripted(monkeypatch, poses())
    in_window(monkeypatch, "q")
    assert run(monkeypatch, "-e", EXERCISE, "--countdown", "999", "--record", str(tmp_path / "kept")) == 0
    printed = capsys.readouterr()
    assert printed.err == "The set was left before it began, so there is no report.\n"
    assert printed.out == ""
    assert list(tmp_path.iterdir()) == []


def test_next_goes_through_the_catalogue(
    heard: Heard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    scripted(monkeypatch, poses(), Endless(poses()[:20]))
    in_window(monkeypatch, "n", "q")
    assert run(monkeypatch, "-e", EXERCISE, "--countdown", "999", "--record", str(tmp_path / "kept")) == 0
    assert capsys.readouterr().err.count("left before it began") == 2


def test_the_exercise_after_the_last_is_the_first() -> None:
    names = catalogue()
    assert formcheck.cli.live._following(names[0], None) == names[1]
    assert formcheck.cli.live._following(names[-1], None) == names[0]
    assert formcheck.cli.live._following("my/own.toml", None) == names[0]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-e", "deadlift"], "There is no screen to show a window on: sit at one, or add --headless."),
        (["-e", "dedlift", "--headless"], "did you mean 'deadlift'?"),
        (["-e", "auto", "--headless"], "A live set is of one exercise: name it with --exercise ID."),
        (["-e", "deadlift", "--headless", "--mute", "SQ-01"], "Deadlift has no rule 'SQ-01' to mute; it has DL-01, "),
        (["-e", "deadlift", "--headless", "--language", "xx"], "There is no language 'xx'"),
        (["-e", "deadlift", "--headless", "--camera", "none.mp4"], "none.mp4"),
        (["-e", "deadlift", "--headless", "--camera", "97"], "The camera 97 cannot be opened"),
        (["-e", "deadlift", "--headless", "--profile", "none"], "none"),
    ],
)
def test_mistakes_are_one_sentence(
    arguments: list[str],
    sentence: str,
    heard: Heard,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISPLAY", raising=False)
    assert run(monkeypatch, *arguments) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert len(printed.err.strip().splitlines()) == 1
    assert printed.out == ""


def test_a_folder_for_the_report_that_is_a_file_is_said_at_once(
    heard: Heard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "notes").write_text("mine")
    scripted(monkeypatch, poses())
    assert run(monkeypatch, "-e", EXERCISE, "--headless", "--record", str(tmp_path / "notes")) == 2
    assert "is a file; name a folder" in capsys.readouterr().err
    assert (tmp_path / "notes").read_text() == "mine"


def test_somebody_who_never_stands_right_gets_a_sentence(
    heard: Heard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted(monkeypatch, [Pose.nobody(i / 10, (640, 480)) for i in range(30)])
    assert run(monkeypatch, "-e", EXERCISE, "--headless") == 2
    printed = capsys.readouterr()
    assert lines(printed.out)[0] == {
        "event": "setup", "t": 1.0, "instruction": "step_into_view", "say": "Step into the picture, from head to feet",
        "text": "Step into the picture, from head to feet", "value": None,
    } | {key: lines(printed.out)[0][key] for key in lines(printed.out)[0] if key in ("variant", "parts")}  # fmt: skip
    assert "before it began" in printed.err

"""Each thing the doctor looks at: what it says when all is well, when something is odd, and when it is broken."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from formcheck.app import doctor
from formcheck.app.doctor import Check
from formcheck.app.settings import Settings
from formcheck.errors import FilmError
from formcheck.frame import Frame
from formcheck.shipped import shipped_file
from formcheck.storage.database import History, Minute


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user who has nothing yet."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("FORMCHECK_MODEL_DIR", str(tmp_path / "models"))
    return tmp_path


class StillCamera:
    """A camera that shows the same gray again and again, or breaks as it is told."""

    finished = False

    def __init__(self, state: str = "live", gray: int = 120) -> None:
        self.state = state
        self._image = np.full((480, 640, 3), gray, np.uint8)
        self._t = 0.0

    def __enter__(self) -> "StillCamera":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def next(self, timeout_s: float) -> Frame | None:
        assert timeout_s > 0.0
        self._t += 0.5
        return Frame(t=self._t, image=self._image) if self.state == "live" else None


def looked_at(monkeypatch: pytest.MonkeyPatch, camera: StillCamera) -> list[Check]:
    monkeypatch.setattr(doctor, "LiveCamera", lambda _: camera)
    monkeypatch.setattr(doctor, "SHOWS_WITHIN_S", 0.05)
    return list(doctor.check_camera("rtsp://anna:secret@cam/1"))


@pytest.mark.parametrize(
    ("release", "state", "said"),
    [
        ("0.10.31", "ok", "reports to nobody"),
        ("0.10.21", "note", "not tested"),
        ("0.10.32", "note", "not tested"),
        ("0.10.35", "broken", "to Google"),
        ("1.2.2", "broken", "to Google"),
        (None, "broken", "not installed"),
    ],
)
def test_a_mediapipe_that_reports_is_broken(release: str | None, state: str, said: str) -> None:
    check = doctor.check_mediapipe(release)
    assert (check.state, said in check.found) == (state, True)
    assert check.advice == ("" if state == "ok" else "pip install 'mediapipe>=0.10.31,<0.10.32'")


def test_a_camera_in_good_light(monkeypatch: pytest.MonkeyPatch) -> None:
    camera, light = looked_at(monkeypatch, StillCamera())
    assert camera == Check("camera", "ok", "camera rtsp://cam/1 shows pictures of 640 x 480")
    assert (light.name, light.state) == ("light", "ok")


def test_a_dim_room_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    _, light = looked_at(monkeypatch, StillCamera(gray=40))
    assert light == Check("light", "note", "the picture is dim (40 of 255)", "turn on a lamp in front of you")


@pytest.mark.parametrize("state", ["lost", "stalled", "repeating", "dark", "covered"])
def test_a_camera_that_shows_nothing_is_broken_and_its_light_not_judged(
    monkeypatch: pytest.MonkeyPatch, state: Any
) -> None:
    (camera,) = looked_at(monkeypatch, StillCamera(state))
    assert camera.state == "broken"
    assert (camera.found.removeprefix("camera rtsp://cam/1 "), camera.advice) == doctor.CAMERA_FAULTS[state]


@pytest.mark.parametrize(("desk_runs", "state"), [(False, "broken"), (True, "note")])
def test_a_camera_that_cannot_be_opened(monkeypatch: pytest.MonkeyPatch, desk_runs: bool, state: str) -> None:
    def refuse(_: str) -> StillCamera:
        raise FilmError("The camera 0 cannot be opened.")

    monkeypatch.setattr(doctor, "LiveCamera", refuse)
    monkeypatch.setattr(doctor, "DeskFolder", lambda: SimpleNamespace(runs=lambda: desk_runs))
    (camera,) = doctor.check_camera("0")
    assert camera.state == state
    assert camera.advice


def test_a_film_stands_in_for_a_camera() -> None:
    camera, light = doctor.check_camera(str(shipped_file("samples", "plank_straight.mp4")))
    assert camera.found.endswith("shows pictures of 640 x 480")
    assert (camera.state, light.state) == ("ok", "ok")


def test_models_that_are_missing_are_a_note_and_damaged_ones_broken(home: Path) -> None:
    (home / "models").mkdir()
    (home / "models" / "pose_landmarker_full.task").write_bytes(b"half of it")
    checks = {check.name: check for check in doctor.check_models()}
    assert {name: check.state for name, check in checks.items()} == {
        "model lite": "note",
        "model full": "broken",
        "model browser": "note",
    }
    assert checks["model full"].advice == "formcheck models pull full"


def test_without_a_model_finding_people_is_not_tried() -> None:
    assert doctor.check_estimator().state == "note"


@pytest.mark.model
def test_a_model_that_is_here_finds_the_sample(pose_model: Path, home: Path) -> None:
    (home / "models").mkdir()
    (home / "models" / pose_model.name).symlink_to(pose_model)
    assert doctor.check_estimator() == Check("pose", "ok", "the person in formcheck's sample is found")


@pytest.mark.parametrize(
    ("stderr", "code", "check"),
    [
        ("", 0, Check("speech", "ok", "there is a voice for 'de'")),
        (
            "formcheck: nothing is said aloud, because there is no aplay: install it: now; or add --no-voice.\n",
            0,
            Check("speech", "note", "nothing is said aloud, because there is no aplay", "install it: now"),
        ),
        ("", -11, Check("speech", "note", "the speech engine broke down", "run without --voice")),
        ("Traceback\nOSError\n", 1, Check("speech", "note", "OSError", "run without --voice")),
    ],
)
def test_speech(monkeypatch: pytest.MonkeyPatch, stderr: str, code: int, check: Check) -> None:
    ended = subprocess.CompletedProcess([], code, "", stderr)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
    assert doctor.check_speech("de") == check


def test_the_sentence_of_the_real_voice_is_understood() -> None:
    check = doctor.check_speech("xx")  # no voice speaks that
    assert check.state == "note"
    assert check.found.startswith("nothing is said aloud, because ")
    assert "no-voice" not in check.advice


def test_a_full_disk_is_broken(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    assert doctor.check_disk(home / "not" / "there").state == "ok"
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=12_000_000))
    check = doctor.check_disk(home / "not" / "there")
    assert (check.state, check.found) == ("broken", f"{home} has 12 MB left")


def test_a_folder_that_cannot_be_written_is_broken(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert doctor.check_disk(home).state == "broken"


def test_the_history_is_looked_at_and_not_made(home: Path) -> None:
    path = home / "desk.db"
    assert doctor.check_history(path) == Check("history", "ok", "none yet; formcheck desk makes one")
    assert not path.exists()
    with History(path) as history:
        history.add_minute(Minute(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "desk", seconds_sitting=60.0))
    assert doctor.check_history(path) == Check("history", "ok", f"1 minutes in {path}")


def test_a_damaged_history_is_broken(home: Path) -> None:
    path = home / "desk.db"
    with History(path) as history:
        for minute in range(60):
            history.add_minute(Minute(datetime(2026, 3, 2, 9, minute, tzinfo=UTC), "desk", seconds_sitting=60.0))
    data = bytearray(path.read_bytes())
    data[4096:8192] = b"\xff" * 4096
    path.write_bytes(data)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    check = doctor.check_history(path)
    assert (check.state, check.found.startswith(f"{path} is damaged (")) == ("broken", True)
    path.write_bytes(b"no database at all, but long enough to be looked at")
    assert doctor.check_history(path).state == "broken"


def test_a_history_that_is_locked_is_not_called_damaged(home: Path) -> None:
    path = home / "desk.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        check = doctor.check_history(path)
    assert (check.state, check.found) == ("note", f"{path} cannot be looked at now (database is locked)")
    assert "forget" not in check.advice


def test_nothing_is_sent_unless_it_is_set() -> None:
    (check,) = doctor.check_network(Settings())
    assert check.state == "ok"
    assert "sends nothing" in check.found


def test_what_is_sent_is_named_without_secrets() -> None:
    settings = Settings.model_validate(
        {"webhook": {"url": "https://anna:pw@example.org/key"}, "mqtt": {"host": "broker.lan", "password": "pw2"}}
    )
    check = list(doctor.check_network(settings))[-1]
    assert check.state == "note"
    assert check.found == ("formcheck desk sends events to example.org (webhook) and states to broker.lan:1883 (MQTT)")


def test_a_set_extra_that_is_not_installed_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda _: None)
    first, _ = doctor.check_network(Settings.model_validate({"mqtt": {"host": "broker.lan"}}))
    assert first == Check(
        "mqtt",
        "broken",
        "[mqtt] is set, but what sends it is not installed",
        "pip install 'formcheck[mqtt]', or take [mqtt] out of the settings",
    )


def test_settings_that_cannot_be_read_are_broken_and_the_defaults_are_used(home: Path) -> None:
    (home / "s.toml").write_text("[desk]\ncamra = '1'\n")
    settings, check = doctor.check_settings(home / "s.toml")
    assert settings == Settings()
    assert check.state == "broken"
    assert "camera" in check.found
    assert doctor.check_settings(None)[1] == Check("settings", "ok", "the defaults")


def test_every_check_that_is_not_well_says_what_to_do(home: Path) -> None:
    checks = list(doctor.examine(None))
    assert [check.name for check in checks if check.state != "ok" and not check.advice] == []
    assert len({check.name for check in checks}) == len(checks)
    assert not {"camera", "light"} & {check.name for check in checks}
    assert not list(home.glob("**/desk.db"))

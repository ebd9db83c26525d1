"""The desk as a program of its own: no network socket, no picture on the disk, a clean stop, killed at any moment."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from tests.notification_service import running_bus, running_service

from formcheck.app.desk_calibration import store
from formcheck.estimators import models
from formcheck.exercise.language import load_language
from formcheck.shipped import shipped_file
from formcheck.storage.database import History
from formcheck.storage.profiles import Calibration, Reading

WATCHED = """
import sys

opened = []
sys.addaudithook(lambda event, args: opened.append((event, args)) if event.startswith("socket.") else None)
sys.argv = ["formcheck", *sys.argv[1:]]
from formcheck.cli.main import main

try:
    main()
finally:
    families = [str(args) for event, args in opened if event == "socket.__new__"]
    print(sum("AF_INET" in family for family in families), file=sys.stderr)
"""
LONG_S = 90.0
"""Only waited for where a test fails."""
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"BM", b"GIF8", b"II*\x00")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home of its own, in which the pose model is where it was."""
    monkeypatch.setenv("FORMCHECK_MODEL_DIR", str(models.model_dir()))
    for name in ("DATA", "STATE", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.delenv("DISPLAY", raising=False)
    return tmp_path


def command(*more: str) -> list[str]:
    film = shipped_file("samples", "plank_straight.mp4")
    return ["desk", "--camera", str(film), "--no-notifications", *more]


def files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


@pytest.mark.model
@pytest.mark.usefixtures("pose_model")
def test_python_opens_no_network_socket_and_writes_no_picture(home: Path) -> None:
    run = subprocess.run([sys.executable, "-c", WATCHED, *command()], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stderr.splitlines()[-1] == "0", run.stderr
    written = {path.name for path in files(home)}
    assert {"desk.db", "desk.log"} <= written
    for path in files(home):
        begins = path.read_bytes()[:8]
        assert not begins.startswith(PICTURES), path
        assert path.stat().st_size < 200_000, path
    with History(home / "data" / "formcheck" / "desk.db") as history:
        assert list(history.minutes())


@pytest.mark.model
@pytest.mark.usefixtures("pose_model")
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_no_library_opens_a_network_socket(home: Path) -> None:
    log = home / "calls"
    trace = ["strace", "-f", "-qq", "-e", "trace=socket,connect", "-o", str(log)]
    run = subprocess.run(
        [*trace, sys.executable, "-m", "formcheck", *command()], capture_output=True, text=True, check=False
    )
    if "ptrace" in run.stderr:
        pytest.skip("this machine does not allow tracing")
    assert run.returncode == 0, run.stderr
    assert [line for line in log.read_text().splitlines() if "AF_INET" in line] == []


@pytest.mark.model
@pytest.mark.usefixtures("pose_model")
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_a_notification_is_shown_without_a_network_socket(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What was calibrated with pictures of another size is told with the first picture.
    entry = Calibration(
        taken_on=date(2026, 3, 2),
        formcheck="0",
        size_px=(64, 48),
        yaw_deg=90.0,
        near_side="left",
        readings={"head_roll": Reading(value=1.0, spread=0.5)},
    )
    store("anna", home / "profiles", "desk-side", entry)
    log, bus = home / "calls", f"unix:path={home / 'bus'}"
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
    film = shipped_file("samples", "plank_straight.mp4")
    desk = ["desk", "--camera", str(film), "--profile", "anna", "--profiles", str(home / "profiles"), "--notifications"]
    trace = ["strace", "-f", "-qq", "-e", "trace=socket,connect", "-o", str(log)]
    with running_bus(bus), running_service(bus) as service:
        run = subprocess.run(
            [*trace, sys.executable, "-m", "formcheck", *desk], capture_output=True, text=True, check=False
        )
        if "ptrace" in run.stderr:
            pytest.skip("this machine does not allow tracing")
        assert run.returncode == 0, run.stderr
        assert [shown.text for shown in service.shown] == [load_language("en").desk["recalibrate_do"]]
    calls = log.read_text().splitlines()
    assert [line for line in calls if "AF_INET" in line] == []
    assert [line for line in calls if "AF_UNIX" in line and str(home / "bus") in line] != []


def formcheck(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "formcheck", *words], capture_output=True, text=True, check=False, timeout=LONG_S
    )


@pytest.mark.model
@pytest.mark.usefixtures("pose_model")
@pytest.mark.skipif(sys.platform == "win32", reason="a named pipe stands in for the camera")
def test_one_at_a_time_asked_from_outside_and_ended_in_good_order(home: Path) -> None:
    pipe = home / "camera"
    os.mkfifo(pipe)
    arguments = ["desk", "--camera", str(pipe), "--no-notifications"]
    with subprocess.Popen([sys.executable, "-m", "formcheck", *arguments], stderr=subprocess.PIPE, text=True) as desk:
        try:
            assert desk.stderr is not None
            assert desk.stderr.readline().startswith("The desk looks after you")
            second = formcheck(*arguments)
            assert (second.returncode, second.stderr.count("\n")) == (2, 1)
            assert "already runs" in second.stderr
            assert formcheck("desk", "pause").returncode == 0
            said = _until(desk.stderr, "Paused")
            assert "Traceback" not in said
            assert "paused" in formcheck("desk", "status").stdout
            desk.send_signal(signal.SIGTERM)
            assert desk.wait(LONG_S) == 0
        finally:
            desk.kill()
    gone = formcheck("desk", "stop")
    assert gone.returncode == 2
    assert "does not run" in gone.stderr


def _until(lines: Iterator[str], word: str) -> str:
    said = ""
    for line in lines:
        said += line
        if word in line:
            return said
    raise AssertionError(f"{word} was never said:\n{said}")


WRITES = """
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from formcheck.app.desk_minutes import HistoryWriter
from formcheck.storage.database import History, Minute

path = Path(sys.argv[1])
with History(path) as history:
    known = history.extent()
writer = HistoryWriter(path)
start = known[2] if known else datetime(2026, 3, 2, tzinfo=UTC)
print("ready", flush=True)
while True:
    start += timedelta(minutes=1)
    writer.add(Minute(start, "here", seconds_sitting=60.0))
    while writer.waiting:
        time.sleep(0.0005)
    print("added", flush=True)
"""


def test_killed_at_any_moment_the_history_is_whole_and_without_a_gap(tmp_path: Path) -> None:
    path, chance = tmp_path / "desk.db", random.Random(7)
    for _ in range(5):
        with subprocess.Popen([sys.executable, "-c", WRITES, str(path)], stdout=subprocess.PIPE) as writes:
            assert writes.stdout is not None
            assert writes.stdout.readline() == b"ready\n"
            for _ in range(chance.randrange(1, 15)):
                assert writes.stdout.readline() == b"added\n"
            time.sleep(chance.uniform(0.0, 0.05))
            writes.kill()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    with History(path) as history:
        starts = [minute.start for minute in history.minutes()]
    assert len(starts) >= 5
    assert {(b - a).total_seconds() for a, b in pairwise(starts)} == {60.0}

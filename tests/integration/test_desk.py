"""The desk as a program of its own: no network socket, no picture on the disk, a clean stop, killed at any moment."""

import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.notification_service import running_bus, running_service

from formcheck.app.desk_calibration import store
from formcheck.app.desk_control import DeskFolder
from formcheck.estimators import models
from formcheck.exercise.language import load_language
from formcheck.shipped import shipped_file
from formcheck.storage.database import History
from formcheck.storage.profiles import Calibration, Reading
from formcheck.synth.clip import render_clip
from formcheck.video.reader import FilmReader
from formcheck.video.writer import FilmWriter

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


@pytest.fixture(scope="module")
def sitter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a film of somebody who sits before a webcam for as long as a calibration takes."""
    path, rng = tmp_path_factory.mktemp("films") / "sitter.mp4", np.random.default_rng(0)
    ((frame, _),) = islice(render_clip("desk_front", yaw_deg=90.0, size_px=(640, 480)), 1)
    clean = cv2.resize(frame.image, (320, 240), interpolation=cv2.INTER_AREA)
    with FilmWriter(path, size_px=(320, 240), fps_hint=5.0) as film:
        for i in range(130):
            noisy = np.clip(clean + rng.normal(0.0, 3.0, clean.shape), 0, 255)
            film.write(noisy.astype(np.uint8), i / 5.0)
    return path


def traced(home: Path, *words: str) -> list[str]:
    """Run formcheck to its end and return every call that opens a file or socket or writes, with the paths."""
    log = home.parent / f"{home.name}.calls"
    trace = ["strace", "-f", "-qq", "-y", "-s", "8", "-e", "trace=open,openat,creat,write,pwrite64,socket,connect"]
    run = subprocess.run(
        [*trace, "-o", str(log), sys.executable, "-m", "formcheck", *words], capture_output=True, text=True, check=False
    )
    if "ptrace" in run.stderr:
        pytest.skip("this machine does not allow tracing")
    assert run.returncode == 0, run.stderr
    return log.read_text().splitlines()


KEPT = re.compile(
    r"/dev/(null|shm/\S+|tty)|home/(data/formcheck/desk\.db(-\w+)?|state/formcheck/.+|profiles/[^/]+\.json|[^/]+)"
)
"""What may be written: history, log, status, calibration; straight in the folder for temporary files those of
compilers, which Python asks where libraries are."""


@pytest.mark.model
@pytest.mark.usefixtures("pose_model")
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("what", ["desk", "calibrate"])
def test_no_library_opens_a_network_socket_or_writes_a_picture_meanwhile(home: Path, sitter: Path, what: str) -> None:
    profiles = home / "profiles"
    calibrate = ["desk", "calibrate", "--camera", str(sitter), "--profile", "anna", "--profiles", str(profiles)]
    calls = traced(home, *(command() if what == "desk" else calibrate))
    assert (profiles / "anna.json").is_file() == (what == "calibrate")
    assert [line for line in calls if "AF_INET" in line] == []
    opened = [line for line in calls if re.search(r"O_WRONLY|O_RDWR|O_CREAT|creat\(", line) and " = -1" not in line]
    written = {re.sub(r".*<(.*?)>$", r"\1", line).replace(str(home), "home") for line in opened}
    assert len(written) > 2
    assert {path for path in written if not KEPT.fullmatch(path)} == set()
    into_files = [line for line in calls if re.search(rf"write(64)?\(\d+<{home}", line)]
    assert [line for line in into_files if re.search(r', "(\\377\\330\\377|\\211PNG|RIFF|BM|GIF8|II\*)', line)] == []


@pytest.mark.model
@pytest.mark.usefixtures("pose_model")
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_a_notification_is_shown_without_a_network_socket(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calibrated_elsewhere(home)
    bus = f"unix:path={home / 'bus'}"
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
    desk = with_notifications(home)
    with running_bus(bus), running_service(bus) as service:
        calls = traced(home, *desk)
        assert [shown.text for shown in service.shown] == [load_language("en").desk["recalibrate_do"]]
    assert [line for line in calls if "AF_INET" in line] == []
    assert [line for line in calls if "AF_UNIX" in line and str(home / "bus") in line] != []


def calibrated_elsewhere(home: Path) -> None:
    """Store what was calibrated with pictures of another size, which is told with the first picture."""
    entry = Calibration(
        taken_on=date(2026, 3, 2),
        formcheck="0",
        size_px=(64, 48),
        yaw_deg=90.0,
        near_side="left",
        readings={"head_roll": Reading(value=1.0, spread=0.5)},
    )
    store("anna", home / "profiles", "desk-side", entry)


def with_notifications(home: Path) -> list[str]:
    film = shipped_file("samples", "plank_straight.mp4")
    return ["desk", "--camera", str(film), "--profile", "anna", "--profiles", str(home / "profiles"), "--notifications"]


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


PICTURES_PER_S = 15.0


class Webcam:
    """Writes pictures with the noise of a camera into a named pipe, whoever reads it, until it is taken away."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with FilmReader(shipped_file("samples", "plank_straight.mp4")) as film:
            picture = cv2.resize(next(iter(film)).image, (320, 240), interpolation=cv2.INTER_AREA)
        noise = np.random.default_rng(0).normal(0.0, 5.0, (20, *picture.shape))
        self._jpegs = [cv2.imencode(".jpg", np.clip(picture + n, 0, 255).astype(np.uint8))[1].tobytes() for n in noise]
        self.plug_in()

    def plug_in(self) -> None:
        os.mkfifo(self._path)
        self._written = threading.Semaphore(0)
        self._gone = threading.Event()
        self._thread = threading.Thread(target=self._write, args=(self._gone,), daemon=True)
        self._thread.start()

    def show(self, pictures: int) -> None:
        """Return when so many more were shown, or since it was plugged in."""
        for _ in range(pictures):
            assert self._written.acquire(timeout=LONG_S)

    def unplug(self) -> None:
        self._gone.set()
        self._thread.join(LONG_S)
        self._path.unlink()

    def _write(self, gone: threading.Event) -> None:
        with self._path.open("wb", buffering=0) as pipe, suppress(BrokenPipeError):
            for jpeg in cycle(self._jpegs):
                pipe.write(jpeg)
                self._written.release()
                if gone.wait(1.0 / PICTURES_PER_S):
                    return


@pytest.mark.model
@pytest.mark.usefixtures("pose_model")
@pytest.mark.skipif(sys.platform == "win32", reason="a named pipe stands in for the camera")
def test_a_camera_that_is_unplugged_twice_is_two_lines_each_and_looked_through_again(home: Path) -> None:
    camera = Webcam(home / "camera")
    arguments = ["desk", "--camera", str(home / "camera"), "--no-notifications"]
    with subprocess.Popen([sys.executable, "-m", "formcheck", *arguments], stderr=subprocess.PIPE, text=True) as desk:
        try:
            assert desk.stderr is not None
            said = _until(desk.stderr, "Watching as")
            for _ in range(2):
                camera.unplug()
                said += _until(desk.stderr, "The camera is gone; the clocks stand still until it is back.")
                camera.plug_in()
                said += _until(desk.stderr, "The camera is back.")
            camera.show(90)
            desk.send_signal(signal.SIGTERM)
            said += desk.stderr.read()
            assert desk.wait(LONG_S) == 0
        finally:
            desk.kill()
    assert said.count("\n") == 6
    with History(home / "data" / "formcheck" / "desk.db") as history:
        assert list(history.minutes())


@pytest.mark.model
@pytest.mark.usefixtures("pose_model")
def test_without_a_notification_service_one_line_says_so_and_the_desk_goes_on(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={home / 'nobody'}")
    calibrated_elsewhere(home)
    done = formcheck(*with_notifications(home))
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert done.stderr.count("No notification can be shown, because there is no D-Bus session") == 1


def test_a_film_that_is_not_there_is_one_sentence_and_not_waited_for(home: Path) -> None:
    (home / "letter.mp4").write_text("no film")
    for name, said in (("gone.mp4", "There is no camera or film"), ("letter.mp4", "letter.mp4")):
        done = formcheck("desk", "--camera", str(home / name), "--no-notifications")
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert done.stderr.startswith("formcheck: ")
        assert said in done.stderr


FAST = """
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np

from formcheck.app import desk, desk_minutes
from formcheck.cli.main import main
from formcheck.frame import Frame
from formcheck.storage.database import Minute
from formcheck.video import live_camera

PICTURE = np.random.default_rng(0).integers(0, 255, (240, 320, 3)).astype(np.uint8)
BEGUN = datetime.fromisoformat(sys.argv.pop(1))


class Camera:
    now, finished = 0.0, False

    def __init__(self, *_, **__):
        self.every_s = 0.5

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def next(self, timeout_s):
        Camera.now += self.every_s
        return Frame(Camera.now, PICTURE)

    def changes(self):
        return []


class Writer(desk_minutes.HistoryWriter):
    def add(self, entry):
        super().add(entry)
        while self.waiting:
            time.sleep(0.0005)
        if isinstance(entry, Minute):
            print(entry.start.isoformat(), flush=True)


live_camera.LiveCamera, desk_minutes.HistoryWriter = Camera, Writer
desk.Desk = partial(desk.Desk, clock=lambda: Camera.now, wall=lambda: BEGUN + timedelta(seconds=Camera.now))
main()
"""
"""`formcheck desk` with all that belongs to it but its camera and its clock, which count pictures: a minute takes a
moment. It says of each minute when it is stored."""


@pytest.mark.model
@pytest.mark.usefixtures("pose_model")
def test_killed_ten_times_at_any_moment_the_desk_loses_the_running_minute_at_most(home: Path) -> None:
    chance, begins, told = random.Random(3), datetime(2026, 3, 2, tzinfo=UTC), set[datetime]()
    for i in range(10):
        arguments = [(begins + timedelta(hours=i)).isoformat(), "desk", "--no-notifications"]
        with subprocess.Popen([sys.executable, "-c", FAST, *arguments], stdout=subprocess.PIPE, text=True) as desk:
            assert desk.stdout is not None
            for _ in range(chance.randrange(1, 6)):
                told.add(datetime.fromisoformat(desk.stdout.readline().strip()))
            time.sleep(chance.uniform(0.0, 0.1))
            desk.kill()
            told |= {datetime.fromisoformat(line.strip()) for line in desk.stdout if line.endswith("\n")}
    path = home / "data" / "formcheck" / "desk.db"
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with History(path) as history:
        stored = {minute.start for minute in history.minutes()}
    assert told <= stored
    assert len(stored) - len(told) <= 10  # stored, but killed before it could say so
    runs = [sorted(start for start in stored if start.hour == hour) for hour in range(10)]
    assert runs == [[begins + timedelta(hours=i, minutes=m) for m in range(len(run))] for i, run in enumerate(runs)]
    assert not DeskFolder().runs()


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

"""Memory and processor time of the real `formcheck desk` for as long as you like, with all that it can do switched on.

    python -m benchmarks.desk_soak [--minutes 60] [--film FILE ...] [--out FILE] [--fast]

The desk is a process of its own, calibrated first, with its history, notifications (a service on a D-Bus of its own), a
webhook and an MQTT broker, all of this computer. Its camera is a pipe that gives 15 JPEG pictures a second: eight
minutes of the first film, four of each other one, two of an empty chair, and again. Without a film the person is
rendered.

`--fast` plays the same as fast as the poses are found, in a process that has the loop of the desk and a clock that
counts its pictures; its minutes are those of that clock. Memory is the resident set, read from outside. Linux only.
"""

import argparse
import contextlib
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from io import RawIOBase
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import psutil
from benchmarks.desk_cost import MB, Image, filmed, noisy, rendered
from tests.notification_service import running_bus, running_service

from formcheck.app.desk import CAMERA_FPS, SIZE_PX, Desk, DeskPace, spare_memory
from formcheck.app.desk_control import DeskFolder
from formcheck.app.desk_messages import reach
from formcheck.app.desk_minutes import HistoryWriter
from formcheck.app.desk_setup import FRONT, SIDE, SetUps
from formcheck.app.settings import load_settings
from formcheck.app.surroundings import Surroundings
from formcheck.engine.events import CameraState
from formcheck.estimators import models
from formcheck.estimators.mediapipe import MediaPipeEstimator
from formcheck.exercise.language import load_language
from formcheck.exercise.load import load_exercise
from formcheck.frame import Frame
from formcheck.storage.database import History, history_path
from formcheck.video.jpeg_pipe import JpegPipe

FIRST_S: Final = 480.0
OTHERS_S: Final = 240.0
EMPTY_S: Final = 120.0
WARM_MINUTES: Final = 5
MOST_MB: Final = 250.0
GROWS_MB: Final = 10.0
PROFILE: Final = "soak"
SETTINGS: Final = """
[desk]
profile = "{profile}"
quiet_hours = []
eyes_minutes = 5
water_minutes = 10
[webhook]
url = "http://127.0.0.1:{webhook}/desk"
[mqtt]
host = "127.0.0.1"
port = {broker}
"""


@dataclass(frozen=True)
class Scene:
    """JPEG pictures that are shown over and over for some time."""

    jpegs: list[bytes]
    seconds: float


def scenes(films: list[Path]) -> list[Scene]:
    shown = [filmed(film) for film in films] or [rendered()]
    lengths = [FIRST_S, *(OTHERS_S for _ in shown[1:]), EMPTY_S]
    return [Scene(_jpegs(images), length) for images, length in zip([*shown, [room()] * 30], lengths, strict=True)]


def room() -> Image:
    """Return a picture of nobody, with enough in it not to be taken for a covered lens."""
    coarse = np.random.default_rng(2).integers(40, 200, (12, 16, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, SIZE_PX, interpolation=cv2.INTER_NEAREST), np.uint8)


def _jpegs(images: list[Image]) -> list[bytes]:
    return [cv2.imencode(".jpg", image)[1].tobytes() for image in noisy(images)]


@contextmanager
def camera(path: Path, shown: list[Scene], fps: float) -> Iterator[None]:
    """Write the scenes into a pipe, `fps` pictures a second, whoever reads it; without end."""
    os.mkfifo(path)
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            with contextlib.suppress(BrokenPipeError), path.open("wb", buffering=0) as pipe:
                _write_all(pipe, shown, fps, ended)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()


def _write_all(pipe: RawIOBase, shown: list[Scene], fps: float, ended: threading.Event) -> None:
    begun, sent = time.monotonic(), 0
    while True:
        for scene in shown:
            for i in range(round(scene.seconds * (fps or 2.0))):
                if ended.wait(max(0.0, begun + sent / fps - time.monotonic()) if fps else 0.0):
                    return
                pipe.write(scene.jpegs[i % len(scene.jpegs)])
                sent += 1


# -- what the desk talks to -------------------------------------------------------------------------------------------


@dataclass
class Heard:
    """What arrived elsewhere."""

    webhooks: int = 0
    states: int = 0
    notifications: int = 0


@contextmanager
def webhook_receiver(heard: Heard) -> Iterator[int]:
    """Take events at a port of this computer."""

    class Takes(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            heard.webhooks += 1
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Takes) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@contextmanager
def broker(folder: Path, heard: Heard) -> Iterator[int]:
    """Run mosquitto, and count what is published."""
    import paho.mqtt.client as paho  # noqa: PLC0415 - not for the process that is measured
    from paho.mqtt.enums import CallbackAPIVersion  # noqa: PLC0415

    found = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        raise SystemExit("This needs mosquitto.")
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = int(listener.getsockname()[1])
    (folder / "mosquitto.conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    quiet = subprocess.DEVNULL
    with subprocess.Popen([found, "-c", str(folder / "mosquitto.conf")], stdout=quiet, stderr=quiet) as process:
        reader = paho.Client(CallbackAPIVersion.VERSION2)
        reader.on_connect = lambda client, *_: client.subscribe("#")
        reader.on_message = lambda *_: setattr(heard, "states", heard.states + 1)
        reader.connect_async("127.0.0.1", port)
        reader.loop_start()
        try:
            yield port
        finally:
            reader.loop_stop()
            process.terminate()


@contextmanager
def surroundings(folder: Path, heard: Heard) -> Iterator[dict[str, str]]:
    """Give the environment of the desk: folders of its own, and services that take what it says."""
    bus = f"unix:path={folder / 'bus'}"
    with ExitStack() as stack:
        ports = {
            "webhook": stack.enter_context(webhook_receiver(heard)),
            "broker": stack.enter_context(broker(folder, heard)),
        }
        stack.enter_context(running_bus(bus))
        service = stack.enter_context(running_service(bus))
        (folder / "settings.toml").write_text(SETTINGS.format(profile=PROFILE, **ports))
        homes = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("DATA", "STATE", "CONFIG", "CACHE")}
        model = {"FORMCHECK_MODEL_DIR": str(models.model_dir())}
        without_screen = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
        yield without_screen | homes | model | {"DBUS_SESSION_BUS_ADDRESS": bus}
        heard.notifications = len(service.shown)


# -- the desk at work -------------------------------------------------------------------------------------------------


@dataclass
class Course:
    """What was read of the desk, once a minute or so."""

    minutes: list[float] = field(default_factory=list)
    rss_mb: list[float] = field(default_factory=list)
    share: list[float] = field(default_factory=list)

    def add(self, minute: float, rss_mb: float, share: float) -> None:
        self.minutes.append(round(minute, 2))
        self.rss_mb.append(round(rss_mb, 1))
        self.share.append(round(share, 2))
        print(f"{minute:7.1f} min {rss_mb:7.1f} MB {share:6.2f} % of a core", flush=True)

    def grown_mb(self) -> float:
        """Return by how much memory grew from the fifth minute on, by a straight line through all that was read."""
        warm = [(m, rss) for m, rss in zip(self.minutes, self.rss_mb, strict=True) if m >= WARM_MINUTES]
        if len(warm) < 3:
            return 0.0
        minutes, rss = np.array(warm).T
        return float(np.polyfit(minutes, rss, 1)[0] * (minutes[-1] - minutes[0]))


def in_real_time(folder: Path, pipe: Path, environment: Mapping[str, str], minutes: float) -> Course:
    """Let `formcheck desk` run, and read it from outside."""
    course = Course()
    with started(folder, pipe, environment) as process:
        begun = at = time.monotonic()
        used = used_s(process)
        while time.monotonic() < begun + 60.0 * minutes and process.is_running():
            time.sleep(60.0)
            used_before, used, at_before, at = used, used_s(process), at, time.monotonic()
            course.add((at - begun) / 60.0, rss_mb(process), 100.0 * (used - used_before) / (at - at_before))
    return course


@contextmanager
def started(folder: Path, pipe: Path, environment: Mapping[str, str]) -> Iterator[psutil.Process]:
    """Run the desk, and end it in good order."""
    with subprocess.Popen(desk_command("", folder, pipe), env=environment) as desk:
        try:
            yield psutil.Process(desk.pid)
        finally:
            desk.terminate()


def desk_command(what: str, folder: Path, pipe: Path) -> list[str]:
    given = ["--camera", str(pipe), "--settings", str(folder / "settings.toml"), "--profiles", str(folder / "profiles")]
    return [sys.executable, "-m", "formcheck", "desk", *([what] if what else []), *given]


def used_s(process: psutil.Process) -> float:
    """Return the processor time of a process and of the children that it has waited for."""
    return float(sum(process.cpu_times()[:4]))


def rss_mb(process: psutil.Process) -> float:
    return float(sum(one.memory_info().rss for one in (process, *process.children(recursive=True)))) / MB


def as_fast_as_it_goes(folder: Path, pipe: Path, environment: Mapping[str, str], minutes: float) -> Course:
    """Let the loop of the desk run by a clock that counts pictures, in a process that reads its own memory."""
    given = ["--work", "--minutes", str(minutes), "--folder", str(folder)]
    command = [sys.executable, "-m", "benchmarks.desk_soak", *given]
    course = Course()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        for line in worker.stdout:
            course.add(*json.loads(line))
    return course


class CountedCamera:
    """Gives pictures as fast as they are asked for, by a clock that counts them."""

    def __init__(self, pipe: Path, length_s: float) -> None:
        self.every_s = 0.5
        self.now = 0.0
        self._pipe, self._length_s = JpegPipe(pipe), length_s

    @property
    def finished(self) -> bool:
        return self.now >= self._length_s

    def next(self, timeout_s: float) -> Frame | None:
        if self.finished:
            return None
        while (image := self._pipe.read()) is None:
            pass
        self.now += self.every_s
        return Frame(self.now, image)

    def changes(self) -> list[tuple[float, CameraState]]:
        return []


def work(folder: Path, minutes: float) -> None:
    """Run the loop as `formcheck desk` does, and tell its memory every ten minutes of its clock."""
    spare_memory()
    settings = load_settings(folder / "settings.toml")
    process, begun, exercises = psutil.Process(), datetime.now().astimezone(), [*map(load_exercise, (FRONT, SIDE))]
    with ExitStack() as stack:
        state = DeskFolder()
        stack.enter_context(state.held())
        told = stack.enter_context(reach(settings, load_language("en"), exercises, lambda _: None))
        history = HistoryWriter(history_path())
        stack.callback(history.close)
        seen = CountedCamera(folder / "camera", 60.0 * minutes)
        desk = Desk(
            state,
            open_camera=lambda: contextlib.nullcontext(seen),
            open_estimator=lambda: MediaPipeEstimator(models.model_path("lite"), masks=False),
            set_up=SetUps(settings.desk, "0", folder / "profiles", told.say),
            keep=history.add,
            told=told,
            around=stack.enter_context(Surroundings("0")),
            pace=DeskPace(),
            clock=lambda: seen.now,
            wall=lambda: begun + timedelta(seconds=seen.now),
        )
        estimator = stack.enter_context(MediaPipeEstimator(models.model_path("lite"), masks=False))
        due, used, at = 0.0, used_s(process), time.monotonic()
        while desk.step(estimator):
            if seen.now >= due:
                share = 100.0 * (used_s(process) - used) / (time.monotonic() - at)
                print(json.dumps((seen.now / 60.0, rss_mb(process), share)), flush=True)
                due, used, at = due + 600.0, used_s(process), time.monotonic()


def calibrated(folder: Path, shown: list[Scene], environment: Mapping[str, str]) -> None:
    """Calibrate with the first scene."""
    pipe = folder / "first-camera"
    with camera(pipe, shown[:1], CAMERA_FPS):
        done = subprocess.run(desk_command("calibrate", folder, pipe), env=environment, check=False)
    if done.returncode:
        raise SystemExit("The person of the first film cannot be calibrated with.")


def main() -> int:
    """Run it; return 1 if it took or grew by more than is allowed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--film", type=Path, action="append", default=[])
    parser.add_argument("--out", type=Path, help="Write what was read there as JSON.")
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work:
        work(given.folder, given.minutes)
        return 0
    shown, heard = scenes(given.film), Heard()
    with tempfile.TemporaryDirectory() as name, surroundings(Path(name), heard) as environment:
        folder, pipe = Path(name), Path(name) / "camera"
        calibrated(folder, shown, environment)
        run = as_fast_as_it_goes if given.fast else in_real_time
        with camera(pipe, shown, 0.0 if given.fast else CAMERA_FPS):
            course = run(folder, pipe, environment, given.minutes)
        with History(folder / "data" / "formcheck" / "desk.db") as history:
            stored = len(list(history.minutes()))
    return told(course, heard, stored, given.out)


def told(course: Course, heard: Heard, stored: int, out: Path | None) -> int:
    """Say how it went; return 1 if it is too much."""
    most, grown = max(course.rss_mb), course.grown_mb()
    share = sum(course.share) / len(course.share)
    print(
        f"{stored} minutes; {heard.notifications} notifications, {heard.webhooks} webhooks, {heard.states} states",
        f"{share:.2f} % of a core, at most {most:.0f} MB, grew by {grown:+.1f} MB since minute {WARM_MINUTES}",
        sep="\n",
    )
    if out:
        out.write_text(json.dumps(asdict(course) | asdict(heard) | {"stored": stored, "grown_mb": grown}))
    return int(most > MOST_MB or grown > GROWS_MB)


if __name__ == "__main__":
    sys.exit(main())

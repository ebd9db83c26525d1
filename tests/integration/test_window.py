"""The real command in a real window, on a screen that exists only in memory."""

import json
import os
import shutil
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from formcheck.drawing.live import PLAIN
from formcheck.drawing.style import AMBER, CALM, PAPER
from formcheck.errors import ModelError
from formcheck.estimators.models import model_path
from formcheck.shipped import shipped_file
from formcheck.video.reader import FilmReader

SCREEN = (1366, 768)
WITHIN_S = 120.0
EVERY_S = 0.1
pytestmark = pytest.mark.model


@dataclass(frozen=True)
class Screen:
    """An X server that draws into a file."""

    display: str
    picture: Path

    def look(self) -> NDArray[np.uint8]:
        """Return what is on the screen, as (H, W, 3) BGR."""
        data = self.picture.read_bytes()
        header = struct.unpack(">25I", data[:100])  # the X window dump format
        width, height, row_bytes, colours = header[4], header[5], header[12], header[19]
        pixels = np.frombuffer(data, np.uint8, row_bytes * height, header[0] + 12 * colours)
        return pixels.reshape(height, row_bytes // 4, 4)[:, :width, :3]

    def has(self, colour: tuple[int, int, int], at_least: int) -> bool:
        """Whether so many pixels are of a colour."""
        return int((self.look() == colour).all(axis=2).sum()) >= at_least

    def press(self, key: str) -> None:
        """Press a key for the window."""
        command = ["xdotool", "search", "--name", "^formcheck$", "windowfocus", "key", key]
        subprocess.run(command, env=self.environment, check=True, capture_output=True, timeout=20)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "DISPLAY": self.display}


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    read, write = os.pipe()
    size = f"{SCREEN[0]}x{SCREEN[1]}x24"
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-fbdir", str(tmp_path), "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    try:
        yield Screen(f":{number}", tmp_path / "Xvfb_screen0")
    finally:
        server.terminate()
        server.wait()


@contextmanager
def live(screen: Screen, camera: Path, *options: str) -> Iterator["subprocess.Popen[str]"]:
    """Start the command; it is ended if the test does not."""
    try:
        model_path("lite")
    except ModelError as error:
        pytest.skip(str(error))
    command = [sys.executable, "-m", "formcheck", "live", "-e", "deadlift", "--camera", str(camera), "--no-voice"]
    with subprocess.Popen(
        [*command, *options], env=screen.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def eventually(condition: Callable[[], bool], process: "subprocess.Popen[str]", what: str) -> None:
    """Wait for something that the program does."""
    waiting = threading.Event()
    for _ in range(round(WITHIN_S / EVERY_S)):
        if condition():
            return
        assert process.poll() is None, f"the program ended before {what}"
        waiting.wait(EVERY_S)
    pytest.fail(f"no {what} within {WITHIN_S:.0f} s")


def test_a_set_is_shown_and_q_ends_it_with_its_report(screen: Screen, tmp_path: Path) -> None:
    out = tmp_path / "kept"
    film = shipped_file("samples", "deadlift_rounded.mp4")
    with live(screen, film, "--countdown", "0", "--json", "--record", str(out)) as process:
        eventually(lambda: screen.has(CALM, 600) and screen.has(PAPER, 1500), process, "body, ring and words")
        assert (screen.look()[:720, :1280] != PLAIN).any(axis=2).mean() > 0.7  # the picture fills the window
        screen.press("q")
        printed, complaints = process.communicate(timeout=WITHIN_S)
    assert process.returncode == 0
    assert complaints == ""
    events = [json.loads(line) for line in printed.splitlines()]
    assert [event["event"] for event in events] == ["report", "summary"]
    assert events[0]["report"] == json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert events[1]["latency_ms"]["pictures"] > 0
    with FilmReader(out / "annotated.mp4") as kept:
        assert sum(1 for _ in kept) == events[0]["report"]["quality"]["frames"]


def test_set_up_shows_a_figure_and_the_film_ends_the_command(screen: Screen) -> None:
    film = shipped_file("samples", "plank_straight.mp4")
    with live(screen, film, "--countdown", "600") as process:
        eventually(lambda: screen.has(PAPER, 4000), process, "figure to step into")
        printed, complaints = process.communicate(timeout=WITHIN_S)
    assert (process.returncode, printed) == (0, "")
    assert complaints == "The set was left before it began, so there is no report.\n"


def jpegs() -> list[bytes]:
    with FilmReader(shipped_file("samples", "deadlift_neutral.mp4")) as film:
        return [cv2.imencode(".jpg", frame.image)[1].tobytes() for frame, _ in zip(film, range(60), strict=False)]


def feed(pipe: Path, gone: threading.Event) -> None:
    """Show pictures until the camera is to be gone."""
    pictures = jpegs()
    with pipe.open("wb") as out:
        i = 0
        while not gone.wait(1 / 15):
            out.write(pictures[i % len(pictures)])
            out.flush()
            i += 1


def test_a_camera_that_goes_away_is_said_and_the_window_goes_on(screen: Screen, tmp_path: Path) -> None:
    pipe, gone = tmp_path / "camera", threading.Event()
    os.mkfifo(pipe)
    feeder = threading.Thread(target=feed, args=(pipe, gone), daemon=True)
    feeder.start()
    try:
        with live(screen, pipe, "--countdown", "0") as process:
            eventually(lambda: screen.has(CALM, 600), process, "set")
            gone.set()
            all_plain = 0.6 * 1280 * 720
            eventually(lambda: screen.has(PLAIN, round(all_plain)), process, "calm picture")
            assert screen.has(AMBER, 100)  # the camera, crossed out
            assert screen.has(PAPER, 3000)  # what to do
            screen.press("q")
            printed, complaints = process.communicate(timeout=WITHIN_S)
    finally:
        gone.set()
    feeder.join(10)
    assert process.returncode == 0
    assert "Deadlift · " in printed
    assert complaints == ""

"""A camera behind a named pipe that stalls, repeats itself, dies and comes back, ten times over."""

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from formcheck.engine.events import CameraState
from formcheck.frame import Frame
from formcheck.video.live_camera import LiveCamera

ROUNDS = 10
SILENT_S = 0.6
WAIT_S = 0.05
MOST_WAITS = 1200  # a minute: only reached where the test fails
PICTURES_PER_S = 50.0
MOST_GROWTH_BYTES = 20 * 2**20
FAULTS: tuple[tuple[str, CameraState], ...] = (("stall", "stalled"), ("repeat", "repeating"), ("die", "lost"))
STATM = Path("/proc/self/statm")

pytestmark = pytest.mark.skipif(not STATM.exists(), reason="named pipes and /proc are those of Linux")


class Writer:
    """Writes numbered JPEG pictures into a pipe from a thread of its own."""

    def __init__(self, path: Path) -> None:
        self.written = 0
        self._path = path
        self._mode = "stream"
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def now(self, mode: str) -> None:
        """Go on with "stream", "stall", "repeat", "die" (within a picture) or "end"."""
        self._mode = mode
        self._wake.set()

    def join(self) -> None:
        self._thread.join(30.0)

    def _run(self) -> None:
        while self._mode != "end":
            pipe = os.open(self._path, os.O_WRONLY)
            with suppress(BrokenPipeError):  # the camera is closed first
                self._stream(pipe)
            os.close(pipe)
            while self._mode == "die":
                self._pause()

    def _stream(self, pipe: int) -> None:
        while self._mode not in ("die", "end"):
            if self._mode != "stall":
                self.written += self._mode == "stream"
                os.write(pipe, jpeg_of(self.written))
            self._pause()
        os.write(pipe, jpeg_of(self.written)[:500])

    def _pause(self) -> None:
        self._wake.wait(1.0 / PICTURES_PER_S)
        self._wake.clear()


CELL_PX = 16
BACKDROP = cv2.resize(
    np.random.default_rng(2).integers(40, 200, (24, 32, 3)).astype(np.uint8), (640, 480), interpolation=cv2.INTER_LINEAR
)


def jpeg_of(number: int) -> bytes:
    """Return a picture that carries its number as 16 black or white cells."""
    image = BACKDROP.copy()
    for bit in range(16):
        image[:CELL_PX, bit * CELL_PX : (bit + 1) * CELL_PX] = 255 * (number >> bit & 1)
    return bytes(cv2.imencode(".jpg", image)[1])


def number_in(frame: Frame) -> int:
    cells = frame.image[CELL_PX // 2, CELL_PX // 2 : 16 * CELL_PX : CELL_PX, 0]
    return sum(int(cell > 127) << bit for bit, cell in enumerate(cells))


class Watcher:
    """Takes what a camera gives until it is in a state."""

    def __init__(self, camera: LiveCamera) -> None:
        self.camera = camera
        self.frames: list[tuple[float, int]] = []
        self.changes: list[tuple[float, CameraState]] = []

    def until(self, state: CameraState) -> None:
        for _ in range(MOST_WAITS):
            self._look()
            if self.changes and self.changes[-1][1] == state:
                return
        pytest.fail(f"{state} was never seen, only {self.changes}")

    def take(self, count: int) -> None:
        wanted = len(self.frames) + count
        for _ in range(MOST_WAITS):
            self._look()
            if len(self.frames) >= wanted:
                return
        pytest.fail(f"only {len(self.frames)} of {wanted} pictures came")

    def _look(self) -> None:
        frame = self.camera.next(WAIT_S)
        self.changes += self.camera.changes()
        if frame is not None:
            self.frames.append((frame.t, number_in(frame)))


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "camera"
    os.mkfifo(path)
    return path


@pytest.fixture
def writer(pipe: Path) -> Iterator[Writer]:
    writer = Writer(pipe)
    yield writer
    writer.now("end")
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)  # lets a writer end that still waits for one
    writer.join()
    os.close(reader)


def resident_bytes() -> int:
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_camera_that_stalls_repeats_and_dies_is_seen_each_time_and_used_again(pipe: Path, writer: Writer) -> None:
    memory: list[int] = []
    with LiveCamera(str(pipe), silent_s=SILENT_S) as camera:
        watcher = Watcher(camera)
        watcher.take(5)
        for _ in range(ROUNDS):
            for how, state in FAULTS:
                writer.now(how)
                watcher.until(state)
                before = writer.written
                writer.now("stream")
                watcher.until("live")
                given = len(watcher.frames)
                watcher.take(3)
                assert watcher.frames[given][1] > before, "a picture from before the loss"
            memory.append(resident_bytes())
        assert camera.opened == 1 + ROUNDS
        assert camera.grabbed >= len(watcher.frames) + camera.dropped
        thread = camera._thread
    assert [state for _, state in watcher.changes] == ["stalled", "live", "repeating", "live", "lost", "live"] * ROUNDS
    assert all(a < b for (a, _), (b, _) in pairwise(watcher.frames))
    assert all(a < b for (_, a), (_, b) in pairwise(watcher.frames)), "a picture was given twice"
    assert max(memory) - memory[1] < MOST_GROWTH_BYTES
    assert thread is not None
    assert not thread.is_alive()


def test_a_camera_nobody_writes_to_is_lost_and_closes_at_once(pipe: Path) -> None:
    with LiveCamera(str(pipe), silent_s=SILENT_S) as camera:
        watcher = Watcher(camera)
        watcher.until("lost")
        thread = camera._thread
    assert watcher.frames == []
    assert thread is not None
    assert not thread.is_alive()


def test_what_is_no_jpeg_is_never_a_picture(pipe: Path) -> None:
    with LiveCamera(str(pipe), silent_s=SILENT_S) as camera:
        out = os.open(pipe, os.O_WRONLY)
        os.write(out, b"#!/bin/sh\n" * 100 + b"\xff\xd8 nonsense \xff\xd9" + b"no camera" * 100)
        watcher = Watcher(camera)
        watcher.until("lost")
        os.close(out)
    assert camera.grabbed == 0

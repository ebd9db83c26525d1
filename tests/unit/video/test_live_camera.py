"""A camera that is watched: newest picture, losses and returns in order, on a fake camera and a fake clock."""

import threading
from itertools import pairwise
from pathlib import Path
from queue import Queue

import cv2
import numpy as np
import pytest

from formcheck.errors import FilmError
from formcheck.frame import Frame
from formcheck.video.camera_watch import Image
from formcheck.video.live_camera import HUNG_S, MOST_ABANDONED, Capture, Device, LiveCamera, open_live, paced
from formcheck.video.writer import FilmWriter

LONG_S = 30.0
"""Only waited for where a test fails."""
RNG = np.random.default_rng(3)
PICTURES = [np.kron(RNG.integers(0, 255, (6, 8, 3)), np.ones((10, 10, 1))).astype(np.uint8) for _ in range(64)]


class FakeCamera:
    """What `open_capture` opens, again and again: each read takes what the test has put into the queue."""

    may_reopen = True

    def __init__(self) -> None:
        self.now = 100.0
        self.there = True
        self.released = 0
        self.skipped = 0
        self.shown = 0
        self._next: Queue[Image | FilmError | None] = Queue()
        self._asked = threading.Semaphore(0)

    def open(self, source: str, size: tuple[int, int], fps: float) -> Capture:
        if not self.there:
            self._asked.release()
            item = self._next.get()
            assert isinstance(item, FilmError)
            raise item
        return self

    def read(self) -> Image | None:
        self._asked.release()
        item = self._next.get()
        if isinstance(item, FilmError):
            raise item
        return item

    def skip(self) -> None:
        self.skipped += 1
        self.read()

    def release(self) -> None:
        self.released += 1

    def gives(self, item: "Image | FilmError | None", after_s: float = 0.125) -> None:
        """Let one read come back, and wait until the camera is asked again."""
        assert self._asked.acquire(timeout=LONG_S)
        self.now += after_s
        self._next.put(item)
        assert self._asked.acquire(timeout=LONG_S)
        self._asked.release()

    def picture(self, after_s: float = 0.125) -> int:
        self.shown += 1
        self.gives(PICTURES[self.shown % len(PICTURES)], after_s)
        return self.shown

    def pictures(self, count: int) -> None:
        for _ in range(count):
            self.picture()

    def breaks(self) -> None:
        self.there = False
        self.gives(FilmError("unplugged"))

    def fails_to_open(self, after_s: float = 1.0) -> None:
        self.gives(FilmError("not there"), after_s)

    def comes_back(self) -> None:
        """Let the attempt that waits fail, and the next one not."""
        assert self._asked.acquire(timeout=LONG_S)
        self.there = True
        self._next.put(FilmError("not there"))


@pytest.fixture
def fake() -> FakeCamera:
    return FakeCamera()


@pytest.fixture
def camera(fake: FakeCamera) -> LiveCamera:
    return LiveCamera("0", clock=lambda: fake.now, open_capture=fake.open, pauses_s=(0.0, 0.0))


def end(camera: LiveCamera, fake: FakeCamera) -> None:
    """Close a camera whose thread waits for one more item."""
    camera._stop.set()
    fake._next.put(FilmError("closed"))
    camera.close()
    assert camera._thread is not None
    assert not camera._thread.is_alive()


def test_the_newest_picture_is_given_once_and_the_others_are_counted(camera: LiveCamera, fake: FakeCamera) -> None:
    fake.pictures(5)
    frame = camera.next(0.0)
    assert frame is not None
    assert frame.t == pytest.approx(0.625)
    assert frame.image is PICTURES[5]
    assert camera.next(0.0) is None
    assert (camera.grabbed, camera.dropped, camera.opened) == (5, 4, 1)
    assert camera.state == "live"
    assert not camera.finished
    end(camera, fake)
    assert fake.released == 1


def test_a_read_that_blocks_is_seen_from_outside(camera: LiveCamera, fake: FakeCamera) -> None:
    fake.pictures(3)
    fake.now += 1.9  # nobody gives anything: the thread still waits in read()
    assert camera.state == "stalled"
    assert camera.next(0.0) is None, "a picture from before the stall is not given any more"
    ((t, state),) = camera.changes()
    assert (round(t, 6), state) == (2.275, "stalled")
    assert camera.changes() == []
    end(camera, fake)


def test_losses_and_returns_come_in_order_and_times_rise(camera: LiveCamera, fake: FakeCamera) -> None:
    times: list[float] = []
    states: list[str] = []

    def look() -> None:
        states.extend(state for _, state in camera.changes())
        if (frame := camera.next(0.0)) is not None:
            times.append(frame.t)

    for _ in range(4):
        for _ in range(10):
            fake.picture()
            look()
        given = len(times)
        fake.breaks()
        look()
        for _ in range(3):
            fake.fails_to_open()
            look()
        assert len(times) == given
        fake.comes_back()
    fake.pictures(10)
    look()
    assert states == ["lost", "live"] * 4
    assert all(a < b for a, b in pairwise(times))
    assert camera.opened == 5
    assert fake.released == 4
    end(camera, fake)


def test_pictures_kept_from_before_a_camera_was_back_are_not_given(camera: LiveCamera, fake: FakeCamera) -> None:
    fake.pictures(3)
    fake.gives(FilmError("unplugged"))
    for _ in range(20):
        fake.picture(after_s=0.001)
    assert camera.state == "lost"
    assert camera.next(0.0) is None
    fake.pictures(3)
    assert [state for _, state in camera.changes()] == ["lost", "live"]
    newest = fake.picture()
    frame = camera.next(0.0)
    assert frame is not None
    assert frame.image is PICTURES[newest]
    end(camera, fake)


def test_who_was_away_during_a_loss_gets_no_picture_from_before_it(camera: LiveCamera, fake: FakeCamera) -> None:
    fake.pictures(3)
    fake.picture(after_s=4.0)
    fake.pictures(3)  # the last of them brings the camera back
    assert camera.next(0.0) is None
    assert [state for _, state in camera.changes()] == ["stalled", "live"]
    end(camera, fake)


def test_a_driver_that_repeats_a_picture_is_opened_anew(camera: LiveCamera, fake: FakeCamera) -> None:
    fake.pictures(5)
    frozen = PICTURES[fake.shown % len(PICTURES)]
    for _ in range(12):
        fake.gives(frozen)
    assert camera.changes() == [(0.625 + 1.5, "repeating")]
    fake.gives(frozen)
    assert camera.opened == 3, "once for each frozen picture since then"
    fake.pictures(6)
    assert [state for _, state in camera.changes()] == ["live"]
    end(camera, fake)


def test_a_single_damaged_picture_is_no_loss(camera: LiveCamera, fake: FakeCamera) -> None:
    fake.picture()
    fake.gives(None)
    fake.picture()
    assert camera.changes() == []
    assert camera.grabbed == 2
    end(camera, fake)


def test_a_camera_that_never_answers_is_left_to_itself_a_few_times(camera: LiveCamera, fake: FakeCamera) -> None:
    fake.picture()
    first = camera._thread
    assert fake._asked.acquire(timeout=LONG_S)
    for i in range(MOST_ABANDONED + 3):
        fake.now += HUNG_S
        assert camera.state in ("stalled", "lost")
        if i < MOST_ABANDONED:
            assert fake._asked.acquire(timeout=LONG_S)  # the new thread waits in its first read
    assert camera.opened == 1 + MOST_ABANDONED
    assert camera._thread is not first
    for _ in range(MOST_ABANDONED):  # the threads left behind get their pictures at last, and nothing comes of it
        fake._next.put(PICTURES[0])
    assert first is not None
    first.join(LONG_S)
    assert not first.is_alive()
    assert camera.grabbed == 1
    fake._next.put(FilmError("closed"))
    camera.close()


def test_closing_does_not_wait_for_a_camera_that_never_answers(
    camera: LiveCamera, fake: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("formcheck.video.live_camera.CLOSE_S", 0.01)
    thread = camera._thread
    camera.close()
    assert thread is not None
    assert thread.is_alive()
    assert thread.daemon
    fake._next.put(PICTURES[0])  # it answers after all: the camera is given back, the picture is not used
    thread.join(LONG_S)
    assert fake.released == 1
    assert camera.grabbed == 0


def test_a_camera_that_is_not_there_at_the_start_is_one_sentence() -> None:
    def refuse(source: str, size: tuple[int, int], fps: float) -> Capture:
        raise FilmError(f"The camera {source} cannot be opened.")

    with pytest.raises(FilmError, match=r"^The camera 3 cannot be opened\.$"):
        LiveCamera("3", open_capture=refuse)


def test_a_mistake_in_the_thread_comes_out_where_pictures_are_taken(fake: FakeCamera) -> None:
    class Broken(FakeCamera):
        def read(self) -> Image | None:
            raise ZeroDivisionError

    with LiveCamera("0", open_capture=Broken().open) as camera, pytest.raises(ZeroDivisionError):
        camera.next(LONG_S)


class FakeDevice:
    """In place of cv2.VideoCapture."""

    def __init__(self, *answers: Image | None) -> None:
        self.settings: dict[int, float] = {}
        self._answers = list(answers)

    def __call__(self, *how: object) -> "FakeDevice":
        return self

    def isOpened(self) -> bool:
        return True

    def set(self, what: int, value: float) -> bool:
        self.settings[what] = value
        return True

    def read(self) -> tuple[bool, Image | None]:
        image = self._answers.pop(0)
        return image is not None, image

    def release(self) -> None:
        pass


def test_a_webcam_is_asked_for_compressed_pictures_and_no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    device = FakeDevice()
    monkeypatch.setattr(cv2, "VideoCapture", device)
    open_live("1", (640, 480), 30.0)
    assert device.settings == {
        cv2.CAP_PROP_FOURCC: int.from_bytes(b"MJPG", "little"),
        cv2.CAP_PROP_FRAME_WIDTH: 640,
        cv2.CAP_PROP_FRAME_HEIGHT: 480,
        cv2.CAP_PROP_FPS: 30.0,
        cv2.CAP_PROP_BUFFERSIZE: 1,
    }


def test_two_failed_reads_are_forgiven_and_three_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", FakeDevice(None, None, PICTURES[0], None, None, None))
    device = Device("rtsp://anna:s3cret@10.0.0.7/live", (640, 480), 30.0)
    assert device.read() is None
    assert device.read() is None
    assert device.read() is not None
    assert device.read() is None
    assert device.read() is None
    with pytest.raises(FilmError, match=r"^The camera rtsp://10\.0\.0\.7/live gives no more pictures"):
        device.read()


def test_a_film_waits_for_the_time_of_each_picture_and_not_when_it_is_late() -> None:
    clock = FakeCamera()
    clock.now = 0.0
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(round(seconds, 6))
        clock.now += seconds

    shown = []
    for frame in paced([Frame(t, PICTURES[0]) for t in (0.0, 0.1, 0.4, 0.5, 0.6)], lambda: clock.now, wait):
        shown.append((frame.t, round(clock.now, 6)))
        if frame.t == 0.4:
            clock.now += 0.15  # whoever looks takes long
    assert shown == [(0.0, 0.0), (0.1, 0.1), (0.4, 0.4), (0.5, 0.55), (0.6, 0.6)]
    assert waited == [0.1, 0.3, 0.05]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Return a film of 60 pictures at 20 per second: 1.5 s sound, then black."""
    path = tmp_path / "film.mp4"
    with FilmWriter(path, size_px=(80, 60), fps_hint=20.0) as writer:
        for i in range(60):
            writer.write(PICTURES[0] if i < 30 else np.zeros((60, 80, 3), np.uint8), i / 20.0)
    return path


def test_a_film_as_fast_as_asked_gives_every_picture_and_its_states_by_its_own_time(film: Path) -> None:
    frames, changes, asked = [], [], 0
    with LiveCamera(str(film), realtime=False) as camera:
        while not camera.finished:
            asked += 1
            if (frame := camera.next(0.0)) is not None:
                frames.append(frame)
            changes += camera.changes()
    assert [frame.t for frame in frames] == pytest.approx([i / 20.0 for i in range(50)])
    assert [(round(t, 6), state) for t, state in changes] == [(2.5, "dark")]
    assert asked == 61
    assert (camera.dropped, camera.grabbed) == (0, 60)


def test_a_film_at_its_own_pace_ends_with_its_last_picture_given(film: Path) -> None:
    with FilmWriter(film, size_px=(80, 60), fps_hint=20.0) as writer:
        for i in range(8):
            writer.write(PICTURES[i], i / 20.0)
    times = []
    with LiveCamera(str(film)) as camera:
        while not camera.finished:
            if (frame := camera.next(LONG_S)) is not None:
                times.append(frame.t)
    assert camera.grabbed == 8
    assert len(times) + camera.dropped == 8
    assert times[-1] == pytest.approx(0.35)
    assert all(a < b for a, b in pairwise(times))
    assert camera.opened == 0


def test_a_missing_film_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FilmError, match=r"missing\.mp4"):
        LiveCamera(str(tmp_path / "missing.mp4"))


def test_pictures_that_come_too_soon_pass_undecoded(fake: FakeCamera) -> None:
    camera = LiveCamera("0", clock=lambda: fake.now, open_capture=fake.open, pauses_s=(0.0, 0.0), every_s=0.5)
    fake.pictures(9)  # one every 0.125 s
    assert (camera.grabbed, fake.skipped) == (3, 7)  # six have passed, and the seventh is waited for
    camera.every_s = 0.0
    fake.pictures(3)
    # The picture that was already waited for when the pace changed may still pass.
    assert camera.grabbed >= 5
    assert camera.state == "live"
    end(camera, fake)


def test_a_film_is_thinned_out_like_a_camera(film: Path) -> None:
    times = []
    with LiveCamera(str(film), realtime=False, every_s=0.5) as camera:
        while not camera.finished:
            if (frame := camera.next(0.0)) is not None:
                times.append(frame.t)
    assert times[:3] == pytest.approx([0.0, 0.5, 1.0])

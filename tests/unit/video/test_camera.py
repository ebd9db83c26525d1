"""A camera gives pictures with rising times for so long, and one sentence where it gives none."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from formcheck.errors import FilmError
from formcheck.video.camera import Camera, without_password
from formcheck.video.writer import FilmWriter


class Fake:
    """In place of cv2.VideoCapture: so many pictures, each of the brightness of its number."""

    def __init__(self, pictures: int = 1000, opened: bool = True) -> None:
        self.asked: object = None
        self.how: tuple[object, ...] = ()
        self.released = False
        self._opened = opened
        self._pictures = iter(range(pictures))

    def __call__(self, source: object, *how: object) -> "Fake":
        self.asked = source
        self.how = how
        return self

    def isOpened(self) -> bool:
        return self._opened

    def read(self) -> tuple[bool, np.ndarray | None]:
        number = next(self._pictures, None)
        return (False, None) if number is None else (True, np.full((4, 6, 3), number % 256, np.uint8))

    def release(self) -> None:
        self.released = True


def ticking(step_s: float) -> Iterator[float]:
    t = 500.0
    while True:
        yield t
        t += step_s


def camera(monkeypatch: pytest.MonkeyPatch, fake: Fake, step_s: float = 0.1, source: str = "0", **how: float) -> Camera:
    monkeypatch.setattr(cv2, "VideoCapture", fake)
    clock = ticking(step_s)
    return Camera(source, clock=lambda: next(clock), **how)


def test_pictures_come_with_seconds_since_the_first_and_end_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake()
    with camera(monkeypatch, fake, seconds=1.05) as seen:
        frames = list(seen)
    assert fake.asked == 0
    assert [frame.t for frame in frames] == pytest.approx([0.1 * i for i in range(11)])
    assert [int(frame.image[0, 0, 0]) for frame in frames] == list(range(11))
    assert frames[0].image.flags.c_contiguous
    assert fake.released


def test_the_first_seconds_are_read_and_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = list(camera(monkeypatch, Fake(), seconds=0.35, skip_s=0.95))
    assert [frame.t for frame in frames] == pytest.approx([0.05, 0.15, 0.25])
    assert int(frames[0].image[0, 0, 0]) == 10


def test_pictures_of_one_moment_are_one_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", Fake())
    times = iter([1.0, 1.0, 1.5, 1.5, 2.0, 3.0])
    assert [frame.t for frame in Camera("0", seconds=1.5, clock=lambda: next(times))] == [0.0, 0.5, 1.0]


def test_a_camera_that_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(opened=False)
    with pytest.raises(FilmError, match=r"^The camera 3 cannot be opened; check that it is plugged in.*address\.$"):
        camera(monkeypatch, fake, source="3")
    assert fake.released


def test_a_camera_that_stops_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        camera(monkeypatch, Fake(pictures=5), seconds=9.0) as seen,
        pytest.raises(FilmError, match=r"^The camera 0 stopped after 0\.5 s; check its cable or network"),
    ):
        list(seen)


def test_a_password_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(opened=False)
    with pytest.raises(FilmError, match=r"The camera rtsp://10\.0\.0\.7/live cannot") as refused:
        camera(monkeypatch, fake, source="rtsp://anna:s3cret@10.0.0.7/live")
    assert fake.asked == "rtsp://anna:s3cret@10.0.0.7/live"
    assert fake.how == (cv2.CAP_FFMPEG, [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, 5000, cv2.CAP_PROP_READ_TIMEOUT_MSEC, 5000])
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("rtsp://anna:a@b@10.0.0.7/live", "rtsp://10.0.0.7/live"),
        ("http://10.0.0.7/video?user=anna&pwd=s3cret", "http://10.0.0.7/video"),
        ("0", "0"),
    ],
)
def test_no_secret_of_an_address_is_shown(source: str, shown: str) -> None:
    assert without_password(source) == shown


def test_a_film_can_stand_in_for_a_camera(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with FilmWriter(path, size_px=(64, 48), fps_hint=10.0) as writer:
        for i in range(12):
            writer.write(np.full((48, 64, 3), 20 * i, np.uint8), i / 10.0)
    frames = []
    with Camera(str(path)) as seen, pytest.raises(FilmError, match="stopped after"):
        for frame in seen:
            frames.append(frame)
    assert len(frames) == 12
    assert frames[0].t == 0.0
    assert all(a.t < b.t for a, b in pairwise(frames))
    assert frames[5].image.shape == (48, 64, 3)
    assert cv2.mean(frames[11].image)[0] > cv2.mean(frames[0].image)[0] + 100.0

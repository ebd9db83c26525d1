import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from formcheck.errors import OutputError
from formcheck.video.reader import FilmReader
from formcheck.video.writer import FilmWriter

Image = NDArray[np.uint8]
TICK_S = 1 / 90_000


def picture(number: int, size_px: tuple[int, int] = (96, 64)) -> Image:
    image = np.full((size_px[1], size_px[0], 3), (40, 120, 200), np.uint8)
    image[8:24, number : number + 16] = 255
    return image


def write(path: Path, times_s: list[float], size_px: tuple[int, int] = (96, 64), fps_hint: float = 30) -> None:
    with FilmWriter(path, size_px=size_px, fps_hint=fps_hint) as film:
        for number, t in enumerate(times_s):
            film.write(picture(number, size_px), t)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let writing fail as on a full disk once a file has `size` bytes."""
    resource = pytest.importorskip("resource", reason="this system knows no limit of file sizes")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_times_and_pictures_come_back(tmp_path: Path) -> None:
    steps = np.random.default_rng(1).uniform(0.008, 0.170, 49)
    times = [12.5, *(12.5 + np.cumsum(steps))]
    write(tmp_path / "film.mp4", times, fps_hint=12)
    with FilmReader(tmp_path / "film.mp4") as film:
        frames = list(film)
    assert [f.t for f in frames] == pytest.approx([t - 12.5 for t in times], abs=TICK_S)
    for number, frame in enumerate(frames):
        assert np.abs(frame.image.astype(int) - picture(number)).mean() < 6
    assert (film.stats.damaged, film.stats.retimed, film.stats.truncated) == (0, 0, False)


def test_it_is_what_browsers_play(tmp_path: Path) -> None:
    write(tmp_path / "film.mp4", [i / 30 for i in range(90)])
    content = (tmp_path / "film.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(str(tmp_path / "film.mp4")) as container:
        (stream,) = container.streams.video
        assert "mp4" in container.format.name
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
        assert (stream.colorspace, stream.color_range) == (1, 1)
        assert (stream.color_primaries, stream.color_trc) == (1, 1)
        assert stream.duration is not None
        assert float(stream.duration * (stream.time_base or 0)) == pytest.approx(3, abs=0.04)
        keys = [p.pts for p in container.demux(stream) if p.is_keyframe and p.size]
    assert keys == [0, 2 * 90_000]


@pytest.mark.parametrize("colour", [(0, 0, 255), (0, 255, 0), (255, 0, 0), (255, 255, 255), (0, 0, 0), (40, 120, 200)])
def test_colours(tmp_path: Path, colour: tuple[int, int, int]) -> None:
    with FilmWriter(tmp_path / "film.mp4", size_px=(64, 64), fps_hint=30) as film:
        film.write(np.full((64, 64, 3), colour, np.uint8), 0)
    with FilmReader(tmp_path / "film.mp4") as back:
        (frame,) = back
    assert np.abs(frame.image.astype(int) - colour).max() <= 6


@pytest.mark.parametrize(("size_px", "written_px"), [((97, 65), (96, 64)), ((96, 65), (96, 64)), ((2, 2), (2, 2))])
def test_odd_sizes_lose_the_last_line(tmp_path: Path, size_px: tuple[int, int], written_px: tuple[int, int]) -> None:
    image = np.zeros((size_px[1], size_px[0], 3), np.uint8)
    image[64:], image[:, 96:] = 255, 255
    with FilmWriter(tmp_path / "film.mp4", size_px=size_px, fps_hint=30) as film:
        film.write(image, 0)
    with FilmReader(tmp_path / "film.mp4") as back:
        (frame,) = back
    assert (back.width, back.height) == written_px
    assert frame.image.max() <= 6


def test_part_of_a_larger_picture(tmp_path: Path) -> None:
    large = np.zeros((128, 192, 3), np.uint8)
    large[::2, ::2] = picture(3)
    with FilmWriter(tmp_path / "film.mp4", size_px=(96, 64), fps_hint=30) as film:
        film.write(large[::2, ::2], 0)
    with FilmReader(tmp_path / "film.mp4") as back:
        (frame,) = back
    assert np.abs(frame.image.astype(int) - picture(3)).mean() < 6


@given(st.lists(st.floats(1e-9, 0.01), min_size=1, max_size=50))
def test_stamps_are_distinct_and_near_the_times(steps: list[float]) -> None:
    film = FilmWriter("film.mp4", size_px=(2, 2), fps_hint=30)
    times = [3.0]
    for step in steps:
        times.append(max(times[-1] + step, math.nextafter(times[-1], math.inf)))
    stamps = [film._stamp(t) for t in times]
    assert stamps[0] == 0
    assert stamps == sorted(set(stamps))
    # At most one tick late for each picture that had to make room.
    assert all(-1 <= s - (t - 3.0) / TICK_S <= n + 1 for n, (s, t) in enumerate(zip(stamps, times, strict=True)))


def test_the_film_appears_only_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_text("older")
    with FilmWriter(path, size_px=(96, 64), fps_hint=30) as film:
        film.write(picture(0), 0)
        assert path.read_text() == "older"
    assert path.read_bytes() != b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failing_block_leaves_things_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_text("older")
    with (
        pytest.raises(ConnectionError, match="camera"),
        FilmWriter(path, size_px=(96, 64), fps_hint=30) as film,
    ):
        film.write(picture(0), 0)
        raise ConnectionError("camera")
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_no_picture_no_film(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"no picture.*\.$"):
        write(tmp_path / "film.mp4", [])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", [1, 500, 1_000_000])
def test_a_full_disk(tmp_path: Path, missing: int) -> None:
    """Writing fails in the index at the very end, in the pictures, or at once."""
    noise = np.random.default_rng(1).integers(0, 256, (40, 64, 96, 3), np.uint8)

    def write_noise(path: Path) -> None:
        with FilmWriter(path, size_px=(96, 64), fps_hint=30) as film:
            for number, image in enumerate(noise):
                film.write(image, number / 30)

    path = tmp_path / "film.mp4"
    write_noise(path)
    size = path.stat().st_size
    path.write_text("older")
    with largest_file(max(0, size - missing)), pytest.raises(OutputError, match=r"film\.mp4 could not .* free space"):
        write_noise(path)
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no folder"):
        write(tmp_path / "nowhere" / "film.mp4", [0])


def test_no_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("formcheck.video.writer._ENCODER", "libnothing")
    with pytest.raises(OutputError, match=r"H\.264"):
        write(tmp_path / "film.mp4", [0])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("t", [0.5, 0.4, math.nan])
def test_time_must_go_on(tmp_path: Path, t: float) -> None:
    with pytest.raises(ValueError, match="order of time"):
        write(tmp_path / "film.mp4", [0.0, 0.5, t])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "image",
    [np.zeros((64, 97, 3), np.uint8), np.zeros((64, 96), np.uint8), np.zeros((64, 96, 3))],
    ids=["size", "gray", "float"],
)
def test_pictures_must_fit(tmp_path: Path, image: Image) -> None:
    with (
        pytest.raises(ValueError, match="expected uint8"),
        FilmWriter(tmp_path / "film.mp4", size_px=(96, 64), fps_hint=30) as film,
    ):
        film.write(image, 0)


@pytest.mark.parametrize(("size_px", "fps_hint"), [((1, 64), 30), ((64, 0), 30), ((64, 64), 0), ((64, 64), math.nan)])
def test_nonsense(size_px: tuple[int, int], fps_hint: float) -> None:
    with pytest.raises(ValueError, match="got"):
        FilmWriter("film.mp4", size_px=size_px, fps_hint=fps_hint)

"""Films are made on the fly: a red square moves right over a gray ground, so that each picture tells its number."""

import itertools
import math
import struct
import wave
import zipfile
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from formcheck.errors import FilmError
from formcheck.frame import Frame
from formcheck.video import reader
from formcheck.video.reader import FilmReader, FilmStats

Image = NDArray[np.uint8]
STEP_PX = 2
SQUARE_PX = 24
SIZE_PX = (320, 120)
TICK_S = 1 / 90_000
STEADY = [i / 30 for i in range(90)]
EVERY_CONTAINER = ["film.mp4", "film.mkv", "film.ts", "film.avi"]


def square_picture(number: int) -> Image:
    width, height = SIZE_PX
    image = np.full((height, width, 3), 90, np.uint8)
    left = number * STEP_PX
    image[40 : 40 + SQUARE_PX, left : left + SQUARE_PX] = (0, 0, 255)
    return image


def number_of(frame: Frame) -> int:
    row = frame.image[40 + SQUARE_PX // 2].astype(int)
    red = np.flatnonzero(row[:, 2] - row[:, 1] > 100)
    return round((float(red.mean()) - (SQUARE_PX - 1) / 2) / STEP_PX)


def corners_picture(number: int, size_px: tuple[int, int] = (96, 64)) -> Image:
    """Red, white / green, blue: every turn and mirroring looks different."""
    width, height = size_px
    image = np.zeros((height, width, 3), np.uint8)
    image[: height // 2, : width // 2] = (0, 0, 255)
    image[: height // 2, width // 2 :] = (255, 255, 255)
    image[height // 2 :, : width // 2] = (0, 255, 0)
    image[height // 2 :, width // 2 :] = (255, 0, 0)
    return image


def corners(image: Image) -> str:
    """Name the colours at top left, top right, bottom left and bottom right."""
    names = {"001": "R", "111": "W", "010": "G", "100": "B"}
    spots = (image[8, 8], image[8, -8], image[-8, 8], image[-8, -8])
    return "".join(names["".join(str(int(value > 128)) for value in spot)] for spot in spots)


def make_film(
    path: Path,
    times_s: Sequence[float] = STEADY,
    *,
    picture: Callable[[int], Image] = square_picture,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    key_every: int = 15,
    b_frames: int = 2,
    time_base: Fraction = Fraction(1, 90_000),
    pixel_aspect: Fraction | None = None,
    marks: Mapping[str, int] | None = None,
    options: Mapping[str, str] | None = None,
) -> Path:
    with av.open(str(path), "w", options=dict(options or {})) as container:
        stream: Any = container.add_stream(codec, rate=Fraction(30))
        stream.height, stream.width = picture(0).shape[:2]
        stream.pix_fmt = pix_fmt
        stream.gop_size, stream.max_b_frames = key_every, b_frames
        stream.codec_context.time_base = time_base
        if pixel_aspect is not None:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        for mark, value in (marks or {}).items():
            setattr(stream.codec_context, mark, value)
        for number, t in enumerate(times_s):
            frame = av.VideoFrame.from_ndarray(picture(number), format="bgr24")
            frame.pts, frame.time_base = round(t / time_base), time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def make_steady(path: Path, times_s: Sequence[float] = STEADY, **how: Any) -> Path:
    """Make a film at 30 frames per second whose container may have a coarse clock."""
    if path.suffix == ".avi":
        how["time_base"] = Fraction(1, 30)
    return make_film(path, times_s, **how)


def read_all(path: Path, **how: Any) -> tuple[list[Frame], FilmStats]:
    with FilmReader(path, **how) as film:
        return list(film), film.stats


def packets_of(path: Path) -> list[tuple[int, int]]:
    """Return position and size of each coded picture in the file."""
    with av.open(str(path)) as container:
        return [(p.pos or 0, p.size) for p in container.demux(container.streams.video[0]) if p.size]


def smash(path: Path, numbers: Sequence[int]) -> None:
    """Overwrite coded pictures, by their place in the file."""
    content = bytearray(path.read_bytes())
    places = packets_of(path)
    for number in numbers:
        start, size = places[number]
        content[start : start + size] = b"\xff" * size
    path.write_bytes(content)


def set_display_matrix(path: Path, a: int, b: int, c: int, d: int) -> None:
    """Patch an MP4's track header, as phones write it: x' = a x + c y, y' = b x + d y."""
    content = bytearray(path.read_bytes())
    matrix = content.index(b"tkhd") + 44
    content[matrix : matrix + 36] = struct.pack(">9i", a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    path.write_bytes(content)


def with_exif(photo: bytes, orientation: int) -> bytes:
    """Add to a JPEG how the camera was held; leave other photos alone."""
    if not photo.startswith(b"\xff\xd8"):
        return photo
    exif = b"Exif\0\0II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x112, 3, 1, orientation, 0, 0)
    return photo[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + photo[2:]


def refusal(path: Path, **how: Any) -> str:
    with pytest.raises(FilmError) as caught, FilmReader(path, **how) as film:
        list(film)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message


class TestTimes:
    def test_every_picture_comes_once_at_its_own_time(self, tmp_path: Path) -> None:
        # A phone's uneven pace: steps between 8 and 170 ms.
        steps = np.random.default_rng(1).uniform(0.008, 0.170, 60)
        times = [0.0, *np.cumsum(steps)]
        frames, stats = read_all(make_film(tmp_path / "film.mp4", times))
        assert [f.t for f in frames] == pytest.approx(times, abs=TICK_S)
        assert [number_of(f) for f in frames] == list(range(61))
        assert stats == FilmStats(61, 61, 0, 0, False, stats.fps, width=320, height=120, rotation_deg=0)
        assert stats.fps == pytest.approx(60 / times[-1], rel=1e-4)

    @pytest.mark.parametrize("name", EVERY_CONTAINER)
    def test_containers(self, tmp_path: Path, name: str) -> None:
        frames, stats = read_all(make_steady(tmp_path / name))
        assert [number_of(f) for f in frames] == list(range(90))
        assert [f.t for f in frames] == pytest.approx(STEADY, abs=0.001)
        assert stats.fps == pytest.approx(30, rel=0.001)
        assert (stats.damaged, stats.truncated) == (0, False)

    def test_the_first_picture_is_at_zero(self, tmp_path: Path) -> None:
        for name in ("film.mkv", "film.mp4", "film.ts"):
            with FilmReader(make_film(tmp_path / name, [t + 5 for t in STEADY])) as film:
                assert film.duration_s == pytest.approx(3, abs=0.01)
                frames = list(film)
            assert (frames[0].t, frames[-1].t) == pytest.approx((0, 89 / 30), abs=0.001)
            assert not film.stats.truncated

    def test_a_film_trimmed_on_the_phone(self, tmp_path: Path) -> None:
        """The edit list says: begin at picture 20; the file still holds those before."""
        path = make_film(tmp_path / "film.mp4", b_frames=0)
        smash(path, [44])
        content = bytearray(path.read_bytes())
        entry = content.index(b"elst") + 12
        content[entry : entry + 8] = struct.pack(">ii", 2333, 20 * 3000)  # how long in ms, from when in ticks
        path.write_bytes(content)
        frames, stats = read_all(path)
        assert [number_of(f) for f in frames] == [i for i in range(20, 90) if i != 44]
        assert [f.t for f in frames] == pytest.approx([(i - 20) / 30 for i in range(20, 90) if i != 44], abs=TICK_S)
        assert (stats.damaged, stats.truncated) == (1, False)

    def test_slow_motion_gives_true_times(self, tmp_path: Path) -> None:
        path = make_film(tmp_path / "film.mp4")
        with FilmReader(path, start_s=1, end_s=2, slow_motion=4) as film:
            assert film.fps == pytest.approx(120)
            assert film.duration_s == pytest.approx(3 / 4)
            assert film.frame_count_estimate == 30
            frames = list(film)
            assert film.stats.fps == pytest.approx(120)
        assert [number_of(f) for f in frames] == list(range(30, 60))
        assert [f.t for f in frames] == pytest.approx([i / 120 for i in range(30, 60)], abs=TICK_S)

    def test_a_film_without_times_runs_at_its_nominal_rate(self, tmp_path: Path) -> None:
        frames, stats = read_all(make_film(tmp_path / "film.h264", key_every=30))
        assert [number_of(f) for f in frames] == list(range(90))
        assert [f.t for f in frames] == pytest.approx([i / 25 for i in range(90)])
        assert stats.retimed == 90
        assert stats.frames_total is None

    def test_pictures_at_the_same_time_are_left_out(self, tmp_path: Path) -> None:
        # Matroska's clock ticks in milliseconds: pictures 10 and 11 get the same time.
        times = [*STEADY[:10], 0.3331, 0.3334, *STEADY[11:30]]
        path = make_film(tmp_path / "film.mkv", times, b_frames=0)
        frames, stats = read_all(path)
        assert (stats.decoded, stats.retimed) == (30, 1)
        assert [number_of(f) for f in frames] == [*range(11), *range(12, 31)]

    def test_a_film_joined_from_two_goes_on_after_the_joint(self, tmp_path: Path) -> None:
        first, second = make_film(tmp_path / "1.ts"), make_film(tmp_path / "2.ts")
        joined = tmp_path / "joined.ts"
        joined.write_bytes(first.read_bytes() + second.read_bytes())
        frames, stats = read_all(joined)
        times = np.array([f.t for f in frames])
        # 29 pictures pass before it is certain that this is no mere damage.
        assert [number_of(f) for f in frames] == [*range(90), *range(29, 90)]
        assert stats.retimed == 30
        assert np.diff(times) == pytest.approx(np.full(150, 1 / 30), abs=TICK_S * 2)


class TestClock:
    @staticmethod
    def run(stamps: Sequence[int | None]) -> tuple[list[float | None], int]:
        pictures: list[Any] = [SimpleNamespace(pts=stamp, dts=None) for stamp in stamps]
        clock = reader._Clock(pictures[0], Fraction(1, 30), Fraction(30), by_decoding_time=False)
        return [clock.film_time_s(picture) for picture in pictures], clock.retimed

    @given(st.lists(st.one_of(st.none(), st.integers(-1000, 1000)), min_size=1, max_size=200))
    def test_times_only_ever_increase(self, stamps: list[int | None]) -> None:
        times, _ = self.run(stamps)
        kept = [t for t in times if t is not None]
        assert kept[0] == 0
        assert all(a < b for a, b in itertools.pairwise(kept))

    @given(st.sets(st.integers(-1000, 1000), min_size=1))
    def test_good_stamps_are_kept(self, stamps: set[int]) -> None:
        ordered = sorted(stamps)
        times, retimed = self.run(ordered)
        assert times == [(stamp - ordered[0]) / 30 for stamp in ordered]
        assert retimed == 0

    def test_a_missing_stamp_is_one_period_on(self) -> None:
        times, retimed = self.run([10, None, 12])
        assert times == pytest.approx([0, 1 / 30, 2 / 30])
        assert retimed == 1

    def test_a_late_picture_is_left_out(self) -> None:
        assert self.run([0, 5, 3, 6]) == ([0, 5 / 30, None, 6 / 30], 1)


class TestPart:
    @pytest.mark.parametrize(
        ("name", "options"),
        [
            *((name, {}) for name in EVERY_CONTAINER),
            ("fragments.mp4", {"movflags": "frag_keyframe+empty_moov"}),
            ("live.mkv", {"live": "1"}),  # without an index, as browsers record
        ],
    )
    @pytest.mark.parametrize(
        ("start_s", "end_s"), [(0.02, 0.5), (0.5, 0.7), (1.0, 2.0), (1.24, None), (1.46, 1.6), (2.9, 99), (None, 0.21)]
    )
    def test_exactly_the_pictures_of_the_part(
        self, tmp_path: Path, name: str, options: dict[str, str], start_s: float | None, end_s: float | None
    ) -> None:
        path = make_steady(tmp_path / name, options=options)
        whole, _ = read_all(path)
        part, stats = read_all(path, start_s=start_s, end_s=end_s)
        wanted = [f for f in whole if (start_s or 0) <= f.t < (end_s or math.inf)]
        assert [f.t for f in part] == [f.t for f in wanted]
        assert [number_of(f) for f in part] == [number_of(f) for f in wanted]
        assert (stats.decoded, stats.damaged, stats.truncated) == (len(wanted), 0, False)

    def test_a_late_start_is_not_decoded_from_the_beginning(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = make_film(tmp_path / "film.mp4", [i / 30 for i in range(140)], key_every=10)
        decoded = []
        original = reader._Clock.film_time_s

        def spy(clock: Any, picture: Any) -> float | None:
            decoded.append(picture.pts)
            return original(clock, picture)

        monkeypatch.setattr(reader._Clock, "film_time_s", spy)
        frames, _ = read_all(path, start_s=4.0, end_s=4.1)
        assert len(frames) == 3
        assert len(decoded) < 50

    def test_start_past_the_end(self, tmp_path: Path) -> None:
        path = make_film(tmp_path / "film.mp4")
        message = refusal(path, start_s=3.5)
        assert "3.5 s" in message
        assert "lasts 3.0 s" in message

    def test_start_past_the_end_of_a_film_that_does_not_say_how_long_it_is(self, tmp_path: Path) -> None:
        path = make_film(tmp_path / "film.h264")
        with FilmReader(path) as film:
            assert film.duration_s is None
            assert film.frame_count_estimate is None
        assert "lasts 3.6 s" in refusal(path, start_s=10)

    def test_a_part_between_two_pictures(self, tmp_path: Path) -> None:
        path = make_film(tmp_path / "film.mp4", [0, 1, 2])
        assert "no picture between 0.2 s and 0.8 s" in refusal(path, start_s=0.2, end_s=0.8)

    @pytest.mark.parametrize(
        ("how", "words"),
        [
            ({"start_s": 2, "end_s": 1}, "must come after"),
            ({"start_s": 1, "end_s": 1}, "must come after"),
            ({"end_s": 0}, "must come after"),
            ({"end_s": math.nan}, "must come after"),
            ({"start_s": -1}, "start must be"),
            ({"start_s": math.nan}, "start must be"),
            ({"start_s": math.inf}, "start must be"),
            ({"slow_motion": 0}, "Slow motion must be"),
            ({"slow_motion": -2}, "Slow motion must be"),
            ({"slow_motion": math.nan}, "Slow motion must be"),
            ({"slow_motion": math.inf}, "Slow motion must be"),
        ],
    )
    def test_nonsense(self, tmp_path: Path, how: dict[str, float], words: str) -> None:
        assert words in refusal(make_film(tmp_path / "film.mp4", [0, 1]), **how)


class TestPictures:
    @pytest.mark.parametrize(
        ("matrix", "size_px", "rotation_deg", "wanted"),
        [
            ((1, 0, 0, 1), (96, 64), 0, "RWGB"),
            ((0, 1, -1, 0), (64, 96), 90, "GRBW"),
            ((-1, 0, 0, -1), (96, 64), 180, "BGWR"),
            ((0, -1, 1, 0), (64, 96), 270, "WBRG"),
            ((-1, 0, 0, 1), (96, 64), 0, "WRBG"),
            ((0, 1, 1, 0), (64, 96), 90, "RGWB"),
            ((1, 0, 0, -1), (96, 64), 180, "GBRW"),
            ((0, -1, -1, 0), (64, 96), 270, "BWGR"),
        ],
    )
    def test_turned_upright(
        self,
        tmp_path: Path,
        matrix: tuple[int, int, int, int],
        size_px: tuple[int, int],
        rotation_deg: int,
        wanted: str,
    ) -> None:
        path = make_film(tmp_path / "film.mp4", [0, 0.1], picture=corners_picture)
        set_display_matrix(path, *matrix)
        with FilmReader(path) as film:
            frame = next(film)
            assert (film.width, film.height) == size_px
            assert film.stats.rotation_deg == rotation_deg
        assert frame.image.shape == (size_px[1], size_px[0], 3)
        assert frame.image.flags.c_contiguous
        assert corners(frame.image) == wanted

    def test_the_angle_is_enough_where_the_matrix_cannot_be_read(self) -> None:
        class Picture:
            rotation = -90

            @property
            def side_data(self) -> None:
                raise ValueError("31 is not a valid Type")

        picture: Any = Picture()
        assert reader._Turn.of(picture) == reader._Turn(90, mirrored=False)

    @pytest.mark.parametrize(
        ("pixel_aspect", "size_px"), [(Fraction(4, 3), (128, 64)), (Fraction(3, 4), (96, 85)), (Fraction(1), (96, 64))]
    )
    def test_square_pixels(self, tmp_path: Path, pixel_aspect: Fraction, size_px: tuple[int, int]) -> None:
        path = make_film(tmp_path / "film.mp4", [0, 0.1], picture=corners_picture, pixel_aspect=pixel_aspect)
        (frame, _), stats = read_all(path)
        assert (stats.width, stats.height) == size_px
        assert frame.image.shape == (size_px[1], size_px[0], 3)
        assert corners(frame.image) == "RWGB"

    def test_square_pixels_of_a_turned_film(self, tmp_path: Path) -> None:
        path = make_film(tmp_path / "film.mp4", [0, 0.1], picture=corners_picture, pixel_aspect=Fraction(4, 3))
        set_display_matrix(path, 0, 1, -1, 0)
        (frame, _), stats = read_all(path)
        assert (stats.width, stats.height) == (64, 128)
        assert frame.image.shape == (128, 64, 3)
        assert corners(frame.image) == "GRBW"

    @pytest.mark.parametrize(
        ("pix_fmt", "wanted"),
        [
            ("yuv420p", (200, 120, 40)),
            ("yuv420p10le", (200, 120, 40)),
            ("yuv444p", (200, 120, 40)),
            ("yuva420p", (200, 120, 40)),
            ("bgra", (200, 120, 40)),
            ("gbrp10le", (200, 120, 40)),
            ("gray", (105, 105, 105)),
            ("gray16le", (105, 105, 105)),
        ],
    )
    def test_every_kind_of_pixel_becomes_8_bit_bgr(
        self, tmp_path: Path, pix_fmt: str, wanted: tuple[int, int, int]
    ) -> None:
        # An odd size on purpose; the gray level is 0.299 red + 0.587 green + 0.114 blue.
        def plain(number: int) -> Image:
            return np.full((33, 47, 3), (200, 120, 40), np.uint8)

        path = make_film(tmp_path / "film.mkv", [0, 0.1], picture=plain, codec="ffv1", pix_fmt=pix_fmt, b_frames=0)
        (frame, _), _ = read_all(path)
        assert frame.image.shape == (33, 47, 3)
        assert frame.image.dtype == np.uint8
        assert frame.image.flags.c_contiguous
        assert np.abs(frame.image.astype(int) - wanted).max() <= 4

    @pytest.mark.parametrize(
        "marks",
        [
            {"color_primaries": 9, "color_trc": 16, "colorspace": 9},  # HDR10
            {"color_primaries": 9, "color_trc": 18, "colorspace": 9},  # HLG, as phones film
        ],
    )
    def test_marks_of_brightness_and_primaries_do_not_matter(self, tmp_path: Path, marks: dict[str, int]) -> None:
        path = make_film(tmp_path / "film.mp4", picture=corners_picture, pix_fmt="yuv420p10le", marks=marks)
        frames, _ = read_all(path)
        assert len(frames) == 90
        assert corners(frames[0].image) == "RWGB"

    def test_reserved_marks_do_not_matter_either(self) -> None:
        # No writer at hand keeps them in a film, but there are films that have them.
        picture = av.VideoFrame.from_ndarray(corners_picture(0), format="bgr24").reformat(format="yuv420p")
        picture.color_trc = picture.color_primaries = 3
        conversion = reader._conversion(picture, Fraction(1, 30), (96, 64))
        conversion.vpush(picture)
        assert corners(conversion.vpull().to_ndarray(format="bgr24")) == "RWGB"  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("name", "how"),
        [
            ("film.mp4", {}),
            # Its decoder gives BGR and keeps the picture, to paint the changes of the next one into it.
            ("film.flv", {"codec": "flashsv", "pix_fmt": "bgr24", "b_frames": 0, "time_base": Fraction(1, 1000)}),
        ],
    )
    def test_frames_are_the_callers_own(self, tmp_path: Path, name: str, how: dict[str, Any]) -> None:
        kept = []
        with FilmReader(make_film(tmp_path / name, STEADY[:20], **how)) as film:
            for number, frame in enumerate(film):
                assert number_of(frame) == number
                assert np.abs(frame.image[:8].astype(int) - 90).max() < 8
                frame.image[:8] = 200 + number
                kept.append(frame)
        assert [number_of(f) for f in kept] == list(range(20))
        assert all((f.image[:8] == 200 + number).all() for number, f in enumerate(kept))

    def test_a_change_of_size_is_scaled_to_the_first(self, tmp_path: Path) -> None:
        path = tmp_path / "film.h264"
        parts = (
            make_film(tmp_path / "wide.h264", STEADY[:10], picture=lambda _: corners_picture(0, (128, 64))),
            make_film(tmp_path / "small.h264", STEADY[:10], picture=lambda _: corners_picture(0, (64, 32))),
        )
        path.write_bytes(b"".join(part.read_bytes() for part in parts))
        frames, stats = read_all(path)
        assert {f.image.shape for f in frames} == {(64, 128, 3)}
        assert stats.decoded == 20
        assert {corners(f.image) for f in frames} == {"RWGB"}


class TestDamage:
    def test_smashed_pictures_are_left_out_and_counted(self, tmp_path: Path) -> None:
        path = make_film(tmp_path / "film.mp4", key_every=1, b_frames=0)
        smash(path, [20, 21, 60])
        frames, stats = read_all(path)
        assert [number_of(f) for f in frames] == [i for i in range(90) if i not in (20, 21, 60)]
        assert [f.t for f in frames] == pytest.approx([t for i, t in enumerate(STEADY) if i not in (20, 21, 60)])
        assert (stats.frames_total, stats.decoded, stats.damaged, stats.truncated) == (90, 87, 3, False)

    def test_pictures_lost_with_a_smashed_key_picture_are_counted_too(self, tmp_path: Path) -> None:
        path = make_film(tmp_path / "film.mp4")
        smash(path, [45, 46])
        frames, stats = read_all(path)
        times = [f.t for f in frames]
        assert times == sorted(set(times))
        assert stats.damaged > 2
        assert stats.decoded + stats.damaged + stats.retimed == 90
        assert times[-1] == pytest.approx(STEADY[-1])

    def test_the_beginning_may_be_smashed(self, tmp_path: Path) -> None:
        path = make_film(tmp_path / "film.mp4", key_every=1, b_frames=0)
        smash(path, range(30))
        frames, stats = read_all(path)
        assert [number_of(f) for f in frames] == list(range(30, 90))
        assert frames[0].t == 0
        assert (stats.damaged, stats.truncated) == (30, False)

    @pytest.mark.parametrize("name", ["start.mp4", "fragments.mp4", "film.mkv", "film.avi", "film.ts"])
    def test_a_cut_film_gives_what_is_left(self, tmp_path: Path, name: str) -> None:
        noise = np.random.default_rng(1).integers(0, 40, (120, 320, 3), np.uint8)
        how = {
            "start.mp4": {"movflags": "faststart"},
            "fragments.mp4": {"movflags": "frag_keyframe+empty_moov"},
        }.get(name, {})
        path = make_steady(
            tmp_path / name,
            [t + 5 for t in STEADY] if name == "film.mkv" else STEADY,
            picture=lambda number: cv2.add(square_picture(number), noise),
            options=how,
        )
        whole, stats = read_all(path)
        assert (stats.decoded, stats.truncated) == (90, False)
        content = path.read_bytes()
        path.write_bytes(content[: len(content) * 6 // 10])
        rest, stats = read_all(path)
        # A transport stream has neither an index nor an end: that it was cut shows only where a picture was.
        assert stats.truncated or name == "film.ts"
        assert 30 < stats.decoded < 70
        assert [f.t for f in rest] == pytest.approx([f.t for f in whole[: len(rest)]])
        assert [number_of(f) for f in rest[:-3]] == list(range(len(rest) - 3))

    def test_a_picture_cut_in_the_middle_is_left_out(self, tmp_path: Path) -> None:
        noise = np.random.default_rng(1).integers(0, 40, (120, 320, 3), np.uint8)
        path = make_steady(
            tmp_path / "film.avi",
            picture=lambda number: cv2.add(square_picture(number), noise),
            key_every=1,
            b_frames=0,
        )
        position, size = packets_of(path)[60]
        path.write_bytes(path.read_bytes()[: position + size // 2])
        frames, stats = read_all(path)
        assert [number_of(f) for f in frames] == list(range(60))
        assert (stats.damaged, stats.truncated) == (1, True)

    def test_damage_in_a_part(self, tmp_path: Path) -> None:
        path = make_film(tmp_path / "film.mp4", key_every=1, b_frames=0)
        smash(path, [10, 70])
        frames, stats = read_all(path, start_s=2)
        assert [number_of(f) for f in frames] == [i for i in range(60, 90) if i != 70]
        assert stats.damaged == 1

    def test_a_part_read_to_its_end_is_not_truncated(self, tmp_path: Path) -> None:
        _, stats = read_all(make_film(tmp_path / "film.mp4"), end_s=1)
        assert not stats.truncated

    @pytest.mark.parametrize("missing", [1500, 4000])
    def test_a_film_without_its_index(self, tmp_path: Path, missing: int) -> None:
        path = make_film(tmp_path / "film.mp4")
        path.write_bytes(path.read_bytes()[:-missing])
        assert "damaged or incomplete" in refusal(path)

    def test_no_picture_decodes(self, tmp_path: Path) -> None:
        path = make_film(tmp_path / "film.mp4")
        smash(path, range(90))
        assert "No picture of" in refusal(path)

    def test_an_unknown_kind_of_picture(self, tmp_path: Path) -> None:
        path = make_film(tmp_path / "film.mp4")
        path.write_bytes(path.read_bytes().replace(b"avc1", b"zzz1").replace(b"avcC", b"zzzC"))
        assert "No picture of" in refusal(path)


class TestPhotos:
    @pytest.mark.parametrize("name", ["photo.jpg", "photo.png", "photo.webp", "photo.bmp", "photo.tiff"])
    def test_a_photo_is_a_film_of_one_picture(self, tmp_path: Path, name: str) -> None:
        path = tmp_path / name
        cv2.imwrite(str(path), corners_picture(0, (97, 63)))
        with FilmReader(path) as film:
            assert (film.width, film.height) == (97, 63)
            assert (film.duration_s, film.frame_count_estimate) == (0, 1)
            assert film.fps > 0
            frames = list(film)
        assert [f.t for f in frames] == [0]
        assert corners(frames[0].image) == "RWGB"
        assert film.stats == FilmStats(1, 1, 0, 0, False, None, 97, 63, 0)

    @pytest.mark.parametrize("kind", [".png", ".jpg"])
    @pytest.mark.parametrize("name", ["photo.jpg", "photo.png", "number %03d.jpg", "no ending"])
    def test_the_name_does_not_matter(self, tmp_path: Path, name: str, kind: str) -> None:
        path = tmp_path / name
        path.write_bytes(with_exif(cv2.imencode(kind, corners_picture(0))[1].tobytes(), 1))
        (frame,), _ = read_all(path)
        assert corners(frame.image) == "RWGB"

    @pytest.mark.parametrize("kind", ["gray", "16 bit", "alpha"])
    def test_every_kind_of_photo_becomes_8_bit_bgr(self, tmp_path: Path, kind: str) -> None:
        image = np.full((40, 60, 3), 100, np.uint8)
        stored = {
            "gray": image[..., 0],
            "16 bit": image.astype(np.uint16) * 257,
            "alpha": np.dstack([image, np.full((40, 60), 9, np.uint8)]),
        }[kind]
        cv2.imwrite(str(tmp_path / "photo.png"), stored)
        (frame,), _ = read_all(tmp_path / "photo.png")
        assert frame.image.dtype == np.uint8
        assert (frame.image == image).all()

    @pytest.mark.parametrize(
        ("orientation", "wanted"), [(1, "RWGB"), (2, "WRBG"), (3, "BGWR"), (6, "GRBW"), (8, "WBRG")]
    )
    def test_a_turned_photo(self, tmp_path: Path, orientation: int, wanted: str) -> None:
        path = tmp_path / "photo.jpg"
        path.write_bytes(with_exif(cv2.imencode(".jpg", corners_picture(0))[1].tobytes(), orientation))
        (frame,), _ = read_all(path)
        assert corners(frame.image) == wanted

    def test_a_damaged_photo(self, tmp_path: Path) -> None:
        path = tmp_path / "photo.png"
        path.write_bytes(cv2.imencode(".png", corners_picture(0))[1].tobytes()[:40])
        assert str(path) in refusal(path)

    def test_a_photo_that_claims_to_be_huge(self, tmp_path: Path) -> None:
        path = tmp_path / "photo.bmp"
        bmp = bytearray(cv2.imencode(".bmp", corners_picture(0))[1].tobytes())
        bmp[18:26] = struct.pack("<ii", 60_000, 60_000)
        path.write_bytes(bmp)
        assert "No picture of" in refusal(path)


class TestRefusals:
    def test_no_such_file(self, tmp_path: Path) -> None:
        assert "There is no film" in refusal(tmp_path / "nothing.mp4")

    def test_a_file_where_a_folder_should_be(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        assert "There is no film" in refusal(tmp_path / "file" / "film.mp4")

    def test_a_name_no_file_can_have(self, tmp_path: Path) -> None:
        assert "There is no film" in refusal(tmp_path / "nul\0.mp4")
        assert "cannot be opened" in refusal(tmp_path / ("x" * 300))

    def test_a_folder(self, tmp_path: Path) -> None:
        assert "is a folder" in refusal(tmp_path)

    def test_an_empty_file(self, tmp_path: Path) -> None:
        (tmp_path / "film.mp4").touch()
        assert "is empty" in refusal(tmp_path / "film.mp4")

    def test_no_right_to_read_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: Any, **__: Any) -> None:
            raise av.error.PermissionError(13, "Permission denied")

        path = make_film(tmp_path / "film.mp4", STEADY[:2])
        monkeypatch.setattr(av, "open", refuse)
        assert "(Permission denied); check your rights" in refusal(path)

    def test_a_device(self) -> None:
        if not Path("/dev/null").is_char_device():
            pytest.skip("no such device here")
        assert "no ordinary file" in refusal(Path("/dev/null"))

    @pytest.mark.parametrize("name", ["notes.txt", "film.mp4", "page.html", "data.csv", "film"])
    def test_text(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_text("<p>3 sets, 5 reps</p>\n" * 200)
        assert "no film or photo" in refusal(tmp_path / name)

    def test_an_archive(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "film.mp4", "w") as archive:
            archive.writestr("film.mp4", make_film(tmp_path / "real.mp4").read_bytes())
        assert "no film or photo" in refusal(tmp_path / "film.mp4")

    def test_random_bytes(self, tmp_path: Path) -> None:
        (tmp_path / "film.mp4").write_bytes(np.random.default_rng(1).bytes(50_000))
        assert "no film or photo" in refusal(tmp_path / "film.mp4")

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("list.ffconcat", "ffconcat version 1.0\nfile real.ts\n"),
            ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nreal.ts\n#EXT-X-ENDLIST\n"),
        ],
    )
    def test_a_list_that_would_open_other_files(self, tmp_path: Path, name: str, text: str) -> None:
        make_film(tmp_path / "real.ts")
        (tmp_path / name).write_text(text)
        assert "no film or photo" in refusal(tmp_path / name)

    def test_sound_only(self, tmp_path: Path) -> None:
        with wave.open(str(tmp_path / "sound.wav"), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(bytes(8000))
        assert "only sound" in refusal(tmp_path / "sound.wav")

    def test_sound_with_a_cover_picture(self, tmp_path: Path) -> None:
        path = tmp_path / "song.mp3"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libmp3lame", rate=44_100)
            for number in range(20):
                sound = av.AudioFrame.from_ndarray(np.zeros((1, 1152), np.float32), format="fltp", layout="mono")
                sound.sample_rate, sound.pts = 44_100, number * 1152
                container.mux(stream.encode(sound))
            container.mux(stream.encode())
        cover = b"\0image/jpeg\0\x03\0" + cv2.imencode(".jpg", corners_picture(0))[1].tobytes()
        frame = b"APIC" + struct.pack(">IH", len(cover), 0) + cover
        size = bytes(len(frame) >> shift & 127 for shift in (21, 14, 7, 0))
        path.write_bytes(b"ID3\x03\0\0" + size + frame + path.read_bytes())
        assert "only sound" in refusal(path)

    def test_pictures_that_cannot_be_converted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        class Broken:
            def vpush(self, picture: object) -> None:
                raise av.error.OSError(95, "Operation not supported")

        monkeypatch.setattr(reader, "_conversion", lambda *_: Broken())
        assert "cannot be converted from yuv420p" in refusal(make_film(tmp_path / "film.mp4"))

    def test_a_film_that_cannot_be_entered_in_the_middle(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        class Container:
            def __init__(self, real: Any) -> None:
                self._real = real

            def __getattr__(self, name: str) -> Any:
                return getattr(self._real, name)

            def seek(self, *_: Any, **__: Any) -> None:
                raise av.error.PermissionError(1, "Operation not permitted")

        real_open = av.open
        path = make_film(tmp_path / "film.mp4")
        monkeypatch.setattr(av, "open", lambda *args, **how: Container(real_open(*args, **how)))
        assert "only be read from its beginning" in refusal(path, start_s=2)


class TestUse:
    @pytest.mark.parametrize("name", ["a:b.mp4", "what?#%20.mp4", "Kniebeuge größer 深蹲.mp4", "film.txt", "-i.mp4"])
    def test_any_name(self, tmp_path: Path, name: str) -> None:
        make_film(tmp_path / "plain.mp4", STEADY[:3]).rename(tmp_path / name)
        frames, _ = read_all(tmp_path / name)
        assert len(frames) == 3

    def test_a_relative_name_as_text(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        make_film(tmp_path / "film.mp4", STEADY[:3])
        monkeypatch.chdir(tmp_path)
        with FilmReader("film.mp4") as film:
            assert len(list(film)) == 3

    def test_a_film_is_read_once(self, tmp_path: Path) -> None:
        with FilmReader(make_film(tmp_path / "film.mp4", STEADY[:3])) as film:
            assert len(list(film)) == 3
            assert list(film) == []

    def test_closing_in_the_middle_ends_it(self, tmp_path: Path) -> None:
        film = FilmReader(make_film(tmp_path / "film.mp4"))
        first = next(film)
        film.close()
        film.close()
        assert list(film) == []
        assert (film.stats.decoded, film.stats.truncated) == (1, False)
        assert (film.width, film.height) == (320, 120)
        assert (film.duration_s, film.fps) == pytest.approx((3, 30))
        assert number_of(first) == 0

    def test_stats_grow_with_reading(self, tmp_path: Path) -> None:
        with FilmReader(make_film(tmp_path / "film.mp4")) as film:
            assert (film.stats.decoded, film.stats.fps) == (0, None)
            next(film)
            next(film)
            assert film.stats.decoded == 2
            assert film.stats.fps == pytest.approx(30)

"""Film files to frames: upright BGR pictures with their true times."""

import math
import stat
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Self, cast

import av
import cv2
import numpy as np
from av.codec.context import ThreadType
from av.container import InputContainer
from av.filter import Graph
from av.packet import Packet
from av.sidedata.sidedata import SideDataContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from formcheck.errors import FilmError
from formcheck.frame import Frame

Image = NDArray[np.uint8]

# Text, play lists and edit lists also open as "films", and some of them make the library open further files.
_PHOTO_FORMATS: Final = "image2,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe,j2k_pipe"
_FILM_FORMATS: Final = (
    "mov,matroska,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,gif,apng,mjpeg,m4v,h264,hevc,ivf,dv,mxf,mp3,wav,flac,aac"
)

# Only these have an index that surely leads to a key frame; the others are read from their beginning.
_INDEXED_FORMATS: Final = ("mov", "matroska")
# In some files key pictures are found by decoding time, which runs a few pictures ahead of the presentation time.
_SEEK_MARGIN_S: Final = 1.0

# A damaged film gives single pictures too late; a film joined from two keeps giving them.
_LATE_PICTURES_OF_A_JOIN: Final = 30
_TRUNCATION_TOLERANCE_S: Final = 0.5
_NOMINAL_FPS: Final = Fraction(25)

_NO_FILM: Final = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.dependent
_ROTATE_CODES: Final = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True, slots=True)
class FilmStats:
    """What became of a film's pictures, as far as it has been read.

    Attributes
    ----------
    frames_total : int or None
        Pictures that the whole film declares to hold; None if it does not say.
    decoded : int
        Frames handed out.
    damaged : int
        Pictures that could not be decoded, or depended on one that could not. They are left out.
    retimed : int
        Pictures without a time (they were given one), or whose time repeats or runs backwards (they are left out, or
        moved on where the film's clock starts anew).
    truncated : bool
        The film breaks off: it ends before its declared end, or within a picture.
    fps : float or None
        Frames per second of true time over the frames handed out; None for fewer than two.
    width, height : int
        Size of the upright frames in pixels.
    rotation_deg : int
        Clockwise turn that made the pictures upright: 0, 90, 180 or 270.
    """

    frames_total: int | None
    decoded: int
    damaged: int
    retimed: int
    truncated: bool
    fps: float | None
    width: int
    height: int
    rotation_deg: int


class FilmReader:
    """Iterates once over the frames of a film or photo.

    A context manager. Pictures are turned upright, freed of non-square pixels and converted to BGR. Frames keep the
    film's own clock, which starts with its first picture, also where reading starts later.

    Parameters
    ----------
    path : Path or str
        A film (MP4, MOV, MKV, WebM, AVI, ...) or a photo (JPEG, PNG, ...), which is a film of one picture.
    start_s, end_s : float, optional
        Film time in seconds of the first picture wanted and of the first picture not wanted any more.
    slow_motion : float
        How many times slower than life the film plays. Frame times, `fps` and `duration_s` are true times, that is film
        time divided by this; `start_s` and `end_s` are film times, as a video player shows them.

    Raises
    ------
    FilmError
        If the file is missing or no film, none of its pictures can be decoded, or the part asked for does not exist;
        from the constructor, or during iteration where a film does not say how long it is.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        start_s: float | None = None,
        end_s: float | None = None,
        slow_motion: float = 1.0,
    ) -> None:
        self._path = Path(path)
        self._start_s = start_s or 0.0
        self._end_s = math.inf if end_s is None else end_s
        self._slow_motion = slow_motion
        self._check_arguments()
        self._source: _Photo | _Film = _open(self._path)
        self._check_start()
        self._first_t = self._last_t = math.nan
        self._decoded = 0
        self._frames = self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Frame:
        return next(self._frames)

    def close(self) -> None:
        """Release the file; iteration ends."""
        self._frames.close()
        self._source.close()

    @property
    def width(self) -> int:
        """Width of the upright frames in pixels."""
        return self._source.size_px[0]

    @property
    def height(self) -> int:
        """Height of the upright frames in pixels."""
        return self._source.size_px[1]

    @property
    def fps(self) -> float:
        """Declared average of frames per second of true time; a nominal 25 where the film declares none."""
        return float(self._source.fps) * self._slow_motion

    @property
    def duration_s(self) -> float | None:
        """Declared length of the whole film in seconds of true time; None if it does not say. 0 for a photo."""
        length_s = self._source.length_s
        return None if length_s is None else length_s / self._slow_motion

    @property
    def frame_count_estimate(self) -> int | None:
        """About how many frames iteration gives from `start_s` to `end_s`; None if the film does not say its length."""
        length_s = self._source.length_s
        if length_s is None:
            return None
        return max(1, round((min(self._end_s, length_s) - self._start_s) * float(self._source.fps)))

    @property
    def stats(self) -> FilmStats:
        """What became of the pictures so far; complete once iteration has ended."""
        source = self._source
        several = self._decoded > 1
        return FilmStats(
            frames_total=source.frames_total,
            decoded=self._decoded,
            damaged=source.damaged,
            retimed=source.retimed,
            truncated=source.truncated,
            fps=(self._decoded - 1) / (self._last_t - self._first_t) if several else None,
            width=self.width,
            height=self.height,
            rotation_deg=source.rotation_deg,
        )

    def _check_arguments(self) -> None:
        if not (math.isfinite(self._slow_motion) and self._slow_motion > 0):
            raise FilmError(
                f"Slow motion must be a number above 0 (4 = the film plays four times slower than life), "
                f"not {self._slow_motion}."
            )
        if not (math.isfinite(self._start_s) and self._start_s >= 0):
            raise FilmError(f"The start must be a number of seconds from 0 on, not {self._start_s}.")
        if not self._end_s > self._start_s:
            raise FilmError(f"The end ({self._end_s:g} s) must come after the start ({self._start_s:g} s).")

    def _check_start(self) -> None:
        length_s = self._source.length_s
        if length_s is not None and self._start_s > 0 and self._start_s >= length_s:
            self._source.close()
            raise self._start_past_end(length_s)

    def _start_past_end(self, length_s: float) -> FilmError:
        return FilmError(
            f"The start ({self._start_s:g} s) lies past the end of {self._path}, which lasts {length_s:.1f} s; "
            "choose an earlier start."
        )

    def _read(self) -> Generator[Frame, None, None]:
        for film_t, image in self._source.pictures(self._start_s, self._end_s):
            self._last_t = film_t / self._slow_motion
            if self._decoded == 0:
                self._first_t = self._last_t
            self._decoded += 1
            yield Frame(self._last_t, image)
        if self._decoded == 0:
            raise self._nothing_read()

    def _nothing_read(self) -> FilmError:
        if self._source.read_to_s < self._start_s:
            return self._start_past_end(self._source.read_to_s)
        return FilmError(
            f"{self._path} has no picture between {self._start_s:g} s and {self._end_s:g} s; choose a longer part."
        )


class _Photo:
    """A film of one picture."""

    fps: Final = _NOMINAL_FPS
    length_s: Final = 0.0
    read_to_s: Final = 0.0
    frames_total: Final = 1
    damaged: Final = 0
    retimed: Final = 0
    truncated: Final = False
    rotation_deg: Final = 0

    def __init__(self, path: Path) -> None:
        # OpenCV rather than PyAV, because it also obeys the mirrored EXIF orientations.
        try:
            image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
        except cv2.error as error:
            raise _undecodable(path) from error
        if image is None:
            raise _undecodable(path)
        self._image: Image = image
        self.size_px = (int(image.shape[1]), int(image.shape[0]))

    def pictures(self, start_s: float, end_s: float) -> Iterator[tuple[float, Image]]:
        yield 0.0, self._image

    def close(self) -> None:
        """Nothing stays open."""


class _Film:
    """A video stream: decodes, times, turns and converts its pictures, and counts what was lost."""

    def __init__(self, path: Path, container: InputContainer) -> None:
        self._path = path
        self._container = container
        self._stream = stream = _film_stream(path, container)
        stream.thread_type = ThreadType.AUTO
        # Copied, because a stream must not be asked any more once its container is closed.
        self._time_base = stream.time_base or Fraction(1, av.time_base)
        self._start_stamp = stream.start_time or 0
        self.fps = stream.average_rate or stream.guessed_rate or _NOMINAL_FPS
        self.length_s = _length_s(stream, self._time_base)
        self.frames_total = stream.frames or None

        self.read_to_s = 0.0
        self._read_end_stamp = self._start_stamp
        self._errors = self._packets = self._pictures = 0
        self._drained = self._broken_off = self._last_damaged = False
        self._decoding = self._decode()
        first = next(self._decoding, None)
        if first is None:
            raise _undecodable(path)

        self._first = first
        self._turn = _Turn.of(first)
        self._display_px = _square_pixel_size(first, stream.sample_aspect_ratio)
        self._conversion = _conversion(first, self._time_base, self._display_px)
        self._clock = _Clock(first, self._time_base, self.fps, by_decoding_time=container.format.name == "avi")

    @property
    def size_px(self) -> tuple[int, int]:
        width, height = self._display_px
        return (height, width) if self._turn.swaps_sides else (width, height)

    @property
    def rotation_deg(self) -> int:
        return self._turn.clockwise_deg

    @property
    def damaged(self) -> int:
        # The decoder silently keeps back what depends on a damaged picture. Without any error a difference means
        # nothing: some formats have packets that are not shown.
        if self._errors and self._drained:
            return max(self._errors, self._packets - self._pictures)
        return self._errors

    @property
    def retimed(self) -> int:
        return self._clock.retimed

    @property
    def truncated(self) -> bool:
        return self._drained and (self._broken_off or self._last_damaged or self._ends_early())

    def close(self) -> None:
        self._decoding.close()
        self._container.close()

    def pictures(self, start_s: float, end_s: float) -> Iterator[tuple[float, Image]]:
        """Yield film time and upright image of the pictures with start_s <= time < end_s."""
        for picture in self._pictures_from(start_s):
            film_t = self._clock.film_time_s(picture)
            if film_t is None:
                continue
            self.read_to_s = film_t
            if film_t >= end_s:
                return
            if film_t >= start_s:
                yield film_t, self._image(picture)

    def _pictures_from(self, start_s: float) -> Iterator[VideoFrame]:
        if start_s > _SEEK_MARGIN_S and self._container.format.name.startswith(_INDEXED_FORMATS):
            self._seek(start_s - _SEEK_MARGIN_S)
        else:
            yield self._first
        yield from self._decoding

    def _seek(self, film_t: float) -> None:
        try:
            self._container.seek(self._clock.stamp_at(film_t), stream=self._stream)
        except av.FFmpegError as error:
            raise FilmError(
                f"{self._path} can only be read from its beginning; leave out the start, or convert it to an H.264 MP4."
            ) from error
        self._packets = self._pictures = 0
        self._decoding = self._decode()

    def _decode(self) -> Generator[VideoFrame, None, None]:
        """Yield the pictures that decode, in order of presentation."""
        for packet in self._packets_and_end():
            try:
                pictures = self._stream.decode(packet)
            except av.FFmpegError:
                self._errors += 1
                continue
            for picture in pictures:
                self._last_damaged = picture.is_corrupt
                if picture.is_corrupt:
                    self._errors += 1
                else:
                    self._pictures += 1
                    yield picture
        self._drained = True

    def _packets_and_end(self) -> "Iterator[Packet[VideoStream] | None]":
        """Yield the packets that can be read, then None, which makes the decoder give what it still holds."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError:
                self._broken_off = True
                break
            if packet is None:
                break
            if packet.size:  # an empty one would end the decoding
                self._note(packet)
                yield packet
        yield None

    def _note(self, packet: "Packet[VideoStream]") -> None:
        self._packets += not packet.is_discard
        # The last packet of a cut file is cut too; in the middle of a film it is mere damage.
        self._broken_off = packet.is_corrupt
        if packet.pts is not None:
            self._read_end_stamp = max(self._read_end_stamp, packet.pts + (packet.duration or 0))

    def _ends_early(self) -> bool:
        if self.length_s is None or self._read_end_stamp == self._start_stamp:
            return False
        read_s = float((self._read_end_stamp - self._start_stamp) * self._time_base)
        return self.length_s - read_s > _TRUNCATION_TOLERANCE_S

    def _image(self, picture: VideoFrame) -> Image:
        try:
            self._conversion.vpush(picture)
            shown = self._conversion.vpull()
        except av.FFmpegError as error:
            raise FilmError(
                f"The pictures of {self._path} cannot be converted from {picture.format.name}; "
                "convert the film to an H.264 MP4."
            ) from error
        # Where nothing had to be converted, the decoder may still refer to this memory.
        shown.make_writable()
        return self._turn.apply(cast(Image, shown.to_ndarray()))


class _Clock:
    """Turns a film's time stamps into seconds since its first picture that only ever increase."""

    def __init__(self, first: VideoFrame, time_base: Fraction, fps: Fraction, *, by_decoding_time: bool) -> None:
        self.retimed = 0
        # AVI stores decoding times only; presentation times made up from them are in the wrong order.
        self._by_decoding_time = by_decoding_time
        self._origin = self._stamp(first) or 0
        self._time_base = time_base
        self._period_s = 1 / float(fps)
        self._moved_s = 0.0
        self._last_s = -math.inf
        self._late_in_a_row = 0

    def stamp_at(self, film_t: float) -> int:
        """Return the time stamp of a moment of the film."""
        return self._origin + round(film_t / self._time_base)

    def film_time_s(self, picture: VideoFrame) -> float | None:
        """Return when `picture` is shown, or None if it is to be left out because that moment has passed."""
        stamp = self._stamp(picture)
        if stamp is None:
            self.retimed += 1
            return self._follow_on()
        film_t = float((stamp - self._origin) * self._time_base) + self._moved_s
        if film_t > self._last_s:
            self._late_in_a_row = 0
            self._last_s = film_t
            return film_t
        return self._late(film_t)

    def _late(self, film_t: float) -> float | None:
        self.retimed += 1
        self._late_in_a_row += 1
        if self._late_in_a_row < _LATE_PICTURES_OF_A_JOIN:
            return None
        self._moved_s += self._last_s + self._period_s - film_t
        return self._follow_on()

    def _follow_on(self) -> float:
        self._last_s = max(0.0, self._last_s + self._period_s)
        self._late_in_a_row = 0
        return self._last_s

    def _stamp(self, picture: VideoFrame) -> int | None:
        return picture.dts if self._by_decoding_time else picture.pts


@dataclass(frozen=True, slots=True)
class _Turn:
    """What makes a picture upright: a clockwise turn, then perhaps mirroring left to right."""

    clockwise_deg: int
    mirrored: bool

    @classmethod
    def of(cls, picture: VideoFrame) -> Self:
        """Read the turn from a picture's display matrix, rounded to quarter turns."""
        x_to_x, x_to_y, y_to_x, y_to_y = _display_matrix(picture)
        sideways = abs(x_to_y) > abs(x_to_x)
        backwards = (x_to_y if sideways else y_to_y) < 0
        return cls(90 * sideways + 180 * backwards, mirrored=x_to_x * y_to_y < x_to_y * y_to_x)

    @property
    def swaps_sides(self) -> bool:
        """Whether width and height change places."""
        return self.clockwise_deg in (90, 270)

    def apply(self, image: Image) -> Image:
        """Return the upright image, C-contiguous."""
        if self.clockwise_deg:
            image = cv2.rotate(image, _ROTATE_CODES[self.clockwise_deg])
        if self.mirrored:
            image = cv2.flip(image, 1)
        return np.ascontiguousarray(image)


def _open(path: Path) -> _Photo | _Film:
    _check_file(path)
    try:
        container = av.open(
            f"file:{path.resolve()}",
            metadata_errors="replace",
            container_options={
                "protocol_whitelist": "file",
                "pattern_type": "none",  # a % in the name of a photo is just that
                "format_whitelist": f"{_FILM_FORMATS},{_PHOTO_FORMATS}",
            },
        )
    except av.FFmpegError as error:
        raise _unreadable(path, error) from error
    if container.format.name in _PHOTO_FORMATS.split(","):
        container.close()
        return _Photo(path)
    try:
        return _Film(path, container)
    except av.FFmpegError as error:
        container.close()
        raise _undecodable(path) from error
    except FilmError:
        container.close()
        raise


def _check_file(path: Path) -> None:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise FilmError(f"There is no film {path}; check the name.") from error
    except OSError as error:
        raise FilmError(f"{path} cannot be opened ({error.strerror}); check the name and your rights to it.") from error
    if stat.S_ISDIR(status.st_mode):
        raise FilmError(f"{path} is a folder; name one film in it.")
    if not stat.S_ISREG(status.st_mode):
        raise FilmError(f"{path} is no ordinary file; name a film that is stored on disk.")
    if status.st_size == 0:
        raise FilmError(f"{path} is empty; copy or record it again.")


def _unreadable(path: Path, error: av.FFmpegError) -> FilmError:
    if isinstance(error, PermissionError):
        return FilmError(f"{path} cannot be opened ({error.strerror}); check your rights to it.")
    return _no_film(path)


def _no_film(path: Path) -> FilmError:
    return FilmError(
        f"{path} is no film or photo that can be read, or it is damaged or incomplete; "
        "give an MP4, MOV, MKV, WebM or AVI film or a JPEG or PNG photo."
    )


def _undecodable(path: Path) -> FilmError:
    return FilmError(
        f"No picture of {path} can be decoded: it is damaged or of an unknown kind; "
        "record it again or convert it to an H.264 MP4."
    )


def _film_stream(path: Path, container: InputContainer) -> VideoStream:
    """Return the first video stream that is a film, not cover art, a thumbnail or a tile of a photo."""
    streams = [stream for stream in container.streams.video if not stream.disposition & _NO_FILM]
    if not streams and container.streams.audio:
        raise FilmError(f"{path} holds only sound; give a film with pictures.")
    if not streams:
        raise _no_film(path)
    if streams[0].codec_context is None:
        raise _undecodable(path)
    return streams[0]


def _length_s(stream: VideoStream, time_base: Fraction) -> float | None:
    if stream.duration is not None:
        return float(stream.duration * time_base)
    container = cast(InputContainer, stream.container)
    length = container.duration or 0
    if container.format.name.startswith("matroska"):
        length -= container.start_time or 0  # it counts from zero, not from the first picture
    return length / av.time_base if length > 0 else None


def _square_pixel_size(picture: VideoFrame, pixel_aspect: Fraction | None) -> tuple[int, int]:
    """Return width and height that show `picture` with square pixels and lose none of them."""
    aspect = pixel_aspect or Fraction(1)
    if aspect > 1:
        return round(picture.width * aspect), picture.height
    return picture.width, round(picture.height / aspect)


def _conversion(picture: VideoFrame, time_base: Fraction, size_px: tuple[int, int]) -> Graph:
    """Build what turns pictures like `picture` into BGR pictures of `size_px`.

    A filter graph uses the memory of pictures again that nobody holds any more. Converting each picture into fresh
    memory costs as much again as decoding it, for the system has to provide and clear that memory.
    """
    graph = Graph()
    graph.link_nodes(
        graph.add_buffer(width=picture.width, height=picture.height, format=picture.format, time_base=time_base),
        # Colours are converted from YUV only, not to other primaries; and some marks of those are refused.
        graph.add("setparams", "color_primaries=unknown:color_trc=unknown"),
        # One thread, because starting more for each picture costs more than it saves.
        graph.add("scale", f"{size_px[0]}:{size_px[1]}:flags=bilinear:threads=1"),
        graph.add("format", "bgr24"),
        graph.add("buffersink"),
    )
    graph.configure()
    return graph


def _display_matrix(picture: VideoFrame) -> tuple[float, float, float, float]:
    """Return how x goes to x and y, and how y goes to x and y; y points down."""
    try:
        side_data = cast(SideDataContainer, picture.side_data)
        matrix = side_data.get("DISPLAYMATRIX")
    except ValueError:
        # PyAV lists no side data at all if one kind of it is unknown; it still tells the angle.
        angle = math.radians(picture.rotation)
        return math.cos(angle), -math.sin(angle), math.sin(angle), math.cos(angle)
    if matrix is None:
        return 1.0, 0.0, 0.0, 1.0
    x_to_x, x_to_y, _, y_to_x, y_to_y, *_ = np.frombuffer(bytes(matrix), np.int32).tolist()
    return x_to_x, x_to_y, y_to_x, y_to_y

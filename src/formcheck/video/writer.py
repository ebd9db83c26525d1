"""Pictures with times to a film file that browsers play."""

import contextlib
import math
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av
import numpy as np
from av.codec.codec import UnknownCodecError
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from formcheck.atomic import PendingFile, output_error
from formcheck.errors import OutputError

# Fine enough to keep the times of any camera.
_TIME_BASE: Final = Fraction(1, 90_000)
_KEY_FRAME_EVERY_S: Final = 2.0
_BT709: Final = 1  # the number of the standard for primaries and brightness in the H.264 standard
_ENCODER: Final = "libx264"
# Measured in docs/decisions/0004-pyav-for-film.md.
_ENCODER_OPTIONS: Final = {"preset": "superfast", "crf": "23"}


class FilmWriter:
    """Writes an H.264 MP4 film, picture by picture, each at its own time.

    A context manager. The film appears at `path` when the block ends; if the block fails, nothing is left behind and
    what was at `path` stays.

    Parameters
    ----------
    path : Path or str
        Where the film shall appear.
    size_px : tuple of int
        Width and height of the pictures, at least 2. The film loses the last column or row if that is odd.
    fps_hint : float
        About how many pictures per second will come. Their times are kept as given, whatever this says.

    Raises
    ------
    OutputError
        On entering, writing or leaving, if the file cannot be written; on leaving, if no picture was written.
    """

    def __init__(self, path: Path | str, *, size_px: tuple[int, int], fps_hint: float) -> None:
        if min(size_px) < 2:
            raise ValueError(f"a film needs pictures of at least 2 x 2 pixels, got {size_px}")
        if not (math.isfinite(fps_hint) and fps_hint > 0):
            raise ValueError(f"fps_hint must be above 0, got {fps_hint}")
        self._path = Path(path)
        self._size_px = size_px
        self._fps = Fraction(fps_hint).limit_denominator(1001)
        self._reformatter = VideoReformatter()
        self._first_t: float | None = None
        self._last_t = -math.inf
        self._last_stamp = -1

    def __enter__(self) -> Self:
        self._pending = PendingFile(self._path)
        try:
            self._open()
        except UnknownCodecError as error:
            self._pending.discard()
            raise OutputError(
                f"{self._path} cannot be written: the installed PyAV has no H.264 encoder; install its official wheel."
            ) from error
        except (av.FFmpegError, OSError) as error:
            self._pending.discard()
            raise output_error(self._path, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
            else:
                self._abandon()
        finally:
            self._pending.discard()

    def write(self, image_bgr: NDArray[np.uint8], t_s: float) -> None:
        """Append one picture.

        Parameters
        ----------
        image_bgr : ndarray of shape (H, W, 3), uint8
            BGR, of the size given on construction.
        t_s : float
            When it is shown, in seconds, later than the picture before. The film begins with its first picture.

        Raises
        ------
        OutputError
            If the file cannot be written.
        """
        width, height = self._size_px
        if image_bgr.shape != (height, width, 3) or image_bgr.dtype != np.uint8:
            raise ValueError(f"expected uint8 {(height, width, 3)}, got {image_bgr.dtype} {image_bgr.shape}")
        picture = self._converted(image_bgr)
        picture.pts = self._stamp(t_s)
        picture.time_base = _TIME_BASE
        try:
            self._container.mux(self._stream.encode(picture))
        except av.FFmpegError as error:
            raise output_error(self._path, error) from error

    def _open(self) -> None:
        self._container: OutputContainer = av.open(
            f"file:{self._pending.path}", "w", format="mp4", options={"movflags": "+faststart"}
        )
        self._stream: VideoStream = self._container.add_stream(_ENCODER, rate=self._fps, options=_ENCODER_OPTIONS)
        self._stream.width, self._stream.height = (length // 2 * 2 for length in self._size_px)
        self._stream.pix_fmt = "yuv420p"
        self._stream.gop_size = math.ceil(_KEY_FRAME_EVERY_S * self._fps)
        # Named, because players guess the colours of an unmarked film by its size.
        self._stream.colorspace = Colorspace.ITU709
        self._stream.color_primaries = self._stream.color_trc = _BT709
        self._stream.color_range = ColorRange.MPEG
        self._stream.codec_context.time_base = _TIME_BASE

    def _converted(self, image_bgr: NDArray[np.uint8]) -> VideoFrame:
        even = image_bgr[: self._stream.height, : self._stream.width]
        return self._reformatter.reformat(
            VideoFrame.from_numpy_buffer(np.ascontiguousarray(even), format="bgr24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
        )

    def _stamp(self, t_s: float) -> int:
        if not t_s > self._last_t:
            raise ValueError(f"pictures must come in order of time, got {t_s} s after {self._last_t} s")
        if self._first_t is None:
            self._first_t = t_s
        self._last_t = t_s
        self._last_stamp = max(self._last_stamp + 1, round((t_s - self._first_t) / _TIME_BASE))
        return self._last_stamp

    def _finish(self) -> None:
        if self._first_t is None:
            self._abandon()
            raise OutputError(f"{self._path} was not written, because there was no picture to put in it.")
        try:
            self._container.mux(self._stream.encode())
            self._container.close()
            self._pending.keep()
        except (av.FFmpegError, OSError) as error:
            raise output_error(self._path, error) from error

    def _abandon(self) -> None:
        # The error that ended the block is the one to report.
        with contextlib.suppress(av.FFmpegError):
            self._container.close()

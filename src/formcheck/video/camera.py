"""A camera to frames: what it shows from now on, with the time at which each picture came."""

import math
import os
import re
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.errors import FilmError
from formcheck.frame import Frame

ANSWER_S: Final = 5.0
"""How long a stream may take to open, and to give a picture."""
_PATIENCE: Final = [
    setting
    for what in (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, cv2.CAP_PROP_READ_TIMEOUT_MSEC)
    for setting in (what, int(1000 * ANSWER_S))
]


class Camera:
    """Iterates once over what a camera shows.

    A context manager. Times are seconds since the first picture by a clock that never runs backwards.

    Parameters
    ----------
    source : str
        Number of a camera of this computer ("0" is the first), or the address of a stream (``rtsp://...``).
    seconds : float, optional
        How long to read; without end where left out.
    skip_s : float, default 0
        Pictures of the first seconds are read and dropped. Times and `seconds` count from there.
    clock : callable, optional
        Gives the time in seconds.

    Raises
    ------
    FilmError
        If the camera cannot be opened; during iteration, if it gives no more pictures.
    """

    def __init__(
        self,
        source: str,
        *,
        seconds: float = math.inf,
        skip_s: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = without_password(source)
        self._seconds = seconds
        self._skip_s = skip_s
        self._clock = clock
        self._capture = open_device(source)
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
        """Release the camera; iteration ends."""
        self._frames.close()
        self._capture.release()

    @property
    def frame_count_estimate(self) -> int | None:
        """None: nobody knows how many pictures a camera will give."""
        return None

    def _read(self) -> Generator[Frame, None, None]:
        begun: float | None = None
        last = -math.inf
        while True:
            came, image = self._capture.read()
            now = self._clock()
            if not came:
                raise self._stopped(0.0 if begun is None else now - begun)
            begun = now if begun is None else begun
            t = now - begun - self._skip_s
            if t >= self._seconds:
                return
            if t >= 0.0 and t > last:
                last = t
                yield Frame(t, np.ascontiguousarray(cast(NDArray[np.uint8], image)))

    def _stopped(self, after_s: float) -> FilmError:
        return FilmError(
            f"The camera {self._name} stopped after {after_s:.1f} s; check its cable or network and try again."
        )


def open_device(source: str) -> cv2.VideoCapture:
    """Open a camera of this computer by its number, or a stream by its address.

    Raises
    ------
    FilmError
        If it cannot be opened; a stream is given up after `ANSWER_S` without an answer.
    """
    with _quiet():
        if "://" in source:
            capture = cv2.VideoCapture(source, cv2.CAP_FFMPEG, _PATIENCE)
        else:
            capture = cv2.VideoCapture(int(source) if source.isdecimal() else source)
    if not capture.isOpened():
        capture.release()
        raise FilmError(
            f"The camera {without_password(source)} cannot be opened; check that it is plugged in, that no other "
            "program uses it, and its number or address."
        )
    return capture


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries from printing what each of their ways to open a camera has against this one."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # what reads streams looks here, once; -8 is silence
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)


def without_password(source: str) -> str:
    """Return an address without the name, password and key that may stand in it."""
    return re.sub(r"//[^/]*@", "//", source.partition("?")[0])

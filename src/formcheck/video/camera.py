"""A camera to frames: what it shows from now on, with the time at which each picture came."""

import math
import re
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.errors import FilmError
from formcheck.frame import Frame


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
        self._name = _without_password(source)
        self._seconds = seconds
        self._skip_s = skip_s
        self._clock = clock
        with _quiet():
            self._capture = cv2.VideoCapture(int(source) if source.isdecimal() else source)
        if not self._capture.isOpened():
            self._capture.release()
            raise FilmError(
                f"The camera {self._name} cannot be opened; check that it is plugged in, that no other program uses "
                "it, and its number or address."
            )
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


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library from printing what each of its ways to open a camera has against this one."""
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)


def _without_password(source: str) -> str:
    """Return an address without the name and password that may stand in it."""
    return re.sub(r"//[^/@]*@", "//", source)

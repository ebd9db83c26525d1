"""JPEG pictures, one after the other, that another program writes into a named pipe."""

import os
import select
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.errors import FilmError

WAIT_S: Final = 0.2
LARGEST_BYTES: Final = 16 * 2**20
_CHUNK_BYTES: Final = 2**16  # what a pipe holds
_BEGIN: Final = b"\xff\xd8"
_END: Final = b"\xff\xd9"  # cannot stand within the compressed picture


class JpegPipe:
    """Reads pictures from a named pipe; waits in short steps, so that whoever reads can stop.

    OpenCV and FFmpeg would wait for megabytes before they give the first picture, and without end for a writer.

    Parameters
    ----------
    path : Path or str
        A named pipe. It may be opened before anybody writes to it.

    Raises
    ------
    FilmError
        If it cannot be opened.
    """

    may_reopen = False  # whoever writes would be ended by a broken pipe

    def __init__(self, path: Path | str) -> None:
        self._path = path
        self._bytes = bytearray()
        try:
            self._pipe = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            raise FilmError(f"The pipe {path} cannot be read ({error.strerror}); check its path and rights.") from error

    def read(self) -> NDArray[np.uint8] | None:
        """Return the next picture; None if none came in a short time or it cannot be decoded.

        Raises
        ------
        FilmError
            If the writer is gone, or writes something else.
        """
        picture = self._next()
        if picture is None:
            return None
        image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
        return None if image is None else np.asarray(image, np.uint8)

    def skip(self) -> None:
        """Let the next picture pass undecoded; raises as `read`."""
        self._next()

    def release(self) -> None:
        """Close the pipe."""
        os.close(self._pipe)

    def _next(self) -> bytes | None:
        """Return the next whole picture as it was sent; None if none came in a short time."""
        while (picture := self._cut()) is None:
            if not select.select([self._pipe], [], [], WAIT_S)[0]:
                return None
            self._fill()
        return picture

    def _fill(self) -> None:
        came = os.read(self._pipe, _CHUNK_BYTES)
        if not came:
            raise FilmError(f"Nobody writes to the pipe {self._path} any more; start the camera again.")
        self._bytes += came
        if len(self._bytes) > LARGEST_BYTES:
            raise FilmError(f"What comes through the pipe {self._path} are no JPEG pictures; send MJPEG.")

    def _cut(self) -> bytes | None:
        """Take the first whole picture out of what has come."""
        begin = self._bytes.find(_BEGIN)
        end = self._bytes.find(_END, begin) if begin >= 0 else -1
        if end < 0:
            return None
        picture = bytes(self._bytes[begin : end + len(_END)])
        del self._bytes[: end + len(_END)]
        return picture

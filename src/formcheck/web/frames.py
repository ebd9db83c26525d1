"""Pictures of live sessions whose browser cannot find poses itself: JPEG in, pose out, in a pool of threads.

The pool has as many threads as the machine has cores, and every session its own pose estimator, which follows the
person from picture to picture. A session has one picture at work and one waiting; a newer one takes the place of the
one that waits, so what is shown is never old.
"""

import asyncio
import math
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.app.following import Follower
from formcheck.app.lighting import SceneLog
from formcheck.body.framing import Scene
from formcheck.body.pose import Pose
from formcheck.errors import FormcheckError
from formcheck.estimators.base import PeopleEstimator
from formcheck.estimators.mediapipe import MediaPipeEstimator
from formcheck.frame import Frame
from formcheck.web.protocol import FrameMessage, RefusedError
from formcheck.web.settings import CORES

LONGER_PX: Final = 1920
SHORTER_PX: Final = 1080
SMALLEST_PX: Final = 32
"""Sizes of pictures that are decoded."""
MOST_SCANS: Final = 12
"""A picture may be sent in many thousand scans, each of which costs a pass over all its pixels."""

_JPEG_BEGINS: Final = b"\xff\xd8"
_JPEG_ENDS: Final = b"\xff\xd9"
_SCAN: Final = b"\xff\xda"
_SIZES_FOLLOW: Final = (0xC0, 0xC1, 0xC2)
_TABLES: Final = frozenset((0xC4, 0xDB, 0xDD, *range(0xE0, 0xF0), 0xFE))
"""Markers that may come before: of tables, of applications, and comments."""
_AS_SENT: Final = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION


class Estimator(PeopleEstimator, Protocol):
    """An estimator that must be closed by hand."""

    def close(self) -> None:
        """Release the model; may be called twice."""
        ...


Delivery = Callable[[int, Pose, Scene | None], None]
Failure = Callable[[FormcheckError], None]


class FramePool:
    """The threads that look at pictures, and those whose pictures they are.

    Attributes
    ----------
    model : callable
        Gives the path of the pose model.
    threads : Executor

    Parameters
    ----------
    model : callable
        Gives the path of the pose model when it is first needed.
    most : int
        How many sessions may have their pictures looked at.
    estimator : callable, optional
        Makes an estimator of a model's path.
    """

    def __init__(
        self, model: Callable[[], Path], most: int, estimator: Callable[[Path], Estimator] = MediaPipeEstimator
    ) -> None:
        self.model = model
        self._estimator = estimator
        self.threads = ThreadPoolExecutor(CORES, "formcheck-frames")
        self._most = most
        self.readers: set[FrameReader] = set()
        self._lock = threading.Lock()

    def open(self, deliver: Delivery, fail: Failure) -> "FrameReader":
        """Take in one more session; to be called in its event loop, where `deliver` and `fail` are called, too.

        Raises
        ------
        RefusedError
            ``busy``, if there are too many.
        """
        with self._lock:
            if len(self.readers) >= self._most:
                raise RefusedError(
                    "busy",
                    f"This server looks at the pictures of {self._most} people at once and has them; try again later, "
                    "or use a browser that finds the pose itself.",
                )
            reader = FrameReader(self, deliver, fail)
            self.readers.add(reader)
        reader.start()
        return reader

    def estimator(self) -> Estimator:
        """Load the pose model once more."""
        return self._estimator(self.model())

    def release(self, reader: "FrameReader") -> None:
        """Give the place of a session to others; called once its estimator is closed."""
        with self._lock:
            self.readers.discard(reader)

    def close(self) -> None:
        """Close every estimator and wait for it."""
        for reader in tuple(self.readers):
            reader.close()
        self.threads.shutdown()


class FrameReader:
    """Find the poses in one session's pictures.

    Attributes
    ----------
    decoded : int
        Pictures in which a pose was looked for.
    dropped : int
        Pictures that gave way to newer ones.
    bad : int
        Pictures that could not be decoded, or were too large to try.
    """

    def __init__(self, pool: FramePool, deliver: Delivery, fail: Failure) -> None:
        self.decoded = self.dropped = self.bad = 0
        self._pool = pool
        self._deliver = deliver
        self._fail = fail
        self._busy = False
        self._waiting: FrameMessage | None = None
        self._newest_t = -math.inf
        self._closed = False
        self._lock = threading.Lock()  # around the estimator: it is closed by whichever thread is free
        self._estimator: Estimator | None = None
        self._follower: Follower | None = None
        self._scenes = SceneLog()

    def start(self) -> None:
        """Load the pose model, so that the first picture need not wait for it."""
        self._work(None)

    def put(self, message: FrameMessage) -> None:
        """Take a picture; one that is no newer than those before is dropped."""
        if not message.t > self._newest_t:
            self.dropped += 1
            return
        self._newest_t = message.t
        if not decodable(message):
            self.bad += 1
        elif self._busy:
            self.dropped += self._waiting is not None
            self._waiting = message
        else:
            self._work(message)

    def close(self) -> None:
        """Take no more pictures, and close the estimator as soon as a thread is free; may be called twice."""
        if not self._closed:
            self._closed = True
            self._pool.threads.submit(self._close)

    def _work(self, message: FrameMessage | None) -> None:
        self._busy = True
        work = asyncio.get_running_loop().run_in_executor(self._pool.threads, self._look, message)
        work.add_done_callback(lambda done: self._done(message, done))

    def _done(self, message: FrameMessage | None, done: "asyncio.Future[tuple[Pose, Scene | None] | None]") -> None:
        """Hand over what was found, back in the event loop, and go on with the picture that waits."""
        if self._closed or done.cancelled():
            return
        error = done.exception()
        if isinstance(error, FormcheckError):
            self._fail(error)
            return
        found = done.result()
        self._busy = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._work(waiting)
        if message is None:
            return
        if found is None:
            self.bad += 1
        else:
            self.decoded += 1
            self._deliver(message.seq, *found)

    # -- in the threads of the pool -----------------------------------------------------------------------------------

    def _look(self, message: FrameMessage | None) -> tuple[Pose, Scene | None] | None:
        with self._lock:
            if self._closed:
                return None
            follower = self._opened()
            image = None if message is None else _image(message)
            if message is None or image is None:
                return None
            frame = Frame(message.t, image)
            pose = follower.pose(frame)
            return pose, self._scenes.look(frame, pose, follower.people)

    def _opened(self) -> Follower:
        if self._follower is None:
            self._estimator = self._pool.estimator()
            self._follower = Follower(self._estimator)
        return self._follower

    def _close(self) -> None:
        with self._lock:
            if self._estimator is not None:
                self._estimator.close()
            self._estimator = self._follower = None
        self._pool.release(self)


def decodable(message: FrameMessage) -> bool:
    """Whether a picture is a whole JPEG of the size that was announced, and not too large; without decoding it."""
    jpeg = message.jpeg
    size_px = jpeg_size(jpeg)
    if size_px is None or size_px != message.size_px or jpeg.count(_SCAN) > MOST_SCANS:
        return False
    fits = SMALLEST_PX <= min(size_px) <= SHORTER_PX and max(size_px) <= LONGER_PX
    return fits and jpeg.endswith(_JPEG_ENDS)


def jpeg_size(jpeg: bytes) -> tuple[int, int] | None:
    """Return width and height as a JPEG's header has them; None if it has none, or is of a rare kind."""
    at = len(_JPEG_BEGINS)
    if not jpeg.startswith(_JPEG_BEGINS):
        return None
    while at + 9 <= len(jpeg) and jpeg[at] == 0xFF:
        marker = jpeg[at + 1]
        if marker in _SIZES_FOLLOW:
            return int.from_bytes(jpeg[at + 7 : at + 9]), int.from_bytes(jpeg[at + 5 : at + 7])
        if marker not in _TABLES:
            return None
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return None


def _image(message: FrameMessage) -> NDArray[np.uint8] | None:
    """Decode a picture; None if that fails."""
    try:
        image = cv2.imdecode(np.frombuffer(message.jpeg, np.uint8), _AS_SENT)
    except cv2.error:
        return None
    if image is None or (image.shape[1], image.shape[0]) != message.size_px:
        return None
    return np.asarray(image, np.uint8)

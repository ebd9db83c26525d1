"""A camera that is watched while it runs: its newest picture, and what is wrong when there is none.

A thread reads the camera and leaves each picture in a `Mailbox`. Who takes them also sees from outside when that thread
waits for a camera that says nothing.
"""

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Protocol, Self

import cv2
import numpy as np

from formcheck.engine.events import CameraState
from formcheck.errors import FilmError
from formcheck.frame import Frame
from formcheck.video.camera import open_device, without_password
from formcheck.video.camera_watch import SILENT_S, CameraWatch, Image, watch_of_film
from formcheck.video.jpeg_pipe import JpegPipe
from formcheck.video.mailbox import Mailbox

if TYPE_CHECKING:
    from formcheck.video.reader import FilmReader

PAUSES_S: Final = (0.1, 2.0)
"""Before a camera is opened again: the first, doubled up to the longest while it gives nothing."""
HUNG_S: Final = 12.0
"""A read that has not come back for so long is left to itself; drivers that come back at all do so within 10 s."""
MOST_ABANDONED: Final = 3
FAILED_READS: Final = 3
CLOSE_S: Final = 2.0
CHECK_S: Final = 0.1
_MJPG: Final = cv2.VideoWriter.fourcc(*"MJPG")


class Capture(Protocol):
    """What is open of a camera.

    `may_reopen` is False where opening anew would do harm. `read` returns the next picture, None if none came yet, and
    raises `FilmError` if there will be none.
    """

    may_reopen: bool

    def read(self) -> Image | None:
        """Return the next picture."""

    def skip(self) -> None:
        """Let the next picture pass undecoded; raises as `read`."""

    def release(self) -> None:
        """Give the camera back."""


class Device:
    """A camera of this computer or a stream, through OpenCV; parameters as in `open_live`."""

    may_reopen = True

    def __init__(self, source: str, size: tuple[int, int], fps: float) -> None:
        self._name = without_password(source)
        self._capture = open_device(source)
        self._failed = 0
        if source.isdecimal():
            self._ask_for(size, fps)

    def read(self) -> Image | None:
        """Return the next picture; None for a single one that is damaged."""
        try:
            came, image = self._capture.read()
        except cv2.error:
            came, image = False, None
        if came and image is not None and image.size:
            self._failed = 0
            return np.ascontiguousarray(image, np.uint8)
        self._fail()
        return None

    def skip(self) -> None:
        """Let the next picture pass; a camera of this computer decodes only what is read."""
        if self._capture.grab():
            self._failed = 0
        else:
            self._fail()

    def release(self) -> None:
        """Give the camera back."""
        self._capture.release()

    def _fail(self) -> None:
        self._failed += 1
        if self._failed >= FAILED_READS:
            raise FilmError(f"The camera {self._name} gives no more pictures; check its cable or network.")

    def _ask_for(self, size: tuple[int, int], fps: float) -> None:
        """Ask for compressed pictures, which fit through any cable at full speed, and for no queue of them."""
        wanted = {
            cv2.CAP_PROP_FOURCC: _MJPG,
            cv2.CAP_PROP_FRAME_WIDTH: size[0],
            cv2.CAP_PROP_FRAME_HEIGHT: size[1],
            cv2.CAP_PROP_FPS: fps,
            cv2.CAP_PROP_BUFFERSIZE: 1,
        }
        for what, value in wanted.items():
            self._capture.set(what, value)


def open_live(source: str, size: tuple[int, int], fps: float) -> Capture:
    """Open a camera for reading.

    Parameters
    ----------
    source : str
        Number of a camera, address of a stream, or path of a named pipe with JPEG pictures.
    size : tuple of int
        Width and height in pixels to ask a camera of this computer for.
    fps : float
        Pictures per second to ask it for.

    Raises
    ------
    FilmError
        If it cannot be opened.
    """
    return JpegPipe(source) if Path(source).is_fifo() else Device(source, size, fps)


class LiveCamera:
    """The newest picture of a camera, or of a film that stands in for one, and whether it can be judged.

    A context manager; reading begins on construction. A camera that goes away is opened again and again until it is
    back. Pictures that came before it was back are never handed out.

    Parameters
    ----------
    source : str
        Number of a camera ("0" is the first), address of a stream (``rtsp://``, ``http://``), path of a named pipe into
        which JPEG pictures are written, or path of a film.
    clock : callable, optional
        Gives the time in seconds; must not run backwards.
    open_capture : callable, optional
        Opens the camera, as `open_live` does.
    size, fps : optional
        As in `open_live`.
    realtime : bool, default True
        Play a film at its own pace. Otherwise each of its pictures is given, as fast as they are asked for.
    silent_s : float, optional
        How long a camera may give no picture, or the same one, before that is a fault.
    pauses_s : tuple of float, optional
        First and longest pause before a camera that gave nothing is opened again, in seconds.
    every_s : float, default 0
        See the attribute.

    Attributes
    ----------
    every_s : float
        Pictures that come sooner than so many seconds after the last one pass undecoded; may be changed at any time.
    opened : int
        How often the camera was opened.
    grabbed : int
        Pictures that came from it.

    Raises
    ------
    FilmError
        From the constructor, if the camera cannot be opened or the film not be read; from `next`, if the film cannot be
        read further. A camera that is lost later is a state.

    Notes
    -----
    `close` waits at most 2 s. A thread whose camera never answers is left behind as a daemon: it ends when the camera
    answers or the program ends, and nothing it reads is used.
    """

    def __init__(
        self,
        source: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        open_capture: Callable[[str, tuple[int, int], float], Capture] = open_live,
        size: tuple[int, int] = (640, 480),
        fps: float = 30.0,
        realtime: bool = True,
        silent_s: float = SILENT_S,
        pauses_s: tuple[float, float] = PAUSES_S,
        every_s: float = 0.0,
    ) -> None:
        self.every_s = every_s
        self._pauses_s = pauses_s
        self._clock = clock
        self._open: Callable[[], Capture] = lambda: open_capture(source, size, fps)
        self._lock = threading.Lock()
        self._mailbox: Mailbox[Frame] = Mailbox()
        self._film = None if _is_camera(source) else _film(source)
        self._watch = CameraWatch(silent_s=silent_s) if self._film is None else watch_of_film()
        self._error: BaseException | None = None
        self._film_ended = False
        self._last_t = -1.0
        self._abandoned = 0
        self._may_reopen = False
        self.opened = self.grabbed = 0
        capture = self._opened() if self._film is None else None
        self._begun = self._asked_at = clock()
        self._stop = threading.Event()
        self._thread = self._started(capture) if self._film is None or realtime else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def next(self, timeout_s: float) -> Frame | None:
        """Return the newest picture that was not given yet.

        Parameters
        ----------
        timeout_s : float
            How long to wait for one, in seconds.

        Returns
        -------
        Frame or None
            Its time is in seconds since construction, for a film the film's own; always later than the one before.
            None if no picture came in time, the film has ended, or the state changed meanwhile.
        """
        if self._film is not None and self._thread is None:
            return self._pulled(self._film)
        before = self.state
        left_s = timeout_s
        while self.state == before:
            frame = self._mailbox.take(min(left_s, CHECK_S))
            left_s -= CHECK_S
            if self._error is not None:
                raise self._error
            if frame is not None or left_s <= 0.0 or self.finished:
                return frame
        return None

    def changes(self) -> list[tuple[float, CameraState]]:
        """Return the changes of state since the last call, oldest first, each with its time in seconds."""
        self._check()
        with self._lock:
            return self._watch.changes()

    def close(self) -> None:
        """End reading and give the camera back."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(CLOSE_S)
        elif self._film is not None:
            self._film.close()

    @property
    def state(self) -> CameraState:
        """What the camera gives at this moment."""
        self._check()
        return self._watch.state

    @property
    def dropped(self) -> int:
        """Pictures that nobody took before a newer one came."""
        return self._mailbox.dropped

    @property
    def finished(self) -> bool:
        """Whether a film has ended and its last picture was given; a camera never ends."""
        return self._film_ended and not self._mailbox.holds()

    def _now(self) -> float:
        return self._clock() - self._begun

    def _check(self) -> None:
        """Look from outside whether the thread still hears from the camera."""
        with self._lock:
            self._watch.check(self._now())
            self._empty_unless_live()
            hung = self._film is None and self._may_reopen and self._clock() - self._asked_at >= HUNG_S
            if hung and self._abandoned < MOST_ABANDONED and not self._stop.is_set():
                self._abandon()

    def _abandon(self) -> None:
        """Leave a thread that waits for ever, and try with a new one."""
        self._abandoned += 1
        self._stop.set()
        self._stop = threading.Event()
        self._asked_at = self._clock()
        self._thread = self._started(None)

    def _empty_unless_live(self) -> None:
        if self._watch.state != "live":
            self._mailbox.empty()

    def _started(self, capture: Capture | None) -> threading.Thread:
        stop, film = self._stop, self._film
        work = (lambda: self._read(capture, stop)) if film is None else (lambda: self._play(film, stop))
        thread = threading.Thread(target=self._guarded, args=(work,), name="formcheck-camera", daemon=True)
        thread.start()
        return thread

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again in the thread of who takes the pictures
            self._error = error

    def _read(self, capture: Capture | None, stop: threading.Event) -> None:
        """Read a camera until `stop`; open it anew, after a pause, whenever it gives nothing more."""
        pause_s, longest_s = self._pauses_s
        while not stop.is_set():
            before = self._last_t
            try:
                capture = capture or self._opened()
                self._read_on(capture, stop)
            except FilmError:
                self._fail(stop)
            if capture is not None:
                capture.release()
                capture = None
            if self._last_t > before:
                pause_s = self._pauses_s[0]
            stop.wait(pause_s)
            pause_s = min(2.0 * pause_s, longest_s)

    def _opened(self) -> Capture:
        self._asked_at = self._clock()
        capture = self._open()
        self.opened += 1
        self._may_reopen = capture.may_reopen
        return capture

    def _read_on(self, capture: Capture, stop: threading.Event) -> None:
        """Read until `stop`, or until the driver is stuck at one picture."""
        read_at = -math.inf
        while not stop.is_set():
            self._asked_at = self._clock()
            if self._asked_at < read_at + self.every_s:
                capture.skip()
                continue
            image = capture.read()
            read_at = self._asked_at
            if image is not None and not self._goes_on(image, stop) and capture.may_reopen:
                return

    def _goes_on(self, image: Image, stop: threading.Event) -> bool:
        """Take a picture; return whether the camera is more than the repetition of one picture."""
        with self._lock:
            if not stop.is_set():
                self._take(Frame(self._now(), image))
            return not (self._watch.frozen and self._watch.state == "repeating")

    def _fail(self, stop: threading.Event) -> None:
        with self._lock:
            if not stop.is_set():
                self._watch.failed(self._now())
                self._mailbox.empty()

    def _play(self, film: "FilmReader", stop: threading.Event) -> None:
        self._begun = self._clock()
        with film:
            for frame in paced(film, self._now, stop.wait):
                if stop.is_set():
                    return
                with self._lock:
                    if frame.t >= self._last_t + self.every_s:
                        self._take(frame)
        self._film_ended = True

    def _pulled(self, film: "FilmReader") -> Frame | None:
        """Return the next picture of a film that waits for whoever asks."""
        frame = next((frame for frame in film if frame.t >= self._last_t + self.every_s), None)
        self._film_ended = frame is None
        with self._lock:
            if frame is not None:
                self._take(frame)
        return self._mailbox.take(0.0)

    def _take(self, frame: Frame) -> None:
        """Leave a picture in the mailbox if it may be judged; the caller holds the lock."""
        self.grabbed += 1
        if self._watch.picture(frame.t, frame.image) and frame.t > self._last_t:
            self._last_t = frame.t
            self._mailbox.put(frame)
        self._empty_unless_live()


def paced(frames: Iterable[Frame], now: Callable[[], float], wait: Callable[[float], object]) -> Iterator[Frame]:
    """Give each picture when its time has come; `now` and `wait` in seconds."""
    for frame in frames:
        ahead_s = frame.t - now()
        if ahead_s > 0.0:
            wait(ahead_s)
        yield frame


def _film(source: str) -> "FilmReader":
    from formcheck.video.reader import FilmReader  # noqa: PLC0415 - a camera does without what reads films

    return FilmReader(source)


def _is_camera(source: str) -> bool:
    path = Path(source)
    return source.isdecimal() or "://" in source or path.is_fifo() or path.is_char_device()

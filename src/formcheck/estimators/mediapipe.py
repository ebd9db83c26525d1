"""MediaPipe's Pose Landmarker as a pose estimator. The only file that imports mediapipe.

The library behind it is easily broken. An empty or a gray picture breaks a landmarker for good, reading a mask whose
width is no multiple of four aborts the process, and collecting a landmarker that was never closed, or could not be,
waits forever for a thread that has gone. So every picture is checked and widened before the call, time is counted here,
one lock is held over both, and whatever fails is replaced.

The library itself is imported on first use: it takes longer to load than all the rest of formcheck.
"""

import ctypes
import functools
import logging
import math
import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from formcheck.body.pose import Pose
from formcheck.body.silhouette import lower_covered, torso_profile
from formcheck.body.view import near_side
from formcheck.errors import EstimatorError, ModelError
from formcheck.frame import Frame

MOST_PEOPLE: Final = 4
"""`MediaPipeEstimator.look` finds no more."""

logger = logging.getLogger(__name__)

BODY_PX: Final = 150
"""The model sees a body in 256 x 256 pixels: pictures in which it is much taller are made smaller beforehand, by whole
steps, see docs/decisions/0021-smaller-pictures-for-the-model.md."""
WIDTH_STEP_PX: Final = 4
"""mediapipe 0.10.31 aborts the process on reading a mask unless its rows of float32 end at a multiple of 16 bytes."""

_FAILURES: Final = (RuntimeError, ValueError, OSError)  # what mediapipe makes of the status codes of its C++ side

_stderr_lock = threading.Lock()

_T = TypeVar("_T")


class MediaPipeEstimator:
    """Finds people in each picture, and follows them from picture to picture.

    May be used from several threads, one at a time; use one estimator for each camera or film.

    Parameters
    ----------
    model_path : Path
        A Pose Landmarker bundle, see `formcheck.estimators.models.model_path`.
    masks : bool
        Whether to measure the outline of the trunk in the person mask, which takes a few milliseconds a picture.
    people : int
        How many people to follow at most. While fewer are in view, others are looked for in every picture, which takes
        more than twice as long.

    Raises
    ------
    ModelError
        If the bundle is missing or is not one.
    """

    def __init__(self, model_path: Path, *, masks: bool = True, people: int = 1) -> None:
        self._create_follower = functools.partial(_create, model_path, video=True, masks=masks)
        self._follower = _Landmarker(functools.partial(self._create_follower, people=people))
        self._counter = _Landmarker(
            functools.partial(_create, model_path, video=False, people=MOST_PEOPLE, masks=False)
        )
        self._clock = _Clock()
        self._shrink: int | None = None  # decided by the first body of a film
        self._lock = threading.Lock()
        self._close = weakref.finalize(self, _close_all, self._follower, self._counter)
        self._follower.open()

    def estimate(self, frame: Frame) -> Pose:
        """Return the first of the poses that `estimate_all` finds, all-NaN when there is none; errors as there."""
        poses = self.estimate_all(frame)
        height, width = frame.image.shape[:2]
        return poses[0] if poses else Pose.nobody(frame.t, (width, height))

    def estimate_all(self, frame: Frame) -> tuple[Pose, ...]:
        """Return the poses of all people found at ``frame.t``, in no particular order.

        Time that runs backwards starts a new film: people are looked for afresh.

        Raises
        ------
        ValueError
            If the frame is not what `Frame` promises.
        EstimatorError
            If the estimator is closed, or broke down and could not be restarted.
        """
        _check(frame)
        with self._lock:
            self._require_open()
            if self._clock.runs_backwards(frame.t):
                self._follower.close()
                self._clock, self._shrink = _Clock(), None
            picture = _smaller(frame.image, self._shrink or 1)
            image = _to_mediapipe(picture)
            time_ms = self._clock.next_ms(frame.t)
            result = self._follower.use(lambda landmarker: landmarker.detect_for_video(image, time_ms))
            poses = _to_poses(result, frame, picture.shape[:2], image.width)
            if self._shrink is None and poses:
                self._shrink = min(_shrink_for(pose) for pose in poses)
                if self._shrink > 1:
                    self._follower.close()  # it follows outlines from picture to picture, so their size may not change
        return poses

    def follow(self, people: int) -> None:
        """Look for people afresh in the next picture, and follow so many of them at most.

        Raises
        ------
        EstimatorError
            If the estimator is closed.
        """
        with self._lock:
            self._require_open()
            self._follower.replace(functools.partial(self._create_follower, people=people))
            self._shrink = None

    def look(self, frame: Frame) -> tuple[Pose, ...]:
        """Return the poses of up to `MOST_PEOPLE` people in one picture, whatever came before it; without outlines.

        That takes longer than `estimate`: call it about once a second. People who are small in the picture may be
        missed.

        Raises
        ------
        ValueError
            If the frame is not what `Frame` promises.
        EstimatorError
            If the estimator is closed, or broke down and could not be restarted.
        """
        _check(frame)
        image = _to_mediapipe(frame.image)
        with self._lock:
            self._require_open()
            result = self._counter.use(lambda landmarker: landmarker.detect(image))
        return _to_poses(result, frame, frame.image.shape[:2], image.width)

    def count_people(self, frame: Frame) -> int:
        """Return how many people `look` finds in the picture."""
        return len(self.look(frame))

    def close(self) -> None:
        """Release the model; may be called twice."""
        with self._lock:
            self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _require_open(self) -> None:
        if not self._close.alive:
            raise EstimatorError("This pose estimator has been closed; create a new one.")


class _Clock:
    """Film time as the strictly increasing whole milliseconds that the landmarker insists on."""

    def __init__(self) -> None:
        self._latest_s = -math.inf
        self._latest_ms: int | None = None

    def runs_backwards(self, t: float) -> bool:
        return t < self._latest_s

    def next_ms(self, t: float) -> int:
        time_ms = round(t * 1000)
        if self._latest_ms is not None:
            time_ms = max(self._latest_ms + 1, time_ms)
        self._latest_s, self._latest_ms = t, time_ms
        return time_ms


class _Landmarker:
    """One of MediaPipe's landmarkers: created when needed, replaced when it fails."""

    def __init__(self, create: Callable[[], Any]) -> None:
        self._create = create
        self._landmarker: Any = None

    def open(self) -> Any:
        if self._landmarker is None:
            self._landmarker = self._create()
        return self._landmarker

    def use(self, call: Callable[[Any], _T]) -> _T:
        """Return what `call` makes of the landmarker, or else of a fresh one."""
        try:
            return call(self.open())
        except _FAILURES as error:
            logger.warning("The pose estimator failed and is started afresh: %s.", _first_line(error))
            self.close()
        try:
            return call(self.open())
        except _FAILURES as error:
            self.close()
            raise EstimatorError(
                f"The pose estimator broke down twice on one picture: {_first_line(error)}."
            ) from error

    def replace(self, create: Callable[[], Any]) -> None:
        """Close the landmarker; the next one will be created so."""
        self.close()
        self._create = create

    def close(self) -> None:
        landmarker, self._landmarker = self._landmarker, None
        if landmarker is None:
            return
        try:
            landmarker.close()
        except _FAILURES:
            _keep_forever(landmarker)


def _close_all(*landmarkers: _Landmarker) -> None:
    for landmarker in landmarkers:
        landmarker.close()


def _keep_forever(landmarker: Any) -> None:
    """Never let a landmarker be collected that could not be closed, not even when the process ends.

    Its finalizer would try again: in vain while the process ends, and otherwise without end.
    """
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(landmarker))


def _create(model_path: Path, *, video: bool, people: int, masks: bool) -> Any:
    import mediapipe as mp  # noqa: PLC0415

    if not model_path.is_file():
        raise ModelError(f"There is no pose model at {model_path}; run `formcheck models pull` to fetch it.")
    mode = mp.tasks.vision.RunningMode.VIDEO if video else mp.tasks.vision.RunningMode.IMAGE
    options = mp.tasks.vision.PoseLandmarkerOptions(
        base_options=mp.tasks.BaseOptions(model_asset_path=str(model_path)),
        running_mode=mode,
        num_poses=people,
        output_segmentation_masks=masks,
    )
    try:
        with _silent_stderr():
            _provoke_warnings(model_path)
            return mp.tasks.vision.PoseLandmarker.create_from_options(options)
    except _FAILURES as error:
        raise ModelError(
            f"The pose model {model_path} cannot be loaded ({_first_line(error)}); "
            "delete it and run `formcheck models pull` again."
        ) from error


@functools.cache
def _provoke_warnings(model_path: Path) -> None:
    """Have MediaPipe print now what it prints once per process when it first places landmarks.

    With all confidences at zero it places them even in a black picture.
    """
    import mediapipe as mp  # noqa: PLC0415

    options = mp.tasks.vision.PoseLandmarkerOptions(
        base_options=mp.tasks.BaseOptions(model_asset_path=str(model_path)),
        min_pose_detection_confidence=0.0,
        min_pose_presence_confidence=0.0,
    )
    black = mp.Image(image_format=mp.ImageFormat.SRGB, data=np.zeros((64, 64, 3), np.uint8))
    with mp.tasks.vision.PoseLandmarker.create_from_options(options) as landmarker:
        landmarker.detect(black)


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Keep quiet what C++ prints, which no option or variable does: whatever goes to file descriptor 2 is dropped.

    That holds for the whole process, so the lock also keeps two threads from restoring each other's redirection.
    """
    with _stderr_lock:
        saved = _duplicate_stderr()
        if saved is None:
            yield
            return
        try:
            with Path(os.devnull).open("wb") as nowhere:
                os.dup2(nowhere.fileno(), 2)
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)


def _duplicate_stderr() -> int | None:
    try:
        return os.dup(2)
    except OSError:  # the process was started without one
        return None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".: ") or type(error).__name__


def _to_mediapipe(bgr: NDArray[np.uint8]) -> Any:
    """Return the picture as RGB, widened to a multiple of `WIDTH_STEP_PX` by repeating its last column."""
    import cv2  # noqa: PLC0415
    import mediapipe as mp  # noqa: PLC0415

    rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
    if missing_px := -rgb.shape[1] % WIDTH_STEP_PX:
        rgb = cv2.copyMakeBorder(rgb, 0, 0, 0, missing_px, cv2.BORDER_REPLICATE)
    return mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb)


def _check(frame: Frame) -> None:
    """Refuse whatever MediaPipe would misread in silence or break down on."""
    image = frame.image
    if not math.isfinite(frame.t):
        raise ValueError(f"a frame needs a finite time, got {frame.t}")
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise ValueError(f"a frame needs a non-empty uint8 image (H, W, 3), got {image.dtype} {image.shape}")
    if not image.flags.c_contiguous:
        raise ValueError("a frame needs a C-contiguous image; make one with numpy.ascontiguousarray")


def _smaller(image: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    if times == 1:
        return image
    import cv2  # noqa: PLC0415

    size = (image.shape[1] // times, image.shape[0] // times)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _shrink_for(pose: Pose) -> int:
    """By how many times the picture may shrink before the body in it becomes smaller than the model sees it."""
    body_px = float(np.ptp(pose.xy_px, axis=0).max())
    return max(1, int(body_px // BODY_PX))


def _to_poses(result: Any, frame: Frame, seen_size: tuple[int, ...], widened_px: int) -> tuple[Pose, ...]:
    """Turn a result for a picture of `seen_size` (height, width), widened to `widened_px`, into poses in the frame."""
    people = range(len(result.pose_landmarks))
    return tuple(_to_pose(result, person, frame, seen_size, widened_px) for person in people)


def _to_pose(result: Any, person: int, frame: Frame, seen_size: tuple[int, ...], widened_px: int) -> Pose:
    height, width = frame.image.shape[:2]
    seen_height, seen_width = seen_size
    landmarks = result.pose_landmarks[person]
    seen_px = np.array([(point.x * widened_px, point.y * seen_height) for point in landmarks])
    xy_px = seen_px * (width / seen_width, height / seen_height)
    world_m = np.array([(point.x, point.y, point.z) for point in result.pose_world_landmarks[person]])
    visibility = np.array([point.visibility for point in landmarks])
    mask = _person_mask(result.segmentation_masks, person, seen_width)
    if mask is None:
        return Pose(frame.t, xy_px, world_m, visibility, (width, height))
    side = near_side(world_m)
    visibility = lower_covered(visibility, mask, seen_px, side)
    return Pose(frame.t, xy_px, world_m, visibility, (width, height), torso_profile(mask, seen_px, side))


def _person_mask(masks: list[Any] | None, person: int, width_px: int) -> NDArray[np.float32] | None:
    """Return the mask (H, W), where there is one: the result's own memory, so read it while the result is held."""
    if not masks:
        return None
    mask: NDArray[np.float32] = masks[person].numpy_view()
    mask = mask[..., 0] if mask.ndim == 3 else mask
    return np.ascontiguousarray(mask[:, :width_px])

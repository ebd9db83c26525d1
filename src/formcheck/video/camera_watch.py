"""Whether a camera gives pictures that can be judged; no thread, no clock, no device.

The thresholds, and what they were measured on, stand in docs/decisions/0039-what-a-camera-does-wrong.md.
"""

import math
import zlib
from collections import deque
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.engine.events import CameraState

SILENT_S: Final = 1.5
"""Without a new picture for so long, a camera is stalled; with identical ones only, repeating."""
LOOK_S: Final = 1.0
"""Pictures are dark or covered for so long before a camera is: it needs a moment to adapt to the light."""
SETTLE_S: Final = 0.3
SETTLE_PICTURES: Final = 3
"""Sound pictures come for so long, and so many different ones, before a camera counts as back."""
DARK_BELOW: Final = 6.0
"""Mean brightness (0 to 255) of a picture on which nobody can be found."""
COVERED_BELOW: Final = 0.05
"""Local contrast, relative to the mean brightness, of a picture that shows nothing but a smooth surface."""
COVER_LEAVES: Final = 0.5
"""A cover leaves less than so much of the light that there was; a bare wall that somebody walked away from, more."""
LIGHT_S: Final = 10.0
"""How far back the light is looked for: longer than a cover takes to slide in."""
CHANGES_KEPT: Final = 64

_WIDTH: Final = 40  # averaging over 16 x 16 pixels of a camera takes out the noise that a dark picture consists of
_SMOOTH_PX: Final = 2.5
_HASHED_EVERY: Final = 4  # rows: noise is everywhere

Look = Literal["live", "dark", "covered"]
Image = NDArray[np.uint8]


def look_of(image: Image) -> Look:
    """Return whether a picture shows something, only darkness, or only a smooth surface such as a finger.

    Parameters
    ----------
    image : ndarray of shape (H, W, 3), uint8
        BGR; neither side may be 0.
    """
    size = _WIDTH, max(1, round(_WIDTH * image.shape[0] / image.shape[1]))
    gray = cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY).astype(np.float32)
    brightness = float(gray.mean())
    if brightness < DARK_BELOW:
        return "dark"
    structure = float((gray - cv2.GaussianBlur(gray, (0, 0), _SMOOTH_PX)).std())
    return "covered" if structure < COVERED_BELOW * brightness else "live"


class CameraWatch:
    """Follows the state of one camera from its pictures, its failures and the time that passes.

    A camera is taken to be live until the first fault is seen. Times are seconds, and never run backwards.

    Parameters
    ----------
    silent_s : float, default 1.5
        How long without a new picture is a fault; infinite for a film, whose pictures may be far apart or alike.
    look_s : float, default 1.0
        How long pictures must be dark or covered to be a fault.

    Attributes
    ----------
    state : str
        One of `CameraState`.
    frozen : bool
        The last pictures were identical for too long, whatever they look like.
    """

    def __init__(self, *, silent_s: float = SILENT_S, look_s: float = LOOK_S) -> None:
        self.state: CameraState = "live"
        self.frozen = False
        self._silent_s = silent_s
        self._look_s = look_s
        self._changes: deque[tuple[float, CameraState]] = deque(maxlen=CHANGES_KEPT)
        self._came_t = self._differed_t = self._look_t = self._sound_t = 0.0
        self._look: Look = "live"
        self._lights: deque[tuple[float, float]] = deque()  # of the latest pictures that showed something
        self._sound_pictures = 0
        self._hash: int | None = None
        self._gives_pictures = False

    def picture(self, t: float, image: Image) -> bool:
        """Take a picture that came at `t`; return whether it may be judged.

        The picture that brings a camera back may not: it can have been taken before. Nor may one that is equal to the
        one before it, except in a film.
        """
        self.check(t)
        was_live = self.state == "live"
        differs = self._note(t, image)
        fault = self._fault(t)
        if fault is not None:
            self._become(t, fault)
        elif not was_live:
            self._settle(t, differs)
        return was_live and fault is None and (differs or self._silent_s == math.inf)

    def failed(self, t: float) -> None:
        """The camera gives no more pictures, or cannot be opened."""
        self._gives_pictures = False
        self._become(t, "lost")

    def check(self, t: float) -> None:
        """See whether no picture has come for too long at `t`."""
        if t - self._came_t >= self._silent_s:
            self._become(t, "stalled" if self._gives_pictures and self.state != "lost" else "lost")

    def changes(self) -> list[tuple[float, CameraState]]:
        """Return the changes since the last call, oldest first; the newest 64 if there were more."""
        changes = list(self._changes)
        self._changes.clear()
        return changes

    def _note(self, t: float, image: Image) -> bool:
        """Remember what came and how it looks; return whether it differs from the picture before."""
        self._came_t, self._gives_pictures = t, True
        look = self._look_of(t, image)
        if look != self._look:
            self._look, self._look_t = look, t
        known, self._hash = self._hash, zlib.crc32(image[::_HASHED_EVERY].tobytes())
        differs = self._hash != known
        if differs:
            self._differed_t = t
        self.frozen = t - self._differed_t >= self._silent_s
        return differs

    def _look_of(self, t: float, image: Image) -> Look:
        """Return how a picture looks: a smooth one as bright as those before it shows a wall, and nobody before it."""
        look, light = look_of(image), float(image[::_HASHED_EVERY, ::_HASHED_EVERY].mean())
        if look == "live":
            self._lights.append((t, light))
            while t - self._lights[0][0] > LIGHT_S:
                self._lights.popleft()
        elif look == "covered" and self._lights and light >= COVER_LEAVES * max(lit for _, lit in self._lights):
            return "live"
        return look

    def _fault(self, t: float) -> CameraState | None:
        if self._look != "live":
            # A covered lens gives pictures that may be equal to the last bit; the cover is what to put right.
            return self._look if t - self._look_t >= self._look_s or self.state == self._look else None
        return "repeating" if self.frozen else None

    def _settle(self, t: float, differs: bool) -> None:
        """Count sound pictures, and come back when there are enough."""
        if self._look != "live":
            self._sound_pictures = 0
            return
        if differs:
            self._sound_t = t if self._sound_pictures == 0 else self._sound_t
            self._sound_pictures += 1
        if self._sound_pictures >= SETTLE_PICTURES and t - self._sound_t >= SETTLE_S:
            self._become(t, "live")

    def _become(self, t: float, state: CameraState) -> None:
        self._sound_pictures = 0
        if state != self.state:
            self.state = state
            self._changes.append((t, state))


def watch_of_film() -> CameraWatch:
    """Return a watch that minds what a film shows, not when its pictures come."""
    return CameraWatch(silent_s=math.inf)

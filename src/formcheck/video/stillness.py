"""Whether a picture still shows what an earlier one showed: what was found in that one need not be looked for again."""

from typing import Final, Generic, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.frame import Frame

T = TypeVar("T")

_SIZE: Final = (32, 24)
"""Averages over blocks of pixels: noise of the camera disappears, a nod does not."""
SAME_WITHIN: Final = 4.0
"""By how much (of 255) no block may differ, after an even change of the light is taken out."""


class Stillness(Generic[T]):
    """Remembers what was found in one picture for as long as others look the same.

    Slow changes add up: it is always the picture in which something was looked for that others are compared with.
    """

    def __init__(self) -> None:
        self._blocks: NDArray[np.float32] | None = None
        self._found: T | None = None

    def known(self, frame: Frame) -> T | None:
        """Return what was found in the picture that looked like this one; None if this one looks different."""
        if self._blocks is None:
            return None
        difference = _blocks(frame) - self._blocks
        difference -= np.median(difference)
        return self._found if float(np.abs(difference).max()) <= SAME_WITHIN else None

    def learn(self, frame: Frame, found: T) -> None:
        """Remember what was found in a picture."""
        self._blocks, self._found = _blocks(frame), found

    def forget(self) -> None:
        """Know nothing any more."""
        self._blocks = self._found = None


def _blocks(frame: Frame) -> NDArray[np.float32]:
    small = cv2.resize(frame.image, _SIZE, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.float32)

"""One picture of a film or camera, with its time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture.

    Attributes
    ----------
    t : float
        Presentation time in seconds, strictly increasing within a film.
    image : ndarray of shape (H, W, 3), uint8
        BGR, upright (rotation already applied), C-contiguous.
    """

    t: float
    image: NDArray[np.uint8]

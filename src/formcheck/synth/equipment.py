"""Things that people train with."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.synth.mesh import Colour, Mesh, join, rod

_STEEL: Final[Colour] = (0.47, 0.45, 0.45)
_IRON: Final[Colour] = (0.36, 0.34, 0.33)
_BAR_RADIUS_M: Final = 0.014
_BAR_HALF_M: Final = 0.55
_PLATE_M: Final = (0.46, 0.50)


def barbell(middle_m: NDArray[np.float64], plate_radius_m: float) -> Mesh:
    """Return a bar with one plate at either end, lying along x.

    Parameters
    ----------
    middle_m : ndarray of shape (3,)
        Middle of the bar.
    plate_radius_m : float
        Radius of the plates.
    """
    along = np.array([1.0, 0.0, 0.0])
    parts = [rod(middle_m - _BAR_HALF_M * along, middle_m + _BAR_HALF_M * along, _BAR_RADIUS_M, _STEEL, sides=10)]
    for side in (-1.0, 1.0):
        inner, outer = (middle_m + side * distance * along for distance in _PLATE_M)
        parts.append(rod(inner, outer, plate_radius_m, _IRON, sides=32))
    return join(parts)

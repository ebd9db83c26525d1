"""Drop points that jump further than a body can move; accept them when they stay."""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Despike:
    """Replace wild points by NaN.

    A point is wild when it moved faster than `max_speed` since it was last accepted. One that stays away for `patience_s` was
    not wild but moved, and is accepted again.

    Parameters
    ----------
    max_speed : float
        In units of `scale` per second. A wrist in fast exercise stays below 5 trunk lengths per second.
    patience_s : float
        How long a point may be refused.
    """

    def __init__(self, max_speed: float = 7.5, patience_s: float = 0.1) -> None:
        self._max_speed = max_speed
        self._patience_s = patience_s
        self._accepted: Array | None = None
        self._accepted_at: Array | None = None

    def update(self, t: float, points: Array, scale: float = 1.0) -> Array:
        """Return `points` (N, 2) with wild rows set to NaN; `t` in seconds, increasing; `scale` is a body length."""
        if self._accepted is None or self._accepted_at is None:
            self._accepted = points.copy()
            self._accepted_at = np.where(np.isfinite(points[:, 0]), t, -math.inf)
            return points
        moved = points - self._accepted
        distance_sq = moved[:, 0] ** 2 + moved[:, 1] ** 2
        age = t - self._accepted_at
        reach = (self._max_speed * scale) * age
        wild = (distance_sq > reach * reach) & (age <= self._patience_s + 1e-9)
        good = ~wild & np.isfinite(distance_sq + points[:, 0])
        late = age > self._patience_s
        if late.any():
            good |= late & np.isfinite(points[:, 0])
        if good.all():
            self._accepted = points.copy()
            self._accepted_at.fill(t)
            return points
        self._accepted[good] = points[good]
        self._accepted_at[good] = t
        cleaned = points.copy()
        cleaned[wild] = np.nan
        return cleaned

"""Drop points that jump further than a body can move; accept them when they stay."""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Despike:
    """Replace wild points by NaN.

    A point is wild when it moved faster than `max_speed` since it was last accepted. One that stays away for
    `patience_s` was not wild but moved, and is accepted again.

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
        self._accepted: Array = np.empty(0)
        self._accepted_at: Array = np.empty(0)
        self._all_at = -math.inf  # when all points were accepted together for the last time

    def update(self, t: float, points: Array, scale: float = 1.0) -> Array:
        """Return `points` (N, 2) with wild rows set to NaN; `t` in seconds, increasing; `scale` is a body length."""
        if not self._accepted.size:
            self._accepted = points.copy()
            self._accepted_at = np.where(np.isfinite(points[:, 0]), t, -math.inf)
            return points
        moved = points - self._accepted
        reach = self._max_speed * scale * (t - self._all_at)
        if float(np.abs(moved).max()) < 0.7 * reach < math.inf:  # the common case: nobody jumped (a NaN fails this)
            self._accepted, self._all_at = points, t
            self._accepted_at.fill(t)
            return points
        return self._sort_out(t, points, moved, scale)

    def _sort_out(self, t: float, points: Array, moved: Array, scale: float) -> Array:
        age = t - self._accepted_at
        here = np.isfinite(points[:, 0])
        late = age > self._patience_s + 1e-9
        near = np.hypot(moved[:, 0], moved[:, 1]) <= self._max_speed * scale * age
        good = here & (late | near)
        self._all_at = t if good.all() else -math.inf
        self._accepted = np.where(good[:, None], points, self._accepted)
        self._accepted_at[good] = t
        cleaned: Array = np.where(good[:, None], points, np.nan)
        return cleaned

"""From a signal over a span of time to one number.

Every reducer takes times `t` (n,) in seconds, increasing, and values `x` (n,), ignores NaN, and returns a float: NaN
when nothing
is left. Extrema are sustained: the highest (lowest) level that is kept for a while, so that one wild sample decides
nothing.
"""

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Reducer = Callable[[Array, Array, float], float]

SUSTAIN_S: Final = 0.15


def sustained_max(t: Array, x: Array, sustain_s: float = SUSTAIN_S) -> float:
    """Highest level that the signal keeps for `sustain_s`; over a shorter span, the lowest value in it."""
    seen = np.isfinite(x)
    t, x = t[seen], x[seen]
    if not len(x):
        return math.nan
    ends = np.searchsorted(t, t + sustain_s - 1e-9)
    starts = np.flatnonzero(ends < len(t))
    if not len(starts):
        return float(x.min())
    return max(float(x[i : ends[i] + 1].min()) for i in starts)


def sustained_min(t: Array, x: Array, sustain_s: float = SUSTAIN_S) -> float:
    """Lowest level that the signal keeps for `sustain_s`; over a shorter span, the highest value in it."""
    return -sustained_max(t, -x, sustain_s)


def extreme(t: Array, x: Array, sustain_s: float = SUSTAIN_S) -> float:
    """The sustained value furthest from zero, with its sign."""
    high, low = sustained_max(t, x, sustain_s), sustained_min(t, x, sustain_s)
    return low if -low > high else high


def median(t: Array, x: Array, sustain_s: float = SUSTAIN_S) -> float:
    """Middle value."""
    x = x[np.isfinite(x)]
    return float(np.median(x)) if len(x) else math.nan


def value_range(t: Array, x: Array, sustain_s: float = SUSTAIN_S) -> float:
    """Sustained maximum minus sustained minimum."""
    kept = sustained_max(t, x, sustain_s) - sustained_min(t, x, sustain_s)
    return 0.0 if kept < 0 else kept  # over a span too short to sustain anything the two may cross


def standard_deviation(t: Array, x: Array, sustain_s: float = SUSTAIN_S) -> float:
    """Spread around the straight line through the signal, so that a slow drift is not called a wobble."""
    seen = np.isfinite(x)
    t, x = t[seen], x[seen]
    if len(x) < 3:
        return math.nan
    centred = t - t.mean()
    slope = float(centred @ x) / float(centred @ centred)
    return float(np.std(x - slope * centred))


def duration(t: Array, x: Array, sustain_s: float = SUSTAIN_S) -> float:
    """Length of the span in seconds, whatever the signal does."""
    return float(t[-1] - t[0]) if len(t) > 1 else math.nan


REDUCERS: Final[dict[str, Reducer]] = {
    "max": sustained_max,
    "min": sustained_min,
    "extreme": extreme,
    "median": median,
    "range": value_range,
    "sd": standard_deviation,
    "duration": duration,
}
"""Reducers by the name that exercise files use."""

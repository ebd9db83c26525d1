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
SPEED_S: Final = 0.2
SWING: Final = 0.4
MIN_TURNS: Final = 3


def sustained_max(t: Array, x: Array, sustain_s: float = SUSTAIN_S) -> float:
    """Highest level that the signal keeps for `sustain_s`; over a shorter span, the lowest value in it."""
    seen = np.isfinite(x)
    t, x = t[seen], x[seen]
    if not len(x):
        return math.nan
    ends = t.searchsorted(t + sustain_s - 1e-9)
    ends = ends[ends < len(t)]
    if not len(ends):
        return float(x.min())
    spans = np.empty(2 * len(ends), np.intp)  # from and to of each, one after the other
    spans[0::2], spans[1::2] = np.arange(len(ends)), ends + 1
    return float(np.minimum.reduceat(np.concatenate((x, [math.inf])), spans)[::2].max())


def sustained_min(t: Array, x: Array, sustain_s: float = SUSTAIN_S) -> float:
    """Lowest level that the signal keeps for `sustain_s`; over a shorter span, the highest value in it."""
    return -sustained_max(t, -x, sustain_s)


def extreme(t: Array, x: Array, sustain_s: float = SUSTAIN_S) -> float:
    """The sustained value furthest from zero, with its sign."""
    high, low = sustained_max(t, x, sustain_s), sustained_min(t, x, sustain_s)
    return low if -low > high else high


def median(t: Array, x: Array, sustain_s: float = SUSTAIN_S) -> float:
    """Middle value."""
    x = np.sort(x[np.isfinite(x)])  # for as few as a span has, NumPy's median takes five times as long
    return float(x[(len(x) - 1) // 2] + x[len(x) // 2]) / 2.0 if len(x) else math.nan


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


def mean(t: Array, x: Array, sustain_s: float = SUSTAIN_S) -> float:
    """Arithmetic mean."""
    x = x[np.isfinite(x)]
    return float(np.mean(x)) if len(x) else math.nan


def fastest(t: Array, x: Array, sustain_s: float = SUSTAIN_S) -> float:
    """Greatest speed in units per second, whichever way, that is kept for `SPEED_S`; NaN over a shorter span."""
    seen = np.isfinite(x)
    t, x = t[seen], x[seen]
    ends = np.searchsorted(t, t + SPEED_S - 1e-9)
    starts = np.flatnonzero(ends < len(t))
    if not len(starts):
        return math.nan
    later = ends[starts]
    return float(np.max(np.abs(x[later] - x[starts]) / (t[later] - t[starts])))


def per_minute(t: Array, x: Array, sustain_s: float = SUSTAIN_S) -> float:
    """How often a minute a signal that swings to and fro turns round; NaN for fewer than three turns.

    For the distance between two walking feet these are steps.
    """
    turns = turning_points(t, x)
    return float(60.0 * (len(turns) - 1) / (turns[-1] - turns[0])) if len(turns) >= MIN_TURNS else math.nan


def unevenness(t: Array, x: Array, sustain_s: float = SUSTAIN_S) -> float:
    """By what share of their mean the swings to one side last longer than those to the other.

    NaN for fewer than two of each.
    """
    lengths = np.diff(turning_points(t, x))
    if len(lengths) < 4:
        return math.nan
    one, other = float(np.mean(lengths[0::2])), float(np.mean(lengths[1::2]))
    return 2.0 * abs(one - other) / (one + other)


def turning_points(t: Array, x: Array) -> Array:
    """Return when a signal that swings to and fro is at its highest and lowest, in order of time.

    Swings smaller than `SWING` of the whole range (between its 5th and 95th percentile) are not turns; the first and
    last extreme count only where the signal has come back from them.
    """
    seen = np.isfinite(x)
    t, x = t[seen], x[seen]
    if len(x) < 3:
        return np.empty(0)
    low, high = np.percentile(x, (5.0, 95.0))
    enough = SWING * float(high - low)
    turns: list[float] = []
    top = bottom = 0
    rising: bool | None = None
    for i in range(1, len(x)):
        top = i if x[i] > x[top] else top
        bottom = i if x[i] < x[bottom] else bottom
        if rising is not False and x[top] - x[i] > enough:
            turns += [_vertex(t, x, top)] if rising else []
            rising, bottom = False, i
        elif rising is not True and x[i] - x[bottom] > enough:
            turns += [_vertex(t, x, bottom)] if rising is False else []
            rising, top = True, i
    return np.array(turns)


def _vertex(t: Array, x: Array, at: int) -> float:
    """Return when the parabola through three neighbouring values turns: finer than from picture to picture."""
    if not 0 < at < len(t) - 1:
        return float(t[at])
    bend = x[at - 1] - 2.0 * x[at] + x[at + 1]
    shift = 0.5 * (x[at - 1] - x[at + 1]) / bend if bend else 0.0
    return float(t[at] + shift * (t[at + 1] - t[at - 1]) / 2.0)


def duration(t: Array, x: Array, sustain_s: float = SUSTAIN_S) -> float:
    """Length of the span in seconds, whatever the signal does."""
    return float(t[-1] - t[0]) if len(t) > 1 else math.nan


REDUCERS: Final[dict[str, Reducer]] = {
    "max": sustained_max,
    "min": sustained_min,
    "extreme": extreme,
    "median": median,
    "mean": mean,
    "range": value_range,
    "sd": standard_deviation,
    "fastest": fastest,
    "per_minute": per_minute,
    "unevenness": unevenness,
    "duration": duration,
}
"""Reducers by the name that exercise files use."""

"""The One Euro filter: a low-pass filter whose cut-off rises with speed, causal and cheap."""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class OneEuro:
    """Smooth an array of signals that arrive one sample at a time.

    Still signals are smoothed hard (little jitter), fast ones hardly (little lag). A NaN stays NaN; a signal that was away
    for more than `gap_s` starts afresh where it comes back.

    Parameters
    ----------
    min_cutoff_hz : float
        Cut-off frequency of a signal at rest.
    beta : float
        Rise of the cut-off in Hz per (unit of `scale`) / s.
    derivative_cutoff_hz : float
        Cut-off of the speed estimate.
    gap_s : float
        Longest gap that is bridged.

    References
    ----------
    Casiez, Roussel, Vogel: 1 € Filter. CHI 2012, doi 10.1145/2207676.2208639.
    """

    def __init__(
        self, min_cutoff_hz: float = 1.5, beta: float = 3.0, derivative_cutoff_hz: float = 1.0, gap_s: float = 0.2
    ) -> None:
        self._min_cutoff = min_cutoff_hz
        self._beta = beta
        self._derivative_cutoff = derivative_cutoff_hz
        self._gap_s = gap_s
        self._value: Array | None = None
        self._speed: Array | None = None
        self._seen_at: Array | None = None
        self._t = -math.inf

    def update(self, t: float, x: Array, scale: float = 1.0) -> Array:
        """Return the smoothed signals at time `t` (seconds, increasing); `scale` is the length in which speed is counted.

        Raises
        ------
        ValueError
            If time does not increase.
        """
        if not t > self._t:
            raise ValueError(f"time must increase: {t} s came after {self._t} s")
        if self._value is None or self._speed is None or self._seen_at is None:
            self._t, self._value, self._speed = t, x.copy(), np.zeros_like(x)
            self._seen_at = np.where(np.isfinite(x), t, -np.inf)
            return x.copy()
        dt = t - self._t
        self._t = t
        seen = np.isfinite(x)
        if not seen.all() or dt > self._gap_s:
            fresh = t - self._seen_at > self._gap_s
            self._value[fresh] = x[fresh]
            self._speed[fresh] = 0.0
            self._seen_at[seen] = t
            step = np.where(seen, x - self._value, 0.0)
        else:
            self._seen_at.fill(t)
            step = x - self._value
        self._speed += _share(self._derivative_cutoff, dt) * (step / (dt * scale) - self._speed)
        rate = (2.0 * math.pi * dt) * (self._min_cutoff + self._beta * np.abs(self._speed))
        self._value += step * (rate / (1.0 + rate))
        if seen.all():
            return self._value.copy()
        smoothed: Array = np.where(seen, self._value, np.nan)
        return smoothed


def _share(cutoff_hz: float, dt: float) -> float:
    rate = 2.0 * math.pi * cutoff_hz * dt
    return rate / (1.0 + rate)

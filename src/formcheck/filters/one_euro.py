"""The One Euro filter: a low-pass filter whose cut-off rises with speed, causal and cheap."""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class OneEuro:
    """Smooth an array of signals that arrive one sample at a time.

    Still signals are smoothed hard (little jitter), fast ones hardly (little lag). A NaN stays NaN; a signal that was
    away for more than `gap_s` starts afresh where it comes back.

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
        self._t = self._whole_at = -math.inf
        self._value: Array = np.empty(0)
        self._speed: Array = np.empty(0)
        self._seen_at: Array = np.empty(0)

    def update(self, t: float, x: Array, scale: float = 1.0) -> Array:
        """Return the smoothed signals at time `t` (seconds, increasing); speed is counted in lengths of `scale`.

        Raises
        ------
        ValueError
            If time does not increase.
        """
        if not t > self._t:
            raise ValueError(f"time must increase: {t} s came after {self._t} s")
        dt, self._t = t - self._t, t
        if not self._value.size:
            self._value, self._speed = x.copy(), np.zeros_like(x)
            self._seen_at = np.where(np.isfinite(x), t, -np.inf)
            return x.copy()
        step = x - self._value
        # The common case: everything is here, and was here a moment ago.
        if t - self._whole_at <= self._gap_s and math.isfinite(np.vdot(step, step)):
            self._seen_at.fill(t)
            self._whole_at = t
            self._move(step, dt, scale)
            return self._value.copy()
        return self._update_with_gaps(t, x, dt, scale)

    def _update_with_gaps(self, t: float, x: Array, dt: float, scale: float) -> Array:
        seen = np.isfinite(x)
        if seen.all():
            self._whole_at = t
        fresh = t - self._seen_at > self._gap_s
        self._value[fresh], self._speed[fresh] = x[fresh], 0.0
        self._seen_at[seen] = t
        self._move(np.where(seen, x - self._value, 0.0), dt, scale)
        smoothed: Array = np.where(seen, self._value, np.nan)
        return smoothed

    def _move(self, step: Array, dt: float, scale: float) -> None:
        """Take a step towards the new sample, further the faster the signal moves; works in place on `step`."""
        self._speed += _share(self._derivative_cutoff, dt) * (step * (1.0 / (dt * scale)) - self._speed)
        rate = np.abs(self._speed)
        rate *= 2.0 * math.pi * dt * self._beta
        rate += 2.0 * math.pi * dt * self._min_cutoff
        step *= rate
        rate += 1.0
        step /= rate
        self._value += step


def _share(cutoff_hz: float, dt: float) -> float:
    rate = 2.0 * math.pi * cutoff_hz * dt
    return rate / (1.0 + rate)

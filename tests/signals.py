"""Signals as a driving measure would show them, and what a tracker makes of them."""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from formcheck.engine.movement import Step, Tracker
from formcheck.engine.sampling import Sample

Array = NDArray[np.float64]

FPS = 30.0


def sample(t: float, values: Mapping[str, float], confidence: float = 1.0) -> Sample:
    """Return a sample; a NaN counts as unseen."""
    sure = {name: confidence if math.isfinite(value) else 0.0 for name, value in values.items()}
    why = {name: "the knee was hidden" for name, c in sure.items() if c < 0.5}
    return Sample(t, dict(values), sure, why)


def samples(t: Iterable[float], confidence: float = 1.0, **signals: Iterable[float]) -> list[Sample]:
    """Return one sample per moment; every signal is given by the name of its measure."""
    rows = zip(*signals.values(), strict=True)
    return [sample(at, dict(zip(signals, row, strict=True)), confidence) for at, row in zip(t, rows, strict=True)]


def times(count: int, fps: float = FPS) -> list[float]:
    """Return the times of `count` pictures."""
    return [i / fps for i in range(count)]


def follow(tracker: Tracker, name: str, signal: Sequence[float] | Array, fps: float = FPS) -> list[Step]:
    """Lead a tracker through the signal of one measure and return every step, up to the end of the film."""
    steps: list[Step] = []
    for i, value in enumerate(signal):
        steps += tracker.update(sample(i / fps, {name: float(value)}), "side")
    return steps + tracker.finish()


def repeated(
    count: int, seconds: float, top: float, bottom: float, *, pause_s: float = 0.6, lead_s: float = 1.0
) -> Array:
    """Return a driver that goes from `top` to `bottom` and back `count` times in raised cosines, with rests between."""
    t = np.arange(0.0, seconds, 1.0 / FPS)
    one = top + (bottom - top) * (1.0 - np.cos(2.0 * np.pi * t / seconds)) / 2.0
    rest = np.full(round(pause_s * FPS), top)
    return np.concatenate([np.full(round(lead_s * FPS), top), *([one, rest] * count)])


def noise(count: int, sd: float, seed: int, tau_s: float = 0.1) -> Array:
    """Return noise that hangs together over `tau_s`, as landmark noise does (a first-order autoregressive process)."""
    keep = math.exp(-1.0 / (FPS * tau_s))
    fresh = np.random.default_rng(seed).normal(0.0, sd * math.sqrt(1.0 - keep * keep), count)
    out = np.zeros(count)
    for i in range(1, count):
        out[i] = keep * out[i - 1] + fresh[i]
    return out

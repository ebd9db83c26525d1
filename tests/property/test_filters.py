"""What must hold for any signal."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from formcheck.filters.despike import Despike
from formcheck.filters.one_euro import OneEuro
from formcheck.filters.reducers import (
    duration,
    extreme,
    median,
    standard_deviation,
    sustained_max,
    sustained_min,
)

Array = NDArray[np.float64]

values = st.floats(-200, 200, allow_nan=False).map(lambda x: round(x, 3))
signals = st.lists(values, min_size=1, max_size=80).map(np.array)
holed = st.lists(values | st.just(float("nan")), min_size=1, max_size=80).map(np.array)
gaps = st.lists(st.floats(0.01, 0.4), min_size=80, max_size=80)


def clock(x: Array, fps: float = 30.0) -> Array:
    return np.arange(len(x)) / fps


@given(signals)
def test_no_reducer_leaves_the_range_of_the_signal(x: Array) -> None:
    t = clock(x)
    for reducer in (sustained_max, sustained_min, median, extreme):
        assert x.min() <= reducer(t, x) <= x.max(), reducer.__name__
    assert 0.0 <= standard_deviation(t, np.append(x, [0.0, 1.0])[: len(t)]) <= np.ptp(x) or len(x) < 3


@given(signals, st.floats(0.0, 1.0))
def test_the_minimum_is_the_maximum_upside_down(x: Array, sustain_s: float) -> None:
    t = clock(x)
    assert sustained_min(t, x, sustain_s) == -sustained_max(t, -x, sustain_s)


@given(signals, st.floats(0.0, 0.5), st.floats(0.0, 0.5))
def test_a_level_that_is_kept_longer_is_not_higher(x: Array, a: float, b: float) -> None:
    t = clock(x)
    assert sustained_max(t, x, max(a, b)) <= sustained_max(t, x, min(a, b))


@given(signals, values)
def test_reducers_move_with_the_signal(x: Array, by: float) -> None:
    t = clock(x)
    for reducer in (sustained_max, sustained_min, median):
        assert reducer(t, x + by) == pytest.approx(reducer(t, x) + by, abs=1e-9)


@given(st.lists(values, min_size=12, max_size=80).map(np.array), st.data(), st.floats(300, 1e6))
def test_a_single_spike_decides_nothing(x: Array, data: st.DataObject, spike: float) -> None:
    t, at = clock(x), data.draw(st.integers(0, len(x) - 1))
    others = np.delete(x, at)
    high, low = x.copy(), x.copy()
    high[at], low[at] = spike, -spike
    assert sustained_max(t, high) <= others.max()
    assert sustained_min(t, low) >= others.min()
    assert others.min() <= median(t, high) <= others.max()


@given(holed)
def test_unseen_samples_say_nothing(x: Array) -> None:
    t, seen = clock(x), np.isfinite(x)
    for reducer in (sustained_max, sustained_min, median, extreme, standard_deviation):
        assert reducer(t, x) == pytest.approx(reducer(t[seen], x[seen]), nan_ok=True)
    assert duration(t, x) == pytest.approx(t[-1], nan_ok=len(x) == 1) or len(x) == 1


@given(st.lists(values, min_size=3, max_size=80).map(np.array), st.floats(-50, 50), st.floats(-50, 50))
def test_a_drift_is_no_wobble(x: Array, slope: float, start: float) -> None:
    t = clock(x)
    assert standard_deviation(t, x + start + slope * t) == pytest.approx(standard_deviation(t, x), abs=1e-6)


@given(holed, gaps)
def test_smoothing_never_leaves_what_was_seen_and_never_invents(x: Array, steps: list[float]) -> None:
    smooth, t = OneEuro(), 0.0
    low, high = np.inf, -np.inf
    for value, step in zip(x, steps, strict=False):
        t += step
        out = smooth.update(t, np.array([value]))[0]
        assert np.isnan(out) == np.isnan(value)
        if np.isfinite(value):
            low, high = min(low, value), max(high, value)
            assert low - 1e-9 <= out <= high + 1e-9


@given(st.lists(st.tuples(values, values), min_size=1, max_size=60), gaps)
def test_a_point_is_passed_on_or_dropped_but_never_changed(
    track: list[tuple[float, float]], steps: list[float]
) -> None:
    despike, t, refused_since = Despike(), 0.0, None
    for point, step in zip(track, steps, strict=False):
        t += step
        out = despike.update(t, np.array([point]))[0]
        if np.isfinite(out).all():
            assert out.tolist() == list(point)
            refused_since = t
        else:
            assert np.isnan(out).all()
            assert refused_since is not None
            assert t - refused_since <= 0.1 + 1e-6

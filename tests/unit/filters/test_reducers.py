import math

import numpy as np
import pytest
from numpy.typing import NDArray

from formcheck.filters.reducers import (
    REDUCERS,
    SUSTAIN_S,
    duration,
    extreme,
    median,
    standard_deviation,
    sustained_max,
    sustained_min,
    value_range,
)

Array = NDArray[np.float64]
T = np.arange(60) / 30


def with_plateau(value: float, frames: int, start: int = 20) -> Array:
    x = np.full(60, 10.0)
    x[start : start + frames] = value
    return x


def test_a_single_spike_decides_nothing() -> None:
    for spike in (63.0, -63.0):
        x = with_plateau(spike, 1)
        assert sustained_max(T, x) == 10.0
        assert sustained_min(T, x) == 10.0
        assert extreme(T, x) == 10.0
        assert value_range(T, x) == 0.0
        assert median(T, x) == 10.0


@pytest.mark.parametrize("frames", [6, 10])
def test_a_level_that_is_kept_counts(frames: int) -> None:
    assert sustained_max(T, with_plateau(35.0, frames)) == 35.0
    assert sustained_min(T, with_plateau(-5.0, frames)) == -5.0
    assert value_range(T, with_plateau(35.0, frames)) == 25.0


def test_how_long_a_level_must_be_kept_is_a_choice() -> None:
    x = with_plateau(35.0, 10)  # 0.3 s
    assert sustained_max(T, x, 0.3) == 35.0
    assert sustained_max(T, x, 0.5) == 10.0


def test_the_sustained_maximum_of_a_hill_is_the_level_it_stays_above_so_long() -> None:
    x = 100.0 - 1000.0 * np.abs(T - 1.0)
    assert sustained_max(T, x) == pytest.approx(100.0 - 1000.0 * (SUSTAIN_S + 1 / 30) / 2, abs=20.0)
    assert sustained_max(T, x) <= 100.0 - 1000.0 * SUSTAIN_S / 2


def test_over_a_span_that_is_too_short_the_maximum_is_the_least() -> None:
    assert sustained_max(T[:3], np.array([1.0, 5.0, 9.0])) == 1.0
    assert sustained_min(T[:3], np.array([1.0, 5.0, 9.0])) == 9.0


def test_extreme_is_the_one_further_from_zero_with_its_sign() -> None:
    x = with_plateau(-30.0, 10)
    assert extreme(T, x) == -30.0
    assert extreme(T, -x) == 30.0
    assert extreme(T, with_plateau(30.0, 10)) == 30.0


def test_spread_ignores_a_slow_drift() -> None:
    wobble = 2.0 * np.sin(2 * np.pi * 3 * T)
    assert standard_deviation(T, 5.0 + 40.0 * T) == pytest.approx(0.0, abs=1e-9)
    assert standard_deviation(T, wobble + 40.0 * T) == pytest.approx(math.sqrt(2.0), rel=0.03)
    assert math.isnan(standard_deviation(T[:2], np.array([1.0, 2.0])))


def test_duration_is_the_length_of_the_span_whatever_the_signal_does() -> None:
    assert duration(T, np.full(60, np.nan)) == pytest.approx(59 / 30)
    assert math.isnan(duration(T[:1], np.zeros(1)))


@pytest.mark.parametrize("name", sorted(set(REDUCERS) - {"duration"}))
def test_unseen_samples_are_ignored_and_nothing_left_is_unknown(name: str) -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=60)
    holes = x.copy()
    holes[::4] = np.nan
    keep = np.isfinite(holes)
    assert REDUCERS[name](T, holes, SUSTAIN_S) == REDUCERS[name](T[keep], x[keep], SUSTAIN_S)
    assert math.isnan(REDUCERS[name](T, np.full(60, np.nan), SUSTAIN_S))
    assert math.isnan(REDUCERS[name](T[:0], T[:0], SUSTAIN_S))


def test_the_names_that_exercise_files_use() -> None:
    assert set(REDUCERS) == {
        "max", "min", "extreme", "median", "mean", "range", "sd", "fastest", "per_minute", "unevenness", "duration",
    }  # fmt: skip


def swings(step_s: float, n: int, late: float = 0.0, fps: float = 30.0) -> tuple[Array, Array]:
    """Return a signal that turns round every `step_s`, every other time later by `late`."""
    knots = np.concatenate([[0.0], np.cumsum([step_s + (late if i % 2 else -late) for i in range(n)])])
    t = np.arange(0.0, knots[-1], 1.0 / fps)
    phase = np.interp(t, knots, np.arange(len(knots)))
    return t, 12.0 * np.cos(np.pi * phase)


@pytest.mark.parametrize("step_s", [0.4, 0.55, 0.9])
def test_steps_per_minute(step_s: float) -> None:
    t, x = swings(step_s, 12)
    assert REDUCERS["per_minute"](t, x + 3.0, 0.15) == pytest.approx(60.0 / step_s, rel=0.02)


def test_small_swings_are_no_steps() -> None:
    t, x = swings(0.5, 12)
    wobble = np.sin(2 * np.pi * 6.0 * t)
    assert REDUCERS["per_minute"](t, x + wobble, 0.15) == pytest.approx(120.0, rel=0.03)
    assert math.isnan(REDUCERS["per_minute"](t[:20], x[:20], 0.15))


@pytest.mark.parametrize("late", [0.0, 0.03, 0.06])
def test_unevenness_is_the_difference_in_shares_of_the_mean(late: float) -> None:
    t, x = swings(0.5, 16, late)
    assert REDUCERS["unevenness"](t, x, 0.15) == pytest.approx(2 * late / 0.5, abs=0.05)


def test_the_fastest_stretch_is_kept_for_a_fifth_of_a_second() -> None:
    t = np.arange(0.0, 4.0, 1 / 30)
    x = np.interp(t, [1.0, 1.5, 2.5, 3.5], [0.0, 45.0, 45.0, 15.0])
    assert REDUCERS["fastest"](t, x, 0.15) == pytest.approx(90.0, rel=0.01)
    assert REDUCERS["fastest"](t, -x, 0.15) == pytest.approx(90.0, rel=0.01)
    assert math.isnan(REDUCERS["fastest"](t[:4], x[:4], 0.15))


def test_the_mean_ignores_what_was_not_seen() -> None:
    x = np.array([1.0, math.nan, 4.0])
    assert REDUCERS["mean"](np.arange(3.0), x, 0.15) == pytest.approx(2.5)

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from formcheck.filters.one_euro import OneEuro

Array = NDArray[np.float64]


def run(signal: Array, fps: float = 30.0, scale: float = 1.0, smooth: OneEuro | None = None) -> Array:
    smooth = OneEuro() if smooth is None else smooth
    return np.array([smooth.update(i / fps, np.atleast_1d(x), scale)[0] for i, x in enumerate(signal)])


def rep(seconds: float, amplitude: float, fps: float = 30.0, count: int = 4) -> tuple[Array, Array]:
    """Return times and a landmark that moves by `amplitude` trunk lengths and back, as in a rep."""
    t = np.arange(0.0, seconds * count, 1 / fps)
    return t, amplitude * (1 - np.cos(2 * np.pi * t / seconds)) / 2


def lag_s(t: Array, truth: Array, smooth: Array) -> float:
    """Shift, in steps of a millisecond, at which the truth explains the smoothed signal best."""
    shifts = np.arange(0.0, 0.2, 0.001)
    errors = [np.square(np.interp(t - s, t, truth) - smooth)[len(t) // 4 :].mean() for s in shifts]
    return float(shifts[int(np.argmin(errors))])


def test_what_does_not_move_stays_where_it_is() -> None:
    assert np.array_equal(run(np.full(60, 3.25)), np.full(60, 3.25))


def test_a_step_is_followed_without_turning_back_or_overshooting() -> None:
    out = run(np.concatenate([np.zeros(10), np.ones(60)]))
    assert (np.diff(out) >= 0).all()
    assert out[9] == 0.0
    assert 0.0 < out[10] < 1.0
    assert out[-1] == pytest.approx(1.0, abs=0.001)
    assert out.max() <= 1.0


@pytest.mark.parametrize("amplitude", [0.3, 0.6, 1.0])
def test_a_rep_of_two_and_a_half_seconds_lags_little_and_keeps_its_height(amplitude: float) -> None:
    t, truth = rep(2.5, amplitude)
    out = run(truth)
    assert lag_s(t, truth, out) <= 0.060
    height = np.ptp(out[len(t) // 4 :])
    assert abs(height - amplitude) <= 0.08 * amplitude


def test_a_quick_rep_keeps_its_height_too() -> None:
    t, truth = rep(1.2, 0.6)
    assert np.ptp(run(truth)[len(t) // 4 :]) == pytest.approx(0.6, rel=0.08)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_jitter_of_a_still_signal_is_at_least_halved(seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0.0, 0.02, 600)
    assert run(noise)[30:].std() <= 0.5 * noise[30:].std()


def test_the_calm_setting_smooths_harder() -> None:
    noise = np.random.default_rng(3).normal(0.0, 0.02, 600)
    calm = run(noise, smooth=OneEuro(min_cutoff_hz=0.7, beta=1.0))
    assert calm[30:].std() < 0.8 * run(noise)[30:].std()


def test_pixels_with_their_scale_are_smoothed_like_lengths() -> None:
    _, truth = rep(2.5, 0.6)
    noisy = truth + np.random.default_rng(1).normal(0.0, 0.01, len(truth))
    assert np.allclose(run(200.0 * noisy, scale=200.0), 200.0 * run(noisy), atol=1e-9)


@pytest.mark.parametrize("fps", [15.0, 60.0])
def test_the_frame_rate_changes_little(fps: float) -> None:
    t, truth = rep(2.5, 0.6, fps=fps)
    reference_t, reference = rep(2.5, 0.6)
    assert np.allclose(run(truth, fps), np.interp(t, reference_t, run(reference)), atol=0.03)


def test_unseen_stays_unseen_and_the_others_are_not_touched() -> None:
    smooth, alone = OneEuro(), OneEuro()
    for i in range(60):
        t, x = i / 30, math.sin(i / 5)
        hole = math.nan if 20 <= i < 40 else 0.5 * x
        out = smooth.update(t, np.array([x, hole]))
        assert math.isnan(out[1]) == math.isnan(hole)
        assert out[0] == pytest.approx(alone.update(t, np.array([x]))[0])


def after_gap(gap_s: float, fps: float = 30.0) -> float:
    """Let a signal rest at 0, vanish, and come back at 1 beside one that stays; return what it first reads."""
    smooth = OneEuro()
    frames = round(gap_s * fps)
    out = math.nan
    for i in range(30 + frames):
        away = 30 <= i < 30 + frames - 1
        x = 0.0 if i < 30 else 1.0
        out = float(smooth.update(i / fps, np.array([math.nan if away else x, 7.0]))[0])
    return out


def test_a_short_gap_is_bridged() -> None:
    assert 0.0 < after_gap(0.1) < 0.9


@pytest.mark.parametrize("fps", [30.0, 60.0])
@pytest.mark.parametrize("gap_s", [0.3, 1.0])
def test_after_a_long_gap_a_signal_starts_afresh_where_it_comes_back(gap_s: float, fps: float) -> None:
    assert after_gap(gap_s, fps) == 1.0


def test_a_gap_in_time_restarts_everything() -> None:
    smooth = OneEuro()
    for i in range(30):
        smooth.update(i / 30, np.zeros(2))
    assert np.array_equal(smooth.update(3.0, np.array([1.0, 2.0])), [1.0, 2.0])


def test_a_signal_that_was_never_seen_begins_where_it_is_first_seen() -> None:
    smooth = OneEuro()
    smooth.update(0.0, np.array([1.0, math.nan]))
    out = smooth.update(1 / 30, np.array([1.0, 5.0]))
    assert out == pytest.approx([1.0, 5.0])
    assert np.isfinite(smooth.update(2 / 30, np.array([1.0, 5.0]))).all()


@pytest.mark.parametrize("t", [1.0, 0.5])
def test_time_must_increase(t: float) -> None:
    smooth = OneEuro()
    smooth.update(1.0, np.zeros(1))
    with pytest.raises(ValueError, match="time must increase"):
        smooth.update(t, np.zeros(1))


def test_neither_input_nor_earlier_output_is_changed() -> None:
    smooth = OneEuro()
    first = smooth.update(0.0, np.array([1.0, 2.0]))
    x = np.array([2.0, 3.0])
    smooth.update(1 / 30, x)
    assert first.tolist() == [1.0, 2.0]
    assert x.tolist() == [2.0, 3.0]
